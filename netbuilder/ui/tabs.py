"""One tab for each graph of the project, with a canvas that is made when the tab is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtWidgets import QMenu, QTabWidget, QToolButton, QVBoxLayout, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import parts, places
from netbuilder.compiler.report import GraphReport, Repair
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.model import KINDS, Graph, GraphKind, Node, Project, natural_key
from netbuilder.ui.boundary import Boundaries
from netbuilder.ui.canvas.options import Options
from netbuilder.ui.canvas.snapping import Snapping
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.icons import Icons
from netbuilder.ui.keymap import CanvasKeys, canvas_keys
from netbuilder.ui.places import Place, PlacesBar
from netbuilder.ui.text import counted, tip
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.training.held import Held

KIND_TEXT: dict[GraphKind, str] = {
    "network": "Network: becomes one PyTorch module",
    "training": "Training graph: one training step",
    "preview": "Preview graph: what to watch while a run trains",
}


def graph_order(project: Project) -> list[str]:
    """The graphs' names as their tabs stand: networks, training graphs, preview graphs, each by name."""
    return sorted(project.graphs, key=lambda name: (KINDS.index(project.graphs[name].kind), natural_key(name)))


def _is_other(edit: Edit) -> bool:
    """Whether a graph was replaced by one of another kind; one of the same kind is shown where it is."""
    before, after = edit.before, edit.after
    return isinstance(before, Graph) and isinstance(after, Graph) and before.kind != after.kind


def _renamed(edits: list[Edit]) -> dict[str, str]:
    """Graphs that go and come under another name in one change, by their old names."""
    gone = {str(edit.key): edit.before for edit in edits if edit.after is None}
    made = {str(edit.key): edit.after for edit in edits if edit.before is None}
    return {old: new for old, graph in gone.items() for new, other in made.items() if graph is other}


def _renamed_nodes(change: Change) -> dict[Place, Place]:
    """Nodes that go and come under another name in one change, by graph and id."""
    nodes = [edit for edit in change.edits if edit.kind == "node"]
    made = {(edit.graph, id(edit.after)): str(edit.key) for edit in nodes if edit.before is None}
    gone = [edit for edit in nodes if edit.after is None]
    found = {(edit.graph, str(edit.key)): made.get((edit.graph, id(edit.before))) for edit in gone}
    return {place: (place[0], new) for place, new in found.items() if new is not None}


class Page(QWidget):
    """The place of one graph's canvas. Making the canvas waits until the page is shown: most are looked at later."""

    def __init__(
        self, name: str, make: Callable[[str], Canvas], bound: Callable[[Page, Canvas], Boundaries | None]
    ) -> None:
        super().__init__()
        self.name = name
        self._make, self._bound = make, bound
        self.made: Canvas | None = None
        self.boundaries: Boundaries | None = None
        self.bar = PlacesBar()
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._room.setSpacing(0)
        self._room.addWidget(self.bar)

    @property
    def canvas(self) -> Canvas:
        if self.made is None:
            self.made = self._make(self.name)
            self._room.addWidget(self.made, 1)
            self.made.show()  # the layout would do it later, and what is hidden gets no focus
            self.setFocusProxy(self.made)
            self.boundaries = self._bound(self, self.made)
        return self.made

    def close_canvas(self) -> None:
        if self.made is not None:
            self.made.close_view()
        if self.boundaries is not None:
            self.boundaries.close_view()


