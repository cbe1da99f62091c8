"""Layers in which everything is connected with everything, and tables of vectors."""

from netbuilder.blocks.common import WEIGHT_NORM
from netbuilder.blocks.params import Bool, Float, Inferred, Int
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

EMBEDDING = Block(
    name="Embedding",
    category="Embedding",
    summary="Looks up a learned vector for each whole number, such as a word or a category.",
    formula="y = W[x]",
    inputs=(Port("x", "N *", role="class", dtype="int64", help="Whole numbers from 0 to num_embeddings - 1."),),
    outputs=(Port("y", "N * embedding_dim", role="sequence", dtype="float32", help="One vector for each number."),),
    module="nn.Embedding",
    params=(
        Int(
            name="num_embeddings",
            default=1000,
            low=1,
            high=10_000_000,
            required=True,
            help="How many different numbers there are, for example the size of the vocabulary.",
        ),
        Int(name="embedding_dim", default=64, low=1, high=2**16, required=True, help="How long each vector is."),
        Int(
            name="padding_idx",
            default=None,
            optional=True,
            advanced=True,
            low=0,
            high=10_000_000 - 1,
            help="A number that only fills gaps: its vector starts at zero and is never trained.",
        ),
        Float(
            name="max_norm",
            default=None,
            optional=True,
            advanced=True,
            low=1e-6,
            help="Vectors longer than this are shortened to it when they are looked up.",
        ),
        Float(name="norm_type", default=2.0, low=0.1, advanced=True, help="Which p-norm max_norm measures length by."),
        Bool(
            name="scale_grad_by_freq",
            default=False,
            advanced=True,
            help="Whether numbers that occur often in a batch get smaller updates.",
        ),
    ),
    graphs=IN_NETWORKS,
    brief="{num_embeddings} vectors of {embedding_dim}",
    synonyms=("lookup table", "word vectors", "token", "category", "vocabulary"),
)
