"""Values of a person's own in place of the data's: a line of text for each column, with a way to choose a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QPushButton, QWidget

from netbuilder.data.kinds import Kind
from netbuilder.sampling.knobs import ColumnKnob
from netbuilder.ui.text import label, tip

HINTS: dict[Kind, str] = {
    "picture": "drop or choose a picture",
    "text": "type a text",
    "class": "type a class",
    "wave": "choose a sound",
    "number": "type a number",
    "numbers": "numbers between commas",
}
FILES: dict[Kind, str] = {
    "picture": "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff)",
    "wave": "Sounds (*.wav *.flac *.ogg *.mp3 *.aif *.aiff)",
}


def takes_file(knob: ColumnKnob) -> bool:
    """Whether a file can be given for it: a picture, or a sound whose rate is known."""
    return knob.kind == "picture" or (knob.kind == "wave" and "rate" in knob.column.facts)


class OwnInputs(QWidget):
    """`changed()` when a value was given or taken back. Empty fields leave the data's own samples."""

    changed = Signal()

    def __init__(self, knobs: Sequence[ColumnKnob], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.knobs = tuple(knobs)
        self.lines: dict[str, QLineEdit] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, knob in enumerate(knobs):
            line = QLineEdit()
            line.setPlaceholderText(_hint(knob))
            line.setClearButtonEnabled(True)
            line.setAccessibleName(f"Your own {knob.column.name or knob.column.id}")
            line.setToolTip(tip(_help(knob)))
            line.textChanged.connect(lambda _text: self.changed.emit())
            title = label(knob.column.name or knob.column.id, look="muted")
            title.setBuddy(line)
            grid.addWidget(title, row, 0)
            grid.addWidget(line, row, 1)
            if takes_file(knob):
                choose = QPushButton("Choose…")
                choose.setAccessibleName(f"Choose a file for {knob.column.id}")
                choose.clicked.connect(partial(self._choose, line, FILES[knob.kind]))
                grid.addWidget(choose, row, 2)
            self.lines[knob.column.id] = line

    @property
    def values(self) -> dict[str, str]:
        """What was given, by column."""
        return {id: line.text() for id, line in self.lines.items() if line.text().strip()}

    def take_file(self, path: str) -> bool:
        """A file that was dropped, for the first column that takes one; whether there is one."""
        knob = next(filter(takes_file, self.knobs), None)
        if knob is not None:
            self.lines[knob.column.id].setText(path)
        return knob is not None

    def _choose(self, line: QLineEdit, kinds: str) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "A file of your own", line.text(), kinds)
        if path:
            line.setText(path)


def _hint(knob: ColumnKnob) -> str:
    if knob.kind == "class":
        return f"one of {', '.join(knob.column.classes[:6])}" + (", …" if len(knob.column.classes) > 6 else "")
    if knob.kind == "numbers" or (knob.kind == "wave" and not takes_file(knob)):
        return f"{' × '.join(map(str, knob.column.shape))} numbers between commas"
    return HINTS[knob.kind]


def _help(knob: ColumnKnob) -> str:
    names = knob.column.facts.get("names")
    listed = f" In this order: {', '.join(map(str, names))}." if isinstance(names, tuple) else ""
    return f"Your own value instead of the data's samples: {_hint(knob)}.{listed}"
