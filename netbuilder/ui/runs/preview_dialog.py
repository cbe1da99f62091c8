"""What one preview graph shows with the newest weights, drawn now by a job, beside the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTemporaryDir, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from netbuilder.graph.file import project_to_plain
from netbuilder.graph.model import Project
from netbuilder.jobs.client import Job
from netbuilder.training.run import Run
from netbuilder.ui.runs.previews import Previews
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme


class PreviewDialog(QDialog):
    """Runs one preview from its making on. `message` bridges the job's reader thread to the window's."""

    message = Signal(object)

    def __init__(self, project: Project, graph: str, run: Run, theme: Theme, parent: QWidget | None = None) -> None:
        """`run` has a checkpoint; its best one gives the weights. Raises RunError where that is gone meanwhile."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Preview {graph}")
        self.resize(620, 560)
        self._place = QTemporaryDir()
        self._step = Path(self._place.path()) / f"step-{run.checkpoint('best').step}"
        self._step.mkdir()
        self.words = label("Starting…", wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the preview")
        self.previews = Previews(theme)
        self.close_button = QPushButton("Cancel")
        self.close_button.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.close_button)
        box = QVBoxLayout(self)
        box.addWidget(self.words)
        box.addWidget(self.progress)
        box.addWidget(self.previews, 1)
        box.addLayout(row)
        self.previews.hide()
        self.message.connect(self._hear)
        request = {
            "job": "sample",
            "project": project_to_plain(project),
            "wish": {"graph": graph, "part": "validation", "count": 0},
            "run": str(run.path),
            "checkpoint": "best",
            "to": str(self._step),
        }
        self._job: Job | None = Job(request, self.message.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._cancel()
        super().closeEvent(event)

    def reject(self) -> None:
        self._cancel()
        super().reject()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _hear(self, message: dict[str, Any]) -> None:
        if message.get("is") == "progress":
            self.progress.setValue(int(1000 * float(message.get("done", 0))))
            self.words.setText(f"{message.get('text', '')}…")
            return
        self._job = None
        self.progress.hide()
        self.close_button.setText("Close")
        if message.get("is") == "done":
            self._show(message["result"])
        else:
            self.words.setText(str(message.get("message", "The preview failed.")))

    def _show(self, result: dict[str, Any]) -> None:
        self.words.setText(
            f"With the weights of {result['weights']}." if result["views"] else "It has no view to show."
        )
        self.previews.show_folder(self._step.parent)
        self.previews.show()
