"""The history panel: all that was done, to go back to and forth."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from netbuilder.graph.document import Document
from netbuilder.ui.history.model import HistoryModel
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

HINT = "Click a step, or choose one and press Enter, to go there."


class Steps(QListView):
    """Rows of steps: a click or Enter takes one."""

    taken = Signal(int)

    def __init__(self, model: HistoryModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(16, 16))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("History")
        self.clicked.connect(self._take)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _take(self, index: QModelIndex) -> None:
        if index.isValid():
            self.taken.emit(index.row())


class HistoryPanel(QWidget):
    """`wanted(position)`: a person wants the project as it was there. Follows the document while it can be seen."""

    wanted = Signal(int)

    def __init__(self, document: Document, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._model = HistoryModel(document, theme, icons, self)
        self._shown: tuple[int, int, int | None] | None = None
        self._filed = False
        self.steps = Steps(self._model)
        self.steps.taken.connect(self.wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.steps, 1)
        layout.addWidget(label(HINT, look="muted", wrap=True))

    def follow(self, *, filed: bool) -> None:
        """Shows where the document is now, and what of it lies in its file, if it is `filed` in one."""
        self._filed = filed
        now = self._document.revision, self._document.position, self._document.saved_position if filed else None
        if self.isVisible() and now != self._shown:
            self._shown = now
            self._model.follow(now[2])
            here = self._model.index(self._document.position, 0)
            self.steps.setCurrentIndex(here)
            self.steps.scrollTo(here)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._model.set_look(theme, icons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow(filed=self._filed)
