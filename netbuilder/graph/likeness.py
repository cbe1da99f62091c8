"""Finds what belongs together though its name differs: graphs and nodes that are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from netbuilder.graph.model import Graph, Node, natural_key

LEAST = 0.5  # of the likeness that equal things have
MOST_TRIED = 40_000  # pairs whose likeness is worked out; of more only equal ones are found
ROUNDS = 3  # what was found in one makes its neighbours known in the next


def pairs_of_equal(
    before: Mapping[str, Any], after: Mapping[str, Any], of: Callable[[Any], Hashable]
) -> dict[str, str]:
    """Keys whose values have the same `of`, one by one in the order of their names."""
    waiting: dict[Hashable, list[str]] = {}
    for key in sorted(after, key=natural_key, reverse=True):
        waiting.setdefault(of(after[key]), []).append(key)
    found = {}
    for key in sorted(before, key=natural_key):
        if held := waiting.get(of(before[key])):
            found[key] = held.pop()
    return found


def like_graphs(before: Mapping[str, Graph], after: Mapping[str, Graph]) -> dict[str, str]:
    """Graphs of the same kind that have half of their nodes or more in common, the likest first."""
    if len(before) * len(after) > MOST_TRIED:
        return pairs_of_equal(before, after, lambda graph: graph)
    facts = {
        side: {name: (graph.kind, _nodes(graph), _blocks(graph)) for name, graph in graphs.items()}
        for side, graphs in (("before", before), ("after", after))
    }
    scores = []
    for old, (kind, nodes, blocks) in facts["before"].items():
        for new, (other_kind, other_nodes, other_blocks) in facts["after"].items():
            if kind == other_kind:
                share = max(_common(nodes, other_nodes), 0.9 * _common(blocks, other_blocks))
                scores.append((-share, natural_key(old), natural_key(new), old, new))
    return _best(scores)


def _nodes(graph: Graph) -> Counter[Hashable]:
    return Counter((id, node.block) for id, node in graph.nodes.items())


def _blocks(graph: Graph) -> Counter[Hashable]:
    return Counter(node.block for node in graph.nodes.values())


def _common(one: Counter[Hashable], other: Counter[Hashable]) -> float:
    most = max(one.total(), other.total())
    return (one & other).total() / most if most else 1.0


def like_nodes(before: Graph, after: Graph, known: Mapping[str, str]) -> dict[str, str]:
    """Nodes without a partner among `known` (new ids by old ones) that are of the same block and much alike:
    parameters, title, place, and which known nodes stand before and behind them."""
    together = dict(known)
    for _ in range(ROUNDS):
        found = _round(before, after, together)
        if not found:
            break
        together |= found
    return {old: new for old, new in together.items() if old not in known}


def _round(before: Graph, after: Graph, together: Mapping[str, str]) -> dict[str, str]:
    taken = set(together.values())
    old_ones = {id: node for id, node in before.nodes.items() if id not in together}
    new_ones = {id: node for id, node in after.nodes.items() if id not in taken}
    if not old_ones or not new_ones:
        return {}
    around_old = _around(before, old_ones.keys(), together)
    around_new = _around(after, new_ones.keys(), {id: id for id in taken})
    by_block: dict[str, list[str]] = {}
    for id, node in new_ones.items():
        by_block.setdefault(node.block, []).append(id)
    tried = sum(len(by_block.get(node.block, ())) for node in old_ones.values())
    if tried > MOST_TRIED:
        return pairs_of_equal(
            {id: (node, around_old[id]) for id, node in old_ones.items()},
            {id: (node, around_new[id]) for id, node in new_ones.items()},
            lambda held: (held[0].block, held[0].params, held[0].title, held[0].at),
        )
    scores = []
    for old, node in old_ones.items():
        for new in by_block.get(node.block, ()):
            share = _likeness(node, new_ones[new], around_old[old], around_new[new])
            scores.append((-share, natural_key(old), natural_key(new), old, new))
    return _best(scores)


def _around(graph: Graph, ids: Any, names: Mapping[str, str]) -> dict[str, frozenset[Hashable]]:
    """The known nodes that each of these is linked with, by the names that they have after, and at which ports."""
    found: dict[str, set[Hashable]] = {id: set() for id in ids}
    for end, link in graph.links.items():
        source, target = link.source.node, end.node
        if target in found and source in names:
            found[target].add(("from", names[source], link.source.port, end.port))
        if source in found and target in names:
            found[source].add(("to", names[target], link.source.port, end.port))
    return {id: frozenset(held) for id, held in found.items()}


def _likeness(one: Node, other: Node, around: frozenset[Hashable], around_other: frozenset[Hashable]) -> float:
    """0 to 1. Two nodes without parameters and without neighbours are like only where they stand in the same place."""
    names = {*one.params, *other.params}
    same = sum(one.params.get(name) == other.params.get(name) for name in names) / len(names) if names else 1.0
    both = around | around_other
    neighbours = len(around & around_other) / len(both) if both else 0.0
    return 0.35 * same + 0.4 * neighbours + 0.2 * (one.at == other.at) + 0.05 * (one.title == other.title)


def _best(scores: list[tuple[float, Any, Any, str, str]]) -> dict[str, str]:
    """The likest pairs, each thing once."""
    found: dict[str, str] = {}
    taken = set()
    for share, _, _, old, new in sorted(scores):
        if -share < LEAST:
            break
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found
