"""Which nodes belong to others: what leads to them, what follows, their neighbours, their chain, their kind.

Every link counts, also one into a Delay. Unknown ids are passed over. A question costs one look at the graph's links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from netbuilder.graph.model import Graph

Beside = dict[str, set[str]]


def upstream(graph: Graph, ids: Iterable[str]) -> set[str]:
    """These nodes and all that they depend on."""
    return _reach(_known(graph, ids), _beside(graph)[0])


def downstream(graph: Graph, ids: Iterable[str]) -> set[str]:
    """These nodes and all that depend on them."""
    return _reach(_known(graph, ids), _beside(graph)[1])


def neighbours(graph: Graph, ids: Iterable[str]) -> set[str]:
    """These nodes and those that are linked to them."""
    start = _known(graph, ids)
    before, after = _beside(graph)
    return start.union(*(beside.get(id, ()) for id in start for beside in (before, after)))


def chain(graph: Graph, ids: Iterable[str]) -> set[str]:
    """These nodes and the rows that they stand in: on both sides, as far as one node leads to one other alone."""
    found = _known(graph, ids)
    before, after = _beside(graph)
    for start in tuple(found):
        for onward, back in ((after, before), (before, after)):
            id = start
            while len(onward.get(id, ())) == 1:
                (id,) = onward[id]
                if id == start or len(back[id]) != 1:
                    break
                found.add(id)
    return found


def alike(graph: Graph, ids: Iterable[str]) -> set[str]:
    """All nodes of the same blocks as these."""
    blocks = {graph.nodes[id].block for id in _known(graph, ids)}
    return {id for id, node in graph.nodes.items() if node.block in blocks}


WAYS: dict[str, Callable[[Graph, Iterable[str]], set[str]]] = {
    "upstream": upstream,
    "downstream": downstream,
    "neighbours": neighbours,
    "chain": chain,
    "alike": alike,
}


def _known(graph: Graph, ids: Iterable[str]) -> set[str]:
    return {id for id in ids if id in graph.nodes}


def _beside(graph: Graph) -> tuple[Beside, Beside]:
    """The nodes that lead to each node, and those that each leads to; a node linked to itself is beside itself."""
    before: Beside = {}
    after: Beside = {}
    for link in graph.links.values():
        source, target = link.source.node, link.target.node
        if source in graph.nodes and target in graph.nodes:
            before.setdefault(target, set()).add(source)
            after.setdefault(source, set()).add(target)
    return before, after


def _reach(start: set[str], beside: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for other in beside.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
