"""Blocks that tell a network where in a sequence or a process it is, and that make sequences of images."""

from netbuilder.blocks.params import Bool, Float, Inferred, Int, Size
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_X = Port("x", "N T E", role="sequence", dtype="float32", help="Sequences: batch, time, features.")
_DOSOVITSKIY = "Dosovitskiy and others: An image is worth 16x16 words, 2020"

SINUSOIDAL_POSITIONS = Block(
    name="SinusoidalPositions",
    category="Attention",
    summary="Adds waves to a sequence, so that attention can tell early steps from late ones.",
    formula="y[t, 2i] = x[t, 2i] + sin(t / max_period^(2i/E)), y[t, 2i+1] likewise with cos",
    inputs=(_X,),
    outputs=(Port("y", "N T E", role="sequence", dtype="float32", help="The sequence with the waves added."),),
    function="netbuilder.nn.positions.sinusoidal_positions",
    params=(Float(name="max_period", default=10000.0, low=1.0, help="How many steps the longest waves need."),),
    synonyms=("positional encoding", "position", "order", "transformer", "sine"),
    source="Vaswani and others: Attention is all you need, 2017",
)

LEARNED_POSITIONS = Block(
    name="LearnedPositions",
    category="Attention",
    summary="Adds a learned vector to each step of a sequence, so that attention knows their order.",
    formula="y[t] = x[t] + W[t]",
    inputs=(_X,),
    outputs=(Port("y", "N T E", role="sequence", dtype="float32", help="The sequence with the vectors added."),),
    module="netbuilder.nn.positions.LearnedPositions",
    params=(
        Int(
            name="num_positions",
            default=512,
            low=1,
            high=2**20,
            required=True,
            help="How long a sequence may be at most.",
        ),
        Inferred(name="embedding_dim", axis="x.E", required=True, help="How many features a step has, from the link."),
    ),
    graphs=IN_NETWORKS,
    brief="up to {num_positions} steps",
    synonyms=("positional embedding", "position", "order", "transformer", "gpt", "vit"),
    source="Radford and others: Improving language understanding by generative pre-training, 2018",
)

ROTARY_EMBEDDING = Block(
    name="RotaryEmbedding",
    category="Attention",
    summary="Turns queries and keys by their place, so that attention sees how far steps are apart.",
    formula="each pair of features of step t is turned by t / base^(2i/E)",
    inputs=(
        Port(
            "x", "N * T E", role="sequence", dtype="float32", help="Queries or keys, with an even number of features."
        ),
    ),
    outputs=(Port("y", "N * T E", role="sequence", dtype="float32", help="The same, turned."),),
    function="netbuilder.nn.positions.rotary_embedding",
    params=(
        Float(name="base", default=10000.0, low=1.0, help="How slowly the slowest pairs turn."),
        Bool(
            name="interleaved",
            default=True,
            advanced=True,
            help="Whether neighbours are pairs, or else the first half with the second.",
        ),
    ),
    synonyms=("rope", "positional encoding", "position", "llama", "rotation"),
    source="Su and others: RoFormer, 2021",
)

CLASS_TOKEN = Block(
    name="ClassToken",
    category="Attention",
    summary="Puts a learned step in front of each sequence, from which its class is read in the end.",
    formula="y = [token, x₁, x₂, ...]",
    inputs=(_X,),
    outputs=(Port("y", "N T' E", role="sequence", dtype="float32", help="The sequence, one step longer."),),
    module="netbuilder.nn.tokens.ClassToken",
    params=(
        Inferred(name="embedding_dim", axis="x.E", required=True, help="How many features a step has, from the link."),
    ),
    graphs=IN_NETWORKS,
    synonyms=("cls", "vit", "bert", "summary token", "prepend"),
    source=_DOSOVITSKIY,
)

PATCH_EMBEDDING = Block(
    name="PatchEmbedding",
    category="Embedding",
    summary="Cuts images into squares and makes a vector of each: a sequence for a transformer.",
    formula="y[t] = W · square t + b, row by row",
    inputs=(
        Port("x", "N C H W", role="image", dtype="float32", help="Images; rows that fill no square are left out."),
    ),
    outputs=(Port("y", "N T embedding_dim", role="sequence", dtype="float32", help="One vector for each square."),),
    module="netbuilder.nn.tokens.PatchEmbedding",
    params=(
        Inferred(name="in_channels", axis="x.C", required=True, help="How many channels the image has, from the link."),
        Int(name="embedding_dim", default=192, low=1, high=2**16, required=True, help="How long each vector is."),
        Size(name="patch_size", default=16, low=1, high=1024, required=True, help="How high and wide a square is."),
        Bool(name="bias", default=True, advanced=True, help="Whether a learned number is added to each feature."),
    ),
    graphs=IN_NETWORKS,
    brief="{embedding_dim} of {patch_size}",
    synonyms=("vit", "patches", "image to sequence", "vision transformer", "tiles"),
    source=_DOSOVITSKIY,
)
