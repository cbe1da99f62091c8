"""Whether the window keeps its frame rate whatever the engine does: `python benchmarks/frames.py [--json]`.

The window opens a network of 1,000 nodes offscreen, with the real engine. Parameters are edited while the engine works
(every second edit changes the shapes of all nodes behind it, and every fifth waits for the answer), while it is halted
(SIGSTOP) and after it was killed (SIGKILL) and is started again. For each phase: the 95th percentile and the longest
of the turns of the window's event loop that did something, and of its frames (what painting took), over the 16.7 ms
that a frame has at 60 Hz. `cpu` counts only what the window's own thread computed, so it is free of what else runs on
the machine; `clock` is what a person waits for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_NO_GLIB"] = "1"  # GLib's dispatcher does not say when a turn begins and ends

from immutables import Map
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph import edits
from netbuilder.graph.file import save
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.window import Window

FRAME = 1 / 60  # seconds
GRAPH = "network"
BETWEEN_EDITS = 0.03  # seconds: faster than anyone types
ROW = 40


def project_of(nodes: int) -> Project:
    """One chain of so many nodes: an Input, then Conv2d and ReLU in turn, then an Output."""
    names, held = [], {}
    for number in range(nodes):
        at = (number % ROW * 260.0, number // ROW * 170.0)
        name = f"node{number}"
        if number in (0, nodes - 1):
            made = Node("Input", Map(shape="N 3 64 64"), at) if number == 0 else Node("Output", Map(), at)
        elif number % 2:
            made = Node("Conv2d", Map(out_channels=8, kernel_size=3, padding=1), at)
        else:
            made = Node("ReLU", Map(), at)
        names.append(name)
        held[name] = made
    links = {}
    for before, after in pairwise(names):
        end = Input(after, "x")
        links[end] = Link(Output(before, "x" if before == names[0] else "y"), end)
    return Project("frames", Map({GRAPH: Graph("network", Map(held), Map(links))}))


class Turns(QObject):
    """Times every turn of the event loop, and every frame of a window, in seconds by the clock and of computing."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self.turns: list[tuple[float, float]] = []
        self.frames: list[tuple[float, float]] = []
        self._begun: tuple[float, float] | None = None
        self._window = window
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._begin)
        dispatcher.aboutToBlock.connect(self._end)
        window.installEventFilter(self)

    def clear(self) -> None:
        self.turns.clear()
        self.frames.clear()

    def _begin(self) -> None:
        self._end()
        self._begun = time.perf_counter(), time.thread_time()

    def _end(self) -> None:
        if self._begun is not None:
            self.turns.append((time.perf_counter() - self._begun[0], time.thread_time() - self._begun[1]))
            self._begun = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """The window's frame is painted from here, so that it can be timed."""
        if watched is self._window and event.type() == QEvent.Type.UpdateRequest:
            begin = time.perf_counter(), time.thread_time()
            self._window.event(event)
            self.frames.append((time.perf_counter() - begin[0], time.thread_time() - begin[1]))
            return True
        return False


