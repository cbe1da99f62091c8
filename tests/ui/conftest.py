"""What tests of the window share: a theme, the catalogue, a small project, a window with settings of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from immutables import Map
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import Column, Dataset, Frame, Graph, Input, Link, Node, Output, Project
from netbuilder.ui.icons import Icons
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.theme import Theme


def node(block: str, x: float = 0, y: float = 0, **params: object) -> Node:
    return Node(block, Map(params), (float(x), float(y)))


def links(*pairs: tuple[str, str]) -> Map:
    """("conv1.y", "relu1.x") pairs as the links of a graph."""
    made = {}
    for source, target in pairs:
        end = Input(*target.split("."))
        made[end] = Link(Output(*source.split(".")), end)
    return Map(made)


def small_network(first: str = "conv1") -> Graph:
    return Graph(
        "network",
        Map(
            {
                "image": node("Input", 0, 0, shape="N 1 8 8"),
                first: node("Conv2d", 260, 0, out_channels=4, padding=1),
                "flatten1": node("Flatten", 520, 0),
                "linear1": node("Linear", 780, 0, out_features=10),
                "logits": node("Output", 1040, 0),
            }
        ),
        links(
            ("image.x", f"{first}.x"),
            (f"{first}.y", "flatten1.x"),
            ("flatten1.y", "linear1.x"),
            ("linear1.y", "logits.x"),
        ),
        Map({"note": Frame((-40, -140, 500, 90), "Look here", "A small convolutional network. It learns digits.")}),
    )


def small_project() -> Project:
    training = Graph(
        "training",
        Map(
            {
                "data": node("Data", 0, 0, dataset="digits"),
                "net": node("Network", 260, 0, network="classifier"),
                "loss": node("CrossEntropyLoss", 520, 0),
                "optimizer": node("Optimizer", 780, 0),
            }
        ),
        links(
            ("data.image", "net.image"),
            ("net.logits", "loss.logits"),
            ("data.label", "loss.target"),
            ("loss.loss", "optimizer.loss"),
        ),
    )
    digits = Dataset(
        "digits",
        Map(),
        (
            Column("image", "image", (1, 8, 8), "float32", "C H W", "image"),
            Column("label", "label", (), "int64", "", "class", tuple("0123456789")),
        ),
        1797,
    )
    return Project("Small", Map({"classifier": small_network(), "training": training}), Map({"digits": digits}))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.builtin()


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme.load("dark")


@pytest.fixture
def icons(theme) -> Icons:
    return Icons(theme)


@pytest.fixture
def project() -> Project:
    return small_project()


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "config" / "window.ini")


@pytest.fixture
def answer(qtbot) -> Callable[[Callable[[QWidget], None]], list[str]]:
    """`answer(press)`: the next box that opens is given to `press`; the texts of boxes come back in the list."""
    timers = []

    def prepare(press: Callable[[QWidget], None]) -> list[str]:
        seen: list[str] = []
        timer = QTimer()
        timer.setInterval(10)

        def look() -> None:
            box = QApplication.activeModalWidget()
            if isinstance(box, QDialog):
                timer.stop()
                seen.append(box.text() if isinstance(box, QMessageBox) else box.windowTitle())
                press(box)

        timer.timeout.connect(look)
        timer.start()
        timers.append(timer)
        return seen

    return prepare


@pytest.fixture
def window(qtbot, qapp, catalogue, preferences, monkeypatch, tmp_path):
    """A shown window without a project and without an engine; what is open is closed without a question."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    from netbuilder.ui.window import Window

    made = Window(qapp, catalogue, preferences)
    made.painted.disconnect(made._begin_later)
    made.show_welcome()
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.files.opened = None
    made.close()
    made.deleteLater()
    qapp.processEvents()


@pytest.fixture
def opened(window, project, tmp_path, qtbot):
    """The window with the small project open from a file."""
    from netbuilder.graph.file import save

    path = tmp_path / "small.netbuilder"
    save(project, path)
    window.files.open(path)
    qtbot.waitUntil(lambda: window.workbench is not None and window.workbench.tabs.canvas is not None)
    return window
