"""The dialog that offers unsaved work which a process left behind when it died."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from netbuilder.ui.keeping.on_disk import OnDisk
from netbuilder.ui.keeping.picture import PICTURE
from netbuilder.ui.keeping.store import Kept, remove
from netbuilder.ui.text import counted, ground, label, tip

WIDTH, MOST_SHOWN, MARGIN = 700, 3, 12
INTRODUCTION = (
    "netbuilder ended before these were saved. Recovering opens one as you left it; its file stays as it is until you "
    "save."
)


def when_in_words(when: float, now: float) -> str:
    """ "today at 14:03", "yesterday at 09:12", "3 January 2026 at 14:03"."""
    then = time.localtime(when)
    at = time.strftime("%H:%M", then)
    for days, word in enumerate(("today", "yesterday")):
        if time.localtime(now - days * 86400)[:3] == then[:3]:
            return f"{word} at {at}"
    return f"{then.tm_mday} {time.strftime('%B %Y', then)} at {at}"


class RecoveryDialog(QDialog):
    """`recover_wanted(Kept)`: the person wants to go on with it. What is discarded is gone at once, after a question;
    the rest is offered again at the next start."""

    recover_wanted = Signal(object)

    def __init__(self, found: list[Kept], confirm: Callable[[str, str], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Recover unsaved work")
        self._confirm = confirm
        self.rows = [Row(kept) for kept in found]
        self.rows[0].recover.setProperty("accent", True)  # the newest is what most people want
        holder = QWidget()
        ground(holder)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in self.rows:
            row.setProperty("row", row is not self.rows[-1])
            row.recover.clicked.connect(partial(self._recover, row))
            row.discard.clicked.connect(partial(self._discard, row))
            column.addWidget(row)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        area.setMinimumHeight(min(len(found), MOST_SHOWN) * (PICTURE.height() + 2 * MARGIN + 1))
        self.later = QPushButton("Later")
        self.later.setToolTip("Ask again at the next start (Esc)")
        self.later.clicked.connect(self.reject)
        self.later.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.later)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 14)
        whole.setSpacing(12)
        whole.addWidget(label(INTRODUCTION, wrap=True))
        whole.addWidget(area, 1)
        whole.addLayout(foot)
        self.setMinimumWidth(WIDTH)
        self.resize(WIDTH, whole.totalHeightForWidth(WIDTH))
        self.rows[0].recover.setFocus()

    def _recover(self, row: Row) -> None:
        self.recover_wanted.emit(row.kept)

    def _discard(self, row: Row) -> None:
        question = f"Discard the unsaved work in “{row.kept.about.title}”? It cannot be brought back."
        if not self._confirm(question, "Discard"):
            return
        remove(row.kept)
        at = self.rows.index(row)
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        if self.rows:
            self.rows[min(at, len(self.rows) - 1)].recover.setFocus()
        else:
            self.reject()


class Row(QFrame):
    """One project: its picture, its name, where it belongs, when it was last changed."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept
        title = kept.about.title
        self.setAccessibleName(f"Unsaved work in {title}")
        picture = QLabel()
        picture.setFixedSize(PICTURE)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(_pixmap(kept, self.devicePixelRatioF()))
        picture.setAccessibleName(f"Picture of {title}")
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(label(title, look="strong"))
        for text, look in _details(kept):
            words.addWidget(label(text, look=look, wrap=True))
        words.addStretch(1)
        self.recover = QPushButton("Recover")
        self.recover.setAccessibleName(f"Recover {title}")
        self.recover.setToolTip(tip("Open it as you left it; its file stays as it is until you save"))
        self.discard = QPushButton("Discard…")
        self.discard.setAccessibleName(f"Discard the unsaved work in {title}")
        self.discard.setAutoDefault(False)
        self.discard.setToolTip(tip("Give this unsaved work up for good"))
        buttons = QVBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.recover)
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        row.setSpacing(14)
        row.addWidget(picture)
        row.addLayout(words, 1)
        row.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


def _details(kept: Kept) -> list[tuple[str, str]]:
    """What is said of it below its name, each with the look of its label."""
    changes = f", with {counted(kept.changes, 'change')}" if kept.changes else ""
    lines = [(f"Last changed {when_in_words(kept.when, time.time())}{changes}", "")]
    path = kept.path
    if path is None:
        return [*lines, ("Never saved to a file", "muted")]
    lines.append((str(path), "muted"))
    state = OnDisk(path, kept.about.digest).look()
    if state == "changed":
        lines.append(("The file was changed since. You will be asked before it is written over.", "wrong"))
    elif state == "gone":
        lines.append(("The file is no longer there. Saving makes it again.", "wrong"))
    return lines


def _pixmap(kept: Kept, ratio: float) -> QPixmap:
    """The picture, as large as its place; none where it cannot be read."""
    reader = QImageReader(str(kept.picture))
    image = reader.read() if reader.size().width() <= 4 * PICTURE.width() else None
    if image is None or image.isNull():
        return QPixmap()
    image = image.scaled(
        PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)
