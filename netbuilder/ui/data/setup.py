"""Where a data set comes from and how it is split, as two forms made of its source's declaration."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.blocks.params import Param
from netbuilder.data.by_name import ByName
from netbuilder.data.facts import SOURCES
from netbuilder.data.project_data import path_of
from netbuilder.data.source import Source, shown
from netbuilder.graph.model import Dataset, Project
from netbuilder.ui.data.charts import SplitBar
from netbuilder.ui.data.editing import SPLITS
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.buttons import paint_buttons
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.text import ground, label
from netbuilder.ui.theme import Theme

WIDEST = 420


class SetupView(QScrollArea):
    """`committed(name, value)` once for each edit of a parameter; `elsewhere()`: the data lies in another place."""

    committed = Signal(str, object)
    elsewhere = Signal()

    def __init__(self, theme: Theme, icons: Icons, *, title: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Source and split of the data set")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._project = Project()
        self.source, self.split = Form(expressions=False), Form(expressions=False)
        for form in (self.source, self.split):
            form.committed.connect(self.committed)
        self.title = label(look="strong")
        self.about, self.origin = label(wrap=True), label(look="muted", wrap=True)
        self.place = label(wrap=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.change = QPushButton("Choose another place…")
        self.change.setProperty("compact", True)
        self.change.clicked.connect(self.elsewhere)
        self._place = QWidget()
        where = QVBoxLayout(self._place)
        where.setContentsMargins(0, 0, 0, 0)
        where.setSpacing(4)
        where.addWidget(self.place)
        where.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        self.bar = SplitBar(theme)
        self.notes = label(wrap=True)
        inside = QWidget()
        ground(inside)
        row = QHBoxLayout(inside)
        row.setContentsMargins(12, 8, 12, 10)
        row.setSpacing(32)
        first = (self.title, self.about, self._place, self.source, self.origin, self.notes)
        for widgets in (first, (label("Split", look="strong"), self.split, self.bar)):
            holder = QWidget()
            holder.setMaximumWidth(WIDEST)
            holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            box = QVBoxLayout(holder)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(8)
            for widget in widgets:
                box.addWidget(widget)
            box.addStretch(1)
            row.addWidget(holder, 1)
        row.addStretch(0)
        self.setWidget(inside)
        self.bar.hide()
        self.notes.hide()
        self.set_look(theme, icons)

    def show_dataset(self, dataset: Dataset | None, project: Project) -> None:
        source = SOURCES.get(dataset.source) if dataset is not None else None
        self.title.setText(source.title if source is not None else "")
        self.about.setText(source.summary if source is not None else _unknown(dataset))
        self.origin.setText(f"Source: {source.origin}." if source is not None and source.origin else "")
        self.origin.setVisible(bool(self.origin.text()))
        path = path_of(dataset) if dataset is not None else ""
        self.place.setText(f"It lies at {path}" if path else "")
        self._place.setVisible(source is not None and bool(source.needs))
        for form, inner in ((self.source, False), (self.split, True)):
            params = shown(source, dataset.params) if source is not None and dataset is not None else ()
            wanted = [param for param in params if (param.name in SPLITS) == inner and not _elsewhere(source, param)]
            if dataset is not None:
                form.show_values(wanted, dataset.params, project)
            form.setVisible(bool(wanted))

    def show_parts(self, parts: Mapping[str, int]) -> None:
        self.bar.show_parts(parts)

    def show_notes(self, notes: list[str]) -> None:
        """What was left out, and why."""
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self.bar.set_theme(theme)
        paint_buttons(self, icons)


def _elsewhere(source: Source | None, param: Param) -> bool:
    """Whether a parameter is shown in another way than as a field of the form."""
    return isinstance(param, ByName) or (source is not None and param.name == source.needs)


def _unknown(dataset: Dataset | None) -> str:
    if dataset is None:
        return ""
    return f"This version of netbuilder has no data source {dataset.source!r}, so it can't be read here."
