"""The import assistant and what comes of it; and data outside of the project's folder, which asks first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from immutables import Map
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from netbuilder.data.by_name import ByName
from netbuilder.data.facts import SOURCES, facts
from netbuilder.data.place import Place
from netbuilder.data.project_data import asking
from netbuilder.graph import edits
from netbuilder.graph.file import load
from netbuilder.graph.model import Dataset, Project
from netbuilder.ui.data.importer import ADD, BEGIN, ImportDialog
from netbuilder.ui.data.importing import choices
from netbuilder.ui.data.roles import RolesTable
from tests.ui.conftest import small_project

LEFT = Qt.MouseButton.LeftButton
SLOW = 60_000
ROWS = "length,width,kind\n" + "".join(f"{at % 7}.5,{at % 3},{'ab'[at % 2]}\n" for at in range(40))


@pytest.fixture(autouse=True)
def trust(monkeypatch, tmp_path):
    monkeypatch.setenv("NETBUILDER_TRUST", str(tmp_path / "trust"))


@pytest.fixture
def table(tmp_path_factory) -> Path:
    """A file that lies outside of the project's folder."""
    path = tmp_path_factory.mktemp("elsewhere") / "leaves.csv"
    path.write_text(ROWS)
    return path


def dialog_of(window) -> ImportDialog:
    return next(dialog for dialog in window.findChildren(ImportDialog) if dialog.isVisible())


def ready(dialog, qtbot) -> None:
    qtbot.waitUntil(lambda: dialog.found is not None and not dialog.busy, timeout=SLOW)


def drop(widget, *paths) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), copy, data, LEFT, none)
    QApplication.sendEvent(widget, enter)
    QApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), copy, data, LEFT, none))
    return enter.isAccepted()


@pytest.mark.parametrize("where", ["canvas", "data panel", "assistant"])
def test_files_are_dropped_anywhere(opened, table, qtbot, where):
    if where == "canvas":
        assert drop(opened.workbench.tabs.canvas.viewport(), table)
    elif where == "data panel":
        opened.workbench.show_data("digits")
        assert drop(opened.workbench.data_panel().columns.table.viewport(), table)
    else:
        opened.import_data()
        assert drop(dialog_of(opened), table)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in opened.findChildren(ImportDialog)))
    dialog = dialog_of(opened)
    ready(dialog, qtbot)
    assert dialog.reading.name.text() == "leaves"
    dialog.reject()


def test_several_files_at_once_are_answered(opened, table):
    assert drop(opened, table, table.with_name("other.csv"))
    assert "the folder that holds them" in opened.status_bar.currentMessage()
    assert opened.findChild(ImportDialog) is None


def test_a_long_look_shows_how_far_it_is_and_is_cancelled(opened, table, qtbot):
    with table.open("a") as file:
        file.writelines(f"{at},{at},a\n" for at in range(400_000))
    opened.import_data(table)
    dialog = dialog_of(opened)
    qtbot.waitUntil(lambda: dialog.scanning.isVisible() and dialog.scanning.doing.text() != "Starting…", timeout=SLOW)
    job = dialog.scanning._asking._job
    qtbot.mouseClick(dialog.scanning.stop, LEFT)
    assert not dialog.scanning.isVisible()
    assert "cancelled" in dialog.wrong.text()
    assert not dialog.finish.isEnabled()
    assert job.wait(20)
    dialog.reject()


