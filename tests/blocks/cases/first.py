"""The first blocks: for each inputs on which it is tried, and where it differs from torch's signature."""

from tests.blocks.cases.case import ANY, IMAGE, SIGNAL, STEPS, VECTOR, Case, case

_POOLED = (
    case(x=IMAGE),
    case(x="N 1 9 7", params={"kernel_size": (3, 2), "padding": 1}),
    case(x="N 3 9 9", params={"kernel_size": 2, "stride": 1}),
    case(x="N 3 9 9", params={"kernel_size": 2, "ceil_mode": True}),
)
_STATE = "1 N 64"

LAYERS: dict[str, tuple[Case, ...]] = {
    "Linear": (
        case(x=VECTOR),
        case(x=STEPS, params={"out_features": 5, "bias": False}),
        case(x=IMAGE, params={"out_features": 1, "parametrization": "spectral_norm"}),
    ),
    "Conv1d": (
        case(x="N 4 20"),
        case(x=SIGNAL, params={"out_channels": 6, "kernel_size": 5, "padding": "same", "bias": False}),
        case(x="N 4 20", params={"out_channels": 8, "stride": 2, "dilation": 2, "groups": 4, "padding": (3,)}),
        case(x="N 1 20", params={"padding": 2, "padding_mode": "circular", "parametrization": "weight_norm"}),
    ),
    "Conv2d": (
        case(x=IMAGE),
        case(x="N 1 8 8", params={"out_channels": 6, "kernel_size": (3, 5), "padding": "same"}),
        case(x="N 3 16 12", params={"stride": (2, 1), "padding": 1, "padding_mode": "reflect", "bias": False}),
        case(x="N 6 9 9", params={"out_channels": 12, "groups": 3, "dilation": 2}),
        case(x="N 3 H W", params={"padding": 1}),
        case(x="N 3 H W", params={"parametrization": "weight_norm"}),
        case(x=IMAGE, params={"parametrization": "spectral_norm", "bias": False}),
    ),
    "ConvTranspose2d": (
        case(x=IMAGE),
        case(x="N 8 7 7", params={"out_channels": 4, "kernel_size": 4, "stride": 2, "padding": 1}),
        case(x="N 8 7 5", params={"stride": 2, "output_padding": 1, "groups": 8, "bias": False, "dilation": 2}),
        case(x="N 8 7 5", params={"parametrization": "spectral_norm"}),
    ),
    "MaxPool2d": (*_POOLED, case(x=IMAGE, params={"kernel_size": 3, "dilation": 2, "return_indices": True})),
    "AvgPool2d": (*_POOLED, case(x=IMAGE, params={"padding": 1, "count_include_pad": False, "divisor_override": 3})),
    "AdaptiveAvgPool2d": (
        case(x=IMAGE),
        case(x="N 3 9 7", params={"output_size": (4, 2)}),
        case(x="N 3 9 7", params={"output_size": (None, 2)}),
    ),
    "BatchNorm1d": (
        case(x=VECTOR),
        case(x=SIGNAL, params={"affine": False, "momentum": 0.5}),
        case(x="N 4 6", params={"track_running_stats": False, "eps": 1e-3}),
    ),
    "BatchNorm2d": (
        case(x=IMAGE),
        case(x="N 1 3 5", params={"momentum": 0.5, "affine": False}),
        case(x="N 3 H 8", params={"track_running_stats": False}),
    ),
    "LayerNorm": (
        case(x=VECTOR),
        case(x=STEPS, params={"bias": False}),
        case(x=IMAGE, params={"elementwise_affine": False}),
    ),
    "GroupNorm": (
        case(x="N 16 8 8"),
        case(x=SIGNAL, params={"num_groups": 2}),
        case(x="N 8", params={"affine": False}),
    ),
    "Dropout": (*ANY, case(x=IMAGE, params={"p": 0.0})),
    "ReLU": ANY,
    "LeakyReLU": (*ANY, case(x=VECTOR, params={"negative_slope": 0.2})),
    "ELU": (*ANY, case(x=VECTOR, params={"alpha": 0.5})),
    "GELU": (*ANY, case(x=VECTOR, params={"approximate": "tanh"})),
    "SiLU": ANY,
    "Sigmoid": ANY,
    "Tanh": ANY,
    "Softmax": (*ANY, case(x=IMAGE, params={"dim": 1})),
    "LogSoftmax": (*ANY, case(x=STEPS, params={"dim": 1})),
    "Flatten": (
        case(x=IMAGE),
        case(x=VECTOR),
        case(x="N 2 3 4 int64", params={"start_dim": 2}),
        case(x=IMAGE, params={"end_dim": 2}),
    ),
    "Reshape": (
        case(x=IMAGE),
        case(x="N 12", params={"shape": (3, 2, 2)}),
        case(x="N 4 6 int64", params={"shape": (-1, 3)}),
        case(x="N", params={"shape": (1,)}),
    ),
    "Permute": (
        case(x=STEPS),
        case(x=IMAGE, params={"dims": (0, 2, 3, 1)}),
        case(x="N 3 bool", params={"dims": (1, 0)}),
    ),
    "Split": (
        case(x=VECTOR),
        case(x="N 7", params={"sections": 3}),
        case(x=IMAGE, params={"sections": 4, "dim": -1}),
        case(x=STEPS, params={"sections": 8, "dim": 2}),
    ),
    "Upsample": (
        case(x=IMAGE),
        case(x="N 1 5 3", params={"scale_factor": 1.5, "mode": "bilinear"}),
        case(x="N 1 5 3", params={"mode": "bicubic", "align_corners": True}),
        case(x="N 2 6 6", params={"scale_factor": 0.5, "mode": "area"}),
        case(x="N 2 6 6", params={"scale_factor": 3, "mode": "nearest-exact"}),
    ),
    "Add": (case(x=(IMAGE, IMAGE)), case(x=(VECTOR,)), case(x=(STEPS, STEPS, "N 1 8")), case(x=("N int64", "N"))),
    "Multiply": (case(x=(IMAGE, IMAGE)), case(x=(VECTOR,)), case(x=(IMAGE, "N 4 1 1")), case(x=("N int64", "N int64"))),
    "Concat": (
        case(x=(IMAGE, "N 1 8 8")),
        case(x=(VECTOR,)),
        case(x=(STEPS, STEPS, "N T 3"), params={"dim": -1}),
        case(x=("N 2 int64", "N 3 int64")),
    ),
    "Embedding": (
        case(x="N int64"),
        case(x="N T int64", params={"num_embeddings": 4, "embedding_dim": 3, "padding_idx": 0, "sparse": True}),
        case(x="N 2 3 int64", params={"max_norm": 1.0, "norm_type": 1.0, "scale_grad_by_freq": True}),
    ),
    "LSTM": (
        case(x=STEPS),
        case(x="N 5 3", params={"hidden_size": 6, "num_layers": 2, "bidirectional": True, "dropout": 0.1}),
        case(x=STEPS, params={"hidden_size": 6, "bias": False}),
        case(x=STEPS, h0=_STATE, c0=_STATE),
    ),
    "GRU": (
        case(x=STEPS),
        case(x="N 5 3", params={"hidden_size": 6, "num_layers": 2, "bidirectional": True, "dropout": 0.1}),
        case(x=STEPS, h0=_STATE, params={"bias": False}),
    ),
    "MultiheadAttention": (
        case(query=STEPS),
        case(query="N 5 8", key="N 7 6", params={"num_heads": 2, "bias": False}),
        case(query=STEPS, key=STEPS, value="N T 3"),
        case(
            query="N 5 8",
            key="N 7 6",
            value="N 7 3",
            key_padding_mask="N 7 bool",
            attn_mask="N 5 7 bool",
            params={"num_heads": 1},
        ),
        case(query="N 5 8", params={"add_bias_kv": True, "add_zero_attn": True, "dropout": 0.1}),
    ),
    "TransformerEncoderLayer": (
        case(x=STEPS),
        case(x="N 5 8", params={"nhead": 2, "dim_feedforward": 12, "norm_first": True, "activation": "gelu"}),
        case(x="N 5 8", src_mask="N 5 5 bool", src_key_padding_mask="N 5 bool", params={"nhead": 1, "bias": False}),
    ),
}

