"""Nothing is clipped at any zoom from 10 % to 400 %, at 1, 1.5 and 2 device pixels to one: measured on the pixels that
Qt makes of each text, over all blocks of the catalogue."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import ceil

import numpy as np
import pytest
from immutables import Map
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter

from netbuilder.compiler.report import Flow, NodeFacts, Problem
from netbuilder.graph.document import Document
from netbuilder.graph.model import Frame, Node, Project
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.look import NodeLook, node_look
from netbuilder.ui.canvas.node_paint import fit_words, paint_far, paint_near, signs_right
from netbuilder.ui.canvas.overlay import Overlay
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.signs import sign_rects
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.theme import Theme
from tests.ui.canvas.conftest import make_graph
from tests.ui.canvas.recording import Written, painted

# (zoom, device pixels to one): ends and middles, and where near becomes far.
SCALES = [(0.26, 1.0), (0.39, 1.5), (m.FAR, 1.0), (0.75, 1.5), (1.0, 2.0), (4.0, 1.0), (4.0, 2.0)]
LONG = Flow(("N", "2*T + 1", 1024, 1024, "T'"))
TITLES = ("", "a title of several words that goes on and on")


@cache
def extent(text: str, family: str, size: int, weight: int, scale: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the pixels that a text makes, in scene units from the begin of its baseline."""
    font = made_font(family, size, weight)
    metrics, pad = QFontMetricsF(font), 8.0
    wide = ceil((metrics.horizontalAdvance(text) + 2 * pad) * scale)
    high = ceil((metrics.height() + 2 * pad) * scale)
    image = QImage(wide, high, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(QPointF(pad, pad + metrics.ascent()), text)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(high, image.bytesPerLine())[:, :wide] > 60
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if not len(rows):
        return 0.0, 0.0, 0.0, 0.0
    left, right = columns[0] / scale - pad, (columns[-1] + 1) / scale - pad
    return left, rows[0] / scale - pad - metrics.ascent(), right, (rows[-1] + 1) / scale - pad - metrics.ascent()


@cache
def made_font(family: str, size: int, weight: int) -> QFont:
    font = QFont()
    font.setFamilies(family.split("|"))
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def ink(one: Written, scale: float) -> QRectF:
    """Where the pixels of a text lie, in scene units of the node."""
    font = one.font
    key = "|".join(font.families()), font.pixelSize(), int(font.weight())
    left, top, right, bottom = extent(one.text, *key, scale)
    metrics, room = QFontMetricsF(font), one.room
    advance = metrics.horizontalAdvance(one.text)
    x = room.left()
    if one.flags & Qt.AlignmentFlag.AlignRight:
        x = room.right() - advance
    elif one.flags & Qt.AlignmentFlag.AlignHCenter:
        x = room.center().x() - advance / 2
    y = room.center().y() - metrics.height() / 2 + metrics.ascent()
    return QRectF(QPointF(x + left, y + top), QPointF(x + right, y + bottom))


@pytest.fixture(scope="module")
def looks(catalogue) -> list[NodeLook]:
    """Every block with a short and a long title, with long shapes, large counts, all signs and a problem."""
    found, project = [], Project()
    for at, name in enumerate(catalogue.names):
        for title in TITLES:
            node = Node(name, Map(), (0.0, 0.0), title, bypassed=bool(title) and at % 5 == 0)
            ports = catalogue.ports(node, project)
            flows = {port.name: LONG for port in ports.outputs}
            much = bool(title)
            facts = NodeFacts("ok", {}, flows, 987_654_321_012 if much else 160, frozen=("t",) if much else ())
            problems = (Problem("g", "n", "r", "m"),) if at % 3 == 0 else ()
            block = catalogue[name]
            look = node_look("node1", node, block, ports, {}, frozenset(), facts, problems, trained=much)
            found.append(Overlay("multiply_adds", 1, 10).on(look, facts) if at % 7 == 0 else look)
    return found


@pytest.mark.parametrize(("zoom", "ratio"), SCALES)
def test_every_text_of_every_block_is_whole_within_its_node(qapp, catalogue, looks, zoom, ratio):
    style, scale = Style(Theme.load("dark")), zoom * ratio
    slack = 1.0 / scale + 0.3  # a pixel's edge
    count = 0
    for look in looks[:: 7 if scale > 3 else 1]:  # large pixels take their time, and texts are much the same
        painter = painted(1, 1, zoom, ratio, style.ground)
        if zoom >= m.FAR:
            paint_near(painter, look, fit_words(look, style), style, selected=False, hovered=False, lights=None)
        else:
            text = style.far_text(zoom, look.height * 0.78)
            title = text.elide(look.title, m.NODE_WIDTH - 16.0)
            paint_far(painter, look, title, text, style, selected=False, zoom=zoom)
        written = painter.written
        painter.end()
        body = QRectF(0, 0, m.NODE_WIDTH, look.height)
        placed = [(one, ink(one, scale)) for one in written]
        for one, place in placed:
            count += 1
            assert body.adjusted(-slack, -slack, slack, slack).contains(place), (look.title, one.text)
            assert one.room.left() - slack <= place.left(), (look.title, one.text)
            assert place.right() <= one.room.right() + slack, (look.title, one.text)
        if zoom < m.FAR:
            continue
        for (one, a), (other, b) in combinations(placed, 2):
            assert not a.intersects(b.adjusted(0.5, 0.5, -0.5, -0.5)), (look.title, one.text, other.text)
        for _, rect in sign_rects(look.signs, signs_right(look), m.TITLE / 2 + 0.5):
            assert body.contains(rect)
            assert not any(place.intersects(rect) for _, place in placed), look.title
    assert count > (len(catalogue.names) if scale <= 3 else 200)


@pytest.mark.parametrize("zoom", [0.1, 0.15, 0.25, 0.39])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_from_far_names_of_networks_and_frames_can_be_read(qapp, catalogue, zoom, theme):
    """At least 9 pixels high, in ink that stands out, whole or with an ellipsis."""
    inner = make_graph({"x": Node("Input", Map(shape="N 4")), "y": Node("Output")}, [])
    outer = make_graph(
        {"encoder": Node("Network", Map(network="part"), (300.0, 300.0)), "relu": Node("ReLU", Map(), (900.0, 300.0))},
        [],
        frames={"frame": Frame((0.0, 0.0, 1600.0, 900.0), "Stage one", "A note.", "blue")},
    )
    project = Project(graphs=Map(net=outer, part=inner))
    scene = GraphScene(Document(project), "net", catalogue, Style(Theme.load(theme)))
    painter = painted(1000, 600, zoom, 1.0, scene.styling.ground)
    scene.draw(painter, QRectF(0, 0, 1700, 1000), zoom)
    written = {one.text: one for one in painter.written}
    painter.end()
    assert {"encoder", "Stage one"} <= written.keys()
    for name in ("encoder", "Stage one"):
        assert written[name].font.pixelSize() * zoom >= 9.0, name
