"""What is measured and never trained on: one line of torch where a mean over the batch tells it, else torchmetrics."""

from netbuilder.blocks.families.losses import CLASS, LOGITS, PREDICTION, TARGET
from netbuilder.blocks.params import Choice, Float, Inferred, Int, Param
from netbuilder.blocks.spec import IN_TRAINING, Block, Port

_SCORES = Port("logits", "N *", role="logits", dtype="float32", help="A score for each answer: above 0 means yes.")
_ANSWERS = Port("target", "N *", help="Yes is 1 and no is 0, in the same shape.")
_IMAGES = Port("prediction", "N C H W", role="image", dtype="float32", help="The pictures that are made.")
_WANTED = Port("target", "N C H W", role="image", dtype="float32", help="The pictures that they should be.")
_CLASSES = Inferred(
    name="num_classes", axis="logits.C", required=True, help="The number of classes, taken from the link."
)
_SKIPPED = Int(
    name="ignore_index",
    optional=True,
    advanced=True,
    help="Targets with this number are left out, for example padding.",
)
_RANGE = Float(
    name="data_range",
    default=1.0,
    low=1e-12,
    high=1e12,
    required=True,
    help="The largest value of a pixel minus the smallest: 1 for pictures from 0 to 1.",
)


def _average(*more: str) -> Param:
    return Choice(
        name="average",
        default="macro",
        options=("macro", "weighted", *more),
        help="How classes are put together: macro counts all alike, weighted counts each by its samples"
        + (", micro counts samples." if more else "."),
    )


def _value(text: str) -> tuple[Port, ...]:
    return (Port("value", dtype="float32", help=text),)


_SHARE = "A number from 0 to 1, the mean over the batch."

ACCURACY = Block(
    name="Accuracy",
    category="Metric",
    part="metric",
    summary="The share of samples whose highest score is at the right class.",
    formula="value = mean of (argmax of logits = target)",
    inputs=(LOGITS, CLASS),
    outputs=_value(_SHARE),
    call="{value} = ({logits}.argmax(dim=1) == {target}).float().mean()",
    graphs=IN_TRAINING,
    synonyms=("score", "hit rate", "correct", "classification"),
)

TOP_K_ACCURACY = Block(
    name="TopKAccuracy",
    category="Metric",
    part="metric",
    summary="The share of samples whose right class is among the k highest scores.",
    formula="value = mean of (target among the top k of logits)",
    inputs=(LOGITS, CLASS),
    outputs=_value(_SHARE),
    call="{value} = ({logits}.topk({top_k}, dim=1).indices == {target}.unsqueeze(1)).any(dim=1).float().mean()",
    params=(
        Int(name="top_k", default=5, low=1, high=2**31 - 1, help="How many guesses it has; not more than classes."),
    ),
    graphs=IN_TRAINING,
    brief="of {top_k} guesses",
    synonyms=("top-5", "top 5 accuracy", "hit rate", "classification", "imagenet"),
)

BINARY_ACCURACY = Block(
    name="BinaryAccuracy",
    category="Metric",
    part="metric",
    summary="The share of yes-or-no answers that are right.",
    formula="value = mean of ((logits > 0) = target)",
    inputs=(_SCORES, _ANSWERS),
    outputs=_value(_SHARE),
    call="{value} = (({logits} > 0) == ({target} > 0.5)).float().mean()",
    graphs=IN_TRAINING,
    synonyms=("score", "hit rate", "correct", "yes or no", "multi-label", "discriminator"),
)

PRECISION = Block(
    name="Precision",
    category="Metric",
    part="metric",
    summary="Of all samples said to be of a class, the share that really are.",
    formula="value = true positives / (true positives + false positives)",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassPrecision",
    params=(_CLASSES, _average("micro"), _SKIPPED),
    graphs=IN_TRAINING,
    brief="{average}",
    synonyms=("positive predictive value", "false alarms", "classification"),
)

RECALL = Block(
    name="Recall",
    category="Metric",
    part="metric",
    summary="Of all samples that are of a class, the share that was found.",
    formula="value = true positives / (true positives + false negatives)",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassRecall",
    params=(_CLASSES, _average("micro"), _SKIPPED),
    graphs=IN_TRAINING,
    brief="{average}",
    synonyms=("sensitivity", "true positive rate", "missed", "classification", "balanced accuracy"),
)

