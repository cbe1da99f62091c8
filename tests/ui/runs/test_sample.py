"""The Sample page: what can be set is shown, each change asks for a drawing, and what comes is shown."""

import json
from pathlib import Path

import msgspec
import pytest
from immutables import Map
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from netbuilder.graph.model import Project
from netbuilder.training.run import create
from netbuilder.training.settings import Settings
from netbuilder.ui.runs.sample import SamplePage, with_new_previews
from tests.sampling.test_sampler import PROJECT, SCORES
from tests.training.projects import graph


class Asked:
    """Takes the place of the process: keeps questions, answers when told to."""

    busy = False

    def __init__(self):
        self.requests, self.cancelled = [], 0

    def ask(self, request):
        self.requests.append(request)

    def cancel(self):
        self.cancelled += 1

    @property
    def last(self):
        return self.requests[-1]["wish"]


@pytest.fixture
def run(tmp_path):
    made = create(PROJECT, "training", Settings(), tmp_path / "runs", name="mine")
    folder = made.path / "checkpoints" / "step-7"
    folder.mkdir()
    (folder / "facts.json").write_text('{"step": 7, "epoch": 1, "values": {}}')
    return made


@pytest.fixture
def page(qtbot, theme):
    made = SamplePage(theme)
    made._staying = Asked()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def asked(qtbot, page, count=1):
    before = len(page._staying.requests)
    qtbot.waitUntil(lambda: len(page._staying.requests) >= before + count, timeout=3000)
    return page._staying.last


def choose(page, name, value):
    editor = page.form.fields[name].editor
    assert isinstance(editor, QComboBox)
    editor.setFocus()
    editor.setCurrentIndex(next(at for at in range(editor.count()) if editor.itemText(at) == value))
    editor.activated.emit(editor.currentIndex())


def answer(page, views, **more):
    folder = Path(page._staying.requests[-1]["to"])
    rows = []
    for view, held in views.items():
        name = f"{page.graph}_{view}.json"
        (folder / name).write_text(json.dumps(held))
        rows.append({"file": name, "graph": page.graph, "view": view, "title": view, "figure": False})
    (folder / "views.json").write_text(json.dumps(rows))
    result = {"views": {}, "weights": "run mine, step 7", "chances": {}, "notes": [], **more}
    page.message.emit({"is": "done", "result": result})


def test_a_run_without_a_checkpoint_waits(page, tmp_path):
    bare = create(PROJECT, "training", Settings(), tmp_path / "runs", name="bare")
    page.show_run(bare, PROJECT)
    assert "as soon as the run has a checkpoint" in page.words.text()
    assert not page.form.isEnabled()


def test_the_first_graph_is_drawn_at_once_and_each_change_again(qtbot, page, run):
    page.show_run(run, PROJECT)
    wish = asked(qtbot, page)
    assert wish == {"graph": "noise", "seed": 0, "count": 3, "params": {}, "inputs": {}, "latents": {}}
    answer(page, {"curve": {"kind": "curves", "series": [[1.0, 2.0]]}})
    assert page.words.text() == "With the weights of run mine, step 7."
    QTest.mouseClick(page.again, Qt.MouseButton.LeftButton)
    assert asked(qtbot, page)["seed"] == 1
    (axes,) = page.axes
    assert len(axes.sliders) == 6
    axes.sliders[2].setFocus()
    QTest.keyClick(axes.sliders[2], Qt.Key.Key_PageUp)
    assert asked(qtbot, page)["latents"] == {"noise1": {"2": 0.6}}
    QTest.mouseClick(axes.reset, Qt.MouseButton.LeftButton)
    assert asked(qtbot, page)["latents"] == {}


def test_looking_at_the_run_again_and_again_holds_no_drawing_up(qtbot, page, run):
    looks = QTimer()
    looks.timeout.connect(lambda: page.show_run(run, PROJECT))
    looks.start(50)
    asked(qtbot, page)
    looks.stop()


