"""The rest of torch's functions that bend numbers one by one."""

from netbuilder.blocks.params import Float, Int, Param
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_X = (Port("x", dtype="float32", help="Any tensor."),)
_Y = (Port("y", dtype="float32", help="The same shape."),)
_ALL = ("nonlinearity", "activation function")


def _bend(
    name: str,
    call: str,
    summary: str,
    formula: str,
    synonyms: tuple[str, ...],
    params: tuple[Param, ...] = (),
    brief: str = "",
    source: str = "",
) -> Block:
    """A block for one of torch's functions; its class in torch.nn has the signature."""
    return Block(
        name=name,
        category="Activation",
        summary=summary,
        formula=formula,
        inputs=_X,
        outputs=_Y,
        function=call,
        like=f"nn.{name}",
        params=params,
        brief=brief,
        synonyms=(*_ALL, *synonyms),
        source=source,
    )


RELU6 = _bend(
    "ReLU6",
    "F.relu6",
    "ReLU that stops at 6, for networks on phones and other small devices.",
    "y = min(max(0, x), 6)",
    ("rectifier", "mobilenet", "clip"),
    source="Howard and others: MobileNets, 2017",
)
CELU = _bend(
    "CELU",
    "F.celu",
    "ELU without a kink at zero, whatever its lower limit is.",
    "y = max(0, x) + min(0, alpha · (exp(x / alpha) − 1))",
    ("exponential", "smooth", "elu"),
    (Float(name="alpha", default=1.0, low=1e-3, high=100.0, help="How far below zero the result may go."),),
    source="Barron: Continuously differentiable exponential linear units, 2017",
)
SELU = _bend(
    "SELU",
    "F.selu",
    "ELU with fixed numbers that keep mean 0 and spread 1 from layer to layer.",
    "y = 1.0507 · (max(0, x) + min(0, 1.6733 · (exp(x) − 1)))",
    ("self-normalizing", "exponential", "elu"),
    source="Klambauer and others: Self-normalizing neural networks, 2017",
)
MISH = _bend(
    "Mish",
    "F.mish",
    "A smooth ReLU that dips a little below zero, much like SiLU.",
    "y = x · tanh(log(1 + exp(x)))",
    ("smooth", "swish", "yolo"),
    source="Misra: Mish, 2019",
)
SOFTPLUS = _bend(
    "Softplus",
    "F.softplus",
    "A smooth ReLU that is always above zero, for widths, rates and other positive numbers.",
    "y = log(1 + exp(beta · x)) / beta",
    ("positive", "smooth", "variance", "scale"),
    (
        Float(name="beta", default=1.0, low=1e-3, high=1000.0, help="How sharp the bend at zero is."),
        Float(
            name="threshold",
            default=20.0,
            low=0.0,
            advanced=True,
            help="Where beta · x is above this, y = x is used, which is as exact and cannot overflow.",
        ),
    ),
)
SOFTSIGN = _bend(
    "Softsign",
    "F.softsign",
    "Squeezes each number into −1 to 1 like Tanh, but nears the ends more slowly.",
    "y = x / (1 + |x|)",
    ("squash", "tanh"),
)
LOG_SIGMOID = _bend(
    "LogSigmoid",
    "F.logsigmoid",
    "The logarithm of Sigmoid, which loses no precision when the probability is tiny.",
    "y = log(1 / (1 + exp(−x)))",
    ("log probability", "logistic"),
)
TANHSHRINK = _bend(
    "Tanhshrink",
    "F.tanhshrink",
    "Leaves large numbers almost as they are and makes small ones nearly zero.",
    "y = x − tanh(x)",
    ("denoise", "sparse", "tanh"),
)
_AROUND = "How far around zero numbers become zero."
HARDSHRINK = _bend(
    "Hardshrink",
    "F.hardshrink",
    "Turns numbers near zero into zero and leaves all others as they are.",
    "y = 0 if |x| ≤ lambd, else x",
    ("denoise", "sparse", "hard threshold"),
    (Float(name="lambd", default=0.5, low=0.0, help=_AROUND),),
    "within {lambd}",
)
SOFTSHRINK = _bend(
    "Softshrink",
    "F.softshrink",
    "Pulls every number towards zero by the same amount; those near zero become zero.",
    "y = x − lambd if x > lambd, x + lambd if x < −lambd, else 0",
    ("denoise", "sparse", "soft threshold", "lasso"),
    (Float(name="lambd", default=0.5, low=0.0, help=_AROUND),),
    "by {lambd}",
)
HARDSIGMOID = _bend(
    "Hardsigmoid",
    "F.hardsigmoid",
    "Sigmoid made of three straight lines: faster, for small devices.",
    "y = min(max(0, x / 6 + 1 / 2), 1)",
    ("sigmoid", "gate", "mobilenet", "fast"),
)
HARDSWISH = _bend(
    "Hardswish",
    "F.hardswish",
    "SiLU made of simple pieces: faster, for small devices.",
    "y = x · min(max(0, x / 6 + 1 / 2), 1)",
    ("swish", "mobilenet", "fast"),
    source="Howard and others: Searching for MobileNetV3, 2019",
)
HARDTANH = _bend(
    "Hardtanh",
    "F.hardtanh",
    "Cuts numbers off below and above.",
    "y = min(max(min_val, x), max_val)",
    ("clip", "clamp", "limit", "saturate"),
    (
        Float(name="min_val", default=-1.0, help="What smaller numbers become."),
        Float(name="max_val", default=1.0, help="What larger numbers become; not below min_val."),
    ),
    "{min_val} to {max_val}",
)
THRESHOLD = _bend(
    "Threshold",
    "F.threshold",
    "Keeps numbers above a threshold and replaces all others by one value.",
    "y = x if x > threshold, else value",
    ("cut off", "rectifier", "gate"),
    (
        Float(name="threshold", default=0.0, required=True, help="Numbers above this stay as they are."),
        Float(name="value", default=0.0, required=True, help="What all other numbers become."),
    ),
    "above {threshold}",
)

