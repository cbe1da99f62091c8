"""The inspector in a project that begins with nothing."""

import re

import pytest
from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from netbuilder.blocks.trust import Nothing
from netbuilder.compiler.report import Flow, NodeFacts
from netbuilder.data.facts import SOURCES, facts
from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Node, Project
from netbuilder.training.settings import SETTINGS
from netbuilder.ui.inspector.facts import shape_rows
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
    offered = [source.name for source in SOURCES.values() if not source.needs]
    assert {box.itemData(at) for at in range(box.count())} == {"", *offered}
    assert box.itemText(0) == "choose…"
    assert box.itemText(box.findData("digits")) == "Handwritten digits (comes with netbuilder)"
    assert not inspector.form.fields["dataset"].look.isEnabled()
    box.setFocus()
    QTest.keyClicks(box, "Handw")  # as a list is searched
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert blank.project.datasets["digits"] == facts("digits")
    assert blank.project.graphs["training"].nodes["data1"].params["dataset"] == "digits"
    assert [box.itemText(at) for at in range(2)] == ["digits", "Adding problem (comes with netbuilder)"]
    with qtbot.waitSignal(inspector.network_asked) as asked:
        inspector.form.fields["dataset"].look.click()
    assert asked.args == ["look", "digits"]
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
    shown = [text.text() for text in form.findChildren(QLabel) if text.isVisible() and text.text()]
    assert {"Epochs", "Batch size when evaluating", "Compile networks", "Start from", "Epochs between previews"} < set(
        shown
    )
    assert len(shown) == len(set(shown)) == len(SETTINGS)
    assert sorted(shown) == sorted(form.fields[param.name].editor.accessibleName() for param in SETTINGS)
    assert all(re.fullmatch(r"[A-Z][a-z]+( [a-z]+)*", label) for label in shown), "words, not names in the source"
    assert [form.fields["precision"].editor.itemText(at) for at in range(3)] == [
        "float32: full",
        "bf16: half, newer cards",
        "fp16: half, older cards",
    ]
    assert form.fields["best"].editor.accessibleName() == "Best checkpoint by"


@pytest.fixture
def recurrent() -> Document:
    nodes = {"x": Node("Input", Map(shape="N T 6")), "delay1": Node("Delay"), "y": Node("Output")}
    return Document(Project(graphs=Map({"net": Graph("network", Map(nodes))})))


def test_what_only_concerns_loops_is_shown_only_beside_a_delay(qtbot, recurrent, catalogue, theme, icons):
    inspector = Inspector(recurrent, catalogue, theme, icons, Nothing())
    qtbot.addWidget(inspector)
    inspector.show_selection("net", ["x"])
    assert set(inspector.form.fields) == {"shape", "dtype", "steps", "place"}
    recurrent.apply(edits.bypass(recurrent.project, "net", ["delay1"], True))
    assert set(inspector.form.fields) == {"shape", "dtype", "place"}
    recurrent.undo()
    assert "steps" in inspector.form.fields
    recurrent.apply(edits.remove(recurrent.project, "net", ["delay1"]))
    assert "steps" not in inspector.form.fields
    inspector.show_selection("net", ["y"])
    assert set(inspector.form.fields) == {"place"}
    inspector.close_view()


def test_at_the_edge_of_a_recurrent_network_both_shapes_are_told(catalogue):
    facts = NodeFacts("ok", {}, {"x": Flow(("N", 6))}, whole=Flow(("N", "T", 6)))
    assert shape_rows(catalogue["Input"].node_ports(Map(), Project()), facts) == [
        ("x out of a step", "N × 6"),
        ("All steps", "N × T × 6"),
    ]
