"""The Sample page of a run: any preview graph with any checkpoint, drawn anew with each change.

What is drawn comes from a process that stays, so that sliders are answered at once; the drawings of a page are kept
and can be gone through again.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt, QTemporaryDir, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import Choice, Int, Param
from netbuilder.graph.model import NONE, Project, Value, Values
from netbuilder.graph.plain import project_to_plain
from netbuilder.jobs.staying import Staying
from netbuilder.sampling.knobs import Knobs, knobs, previews_of
from netbuilder.sampling.wish import MOST, PARTS
from netbuilder.training.run import Run, RunError
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.runs.axes import Axes
from netbuilder.ui.runs.chances import Chances
from netbuilder.ui.runs.own_inputs import OwnInputs, takes_file
from netbuilder.ui.runs.previews import Previews
from netbuilder.ui.text import ground, label
from netbuilder.ui.theme import Theme

WAIT_MS = 200  # after a change, so that a row of them is drawn once
KEPT = 30  # drawings that can be gone back to
_WAITING = "Samples can be drawn as soon as the run has a checkpoint."
_NO_PREVIEW = "The project of this run has no preview graph: add one (Graph menu) that ends in views."


class SamplePage(QWidget):
    """Shows one run. `message` bridges the process's reader thread to the window's."""

    message = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = Catalogue.builtin()
        self._run: Run | None = None
        self._trained = Project()  # as the run has recorded it
        self._project = Project()
        self._values: dict[str, Values] = {}  # by preview graph, what a person set
        self._knobs: Knobs | None = None
        self._place = QTemporaryDir()
        self._drawn = 0
        self._shown = ""
        self.setAcceptDrops(True)
        self.setAccessibleName("Sample page")
        self.form = Form(expressions=False)
        self.form.committed.connect(self._set)
        self._extra = QVBoxLayout()
        self._extra.setSpacing(8)
        self.own: OwnInputs | None = None
        self.axes: list[Axes] = []
        self.again = QPushButton("Another seed")
        self.again.setToolTip("Draws with other random numbers")
        self.again.clicked.connect(self._another)
        self.words = label(_WAITING, look="muted", wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.progress.setAccessibleName("Progress of the drawing")
        keeps = self.progress.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # so that nothing jumps when it comes and goes
        self.progress.setSizePolicy(keeps)
        self.progress.hide()
        self.chances = Chances()
        self.previews = Previews(theme, stem="drawing")
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self._left())
        self._splitter.addWidget(self._right())
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([300, 700])
        self._splitter.setChildrenCollapsible(False)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._splitter)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self._draw)
        self.message.connect(self._hear)
        self._staying = Staying(self.message.emit)
        self.destroyed.connect(self._staying.cancel)

    def _left(self) -> QWidget:
        inside = QWidget()
        ground(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        column.addWidget(self.form)
        column.addLayout(self._extra)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setMinimumWidth(240)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("What is drawn")
        return area

    def _right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 8, 8, 0)
        column.setSpacing(6)
        column.addWidget(self.progress)
        column.addWidget(self.words)
        column.addWidget(self.chances)
        column.addWidget(self.previews, 1)
        column.addStretch(0)  # words stay on top while there is nothing below them
        self.previews.hide()
        return right

    # -- what the panel calls

    def show_run(self, run: Run | None, current: Project) -> None:
        """The page of this run; its project as it was trained, with preview graphs that were drawn since."""
        try:
            if run != self._run:
                self.clear()
                self._run = run
                self._trained = run.project() if run is not None else Project()
        except RunError as problem:
            self.words.setText(str(problem))
            return
        if run is None:
            return
        project, ready = with_new_previews(self._trained, current), bool(run.checkpoints())
        if project != self._project or not self.form.fields:
            self._project = project
            self._build()
        self._enable(ready)
        waits = self._later.isActive() or self._staying.busy  # this is called again and again while a run trains
        if ready and self._knobs is not None and not self._shown and not waits:
            self._later.start()

    def clear(self) -> None:
        """Shows no run, and forgets what was drawn."""
        self._later.stop()
        self._staying.cancel()
        self._run, self._project, self._knobs, self._shown, self._drawn = None, Project(), None, "", 0
        self._values.clear()
        self._place = QTemporaryDir()
        self.previews.clear()
        self.previews.hide()
        self.chances.show_chances({})
        self.form.show_values((), NONE, Project())
        self._fill_extra()
        self.words.setText(_WAITING)
        self._enable(False)

    def set_theme(self, theme: Theme) -> None:
        self.previews.set_theme(theme)

    def hideEvent(self, event: QHideEvent) -> None:
        """A page that nobody looks at keeps no process with torch in it."""
        if self._staying.busy:
            self._shown = ""
        self._staying.cancel()
        self.progress.hide()
        super().hideEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        takes = self.own is not None and any(map(takes_file, self.own.knobs))
        if takes and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths and self.own is not None and self.own.take_file(paths[0]):
            event.acceptProposedAction()

    # -- what can be set

    @property
    def graph(self) -> str:
        """The preview graph that is shown."""
        return str(self.form.fields["graph"].value) if "graph" in self.form.fields else ""

    def _build(self, graph: str = "") -> None:
        graphs = previews_of(self._project)
        if not graphs:
            self._knobs = None
            self.words.setText(_NO_PREVIEW)
            return
        graph = graph if graph in graphs else graphs[0]
        self._knobs = knobs(self._project, graph, self._catalogue)
        values = self._values.get(graph, NONE).set("graph", graph)
        self.form.show_values(self._params(graphs, self._knobs), values, self._project)
        self._fill_extra()

    def _params(self, graphs: list[str], found: Knobs) -> tuple[Param, ...]:
        """What the form shows: what is drawn, then the parameters of the blocks that sample."""
        steps = [facts.path.name for facts in self._run.checkpoints()] if self._run is not None else []
        general: list[Param] = [
            Choice(
                name="graph", label="Preview graph", default=graphs[0], options=tuple(graphs), help="What is drawn."
            ),
            Choice(
                name="checkpoint",
                default="best",
                options=("best", "last", *steps),
                help="Whose weights: best is the last one where the run names no best.",
            ),
            Int(name="seed", default=0, low=0, help="Start of the random numbers; equal seeds draw the same."),
            Int(
                name="count",
                default=min(found.count, MOST),
                low=1,
                high=MOST,
                help="How many samples are drawn, as far as views show them.",
            ),
        ]
        if found.columns:
            general += [
                Choice(name="part", label="Samples of", default="test", options=PARTS, help="The part of the data."),
                Int(name="first", label="First sample", default=0, low=0, help="The number of the first one, from 0."),
            ]
        sampling = [
            msgspec.structs.replace(
                knob.param,
                name=f"{knob.node}.{knob.param.name}",
                label=knob.param.label or knob.param.name.replace("_", " "),
                default=knob.value,
                heading=knob.node,
            )
            for knob in found.params
        ]
        return (*general, *sampling)

    def _fill_extra(self) -> None:
        while (item := self._extra.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.own, self.axes = None, []
        if self._knobs is None:
            return
        if self._knobs.columns:
            self._extra.addWidget(label("Your own input", look="strong"))
            self.own = OwnInputs(self._knobs.columns)
            self.own.changed.connect(self._own_changed)
            self._extra.addWidget(self.own)
        for knob in self._knobs.latents:
            self._extra.addWidget(label(f"Axes of {knob.title}", look="strong"))
            axes = Axes(knob)
            axes.changed.connect(self._later.start)
            self.axes.append(axes)
            self._extra.addWidget(axes)

    def _set(self, name: str, value: Value) -> None:
        graph = self.graph
        if name == "graph":
            self._build(str(value))
        else:
            self._values[graph] = self._values.get(graph, NONE).set(name, value)
        self._later.start()

    def _own_changed(self) -> None:
        """One sample is what a person's own value is looked at with, unless they want more."""
        if "count" not in self._values.get(self.graph, NONE):
            field = self.form.fields["count"]
            field.show_value(1 if self.own is not None and self.own.values else field.param.default)
        self._later.start()

    def _another(self) -> None:
        field = self.form.fields["seed"]
        value = int(field.value) + 1 if isinstance(field.value, int) else 0
        field.show_value(value)
        self._set("seed", value)

    def _enable(self, ready: bool) -> None:
        for widget in (self.form, self.again):
            widget.setEnabled(ready and self._knobs is not None)

    # -- drawing

    def wish(self) -> dict[str, Any]:
        """What the page wants to see, as `sampling.wish.Wish` reads it."""
        values = {name: field.value for name, field in self.form.fields.items()}
        params: dict[str, dict[str, Value]] = {}
        for knob in self._knobs.params if self._knobs is not None else ():
            value = values[f"{knob.node}.{knob.param.name}"]
            if value != knob.value:
                params.setdefault(knob.node, {})[knob.param.name] = value
        found: dict[str, Any] = {
            name: values[name] for name in ("graph", "seed", "count", "part", "first") if name in values
        }
        return {
            **found,
            "params": params,
            "inputs": self.own.values if self.own is not None else {},
            "latents": {axes.knob.node: axes.values for axes in self.axes if axes.values},
        }

    def _draw(self) -> None:
        if self._run is None or self._knobs is None or not self.isVisible():
            return
        self._drawn += 1
        folder = Path(self._place.path()) / f"drawing-{self._drawn}"
        folder.mkdir(exist_ok=True)
        shutil.rmtree(folder.with_name(f"drawing-{self._drawn - KEPT}"), ignore_errors=True)
        self._staying.ask(
            {
                "job": "sample",
                "project": project_to_plain(self._project),
                "wish": self.wish(),
                "run": str(self._run.path),
                "checkpoint": str(self.form.fields["checkpoint"].value),
                "to": str(folder),
            }
        )

    def _hear(self, answer: dict[str, Any]) -> None:
        if answer.get("is") == "progress":
            self.progress.setValue(round(1000 * float(answer.get("done", 0))))
            self.progress.show()
            if not self._shown:
                self.words.setText(f"{answer.get('text', '')}…")
            return
        self.progress.hide()
        if answer.get("is") != "done":
            self.words.setText(str(answer.get("message", "This could not be drawn.")))
            self.chances.show_chances({})
            return
        result = answer["result"]
        self._shown = str(result["weights"])
        self.words.setText(" ".join([f"With the weights of {self._shown}.", *result["notes"]]))
        self.chances.show_chances(result["chances"])
        for folder in Path(self._place.path()).iterdir():
            if not any(folder.iterdir()) and folder.name != f"drawing-{self._drawn}":
                folder.rmdir()  # of a wish that a newer one has overtaken, or that failed
        self.previews.show()
        self.previews.show_folder(Path(self._place.path()))


def with_new_previews(trained: Project, current: Project) -> Project:
    """The project of a run with the preview graphs that its project has now, unless they need what was not trained."""
    new = {*current.graphs, *current.datasets} - {*trained.graphs, *trained.datasets}
    graphs = trained.graphs
    for name in previews_of(current):
        graph = current.graphs[name]
        values = {value for node in graph.nodes.values() for value in node.params.values() if isinstance(value, str)}
        if not values & new and (name not in graphs or graphs[name].kind == "preview"):
            graphs = graphs.set(name, graph)
    return msgspec.structs.replace(trained, graphs=graphs)