def test_into_an_open_project_for_the_node_that_is_there(opened, table, qtbot):
    bench = opened.workbench
    bench.tabs.show_graph("training")
    QTest.keyClick(opened, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(opened)
    assert not dialog.finish.isEnabled()
    dialog.show_path(table)
    ready(dialog, qtbot)
    assert [dialog.then.itemData(at) for at in range(4)] == [BEGIN, "place training ", "read training data", ADD]
    dialog.then.setCurrentIndex(2)
    qtbot.mouseClick(dialog.finish, LEFT)
    project = bench.document.project
    assert project.graphs["training"].nodes["data"].params["dataset"] == "leaves"
    assert [column.id for column in project.datasets["leaves"].columns] == ["features", "kind"]
    assert bench.place.allowed(table.resolve())
    assert not bench.place.allowed(table.resolve().parent)
    opened.undo()
    assert bench.document.project == small_project()


def test_a_node_of_its_own_comes_with_it_in_one_step(opened, table, qtbot):
    bench = opened.workbench
    bench.tabs.show_graph("training")
    opened.import_data(table)
    dialog = dialog_of(opened)
    ready(dialog, qtbot)
    dialog.then.setCurrentIndex(1)
    qtbot.mouseClick(dialog.finish, LEFT)
    (made,) = set(bench.document.project.graphs["training"].nodes) - set(small_project().graphs["training"].nodes)
    node = bench.document.project.graphs["training"].nodes[made]
    assert (node.block, node.params) == ("Data", Map(dataset="leaves"))
    opened.undo()
    assert bench.document.project == small_project()


def test_a_network_to_begin_with_beside_what_is_there(opened, table, qtbot):
    opened.import_data(table)
    dialog = dialog_of(opened)
    ready(dialog, qtbot)
    dialog.then.setCurrentIndex(dialog.then.findData(BEGIN))
    qtbot.mouseClick(dialog.finish, LEFT)
    graphs = opened.workbench.document.project.graphs
    assert set(graphs) == {"classifier", "training", "model", "training1", "predictions"}
    assert opened.workbench.graph == "model"
    assert graphs["training1"].nodes["data"].params["dataset"] == "leaves"


def test_a_path_inside_is_kept_relative_and_follows_where_the_project_is_saved(opened, tmp_path, qtbot):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "leaves.csv"
    path.write_text(ROWS)
    opened.import_data(path)
    dialog = dialog_of(opened)
    ready(dialog, qtbot)
    dialog.then.setCurrentIndex(dialog.then.findData(ADD))
    dialog.reading.name.setText("my leaves")
    qtbot.mouseClick(dialog.finish, LEFT)
    document = opened.workbench.document
    assert document.project.datasets["my_leaves"].params["path"] == "data/leaves.csv"
    assert not (tmp_path / "trust").exists()  # inside, nothing has to be allowed
    target = tmp_path / "data" / "moved.netbuilder"
    opened.files.dialogs.save_path = lambda suggestion: target
    opened.save_project_as()
    assert load(target).datasets["my_leaves"].params["path"] == "leaves.csv"
    target = tmp_path / "other" / "far.netbuilder"
    target.parent.mkdir()
    opened.save_project_as()
    assert load(target).datasets["my_leaves"].params["path"] == str(path.resolve())


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"\x00\x01\x02" * 50, "leaves"), (None, "'leaves.csv' is not there|leaves")],
)
def test_what_can_not_be_read_is_said_and_another_may_be_tried(opened, table, qtbot, content, says):
    good = table.with_name("good.csv")
    good.write_text(ROWS)
    table.write_bytes(content) if content is not None else table.unlink()
    opened.import_data(table)
    dialog = dialog_of(opened)
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SLOW)
    assert dialog.wrong.isVisible()
    assert any(part in dialog.wrong.text() for part in says.split("|"))
    assert not dialog.finish.isEnabled()
    dialog.show_path(good)
    ready(dialog, qtbot)
    assert not dialog.wrong.isVisible()
    dialog.reject()
    assert "good" not in opened.workbench.document.project.datasets


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are pipes on Unix only")
def test_a_pipe_does_not_hang(opened, tmp_path, qtbot):
    os.mkfifo(tmp_path / "pipe.csv")
    opened.import_data(tmp_path / "pipe.csv")
    dialog = dialog_of(opened)
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SLOW)
    assert "neither a file nor a folder" in dialog.wrong.text()
    dialog.reject()


