"""The status bar: what the engine is doing, how large the shown graph is, and passing messages."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from netbuilder.compiler.report import GraphReport
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import count, label, tip
from netbuilder.ui.theme import Theme

# The engine's state -> what a person reads, and the colour of its dot.
STATES = {
    "waiting": ("Engine starting", "warning"),
    "starting": ("Engine starting", "warning"),
    "ready": ("Ready", "ok"),
    "busy": ("Analysing", "accent"),
    "restarted": ("Engine restarting", "warning"),
    "stopped": ("Engine stopped", "error"),
}


class EngineLabel(QWidget):
    """A dot and a word."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._state, self._sentence = "waiting", ""
        self.dot, self.text = QLabel(), label()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 6, 0)
        layout.setSpacing(4)
        layout.addWidget(self.dot)
        layout.addWidget(self.text)

    def show_state(self, state: str, sentence: str = "") -> None:
        self._state, self._sentence = state, sentence
        text, color = STATES[state]
        self.text.setText(text)
        self.dot.setPixmap(self._icons.dot(self._theme.color(color), 8).pixmap(QSize(16, 16)))
        explained = sentence or "The engine works out shapes, costs and problems in a process of its own"
        self.setToolTip(tip(explained))
        self.setAccessibleName(f"{text}. {sentence}" if sentence else text)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        self.show_state(self._state, self._sentence)


class StatusBar(QStatusBar):
    """Messages on the left; the shown graph's totals and the engine on the right."""

    SHOWN_MS = 6000

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.totals = label(look="muted")
        self.totals.setAccessibleName("Size of the shown graph")
        self.engine = EngineLabel(theme, icons)
        self.addPermanentWidget(self.totals)
        self.addPermanentWidget(self.engine)
        self.show_project(False)

    def say(self, text: str) -> None:
        """Shows a sentence for some seconds."""
        self.showMessage(text, self.SHOWN_MS)

    def show_project(self, opened: bool) -> None:
        """Without a project there is nothing to analyse."""
        self.engine.setVisible(opened)
        self.totals.setVisible(opened)

    def show_totals(self, report: GraphReport | None) -> None:
        """Parameters and multiply-adds of the shown graph."""
        text = ""
        if report is not None and (report.parameters or report.multiply_adds):
            text = f"{report.parameters:,} parameters   {count(report.multiply_adds)} multiply-adds a sample"
        self.totals.setText(text)