def test_another_graph_has_its_own_knobs_and_remembers_them(qtbot, page, run):
    page.show_run(run, PROJECT)
    asked(qtbot, page)
    choose(page, "graph", "writing")
    wish = asked(qtbot, page)
    assert wish["graph"] == "writing"
    assert (wish["part"], wish["first"]) == ("test", 0)
    editor = page.form.fields["generate1.temperature"].editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "1.5")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert asked(qtbot, page)["params"] == {"generate1": {"temperature": 1.5}}
    line = page.own.lines["text"]
    line.setFocus()
    QTest.keyClicks(line, "def ")
    wish = asked(qtbot, page)
    assert wish["inputs"] == {"text": "def "}
    assert wish["count"] == 1
    line.clear()
    assert asked(qtbot, page)["count"] == 2
    choose(page, "graph", "noise")
    asked(qtbot, page)
    choose(page, "graph", "writing")
    assert asked(qtbot, page)["params"] == {"generate1": {"temperature": 1.5}}


def test_a_dropped_picture_is_asked_about_and_its_chances_are_shown(qtbot, page, run, tmp_path):
    page.show_run(run, PROJECT)
    asked(qtbot, page)
    choose(page, "graph", SCORES)
    asked(qtbot, page)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "five.png"))])
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), action, data, button, key)
    page.dropEvent(event)
    assert event.isAccepted()
    wish = asked(qtbot, page)
    assert wish["inputs"] == {"image": str(tmp_path / "five.png")}
    assert wish["count"] == 1
    chances = {"pictures": [{"name": "5", "probability": 0.9}, {"name": "<b>3", "probability": 0.1}]}
    answer(page, {}, chances=chances, notes=["The picture was made 8 x 8 points large."])
    assert page.chances.rows == [("5", 0.9), ("<b>3", 0.1)]
    assert page.chances.isVisible()
    assert page.words.text().endswith("The picture was made 8 x 8 points large.")


def test_what_fails_is_said_and_what_was_drawn_stays(qtbot, page, run):
    page.show_run(run, PROJECT)
    asked(qtbot, page)
    answer(page, {"curve": {"kind": "curves", "series": [[1.0, 2.0]]}})
    shown = page.previews.slider.maximum()
    QTest.mouseClick(page.again, Qt.MouseButton.LeftButton)
    asked(qtbot, page)
    page.message.emit({"is": "failed", "message": "There is no picture at 'x'; give the path of a PNG or JPEG file."})
    assert page.words.text().startswith("There is no picture at 'x'")
    assert page.previews.isVisible()
    assert page.previews.slider.maximum() == shown
    QTest.mouseClick(page.again, Qt.MouseButton.LeftButton)
    asked(qtbot, page)
    answer(page, {"curve": {"kind": "curves", "series": [[3.0, 2.0]]}})
    assert page.previews.slider.maximum() == shown + 1  # the one that failed is not there
    assert page.previews.words.text() == "drawing 3"


def test_a_page_that_is_left_ends_its_process(qtbot, page, run):
    page.show_run(run, PROJECT)
    asked(qtbot, page)
    before = page._staying.cancelled
    page.hide()
    assert page._staying.cancelled == before + 1


def test_preview_graphs_drawn_since_are_there_unless_they_need_what_was_not_trained():
    later = graph("preview", {"net": ("Network", {"network": "generator"})})
    foreign = graph("preview", {"net": ("Network", {"network": "newer"})})
    newer = PROJECT.graphs["generator"]
    current = Project(
        graphs=PROJECT.graphs.update({"later": later, "foreign": foreign, "newer": newer}), datasets=PROJECT.datasets
    )
    found = with_new_previews(PROJECT, current).graphs
    assert found["later"] == later
    assert "foreign" not in found
    assert with_new_previews(PROJECT, Project()) == PROJECT
    other = msgspec.structs.replace(PROJECT, graphs=Map({"training": later}))
    assert with_new_previews(PROJECT, other).graphs["training"] == PROJECT.graphs["training"]
