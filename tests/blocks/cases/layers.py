"""Linear and convolution, pooling, padding."""

from tests.blocks.cases.case import ANY, IMAGE, SIGNAL, Case, case

VOLUME = "N 2 5 6 7"
_SIGNALS = ("N 4 20", SIGNAL)
_PATCHES = {"output_size": 8, "kernel_size": 2, "stride": 2}


def _pooled(axes: str, rank: int) -> tuple[Case, ...]:
    return (
        case(x=axes),
        case(x=axes, params={"kernel_size": (3, 2, 2)[:rank], "padding": 1}),
        case(x=axes, params={"kernel_size": 2, "stride": 1, "ceil_mode": True}),
    )


def _powered(axes: str, rank: int) -> tuple[Case, ...]:
    return (
        case(x=axes),
        case(x=axes, params={"norm_type": 3.0, "kernel_size": 3 if rank == 1 else (3, 2, 2)[:rank], "stride": 2}),
        case(x=axes, params={"norm_type": 1.0, "kernel_size": 3, "ceil_mode": True}),
    )


def _unpooled() -> dict[str, tuple[Case, ...]]:
    """The last: back to a size that a window of 2 does not divide."""
    return {
        f"MaxUnpool{rank}d": (
            case(x=f"N 3{small}", indices=f"N 3{small} int64"),
            case(
                x=f"N 3{small}",
                indices=f"N 3{small} int64",
                params={"kernel_size": (3, 2, 2)[:rank], "stride": 2, "padding": (1, 0, 0)[:rank]},
            ),
            case(x=f"N 3{small}", indices=f"N 3{small} int64", like=f"N 1{odd}"),
        )
        for rank, small, odd in ((1, " 4", " 9"), (2, " 4 3", " 9 7"), (3, " 4 3 2", " 9 7 5"))
    }


def _padded(kind: str, **more: float) -> dict[str, tuple[Case, ...]]:
    """Every side alike, then each side on its own."""
    sides = (2, 0, 1, 3, 0, 1)
    return {
        f"{kind}Pad{rank}d": (case(x=axes, params=more), case(x=axes, params={"padding": sides[: 2 * rank], **more}))
        for rank, axes in enumerate(("N 3 9", IMAGE, VOLUME), 1)
    }


