"""Sliders along the axes of a noise: what one makes of it is drawn while they move."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSlider, QWidget

from netbuilder.sampling.knobs import LatentKnob
from netbuilder.ui.text import label

STEPS = 100  # on each side of the middle
REACH = 3.0  # standard deviations; normal noise is hardly ever further out


class Axes(QWidget):
    """One slider an axis. An axis that was not touched keeps its random value, another for each sample."""

    changed = Signal()

    def __init__(self, knob: LatentKnob, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.knob = knob
        self.sliders: list[QSlider] = []
        self._set: dict[int, float] = {}
        self._words = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for axis in range(knob.axes):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(-STEPS, STEPS)
            slider.setPageStep(STEPS // 5)
            slider.setAccessibleName(f"Axis {axis} of {knob.title}")
            slider.setToolTip(f"The same number along axis {axis} for all samples; untouched, each has a random one")
            slider.valueChanged.connect(lambda at, axis=axis: self._moved(axis, at))
            words = label("random", look="muted")
            words.setMinimumWidth(words.fontMetrics().horizontalAdvance("random "))
            grid.addWidget(label(str(axis), look="muted"), axis, 0)
            grid.addWidget(slider, axis, 1)
            grid.addWidget(words, axis, 2)
            self.sliders.append(slider)
            self._words.append(words)
        self.reset = QPushButton("All random again")
        self.reset.setToolTip("Every axis keeps its random values")
        self.reset.clicked.connect(self._reset)
        self.reset.setEnabled(False)
        grid.addWidget(self.reset, knob.axes, 1, 1, 2)

    @property
    def values(self) -> dict[str, float]:
        """What was set, by axis."""
        return {str(axis): value for axis, value in self._set.items()}

    def _moved(self, axis: int, at: int) -> None:
        share = at / STEPS
        value = (share + 1) / 2 if self.knob.uniform else REACH * share
        self._set[axis] = round(value, 3)
        self._words[axis].setText(f"{value:.2f}")
        self.reset.setEnabled(True)
        self.changed.emit()

    def _reset(self) -> None:
        for axis, slider in enumerate(self.sliders):
            slider.blockSignals(True)
            slider.setValue(0)
            slider.blockSignals(False)
            self._words[axis].setText("random")
        self._set.clear()
        self.reset.setEnabled(False)
        self.changed.emit()
