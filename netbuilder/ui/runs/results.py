"""What a finished run shows: test figures, confusion matrix, sample predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.ui.flow import FlowLayout
from netbuilder.ui.text import ground, tip
from netbuilder.ui.theme import Theme

CELL_LOW, CELL_HIGH = 22, 44
SAMPLES = 24


class ConfusionMatrix(QWidget):
    """Counts by true class (rows) and predicted class (columns); deeper colour for a larger share of the row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: list[list[int]] = []
        self._classes: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Confusion matrix")

    def set_counts(self, counts: Sequence[Sequence[int]], classes: Sequence[str]) -> None:
        self._counts = [list(row) for row in counts]
        self._classes = [classes[at] if at < len(classes) else str(at) for at in range(len(counts))]
        wrong = sum(sum(row) for row in self._counts) - sum(row[at] for at, row in enumerate(self._counts))
        self.setAccessibleDescription(f"{len(counts)} classes, {wrong} wrong predictions")
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def counts(self) -> list[list[int]]:
        return self._counts

    def sizeHint(self) -> QSize:
        side = len(self._counts) * 26 + 56
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        side = len(self._counts) * CELL_LOW + 56
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._counts:
            return
        painter = QPainter(self)
        size = len(self._counts)
        cell = min(CELL_HIGH, max(CELL_LOW, (min(self.width(), self.height()) - 52) / size))
        left, top = 48.0, 40.0
        muted, text = self._theme.color("text.muted"), self._theme.color("text")
        painter.setPen(muted)
        painter.drawText(QRectF(left, 0, cell * size, 18), Qt.AlignmentFlag.AlignCenter, "predicted")
        painter.save()
        painter.translate(0, top + cell * size)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, cell * size, 18), Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()
        metrics = painter.fontMetrics()
        for at, name in enumerate(self._classes):
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 28)
            painter.drawText(QRectF(left + at * cell, 18, cell, 20), Qt.AlignmentFlag.AlignCenter, short)
            painter.drawText(QRectF(18, top + at * cell, 26, cell), Qt.AlignmentFlag.AlignCenter, short)
        good, bad, empty = (self._theme.color(token) for token in ("ok", "error", "raised"))
        for row, counts in enumerate(self._counts):
            total = max(1, sum(counts))
            for column, count in enumerate(counts):
                rect = QRectF(left + column * cell, top + row * cell, cell - 1, cell - 1)
                share = count / total
                strength = share if row == column else min(1.0, share * 4)
                painter.fillRect(rect, _blend(empty, good if row == column else bad, 0.75 * strength))
                if count:
                    painter.setPen(text)
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(count))
        painter.end()


def _blend(low: QColor, high: QColor, share: float) -> QColor:
    """The colour between two, `share` of the way to the second."""
    pairs = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    return QColor(*(int(a + (b - a) * share) for a, b in pairs))


class Results(QScrollArea):
    """Test figures, confusion matrix and a page of samples with what the network said of them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        inside = QWidget()
        ground(inside)
        self._figures = _plain_label("")
        self._figures.setObjectName("figures")
        self.matrix = ConfusionMatrix(theme)
        self._samples = QWidget()
        self._flow = FlowLayout(4)
        self._samples.setLayout(self._flow)
        side = QVBoxLayout()
        side.addWidget(_plain_label("Test samples and what the network says (largest probability)"))
        side.addWidget(self._samples)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.matrix, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(side, 1)
        box = QVBoxLayout(inside)
        box.addWidget(self._figures)
        box.addLayout(row)
        box.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("Results of the run")
        self.clear()

    @property
    def figures(self) -> str:
        return self._figures.text()

    def clear(self) -> None:
        self._figures.setText("Results come when the run ends: test figures, confusion matrix, sample predictions.")
        self.matrix.hide()
        for label in self._samples.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self._flow.removeWidget(label)
            label.deleteLater()

    def show_results(self, results: Mapping[str, Any], folder: Path) -> None:
        """Shows `results.json` of a run whose directory is `folder`."""
        self.clear()
        test = results.get("test")
        if isinstance(test, Mapping) and test:
            spread, folds = results.get("spread", {}), results.get("folds", ())
            parts = [
                f"{name} {value:.4g}" + (f" ± {spread[name]:.2g}" if name in spread else "")
                for name, value in test.items()
                if isinstance(value, int | float)
            ]
            of = f", mean and spread of {len(folds)} folds" if folds else ""
            self._figures.setText(f"On test data{of}:  " + "   ".join(parts))
        matrices = results.get("confusion")
        first = next(iter(matrices.values()), None) if isinstance(matrices, Mapping) else None
        if isinstance(first, Mapping) and first.get("counts"):
            self.matrix.set_counts(first["counts"], first.get("classes", ()))
            self.matrix.show()
        for sample in results.get("samples", ())[:SAMPLES]:
            self._flow.addWidget(self._sample(sample, folder))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.matrix.set_theme(theme)

    def _sample(self, sample: Mapping[str, Any], folder: Path) -> QWidget:
        card = QWidget()
        box = QVBoxLayout(card)
        box.setContentsMargins(2, 2, 2, 2)
        box.setSpacing(2)
        picture = QLabel()
        pixmap = QPixmap()
        path = (folder / str(sample.get("image", ""))).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            pixmap.load(str(path))
        if not pixmap.isNull():
            smooth = Qt.TransformationMode.FastTransformation
            picture.setPixmap(pixmap.scaled(56, 56, Qt.AspectRatioMode.KeepAspectRatio, smooth))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        truth, said = str(sample.get("truth", "")), str(sample.get("predicted", ""))
        right = truth == said
        probability = sample.get("probability")
        share = f" {probability:.0%}" if isinstance(probability, int | float) else ""
        words = _plain_label(f"{'✓' if right else '✗'} {said}{share}")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        palette = words.palette()
        palette.setColor(words.foregroundRole(), self._theme.color("ok" if right else "error"))
        words.setPalette(palette)
        card.setToolTip(tip(f"true: {truth}, said: {said}{share}"))
        box.addWidget(picture)
        box.addWidget(words)
        return card


def _plain_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
