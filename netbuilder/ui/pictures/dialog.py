"""The dialog that writes a graph as a picture: format, part, theme, ground and size, and a look at it before."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import msgspec
from immutables import Map
from PySide6.QtCore import QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QGuiApplication, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.pictures.files import FORMATS, SCALES, PictureError, Wish, image, make, page_points, pixels, write
from netbuilder.ui.pictures.paint import Part
from netbuilder.ui.pictures.preview import Preview
from netbuilder.ui.pictures.shown import Shown
from netbuilder.ui.pictures.thumbnail import paint_graph
from netbuilder.ui.pictures.work import Work
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.text import label
from netbuilder.ui.theme import NAMES, Theme

ASK_LATER = QFileDialog.Option.DontConfirmOverwrite  # Export asks, also about a name that was typed
MM = 25.4 / 72  # millimetres for one point
THEMES = ("shown", *NAMES)
LARGE = 2000  # nodes: a preview of more shows where they lie
Steps = Callable[[GraphScene, Part, Wish], Generator[float, None, Any]]


class PictureDialog(QDialog):
    """Writes one picture at a time; what was chosen is offered the next time."""

    def __init__(self, shown: Shown, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self.resize(680, 660)
        self._shown, self._preferences = shown, preferences
        self._parts = shown.parts()
        self._work: Work | None = None
        self._previewing: Work | None = None
        self.written: Path | None = None
        self.dialogs = Dialogs(self)

        self.preview = Preview(theme)
        self.format = combo("Format", dict(FORMATS))
        self.part = combo("What is shown", {name: words for name, (words, _) in self._parts.items()})
        self.theme = combo("Theme", {"shown": f"As it is shown ({shown.theme})", "dark": "Dark", "light": "Light"})
        self.scale = combo("Size", {str(scale): f"{scale}×" for scale in SCALES})
        self.clear = QCheckBox("Clear background")
        self.clear.setToolTip("Leaves the ground between the blocks transparent")
        self.target = QLineEdit()
        self.target.setAccessibleName("File to write")
        self.browse = QPushButton("Browse…")
        self.browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.target, 1)
        where.addWidget(self.browse)
        size = QHBoxLayout()
        size.setSpacing(16)
        size.addWidget(self.scale)
        size.addWidget(self.clear)
        size.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        for text, row in (
            ("Format", self.format),
            ("Part", self.part),
            ("Theme", self.theme),
            ("Size", size),
            ("File", where),
        ):
            form.addRow(label(text), row)
        self.words = label(wrap=True)
        self.words.setMinimumHeight(40)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the picture")
        self.export = QPushButton("Export")
        self.export.setDefault(True)
        self.export.setProperty("accent", True)
        self.export.clicked.connect(self.start)
        self.copy = QPushButton("Copy to clipboard")
        self.copy.setToolTip("Puts the picture, in pixels, where other programs can paste it")
        self.copy.clicked.connect(self._copy)
        self.folder = QPushButton("Show in folder")
        self.folder.clicked.connect(self._open_folder)
        self.folder.hide()
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self._cancel_or_close)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addWidget(self.folder)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(self.preview, 1)
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addWidget(self.words)
        column.addLayout(row)

        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_preview)
        self._restore()
        self.format.currentIndexChanged.connect(self._format_changed)
        for box in (self.part, self.theme, self.scale):
            box.currentIndexChanged.connect(self._changed)
        self.clear.toggled.connect(self._changed)
        self.target.setText(str(self._suggested()))
        self._working(False)
        self._changed()

    # -- what is chosen

    def _restore(self) -> None:
        """What was chosen the last time; a selection is offered wherever there is one."""
        chosen = self._preferences.choice
        choose(self.format, chosen("picture/format", list(FORMATS)))
        choose(self.theme, chosen("picture/theme", THEMES))
        choose(self.scale, chosen("picture/scale", ["2", *map(str, SCALES)]))
        self.clear.setChecked(chosen("picture/clear", ["no", "yes"]) == "yes")
        item = self.part.model().item(self.part.findData("selection"))  # type: ignore[attr-defined]
        item.setEnabled(bool(self._parts["selection"][1]))
        choose(self.part, "selection" if self._parts["selection"][1] else "whole")

    def _keep(self) -> None:
        for name, box in (("format", self.format), ("theme", self.theme), ("scale", self.scale)):
            self._preferences.set_choice(f"picture/{name}", box.currentData())
        self._preferences.set_choice("picture/clear", "yes" if self.clear.isChecked() else "no")

    @property
    def chosen_part(self) -> Part:
        return self._parts[self.part.currentData()][1]

    @property
    def wish(self) -> Wish:
        """The picture as it would be written now."""
        return Wish(
            self.format.currentData(),
            not self.clear.isChecked(),
            float(self.scale.currentData()),
            self._shown.title,
            self._shown.about,
        )

    def _theme(self) -> Theme:
        named = self.theme.currentData()
        return Theme.load(self._shown.theme if named == "shown" else named)

    def _steps(self, how: Steps) -> Generator[float, None, Any]:
        """Drawing the graph for the picture takes its time too, where it is large."""
        part, wish = self.chosen_part, self.wish
        yield 0.0
        return (yield from how(self._shown.styled(self._theme()), part, wish))

    def _format_changed(self) -> None:
        self.target.setText(str(_with_suffix(Path(self.target.text()), self.format.currentData())))
        self._changed()

    def _changed(self) -> None:
        self.scale.setEnabled(self.format.currentData() == "png")
        self.folder.hide()
        self.words.setText(_size_words(self.chosen_part, self.wish))
        self._later.start(0)

    # -- preview

    def _show_preview(self) -> None:
        self._stop_preview()
        part, room = self.chosen_part, self.preview.room
        if not part or self._work is not None:
            self.preview.show_picture(None)
            return
        if len(part.nodes) > LARGE:
            self.preview.show_picture(self._rough(part))
            return
        fits = min(room.width() / part.rect.width(), room.height() / part.rect.height(), 2.0)
        self._previewing = Work(
            image(self._shown.styled(self._theme()), part, self.wish._replace(scale=max(fits, 1e-6))), self
        )
        self._previewing.done.connect(self._previewed)
        self._previewing.failed.connect(self.words.setText)
        self._previewing.start()

    def _rough(self, part: Part) -> QImage:
        """Where thousands of nodes lie, in their colours."""
        image = QImage(self.preview.room, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0 if self.clear.isChecked() else self._theme().color("canvas.background"))
        graph, nodes = self._shown.scene.graph, frozenset(part.nodes)
        kept = Map({id: node for id, node in graph.nodes.items() if id in nodes})
        with QPainter(image) as painter:
            held = msgspec.structs.replace(graph, nodes=kept)
            paint_graph(painter, QRectF(image.rect()), held, self._shown.scene.catalogue, self._theme())
        return image

    def _previewed(self, picture: QImage) -> None:
        self._previewing = None
        self.preview.show_picture(picture)

    def _stop_preview(self) -> None:
        if self._previewing is not None:
            self._previewing.stop()
            self._previewing = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start(50)

    # -- writing

    def start(self) -> None:
        """Makes the picture and writes it, after asking where that replaces a file."""
        text = self.target.text().strip()
        if not text or Path(text).expanduser().is_dir():
            self.words.setText("Give the file a name, for example network.png.")
            return
        target = Path(text).expanduser()
        if not target.is_absolute():
            target = self._shown.file("png").parent / target
        typed = target.suffix.lower().removeprefix(".")
        if typed in FORMATS and typed != self.format.currentData():
            choose(self.format, typed)
        target = _with_suffix(target, self.format.currentData())
        self.target.setText(str(target))
        if not target.parent.is_dir():
            self.words.setText(f"There is no folder {target.parent}: choose one that exists.")
            return
        if target.exists() and not self.dialogs.confirm(f"“{target.name}” is there already. Replace it?", "Replace"):
            return
        self._keep()
        self._begin(Work(self._steps(make), self), "Painting…")
        assert self._work is not None
        self._work.done.connect(lambda data: self._write(target, data))
        self._work.start()

    def _write(self, target: Path, data: bytes) -> None:
        self._working(False)
        try:
            write(target, data)
        except PictureError as wrong:
            self.words.setText(str(wrong))
            return
        self.written = target
        self.words.setText(f"{target.name} written, {len(data) / 1024:,.0f} KiB.")
        self.folder.show()

    def _copy(self) -> None:
        self._begin(Work(self._steps(image), self), "Painting…")
        assert self._work is not None
        self._work.done.connect(self._copied)
        self._work.start()

    def _copied(self, picture: QImage) -> None:
        self._working(False)
        QGuiApplication.clipboard().setImage(picture)
        self.words.setText(f"The picture, {picture.width():,} × {picture.height():,} pixels, lies on the clipboard.")

    def _begin(self, work: Work, words: str) -> None:
        self._stop_preview()
        self._work = work
        self.progress.setValue(0)
        work.progressed.connect(lambda share: self.progress.setValue(round(1000 * share)))
        work.failed.connect(self._failed)
        self.folder.hide()
        self.words.setText(words)
        self._working(True)

    def _failed(self, words: str) -> None:
        self._working(False)
        self.words.setText(words)

    def _working(self, working: bool) -> None:
        if not working:
            self._work = None
        for widget in (self.format, self.part, self.theme, self.clear, self.target, self.browse):
            widget.setEnabled(not working)
        able = not working and bool(self.chosen_part)
        self.export.setEnabled(able)
        self.copy.setEnabled(able)
        self.scale.setEnabled(not working and self.format.currentData() == "png")
        kept = self.progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(kept)
        self.progress.setVisible(working)
        self.close_button.setText("Cancel" if working else "Close")

    def _cancel_or_close(self) -> None:
        if self._work is None:
            self.accept()
        else:
            self._stop()
            self.words.setText("The picture was cancelled; nothing was written.")

    def _stop(self) -> None:
        self._stop_preview()
        if self._work is not None:
            self._work.stop()
            self._working(False)

    def reject(self) -> None:
        if self._work is not None:  # Esc stops the picture first
            self._cancel_or_close()
            return
        self._stop()
        super().reject()

    def accept(self) -> None:
        self._stop()
        super().accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    # -- files

    def _suggested(self) -> Path:
        beside = self._shown.file(self.format.currentData())
        return beside if self._shown.path is not None else Path(beside.name).absolute()

    def _browse(self) -> None:
        name = self.format.currentData()
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export picture", self.target.text(), f"{name.upper()} (*.{name})", options=ASK_LATER
        )
        if chosen:
            self.target.setText(chosen)

    def _open_folder(self) -> None:
        if self.written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.written.parent)))


def combo(name: str, entries: dict[str, str]) -> QComboBox:
    """A choice among `entries`: words by the data that they stand for."""
    made = QComboBox()
    made.setAccessibleName(name)
    for data, text in entries.items():
        made.addItem(text, data)
    return made


def choose(box: QComboBox, data: str) -> None:
    """Sets the choice that stands for `data`."""
    box.setCurrentIndex(box.findData(data))


def _with_suffix(path: Path, suffix: str) -> Path:
    """With this suffix in place of that of another format; other endings belong to the name."""
    if path.suffix.lower().removeprefix(".") in FORMATS:
        return path.with_suffix(f".{suffix}")
    return path.with_name(f"{path.name}.{suffix}") if path.name else path


def _size_words(part: Part, wish: Wish) -> str:
    if not part:
        return "There is nothing in this graph yet that could be shown."
    width, height = part.rect.width(), part.rect.height()
    if wish.format == "svg":
        return f"{width:,.0f} × {height:,.0f} units of lines and text, sharp at any size."
    if wish.format == "pdf":
        points = page_points(part.rect)
        return f"One page of {width * points * MM:,.0f} × {height * points * MM:,.0f} mm; its text can be searched."
    size, scale = pixels(part.rect, wish.scale)
    if scale < wish.scale:
        return (
            f"At {wish.scale:g}× it would have {width * wish.scale:,.0f} × {height * wish.scale:,.0f} pixels, too many "
            f"for one picture. It is made at {scale:.2g}×, with {size.width():,} × {size.height():,} pixels. "
            "SVG and PDF show every letter."
        )
    return f"{size.width():,} × {size.height():,} pixels."
