"""What several families share: the planes over which windows slide, and weight normalisation."""

from __future__ import annotations

import msgspec

from netbuilder.blocks.params import Wrap
from netbuilder.blocks.spec import Port


class Plane(msgspec.Struct, frozen=True):
    """What a block for 1, 2 or 3 axes works on.

    `axes`: their letters, "H W". `at`, `near`, `taps`: indices for formulas, "h, w", "s·h + k, s·w + l", "k, l".
    """

    rank: int
    word: str
    words: str
    role: str
    axes: str
    at: str
    near: str
    taps: str

    @property
    def name(self) -> str:
        """The end of torch's names: "2d"."""
        return f"{self.rank}d"

    @property
    def a(self) -> str:
        """ "a sequence", "an image"."""
        return f"an {self.word}" if self.word[0] in "aeiou" else f"a {self.word}"

    def port(self, name: str, help: str, *, channels: str = "C", changed: bool = False, dtype: str = "float32") -> Port:
        """A port for it with channels first; `changed`: its sizes are no longer those of the input, `H' W'`."""
        axes = " ".join(f"{axis}'" for axis in self.axes.split()) if changed else self.axes
        return Port(name, f"N {channels} {axes}", role=self.role, dtype=dtype, help=help)

    @property
    def x(self) -> Port:
        """The usual input."""
        return self.port("x", _HELP[self.rank])


SEQUENCE = Plane(1, "sequence", "sequences", "sequence", "L", "t", "s·t + k", "k")
IMAGE = Plane(2, "image", "images", "image", "H W", "h, w", "s·h + k, s·w + l", "k, l")
VOLUME = Plane(3, "volume", "volumes", "tensor", "D H W", "d, h, w", "s·d + k, s·h + l, s·w + m", "k, l, m")
PLANES = (SEQUENCE, IMAGE, VOLUME)

_HELP = {
    1: "Sequences with their channels before their length.",
    2: "Images, or maps of features.",
    3: "Volumes such as scans or video clips, with their channels before depth, height and width.",
}

WEIGHT_NORM = Wrap(
    name="parametrization",
    default="none",
    options=("none", "weight_norm", "spectral_norm"),
    advanced=True,
    help="Learns length and direction of the weights apart (weight_norm), or holds their greatest stretch at 1 "
    "(spectral_norm), as discriminators of GANs like it.",
)
