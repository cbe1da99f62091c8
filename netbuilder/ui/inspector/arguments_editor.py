"""The arguments that a network declares: names and defaults, each edit one change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from netbuilder.blocks.arguments import check_argument, parse_argument, show_argument
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document
from netbuilder.graph.edits import EditError
from netbuilder.graph.edits_arguments import remove_argument, rename_argument
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import NONE, Values, natural_key
from netbuilder.graph.names import is_id
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.buttons import button, paint_buttons
from netbuilder.ui.inspector.fields import Field, Line
from netbuilder.ui.text import label, tip

ABOUT = "Blocks use them by name: =channels * 2. Each place where the network stands may give other values."
FIRST = "1"  # the default of a new argument until another is typed


class Row:
    """Name and default of an argument, and a button that removes it; the last row is for a new one."""

    def __init__(self, name: str) -> None:
        words = f"argument {name}" if name else "new argument"
        self.name, self.default = Line(), Line()
        self.name.setMaxLength(100)
        self.default.setMaxLength(200)
        self.name.setAccessibleName(f"Name of {words}")
        self.default.setAccessibleName(f"Default of {words}")
        self.name.setPlaceholderText("" if name else "new argument")
        self.default.setPlaceholderText("" if name else FIRST)
        self.default.setToolTip(tip("A number, true or false, or a word"))
        self.remove = button("delete", f"Remove {name}: blocks get its default in its place")
        if not name:
            self.remove.hide()  # never shown before it is in its place: it would be a window of its own for a moment
        for line in (self.name, self.default):
            line.setMinimumWidth(50)


class ArgumentsEditor(QWidget):
    """Shows one network's arguments and edits the document."""

    status = Signal(str)

    def __init__(self, document: Document, parts: Parts) -> None:
        super().__init__()
        self._document, self._parts = document, parts
        self._graph = ""
        self.rows: dict[str, Row] = {}
        self.about = label(ABOUT, look="muted", wrap=True)
        self.message = label(look="wrong", wrap=True)
        self.message.setVisible(False)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)

    def show_graph(self, graph: str, icons: Icons) -> None:
        """Shows the arguments of this network as they are now."""
        held = self._arguments(graph)
        names = [*sorted(held, key=natural_key), ""]
        if graph != self._graph or names != list(self.rows):
            self._graph = graph
            self._build(names)
        for name, row in self.rows.items():
            if name:
                self._show(row.name, name)
                self._show(row.default, show_argument(held[name]))
        paint_buttons(self, icons)
        self.tell("")

    def tell(self, wrong: str) -> None:
        """A clause as a sentence, nothing for ""."""
        self.message.setText(f"{wrong[:1].upper()}{wrong[1:]}." if wrong else "")
        self.message.setVisible(bool(wrong))

    # -- inside

    def _arguments(self, graph: str) -> Values:
        held = self._document.project.graphs.get(graph)
        return held.arguments if held is not None else NONE

    @staticmethod
    def _show(line: Line, text: str) -> None:
        if line.text() != text and not (line.hasFocus() and line.isModified()):
            line.setText(text)
        Field.paint_wrong(line, False)

    def _build(self, names: list[str]) -> None:
        gone = list(self.rows.values())
        self.rows = {name: Row(name) for name in names}
        while self._grid.takeAt(0) is not None:
            pass
        self._grid.addWidget(self.about, 0, 0, 1, 3)
        for at, (name, row) in enumerate(self.rows.items(), 1):
            self._grid.addWidget(row.name, at, 0)
            self._grid.addWidget(row.default, at, 1)
            self._grid.addWidget(row.remove, at, 2, Qt.AlignmentFlag.AlignVCenter)
            row.name.editingFinished.connect(partial(self._name, name))
            row.default.editingFinished.connect(partial(self._default, name))
            row.remove.clicked.connect(partial(self._remove, name))
            for line in (row.name, row.default):
                line.taken_back.connect(partial(self._take_back, name))
        self._grid.addWidget(self.message, len(names) + 1, 0, 1, 3)
        for row in gone:
            for widget in (row.name, row.default, row.remove):
                widget.blockSignals(True)  # one that loses the focus as it goes would speak once more
                widget.hide()
                widget.deleteLater()

    def _take_back(self, name: str) -> None:
        row = self.rows[name]
        held = self._arguments(self._graph)
        row.name.setText(name)
        row.default.setText(show_argument(held[name]) if name else "")
        self.tell("")

    def _name(self, name: str) -> None:
        row = self.rows[name]
        typed = row.name.text().strip()
        row.name.setModified(False)
        if typed == name:
            return
        wrong = ""
        if not is_id(typed):
            wrong = f"“{typed}” can't be a name: letters, digits and _, and no word that Python or torch uses"
        elif typed in self._arguments(self._graph):
            wrong = f"there is an argument {typed} already"
        Field.paint_wrong(row.name, bool(wrong))
        self.tell(wrong)
        if wrong:
            return
        if name:
            self._apply(lambda: rename_argument(self._document.project, self._graph, name, typed, self._parts))
        else:
            value = parse_argument(row.default.text().strip() or FIRST)
            if not check_argument(typed, value):
                row.name.clear()
                row.default.clear()
                self._apply(lambda: edits.set_arguments(self._document.project, self._graph, {typed: value}))
        if typed in self.rows:
            self.rows[typed].default.setFocus(Qt.FocusReason.OtherFocusReason)
            self.rows[typed].default.selectAll()

    def _default(self, name: str) -> None:
        row = self.rows[name]
        row.default.setModified(False)
        text = row.default.text().strip()
        if not name or text == show_argument(self._arguments(self._graph)[name]):
            return
        value = parse_argument(text)
        wrong = "a default can't be empty" if not text else check_argument(name, value)
        Field.paint_wrong(row.default, bool(wrong))
        self.tell(wrong)
        if not wrong:
            self._apply(lambda: edits.set_arguments(self._document.project, self._graph, {name: value}))

    def _remove(self, name: str) -> None:
        self._apply(lambda: remove_argument(self._document.project, self._graph, name, self._parts))

    def _apply(self, make: Callable[[], Change]) -> None:
        try:
            self._document.apply(make())
        except EditError as wrong:
            self.tell(str(wrong))
