"""Blocks that move values between space and channels; they learn nothing."""

from netbuilder.blocks.common import IMAGE
from netbuilder.blocks.params import Int, Param, Size
from netbuilder.blocks.spec import Block, Port

_KERNEL = Size(name="kernel_size", default=2, rank=2, low=1, high=1024, required=True, help="How large a patch is.")
_MOVES: tuple[Param, ...] = (
    Size(
        name="dilation",
        default=1,
        rank=2,
        low=1,
        high=1024,
        advanced=True,
        help="Distance between the points of a patch.",
    ),
    Size(name="padding", default=0, rank=2, low=0, high=1024, help="How many zeros stand around the image."),
    Size(name="stride", default=1, rank=2, low=1, high=1024, help="How far apart patches are; torch's default is 1."),
)
_PATCHES = "N C L"

UNFOLD = Block(
    name="Unfold",
    category="Shape",
    summary="Cuts images into patches, each laid out as one column.",
    formula="N x C x H x W becomes N x (C·kernel_size²) x number of patches",
    inputs=(IMAGE.x,),
    outputs=(
        Port(
            "y", _PATCHES, role="sequence", dtype="float32", help="A column for each patch, left to right, row by row."
        ),
    ),
    function="F.unfold",
    like="nn.Unfold",
    params=(_KERNEL, *_MOVES),
    brief="patches {kernel_size}",
    synonyms=("im2col", "patches", "sliding window", "image to patches", "extract blocks"),
)

FOLD = Block(
    name="Fold",
    category="Shape",
    summary="Puts columns of patches together to images; where patches overlap, they are added.",
    formula="N x (C·kernel_size²) x number of patches becomes N x C x output_size",
    inputs=(
        Port("x", _PATCHES, role="sequence", dtype="float32", help="A column for each patch, as Unfold gives them."),
    ),
    outputs=(IMAGE.port("y", "Images.", changed=True),),
    function="F.fold",
    like="nn.Fold",
    params=(
        Size(
            name="output_size",
            default=8,
            rank=2,
            low=1,
            high=2**16,
            required=True,
            help="Height and width of the images that come out.",
        ),
        _KERNEL,
        *_MOVES,
    ),
    brief="to {output_size}",
    synonyms=("col2im", "patches to image", "assemble", "overlap add"),
)

PIXEL_SHUFFLE = Block(
    name="PixelShuffle",
    category="Shape",
    summary="Makes images larger by laying channels out as neighbouring pixels.",
    formula="N x (C·r²) x H x W becomes N x C x (H·r) x (W·r), r = upscale_factor",
    inputs=(IMAGE.port("x", "Images; upscale_factor² must divide their number of channels."),),
    outputs=(IMAGE.port("y", "Larger images with fewer channels.", channels="C'", changed=True),),
    function="F.pixel_shuffle",
    like="nn.PixelShuffle",
    params=(
        Int(
            name="upscale_factor",
            default=2,
            low=1,
            high=64,
            required=True,
            help="How many times higher and wider the image gets; the channels are divided by its square.",
        ),
    ),
    brief="{upscale_factor} x larger",
    synonyms=("super resolution", "sub-pixel convolution", "depth to space", "enlarge image", "upsample"),
    source="Shi and others: Real-time single image and video super-resolution, 2016",
)

PIXEL_UNSHUFFLE = Block(
    name="PixelUnshuffle",
    category="Shape",
    summary="Makes images smaller without losing anything: neighbouring pixels become channels.",
    formula="N x C x (H·r) x (W·r) becomes N x (C·r²) x H x W, r = downscale_factor",
    inputs=(IMAGE.port("x", "Images; downscale_factor must divide their height and width."),),
    outputs=(IMAGE.port("y", "Smaller images with more channels.", channels="C'", changed=True),),
    function="F.pixel_unshuffle",
    like="nn.PixelUnshuffle",
    params=(
        Int(
            name="downscale_factor",
            default=2,
            low=1,
            high=64,
            required=True,
            help="How many times lower and narrower the image gets; the channels are multiplied by its square.",
        ),
    ),
    brief="{downscale_factor} x smaller",
    synonyms=("space to depth", "focus", "downsample without loss", "invertible"),
)

CHANNEL_SHUFFLE = Block(
    name="ChannelShuffle",
    category="Shape",
    summary="Deals channels out in a fixed order, so that grouped convolutions after it see every group.",
    formula="channel g·n + i moves to place i·groups + g, n = C / groups",
    inputs=(Port("x", "N C L *", role="image", dtype="float32", help="Any tensor with its channels second."),),
    outputs=(Port("y", "N C L *", role="image", dtype="float32", help="The same channels in another order."),),
    function="F.channel_shuffle",
    like="nn.ChannelShuffle",
    params=(
        Int(
            name="groups",
            default=2,
            low=1,
            high=2**16,
            required=True,
            help="How many groups the channels came in; must divide their number.",
        ),
    ),
    brief="{groups} groups",
    synonyms=("shufflenet", "mix groups", "permute channels", "grouped convolution"),
    source="Zhang, Zhou, Lin, Sun: ShuffleNet, 2017",
)