class GraphTabs(QTabWidget):
    """Follows the document's graphs. What the current canvas says is passed on as signals of its own."""

    graph_changed = Signal(str)  # another graph is shown, "" for none
    selection_changed = Signal(object)  # node ids on the shown canvas, a list
    search_wanted = Signal(QPointF, QPoint)
    link_wanted = Signal(str)  # the node on the shown canvas that shall be linked to something
    repair_chosen = Signal(object)
    status = Signal(str)
    rename_wanted = Signal(str)
    remove_wanted = Signal(str)
    add_wanted = Signal(str)  # the kind of graph
    menu_wanted = Signal(QPoint, str)  # where on the screen, for what on the canvas
    ends_folded = Signal(bool)  # the lists of a network's inputs and outputs were folded, or opened

    def __init__(
        self, document: Document, catalogue: Catalogue, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._catalogue, self._theme, self._icons = document, catalogue, theme, icons
        self._parts = parts(catalogue)
        self._trail: list[Place] = []  # how one came into the shown network, from placement to placement
        self.places: list[Place] = []  # where the shown network is placed
        self._reports: dict[str, GraphReport] = {}
        self._keys = canvas_keys()
        self._ends_open = False
        self._snapping = Snapping()
        self._options = Options()
        self._held: Held | None = None
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.tabBar().setExpanding(False)
        self.setAccessibleName("Graphs of the project")
        self.tabBar().setAccessibleName("Graphs of the project")
        self.tabBar().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tabBar().customContextMenuRequested.connect(self._show_menu)
        self.tabBarDoubleClicked.connect(self._rename_at)
        self.adder = QToolButton(self)
        self.adder.setToolTip("Add a graph to the project")
        self.adder.setAccessibleName("Add a graph")
        self.adder.setAutoRaise(True)
        self.adder.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.adder.setMenu(QMenu(self.adder))
        for kind in KINDS:
            self.adder.menu().addAction(f"New {kind} graph".replace("network graph", "network")).triggered.connect(
                lambda _=False, kind=kind: self.add_wanted.emit(kind)
            )
        self.setCornerWidget(self.adder, Qt.Corner.TopRightCorner)
        self._fill()
        self._paint()
        self.currentChanged.connect(self._turned)
        self._show_places()
        self._unsubscribe = document.subscribe(self._changed)

    @property
    def name(self) -> str:
        """The graph that is shown, "" for none."""
        page = self.currentWidget()
        return page.name if isinstance(page, Page) else ""

    @property
    def canvas(self) -> Canvas | None:
        """The canvas that is shown."""
        page = self.currentWidget()
        return page.canvas if isinstance(page, Page) else None

    def canvas_of(self, name: str) -> Canvas | None:
        """A graph's canvas, shown or not; None where there is no such graph."""
        return next((page.canvas for page in self._pages() if page.name == name), None)

    def has(self, name: str) -> bool:
        """Whether there is a graph of this name."""
        return any(page.name == name for page in self._pages())

    def show_graph(self, name: str) -> Canvas | None:
        """Brings a graph to the front and gives its canvas; None where there is no such graph."""
        for at in range(self.count()):
            if self._page(at).name == name:
                self.setCurrentIndex(at)
                return self._page(at).canvas
        return None

    def show_node(self, graph: str, node: str) -> None:
        """Brings a node or a frame into view and selects it; with node "" the graph alone."""
        canvas, held = self.show_graph(graph), self._document.project.graphs.get(graph)
        if canvas is not None and held is not None and (node in held.nodes or node in held.frames):
            canvas.select([node])
            canvas.center_on(node)
            canvas.setFocus()

    def show_changed(self, change: Change) -> None:
        """Shows the graph that was changed: an undo that nobody sees is no undo."""
        touched = {edit.graph for edit in change.edits if edit.graph}
        touched |= {str(edit.key) for edit in change.edits if edit.kind == "graph" and edit.before and edit.after}
        if touched and self.name not in touched:
            self.show_graph(min(touched))

    def enter(self, name: str, node: str = "") -> None:
        """Shows the inside of a network; with the node that places it here, there is a way back."""
        trail = [*self._trail, (self.name, node)] if node else []
        if self.show_graph(name) is not None:
            self._trail = trail
            self._show_places()
            self._show_focus()

    def leave(self) -> None:
        """Back to the placement through which one came, else to the first place of the shown network."""
        if self._trail:
            self.go(*self._trail[-1])
        elif self.places:
            self.go(*self.places[0])

    def go(self, graph: str, node: str) -> None:
        """Shows a placement; the way that led there stays."""
        place = (graph, node)
        trail = self._trail[: self._trail.index(place)] if place in self._trail else []
        canvas = self.show_graph(graph)
        if canvas is not None and node in self._document.project.graphs[graph].nodes:
            canvas.select([node])
            canvas.reveal(node)  # where one left it, it stays
            canvas.setFocus()
        self._trail = trail
        self._show_places()

    def show_reports(self, reports: dict[str, GraphReport], names: list[str]) -> None:
        """Passes reports on to the canvases that are there; others get theirs when they are made."""
        self._reports = reports
        for at in range(self.count()):
            page = self._page(at)
            if page.name in names:
                self._mark(at)
                if page.made is not None:
                    page.made.show_report(reports.get(page.name))
                    self._show_trained(page.name, page.made)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        self._paint()
        for at in range(self.count()):
            self._page(at).bar.set_icons(icons)
            if (boundaries := self._page(at).boundaries) is not None:
                boundaries.set_icons(icons)
            if (canvas := self._page(at).made) is not None:
                canvas.set_theme(theme)

    def set_quiet(self, quiet: bool) -> None:
        """Whether the shown graph is marked as that of another view than the one with the keyboard."""
        if self.tabBar().property("quiet") != quiet:
            self.tabBar().setProperty("quiet", quiet)
            self.tabBar().style().polish(self.tabBar())
            self.tabBar().update()

    def set_ends_open(self, opened: bool) -> None:
        """Whether the inputs and outputs of networks are listed at the edges of their canvases."""
        self._ends_open = opened
        for page in self._pages():
            if page.boundaries is not None:
                page.boundaries.set_open(opened)

    def edit_ends(self) -> None:
        """Takes the keyboard to the inputs of the shown network, and from there to its outputs."""
        page = self.currentWidget()
        if isinstance(page, Page) and page.boundaries is not None:
            if not self._ends_open:
                self.ends_folded.emit(False)
            page.boundaries.focus()

    def set_keys(self, keys: CanvasKeys) -> None:
        """What keys do on the canvases from now on."""
        self._keys = keys
        for at in range(self.count()):
            if (canvas := self._page(at).made) is not None:
                canvas.keys = keys

    def set_snapping(self, snapping: Snapping) -> None:
        """What dragging on the canvases snaps to from now on."""
        self._snapping = snapping
        for at in range(self.count()):
            if (canvas := self._page(at).made) is not None:
                canvas.graph_scene.snapping = snapping

    def set_options(self, options: Options) -> None:
        """How the canvases show their graphs from now on."""
        self._options = options
        for at in range(self.count()):
            if (canvas := self._page(at).made) is not None:
                canvas.show_options(options)

    def show_held(self, held: Held) -> None:
        """What a run holds weights for."""
        self._held = held
        for at in range(self.count()):
            page = self._page(at)
            if page.made is not None:
                self._show_trained(page.name, page.made)

    def _show_trained(self, name: str, canvas: Canvas) -> None:
        graph, report = self._document.project.graphs.get(name), self._reports.get(name)
        if self._held is not None and graph is not None and report is not None:
            canvas.show_trained(self._held.fitting(name, graph, report.nodes), self._held.run)

    def set_editable(self, editable: bool) -> None:
        """Whether graphs can be added, or only looked at."""
        self.adder.setEnabled(editable)

    def close_views(self) -> None:
        """Lets go of the document."""
        self._unsubscribe()
        for at in range(self.count()):
            self._page(at).close_canvas()

    def _pages(self) -> list[Page]:
        return [self._page(at) for at in range(self.count())]

    def _page(self, at: int) -> Page:
        page = self.widget(at)
        assert isinstance(page, Page)
        return page

    def _make_canvas(self, name: str) -> Canvas:
        canvas = Canvas(self._document, name, self._catalogue, self._theme)
        canvas.setAccessibleName(f"Canvas of {name}")
        canvas.keys = self._keys
        canvas.graph_scene.snapping = self._snapping
        canvas.show_options(self._options)
        canvas.selection_changed.connect(partial(self._pass_selection, canvas))
        canvas.search_wanted.connect(self.search_wanted)
        canvas.link_wanted.connect(self.link_wanted)
        canvas.repair_chosen.connect(self._chosen)
        canvas.status.connect(self.status)
        canvas.open_graph_wanted.connect(self.enter)
        canvas.menu_wanted.connect(self.menu_wanted)
        if (report := self._reports.get(name)) is not None:
            canvas.show_report(report)
            self._show_trained(name, canvas)
        return canvas

    def _make_boundaries(self, page: Page, canvas: Canvas) -> Boundaries | None:
        """The lists of a network's inputs and outputs over its canvas; other graphs have none."""
        name = page.name
        graph = self._document.project.graphs.get(name)
        if graph is None or graph.kind != "network":
            return None
        made = Boundaries(self._document, name, self._catalogue, canvas, page)
        made.set_icons(self._icons)
        made.set_open(self._ends_open)
        canvas.cover_top(made.covers())
        made.chosen.connect(partial(self._show_end, canvas))
        made.status.connect(self.status)
        made.folded.connect(self.ends_folded)
        return made

    @staticmethod
    def _show_end(canvas: Canvas, node: str) -> None:
        canvas.select([node])
        canvas.reveal(node)

    def _pass_selection(self, canvas: Canvas, nodes: list[str]) -> None:
        page = self.currentWidget()
        if isinstance(page, Page) and page.made is canvas:
            self.selection_changed.emit(nodes)

    def _rename_at(self, at: int) -> None:
        if at >= 0:
            self.rename_wanted.emit(self._page(at).name)

    def _chosen(self, repair: Repair) -> None:
        self.repair_chosen.emit(repair)

    def _turned(self) -> None:
        self._trail = []
        self._show_current()

    def _show_focus(self) -> None:
        if (canvas := self.canvas) is not None:
            canvas.setFocus()

    def _show_places(self) -> None:
        """The line above a network; one that only steps and previews use needs none until one comes from there."""
        page, graphs = self.currentWidget(), self._document.project.graphs
        self.places = []
        if not isinstance(page, Page) or page.name not in graphs:
            return
        if graphs[page.name].kind == "network":
            self.places = places(self._document.project, page.name, self._parts)
        self._trail = [(graph, node) for graph, node in self._trail if graph in graphs and node in graphs[graph].nodes]
        nested = self._trail or any(graphs[graph].kind == "network" for graph, _ in self.places)
        page.bar.show_places(page.name, self._trail, self.places if nested else ())

    def _show_current(self) -> None:
        self._show_places()
        canvas = self.canvas
        self.graph_changed.emit(self.name)
        self.selection_changed.emit(canvas.selected() if canvas is not None else [])

    def _fill(self) -> None:
        """Makes the pages agree with the project's graphs; those that stay keep their canvas."""
        wanted = graph_order(self._document.project)
        for at in reversed(range(self.count())):
            page = self._page(at)
            if page.name not in wanted:
                self.removeTab(at)
                page.close_canvas()
                page.deleteLater()
        held = {self._page(at).name for at in range(self.count())}
        for at, name in enumerate(wanted):
            if name not in held:
                page = Page(name, self._make_canvas, self._make_boundaries)
                page.bar.set_icons(self._icons)
                page.bar.went.connect(self.go)
                self.insertTab(at, page, name.replace("&", "&&"))

    def _changed(self, change: Change) -> None:
        """A graph was made, removed or renamed; a renamed one is shown again under its new name."""
        edits = [edit for edit in change.edits if edit.kind == "graph"]
        if not edits:
            names = _renamed_nodes(change) if self._trail else {}
            self._trail = [names.get(place, place) for place in self._trail]
            if any(self._places(edit) for edit in change.edits):
                self._show_places()
            return
        replaced = {edit.key for edit in edits if _is_other(edit)}
        gone = {edit.key for edit in edits if edit.after is None}
        renamed = _renamed(edits)
        made = [str(edit.key) for edit in edits if edit.before is None and edit.key not in renamed.values()]
        self._trail = [(renamed.get(graph, graph), node) for graph, node in self._trail]
        trail = self._trail
        seen = {renamed[page.name]: page.made.outlook() for page in self._pages() if page.name in renamed and page.made}
        shown, was = self.name, self.blockSignals(True)
        for at in reversed(range(self.count())):
            page = self._page(at)
            if page.name in replaced or page.name in gone:
                self.removeTab(at)
                page.close_canvas()
                page.deleteLater()
        self._fill()
        self._paint()
        self.blockSignals(was)
        inside = any(edit.graph == shown for edit in change.edits)  # grouped there: the person goes on there
        stays = renamed.get(shown, shown)
        self.show_graph(made[-1] if made and not inside else stays)
        for name, outlook in seen.items():  # under its new name it is what it was
            if (canvas := self.canvas_of(name)) is not None:
                canvas.restore_outlook(outlook)
        if self.name == stays:
            self._trail = trail
        self._show_current()

    def _places(self, edit: Edit) -> bool:
        """Whether a placement may have come, gone or changed."""
        return any(isinstance(end, Node) and end.block in self._parts.placement for end in (edit.before, edit.after))

    def _paint(self) -> None:
        self.adder.setIcon(self._icons.icon("add"))
        for at in range(self.count()):
            self._mark(at)

    def _mark(self, at: int) -> None:
        """The icon of the graph's kind, in the colour of errors where it has some."""
        name = self._page(at).name
        graph = self._document.project.graphs.get(name)
        if graph is None:
            return
        report = self._reports.get(name)
        errors = len(report.errors) if report is not None else 0
        self.setTabIcon(at, self._icons.icon(graph.kind, "error" if errors else "text.muted"))
        self.setTabToolTip(at, tip(KIND_TEXT[graph.kind] + (f"\n{counted(errors, 'error')} in it" if errors else "")))

    def _show_menu(self, where: QPoint) -> None:
        at = self.tabBar().tabAt(where)
        if at < 0:
            return
        name = self._page(at).name
        menu = QMenu(self)
        menu.addAction(self._icons.icon("rename"), "Rename…").triggered.connect(lambda: self.rename_wanted.emit(name))
        menu.addAction(self._icons.icon("delete"), "Remove").triggered.connect(lambda: self.remove_wanted.emit(name))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.tabBar().mapToGlobal(where))
