"""Live curves: one plot for each loss and metric with train and validation, learning rate and speed."""

from __future__ import annotations

import html

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from netbuilder.ui.runs.series import History
from netbuilder.ui.text import ground
from netbuilder.ui.theme import Theme

RATES = "learning rate"
LAST = (RATES, "speed")  # these stand behind what the person asked for
NARROWEST = 260  # a plot; as many stand side by side as fit
HEIGHT = 150
FEW = 12  # a curve with no more points, such as the loss of an optimizer that rarely works, shows each
MOST_DOTS = 60  # beyond these, one dot for each epoch runs into a thick band
TOKENS = {"train": "accent", "validation": "warning"}
# Curves that have names of their own, such as optimizers' rates, take these in turn.
TURNS = ("accent", "warning", "ok", "error", "hint", "text.muted")
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)  # a second round of colours, and for who sees no colours
WIDE = 20.0  # rates that lie farther apart than this have a logarithmic axis, else the small one is a flat line


class Plots(QScrollArea):
    """A grid of plots that grows as a run reports values. Curves are thinned by their extremes: spikes stay."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plots: dict[str, pg.PlotWidget] = {}
        self._curves: dict[tuple[str, str], pg.PlotDataItem] = {}
        self._arranged: tuple[int, list[str]] = (0, [])
        self._inside = QWidget()
        ground(self._inside)
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(4, 4, 4, 4)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Curves of the run")

    def names(self) -> list[str]:
        return list(self._plots)

    def points(self, plot: str, curve: str) -> int:
        """How many points a curve shows (before thinning)."""
        item = self._curves.get((plot, curve))
        return 0 if item is None or item.xData is None else len(item.xData)

    def clear(self) -> None:
        for widget in self._plots.values():
            self._grid.removeWidget(widget)
            widget.close()
            widget.deleteLater()
        self._plots.clear()
        self._curves.clear()

    def show_history(self, history: History, grown: set[tuple[str, str]]) -> None:
        """Draws the curves that grew."""
        for key in sorted(grown):
            points = history.curves[key]
            item = self._curve(*key)
            item.setData(points.x, points.y)
            self._paint(item, key)
            self._give_height(key[0])

    def _give_height(self, plot: str) -> None:
        """A curve that keeps one value (a learning rate) stands in the middle of an axis that names it; by itself
        pyqtgraph would show -0.5 to 0.5 for 0.001. Rates far apart share a logarithmic axis."""
        values = [item.getOriginalDataset()[1] for (name, _), item in self._curves.items() if name == plot]
        ends = [end for y in values if y is not None and len(y) for end in (float(y.min()), float(y.max()))]
        widget = self._plots[plot]
        apart = len(values) > 1 and bool(ends) and min(ends) > 0.0 and max(ends) > WIDE * min(ends)
        wide = plot == RATES and apart
        widget.setLogMode(False, wide)
        axis = widget.getPlotItem().getAxis("left")
        axis.setStyle(maxTextLevel=0 if wide else 2)  # names of all tenths would lie over each other
        if ends and min(ends) == max(ends) != 0.0:
            widget.setYRange(*sorted((0.0, 2 * ends[0])), padding=0)
        else:
            widget.enableAutoRange(y=True)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for name, widget in self._plots.items():
            dress(widget, self._theme, name)
        for key, item in self._curves.items():
            self._paint(item, key)

    def _curve(self, plot: str, curve: str) -> pg.PlotDataItem:
        if (plot, curve) not in self._curves:
            if plot not in self._plots:
                self._add_plot(plot)
            item = self._plots[plot].plot([], [], name=html.escape(curve))  # legends show rich text
            item.setDownsampling(auto=True, method="peak")
            item.setClipToView(True)
            self._curves[plot, curve] = item
            self._paint(item, (plot, curve))
        return self._curves[plot, curve]

    def _paint(self, item: pg.PlotDataItem, key: tuple[str, str]) -> None:
        """Validation has a dot for each epoch, and so has whatever has but a few points: one alone is no line."""
        plot, curve = key
        others = [name for held, name in self._curves if held == plot and name not in TOKENS]
        turn = others.index(curve) if curve in others else 0
        color = self._theme.color(TOKENS.get(curve, TURNS[turn % len(TURNS)]))
        style = STYLES[turn // len(TURNS) % len(STYLES)]
        item.setPen(pg.mkPen(color, width=2 if curve == "validation" else 1.3, style=style))
        points = 0 if item.xData is None else len(item.xData)
        if points > (MOST_DOTS if curve == "validation" else FEW):
            item.setSymbol(None)
        else:
            item.setSymbol("o")
            item.setSymbolSize(4)
            item.setSymbolBrush(color)
            item.setSymbolPen(None)

    def _add_plot(self, name: str) -> None:
        widget = pg.PlotWidget()
        widget.setMinimumHeight(HEIGHT)
        widget.setMenuEnabled(False)
        widget.setAccessibleName(f"Plot of {name}")
        widget.addLegend(offset=(-8, 8), labelTextSize="9pt", verSpacing=-4)
        widget.getPlotItem().hideButtons()
        self._plots[name] = widget
        dress(widget, self._theme, name)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """As many columns as fit; called for every size, so it does nothing while they stay the same."""
        columns = max(1, min(len(self._plots), self.viewport().width() // NARROWEST))
        ordered = sorted(self._plots, key=lambda plot: plot in LAST)
        wanted = (columns, ordered)
        if wanted == self._arranged:
            return
        self._arranged = wanted
        for at, plot in enumerate(ordered):
            self._grid.addWidget(self._plots[plot], at // columns, at % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


def dress(widget: pg.PlotWidget, theme: Theme, title: str) -> None:
    """Gives a plot the theme's colours and a title."""
    text, line = theme.color("text.muted"), theme.color("border")
    widget.setBackground(theme.color("surface"))
    item = widget.getPlotItem()
    item.setTitle(html.escape(title) if title else None, color=theme.color("text").name(), size="10pt")
    item.showGrid(x=True, y=True, alpha=0.15)
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(line)
        axis.setTextPen(text)
        axis.enableAutoSIPrefix(False)
    item.getAxis("left").setWidth(52)
    if item.legend is not None:
        ground = theme.color("surface")
        ground.setAlphaF(0.6)
        item.legend.setBrush(pg.mkBrush(ground))  # curves run behind the words
        item.legend.setLabelTextColor(text)
        for _, words in item.legend.items:
            words.setText(words.text)  # the colour holds from the next text on
