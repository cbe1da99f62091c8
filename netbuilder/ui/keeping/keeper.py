"""Keeps the open project's work: unsaved changes, its file's lock, and questions about that file.

It looks at what `ProjectFiles` holds, and says what it finds in the bar above the project.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QWidget

from netbuilder.ui.keeping.autosave import Autosave
from netbuilder.ui.keeping.lock import TOUCH_S
from netbuilder.ui.keeping.notice import Choice, NoticeBar
from netbuilder.ui.keeping.recovery import RecoveryDialog
from netbuilder.ui.keeping.store import About, Kept, left_behind, remove
from netbuilder.ui.keeping.watch import FileWatch
from netbuilder.ui.project_files import Opened, ProjectFiles
from netbuilder.ui.text import counted

NOTHING: tuple[str, list[Choice]] = ("", [])
SAVE_AS = "Save under another &name…"  # the letters of "Save as" are those of menus
LOOK_MS = 2000  # how often it is looked whether the other window has closed a project


def default_root() -> Path:
    """`recovery` in the application's data folder, beside its log."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(data) / "recovery"


class Keeper(QObject):
    """`picture()` gives what makes the picture of the shown graph. `status`: a sentence to show."""

    status = Signal(str)

    def __init__(
        self, files: ProjectFiles, root: Path, picture: Callable[[], Callable[[], QImage] | None], window: QWidget
    ) -> None:
        super().__init__(window)
        self.bar = NoticeBar()
        self.autosave = Autosave(root, picture, self)
        self.autosave.failed.connect(self.status)
        self._files, self._root, self._window = files, root, window
        self._watch = FileWatch(self)
        self._watch.touched.connect(self.look)
        self._waiting = QTimer(self)
        self._waiting.setInterval(LOOK_MS)
        self._waiting.timeout.connect(self._show)
        self._touching = QTimer(self)
        self._touching.setInterval(int(TOUCH_S * 1000))
        self._touching.timeout.connect(self._touch)
        self._followed: object = None  # the document
        self._state = "same"  # of the file

    def follow(self, opened: Opened | None) -> None:
        """This is open now, or stands otherwise to its file than before."""
        document = opened.document if opened is not None else None
        if document is not self._followed:
            self._followed = document
            self.autosave.follow(document, self._about(opened))
        elif document is not None:
            self.autosave.belongs(self._about(opened))
        self._watch.watch(opened.path if opened is not None else None)
        (self._touching.start if self._files.disk is not None else self._touching.stop)()
        self.look()

    def look(self) -> None:
        """Finds out how the file stands to the project, and asks where another program has changed it."""
        disk = self._files.disk
        self._state = disk.look() if disk is not None else "same"
        self._show()

    def offer(self, *, asked: bool = True) -> QDialog | None:
        """Offers what processes that died have left behind; where there is nothing, says so if the person `asked`."""
        found = left_behind(self._root)
        if not found:
            if asked:
                self.status.emit("There is no unsaved work to recover.")
            return None
        dialog = RecoveryDialog(found, self._files.dialogs.confirm, self._window)
        dialog.recover_wanted.connect(lambda kept: self._recover(dialog, kept))
        dialog.open()
        return dialog

    def close(self) -> None:
        """The window closes: everything was saved or given up."""
        self._watch.watch(None)
        self._waiting.stop()
        self._touching.stop()
        self.autosave.close()
        self._files.let_go()

    # -- inside

    def _about(self, opened: Opened | None) -> About:
        disk = self._files.disk
        if opened is None:
            return About("", "", "")
        path = str(opened.path.absolute()) if opened.path is not None else ""
        return About(path, opened.title, disk.digest if disk is not None else "")

    def _recover(self, dialog: RecoveryDialog, kept: Kept) -> None:
        if not self._files.recover(kept):
            return
        if self.autosave.flush():  # only when it is kept anew
            remove(kept)
        dialog.accept()
        others = len(dialog.rows) - 1
        more = f" {counted(others, 'other')} can be recovered from the File menu." if others else ""
        self.status.emit(f"Recovered. Nothing is written to a file before you save.{more}")

    def _touch(self) -> None:
        with contextlib.suppress(OSError):  # the share is away: others see us silent, as they must
            if self._files.disk is not None:
                self._files.disk.touch()

    def _show(self) -> None:
        opened, disk = self._files.opened, self._files.disk
        text, choices = NOTHING
        refused = opened is not None and bool(opened.document.refusal)
        if opened is not None and disk is not None:
            if self._state != "same":
                text, choices = self._about_change(opened)
            elif refused:
                text, choices = self._about_owner(opened)
        self.bar.show_notice(text, choices)
        (self._waiting.start if refused else self._waiting.stop)()

    def _about_change(self, opened: Opened) -> tuple[str, list[Choice]]:
        mine = "your unsaved changes" if opened.document.modified else "what is shown"
        keep = Choice("&Keep mine", f"Go on with {mine}; the file is written over when you save", self._keep_mine)
        save_as = Choice(SAVE_AS, "Save what is open under another name", self._files.save_as)
        if self._state == "gone":
            text = f"The file of “{opened.title}” is no longer in its place: another program has moved or removed it."
            return text, [keep._replace(tip=f"Go on with {mine}; saving makes the file again"), save_as]
        lost = " Loading it puts that in place of your unsaved changes; undo gives them back."
        text = f"Another program has changed “{opened.title}” on disk.{lost if opened.document.modified else ''}"
        return text, [Choice("&Load from disk", "Show what the file holds now", self._files.reload), keep, save_as]

    def _about_owner(self, opened: Opened) -> tuple[str, list[Choice]]:
        disk = self._files.disk
        assert disk is not None
        save_as = Choice(SAVE_AS, "Go on in a file of your own", self._files.save_as)
        if disk.is_free():
            text = f"“{opened.title}” is no longer open elsewhere: it can be edited here now."
            return text, [Choice("Ed&it here", "Change the project in this window", self._take_over), save_as]
        return opened.document.refusal, [save_as]

    def _take_over(self) -> None:
        if self._files.take_over():
            self.status.emit("You can edit the project here now.")

    def _keep_mine(self) -> None:
        self._files.keep_mine()
        self._state = "same"
        self._show()
