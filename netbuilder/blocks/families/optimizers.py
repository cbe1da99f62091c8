"""The Optimizer, with torch's algorithms and schedules as tables that tests compare with the installed torch."""

from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import Bool, Choice, Float, Floats, Int, Ints, Param
from netbuilder.blocks.spec import IN_TRAINING, Block, Port

_DECAY_HELP = "How strongly weights are pulled towards zero, against overfitting."


def _lr(default: float = 1e-3) -> Param:
    return Float(
        name="lr",
        label="Learning rate",
        default=default,
        low=0.0,
        high=100.0,
        help="The learning rate: how far each step goes.",
    )


def _decay(default: float = 0.0, text: str = _DECAY_HELP) -> Param:
    return Float(name="weight_decay", default=default, low=0.0, high=10.0, help=text)


def _eps(default: float = 1e-8) -> Param:
    return Float(
        name="eps",
        default=default,
        low=0.0,
        high=1.0,
        advanced=True,
        help="A tiny number in the divisor, so that nothing is divided by zero.",
    )


def _betas() -> Param:
    return Floats(
        name="betas",
        default=(0.9, 0.999),
        count=2,
        low=0.0,
        high=0.999999,
        advanced=True,
        help="How long it remembers the gradient and its square; closer to 1 is longer.",
    )


def _momentum(default: float = 0.0) -> Param:
    return Float(
        name="momentum",
        default=default,
        low=0.0,
        high=1.0,
        help="How much of the last step is kept, like a ball that rolls on; 0.9 is common.",
    )


def _nesterov(default: bool, text: str) -> Param:
    return Bool(name="nesterov", default=default, advanced=True, help=text)


def _adam(decay: Param) -> tuple[Param, ...]:
    return (
        _lr(),
        _betas(),
        _eps(),
        decay,
        Bool(
            name="amsgrad",
            default=False,
            advanced=True,
            help="Whether steps never get larger again where the gradient was once large.",
        ),
    )


