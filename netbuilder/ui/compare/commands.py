"""Opens comparisons of the open project: with a file, with what a run was made of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.file import FileError, load
from netbuilder.graph.model import Project
from netbuilder.training.run import Run
from netbuilder.ui.compare.window import CompareWindow, Source
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.theme import Theme
from netbuilder.ui.workbench import Workbench


class CompareCommands:
    """The open project is the one after."""

    def __init__(
        self, bench: Workbench, catalogue: Catalogue, theme: Theme, preferences: Preferences, dialogs: Dialogs
    ) -> None:
        self._bench, self._catalogue, self._theme = bench, catalogue, theme
        self._preferences, self._dialogs = preferences, dialogs

    def with_file(self, path: Path | None = None) -> None:
        """With this file, or with one that the person chooses."""
        folder = self._bench.path.parent if self._bench.path is not None else Path.home()
        path = path or self._dialogs.open_path(folder)
        if path is not None:
            self._open(Source(path.name, lambda: _read(path)))

    def with_run(self, run: Run) -> None:
        """With the project as it was when the run was made."""
        self._open(Source(f"run {run.name}", run.project))

    def _open(self, other: Source) -> None:
        bench = self._bench
        name = bench.path.name if bench.path is not None else "this project"
        now = Source(f"{name}, as it is now", lambda: bench.document.project, dict(bench.bridge.reports))
        try:
            window = CompareWindow(other, now, self._catalogue, self._theme, self._preferences, bench)
        except (ValueError, OSError) as wrong:
            self._dialogs.error(str(wrong))
            return
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.show()


def _read(path: Path) -> Project:
    """Raises ValueError with a sentence."""
    try:
        return load(path)
    except FileError as wrong:
        raise ValueError(f"“{path.name}” cannot be opened: {str(wrong).rstrip('.')}.") from None
    except OSError as wrong:
        raise ValueError(f"“{path}” cannot be read: {wrong.strerror or wrong}.") from None
