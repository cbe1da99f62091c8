"""A data set from a source that comes with the program: which, with what parameters, and under which name."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from netbuilder.data.by_name import ByName
from netbuilder.data.facts import SOURCES, facts
from netbuilder.data.project_data import free_name
from netbuilder.graph.model import Dataset, Project, Value
from netbuilder.ui.data.charts import samples_in_words
from netbuilder.ui.data.columns import described
from netbuilder.ui.data.editing import with_value
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.text import ground, label
from netbuilder.ui.theme import Theme

_SOURCE = Qt.ItemDataRole.UserRole


class AddDialog(QDialog):
    """After it was accepted, `name` and `dataset` are what to add."""

    def __init__(self, project: Project, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add a data set")
        self.resize(760, 520)
        self._project = project
        self.dataset = Dataset("")
        self.list = QListWidget()
        self.list.setAccessibleName("Data that comes with the program")
        self.list.setProperty("panel", True)
        for source in sorted((one for one in SOURCES.values() if not one.needs), key=lambda one: one.group):
            item = QListWidgetItem(source.title)
            item.setData(_SOURCE, source.name)
            item.setSizeHint(QSize(0, 28))
            role = facts(source.name).columns[0].role if source.columns is not None else "tensor"
            item.setIcon(icons.dot(theme.role(role)))
            self.list.addItem(item)
        self.list.currentItemChanged.connect(lambda item, _: self._choose(item.data(_SOURCE)))
        self.list.itemActivated.connect(lambda _: self.accept())
        self.title, self.about = label(look="strong"), label(wrap=True)
        self.form = Form(expressions=False)
        self.form.committed.connect(self._set)
        self.gives = label(look="muted", wrap=True)
        self.origin = label(look="muted", wrap=True)
        self.wrong = label(look="wrong", wrap=True)
        self.line = QLineEdit()
        self.line.setAccessibleName("Name in this project")
        self.line.setToolTip("What the Data node and expressions call it: letters, digits and _")
        self.line.setMaxLength(100)
        naming = QFormLayout()
        naming.addRow(label("Name in this project", look="muted"), self.line)
        inside = QWidget()
        ground(inside)
        side = QVBoxLayout(inside)
        side.setContentsMargins(16, 12, 16, 12)
        side.setSpacing(10)
        for widget in (self.title, self.about, self.form, self.gives, self.wrong, self.origin):
            side.addWidget(widget)
        side.addLayout(naming)
        side.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setAccessibleName("About the data")
        self.add = QPushButton("Add")
        self.add.setProperty("accent", True)
        self.add.setDefault(True)
        self.add.clicked.connect(self.accept)
        close = QPushButton("Cancel")
        close.clicked.connect(self.reject)
        body = QHBoxLayout()
        body.addWidget(self.list, 2)
        body.addWidget(area, 3)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self.add)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addLayout(body, 1)
        box.addLayout(row)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    @property
    def name(self) -> str:
        """A name that the project has still free."""
        return free_name(self._project, self.line.text().strip() or self.dataset.source)

    def choose(self, source: str) -> None:
        """Chooses a source by its name."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_SOURCE) == source:
                self.list.setCurrentRow(row)

    def _choose(self, name: str) -> None:
        source = SOURCES[name]
        self.title.setText(source.title)
        self.about.setText(source.summary)
        self.origin.setText(f"Source: {source.origin}." if source.origin else "")
        self.line.setText(free_name(self._project, name))
        self._show(facts(name))

    def _set(self, name: str, value: Value) -> None:
        try:
            self._show(with_value(self.dataset, name, value))
        except ValueError as wrong:
            self.wrong.setText(str(wrong))
            self.wrong.show()

    def _show(self, dataset: Dataset) -> None:
        self.dataset = dataset
        source = SOURCES[dataset.source]
        self.wrong.hide()
        own = [param for param in source.own if not isinstance(param, ByName)]  # columns are not known before
        self.form.show_values(own, dataset.params, self._project)
        self.form.setVisible(bool(own))
        if not dataset.columns:
            self.gives.setText("What it gives is found out when it is added.")
            return
        columns = (f"{column.id}: {described(column)[1]}" for column in dataset.columns)
        self.gives.setText(f"Gives {samples_in_words(dataset.samples)} with\n{chr(10).join(columns)}")
