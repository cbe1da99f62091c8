"""The inspector's form: one field for each kind of parameter, judged as it is typed, one change for each edit."""

import msgspec
import pytest
from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.params import (
    Bool,
    Choice,
    DatasetRef,
    Float,
    Floats,
    Int,
    Ints,
    NetworkRef,
    Param,
    Size,
    Text,
)
from netbuilder.blocks.pieces import LayerPath
from netbuilder.graph.model import Graph, Node
from netbuilder.training.settings import SETTINGS
from netbuilder.ui.inspector.fields import BoolField, ChoiceField, TextField
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.theme import Theme

# Kind of parameter, what is typed, the value that it becomes.
TYPED = [
    (Int(name="p", default=1, low=1), "12", 12),
    (Float(name="p", default=0.5, low=0, high=1), "0.25", 0.25),
    (Text(name="p", default=""), "N 1 8 8", "N 1 8 8"),
    (Size(name="p", default=3), "3 x 5", (3, 5)),
    (Size(name="p", default=3, words=("same",)), "same", "same"),
    (Ints(name="p", default=(1,)), "1, 2, 3", (1, 2, 3)),
    (Floats(name="p", default=(0.9, 0.999)), "0.5, 0.9", (0.5, 0.9)),
    (Floats(name="p", default=(0.5, 0.5), holes=True), "none, 0.001", (None, 0.001)),
    (Int(name="p", default=1, optional=True), "none", None),
]
WRONG = [
    (Int(name="out_channels", default=1, low=1), "0", "Out channels must be at least 1, is 0."),
    (Int(name="out_channels", default=1), "x", 'Out channels: expected int, got "x".'),
    (Float(name="p", default=0.5, low=0, high=1), "2", "P must be 0 to 1, is 2."),
    (Size(name="kernel_size", default=3), "1, 2, 3", "Kernel size: expected one int or 2 of them, got 3."),
]


@pytest.fixture
def form(qtbot, project):
    made = Form()
    qtbot.addWidget(made)
    made.commits = []
    made.committed.connect(lambda name, value: made.commits.append((name, value)))
    made.show()
    return made


def fill(form: Form, params, values, project) -> None:
    """Qt shows new fields when its loop comes round."""
    form.show_values(params, values, project)
    QApplication.processEvents()


def retype(field, text: str) -> None:
    field.editor.setFocus()
    field.editor.selectAll()
    QTest.keyClicks(field.editor, text)


@pytest.mark.parametrize(("param", "text", "value"), TYPED, ids=lambda held: getattr(held, "expected", str(held)))
def test_what_is_typed_is_committed_once_with_enter(form, project, param: Param, text, value):
    fill(form, [param], Map(), project)
    field = form.fields["p"]
    assert isinstance(field, TextField)
    retype(field, text)
    assert form.commits == []
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert form.commits == [("p", value)]
    field.editor.clearFocus()
    assert form.commits == [("p", value)]


@pytest.mark.parametrize(("param", "text", "sentence"), WRONG, ids=[text for _, text, _ in WRONG])
def test_what_is_wrong_is_said_beside_the_field_while_typing_and_not_committed(form, project, param, text, sentence):
    fill(form, [param], Map(), project)
    field = form.fields[param.name]
    retype(field, text)
    assert field.message.isVisible()
    assert field.message.text() == sentence
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert form.commits == []
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)
    assert not field.message.isVisible()
    assert field.editor.text() == param.show(param.default)


def test_leaving_a_field_commits_too(form, project, qtbot):
    fill(form, [Int(name="a", default=1), Int(name="b", default=1)], Map(), project)
    qtbot.waitUntil(form.isVisible)
    form.activateWindow()
    form.fields["a"].editor.setFocus()
    retype(form.fields["a"], "7")
    form.fields["b"].editor.setFocus()
    assert form.commits == [("a", 7)]


def test_up_and_down_count_within_the_limits(form, project):
    fill(form, [Int(name="a", default=1, low=0, high=2)], Map(), project)
    field = form.fields["a"]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(field.editor, key)
    assert field.editor.text() == "2"
    QTest.keyClick(field.editor, Qt.Key.Key_Down)
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert form.commits == []  # back where it was


def test_yes_and_no(form, project):
    fill(form, [Bool(name="bias", default=True)], Map(), project)
    field = form.fields["bias"]
    assert isinstance(field, BoolField)
    field.editor.click()
    assert form.commits == [("bias", False)]