LAYERS: dict[str, tuple[Case, ...]] = {
    "Bilinear": (
        case(x1="N 6", x2="N 4"),
        case(x1="N T 3", x2="N T 5", params={"out_features": 2, "bias": False}),
        case(x1="N 3", x2="N 5", params={"parametrization": "spectral_norm"}),
    ),
    "Identity": (*ANY, case(x="N 3 int64")),
    "Conv3d": (
        case(x=VOLUME),
        case(
            x="N 4 6 6 6", params={"out_channels": 4, "kernel_size": (1, 2, 3), "stride": 2, "groups": 2, "padding": 1}
        ),
        case(x=VOLUME, params={"out_channels": 3, "dilation": 2, "padding": "same", "bias": False}),
        case(x=VOLUME, params={"padding": 1, "padding_mode": "replicate", "parametrization": "weight_norm"}),
        case(x="N 1 D H W", params={"out_channels": 2}),
    ),
    "ConvTranspose1d": (
        case(x="N 4 7"),
        case(x=SIGNAL, params={"out_channels": 6, "kernel_size": 4, "stride": 2, "padding": 1, "groups": 2}),
        case(x="N 4 7", params={"stride": 2, "output_padding": 1, "bias": False, "dilation": 2}),
        case(x="N 4 7", params={"parametrization": "spectral_norm"}),
    ),
    "ConvTranspose3d": (
        case(x=VOLUME),
        case(x=VOLUME, params={"out_channels": 4, "kernel_size": 4, "stride": 2, "padding": 1, "groups": 2}),
        case(x=VOLUME, params={"stride": (2, 2, 3), "output_padding": 1, "bias": False, "dilation": 2}),
        case(x=VOLUME, params={"out_channels": 1, "parametrization": "weight_norm"}),
    ),
    "Unfold": (
        case(x=IMAGE),
        case(x="N 3 9 7", params={"kernel_size": (3, 2), "dilation": 2, "padding": 1, "stride": 2}),
        case(x="N 1 H W", params={"kernel_size": 2, "stride": 2}),
    ),
    "Fold": (
        case(x="N 12 16", params=_PATCHES),
        case(x="N 12 49", params={"output_size": (8, 8)}),
        case(
            x="N 6 9",
            params={"output_size": (7, 5), "kernel_size": (3, 2), "dilation": 2, "padding": 1, "stride": (2, 2)},
        ),
    ),
    "PixelShuffle": (case(x=IMAGE), case(x="N 18 H W", params={"upscale_factor": 3})),
    "PixelUnshuffle": (case(x=IMAGE), case(x="N 2 9 6", params={"downscale_factor": 3})),
    "ChannelShuffle": (case(x=IMAGE), case(x="N 6 L", params={"groups": 3}), case(x="N 4 3 3 3")),
    "MaxPool1d": (
        *_pooled("N 4 20", 1),
        case(x=SIGNAL, params={"kernel_size": 3, "dilation": 2, "return_indices": True}),
    ),
    "MaxPool3d": (
        *_pooled(VOLUME, 3),
        case(x=VOLUME, params={"kernel_size": 2, "dilation": 2, "return_indices": True}),
    ),
    **_unpooled(),
    "AvgPool1d": (*_pooled("N 4 20", 1), case(x=SIGNAL, params={"padding": 1, "count_include_pad": False})),
    "AvgPool3d": (
        *_pooled(VOLUME, 3),
        case(x=VOLUME, params={"padding": 1, "count_include_pad": False, "divisor_override": 3}),
    ),
    "LPPool1d": _powered("N 4 20", 1),
    "LPPool2d": _powered(IMAGE, 2),
    "LPPool3d": _powered(VOLUME, 3),
    "AdaptiveAvgPool1d": (case(x="N 4 20"), case(x=SIGNAL, params={"output_size": 3})),
    "AdaptiveAvgPool3d": (case(x=VOLUME), case(x=VOLUME, params={"output_size": (2, None, 3)})),
    "AdaptiveMaxPool1d": (case(x="N 4 20"), case(x=SIGNAL, params={"output_size": 3})),
    "AdaptiveMaxPool2d": (case(x=IMAGE), case(x="N 3 9 7", params={"output_size": (None, 2)})),
    "AdaptiveMaxPool3d": (case(x=VOLUME), case(x=VOLUME, params={"output_size": (2, 1, 3)})),
    "FractionalMaxPool2d": (
        case(x=IMAGE),
        case(x="N 3 12 10", params={"kernel_size": (2, 3), "output_ratio": (0.7, 0.5)}),
    ),
    "FractionalMaxPool3d": (
        case(x="N 2 8 8 8"),
        case(x="N 1 8 6 9", params={"kernel_size": 3, "output_ratio": (0.5, 0.6, 0.7)}),
    ),
    "GlobalAvgPool": (case(x=IMAGE), case(x=SIGNAL), case(x="N 3 D H W")),
    **_padded("Zero"),
    **_padded("Constant", value=0.5),
    **_padded("Reflection"),
    **_padded("Replication"),
    **_padded("Circular"),
}

NOT_OFFERED_BY = {
    "ConvTranspose1d": {"padding_mode"},  # only "zeros" is implemented
    "ConvTranspose3d": {"padding_mode"},
    "FractionalMaxPool2d": {"output_size", "_random_samples"},  # one of size and ratio: the block takes the ratio
    "FractionalMaxPool3d": {"output_size", "_random_samples"},
}
ALWAYS_WRITTEN = {
    ("FractionalMaxPool2d", "output_ratio"): (0.5, 0.5),
    ("FractionalMaxPool3d", "output_ratio"): (0.5, 0.5, 0.5),
}
NO_SIGNATURE = {"GlobalAvgPool"}
