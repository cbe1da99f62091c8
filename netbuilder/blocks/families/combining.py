"""Arithmetic of two tensors or more, and choices between them."""

from netbuilder.blocks.params import Float
from netbuilder.blocks.pieces import Equation, Phrase
from netbuilder.blocks.spec import Block, Port

_A = Port("a", help="Any tensor.")
_B = Port("b", help="A tensor of the same shape, or one that stretches to it.")
_STRETCHED = (Port("y", help="The shape to which both stretch."),)
_MASKS = tuple(Port(name, dtype="bool", help="Any tensor of True and False.") for name in ("a", "b"))


def _of_two(
    name: str, formula: str, call: str, summary: str, *synonyms: str, inputs: tuple[Port, ...] = (_A, _B)
) -> Block:
    return Block(
        name=name,
        category="Math",
        summary=summary,
        formula=formula,
        inputs=inputs,
        outputs=_STRETCHED,
        call=f"{{y}} = {call}",
        synonyms=synonyms,
    )


PAIRS = (
    _of_two("Subtract", "y = a − b", "{a} - {b}", "Takes one tensor from another.", "minus", "difference", "error"),
    _of_two("Divide", "y = a / b", "{a} / {b}", "Divides one tensor by another.", "quotient", "ratio", "fraction"),
    _of_two("Remainder", "y = a − b · ⌊a / b⌋", "{a} % {b}", "What is left of a division.", "modulo", "mod"),
    _of_two(
        "Maximum",
        "y = the larger of a and b",
        "torch.maximum({a}, {b})",
        "The larger of two numbers, place by place.",
        "max of two",
        "greater",
    ),
    _of_two(
        "Minimum",
        "y = the smaller of a and b",
        "torch.minimum({a}, {b})",
        "The smaller of two numbers, place by place.",
        "min of two",
        "less",
    ),
    _of_two(
        "Atan2",
        "y = the angle of the point (b, a)",
        "torch.atan2({a}, {b})",
        "The angle of a point, in radians.",
        "arctangent",
        "angle",
        "phase",
    ),
    _of_two("LogicalAnd", "y = a and b", "{a} & {b}", "True where both are True.", "both masks", "and", inputs=_MASKS),
    _of_two(
        "LogicalOr", "y = a or b", "{a} | {b}", "True where at least one is True.", "either mask", "or", inputs=_MASKS
    ),
)

POWER = Block(
    name="Power",
    category="Math",
    summary="Raises each number to a power.",
    formula="y = xᵖ, p the exponent or, if it is linked, b",
    inputs=(
        Port("x", help="Any tensor."),
        Port("b", optional=True, help="Exponents for each place, instead of the one number."),
    ),
    outputs=_STRETCHED,
    call="{y} = {x}.pow({b|exponent})",
    params=(Float(name="exponent", default=2.0, required=True, help="The power, used unless b is linked."),),
    brief="to {exponent}",
    synonyms=("exponent", "square", "cube", "root", "pow"),
)

COMPARE = Block(
    name="Compare",
    category="Math",
    summary="Asks of each number whether it is larger, smaller or the same, and gives True or False.",
    formula="y = a operator b",
    inputs=(Port("a", help="Any tensor."), Port("b", optional=True, help="What it is compared with, place by place.")),
    outputs=(Port("y", dtype="bool", help="True or False for each place."),),
    call="{y} = {a} {operator} {b|value}",
    params=(
        Phrase(
            name="operator",
            default="greater",
            phrases={
                "greater": ">",
                "greater or equal": ">=",
                "less": "<",
                "less or equal": "<=",
                "equal": "==",
                "not equal": "!=",
            },
            required=True,
            help="What is asked: is a greater than b, and so on.",
        ),
        Float(name="value", default=0.0, required=True, help="The number that a is compared with unless b is linked."),
    ),
    brief="{operator}",
    synonyms=("threshold", "larger than", "less than", "equals", "mask from", "condition"),
)

WHERE = Block(
    name="Where",
    category="Math",
    summary="Takes each value from one tensor where a mask is True, and from another where it is False.",
    formula="y = a where condition, else b",
    inputs=(Port("condition", dtype="bool", help="True takes a, False takes b."), _A, _B),
    outputs=_STRETCHED,
    call="{y} = torch.where({condition}, {a}, {b})",
    synonyms=("if else", "choose", "mask", "select by condition", "blend"),
)

MASKED_FILL = Block(
    name="MaskedFill",
    category="Math",
    summary="Puts one number wherever a mask is True.",
    formula="y = value where mask, else x",
    inputs=(
        Port("x", dtype="float32", help="Any tensor of real numbers."),
        Port("mask", dtype="bool", help="True marks the places that are overwritten."),
    ),
    outputs=_STRETCHED,
    call="{y} = {x}.masked_fill({mask}, {value})",
    params=(Float(name="value", default="-inf", required=True, help="The number; -inf hides places from a softmax."),),
    brief="{value}",
    synonyms=("mask", "hide", "attention mask", "overwrite", "ignore"),
)

LERP = Block(
    name="Lerp",
    category="Math",
    summary="Goes from one tensor towards another by a share of the way.",
    formula="y = a + weight · (b − a)",
    inputs=(
        Port("a", dtype="float32", help="Where it begins."),
        Port("b", dtype="float32", help="Where it leads to."),
        Port("share", dtype="float32", optional=True, help="A share of the way for each place, instead of one number."),
    ),
    outputs=_STRETCHED,
    call="{y} = torch.lerp({a}, {b}, {share|weight})",
    params=(Float(name="weight", default=0.5, required=True, help="The share of the way unless share is linked."),),
    brief="{weight}",
    synonyms=("interpolate", "mix", "blend", "between", "weighted average"),
)

MATMUL = Block(
    name="MatMul",
    category="Math",
    summary="Multiplies matrices, the last two axes of each tensor.",
    formula="y[i, k] = sum over j of a[i, j] · b[j, k]",
    inputs=(
        Port("a", help="Matrices, or one."),
        Port("b", help="Matrices with as many rows as those of a have columns."),
    ),
    outputs=(Port("y", help="The products."),),
    call="{y} = {a} @ {b}",
    synonyms=("matrix multiplication", "dot product", "bmm", "attention scores", "@"),
)

EINSUM = Block(
    name="Einsum",
    category="Math",
    summary="Multiplies tensors and sums over axes, told by a short equation.",
    formula='y[i, k] = sum over j of a[i, j] · b[j, k] for "ij,jk->ik"',
    inputs=(Port("x", many=True, help="One tensor for each group of letters before the arrow, in order."),),
    outputs=(Port("y", help="A tensor with the axes behind the arrow."),),
    call="{y} = torch.einsum({equation}, {x:, })",
    params=(
        Equation(
            name="equation",
            default="...ij,...jk->...ik",
            required=True,
            help="A letter for each axis, a comma between tensors; axes that are not behind the arrow are summed.",
        ),
    ),
    brief="{equation}",
    synonyms=("tensor product", "contraction", "einstein sum", "matrix multiplication", "attention"),
)

AVERAGE = Block(
    name="Average",
    category="Merge",
    summary="The mean of several tensors, element by element, for example of an ensemble.",
    formula="y = (x₁ + x₂ + ...) / how many",
    inputs=(Port("x", many=True, dtype="float32", help="Tensors of exactly one shape."),),
    outputs=(Port("y", dtype="float32", help="Their mean."),),
    call="{y} = torch.stack([{x:, }]).mean(dim=0)",
    synonyms=("mean of", "ensemble", "combine", "vote"),
)
