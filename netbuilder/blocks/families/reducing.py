"""Blocks that make one number of many: along an axis, or along several."""

from netbuilder.blocks.params import Bool, Float, Int, Param
from netbuilder.blocks.pieces import Axes, Axis
from netbuilder.blocks.spec import Block, Port

_REAL = Port("x", dtype="float32", help="Any tensor of real numbers.")
_ANY = Port("x", help="Any tensor.")
_KEEPDIM = Bool(name="keepdim", default=False, help="Whether the axis stays, with size 1.")
_ALL = Axes(
    name="dim",
    default=-1,
    optional=True,
    required=True,
    help="The axis, or several, counted from 0, the batch, or from −1, the last; none takes all.",
)
_SOME = Axes(
    name="dim",
    default=-1,
    required=True,
    help="The axis, or several, counted from 0, the batch, or from −1, the last.",
)
_ONE = Axis(name="dim", default=-1, required=True, help="The axis, counted from 0, the batch, or from −1, the last.")


def _reduce(
    name: str,
    method: str,
    formula: str,
    summary: str,
    *synonyms: str,
    x: Port = _REAL,
    params: tuple[Param, ...] = (_ALL, _KEEPDIM),
    result: str = "any",
) -> Block:
    """A method of tensors that takes an axis, written `x.mean(dim=1)`."""
    return Block(
        name=name,
        category="Math",
        summary=summary,
        formula=formula,
        inputs=(x,),
        outputs=(Port("y", dtype=result, help="One number where there were many."),),
        call=f"{{y}} = {{x}}.{method}(dim={{dim}}{{params}})",
        params=params,
        brief="over axis {dim}",
        synonyms=("reduce", *synonyms),
    )


_CORRECTION = Int(
    name="correction",
    default=1,
    low=0,
    high=2**20,
    advanced=True,
    help="What is taken off the count before dividing: 1 for a sample of many, 0 for all there are.",
)

REDUCTIONS = (
    _reduce("Mean", "mean", "y = sum of x / how many", "The mean along an axis.", "average", "global pooling",
            "average over time", "average over an axis"),
    _reduce("Sum", "sum", "y = x₁ + x₂ + ...", "The sum along an axis.", "total", "add up", x=_ANY),
    _reduce("Prod", "prod", "y = x₁ · x₂ · ...", "The product along an axis.", "multiply all", "product", x=_ANY,
            params=(_ONE, _KEEPDIM)),
    _reduce("Std", "std", "y = √(sum of (x − mean)² / (how many − correction))",
            "How far the numbers along an axis lie apart.", "standard deviation", "spread",
            params=(_ALL, _CORRECTION, _KEEPDIM)),
    _reduce("Var", "var", "y = sum of (x − mean)² / (how many − correction)",
            "The square of how far the numbers along an axis lie apart.", "variance", "spread",
            params=(_ALL, _CORRECTION, _KEEPDIM)),
    _reduce("LogSumExp", "logsumexp", "y = ln(exp x₁ + exp x₂ + ...)",
            "A smooth maximum along an axis, safe for large numbers.", "soft maximum", "log partition",
            params=(_SOME, _KEEPDIM)),
    _reduce("ArgMax", "argmax", "y = the place of the largest x", "The place of the largest number along an axis.",
            "predicted class", "index of maximum", "best class", x=_ANY, params=(_ONE, _KEEPDIM), result="int64"),
    _reduce("ArgMin", "argmin", "y = the place of the smallest x", "The place of the smallest number along an axis.",
            "nearest", "index of minimum", x=_ANY, params=(_ONE, _KEEPDIM), result="int64"),
    _reduce("Any", "any", "y = x₁ or x₂ or ...", "Whether anything along an axis is True.", "or", "exists",
            x=Port("x", dtype="bool", help="Any tensor of True and False."), params=(_SOME, _KEEPDIM), result="bool"),
    _reduce("All", "all", "y = x₁ and x₂ and ...", "Whether everything along an axis is True.", "and", "every",
            x=Port("x", dtype="bool", help="Any tensor of True and False."), params=(_SOME, _KEEPDIM), result="bool"),
)  # fmt: skip

_PLACES = Port("indices", dtype="int64", help="Where along the axis each of them stands.")


def _with_places(
    name: str, method: str, formula: str, summary: str, *synonyms: str, params: tuple[Param, ...], what: str
) -> Block:
    """A method of tensors that gives values and where they stand."""
    return Block(
        name=name,
        category="Math",
        summary=summary,
        formula=formula,
        inputs=(_ANY,),
        outputs=(Port("y", help=what), _PLACES),
        call=f"{{y}}, {{indices}} = {{x}}.{method}(dim={{dim}}{{params}})",
        params=params,
        brief="over axis {dim}",
        synonyms=synonyms,
    )


PLACED = (
    _with_places("Max", "max", "y = the largest x", "The largest number along an axis, and where it stands.",
                 "maximum", "biggest value", "global max pooling", "reduce", params=(_ONE, _KEEPDIM),
                 what="The largest numbers."),
    _with_places("Min", "min", "y = the smallest x", "The smallest number along an axis, and where it stands.",
                 "minimum", "nearest", "reduce", params=(_ONE, _KEEPDIM), what="The smallest numbers."),
    _with_places("Median", "median", "y = the x in the middle when sorted",
                 "The number in the middle along an axis, and where it stands.", "middle", "robust mean", "reduce",
                 params=(_ONE, _KEEPDIM), what="The numbers in the middle, the lower one of two."),
    _with_places("Sort", "sort", "y = x in order", "Puts the numbers along an axis in order, and says where they were.",
                 "order", "rank", "argsort", what="The numbers in order.",
                 params=(_ONE, Bool(name="descending", default=False, help="Whether the largest comes first."))),
)  # fmt: skip

