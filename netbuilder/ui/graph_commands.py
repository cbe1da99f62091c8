"""Making, renaming and removing a project's graphs, with the questions that go with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import NetworkRef
from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import GraphKind
from netbuilder.graph.names import fresh_id, is_id, make_id
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.text import counted


class GraphCommands:
    """Each command is one change, so that undo takes it back whole."""

    def __init__(self, dialogs: Dialogs, catalogue: Catalogue) -> None:
        self._dialogs = dialogs
        self._refs = {
            param.name
            for name in catalogue.names
            for param in catalogue[name].params
            if isinstance(param, NetworkRef | Groups)
        }

    def do(self, what: str, name: str, document: Document) -> None:
        """`what` is "add" (then `name` is the kind of graph), "rename" or "remove"."""
        commands: dict[str, Callable[[Any, Document], None]] = {
            "add": self.add,
            "rename": self.rename,
            "remove": self.remove,
        }
        commands[what](name, document)

    def add(self, kind: GraphKind, document: Document) -> None:
        graphs = document.project.graphs
        name = kind if kind not in graphs else fresh_id(graphs, kind)
        document.apply(edits.add_graph(document.project, name, kind))

    def rename(self, name: str, document: Document) -> None:
        """Asks for a name and makes it one that the source can use."""
        typed = self._dialogs.name("Rename graph", "New name:", name)
        if not typed or typed == name:
            return
        new = typed if is_id(typed) else make_id(typed)
        if new in document.project.graphs:
            self._dialogs.error(f"The project has a graph “{new}” already. Choose another name.")
            return
        document.apply(edits.rename_graph(document.project, name, new, self._refs))

    def remove(self, name: str, document: Document) -> None:
        """Asks first where the graph holds something; undo brings it back."""
        graph = document.project.graphs[name]
        if graph.nodes and not self._dialogs.confirm(
            f"Remove “{name}” with its {counted(len(graph.nodes), 'node')}?", "Remove"
        ):
            return
        document.apply(edits.remove_graph(document.project, name))
