"""One view of a preview: its picture, its curves or its texts, under its title."""

from __future__ import annotations

import html
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.ui.runs.plots import TURNS, dress
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

TALLEST = 300  # logical pixels of a picture that is enlarged
PLOT = QSize(360, 220)
SMALL_PLOT = QSize(300, 180)
TEXT_WIDTH, TEXT_LINES = 560, 18
_MOST_CURVES, _MOST_PLOTS, _MOST_TICKS, _MOST_ROWS = 8, 4, 24, 4


class Entry(NamedTuple):
    """What one view left: its file, the graph that it belongs to, its title; a figure is never enlarged."""

    path: Path
    graph: str
    title: str
    figure: bool = False


class Picture(QWidget):
    """A picture whose pixels stay square and sharp, as large as its room allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._figure = False
        self._room = TALLEST
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_pixmap(self, pixmap: QPixmap, *, figure: bool) -> None:
        self._pixmap, self._figure = pixmap, figure
        self.updateGeometry()
        self.update()

    def pixmap(self) -> QPixmap:
        return self._pixmap

    def fit(self, room: int) -> None:
        """Says how wide it may be."""
        if room != self._room:
            self._room = room
            self.updateGeometry()
            self.update()

    def scale(self) -> float:
        """Logical pixels by pixel of the picture: whole, so that all are alike, or below 1 where there is no room."""
        width, height = self._pixmap.width(), self._pixmap.height()
        if not width or width > self._room:
            return self._room / max(1, width)
        return 1.0 if self._figure else float(max(1, min(self._room // width, TALLEST // max(1, height))))

    def sizeHint(self) -> QSize:
        return QSize(round(self._pixmap.width() * self.scale()), round(self._pixmap.height() * self.scale()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale() < 1)
        painter.drawPixmap(QRect(0, 0, self.sizeHint().width(), self.sizeHint().height()), self._pixmap)


class Curves(QWidget):
    """Lines of some samples in one plot; where the truth is there, a plot for each sample with both."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._room = 2 * PLOT.width()
        self._held: dict[str, Any] = {}
        self.plots: list[pg.PlotWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_curves(self, held: dict[str, Any]) -> None:
        self._held = held
        truth = held.get("truth")
        count = min(len(held["series"]), _MOST_PLOTS) if truth else 1
        while len(self.plots) > count:
            self.plots.pop().deleteLater()
        while len(self.plots) < count:
            self.plots.append(_plot())
        self._arrange()
        for at, plot in enumerate(self.plots):
            plot.clear()
            if truth:
                if at < len(truth):
                    self._line(plot, truth[at], "truth", "warning")
                self._line(plot, held["series"][at], "values", "accent", held["offset"])
            else:
                for number, row in enumerate(held["series"][:_MOST_CURVES]):
                    self._line(plot, row, f"sample {number + 1}", TURNS[number % len(TURNS)])
            self._dress(plot, "")

    def fit(self, room: int) -> None:
        if room != self._room:
            self._room = room
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._held:
            self.show_curves(self._held)

    def _arrange(self) -> None:
        size = PLOT if len(self.plots) == 1 else SMALL_PLOT
        width = min(size.width(), self._room)
        columns = 2 if len(self.plots) > 1 and 2 * width + 6 <= self._room else 1
        for at, plot in enumerate(self.plots):
            self._grid.addWidget(plot, at // columns, at % columns)
            plot.setFixedSize(width, size.height())
        self.updateGeometry()

    def _line(self, plot: pg.PlotWidget, row: list[float], name: str, token: str, start: int = 0) -> None:
        places = [start + at for at in range(len(row))]
        pen = pg.mkPen(self._theme.color(token), width=1.6)
        dots = {"symbol": "o", "symbolSize": 4, "symbolPen": None, "symbolBrush": self._theme.color(token)}
        plot.plot(places, row, pen=pen, name=html.escape(name), **(dots if len(row) <= _MOST_TICKS else {}))

    def _dress(self, plot: pg.PlotWidget, title: str) -> None:
        dress(plot, self._theme, title)
        item = plot.getPlotItem()
        item.legend.setColumnCount(2 if len(item.legend.items) > _MOST_ROWS else 1)
        ticks = self._held["ticks"]
        named = 0 < len(ticks) <= _MOST_TICKS
        item.getAxis("bottom").setTicks([[(at, html.escape(tick)) for at, tick in enumerate(ticks)]] if named else None)
        for side, words in (("bottom", self._held["x_label"]), ("left", self._held["y_label"])):
            item.setLabel(side, html.escape(words)) if words else item.getAxis(side).showLabel(False)


def _plot() -> pg.PlotWidget:
    plot = pg.PlotWidget()
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(False, False)  # the wheel scrolls the page
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.addLegend(offset=(-8, 4), labelTextSize="8pt", verSpacing=-6)
    plot.getPlotItem().hideButtons()
    return plot


class Texts(QPlainTextEdit):
    """What was written, a line for each sample; a right answer has a tick, a wrong one the right one behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("code", True)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._room = TEXT_WIDTH

    def show_rows(self, rows: list[dict[str, str]]) -> None:
        lines = [_said(row) for row in rows]
        several = any("\n" in line for line in lines)
        text = "\n".join(f"— {at} —\n{line}" for at, line in enumerate(lines, 1)) if several else "\n".join(lines)
        if text != self.toPlainText():  # else what is selected stays so
            self.setPlainText(text)
        self._size()

    def fit(self, room: int) -> None:
        if room != self._room:
            self._room = room
            self._size()

    def _size(self) -> None:
        self.ensurePolished()  # the style sheet gives the typeface
        width = min(self._room, TEXT_WIDTH)
        metrics = QFontMetrics(self.font())
        letters = max(1, (width - 24) // max(1, metrics.horizontalAdvance("m")))
        lines = sum(max(1, math.ceil(len(line) / letters)) for line in self.toPlainText().split("\n"))
        self.setFixedSize(width, min(lines, TEXT_LINES) * metrics.lineSpacing() + 22)


def _said(row: dict[str, str]) -> str:
    text = row["text"]
    if "source" in row:
        text = f"{row['source']} → {text}"
    if "truth" in row:
        text = f"{text}  ✓" if row["truth"] == row["text"] else f"{text}  ✗ {row['truth']}"
    return text


class Card(QWidget):
    """A title and below it what the file holds; the same card shows the files of other steps."""

    def __init__(self, entry: Entry, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._room = 2 * PLOT.width()
        self.title = label(look="strong", wrap=True)
        self.title.setText(entry.title)
        self.shown: Picture | Curves | Texts | QLabel | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._box.addWidget(self.title)
        self._box.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_entry(entry)

    def show_entry(self, entry: Entry) -> None:
        """Shows this file; one that can't be read is said."""
        try:
            if entry.path.suffix == ".png":
                pixmap = QPixmap(str(entry.path))
                if pixmap.isNull():
                    raise ValueError("it is no picture")
                self._of(Picture).show_pixmap(pixmap, figure=entry.figure)
            else:
                self._show_plain(json.loads(entry.path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            self._put(label(f"{entry.path.name} cannot be read: {problem}.", look="wrong"))
        assert self.shown is not None
        self.shown.setAccessibleName(entry.title)

    def _show_plain(self, held: dict[str, Any]) -> None:
        if held.get("kind") == "texts":
            self._of(Texts).show_rows([{name: str(text) for name, text in row.items()} for row in held["rows"]])
        else:
            shown: dict[str, Any] = {name: str(held.get(name, "")) for name in ("x_label", "y_label")}
            shown["ticks"] = [str(tick) for tick in held.get("ticks", ())]
            shown["offset"] = int(held.get("offset", 0))
            for name in ("series", "truth"):
                if name in held:
                    shown[name] = [[float(value) for value in row] for row in held[name]]
            self._of(Curves).show_curves(shown)

    def fit(self, room: int) -> None:
        """Says how wide it may be."""
        self._room = room
        if isinstance(self.shown, Picture | Curves | Texts):
            self.shown.fit(room)
        self.updateGeometry()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if isinstance(self.shown, Curves):
            self.shown.set_theme(theme)

    def _of(self, kind: type[Any]) -> Any:
        """The widget of this kind, the one that is there if it is of that kind."""
        if not isinstance(self.shown, kind):
            self._put(kind(self._theme) if kind is Curves else kind())
        return self.shown

    def _put(self, widget: Picture | Curves | Texts | QLabel) -> None:
        if self.shown is not None:
            self._box.removeWidget(self.shown)
            self.shown.deleteLater()
        self.shown = widget
        self._box.insertWidget(1, widget)
        self.fit(self._room)
