"""The classes of a project's networks as text, in an order in which each comes after those that it uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netbuilder.compiler import custom, networks, source
from netbuilder.compiler.report import Problem
from netbuilder.compiler.runner import Net
from netbuilder.compiler.source import TopNames
from netbuilder.compiler.text import Text
from netbuilder.compiler.walk import Walk
from netbuilder.graph.model import natural_key

if TYPE_CHECKING:
    from netbuilder.compiler.analyse import Study


def net(study: Study, network: str) -> Net | None:
    """The network as text that makes it, for blocks that call it; None if it or one inside it has errors."""
    names = nested_first(study, {network, *study.reached(network)})
    if network in study.reached(network) or any(errors(study, name) for name in names):
        return None
    top = TopNames(names)
    parts, imports = network_parts(study, top, names)
    functions = own_code(study, names)
    return Net(source.module(network, [*functions, *parts], imports).text, top.classes[network])


def errors(study: Study, name: str) -> list[Problem]:
    """The errors that keep a graph from being written: those of the graph and of the nodes that it needs."""
    wiring = study.wiring(name)
    ends = set(wiring.of_part("output", "optimizer", "freeze"))
    return [
        problem
        for problem in study.problems(name)
        if problem.severity == "error" and (not problem.node or problem.node in wiring.needed | ends)
    ]


def nested_first(study: Study, names: Iterable[str]) -> list[str]:
    """The networks, each after those that it places."""
    in_order = sorted(names, key=natural_key)
    return sorted(in_order, key=lambda name: len(study.reached(name)))


def network_parts(
    study: Study, top: TopNames, names: Iterable[str], *, scanned: bool = False
) -> tuple[list[Text], set[str]]:
    """The classes of these networks, and the imports that they need."""
    parts, imports = [], set()
    for name in names:
        walk = study.walk(name)
        parts.append(networks.network(top.classes, walk.wiring, walk.nodes, summary(walk), scanned=scanned))
        imports |= source.imports_of(walk.wiring)
    return parts, imports


def own_code(study: Study, names: Iterable[str]) -> list[Text]:
    """The functions of these graphs that a person wrote themselves. Raises NotTrusted."""
    return [text for name in names for text in custom.functions(study.wiring(name), study.analyser.trust)]


def names_of(functions: Iterable[Text]) -> set[str]:
    """What these functions are called."""
    return {text.lines[0].removeprefix("def ").partition("(")[0] for text in functions}


def summary(walk: Walk) -> str:
    """ "N x 1 x 8 x 8 -> N x 10, 37,610 parameters." """
    wiring = walk.wiring
    ins = [kind for id in wiring.of_part("input") if (kind := walk.edge(id))]
    outs = [kind for id in wiring.of_part("output") if (kind := walk.edge(id))]
    shapes = [", ".join(str(walk.symbols.flow(kind)) for kind in kinds) for kinds in (ins, outs)]
    count = sum(seen.parameters for seen in walk.counted)
    return f"{shapes[0]} -> {shapes[1]}; {count:,} parameter{'' if count == 1 else 's'}.".lstrip()
