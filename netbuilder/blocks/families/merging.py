"""Blocks that make one tensor of several."""

from netbuilder.blocks.params import Int
from netbuilder.blocks.spec import Block, Port

ADD = Block(
    name="Add",
    category="Merge",
    summary="Adds tensors element by element, for example around a skip connection.",
    formula="y = x₁ + x₂ + ...",
    inputs=(Port("x", many=True, help="Tensors of one shape, or of shapes that stretch to one."),),
    outputs=(Port("y", help="Their sum."),),
    call="{y} = {x: + }",
    synonyms=("sum", "plus", "residual", "skip connection", "shortcut", "join two branches"),
)

MULTIPLY = Block(
    name="Multiply",
    category="Merge",
    summary="Multiplies tensors element by element, for example with a gate.",
    formula="y = x₁ · x₂ · ...",
    inputs=(Port("x", many=True, help="Tensors of one shape, or of shapes that stretch to one."),),
    outputs=(Port("y", help="Their product."),),
    call="{y} = {x: * }",
    synonyms=("times", "product", "gate", "mask", "scale"),
)

CONCAT = Block(
    name="Concat",
    category="Merge",
    summary="Puts tensors one after another along an axis.",
    formula="y = [x₁, x₂, ...] along dim",
    inputs=(Port("x", many=True, help="Tensors that are equally large in all other axes."),),
    outputs=(Port("y", help="All of them, one after another."),),
    call="{y} = torch.cat([{x:, }], dim={dim})",
    params=(
        Int(
            name="dim",
            default=1,
            low=-16,
            high=15,
            required=True,
            help="The axis along which they are joined, counted from 0, the batch; 1 joins channels or features.",
        ),
    ),
    brief="along axis {dim}",
    synonyms=("cat", "concatenate", "join", "merge", "append", "put side by side", "stack channels", "u-net skip"),
)
