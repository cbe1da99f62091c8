"""How sure a network is of each class, as bars with their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QProgressBar, QSizePolicy, QWidget

from netbuilder.ui.text import label


class Chances(QWidget):
    """The most probable classes of the first sample, the surest on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Probabilities of the first sample")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.rows: list[tuple[str, float]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 4, 12, 4)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_chances(self, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Those of the first view that has any."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        first = next(iter(found.values()), ())
        self._grid.addWidget(label("What the first sample is taken for", look="muted"), 0, 0, 1, 3)
        self.rows = [(str(each["name"]), float(each["probability"])) for each in first]
        for at, (name, share) in enumerate(self.rows, 1):
            bar = QProgressBar()
            bar.setRange(0, 1000)
            bar.setValue(round(1000 * share))
            bar.setTextVisible(False)
            bar.setFixedHeight(8)
            bar.setAccessibleName(f"{name}: {share:.1%}")
            value = label(f"{share:.1%}", look="muted")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label(name, look="strong" if at == 1 else "muted"), at, 0)
            self._grid.addWidget(bar, at, 1)
            self._grid.addWidget(value, at, 2)
        self.setVisible(bool(self.rows))
