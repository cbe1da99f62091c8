"""Learned filters that slide over a sequence, an image or a volume."""

from netbuilder.blocks.common import PLANES, WEIGHT_NORM, Plane
from netbuilder.blocks.params import Bool, Choice, Inferred, Int, Param, Size
from netbuilder.blocks.spec import IN_NETWORKS, Block

_CHANNELS = Inferred(
    name="in_channels", axis="x.C", required=True, help="How many channels come in; taken from the link."
)
_FILTERS = Int(
    name="out_channels",
    default=32,
    low=1,
    high=2**16,
    required=True,
    help="How many filters are learned; each gives one channel.",
)
_GROUPS = Int(
    name="groups",
    default=1,
    low=1,
    high=2**16,
    advanced=True,
    help="Splits the channels into groups that do not mix; must divide both numbers of channels.",
)
_BIAS = Bool(name="bias", default=True, advanced=True, help="Whether a learned number is added to each channel.")


def _kernel(rank: int) -> Param:
    return Size(
        name="kernel_size", default=3, rank=rank, low=1, high=1024, required=True, help="How large a filter is."
    )


def _stride(rank: int, text: str) -> Param:
    return Size(name="stride", default=1, rank=rank, low=1, high=1024, help=text)


def _dilation(rank: int) -> Param:
    return Size(
        name="dilation",
        default=1,
        rank=rank,
        low=1,
        high=1024,
        advanced=True,
        help="Distance between the points that a filter looks at; above 1 it sees further with equally many weights.",
    )


def _forward(rank: int) -> tuple[Param, ...]:
    """The parameters of nn.Conv1d, nn.Conv2d and nn.Conv3d, in torch's order."""
    return (
        _CHANNELS,
        _FILTERS,
        _kernel(rank),
        _stride(rank, "How far the filter moves each time; 2 halves the size."),
        Size(
            name="padding",
            default=0,
            rank=rank,
            low=0,
            high=1024,
            words=("same", "valid"),
            help='How much is added at each border; "same" keeps the size (with stride 1).',
        ),
        _dilation(rank),
        _GROUPS,
        _BIAS,
        Choice(
            name="padding_mode",
            default="zeros",
            options=("zeros", "reflect", "replicate", "circular"),
            advanced=True,
            help="What the added border holds.",
        ),
        WEIGHT_NORM,
    )


def _backward(rank: int) -> tuple[Param, ...]:
    """The parameters of nn.ConvTranspose1d, nn.ConvTranspose2d and nn.ConvTranspose3d, in torch's order."""
    return (
        _CHANNELS,
        _FILTERS,
        _kernel(rank),
        _stride(rank, "How far apart the patterns are drawn; 2 doubles the size."),
        Size(
            name="padding",
            default=0,
            rank=rank,
            low=0,
            high=1024,
            help="How much is cut off at each border; kernel 4, stride 2, padding 1 doubles the size exactly.",
        ),
        Size(
            name="output_padding",
            default=0,
            rank=rank,
            low=0,
            high=1023,
            advanced=True,
            help="How much is added at one side of each axis, for a size that stride leaves open; less than stride.",
        ),
        _GROUPS,
        _BIAS,
        _dilation(rank),
        WEIGHT_NORM,
    )


_PAPER = "Dumoulin and Visin: A guide to convolution arithmetic for deep learning, 2016"

_SUMMARIES = {
    1: "Slides learned filters along a sequence and marks where each pattern occurs.",
    2: "Slides learned filters over an image and marks where each pattern occurs.",
    3: "Slides learned filters through a volume, such as a scan or a video clip, and marks where patterns occur.",
}
_FORMULAS = {
    1: "y[o, t] = b[o] + Σ over i, k of W[o, i, k] · x[i, t + k]",
    2: "y[o, h, w] = b[o] + Σ over i, k, l of W[o, i, k, l] · x[i, h + k, w + l]",
    3: "y[o, d, h, w] = b[o] + Σ over i, k, l, m of W[o, i, k, l, m] · x[i, d + k, h + l, w + m]",
}
_SYNONYMS = {
    1: ("signal", "time series", "audio", "temporal", "wavenet"),
    2: ("image", "cnn", "kernel", "feature map", "edge detector", "depthwise", "pointwise"),
    3: ("video", "scan", "medical", "voxel", "volumetric"),
}


def _conv(plane: Plane) -> Block:
    return Block(
        name=f"Conv{plane.name}",
        category="Convolution",
        summary=_SUMMARIES[plane.rank],
        formula=_FORMULAS[plane.rank],
        inputs=(plane.x,),
        outputs=(plane.port("y", "How strongly each filter answers.", channels="out_channels", changed=True),),
        module=f"nn.Conv{plane.name}",
        params=_forward(plane.rank),
        graphs=IN_NETWORKS,
        brief="{out_channels} filters, {kernel_size}",
        synonyms=("convolution", "filter", *_SYNONYMS[plane.rank]),
        source=_PAPER,
    )


def _conv_transpose(plane: Plane) -> Block:
    return Block(
        name=f"ConvTranspose{plane.name}",
        category="Convolution",
        summary=f"Draws a learned pattern around each point and so makes {plane.words} larger.",
        formula=f"y[o, {plane.near}] += W[i, o, {plane.taps}] · x[i, {plane.at}]",
        inputs=(plane.x,),
        outputs=(plane.port("y", f"Larger {plane.words}.", channels="out_channels", changed=True),),
        module=f"nn.ConvTranspose{plane.name}",
        params=_backward(plane.rank),
        graphs=IN_NETWORKS,
        brief="{out_channels} filters, {kernel_size}",
        synonyms=(
            "deconvolution",
            "upsample",
            f"enlarge {plane.word}",
            "larger",
            "decoder",
            "generator",
            "fractional stride",
        ),
        source=_PAPER,
    )


CONVOLUTIONS = tuple(map(_conv, PLANES))
TRANSPOSED = tuple(map(_conv_transpose, PLANES))
