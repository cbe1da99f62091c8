"""The dialog that prints a graph: its pages before one's eyes, on one page or several, in colours for paper."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtGui import QCloseEvent
from PySide6.QtPrintSupport import QPageSetupDialog, QPrintDialog, QPrinter, QPrintPreviewWidget
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QGraphicsView,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.pictures.dialog import choose, combo
from netbuilder.ui.pictures.pages import MOST_ACROSS, lay_out, print_pages, share_out
from netbuilder.ui.pictures.paint import Part
from netbuilder.ui.pictures.shown import Shown
from netbuilder.ui.pictures.work import Work
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.text import counted, label
from netbuilder.ui.theme import Theme

LOOKS = ("light", "dark")
LARGE = 2000  # nodes: a preview of more is painted roughly


class PrintDialog(QDialog):
    """`printer` is what is printed on; a test gives it a file."""

    def __init__(self, shown: Shown, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Print")
        self.resize(760, 620)
        self._shown, self._preferences = shown, preferences
        self._parts = shown.parts()
        self.dialogs = Dialogs(self)
        self.printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self.printer.setDocName(shown.file("pdf").stem)
        self.printer.setCreator("netbuilder")

        self.part = combo("What is printed", {name: words for name, (words, _) in self._parts.items()})
        across = {"0": "All on one page"} | {str(n): f"{counted(n, 'page')} wide" for n in range(1, MOST_ACROSS + 1)}
        self.across = combo("Pages", across)
        self.theme = combo("Colours", {"light": "Light, on white paper", "dark": "Dark, with its background"})
        self.preview = QPrintPreviewWidget(self.printer)
        for widget in (self.preview, *self.preview.findChildren(QGraphicsView)):
            widget.setAccessibleName("Preview of the pages")
        self.preview.paintRequested.connect(self._paint)
        self.preview.setZoomMode(QPrintPreviewWidget.ZoomMode.FitInView)
        self.words = label(wrap=True)
        self.setup = QPushButton("Paper…")
        self.setup.clicked.connect(self._set_up)
        self.previous, self.next = QPushButton("Previous page"), QPushButton("Next page")
        self.previous.clicked.connect(lambda: self._turn(-1))
        self.next.clicked.connect(lambda: self._turn(1))
        self.print = QPushButton("Print…")
        self.print.setDefault(True)
        self.print.setProperty("accent", True)
        self.print.clicked.connect(self._print)
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.reject)
        self._work: Work | None = None
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress of the printing")
        self.progress.hide()
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        for text, row in (("Part", self.part), ("Pages", self.across), ("Colours", self.theme)):
            form.addRow(label(text), row)
        buttons = QHBoxLayout()
        for button in (self.setup, self.previous, self.next):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.print)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(self.preview, 1)
        box.addLayout(form)
        box.addWidget(self.progress)
        box.addWidget(self.words)
        box.addLayout(buttons)
        self._restore()
        for one in (self.part, self.across, self.theme):
            one.currentIndexChanged.connect(self._changed)
        self.preview.previewChanged.connect(self._show_turns)
        self._turned_to = ""
        self._changed()

    def _restore(self) -> None:
        chosen = self._preferences.choice
        choose(self.across, chosen("print/across", [str(n) for n in range(MOST_ACROSS + 1)]))
        choose(self.theme, chosen("print/theme", LOOKS))
        selected = bool(self._parts["selection"][1])
        self.part.model().item(self.part.findData("selection")).setEnabled(selected)  # type: ignore[attr-defined]
        choose(self.part, "selection" if selected else "whole")

    @property
    def chosen_part(self) -> Part:
        return self._parts[self.part.currentData()][1]

    def _changed(self) -> None:
        part = self.chosen_part
        self.print.setEnabled(bool(part))
        if not part:
            self.words.setText("There is nothing in this graph yet that could be printed.")
            return
        if self.part.currentData() != self._turned_to:  # later the person may turn the paper
            self._turned_to = self.part.currentData()
            lay_out(self.printer, part.rect)
        self._say()
        self.preview.updatePreview()

    def _say(self) -> None:
        sheets = share_out(
            self.chosen_part.rect, self.printer.pageRect(QPrinter.Unit.Point).size(), int(self.across.currentData())
        )
        size = f"at {sheets.scale * 96 / 72:.0%} of its size on screen"
        if len(sheets.tiles) == 1:
            self.words.setText(f"One page, {size}.")
        else:
            self.words.setText(f"{len(sheets.tiles)} pages, {sheets.across} wide and {sheets.down} high, {size}.")

    def _paint(self, printer: QPrinter) -> None:
        """The preview; of thousands of nodes a rough one, from what the canvas has drawn already."""
        part = self.chosen_part
        if not part:
            return
        rough = len(part.nodes) > LARGE
        scene = self._shown.scene if rough else self._shown.styled(self._theme())
        for _ in self._steps(printer, scene, rough=rough):
            pass

    def _theme(self) -> Theme:
        return Theme.load(self.theme.currentData())

    def _steps(self, printer: QPrinter, scene: GraphScene, *, rough: bool = False) -> Generator[float, None, int]:
        across, ground = int(self.across.currentData()), self.theme.currentData() == "dark"
        return print_pages(printer, scene, self.chosen_part, across, self._shown.title, ground=ground, rough=rough)

    def _turn(self, by: int) -> None:
        self.preview.setCurrentPage(self.preview.currentPage() + by)
        self._show_turns()

    def _show_turns(self) -> None:
        page, count = self.preview.currentPage(), self.preview.pageCount()
        self.previous.setEnabled(page > 1)
        self.next.setEnabled(page < count)
        for button in (self.previous, self.next):
            button.setVisible(count > 1)

    def _set_up(self) -> None:
        if QPageSetupDialog(self.printer, self).exec():
            self._say()
            self.preview.updatePreview()

    def _print(self) -> None:
        """Asks for the printer, prints and closes."""
        if QPrintDialog(self.printer, self).exec():
            self.print_now()

    def print_now(self) -> None:
        """Prints on `printer` as it is set."""
        for name, one in (("across", self.across), ("theme", self.theme)):
            self._preferences.set_choice(f"print/{name}", one.currentData())

        def steps() -> Generator[float, None, int]:
            yield 0.0  # the window shows that it has begun
            return (yield from self._steps(self.printer, self._shown.styled(self._theme())))

        self._work = Work(steps(), self)
        self._work.progressed.connect(lambda share: self.progress.setValue(round(1000 * share)))
        self._work.done.connect(self._printed)
        self._working(True)
        self._work.start()

    def _printed(self, pages: int) -> None:
        self._working(False)
        if pages:
            self.accept()
        else:
            self.dialogs.error("The printer takes nothing: is it connected, and may its file be written?")

    def _working(self, working: bool) -> None:
        if not working:
            self._work = None
        for widget in (self.part, self.across, self.theme, self.setup, self.print):
            widget.setEnabled(not working)
        self.progress.setValue(0)
        self.progress.setVisible(working)
        self.close_button.setText("Cancel" if working else "Close")

    def reject(self) -> None:
        """Stops printing first, where that goes on."""
        if self._work is None:
            super().reject()
            return
        self._work.stop()
        self.printer.abort()
        self._working(False)
        self.words.setText("Printing was cancelled.")

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._work is not None:
            self._work.stop()
            self.printer.abort()
            self._work = None
        super().closeEvent(event)