TOP_K = Block(
    name="TopK",
    category="Math",
    summary="The k largest numbers along an axis, and where they stand.",
    formula="y₁ ≥ y₂ ≥ ... ≥ yₖ",
    inputs=(_ANY,),
    outputs=(Port("y", help="The k largest, in order."), _PLACES),
    call="{y}, {indices} = {x}.topk({k}, dim={dim}{params})",
    params=(
        Int(name="k", default=2, low=1, high=2**20, required=True, help="How many."),
        _ONE,
        Bool(name="largest", default=True, help="Whether the largest are wanted, or else the smallest."),
    ),
    brief="{k} of axis {dim}",
    synonyms=("best", "largest k", "beam", "nearest neighbours", "experts"),
)


def _running(name: str, formula: str, summary: str, *synonyms: str) -> Block:
    return Block(
        name=name,
        category="Math",
        summary=summary,
        formula=formula,
        inputs=(_ANY,),
        outputs=(Port("y", help="The same shape; each place has what came so far."),),
        call=f"{{y}} = {{x}}.{name.lower()}(dim={{dim}})",
        params=(_ONE,),
        brief="along axis {dim}",
        synonyms=("running", *synonyms),
    )


RUNNING = (
    _running("CumSum", "y[i] = x[0] + ... + x[i]", "The running sum along an axis.", "cumulative sum", "integrate"),
    _running("CumProd", "y[i] = x[0] · ... · x[i]", "The running product along an axis.", "cumulative product"),
)

DIFF = Block(
    name="Diff",
    category="Math",
    summary="The difference of each number and the one before it along an axis.",
    formula="y[i] = x[i + 1] − x[i], n times",
    inputs=(_REAL,),
    outputs=(Port("y", dtype="float32", help="The differences, n fewer than there were numbers."),),
    call="{y} = {x}.diff({n}, dim={dim})",
    params=(Int(name="n", default=1, low=1, high=64, required=True, help="How often differences are taken."), _ONE),
    brief="along axis {dim}",
    synonyms=("change", "derivative", "delta", "slope"),
)

NORM = Block(
    name="Norm",
    category="Math",
    summary="The length of the vectors along an axis.",
    formula="y = (|x₁|ᵖ + |x₂|ᵖ + ...)^(1/p), p the ord",
    inputs=(_REAL,),
    outputs=(Port("y", dtype="float32", help="One length where there was a vector."),),
    call="{y} = torch.linalg.vector_norm({x}{params}, dim={dim}[[, keepdim={keepdim}]])",
    params=(
        Float(
            name="ord",
            default=2.0,
            low=0.0,
            help="Which length: 2 as with a ruler, 1 the sum of sizes, inf the largest, 0 how many are not zero.",
        ),
        _ALL,
        _KEEPDIM,
    ),
    brief="over axis {dim}",
    synonyms=("length", "magnitude", "vector norm", "l2", "euclidean"),
)

COSINE_SIMILARITY = Block(
    name="CosineSimilarity",
    category="Math",
    summary="How much two vectors point the same way: 1 the same, 0 across, −1 against each other.",
    formula="y = x1 · x2 / max(|x1| |x2|, eps)",
    inputs=(
        Port("x1", dtype="float32", help="Vectors along the axis."),
        Port("x2", dtype="float32", help="Vectors of the same size."),
    ),
    outputs=(Port("y", dtype="float32", help="One number for each pair of vectors."),),
    function="F.cosine_similarity",
    like="nn.CosineSimilarity",
    params=(
        Axis(name="dim", default=1, help="The axis along which the vectors lie, counted from 0, the batch."),
        Float(name="eps", default=1e-8, low=0.0, high=1.0, advanced=True, help="Keeps it from dividing by zero."),
    ),
    synonyms=("angle", "similar", "contrastive", "siamese", "retrieval"),
)

PAIRWISE_DISTANCE = Block(
    name="PairwiseDistance",
    category="Math",
    summary="How far two vectors lie apart, along the last axis.",
    formula="y = |x1 − x2 + eps|, the p-norm",
    inputs=(
        Port("x1", "N *", dtype="float32", help="Vectors along the last axis."),
        Port("x2", "N *", dtype="float32", help="Vectors of the same size."),
    ),
    outputs=(Port("y", dtype="float32", help="One distance for each pair of vectors."),),
    function="F.pairwise_distance",
    like="nn.PairwiseDistance",
    params=(
        Float(name="p", default=2.0, low=0.0, help="Which distance: 2 as with a ruler, 1 along the axes."),
        Float(name="eps", default=1e-6, low=0.0, high=1.0, advanced=True, help="Keeps its slope finite at distance 0."),
        _KEEPDIM,
    ),
    synonyms=("distance", "euclidean", "triplet", "siamese", "metric learning"),
)

CDIST = Block(
    name="CDist",
    category="Math",
    summary="How far each vector of one set lies from each of another.",
    formula="y[i, j] = |a[i] − b[j]|, the p-norm",
    inputs=(
        Port("a", "* P F", dtype="float32", help="Vectors along the last axis."),
        Port("b", "* R F", dtype="float32", help="Vectors of the same size; the codes of a codebook, for example."),
    ),
    outputs=(Port("y", "* P R", dtype="float32", help="One distance for each pair."),),
    call="{y} = torch.cdist({a}, {b}{params})",
    like="torch.cdist",
    params=(Float(name="p", default=2.0, low=0.0, help="Which distance: 2 as with a ruler, 1 along the axes."),),
    synonyms=("distance matrix", "nearest neighbour", "codebook", "clustering", "pairwise"),
)
