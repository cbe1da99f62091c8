"""A network's inputs at the left edge of its canvas and its outputs at the right: to add, rename, order and remove."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import parts
from netbuilder.blocks.ends import add_end, ends, hanging, order_ends, remove_ends
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document
from netbuilder.graph.edits import EditError
from netbuilder.graph.names import is_id, make_id
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.editing import rename
from netbuilder.ui.text import counted, listed, sentence, tip

WIDTH, MARGIN, ROW = 168, 8, 26
HINT = "Double click renames, Del removes, Ctrl+Up and Ctrl+Down or a drag order"


class EndsList(QListWidget):
    """Names, one a row. `moved` after a drag or a key, `removed` by Del; a name is edited in place."""

    moved = Signal(list)
    removed = Signal(str)
    left = Signal()  # Esc

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.setAccessibleDescription(HINT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The list is filled anew when the document answers, which must wait until the drop is over.
        self.model().rowsMoved.connect(lambda: QTimer.singleShot(0, self, lambda: self.moved.emit(self.names())))

    def names(self) -> list[str]:
        """The ids, from top to bottom."""
        return [self.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.count())]

    def show_names(self, names: list[tuple[str, str]]) -> None:
        """Ids with what their tool tips say. The one that is chosen stays so."""
        chosen, focus = self.chosen(), self.hasFocus()
        self.blockSignals(True)
        self.clear()
        for id, words in names:
            item = QListWidgetItem(id)
            item.setData(Qt.ItemDataRole.UserRole, id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(tip(f"{words}\n{HINT}"))
            self.addItem(item)
        self.choose(chosen)
        self.blockSignals(False)
        if focus:
            self.setFocus()

    def chosen(self) -> str:
        return self.currentItem().data(Qt.ItemDataRole.UserRole) if self.currentRow() >= 0 else ""

    def choose(self, id: str) -> None:
        """Makes this row the current one."""
        if id in (names := self.names()):
            self.setCurrentRow(names.index(id))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._action(event):
            event.accept()  # keys that the window has for the canvas mean the list here
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action(event)
        if action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        table: dict[tuple[int, Qt.KeyboardModifier], Callable[[], None]] = {
            (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier): lambda: self.removed.emit(self.chosen()),
            (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier): lambda: self._shift(-1),
            (Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier): lambda: self._shift(1),
            (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier): self.left.emit,
            (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier): lambda: self.edit_name(self.chosen()),
        }
        found = table.get((event.key(), held))
        return found if self.currentRow() >= 0 else None

    def edit_name(self, id: str) -> None:
        """Opens the name of a row."""
        self.choose(id)
        if self.currentRow() >= 0:
            self.setFocus()
            self.editItem(self.currentItem())

    def _shift(self, by: int) -> None:
        names, at = self.names(), self.currentRow()
        if 0 <= at + by < len(names):
            names[at], names[at + by] = names[at + by], names[at]
            self.moved.emit(names)


class Boundary(QFrame):
    """One side of a network, over the edge of its canvas: a button that says how many there are, and opens the list.

    `chosen`: a node to be shown and selected; `status`: a sentence; `folded`: the list was opened (False) or closed.
    """

    chosen = Signal(str)
    status = Signal(str)
    folded = Signal(bool)

    def __init__(self, document: Document, graph: str, catalogue: Catalogue, side: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._graph, self._catalogue, self._side = document, graph, catalogue, side
        self._known = parts(catalogue)
        self._wanted = ""  # the row to be chosen when the list is filled anew
        self._room: QRect | None = None
        self._block = self._known.input if side == "inputs" else self._known.output
        self.setProperty("panel", True)
        self.setProperty("boundary", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.head = QToolButton()
        self.head.setCheckable(True)
        self.head.setAutoRaise(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.toggled.connect(self._open)
        self.list = EndsList(f"{side.capitalize()} of {graph}")
        self.list.moved.connect(self._order)
        self.list.removed.connect(self._remove)
        self.list.itemChanged.connect(self._rename)
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.add = QToolButton()
        self.add.setAutoRaise(True)
        self.add.setText(f"Add {self._block.lower()}")
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setToolTip(f"One more {self._block.lower()} of this network")
        self.add.clicked.connect(self._add)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(2)
        for widget in (self.head, self.list, self.add):
            column.addWidget(widget)
        self._open(False)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._fill)
        self._unsubscribe = document.subscribe(self._changed)
        self._fill()

    def set_icons(self, icons: Icons) -> None:
        self.head.setIcon(icons.icon("enter" if self._side == "inputs" else "exit"))
        self.add.setIcon(icons.icon("add"))

    def set_open(self, opened: bool) -> None:
        """Opens or folds the list, without telling anyone."""
        self.head.blockSignals(True)
        self.head.setChecked(opened)
        self.head.blockSignals(False)
        self._show_parts(opened)

    def folded_height(self) -> int:
        """In pixels."""
        edges = self._column.contentsMargins()
        return edges.top() + self.head.sizeHint().height() + edges.bottom()

    def place_in(self, room: QRect) -> None:
        """Lies in the upper corner at its edge of this rectangle, where networks seldom have nodes."""
        self._column.activate()
        size = self.sizeHint().boundedTo(QSize(WIDTH, max(60, room.height() - 2 * MARGIN)))
        if self.head.isChecked():
            size.setWidth(min(WIDTH, max(80, room.width() // 3)))
        left = room.left() + MARGIN if self._side == "inputs" else room.right() - MARGIN - size.width()
        self.setGeometry(QRect(left, room.top() + MARGIN, size.width(), size.height()))
        self._room = room

    def close_view(self) -> None:
        """Lets go of the document."""
        self._unsubscribe()

    # -- inside

    def _names(self) -> list[str]:
        graph = self._document.project.graphs.get(self._graph)
        return ends(graph, self._block) if graph is not None else []

    def _fill(self) -> None:
        names, graph = self._names(), self._document.project.graphs.get(self._graph)
        if graph is not None:
            block = self._catalogue[self._block]
            self.list.show_names([(id, block.brief_text(graph.nodes[id].params) or block.summary) for id in names])
            if self._wanted in names:
                self.list.choose(self._wanted)
                self.chosen.emit(self._wanted)
                self._wanted = ""
        self._name_head(len(names))
        self.list.setFixedHeight(ROW * min(len(names), 8) + 6)
        self._lie()

    def _lie(self) -> None:
        if self._room is not None:
            self.place_in(self._room)

    def _open(self, opened: bool) -> None:
        self._show_parts(opened)
        self.folded.emit(not opened)

    def _name_head(self, count: int) -> None:
        """Folded it is but a number, so that it lies over few nodes."""
        said = counted(count, self._block.lower())
        self.head.setText(said if self.head.isChecked() else str(count))
        self.head.setAccessibleName(f"{said} of {self._graph}")
        self.head.setToolTip(tip(f"{said} of this network: add, rename, order, remove"))

    def _show_parts(self, opened: bool) -> None:
        self._name_head(len(self._names()))
        for widget in (self.list, self.add):
            widget.setVisible(opened)
        self._lie()

    def _changed(self, change: Change) -> None:
        if any(self._graph in (edit.graph, edit.key) and edit.kind in ("node", "graph") for edit in change.edits):
            self._fill_later()

    def _choose(self) -> None:
        if self.list.chosen():
            self.chosen.emit(self.list.chosen())

    def _add(self) -> None:
        before = self._names()
        self._apply(lambda: add_end(self._document.project, self._graph, self._block))
        self._fill()
        for id in [id for id in self._names() if id not in before]:
            self.list.edit_name(id)

    def _order(self, names: list[str]) -> None:
        self._apply(lambda: order_ends(self._document.project, self._graph, names))

    def _remove(self, id: str) -> None:
        gone = hanging(self._document.project, self._graph, [id], self._known)
        if self._apply(lambda: remove_ends(self._document.project, self._graph, [id], self._known)):
            places = listed(sorted({place for place, _ in gone}))
            also = f" with {counted(len(gone), 'link')} where the network is placed, in {places}" if gone else ""
            self.status.emit(f"Removed {self._block.lower()} {id}{also}.")

    def _rename(self, item: QListWidgetItem) -> None:
        id, typed = item.data(Qt.ItemDataRole.UserRole), item.text().strip()
        new = typed if is_id(typed) else make_id(typed)
        if not typed or new == id:
            self._fill_later()
            return
        if self._apply(lambda: rename(self._document.project, self._graph, id, new, self._catalogue)):
            self._wanted = new
        else:
            self._fill_later()

    def _fill_later(self) -> None:
        """The editor of a row may still be open: the list is filled anew behind it."""
        self._later.start()

    def _apply(self, make: Callable[[], Change]) -> bool:
        try:
            change = make()
            self._document.apply(change)
        except EditError as wrong:
            self.status.emit(sentence(wrong))
            return False
        return bool(change)


class Boundaries(QObject):
    """Both sides of a network's canvas; they lie over it wherever it goes, and open and fold together."""

    chosen = Signal(str)
    status = Signal(str)
    folded = Signal(bool)

    def __init__(self, document: Document, graph: str, catalogue: Catalogue, canvas: QWidget, over: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.sides = [Boundary(document, graph, catalogue, side, over) for side in ("inputs", "outputs")]
        for side in self.sides:
            side.chosen.connect(self.chosen)
            side.status.connect(self.status)
            side.folded.connect(self._fold)
            side.list.left.connect(canvas.setFocus)
            side.show()
        canvas.installEventFilter(self)
        self._place()

    def set_icons(self, icons: Icons) -> None:
        for side in self.sides:
            side.set_icons(icons)

    def set_open(self, opened: bool) -> None:
        for side in self.sides:
            side.set_open(opened)

    def covers(self) -> float:
        """How much of the canvas they lie over while they are folded, in pixels from its top."""
        return MARGIN + max(side.folded_height() for side in self.sides)

    def focus(self) -> None:
        """Takes the keyboard to the inputs, or to the outputs where it is at the inputs."""
        first, second = self.sides
        goal = second if first.isAncestorOf(QApplication.focusWidget() or first) and second.list.count() else first
        (goal.list if goal.list.count() else goal.add).setFocus(Qt.FocusReason.ShortcutFocusReason)
        if goal.list.currentRow() < 0:
            goal.list.setCurrentRow(0)

    def close_view(self) -> None:
        """Lets go of the document."""
        for side in self.sides:
            side.close_view()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return False

    def _place(self) -> None:
        for side in self.sides:
            side.place_in(self._canvas.geometry())
            side.raise_()

    def _fold(self, folded: bool) -> None:
        self.set_open(not folded)
        self.folded.emit(folded)
