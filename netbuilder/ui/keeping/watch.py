"""Notices that another program has touched the open project's file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

SETTLE_MS = 250  # others write in several steps


class FileWatch(QObject):
    """`touched`: something happened to the file, or the person came back to the window. What that means is for others
    to find out: a file may be touched and still hold the same.

    The folder is watched too, because many programs put a new file in the old one's place.
    """

    touched = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._later)
        self._watcher.directoryChanged.connect(self._later)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._look)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._came_back)

    def watch(self, path: Path | None) -> None:
        """Watches this file from now on, None: none."""
        path = path.absolute() if path is not None else None
        if path == self._path:
            self._watch_again()
            return
        if held := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(held)
        self._timer.stop()
        self._path = path
        self._watch_again()

    def _watch_again(self) -> None:
        """A file that was replaced is another one, and is no longer watched."""
        path = self._path
        if path is None:
            return
        if str(path) not in self._watcher.files() and path.exists():
            self._watcher.addPath(str(path))
        if str(path.parent) not in self._watcher.directories() and path.parent.exists():
            self._watcher.addPath(str(path.parent))

    def _later(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        self._watch_again()
        self.touched.emit()

    def _came_back(self, state: Qt.ApplicationState) -> None:
        if self._path is not None and state == Qt.ApplicationState.ApplicationActive:
            self._look()
