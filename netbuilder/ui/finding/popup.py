"""A field with what fits under it: type a few letters, choose with the arrows, Enter takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from netbuilder.ui.finding.entry import Entry, Hit
from netbuilder.ui.finding.rows import HEIGHT, RowPainter, Rows
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
FROM_TOP = 56  # pixels between the top of a window and what opens over it


class FindPopup(QFrame):
    """`find(text)` gives the hits, best first. `chosen` gives an entry's key, and the popup closes; it also closes on
    Esc and when one clicks elsewhere. `asks` is what the field asks for; `nothing(text)` stands there where nothing
    fits; `about` stands above it all."""

    chosen = Signal(object)
    closed = Signal()
    ROWS = 12

    def __init__(
        self,
        find: Callable[[str], Sequence[Hit]],
        asks: str,
        nothing: Callable[[str], str],
        theme: Theme,
        parent: QWidget,
        about: str = "",
        width: int = 620,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._find, self._nothing, self._width = find, nothing, width
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("popup")
        self.setStyleSheet(
            f"#popup {{ background: {theme.color('raised').name()};"
            f" border: 1px solid {theme.color('border.strong').name()}; }}"
        )
        self.field = QLineEdit()
        self.field.setPlaceholderText(asks)
        self.field.setAccessibleName(asks)
        self.field.textChanged.connect(lambda _: self._fill())
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.about = label(about, look="muted", wrap=True)
        self.about.setVisible(bool(about))
        self.nothing = label(look="muted", wrap=True)
        self.nothing.setContentsMargins(8, 4, 8, 4)
        self.rows = Rows(self)
        self.list = QListView()
        self.list.setModel(self.rows)
        self.list.setItemDelegate(RowPainter(theme, self.list))
        self.list.setAccessibleName(f"{asks}: what fits")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("background: transparent;")
        self.list.clicked.connect(lambda _: self._choose())
        self.list.selectionModel().currentChanged.connect(lambda *_: self._explain())
        self.note = label(look="muted")
        self.note.setContentsMargins(8, 2, 8, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.about, self.field, self.list, self.nothing, self.note):
            layout.addWidget(widget)
        self.setFixedWidth(self._width)
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

    def open_over(self, window: QWidget) -> None:
        """Shows it in the middle of a window, near its top."""
        self.setFixedWidth(min(self._width, window.width() - 40))
        self.open_at(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, FROM_TOP)))

    @property
    def current(self) -> Entry | None:
        """The entry that Enter would take."""
        return self.rows.entry(self.list.currentIndex())

    def closeEvent(self, event) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            if event.key() in MOVES:
                self._step(event)
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return True  # stays in the field
        return super().eventFilter(watched, event)

    def _step(self, event) -> None:
        """Up from the first row goes to the last one, and down from there to the first."""
        row, last = self.list.currentIndex().row(), self.rows.rowCount() - 1
        around = {Qt.Key.Key_Up: (0, last), Qt.Key.Key_Down: (last, 0)}.get(event.key())
        if around is not None and row == around[0]:
            self._go_to(around[1])
        else:
            self.list.keyPressEvent(event)

    def _go_to(self, row: int) -> None:
        index = self.rows.index(row, 0)
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(index)

    def _fill(self) -> None:
        text = self.field.text().strip()
        hits = self._find(text)
        self.nothing.setText("" if hits else self._nothing(text))
        self.rows.show_hits(hits)
        self.nothing.setVisible(not hits)
        self.list.setVisible(bool(hits))
        self.list.setFixedHeight(min(self.ROWS, len(hits)) * HEIGHT + 2)
        if hits:
            usable = (row for row, hit in enumerate(hits) if not hit.entry.why_not)
            self._go_to(0 if text else next(usable, 0))  # nobody who typed "train" means the tutorial
        self._explain()
        self.adjustSize()

    def _explain(self) -> None:
        entry = self.current
        said = (entry.note or entry.why_not) if entry is not None else ""
        self.note.setText(self.note.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, self.width() - 34))
        self.note.setVisible(self.current is not None)

    def _choose(self) -> None:
        entry = self.current
        if entry is not None and not entry.why_not:
            self.close()
            self.chosen.emit(entry.key)
