"""The inspector in a project that begins with nothing."""

import pytest
from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from netbuilder.blocks.trust import Nothing
from netbuilder.data.facts import facts
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Node, Project
from netbuilder.ui.inspector.panel import Inspector


@pytest.fixture
def blank() -> Document:
    training = Graph("training", Map({"data1": Node("Data", at=(0.0, 0.0))}))
    return Document(Project(graphs=Map({"training": training})))


def test_a_project_without_data_gets_them_where_they_are_chosen(qtbot, blank, catalogue, theme, icons):
    inspector = Inspector(blank, catalogue, theme, icons, Nothing())
    qtbot.addWidget(inspector)
    inspector.show()
    qtbot.waitExposed(inspector)
    inspector.show_selection("training", ["data1"])
    QApplication.processEvents()
    box = inspector.form.fields["dataset"].editor
    assert [box.itemText(at) for at in range(box.count())] == ["choose…", "digits"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert blank.project.datasets["digits"] == facts("digits")
    assert blank.project.graphs["training"].nodes["data1"].params["dataset"] == "digits"
    ports = catalogue.ports(blank.project.graphs["training"].nodes["data1"], blank.project)
    assert [port.name for port in ports.outputs] == ["image", "label"]
    blank.undo()
    assert not blank.project.datasets
    assert not blank.undo_label
    inspector.close_view()


def test_run_settings_are_called_in_words(opened):
    """What a person reads beside each field, for who does not know the settings' names."""
    bench = opened.workbench
    bench.tabs.show_graph("training")
    form = bench.inspector.settings
    form.more.click()
    shown = {text.text() for text in form.findChildren(QLabel) if text.isVisible() and text.text()}
    assert shown == {
        "Epochs",
        "Batch size",
        "Batch size when evaluating",
        "Seed",
        "Device",
        "Processor threads",
        "Best checkpoint by",
        "Better is",
        "Seconds between checkpoints",
        "Epochs between previews",
    }
    assert form.fields["best"].editor.accessibleName() == "Best checkpoint by"
