"""What only training graphs have: losses, metrics and optimizers."""

from netbuilder.blocks.params import Bool, Choice, Float, Floats, Int, Param
from netbuilder.blocks.spec import IN_TRAINING, Block, Port

_LOGITS = Port("logits", "N C *", role="logits", dtype="float32", help="A score for each class, before any softmax.")
_CLASS = Port("target", "N *", role="class", dtype="int64", help="The number of the right class.")
_LOSS = (Port("loss", role="loss", dtype="float32", help="One number, the mean over the batch."),)

CROSS_ENTROPY_LOSS = Block(
    name="CrossEntropyLoss",
    category="Loss",
    part="loss",
    summary="Measures how little probability the right class was given.",
    formula="loss = mean of −log softmax(logits)[target]",
    inputs=(_LOGITS, _CLASS),
    outputs=_LOSS,
    call="{loss} = F.cross_entropy({logits}, {target}{params})",
    like="nn.CrossEntropyLoss",
    params=(
        Int(
            name="ignore_index",
            default=-100,
            advanced=True,
            help="Targets with this number are left out, for example padding.",
        ),
        Float(
            name="label_smoothing",
            default=0.0,
            low=0.0,
            high=1.0,
            help="How much of the target is spread over all classes, so that the network is less sure of itself.",
        ),
    ),
    graphs=IN_TRAINING,
    synonyms=("classification", "log loss", "nll", "negative log likelihood", "classes"),
)

MSE_LOSS = Block(
    name="MSELoss",
    category="Loss",
    part="loss",
    summary="Measures the mean squared distance between prediction and target.",
    formula="loss = mean of (prediction − target)²",
    inputs=(
        Port("prediction", "N *", dtype="float32", help="What the network says."),
        Port("target", "N *", dtype="float32", help="What it should say, in the same shape."),
    ),
    outputs=_LOSS,
    call="{loss} = F.mse_loss({prediction}, {target})",
    like="nn.MSELoss",
    graphs=IN_TRAINING,
    synonyms=("regression", "squared error", "l2", "reconstruction"),
)

BCE_WITH_LOGITS_LOSS = Block(
    name="BCEWithLogitsLoss",
    category="Loss",
    part="loss",
    summary="Measures how wrong yes-or-no answers are, each by itself.",
    formula="loss = −mean of target · log σ(logits) + (1 − target) · log(1 − σ(logits))",
    inputs=(
        Port("logits", "N *", role="logits", dtype="float32", help="A score for each answer, before any sigmoid."),
        Port("target", "N *", dtype="float32", help="Yes is 1 and no is 0, as float32 in the same shape."),
    ),
    outputs=_LOSS,
    call="{loss} = F.binary_cross_entropy_with_logits({logits}, {target})",
    like="nn.BCEWithLogitsLoss",
    graphs=IN_TRAINING,
    synonyms=("binary", "yes or no", "multi-label", "sigmoid", "discriminator"),
)

ACCURACY = Block(
    name="Accuracy",
    category="Metric",
    part="metric",
    summary="The share of samples whose highest score is at the right class.",
    formula="value = mean of (argmax of logits = target)",
    inputs=(_LOGITS, _CLASS),
    outputs=(Port("value", dtype="float32", help="A number from 0 to 1, the mean over the batch."),),
    call="{value} = ({logits}.argmax(dim=1) == {target}).float().mean()",
    graphs=IN_TRAINING,
    synonyms=("score", "hit rate", "correct", "classification"),
)

_DECAY_HELP = "How strongly weights are pulled towards zero, against overfitting."


def _lr(default: float = 1e-3) -> Param:
    return Float(name="lr", default=default, low=0.0, high=100.0, help="The learning rate: how far each step goes.")


def _decay(default: float, text: str = _DECAY_HELP) -> Param:
    return Float(name="weight_decay", default=default, low=0.0, high=10.0, help=text)


def _adam(decay: Param) -> tuple[Param, ...]:
    return (
        _lr(),
        Floats(
            name="betas",
            default=(0.9, 0.999),
            count=2,
            low=0.0,
            high=0.999999,
            advanced=True,
            help="How long it remembers the gradient and its square; closer to 1 is longer.",
        ),
        Float(
            name="eps",
            default=1e-8,
            low=0.0,
            high=1.0,
            advanced=True,
            help="A tiny number in the divisor, so that nothing is divided by zero.",
        ),
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
        Float(
            name="momentum",
            default=0.0,
            low=0.0,
            high=1.0,
            help="How much of the last step is kept, like a ball that rolls on; 0.9 is common.",
        ),
        Float(
            name="dampening",
            default=0.0,
            low=0.0,
            high=1.0,
            advanced=True,
            help="How much less the new gradient counts beside the momentum.",
        ),
        _decay(0.0),
        Bool(
            name="nesterov",
            default=False,
            advanced=True,
            help="Whether it looks ahead along the momentum; needs momentum above 0 and no dampening.",
        ),
    ),
    "Adam": _adam(_decay(0.0)),
    "AdamW": _adam(_decay(0.01, _DECAY_HELP + " Here it does not depend on the gradient's size.")),
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
            default="Adam",
            options=tuple(ALGORITHMS),
            help="How steps are made: SGD is plain, Adam adapts to each weight, AdamW decays weights better.",
        ),
    ),
    variants=("algorithm", ALGORITHMS),
    graphs=IN_TRAINING,
    brief="{algorithm}, lr {lr}",
    synonyms=("train", "learning rate", "gradient descent", "sgd", "adam", "adamw", "weight decay", "momentum"),
)
