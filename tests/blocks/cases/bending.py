"""Normalisation, activations, regularisation."""

from tests.blocks.cases.case import ANY, IMAGE, SIGNAL, STEPS, VECTOR, Case, case

VOLUME = "N 2 5 6 7"
_INSTANCE = {"affine": True, "track_running_stats": True, "momentum": 0.5, "eps": 1e-3}


def _bent(**params: float) -> tuple[Case, ...]:
    return (*ANY, case(x=VECTOR, params=dict(params))) if params else ANY


def _with(axes: str, **params: float) -> tuple[Case, ...]:
    return (case(x=axes), case(x=axes, params=dict(params)))


LAYERS: dict[str, tuple[Case, ...]] = {
    "BatchNorm3d": (
        case(x=VOLUME),
        case(x=VOLUME, params={"momentum": 0.5, "affine": False}),
        case(x="N 3 D H W", params={"track_running_stats": False}),
    ),
    "InstanceNorm1d": (case(x="N 4 9"), case(x=SIGNAL, params=_INSTANCE)),
    "InstanceNorm2d": (case(x=IMAGE), case(x="N 1 H 3", params=_INSTANCE)),
    "InstanceNorm3d": (case(x=VOLUME), case(x=VOLUME, params=_INSTANCE)),
    "RMSNorm": (
        case(x=VECTOR),
        case(x=STEPS, params={"eps": 1e-3}),
        case(x=IMAGE, params={"elementwise_affine": False}),
    ),
    "LocalResponseNorm": (
        case(x=IMAGE),
        case(x=SIGNAL, params={"size": 2, "alpha": 0.1, "beta": 0.5, "k": 2.0}),
        case(x=VOLUME, params={"size": 3}),
    ),
    "L2Normalize": (case(x=VECTOR), case(x=STEPS, params={"p": 1.0, "dim": -1}), case(x=IMAGE)),
    "Dropout1d": (*_with("N 4 9", p=0.2), case(x=SIGNAL)),
    "Dropout2d": (*_with(IMAGE, p=0.0), case(x="N 3 H W")),
    "Dropout3d": _with(VOLUME, p=1.0),
    "AlphaDropout": _bent(p=0.2),
    "FeatureAlphaDropout": (*_with(IMAGE, p=0.2), case(x=SIGNAL)),
    "DropPath": _bent(p=0.5),
    "GaussianNoise": _bent(std=0.5),
    "ReLU6": ANY,
    "CELU": _bent(alpha=0.5),
    "SELU": ANY,
    "Mish": ANY,
    "Softplus": _bent(beta=2.0, threshold=1.0),
    "Softsign": ANY,
    "LogSigmoid": ANY,
    "Tanhshrink": ANY,
    "Hardshrink": _bent(lambd=0.2),
    "Softshrink": _bent(lambd=0.2),
    "Hardsigmoid": ANY,
    "Hardswish": ANY,
    "Hardtanh": _bent(min_val=0.2, max_val=0.4),
    "Threshold": _bent(threshold=0.5, value=-1.0),
    "PReLU": (*_bent(init=0.5), case(x=IMAGE, params={"num_parameters": 4})),
    "RReLU": _bent(lower=0.2, upper=0.5),
    "Softmin": (*ANY, case(x=IMAGE, params={"dim": 1})),
    "Softmax2d": (case(x=IMAGE), case(x="N 3 H W")),
    "GumbelSoftmax": (*ANY, case(x=STEPS, params={"tau": 0.5, "hard": True, "dim": 1})),
    "GLU": (case(x=IMAGE), case(x=STEPS), case(x=IMAGE, params={"dim": 1})),
}

NOT_OFFERED_BY = {
    **{f"{kind}Norm{rank}d": {"bias"} for kind in ("Batch", "Instance") for rank in (1, 2, 3)},  # as in GroupNorm
    "GumbelSoftmax": {"eps"},  # deprecated
    "L2Normalize": {"out"},  # a tensor to write to
    "Hardtanh": {"min_value", "max_value"},  # older names of min_val and max_val
}
ALWAYS_WRITTEN = {("Softmin", "dim"): -1}
