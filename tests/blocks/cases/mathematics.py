"""Arithmetic, comparisons and reductions."""

from tests.blocks.cases.case import ANY, IMAGE, STEPS, VECTOR, Case, case

_REAL = (
    "Exp", "Log", "Log1p", "Expm1", "Sqrt", "Rsqrt", "Reciprocal", "Sin", "Cos", "Erf", "Floor", "Ceil",
)  # fmt: skip
_WHOLE_TOO = ("Square", "Abs", "Negate", "Sign")
_NUMBERS = ("Subtract", "Divide", "Maximum", "Minimum", "Atan2")
_ONE_AXIS = (case(x=VECTOR), case(x=STEPS, params={"dim": 1, "keepdim": True}), case(x="N int64", params={"dim": 0}))
_SOME_AXES = (case(x=VECTOR), case(x=IMAGE, params={"dim": (2, 3), "keepdim": True}))
_ALL_AXES = (*_SOME_AXES, case(x=STEPS, params={"dim": None}))
_BOTH = (case(a="N 3 bool", b="N 3 bool"), case(a="N T bool", b="N 1 bool"))
_PLACES = (case(x=VECTOR), case(x="N T int64", params={"dim": 1}))

LAYERS: dict[str, tuple[Case, ...]] = {
    **dict.fromkeys(_REAL, ANY),
    **dict.fromkeys(_WHOLE_TOO, (*ANY, case(x="N T int64"))),
    **dict.fromkeys(_NUMBERS, (case(a=IMAGE, b=IMAGE), case(a=STEPS, b="N 1 8"), case(a="N int64", b="N"))),
    "Remainder": (case(a=IMAGE, b=IMAGE), case(a=STEPS, b="N 1 8")),
    "LogicalNot": (case(x="N bool"), case(x="N T 3 bool")),
    "LogicalAnd": _BOTH,
    "LogicalOr": _BOTH,
    "Round": (*ANY, case(x=IMAGE, params={"decimals": 2})),
    "Clamp": (
        *ANY,
        case(x=IMAGE, params={"min": None, "max": 0.5}),
        case(x=IMAGE, params={"min": 0.25, "max": None}),
    ),
    "Rescale": (*ANY, case(x=IMAGE, params={"scale": 0.5, "shift": -1.0})),
    "NanToNum": (*ANY, case(x=IMAGE, params={"nan": 1.0, "posinf": 9.0, "neginf": -9.0})),
    "Cast": tuple(
        case(x=text, params={"dtype": dtype})
        for text, dtype in (
            ("N T int64", "float32"),
            (IMAGE, "int64"),
            (IMAGE, "bool"),
            ("N bool", "float64"),
            (VECTOR, "float16"),
            (VECTOR, "bfloat16"),
            (VECTOR, "int32"),
        )
    ),
    "Power": (case(x=IMAGE), case(x=STEPS, params={"exponent": 0.5}), case(x=STEPS, b="N 1 8")),
    "Compare": (
        case(a=IMAGE),
        case(a=STEPS, b="N 1 8", params={"operator": "less or equal"}),
        case(a="N int64", params={"operator": "equal", "value": 2.0}),
        case(a="N int64", b="N int64", params={"operator": "not equal"}),
    ),
    "Where": (
        case(condition="N 3 bool", a="N 3", b="N 3"),
        case(condition="N T bool", a="N T int64", b="N 1 int64"),
    ),
    "MaskedFill": (case(x=STEPS, mask="N T 1 bool"), case(x="N", mask="N bool", params={"value": 0.0})),
    "Lerp": (case(a=IMAGE, b=IMAGE), case(a=STEPS, b=STEPS, share="N 1 1"), case(a="N", b="N", params={"weight": 0.1})),
    "MatMul": (case(a="N 3 5", b="N 5 T"), case(a="N 2 T 5", b="5 4"), case(a=VECTOR, b="12 3")),
    "Einsum": (
        case(x=("N 3 5", "N 5 T")),
        case(x=("N 2 T 5", "N 2 7 5"), params={"equation": "nhte, nhse -> nhts"}),
        case(x=("N 4 4",), params={"equation": "nii->ni"}),
        case(x=("N 3", "N T", "3 T"), params={"equation": "na,nt,at->"}),
    ),
    "Average": (case(x=(IMAGE, IMAGE)), case(x=("N", "N", "N")), case(x=(STEPS,))),
    "Mean": _ALL_AXES,
    "Sum": (*_ALL_AXES, case(x="N T int64")),
    "Std": (*_ALL_AXES, case(x=VECTOR, params={"correction": 0})),
    "Var": (*_ALL_AXES, case(x=VECTOR, params={"correction": 0})),
    "LogSumExp": _SOME_AXES,
    "Any": (case(x="N 3 bool"), case(x="N T 3 bool", params={"dim": (1, 2), "keepdim": True})),
    "All": (case(x="N 3 bool"), case(x="N T 3 bool", params={"dim": (1, 2), "keepdim": True})),
    "Prod": _ONE_AXIS,
    "ArgMax": _ONE_AXIS,
    "ArgMin": _ONE_AXIS,
    "Max": _ONE_AXIS,
    "Min": _ONE_AXIS,
    "Median": _ONE_AXIS,
    "Sort": (*_PLACES, case(x=STEPS, params={"descending": True})),
    "TopK": (*_PLACES, case(x=IMAGE, params={"k": 3, "largest": False})),
    "CumSum": _PLACES,
    "CumProd": _PLACES,
    "Diff": (case(x=VECTOR), case(x=STEPS, params={"n": 2, "dim": 1})),
    "Norm": (
        *_ALL_AXES,
        case(x=VECTOR, params={"ord": 1.0}),
        case(x=STEPS, params={"ord": "inf", "dim": 1}),
        case(x=STEPS, params={"ord": 0.0, "keepdim": True}),
    ),
    "CosineSimilarity": (
        case(x1=VECTOR, x2=VECTOR),
        case(x1=STEPS, x2=STEPS, params={"dim": 2}),
        case(x1=IMAGE, x2="N 4 1 1"),
    ),
    "PairwiseDistance": (
        case(x1=VECTOR, x2=VECTOR),
        case(x1=STEPS, x2=STEPS, params={"p": 1.0, "keepdim": True}),
    ),
    "CDist": (case(a="N 5 8", b="N T 8"), case(a=VECTOR, b="T 12", params={"p": 1.0})),
}

NO_SIGNATURE = set(LAYERS) - {"CosineSimilarity", "PairwiseDistance", "CDist"}
# torch.cdist may be told to go another way for the same numbers.
NOT_OFFERED_BY = {"CDist": {"compute_mode"}}
