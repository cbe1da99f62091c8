"""Which networks an optimizer changes, each with numbers of its own where wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import Float
from netbuilder.graph.model import NONE, Value, Values, natural_key
from netbuilder.ui.inspector.fields import Field, Line
from netbuilder.ui.text import label, tip

HEADS = {"lr": "Own rate", "weight_decay": "Own decay"}
ALL = "All that its losses reach and that no other optimizer names."


class Row:
    """A network: whether it is named, and a line for each number of its own."""

    def __init__(self, name: str, numbers: Sequence[Float]) -> None:
        self.box = QCheckBox(name.replace("&", "&&"))
        self.box.setAccessibleName(f"Network {name}")
        self.lines = {param.name: Line() for param in numbers}
        for number, line in self.lines.items():
            line.setAccessibleName(f"{HEADS.get(number, number)} of {name}")
            line.setPlaceholderText("same")
            line.setToolTip(tip(f"{number} of {name} alone; empty: the optimizer's"))
            line.setFixedWidth(76)


class GroupsField(Field):
    """A row for each network of the project; none named means all that the losses reach."""

    wide = True

    param: Groups

    def make_editor(self) -> QWidget:
        holder = QWidget()
        self.rows: dict[str, Row] = {}
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._all = label(ALL, look="muted", wrap=True)
        self._heads = [label(HEADS.get(param.name, param.name), look="muted") for param in self.param.each]
        return holder

    @property
    def named(self) -> Values:
        return self.value if isinstance(self.value, Map) else NONE

    def show_editor(self, value: Value) -> None:
        known = self.scope.names(self.param)
        names = [*known, *sorted((name for name in self.named if name not in known), key=natural_key)]
        if names != list(self.rows):
            self._build(names)
        for name, row in self.rows.items():
            numbers = self.named.get(name)
            row.box.setChecked(name in self.named)
            for number, line in row.lines.items():
                held = numbers.get(number) if isinstance(numbers, Map) else None
                line.setVisible(name in self.named)
                if not (line.hasFocus() and line.isModified()):
                    line.setText("" if held is None else Float().show(held))
                    self.paint_wrong(line, False)
        self._all.setVisible(not self.named)
        for head in self._heads:
            head.setVisible(bool(self.named))

    def judge(self, value: Value) -> None:
        known = self.scope.names(self.param)
        gone = next((name for name in sorted(self.named) if name not in known), "")
        self.tell(self.param.check(value) or (f"there is no network {gone}" if gone else ""))

    def _build(self, names: list[str]) -> None:
        for row in self.rows.values():
            for widget in (row.box, *row.lines.values()):
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.rows = {name: Row(name, self.param.each) for name in names}
        for column, head in enumerate(self._heads, 1):
            self._grid.addWidget(head, 0, column)
        for at, (name, row) in enumerate(self.rows.items(), 1):
            row.box.clicked.connect(lambda on, name=name: self._name(name, on))
            self._grid.addWidget(row.box, at, 0, Qt.AlignmentFlag.AlignVCenter)
            for column, (number, line) in enumerate(row.lines.items(), 1):
                line.textEdited.connect(lambda text, number=number, line=line: self._typed(number, line, text))
                line.editingFinished.connect(partial(self._finish, name, number, line))
                line.taken_back.connect(lambda: self.show_value(self.value))
                self._grid.addWidget(line, at, column)
        self._grid.addWidget(self._all, len(names) + 1, 0, 1, 3)
        self.setFocusProxy(self.rows[names[0]].box if names else self.editor)

    def _name(self, name: str, on: bool) -> None:
        self.commit(self.named.set(name, NONE) if on else self.named.delete(name))
        self.show_value(self.value)

    def _wrong(self, number: str, text: str) -> str:
        """What is wrong with a typed number in a few words."""
        param = next(param for param in self.param.each if param.name == number)
        try:
            param.parse(text)
        except ValueError as error:
            return f"{number} {error}" if str(error).startswith("must ") else f"{number}: {error}"
        return ""

    def _typed(self, number: str, line: Line, text: str) -> None:
        wrong = self._wrong(number, text) if text.strip() else ""
        self.tell(wrong)
        self.paint_wrong(line, bool(wrong))

    def _finish(self, name: str, number: str, line: Line) -> None:
        text, held = line.text().strip(), self.named.get(name)
        numbers = held if isinstance(held, Map) else NONE
        if text and self._wrong(number, text):
            return
        line.setModified(False)
        if not text:
            numbers = numbers.delete(number) if number in numbers else numbers
        elif number not in numbers or Float().show(numbers[number]) != text:
            numbers = numbers.set(number, Float().parse(text))
        if numbers != held:
            self.commit(self.named.set(name, numbers))
            self.show_value(self.value)
