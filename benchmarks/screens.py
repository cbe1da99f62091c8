"""Pictures of every preset's canvases to be looked at: both themes, 1x and 2x, whole, near and far, as contact sheets.

    python benchmarks/screens.py FOLDER [--preset cnn_digits ...] [--ratio 1 2] [--theme dark light]

For each preset, theme and pixel ratio one sheet FOLDER/NAME-THEME-RATIOx.png: a row for each graph, as it opens (all in
view), at 100 % in its middle, and from far (12 %).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.graph.document import Document
from netbuilder.graph.file import load
from netbuilder.resources import templates
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme

SIZE = QSize(1060, 640)
GAP = 12


def picture(canvas: Canvas, ratio: int) -> QImage:
    """What the canvas shows, at a pixel ratio."""
    QApplication.processEvents()
    image = QImage(SIZE * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("black"))
    QWidget.render(canvas, image)
    return image


def views(canvas: Canvas, ratio: int) -> list[QImage]:
    """Whole, near and far."""
    canvas.fit()
    found = [picture(canvas, ratio)]
    canvas.zoom(1.0 / canvas.zoom_level)
    found.append(picture(canvas, ratio))
    canvas.fit()
    canvas.zoom(0.12 / canvas.zoom_level)
    found.append(picture(canvas, ratio))
    return found


def sheet(rows: list[list[QImage]], ratio: int) -> QImage:
    """All pictures side by side, a row for each graph."""
    width, height = SIZE.width() * ratio + GAP, SIZE.height() * ratio + GAP
    whole = QImage(width * 3 + GAP, height * len(rows) + GAP, QImage.Format.Format_RGB32)
    whole.fill(QColor("#808080"))
    painter = QPainter(whole)
    for y, row in enumerate(rows):
        for x, one in enumerate(row):
            one.setDevicePixelRatio(1)
            painter.drawImage(GAP + x * width, GAP + y * height, one)
    painter.end()
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", nargs="+", default=list(templates()))
    parser.add_argument("--ratio", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--theme", nargs="+", default=["dark", "light"])
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(["screens"])
    app.setStyle("Fusion")
    catalogue, files = Catalogue.builtin(), templates()
    for name in wanted.preset:
        project = load(files[name])
        reports = Analyser(catalogue).analyse(project)
        for theme in wanted.theme:
            colors = Theme.load(theme)
            colors.apply(app)
            for ratio in wanted.ratio:
                rows = []
                for graph in project.graphs:
                    canvas = Canvas(Document(project), graph, catalogue, colors)
                    canvas.resize(SIZE)
                    canvas.show()
                    canvas.show_report(reports.get(graph))
                    canvas.flush()
                    rows.append(views(canvas, ratio))
                    canvas.close_view()
                    canvas.deleteLater()
                path = wanted.folder / f"{name}-{theme}-{ratio}x.png"
                sheet(rows, ratio).save(str(path))
                print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
