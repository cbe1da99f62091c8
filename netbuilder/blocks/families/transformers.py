"""Stacks of attention layers, and attention drawn out into its parts."""

from netbuilder.blocks.families.attention import HEADS_HELP, LAYER_PARAMS, VASWANI
from netbuilder.blocks.params import Bool, Float, Int
from netbuilder.blocks.pieces import Phrase
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_X = Port("x", "N T E", role="sequence", dtype="float32", help="Sequences: batch, time, features.")
_MEMORY = Port(
    "memory", "N S E", role="sequence", dtype="float32", help="What the encoder made, with as many features as x."
)
_Y = Port("y", "N T E", role="sequence", dtype="float32", help="The sequence, each step knowing the others.")
_PAIRS = "True marks pairs of steps that may not look."
_GAPS = "True marks steps of x that only fill gaps and are left out."


def _mask(name: str, axes: str, text: str) -> Port:
    return Port(name, axes, optional=True, dtype="bool", help=text)


_ENCODER_MASKS = (_mask("src_mask", "* T T", _PAIRS), _mask("src_key_padding_mask", "N T", _GAPS))
_DECODER_MASKS = (
    _mask("tgt_mask", "* T T", f"{_PAIRS[:-1]}; a causal mask keeps steps from seeing later ones."),
    _mask("memory_mask", "* T S", "True marks pairs of a step and a step of memory that may not look."),
    _mask("tgt_key_padding_mask", "N T", _GAPS),
    _mask("memory_key_padding_mask", "N S", "True marks steps of memory that only fill gaps and are left out."),
)
_LAYERS = Int(name="num_layers", default=6, low=1, high=256, required=True, help="How many layers read one another.")
_NORM = Phrase(
    name="norm",
    default="none",
    phrases={"none": "", "layer": ", norm=nn.LayerNorm({d_model})"},
    help="Whether a layer normalisation stands at the end, as it should where norm_first is on.",
)


_MORE_DECODER_MASKS = (
    "[[, memory_mask={memory_mask}]][[, tgt_key_padding_mask={tgt_key_padding_mask}]]"
    "[[, memory_key_padding_mask={memory_key_padding_mask}]])"
)
# A stack would look into its first mask, unless it is told that this is no causal one: then it just uses it.
_STACKED = "[[, tgt_mask={tgt_mask}, tgt_is_causal=False]]"

TRANSFORMER_ENCODER = Block(
    name="TransformerEncoder",
    category="Attention",
    summary="A stack of transformer layers in which the steps of a sequence look at each other.",
    formula="y = layer(layer(... layer(x)))",
    inputs=(_X, *_ENCODER_MASKS),
    outputs=(_Y,),
    make="nn.TransformerEncoder(nn.TransformerEncoderLayer({d_model}, {nhead}{params}, batch_first=True), "
    "{num_layers}{norm}, enable_nested_tensor=False)",
    call="{y} = {self}({x}[[, mask={src_mask}, is_causal=False]][[, src_key_padding_mask={src_key_padding_mask}]])",
    params=(*LAYER_PARAMS[:2], _LAYERS, *LAYER_PARAMS[2:], _NORM),
    graphs=IN_NETWORKS,
    brief="{num_layers} layers, {nhead} heads",
    synonyms=("transformer", "self-attention", "bert", "gpt", "vit", "stack"),
    source=VASWANI,
)

TRANSFORMER_DECODER_LAYER = Block(
    name="TransformerDecoderLayer",
    category="Attention",
    summary="One layer of a transformer whose steps look at each other and at what an encoder has read.",
    formula="x = norm(x + attention(x)), x = norm(x + attention(x, memory)), y = norm(x + W₂ · activation(W₁ · x))",
    inputs=(_X, _MEMORY, *_DECODER_MASKS),
    outputs=(_Y,),
    module="nn.TransformerDecoderLayer",
    call="{y} = {self}({x}, {memory}[[, tgt_mask={tgt_mask}]]" + _MORE_DECODER_MASKS,
    fixed={"batch_first": True},
    params=LAYER_PARAMS,
    graphs=IN_NETWORKS,
    brief="{nhead} heads",
    synonyms=("transformer", "cross-attention", "translation", "decoder", "seq2seq"),
    source=VASWANI,
)

