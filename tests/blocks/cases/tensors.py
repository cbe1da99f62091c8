"""Inputs and constants, recurrent, attention and embedding blocks."""

from tests.blocks.cases.case import IMAGE, STEPS, VECTOR, Case, case

_HEADS = "N 2 T 8"
_STATE = "1 N 64"

LAYERS: dict[str, tuple[Case, ...]] = {
    "Constant": (
        case(like="N T int64"),
        case(),
        case(params={"value": 2.5}),
        case(like=VECTOR, params={"value": "-inf", "shape": (3, 2)}),
    ),
    "FullLike": (case(x=IMAGE), case(x="N", params={"value": 0.0}), case(x="N T int64", params={"value": 3.0})),
    "Arange": (case(x=STEPS), case(x="N 3 int64", params={"dim": 0}), case(x=IMAGE, params={"dim": -2})),
    "Parameter": (
        case(),
        case(params={"shape": (1, 4, 8), "init": "zeros"}),
        case(params={"shape": (3, 5), "init": "xavier uniform", "gain": 2.0}),
        case(params={"shape": (3, 5), "init": "uniform", "a": -1.0, "b": 2.0}),
        case(params={"shape": (7,), "init": "truncated normal", "std": 0.5, "mean": 0.1}),
    ),
    "Noise": (
        case(like=VECTOR),
        case(like="N int64", params={"size": (4, 8, 8), "distribution": "uniform"}),
        case(like=STEPS, params={"size": (1,)}),
    ),
    "NoiseLike": (case(x=IMAGE), case(x="N", params={"distribution": "uniform"})),
    "RandomIntegers": (case(like=VECTOR), case(like="N int64", params={"low": -3, "high": 4})),
    "RNN": (
        case(x=STEPS),
        case(x="N 5 3", params={"hidden_size": 6, "num_layers": 2, "bidirectional": True, "dropout": 0.1}),
        case(x=STEPS, params={"hidden_size": 6, "bias": False, "nonlinearity": "relu"}),
        case(x=STEPS, h0=_STATE),
    ),
    "TransformerEncoder": (
        case(x=STEPS, params={"num_layers": 2}),
        case(
            x="N 5 8",
            params={
                "num_layers": 2,
                "nhead": 2,
                "dim_feedforward": 12,
                "norm_first": True,
                "activation": "gelu",
                "norm": "layer",
            },
        ),
        case(
            x="N 5 8",
            src_mask="5 5 bool",
            src_key_padding_mask="N 5 bool",
            params={"num_layers": 1, "nhead": 1, "bias": False},
        ),
    ),
    "TransformerDecoderLayer": (
        case(x=STEPS, memory=STEPS),
        case(
            x="N 5 8",
            memory="N 7 8",
            params={"nhead": 2, "dim_feedforward": 12, "norm_first": True, "activation": "gelu"},
        ),
        case(
            x="N 5 8",
            memory="N 7 8",
            tgt_mask="5 5 bool",
            memory_mask="5 7 bool",
            tgt_key_padding_mask="N 5 bool",
            memory_key_padding_mask="N 7 bool",
            params={"nhead": 1, "bias": False},
        ),
    ),
    "TransformerDecoder": (
        case(x=STEPS, memory=STEPS, params={"num_layers": 2}),
        case(
            x="N 5 8",
            memory="N 7 8",
            params={
                "num_layers": 2,
                "nhead": 2,
                "dim_feedforward": 12,
                "norm_first": True,
                "activation": "gelu",
                "norm": "layer",
            },
        ),
        case(x="N 5 8", memory="N T 8", tgt_mask="5 5 bool", params={"num_layers": 1, "bias": False}),
    ),
    "ScaledDotProductAttention": (
        case(query=_HEADS, key=_HEADS, value=_HEADS),
        case(query=STEPS, key="N 7 8", value="N 7 3", params={"dropout_p": 0.1, "scale": 0.5}),
        case(query=_HEADS, key=_HEADS, value=_HEADS, params={"is_causal": True}),
        case(query="N 4 5 8", key="N 2 7 8", value="N 2 7 8", attn_mask="5 7 bool", params={"enable_gqa": True}),
        case(query="N 5 8", key="N 7 8", value="N 7 8", attn_mask="N 5 7"),
    ),
    "SplitHeads": (case(x=STEPS), case(x="N 5 6", params={"num_heads": 3})),
    "MergeHeads": (case(x=_HEADS), case(x="N 3 5 1")),
    "CausalMask": (case(x=STEPS), case(x="N T int64", params={"marks": "allowed"})),
    "PaddingMask": (case(x="N T int64"), case(x="N 5 int64", params={"padding_idx": 2, "marks": "allowed"})),
    "LengthMask": (case(x=STEPS, length="N int64"), case(x="N 5 int64", length="N int64", params={"marks": "allowed"})),
    "SinusoidalPositions": (case(x=STEPS), case(x="N 6 5", params={"max_period": 100.0})),
    "LearnedPositions": (case(x=STEPS), case(x="N 6 5", params={"num_positions": 6})),
    "RotaryEmbedding": (
        case(x=_HEADS),
        case(x=STEPS, params={"base": 500.0, "interleaved": False}),
        case(x="N 3 5 2"),
    ),
    "ClassToken": (case(x=STEPS), case(x="N 3 5")),
    "PatchEmbedding": (
        case(x="N 3 32 48"),
        case(x="N 1 9 8", params={"embedding_dim": 6, "patch_size": (3, 2), "bias": False}),
    ),
    "EmbeddingBag": (
        case(x="N T int64"),
        case(
            x="N 5 int64",
            params={"num_embeddings": 4, "embedding_dim": 3, "padding_idx": 0, "mode": "max", "max_norm": 1.0},
        ),
        case(
            x="N 5 int64",
            per_sample_weights="N 5",
            params={"mode": "sum", "norm_type": 1.0, "scale_grad_by_freq": True},
        ),
    ),
    "OneHot": (case(x="N int64"), case(x="N T int64", params={"num_classes": 4})),
    "TimestepEmbedding": (
        case(t="N int64"),
        case(t="N", params={"embedding_dim": 7, "max_period": 100.0}),
        case(t="N", params={"embedding_dim": 2}),
    ),
    "TiedEmbedding": (
        case(x="N T int64", weight="T 8"),
        case(
            x="N int64",
            weight="9 3",
            params={"padding_idx": 0, "max_norm": 1.0, "norm_type": 1.0, "scale_grad_by_freq": True},
        ),
    ),
    "TiedLinear": (case(x=STEPS, weight="5 8"), case(x=VECTOR, weight="3 12", bias="3"), case(x=VECTOR, weight="T 12")),
    "ScaleAndShift": (case(x=IMAGE), case(x=VECTOR, params={"bias": False}), case(x="N 4 L")),
    "LayerScale": (case(x=STEPS), case(x=IMAGE, params={"init_value": 1.0})),
}

# These sets all have one form, so torch need not be told where each begins.
NOT_OFFERED_BY = {"EmbeddingBag": {"include_last_offset"}}
NO_SIGNATURE = {
    "Constant", "FullLike", "Arange", "Parameter", "Noise", "NoiseLike", "RandomIntegers", "TransformerEncoder",
    "TransformerDecoder", "ScaledDotProductAttention", "SplitHeads", "MergeHeads", "CausalMask", "PaddingMask",
    "LengthMask", "OneHot", "TiedLinear",
}  # fmt: skip
