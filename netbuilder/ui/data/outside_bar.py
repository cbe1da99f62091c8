"""The question whether a project may read data outside of its folder, where it is looked at."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.ui.text import label, tip


def question(path: Path) -> str:
    """What is asked, with the path in it."""
    return (
        f"This project wants to read {str(path)!r}, which lies outside of its own folder. Nothing there is read before "
        "you allow it; your word holds on this machine only."
    )


class OutsideBar(QWidget):
    """`allowed(path)`: the person says yes; `elsewhere()`: the data lies in another place now."""

    allowed = Signal(object)
    elsewhere = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("notice", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._path: Path | None = None
        self.words = label(wrap=True)
        self.allow = QPushButton("Allow")
        self.allow.setToolTip(tip("This project, and others on this machine, may read what lies there from now on"))
        self.allow.clicked.connect(lambda: self.allowed.emit(self._path))
        self.choose = QPushButton("Choose another place…")
        self.choose.clicked.connect(self.elsewhere)
        row = QHBoxLayout()
        row.addWidget(self.allow)
        row.addWidget(self.choose)
        row.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(6)
        box.addWidget(self.words)
        box.addLayout(row)
        self.hide()

    def show_path(self, path: Path | None) -> None:
        """Asks about this path; None: there is nothing to ask."""
        self._path = path
        self.words.setText(question(path) if path is not None else "")
        self.setVisible(path is not None)
