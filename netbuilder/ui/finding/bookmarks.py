"""The bookmarked nodes of a project, kept while it changes: nobody looks through ten thousand nodes to find none."""

from __future__ import annotations

from collections.abc import Iterator

from netbuilder.graph.change import Change
from netbuilder.graph.document import Document
from netbuilder.graph.model import KINDS, Graph, Node, natural_key
from netbuilder.ui.finding.nodes import Target


class Bookmarks:
    """Whoever hears the document tells it of changes, by `follow`."""

    def __init__(self, document: Document) -> None:
        self._document = document
        graphs = document.project.graphs
        self._held = {target for name in graphs for target in _marked(name, graphs[name])}

    def __bool__(self) -> bool:
        return bool(self._held)

    def follow(self, change: Change) -> None:
        """The document has changed."""
        for edit in change.edits:
            if edit.kind == "graph":
                name = str(edit.key)
                self._held = {target for target in self._held if target.graph != name}
                if isinstance(edit.after, Graph):
                    self._held.update(_marked(name, edit.after))
            elif edit.kind == "node":
                target = Target(edit.graph, str(edit.key))
                marked = isinstance(edit.after, Node) and edit.after.bookmarked
                (self._held.add if marked else self._held.discard)(target)

    def in_order(self) -> list[Target]:
        """By graph as their tabs stand, in a graph from left to right."""
        graphs = self._document.project.graphs

        def place(target: Target):
            graph = graphs[target.graph]
            return KINDS.index(graph.kind), natural_key(target.graph), graph.nodes[target.id].at

        return sorted(self._held, key=place)


def _marked(name: str, graph: Graph) -> Iterator[Target]:
    return (Target(name, id) for id, node in graph.nodes.items() if node.bookmarked)
