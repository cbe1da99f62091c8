"""Go to: every graph, node and frame of the project, found by title, id, block and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import KINDS, Frame, Graph, Node, Project, natural_key
from netbuilder.ui.canvas.look import brief_of, one_line
from netbuilder.ui.finding.entry import Entry
from netbuilder.ui.icons import Icons
from netbuilder.ui.theme import Theme


class Target(NamedTuple):
    """Where to go: a node or a frame of a graph; id "" is the graph itself."""

    graph: str
    id: str = ""


class Places:
    """Keeps what it has made of nodes that have not changed since: ten thousand take a moment to describe."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._made: dict[Target, tuple[Node, Entry]] = {}

    def entries(self, project: Project, shown: str, theme: Theme, icons: Icons) -> list[Entry]:
        """Bookmarked nodes first, then graphs, then the nodes and frames of the shown graph, then all others."""
        order = sorted(
            project.graphs,
            key=lambda name: (name != shown, KINDS.index(project.graphs[name].kind), natural_key(name)),
        )
        nodes = [pair for name in order for pair in self._nodes(name, project.graphs[name])]
        self._made = {entry.key: (node, entry) for node, entry in nodes}
        mark = icons.icon("bookmark", "accent")
        marked = [entry._replace(icon=mark) for node, entry in nodes if node.bookmarked]
        graphs = [_graph(name, project.graphs[name], icons) for name in order]
        frames = [
            _frame(name, id, frame, icons)
            for name in order
            for id, frame in sorted(project.graphs[name].frames.items(), key=lambda pair: natural_key(pair[0]))
        ]
        rest = [
            entry._replace(icon=partial(self._dot, node.block, theme, icons))
            for node, entry in nodes
            if not node.bookmarked
        ]
        return [*marked, *graphs, *rest, *frames]

    def _dot(self, block: str, theme: Theme, icons: Icons):
        known = self._catalogue.get(block)
        return icons.dot(theme.category(known.category if known is not None else "other"))

    def _nodes(self, name: str, graph: Graph) -> Iterator[tuple[Node, Entry]]:
        for id in sorted(graph.nodes, key=natural_key):
            node, key = graph.nodes[id], Target(name, id)
            held = self._made.get(key)
            yield (node, held[1]) if held is not None and held[0] is node else (node, self._node(key, node))

    def _node(self, key: Target, node: Node) -> Entry:
        block = self._catalogue.get(node.block)
        shown = brief_of(block, node)
        values = " ".join(f"{one_line(name)}={one_line(str(node.params[name]))}" for name in sorted(node.params))
        title = one_line(node.title) or key.id
        return Entry(
            key,
            title,
            "  ".join(part for part in (one_line(node.block), shown) if part),
            key.graph,
            also=f"{key.id} {shown.replace(' × ', 'x')} {values}",
            note=block.summary if block is not None else "",
        )


def _graph(name: str, graph: Graph, icons: Icons) -> Entry:
    kind = f"{graph.kind} graph".replace("network graph", "network")
    return Entry(Target(name), name, kind, icon=icons.icon(graph.kind))


def _frame(graph: str, id: str, frame: Frame, icons: Icons) -> Entry:
    title = one_line(frame.title) or "Frame"
    return Entry(
        Target(graph, id), title, "frame", graph, one_line(frame.text), f"{id} {frame.text}", icons.icon("frame")
    )