def test_choices_references_and_the_wheel(form, project, qtbot):
    params = [
        Choice(name="mode", default="zeros", options=("zeros", "reflect")),
        NetworkRef(name="network", default=""),
        DatasetRef(name="dataset", default="digits"),
    ]
    fill(form, params, Map(), project)
    assert all(isinstance(field, ChoiceField) for field in form.fields.values())
    assert [form.fields["network"].editor.itemData(at) for at in range(2)] == ["", "classifier"]
    assert form.fields["dataset"].editor.currentText() == "digits"
    box = form.fields["mode"].editor
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert form.commits == [("mode", "reflect")]


def test_a_layer_is_chosen_from_those_of_the_network_also_inside_other_networks(form, project):
    placed = {"all1": Node("Network", Map(network="classifier")), "two1": Node("Repeat", Map(network="unit"))}
    unit = Graph("network", Map(x=Node("Input"), linear1=Node("Linear"), y=Node("Output")))
    graphs = project.graphs.set("outer", Graph("network", Map(placed))).set("unit", unit)
    project = msgspec.structs.replace(project, graphs=graphs)
    params = [NetworkRef(name="network", default=""), LayerPath(name="layer", default="")]
    for network, layers in (
        ("classifier", ["conv1", "flatten1", "linear1"]),
        ("outer", ["all1.conv1", "all1.flatten1", "all1.linear1", "two1.0.linear1", "two1.1.linear1"]),
        ("gone", []),
    ):
        fill(form, params, Map(network=network), project)
        box = form.fields["layer"].editor
        assert [box.itemData(at) for at in range(box.count())] == ["", *layers]
        assert all(params[1].check(layer) == "" for layer in layers)


def test_a_list_that_drops_down_shows_all_its_words(form, project, qtbot):
    Theme.load("dark").apply(QApplication.instance())
    fill(form, [Choice(name="mode", default="zeros", options=("zeros", "reflect", "replicate"))], Map(), project)
    box = form.fields["mode"].editor
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    last = view.visualRect(box.model().index(box.count() - 1, 0))
    assert view.verticalScrollBar().maximum() == 0
    assert view.viewport().rect().contains(last)
    box.hidePopup()


def test_a_value_that_a_file_should_not_have_is_shown_with_what_is_wrong(form, project):
    fill(form, [Int(name="a", default=1, low=1)], Map({"a": -4}), project)
    assert form.fields["a"].editor.text() == "-4"
    assert form.fields["a"].message.text() == "A must be at least 1, is -4."


def test_an_edit_under_way_survives_a_refresh(form, project):
    params = [Int(name="a", default=1), Int(name="b", default=1)]
    fill(form, params, Map(), project)
    form.activateWindow()
    field = form.fields["a"]
    retype(field, "55")
    fill(form, params, Map({"b": 3}), project)
    assert form.fields["a"] is field
    assert field.editor.text() == "55"
    assert form.fields["b"].editor.text() == "3"


def test_advanced_ones_wait_behind_a_button(form, project):
    fill(form, [Int(name="a", default=1), Int(name="b", default=1, advanced=True)], Map(), project)
    assert form.fields["a"].isVisible()
    assert not form.fields["b"].isVisible()
    form.more.click()
    assert form.fields["b"].isVisible()


def test_an_advanced_one_that_is_set_is_never_hidden(form, project):
    params = [Int(name="a", default=1), Int(name="b", default=1, advanced=True, heading="Rare")]
    fill(form, params, Map(), project)
    assert not form.fields["b"].isVisible()
    assert not form.headings["Rare"].isVisible()
    fill(form, params, Map({"b": 4}), project)
    assert form.fields["b"].isVisible()
    assert form.headings["Rare"].isVisible()


def test_every_block_and_the_run_settings_make_a_form(form, project, catalogue):
    for name in catalogue.names:
        params = catalogue[name].typed()
        fill(form, params, Map(), project)
        assert set(form.fields) == {param.name for param in params}, name
        for param in params:
            field = form.fields[param.name]
            assert field.editor.accessibleName(), (name, param.name)
            assert not field.message.isVisible() or not isinstance(field, TextField), (name, param.name)
    fill(form, SETTINGS, Map({"epochs": 3}), project)
    assert form.fields["epochs"].editor.text() == "3"
    assert form.commits == []


def test_settings_of_a_training_graph_stand_in_the_form_as_they_are_declared(form, project):
    fill(form, SETTINGS, Map({"precision": "bf16", "start_from": "runs/one"}), project)
    kinds = {"precision": ChoiceField, "compile": BoolField, "start_from": TextField}
    for name, kind in kinds.items():
        assert isinstance(form.fields[name], kind), name
    assert form.fields["start_from"].editor.text() == "runs/one"
    assert form.fields["precision"].editor.currentData() == "bf16"
    assert form.fields["start_from"].editor.accessibleName().startswith("Start from")
