"""The top of the inspector: what is shown, and for a node its name in the source and its title."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.fields import Field, Line
from netbuilder.ui.text import label

NAME_HELP = "What the node is called in the source: letters, digits and _"
TITLE_HELP = "What the node is called on the canvas; empty: its name"


class Head(QWidget):
    """`renamed` and `titled` carry what was typed, once for each edit."""

    renamed = Signal(str)
    titled = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.dot, self.name, self.kind = QLabel(), label(look="strong"), label(look="muted")
        self.about = label(wrap=True)
        self.id = Line()
        self.id.setAccessibleName("Name of the node")
        self.id.setToolTip(NAME_HELP)
        self.id.setMaxLength(100)
        self.id.editingFinished.connect(self._rename)
        self.id.taken_back.connect(self._take_back)
        self.message = label(look="wrong", wrap=True)
        self.message.setVisible(False)
        self.title = QLineEdit()
        self.title.setAccessibleName("Title of the node")
        self.title.setToolTip(TITLE_HELP)
        self.title.setMaxLength(200)
        self.title.editingFinished.connect(self._entitle)
        self._held = ""
        first = QHBoxLayout()
        first.setSpacing(7)
        first.addWidget(self.dot)
        first.addWidget(self.name)
        first.addWidget(self.kind, 1)
        self._fields = QWidget()
        grid = QGridLayout(self._fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        for column, (words, field) in enumerate((("Name", self.id), ("Title", self.title))):
            caption = label(words, look="muted")
            caption.setBuddy(field)
            grid.addWidget(caption, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.message, 2, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addWidget(self.about)
        layout.addWidget(self._fields)

    def show_thing(self, name: str, kind: str, about: str, color: QColor | None, icons: Icons) -> None:
        """A heading; with a colour, the dot of a category before it."""
        self.dot.setVisible(color is not None)
        if color is not None:
            self.dot.setPixmap(icons.dot(color, 12).pixmap(QSize(16, 16)))
        self.name.setText(name)
        self.kind.setText(kind)
        self.about.setText(about)
        self.about.setVisible(bool(about))
        self._fields.setVisible(False)

    def show_node(self, id: str, title: str) -> None:
        """The fields of one node."""
        self._fields.setVisible(True)
        if id != self._held or not self.id.hasFocus() or not self.id.isModified():
            self._held = id
            self._take_back()
        if not self.title.hasFocus() or not self.title.isModified():
            self.title.setText(title)
        self.title.setPlaceholderText(id)

    def tell(self, wrong: str) -> None:
        """What is wrong with the name that was typed, as a sentence; nothing for ""."""
        self.message.setText(wrong)
        self.message.setVisible(bool(wrong))
        Field.paint_wrong(self.id, bool(wrong))

    def _take_back(self) -> None:
        self.id.setText(self._held)
        self.id.setModified(False)
        self.tell("")

    def _rename(self) -> None:
        self.id.setModified(False)
        typed = self.id.text().strip()
        if typed == self._held:
            self._take_back()
        else:
            self.renamed.emit(typed)

    def _entitle(self) -> None:
        self.title.setModified(False)
        self.titled.emit(self.title.text().strip())