# By their names in torch.optim, parameters in torch's order; a test compares them with the installed torch.
ALGORITHMS: dict[str, tuple[Param, ...]] = {
    "SGD": (
        _lr(),
        _momentum(),
        Float(
            name="dampening",
            default=0.0,
            low=0.0,
            high=1.0,
            advanced=True,
            help="How much less the new gradient counts beside the momentum.",
        ),
        _decay(),
        _nesterov(False, "Whether it looks ahead along the momentum; needs momentum above 0 and no dampening."),
    ),
    "Adam": _adam(_decay()),
    "AdamW": _adam(_decay(0.01, _DECAY_HELP + " Here it does not depend on the gradient's size.")),
    "RMSprop": (
        _lr(1e-2),
        Float(
            name="alpha",
            default=0.99,
            low=0.0,
            high=1.0,
            advanced=True,
            help="How long it remembers the gradient's square; closer to 1 is longer.",
        ),
        _eps(),
        _decay(),
        _momentum(),
        Bool(
            name="centered",
            default=False,
            advanced=True,
            help="Whether steps are divided by the gradient's spread around its mean instead of its size.",
        ),
    ),
    "Adagrad": (
        _lr(1e-2),
        Float(name="lr_decay", default=0.0, low=0.0, high=1.0, help="How fast steps get smaller as training goes on."),
        _decay(),
        Float(
            name="initial_accumulator_value",
            default=0.0,
            low=0.0,
            high=1e6,
            advanced=True,
            help="What the sum of squared gradients starts from; larger makes the first steps smaller.",
        ),
        _eps(1e-10),
    ),
    "Adadelta": (
        _lr(1.0),
        Float(
            name="rho",
            default=0.9,
            low=0.0,
            high=1.0,
            advanced=True,
            help="How long it remembers squared gradients and steps; closer to 1 is longer.",
        ),
        _eps(1e-6),
        _decay(),
    ),
    "Adamax": (_lr(2e-3), _betas(), _eps(), _decay()),
    "NAdam": (
        _lr(2e-3),
        _betas(),
        _eps(),
        _decay(),
        Float(
            name="momentum_decay",
            default=4e-3,
            low=0.0,
            high=1.0,
            advanced=True,
            help="How the momentum grows in the first steps.",
        ),
    ),
    "RAdam": (_lr(), _betas(), _eps(), _decay()),
    "Rprop": (
        _lr(1e-2),
        Floats(
            name="etas",
            default=(0.5, 1.2),
            count=2,
            low=0.0001,
            high=10.0,
            help="A step shrinks by the first where the gradient's sign turned, and grows by the second otherwise; "
            "the first is below 1, the second above.",
        ),
        Floats(
            name="step_sizes",
            default=(1e-6, 50.0),
            count=2,
            low=0.0,
            high=1e6,
            help="The smallest and the largest step of one weight.",
        ),
    ),
    "ASGD": (
        _lr(1e-2),
        Float(
            name="lambd", default=1e-4, low=0.0, high=1.0, advanced=True, help="How fast steps decay with their number."
        ),
        Float(
            name="alpha",
            default=0.75,
            low=0.0,
            high=10.0,
            advanced=True,
            help="The power with which the learning rate falls.",
        ),
        Float(
            name="t0",
            default=1e6,
            low=0.0,
            high=1e12,
            advanced=True,
            help="The step from which on the mean of the weights is kept.",
        ),
        _decay(),
    ),
    "Adafactor": (
        _lr(1e-2),
        Float(
            name="beta2_decay",
            default=-0.8,
            low=-10.0,
            high=0.0,
            advanced=True,
            help="How fast its memory of squared gradients grows longer.",
        ),
        Floats(
            name="eps",
            default=(None, 1e-3),
            count=2,
            low=0.0,
            high=1.0,
            holes=True,
            advanced=True,
            help="Tiny numbers against division by zero, and against steps on tiny weights; none lets torch choose.",
        ),
        Float(
            name="d",
            default=1.0,
            low=1.0,
            high=1e6,
            advanced=True,
            help="Where updates are clipped: larger lets larger ones through.",
        ),
        _decay(),
    ),
    "Muon": (
        _lr(),
        _decay(0.1),
        _momentum(0.95),
        _nesterov(True, "Whether it looks ahead along the momentum."),
        Floats(
            name="ns_coefficients",
            default=(3.4445, -4.775, 2.0315),
            count=3,
            low=-100.0,
            high=100.0,
            advanced=True,
            help="The polynomial that makes an update's directions equally long.",
        ),
        _eps(1e-7),
        Int(
            name="ns_steps",
            default=5,
            low=1,
            high=99,
            advanced=True,
            help="How often that polynomial is applied; more is more exact.",
        ),
        Choice(
            name="adjust_lr_fn",
            default=None,
            options=("original", "match_rms_adamw"),
            optional=True,
            advanced=True,
            help="How the rate follows a matrix's shape; match_rms_adamw lets you use AdamW's rates.",
        ),
    ),
    "SparseAdam": (_lr(), _betas(), _eps()),
    "LBFGS": (
        _lr(1.0),
        Int(name="max_iter", default=20, low=1, high=10_000, help="How many small steps are made in one."),
        Int(
            name="max_eval",
            default=None,
            low=1,
            high=100_000,
            optional=True,
            advanced=True,
            help="How often the loss may be computed in one step; none is 1.25 times max_iter.",
        ),
        Float(
            name="tolerance_grad",
            default=1e-7,
            low=0.0,
            high=1.0,
            advanced=True,
            help="A step ends early where no gradient is larger than this.",
        ),
        Float(
            name="tolerance_change",
            default=1e-9,
            low=0.0,
            high=1.0,
            advanced=True,
            help="A step ends early where the loss or the weights change less than this.",
        ),
        Int(
            name="history_size",
            default=100,
            low=1,
            high=10_000,
            advanced=True,
            help="How many former steps it remembers; each takes as much memory as the weights.",
        ),
        Choice(
            name="line_search_fn",
            default=None,
            options=("strong_wolfe",),
            optional=True,
            help="Whether each small step looks for a good length; strong_wolfe makes it far more reliable.",
        ),
    ),
}

# torch.optim.lr_scheduler's class for each schedule; "constant" has none, "warm-up then cosine" is made of LinearLR and
# CosineAnnealingLR, one after the other.
SCHEDULERS: dict[str, str] = {
    "step": "StepLR",
    "multistep": "MultiStepLR",
    "exponential": "ExponentialLR",
    "cosine": "CosineAnnealingLR",
    "warm restarts": "CosineAnnealingWarmRestarts",
    "one-cycle": "OneCycleLR",
    "plateau": "ReduceLROnPlateau",
}


def _gamma(default: float = 0.1) -> Param:
    return Float(name="gamma", default=default, low=0.0, high=10.0, help="What the rate is multiplied with each time.")


