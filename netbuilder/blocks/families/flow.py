"""What steers gradients: values that let none through, networks that do not learn."""

from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spec import IN_TRAINING, Block, Port

DETACH = Block(
    name="Detach",
    category="Flow",
    part="detach",
    summary="Lets values through and holds gradients back.",
    formula="y = x, with no gradient to x",
    inputs=(Port("x", help="Anything; what leads to it learns nothing from what follows."),),
    outputs=(Port("y", help="The same values."),),
    call="{y} = {x}.detach()",
    synonyms=("stop gradient", "no gradient", "cut", "constant", "gan"),
)

FREEZE = Block(
    name="Freeze",
    category="Flow",
    part="freeze",
    summary="Keeps a network's weights as they are while everything else learns.",
    formula="no optimizer changes the weights of network",
    params=(
        NetworkRef(
            name="network",
            default="",
            help="The network that stays as it is, wherever it is placed, also inside other networks.",
        ),
    ),
    graphs=IN_TRAINING,
    brief="{network}",
    synonyms=("fixed", "pretrained", "transfer learning", "fine-tune", "requires_grad", "lock"),
)
