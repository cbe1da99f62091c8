"""What preview graphs drew while a run trained: the newest pictures and curves."""

from __future__ import annotations

import json
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSlider, QVBoxLayout, QWidget

from netbuilder.graph.model import natural_key
from netbuilder.ui.text import ground
from netbuilder.ui.theme import Theme

TALLEST = 420


class Previews(QWidget):
    """A slider over the steps at which there are previews; it stays at the newest until it is moved."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: list[Path] = []
        self._shown: Path | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Step of the preview")
        self.slider.valueChanged.connect(lambda at: self._show(at))
        self.words = _label("")
        self._views = QWidget()
        ground(self._views)
        self._box = QVBoxLayout(self._views)
        self._box.addStretch(1)
        area = QScrollArea()
        area.setWidget(self._views)
        area.setWidgetResizable(True)
        area.setAccessibleName("Previews of this step")
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        top = QHBoxLayout()
        top.addWidget(self.slider, 1)
        top.addWidget(self.words)
        box = QVBoxLayout(self)
        box.addLayout(top)
        box.addWidget(area, 1)
        self.clear()

    def clear(self) -> None:
        self._steps, self._shown = [], None
        self.slider.setRange(0, 0)
        self.slider.setEnabled(False)
        self.words.setText("Previews come while the run trains, from the project's preview graphs.")
        self._empty()

    def show_folder(self, folder: Path) -> None:
        """Looks for previews below the run's `preview` folder."""
        found = sorted(
            (path for path in folder.glob("step-*") if path.is_dir()), key=lambda path: natural_key(path.name)
        )
        if found == self._steps:
            return
        newest = self.slider.value() >= len(self._steps) - 1
        self._steps = found
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(found) - 1))
        self.slider.setEnabled(len(found) > 1)
        if newest:
            self.slider.setValue(len(found) - 1)
        self.slider.blockSignals(False)
        self._show(self.slider.value())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._shown = None
        self._show(self.slider.value())

    def _show(self, at: int) -> None:
        if not 0 <= at < len(self._steps) or self._steps[at] == self._shown:
            return
        self._shown = self._steps[at]
        self.words.setText(self._shown.name.replace("-", " "))
        self._empty()
        for path in sorted(self._shown.rglob("*")):
            if path.name == "views.json":
                continue
            if widget := self._view(path):
                self._box.insertWidget(self._box.count() - 1, _label(path.stem.replace("_", " ")))
                self._box.insertWidget(self._box.count() - 1, widget)

    def _view(self, path: Path) -> QWidget | None:
        if path.suffix == ".png":
            pixmap = QPixmap(str(path))
            if pixmap.isNull():
                return _label(f"{path.name} cannot be read as a picture.")
            factor = max(1, TALLEST // max(1, pixmap.height()))
            label = QLabel()
            label.setPixmap(pixmap.scaled(pixmap.size() * factor, mode=Qt.TransformationMode.FastTransformation))
            return label
        if path.suffix == ".json":
            return self._curve(path)
        return None

    def _curve(self, path: Path) -> QWidget:
        try:
            held = json.loads(path.read_bytes())
            if held["kind"] == "texts":
                return _label("\n".join("   ".join(map(str, row.values())) for row in held["rows"]))
            series = held["series"]
            rows = [[float(value) for value in row] for row in series]
        except (OSError, ValueError, KeyError, TypeError) as problem:
            return _label(f"{path.name} cannot be read: {problem}")
        plot = pg.PlotWidget()
        plot.setBackground(self._theme.color("surface"))
        plot.setFixedHeight(TALLEST // 2)
        plot.setMenuEnabled(False)
        for row in rows[:8]:
            plot.plot(row, pen=pg.mkPen(self._theme.color("accent"), width=1.5))
        return plot

    def _empty(self) -> None:
        while self._box.count() > 1:
            item = self._box.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
