"""Functions without weights that bend numbers; without them stacked layers could learn only straight lines."""

from netbuilder.blocks.params import Choice, Float, Int, Param
from netbuilder.blocks.spec import Block, Port

_X = (Port("x", dtype="float32", help="Any tensor."),)
_Y = (Port("y", dtype="float32", help="The same shape."),)
_ALL = ("nonlinearity", "activation function")

RELU = Block(
    name="ReLU",
    category="Activation",
    summary="Keeps positive numbers and turns negative ones into zero.",
    formula="y = max(0, x)",
    inputs=_X,
    outputs=_Y,
    function="F.relu",
    synonyms=(*_ALL, "rectifier", "ramp"),
)

LEAKY_RELU = Block(
    name="LeakyReLU",
    category="Activation",
    summary="Keeps positive numbers and makes negative ones small, so that they still teach.",
    formula="y = x if x > 0, else negative_slope · x",
    inputs=_X,
    outputs=_Y,
    function="F.leaky_relu",
    params=(
        Float(name="negative_slope", default=0.01, low=0.0, high=1.0, help="What negative numbers are multiplied by."),
    ),
    brief="slope {negative_slope}",
    synonyms=(*_ALL, "rectifier", "dying relu"),
    source="Maas, Hannun, Ng: Rectifier nonlinearities improve neural network acoustic models, 2013",
)

ELU = Block(
    name="ELU",
    category="Activation",
    summary="Keeps positive numbers and bends negative ones smoothly towards a lower limit.",
    formula="y = x if x > 0, else alpha · (exp(x) − 1)",
    inputs=_X,
    outputs=_Y,
    function="F.elu",
    params=(Float(name="alpha", default=1.0, low=0.0, high=100.0, help="How far below zero the result may go."),),
    synonyms=(*_ALL, "exponential", "smooth"),
    source="Clevert, Unterthiner, Hochreiter: Exponential linear units, 2015",
)

GELU = Block(
    name="GELU",
    category="Activation",
    summary="A smooth ReLU that lets small negative numbers through a little, as in transformers.",
    formula="y = x · Φ(x), Φ the share of a normal distribution below x",
    inputs=_X,
    outputs=_Y,
    function="F.gelu",
    like="nn.GELU",
    params=(
        Choice(
            name="approximate",
            default="none",
            options=("none", "tanh"),
            help="Whether Φ is computed exactly or by a faster formula with tanh.",
        ),
    ),
    synonyms=(*_ALL, "gaussian", "transformer", "smooth"),
    source="Hendrycks and Gimpel: Gaussian error linear units, 2016",
)

SILU = Block(
    name="SiLU",
    category="Activation",
    summary="A smooth ReLU that dips a little below zero, as in diffusion models.",
    formula="y = x / (1 + exp(−x))",
    inputs=_X,
    outputs=_Y,
    function="F.silu",
    synonyms=(*_ALL, "swish", "smooth"),
    source="Ramachandran, Zoph, Le: Searching for activation functions, 2017",
)

SIGMOID = Block(
    name="Sigmoid",
    category="Activation",
    summary="Squeezes each number into 0 to 1, to be read as a probability or a gate.",
    formula="y = 1 / (1 + exp(−x))",
    inputs=_X,
    outputs=_Y,
    function="torch.sigmoid",
    like="nn.Sigmoid",
    synonyms=(*_ALL, "logistic", "probability", "gate", "squash"),
)

TANH = Block(
    name="Tanh",
    category="Activation",
    summary="Squeezes each number into −1 to 1.",
    formula="y = (exp(x) − exp(−x)) / (exp(x) + exp(−x))",
    inputs=_X,
    outputs=_Y,
    function="torch.tanh",
    like="nn.Tanh",
    synonyms=(*_ALL, "hyperbolic tangent", "squash"),
)


def _dim(text: str) -> tuple[Param, ...]:
    # torch's own default, None, guesses the axis and is deprecated: here the last one is named.
    return (Int(name="dim", default=-1, low=-16, high=15, required=True, help=text),)


_AXIS = "The axis over which the results add up to 1, counted from 0; −1 is the last."

SOFTMAX = Block(
    name="Softmax",
    category="Activation",
    summary="Turns scores into probabilities that add up to 1.",
    formula="y[i] = exp(x[i]) / Σ over j of exp(x[j])",
    inputs=(Port("x", role="logits", dtype="float32", help="Scores; any tensor."),),
    outputs=(Port("y", role="vector", dtype="float32", help="Probabilities, in the same shape."),),
    call="{y} = F.softmax({x}, dim={dim})",
    like="nn.Softmax",
    params=_dim(_AXIS),
    brief="over axis {dim}",
    synonyms=(*_ALL, "probabilities", "classes", "normalize"),
)

LOG_SOFTMAX = Block(
    name="LogSoftmax",
    category="Activation",
    summary="Turns scores into logarithms of probabilities, which lose no precision when they are tiny.",
    formula="y[i] = x[i] − log Σ over j of exp(x[j])",
    inputs=(Port("x", role="logits", dtype="float32", help="Scores; any tensor."),),
    outputs=(Port("y", role="vector", dtype="float32", help="Logarithms of probabilities, in the same shape."),),
    call="{y} = F.log_softmax({x}, dim={dim})",
    like="nn.LogSoftmax",
    params=_dim("The axis over which the probabilities add up to 1, counted from 0; −1 is the last."),
    brief="over axis {dim}",
    synonyms=(*_ALL, "log probabilities", "nll"),
)
