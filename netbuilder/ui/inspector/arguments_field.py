"""What a placement gives its network: one row for each argument that the network declares."""

from __future__ import annotations

from functools import partial

from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from netbuilder.blocks.arguments import declared, misfit, parse_argument, show_argument
from netbuilder.graph import expressions
from netbuilder.graph.expressions import ExpressionError
from netbuilder.graph.model import NONE, Value, Values, natural_key
from netbuilder.ui.inspector.buttons import button
from netbuilder.ui.inspector.fields import Field, Line
from netbuilder.ui.text import label, tip


class Row:
    """An argument: its name, what is given, what that comes to, and the way back to the default."""

    def __init__(self, name: str) -> None:
        self.name = label(name, look="muted")
        self.line = Line()
        self.line.setMinimumWidth(60)
        self.line.setMaxLength(expressions.MAX_LENGTH + 10)
        self.line.setAccessibleName(f"Argument {name}")
        self.name.setBuddy(self.line)
        self.computed: QLabel = label(look="muted")
        self.reset: QToolButton = button("undo", f"Give {name} its default again")

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return self.name, self.line, self.computed, self.reset


class ArgumentsField(Field):
    """Nothing typed is the network's default. An argument that the network does not have can only be taken away."""

    wide = True

    def make_editor(self) -> QWidget:
        holder = QWidget()
        self.rows: dict[str, Row] = {}
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._nothing = label("The network has none.", look="muted", wrap=True)
        self._grid.addWidget(self._nothing, 0, 0, 1, 4)
        return holder

    @property
    def given(self) -> Values:
        return self.value if isinstance(self.value, Map) else NONE

    def show_value(self, value: Value) -> None:
        self.value = value
        self.show_editor(value)
        self.tell(self._wrong())

    def show_editor(self, value: Value) -> None:
        known = self._declared()
        names = sorted({*known, *self.given}, key=natural_key)
        if names != list(self.rows):
            self._build(names)
        for name, row in self.rows.items():
            given = self.given.get(name)
            if not (row.line.hasFocus() and row.line.isModified()):
                row.line.setText("" if given is None else show_argument(given))
            row.line.setPlaceholderText(show_argument(known[name]) if name in known else "not an argument")
            row.line.setToolTip(tip(f"Its default is {show_argument(known[name])}" if name in known else ""))
            row.reset.setVisible(name in self.given)
            self._judge(name, given)

    def _declared(self) -> Values:
        network = self.scope.network()
        return declared(network) if network is not None else NONE

    def _build(self, names: list[str]) -> None:
        for row in self.rows.values():
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.rows = {name: Row(name) for name in names}
        for at, (name, row) in enumerate(self.rows.items()):
            for column, widget in enumerate(row.widgets):
                self._grid.addWidget(widget, at, column, Qt.AlignmentFlag.AlignVCenter)
            row.line.textEdited.connect(lambda text, name=name: self._typed(name, text))
            row.line.editingFinished.connect(partial(self._finish, name))
            row.line.taken_back.connect(lambda: self.show_value(self.value))
            row.reset.clicked.connect(partial(self._reset, name))
        self._nothing.setVisible(not names)
        self.setFocusProxy(self.rows[names[0]].line if names else self.editor)

    def _wrong(self) -> str:
        """What is wrong with what is given as a whole, in a few words."""
        if wrong := self.param.check_written(self.value):
            return wrong
        return next(filter(None, (self._wrong_with(name, value) for name, value in self.given.items())), "")

    def _wrong_with(self, name: str, value: Value) -> str:
        shown, wrong = self.scope.evaluated(value)
        if wrong:
            return f"{name}: {wrong}"
        network = self.scope.network()
        if network is None:
            return ""
        try:
            plain = expressions.evaluate(str(value), self.scope.environment) if shown else value
        except ExpressionError as error:
            return f"{name}: {error}"
        return misfit(str(self.scope.values.get("network")), network, {name: plain})

    def _judge(self, name: str, value: Value) -> str:
        row, shown = self.rows[name], self.scope.evaluated(value)[0]
        wrong = self._wrong_with(name, value) if value is not None else ""
        row.computed.setText(shown)
        row.computed.setVisible(bool(shown))
        self.paint_wrong(row.line, bool(wrong))
        return wrong

    def _typed(self, name: str, text: str) -> None:
        self.tell(self._judge(name, parse_argument(text.strip()) if text.strip() else None))

    def _finish(self, name: str) -> None:
        row = self.rows[name]
        row.line.setModified(False)
        text = row.line.text().strip()
        if not text:
            self._reset(name)
            return
        value = parse_argument(text)
        wrong = self._judge(name, value)
        self.tell(wrong)
        if not wrong and (name not in self.given or show_argument(self.given[name]) != text):
            self.commit(self.given.set(name, value))

    def _reset(self, name: str) -> None:
        self.rows[name].line.setModified(False)
        self.commit(self.given.delete(name) if name in self.given else self.given)
        self.show_value(self.value)

    def tell(self, wrong: str) -> None:
        self.message.setText(f"{wrong[:1].upper()}{wrong[1:]}." if wrong else "")
        self.message.setVisible(bool(wrong))
