"""Blocks that change how numbers are arranged, or how many there are, and learn nothing."""

from netbuilder.blocks.params import Bool, Choice, Float, Int, Ints
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.graph.model import Project, Values

FLATTEN = Block(
    name="Flatten",
    category="Shape",
    summary="Lays all values of a sample in one row, as Linear wants them.",
    formula="N x C x H x W becomes N x (C·H·W)",
    inputs=(Port("x", "N *", help="Any tensor."),),
    outputs=(Port("y", "N F", role="vector", help="The same values with fewer axes."),),
    call="{y} = torch.flatten({x}, {start_dim}{params})",
    like="nn.Flatten",
    params=(
        Int(name="start_dim", default=1, low=-16, high=15, help="The first axis that is merged; 0 would be the batch."),
        Int(name="end_dim", default=-1, low=-16, high=15, help="The last axis that is merged; −1 is the last of all."),
    ),
    synonyms=("vector", "unroll", "row", "image to vector", "1d"),
)

RESHAPE = Block(
    name="Reshape",
    category="Shape",
    summary="Arranges the values of each sample in another shape.",
    formula="N x a x b becomes N x shape, with equally many values",
    inputs=(Port("x", "N *", help="Any tensor."),),
    outputs=(Port("y", "N *", help="The same values in the new shape."),),
    call="{y} = {x}.reshape({x}.shape[0], {shape})",
    params=(
        Ints(
            name="shape",
            default=(-1,),
            low=-1,
            high=2**20,
            longest=8,
            spread=True,
            required=True,
            help="The sizes after the batch axis; one of them may be −1 and takes what is left.",
        ),
    ),
    brief="to {shape}",
    synonyms=("view", "change shape", "unflatten", "vector to image", "rearrange"),
)

PERMUTE = Block(
    name="Permute",
    category="Shape",
    summary="Puts the axes in another order.",
    formula="y[i₀, i₁, ...] has axis dims[k] of x at place k",
    inputs=(Port("x", "N *", help="Any tensor."),),
    outputs=(Port("y", "N *", help="The same values with their axes in the new order."),),
    call="{y} = {x}.permute({dims})",
    params=(
        Ints(
            name="dims",
            default=(0, 2, 1),
            low=0,
            high=7,
            longest=8,
            spread=True,
            required=True,
            help="All axes in their new order, counted from 0, the batch: 0, 2, 1 swaps the two after it.",
        ),
    ),
    brief="{dims}",
    synonyms=("transpose", "swap axes", "reorder", "channels last"),
)


def _split_ports(params: Values, project: Project) -> Ports:
    sections = params.get("sections", 2)
    count = sections if isinstance(sections, int) and not SPLIT.check(params) else 0
    parts = tuple(Port(f"y{at}", "N *", help=f"Part {at}.") for at in range(1, count + 1))
    return Ports(SPLIT.inputs, parts)


SPLIT = Block(
    name="Split",
    category="Shape",
    summary="Cuts a tensor along one axis into equal parts.",
    formula="y1, y2, ... = parts of x along dim; the first get one more where it does not divide evenly",
    inputs=(Port("x", "N *", help="Any tensor."),),
    ports=_split_ports,
    call="{outputs} = torch.tensor_split({x}, {sections}, dim={dim})",
    params=(
        Int(name="sections", default=2, low=2, high=64, required=True, help="How many parts; each is an output."),
        Int(
            name="dim",
            default=1,
            low=-16,
            high=15,
            required=True,
            help="The axis that is cut, counted from 0, the batch.",
        ),
    ),
    brief="{sections} parts",
    synonyms=("chunk", "slice", "divide", "separate", "unstack"),
)

UPSAMPLE = Block(
    name="Upsample",
    category="Shape",
    summary="Makes images larger by filling in between their points, without learning.",
    formula="y[h, w] = x interpolated at (h / scale_factor, w / scale_factor)",
    inputs=(Port("x", "N C H W", role="image", dtype="float32", help="Images, or maps of features."),),
    outputs=(Port("y", "N C H' W'", role="image", dtype="float32", help="Larger images with the same channels."),),
    call="{y} = F.interpolate({x}, scale_factor={scale_factor}{params})",
    like="nn.Upsample",
    params=(
        # torch takes a size or a factor and wants exactly one of them: here it is always the factor.
        Float(
            name="scale_factor",
            default=2.0,
            low=0.01,
            high=64.0,
            required=True,
            help="How many times larger the image gets; below 1 it shrinks.",
        ),
        Choice(
            name="mode",
            default="nearest",
            options=("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
            help="How new points are made: copies of the nearest, or smooth mixtures.",
        ),
    ),
    variants=(
        (
            "mode",
            {
                mode: (
                    Bool(
                        name="align_corners",
                        default=None,
                        optional=True,
                        advanced=True,
                        help="Whether the corner points stay exactly where they are.",
                    ),
                )
                for mode in ("bilinear", "bicubic")
            },
        ),
    ),
    brief="{scale_factor} x, {mode}",
    synonyms=("resize", "enlarge image", "larger", "interpolate", "zoom", "scale", "unpooling"),
)
