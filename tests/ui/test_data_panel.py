"""The data panel: real samples by part and class, statistics, and edits that can be undone."""

from __future__ import annotations

import msgspec
import pytest
from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from netbuilder.data.facts import SOURCES, facts
from netbuilder.graph import edits
from netbuilder.ui.data.adding import AddDialog
from netbuilder.ui.data.grid import Cards, Rows

LEFT = Qt.MouseButton.LeftButton
SLOW = 60_000


@pytest.fixture
def panel(opened, qtbot):
    opened.workbench.show_data("digits")
    return opened.workbench.data_panel()


def datasets(window):
    return window.workbench.document.project.datasets


def test_samples_of_parts_and_classes_page_by_page(panel, qtbot):
    view = panel.samples
    qtbot.waitUntil(lambda: view.total > 0 and not panel.busy, timeout=SLOW)
    assert view.total == 1258
    assert view.cards.count == 48
    assert view._stack.currentWidget() is view.cards
    assert view.place.text() == "1 to 48 of 1,258"
    captions = [view.cards.caption(at) for at in range(48)]
    assert set(captions) == set("0123456789")
    qtbot.mouseClick(view.on, LEFT)
    assert view.place.text() == "49 to 96 of 1,258"
    assert view.back.isEnabled()
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.place.text() == "1 to 48 of 1,258"

    view.classes.setCurrentRow(8)  # the first row is for all
    qtbot.waitUntil(lambda: not view.busy, timeout=SLOW)
    assert {view.cards.caption(at) for at in range(view.cards.count)} == {"7"}
    shown = view.total
    view.part.setCurrentIndex(view.part.findData("test"))
    view.part.activated.emit(view.part.currentIndex())
    qtbot.waitUntil(lambda: not view.busy and view.total != shown, timeout=SLOW)
    assert view.part.currentText() == "Test, 359"
    assert {view.cards.caption(at) for at in range(view.cards.count)} == {"7"}


def test_columns_and_their_statistics(panel, opened, qtbot):
    panel.tabs.setCurrentWidget(panel.columns)
    qtbot.waitUntil(lambda: panel.columns.histogram.bars != () and not panel.busy, timeout=SLOW)
    table = panel.columns.table
    assert [table.item(row, 0).text() for row in range(2)] == ["image", "label"]
    assert dict(panel.columns.facts.rows)["Largest"] == "1"
    table.setCurrentCell(1, 0)
    assert sum(panel.columns.histogram.bars) == 1797
    assert dict(panel.columns.facts.rows)["Most frequent"] == "3 (183)"
    assert not opened.workbench.document.modified  # looking is no edit
    qtbot.mouseClick(panel.scan, LEFT)
    qtbot.waitUntil(lambda: not panel.busy, timeout=SLOW)
    assert datasets(opened)["digits"].columns[1].facts["counts"][3] == 183
    opened.undo()
    assert "counts" not in datasets(opened)["digits"].columns[1].facts


def test_the_split_is_an_edit(panel, opened, qtbot):
    panel.tabs.setCurrentWidget(panel.setup)
    form = panel.setup.split
    assert list(form.fields) == ["split", "validation", "test", "split_seed"]
    field = form.fields["test"].editor
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert datasets(opened)["digits"].params == Map(test=0.5)
    panel.tabs.setCurrentWidget(panel.samples)
    qtbot.waitUntil(lambda: not panel.busy and panel.samples.total == 1797 - 898 - 180, timeout=SLOW)
    opened.undo()
    assert datasets(opened)["digits"].params == Map()


