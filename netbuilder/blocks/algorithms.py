"""torch.optim's optimizers as a table: the parameters of each, with torch's names and defaults."""

from netbuilder.blocks.params import Bool, Choice, Float, Floats, Int, Param

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
