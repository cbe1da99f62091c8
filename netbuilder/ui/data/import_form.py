"""How imported data is read: as what, under which name, with which parameters, and how it is split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from netbuilder.blocks.params import Param
from netbuilder.data.by_name import ByName
from netbuilder.data.facts import SOURCES
from netbuilder.data.source import shown
from netbuilder.graph.model import Dataset, Project
from netbuilder.ui.data.charts import SplitBar
from netbuilder.ui.data.editing import SPLITS
from netbuilder.ui.inspector.fields import Box
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.text import ground, label
from netbuilder.ui.theme import Theme


class Guessed(NamedTuple):
    """One way to read what was pointed at."""

    dataset: Dataset
    reason: str
    columns: tuple[str, ...]


class ReadingForm(QScrollArea):
    """`guess_chosen(number)`: it is to be read in this way; `committed(name, value)` once for each edit."""

    guess_chosen = Signal(int)
    committed = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guesses: Sequence[Guessed] = ()
        self.kind = Box()
        self.kind.setAccessibleName("Read it as")
        self.kind.activated.connect(self._choose)
        self.reason = label(look="muted", wrap=True)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name in the project")
        self.name.setToolTip("What the Data node and expressions call it: letters, digits and _")
        self.name.setMaxLength(100)
        first = QFormLayout()
        first.setHorizontalSpacing(10)
        first.setVerticalSpacing(7)
        for words, field in (("Read as", self.kind), ("Name", self.name)):
            caption = label(words, look="muted")
            caption.setBuddy(field)
            first.addRow(caption, field)
        self.form, self.split = Form(expressions=False), Form(expressions=False)
        for form in (self.form, self.split):
            form.committed.connect(self.committed)
        self.bar = SplitBar(theme)
        self._source_words = label("Source", look="heading")
        side = QWidget()
        ground(side)
        box = QVBoxLayout(side)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(8)
        box.addLayout(first)
        for one in (self.reason, self._source_words, self.form, label("Split", look="heading"), self.split, self.bar):
            box.addWidget(one)
        box.addStretch(1)
        self.setWidget(side)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("How it is read")
        self.setMinimumWidth(290)

    def show_guesses(self, guesses: Sequence[Guessed], name: str) -> None:
        """The ways in which it can be read, the first one chosen."""
        self._guesses = guesses
        titles = [SOURCES[guessed.dataset.source].title for guessed in guesses]
        self.kind.clear()
        for at, guessed in enumerate(guesses):
            twice = titles.count(titles[at]) > 1 and guessed.dataset.params.get("window")
            self.kind.addItem(f"{titles[at]}, in windows of time" if twice else titles[at], at)
            self.kind.setItemData(at, guessed.reason, Qt.ItemDataRole.ToolTipRole)
        self.reason.setText(guesses[0].reason)
        self.name.setText(name)

    def show_dataset(self, dataset: Dataset, project: Project) -> None:
        """The parameters that mean something with these values; columns have a table of their own."""
        source = SOURCES[dataset.source]
        params = shown(source, dataset.params)
        elsewhere = {source.needs, *SPLITS}
        own = [self._quiet(one) for one in params if one.name not in elsewhere and not isinstance(one, ByName)]
        self.form.show_values(own, dataset.params, project)
        self._source_words.setVisible(bool(own))
        self.split.show_values([one for one in params if one.name in SPLITS], dataset.params, project)

    def _choose(self, at: int) -> None:
        self.reason.setText(self._guesses[at].reason)
        self.guess_chosen.emit(at)

    def _quiet(self, param: Param) -> Param:
        """What was found out counts as the default: rare parameters wait behind "More" though they are set."""
        guessed = self._guesses[self.kind.currentIndex()].dataset.params
        return (
            msgspec.structs.replace(param, default=guessed.get(param.name, param.default)) if param.advanced else param
        )
