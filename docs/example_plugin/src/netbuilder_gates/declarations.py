"""What netbuilder shows of the blocks. It imports no torch: the window reads it too."""

from netbuilder.blocks.params import Float, Inferred
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_X = (Port("x", "N * F", role="vector", dtype="float32", help="Rows of features."),)
_Y = (Port("y", "N * F", role="vector", dtype="float32", help="The same shape."),)

HIGHWAY = Block(
    name="Highway",
    category="Gates",
    summary="Lets each number choose between passing through and being transformed.",
    formula="y = g · relu(W x) + (1 − g) · x, with the gate g = σ(V x)",
    inputs=_X,
    outputs=_Y,
    module="netbuilder_gates.modules.Highway",
    params=(
        Inferred(name="features", axis="x.F", required=True, help="How many features there are; from the link."),
        Float(
            name="bias",
            default=-2.0,
            low=-10.0,
            high=10.0,
            help="Where the gate begins: the lower, the more passes through at first.",
        ),
    ),
    graphs=IN_NETWORKS,
    synonyms=("gate", "skip", "shortcut"),
    source="Srivastava, Greff, Schmidhuber: Highway networks, 2015",
)

SOFT_GATE = Block(
    name="SoftGate",
    category="Gates",
    summary="Multiplies each number by how large it is, so that small ones fade.",
    formula="y = x · σ(steepness · x)",
    inputs=_X,
    outputs=_Y,
    function="netbuilder_gates.modules.soft_gate",
    params=(Float(name="steepness", default=1.0, low=0.0, high=100.0, help="How sharply small numbers fade."),),
    synonyms=("gate", "fade", "swish"),
)
