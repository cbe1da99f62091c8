"""All about one open project: its canvases in the middle, the panels that look at it around them.

A main window within the main window, so that the panels come and go with the project and their layout is kept as one.
Panels never speak to each other: each tells the workbench, and the workbench tells the others.
"""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QMainWindow, QScrollArea, QTabWidget, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import dataset_params
from netbuilder.blocks.trust import Trust
from netbuilder.compiler.report import GraphReport, Repair
from netbuilder.data.place import Place
from netbuilder.data.project_data import asking
from netbuilder.graph.change import Change, Conflict
from netbuilder.graph.document import Document, Refused
from netbuilder.ui.beside import Views, keep_beside, restore_beside
from netbuilder.ui.code.view import CodeView
from netbuilder.ui.docks import DockRoom, DockTitles, LazyPanel
from netbuilder.ui.engine_bridge import EngineBridge
from netbuilder.ui.finding.bookmarks import Bookmarks
from netbuilder.ui.history.panel import HistoryPanel
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.panel import Inspector
from netbuilder.ui.palette.panel import OPEN, PalettePanel
from netbuilder.ui.palette.popup import SearchPopup
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.problems.panel import ProblemsPanel
from netbuilder.ui.tabs import GraphTabs
from netbuilder.ui.text import counted
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.training.run import Run
    from netbuilder.ui.data.panel import DataPanel
    from netbuilder.ui.runs.mine import OwnRuns
    from netbuilder.ui.runs.panel import RunsPanel
    from netbuilder.ui.runs.weights import HeldWeights

LAYOUT = "panels-2"  # raised when a new set of docks makes old layouts useless
ROOM = {
    "runs": (Qt.Orientation.Vertical, 330),
    "data": (Qt.Orientation.Vertical, 370),
}  # least width or height
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


def first_field(panel: QWidget) -> QWidget | None:
    """The first widget in a panel that the Tab key would stop at."""
    stops = (panel, *panel.findChildren(QWidget))
    usable = (one for one in stops if one.isVisible() and one.isEnabled() and not isinstance(one, QScrollArea))
    return next((one for one in usable if one.focusPolicy() & Qt.FocusPolicy.TabFocus), None)


