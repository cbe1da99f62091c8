"""The search at the cursor: type a few letters, Enter, and the block is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.spec import Block
from netbuilder.graph.model import GraphKind, Node
from netbuilder.ui.canvas.look import brief_of
from netbuilder.ui.icons import Icons
from netbuilder.ui.palette.model import BLOCK
from netbuilder.ui.text import label, tip
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.canvas.asked import Asked, Offer
    from netbuilder.ui.canvas.replacing import Replacing

WIDTH, ROWS = 320, 9
KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class SearchPopup(QFrame):
    """Closes itself when a block is chosen, on Escape and when one clicks elsewhere. `asked`: it was opened at a port
    or to replace a block, and offers what fits there."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        catalogue: Catalogue,
        kind: GraphKind,
        theme: Theme,
        icons: Icons,
        parent: QWidget,
        asked: Asked | Replacing | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._catalogue, self._kind, self._theme, self._icons = catalogue, kind, theme, icons
        self._asked = asked
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
        self.about = label(asked.words if asked is not None else "", look="muted", wrap=True)
        self.about.setVisible(asked is not None)
        self.nothing = label("No block matches.", look="muted", wrap=True)
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
        layout.addWidget(self.about)
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
        rows = self._rows(text)
        for block, note, why in rows:
            item = QListWidgetItem(self._icons.dot(self._theme.category(block.category)), block.name + note)
            item.setData(BLOCK, block.name)
            item.setToolTip(tip("\n".join(filter(None, (block.summary, why)))))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        if not rows:
            self.nothing.setText((self._asked.refused(text) if self._asked is not None else "") or "No block matches.")
        self.nothing.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.list.setFixedHeight(min(ROWS, len(rows)) * max(1, self.list.sizeHintForRow(0)) + 2)
        self.adjustSize()

    def _rows(self, text: str) -> list[tuple[Block, str, str]]:
        """Blocks that match, best first: each with the parameters that were chosen for it, and why one wants it."""
        if self._asked is not None:
            return [(one.block, self._note(one), one.why) for one in self._asked.find(text)]
        held = self._catalogue.categories(self._kind).values()
        blocks = self._catalogue.search(text, self._kind) if text else [block for blocks in held for block in blocks]
        return [(block, "", "") for block in blocks]

    @staticmethod
    def _note(offer: Offer) -> str:
        """What makes the offer another than the plain block: "  ·  16 filters, 3 × 3"."""
        brief = brief_of(offer.block, Node(offer.block.name, offer.params)) if offer.params and offer.port else ""
        return f"  ·  {brief}" if brief else ""

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _choose(self) -> None:
        if (item := self.list.currentItem()) is not None:
            name = item.data(BLOCK)
            self.close()
            self.chosen.emit(name)
