"""Activations that look at a whole axis: scores become probabilities, halves become gates."""

from netbuilder.blocks.common import IMAGE
from netbuilder.blocks.params import Bool, Float, Int, Param
from netbuilder.blocks.spec import Block, Port

_ALL = ("nonlinearity", "activation function")
_SCORES = (Port("x", role="logits", dtype="float32", help="Scores; any tensor."),)
_PROBABILITIES = (Port("y", role="vector", dtype="float32", help="Probabilities, in the same shape."),)


def _dim(text: str) -> tuple[Param, ...]:
    # torch's own default, None, guesses the axis and is deprecated: here the last one is named.
    return (Int(name="dim", default=-1, low=-16, high=15, required=True, help=text),)


_SUM = "The axis over which the results add up to 1, counted from 0; −1 is the last."

SOFTMAX = Block(
    name="Softmax",
    category="Activation",
    summary="Turns scores into probabilities that add up to 1.",
    formula="y[i] = exp(x[i]) / Σ over j of exp(x[j])",
    inputs=_SCORES,
    outputs=_PROBABILITIES,
    call="{y} = F.softmax({x}, dim={dim})",
    like="nn.Softmax",
    params=_dim(_SUM),
    brief="over axis {dim}",
    synonyms=(*_ALL, "probabilities", "classes", "normalize"),
)

LOG_SOFTMAX = Block(
    name="LogSoftmax",
    category="Activation",
    summary="Turns scores into logarithms of probabilities, which lose no precision when they are tiny.",
    formula="y[i] = x[i] − log Σ over j of exp(x[j])",
    inputs=_SCORES,
    outputs=(Port("y", role="vector", dtype="float32", help="Logarithms of probabilities, in the same shape."),),
    call="{y} = F.log_softmax({x}, dim={dim})",
    like="nn.LogSoftmax",
    params=_dim("The axis over which the probabilities add up to 1, counted from 0; −1 is the last."),
    brief="over axis {dim}",
    synonyms=(*_ALL, "log probabilities", "nll"),
)

SOFTMIN = Block(
    name="Softmin",
    category="Activation",
    summary="Turns scores into probabilities that add up to 1, the smallest score being the likeliest.",
    formula="y[i] = exp(−x[i]) / Σ over j of exp(−x[j])",
    inputs=_SCORES,
    outputs=_PROBABILITIES,
    call="{y} = F.softmin({x}, dim={dim})",
    like="nn.Softmin",
    params=_dim(_SUM),
    brief="over axis {dim}",
    synonyms=(*_ALL, "probabilities", "distances", "nearest"),
)

SOFTMAX2D = Block(
    name="Softmax2d",
    category="Activation",
    summary="At each point of an image turns the channels into probabilities that add up to 1.",
    formula="y[c, h, w] = exp(x[c, h, w]) / Σ over d of exp(x[d, h, w])",
    inputs=(IMAGE.port("x", "Scores, a channel for each class."),),
    outputs=(IMAGE.port("y", "Probabilities, a channel for each class."),),
    call="{y} = F.softmax({x}, dim=1)",
    like="nn.Softmax2d",
    synonyms=(*_ALL, "segmentation", "probabilities", "pixel classes"),
)

GUMBEL_SOFTMAX = Block(
    name="GumbelSoftmax",
    category="Activation",
    summary="Draws a random choice by its probabilities in a way that still lets gradients through.",
    formula="y = softmax((x + gumbel noise) / tau) along dim",
    inputs=_SCORES,
    outputs=(Port("y", role="vector", dtype="float32", help="Nearly or exactly one 1 along dim, in the same shape."),),
    function="F.gumbel_softmax",
    params=(
        Float(
            name="tau",
            default=1.0,
            low=1e-3,
            high=1000.0,
            help="The temperature: near 0 the result is nearly one 1 and zeros, higher it is softer.",
        ),
        Bool(
            name="hard",
            default=False,
            help="Whether exactly one value is 1 and all others 0; gradients are those of the soft result.",
        ),
        Int(name="dim", default=-1, low=-16, high=15, help="The axis of the choices, from 0; −1 is the last."),
    ),
    brief="tau {tau}",
    synonyms=(*_ALL, "sample", "discrete", "categorical", "concrete", "straight-through", "random choice"),
    source="Jang, Gu, Poole: Categorical reparameterization with Gumbel-Softmax, 2016",
)

GLU = Block(
    name="GLU",
    category="Activation",
    summary="Halves an axis: the second half, squeezed to 0 to 1, decides how much of the first goes through.",
    formula="y = a · sigmoid(b), a and b the halves of x along dim",
    inputs=(Port("x", "N *", dtype="float32", help="Any tensor; the size of the axis dim must be even."),),
    outputs=(Port("y", "N *", dtype="float32", help="The same, with half the size along dim."),),
    function="F.glu",
    params=(
        Int(name="dim", default=-1, low=-16, high=15, help="The axis that is halved, counted from 0; −1 is the last."),
    ),
    brief="along axis {dim}",
    synonyms=(*_ALL, "gated linear unit", "gate", "wavenet"),
    source="Dauphin, Fan, Auli, Grangier: Language modeling with gated convolutional networks, 2016",
)
