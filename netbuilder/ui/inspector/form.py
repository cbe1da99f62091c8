"""A form made from declarations: blocks' parameters and a run's settings look and behave alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from netbuilder.blocks.params import DatasetRef, NetworkRef, Param
from netbuilder.data.facts import SOURCES
from netbuilder.graph.model import Project, Values, natural_key
from netbuilder.ui.inspector.fields import Field, label_of, tip_of
from netbuilder.ui.inspector.kinds import field_for
from netbuilder.ui.text import label


class Form(QWidget):
    """`committed(name, value)` once for each edit. Advanced parameters wait behind a button "More"."""

    committed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self._params: tuple[Param, ...] = ()
        self._project: Project | None = None
        self._labels: dict[str, QWidget] = {}
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

    def show_values(self, params: Sequence[Param], values: Values, project: Project) -> None:
        """Shows these parameters with their values; fields stay, with their focus, while the parameters do."""
        self._project = project
        if tuple(params) != self._params:
            self._build(tuple(params))
        for param in self._params:
            field = self.fields[param.name]
            value = values.get(param.name, param.default)
            if isinstance(param, NetworkRef | DatasetRef) or field.value != value or not field.message.isHidden():
                field.show_value(value)
            elif not field.editor.hasFocus():
                field.show_editor(value)

    def _build(self, params: tuple[Param, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.more:
                widget.hide()
                widget.deleteLater()
        self.fields, self._labels, self._params = {}, {}, params
        ordered = sorted(params, key=lambda param: param.advanced)
        for row, param in enumerate(ordered):
            field = field_for(param, partial(self._names, param))
            field.committed.connect(lambda value, name=param.name: self.committed.emit(name, value))
            title = label(label_of(param), look="muted")
            title.setToolTip(tip_of(param))
            title.setBuddy(field.editor)
            title.setMinimumHeight(field.editor.sizeHint().height())
            place = row + (1 if param.advanced else 0)  # the row between them holds "More"
            self._grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(field, place, 1)
            self.fields[param.name], self._labels[param.name] = field, title
            field.show_value(param.default)
        usual = sum(not param.advanced for param in params)
        self._grid.addWidget(self.more, usual, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self.more.setVisible(usual < len(params))
        self._show_advanced(self.more.isChecked())

    def _show_advanced(self, shown: bool) -> None:
        self.more.setText("Fewer" if shown else "More")
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        for param in self._params:
            if param.advanced:
                self.fields[param.name].setVisible(shown)
                self._labels[param.name].setVisible(shown)

    def _names(self, param: Param) -> list[str]:
        """What a reference may name in this project. Data that it doesn't hold yet comes last; choosing it adds it."""
        if self._project is None:
            return []
        if isinstance(param, DatasetRef):
            held = self._project.datasets
            return [*sorted(held, key=natural_key), *sorted(source for source in SOURCES if source not in held)]
        graphs = self._project.graphs
        return sorted((name for name in graphs if graphs[name].kind == "network"), key=natural_key)
