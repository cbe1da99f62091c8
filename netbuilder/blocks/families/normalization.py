"""Blocks that keep numbers in a good range while a network trains."""

import msgspec

from netbuilder.blocks.common import PLANES, Plane
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

# Of BatchNorm1d: vectors as well as sequences.
_VECTORS = Port("x", "N C *", role="vector", dtype="float32", help="Vectors, or sequences with channels first.")
_SAME = "The same, normalised."


def _batch_norm(plane: Plane) -> Block:
    rank, what = plane.rank, "feature" if plane.rank == 1 else "channel"
    return Block(
        name=f"BatchNorm{plane.name}",
        category="Normalization",
        summary=f"Brings each {what} to mean 0 and spread 1 over the batch, so that training is faster and steadier.",
        formula=_FORMULA,
        inputs=(_VECTORS if rank == 1 else plane.x,),
        outputs=(msgspec.structs.replace(_VECTORS, name="y", help=_SAME) if rank == 1 else plane.port("y", _SAME),),
        module=f"nn.BatchNorm{plane.name}",
        params=_batch(f"How many {what}s come in; taken from the link."),
        graphs=IN_NETWORKS,
        synonyms=(*_SYNONYMS, "bn", *(("image",) if rank == 2 else ())),
        source=_IOFFE,
    )


def _instance_norm(plane: Plane) -> Block:
    return Block(
        name=f"InstanceNorm{plane.name}",
        category="Normalization",
        summary=f"Brings each channel of each {plane.word} to mean 0 and spread 1, whatever else is in the batch.",
        formula="y = (x − mean) / √(variance + eps), over the points of one channel of one sample",
        inputs=(plane.x,),
        outputs=(plane.port("y", _SAME),),
        module=f"nn.InstanceNorm{plane.name}",
        params=(
            Inferred(
                name="num_features", axis="x.C", required=True, help="How many channels come in; taken from the link."
            ),
            _EPS,
            Float(
                name="momentum",
                default=0.1,
                low=0.0,
                high=1.0,
                advanced=True,
                help="How fast means that are kept follow those of the samples; matters with track_running_stats only.",
            ),
            msgspec.structs.replace(_AFFINE, default=False, advanced=False),
            Bool(
                name="track_running_stats",
                default=False,
                advanced=True,
                help="Whether means are collected in training and used afterwards, as BatchNorm does.",
            ),
        ),
        graphs=IN_NETWORKS,
        synonyms=(*_SYNONYMS, "style transfer", "contrast"),
        source="Ulyanov, Vedaldi, Lempitsky: Instance normalization, 2016",
    )


BATCH_NORMS = tuple(map(_batch_norm, PLANES))
INSTANCE_NORMS = tuple(map(_instance_norm, PLANES))

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

RMS_NORM = Block(
    name="RMSNorm",
    category="Normalization",
    summary="Scales the features of each sample to a typical size of 1, without shifting them.",
    formula="y = γ · x / √(mean of x² + eps)",
    inputs=(Port("x", "N * F", role="sequence", dtype="float32", help="Any tensor; its last axis is normalised."),),
    outputs=(Port("y", "N * F", role="sequence", dtype="float32", help=_SAME),),
    module="nn.RMSNorm",
    params=(
        Inferred(
            name="normalized_shape", axis="x.F", required=True, help="How many features come in; taken from the link."
        ),
        msgspec.structs.replace(
            _EPS,
            default=None,
            optional=True,
            help="A tiny number under the root; none takes the smallest step of the numbers' precision.",
        ),
        Bool(
            name="elementwise_affine", default=True, advanced=True, help="Whether a scale is learned for each feature."
        ),
    ),
    graphs=IN_NETWORKS,
    synonyms=(*_SYNONYMS, "root mean square", "llama", "transformer"),
    source="Zhang and Sennrich: Root mean square layer normalization, 2019",
)

LOCAL_RESPONSE_NORM = Block(
    name="LocalResponseNorm",
    category="Normalization",
    summary="Damps each value by the squares of neighbouring channels at its point, so that they compete.",
    formula="y[c] = x[c] / (k + alpha · mean of x² over size channels around c)^beta",
    inputs=(Port("x", "N C L *", role="image", dtype="float32", help="Sequences, images or volumes, channels first."),),
    outputs=(Port("y", "N C L *", role="image", dtype="float32", help=_SAME),),
    function="F.local_response_norm",
    like="nn.LocalResponseNorm",
    params=(
        Int(
            name="size",
            default=5,
            low=1,
            high=2**16,
            required=True,
            help="How many neighbouring channels count.",
        ),
        Float(name="alpha", default=1e-4, low=0.0, help="How strongly the neighbours damp."),
        Float(name="beta", default=0.75, low=0.0, high=100.0, help="The power that the damping is raised to."),
        Float(
            name="k",
            default=1.0,
            low=0.0,
            help="What the damping starts from, so that nothing is divided by zero.",
        ),
    ),
    brief="{size} channels",
    synonyms=(*_SYNONYMS, "lrn", "alexnet", "lateral inhibition"),
    source="Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional networks, 2012",
)

L2_NORMALIZE = Block(
    name="L2Normalize",
    category="Normalization",
    summary="Scales each vector to length 1, so that only its direction counts.",
    formula="y = x / max(‖x‖ₚ, eps), along dim",
    inputs=(Port("x", "N *", role="vector", dtype="float32", help="Any tensor; the axis dim holds the vectors."),),
    outputs=(Port("y", "N *", role="vector", dtype="float32", help="The same, each vector with length 1."),),
    function="F.normalize",
    params=(
        Float(name="p", default=2.0, low=0.0, help="Which p-norm length is measured by; 2 is the usual length."),
        Int(name="dim", default=1, low=-16, high=15, help="The axis of the vectors, counted from 0; −1 is the last."),
        Float(
            name="eps",
            default=1e-12,
            low=0.0,
            high=1.0,
            advanced=True,
            help="Vectors shorter than this are divided by it, so that nothing is divided by zero.",
        ),
    ),
    brief="along axis {dim}",
    synonyms=("normalise", "normalize", "unit vector", "direction", "cosine", "contrastive", "embedding length"),
)
