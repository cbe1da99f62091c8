"""Blocks that add a border."""

from netbuilder.blocks.common import PLANES, Plane
from netbuilder.blocks.params import Float, Param, Size
from netbuilder.blocks.spec import Block

_ORDER = {
    1: "left and right",
    2: "left, right, top, bottom",
    3: "left, right, top, bottom, front, back",
}


def _sides(rank: int, low: int = 0) -> Param:
    cut = "; below 0 it is cut off" if low < 0 else ""
    return Size(
        name="padding",
        default=1,
        rank=2 * rank,
        low=low,
        high=4096,
        required=True,
        whole=True,
        help=f"How much is added at every side, or at each of them: {_ORDER[rank]}{cut}.",
    )


def _pad(
    plane: Plane,
    kind: str,
    summary: str,
    formula: str,
    mode: str,
    synonyms: tuple[str, ...],
    params: tuple[Param, ...] = (),
    low: int = 0,
) -> Block:
    """A block of torch's name; the statement is F.pad's, which modules of torch call too."""
    return Block(
        name=f"{kind}Pad{plane.name}",
        category="Padding",
        summary=summary.format(a=plane.a, words=plane.words),
        formula=formula,
        inputs=(plane.x,),
        outputs=(plane.port("y", f"Larger {plane.words} with the same channels.", changed=True),),
        call=f"{{y}} = F.pad({{x}}, {{padding}}{mode})",
        like=f"nn.{kind}Pad{plane.name}",
        params=(_sides(plane.rank, low), *params),
        brief="{padding} at the sides",
        synonyms=("border", f"enlarge {plane.word}", "margin", *synonyms),
    )


_VALUE = Float(name="value", default=0.0, required=True, help="What the border holds.")

ZERO_PADS = tuple(
    _pad(
        plane,
        "Zero",
        "Puts a border of zeros around {a}.",
        "y = 0 outside of x",
        "",
        ("zero padding", "black border"),
        low=-4096,
    )
    for plane in PLANES
)
CONSTANT_PADS = tuple(
    _pad(
        plane,
        "Constant",
        "Puts a border of one value around {a}.",
        "y = value outside of x",
        ", value={value}",
        ("constant padding", "fill", "frame"),
        (_VALUE,),
        low=-4096,
    )
    for plane in PLANES
)
REFLECTION_PADS = tuple(
    _pad(
        plane,
        "Reflection",
        "Puts a border around {a} that mirrors what is inside, without repeating the edge itself.",
        "y[−i] = x[i], and so at every side",
        ', mode="reflect"',
        ("mirror", "reflect", "style transfer"),
    )
    for plane in PLANES
)
REPLICATION_PADS = tuple(
    _pad(
        plane,
        "Replication",
        "Puts a border around {a} that repeats its outermost values.",
        "y[−i] = x[0], and so at every side",
        ', mode="replicate"',
        ("repeat edge", "replicate", "clamp"),
    )
    for plane in PLANES
)
CIRCULAR_PADS = tuple(
    _pad(
        plane,
        "Circular",
        "Puts a border around {a} that comes from the opposite side, as if {words} were rolled up.",
        "y[−i] = x[size − i], and so at every side",
        ', mode="circular"',
        ("wrap around", "periodic", "torus", "panorama"),
    )
    for plane in PLANES
)
