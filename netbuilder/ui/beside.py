"""One or two views of a project's graphs, side by side. What has the keyboard decides what the panels are about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QToolButton, QWidget

from netbuilder.compiler.report import GraphReport
from netbuilder.graph.change import Change
from netbuilder.ui.canvas.options import Options
from netbuilder.ui.canvas.snapping import Snapping
from netbuilder.ui.icons import Icons
from netbuilder.ui.keymap import CanvasKeys
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.tabs import GraphTabs
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.training.held import Held

LAYOUT = "beside"


class Views(QSplitter):
    """`active` is the view that had the keyboard last. Signals are those of a view; what is shown and selected is told
    of the active one alone, and again when another becomes active."""

    graph_changed = Signal(str)
    selection_changed = Signal(list)
    search_wanted = Signal(QPointF, QPoint)
    link_wanted = Signal(str)
    repair_chosen = Signal(object)
    status = Signal(str)
    rename_wanted = Signal(str)
    remove_wanted = Signal(str)
    add_wanted = Signal(str)
    menu_wanted = Signal(QPoint, str)
    ends_folded = Signal(bool)

    def __init__(self, make: Callable[[], GraphTabs], icons: Icons) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._make, self._icons = make, icons
        self.setHandleWidth(3)
        self.setChildrenCollapsible(False)
        self.main = self.active = self._view()
        self.beside: GraphTabs | None = None
        self.closer = QToolButton()
        self._reports: dict[str, GraphReport] = {}
        self._said: dict[str, object] = {}  # what every view was told last, by the method that tells it
        self._app = QApplication.instance()
        if isinstance(self._app, QApplication):
            self._app.focusChanged.connect(self._focused)

    @property
    def all(self) -> list[GraphTabs]:
        """The views that there are, from left to right."""
        return [self.main] if self.beside is None else [self.main, self.beside]

    def open_beside(self, graph: str) -> None:
        """Shows this graph in a second view beside the first; in the one that is there, if it is open already."""
        if self.beside is None:
            self.beside = self._view()
            self._add_closer(self.beside)
            self.beside.show_reports(self._reports, list(self._reports))
            for method, value in self._said.items():
                getattr(self.beside, method)(value)
            self.beside.show()  # a splitter would do it later, and what is hidden gets no focus
            self.setSizes([self.width() // 2, self.width() // 2])
        self.beside.show_graph(graph)
        self.activate(self.beside)
        if (canvas := self.beside.canvas) is not None:
            canvas.setFocus()

    def close_beside(self) -> None:
        """One view again: the first."""
        if self.beside is None:
            return
        gone, self.beside = self.beside, None
        self.activate(self.main)
        gone.close_views()
        gone.hide()
        gone.setParent(None)
        gone.deleteLater()
        if (canvas := self.main.canvas) is not None:
            canvas.setFocus()

    def show_changed(self, change: Change) -> None:
        """Shows the graph that was changed, unless a view shows it."""
        touched = {edit.graph for edit in change.edits if edit.graph}
        if not touched & {view.name for view in self.all}:
            self.active.show_changed(change)

    def show_reports(self, reports: dict[str, GraphReport], names: list[str]) -> None:
        self._reports = reports
        for view in self.all:
            view.show_reports(reports, names)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._icons = icons
        if self.beside is not None:
            self.closer.setIcon(icons.icon("close"))
        for view in self.all:
            view.set_look(theme, icons)

    def set_keys(self, keys: CanvasKeys) -> None:
        self._tell_all("set_keys", keys)

    def set_snapping(self, snapping: Snapping) -> None:
        self._tell_all("set_snapping", snapping)

    def set_ends_open(self, opened: bool) -> None:
        self._tell_all("set_ends_open", opened)

    def set_options(self, options: Options) -> None:
        self._tell_all("set_options", options)

    def show_held(self, held: Held) -> None:
        self._tell_all("show_held", held)

    def set_editable(self, editable: bool) -> None:
        self._tell_all("set_editable", editable)

    def close_views(self) -> None:
        """Lets go of the document."""
        if isinstance(self._app, QApplication):
            self._app.focusChanged.disconnect(self._focused)
        for view in self.all:
            view.close_views()

    # -- inside

    def _tell_all(self, method: str, value: object) -> None:
        self._said[method] = value
        for view in self.all:
            getattr(view, method)(value)

    def _view(self) -> GraphTabs:
        view = self._make()
        view.graph_changed.connect(lambda name: self._tell_of(view, self.graph_changed, name))
        view.selection_changed.connect(lambda nodes: self._tell_of(view, self.selection_changed, nodes))
        for name in ("search", "link", "menu", "rename", "remove", "add"):
            getattr(view, f"{name}_wanted").connect(getattr(self, f"{name}_wanted"))
        view.repair_chosen.connect(self.repair_chosen)
        view.status.connect(self.status)
        view.ends_folded.connect(self.ends_folded)
        self.addWidget(view)
        return view

    def _tell_of(self, view: GraphTabs, signal, value) -> None:
        if view is self.active:
            signal.emit(value)

    def _add_closer(self, view: GraphTabs) -> None:
        """A button at the end of the second view's tabs that closes it."""
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(view.adder)
        self.closer = QToolButton()
        self.closer.setAutoRaise(True)
        self.closer.setIcon(self._icons.icon("close"))
        self.closer.setToolTip("Close this view")
        self.closer.setAccessibleName("Close this view")
        self.closer.clicked.connect(self.close_beside)
        row.addWidget(self.closer)
        view.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        view.adder.show()
        corner.show()

    def _focused(self, _: QWidget | None, now: QWidget | None) -> None:
        found = next((view for view in self.all if now is not None and (view is now or view.isAncestorOf(now))), None)
        if found is not None and found is not self.active:
            self.activate(found)

    def activate(self, view: GraphTabs) -> None:
        """Panels are about this view from now on."""
        changed, self.active = view is not self.active, view
        for one in self.all:
            one.set_quiet(one is not view)
        if changed:
            self.graph_changed.emit(view.name)
            self.selection_changed.emit(view.canvas.selected() if view.canvas is not None else [])


def keep_beside(preferences: Preferences, path: Path | None, views: Views) -> None:
    """Remembers the second view of a project that lies in a file, and how the room is shared."""
    if path is not None:
        preferences.set_beside(path, views.beside.name if views.beside is not None else "")
    if views.beside is not None:
        preferences.set_layout(LAYOUT, views.saveState())


def restore_beside(preferences: Preferences, path: Path | None, views: Views) -> None:
    """Opens the second view again that a project had when it was closed."""
    graph = preferences.beside(path) if path is not None else ""
    if graph and views.main.has(graph):
        views.open_beside(graph)
        views.restoreState(preferences.layout(LAYOUT))
        if (canvas := views.main.canvas) is not None:
            canvas.setFocus()
        views.activate(views.main)
