"""Cards of the welcome page: what they say of a project, and the picture that they paint."""

import msgspec
import pytest
from immutables import Map
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from netbuilder.graph.file import save
from netbuilder.graph.model import Frame, Graph, Project
from netbuilder.resources import templates
from netbuilder.training import files
from netbuilder.training.run import Run, Status, create, runs_folder
from netbuilder.training.settings import Settings
from netbuilder.ui.welcome.card import picture_of, sentence_of
from netbuilder.ui.welcome.page import WelcomePage
from netbuilder.ui.welcome.picture import paint_graph
from tests.ui.conftest import small_project


def test_the_sentence_is_the_first_of_the_network_s_note(project):
    assert sentence_of(project) == "A small convolutional network."
    assert sentence_of(Project()) == ""
    note = Frame((0, 0, 1, 1), "", "Version 1.5 of\nit. More.")
    assert sentence_of(Project(graphs=Map({"g": Graph("preview", frames=Map({"f": note}))}))) == "Version 1.5 of it."


def test_the_picture_is_of_the_network(project):
    assert picture_of(project) == project.graphs["classifier"]
    assert picture_of(Project()) is None


def colors_in(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_it_paints_each_category_s_colour_inside_the_area(qapp, project, catalogue, theme):
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_graph(painter, QRectF(10, 10, 280, 100), project.graphs["classifier"], catalogue, theme)
    paint_graph(painter, QRectF(0, 0, 10, 10), Graph(), catalogue, theme)
    painter.end()
    painted = [(x, y) for x in range(300) for y in range(120) if image.pixel(x, y) & 0xFFFFFF]
    assert painted
    assert all(8 <= x <= 292 and 8 <= y <= 112 for x, y in painted)
    seen = colors_in(image)
    for category in ("Convolution", "Linear", "Shape"):
        wanted = theme.category(category)
        assert any(abs(wanted.hue() - found.hue()) < 12 for found in map(type(wanted), seen) if found.saturation() > 60)


@pytest.fixture
def page(qtbot, catalogue, theme, icons):
    made = WelcomePage(templates(), [], catalogue, theme, icons)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_preset_has_title_sentence_and_picture(page):
    assert len(page.presets) == len(templates()) >= 2
    for card in page.presets:
        assert card.text()
        assert card.accessibleDescription().endswith(".")
        assert card._graph is not None
        assert not card.grab().isNull()


def test_a_damaged_preset_is_left_out(qtbot, catalogue, theme, icons, tmp_path, project):
    good, bad = tmp_path / "good.netbuilder", tmp_path / "bad.netbuilder"
    save(msgspec.structs.replace(project, title=""), good)
    bad.write_text("{")
    made = WelcomePage({"good": good, "bad": bad}, [], catalogue, theme, icons)
    qtbot.addWidget(made)
    assert [card.text() for card in made.presets] == ["good"]


def test_names_from_files_are_painted_as_they_are(qtbot, catalogue, theme, icons, tmp_path):
    odd = tmp_path / "<b>&odd.netbuilder"
    odd.write_text("{}")
    made = WelcomePage({}, [odd], catalogue, theme, icons)
    qtbot.addWidget(made)
    chosen = []
    made.file_chosen.connect(chosen.append)
    made.recent[0].click()
    assert chosen == [odd]
    assert made.first() is made.new


def go_on(source, folder, project=None) -> tuple[Run, files.Lock]:
    """A run whose processes live, as far as its locks and its status tell."""
    run = create(project or small_project(), "training", Settings(epochs=30), folder, source=source)
    lock = files.Lock(run.path / "supervisor.lock")
    files.write(run.path / "status.json", msgspec.json.encode(Status(state="running", epoch=3, epochs=30)))
    return run, lock


def test_a_start_says_which_runs_still_go_on_and_a_click_shows_them(window, preferences, tmp_path, project, qtbot):
    path = tmp_path / "mine" / "digits.netbuilder"
    path.parent.mkdir()
    save(project, path)
    preferences.remember(path)
    run, lock = go_on(path, path.parent / "runs")
    ended = create(project, "training", Settings(), path.parent / "runs", source=path)
    files.write(ended.path / "status.json", msgspec.json.encode(Status(state="finished")))
    window._show_welcome_page()
    assert not window.welcome.going.isVisible()
    window._begin_later()  # what comes after the first paint
    card = window.welcome.going.cards[run.path]
    assert list(window.welcome.going.cards) == [run.path]
    assert card.isVisible()
    assert (card.text(), card.detail) == ("digits", f"Training, epoch 3 of 30: {path.parent}")
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workbench is not None)
    assert window.files.opened.path == path
    qtbot.waitUntil(lambda: window.workbench.runs.made is not None)
    qtbot.waitUntil(lambda: window.workbench.runs_panel().run == run)
    window.workbench.runs_panel().stop_polling()
    lock.release()


def test_a_run_of_a_project_that_was_never_saved_brings_it_back(window, project, qtbot):
    run, lock = go_on(None, runs_folder(None))
    window.welcome.going.look()
    card = window.welcome.going.cards[run.path]
    assert "not saved yet" in card.detail
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.workbench is not None)
    assert window.workbench.document.project == project
    assert window.files.opened.path is None
    qtbot.waitUntil(lambda: window.workbench.runs.made is not None)
    qtbot.waitUntil(lambda: window.workbench.runs_panel().run == run)
    window.workbench.runs_panel().stop_polling()
    lock.release()


def test_a_run_that_ends_leaves_the_page(window, qtbot):
    run, lock = go_on(None, runs_folder(None))
    other, other_lock = go_on(None, runs_folder(None))
    going = window.welcome.going
    going.look()
    assert list(going.cards) == sorted([run.path, other.path], reverse=True)
    other_lock.release()
    files.write(other.path / "status.json", msgspec.json.encode(Status(state="finished")))
    qtbot.waitUntil(lambda: list(going.cards) == [run.path], timeout=5000)
    files.write(run.path / "status.json", msgspec.json.encode(Status(state="finished")))
    lock.release()
    qtbot.waitUntil(lambda: not going.isVisible(), timeout=5000)
    assert not going.cards
