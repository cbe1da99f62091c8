"""Learned filters that slide over a sequence or an image."""

from netbuilder.blocks.params import Bool, Choice, Inferred, Int, Param, Size
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

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
    """The parameters of nn.Conv1d and nn.Conv2d, in torch's order."""
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
    )


_PAPER = "Dumoulin and Visin: A guide to convolution arithmetic for deep learning, 2016"

CONV1D = Block(
    name="Conv1d",
    category="Convolution",
    summary="Slides learned filters along a sequence and marks where each pattern occurs.",
    formula="y[o, t] = b[o] + Σ over i, k of W[o, i, k] · x[i, t + k]",
    inputs=(
        Port("x", "N C L", role="sequence", dtype="float32", help="A sequence with its channels before its length."),
    ),
    outputs=(
        Port("y", "N out_channels L'", role="sequence", dtype="float32", help="How strongly each filter answers."),
    ),
    module="nn.Conv1d",
    params=_forward(1),
    graphs=IN_NETWORKS,
    brief="{out_channels} filters, {kernel_size}",
    synonyms=("convolution", "filter", "signal", "time series", "audio", "temporal"),
    source=_PAPER,
)

CONV2D = Block(
    name="Conv2d",
    category="Convolution",
    summary="Slides learned filters over an image and marks where each pattern occurs.",
    formula="y[o, h, w] = b[o] + Σ over i, k, l of W[o, i, k, l] · x[i, h + k, w + l]",
    inputs=(Port("x", "N C H W", role="image", dtype="float32", help="Images."),),
    outputs=(
        Port("y", "N out_channels H' W'", role="image", dtype="float32", help="How strongly each filter answers."),
    ),
    module="nn.Conv2d",
    params=_forward(2),
    graphs=IN_NETWORKS,
    brief="{out_channels} filters, {kernel_size}",
    synonyms=("convolution", "filter", "image", "cnn", "kernel", "feature map", "edge detector"),
    source=_PAPER,
)

CONV_TRANSPOSE2D = Block(
    name="ConvTranspose2d",
    category="Convolution",
    summary="Draws a learned pattern around each point and so makes images larger.",
    formula="y[o, s·h + k, s·w + l] += W[i, o, k, l] · x[i, h, w]",
    inputs=(Port("x", "N C H W", role="image", dtype="float32", help="Images, or maps of features."),),
    outputs=(Port("y", "N out_channels H' W'", role="image", dtype="float32", help="Larger images."),),
    module="nn.ConvTranspose2d",
    params=(
        _CHANNELS,
        _FILTERS,
        _kernel(2),
        _stride(2, "How far apart the patterns are drawn; 2 doubles the size."),
        Size(
            name="padding",
            default=0,
            rank=2,
            low=0,
            high=1024,
            help="How much is cut off at each border; kernel 4, stride 2, padding 1 doubles the size exactly.",
        ),
        Size(
            name="output_padding",
            default=0,
            rank=2,
            low=0,
            high=1023,
            advanced=True,
            help="Rows and columns added at one side, for a size that stride leaves open; less than stride.",
        ),
        _GROUPS,
        _BIAS,
        _dilation(2),
    ),
    graphs=IN_NETWORKS,
    brief="{out_channels} filters, {kernel_size}",
    synonyms=("deconvolution", "upsample", "enlarge image", "decoder", "generator", "fractional stride"),
    source=_PAPER,
)