def _eta_min() -> Param:
    return Float(name="eta_min", default=0.0, low=0.0, high=100.0, help="The rate at the lowest point.")


def _t_max(text: str = "How long the rate takes to reach its lowest point; none is the whole run.") -> Param:
    return Int(name="T_max", default=None, low=1, high=10**9, optional=True, help=text)


# Parameters by schedule, with torch's names and defaults; lengths count in schedule_unit.
SCHEDULES: dict[str, tuple[Param, ...]] = {
    "constant": (),
    "step": (
        Int(name="step_size", default=10, low=1, high=10**9, required=True, help="How long a rate is kept."),
        _gamma(),
    ),
    "multistep": (
        Ints(
            name="milestones",
            default=(10, 20),
            low=1,
            high=10**9,
            required=True,
            help="When the rate changes, in rising order.",
        ),
        _gamma(),
    ),
    "exponential": (
        Float(
            name="gamma",
            default=0.95,
            low=0.0,
            high=10.0,
            required=True,
            help="What the rate is multiplied with each time.",
        ),
    ),
    "cosine": (_t_max(), _eta_min()),
    "warm restarts": (
        Int(
            name="T_0",
            default=10,
            low=1,
            high=10**9,
            required=True,
            help="How long it is to the first restart at the full rate.",
        ),
        Int(
            name="T_mult",
            default=1,
            low=1,
            high=1000,
            help="How many times longer each stretch is than the one before.",
        ),
        _eta_min(),
    ),
    "one-cycle": (
        Float(
            name="max_lr", default=0.01, low=0.0, high=100.0, required=True, help="The rate at the top of the cycle."
        ),
        Int(
            name="total_steps",
            default=None,
            low=2,
            high=10**9,
            optional=True,
            help="How long the cycle is; none is the whole run.",
        ),
        Float(name="pct_start", default=0.3, low=0.0, high=1.0, help="The share of the cycle in which the rate rises."),
        Choice(
            name="anneal_strategy",
            default="cos",
            options=("cos", "linear"),
            advanced=True,
            help="Whether the rate falls along a cosine or a straight line.",
        ),
        Bool(
            name="cycle_momentum",
            default=True,
            advanced=True,
            help="Whether momentum falls while the rate rises; only where the algorithm has momentum or betas.",
        ),
        Float(name="base_momentum", default=0.85, low=0.0, high=0.999999, advanced=True, help="The lowest momentum."),
        Float(name="max_momentum", default=0.95, low=0.0, high=0.999999, advanced=True, help="The highest momentum."),
        Float(name="div_factor", default=25.0, low=1.0, high=1e9, help="The first rate is max_lr divided by this."),
        Float(
            name="final_div_factor",
            default=1e4,
            low=1.0,
            high=1e9,
            help="The last rate is the first one divided by this.",
        ),
        Bool(
            name="three_phase",
            default=False,
            advanced=True,
            help="Whether the rate falls back to where it began before it falls to the end.",
        ),
    ),
    "warm-up then cosine": (
        Int(name="warmup", default=5, low=1, high=10**9, help="How long the rate rises to its full height."),
        Float(
            name="start_factor",
            default=1.0 / 3,
            low=1e-6,
            high=1.0,
            help="The share of the rate with which it starts.",
        ),
        _t_max("How long it is to the lowest point, warm-up included; none is the whole run."),
        _eta_min(),
    ),
    "plateau": (
        Choice(
            name="mode",
            default="min",
            options=("min", "max"),
            help="Whether what is watched should get smaller, as a loss, or larger, as an accuracy.",
        ),
        Float(
            name="factor", default=0.1, low=0.0, high=0.999999, help="What the rate is multiplied with at a plateau."
        ),
        Int(name="patience", default=10, low=0, high=10**9, help="How many epochs without progress are let pass."),
        Float(
            name="threshold",
            default=1e-4,
            low=0.0,
            high=1e6,
            advanced=True,
            help="How much better counts as progress.",
        ),
        Choice(
            name="threshold_mode",
            default="rel",
            options=("rel", "abs"),
            advanced=True,
            help="Whether the threshold is a share of the best value or a difference to it.",
        ),
        Int(
            name="cooldown",
            default=0,
            low=0,
            high=10**9,
            advanced=True,
            help="How many epochs are let pass after a change.",
        ),
        Float(name="min_lr", default=0.0, low=0.0, high=100.0, help="The rate does not fall below this."),
    ),
}

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
