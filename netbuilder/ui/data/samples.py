"""Real samples of a data set, page by page: of one part, of one class, with how often each class occurs there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, QTemporaryDir, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.data.kinds import kind_of
from netbuilder.graph.model import Column, Dataset
from netbuilder.graph.plain import dataset_to_plain
from netbuilder.ui.data.asking import Asking
from netbuilder.ui.data.charts import PARTS, ClassList
from netbuilder.ui.data.editing import without_facts
from netbuilder.ui.data.grid import WIDTHS, Cards, Rows
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.buttons import button, paint_buttons
from netbuilder.ui.inspector.fields import Box
from netbuilder.ui.runs.header import Figures
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

PAGE = 48
PAGES = 4  # that one job fetches: so many turns cost nothing
PATIENCE_MS = 350  # before it is said that one has to wait


class Where(NamedTuple):
    """How a data set's paths are read: the project's folder, what may be looked at besides, and the run's seed."""

    base: str = ""
    shown: tuple[str, ...] = ()
    seed: int = 0


class SamplesView(QWidget):
    """`parts_found(parts)`: how many samples are in each part; `noted(sentences)`: what was left out."""

    parts_found = Signal(object)
    noted = Signal(list)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._dataset: Dataset | None = None
        self._where = Where()
        self._held: dict[str, Any] = {}
        self._first = self._at = 0  # the first sample that is held, and the first that is shown
        self._label = -1
        self._due = False
        self._folder = QTemporaryDir()
        self._asks = 0
        self._asking = Asking(self, stay=True)
        self._asking.done.connect(self._take)
        self._asking.failed.connect(self._fail)
        self._asking.progress.connect(self._progress)
        self._asking.busy_changed.connect(self._busy)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._waiting.setVisible(True))
        self._make()
        self.set_look(theme, icons)
        self.clear()

    # -- what others call

    @property
    def busy(self) -> bool:
        return self._asking.busy

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The samples that are shown."""
        start = self._at - self._first
        rows: list[dict[str, Any]] = self._held.get("rows", [])[start : start + PAGE]
        return rows

    @property
    def total(self) -> int:
        """How many samples there are in this part, and of this class."""
        return int(self._held.get("total", 0))

    def clear(self, words: str = "") -> None:
        """Shows nothing but these words."""
        self._asking.cancel()
        self._dataset, self._held, self._due = None, {}, False
        self._say(words)
        self._show_page()

    def show_dataset(self, dataset: Dataset, where: Where) -> None:
        """Shows samples of this data set, from the first; the same one again stays where it is."""
        known = self._dataset is not None and without_facts(self._dataset) == without_facts(dataset)
        if known and where == self._where and (self._held or self.busy or self._due):
            self._dataset = dataset
            return
        if self._dataset is None or self._classes(self._dataset) != self._classes(dataset):
            self._label = -1
        self._dataset, self._where = dataset, where
        column = self._class_column()
        if column is None or self._label >= len(column.classes):
            self._label = -1
        self._first = self._at = 0
        self._held = {}
        self._ask()

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme = theme
        self.cards.set_theme(theme)
        self.classes.set_theme(theme)
        paint_buttons(self, icons)

    def close_view(self) -> None:
        self._asking.close()

    # -- inside

    def _make(self) -> None:
        self.part = Box()
        self.part.setAccessibleName("Part of the data")
        self.part.setToolTip("Which samples are shown: those for training, validation or test")
        for name, text in (*PARTS.items(), ("", "All samples")):
            self.part.addItem(text, name)
        self.part.setMinimumWidth(120)
        self.part.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.part.activated.connect(lambda _: self._again())
        self.place = Figures()
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setProperty("muted", True)
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.back: QToolButton = button("back", "Page before (Page up)")
        self.back.clicked.connect(lambda: self.turn(-1))
        self.on: QToolButton = button("folded", "Next page (Page down)")
        self.on.clicked.connect(lambda: self.turn(1))
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 8, 2)
        top.setSpacing(8)
        top.addWidget(self.part)
        top.addWidget(self.place, 1)
        top.addWidget(self.back)
        top.addWidget(self.on)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of reading samples")
        self.doing = label(look="muted")
        self.stop = QPushButton("Cancel")
        self.stop.setProperty("compact", True)
        self.stop.clicked.connect(self._cancel)
        self._waiting = QWidget()
        wait = QHBoxLayout(self._waiting)
        wait.setContentsMargins(8, 0, 8, 2)
        wait.addWidget(self.progress, 1)
        wait.addWidget(self.doing)
        wait.addWidget(self.stop)
        self._waiting.hide()
        self.words = label(wrap=True)
        self.words.setContentsMargins(12, 8, 12, 8)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.classes = ClassList(self._theme)
        self.classes.setMinimumWidth(90)
        self.classes.chosen.connect(self._filter)
        self.cards, self.table = Cards(self._theme), Rows()
        self._stack = QStackedWidget()
        for view in (self.cards, self.table, self.words):
            self._stack.addWidget(view)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.classes)
        self._splitter.addWidget(self._stack)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([170, 800])
        self._splitter.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(top)
        box.addWidget(self._waiting)
        box.addWidget(self._splitter, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._due:
            self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._asking.busy and not event.spontaneous():  # nobody looks; it is asked again when somebody does
            self._asking.cancel()
            self._due = True

    def keyPressEvent(self, event) -> None:
        ways = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if event.key() in ways:
            self.turn(ways[event.key()])
        else:
            super().keyPressEvent(event)

    def turn(self, by: int) -> None:
        """Shows another page."""
        at = self._at + by * PAGE
        if not 0 <= at < self.total or self._asking.busy:
            return
        self._at = at
        held = len(self._held.get("rows", ()))
        if self._first <= at < self._first + held:
            self._show_page()
        else:
            self._first = at if by > 0 else max(0, at - (PAGES - 1) * PAGE)
            self._ask()

    def _is_drawn(self) -> bool:
        """Whether samples are looked at one by one; the rows of a table stay in its order."""
        columns = self._dataset.columns if self._dataset is not None else ()
        return any(kind_of(column) in ("picture", "wave") for column in columns)

    def _class_column(self) -> Column | None:
        return self._classes(self._dataset) if self._dataset is not None else None

    @staticmethod
    def _classes(dataset: Dataset) -> Column | None:
        return next((column for column in dataset.columns if kind_of(column) == "class"), None)

    def _filter(self, label: int) -> None:
        self._label = label
        self._again()

    def _again(self) -> None:
        self._first = self._at = 0
        self._ask()

    def _ask(self) -> None:
        if self._dataset is None:
            return
        self._due = not self.isVisible()
        if self._due:
            return
        column = self._class_column()
        self._asks += 1  # a folder of its own: what was drawn from the former one may still be looked at
        folder = Path(self._folder.path()) / str(self._asks)
        folder.mkdir()
        shutil.rmtree(folder.with_name(str(self._asks - 2)), ignore_errors=True)
        self._asking.ask(
            {
                "job": "samples",
                "dataset": dataset_to_plain(self._dataset),
                "to": str(folder),
                "base": self._where.base,
                "shown": list(self._where.shown),
                "seed": self._where.seed,
                "part": self.part.currentData(),
                "of": column.id if column is not None else "",
                "label": self._label,
                "mixed": self._is_drawn(),
                "offset": self._first,
                "count": PAGE * PAGES,
            }
        )

    def _take(self, result: dict[str, Any]) -> None:
        self._held = result
        self.parts_found.emit(result["parts"])
        self.noted.emit(result["notes"])
        self._say("" if result["total"] else "There are no samples in this part.")
        self._show_page()

    def _fail(self, sentence: str) -> None:
        self._held = {}
        self.parts_found.emit({})
        self._say(sentence)
        self._show_page()

    def _cancel(self) -> None:
        self._asking.cancel()
        if not self._held:
            self._say("Reading was cancelled. Choose a part or a class to read again.")

    def _progress(self, done: float, text: str) -> None:
        self.progress.setValue(int(1000 * done))
        self.doing.setText(f"{text}…")

    def _busy(self, busy: bool) -> None:
        if busy:
            self.progress.setValue(0)
            self.doing.setText("Starting…")
            self._patience.start()
        else:
            self._patience.stop()
            self._waiting.hide()

    def _say(self, words: str) -> None:
        self.words.setText(words)

    def _show_page(self) -> None:
        rows, columns = self.rows, self._dataset.columns if self._dataset is not None else ()
        if rows and not columns:
            columns = tuple(Column(id) for id in rows[0]["cells"])
        self._show_classes()
        last = self._at + len(rows)
        self.place.setText(f"{self._at + 1:,} to {last:,} of {self.total:,}" if rows else "")
        self.back.setEnabled(self._at > 0)
        self.on.setEnabled(last < self.total)
        parts = self._held.get("parts", {})
        for at in range(self.part.count()):
            name = self.part.itemData(at)
            number = parts.get(name) if name else sum(parts.values()) or None
            text = PARTS.get(name, "All samples")
            self.part.setItemText(at, f"{text}, {number:,}" if number is not None else text)
        if self.words.text() or not rows:
            self._stack.setCurrentWidget(self.words)
        elif any(cell["kind"] in WIDTHS for cell in rows[0]["cells"].values()):
            self.cards.show_rows(rows, columns)
            self._stack.setCurrentWidget(self.cards)
        else:
            self.table.show_rows(rows, columns, self._theme)
            self._stack.setCurrentWidget(self.table)

    def _show_classes(self) -> None:
        column = self._class_column()
        self.classes.setVisible(column is not None and (bool(self._held) or self.busy))
        if column is None:
            return
        balance = self._held.get("balance", {}).get(column.id, {})
        part = self.part.currentData()
        wanted = [balance[part]] if part in balance else list(balance.values())
        counts = [sum(numbers) for numbers in zip(*wanted, strict=True)] or [0] * len(column.classes)
        self.classes.show_classes(column.classes, counts, self._label)
