"""The card that leads through the tutorial, and the outline that shows where to look. Neither is ever in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.ui.text import label
from netbuilder.ui.tutorial.steps import END, STEPS, Trained

if TYPE_CHECKING:
    from netbuilder.ui.window import Window
    from netbuilder.ui.workbench import Workbench

_WIDTH = 380
_MARGIN = 18
_TABS = 34  # height of the tabs above the canvas
_LOOK_MS = 120  # how often the outline follows what it shows


class Outline(QWidget):
    """A line around what a step is about; the mouse goes through it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_around(self, rect: QRect) -> None:
        """A null rectangle: there is nothing to show."""
        self.setVisible(not rect.isNull())
        if not rect.isNull():
            self.setGeometry(rect.adjusted(-4, -4, 4, 4))
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._window.theme.color("accent"), 2.5))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 9, 9)
        painter.end()


class Coach(QFrame):
    """One card in a corner of the canvas. `left`: the person has closed it; True: with all steps done."""

    left = Signal(bool)

    def __init__(self, window: Window, bench: Workbench) -> None:
        super().__init__(window)
        self._window, self._bench = window, bench
        self.at = 0
        self._trained = Trained()
        self.setProperty("over", True)
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName("Tutorial")
        self._count, self._title = label(look="muted"), label()
        self._title.setFont(window.theme.font("type.title", bold=True))
        self._text = label(wrap=True)
        self.help = QPushButton("Do it for me")
        self.help.clicked.connect(self._help)
        self.leave = QPushButton("Leave the tutorial")
        self.leave.clicked.connect(self._leave)
        buttons = QHBoxLayout()
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        buttons.addWidget(self.help)
        body = self._body = QVBoxLayout(self)
        body.setContentsMargins(18, 14, 18, 14)
        body.setSpacing(8)
        for part in (self._count, self._title, self._text):
            body.addWidget(part)
        body.addSpacing(4)
        body.addLayout(buttons)
        self.outline = Outline(window)
        self._stop: Callable[[], None] = bench.document.subscribe(lambda change: self._later.start())
        bench.training_changed.connect(self._training)
        bench.changed.connect(self.place)
        window.installEventFilter(self)
        self._later, self._follow = QTimer(self), QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        self._follow.timeout.connect(self._point)
        self._follow.start(_LOOK_MS)
        self._show_step()
        self.show()

    @property
    def ended(self) -> bool:
        """Whether all steps are done."""
        return self.at >= len(STEPS)

    @property
    def words(self) -> str:
        """What the card says now."""
        return f"{self._title.text()}\n{self._text.text()}"

    def close_down(self) -> None:
        """Takes the card away; nothing of it stays."""
        self._stop()
        self._follow.stop()
        self._later.stop()
        self._window.removeEventFilter(self)
        for part in (self.outline, self):
            part.hide()
            part.deleteLater()

    def place(self) -> None:
        """Puts the card into the corner of the canvas where it covers the fewest nodes, the lower left one first."""
        self.adjustSize()
        area = self._bench.tabs.rect().adjusted(_MARGIN, _TABS + _MARGIN, -_MARGIN, -_MARGIN)
        left, right = area.left(), area.right() - self.width()
        top, bottom = area.top(), max(area.bottom() - self.height(), area.top())
        corners = [QPoint(x, y) for x, y in ((left, bottom), (left, top), (right, top), (right, bottom))]
        self.move(self._bench.tabs.mapTo(self._window, min(corners, key=self._covered)))
        self.raise_()
        self._point()

    def _covered(self, corner: QPoint) -> int:
        """How many nodes the card would cover with its corner here."""
        canvas = self._bench.tabs.canvas
        if canvas is None:
            return 0
        on_canvas = QRect(canvas.viewport().mapFrom(self._bench.tabs, corner), self.size())
        return len(canvas.graph_scene.ids_in(canvas.mapToScene(on_canvas).boundingRect()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            QTimer.singleShot(0, self, self.place)
        return False

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, self._body.heightForWidth(_WIDTH))

    def _training(self, running: bool) -> None:
        begun = self._trained.begun or (running and self.at >= 3)
        self._trained = Trained(begun, begun and not running)
        self._later.start()

    def _look(self) -> None:
        """Goes on past every step that is done."""
        at = self.at
        while self.at < len(STEPS) and STEPS[self.at].done(self._bench, self._trained):
            self.at += 1
        if self.at != at:
            self._show_step()

    def _show_step(self) -> None:
        if self.ended:
            title, text = END
            self._count.setText("All five steps done")
            self.leave.setText("Finish")
        else:
            step = STEPS[self.at]
            title, text = step.title, step.text
            self._count.setText(f"Step {self.at + 1} of {len(STEPS)}")
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleDescription(f"{self._count.text()}: {title}. {text}")
        self.help.setVisible(not self.ended and STEPS[self.at].help is not None)
        self.place()

    def _point(self) -> None:
        self.outline.show_around(QRect() if self.ended else STEPS[self.at].look(self._window))

    def _help(self) -> None:
        help_ = STEPS[self.at].help if not self.ended else None
        if help_ is not None:
            help_(self._window)

    def _leave(self) -> None:
        self.left.emit(self.ended)
