"""The dialogs that export and print pictures, worked with keys and mouse."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from shiboken6 import isValid

from netbuilder.graph.document import Document
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.pictures import work
from netbuilder.ui.pictures.dialog import PictureDialog
from netbuilder.ui.pictures.printing import PrintDialog
from netbuilder.ui.pictures.shown import Shown
from netbuilder.ui.theme import Theme
from tests.ui.pictures.test_files import pdf_letters
from tests.ui.pictures.test_thumbnail import large

LEFT = Qt.MouseButton.LeftButton
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", data))


@pytest.fixture
def open_dialog(opened, qtbot):
    def open_it() -> PictureDialog:
        opened.workbench.tabs.show_graph("classifier").setFocus()
        with qtbot.waitActive(opened):
            opened.activateWindow()
        QTest.keyClick(opened.workbench.tabs.canvas, Qt.Key.Key_E, CTRL_SHIFT)
        made = opened.findChild(PictureDialog)
        assert made is not None
        qtbot.waitUntil(lambda: made.preview.picture is not None)
        return made

    yield open_it
    for made in opened.findChildren(PictureDialog):
        made.close()


def pick(combo, words: str) -> None:
    """Goes to a choice with the keys, by what it says."""
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Home)
    while not combo.currentText().startswith(words):
        before = combo.currentIndex()
        QTest.keyClick(combo, Qt.Key.Key_Down)
        assert combo.currentIndex() != before, words


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_a_picture_is_chosen_looked_at_and_written(open_dialog, qtbot, tmp_path):
    dialog = open_dialog()
    assert dialog.target.text() == str(tmp_path / "small-classifier.png")
    assert "×" in dialog.words.text()
    pick(dialog.scale, "3")
    pick(dialog.theme, "Light")
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.written is not None)
    image = QImage(str(tmp_path / "small-classifier.png"))
    part = dialog.chosen_part
    assert image.width() == round(part.rect.width() * 3)
    assert image.pixelColor(3, 3) == Theme.load("light").color("canvas.background")
    assert "written" in dialog.words.text()
    assert dialog.folder.isVisible()
    assert image.text("Title") == "Small: classifier"
    assert "5 nodes and 4 links" in image.text("Description")


@pytest.mark.parametrize(("words", "suffix", "begins"), [("SVG", "svg", b"<?xml"), ("PDF", "pdf", b"%PDF")])
def test_each_format_writes_its_file(open_dialog, qtbot, tmp_path, words, suffix, begins):
    dialog = open_dialog()
    pick(dialog.format, words)
    assert dialog.target.text().endswith(f"small-classifier.{suffix}")
    assert not dialog.scale.isEnabled()
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.written is not None)
    assert (tmp_path / f"small-classifier.{suffix}").read_bytes().startswith(begins)


def test_what_was_chosen_is_offered_again(open_dialog, opened, qtbot):
    dialog = open_dialog()
    pick(dialog.format, "PNG")
    pick(dialog.theme, "Light")
    pick(dialog.scale, "1")
    QTest.mouseClick(dialog.clear, LEFT, pos=QPoint(8, dialog.clear.height() // 2))
    assert dialog.clear.isChecked()
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.written is not None)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not opened.findChildren(PictureDialog))
    again = open_dialog()
    assert (again.theme.currentData(), again.scale.currentData()) == ("light", "1")
    assert again.clear.isChecked()
    assert again.preview.picture.pixelColor(0, 0).alpha() == 0


def test_a_selection_is_offered_and_is_smaller(open_dialog, opened, qtbot, tmp_path):
    opened.workbench.tabs.show_graph("classifier").select(["conv1", "flatten1"])
    dialog = open_dialog()
    assert dialog.part.currentText() == "The selection (2 nodes)"
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.written is not None)
    assert QImage(str(dialog.written)).width() == round(dialog.chosen_part.rect.width() * 2)
    width = dialog.chosen_part.rect.width()
    pick(dialog.part, "The whole")
    assert dialog.chosen_part.rect.width() > width
    opened.workbench.tabs.canvas.select([])


def test_without_a_selection_there_is_none_to_choose(open_dialog):
    dialog = open_dialog()
    assert dialog.part.currentData() == "whole"
    dialog.part.setFocus()
    QTest.keyClick(dialog.part, Qt.Key.Key_Down)
    assert dialog.part.currentData() == "whole"


def press(name: str):
    return lambda box: QTest.mouseClick(next(b for b in box.buttons() if b.text().replace("&", "") == name), LEFT)


@pytest.mark.parametrize(("button", "replaced"), [("Replace", True), ("Cancel", False)])
def test_a_file_is_replaced_only_after_a_question(open_dialog, answer, qtbot, tmp_path, button, replaced):
    target = tmp_path / "old.svg"
    target.write_bytes(b"older")
    dialog = open_dialog()
    type_into(dialog.target, str(target))
    seen = answer(press(button))
    QTest.keyClick(dialog.target, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["“old.svg” is there already. Replace it?"]
    assert dialog.format.currentData() == "svg"  # as it was typed
    if replaced:
        qtbot.waitUntil(lambda: dialog.written is not None)
    assert (target.read_bytes() == b"older") is not replaced


def test_the_project_itself_and_what_is_no_place_are_not_written(open_dialog, qtbot, tmp_path):
    dialog = open_dialog()
    project = tmp_path / "small.netbuilder"
    before = project.read_bytes()
    type_into(dialog.target, str(project))
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.written is not None)
    assert dialog.written.name == "small.netbuilder.png"
    assert project.read_bytes() == before
    type_into(dialog.target, str(tmp_path))
    QTest.mouseClick(dialog.export, LEFT)
    assert "Give the file a name" in dialog.words.text()
    type_into(dialog.target, str(tmp_path / "no" / "such.png"))
    QTest.mouseClick(dialog.export, LEFT)
    assert "There is no folder" in dialog.words.text()


def test_a_full_disk_is_said(open_dialog, qtbot, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    dialog = open_dialog()
    monkeypatch.setattr("netbuilder.ui.pictures.files.write_atomically", full)
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: "No space left on device" in dialog.words.text())
    assert dialog.written is None
    assert dialog.export.isEnabled()


def test_escape_stops_a_long_picture_and_nothing_is_written(open_dialog, qtbot, monkeypatch, tmp_path):
    dialog = open_dialog()

    def endless(*_: object):
        for at in range(10**9):
            yield min(at / 1000, 0.9)

    monkeypatch.setattr("netbuilder.ui.pictures.dialog.make", endless)
    monkeypatch.setattr(work, "SLICE", 0.001)
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.progress.value() > 0)
    assert dialog.progress.isVisible()
    assert dialog.close_button.text() == "Cancel"
    assert not dialog.export.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "cancelled" in dialog.words.text()
    assert dialog.export.isEnabled()
    assert not list(tmp_path.glob("*.png"))


def test_the_picture_goes_to_the_clipboard(open_dialog, qtbot):
    dialog = open_dialog()
    QTest.mouseClick(dialog.copy, LEFT)
    qtbot.waitUntil(lambda: "clipboard" in dialog.words.text())
    assert QGuiApplication.clipboard().image().width() == round(dialog.chosen_part.rect.width() * 2)


def test_too_large_a_size_is_said_and_made_smaller(open_dialog, monkeypatch):
    monkeypatch.setattr("netbuilder.ui.pictures.files.MOST_PIXELS", 100_000)
    dialog = open_dialog()
    pick(dialog.scale, "3")
    assert "too many for one picture" in dialog.words.text()


def test_an_empty_graph_has_no_picture(window, qtbot):
    window.new_project()
    window.actions_table["picture"].trigger()
    dialog = window.findChild(PictureDialog)
    assert not dialog.export.isEnabled()
    assert "nothing in this graph yet" in dialog.words.text()
    dialog.close()


# ---- print


@pytest.fixture
def print_dialog(opened) -> PrintDialog:
    opened.workbench.tabs.show_graph("classifier")
    opened.actions_table["print"].trigger()
    made = opened.findChild(PrintDialog)
    assert made is not None
    yield made
    if isValid(made):
        made.close()


def print_to(dialog: PrintDialog, path, qtbot) -> bytes:
    dialog.printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer.setOutputFileName(str(path))
    with qtbot.waitSignal(dialog.accepted):
        dialog.print_now()
    return path.read_bytes()


def test_a_graph_is_printed_on_one_page(print_dialog, tmp_path, qtbot):
    assert print_dialog.words.text().startswith("One page")
    assert print_dialog.preview.pageCount() == 1
    data = print_to(print_dialog, tmp_path / "one.pdf", qtbot)
    assert pages(data) == 1
    assert set("conv1linear") <= pdf_letters(data)
    assert not isValid(print_dialog) or not print_dialog.isVisible()


def test_a_graph_is_printed_on_pages_side_by_side(print_dialog, tmp_path, preferences, qtbot):
    pick(print_dialog.across, "3 pages")
    qtbot.waitUntil(lambda: print_dialog.preview.pageCount() == 3)
    assert print_dialog.next.isVisible()
    QTest.mouseClick(print_dialog.next, LEFT)
    assert print_dialog.preview.currentPage() == 2
    assert "3 pages, 3 wide and 1 high" in print_dialog.words.text()
    data = print_to(print_dialog, tmp_path / "three.pdf", qtbot)
    assert pages(data) == 3
    assert set("rowcolumn3") <= pdf_letters(data)
    assert preferences.choice("print/across", ["0", "3"]) == "3"


def test_a_printer_that_takes_nothing_is_told(print_dialog, answer, tmp_path, qtbot):
    seen = answer(lambda box: box.close())
    print_dialog.printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    print_dialog.printer.setOutputFileName(str(tmp_path / "no" / "such.pdf"))
    print_dialog.print_now()
    qtbot.waitUntil(lambda: bool(seen))
    assert "takes nothing" in seen[0]
    assert print_dialog.isVisible()


def test_escape_stops_the_printing(print_dialog, qtbot, tmp_path, monkeypatch):
    def endless(*_: object, **__: object):
        while True:
            yield 0.3

    monkeypatch.setattr("netbuilder.ui.pictures.printing.print_pages", endless)
    monkeypatch.setattr(work, "SLICE", 0.001)
    print_dialog.print_now()
    qtbot.waitUntil(lambda: print_dialog.progress.value() > 0)
    assert print_dialog.close_button.text() == "Cancel"
    QTest.keyClick(print_dialog, Qt.Key.Key_Escape)
    assert print_dialog.isVisible()
    assert "cancelled" in print_dialog.words.text()
    assert print_dialog.print.isEnabled()


def test_thousands_of_nodes_are_looked_at_roughly(qtbot, catalogue, preferences, tmp_path, monkeypatch):
    """The previews of a large graph cost little; what is written shows every letter."""
    monkeypatch.setattr("netbuilder.ui.pictures.dialog.LARGE", 20)
    monkeypatch.setattr("netbuilder.ui.pictures.printing.LARGE", 20)
    theme = Theme.load("dark")
    scene = GraphScene(Document(large(60, 80)), "large", catalogue, Style(theme))
    shown = Shown(scene, None, tmp_path / "large.netbuilder", "dark")
    dialog = PictureDialog(shown, theme, preferences)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.preview.picture is not None)
    picture = dialog.preview.picture
    convolution = theme.category(catalogue.get("Conv2d").category)
    hues = {picture.pixelColor(x, y).hslHue() for x in range(picture.width()) for y in range(0, picture.height(), 3)}
    assert any(abs(hue - convolution.hslHue()) < 12 for hue in hues)
    pick(dialog.format, "SVG")
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: dialog.written is not None)
    assert dialog.written.read_bytes().count(b">n") >= 60
    printing = PrintDialog(shown, theme, preferences)
    qtbot.addWidget(printing)
    printing.show()
    pick(printing.across, "2 pages")
    qtbot.waitUntil(lambda: printing.preview.pageCount() == 2)
    data = print_to(printing, tmp_path / "two.pdf", qtbot)
    assert set("n0123456789Conv2d") <= pdf_letters(data)


def test_the_button_asks_for_the_printer(print_dialog, answer, qtbot, tmp_path):
    print_dialog.printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    print_dialog.printer.setOutputFileName(str(tmp_path / "asked.pdf"))
    seen = answer(lambda box: box.reject())
    QTest.mouseClick(print_dialog.print, LEFT)
    assert seen == ["Print"]
    assert print_dialog.isVisible()
    assert not (tmp_path / "asked.pdf").exists()
    answer(lambda box: box.accept())
    with qtbot.waitSignal(print_dialog.accepted):
        QTest.mouseClick(print_dialog.print, LEFT)
    assert pages((tmp_path / "asked.pdf").read_bytes()) == 1


def test_the_paper_is_set_up(print_dialog, answer):
    before = print_dialog.printer.pageLayout().orientation()
    seen = answer(lambda box: box.accept())
    QTest.mouseClick(print_dialog.setup, LEFT)
    assert len(seen) == 1
    assert print_dialog.printer.pageLayout().orientation() == before
