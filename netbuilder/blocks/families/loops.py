"""What makes a network recurrent."""

from netbuilder.blocks.params import Choice, Ints
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

DELAY = Block(
    name="Delay",
    category="Recurrent",
    part="delay",
    summary="Remembers a value until the next step, so that a network can feed itself and read sequences step by step.",
    formula="y[t] = x[t−1], y[0] = start",
    inputs=(
        Port("x", help="What to remember in this step; it may come from nodes that read y, which makes a loop."),
        Port(
            "initial",
            optional=True,
            help="What y is in the first step, such as an Input that stays the same in all steps; it stands in for "
            "size and start.",
        ),
    ),
    outputs=(Port("y", help="What x was in the step before."),),
    params=(
        Ints(
            name="size",
            default=(64,),
            low=1,
            shortest=0,
            longest=8,
            help="The shape of what is remembered for one sample, without the batch: that of x. Empty for one number.",
        ),
        Choice(
            name="start",
            default="zero",
            options=("zero", "learned"),
            help="What y is in the first step: zeros, or numbers that are learned like weights.",
        ),
        Choice(
            name="dtype",
            default="float32",
            options=("float32", "int64", "bool"),
            advanced=True,
            help="What the numbers are: float32 for measurements, int64 for classes and tokens, bool for masks.",
        ),
    ),
    graphs=IN_NETWORKS,
    brief="{size}",
    synonyms=("loop", "recurrent", "feedback", "state", "memory", "previous step", "hidden state", "rnn", "shift"),
    source="Elman: Finding structure in time, 1990",
)
