"""What preview graphs show while a run trains: files below `preview/step-N/`, within a budget of bytes and time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.data.loaders import Batch, Kept, first
from netbuilder.graph.model import Project
from netbuilder.training import files
from netbuilder.training.run import VIEWS
from netbuilder.training.showing import File, listed, samples_of, shown
from netbuilder.training.work import Work

BYTES = 64 * 2**20
FIRST_SECONDS = 1.0  # into the run, so that short ones are not held up; each ends with a preview anyway


class Previews:
    """Draws every preview graph of the project. Nothing that fails in here ends the run: it is said once instead."""

    def __init__(
        self,
        work: Work,
        project: Project,
        catalogue: Catalogue,
        folder: Path,
        data: Mapping[str, Kept],
        first_step: int = 0,
    ) -> None:
        """data: the samples of each data set that preview graphs read, by its name; the first ones are shown.

        first_step: what steps are counted from, in a run of several folds.
        """
        self._first_step = first_step
        self._work, self._project, self._catalogue, self._folder = work, project, catalogue, folder
        self._graphs = dict(work.program.previews)
        self._batches: dict[str, Batch] = {}  # by preview graph
        for graph in self._graphs:
            count = samples_of(project, catalogue, graph)
            part = data.get(work.program.previews_data.get(graph, ""))
            self._batches[graph] = first(part, count) if part is not None else {}
        self._share = work.settings.preview_share
        self._next = time.perf_counter() + (FIRST_SECONDS if self._share < 1 else 0.0)
        for leftover in folder.glob(".step-*.part"):
            shutil.rmtree(leftover, ignore_errors=True)
        self._bytes = sum(path.stat().st_size for path in folder.glob("step-*/*"))

    def due(self) -> bool:
        """Whether another one is affordable now."""
        return bool(self._graphs) and time.perf_counter() >= self._next

    def draw(self, step: int) -> list[str]:
        """Draws all at this step; gives sentences about graphs that failed, which are left out from then on.

        Raises OSError where the files can't be written.
        """
        began = time.perf_counter()
        notes: list[str] = []
        drawn: list[File] = []
        for graph, function in list(self._graphs.items()):
            try:
                drawn.extend(self._draw(graph, function))
            except Exception as problem:  # noqa: BLE001  a picture is never worth a run
                del self._graphs[graph]
                notes.append(f"The preview {graph!r} could not be drawn: {problem}")
        if drawn:
            found = {file.name: file.content for file in drawn}
            self._put(self._first_step + step, {**found, VIEWS: listed(drawn)})
        now = time.perf_counter()
        self._next = now + (1 / self._share - 1) * (now - began)
        return notes

    def _draw(self, graph: str, function: Callable[..., dict[str, Batch]]) -> list[File]:
        with self._work.looking("preview", graph):
            views = function(self._batches[graph], self._work.shown)
        return list(shown(self._project, self._catalogue, graph, views))

    def _put(self, step: int, drawn: Mapping[str, bytes]) -> None:
        target = self._folder / f"step-{step}"
        beside = self._folder / f".step-{step}.part"
        beside.mkdir(exist_ok=True)
        for name, content in drawn.items():
            (beside / name).write_bytes(content)
        if target.exists():  # drawn before the run was interrupted; it comes out the same
            self._forget(target)
        files.replace(beside, target)
        self._bytes += sum(map(len, drawn.values()))
        if self._bytes > BYTES:
            self._thin()

    def _thin(self) -> None:
        """Takes every second one away, but not the newest, until half of the budget is free."""
        while self._bytes > BYTES // 2:
            found = sorted(self._folder.glob("step-*"), key=lambda path: int(path.name.partition("-")[2]))
            if len(found) < 2:
                return
            for path in found[-2::-2]:
                self._forget(path)

    def _forget(self, path: Path) -> None:
        self._bytes -= sum(each.stat().st_size for each in path.iterdir())
        shutil.rmtree(path)
