"""What a training graph makes smaller and what it measures: losses and metrics."""

from netbuilder.blocks.params import Float, Int
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