F1 = Block(
    name="F1",
    category="Metric",
    part="metric",
    summary="One number for precision and recall together: high only where both are.",
    formula="value = 2 · precision · recall / (precision + recall)",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassF1Score",
    params=(_CLASSES, _average("micro"), _SKIPPED),
    graphs=IN_TRAINING,
    brief="{average}",
    synonyms=("f1 score", "f-score", "f-measure", "imbalanced", "classification"),
)

AUROC = Block(
    name="AUROC",
    category="Metric",
    part="metric",
    summary="How well scores put right samples before wrong ones, whatever threshold one would choose.",
    formula="value = area under the curve of true over false positives",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassAUROC",
    params=(
        _CLASSES,
        _average(),
        Int(
            name="thresholds",
            optional=True,
            low=2,
            high=100_000,
            help="How many thresholds are tried; none tries every score, which keeps all scores of an epoch.",
        ),
        _SKIPPED,
    ),
    graphs=IN_TRAINING,
    brief="{average}",
    synonyms=("auc", "roc", "area under the curve", "receiver operating characteristic", "classification"),
)


def _binary(name: str, summary: str, formula: str, target: str, synonyms: tuple[str, ...], param: Param) -> Block:
    return Block(
        name=name,
        category="Metric",
        part="metric",
        summary=summary,
        formula=formula,
        inputs=(_SCORES, _ANSWERS),
        stateful=f"torchmetrics.classification.{target}",
        params=(param, _SKIPPED),
        graphs=IN_TRAINING,
        synonyms=("binary", "yes or no", *synonyms),
    )


_THRESHOLD = Float(
    name="threshold", default=0.5, low=0.0, high=1.0, help="From which probability on an answer counts as yes."
)

BINARY_PRECISION = _binary(
    "BinaryPrecision",
    "Of all answers that were yes, the share that should be.",
    "value = true positives / (true positives + false positives)",
    "BinaryPrecision",
    ("false alarms",),
    _THRESHOLD,
)
BINARY_RECALL = _binary(
    "BinaryRecall",
    "Of all answers that should be yes, the share that was.",
    "value = true positives / (true positives + false negatives)",
    "BinaryRecall",
    ("sensitivity", "missed"),
    _THRESHOLD,
)
BINARY_F1 = _binary(
    "BinaryF1",
    "One number for precision and recall of yes-or-no answers: high only where both are.",
    "value = 2 · precision · recall / (precision + recall)",
    "BinaryF1Score",
    ("f1 score", "f-score", "dice"),
    _THRESHOLD,
)
BINARY_AUROC = _binary(
    "BinaryAUROC",
    "How well scores put yes before no, whatever threshold one would choose.",
    "value = area under the curve of true over false positives",
    "BinaryAUROC",
    ("auc", "roc", "area under the curve"),
    Int(
        name="thresholds",
        optional=True,
        low=2,
        high=100_000,
        help="How many thresholds are tried; none tries every score, which keeps all scores of an epoch.",
    ),
)

EXACT_MATCH = Block(
    name="ExactMatch",
    category="Metric",
    part="metric",
    summary="The share of samples that are right in every place, such as whole sentences of a translation.",
    formula="value = mean of (argmax of logits = target at every place)",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassExactMatch",
    params=(_CLASSES, _SKIPPED),
    graphs=IN_TRAINING,
    synonyms=("sequence accuracy", "whole sentence", "translation", "subset accuracy", "all tokens right"),
)

CONFUSION_MATRIX = Block(
    name="ConfusionMatrix",
    category="Metric",
    part="metric",
    summary="Counts for each true class what was said instead; shown with the results of a run.",
    formula="counts[true class, said class]",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassConfusionMatrix",
    table=True,
    params=(_CLASSES, _SKIPPED),
    graphs=IN_TRAINING,
    synonyms=("errors", "mix-ups", "table", "contingency", "classification"),
)

IOU = Block(
    name="IoU",
    category="Metric",
    part="metric",
    summary="How much a segmentation overlaps with the truth: shared places over all places of a class.",
    formula="value = mean over classes of overlap / union",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.classification.MulticlassJaccardIndex",
    params=(_CLASSES, _average("micro"), _SKIPPED),
    graphs=IN_TRAINING,
    brief="{average}",
    synonyms=("jaccard", "intersection over union", "mean iou", "segmentation", "overlap"),
)

