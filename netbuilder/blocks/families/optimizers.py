"""The Optimizer; its algorithms and schedules are tables that tests compare with the installed torch."""

from netbuilder.blocks.algorithms import ALGORITHMS
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import Choice, Float, Int
from netbuilder.blocks.schedules import SCHEDULES
from netbuilder.blocks.spec import IN_TRAINING, Block, Port

OPTIMIZER = Block(
    name="Optimizer",
    category="Optimizer",
    part="optimizer",
    summary="Changes the weights after each batch so that the loss gets smaller.",
    formula="w = w − lr · step, the step made from the gradient of the loss",
    inputs=(Port("loss", many=True, role="loss", dtype="float32", help="What is made smaller; several are added."),),
    params=(
        Choice(
            name="algorithm",
            heading="Steps",
            default="Adam",
            options=tuple(ALGORITHMS),
            help="How steps are made: SGD is plain, Adam adapts to each weight, AdamW decays weights better.",
        ),
        Groups(
            name="networks",
            heading="Networks",
            help="The networks that it changes, each with its own lr or weight_decay where wanted: "
            '"encoder: lr 0.0001; head". Empty is all that its losses reach and that no other optimizer names.',
        ),
        Choice(
            name="schedule",
            heading="Learning rate over time",
            default="constant",
            options=tuple(SCHEDULES),
            help="How the learning rate changes while the run goes on.",
        ),
        Choice(
            name="schedule_unit",
            label="Counted in",
            default="epoch",
            options=("epoch", "step"),
            help="Whether the schedule counts epochs or steps; plateau always counts epochs.",
        ),
        Int(
            name="order",
            heading="When it works",
            default=1,
            low=1,
            high=1000,
            help="Optimizers with smaller numbers go first; those with equal ones step together.",
        ),
        Int(
            name="every",
            label="Every so many steps",
            default=1,
            low=1,
            high=10**9,
            advanced=True,
            help="It works only in every so many-th step; what only it needs is left out in the others.",
        ),
        Int(
            name="start",
            label="From step",
            default=0,
            low=0,
            high=10**9,
            advanced=True,
            help="The number of the first step in which it works, counted from 0.",
        ),
        Int(
            name="accumulate",
            label="Batches a step",
            heading="Gradients",
            default=1,
            low=1,
            high=100_000,
            advanced=True,
            help="Gradients of so many batches are added to their mean before each step, as if the batch were larger.",
        ),
        Float(
            name="clip_norm",
            label="Longest gradient",
            default=0.0,
            low=0.0,
            high=1e6,
            advanced=True,
            help="Gradients together longer than this are made this long; 0 is off.",
        ),
        Float(
            name="clip_value",
            label="Largest number",
            default=0.0,
            low=0.0,
            high=1e6,
            advanced=True,
            help="Each number of a gradient is kept between minus this and this; 0 is off.",
        ),
        Float(
            name="average",
            label="Average of weights",
            default=0.0,
            low=0.0,
            high=0.999999,
            advanced=True,
            help="Keeps a moving average of the weights that evaluation and previews use: the share of the old "
            "average that each step keeps, 0.999 is common; 0 is off.",
        ),
    ),
    variants=(("algorithm", ALGORITHMS), ("schedule", SCHEDULES)),
    graphs=IN_TRAINING,
    brief="{algorithm}, lr {lr}",
    synonyms=(
        "train",
        "learning rate",
        "gradient descent",
        "sgd",
        "adam",
        "adamw",
        "weight decay",
        "momentum",
        "schedule",
        "scheduler",
        "ema",
        "clip gradients",
        "rmsprop",
        "lbfgs",
        "muon",
    ),
)