def test_a_source_is_added_renamed_wherever_it_is_named_and_removed_after_a_warning(panel, opened, qtbot, answer):
    document = opened.workbench.document
    qtbot.mouseClick(panel.add, LEFT)
    dialog = panel.findChild(AddDialog)
    dialog.choose("wine")
    assert "13" in dialog.gives.text()
    qtbot.mouseClick(dialog.add, LEFT)
    assert datasets(opened)["wine"] == facts("wine")
    assert panel.name == "wine"
    qtbot.waitUntil(lambda: not panel.busy and panel.samples.total > 0, timeout=SLOW)
    assert panel.samples._stack.currentWidget() is panel.samples.table
    assert panel.samples.table.horizontalHeaderItem(0).text() == "label"
    assert panel.samples.table.horizontalHeaderItem(1).text() == "alcohol"

    panel.show_dataset("digits")
    document.apply(edits.set_params(document.project, "classifier", "linear1", {"out_features": "=digits.classes"}))
    panel.dialogs.name = lambda *_: "my digits"
    qtbot.mouseClick(panel.rename, LEFT)
    assert set(datasets(opened)) == {"my_digits", "wine"}
    graphs = document.project.graphs
    assert graphs["training"].nodes["data"].params["dataset"] == "my_digits"
    assert graphs["classifier"].nodes["linear1"].params["out_features"] == "=my_digits.classes"
    assert panel.name == "my_digits"
    panel.dialogs.name = lambda *_: "wine"
    said = []
    panel.dialogs.error = said.append
    qtbot.mouseClick(panel.rename, LEFT)
    assert said == ["There is already a dataset wine."]

    asked = []
    panel.dialogs.confirm = lambda question, _: asked.append(question) or False
    qtbot.mouseClick(panel.remove, LEFT)
    assert "data in training" in asked[0]
    assert "my_digits" in datasets(opened)
    panel.dialogs.confirm = lambda *_: True
    qtbot.mouseClick(panel.remove, LEFT)
    assert set(datasets(opened)) == {"wine"}
    opened.undo()
    assert set(datasets(opened)) == {"my_digits", "wine"}


def test_a_data_node_is_placed_or_reads_another_set(panel, opened, qtbot):
    bench = opened.workbench
    panel._add("wine", facts("wine"))
    said = []
    bench.status.connect(said.append)
    bench.tabs.show_graph("classifier")
    qtbot.mouseClick(panel.use, LEFT)
    assert "training and preview graphs" in said[-1]
    bench.tabs.show_graph("training")
    qtbot.mouseClick(panel.use, LEFT)
    assert bench.document.project.graphs["training"].nodes["data"].params["dataset"] == "wine"
    opened.undo()
    assert bench.document.project.graphs["training"].nodes["data"].params["dataset"] == "digits"
    bench.document.apply(edits.add_graph(bench.document.project, "watch", "preview"))
    bench.tabs.show_graph("watch")
    qtbot.mouseClick(panel.use, LEFT)
    (node,) = bench.document.project.graphs["watch"].nodes.values()
    assert (node.block, node.params) == ("Data", Map(dataset="wine"))


def test_what_can_not_be_read_is_a_sentence(panel, opened, qtbot):
    project = opened.workbench.document.project
    broken = msgspec.structs.replace(project.datasets["digits"], params=Map(test=0.9, validation=0.9))
    opened.workbench.document.apply(edits.set_dataset(project, "digits", broken))
    qtbot.waitUntil(lambda: not panel.busy, timeout=SLOW)
    assert "train on" in panel.samples.words.text()
    assert panel.samples.words.isVisible()
    elsewhere = msgspec.structs.replace(broken, source="from the future")
    opened.workbench.document.apply(edits.set_dataset(opened.workbench.document.project, "digits", elsewhere))
    assert "no data source 'from the future'" in panel.samples.words.text()
    assert not panel.scan.isEnabled()


@pytest.mark.parametrize("name", [name for name in SOURCES if SOURCES[name].columns is not None])
def test_every_built_in_source_has_something_to_show(name, tmp_path, qtbot, theme):
    from netbuilder.jobs import worker
    from netbuilder.jobs.table import WORK

    said = []
    request = {"job": "samples", "dataset": {"source": name}, "to": str(tmp_path), "part": "train", "count": 3}
    worker.run(request, said.append, WORK)
    assert said[-1]["is"] == "done", said[-1]
    columns = facts(name).columns
    cards, table = Cards(theme), Rows()
    qtbot.addWidget(cards)
    qtbot.addWidget(table)
    rows = said[-1]["result"]["rows"]
    table.show_rows(rows, columns, theme)
    assert table.rowCount() == len(rows) > 0
    cards.resize(600, 300)
    cards.show_rows(rows, columns)
    cards.show()
    assert not cards.grab().isNull()
