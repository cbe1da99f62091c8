"""What preview graphs drew while a run trained: the newest pictures, curves and texts, graph by graph."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from netbuilder.graph.model import natural_key
from netbuilder.training.run import VIEWS
from netbuilder.ui.flow import FlowLayout
from netbuilder.ui.runs.preview_cards import Card, Entry
from netbuilder.ui.text import ground, label
from netbuilder.ui.theme import Theme

SUFFIXES = (".png", ".json")


class Previews(QWidget):
    """A slider over the steps at which there are previews; it stays at the newest until it is moved."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, stem: str = "step") -> None:
        """`stem`: what the folders are named before their numbers."""
        super().__init__(parent)
        self._theme, self._stem = theme, stem
        self._steps: list[Path] = []
        self._shown: Path | None = None
        self._kept: list[tuple[str, str, str]] = []
        self.cards: list[Card] = []
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Step of the preview")
        self.slider.valueChanged.connect(lambda at: self._show(at))
        self.words = label()
        self.empty = label(
            "Previews come while the run trains, from the project's preview graphs.", look="muted", wrap=True
        )
        self._views = QWidget()
        ground(self._views)
        self._box = QVBoxLayout(self._views)
        self._box.setContentsMargins(12, 8, 12, 12)
        self._box.setSpacing(8)
        self._area = QScrollArea()
        self._area.setWidget(self._views)
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName("Previews of this step")
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().installEventFilter(self)
        top = QHBoxLayout()
        top.addWidget(self.slider, 1)
        top.addWidget(self.words)
        box = QVBoxLayout(self)
        box.addLayout(top)
        box.addWidget(self.empty)
        box.addWidget(self._area, 1)
        self.clear()

    def clear(self) -> None:
        self._steps, self._shown = [], None
        self.slider.setRange(0, 0)
        self.slider.setEnabled(False)
        self.words.setText("")
        self.empty.show()
        self._build([])

    def show_folder(self, folder: Path) -> None:
        """Looks for previews below the run's `preview` folder."""
        found = sorted(
            (path for path in folder.glob(f"{self._stem}-*") if path.is_dir()), key=lambda path: natural_key(path.name)
        )
        if found == self._steps:
            return
        newest = self.slider.value() >= len(self._steps) - 1
        self._steps = found
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(found) - 1))
        self.slider.setEnabled(len(found) > 1)
        if newest:
            self.slider.setValue(len(found) - 1)
        self.slider.blockSignals(False)
        self._show(self.slider.value())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for card in self.cards:
            card.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._area.viewport():
            self._fit()
        return super().eventFilter(watched, event)

    def _show(self, at: int) -> None:
        if not 0 <= at < len(self._steps) or self._steps[at] == self._shown:
            return
        self._shown = self._steps[at]
        self.empty.hide()
        self.words.setText(self._shown.name.replace("-", " "))
        entries = entries_of(self._shown)
        if [(entry.graph, entry.title, entry.path.suffix) for entry in entries] == self._kept:
            for card, entry in zip(self.cards, entries, strict=True):  # so that the page stays where it is scrolled to
                card.show_entry(entry)
        else:
            self._build(entries)

    def _build(self, entries: list[Entry]) -> None:
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._kept = [(entry.graph, entry.title, entry.path.suffix) for entry in entries]
        self.cards = []
        for graph in dict.fromkeys(entry.graph for entry in entries):
            some = [Card(entry, self._theme) for entry in entries if entry.graph == graph]
            self.cards.extend(some)
            if graph:
                if some[0] is not self.cards[0]:
                    self._box.addSpacing(14)
                self._box.addWidget(label(graph, look="heading"))
            self._box.addWidget(_section(some))
        self._box.addStretch(1)
        self._fit()

    def _fit(self) -> None:
        margins = self._box.contentsMargins()
        room = max(120, self._area.viewport().width() - margins.left() - margins.right())
        for card in self.cards:
            card.fit(room)


def _section(cards: list[Card]) -> QWidget:
    """The views of one graph, side by side as far as there is room."""
    section = QWidget()
    row = FlowLayout(20)
    for card in cards:
        row.addWidget(card)
    section.setLayout(row)
    policy = section.sizePolicy()
    policy.setHeightForWidth(True)
    section.setSizePolicy(policy)
    return section


def entries_of(step: Path) -> list[Entry]:
    """What lies in the folder of a step, in the order of its list; without a list, such as of older runs, by name."""
    try:
        rows = json.loads((step / VIEWS).read_bytes())
        found = [
            Entry(step / Path(str(row["file"])).name, str(row["graph"]), str(row["title"]), row["figure"] is True)
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError):
        found = [
            Entry(path, "", path.stem.replace("_", " "))
            for path in sorted(step.rglob("*"))
            if path.suffix in SUFFIXES and path.name != VIEWS
        ]
    return [entry for entry in found if entry.path.suffix in SUFFIXES]
