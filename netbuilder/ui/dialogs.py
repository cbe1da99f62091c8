"""Questions and sentences in boxes of their own. Text is always plain: it may come from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget

SUFFIX = ".netbuilder"
FILTER = f"netbuilder projects (*{SUFFIX});;All files (*)"
Unsaved = Literal["save", "discard", "cancel"]
Changed = Literal["overwrite", "reload", "save_as", "cancel"]


class Dialogs:
    """Asks the person at the window. A test that needs no box gives the window another object of this form."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def open_path(self, folder: Path) -> Path | None:
        """The file to open, None where the person thought better of it."""
        text, _ = QFileDialog.getOpenFileName(self._parent, "Open project", str(folder), FILTER)
        return Path(text) if text else None

    def save_path(self, suggestion: Path) -> Path | None:
        """Where to save, with our suffix where none was typed."""
        text, _ = QFileDialog.getSaveFileName(self._parent, "Save project as", str(suggestion), FILTER)
        if not text:
            return None
        path = Path(text)
        return path if path.suffix else path.with_suffix(SUFFIX)

    def unsaved(self, title: str) -> Unsaved:
        """What to do with the changes of a project that is about to be closed."""
        box = self._box(QMessageBox.Icon.Question, f"Save the changes to “{title}” before closing it?")
        box.setInformativeText("Without saving they are lost.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        box.setEscapeButton(buttons.Cancel)
        answers: dict[int, Unsaved] = {buttons.Save.value: "save", buttons.Discard.value: "discard"}
        return answers.get(box.exec(), "cancel")

    def changed(self, title: str) -> Changed:
        """What to do where the file of a project that is about to be saved was changed by another program."""
        box = self._box(QMessageBox.Icon.Warning, f"“{title}” was changed on disk after it was opened here.")
        box.setInformativeText("Saving now writes over what the other program wrote.")
        roles = QMessageBox.ButtonRole
        answers: dict[object, Changed] = {
            box.addButton("&Save as…", roles.AcceptRole): "save_as",
            box.addButton("&Load from disk", roles.ActionRole): "reload",
            box.addButton("&Overwrite", roles.DestructiveRole): "overwrite",
        }
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return answers.get(box.clickedButton(), "cancel")

    def confirm(self, question: str, button: str) -> bool:
        """Whether the person presses `button` rather than Cancel."""
        box = self._box(QMessageBox.Icon.Question, question)
        yes = box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return box.clickedButton() is yes

    def name(self, title: str, label: str, text: str) -> str:
        """A name that the person types; "" for none."""
        typed, accepted = QInputDialog.getText(self._parent, title, label, QLineEdit.EchoMode.Normal, text)
        return typed.strip() if accepted else ""

    def error(self, sentence: str) -> None:
        """One sentence that says what went wrong; at the program's start it waits until the window is there."""
        if self._parent.isVisible():
            self._box(QMessageBox.Icon.Warning, sentence).exec()
        else:
            QTimer.singleShot(0, self._parent, lambda: self._box(QMessageBox.Icon.Warning, sentence).exec())

    def inform(self, title: str, text: str) -> None:
        box = self._box(QMessageBox.Icon.Information, text)
        box.setWindowTitle(title)
        box.exec()

    def _box(self, icon: QMessageBox.Icon, text: str) -> QMessageBox:
        box = QMessageBox(self._parent)
        box.setWindowTitle("netbuilder")
        box.setIcon(icon)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        return box
