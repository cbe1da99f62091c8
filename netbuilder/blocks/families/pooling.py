"""Blocks that shrink images by looking at one window at a time."""

from netbuilder.blocks.params import Bool, Int, Param, Size
from netbuilder.blocks.spec import Block, Port

_IMAGE = (Port("x", "N C H W", role="image", dtype="float32", help="Images, or maps of features."),)
_SMALLER = (Port("y", "N C H' W'", role="image", dtype="float32", help="Smaller images with the same channels."),)
_SHRINK = ("shrink image", "downsample", "reduce", "smaller", "subsample", "pool")

_WINDOW = Size(name="kernel_size", default=2, rank=2, low=1, high=1024, required=True, help="How large the window is.")
_CEIL = Bool(
    name="ceil_mode", default=False, advanced=True, help="Whether windows that stick out at the end count too."
)


def _moves(padding_help: str) -> tuple[Param, ...]:
    return (
        _WINDOW,
        Size(
            name="stride",
            default=None,
            optional=True,
            rank=2,
            low=1,
            high=1024,
            help="How far the window moves each time; none means its own size, so that windows do not overlap.",
        ),
        Size(name="padding", default=0, rank=2, low=0, high=512, help=padding_help),
    )


MAX_POOL2D = Block(
    name="MaxPool2d",
    category="Pooling",
    summary="Shrinks an image by keeping the largest value in each window.",
    formula="y[h, w] = max over k, l of x[s·h + k, s·w + l]",
    inputs=_IMAGE,
    outputs=_SMALLER,
    function="F.max_pool2d",
    like="nn.MaxPool2d",
    params=(
        *_moves("How much is added at each border, never chosen as the largest; at most half the window."),
        Size(
            name="dilation",
            default=1,
            rank=2,
            low=1,
            high=1024,
            advanced=True,
            help="Distance between the points of a window.",
        ),
        _CEIL,
    ),
    brief="window {kernel_size}",
    synonyms=(*_SHRINK, "max pooling"),
)

AVG_POOL2D = Block(
    name="AvgPool2d",
    category="Pooling",
    summary="Shrinks an image by taking the mean of each window.",
    formula="y[h, w] = mean over k, l of x[s·h + k, s·w + l]",
    inputs=_IMAGE,
    outputs=_SMALLER,
    function="F.avg_pool2d",
    like="nn.AvgPool2d",
    params=(
        *_moves("How many zeros are added at each border; at most half the window."),
        _CEIL,
        Bool(
            name="count_include_pad",
            default=True,
            advanced=True,
            help="Whether the added zeros count when the mean is taken.",
        ),
        Int(
            name="divisor_override",
            default=None,
            optional=True,
            advanced=True,
            low=1,
            help="Divides each window's sum by this instead of its size.",
        ),
    ),
    brief="window {kernel_size}",
    synonyms=(*_SHRINK, "average pooling", "mean pooling", "blur"),
)

ADAPTIVE_AVG_POOL2D = Block(
    name="AdaptiveAvgPool2d",
    category="Pooling",
    summary="Shrinks an image of any size to the size you name, by taking means.",
    formula="y[h, w] = mean of x over the window that belongs to (h, w)",
    inputs=_IMAGE,
    outputs=_SMALLER,
    function="F.adaptive_avg_pool2d",
    like="nn.AdaptiveAvgPool2d",
    params=(
        Size(
            name="output_size",
            default=1,
            rank=2,
            low=1,
            high=4096,
            holes=True,
            required=True,
            help="The height and width that come out; 1 leaves one number a channel.",
        ),
    ),
    brief="to {output_size}",
    synonyms=(*_SHRINK, "global average pooling", "gap", "any size"),
    source="Lin, Chen, Yan: Network in network, 2013",
)
