"""Functions of each number alone."""

from netbuilder.blocks.params import Float, Int
from netbuilder.blocks.pieces import Phrase
from netbuilder.blocks.spec import Block, Port

_ANY = Port("x", help="Any tensor.")
_REAL = Port("x", dtype="float32", help="Any tensor of real numbers.")
_SAME = (Port("y", help="The same shape."),)


def _of_each(name: str, formula: str, summary: str, *synonyms: str, method: str = "", x: Port = _REAL) -> Block:
    """torch's function of this name, which takes one tensor and nothing else."""
    return Block(
        name=name,
        category="Math",
        summary=summary,
        formula=formula,
        inputs=(x,),
        outputs=_SAME,
        call=f"{{y}} = torch.{method or name.lower()}({{x}})",
        synonyms=("function", *synonyms),
    )


UNARY = (
    _of_each("Exp", "y = eˣ", "Raises e to each number.", "exponential", "power of e", "variance from log"),
    _of_each("Log", "y = ln x", "The natural logarithm of each number.", "logarithm", "ln", "log probability"),
    _of_each("Log1p", "y = ln(1 + x)", "The logarithm of one more than each number, exact near 0.", "logarithm"),
    _of_each("Expm1", "y = eˣ − 1", "One less than e to each number, exact near 0.", "exponential"),
    _of_each("Sqrt", "y = √x", "The square root of each number.", "root", "standard deviation from variance"),
    _of_each("Rsqrt", "y = 1 / √x", "One over the square root of each number.", "inverse root", "normalise"),
    _of_each("Square", "y = x²", "Each number times itself.", "power of two", "squared", x=_ANY),
    _of_each("Abs", "y = |x|", "Takes the sign off each number.", "absolute value", "magnitude", x=_ANY),
    _of_each("Negate", "y = −x", "Turns the sign of each number.", "minus", "neg", "opposite", method="neg", x=_ANY),
    _of_each("Sign", "y = −1, 0 or 1", "Says whether each number is below, at or above zero.", "signum", x=_ANY),
    _of_each("Reciprocal", "y = 1 / x", "One divided by each number.", "inverse", "one over"),
    _of_each("Sin", "y = sin x", "The sine of each number, an angle in radians.", "sine", "wave", "siren"),
    _of_each("Cos", "y = cos x", "The cosine of each number, an angle in radians.", "cosine", "wave"),
    _of_each("Erf", "y = 2/√π · ∫₀ˣ exp(−t²) dt", "The error function of each number, from −1 to 1.", "gauss"),
    _of_each("Floor", "y = ⌊x⌋", "Rounds each number down to a whole one.", "round down", "integer part"),
    _of_each("Ceil", "y = ⌈x⌉", "Rounds each number up to a whole one.", "round up", "ceiling"),
    _of_each("LogicalNot", "y = not x", "Turns True into False and False into True.", "invert mask", "not",
             method="logical_not", x=Port("x", dtype="bool", help="Any tensor of True and False.")),
)  # fmt: skip

ROUND = Block(
    name="Round",
    category="Math",
    summary="Rounds each number to the nearest whole one, or to some decimals.",
    formula="y = the nearest multiple of 10^(−decimals); a half goes to the even one",
    inputs=(_REAL,),
    outputs=_SAME,
    call="{y} = torch.round({x}{params})",
    params=(Int(name="decimals", default=0, low=-30, high=30, help="How many digits after the point stay."),),
    synonyms=("nearest", "integer", "quantise", "decimals"),
)

CLAMP = Block(
    name="Clamp",
    category="Math",
    summary="Keeps each number within limits.",
    formula="y = min(max(x, min), max)",
    inputs=(_REAL,),
    outputs=_SAME,
    call="{y} = {x}.clamp({min}, {max})",
    params=(
        Float(name="min", default=0.0, optional=True, required=True, help="The smallest number; none for no limit."),
        Float(name="max", default=1.0, optional=True, required=True, help="The largest number; none for no limit."),
    ),
    brief="{min} to {max}",
    synonyms=("clip", "clip values", "limit", "bound", "truncate", "saturate"),
)

RESCALE = Block(
    name="Rescale",
    category="Math",
    summary="Multiplies by one number and adds another, such as from 0 to 1 into −1 to 1.",
    formula="y = x · scale + shift",
    inputs=(_REAL,),
    outputs=_SAME,
    call="{y} = {x} * {scale}[[ + {shift}]]",
    params=(
        Float(name="scale", default=2.0, required=True, help="What each number is multiplied by."),
        Float(name="shift", default=0.0, help="What is added to it then."),
    ),
    brief="x {scale}, plus {shift}",
    synonyms=("scale", "shift", "affine", "multiply by number", "add number", "normalise", "temperature"),
)

NAN_TO_NUM = Block(
    name="NanToNum",
    category="Math",
    summary="Puts numbers in the place of what is no number, or infinite.",
    formula="y = nan where x is no number, posinf and neginf where it is infinite, else x",
    inputs=(_REAL,),
    outputs=_SAME,
    call="{y} = torch.nan_to_num({x}{params})",
    params=(
        Float(name="nan", default=0.0, help="What stands where x is no number."),
        Float(
            name="posinf", default=None, optional=True, help="What stands for infinity; none for the largest there is."
        ),
        Float(name="neginf", default=None, optional=True, help="What stands for minus infinity; none for the lowest."),
    ),
    synonyms=("missing values", "nan", "infinity", "clean", "replace"),
)

CAST = Block(
    name="Cast",
    category="Math",
    summary="Turns numbers into another kind, such as whole numbers into real ones.",
    formula="y = x as dtype",
    inputs=(_ANY,),
    outputs=_SAME,
    call="{y} = {x}.{dtype}",
    params=(
        Phrase(
            name="dtype",
            default="float32",
            phrases={
                "float32": "float()",
                "float64": "double()",
                "float16": "half()",
                "bfloat16": "bfloat16()",
                "int64": "long()",
                "int32": "int()",
                "bool": "bool()",
            },
            required=True,
            help="The kind: float32 for measurements, int64 for classes and tokens, bool for masks; the others seldom.",
        ),
    ),
    brief="{dtype}",
    synonyms=("convert", "to float", "to int", "dtype", "astype", "type"),
)
