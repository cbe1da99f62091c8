"""State, progress with time left, and the buttons that steer a run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.ui.text import tip
from netbuilder.ui.theme import Theme

# state -> (words, theme token, what can be pressed)
STATES: dict[str, tuple[str, str, frozenset[str]]] = {
    "starting": ("Starting", "accent", frozenset({"stop"})),
    "running": ("Training", "accent", frozenset({"pause", "stop"})),
    "paused": ("Paused", "warning", frozenset({"resume", "stop"})),
    "stopping": ("Stopping", "warning", frozenset()),
    "finished": ("Finished", "ok", frozenset()),
    "stopped": ("Stopped", "warning", frozenset({"resume"})),
    "failed": ("Failed", "error", frozenset({"resume"})),
    "vanished": ("Interrupted: its processes are gone", "error", frozenset({"resume"})),
}
ACTIVE = frozenset({"starting", "running", "paused", "stopping"})
TURNS = {"pause": "resume", "resume": "pause"}  # they stand in the same place
BUTTONS = {
    "pause": ("Pause", "Hold the run after the present step"),
    "resume": ("Resume", "Go on from where it stands"),
    "stop": ("Stop", "End the run; its checkpoint stays"),
}


def spell_seconds(seconds: float) -> str:
    """12 s, 3 min 05 s, 2 h 10 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class Figures(QLabel):
    """A line that ends in an ellipsis where it has no room; wrapped, it is a label like any other."""

    def shown(self) -> str:
        """What there is room for."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.wordWrap():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown())
        painter.end()


class Header(QWidget):
    """One run at a glance. `pressed` carries "pause", "resume" or "stop"."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = ""
        self.title = QLabel()
        self.state = QLabel()
        self.detail = Figures()
        for label in (self.title, self.state, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        # Figures that change all the time stay on one line, cut where there is no room, so that nothing below jumps.
        self.detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the run")
        self.buttons: dict[str, QPushButton] = {}
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.title)
        top.addWidget(self.state)
        top.addStretch(1)
        for name, (text, help) in BUTTONS.items():
            button = QPushButton(text)
            button.setToolTip(help)
            button.clicked.connect(lambda _=False, name=name: self.pressed.emit(name))
            self.buttons[name] = button
            top.addWidget(button)
        widest = max(button.sizeHint().width() for button in self.buttons.values())
        for button in self.buttons.values():
            button.setMinimumWidth(widest)  # Pause and Resume take turns: Stop stays where it is
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 6, 8, 2)
        box.setSpacing(6)
        box.addLayout(top)
        box.addWidget(self.progress)
        box.addWidget(self.detail)
        self.clear()

    def clear(self) -> None:
        self.title.setText("No run yet")
        self.state.setText("")
        self.detail.setText("Press Train to start one.")
        self._set_state("", frozenset())
        self.progress.setRange(0, 1)
        self.progress.setValue(0)

    def show_run(self, title: str, state: str, detail: str, step: int, steps: int) -> None:
        """`step` of `steps`; while a run starts the bar moves without an end."""
        words, _, enabled = STATES[state]
        self.title.setText(title)
        self.state.setText(words)
        self.detail.setText(detail)
        self.detail.setWordWrap(state not in ACTIVE)
        self.detail.setToolTip(tip(detail))
        self._set_state(state, enabled)
        if state == "starting":
            self.progress.setRange(0, 0)
        else:
            self.progress.setRange(0, max(1, steps))
            self.progress.setValue(min(step, max(1, steps)))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._set_state(self._state, STATES[self._state][2] if self._state else frozenset())

    def _set_state(self, state: str, enabled: frozenset[str]) -> None:
        self._state = state
        focused = next((name for name, button in self.buttons.items() if button.hasFocus()), "")
        if focused and focused not in enabled:
            self.buttons[focused].clearFocus()  # else Qt hands it on to Stop, and the next Space ends the run
        for name, button in self.buttons.items():
            button.setEnabled(name in enabled)
            button.setVisible(name in enabled or (name == "pause" and "resume" not in enabled and state in ACTIVE))
        if (turn := TURNS.get(focused)) is not None and turn in enabled and focused not in enabled:
            self.buttons[turn].setFocus()
        if state:
            palette = self.state.palette()
            palette.setColor(self.state.foregroundRole(), self._theme.color(STATES[state][1]))
            self.state.setPalette(palette)
