"""Blocks that take a part of a tensor, cut it into parts, or fit it to a size."""

from netbuilder.blocks.params import Bool, Choice, Float, Int, Ints, Size
from netbuilder.blocks.pieces import Axis
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.graph.model import Project, Values

_X = Port("x", help="Any tensor.")
_AXIS = "The axis, counted from 0, the batch, or from −1, the last."
_SIZE = 2**31 - 1

SLICE = Block(
    name="Slice",
    category="Shape",
    summary="Takes a stretch out of an axis, such as the first ten steps.",
    formula="y = x[.., start:end:step, ..]",
    inputs=(_X,),
    outputs=(Port("y", help="The part that was taken."),),
    call="{y} = {x}[{dim:before}[[{start}]]:[[{end}]][[:{step}]]{dim:after}]",
    params=(
        Axis(name="dim", default=1, required=True, help=_AXIS),
        Int(name="start", default=0, help="The first place that is taken; below 0 it counts from the end."),
        Int(
            name="end",
            default=None,
            optional=True,
            help="The first place that is no longer taken; below 0 it counts from the end, none takes all.",
        ),
        Int(name="step", default=1, low=1, high=_SIZE, help="How far it goes each time; 2 takes every second place."),
    ),
    brief="axis {dim}, {start} to {end}",
    synonyms=("cut", "crop", "take", "range", "narrow", "last steps", "subset"),
)

SELECT = Block(
    name="Select",
    category="Shape",
    summary="Takes one place of an axis, such as the last step of a sequence.",
    formula="y = x[.., index, ..], the axis is gone",
    inputs=(_X,),
    outputs=(Port("y", help="What stands there, with one axis less."),),
    call="{y} = {x}[{dim:before}{index}{dim:after}]",
    params=(
        Axis(name="dim", default=1, required=True, help=_AXIS),
        Int(name="index", default=0, required=True, help="Which place; −1 is the last."),
    ),
    brief="{index} of axis {dim}",
    synonyms=("index", "pick", "take one", "last step", "class token", "channel"),
)

INDEX_SELECT = Block(
    name="IndexSelect",
    category="Shape",
    summary="Takes some places of an axis, the same for every sample.",
    formula="y[.., k, ..] = x[.., index[k], ..]",
    inputs=(_X, Port("index", "K", dtype="int64", help="Whole numbers, one axis: which places, in this order.")),
    outputs=(Port("y", help="The places that were taken."),),
    call="{y} = {x}.index_select({dim}, {index})",
    params=(Axis(name="dim", default=1, required=True, help=_AXIS),),
    brief="axis {dim}",
    synonyms=("take", "pick", "reorder", "shuffle", "lookup"),
)

GATHER = Block(
    name="Gather",
    category="Shape",
    summary="Takes for each sample places of an axis that another tensor names.",
    formula="y[i, j] = x[i, index[i, j]] for dim 1",
    inputs=(
        _X,
        Port("index", dtype="int64", help="Whole numbers with as many axes as x: which place, for each value of y."),
    ),
    outputs=(Port("y", help="The values that were taken, in the shape of index."),),
    call="{y} = {x}.gather({dim}, {index})",
    params=(Axis(name="dim", default=1, required=True, help=_AXIS),),
    brief="axis {dim}",
    synonyms=("take along axis", "pick", "lookup", "index", "q-value"),
)


def _numbered(count: int) -> tuple[Port, ...]:
    return tuple(Port(f"y{at}", help=f"Part {at}.") for at in range(1, count + 1))


def _chunk_ports(params: Values, project: Project) -> Ports:
    chunks = params.get("chunks", 2)
    return Ports(CHUNK.inputs, _numbered(chunks if isinstance(chunks, int) and not CHUNK.check(params) else 0))


CHUNK = Block(
    name="Chunk",
    category="Shape",
    summary="Cuts a tensor along one axis into parts of one size; only the last may be smaller.",
    formula="y1, y2, ... = parts of x along dim, each of size ⌈size / chunks⌉",
    inputs=(_X,),
    ports=_chunk_ports,
    call="{outputs} = {x}.chunk({chunks}, dim={dim})",
    params=(
        Int(name="chunks", default=2, low=2, high=64, required=True, help="How many parts; each is an output."),
        Axis(name="dim", default=1, required=True, help=_AXIS),
    ),
    brief="{chunks} parts",
    synonyms=("split", "divide", "separate", "mean and variance", "query key value"),
)


def _sizes_ports(params: Values, project: Project) -> Ports:
    sizes = params.get("sizes", (1, 1))
    fits = isinstance(sizes, tuple) and not SPLIT_SIZES.check(params)
    return Ports(SPLIT_SIZES.inputs, _numbered(len(sizes) if fits and isinstance(sizes, tuple) else 0))


