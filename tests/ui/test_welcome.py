"""Cards of the welcome page: what they say of a project, and the picture that they paint."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from netbuilder.graph.file import save
from netbuilder.presets import FAMILIES, presets
from netbuilder.training import files
from netbuilder.training.run import Run, Status, create, runs_folder
from netbuilder.training.settings import Settings
from netbuilder.ui.welcome.page import WelcomePage
from tests.ui.conftest import small_project


@pytest.fixture
def page(qtbot, theme, icons):
    made = WelcomePage(presets(), [], theme, icons)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_preset_has_title_sentence_and_picture(page):
    assert [card.preset for card in page.presets] == list(presets().values())
    for card in page.presets:
        assert card.text()
        assert card.accessibleDescription().endswith(".")
        card.grab()
        assert not card._picture.isNull(), card.text()


def test_cards_stand_under_the_names_of_their_families(page):
    titles = [label for label in page.findChildren(QLabel) if label.text() in FAMILIES]
    assert [label.text() for label in titles] == list(FAMILIES)
    tops = {label.text(): label.mapTo(page.widget(), QPoint()).y() for label in titles}
    for card in page.presets:
        y = card.mapTo(page.widget(), QPoint()).y()
        above = [family for family in FAMILIES if tops[family] < y]
        assert above[-1] == card.preset.family


def test_names_from_files_are_painted_as_they_are(qtbot, theme, icons, tmp_path):
    odd = tmp_path / "<b>&odd.netbuilder"
    odd.write_text("{}")
    made = WelcomePage({}, [odd], theme, icons)
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
