"""The code view: the project's source as the compiler writes it; it follows the selection, and leads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from netbuilder.ui.code.highlighter import PythonHighlighter
from netbuilder.ui.theme import Theme

Spans = Mapping[str, Mapping[str, tuple[int, int]]]  # graph -> node -> first and last line, counted from 1

_NONE: Spans = {}


def replace_lines(document: QTextDocument, text: str) -> None:
    """Makes the document hold this text by replacing only the lines between the equal ones at both ends.

    Most edits change one line of the source; colouring thousands of others again would stop the window.
    """
    old, new = document.toPlainText().split("\n"), text.split("\n")
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    if head == len(old) == len(new):
        return
    if head + tail == 0 or head == len(old) or head == len(new):
        document.setPlainText(text)  # nothing in common, or only the end differs: no line to hold on to
        return
    cursor = QTextCursor(document.findBlockByNumber(head))
    inserted, removed = new[head : len(new) - tail], len(old) - tail - head
    cursor.beginEditBlock()
    for _ in range(removed):
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
    if tail == 0:
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText("\n".join(inserted) + ("\n" if inserted and tail else ""))
    cursor.endEditBlock()


class LineNumbers(QWidget):
    """The margin with the numbers; a click there is a click on the line."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_margin(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._view.click_at(event.position().toPoint().y())


class CodeView(QPlainTextEdit):
    """Read-only text. `node_clicked(graph, node)`: the person clicked a line that was written for this node."""

    node_clicked = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._spans: Spans = {}
        self._made: Spans = {}
        self._text = ""
        self._graph = ""
        self._selected: Sequence[str] = ()
        self._waiting = True
        self._seen = True
        self._due = False  # to be scrolled to where the selection is, once it is seen
        self._leading = False  # the person clicked here, so the text stays where it is
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName("Generated PyTorch source")
        self.setPlaceholderText("The PyTorch source of this project appears here.")
        self._numbers = LineNumbers(self)
        self.highlighter = PythonHighlighter(self.document(), theme)
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._scroll_numbers)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.font("type.code", code=True))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.highlighter.set_theme(theme)
        self._make_room()
        self._mark()

    def show_code(self, text: str, spans: Spans, made: Spans = _NONE) -> None:
        """Shows new source. While the view is hidden the text waits: setting it costs, and nobody sees it.

        `spans`: where a node works, for node "" its graph's whole class or function; `made`: where its module is made.
        """
        self._text, self._spans, self._made, self._waiting = text, spans, made, True
        if self._seen:
            self._take()

    def show_selection(self, graph: str, nodes: Sequence[str]) -> None:
        """Marks the lines of these nodes and brings the first into view; of another graph without a selection, its
        class."""
        self._due = bool(nodes) or graph != self._graph or self._due
        self._graph, self._selected = graph, nodes
        if self._leading:
            self._due = False
        if self._seen:
            self._mark()
            self._reveal()

    def node_at(self, line: int) -> tuple[str, str] | None:
        """The graph and node that a line (counted from 1) was written for: the one with the shortest span."""
        holding = [
            (last - first, graph, node)
            for spans in (self._spans, self._made)
            for graph, nodes in spans.items()
            for node, (first, last) in nodes.items()
            if first <= line <= last
        ]
        return min(holding)[1:] if holding else None

    def set_seen(self, seen: bool) -> None:
        """Whether the view is in front of others."""
        self._seen = seen
        if seen:
            self._take()

    def _take(self) -> None:
        if self._waiting:
            self._waiting = False
            self._due = self._due or bool(self._selected)
            at = self.verticalScrollBar().value()
            replace_lines(self.document(), self._text)
            self.verticalScrollBar().setValue(at)
        self._mark()
        self._reveal()

    def _lines(self, *parts: Spans) -> list[tuple[int, int]]:
        """First and last lines of what is selected; by default both where it is made and where it works."""
        held = [spans.get(self._graph, {}) for spans in parts or (self._spans, self._made)]
        return sorted(spans[node] for spans in held for node in self._selected if node in spans)

    def _mark(self) -> None:
        marks = []
        for first, last in self._lines():
            for line in range(first, last + 1):
                mark = QTextEdit.ExtraSelection()
                mark.format.setBackground(self._theme.color("code.span"))
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                mark.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
                marks.append(mark)
        self.setExtraSelections(marks)
        self._numbers.update()

    def _reveal(self) -> None:
        """Scrolls only where what the selected nodes do is out of view; without a selection, to the graph's class."""
        if not self._due:
            return
        seen = self.viewport().height() // max(1, self.fontMetrics().lineSpacing())
        if lines := self._lines(self._spans):
            first, last = lines[0]
            top = self.firstVisibleBlock().blockNumber() + 1
            if not (top <= first and last < top + seen):
                self.verticalScrollBar().setValue(max(0, first - 1 - seen // 3))
        elif not self._selected and (whole := self._spans.get(self._graph, {}).get("")) is not None:
            self.verticalScrollBar().setValue(max(0, whole[0] - 2))
        else:
            return  # it may come with the next source
        self._due = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.click_at(event.position().toPoint().y())

    def click_at(self, y: int) -> None:
        line = self.cursorForPosition(QPoint(0, y)).blockNumber() + 1
        if (found := self.node_at(line)) is not None:
            self._leading = True
            self.node_clicked.emit(*found)
            self._leading = False

    def margin_width(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 20

    def _make_room(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self.margin_width(), area.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_numbers()

    def _scroll_numbers(self, area: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def paint_margin(self, event: QPaintEvent) -> None:
        """Paints the numbers of the lines in view."""
        painter = QPainter(self._numbers)
        painter.fillRect(event.rect(), self._theme.color("code.background"))
        painter.setFont(self.font())
        marked = {line for first, last in self._lines() for line in range(first, last + 1)}
        usual, strong = self._theme.color("code.line"), self._theme.color("code.text")
        block = self.firstVisibleBlock()
        area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        while block.isValid() and area.top() <= event.rect().bottom():
            number = block.blockNumber() + 1
            color: QColor = strong if number in marked else usual
            painter.setPen(color)
            box = QRect(0, round(area.top()), self._numbers.width() - 12, self.fontMetrics().height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(number))
            block = block.next()
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        painter.end()
