"""What the canvas's signs and colours mean, on one page made from the tables that draw them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from netbuilder.ui.canvas.node_paint import paint_sign
from netbuilder.ui.canvas.signs import SIGNS, sign_path
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

PROBLEMS = (
    ("error", "Error", "The graph can't be used before it is mended."),
    ("warning", "Warning", "It works, but most likely not as it is meant."),
    ("hint", "Hint", "Something to think of."),
)
FLOWS = (
    ("image", "Images", "Four axes: samples, channels, height, width."),
    ("sequence", "Sequences", "Three axes: samples, steps, features."),
    ("vector", "Vectors", "Two axes: samples, features."),
    ("class", "Labels", "A class as a whole number for each sample."),
    ("logits", "Logits", "A score for each class."),
    ("loss", "Loss", "One number that training makes smaller."),
    ("tensor", "Other tensors", "Any other shape, or one that is not known yet."),
)
_SIZE = 18


def legend(parent: QWidget, theme: Theme) -> QDialog:
    """The page, for this theme."""
    style = Style(theme)
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Signs and colours")
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    _part(grid, "Signs on blocks")
    for sign in SIGNS:
        _row(grid, partial(_paint_sign, sign.name, style.title), sign.title, sign.meaning)
    for name, title, meaning in PROBLEMS:
        _row(grid, partial(_paint_problem, name, style), title, meaning)
    _part(grid, "Ports and links, by what flows")
    for role, title, meaning in FLOWS:
        _row(grid, partial(_paint_link, theme.role(role)), title, meaning)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(24, 20, 24, 16)
    layout.setSpacing(16)
    layout.addLayout(grid)
    layout.addWidget(label("The stripe and the head of a block have the colour of its category in the list of blocks."))
    layout.addWidget(buttons)
    return dialog


def _part(grid: QGridLayout, title: str) -> None:
    if grid.count():
        grid.setRowMinimumHeight(grid.rowCount(), 10)
    grid.addWidget(label(title, look="heading"), grid.rowCount(), 0, 1, 3)


def _row(grid: QGridLayout, paint: Callable[[QPainter], None], title: str, meaning: str) -> None:
    row = grid.rowCount()
    picture = QLabel()
    picture.setPixmap(_picture(paint))
    picture.setAccessibleName(title)
    grid.addWidget(picture, row, 0)
    grid.addWidget(label(title, look="strong"), row, 1)
    grid.addWidget(label(meaning), row, 2)


def _picture(paint: Callable[[QPainter], None]) -> QPixmap:
    pixmap = QPixmap(QSize(_SIZE, _SIZE) * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    return pixmap


def _paint_problem(severity: str, style: Style, painter: QPainter) -> None:
    paint_sign(painter, QRectF(1, 1, 16, 16), severity, style)


def _paint_sign(name: str, ink: QColor, painter: QPainter) -> None:
    painter.translate(2, 2)
    painter.fillPath(sign_path(name), ink)


def _paint_link(color: QColor, painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRect(QRectF(0, 8, 12, 2))
    painter.drawEllipse(QRectF(8, 4, 10, 10))
