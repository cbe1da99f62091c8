"""Blocks that put axes elsewhere, add or drop them, or repeat and mirror what is there."""

from netbuilder.blocks.params import Int, Ints
from netbuilder.blocks.pieces import Axes, Axis
from netbuilder.blocks.spec import Block, Port

_X = (Port("x", help="Any tensor."),)
_COUNTED = "counted from 0, the batch, or from −1, the last"


def _y(text: str) -> tuple[Port, ...]:
    return (Port("y", help=text),)


UNFLATTEN = Block(
    name="Unflatten",
    category="Shape",
    summary="Splits one axis into several, such as a row of features into channels, height and width.",
    formula="N x (a·b) becomes N x a x b",
    inputs=_X,
    outputs=_y("The same values with more axes."),
    call="{y} = {x}.unflatten({dim}, {unflattened_size})",
    like="nn.Unflatten",
    params=(
        Axis(name="dim", default=1, required=True, help=f"The axis that is split, {_COUNTED}."),
        Ints(
            name="unflattened_size",
            default=(1, -1),
            low=-1,
            high=2**20,
            longest=8,
            required=True,
            help="The sizes that stand in its place; one of them may be −1 and takes what is left.",
        ),
    ),
    brief="axis {dim} to {unflattened_size}",
    synonyms=("vector to image", "split axis", "reshape", "view"),
)

TRANSPOSE = Block(
    name="Transpose",
    category="Shape",
    summary="Swaps two axes.",
    formula="y[.., j, .., i, ..] = x[.., i, .., j, ..]",
    inputs=_X,
    outputs=_y("The same values with the two axes swapped."),
    call="{y} = {x}.transpose({dim0}, {dim1})",
    params=(
        Axis(name="dim0", default=1, required=True, help=f"The one axis, {_COUNTED}."),
        Axis(name="dim1", default=2, required=True, help=f"The other axis, {_COUNTED}."),
    ),
    brief="{dim0} and {dim1}",
    synonyms=("swap axes", "swapaxes", "channels last", "time first"),
)

MOVE_AXIS = Block(
    name="MoveAxis",
    category="Shape",
    summary="Takes one axis to another place and leaves the others in their order.",
    formula="axis source of x is axis destination of y",
    inputs=_X,
    outputs=_y("The same values with the axis moved."),
    call="{y} = {x}.movedim({source}, {destination})",
    params=(
        Axis(name="source", default=1, required=True, help=f"Where the axis is, {_COUNTED}."),
        Axis(name="destination", default=-1, required=True, help=f"Where it goes, {_COUNTED}."),
    ),
    brief="{source} to {destination}",
    synonyms=("movedim", "channels last", "channels first", "permute"),
)

SQUEEZE = Block(
    name="Squeeze",
    category="Shape",
    summary="Drops an axis of size 1.",
    formula="N x 1 x T becomes N x T",
    inputs=_X,
    outputs=_y("The same values without the axis, or x itself if that is larger than 1."),
    call="{y} = {x}.squeeze({dim})",
    params=(Axes(name="dim", default=-1, required=True, help=f"The axis, or several, {_COUNTED}."),),
    brief="axis {dim}",
    synonyms=("remove axis", "drop dimension", "singleton"),
)

UNSQUEEZE = Block(
    name="Unsqueeze",
    category="Shape",
    summary="Adds an axis of size 1.",
    formula="N x T becomes N x 1 x T",
    inputs=_X,
    outputs=_y("The same values with one axis more."),
    call="{y} = {x}.unsqueeze({dim})",
    params=(Axis(name="dim", default=1, required=True, help=f"Where the new axis stands, {_COUNTED}."),),
    brief="axis {dim}",
    synonyms=("add axis", "new dimension", "expand_dims", "channel axis"),
)

EXPAND = Block(
    name="Expand",
    category="Shape",
    summary="Stretches axes of size 1 by repeating what is there, without using memory.",
    formula="N x 1 x T becomes N x sizes[1] x T, each the same",
    inputs=_X,
    outputs=_y("The tensor in its new size."),
    call="{y} = {x}.expand({sizes})",
    params=(
        Ints(
            name="sizes",
            default=(-1, -1),
            low=-1,
            high=2**20,
            longest=16,
            spread=True,
            required=True,
            help="The size of each axis, the batch first; −1 leaves an axis as it is.",
        ),
    ),
    brief="to {sizes}",
    synonyms=("broadcast", "stretch", "repeat", "expand_as"),
)