VIEWS: dict[str, tuple[Case, ...]] = {
    "ViewImages": (
        case(images=IMAGE),
        case(images="N 1 8 8", truth="N int64", logits="N 4", params={"count": 2}),
        case(images="N 3 8 8", logits="N 4", params={"columns": 3}),
    ),
    "ViewCurve": (
        case(values=VECTOR),
        case(
            values="N 3 9",
            truth="N 3 12",
            params={"count": 1, "offset": 3, "x_label": "step", "y_label": "height"},
        ),
    ),
}

# Arguments of torch's that these blocks leave out.
NOT_OFFERED_BY = {
    "GroupNorm": {"bias"},  # with affine there is a shift; torch 2.9 has no such argument
    "ConvTranspose2d": {"padding_mode"},  # only "zeros" is implemented
    "GRU": {"proj_size"},  # torch has it for the LSTM only
    "LSTM": {"proj_size"},  # its fast implementation refuses it with a warning
    "Upsample": {"size"},  # one of size and scale_factor: the block takes the factor
}
# torch gives these a default that it then refuses or advises against, so the block always writes them.
ALWAYS_WRITTEN = {("Softmax", "dim"): -1, ("LogSoftmax", "dim"): -1, ("Upsample", "scale_factor"): 2.0}
# Operations whose call is spelled by the block and that torch has no signature for.
NO_SIGNATURE = {"Reshape", "Permute", "Split", "Add", "Multiply", "Concat"}
