"""The presets that travel with the program: each a project file, and beside it what its card says and promises.

`templates/NAME.toml` holds what is about the preset and not of the project: the card's sentence, the figure that it
reaches with how that was measured, and how far the shortened training of the tests must come.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from netbuilder.resources import template, templates

FAMILIES = (
    "First steps", "Feed-forward", "Tables", "Convolutional", "Vision tasks", "Audio", "Recurrent", "Language",
    "Transformer", "Autoencoder", "Generative",
)  # fmt: skip


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a preset reaches.

    `source` ("from" in the file) says where it stands in a run's results ("test.accuracy"), or "measure:NAME" for a
    function of tests/templates/measures.py. `measured` are seeds 0, 1 and 2, `seconds` the mean processor time of a
    training with one thread.
    """

    what: str
    bound: float
    how: str
    source: str = msgspec.field(name="from")
    better: Literal["max", "min"] = "max"
    measured: tuple[float, ...] = ()
    seconds: float = 0.0

    def reached(self, value: float) -> bool:
        """Whether a measured value keeps what is promised."""
        return value >= self.bound if self.better == "max" else value <= self.bound


class Shortened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The training in the tests: settings that differ from the project's, and what the figure must reach then."""

    bound: float | None = None
    settings: dict[str, Any] = {}


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `templates/NAME.toml` holds. `picture` names the view (GRAPH_NODE) whose picture the card shows."""

    title: str
    family: str
    order: int
    summary: str
    figure: Figure
    more: tuple[Figure, ...] = ()
    ci: Shortened = Shortened()
    picture: str = ""


def presets() -> dict[str, Preset]:
    """Every preset by name, in the order of their cards; one that can't be read is left out."""
    found = {}
    for name in templates():
        with suppress(LookupError):
            found[name] = preset(name)
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def preset(name: str) -> Preset:
    """What is said of one preset. Raises LookupError with a sentence."""
    path = template(name).with_suffix(".toml")
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Preset)
    except (OSError, ValueError) as problem:
        raise LookupError(f"The preset {name!r} can't be described: {problem}.") from None


def picture(name: str) -> Path | None:
    """The picture of its card, None where it has none."""
    path = template(name).with_suffix(".png")
    return path if path.is_file() else None
