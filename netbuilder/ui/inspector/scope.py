"""What the fields of a form may name, and what expressions in them come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from netbuilder.blocks.arguments import declared
from netbuilder.blocks.params import DatasetRef, Param
from netbuilder.blocks.pieces import LayerPath
from netbuilder.blocks.spelling import short
from netbuilder.data.facts import SOURCES
from netbuilder.graph import expressions
from netbuilder.graph.expressions import Environment, ExpressionError, Scalar, holds_expression
from netbuilder.graph.model import NONE, Graph, Project, Value, Values, natural_key

EQUALS = "= "
MOST_LAYERS = 300  # that a list offers; any other is known from the file


class Scope:
    """The project and graph around a form's values. `expressions`: whether values may hold any. `runs()` gives folders
    of runs, with what they are called."""

    def __init__(self) -> None:
        self.project = Project()
        self.graph = ""
        self.values: Values = NONE
        self.expressions = True
        self.runs: Callable[[], Sequence[tuple[str, str]]] = tuple

    @property
    def held(self) -> Graph:
        """The graph that the form is about."""
        return self.project.graphs.get(self.graph) or Graph()

    @property
    def environment(self) -> Mapping[str, Scalar]:
        """What expressions can name here."""
        return Environment(declared(self.held), self.project.datasets)

    def network(self) -> Graph | None:
        """The network that the node of this form places."""
        name = self.values.get("network")
        return self.project.graphs.get(name) if isinstance(name, str) else None

    def names(self, param: Param) -> list[str]:
        """What a reference may name in this project; a network is not placed in itself. Data that the project doesn't
        hold yet comes last; choosing it adds it."""
        if isinstance(param, DatasetRef):
            held = self.project.datasets
            others = (source for source in SOURCES.values() if source.name not in held and not source.needs)
            titled = sorted(others, key=lambda source: natural_key(source.title))
            return [*sorted(held, key=natural_key), *(source.name for source in titled)]
        graphs = self.project.graphs
        if isinstance(param, LayerPath):
            network = self.network()
            return list(islice(_layers(graphs, network, ()), MOST_LAYERS)) if network is not None else []
        networks = (name for name in graphs if graphs[name].kind == "network" and name != self.graph)
        return sorted(networks, key=natural_key)

    def computed(self, param: Param, value: Value) -> tuple[str, str]:
        """What expressions in a value come to, as "= 64", and what is wrong with that; "" where there are none."""
        if not self.expressions or not param.takes_expressions or not holds_expression(value):
            return "", ""
        if wrong := param.check_written(value):
            return "", wrong
        try:
            found = expressions.resolved(value, self.environment)
        except ExpressionError as error:
            return "", str(error)
        shown = f"{EQUALS}{param.show(found)}"
        return (shown, "") if not (wrong := param.check(found)) else (shown, wrong)

    def wrong(self, param: Param, value: Value) -> str:
        """What is wrong with a value in a few words, its expressions computed; "" if nothing is."""
        check = param.check_written if self.expressions else param.check
        return check(value) or self.computed(param, value)[1]

    def evaluated(self, text: Value) -> tuple[str, str]:
        """The same for a single value of any kind, such as an argument's."""
        if not expressions.is_expression(text):
            return "", ""
        try:
            found = expressions.evaluate(str(text), self.environment)
        except ExpressionError as error:
            return "", str(error)
        return EQUALS + (str(found).lower() if isinstance(found, bool) else short(found)), ""


def _layers(graphs: Mapping[str, Graph], network: Graph, around: tuple[str, ...]) -> Iterator[str]:
    """The nodes of a network between its ends, and those of the networks in it, by the paths that lead to them."""
    for id in sorted(network.nodes, key=natural_key):
        node = network.nodes[id]
        inner = node.params.get("network")
        if not isinstance(inner, str):
            if node.block not in ("Input", "Output"):
                yield id
        elif inner in graphs and inner not in around:
            copies = node.params.get("repeat", 2 if node.block == "Repeat" else 1)
            places = [f"{id}.{at}" for at in range(copies)] if isinstance(copies, int) and copies > 1 else [id]
            for place in places:
                yield from (f"{place}.{path}" for path in _layers(graphs, graphs[inner], (*around, inner)))