def test_roles_that_make_no_sense_say_why_and_can_be_mended(opened, table, qtbot):
    opened.import_data(table)
    dialog = dialog_of(opened)
    ready(dialog, qtbot)
    roles = dialog.roles
    assert roles.names == ("length", "width", "kind")
    roles.selectAll()
    roles.choose(0, "role", "ignore")
    assert dialog.found is None
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SLOW)
    assert "feature" in dialog.wrong.text()
    assert not dialog.finish.isEnabled()
    roles.clearSelection()
    roles.choose(0, "role", "feature")
    roles.choose(1, "role", "target")
    ready(dialog, qtbot)
    assert [column.id for column in dialog.found.columns] == ["features", "width"]
    dialog.reject()


def test_a_choice_opens_in_the_cell_and_commits_what_is_chosen(qtbot):
    param = next(one for one in SOURCES["table"].own if isinstance(one, ByName))
    table = RolesTable()
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show_values(param, Map(a=Map(role="feature", type="numeric"), b=Map(role="ignore", type="text")))
    table.show()
    assert [table.item(0, at).text() for at in range(6)] == [
        "a", "learn from", "numbers", "the mean", "mean 0, spread 1", "–",
    ]  # fmt: skip
    assert [table.item(1, at).text() for at in range(6)] == ["b", "ignore", "–", "–", "–", "–"]
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualItemRect(table.item(0, 2)).center())
    box = table.findChild(QComboBox)
    assert box.accessibleName() == "a: Holds"
    with qtbot.waitSignal(table.committed) as told:
        box.activated.emit(box.findData("category"))
    assert told.args == ["columns", Map(a=Map(role="feature", type="category"), b=Map(role="ignore", type="text"))]


def test_what_may_be_done_with_data(project):
    digits, wine = project.datasets["digits"], facts("wine")

    def keys(*given):
        return [key for key, _ in choices(*given)]

    assert keys(Project(), "", "table classifier", wine) == [BEGIN, ADD]
    assert keys(Project(), "", "", wine) == [ADD]
    assert keys(project, "classifier", "x", digits) == [BEGIN, ADD]
    assert keys(project, "training", "x", digits) == ["read training data", BEGIN, "place training ", ADD]
    assert keys(project, "training", "x", wine) == [BEGIN, "place training ", "read training data", ADD]


# -- data outside of the project's folder


@pytest.fixture
def outside(opened, table):
    """The small project, which somebody else has made to read a table elsewhere on this disk."""
    bench = opened.workbench
    stranger = Dataset("table", Map(path=str(table)))
    bench.document.apply(edits.set_dataset(bench.document.project, "digits", stranger))
    bench.document.mark_saved()
    return opened


def test_a_project_that_reads_elsewhere_asks_first(outside, table, qtbot):
    bench = outside.workbench
    bench.ask_about_data()
    panel = bench.data_panel()
    qtbot.waitUntil(panel.outside.isVisible)
    assert str(table.resolve()) in panel.outside.words.text()
    assert not panel.samples.busy
    assert not panel.scan.isEnabled()
    assert "once this data may be read" in panel.samples.words.text()
    qtbot.mouseClick(panel.outside.allow, LEFT)
    assert not panel.outside.isVisible()
    qtbot.waitUntil(lambda: panel.samples.total == 28 and not panel.busy, timeout=SLOW)
    assert not asking(bench.document.project, bench.place)  # and it is remembered on this machine
    assert Place(None, bench._trust).allowed(table.resolve())


def test_training_asks_too(outside, qtbot, monkeypatch):
    bench = outside.workbench
    asked, started = [], []
    monkeypatch.setattr(bench.bridge, "_reports", {})
    monkeypatch.setattr(outside.dialogs, "confirm", lambda question, button: asked.append((question, button)) or False)
    monkeypatch.setattr(bench.runs_panel(), "start", lambda *given: started.append(given))
    bench.runs_panel().stop_polling()
    outside.train()
    assert asked[0][1] == "Allow and train"
    assert "leaves.csv" in asked[0][0]
    assert not started
    monkeypatch.setattr(outside.dialogs, "confirm", lambda question, button: True)
    outside.train()
    assert started
    outside.train()
    assert len(asked) == 1
    assert len(started) == 2
