"""Brings what analysis found onto the canvas in slices, so that a report for a thousand nodes drops no frame."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.compiler.report import GraphReport, NodeFacts, Problem
from netbuilder.ui.canvas.look import NodeLook, with_facts
from netbuilder.ui.canvas.overlay import Overlay

if TYPE_CHECKING:
    from netbuilder.ui.canvas.scene import GraphScene

SLICE = 0.004  # seconds; painting what a slice has changed comes on top of it in the same frame
AT_ONCE = 40  # nodes that are shown before `show` returns, however slow the machine is


class Reporting(QObject):
    """Holds what is known of the scene's nodes; items learn it in slices, from the newest report alone.

    `shown` comes after each slice that has changed something.
    """

    shown = Signal()

    def __init__(self, scene: GraphScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.facts: dict[str, NodeFacts] = {}
        self.problems: dict[str, tuple[Problem, ...]] = {}
        self.trained: frozenset[str] = frozenset()  # nodes that a run holds weights for
        self.run = ""  # the name of that run
        self.overlay = Overlay()
        self._waiting: dict[str, None] = {}  # ids in the order in which they are shown
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._slice)

    @property
    def waiting(self) -> int:
        """How many nodes do not show yet what is known of them."""
        return len(self._waiting)

    def show(self, report: GraphReport | None, first: Iterable[str] = ()) -> None:
        """Takes the place of what was reported before; None: nothing is known. The nodes `first` come before others."""
        old_facts, old_problems = self.facts, self.problems
        self.facts = dict(report.nodes) if report else {}
        self.problems = _by_node(report.problems if report else ())
        changed = _differing(old_facts, self.facts) | _differing(old_problems, self.problems) | self._waiting.keys()
        held, self.overlay = self.overlay, Overlay.of(self.overlay.mode, self.facts.values())
        self._queue(self._scene.nodes if held != self.overlay else changed, first)

    def show_overlay(self, mode: str, first: Iterable[str] = ()) -> None:
        """Colours nodes by a number of theirs, "" by category. Raises KeyError for an unknown mode."""
        if mode != self.overlay.mode:
            self.overlay = Overlay.of(mode, self.facts.values())
            self._queue(self._scene.nodes, first)

    def show_trained(self, nodes: frozenset[str], run: str) -> None:
        """The nodes that this run holds weights for."""
        changed, self.trained, self.run = nodes ^ self.trained, nodes, run
        self._queue(changed | self._waiting.keys())

    def dress(self, look: NodeLook, id: str) -> NodeLook:
        """A node's look with all that is known of it."""
        facts = self.facts.get(id)
        found = with_facts(look, facts, self.problems.get(id, ()), trained=id in self.trained)
        return self.overlay.on(found, facts)

    def _queue(self, changed: Container[str], first: Iterable[str] = ()) -> None:
        ahead = [id for id in first if id in changed]
        self._waiting = dict.fromkeys((*ahead, *(id for id in self._scene.nodes if id in changed)))
        self._show_some(min(AT_ONCE, len(self._waiting)))
        if self._waiting:
            self._next.start()

    def flush(self) -> None:
        """Shows all that waits, now."""
        self._show_some(len(self._waiting))
        self._next.stop()

    def _slice(self) -> None:
        until = time.perf_counter() + SLICE
        while self._waiting and time.perf_counter() < until:
            self._show_some(8, tell=False)
        if not self._waiting:
            self._next.stop()
        self.shown.emit()

    def _show_some(self, most: int, *, tell: bool = True) -> None:
        near = self._scene.near
        for id in [id for id, _ in zip(self._waiting, range(most), strict=False)]:
            del self._waiting[id]
            self._show_node(id, near=near)
        if most and tell:
            self.shown.emit()

    def _show_node(self, id: str, *, near: bool) -> None:
        item = self._scene.nodes.get(id)
        if item is None:  # removed since
            return
        item.facts, item.problems = self.facts.get(id), self.problems.get(id, ())
        item.show_look(self.dress(item.look, id), near=near)
        self._scene.folds.know(id)
        for key in self._scene.out_of.get(id, ()):
            self._scene.show_flow(key, near=near)


def _by_node(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.node, []).append(problem)
    return {node: tuple(held) for node, held in found.items()}


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    """Keys under which the two hold something else. What was not reported anew is the very same object."""
    gone = old.keys() - new.keys()
    return gone | {id for id, value in new.items() if (held := old.get(id)) is not value and held != value}
