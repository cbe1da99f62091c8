"""torch's schedules of the learning rate as a table, and their classes by name."""

from netbuilder.blocks.params import Bool, Choice, Float, Int, Ints, Param

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
