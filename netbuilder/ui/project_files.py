"""Opening, saving and closing projects, with the questions that go with it. Knows nothing of how they are shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from netbuilder.data.place import Place
from netbuilder.data.project_data import moved
from netbuilder.graph import edits
from netbuilder.graph.change import apply, join
from netbuilder.graph.document import Document
from netbuilder.graph.file import FileError, load, save
from netbuilder.graph.model import Graph, Project
from netbuilder.resources import template
from netbuilder.ui.dialogs import SUFFIX, Dialogs
from netbuilder.ui.preferences import Preferences

FIRST_GRAPH = "network"  # the name of the one graph of a new project


class Opened(NamedTuple):
    """A project in the window: `path` None until it is saved; `title` is what the window calls it."""

    document: Document
    path: Path | None
    title: str


class ProjectFiles:
    """Holds what is open. `show(opened)` is called with each project that replaces the former, None for none."""

    def __init__(self, dialogs: Dialogs, preferences: Preferences, show: Callable[[Opened | None], None]) -> None:
        self.dialogs = dialogs
        self.opened: Opened | None = None
        self._preferences = preferences
        self._show = show

    def new(self) -> None:
        """An empty project with one network."""
        if self.may_close():
            graphs = Project().graphs.set(FIRST_GRAPH, Graph(kind="network"))
            self._take(Opened(Document(Project(graphs=graphs)), None, "Untitled"))

    def open(self, path: Path | None = None) -> None:
        """Opens this file, or one that the person chooses. What is wrong with a file is told in a sentence."""
        if not self.may_close():
            return
        if path is None:
            path = self.dialogs.open_path(self._folder)
        if path is None:
            return
        if (project := self._load(path)) is not None:
            self._preferences.remember(path)
            self._take(Opened(Document(project), path, path.stem))

    def open_template(self, name: str) -> None:
        """Begins a project of one's own with a copy of a preset."""
        if not self.may_close():
            return
        try:
            path = template(name)
        except LookupError as error:
            self.dialogs.error(str(error.args[0]))
            return
        if (project := self._load(path)) is not None:
            self._take(Opened(Document(project), None, project.title or name))

    def open_unsaved(self, project: Project) -> None:
        """Goes on with a project that has no file."""
        if self.may_close():
            self._take(Opened(Document(project), None, project.title or "Untitled"))

    def save(self) -> bool:
        """Saves where the project came from, or asks where. False where it was not saved."""
        if self.opened is None:
            return False
        return self.save_as() if self.opened.path is None else self._write(self.opened.path)

    def save_as(self) -> bool:
        """Asks where to save. False where it was not saved."""
        if self.opened is None:
            return False
        suggestion = self.opened.path or self._folder / f"{_file_name(self.opened.title)}{SUFFIX}"
        path = self.dialogs.save_path(suggestion)
        return path is not None and self._write(path)

    def close(self) -> bool:
        """Closes the project, asking first where it has unsaved changes. False where the person thought better."""
        if not self.may_close():
            return False
        if self.opened is not None:
            self._take(None)
        return True

    def may_close(self) -> bool:
        """Whether what is open may go: unchanged, saved now, or given up by the person."""
        if self.opened is None or not self.opened.document.modified:
            return True
        answer = self.dialogs.unsaved(self.opened.title)
        return self.save() if answer == "save" else answer == "discard"

    @property
    def _folder(self) -> Path:
        """Where a file dialog begins."""
        recent = self._preferences.recent
        return recent[0].parent if recent else Path.home()

    def _load(self, path: Path) -> Project | None:
        try:
            return load(path)
        except FileError as error:
            self.dialogs.error(f"“{path.name}” cannot be opened: {str(error).rstrip('.')}.")
        except OSError as error:
            self.dialogs.error(f"“{path}” cannot be read: {error.strerror or error}.")
        return None

    def _write(self, path: Path) -> bool:
        assert self.opened is not None
        document = self.opened.document
        changes = []
        if path != self.opened.path:
            before = Place(self.opened.path.parent if self.opened.path is not None else None)
            changes.append(moved(document.project, before, Place(path.parent)))
            if not document.project.title:
                changes.append(edits.set_project_title(document.project, path.stem))
        settled = join("Save elsewhere", changes)
        try:
            save(apply(document.project, settled), path)
        except (FileError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.dialogs.error(f"“{path}” cannot be written: {reason}. Save it in another place.")
            return False
        document.apply(settled)  # runs and exports are called so from now on, and data is found from there
        document.mark_saved()
        self._preferences.remember(path)
        self.opened = Opened(document, path, path.stem)
        self._show(self.opened)
        return True

    def _take(self, opened: Opened | None) -> None:
        self.opened = opened
        self._show(opened)


def _file_name(title: str) -> str:
    """A title as a file's name: what some system refuses becomes a dash."""
    kept = "".join(char if char.isalnum() or char in " ._-()" else "-" for char in title).strip(" .")
    return kept[:80] or "untitled"
