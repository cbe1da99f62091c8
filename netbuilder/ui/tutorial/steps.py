"""What the tutorial asks for, step by step, as one table: the words, when a step is done, how it is done for someone,
and where to look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRect
from PySide6.QtWidgets import QWidget

from netbuilder.graph import edits
from netbuilder.graph.change import apply, join
from netbuilder.graph.model import Graph, Input, Link, Output

if TYPE_CHECKING:
    from netbuilder.ui.window import Window
    from netbuilder.ui.workbench import Workbench

NETWORK = "classifier"
FLATTEN, OUTPUT = "flatten1", "logits"
CLASSES = 10


class Step(NamedTuple):
    """`done(bench, trained)`: `trained` says whether a training was begun and whether it has ended since the tutorial
    began. `help`: does it for the person; None where there is only waiting. `look`: what to point at, in the
    coordinates of the window."""

    title: str
    text: str
    done: Callable[[Workbench, Trained], bool]
    help: Callable[[Window], None] | None
    look: Callable[[Window], QRect]


class Trained(NamedTuple):
    """What has happened with training since the tutorial began."""

    begun: bool = False
    ended: bool = False


def _graph(bench: Workbench) -> Graph:
    return bench.document.project.graphs.get(NETWORK, Graph())


def linear(graph: Graph) -> str:
    """The layer that the person has put in; "" for none."""
    return next((id for id in sorted(graph.nodes) if graph.nodes[id].block == "Linear"), "")


def _added(bench: Workbench, trained: Trained) -> bool:
    return bool(linear(_graph(bench)))


def _linked(bench: Workbench, trained: Trained) -> bool:
    graph = _graph(bench)
    pairs = {(link.source.node, link.target.node) for link in graph.links.values()}
    return {(FLATTEN, linear(graph)), (linear(graph), OUTPUT)} <= pairs


def _sized(bench: Workbench, trained: Trained) -> bool:
    graph = _graph(bench)
    layer = graph.nodes.get(linear(graph))
    return layer is not None and layer.params.get("out_features") == CLASSES


def _add(window: Window) -> None:
    bench = window.workbench
    if bench is not None and (canvas := bench.tabs.show_graph(NETWORK)) is not None:
        canvas.add_block("Linear", QPointF(520, 0))


def _link(window: Window) -> None:
    bench = window.workbench
    assert bench is not None
    project = bench.document.project
    id = linear(project.graphs[NETWORK])
    changes = []
    for link in (Link(Output(FLATTEN, "y"), Input(id, "x")), Link(Output(id, "y"), Input(OUTPUT, "x"))):
        changes.append(edits.connect(project, NETWORK, link.source, link.target))
        project = apply(project, changes[-1])
    bench.document.apply(join("Link the layer", changes))


def _size(window: Window) -> None:
    bench = window.workbench
    assert bench is not None
    project = bench.document.project
    bench.document.apply(edits.set_params(project, NETWORK, linear(project.graphs[NETWORK]), {"out_features": CLASSES}))


def _on_canvas(*ids: str) -> Callable[[Window], QRect]:
    """Around nodes of the network; "linear" stands for the layer that was put in. Null while another graph is shown."""

    def look(window: Window) -> QRect:
        bench = window.workbench
        canvas = bench.tabs.canvas if bench is not None and bench.graph == NETWORK else None
        if canvas is None or bench is None:
            return QRect()
        graph, found = _graph(bench), QRect()
        for id in (linear(graph) if id == "linear" else id for id in ids):
            if id in graph.nodes:
                found = found.united(canvas.mapFromScene(canvas.node_rect(id)).boundingRect())
        seen = found.adjusted(-8, -8, 8, 8) & canvas.viewport().rect()
        return seen.translated(canvas.viewport().mapTo(window, QRect().topLeft())) if not found.isNull() else QRect()

    return look


def _around(widget: Callable[[Window], QWidget | None]) -> Callable[[Window], QRect]:
    def look(window: Window) -> QRect:
        found = widget(window)
        if found is None or not found.isVisible():
            return QRect()
        return QRect(found.mapTo(window, QRect().topLeft()), found.size())

    return look


STEPS = (
    Step(
        "Put in a layer",
        "This network takes pictures of digits, 8 × 8 points each, and lays their points in one row (Flatten). What is "
        "missing is the layer that learns.\nClick flatten1 and press Tab. Type “linear” and press Enter.",
        _added,
        _add,
        _on_canvas(FLATTEN),
    ),
    Step(
        "Link it",
        "Data flow along links, from a circle at the right of one block to a circle at the left of the next. A layer "
        "that was put in behind a selected block is linked to that already.\nDrag from the right circle of linear1 to "
        "the left circle of logits. Let go on the way, and blocks that fit are offered.",
        _linked,
        _link,
        _on_canvas(FLATTEN, "linear", OUTPUT),
    ),
    Step(
        "Say how large it is",
        "There are ten digits, so the network shall give ten numbers for each picture, one score a digit.\nClick "
        "linear1. In the inspector set “Out features” to 10, and see how the shapes on the canvas change with it.",
        _sized,
        _size,
        _on_canvas("linear"),
    ),
    Step(
        "Train it",
        "How it learns is drawn too: look at the graph “training”, where a loss says how wrong the network is, and an "
        "optimizer makes that less.\nPress Train.",
        lambda bench, trained: trained.begun,
        lambda window: window.train(),
        _around(lambda window: window.tools.train_button),
    ),
    Step(
        "Watch it learn",
        "The loss falls while it trains: quickly first, then slowly. When it has ended, Results shows how often it is "
        "right about digits that it has never seen.\nIt takes a few seconds.",
        lambda bench, trained: trained.ended,
        None,
        _around(lambda window: window.workbench.docks["runs"] if window.workbench is not None else None),
    ),
)
END = (
    "That was your first network",
    "You have drawn it, trained it and tested it. Put in a ReLU and another Linear and train again: is "
    "it right more often?\nCtrl+E takes it away as ONNX, the panel Code shows it as PyTorch, and Ctrl+Shift+P finds "
    "everything else.",
)
