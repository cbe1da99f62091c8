"""Sources that come with the program: nothing has to be found, and nothing is fetched. Declarations only."""

from __future__ import annotations

from netbuilder.data.builtin_pictures import PICTURES
from netbuilder.data.builtin_plane import PLANE
from netbuilder.data.builtin_series import SERIES
from netbuilder.data.builtin_sounds import SOUNDS
from netbuilder.data.builtin_tables import TABLES
from netbuilder.data.builtin_text import TEXTS
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values


def _digits(_params: Values) -> tuple[tuple[Column, ...], int]:
    image = Column("image", shape=(1, 8, 8), dtype="float32", axes="C H W", role="image")
    label = Column("label", shape=(), dtype="int64", role="class", classes=tuple("0123456789"))
    return (image, label), 1797


BUILTIN: tuple[Source, ...] = (
    Source(
        name="digits",
        title="Handwritten digits",
        summary="1797 grey images of 8 x 8 points, each showing a digit from 0 to 9; comes with scikit-learn.",
        reader="netbuilder.data.readers.classic.digits",
        columns=_digits,
        origin="Alpaydin and Kaynak: Optical recognition of handwritten digits, UCI, 1998 (test part)",
    ),
    *SERIES,
    *TEXTS,
    *TABLES,
    *PLANE,
    *PICTURES,
    *SOUNDS,
)
