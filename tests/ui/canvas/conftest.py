"""A canvas in its own window, and a hand that works it with real mouse and key events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from immutables import Map
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem, Repair
from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import Column, Dataset, Frame, Graph, Input, Link, Node, Output, Project
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme

NO_KEYS = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def link(source: str, target: str, index: int = 0, out: str = "y", into: str = "x") -> Link:
    return Link(Output(source, out), Input(target, into, index))


def make_graph(nodes: dict[str, Node], links: list[Link], kind="network", frames=()) -> Graph:
    return Graph(kind=kind, nodes=Map(nodes), links=Map({one.target: one for one in links}), frames=Map(frames))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.builtin()


@pytest.fixture
def project() -> Project:
    """image -> conv1 -> relu1 -> flatten1 -> linear1 -> logits; add1 and conv2 stand free below; a frame at the top."""
    net = make_graph(
        {
            "image": Node("Input", Map({"shape": "N 1 8 8"}), (0.0, 0.0)),
            "conv1": Node("Conv2d", Map({"out_channels": 16, "kernel_size": 3}), (260.0, 0.0)),
            "relu1": Node("ReLU", Map(), (520.0, 0.0)),
            "flatten1": Node("Flatten", Map(), (780.0, 0.0)),
            "linear1": Node("Linear", Map({"out_features": 10}), (1040.0, 0.0)),
            "logits": Node("Output", Map(), (1300.0, 0.0)),
            "conv2": Node("Conv2d", Map({"out_channels": 32, "kernel_size": 3}), (260.0, 200.0)),
            "add1": Node("Add", Map(), (520.0, 200.0)),
        },
        [
            link("image", "conv1", out="x"),
            link("conv1", "relu1"),
            link("relu1", "flatten1"),
            link("flatten1", "linear1"),
            link("linear1", "logits"),
        ],
        frames={"note": Frame((240.0, 340.0, 480.0, 200.0), "What to look at", "Two convolutions.")},
    )
    digits = Dataset(
        "digits", columns=(Column("image", shape=(1, 8, 8), axes="C H W", role="image"), Column("label", dtype="int64"))
    )
    training = make_graph(
        {
            "data": Node("Data", Map({"dataset": "digits"}), (0.0, 0.0)),
            "net": Node("Network", Map({"network": "classifier"}), (260.0, 0.0)),
            "loss": Node("CrossEntropyLoss", Map(), (520.0, 0.0)),
        },
        [],
        kind="training",
    )
    return Project("Test", graphs=Map({"classifier": net, "training": training}), datasets=Map({"digits": digits}))


@pytest.fixture
def document(project: Project) -> Document:
    return Document(project)


class Hand:
    """Mouse and keys over one canvas; positions are in scene units."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def at(self, pos: QPointF) -> QPoint:
        return self.canvas.mapFromScene(pos)

    def node(self, id: str) -> QPointF:
        """A place on the node that is no port."""
        rect = self.canvas.node_rect(id)
        return QPointF(rect.center().x(), rect.bottom() - 8)

    def press(self, pos: QPointF, keys=NO_KEYS, button=LEFT) -> None:
        QTest.mousePress(self.canvas.viewport(), button, keys, self.at(pos))

    def move(self, pos: QPointF) -> None:
        QTest.mouseMove(self.canvas.viewport(), self.at(pos))
        QApplication.processEvents()

    def release(self, pos: QPointF, keys=NO_KEYS, button=LEFT) -> None:
        QTest.mouseRelease(self.canvas.viewport(), button, keys, self.at(pos))

    def pull(self, start: QPointF, end: QPointF, keys=NO_KEYS, button=LEFT) -> None:
        """Press and drag, without letting go."""
        self.move(start)
        self.press(start, keys, button)
        for step in (0.1, 0.5, 0.9, 1.0):
            self.move(start + (end - start) * step)

    def drag(self, start: QPointF, end: QPointF, keys=NO_KEYS, button=LEFT) -> None:
        self.pull(start, end, keys, button)
        self.release(end, keys, button)

    def click(self, pos: QPointF, keys=NO_KEYS) -> None:
        QTest.mouseClick(self.canvas.viewport(), LEFT, keys, self.at(pos))

    def double_click(self, pos: QPointF) -> None:
        QTest.mouseDClick(self.canvas.viewport(), LEFT, NO_KEYS, self.at(pos))

    def key(self, key: Qt.Key, keys=NO_KEYS) -> None:
        QTest.keyClick(self.canvas, key, keys)


@pytest.fixture
def open_canvas(qtbot, document: Document, catalogue: Catalogue) -> Callable[[str], Canvas]:
    def open_one(graph: str) -> Canvas:
        canvas = Canvas(document, graph, catalogue, Theme.load("dark"))
        qtbot.addWidget(canvas, before_close_func=Canvas.close_view)
        canvas.resize(1700, 900)
        with qtbot.waitExposed(canvas):
            canvas.show()
        canvas.setFocus()
        return canvas

    return open_one


@pytest.fixture
def canvas(open_canvas) -> Canvas:
    return open_canvas("classifier")


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)


@pytest.fixture
def repairs(document: Document) -> tuple[Repair, Repair]:
    change = edits.set_params(document.project, "classifier", "conv2", {"out_channels": 16})
    other = edits.set_params(document.project, "classifier", "conv1", {"out_channels": 32})
    return Repair("Change conv2 to 16 filters", change, -2320), Repair("Change conv1 to 32 filters", other, 160)


@pytest.fixture
def report(repairs: tuple[Repair, Repair]) -> GraphReport:
    """conv1 has its facts, add1 a problem with two repairs, linear1 waits."""
    image, wide = Flow(("N", 1, 8, 8)), Flow(("N", 16, 6, 6))
    return GraphReport(
        {
            "image": NodeFacts("ok", {}, {"x": image}),
            "conv1": NodeFacts("ok", {"x": (image,)}, {"y": wide}, parameters=160),
            "relu1": NodeFacts("ok", {"x": (wide,)}, {"y": wide}),
            "conv2": NodeFacts("ok", {}, {"y": Flow(("N", 32, 6, 6))}, parameters=4640),
            "add1": NodeFacts("error"),
            "linear1": NodeFacts("unknown"),
        },
        (
            Problem(
                "classifier",
                "add1",
                "sizes",
                "conv2 gives 32 channels but add1's other input has 16.",
                "error",
                repairs,
            ),
        ),
    )
