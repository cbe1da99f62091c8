"""Blocks that shrink sequences, images and volumes by looking at one window at a time."""

import msgspec

from netbuilder.blocks.common import PLANES, Plane
from netbuilder.blocks.params import Bool, Float, Int, Param, Size
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.graph.model import Project, Values

# "shrink image" finds the three that a newcomer wants.
_SHRINK = ("shrink image", "downsample", "reduce", "smaller", "subsample", "pool")
_CEIL = Bool(
    name="ceil_mode", default=False, advanced=True, help="Whether windows that stick out at the end count too."
)


def _synonyms(plane: Plane, *more: str) -> tuple[str, ...]:
    return (*(_SHRINK if plane.rank == 2 else (f"shrink {plane.word}", *_SHRINK[1:])), *more)


def _smaller(plane: Plane) -> tuple[Port, ...]:
    return (plane.port("y", f"Smaller {plane.words} with the same channels.", changed=True),)


def window(rank: int) -> Param:
    """How large the window is; torch gives it no default."""
    return Size(
        name="kernel_size", default=2, rank=rank, low=1, high=1024, required=True, help="How large the window is."
    )


def moves(rank: int) -> Param:
    """How far the window moves."""
    return Size(
        name="stride",
        default=None,
        optional=True,
        rank=rank,
        low=1,
        high=1024,
        help="How far the window moves each time; none means its own size, so that windows do not overlap.",
    )


def _border(rank: int, text: str) -> Param:
    return Size(name="padding", default=0, rank=rank, low=0, high=512, help=text)


def _where(plane: Plane) -> Port:
    """Where in the input the largest values stood: torch counts over all points of a channel."""
    text = "Where each largest value stood, for the MaxUnpool that puts it back."
    return plane.port("indices", text, changed=True, dtype="int64")


def _max_pool(plane: Plane) -> Block:
    rank = plane.rank

    def ports(params: Values, project: Project) -> Ports:
        more = (_where(plane),) if params.get("return_indices") is True else ()
        return Ports((plane.x,), (*_smaller(plane), *more))

    return Block(
        name=f"MaxPool{plane.name}",
        category="Pooling",
        summary=f"Shrinks {plane.a} by keeping the largest value in each window.",
        formula=f"y[{plane.at}] = max over {plane.taps} of x[{plane.near}]",
        inputs=(plane.x,),
        outputs=_smaller(plane),
        ports=ports,
        function=f"F.max_pool{plane.name}",
        like=f"nn.MaxPool{plane.name}",
        params=(
            window(rank),
            moves(rank),
            _border(rank, "How much is added at each border, never chosen as the largest; at most half the window."),
            Size(
                name="dilation",
                default=1,
                rank=rank,
                low=1,
                high=1024,
                advanced=True,
                help="Distance between the points of a window.",
            ),
            Bool(
                name="return_indices",
                default=False,
                advanced=True,
                help="Whether a second output says where the largest values stood, as MaxUnpool needs it.",
            ),
            _CEIL,
        ),
        brief="window {kernel_size}",
        synonyms=_synonyms(plane, "max pooling"),
    )


def _max_unpool(plane: Plane) -> Block:
    rank = plane.rank
    return Block(
        name=f"MaxUnpool{plane.name}",
        category="Pooling",
        summary=f"Makes {plane.words} larger: puts values back to where MaxPool{plane.name} found them, zeros around.",
        formula="y[indices] = x, and 0 elsewhere",
        inputs=(
            plane.port("x", f"Small {plane.words}."),
            plane.port("indices", f"What MaxPool{plane.name} gives with return_indices.", dtype="int64"),
            msgspec.structs.replace(
                plane.port(
                    "like", "Takes the size that comes out from here, for sizes that the window does not divide."
                ),
                optional=True,
            ),
        ),
        outputs=(plane.port("y", f"Larger {plane.words} with the same channels.", changed=True),),
        call=f"{{y}} = F.max_unpool{plane.name}({{x}}, {{indices}}{{params}}[[, output_size={{like}}.shape[2:]]])",
        like=f"nn.MaxUnpool{plane.name}",
        params=(
            window(rank),
            moves(rank),
            _border(rank, "What the MaxPool added at each border."),
        ),
        brief="window {kernel_size}",
        synonyms=("unpooling", "segnet", "decoder", f"enlarge {plane.word}", "undo max pooling"),
        source="Badrinarayanan, Kendall, Cipolla: SegNet, 2015",
    )


_DIVISOR = Int(
    name="divisor_override",
    default=None,
    optional=True,
    advanced=True,
    low=1,
    help="Divides each window's sum by this instead of its size.",
)


def _avg_pool(plane: Plane) -> Block:
    rank = plane.rank
    return Block(
        name=f"AvgPool{plane.name}",
        category="Pooling",
        summary=f"Shrinks {plane.a} by taking the mean of each window.",
        formula=f"y[{plane.at}] = mean over {plane.taps} of x[{plane.near}]",
        inputs=(plane.x,),
        outputs=_smaller(plane),
        function=f"F.avg_pool{plane.name}",
        like=f"nn.AvgPool{plane.name}",
        params=(
            window(rank),
            moves(rank),
            _border(rank, "How many zeros are added at each border; at most half the window."),
            _CEIL,
            Bool(
                name="count_include_pad",
                default=True,
                advanced=True,
                help="Whether the added zeros count when the mean is taken.",
            ),
            *(() if rank == 1 else (_DIVISOR,)),
        ),
        brief="window {kernel_size}",
        synonyms=_synonyms(plane, "average pooling", "mean pooling", "blur" if rank == 2 else "smooth"),
    )


def _lp_pool(plane: Plane) -> Block:
    # torch takes no tuple for a sequence's window.
    kernel = Int(name="kernel_size", default=2, low=1, high=1024, required=True, help="How large the window is.")
    stride = Int(
        name="stride",
        default=None,
        optional=True,
        low=1,
        high=1024,
        help="How far the window moves each time; none means its own size, so that windows do not overlap.",
    )
    return Block(
        name=f"LPPool{plane.name}",
        category="Pooling",
        summary=f"Shrinks {plane.a} by each window's p-norm: between its sum (p = 1) and its largest value.",
        formula=f"y[{plane.at}] = (Σ over {plane.taps} of x[{plane.near}]ᵖ) ^ (1 / p), p = norm_type",
        inputs=(plane.x,),
        outputs=_smaller(plane),
        function=f"F.lp_pool{plane.name}",
        like=f"nn.LPPool{plane.name}",
        params=(
            Float(
                name="norm_type",
                default=2.0,
                low=1.0,
                high=64.0,
                required=True,
                help="The power p: 1 gives sums, 2 lengths, and the higher it is the more the largest value counts.",
            ),
            kernel if plane.rank == 1 else window(plane.rank),
            stride if plane.rank == 1 else moves(plane.rank),
            _CEIL,
        ),
        brief="p = {norm_type}, {kernel_size}",
        synonyms=("power average pooling", "norm pooling", "p-norm", "downsample", "pool"),
    )


MAX_POOLS = tuple(map(_max_pool, PLANES))
MAX_UNPOOLS = tuple(map(_max_unpool, PLANES))
AVG_POOLS = tuple(map(_avg_pool, PLANES))
LP_POOLS = tuple(map(_lp_pool, PLANES))
