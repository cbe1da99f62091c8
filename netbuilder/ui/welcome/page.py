"""The welcome page: presets to begin with, and what one worked on before."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from netbuilder.presets import Preset, picture
from netbuilder.ui.icons import Icons, application_icon
from netbuilder.ui.pictures.shelf import Shelf
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme
from netbuilder.ui.welcome.card import LineCard, PresetCard, RecentCard
from netbuilder.ui.welcome.going import GoingOn

COLUMNS = 3
WIDTH = 860
MOST_RECENT = 6
FIRST = "Put in a layer, link it, train it and watch it learn to read digits. Five minutes; leave it at any time"
OWN = "A table, a folder of pictures, sounds or texts: look at it, and begin a network that learns from it"


class WelcomePage(QScrollArea):
    """`template_chosen(name)`, `file_chosen(path)`, `run_chosen(going)` name one thing; the others want to choose."""

    template_chosen = Signal(str)
    file_chosen = Signal(object)
    run_chosen = Signal(object)
    new_wanted = Signal()
    open_wanted = Signal()
    import_wanted = Signal()
    tutorial_wanted = Signal()

    def __init__(
        self,
        presets: Mapping[str, Preset],
        recent: list[Path],
        theme: Theme,
        icons: Icons,
        parent: QWidget | None = None,
        *,
        tutorial: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.setWidgetResizable(True)
        self.setAccessibleName("Welcome")
        self.presets: list[PresetCard] = []
        self.recent: list[RecentCard] = []
        column = QWidget()
        column.setMaximumWidth(WIDTH)
        body = QVBoxLayout(column)
        body.setContentsMargins(24, 40, 24, 32)
        body.setSpacing(14)
        body.addLayout(self._head())
        body.addSpacing(14)
        self.going = GoingOn(recent, theme)
        self.going.chosen.connect(self.run_chosen)
        body.addWidget(self.going)
        self.tutorial: LineCard | None = None
        if tutorial:  # until a person knows it; then it is in the Help menu
            body.addWidget(self._heading("New here?"))
            self.tutorial = LineCard("Your first network, in five steps", theme, FIRST)
            self.tutorial.setAccessibleName("Begin the tutorial")
            self.tutorial.clicked.connect(self.tutorial_wanted)
            body.addWidget(self.tutorial)
            body.addSpacing(14)
        body.addWidget(self._heading("Your own data"))
        self.own = LineCard("Drop a file or a folder here, or click to choose", theme, OWN)
        self.own.setAccessibleName("Import data of your own")
        self.own.clicked.connect(self.import_wanted)
        body.addWidget(self.own)
        body.addSpacing(14)
        if recent:  # before the presets, which are many
            body.addWidget(self._heading("Recent projects"))
            body.addLayout(self._recent(recent))
            body.addSpacing(14)
        body.addWidget(self._heading("Start from a preset"))
        body.addLayout(self._cards(presets))
        body.addStretch(1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(column, 8)
        row.addStretch(1)
        self.setWidget(holder)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.tutorial or (self.presets[0] if self.presets else self.new)

    def _heading(self, text: str) -> QWidget:
        heading = label(text)
        heading.setFont(self._theme.font("type.title", bold=True))
        return heading

    def _head(self) -> QHBoxLayout:
        mark = label()
        mark.setPixmap(application_icon().pixmap(QSize(56, 56)))
        name = label("netbuilder")
        name.setFont(self._theme.font("type.display", bold=True))
        motto = label("Draw a neural network, watch it train, take it with you.", look="muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(motto)
        self.new = QPushButton(self._icons.icon("new"), "New project")
        self.new.clicked.connect(self.new_wanted)
        self.open = QPushButton(self._icons.icon("open"), "Open…")
        self.open.clicked.connect(self.open_wanted)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(mark)
        row.addLayout(words, 1)
        row.addWidget(self.new)
        row.addWidget(self.open)
        return row

    def _cards(self, presets: Mapping[str, Preset]) -> QVBoxLayout:
        """The cards by families, each under its name."""
        column = QVBoxLayout()
        column.setSpacing(10)
        for family, group in itertools.groupby(presets.items(), key=lambda item: item[1].family):
            heading = label(family, look="muted")
            heading.setFont(self._theme.font("type.body", bold=True))
            column.addWidget(heading)
            grid = QGridLayout()
            grid.setSpacing(14)
            for at, (name, preset) in enumerate(group):
                card = PresetCard(preset, picture(name), self._theme)
                card.clicked.connect(lambda _=False, name=name: self.template_chosen.emit(name))
                grid.addWidget(card, at // COLUMNS, at % COLUMNS, Qt.AlignmentFlag.AlignLeft)
                self.presets.append(card)
            grid.setColumnStretch(COLUMNS, 1)
            column.addLayout(grid)
            column.addSpacing(8)
        return column

    def _recent(self, recent: list[Path]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(14)
        for at, path in enumerate(recent[:MOST_RECENT]):
            card = RecentCard(path, self._theme)
            card.clicked.connect(lambda _=False, path=path: self.file_chosen.emit(path))
            grid.addWidget(card, at // COLUMNS, at % COLUMNS, Qt.AlignmentFlag.AlignLeft)
            self.recent.append(card)
        grid.setColumnStretch(COLUMNS, 1)
        return grid

    def look(self, shelf: Shelf) -> None:
        """What waits for the first paint: the runs that still go on, and pictures of the recent projects."""
        self.going.look()
        self.show_pictures(shelf)

    def show_pictures(self, shelf: Shelf) -> None:
        """Shows the kept pictures of recent files now; missing ones are made, one each time that nothing else is to
        be done."""
        waiting = []
        for card in self.recent:
            card.show_picture(shelf.find(card.path, self._theme))
            if card.picture is None:
                waiting.append(card)
        if waiting:
            QTimer.singleShot(0, self, lambda: self._make_picture(shelf, waiting))

    def _make_picture(self, shelf: Shelf, waiting: list[RecentCard]) -> None:
        card = waiting.pop(0)
        card.show_picture(shelf.make(card.path, self._theme))
        if waiting:
            QTimer.singleShot(0, self, lambda: self._make_picture(shelf, waiting))
