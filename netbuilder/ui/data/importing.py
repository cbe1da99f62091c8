"""What becomes of data that was imported: allowed on this machine, part of the project, read by its graphs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from netbuilder.blocks.families.structure import NETWORK
from netbuilder.blocks.trust import Trust
from netbuilder.data.bringing import bring
from netbuilder.data.place import Place
from netbuilder.data.project_data import path_of
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import Dataset, Project, natural_key
from netbuilder.ui.data.importer import ADD, BEGIN, ImportDialog, Imported
from netbuilder.ui.data.placing import below, data_nodes
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import sentence
from netbuilder.ui.theme import Theme
from netbuilder.ui.workbench import Workbench

READ, PLACE = "read", "place"  # in a choice's key, before the graph and the node


def choices(project: Project, shown: str, starter: str, dataset: Dataset) -> list[tuple[str, str]]:
    """What may be done with imported data, the likeliest first. `starter`: what could be begun, "" for nothing.

    A Data node reads it first of all where all its links find a column of their name there.
    """
    fitting: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    graph = project.graphs.get(shown)
    if graph is not None and graph.kind != "network":
        columns = {column.id for column in dataset.columns}
        for id in sorted(data_nodes(graph), key=natural_key):
            used = {link.source.port for link in graph.links.values() if link.source.node == id}
            (fitting if used <= columns else others).append((f"{READ} {shown} {id}", f"Let “{id}” in {shown} read it"))
        others.insert(0, (f"{PLACE} {shown} ", f"Place a Data node in {shown}"))
    begun = [(BEGIN, f"Begin a {starter} that learns from it")] if starter else []
    return [*fitting, *begun, *others, (ADD, "Only add it to the project")]


def added(project: Project, place: Place, wanted: Imported) -> Change:
    """The data set, and what is done with it besides, as one change. Raises EditError."""
    what, _, where = wanted.then.partition(" ")
    begin = what == BEGIN
    title = wanted.path.stem or wanted.name
    change = bring(project, place, wanted.name, wanted.dataset, begin=begin, title=title)
    graph, _, node = where.partition(" ")
    if what == READ:
        after = apply(project, change)
        return join(change.label, [change, edits.set_params(after, graph, node, {"dataset": wanted.name})])
    if what == PLACE:
        return join(change.label, [change, below(apply(project, change), graph, wanted.name)])
    return change


def network_of(project: Project, dataset: str) -> str:
    """The network that was begun last for a data set."""
    steps = [graph for graph in project.graphs.values() if graph.kind == "training"]
    found = [
        str(node.params.get("network", ""))
        for graph in steps
        if any(node.params.get("dataset") == dataset for node in graph.nodes.values())
        for node in graph.nodes.values()
        if node.block == NETWORK.name
    ]
    return max(found, key=natural_key, default="")


class ImportCommands:
    """Opens the assistant, and does what a person decides in it."""

    def __init__(self, parent: QWidget, dialogs: Dialogs, project: Callable[[], Workbench | None]) -> None:
        """`project()` gives the open project, and makes a new one where there is none; None where that is refused."""
        self._parent, self._dialogs, self._bench = parent, dialogs, project

    def start(self, bench: Workbench | None, theme: Theme, icons: Icons, path: Path | None = None) -> ImportDialog:
        """The assistant, about this file or folder, or empty."""
        project = bench.document.project if bench is not None else Project()
        shown = bench.graph if bench is not None else ""

        def afterwards(starter: str, dataset: Dataset) -> list[tuple[str, str]]:
            return choices(project, shown, starter, dataset)

        dialog = ImportDialog(project, afterwards, theme, icons, path, self._parent)
        dialog.accepted.connect(lambda: self._finish(dialog.imported))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _finish(self, wanted: Imported | None) -> None:
        bench = self._bench() if wanted is not None else None
        if bench is None or wanted is None:
            return
        document = bench.document
        place = Place(bench.path.parent if bench.path is not None else None, Trust.of_this_machine())
        text = path_of(wanted.dataset)
        try:
            if text and not place.allowed(place.found(text)):
                place.allow(Path(text))
            document.apply(added(document.project, place, wanted))
        except (OSError, EditError) as problem:
            kept = f"What you allow can't be kept: {problem}."
            self._dialogs.error(kept if isinstance(problem, OSError) else sentence(problem))
            return
        what = wanted.then.partition(" ")[0]
        if what == BEGIN:
            bench.tabs.show_graph(network_of(bench.document.project, wanted.name))
            bench.status.emit("Ready: press Train, and watch it learn.")
        bench.show_data(wanted.name)
