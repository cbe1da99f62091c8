"""Small pictures of projects, kept in the cache folder from the last time that a project was opened or saved.

A picture holds for one state of its file (when it was written, and how long it is) in one theme. Nothing here is worth
more than the time of making it again.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, QStandardPaths, QTimer
from PySide6.QtGui import QImage

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.document import Document
from netbuilder.graph.file import FileError, load
from netbuilder.graph.model import Project
from netbuilder.graph.write import write_atomically
from netbuilder.ui.theme import Theme

SIZE = QSize(264, 92)
RATIO = 2.0  # also for screens with two device pixels to one
LATER_MS = 300
MOST = 64  # pictures that are kept
LONGEST = 2**20  # bytes of a file that is read only for its picture
STATE = "state"  # the text in the PNG that says which state of the file it shows


def default_folder() -> Path:
    """`thumbnails` in the user's cache folder of this application."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)) / "thumbnails"


class Shelf:
    """One PNG for each project's file and theme."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self._folder, self._catalogue = folder, catalogue

    def find(self, path: Path, theme: Theme) -> QImage | None:
        """The picture of the file as it is now, None where there is none."""
        image = QImage()
        try:
            image.loadFromData((self._place(path, theme)).read_bytes())
            if image.isNull() or image.text(STATE) != _state(path):
                return None
        except OSError:  # never made, or the project's file is gone
            return None
        image.setDevicePixelRatio(RATIO)
        return image

    def keep(self, path: Path, project: Project, theme: Theme) -> QImage:
        """Makes the picture of what lies in the file, and keeps it where that is possible."""
        from netbuilder.ui.pictures.thumbnail import thumbnail  # the first paint does without

        image = thumbnail(project, SIZE, theme, self._catalogue, ratio=RATIO)
        with contextlib.suppress(OSError):  # a full disk: the picture is made again another time
            image.setText(STATE, _state(path))
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._place(path, theme), png(image))
            self._clear()
        return image

    def keep_later(self, path: Path, document: Document, theme: Theme, owner: QObject) -> None:
        """Keeps the picture of a project that was just opened or saved, once it can be worked with, and if it is still
        what lies in the file."""

        def keep() -> None:
            if not document.modified:
                self.keep(path, document.project, theme)

        QTimer.singleShot(LATER_MS, owner, keep)

    def make(self, path: Path, theme: Theme) -> QImage | None:
        """The picture of a file that nobody has opened since it was written; None where it is long, or no project."""
        try:
            if path.stat().st_size <= LONGEST:
                return self.keep(path, load(path), theme)
        except (FileError, OSError):  # opening the file says what is wrong with it
            return None
        return None

    def _place(self, path: Path, theme: Theme) -> Path:
        name = hashlib.sha256(str(path.absolute()).encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / f"{name[:32]}-{theme.name}.png"

    def _clear(self) -> None:
        """Removes the oldest pictures beyond what is kept."""
        held = sorted(self._folder.glob("*.png"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in held[MOST:]:
            path.unlink()


def _state(path: Path) -> str:
    found = path.stat()
    return f"{found.st_mtime_ns} {found.st_size}"


def png(image: QImage) -> bytes:
    """The picture as the bytes of a PNG file."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, which are refused
    return bytes(held.data())
