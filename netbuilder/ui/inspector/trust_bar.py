"""Whether a node's own code may run here, and the button that says so."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks.trust import Trust
from netbuilder.ui.text import label, tip

_ASK = "This code has not run. Read it first: whatever it says is done with your files and your rights."
_TRUSTED = "You trusted this very text on this machine. Once it changes, it is asked for again."


class TrustBar(QWidget):
    """`changed` after the person has trusted the text that is shown, or forgotten it."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, store: Trust) -> None:
        super().__init__()
        self._store, self._text = store, ""
        self.words = label(wrap=True)
        self.button = QPushButton()
        self.button.clicked.connect(self._press)
        row = QHBoxLayout()
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.words)
        layout.addLayout(row)

    def show_text(self, text: str, *, sound: bool = True) -> None:
        """Shows how this text stands; one that Python can't read has nothing to trust yet."""
        self._text = text
        known = self._store.trusts(text)
        self.words.setText(_TRUSTED if known else _ASK)
        self.words.setProperty("muted", known)
        self.words.style().polish(self.words)
        self.button.setText("No longer trust it" if known else "Trust this code")
        self.button.setToolTip(tip("It stops running at once" if known else "It runs from now on, on this machine"))
        self.button.setEnabled(sound or known)

    def _press(self) -> None:
        try:
            (self._store.forget if self._store.trusts(self._text) else self._store.trust)(self._text)
        except OSError as error:
            self.failed.emit(f"What you trust can't be kept: {error.strerror or error}.")
            return
        self.show_text(self._text)
        self.changed.emit()
