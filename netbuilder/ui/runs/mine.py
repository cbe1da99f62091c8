"""Which runs are those of the open project. No Qt, and no torch."""

from __future__ import annotations

from pathlib import Path

from netbuilder.graph.document import Document
from netbuilder.training.run import Run, find_runs, runs_folder, runs_of


class OwnRuns:
    """The runs that the project's file is known by, and those that were started here before it had this file.

    A project that is trained and then saved keeps its runs, though they lie where those of unsaved projects do.
    """

    def __init__(self, path: Path | None, document: Document) -> None:
        self.path = path
        self._document = document
        self._started: list[Run] = []
        self._looked: tuple[object, ...] = ()
        self._found: list[Run] = []

    @property
    def folder(self) -> Path:
        """Where the next run goes."""
        return runs_folder(self.path)

    def started(self, run: Run) -> None:
        """This run was started from the open project: it is one of its runs whatever happens to its file."""
        self._started.append(run)

    def find(self) -> list[Run]:
        """The runs, newest first. Asked every second, so what the runs are of is read again only when there are
        others."""
        project = self._document.project
        looked = (self.path, project.title, tuple(find_runs(self.folder)))
        if looked != self._looked:
            self._looked, self._found = looked, runs_of(self.path, project)
        kept = [run for run in self._started if run not in self._found and run.path.is_dir()]
        return sorted([*self._found, *kept], key=lambda run: run.name, reverse=True)