TRANSFORMER_DECODER = Block(
    name="TransformerDecoder",
    category="Attention",
    summary="A stack of transformer layers that read a sequence and what an encoder has made of another.",
    formula="y = layer(layer(... layer(x, memory), memory), memory)",
    inputs=(_X, _MEMORY, *_DECODER_MASKS),
    outputs=(_Y,),
    make="nn.TransformerDecoder(nn.TransformerDecoderLayer({d_model}, {nhead}{params}, batch_first=True), "
    "{num_layers}{norm})",
    call="{y} = {self}({x}, {memory}" + _STACKED + _MORE_DECODER_MASKS,
    params=(*LAYER_PARAMS[:2], _LAYERS, *LAYER_PARAMS[2:], _NORM),
    graphs=IN_NETWORKS,
    brief="{num_layers} layers, {nhead} heads",
    synonyms=("transformer", "cross-attention", "translation", "seq2seq", "stack"),
    source=VASWANI,
)

SCALED_DOT_PRODUCT_ATTENTION = Block(
    name="ScaledDotProductAttention",
    category="Attention",
    summary="Lets each query gather values by how well it fits their keys, without weights of its own.",
    formula="y = softmax(Q Kᵀ · scale) V",
    inputs=(
        Port("query", "N * T E", role="sequence", dtype="float32", help="What is asked, often N x heads x T x E."),
        Port("key", "N * S E", role="sequence", dtype="float32", help="What the queries are compared with."),
        Port("value", "N * S V", role="sequence", dtype="float32", help="What is gathered, one for each key."),
        Port(
            "attn_mask",
            "* T S",
            optional=True,
            help="True marks pairs that may look, the other way round than in MultiheadAttention; numbers are added.",
        ),
    ),
    outputs=(Port("y", "N * T V", role="sequence", dtype="float32", help="What each query gathered."),),
    call="{y} = F.scaled_dot_product_attention({query}, {key}, {value}[[, attn_mask={attn_mask}]]"
    "[[, dropout_p={dropout_p} if {training} else 0.0]]{params})",
    params=(
        Float(
            name="dropout_p",
            default=0.0,
            low=0.0,
            high=1.0,
            help="The share of looks that are left out while training.",
        ),
        Bool(name="is_causal", default=False, help="Whether a step sees only itself and earlier ones; no mask then."),
        Float(
            name="scale",
            default=None,
            optional=True,
            advanced=True,
            help="What the products are multiplied by; none takes 1 / √E.",
        ),
        Bool(
            name="enable_gqa",
            default=False,
            advanced=True,
            help="Whether several heads of the query share a head of key and value.",
        ),
    ),
    graphs=IN_NETWORKS,
    synonyms=("attention", "sdpa", "flash attention", "softmax attention", "causal"),
    source=VASWANI,
)

SPLIT_HEADS = Block(
    name="SplitHeads",
    category="Attention",
    summary="Divides the features of each step among several heads of attention.",
    formula="N x T x E becomes N x num_heads x T x (E / num_heads)",
    inputs=(_X,),
    outputs=(Port("y", "N H T D", role="sequence", dtype="float32", help="Heads before time, each with its share."),),
    call="{y} = {x}.unflatten(2, ({num_heads}, -1)).transpose(1, 2)",
    params=(Int(name="num_heads", default=4, low=1, high=1024, required=True, help=HEADS_HELP),),
    brief="{num_heads} heads",
    synonyms=("heads", "attention", "divide features", "multi-head"),
)

MERGE_HEADS = Block(
    name="MergeHeads",
    category="Attention",
    summary="Puts what several heads of attention gathered back together, step by step.",
    formula="N x H x T x D becomes N x T x (H · D)",
    inputs=(Port("x", "N H T D", role="sequence", dtype="float32", help="Heads before time, as SplitHeads gives."),),
    outputs=(Port("y", "N T E", role="sequence", dtype="float32", help="Sequences: batch, time, features."),),
    call="{y} = {x}.transpose(1, 2).flatten(2)",
    synonyms=("heads", "attention", "join features", "multi-head"),
)
