"""Blocks that keep numbers in a good range while a network trains, and Dropout."""

from netbuilder.blocks.params import Bool, Float, Inferred, Int, Param
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_EPS = Float(
    name="eps",
    default=1e-5,
    low=0.0,
    high=1.0,
    advanced=True,
    help="A tiny number under the root, so that nothing is divided by zero.",
)
_AFFINE = Bool(
    name="affine", default=True, advanced=True, help="Whether a scale and a shift are learned for each channel."
)


def _batch(channels_help: str) -> tuple[Param, ...]:
    return (
        Inferred(name="num_features", axis="x.C", required=True, help=channels_help),
        _EPS,
        Float(
            name="momentum",
            default=0.1,
            low=0.0,
            high=1.0,
            help="How fast the means used after training follow those of the batches.",
        ),
        _AFFINE,
        Bool(
            name="track_running_stats",
            default=True,
            advanced=True,
            help="Whether means are collected in training and used afterwards; else each batch is its own measure.",
        ),
    )


_FORMULA = "y = γ · (x − mean) / √(variance + eps) + β"
_IOFFE = "Ioffe and Szegedy: Batch normalization, 2015"
_SYNONYMS = ("normalise", "normalize", "standardize", "stable training")

BATCH_NORM1D = Block(
    name="BatchNorm1d",
    category="Normalization",
    summary="Brings each feature to mean 0 and spread 1 over the batch, so that training is faster and steadier.",
    formula=_FORMULA,
    inputs=(Port("x", "N C *", role="vector", dtype="float32", help="Vectors, or sequences with channels first."),),
    outputs=(Port("y", "N C *", role="vector", dtype="float32", help="The same, normalised."),),
    module="nn.BatchNorm1d",
    params=_batch("How many features come in; taken from the link."),
    graphs=IN_NETWORKS,
    synonyms=(*_SYNONYMS, "bn"),
    source=_IOFFE,
)

BATCH_NORM2D = Block(
    name="BatchNorm2d",
    category="Normalization",
    summary="Brings each channel to mean 0 and spread 1 over the batch, so that training is faster and steadier.",
    formula=_FORMULA,
    inputs=(Port("x", "N C H W", role="image", dtype="float32", help="Images, or maps of features."),),
    outputs=(Port("y", "N C H W", role="image", dtype="float32", help="The same, normalised."),),
    module="nn.BatchNorm2d",
    params=_batch("How many channels come in; taken from the link."),
    graphs=IN_NETWORKS,
    synonyms=(*_SYNONYMS, "bn", "image"),
    source=_IOFFE,
)

LAYER_NORM = Block(
    name="LayerNorm",
    category="Normalization",
    summary="Brings the features of each sample to mean 0 and spread 1, whatever else is in the batch.",
    formula=_FORMULA,
    inputs=(Port("x", "N * F", role="sequence", dtype="float32", help="Any tensor; its last axis is normalised."),),
    outputs=(Port("y", "N * F", role="sequence", dtype="float32", help="The same, normalised."),),
    module="nn.LayerNorm",
    params=(
        Inferred(
            name="normalized_shape", axis="x.F", required=True, help="How many features come in; taken from the link."
        ),
        _EPS,
        Bool(
            name="elementwise_affine", default=True, advanced=True, help="Whether a scale is learned for each feature."
        ),
        Bool(name="bias", default=True, advanced=True, help="Whether a shift is learned too, where a scale is."),
    ),
    graphs=IN_NETWORKS,
    synonyms=(*_SYNONYMS, "transformer", "ln"),
    source="Ba, Kiros, Hinton: Layer normalization, 2016",
)

GROUP_NORM = Block(
    name="GroupNorm",
    category="Normalization",
    summary="Brings groups of channels of each sample to mean 0 and spread 1, whatever else is in the batch.",
    formula=_FORMULA,
    inputs=(Port("x", "N C *", role="image", dtype="float32", help="Any tensor with its channels second."),),
    outputs=(Port("y", "N C *", role="image", dtype="float32", help="The same, normalised."),),
    module="nn.GroupNorm",
    params=(
        Int(
            name="num_groups",
            default=8,
            low=1,
            high=2**16,
            required=True,
            help="How many groups the channels are split into; must divide their number.",
        ),
        Inferred(
            name="num_channels", axis="x.C", required=True, help="How many channels come in; taken from the link."
        ),
        _EPS,
        _AFFINE,
    ),
    graphs=IN_NETWORKS,
    brief="{num_groups} groups",
    synonyms=(*_SYNONYMS, "small batch", "diffusion"),
    source="Wu and He: Group normalization, 2018",
)

DROPOUT = Block(
    name="Dropout",
    category="Regularization",
    summary="Sets random values to zero while training, so that the network relies on no single one.",
    formula="y = x · mask / (1 − p) in training, y = x afterwards",
    inputs=(Port("x", help="Any tensor."),),
    outputs=(Port("y", help="The same shape, with holes while training."),),
    module="nn.Dropout",
    params=(Float(name="p", default=0.5, low=0.0, high=1.0, help="The share of values that are set to zero."),),
    graphs=IN_NETWORKS,
    brief="p = {p}",
    synonyms=("regularization", "overfitting", "noise", "generalize"),
    source="Srivastava and others: Dropout, 2014",
)