def share(values: list[float], part: float) -> float:
    """The value that `part` of all values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def figures(turns: Turns) -> dict[str, float]:
    """Percentiles as shares of a frame. Turns that only fetched a byte (under 0.2 ms) would hide the others."""
    found: dict[str, float] = {}
    for what, values in (("turn", turns.turns), ("frame", turns.frames)):
        for kind, at in (("clock", 0), ("cpu", 1)):
            times = [value[at] for value in values if value[at] > 2e-4]
            found[f"{what}_{kind}_p95"] = share(times, 0.95) / FRAME
            found[f"{what}_{kind}_longest"] = max(times, default=0.0) / FRAME
        found[f"{what}s"] = float(len(values))
    return found


class Session:
    """A person who types into a window with a large project."""

    def __init__(self, app: QApplication, nodes: int, home: Path) -> None:
        path = home / "frames.netbuilder"
        save(project_of(nodes), path)
        self._app, self._nodes, self._random = app, nodes, random.Random(0)
        self.window = Window(app, Catalogue.builtin(), Preferences(home / "window.ini"))
        self.turns = Turns(self.window)
        self.window.files.open(path)
        self.window.show()
        self.wait_ready()

    def pause(self, seconds: float) -> None:
        """Runs the event loop for so long."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1e3), loop, loop.quit)
        loop.exec()

    def wait_ready(self) -> None:
        """Runs the event loop until the engine has said all about the newest revision."""
        bridge, loop = self.window.bridge, QEventLoop()
        bridge.state_changed.connect(loop.quit)
        late = QTimer(loop, singleShot=True, timeout=loop.quit)
        late.start(300_000)
        while late.isActive() and not (bridge.state == "ready" and bridge.client and bridge.client.state == "ready"):
            loop.exec()
        bridge.state_changed.disconnect(loop.quit)
        if bridge.state != "ready":
            raise SystemExit(f"The engine did not answer: it is {bridge.state}.")

    def edit(self, number: int) -> None:
        """One parameter of one node, through the document like the inspector's edit."""
        bench = self.window.workbench
        assert bench is not None
        if number % 2:
            id, values = "node1", {"padding": 1 + number // 2 % 2}  # all shapes behind it change
        else:
            id = f"node{self._random.randrange(1, self._nodes // 2 - 1) * 2 + 1}"
            values = {"out_channels": self._random.choice((4, 8, 12))}
        bench.document.apply(edits.set_params(bench.document.project, GRAPH, id, values))

    def type(self, times: int, *, answers: bool) -> dict[str, float]:
        """So many edits; with `answers` every fifth waits until the engine has said all about it."""
        self.turns.clear()
        for number in range(times):
            QTimer.singleShot(0, self.window, lambda number=number: self.edit(number))
            self.pause(BETWEEN_EDITS)
            if answers and number % 5 == 4:
                self.wait_ready()
        return self._finish(answers=answers)

    def break_links(self, times: int) -> dict[str, float]:
        """Every eighth link goes and comes back: so many inputs are missing, and the problems list is long."""
        bench = self.window.workbench
        assert bench is not None
        document = bench.document
        links = [key for key in document.project.graphs[GRAPH].links if int(key.node.removeprefix("node")) % 8 == 1]
        self.turns.clear()
        for _ in range(times):
            for step in (lambda: document.apply(edits.remove(document.project, GRAPH, links=links)), document.undo):
                QTimer.singleShot(0, self.window, step)
                self.pause(BETWEEN_EDITS)
                self.wait_ready()
                self.pause(0.2)
        return self._finish(answers=True)

    def _finish(self, *, answers: bool) -> dict[str, float]:
        if answers:
            self.wait_ready()
            self.pause(0.5)
        return figures(self.turns)

    def measure(self, times: int) -> dict[str, dict[str, float]]:
        """All phases, one after the other."""
        client = self.window.bridge.client
        assert client is not None
        found = {"working": self.type(times, answers=True), "problems": self.break_links(max(1, times // 20))}
        halted = client.pid
        assert halted is not None
        os.kill(halted, signal.SIGSTOP)
        try:
            found["halted"] = self.type(times, answers=False)
        finally:
            os.kill(halted, signal.SIGCONT)
        self.wait_ready()
        os.kill(client.pid or halted, signal.SIGKILL)
        found["killed"] = self.type(times, answers=False)
        self.wait_ready()
        return found

    def close(self) -> None:
        self.window.files.opened = None  # nothing is to be asked for
        self.window.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    app = QApplication([])
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home
        session = Session(app, wanted.nodes, Path(home))
        found = session.measure(wanted.edits)
        session.close()
    if wanted.json:
        print(json.dumps(found))
        return 0
    print(f"{wanted.nodes} nodes, {wanted.edits} edits a phase; shares of {FRAME * 1e3:.1f} ms")
    print(f"{'':8} {'':6} {'clock p95':>10} {'longest':>8} {'cpu p95':>10} {'longest':>8} {'count':>7}")
    for phase, values in found.items():
        for what in ("turn", "frame"):
            row = [values[f"{what}_{kind}"] for kind in ("clock_p95", "clock_longest", "cpu_p95", "cpu_longest")]
            shown = f"{row[0]:10.2f} {row[1]:8.2f} {row[2]:10.2f} {row[3]:8.2f}"
            print(f"{phase:8} {what:6} {shown} {values[what + 's']:7.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
