"""Vectors for whole numbers, and layers whose weights another node holds."""

from netbuilder.blocks.params import Bool, Choice, Float, Int
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

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
        Bool(
            name="sparse",
            default=False,
            advanced=True,
            help="Whether gradients hold only the vectors that were looked up, which saves time where there are very "
            "many; only the optimizers SparseAdam, SGD and Adagrad take them.",
        ),
    ),
    graphs=IN_NETWORKS,
    brief="{num_embeddings} vectors of {embedding_dim}",
    synonyms=("lookup table", "word vectors", "tokens to vectors", "category", "vocabulary"),
)

EMBEDDING_BAG = Block(
    name="EmbeddingBag",
    category="Embedding",
    summary="Looks up a learned vector for each number of a set and gives their mean, sum or maximum.",
    formula="y = mean of W[x₁], W[x₂], ...",
    inputs=(
        Port("x", "N T", role="class", dtype="int64", help="Sets of whole numbers from 0 to num_embeddings - 1."),
        Port(
            "per_sample_weights",
            "N T",
            optional=True,
            dtype="float32",
            help="How much each number counts; only in mode sum.",
        ),
    ),
    outputs=(Port("y", "N embedding_dim", role="vector", dtype="float32", help="One vector for each set."),),
    module="nn.EmbeddingBag",
    call="{y} = {self}({x}[[, per_sample_weights={per_sample_weights}]])",
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
            help="Whether numbers that occur often in a batch get smaller updates; not in mode max.",
        ),
        Choice(
            name="mode", default="mean", options=("sum", "mean", "max"), help="What becomes of the vectors of a set."
        ),
        Int(
            name="padding_idx",
            default=None,
            optional=True,
            advanced=True,
            low=0,
            high=10_000_000 - 1,
            help="A number that only fills gaps: it does not count and is never trained.",
        ),
    ),
    graphs=IN_NETWORKS,
    brief="{mode} of {embedding_dim}",
    synonyms=("bag of words", "lookup table", "text classification", "average of embeddings"),
)

ONE_HOT = Block(
    name="OneHot",
    category="Embedding",
    summary="Turns each whole number into a row of zeros with a single one.",
    formula="y[c] = 1 where c = x, else 0",
    inputs=(Port("x", "N *", role="class", dtype="int64", help="Whole numbers from 0 to num_classes - 1."),),
    outputs=(Port("y", "N * C", role="vector", dtype="float32", help="One row for each number."),),
    call="{y} = F.one_hot({x}, {num_classes}).float()",
    params=(Int(name="num_classes", default=10, low=1, high=2**20, required=True, help="How many different numbers."),),
    brief="{num_classes} classes",
    synonyms=("dummy variable", "indicator", "categorical", "conditional gan", "class to vector"),
)

TIMESTEP_EMBEDDING = Block(
    name="TimestepEmbedding",
    category="Embedding",
    summary="Tells a network at which step of a diffusion it is, as waves of many lengths.",
    formula="y = sin and cos of t / max_period^(i / (half − 1))",
    inputs=(Port("t", "N", help="A step number for each sample, whole or not."),),
    outputs=(Port("y", "N embedding_dim", role="vector", dtype="float32", help="The waves, one row for each sample."),),
    function="netbuilder.nn.positions.timestep_embedding",
    params=(
        Int(name="embedding_dim", default=128, low=2, high=2**16, required=True, help="How many waves there are."),
        Float(name="max_period", default=10000.0, low=1.0, help="How many steps the longest wave needs."),
    ),
    brief="{embedding_dim} waves",
    synonyms=("diffusion", "ddpm", "sinusoidal", "time embedding", "noise level"),
    source="Ho, Jain, Abbeel: Denoising diffusion probabilistic models, 2020",
)

_TABLE = "A learned table, one row of features for each number; mostly a Parameter that a head shares."

TIED_EMBEDDING = Block(
    name="TiedEmbedding",
    category="Embedding",
    summary="Looks up rows of a table that another node holds, so that several places can share it.",
    formula="y = weight[x]",
    inputs=(
        Port("x", "N *", role="class", dtype="int64", help="Whole numbers below the number of rows."),
        Port("weight", "V E", dtype="float32", help=_TABLE),
    ),
    outputs=(Port("y", "N * E", role="sequence", dtype="float32", help="One row for each number."),),
    function="F.embedding",
    params=(
        Int(
            name="padding_idx",
            default=None,
            optional=True,
            advanced=True,
            low=0,
            high=10_000_000 - 1,
            help="A number that only fills gaps: its row is never trained.",
        ),
        Float(
            name="max_norm",
            default=None,
            optional=True,
            advanced=True,
            low=1e-6,
            help="Rows longer than this are shortened to it when they are looked up.",
        ),
        Float(name="norm_type", default=2.0, low=0.1, advanced=True, help="Which p-norm max_norm measures length by."),
        Bool(
            name="scale_grad_by_freq",
            default=False,
            advanced=True,
            help="Whether numbers that occur often in a batch get smaller updates.",
        ),
    ),
    synonyms=("lookup", "weight tying", "shared embedding", "shared weights", "gpt-2"),
    source="Press and Wolf: Using the output embedding to improve language models, 2017",
)

TIED_LINEAR = Block(
    name="TiedLinear",
    category="Linear",
    summary="Mixes features with weights that another node holds, so that several places can share them.",
    formula="y = x Wᵀ + b",
    inputs=(
        Port("x", "N * F", role="vector", dtype="float32", help="Any tensor; its last axis is mixed."),
        Port("weight", "O F", dtype="float32", help="One row for each feature of the result; mostly a Parameter."),
        Port("bias", "O", optional=True, dtype="float32", help="A number that is added to each feature of the result."),
    ),
    outputs=(Port("y", "N * O", role="vector", dtype="float32", help="The mixed features."),),
    call="{y} = F.linear({inputs})",
    synonyms=("tied head", "weight tying", "shared weights", "linear with weight", "gpt-2", "decoder"),
    source="Press and Wolf: Using the output embedding to improve language models, 2017",
)
