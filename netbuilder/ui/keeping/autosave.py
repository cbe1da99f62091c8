"""Keeps unsaved changes while a person works: in slices between frames, and on the disk by a thread."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage

from netbuilder.graph import journal
from netbuilder.graph.change import Change, apply
from netbuilder.graph.document import Document
from netbuilder.graph.file import words
from netbuilder.graph.model import Project
from netbuilder.ui.keeping.store import About, Folder
from netbuilder.ui.pictures.shelf import png

WAIT_MS = 1000  # from a change to its being kept; others that come meanwhile are kept with it
SLICE_S = 0.002  # of the window's time in one go
PAUSE_MS = 16
PATIENCE_S = 5.0  # for which a pressed mouse button puts it off
PICTURE_S = 20.0  # from one picture to the next
AGAIN_S = 20.0  # after which it is tried again where the disk refused
ROOM = 8 * 2**20  # bytes of changes, beside four times the project, after which it is kept anew


class Autosave(QObject):
    """Follows one document. `failed(sentence)`: unsaved work cannot be kept, said once until it can again.

    The project is written at its first unsaved change, as it was before; that change and all later ones are added to
    it. Encoding takes slices of `SLICE_S` of the window's thread: a thread that encodes would hold Python's lock for
    longer.
    """

    failed = Signal(str)
    _refused = Signal(object, str)

    def __init__(
        self, root: Path, picture: Callable[[], Callable[[], QImage] | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._root, self._picture = root, picture
        self._about = About("", "", "")
        self._document: Document | None = None
        self._stop: Callable[[], None] = lambda: None
        self._work: Work | None = None
        self._writer: ThreadPoolExecutor | None = None
        self._said = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._refused.connect(self._fail, Qt.ConnectionType.QueuedConnection)
        self.slices: deque[float] = deque(maxlen=1000)  # seconds that each slice took

    def follow(self, document: Document | None, about: About) -> None:
        """Keeps what is changed in this document from now on; of the one before, nothing is unsaved any more."""
        self._drop()
        self._stop()
        self._document, self._about = document, about
        self._stop = document.subscribe(self._changed) if document is not None else lambda: None
        if document is not None and document.modified:
            self._begin(document.project)

    def belongs(self, about: About) -> None:
        """The document stands otherwise to its file: saved there, saved elsewhere, or no longer what lies there."""
        document, before = self._document, self._about
        self._about = about
        if document is None:
            return
        if not document.modified:
            self._drop()
        elif self._work is None or about != before:
            self._begin(document.project)

    def flush(self) -> bool:
        """Keeps everything now, and waits for the disk; says whether it lies there."""
        work = self._work
        if work is None:
            return True
        self._timer.stop()
        work.slice(None)
        self._write()
        self._take_picture()
        assert self._writer is not None
        self._writer.submit(lambda: None).result()
        return work.kept

    def close(self) -> None:
        """Ends it: everything was saved or given up."""
        self.follow(None, About("", "", ""))
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None

    @property
    def folder(self) -> Path | None:
        """Where unsaved work lies, None where there is none."""
        held = self._work.folder if self._work is not None else None
        return held.path if held is not None else None

    @property
    def is_kept(self) -> bool:
        """Whether all that is unsaved lies on the disk."""
        return self._work is None or (self._work.kept and not self._work.is_waiting)

    # -- inside

    def _changed(self, change: Change) -> None:
        document = self._document
        assert document is not None
        if not document.modified:  # undone back to what the file holds
            self._drop()
            return
        work = self._work or self._begin(apply(document.project, change.inverse()))
        work.add(change)
        self._wake()

    def _begin(self, project: Project) -> Work:
        self._work = Work(project, self._about, instead_of=self._work)
        self._wake()
        return self._work

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start(WAIT_MS)

    def _go_on(self) -> None:
        """One slice; the rest after a pause, in which the window can paint."""
        work = self._work
        if work is None:
            return
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if pressed and time.monotonic() - work.waiting_since < PATIENCE_S:
            self._timer.start(WAIT_MS // 4)
            return
        began = time.perf_counter()
        more = work.slice(began + SLICE_S)
        self.slices.append(time.perf_counter() - began)
        if more:
            self._timer.start(PAUSE_MS)
            return
        self._write()
        self._take_picture()

    def _write(self) -> None:
        """Hands the thread what is encoded; a journal that has grown large begins anew."""
        work, document = self._work, self._document
        if work is None or document is None:
            return
        if lines := work.take():
            self._do(lambda: work.write(self._root, lines), work)
        if work.is_large():
            self._begin(document.project)

    def _take_picture(self) -> None:
        work = self._work
        if work is None or time.monotonic() - work.pictured < PICTURE_S:
            return
        work.pictured = time.monotonic()
        if (paint := self._picture()) is not None:
            self._do(lambda: work.show(png(paint())), work)

    def _drop(self) -> None:
        self._timer.stop()
        work, self._work = self._work, None
        if work is not None:
            self._do(work.remove, None)

    def _do(self, job: Callable[[], None], work: Work | None) -> None:
        """Does it in the thread, after what was asked before."""
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="autosave")

        def guarded() -> None:
            try:
                job()
                self._said = self._said and not (work is not None and work.kept)
            except OSError as error:
                self._refused.emit(work, words(error))
            except Exception:  # noqa: BLE001 (a mistake of ours: told as any other)
                sys.excepthook(*sys.exc_info())

        self._writer.submit(guarded)

    def _fail(self, work: Work | None, why: str) -> None:
        """The disk refused: said once, and tried again from the start after a while."""
        if not self._said:
            self._said = True
            self.failed.emit(f"Unsaved changes cannot be kept in {self._root}: {why}. Save the project to be safe.")
        if work is not None and work is self._work and self._document is not None:
            self._work = Work(self._document.project, self._about, instead_of=work)
            self._timer.start(int(AGAIN_S * 1000))


class Work:
    """What is unsaved of one document: encoded here in slices, written by the thread into a folder of its own."""

    def __init__(self, project: Project, about: About, instead_of: Work | None = None) -> None:
        self._about, self._before = about, instead_of
        self._pending: deque[Iterator[str]] = deque([journal.whole(project)])
        self._half: list[str] = []  # of the line that is being encoded
        self._lines: list[str] = []
        self._first = self._rest = 0  # characters of the first line, and of the others
        self.folder: Folder | None = None
        self.kept = False  # all that was handed to the thread lies on the disk
        self._failed = False  # a line is missing: what comes after it would be for nothing
        self.waiting_since = time.monotonic()
        self.pictured = float("-inf")

    def add(self, change: Change) -> None:
        if not self._pending:
            self.waiting_since = time.monotonic()
        self._pending.append(journal.line(change))

    def slice(self, until: float | None) -> bool:
        """Encodes until this moment of `perf_counter`, None: all of it; says whether there is more."""
        while self._pending:
            for piece in self._pending[0]:
                self._half.append(piece)
                if until is not None and time.perf_counter() > until:
                    return True
            self._pending.popleft()
            text = "".join(self._half)
            self._half.clear()
            self._lines.append(text)
            if self._first:
                self._rest += len(text)
            else:
                self._first = len(text)
        return False

    def take(self) -> list[str]:
        """The lines that are whole and not written yet."""
        lines, self._lines = self._lines, []
        self.kept = self.kept and not lines
        return lines

    @property
    def is_waiting(self) -> bool:
        """Whether there is something that the thread was not given yet."""
        return bool(self._pending or self._lines)

    def is_large(self) -> bool:
        return self._rest > ROOM + 4 * self._first

    # -- in the thread

    def write(self, root: Path, lines: list[str]) -> None:
        if self._failed:
            return
        self._failed = True
        new = self.folder is None
        if self.folder is None:
            self.folder = Folder(root)
        self.folder.add("".join(lines).encode())
        if new:
            self.folder.describe(self._about)
            if self._before is not None:
                self._before.remove()
                self._before = None
        self._failed = False
        self.kept = True

    def show(self, picture: bytes) -> None:
        if self.folder is not None:
            self.folder.show(picture)

    def remove(self) -> None:
        """With all that it was to stand in for."""
        work: Work | None = self
        while work is not None:
            folder, work.folder = work.folder, None
            before, work._before = work._before, None
            if folder is not None:
                folder.remove()
            work = before
