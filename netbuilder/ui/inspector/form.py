"""A form made from declarations: blocks' parameters and a run's settings look and behave alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QMenu, QToolButton, QWidget

from netbuilder.blocks.params import DatasetRef, Float, Int, NetworkRef, Param
from netbuilder.graph.expressions import MARK, is_expression
from netbuilder.graph.model import Project, Values
from netbuilder.ui.inspector.code_field import CodeField
from netbuilder.ui.inspector.fields import BoolField, ChoiceField, Field, TextField, label_of, tip_of
from netbuilder.ui.inspector.kinds import field_for, kind_of
from netbuilder.ui.inspector.scope import Scope
from netbuilder.ui.inspector.scrub import HELP as SCRUB_HELP
from netbuilder.ui.inspector.scrub import Scrub
from netbuilder.ui.text import label


class Form(QWidget):
    """`committed(name, value)` once for each edit. Advanced parameters wait behind a button "More": after the others,
    or in their group where the declarations have headings."""

    committed = Signal(str, object)
    dragged = Signal(str, object)  # a number that is being dragged: its name, what it is now
    drag_ended = Signal(bool)  # whether it is kept
    asked = Signal(str, str)  # what to do with a network ("open", "rename"), its name

    def __init__(self, *, expressions: bool = True) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self.scope = Scope()
        self.scope.expressions = expressions
        self.headings: dict[str, QWidget] = {}
        self._params: tuple[Param, ...] = ()
        self._mixed: frozenset[str] = frozenset()
        self._written: frozenset[str] = frozenset()  # those whose field takes an expression instead of a choice
        self._asked_for: frozenset[str] = frozenset()  # of those, the ones that a person wants to write
        self._labels: dict[str, QWidget] = {}
        self._groups: dict[str, list[Param]] = {}
        self.more = QToolButton()
        self.more.setProperty("quiet", True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setCheckable(True)
        self.more.setToolTip("Parameters that are rarely changed")
        self.more.toggled.connect(self._show_advanced)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)

    def show_values(
        self,
        params: Sequence[Param],
        values: Values,
        project: Project,
        graph: str = "",
        mixed: Collection[str] = frozenset(),
    ) -> None:
        """Shows these parameters with their values; fields stay, with their focus, while the parameters do. `mixed`:
        those whose values differ between the nodes that the form stands for."""
        self.scope.project, self.scope.graph, self.scope.values = project, graph, values
        names = {param.name for param in params}
        self._asked_for &= names
        written = frozenset(
            param.name
            for param in params
            if param.takes_expressions and kind_of(param) is not TextField and is_expression(values.get(param.name))
        ) - frozenset(mixed)
        self._mixed = frozenset(mixed)
        written |= self._asked_for
        if tuple(params) != self._params or written != self._written:
            self._written = written
            self._build(tuple(params))
        for param in self._params:
            field = self.fields[param.name]
            if param.name in mixed:
                if not (isinstance(field, TextField) and field.editor.hasFocus() and field.editor.isModified()):
                    field.show_mixed()
                continue
            value = values.get(param.name, param.default)
            looks_elsewhere = isinstance(param, NetworkRef | DatasetRef) or not isinstance(value, str | int | float)
            moves = looks_elsewhere or is_expression(value)
            if field.editor.hasFocus() and field.value == value and isinstance(field, TextField):
                continue
            if moves or field.value != value or not field.message.isHidden():
                field.show_value(value)
            elif not field.editor.hasFocus():
                field.show_editor(value)
        self._show_fields()

    # -- inside

    def _build(self, params: tuple[Param, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.more:
                widget.hide()
                widget.deleteLater()
        self.fields, self._labels, self.headings, self._params = {}, {}, {}, params
        self._groups = grouped(params)
        place = 0
        for heading, group in self._groups.items():
            if heading:
                self.headings[heading] = title = label(heading, look="strong")
                title.setContentsMargins(0, 6 if place else 0, 0, 0)
                self._grid.addWidget(title, place, 0, 1, 2)
                place += 1
            for param in group:
                if param.advanced and not heading and not self._grid.indexOf(self.more) >= 0:
                    self._grid.addWidget(self.more, place, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
                    place += 1
                place = self._add(param, place, heading)
        if self._grid.indexOf(self.more) < 0:
            self._grid.addWidget(self.more, place, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self.more.setVisible(any(param.advanced for param in params))
        self._show_advanced(self.more.isChecked())

    def _add(self, param: Param, place: int, heading: str) -> int:
        """Gives the next free row."""
        field = field_for(param, self.scope, written=param.name in self._written)
        field.committed.connect(lambda value: self.committed.emit(param.name, value))
        field.asked.connect(self.asked)
        title = label(label_of(param), look="muted")
        title.setToolTip(tip_of(param))
        title.setBuddy(field.editor)
        title.setMinimumHeight(min(field.editor.sizeHint().height(), 32))
        own_menu = isinstance(field, TextField | CodeField)
        for widget in (title,) if own_menu else (title, field.editor):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            widget.customContextMenuRequested.connect(lambda at, widget=widget: self._menu(param, widget, at))
        self.fields[param.name] = field
        if isinstance(param, Int | Float) and isinstance(field, TextField):
            scrub = Scrub(field, param, lambda: field.value)
            scrub.watch(title)
            scrub.watch(field.editor)
            scrub.moved.connect(lambda value: self.dragged.emit(param.name, value))
            scrub.ended.connect(self.drag_ended)
            title.setToolTip(tip_of(param, SCRUB_HELP))
        field.show_value(param.default)
        if field.wide and label_of(param) == heading:  # the heading has said it
            title.deleteLater()
            self._grid.addWidget(field, place, 0, 1, 2)
            return place + 1
        self._labels[param.name] = title
        if field.wide:
            title.setMinimumHeight(0)
            self._grid.addWidget(title, place, 0, 1, 2)
            self._grid.addWidget(field, place + 1, 0, 1, 2)
            return place + 2
        self._grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, place, 1)
        return place + 1

    def _menu(self, param: Param, widget: QWidget, at: QPoint) -> None:
        """What else can be done with a parameter."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        reset = menu.addAction(f"Reset to {param.show(param.default) or 'nothing'}".replace("&", "&&"))
        reset.setEnabled(self.fields[param.name].value != param.default)
        reset.triggered.connect(partial(self._reset, param))
        kinds = self.scope.expressions and param.takes_expressions and kind_of(param) in (ChoiceField, BoolField)
        if kinds and param.name not in self._written:
            menu.addAction("Write an expression").triggered.connect(lambda: self.write_expression(param.name))
        menu.popup(widget.mapToGlobal(at))

    def _reset(self, param: Param) -> None:
        self._asked_for -= {param.name}
        self.committed.emit(param.name, param.default)
        self._again()

    def write_expression(self, name: str) -> None:
        """Turns a choice into a line in which an expression can be typed."""
        self._asked_for |= {name}
        self._again()
        field = self.fields[name]
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field, TextField):
            field.editor.setText(MARK)

    def _again(self) -> None:
        self.show_values(self._params, self.scope.values, self.scope.project, self.scope.graph, self._mixed)

    def _show_advanced(self, shown: bool) -> None:
        self.more.setText("Fewer" if shown else "More")
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._show_fields()

    def _show_fields(self) -> None:
        """Advanced ones show while they are asked for, and where they are set: nothing works unseen."""
        seen: set[str] = set()
        focus = QApplication.focusWidget()
        for param in self._params:
            field = self.fields[param.name]
            visible = self.more.isChecked() or not param.advanced or field.value != param.default
            if visible or (focus is not None and field.isAncestorOf(focus)):
                seen.add(param.name)
            if param.advanced:
                field.setVisible(param.name in seen)
                if (title := self._labels.get(param.name)) is not None:
                    title.setVisible(param.name in seen)
        for heading, words in self.headings.items():
            words.setVisible(not seen.isdisjoint(param.name for param in self._groups[heading]))


def grouped(params: Sequence[Param]) -> dict[str, list[Param]]:
    """The parameters by heading, those without one under "" with advanced ones last; a heading holds until the next."""
    groups: dict[str, list[Param]] = {}
    heading = ""
    for param in params:
        heading = param.heading or heading
        groups.setdefault(heading, []).append(param)
    return {name: sorted(group, key=lambda param: param.advanced) for name, group in groups.items()}
