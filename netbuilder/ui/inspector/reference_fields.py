"""Fields that name something else: a network with a way into it, data to look at, a run to start from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from netbuilder.data.facts import SOURCES
from netbuilder.graph.model import Value
from netbuilder.ui.inspector.buttons import button
from netbuilder.ui.inspector.fields import ChoiceField, Line, TextField, label_of


class NetworkField(ChoiceField):
    """A network of the project, with buttons that open and rename it."""

    def make_editor(self) -> QWidget:
        self.open = button("enter", "Open this network")
        self.open.clicked.connect(lambda: self.asked.emit("open", str(self.value)))
        self.rename = button("rename", "Rename this network wherever it is named")
        self.rename.clicked.connect(lambda: self.asked.emit("rename", str(self.value)))
        self.row.addWidget(self.open)
        self.row.addWidget(self.rename)
        return super().make_editor()

    def show_editor(self, value: Value) -> None:
        super().show_editor(value)
        known = value in self.scope.names(self.param)
        self.open.setEnabled(known)
        self.rename.setEnabled(known)


class DatasetField(ChoiceField):
    """A data set of the project, or data that comes with the program by its title; with a way to look at it."""

    def make_editor(self) -> QWidget:
        self.look = button("data", "Look at this data")
        self.look.clicked.connect(lambda: self.asked.emit("look", str(self.value)))
        self.row.addWidget(self.look)
        return super().make_editor()

    def words(self, option: Value) -> str:
        source = SOURCES.get(str(option))
        held = option in self.scope.project.datasets
        return f"{source.title} (comes with netbuilder)" if source is not None and not held else super().words(option)

    def show_editor(self, value: Value) -> None:
        super().show_editor(value)
        self.look.setEnabled(value in self.scope.project.datasets)


class RunField(TextField):
    """The folder of a run or of a checkpoint: typed, or chosen from the project's runs or the disk."""

    editor: Line
    placeholder = "random weights"

    def make_editor(self) -> QWidget:
        self.choose = button("open", f"Choose for {label_of(self.param)}")
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choose.setMenu(QMenu(self.choose))
        self.choose.menu().aboutToShow.connect(self._fill)
        self.row.addWidget(self.choose)
        editor = super().make_editor()
        assert isinstance(editor, Line)
        return editor

    def show_editor(self, value: Value) -> None:
        super().show_editor(value)
        if not self.editor.hasFocus():
            self.editor.setCursorPosition(0 if len(self.editor.text()) < 30 else len(self.editor.text()))

    def _fill(self) -> None:
        menu = self.choose.menu()
        menu.clear()
        self._offer(menu, "Random weights", "")
        for path, name in self.scope.runs():
            self._offer(menu, name, path)
        menu.addSeparator()
        menu.addAction("Another folder…").triggered.connect(self._ask)

    def _offer(self, menu: QMenu, words: str, path: str) -> None:
        action = menu.addAction(words.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(path == self.value)
        action.triggered.connect(lambda: self._take(path))

    def _ask(self) -> None:
        start = self.value if isinstance(self.value, str) and Path(self.value).is_dir() else ""
        if path := QFileDialog.getExistingDirectory(self, "Start from a run or a checkpoint", start):
            self._take(path)

    def _take(self, path: str) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.setText(path)
        self._finish()
