"""Opening, saving and closing projects, with the questions that go with it. Knows nothing of how they are shown."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from netbuilder.data.place import Place
from netbuilder.data.project_data import moved
from netbuilder.graph import edits
from netbuilder.graph.change import apply, join
from netbuilder.graph.document import Document
from netbuilder.graph.file import FileError, dumps, load, loads
from netbuilder.graph.model import Graph, Project
from netbuilder.graph.write import finish
from netbuilder.resources import template
from netbuilder.ui.dialogs import SUFFIX, Dialogs
from netbuilder.ui.keeping.on_disk import OnDisk
from netbuilder.ui.keeping.store import Kept
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.text import counted

T = TypeVar("T")
FIRST_GRAPH = "network"  # the name of the one graph of a new project


class Opened(NamedTuple):
    """A project in the window: `path` None until it is saved; `title` is what the window calls it."""

    document: Document
    path: Path | None
    title: str


class ProjectFiles:
    """Holds what is open. `show(opened)` is called with each project that replaces the former, None for none, and
    whenever the open one stands otherwise to its file. `disk`: that file, None until there is one. `finish_typing()` is
    called before anything is saved or closed."""

    def __init__(
        self,
        dialogs: Dialogs,
        preferences: Preferences,
        show: Callable[[Opened | None], None],
        finish_typing: Callable[[], None] = lambda: None,
    ) -> None:
        self.dialogs = dialogs
        self.opened: Opened | None = None
        self.disk: OnDisk | None = None
        self._preferences = preferences
        self._show = show
        self._finish_typing = finish_typing

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
        disk = OnDisk(path)
        if (project := self._load(path.name, lambda: loads(disk.read()))) is not None:
            self._preferences.remember(path)
            self._take(Opened(Document(project), path, path.stem), disk)

    def open_template(self, name: str) -> None:
        """Begins a project of one's own with a copy of a preset."""
        if not self.may_close():
            return
        try:
            path = template(name)
        except LookupError as error:
            self.dialogs.error(str(error.args[0]))
            return
        if (project := self._load(path.name, lambda: load(path))) is not None:
            self._take(Opened(Document(project), None, project.title or name))

    def open_unsaved(self, project: Project) -> None:
        """Goes on with a project that has no file."""
        if self.may_close():
            self._take(Opened(Document(project), None, project.title or "Untitled"))

    def recover(self, kept: Kept) -> bool:
        """Goes on with unsaved work; its file stays as it is until it is saved. False where that was not to be."""
        if not self.may_close():
            return False
        if (found := self._load(kept.about.title, kept.read)) is None:
            return False
        document, lost = found
        path, disk = kept.path, None
        if path is not None:
            disk = OnDisk(path, kept.about.digest)
            if self.disk is not None and self.disk.is_at(path):
                self.disk.release()
            if not disk.take():  # what is read-only could not be saved in its place: it is to be saved elsewhere
                path = disk = None
        self._take(Opened(document, path, kept.about.title), disk)
        if lost:
            self.dialogs.error(
                f"The last {counted(lost, 'change')} of “{kept.about.title}” cannot be read; "
                "everything before is as you left it."
            )
        return True

    def save(self) -> bool:
        """Saves where the project came from, or asks where. False where it was not saved."""
        self._finish_typing()
        if self.opened is None:
            return False
        if self.opened.path is None or self.opened.document.refusal:
            return self.save_as()
        return self._save_to(self.opened.path)

    def save_as(self) -> bool:
        """Asks where to save. False where it was not saved."""
        self._finish_typing()
        if self.opened is None:
            return False
        suggestion = self.opened.path or self._folder / f"{_file_name(self.opened.title)}{SUFFIX}"
        path = self.dialogs.save_path(suggestion)
        return path is not None and self._save_to(path)

    def reload(self) -> None:
        """The project as its file holds it now, in place of what is open; undo gives that back."""
        opened, disk = self.opened, self.disk
        if opened is None or disk is None:
            return
        if (project := self._load(disk.path.name, lambda: loads(disk.read()))) is not None:
            opened.document.follow(project)
            self._show(opened)

    def keep_mine(self) -> None:
        """What is open counts, and the file is to be written over when it is saved."""
        if self.opened is not None and self.disk is not None:
            self.disk.accept()
            self.opened.document.mark_unsaved()
            self._show(self.opened)

    def take_over(self) -> bool:
        """Edits a project that was open elsewhere, as its file holds it now. False where it still is."""
        opened, disk = self.opened, self.disk
        if opened is None or disk is None:
            return False
        if disk.take():
            opened.document.refusal = ""
            if disk.look() == "changed":
                self.reload()
        else:
            opened.document.refusal = _refusal(opened.title, disk)
        self._show(opened)
        return not opened.document.refusal

    def close(self) -> bool:
        """Closes the project, asking first where it has unsaved changes. False where the person thought better."""
        if not self.may_close():
            return False
        if self.opened is not None:
            self._take(None)
        return True

    def let_go(self) -> None:
        """Lets others write the file."""
        if self.disk is not None:
            self.disk.release()
            self.disk = None

    def may_close(self) -> bool:
        """Whether what is open may go: unchanged, saved now, or given up by the person."""
        self._finish_typing()
        if self.opened is None or not self.opened.document.modified:
            return True
        answer = self.dialogs.unsaved(self.opened.title)
        return self.save() if answer == "save" else answer == "discard"

    @property
    def _folder(self) -> Path:
        """Where a file dialog begins."""
        recent = self._preferences.recent
        return recent[0].parent if recent else Path.home()

    def _load(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except FileError as error:
            self.dialogs.error(f"“{name}” cannot be opened: {str(error).rstrip('.')}.")
        return None

    def _save_to(self, path: Path) -> bool:
        """Saves there; over the project's own file only where that is as it was last seen, or the person says so."""
        assert self.opened is not None
        if self.disk is not None and self.disk.is_at(path) and self.disk.look() == "changed":
            answer = self.dialogs.changed(self.opened.title)
            if answer == "reload":
                self.reload()
            if answer == "save_as":
                return self.save_as()
            if answer != "overwrite":
                return False
        return self._write(path)

    def _write(self, path: Path) -> bool:
        assert self.opened is not None
        document = self.opened.document
        elsewhere = self.disk is None or not self.disk.is_at(path)
        disk = OnDisk(path) if elsewhere or self.disk is None else self.disk
        if not disk.take():
            words = disk.owner.words if disk.owner is not None else "another netbuilder"
            self.dialogs.error(f"“{path.name}” is open in {words}. Save it under another name.")
            return False
        changes = []
        if path != self.opened.path:
            before = Place(self.opened.path.parent if self.opened.path is not None else None)
            changes.append(moved(document.project, before, Place(path.parent)))
            if not document.project.title:
                changes.append(edits.set_project_title(document.project, path.stem))
        settled = join("Save elsewhere", changes)
        try:
            disk.write(dumps(apply(document.project, settled)))
        except FileError as error:
            if elsewhere:
                disk.release()
            self.dialogs.error(
                f"“{path}” cannot be written: {str(error).rstrip('.')}. What was there before is still there; save it "
                "in another place, or try again."
            )
            return False
        if elsewhere:
            self.let_go()
            self.disk = disk
        document.refusal = ""
        document.apply(settled)  # runs and exports are called so from now on, and data is found from there
        document.mark_saved()
        self._preferences.remember(path)
        self.opened = Opened(document, path, path.stem)
        self._show(self.opened)
        return True

    def _take(self, opened: Opened | None, disk: OnDisk | None = None) -> None:
        if disk is not self.disk:
            self.let_go()
        self.opened, self.disk = opened, disk
        if opened is not None and disk is not None:
            if disk.take():
                with contextlib.suppress(OSError):  # it is read from the copy beside it then
                    finish(disk.path)
            else:
                opened.document.refusal = _refusal(opened.title, disk)
        self._show(opened)


def _refusal(title: str, disk: OnDisk) -> str:
    words = disk.owner.words if disk.owner is not None else "another netbuilder"
    return f"“{title}” is open in {words}, so it can only be looked at here. Save it under another name to change it."


def _file_name(title: str) -> str:
    """A title as a file's name: what some system refuses becomes a dash."""
    kept = "".join(char if char.isalnum() or char in " ._-()" else "-" for char in title).strip(" .")
    return kept[:80] or "untitled"
