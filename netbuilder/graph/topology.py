"""What depends on what in one graph: order, cycles, reach. Kept up to date by edits, in networkx.

The only module of `graph` that imports networkx, so that the window starts without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import networkx as nx

from netbuilder.graph.change import Edit
from netbuilder.graph.model import Graph, Input, Link, Node, input_key, natural_key

# Whether a link into this input of this node is no dependency: what goes in there comes out later (a Delay).
Cut = Callable[[Node, Input], bool]


def never(node: Node, end: Input) -> bool:
    """Every link is a dependency."""
    return False


class Topology:
    """The nodes and links of one graph; `apply` costs what the edits touch. Links that are `cut` order nothing.

    A topological order of the nodes is kept by Pearce and Kelly's algorithm ("A dynamic topological sort algorithm
    for directed acyclic graphs", ACM JEA 11, 2006): a link that goes forward costs nothing, one that goes backward
    reorders only the nodes between its ends. A link that would close a cycle is set aside and tried again when
    something was taken away; while any is aside, the graph has cycles.
    """

    def __init__(self, graph: Graph, cut: Cut = never) -> None:
        self._graph: nx.DiGraph[str] = nx.DiGraph()
        self._cut = cut
        self._nodes: dict[str, Node] = dict(graph.nodes.items())
        self._into: dict[str, dict[Input, Link]] = defaultdict(dict)
        self._from: dict[str, dict[Input, Link]] = defaultdict(dict)
        self._sorted: tuple[str, ...] | None = None
        self._cycles: list[list[str]] | None = None
        self._aside: set[tuple[str, str]] = set()
        self._graph.add_nodes_from(graph.nodes)
        for link in graph.links.values():
            self._into[link.target.node][link.target] = link
            self._from[link.source.node][link.target] = link
            if link.source.node in self._graph and link.target.node in self._graph and not self._is_cut(link.target):
                self._graph.add_edge(link.source.node, link.target.node)
        self._place = {name: place for place, name in enumerate(self.order())}
        self._next = len(self._place)
        self._aside.update(edge for edge in self._graph.edges if self._place[edge[0]] >= self._place[edge[1]])

    def apply(self, edits: Iterable[Edit]) -> None:
        """Follows the edits of this graph (those of its nodes and links count) in their order."""
        taken = False
        for edit in edits:
            if edit.kind == "link":
                if isinstance(edit.before, Link):
                    taken |= self._remove_link(edit.before)
                if isinstance(edit.after, Link):
                    self._add_link(edit.after)
            elif edit.kind == "node" and isinstance(edit.key, str):
                if isinstance(edit.after, Node):
                    taken |= self._put_node(edit.key, edit.after)
                elif isinstance(edit.before, Node):
                    taken |= self._remove_node(edit.key)
        if taken and self._aside:
            self._retry()

    def order(self) -> tuple[str, ...]:
        """All nodes, sources first; among those that could come next, the first by natural_key.

        The same for equal graphs, whatever their history. The nodes of a cycle stand together, by natural_key, where
        their first one could come if they were one node.
        """
        if self._sorted is None:
            self._sorted = self._sort()
        return self._sorted

    def upstream(self, id: str) -> set[str]:
        """All nodes that this one depends on; itself only if it is on a cycle."""
        return self._reach(id, self._graph.pred)

    def downstream(self, id: str) -> set[str]:
        """All nodes that depend on this one; itself only if it is on a cycle."""
        return self._reach(id, self._graph.succ)

    def cycles(self) -> list[list[str]]:
        """Sets of nodes that depend on each other, or one linked to itself; each and all by natural_key."""
        if not self._aside:
            return []
        if self._cycles is None:
            found = [sorted(part, key=natural_key) for part in nx.strongly_connected_components(self._graph)]
            closed = [part for part in found if len(part) > 1 or self._graph.has_edge(part[0], part[0])]
            self._cycles = sorted(closed, key=lambda part: natural_key(part[0]))
        return [list(part) for part in self._cycles]

    def closes_cycle(self, source: str, target: str) -> bool:
        """Whether a link from `source` to `target` would make target depend on itself."""
        if source == target:
            return True
        if self._aside:
            return source in self.downstream(target)
        return self._place[target] < self._place[source] and self._ahead(target, source) is None

    def links_into(self, id: str) -> list[Link]:
        """By port and index."""
        held = self._into.get(id, {})
        return [held[end] for end in sorted(held, key=input_key)]

    def links_from(self, id: str) -> list[Link]:
        """By the input that they end in."""
        held = self._from.get(id, {})
        return [held[end] for end in sorted(held, key=input_key)]

    # Following edits

    def _put_node(self, name: str, node: Node) -> bool:
        if name in self._graph:
            return self._change_node(name, node)
        self._nodes[name] = node
        self._graph.add_node(name)
        self._place[name] = self._next
        self._next += 1
        self._restructured()
        # Links may have come before the node that they hang from.
        for link in (*self._into.get(name, {}).values(), *self._from.get(name, {}).values()):
            self._add_edge(link)
        return False

    def _change_node(self, name: str, node: Node) -> bool:
        """Another block or bypass may make dependencies of links that were none, or the other way round."""
        links = self._into.get(name, {})
        before = {end for end in links if self._is_cut(end)}
        self._nodes[name] = node
        after = {end for end in links if self._is_cut(end)}
        for end in before - after:
            self._add_edge(links[end])
        dropped = [self._drop_edge(links[end].source.node, name) for end in after - before]
        return any(dropped)

    def _remove_node(self, name: str) -> bool:
        if name not in self._graph:
            return False
        self._graph.remove_node(name)
        del self._place[name], self._nodes[name]
        self._aside = {edge for edge in self._aside if name not in edge}
        self._restructured()
        return True

    def _add_link(self, link: Link) -> None:
        self._into[link.target.node][link.target] = link
        self._from[link.source.node][link.target] = link
        self._add_edge(link)

    def _remove_link(self, link: Link) -> bool:
        self._into[link.target.node].pop(link.target, None)
        self._from[link.source.node].pop(link.target, None)
        return self._drop_edge(link.source.node, link.target.node)

    def _is_cut(self, end: Input) -> bool:
        node = self._nodes.get(end.node)
        return node is not None and self._cut(node, end)

    def _drop_edge(self, source: str, target: str) -> bool:
        """Takes an edge out when no link stands for it any more; whether it did."""
        held = (end for end in self._from[source] if end.node == target and not self._is_cut(end))
        if not self._graph.has_edge(source, target) or any(held):
            return False
        self._graph.remove_edge(source, target)
        self._aside.discard((source, target))
        self._restructured()
        return True

    def _add_edge(self, link: Link) -> None:
        source, target = link.source.node, link.target.node
        if source not in self._graph or target not in self._graph or self._graph.has_edge(source, target):
            return
        if self._is_cut(link.target):
            return
        self._graph.add_edge(source, target)
        self._restructured()
        if not self._fit(source, target):
            self._aside.add((source, target))

    def _restructured(self) -> None:
        self._sorted = self._cycles = None

    def _retry(self) -> None:
        for edge in sorted(self._aside):
            if self._fit(*edge):
                self._aside.remove(edge)

    # Pearce and Kelly's order

    def _fit(self, source: str, target: str) -> bool:
        """Makes place for an edge; False, with nothing changed, if it closes a cycle."""
        if source == target:
            return False
        if self._place[source] < self._place[target]:
            return True
        ahead = self._ahead(target, source)
        if ahead is None:
            return False
        behind = self._behind(source, self._place[target])
        moved = sorted(behind, key=self._place.__getitem__) + sorted(ahead, key=self._place.__getitem__)
        places = sorted(self._place[name] for name in moved)
        self._place.update(zip(moved, places, strict=True))
        return True

    def _ahead(self, start: str, goal: str) -> set[str] | None:
        """What follows `start` among the places up to that of `goal`; None if that is `goal` itself."""
        last = self._place[goal]
        found, waiting = {start}, [start]
        while waiting:
            name = waiting.pop()
            for other in self._graph.succ[name]:
                if other == goal and (name, other) not in self._aside:
                    return None
                if other not in found and self._place[other] < last and (name, other) not in self._aside:
                    found.add(other)
                    waiting.append(other)
        return found

    def _behind(self, start: str, first: int) -> set[str]:
        """What leads to `start` among the places after `first`."""
        found, waiting = {start}, [start]
        while waiting:
            name = waiting.pop()
            for other in self._graph.pred[name]:
                if other not in found and self._place[other] > first and (other, name) not in self._aside:
                    found.add(other)
                    waiting.append(other)
        return found

    # Questions

    def _reach(self, id: str, beside: Mapping[str, Iterable[str]]) -> set[str]:
        found: set[str] = set()
        waiting = [id]
        while waiting:
            for other in beside[waiting.pop()]:
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def _sort(self) -> tuple[str, ...]:
        try:
            return tuple(nx.lexicographical_topological_sort(self._graph, key=natural_key))
        except nx.NetworkXUnfeasible:
            whole = nx.condensation(self._graph)
        members = {part: sorted(names, key=natural_key) for part, names in whole.nodes(data="members")}
        parts = nx.lexicographical_topological_sort(whole, key=lambda part: natural_key(members[part][0]))
        return tuple(name for part in parts for name in members[part])
