"""The losses of torch.nn that compare a prediction with a target, each a mean over the batch."""

from netbuilder.blocks.params import Bool, Float, Int
from netbuilder.blocks.spec import IN_STEPS, Block, Port

LOGITS = Port("logits", "N C *", role="logits", dtype="float32", help="A score for each class, before any softmax.")
CLASS = Port("target", "N *", role="class", dtype="int64", help="The number of the right class.")
PREDICTION = Port("prediction", "N *", dtype="float32", help="What the network says.")
TARGET = Port("target", "N *", dtype="float32", help="What it should say, in the same shape.")
LOSS = (Port("loss", role="loss", dtype="float32", help="One number, the mean over the batch."),)
CLASS_WEIGHT = Port(
    "weight", "C", optional=True, dtype="float32", help="How much each class counts; rare classes may count for more."
)

# A weighted mean, or one over some of the targets only, is no mean over samples: this is what it is over.
_KEPT = "{target}.ne({ignore_index})[[.mul({weight}.take({target}.clamp(min=0)))]].sum()"
_IGNORE = Int(
    name="ignore_index", default=-100, advanced=True, help="Targets with this number are left out, for example padding."
)

CROSS_ENTROPY_LOSS = Block(
    name="CrossEntropyLoss",
    category="Loss",
    part="loss",
    summary="Measures how little probability the right class was given.",
    formula="loss = mean of −log softmax(logits)[target]",
    inputs=(LOGITS, CLASS, CLASS_WEIGHT),
    outputs=LOSS,
    call="{loss} = F.cross_entropy({logits}, {target}[[, {weight}]]{params})",
    share=_KEPT,
    like="nn.CrossEntropyLoss",
    params=(
        _IGNORE,
        Float(
            name="label_smoothing",
            default=0.0,
            low=0.0,
            high=1.0,
            help="How much of the target is spread over all classes, so that the network is less sure of itself.",
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("classification", "log loss", "negative log likelihood", "classes", "label smoothing", "class weights"),
)

NLL_LOSS = Block(
    name="NLLLoss",
    category="Loss",
    part="loss",
    summary="Measures how little probability the right class was given, from log-probabilities.",
    formula="loss = mean of −logs[target]",
    inputs=(
        Port("logs", "N C *", dtype="float32", help="The logarithm of each class's probability, as LogSoftmax gives."),
        CLASS,
        CLASS_WEIGHT,
    ),
    outputs=LOSS,
    call="{loss} = F.nll_loss({logs}, {target}[[, {weight}]]{params})",
    share=_KEPT,
    like="nn.NLLLoss",
    params=(_IGNORE,),
    graphs=IN_STEPS,
    synonyms=("negative log likelihood", "classification", "log softmax"),
)

MSE_LOSS = Block(
    name="MSELoss",
    category="Loss",
    part="loss",
    summary="Measures the mean squared distance between prediction and target.",
    formula="loss = mean of (prediction − target)²",
    inputs=(PREDICTION, TARGET),
    outputs=LOSS,
    call="{loss} = F.mse_loss({prediction}, {target})",
    like="nn.MSELoss",
    graphs=IN_STEPS,
    synonyms=("regression", "squared error", "l2", "reconstruction", "mean squared error"),
)

L1_LOSS = Block(
    name="L1Loss",
    category="Loss",
    part="loss",
    summary="Measures the mean distance between prediction and target; large errors count no more than they are.",
    formula="loss = mean of |prediction − target|",
    inputs=(PREDICTION, TARGET),
    outputs=LOSS,
    call="{loss} = F.l1_loss({prediction}, {target})",
    like="nn.L1Loss",
    graphs=IN_STEPS,
    synonyms=("regression", "absolute error", "mean absolute error", "robust"),
)

SMOOTH_L1_LOSS = Block(
    name="SmoothL1Loss",
    category="Loss",
    part="loss",
    summary="Squares small errors and takes large ones as they are, so that outliers do not rule.",
    formula="loss = mean of e² / (2 · beta) where |e| < beta, else |e| − beta / 2",
    inputs=(PREDICTION, TARGET),
    outputs=LOSS,
    call="{loss} = F.smooth_l1_loss({prediction}, {target}{params})",
    like="nn.SmoothL1Loss",
    params=(Float(name="beta", default=1.0, low=0.0, high=1e6, help="Errors below this size are squared."),),
    graphs=IN_STEPS,
    synonyms=("regression", "robust", "outliers", "box regression", "object detection"),
)

HUBER_LOSS = Block(
    name="HuberLoss",
    category="Loss",
    part="loss",
    summary="Squares small errors and lets large ones grow in a straight line, so that outliers do not rule.",
    formula="loss = mean of e² / 2 where |e| ≤ delta, else delta · (|e| − delta / 2)",
    inputs=(PREDICTION, TARGET),
    outputs=LOSS,
    call="{loss} = F.huber_loss({prediction}, {target}{params})",
    like="nn.HuberLoss",
    params=(Float(name="delta", default=1.0, low=1e-12, high=1e6, help="Errors up to this size are squared."),),
    graphs=IN_STEPS,
    synonyms=("regression", "robust", "outliers", "reinforcement learning"),
    source="Huber, Robust estimation of a location parameter (1964)",
)

BCE_LOSS = Block(
    name="BCELoss",
    category="Loss",
    part="loss",
    summary="Measures how wrong yes-or-no answers are that are given as probabilities.",
    formula="loss = −mean of target · log(p) + (1 − target) · log(1 − p)",
    inputs=(
        Port("probability", "N *", dtype="float32", help="A probability from 0 to 1, as Sigmoid gives."),
        Port("target", "N *", dtype="float32", help="Yes is 1 and no is 0, as float32 in the same shape."),
        Port("weight", "*", optional=True, dtype="float32", help="How much each answer counts."),
    ),
    outputs=LOSS,
    call="{loss} = F.binary_cross_entropy({probability}, {target}[[, {weight}]])",
    like="nn.BCELoss",
    graphs=IN_STEPS,
    synonyms=("binary cross entropy", "yes or no", "autoencoder", "reconstruction", "sigmoid"),
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
        Port("weight", "*", optional=True, dtype="float32", help="How much each answer counts."),
        Port("pos_weight", "*", optional=True, dtype="float32", help="How much more a yes counts than a no."),
    ),
    outputs=LOSS,
    call="{loss} = F.binary_cross_entropy_with_logits("
    "{logits}, {target}[[, weight={weight}]][[, pos_weight={pos_weight}]])",
    like="nn.BCEWithLogitsLoss",
    graphs=IN_STEPS,
    synonyms=("binary cross entropy", "yes or no", "multi-label", "sigmoid", "discriminator"),
)

POISSON_NLL_LOSS = Block(
    name="PoissonNLLLoss",
    category="Loss",
    part="loss",
    summary="Measures how badly counts (visits, clicks, photons) were foreseen.",
    formula="loss = mean of exp(prediction) − target · prediction",
    inputs=(
        Port("prediction", "N *", dtype="float32", help="The logarithm of the expected count, or the count itself."),
        Port("target", "N *", dtype="float32", help="The count that was seen, as float32 in the same shape."),
    ),
    outputs=LOSS,
    call="{loss} = F.poisson_nll_loss({prediction}, {target}{params})",
    like="nn.PoissonNLLLoss",
    params=(
        Bool(name="log_input", default=True, help="Whether the prediction is the logarithm of the expected count."),
        Bool(
            name="full",
            default=False,
            advanced=True,
            help="Whether Stirling's term is added, which changes the number but not what is learned.",
        ),
        Float(
            name="eps",
            default=1e-8,
            low=0.0,
            high=1.0,
            advanced=True,
            help="A tiny number that keeps the logarithm of 0 away where log_input is false.",
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("counts", "regression", "poisson", "rate"),
)

GAUSSIAN_NLL_LOSS = Block(
    name="GaussianNLLLoss",
    category="Loss",
    part="loss",
    summary="Measures a prediction that comes with its own uncertainty.",
    formula="loss = mean of (log(var) + (prediction − target)² / var) / 2",
    inputs=(
        PREDICTION,
        TARGET,
        Port("var", "N *", dtype="float32", help="How uncertain it is: the variance, never negative, one for each."),
    ),
    outputs=LOSS,
    call="{loss} = gaussian_nll_loss({prediction}, {target}, {var}{params})",
    uses=("netbuilder.nn.losses.gaussian_nll_loss",),
    like="nn.GaussianNLLLoss",
    params=(
        Bool(
            name="full",
            default=False,
            advanced=True,
            help="Whether the constant term is added, which changes the number but not what is learned.",
        ),
        Float(
            name="eps", default=1e-6, low=1e-12, high=1.0, advanced=True, help="The smallest variance that is believed."
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("regression", "uncertainty", "variance", "gaussian", "normal distribution", "error bars"),
    source="Nix and Weigend, Estimating the mean and variance of the target probability distribution (1994)",
)

KL_DIV_LOSS = Block(
    name="KLDivLoss",
    category="Loss",
    part="loss",
    summary="How far one distribution over classes is from another, as when a small network copies a large one.",
    formula="loss = sum of target · (log(target) − logs), mean over the batch",
    inputs=(
        Port("logs", "N *", dtype="float32", help="The logarithms of the predicted probabilities."),
        Port("target", "N *", dtype="float32", help="The probabilities that they should be."),
    ),
    outputs=LOSS,
    call='{loss} = F.kl_div({logs}, {target}, reduction="batchmean"{params})',
    like="nn.KLDivLoss",
    params=(
        Bool(name="log_target", default=False, help="Whether the target comes as logarithms of probabilities too."),
    ),
    graphs=IN_STEPS,
    synonyms=("kullback leibler", "divergence", "distillation", "teacher and student", "distributions"),
)
