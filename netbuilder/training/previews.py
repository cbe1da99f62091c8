"""What preview graphs show while a run trains: files below `preview/step-N/`, within a budget of bytes and time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.data.loaders import Batch
from netbuilder.graph.model import Project
from netbuilder.training import files
from netbuilder.training.views import draw
from netbuilder.training.work import Work

BYTES = 64 * 2**20
SHARE = 200.0  # a preview is drawn at most each this many times the seconds that the last one took
FIRST_SECONDS = 1.0  # into the run, so that short ones are not held up; each ends with a preview anyway
SAMPLES = 64


class Previews:
    """Draws every preview graph of the project. Nothing that fails in here ends the run: it is said once instead."""

    def __init__(
        self,
        work: Work,
        project: Project,
        catalogue: Catalogue,
        folder: Path,
        batches: Mapping[str, Batch],
        first_step: int = 0,
    ) -> None:
        """batches: the samples of each data set that preview graphs read, by its name; the first 64 are shown.

        first_step: what steps are counted from, in a run of several folds.
        """
        self._first_step = first_step
        self._work, self._project, self._catalogue, self._folder = work, project, catalogue, folder
        self._batches = {name: {n: c[:SAMPLES] for n, c in batch.items()} for name, batch in batches.items()}
        self._graphs = dict(work.program.previews)
        self._next = time.perf_counter() + FIRST_SECONDS
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
        notes, drawn = [], {}
        for graph, function in list(self._graphs.items()):
            try:
                drawn.update(self._draw(graph, function))
            except Exception as problem:  # noqa: BLE001  a picture is never worth a run
                del self._graphs[graph]
                notes.append(f"The preview {graph!r} could not be drawn: {problem}")
        if drawn:
            self._put(self._first_step + step, drawn)
        now = time.perf_counter()
        self._next = now + SHARE * (now - began)
        return notes

    def _draw(self, graph: str, function: Callable[..., dict[str, Batch]]) -> dict[str, bytes]:
        dataset = self._work.program.previews_data.get(graph, "")
        with self._work.looking("preview", graph):
            views = function(self._batches.get(dataset, {}), self._work.shown)
        facts = self._project.datasets.get(dataset)
        classes = next((column.classes for column in facts.columns if column.classes), ()) if facts else ()
        found = {}
        for view, inputs in views.items():
            node = self._project.graphs[graph].nodes[view]
            count = self._catalogue[node.block].value(node.params, "count")
            suffix, content = draw(node.block, inputs, count if isinstance(count, int) else SAMPLES, classes)
            found[f"{graph}_{view}{suffix}"] = content
        return found

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
