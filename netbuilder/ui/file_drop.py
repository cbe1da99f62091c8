"""Project files and data that are dropped onto the window from the desktop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from netbuilder.ui.dialogs import SUFFIX


class FileDrops(QObject):
    """`open(path)` is called with a project file that a person drops anywhere onto the window, `bring(path)` with any
    other file or folder: data. `say(sentence)` where several are dropped at once."""

    def __init__(
        self,
        window: QWidget,
        open: Callable[[Path], object],
        bring: Callable[[Path], object],
        say: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._open, self._bring, self._say = open, bring, say
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(event, QDropEvent):
            return False
        path, several = dropped(event.mimeData()), len(event.mimeData().urls()) > 1
        if path is None and not several:
            return False
        event.acceptProposedAction()
        if path is None:
            self._say("Drop one file, or the folder that holds them all.")
        elif event.type() == QEvent.Type.Drop:  # a question may come up: the desktop must not wait for its answer
            take = self._open if path.suffix == SUFFIX and not path.is_dir() else self._bring
            QTimer.singleShot(0, self, lambda: take(path))
        return True


def dropped(data: QMimeData) -> Path | None:
    """The one file or folder that is carried, None for anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())