EXPAND_BATCH = Block(
    name="ExpandBatch",
    category="Shape",
    summary="Gives each sample of a batch the same tensor, such as learned queries.",
    formula="a x b becomes N x a x b, N as in like",
    inputs=(
        Port("x", help="A tensor without a batch, such as a Parameter or a constant."),
        Port("like", help="Any tensor with a batch; only its number of samples matters."),
    ),
    outputs=_y("The tensor once for each sample."),
    call="{y} = {x}.expand({like}.shape[0], *{x}.shape)",
    synonyms=("broadcast", "repeat for batch", "queries", "stretch", "learned tokens"),
)

TILE = Block(
    name="Tile",
    category="Shape",
    summary="Repeats a tensor as a whole, as tiles on a floor.",
    formula="y = [x, x, ...] along each axis, dims[k] times",
    inputs=_X,
    outputs=_y("The repeated tensor."),
    call="{y} = {x}.tile({dims})",
    params=(
        Ints(
            name="dims",
            default=(1, 2),
            low=1,
            high=4096,
            longest=16,
            required=True,
            help="How often along each axis, the batch first; fewer numbers stand for the last axes.",
        ),
    ),
    brief="{dims}",
    synonyms=("repeat", "copy", "duplicate"),
)

REPEAT_INTERLEAVE = Block(
    name="RepeatInterleave",
    category="Shape",
    summary="Repeats each entry along an axis, one after another.",
    formula="[a, b] becomes [a, a, b, b] for repeats 2",
    inputs=_X,
    outputs=_y("The tensor, repeats times as long along the axis."),
    call="{y} = {x}.repeat_interleave({repeats}, dim={dim})",
    params=(
        Int(name="repeats", default=2, low=1, high=4096, required=True, help="How often each entry stands there."),
        Axis(name="dim", default=1, required=True, help=f"The axis that grows, {_COUNTED}."),
    ),
    brief="{repeats} x along {dim}",
    synonyms=("repeat each", "stretch", "upsample", "duplicate"),
)

FLIP = Block(
    name="Flip",
    category="Shape",
    summary="Mirrors a tensor along one axis or several.",
    formula="y[i] = x[size − 1 − i]",
    inputs=_X,
    outputs=_y("The mirrored tensor."),
    call="{y} = {x}.flip({dims})",
    params=(Axes(name="dims", default=-1, required=True, help=f"The axis, or several, {_COUNTED}."),),
    brief="axis {dims}",
    synonyms=("mirror", "reverse", "backwards"),
)

ROLL = Block(
    name="Roll",
    category="Shape",
    summary="Shifts a tensor along an axis; what falls out at the end comes in at the front.",
    formula="y[i] = x[(i − shifts) mod size]",
    inputs=_X,
    outputs=_y("The shifted tensor."),
    call="{y} = {x}.roll({shifts}, {dims})",
    params=(
        Int(name="shifts", default=1, low=-(2**20), high=2**20, required=True, help="How many places; below 0 back."),
        Axis(name="dims", default=1, required=True, help=f"The axis, {_COUNTED}."),
    ),
    brief="by {shifts} along {dims}",
    synonyms=("shift", "rotate", "circular", "swin"),
)

STACK = Block(
    name="Stack",
    category="Shape",
    summary="Puts tensors of one shape beside each other along a new axis.",
    formula="y[.., k, ..] = the k-th tensor",
    inputs=(Port("x", many=True, help="Tensors of exactly one shape."),),
    outputs=_y("All of them, with one axis more."),
    call="{y} = torch.stack([{x:, }], dim={dim})",
    params=(Axis(name="dim", default=1, required=True, help=f"Where the new axis stands, {_COUNTED}."),),
    brief="new axis {dim}",
    synonyms=("join", "new axis", "combine", "pile"),
)
