"""Layers in which everything is connected with everything."""

from netbuilder.blocks.common import WEIGHT_NORM
from netbuilder.blocks.params import Bool, Inferred, Int
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_OUT = Int(name="out_features", default=64, low=1, high=2**20, required=True, help="How many features come out.")
_BIAS = Bool(name="bias", default=True, help="Whether a learned number is added to each output.")

LINEAR = Block(
    name="Linear",
    category="Linear",
    summary="Mixes all features of a sample with learned weights.",
    formula="y = x Wᵀ + b",
    inputs=(Port("x", "N * F", role="vector", dtype="float32", help="Any tensor; its last axis is mixed."),),
    outputs=(Port("y", "N * out_features", role="vector", dtype="float32", help="The mixed features."),),
    module="nn.Linear",
    params=(
        Inferred(name="in_features", axis="x.F", required=True, help="How many features come in; taken from the link."),
        _OUT,
        _BIAS,
        WEIGHT_NORM,
    ),
    graphs=IN_NETWORKS,
    brief="{out_features} features",
    synonyms=("fully connected", "fc", "dense", "affine", "perceptron", "mlp", "projection"),
)

BILINEAR = Block(
    name="Bilinear",
    category="Linear",
    summary="Mixes every product of a feature of one input with a feature of another, with learned weights.",
    formula="y[o] = b[o] + Σ over i, j of x1[i] · W[o, i, j] · x2[j]",
    inputs=(
        Port("x1", "N * F", role="vector", dtype="float32", help="Any tensor; its last axis is mixed."),
        Port("x2", "N * G", role="vector", dtype="float32", help="As x1, but its last axis may have another size."),
    ),
    outputs=(Port("y", "N * out_features", role="vector", dtype="float32", help="The mixed products."),),
    module="nn.Bilinear",
    params=(
        Inferred(name="in1_features", axis="x1.F", required=True, help="How many features x1 has; from the link."),
        Inferred(name="in2_features", axis="x2.G", required=True, help="How many features x2 has; from the link."),
        _OUT,
        _BIAS,
        WEIGHT_NORM,
    ),
    graphs=IN_NETWORKS,
    brief="{out_features} features",
    synonyms=("interaction", "compare two vectors", "relation", "tensor product", "two inputs"),
)

IDENTITY = Block(
    name="Identity",
    category="Linear",
    summary="Passes everything on as it is: a place to link to, or to fill later.",
    formula="y = x",
    inputs=(Port("x", help="Any tensor."),),
    outputs=(Port("y", help="The same tensor."),),
    call="{y} = {x}",
    like="nn.Identity",
    synonyms=("pass through", "nothing", "no-op", "placeholder", "reroute"),
)
