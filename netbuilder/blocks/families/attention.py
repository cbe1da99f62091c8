"""Blocks in which each step of a sequence looks at the others."""

from netbuilder.blocks.params import Bool, Choice, Float, Inferred, Int, Param
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

VASWANI = "Vaswani and others: Attention is all you need, 2017"
HEADS_HELP = "How many places it can look at at once; must divide the number of features."

MULTIHEAD_ATTENTION = Block(
    name="MultiheadAttention",
    category="Attention",
    summary="Lets each step of a sequence gather what it needs from the steps of the same or another sequence.",
    formula="y = softmax(Q Kᵀ / √d) V in each head, with Q, K, V made from query, key, value",
    inputs=(
        Port("query", "N T E", role="sequence", dtype="float32", help="The sequence that asks."),
        Port(
            "key",
            "N S K",
            optional=True,
            role="sequence",
            dtype="float32",
            help="The sequence that is looked at; the query itself unless linked.",
        ),
        Port(
            "value",
            "N S V",
            optional=True,
            role="sequence",
            dtype="float32",
            help="What is gathered from there; the key itself unless linked.",
        ),
        Port(
            "key_padding_mask",
            "N S",
            optional=True,
            dtype="bool",
            help="True marks steps of the key that only fill gaps and are left out.",
        ),
        Port("attn_mask", "* T S", optional=True, dtype="bool", help="True marks pairs of steps that may not look."),
    ),
    outputs=(
        Port("y", "N T E", role="sequence", dtype="float32", help="What each step of the query gathered."),
        Port("weights", "N T S", dtype="float32", help="How much each step looked at each other one."),
    ),
    module="nn.MultiheadAttention",
    call="{y}, {weights} = {self}({query}, {key|query}, {value|key|query}"
    "[[, key_padding_mask={key_padding_mask}]], need_weights={weights?}[[, attn_mask={attn_mask}]])",
    fixed={"batch_first": True},
    params=(
        Inferred(name="embed_dim", axis="query.E", required=True, help="How many features come in, from the link."),
        Int(name="num_heads", default=4, low=1, high=1024, required=True, help=HEADS_HELP),
        Float(
            name="dropout",
            default=0.0,
            low=0.0,
            high=1.0,
            help="The share of looks that are left out while training.",
        ),
        Bool(name="bias", default=True, advanced=True, help="Whether learned numbers are added in its four mixtures."),
        Bool(
            name="add_bias_kv",
            default=False,
            advanced=True,
            help="Whether one learned step is appended to key and value.",
        ),
        Bool(
            name="add_zero_attn",
            default=False,
            advanced=True,
            help="Whether a step of zeros is appended, so that a step may look at nothing.",
        ),
        Inferred(name="kdim", optional=True, axis="key.K", help="How many features the key has, if it is linked."),
        Inferred(name="vdim", optional=True, axis="value.V|key.K", help="How many features the value has, likewise."),
    ),
    graphs=IN_NETWORKS,
    brief="{num_heads} heads",
    synonyms=("attention", "self-attention", "cross-attention", "transformer", "mha", "look", "heads"),
    source=VASWANI,
)

# What one layer of a transformer is told, an encoder's as a decoder's.
LAYER_PARAMS: tuple[Param, ...] = (
    Inferred(name="d_model", axis="x.E", required=True, help="How many features come in; taken from the link."),
    Int(name="nhead", default=4, low=1, high=1024, required=True, help=HEADS_HELP),
    Int(
        name="dim_feedforward",
        default=2048,
        low=1,
        high=2**17,
        help="How many features it has in between, where steps are worked on alone.",
    ),
    Float(
        name="dropout",
        default=0.1,
        low=0.0,
        high=1.0,
        help="The share of values that are set to zero while training.",
    ),
    Choice(
        name="activation",
        default="relu",
        options=("relu", "gelu"),
        help="The function in between, where steps are worked on alone.",
    ),
    Float(
        name="layer_norm_eps",
        default=1e-5,
        low=0.0,
        high=1.0,
        advanced=True,
        help="A tiny number under the root of its normalisations.",
    ),
    Bool(
        name="norm_first",
        default=False,
        help="Whether it normalises before each part instead of after; deep stacks then train more steadily.",
    ),
    Bool(name="bias", default=True, advanced=True, help="Whether learned numbers are added in its layers."),
)

TRANSFORMER_ENCODER_LAYER = Block(
    name="TransformerEncoderLayer",
    category="Attention",
    summary="One full layer of a transformer: steps look at each other, then each is worked on alone.",
    formula="x = norm(x + attention(x)), y = norm(x + W₂ · activation(W₁ · x))",
    inputs=(
        Port("x", "N T E", role="sequence", dtype="float32", help="Sequences: batch, time, features."),
        Port("src_mask", "* T T", optional=True, dtype="bool", help="True marks pairs of steps that may not look."),
        Port(
            "src_key_padding_mask",
            "N T",
            optional=True,
            dtype="bool",
            help="True marks steps that only fill gaps and are left out.",
        ),
    ),
    outputs=(Port("y", "N T E", role="sequence", dtype="float32", help="The sequence, each step knowing the others."),),
    module="nn.TransformerEncoderLayer",
    call="{y} = {self}({x}[[, src_mask={src_mask}]][[, src_key_padding_mask={src_key_padding_mask}]])",
    fixed={"batch_first": True},
    params=LAYER_PARAMS,
    graphs=IN_NETWORKS,
    brief="{nhead} heads, {dim_feedforward} inside",
    synonyms=("transformer", "transformer block", "self-attention", "bert", "gpt", "vit", "encoder"),
    source=VASWANI,
)
