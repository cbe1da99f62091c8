"""What stands in docks besides panels: titles, and room for panels that are made late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from netbuilder.ui.text import label

Panel = TypeVar("Panel", bound=QWidget)


class LazyPanel(QWidget, Generic[Panel]):
    """Room for a panel that is made when it is first shown or asked for: its imports are slow."""

    def __init__(self, make: Callable[[], Panel], waiting: str) -> None:
        super().__init__()
        self._make = make
        self.made: Panel | None = None
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._waiting = label(waiting, look="muted")
        self._waiting.setContentsMargins(16, 12, 16, 12)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._room.addWidget(self._waiting)

    def panel(self) -> Panel:
        if self.made is None:
            self._waiting.hide()
            self.made = self._make()
            self._room.addWidget(self.made)
        return self.made

    def set_seen(self, seen: bool) -> None:
        """Its dock is in front now, or will be: makes the panel when the dock itself is painted."""
        if seen:
            QTimer.singleShot(0, self, self._make_if_seen)

    def _make_if_seen(self) -> None:
        """Qt puts docks behind others by moving them out of the window: they count as visible all the same."""
        if self.made is None and not self.visibleRegion().isEmpty():
            self.panel()


class TitleBar(QWidget):
    """The name of a dock that stands alone; it is dragged by it."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setProperty("panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip("Drag to move this panel")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 3)
        self.name = label(dock.windowTitle(), look="strong")
        dock.windowTitleChanged.connect(self.name.setText)
        layout.addWidget(self.name)


class DockTitles(QObject):
    """Keeps the docks' titles right: one among others has its name on a tab, so a title would say it twice; a floating
    one has a frame."""

    def __init__(self, window: QMainWindow, docks: Sequence[QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._all)
        self._all()
        for dock in docks:
            for signal in (dock.topLevelChanged, dock.dockLocationChanged, dock.visibilityChanged):
                signal.connect(self._later)

    def _later(self) -> None:
        """Once for all the signals of one move of a dock, when Qt has settled it."""
        if not self._due.isActive():
            self._due.start(0)

    def _all(self) -> None:
        for dock in self._docks:
            self._title(dock)

    def _title(self, dock: QDockWidget) -> None:
        form = "frame" if dock.isFloating() else "tab" if self._window.tabifiedDockWidgets(dock) else "title"
        if dock.property("form") == form:
            return
        dock.setProperty("form", form)
        held = dock.titleBarWidget()
        if form == "title":
            dock.setTitleBarWidget(TitleBar(dock))
        else:
            dock.setTitleBarWidget(QWidget(dock) if form == "tab" else None)  # type: ignore[arg-type]
        if held is not None:
            held.deleteLater()


def behind(widget: QWidget | None) -> bool:
    """Whether it lies in a dock that another one hides: Qt moves those out of the window, and the Tab key would go
    there."""
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = None if widget.isWindow() else widget.parentWidget()
    return widget is not None and widget.visibleRegion().isEmpty()


class DockRoom(QObject):
    """The first time that a panel which needs room comes to the front, it gets some.

    `least`: the least width or height of those that need it, by name. Nothing is given before `begin`.
    """

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, QDockWidget],
        least: Mapping[str, tuple[Qt.Orientation, int]],
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._least = window, docks, least
        self._waiting: set[str] = set()
        for name in least:
            docks[name].visibilityChanged.connect(partial(self._later, name))

    def begin(self, *, shared: bool) -> None:
        """The window is shown; `shared`: the person has shared its room out already."""
        self._waiting = set() if shared else set(self._least)

    def _later(self, name: str, seen: bool) -> None:
        if seen:
            QTimer.singleShot(0, self, partial(self._give, name))

    def _give(self, name: str) -> None:
        dock, (way, least) = self._docks[name], self._least[name]
        if name not in self._waiting or dock.isFloating() or dock.visibleRegion().isEmpty():
            return
        self._waiting.discard(name)
        held = dock.width() if way == Qt.Orientation.Horizontal else dock.height()
        if held < least:
            self._window.resizeDocks([dock], [least], way)
