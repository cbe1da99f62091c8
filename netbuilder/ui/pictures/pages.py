"""A graph on paper: how it is shared out over pages, and what is painted on each."""

from __future__ import annotations

from collections.abc import Generator
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter

from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.pictures.files import POINTS
from netbuilder.ui.pictures.paint import Part, paint

MOST_ACROSS = 10  # pages side by side
MOST_PAGES = 200
FAR = 0.05  # the zoom at which a preview is painted roughly
LARGEST = 1.5  # times the size on screen: a graph of three nodes need not fill the page
FOOT = 18.0  # points below the graph, for the line that says what it is
FOOT_FONT = 8.0  # points
MARGINS = QMarginsF(12, 12, 12, 12)  # millimetres


class Sheets(NamedTuple):
    """Which part of the scene each page shows, in rows from the left; `scale` is in points for one scene unit."""

    scale: float
    across: int
    down: int
    tiles: tuple[QRectF, ...]


def share_out(rect: QRectF, paper: QSizeF, across: int) -> Sheets:
    """Shares a part of a scene out over pages with room for `paper` (points each). `across` 0: all on one page; else as
    large as fits on so many pages side by side, and as many rows of them as it takes."""
    room = QSizeF(max(paper.width(), 1.0), max(paper.height() - FOOT, 1.0))
    if across == 0:
        scale = min(room.width() / rect.width(), room.height() / rect.height(), POINTS * LARGEST)
        columns = rows = 1
    else:
        scale = room.width() * across / rect.width()
        most_down = max(MOST_PAGES // across, 1)
        scale = min(scale, room.height() * most_down / rect.height())
        columns = max(ceil(rect.width() * scale / room.width() - 1e-6), 1)
        rows = max(ceil(rect.height() * scale / room.height() - 1e-6), 1)
    width, height = room.width() / scale, room.height() / scale
    left = rect.center().x() - columns * width / 2
    top = rect.center().y() - rows * height / 2
    tiles = tuple(
        QRectF(left + x * width, top + y * height, width, height) for y in range(rows) for x in range(columns)
    )
    return Sheets(scale, columns, rows, tiles)


def lay_out(printer: QPrinter, rect: QRectF) -> None:
    """Turns the paper as the graph lies, with room at the edges."""
    wide = rect.width() > rect.height()
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait)
    printer.setPageMargins(MARGINS, QPageLayout.Unit.Millimeter)


def print_pages(
    printer: QPrinter, scene: GraphScene, part: Part, across: int, title: str, *, ground: bool, rough: bool = False
) -> Generator[float, None, int]:
    """Paints all pages that the printer wants, with the title at their foot, in steps; gives their number, 0 where it
    takes nothing. `rough`: as it is seen from far, for a preview of thousands of nodes."""
    paper = printer.pageRect(QPrinter.Unit.Point).size()
    sheets = share_out(part.rect, paper, across)
    first = max(printer.fromPage(), 1)
    last = min(printer.toPage() or len(sheets.tiles), len(sheets.tiles))
    dots = printer.resolution() / 72
    with QPainter() as painter:
        if not painter.begin(printer):
            return 0
        for number in range(first, last + 1):
            if number > first:
                printer.newPage()
            tile = sheets.tiles[number - 1]
            painter.save()
            painter.scale(dots, dots)
            painter.setClipRect(QRectF(0, 0, paper.width(), paper.height() - FOOT))
            painter.scale(sheets.scale, sheets.scale)
            painter.translate(-tile.topLeft())
            if rough:
                if ground:
                    painter.fillRect(tile, scene.styling.ground)
                scene.draw(painter, tile, FAR)
            else:
                for share in paint(painter, scene, part, ground=ground, only=tile):
                    yield (number - first + share) / (last - first + 1)
            painter.restore()
            _foot(painter, title, sheets, number, paper, dots)
    return max(last - first + 1, 0)


def _foot(painter: QPainter, title: str, sheets: Sheets, number: int, paper: QSizeF, dots: float) -> None:
    """What it is at the left, where the page belongs at the right."""
    font = QFont()
    font.setPixelSize(max(round(FOOT_FONT * dots), 1))
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.darkGray)
    line = QRectF(0, (paper.height() - FOOT) * dots, paper.width() * dots, FOOT * dots)
    place = ""
    if len(sheets.tiles) > 1:
        row, column = divmod(number - 1, sheets.across)
        place = f"page {number} of {len(sheets.tiles)}, row {row + 1}, column {column + 1}"
    bottom = Qt.AlignmentFlag.AlignBottom
    metrics = painter.fontMetrics()
    room = line.width() - metrics.horizontalAdvance(place) - 10 * dots
    name = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(room))
    painter.drawText(line, bottom | Qt.AlignmentFlag.AlignLeft, name)
    painter.drawText(line, bottom | Qt.AlignmentFlag.AlignRight, place)
