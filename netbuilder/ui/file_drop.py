"""Project files that are dropped onto the window from the desktop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from netbuilder.ui.dialogs import SUFFIX


class FileDrops(QObject):
    """`open(path)` is called with a project file that a person drops anywhere onto the window."""

    def __init__(self, window: QWidget, open: Callable[[Path], None]) -> None:
        super().__init__(window)
        self._open = open
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(event, QDropEvent):
            return False
        path = dropped(event.mimeData())
        if path is None:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:  # a question may come up: the desktop must not wait for its answer
            QTimer.singleShot(0, self, lambda: self._open(path))
        return True


def dropped(data: QMimeData) -> Path | None:
    """The one project file that is carried, None for anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix == SUFFIX else None