class Workbench(QMainWindow):
    """`changed`: the document, the shown graph or the selection is another; `status`: a sentence to show."""

    changed = Signal()
    status = Signal(str)
    training_changed = Signal(bool)
    menu_wanted = Signal(QPoint, str)  # where on the screen, for what on the canvas
    import_wanted = Signal()  # a person's own data
    compare_wanted = Signal(object)  # the project with that of a Run
    graph_wanted = Signal(str, str)  # what to do with a graph ("add", "rename", "remove"), its kind or name

    def __init__(
        self,
        document: Document,
        path: Path | None,
        bridge: EngineBridge,
        catalogue: Catalogue,
        theme: Theme,
        icons: Icons,
        preferences: Preferences,
        trust: Trust,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.document, self.path = document, path
        self._catalogue, self._theme, self._icons, self._preferences = catalogue, theme, icons, preferences
        self._trust = trust
        self.bridge = bridge
        self.views = Views(lambda: GraphTabs(document, catalogue, self._theme, self._icons), icons)
        unfolded = preferences.unfolded
        self.palette_panel = PalettePanel(catalogue, theme, icons, OPEN if unfolded is None else unfolded)
        self.inspector = Inspector(document, catalogue, theme, icons, trust)
        self.problems = ProblemsPanel(theme, icons)
        self.code = CodeView(theme)
        self.history = HistoryPanel(document, theme, icons)
        self.bookmarks = Bookmarks(document)
        self.runs = LazyPanel(self._make_runs, "Opening the runs…")
        self.data = LazyPanel(self._make_data, "Opening the data…")
        self.setCentralWidget(self.views)
        self.docks = {
            "palette": self._dock("palette", "Blocks", self.palette_panel, LEFT),
            "inspector": self._dock("inspector", "Inspector", self.inspector, RIGHT),
            "code": self._dock("code", "Code", self.code, RIGHT),
            "history": self._dock("history", "History", self.history, RIGHT),
            "problems": self._dock("problems", "Problems", self.problems, BOTTOM),
            "data": self._dock("data", "Data", self.data, BOTTOM),
            "runs": self._dock("runs", "Runs", self.runs, BOTTOM),
        }
        self._arrange()
        self._shown = False
        self._default_layout = self.saveState()
        self._connect()
        self._unsubscribe = document.subscribe(self._document_changed)
        self._select(self.tabs.canvas.selected() if self.tabs.canvas is not None else [])
        self.show_refusal()

    # -- what the window asks for

    @property
    def tabs(self) -> GraphTabs:
        """The view of graphs that had the keyboard last."""
        return self.views.active

    @property
    def graph(self) -> str:
        """The name of the shown graph, "" for none."""
        return self.tabs.name

    @property
    def report(self) -> GraphReport | None:
        """What analysis found of the shown graph."""
        return self.bridge.reports.get(self.graph)

    def runs_panel(self) -> RunsPanel:
        """The runs panel, made now if need be."""
        return self.runs.panel()

    def data_panel(self) -> DataPanel:
        """The data panel, made now if need be."""
        return self.data.panel()

    def show_data(self, name: str = "") -> None:
        """Brings the data panel to the front, with this data set in it."""
        self.show_dock("data")
        if name:
            self.data_panel().show_dataset(name)

    @property
    def place(self) -> Place:
        """Where the paths of the project's data begin, and which of them may be read here."""
        return Place(self.path.parent if self.path is not None else None, self._trust)

    def ask_about_data(self) -> None:
        """Shows the data panel with its question where the project wants to read outside of its folder."""
        if asked := asking(self.document.project, self.place):
            name, path = next(iter(asked.items()))
            self.show_data(name)
            self.status.emit(f"“{name}” lies outside of the project's folder, at {path}: allow it in the data panel.")

    @cached_property
    def own_runs(self) -> OwnRuns:
        """The runs of this project."""
        from netbuilder.ui.runs.mine import OwnRuns  # the first paint does without its imports

        return OwnRuns(self.path, self.document)

    @cached_property
    def held_weights(self) -> HeldWeights:
        """Marks what the runs of this project hold weights for."""
        from netbuilder.ui.runs.weights import HeldWeights  # the first paint does without its imports

        found = HeldWeights(self.views, self.own_runs, self)
        found.changed.connect(self._show_signs)
        return found

    def look_for_runs(self) -> None:
        """Brings the runs panel to the front where a run of this project is still going on."""
        from netbuilder.training.run import ALIVE, RunError

        self.held_weights.look()
        for run in self.own_runs.find():
            try:
                alive = run.status().state in ALIVE
            except RunError:  # removed meanwhile
                continue
            if alive:
                self.show_run(run)
                self.status.emit(f"The run {run.path.name} is still going on.")
                return

    def show_run(self, run: Run) -> None:
        """Brings one run of the project to the front."""
        self.show_dock("runs")
        self.runs_panel().show_run(run)

    def show_dock(self, name: str) -> None:
        """Brings a panel to the front."""
        self.docks[name].show()
        self.docks[name].raise_()

    def focus_panel(self, name: str) -> None:
        """Takes the keyboard to a panel."""
        if (place := first_field(self.docks[name].widget())) is not None:
            place.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_next_panel(self) -> None:
        """Takes the keyboard from the canvas to the first panel that is in front, and on around."""
        seen = [dock.widget() for dock in self.docks.values() if not dock.visibleRegion().isEmpty()]
        panels: list[QWidget] = [*self.views.all, *seen]
        now = QApplication.focusWidget()
        at = next((n for n, panel in enumerate(panels) if now is not None and panel.isAncestorOf(now)), 0)
        for panel in (*panels[at + 1 :], *panels[: at + 1]):
            place = panel.canvas if isinstance(panel, GraphTabs) else first_field(panel)
            if place is not None:
                place.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def reset_docks(self) -> None:
        self.restoreState(self._default_layout)

    def search_block(self) -> None:
        """Opens the search in the middle of the canvas."""
        if (canvas := self.tabs.canvas) is not None:
            canvas.search_middle()

    def repair(self, repair: Repair) -> None:
        """Applies a repair, with room for what it inserts; one that was found for an older project may not fit any
        more."""
        change = repair.change
        for name in {edit.graph for edit in change.edits if edit.kind == "node"}:
            if (canvas := self.tabs.canvas_of(name)) is not None:
                change = canvas.settled(change)
        try:
            self.document.apply(change)
        except Refused as why:
            self.status.emit(str(why))
        except Conflict:
            self.status.emit(f"“{repair.label}” no longer fits: the project has changed since. Choose again.")

    def show_refusal(self) -> None:
        """Whether the project can be changed, or only looked at. Canvases ask the document themselves."""
        editable = not self.document.refusal
        self.inspector.set_editable(editable)
        self.views.set_editable(editable)
        if self.data.made is not None:
            self.data.made.set_editable(editable)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        self.code.set_theme(theme)
        for panel in (self.views, self.palette_panel, self.inspector, self.problems, self.history):
            panel.set_look(theme, icons)
        if self.runs.made is not None:
            self.runs.made.set_theme(theme)
        if self.data.made is not None:
            self.data.made.set_look(theme, icons)

    def set_path(self, path: Path) -> None:
        """The project lies in another file now; its runs are those of that file, and those that were started here."""
        if path != self.path:
            self.path = self.own_runs.path = path
            if self.runs.made is not None:
                self.runs.made.set_project(path, self.document, self.own_runs)
            if self.data.made is not None:
                self.data.made.set_path(path)

    def close_views(self) -> None:
        """Keeps the layout and lets go of the document. Runs go on."""
        if self._shown:
            self._preferences.set_layout(LAYOUT, self.saveState())
        for dialog in self.findChildren(QDialog):  # with it goes the job that it runs
            dialog.close()
        self._unsubscribe()
        self.bridge.reported.disconnect(self._reported)
        self.bridge.coded.disconnect(self._coded)
        self.bridge.failed.disconnect(self.status.emit)
        if self.runs.made is not None:
            self.runs.made.stop_polling()
        if self.data.made is not None:
            self.data.made.close_view()
        self.inspector.close_view()
        keep_beside(self._preferences, self.path, self.views)
        self.views.close_views()

    # -- inside

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes hold only from now on: before it the docks have no room to share out."""
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            self._share_room()
            self._default_layout = self.saveState()
            self._room.begin(shared=self.restoreState(self._preferences.layout(LAYOUT)))
            restore_beside(self._preferences, self.path, self.views)

    def _share_room(self) -> None:
        self.resizeDocks([self.docks["palette"], self.docks["inspector"]], [224, 340], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["problems"]], [150], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        if panel is not self.code:
            panel.setProperty("panel", True)
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        dock.setWidget(panel)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.addDockWidget(area, dock)
        return dock

    def _arrange(self) -> None:
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        self.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        self.tabifyDockWidget(self.docks["inspector"], self.docks["code"])
        self.tabifyDockWidget(self.docks["code"], self.docks["history"])
        self.tabifyDockWidget(self.docks["problems"], self.docks["data"])
        self.tabifyDockWidget(self.docks["data"], self.docks["runs"])
        self.docks["inspector"].raise_()
        self.docks["problems"].raise_()
        self._titles = DockTitles(self, list(self.docks.values()))
        self.docks["runs"].visibilityChanged.connect(self.runs.set_seen)
        self.docks["data"].visibilityChanged.connect(self.data.set_seen)
        self.docks["code"].visibilityChanged.connect(self.code.set_seen)
        self._room = DockRoom(self, self.docks, ROOM)

    def _connect(self) -> None:
        views = self.views
        views.graph_changed.connect(self._show_graph)
        views.selection_changed.connect(self._select)
        views.search_wanted.connect(self._search)
        views.repair_chosen.connect(self.repair)
        views.status.connect(self.status)
        views.set_ends_open(self._preferences.ends_open)
        views.ends_folded.connect(self._keep_ends)
        views.menu_wanted.connect(self.menu_wanted)
        views.add_wanted.connect(lambda kind: self.graph_wanted.emit("add", kind))
        views.rename_wanted.connect(lambda name: self.graph_wanted.emit("rename", name))
        views.remove_wanted.connect(lambda name: self.graph_wanted.emit("remove", name))
        self.palette_panel.chosen.connect(lambda name: self._add(name, None))
        self.palette_panel.unfolded.connect(self._keep_unfolded)
        self.problems.visited.connect(self._show_node)
        self.problems.repair_chosen.connect(self.repair)
        self.problems.counted.connect(self._count)
        self.code.node_clicked.connect(self._show_node)
        self.inspector.trust_changed.connect(self.bridge.look_again)
        self.inspector.status.connect(self.status)
        self.inspector.network_asked.connect(self._about_network)
        self.inspector.renamed.connect(self._renamed)
        self.inspector.settings.scope.runs = self._run_folders
        self.bridge.reported.connect(self._reported)
        self.bridge.coded.connect(self._coded)
        self.bridge.failed.connect(self.status.emit)
        self._show_graph(self.graph)

    def _keep_ends(self, folded: bool) -> None:
        self._preferences.ends_open = not folded
        self.views.set_ends_open(not folded)

    def _keep_unfolded(self, categories: list[str]) -> None:
        self._preferences.unfolded = categories

    def placed_network(self) -> str:
        """The network that the one selected node places, "" for none."""
        canvas = self.tabs.canvas
        found = canvas.placements() if canvas is not None else []
        return str(self.document.project.graphs[self.graph].nodes[found[0]].params["network"]) if found else ""

    def _about_network(self, what: str, name: str) -> None:
        if what == "look":
            self.show_data(name)
        elif what == "open":
            selected = self.tabs.canvas.placements() if self.tabs.canvas is not None else []
            self.tabs.enter(name, selected[0] if selected else "")
        else:
            self.graph_wanted.emit(what, name)

    def _show_node(self, graph: str, node: str) -> None:
        self.tabs.show_node(graph, node)

    def _renamed(self, graph: str, node: str) -> None:
        """A node that got another name stays selected."""
        if (canvas := self.tabs.canvas_of(graph)) is not None:
            canvas.select([node])

    def _run_folders(self) -> list[tuple[str, str]]:
        """The project's runs that have weights, newest first."""
        return [(str(run.path), run.path.name) for run in self.own_runs.find() if run.checkpoints()]

    def _show_graph(self, name: str) -> None:
        graph = self.document.project.graphs.get(name)
        if graph is not None:
            self.palette_panel.show_kind(graph.kind)
        self.changed.emit()

    def _select(self, nodes: list[str]) -> None:
        self.inspector.show_selection(self.graph, nodes)
        self.code.show_selection(self.graph, nodes)
        self._show_signs()
        self.changed.emit()

    def _search(self, where: QPointF, on_screen: QPoint) -> None:
        graph, canvas = self.document.project.graphs.get(self.graph), self.tabs.canvas
        if graph is not None and canvas is not None:
            popup = SearchPopup(self._catalogue, graph.kind, self._theme, self._icons, self, canvas.asked)
            popup.chosen.connect(lambda name: self._add(name, where))
            popup.closed.connect(canvas.search_over)
            popup.open_at(on_screen)

    def search_replacement(self) -> None:
        """Asks which block shall stand for the selected ones."""
        graph, canvas = self.document.project.graphs.get(self.graph), self.tabs.canvas
        if graph is not None and canvas is not None and (asked := canvas.replacing()) is not None:
            popup = SearchPopup(self._catalogue, graph.kind, self._theme, self._icons, self, asked)
            popup.chosen.connect(canvas.replace_by)
            popup.chosen.connect(canvas.setFocus)
            popup.open_at(canvas.viewport().mapToGlobal(canvas.corner_of(asked.ids[0])))

    def _add(self, name: str, where: QPointF | None) -> None:
        if (canvas := self.tabs.canvas) is not None:
            canvas.add_block(name, where)
            canvas.setFocus()

    def _document_changed(self, change: Change) -> None:
        self.bookmarks.follow(change)
        self.changed.emit()

    def _reported(self, names: list[str]) -> None:
        reports = self.bridge.reports
        self.views.show_reports(reports, names)
        trains = any(graph.kind == "training" for graph in self.document.project.graphs.values())
        self.problems.show_reports(reports, trains)
        self.inspector.show_reports(reports)
        self._show_signs()
        self.changed.emit()

    def _coded(self) -> None:
        if (code := self.bridge.code) is not None:
            self.code.show_code(code.text, code.spans, code.made)

    def _show_signs(self) -> None:
        canvas = self.tabs.canvas
        self.inspector.show_signs(canvas.sign_words() if canvas is not None else [])

    def _count(self, errors: int, warnings: int, hints: int) -> None:
        total = errors + warnings + hints
        self.docks["problems"].setWindowTitle(f"Problems ({total})" if total else "Problems")
        self.docks["problems"].setToolTip(
            ", ".join(counted(n, what) for n, what in ((errors, "error"), (warnings, "warning"), (hints, "hint")) if n)
        )

    def _make_data(self) -> DataPanel:
        from netbuilder.ui.data.panel import DataPanel  # the first paint does without its imports
        from netbuilder.ui.data.placing import place_data

        params = dataset_params(self._catalogue)
        panel = DataPanel(self.document, self.path, params, self._theme, self._icons, self._trust)
        panel.set_editable(not self.document.refusal)
        panel.status.connect(self.status)
        panel.import_wanted.connect(self.import_wanted)
        panel.place_wanted.connect(partial(place_data, self))
        return panel

    def _make_runs(self) -> RunsPanel:
        from netbuilder.ui.runs.panel import RunsPanel  # pyqtgraph takes 0.4 s to import

        panel = RunsPanel(self._theme)
        panel.status.connect(self.status)
        panel.running_changed.connect(self.training_changed)
        panel.running_changed.connect(self.held_weights.follow)
        panel.compare_wanted.connect(self.compare_wanted)
        panel.set_project(self.path, self.document, self.own_runs)
        return panel