MAE = Block(
    name="MAE",
    category="Metric",
    part="metric",
    summary="How far predictions are off on average, in the target's own unit.",
    formula="value = mean of |prediction − target|",
    inputs=(PREDICTION, TARGET),
    outputs=_value("The mean distance over the batch."),
    call="{value} = F.l1_loss({prediction}, {target})",
    graphs=IN_TRAINING,
    synonyms=("mean absolute error", "l1", "regression"),
)

RMSE = Block(
    name="RMSE",
    category="Metric",
    part="metric",
    summary="How far predictions are off, in the target's own unit; large errors count more.",
    formula="value = root of the mean of (prediction − target)²",
    inputs=(PREDICTION, TARGET),
    stateful="torchmetrics.regression.MeanSquaredError",
    fixed={"squared": False},
    graphs=IN_TRAINING,
    synonyms=("root mean squared error", "regression", "standard error"),
)

NRMSE = Block(
    name="NRMSE",
    category="Metric",
    part="metric",
    summary="How far predictions are off in units of the target itself, so that series can be compared.",
    formula="value = root of the mean of (prediction − target)² / mean, range, spread or length of the target",
    inputs=(PREDICTION, TARGET),
    stateful="torchmetrics.regression.NormalizedRootMeanSquaredError",
    params=(
        Choice(
            name="normalization",
            default="mean",
            options=("mean", "range", "std", "l2"),
            help="What it is divided by: the target's mean, its range, its standard deviation (then 1 is no better "
            "than always saying the mean), or its length as a vector.",
        ),
    ),
    graphs=IN_TRAINING,
    brief="by {normalization}",
    synonyms=("ndei", "normalized root mean squared error", "scatter index", "forecast", "time series", "regression"),
)

R2 = Block(
    name="R2",
    category="Metric",
    part="metric",
    summary="How much better than always saying the mean: 1 is perfect, 0 is no better.",
    formula="value = 1 − sum of (prediction − target)² / sum of (target − mean)²",
    inputs=(PREDICTION, TARGET),
    stateful="torchmetrics.regression.R2Score",
    params=(
        Choice(
            name="multioutput",
            default="uniform_average",
            options=("uniform_average", "variance_weighted"),
            help="How several targets are put together: all alike, or each by how much it varies.",
        ),
    ),
    graphs=IN_TRAINING,
    synonyms=("r squared", "coefficient of determination", "explained variance", "regression"),
)

PSNR = Block(
    name="PSNR",
    category="Metric",
    part="metric",
    summary="How near pictures are to what they should be, in decibels: higher is nearer.",
    formula="value = 10 · log10(data_range² / mean squared error)",
    inputs=(_IMAGES, _WANTED),
    stateful="torchmetrics.image.PeakSignalNoiseRatio",
    params=(_RANGE,),
    graphs=IN_TRAINING,
    synonyms=("peak signal to noise ratio", "image quality", "super-resolution", "denoising", "decibel"),
)

SSIM = Block(
    name="SSIM",
    category="Metric",
    part="metric",
    summary="How alike two pictures look to the eye, from their structure: 1 is the same.",
    formula="value = (2·μxμy + c1)(2·σxy + c2) / ((μx² + μy² + c1)(σx² + σy² + c2)), mean over places",
    inputs=(_IMAGES, _WANTED),
    stateful="torchmetrics.image.StructuralSimilarityIndexMeasure",
    params=(
        Float(name="sigma", default=1.5, low=0.1, high=100.0, advanced=True, help="How wide the window is, in pixels."),
        _RANGE,
    ),
    graphs=IN_TRAINING,
    synonyms=("structural similarity", "image quality", "super-resolution", "denoising"),
    source="Wang et al., Image quality assessment (2004)",
)

PERPLEXITY = Block(
    name="Perplexity",
    category="Metric",
    part="metric",
    summary="Among how many words a language model hesitates on average: 1 is certain.",
    formula="value = exp(mean of −log softmax(logits)[target])",
    inputs=(LOGITS, CLASS),
    stateful="torchmetrics.text.Perplexity",
    params=(_SKIPPED,),
    graphs=IN_TRAINING,
    synonyms=("language model", "text", "surprise", "cross entropy", "bits"),
)
