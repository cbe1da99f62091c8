"""The window's menu bar: the actions' table, with recent files and panels where they belong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from netbuilder.ui.action_set import Actions
from netbuilder.ui.preferences import Preferences


class Menus:
    """`open` opens a recent file; `views()` gives what shows and hides panels."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        preferences: Preferences,
        open: Callable[[Path], object],
        views: Callable[[], list[QAction]],
    ) -> None:
        self._preferences, self._open, self._views = preferences, open, views
        self.recent, self.panels = QMenu(window), QMenu(window)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.panels.aboutToShow.connect(self._fill_panels)
        actions.fill(window.menuBar(), self.recent, self.panels)
        for action in actions.by_id.values():
            if action not in window.actions():
                window.addAction(action)  # shortcuts hold while a menu bar is native or hidden too

    def _fill_recent(self) -> None:
        self.recent.clear()
        recent = self._preferences.recent
        for path in recent:
            action = self.recent.addAction(str(path).replace("&", "&&"))
            action.triggered.connect(lambda _=False, path=path: self._open(path))
        if not recent:
            self.recent.addAction("None yet").setEnabled(False)

    def _fill_panels(self) -> None:
        self.panels.clear()
        self.panels.addActions(self._views())