PRELU = Block(
    name="PReLU",
    category="Activation",
    summary="LeakyReLU that learns how much of negative numbers it lets through.",
    formula="y = max(0, x) + a · min(0, x), a learned",
    inputs=(Port("x", "N *", dtype="float32", help="Any tensor; its second axis holds the channels."),),
    outputs=(Port("y", "N *", dtype="float32", help="The same shape."),),
    module="nn.PReLU",
    params=(
        Int(
            name="num_parameters",
            default=1,
            low=1,
            high=2**16,
            help="How many slopes are learned: 1 for all, or as many as there are channels.",
        ),
        Float(name="init", default=0.25, low=-100.0, high=100.0, help="The slope at the start."),
    ),
    graphs=IN_NETWORKS,
    synonyms=(*_ALL, "parametric relu", "learned slope", "rectifier"),
    source="He, Zhang, Ren, Sun: Delving deep into rectifiers, 2015",
)

RRELU = Block(
    name="RReLU",
    category="Activation",
    summary="LeakyReLU with a slope that is drawn at random while training, against overfitting.",
    formula="y = x if x > 0, else a · x; a random in training, (lower + upper) / 2 afterwards",
    inputs=_X,
    outputs=_Y,
    module="nn.RReLU",
    params=(
        Float(name="lower", default=1.0 / 8, low=0.0, high=1.0, help="The smallest slope that may be drawn."),
        Float(name="upper", default=1.0 / 3, low=0.0, high=1.0, help="The largest slope; not below lower."),
    ),
    graphs=IN_NETWORKS,
    synonyms=(*_ALL, "randomized leaky relu", "rectifier", "random"),
    source="Xu, Wang, Chen, Li: Empirical evaluation of rectified activations, 2015",
)
