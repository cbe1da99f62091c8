"""The search at the cursor: type a few letters, Enter, and the block is there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import GraphKind
from netbuilder.ui.icons import Icons
from netbuilder.ui.palette.model import BLOCK
from netbuilder.ui.text import label, tip
from netbuilder.ui.theme import Theme

WIDTH, ROWS = 320, 9
KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class SearchPopup(QFrame):
    """Closes itself when a block is chosen, on Escape and when one clicks elsewhere."""

    chosen = Signal(str)

    def __init__(self, catalogue: Catalogue, kind: GraphKind, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._catalogue, self._kind, self._theme, self._icons = catalogue, kind, theme, icons
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("popup")
        self.setStyleSheet(
            f"#popup {{ background: {theme.color('raised').name()};"
            f" border: 1px solid {theme.color('border.strong').name()}; }}"
        )
        self.field = QLineEdit()
        self.field.setPlaceholderText("Add a block")
        self.field.setAccessibleName("Search for a block to add")
        self.field.textChanged.connect(lambda _: self._fill())
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.nothing = label("No block matches.", look="muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Matching blocks")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setStyleSheet("background: transparent;")
        self.list.itemClicked.connect(lambda _: self._choose())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(self.nothing)
        self.setFixedWidth(WIDTH)
        self.setFocusProxy(self.field)
        self._fill()

    def open_at(self, where: QPoint) -> None:
        """Shows it with its corner there, moved so that all of it is on the screen."""
        area = self.screen().availableGeometry()
        left = min(where.x(), area.x() + area.width() - self.width())
        top = min(where.y(), area.y() + area.height() - self.height())
        self.move(max(left, area.left()), max(top, area.top()))
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            if event.key() in KEYS:
                self.list.keyPressEvent(event)
                return True
            if event.key() == Qt.Key.Key_Tab:
                return True  # stays in the field
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        self.list.clear()
        text = self.field.text().strip()
        blocks = (
            self._catalogue.search(text, self._kind)
            if text
            else [b for held in self._catalogue.categories().values() for b in held if self._kind in b.graphs]
        )
        for block in blocks:
            item = QListWidgetItem(self._icons.dot(self._theme.category(block.category)), block.name)
            item.setData(BLOCK, block.name)
            item.setToolTip(tip(block.summary))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not blocks)
        self.list.setVisible(bool(blocks))
        self.list.setFixedHeight(min(ROWS, len(blocks)) * max(1, self.list.sizeHintForRow(0)) + 2)
        self.adjustSize()

    def _choose(self) -> None:
        if (item := self.list.currentItem()) is not None:
            name = item.data(BLOCK)
            self.close()
            self.chosen.emit(name)
