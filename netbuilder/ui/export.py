"""Export to ONNX: which network, which weights, where to; a job does it and says how far the numbers agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.target import SUFFIX, check_target
from netbuilder.graph.document import Document
from netbuilder.graph.file import project_to_plain
from netbuilder.graph.model import natural_key
from netbuilder.jobs.client import Job
from netbuilder.training.run import Run
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.runs.mine import OwnRuns
from netbuilder.ui.text import label

UNTRAINED = ("", "")
ASK_LATER = QFileDialog.Option.DontConfirmOverwrite  # Export asks, also about a name that was typed


class ExportDialog(QDialog):
    """Runs one export at a time. `message` bridges the job's reader thread to the window's."""

    message = Signal(object)

    def __init__(
        self, document: Document, project_path: Path | None, own: OwnRuns, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export to ONNX")
        self.setMinimumWidth(560)
        self._document = document
        self._path, self._own = project_path, own
        self.dialogs = Dialogs(self)
        self._job: Job | None = None
        self._done: Path | None = None

        self.network = QComboBox()
        self.network.setAccessibleName("Network")
        graphs = document.project.graphs
        self.network.addItems(sorted((n for n, g in graphs.items() if g.kind == "network"), key=natural_key))
        self.network.currentTextChanged.connect(lambda _: self._suggest())
        self.weights = QComboBox()
        self.weights.setAccessibleName("Weights")
        self.target = QLineEdit()
        self.target.setAccessibleName("File to write")
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.target, 1)
        where.addWidget(browse)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.addRow(label("Network"), self.network)
        form.addRow(label("Weights"), self.weights)
        form.addRow(label("File"), where)

        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the export")
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setMinimumHeight(64)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.export = QPushButton("Export")
        self.export.setDefault(True)
        self.export.setProperty("accent", True)
        self.export.clicked.connect(self.start)
        self.folder = QPushButton("Show in folder")
        self.folder.clicked.connect(self._open_folder)
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self._cancel_or_close)
        row = QHBoxLayout()
        row.addWidget(self.folder)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.export)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addLayout(form)
        box.addWidget(self.progress)
        box.addWidget(self.words)
        box.addLayout(row)
        self.message.connect(self._hear)
        self._fill_weights()
        self._suggest()
        self._working(False)
        self.folder.hide()
        self.words.setText(
            "The file is checked and compared with onnxruntime at two batch sizes before it is kept."
            if self.network.count()
            else "The project has no network to export."
        )
        self.export.setEnabled(self.network.count() > 0)

    @property
    def exported(self) -> Path | None:
        """The file of the last export that succeeded."""
        return self._done

    def start(self) -> None:
        """Starts the job; the dialog shows its progress."""
        run, checkpoint = self.weights.currentData()
        target = Path(self.target.text().strip()).expanduser()
        if not self.target.text().strip() or target.is_dir():
            self.words.setText("Give the file a name, for example classifier.onnx.")
            return
        if not target.is_absolute():
            target = self._folder() / target
        if not target.suffix and not target.exists():
            target = target.with_name(target.name + SUFFIX)
        try:
            check_target(target, self._path)
        except ExportError as refused:
            self.words.setText(str(refused))
            return
        if target.exists() and not self.dialogs.confirm(f"“{target.name}” is there already. Replace it?", "Replace"):
            return
        request = {
            "job": "export",
            "project": project_to_plain(self._document.project),
            "network": self.network.currentText(),
            "run": run,
            "checkpoint": checkpoint,
            "untrained": not run,
            "to": str(target),
            "name": self._path.stem if self._path is not None else "",
        }
        self.progress.setValue(0)
        self.folder.hide()
        self._working(True)
        self.words.setText("Starting…")
        self._job = Job(request, self.message.emit)

    def _hear(self, message: dict[str, Any]) -> None:
        if self._job is None:
            return
        answers: dict[str, Callable[[dict[str, Any]], None]] = {
            "progress": self._on_progress,
            "done": self._on_done,
            "failed": self._on_failed,
        }
        if answer := answers.get(str(message.get("is"))):
            answer(message)

    def _on_progress(self, message: dict[str, Any]) -> None:
        self.progress.setValue(int(1000 * float(message.get("done", 0))))
        self.words.setText(str(message.get("text", "")))

    def _on_done(self, message: dict[str, Any]) -> None:
        result = message["result"]
        self._done = Path(result["path"])
        self.progress.setValue(1000)
        batches = " and ".join(map(str, result.get("batches", ())))
        self.words.setText(
            f"{self._done.name} written, {result.get('bytes', 0) / 1024:,.0f} KiB, opset {result.get('opset', '?')}.\n"
            f"onnxruntime gives the same numbers at batch sizes {batches}: "
            f"largest difference {result['largest_difference']:.2g}."
            + (f"\n{result['note']}" if result.get("note") else "")
        )
        self.folder.show()
        self._working(False)

    def _on_failed(self, message: dict[str, Any]) -> None:
        self.words.setText(str(message.get("message", "The export failed.")))
        self.progress.setValue(0)
        self._working(False)

    def _working(self, working: bool) -> None:
        if not working:
            self._job = None
        for widget in (self.network, self.weights, self.target, self.export):
            widget.setEnabled(not working)
        self.progress.setVisible(working)
        self.close_button.setText("Cancel" if working else "Close")

    def _cancel_or_close(self) -> None:
        if self._job is None:
            self.accept()
            return
        self._job.cancel()
        self._working(False)
        self.words.setText("The export was cancelled; nothing was written.")

    def reject(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        super().closeEvent(event)

    def _fill_weights(self) -> None:
        names = {"best": "best checkpoint", "last": "last checkpoint"}
        for run in self._own.find():
            kept = run.checkpoints()
            for which, words in names.items():
                if any(getattr(facts, which) for facts in kept):
                    self.weights.addItem(f"{_short(run)}, {words}", (str(run.path), which))
        self.weights.addItem("Untrained (random) weights", UNTRAINED)

    def _folder(self) -> Path:
        return self._path.parent if self._path is not None else Path.home()

    def _suggest(self) -> None:
        stem = self._path.stem if self._path is not None else "untitled"
        self.target.setText(str(self._folder() / f"{stem}-{self.network.currentText()}.onnx"))

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export to ONNX", self.target.text(), "ONNX (*.onnx)", options=ASK_LATER
        )
        if chosen:
            self.target.setText(chosen)

    def _open_folder(self) -> None:
        if self._done is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._done.parent)))


def _short(run: Run) -> str:
    return run.path.name.partition("Z-")[2] or run.path.name
