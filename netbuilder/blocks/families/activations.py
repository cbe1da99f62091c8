"""The usual functions that bend numbers; without them stacked layers could learn only straight lines."""

from netbuilder.blocks.params import Choice, Float
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
    synonyms=(*_ALL, "logistic", "probability", "gate", "squash between 0 and 1"),
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
    synonyms=(*_ALL, "hyperbolic tangent", "squash between -1 and 1"),
)