SPLIT_SIZES = Block(
    name="SplitSizes",
    category="Shape",
    summary="Cuts a tensor along one axis into parts whose sizes you name.",
    formula="y1, y2, ... = parts of x along dim, of sizes[0], sizes[1], ...",
    inputs=(_X,),
    ports=_sizes_ports,
    call="{outputs} = {x}.split({sizes}, dim={dim})",
    params=(
        Ints(
            name="sizes",
            default=(1, 1),
            low=1,
            high=2**20,
            shortest=2,
            required=True,
            help="The size of each part; together as much as the axis has. Each is an output.",
        ),
        Axis(name="dim", default=1, required=True, help=_AXIS),
    ),
    brief="{sizes}",
    synonyms=("split", "divide", "separate", "sections", "unequal parts"),
)

PAD = Block(
    name="Pad",
    category="Shape",
    summary="Adds values around the edges of the last axes, or cuts them off.",
    formula="y = x with pad[0] before and pad[1] after along the last axis, then the one before it",
    inputs=(_X,),
    outputs=(Port("y", help="The larger tensor."),),
    call="{y} = F.pad({x}, {pad}{params})",
    like="F.pad",
    params=(
        Ints(
            name="pad",
            default=(1, 1),
            low=-(2**20),
            high=2**20,
            shortest=2,
            longest=8,
            required=True,
            help="Before and after, first for the last axis, then for the one before it; below 0 cuts off.",
        ),
        Choice(
            name="mode",
            default="constant",
            options=("constant", "reflect", "replicate", "circular"),
            help="What is added: one number, the mirrored inside, the edge again, or the other side.",
        ),
        Float(name="value", default=None, optional=True, help="The number that is added in mode constant; none is 0."),
    ),
    brief="{pad}, {mode}",
    synonyms=("border", "margin", "zero padding", "enlarge", "crop"),
)

CROP_TO_MATCH = Block(
    name="CropToMatch",
    category="Shape",
    summary="Cuts the middle out of an image so that it is as large as another.",
    formula="y = the middle of x, as high and wide as like",
    inputs=(
        Port("x", "N C H W", role="image", help="The larger images."),
        Port("like", "N D h w", role="image", help="Images; only how high and wide they are matters."),
    ),
    outputs=(Port("y", "N C h w", role="image", help="The middle of each image."),),
    function="netbuilder.nn.cropping.crop_to_match",
    synonyms=("center crop", "copy and crop", "cut to size", "align sizes"),
    source="Ronneberger, Fischer, Brox: U-Net, 2015",
)

_MODES = ("nearest", "nearest-exact", "bilinear", "bicubic", "area")
_MODE = Choice(name="mode", default="nearest", options=_MODES, help="How points are filled in: copies, or mixtures.")
_CORNERS = Bool(
    name="align_corners",
    default=None,
    optional=True,
    advanced=True,
    help="Whether the corner points stay exactly where they are.",
)
_SMOOTH = Bool(
    name="antialias", default=False, advanced=True, help="Whether it blurs first when it shrinks, as photo programs do."
)
_SMOOTH_MODES = (("mode", dict.fromkeys(("bilinear", "bicubic"), (_CORNERS, _SMOOTH))),)
_IMAGE = Port("x", "N C H W", role="image", dtype="float32", help="Images, or maps of features.")
_RESIZED = (Port("y", "N C H' W'", role="image", dtype="float32", help="The images in their new size."),)

INTERPOLATE = Block(
    name="Interpolate",
    category="Shape",
    summary="Makes images exactly as high and wide as you say, without learning.",
    formula="y[h, w] = x interpolated at (h · H / H', w · W / W')",
    inputs=(_IMAGE,),
    outputs=_RESIZED,
    call="{y} = F.interpolate({x}, size={size}{params})",
    like="F.interpolate",
    params=(
        Size(name="size", default=32, low=1, high=2**14, required=True, help="The new height and width."),
        _MODE,
    ),
    variants=_SMOOTH_MODES,
    brief="to {size}, {mode}",
    synonyms=("resize", "scale image", "zoom", "shrink image", "enlarge image"),
)

INTERPOLATE_LIKE = Block(
    name="InterpolateLike",
    category="Shape",
    summary="Makes images as high and wide as other images, without learning.",
    formula="y[h, w] = x interpolated at (h · H / H', w · W / W')",
    inputs=(_IMAGE, Port("like", "N D h w", role="image", help="Images; only how high and wide they are matters.")),
    outputs=_RESIZED,
    call="{y} = F.interpolate({x}, size={like}.shape[2:]{params})",
    params=(_MODE,),
    variants=_SMOOTH_MODES,
    brief="{mode}",
    synonyms=("resize", "match size", "feature pyramid", "upsample to", "align sizes"),
)
