"""Which nodes of the open project a run holds weights for, told to its canvases."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.training.held import Held, held
from netbuilder.training.run import RunError
from netbuilder.ui.beside import Views
from netbuilder.ui.runs.mine import OwnRuns

_EVERY = 3000  # milliseconds between two looks while a run trains: its first checkpoint may come at any time


class HeldWeights(QObject):
    """`changed` comes after canvases were told something new."""

    changed = Signal()

    def __init__(self, views: Views, own: OwnRuns, parent: QObject) -> None:
        super().__init__(parent)
        self._views, self._own = views, own
        self._seen: Path | None = None  # the checkpoint that canvases were told of
        self._again = QTimer(self)
        self._again.setInterval(_EVERY)
        self._again.timeout.connect(self.look)

    def follow(self, training: bool) -> None:
        """Looks now, and while a run trains again and again."""
        self.look()
        if training:
            self._again.start()
        else:
            self._again.stop()

    def look(self) -> None:
        """Marks what the newest run with readable weights holds; nothing where there is none."""
        for run in self._own.find():
            try:
                newest = run.checkpoint().path
                if newest == self._seen:
                    return
                found = held(run)
            except RunError:  # no checkpoint yet, or a damaged one: the runs panel says so
                continue
            self._tell(newest, found)
            return
        if self._seen is not None:
            self._tell(None, Held())

    def _tell(self, checkpoint: Path | None, found: Held) -> None:
        self._seen = checkpoint
        self._views.show_held(found)
        self.changed.emit()
