"""A look at every value of a data set, in a job: its progress as a bar, which is there only while it goes on."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from netbuilder.data.facts import SOURCES
from netbuilder.graph.model import Dataset
from netbuilder.graph.plain import dataset_from_plain, dataset_to_plain
from netbuilder.ui.data.asking import Asking
from netbuilder.ui.data.samples import Where
from netbuilder.ui.text import label


class Scanned(NamedTuple):
    """What a scan found. `keep`: it is to become the project's; else only to be looked at."""

    name: str
    dataset: Dataset
    notes: list[str]
    keep: bool


class ScanBar(QWidget):
    """`found(Scanned)` or `failed(sentence)` end a scan; a newer one ends an older, and `cancelled` is the person's."""

    found = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    busy_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self._keep = "", False
        self._asking = Asking(self)
        self._asking.done.connect(self._done)
        self._asking.failed.connect(self._fail)
        self._asking.progress.connect(self._progress)
        self._asking.busy_changed.connect(self._busy)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the scan")
        self.doing = label(look="muted")
        self.stop = QPushButton("Cancel")
        self.stop.setProperty("compact", True)
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 0)
        row.addWidget(self.progress, 1)
        row.addWidget(self.doing)
        row.addWidget(self.stop)
        self.hide()

    @property
    def busy(self) -> bool:
        return self._asking.busy

    def scan(self, name: str, dataset: Dataset, where: Where, *, keep: bool) -> None:
        """Looks at all of it. Columns of own files are found anew; those of built-in data are held to their facts."""
        self.name, self._keep = name, keep
        if SOURCES[dataset.source].columns is None:
            dataset = msgspec.structs.replace(dataset, columns=(), samples=0)
        self._asking.ask(
            {"job": "scan", "dataset": dataset_to_plain(dataset), "base": where.base, "shown": list(where.shown)}
        )

    def cancel(self) -> None:
        self._asking.cancel()

    def _stop(self) -> None:
        self._asking.cancel()
        self.cancelled.emit()

    def _done(self, result: dict[str, Any]) -> None:
        self.found.emit(Scanned(self.name, dataset_from_plain(result["dataset"]), result["notes"], self._keep))

    def _fail(self, said: str) -> None:
        self.failed.emit(said)

    def _progress(self, done: float, text: str) -> None:
        self.progress.setValue(int(1000 * done))
        self.doing.setText(f"{text}…")

    def _busy(self, busy: bool) -> None:
        self.setVisible(busy)
        self.progress.setValue(0)
        self.doing.setText("Starting…")
        self.busy_changed.emit(busy)
