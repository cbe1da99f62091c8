"""A block whose body the person writes. It runs only where they have trusted this very text (`blocks.trust`)."""

from netbuilder.blocks.code import Code, Words, words
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.graph.model import Project, Values

_TAKES = Words(
    name="takes",
    default="x",
    help="The names of the inputs, with spaces between them; the code finds the tensors under these names.",
)
_GIVES = Words(
    name="gives",
    default="y",
    shortest=1,
    help="The names of the outputs, with spaces between them; the code gives each of them a tensor.",
)
_IN, _OUT = "Arrives in the code under this name.", "What the code gave this name."


def _ports(params: Values, _project: Project) -> Ports:
    return Ports(
        tuple(Port(name, help=_IN) for name in words(params.get(_TAKES.name, _TAKES.default))),
        tuple(Port(name, help=_OUT) for name in words(params.get(_GIVES.name, _GIVES.default))),
    )


PYTHON = Block(
    name="Python",
    category="Custom",
    part="python",
    summary="Runs a few lines of Python that you write yourself, once you have said that you trust them.",
    formula="y = your code",
    inputs=(Port("x", help=_IN),),
    outputs=(Port("y", help=_OUT),),
    ports=_ports,
    call="{outputs} = {function}({inputs})",
    params=(
        _TAKES,
        _GIVES,
        Code(
            name="code",
            default="y = x",
            help="The body of a function of the inputs that sets every output; torch, nn, F and math are at hand.",
        ),
    ),
    synonyms=("custom", "code", "script", "function", "lambda", "own layer", "expression", "formula"),
)
