"""Networks in networks, worked with in the window by mouse and keys."""

from __future__ import annotations

import pytest
from immutables import Map
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from netbuilder.graph.file import save
from netbuilder.graph.model import Graph, Project
from netbuilder.ui.window import Window
from tests.ui.conftest import links, node, small_project

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def nested_project() -> Project:
    """training places classifier; classifier places block twice, once repeated; block has the argument channels."""
    small = small_project()
    block = Graph(
        "network",
        Map(
            {
                "x": node("Input", 0, 0, shape=""),
                "conv1": node("Conv2d", 260, 0, out_channels="=channels", padding=1),
                "relu1": node("ReLU", 520, 0),
                "y": node("Output", 780, 0),
            }
        ),
        links(("x.x", "conv1.x"), ("conv1.y", "relu1.x"), ("relu1.y", "y.x")),
        arguments=Map({"channels": 16, "scale": 2}),
    )
    net = Graph(
        "network",
        Map(
            {
                "image": node("Input", 0, 0, shape="N 1 8 8"),
                "stem": node("Network", 260, 0, network="block"),
                "stage": node("Repeat", 520, 0, network="block", repeat=12, weights="shared", arguments=Map(scale=3)),
                "flatten1": node("Flatten", 780, 0),
                "linear1": node("Linear", 1040, 0, out_features=10),
                "logits": node("Output", 1300, 0),
            }
        ),
        links(
            ("image.x", "stem.x"),
            ("stem.y", "stage.x"),
            ("stage.y", "flatten1.x"),
            ("flatten1.y", "linear1.x"),
            ("linear1.y", "logits.x"),
        ),
        arguments=Map({"width": 8}),
    )
    return Project("Nested", small.graphs.set("classifier", net).set("block", block), small.datasets)


@pytest.fixture
def nested(window, tmp_path, qtbot) -> Window:
    path = tmp_path / "nested.netbuilder"
    save(nested_project(), path)
    window.files.open(path)
    qtbot.waitUntil(lambda: window.workbench is not None and window.workbench.tabs.canvas is not None)
    show(window, "classifier")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.workbench.tabs.canvas.setFocus()
    return window


def show(window: Window, graph: str) -> None:
    window.workbench.tabs.show_graph(graph)
    window.workbench.tabs.canvas.fit()
    QApplication.processEvents()


def spot(window: Window, id: str) -> QPoint:
    """A place on a node, away from its ports."""
    canvas = window.workbench.tabs.canvas
    return canvas.mapFromScene(canvas.node_rect(id).center())


def project(window: Window) -> Project:
    return window.workbench.document.project


def type_into(editor, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    editor.setFocus()
    editor.selectAll()
    if text:
        QTest.keyClicks(editor, text)
    else:
        QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClick(editor, key)


# -- in and out


def test_a_double_click_goes_in_and_a_key_comes_back(nested):
    tabs = nested.workbench.tabs
    show(nested, "training")
    QTest.mouseDClick(tabs.canvas.viewport(), LEFT, pos=spot(nested, "net"))
    assert tabs.name == "classifier"
    tabs.canvas.select(["stage"])
    QTest.keyClick(tabs.canvas, Qt.Key.Key_Return)
    assert tabs.name == "block"
    bar = tabs.currentWidget().bar
    assert bar.isVisible()
    assert [step.text() for step in bar.steps] == ["training · net", "classifier · stage"]
    QTest.keyClick(nested, Qt.Key.Key_Up, ALT)
    assert (tabs.name, tabs.canvas.selected()) == ("classifier", ["stage"])
    assert [step.text() for step in tabs.currentWidget().bar.steps] == ["training · net"]
    QTest.mouseClick(tabs.currentWidget().bar.steps[0], LEFT)
    assert (tabs.name, tabs.canvas.selected()) == ("training", ["net"])
    assert not tabs.currentWidget().bar.isVisible()


def test_a_network_that_one_came_to_by_its_tab_says_where_it_is_placed(nested):
    tabs = nested.workbench.tabs
    show(nested, "block")
    bar = tabs.currentWidget().bar
    assert [step.text() for step in bar.steps] == ["classifier · stage"]
    assert bar.all.text() == "2 places ▾"
    bar.all.menu().actions()[1].trigger()
    assert (tabs.name, tabs.canvas.selected()) == ("classifier", ["stem"])


def test_the_places_follow_the_project(nested):
    tabs, document = nested.workbench.tabs, nested.workbench.document
    show(nested, "block")
    tabs.canvas_of("classifier").select(["stem"])
    tabs.canvas_of("classifier").delete_selection()
    assert not tabs.currentWidget().bar.all.isVisible()
    document.undo()
    assert tabs.currentWidget().bar.all.isVisible()


def test_edits_inside_are_made_in_place_and_undone_in_one_step(nested):
    tabs = nested.workbench.tabs
    QTest.mouseDClick(tabs.canvas.viewport(), LEFT, pos=spot(nested, "stem"))
    before = project(nested)
    tabs.canvas.select(["relu1"])
    QTest.keyClick(tabs.canvas, Qt.Key.Key_Delete)
    assert "relu1" not in project(nested).graphs["block"].nodes
    nested.workbench.document.undo()
    assert project(nested) == before


# -- grouping by the menu and its keys


def test_group_by_keys_rename_and_ungroup_by_keys(nested, answer, qtbot):
    tabs = nested.workbench.tabs
    before = project(nested)
    tabs.canvas.select(["flatten1", "linear1"])
    QTest.keyClick(nested, Qt.Key.Key_G, CONTROL)
    assert tabs.name == "classifier"
    (made,) = tabs.canvas.selected()
    network = project(nested).graphs["classifier"].nodes[made].params["network"]
    assert set(project(nested).graphs[network].nodes) == {"x", "flatten1", "linear1", "y"}

    def rename(box) -> None:
        box.setTextValue("head")
        box.accept()

    answer(rename)
    QTest.keyClick(nested, Qt.Key.Key_F2, SHIFT)
    assert "head" in project(nested).graphs
    assert tabs.name == "classifier"
    assert project(nested).graphs["classifier"].nodes[made].params["network"] == "head"
    nested.activateWindow()
    qtbot.waitUntil(nested.isActiveWindow)  # the box had the keyboard
    tabs.canvas.select([made])
    QTest.keyClick(nested, Qt.Key.Key_G, CONTROL | SHIFT)
    assert set(project(nested).graphs) == set(before.graphs)
    assert project(nested).graphs["classifier"].links == before.graphs["classifier"].links
    for _ in range(3):
        nested.workbench.document.undo()
    assert project(nested) == before


def menu_of(window: Window, pos: QPoint) -> QMenu:
    """The menu that the right button opens there."""
    canvas = window.workbench.tabs.canvas
    QTest.mouseClick(canvas.viewport(), RIGHT, pos=pos)
    QApplication.sendEvent(
        canvas.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pos, canvas.viewport().mapToGlobal(pos))
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_the_right_button_selects_and_offers_the_usual_commands(nested):
    canvas = nested.workbench.tabs.canvas
    menu = menu_of(nested, spot(nested, "stem"))
    assert canvas.selected() == ["stem"]
    offered = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
    assert offered == [
        "Open the selected network",
        "Open the selected network beside",
        "Rename the selected network…",
        "Ungroup",
        "Rename…",
        "Replace by another block…",
        "Link to or from…",
        "Group into a network",
        "Frame selection",
        "Fold or unfold",
        "Bypass",
        "Bookmark",
        "Select more",
        "Align",
        "Cut",
        "Copy",
        "Duplicate",
        "Duplicate with its links",
        "Delete",
        "Delete without healing",
    ]
    next(action for action in menu.actions() if action.objectName() == "bypass").trigger()
    menu.close()
    assert project(nested).graphs["classifier"].nodes["stem"].bypassed


def test_the_menu_key_opens_the_menu_of_what_is_selected(nested):
    canvas = nested.workbench.tabs.canvas
    canvas.select(["linear1"])
    at = QPoint(1, 1)  # where Qt says that the keyboard's menu is to be matters little
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, canvas.viewport().mapToGlobal(at))
    QApplication.sendEvent(canvas.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    menu.close()
    assert names[:7] == ["rename", "replace", "link", "group", "frame", "fold", "bypass"]
    assert canvas.selected() == ["linear1"]


def test_a_network_is_not_offered_a_place_in_itself(nested):
    show(nested, "block")
    nested.workbench.tabs.canvas.add_block("Network")
    box = nested.workbench.inspector.form.fields["network"].editor
    assert box.findData("block") < 0


def test_a_node_that_places_nothing_is_not_offered_an_inside(nested):
    canvas = nested.workbench.tabs.canvas
    canvas.select(["flatten1", "linear1"])
    menu = menu_of(nested, spot(nested, "linear1"))
    assert canvas.selected() == ["flatten1", "linear1"]  # the press was on one of them
    names = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    menu.close()
    assert names[:6] == ["rename", "replace", "group", "frame", "fold", "bypass"]
    menu = menu_of(nested, QPoint(4, nested.workbench.tabs.canvas.viewport().height() - 4))
    names = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    menu.close()
    assert names[0] == "add_block"
    assert "leave" in names


# -- what a placement shows


def test_a_placement_shows_name_arguments_repeat_and_sharing(nested):
    items = nested.workbench.tabs.canvas.graph_scene.nodes
    assert items["stage"].look.brief == "block, scale 3"
    assert items["stage"].look.badges == ("× 12",)
    assert items["stage"].look.signs == ("shared",)
    assert items["stem"].look.brief == "block"
    assert items["stem"].look.badges == items["stem"].look.signs == ()


# -- arguments


def test_arguments_of_a_network_are_added_renamed_changed_and_removed(nested):
    show(nested, "block")
    editor = nested.workbench.inspector.arguments
    assert editor.isVisible()
    before = project(nested)
    assert list(editor.rows) == ["channels", "scale", ""]
    type_into(editor.rows[""].name, "depth")
    assert project(nested).graphs["block"].arguments["depth"] == 1
    type_into(editor.rows["depth"].default, "=3", Qt.Key.Key_Return)
    assert editor.message.text() == 'Depth has to be a number, true or false, or a word, not "=3".'
    type_into(editor.rows["depth"].default, "0.5")
    assert project(nested).graphs["block"].arguments["depth"] == 0.5
    type_into(editor.rows["channels"].name, "scale")
    assert editor.message.text() == "There is an argument scale already."
    QTest.keyClick(editor.rows["channels"].name, Qt.Key.Key_Escape)
    assert editor.rows["channels"].name.text() == "channels"
    type_into(editor.rows["channels"].name, "width")
    assert project(nested).graphs["block"].nodes["conv1"].params["out_channels"] == "=width"
    type_into(editor.rows["scale"].name, "size")
    assert project(nested).graphs["classifier"].nodes["stage"].params["arguments"] == Map({"size": 3})
    QTest.mouseClick(editor.rows["width"].remove, LEFT)
    assert project(nested).graphs["block"].nodes["conv1"].params["out_channels"] == 16
    for _ in range(5):
        nested.workbench.document.undo()
    assert project(nested) == before
    assert list(editor.rows) == ["channels", "scale", ""]


def test_the_canvas_stays_as_it_was_when_arguments_change(nested):
    show(nested, "block")
    canvas = nested.workbench.tabs.canvas
    canvas.zoom(1.5)
    zoom = canvas.zoom_level
    type_into(nested.workbench.inspector.arguments.rows["scale"].default, "7")
    assert nested.workbench.tabs.canvas is canvas
    assert canvas.zoom_level == zoom


def test_a_placement_has_a_row_for_each_argument_of_its_network(nested):
    nested.workbench.tabs.canvas.select(["stage"])
    field = nested.workbench.inspector.form.fields["arguments"]
    assert list(field.rows) == ["channels", "scale"]
    channels, scale = field.rows["channels"], field.rows["scale"]
    assert (channels.line.text(), channels.line.placeholderText()) == ("", "16")
    assert (scale.line.text(), scale.reset.isVisible()) == ("3", True)

    def given() -> Map:
        return project(nested).graphs["classifier"].nodes["stage"].params.get("arguments", Map())

    QTest.keyClicks(channels.line, "=width * 2")
    assert channels.computed.text() == "= 16"
    QTest.keyClick(channels.line, Qt.Key.Key_Return)
    assert given() == Map({"channels": "=width * 2", "scale": 3})
    type_into(channels.line, "=wide", Qt.Key.Key_Return)
    assert field.message.text() == "Channels: there is no argument wide; this graph has width."
    assert given()["channels"] == "=width * 2"
    type_into(channels.line, "=width")
    assert given()["channels"] == "=width"
    QTest.mouseClick(scale.reset, LEFT)
    assert given() == Map({"channels": "=width"})
    type_into(channels.line, "")
    assert given() == Map()
    nested.workbench.document.undo()
    assert field.rows["channels"].line.text() == "=width"


def test_a_network_without_arguments_asks_for_none(nested):
    editor = nested.workbench.inspector.arguments
    for name in ("channels", "scale"):
        show(nested, "block")
        QTest.mouseClick(editor.rows[name].remove, LEFT)
    show(nested, "classifier")
    nested.workbench.tabs.canvas.select(["stem"])
    assert list(nested.workbench.inspector.form.fields) == ["network", "repeat", "weights"]


def test_the_menu_of_a_parameter_takes_it_back_to_its_default(nested):
    bench = nested.workbench
    bench.tabs.canvas.select(["stage"])
    field = bench.inspector.form.fields["weights"]
    field.editor.customContextMenuRequested.emit(QPoint(4, 4))
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == ["Reset to own", "Write an expression"]
    menu.actions()[0].trigger()
    menu.close()
    assert "weights" not in project(nested).graphs["classifier"].nodes["stage"].params
    assert bench.tabs.canvas.graph_scene.nodes["stage"].look.badges == ("× 12",)


def test_in_a_training_graph_a_placement_has_only_its_network(nested):
    nested.workbench.tabs.show_node("training", "net")
    assert list(nested.workbench.inspector.form.fields) == ["network"]


def test_a_number_takes_an_expression_and_shows_what_it_comes_to(nested):
    show(nested, "block")
    nested.workbench.tabs.canvas.select(["conv1"])
    field = nested.workbench.inspector.form.fields["out_channels"]
    assert (field.editor.text(), field.computed.text()) == ("=channels", "= 16")
    for text, wrong in (
        ("=chanels", "Out channels: there is no argument chanels; this graph has channels, scale."),
        ("=channels *", "Out channels: 'channels *' can't be read as an expression."),
        ("=channels - 99", "Out channels must be 1 to 65536, is -83."),
    ):
        type_into(field.editor, text)
        assert field.message.text() == wrong
        assert project(nested).graphs["block"].nodes["conv1"].params["out_channels"] == "=channels"
    type_into(field.editor, "=channels * 2")
    assert project(nested).graphs["block"].nodes["conv1"].params["out_channels"] == "=channels * 2"
    assert field.computed.text() == "= 32"
    assert field.computed.isVisible()
    nested.workbench.document.undo()
    assert field.computed.text() == "= 16"


def test_a_choice_takes_an_expression_where_one_asks_for_it(nested):
    show(nested, "block")
    nested.workbench.tabs.canvas.select(["conv1"])
    form = nested.workbench.inspector.form
    form.more.setChecked(True)
    form.write_expression("bias")
    field = form.fields["bias"]
    assert field.editor.text() == "="
    type_into(field.editor, "=scale")
    assert field.message.text() == "Bias: expected true or false, got 2."
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)


# -- names


def test_a_node_gets_another_name_and_stays_selected(nested):
    bench = nested.workbench
    bench.tabs.canvas.select(["stage"])
    head = bench.inspector.head
    type_into(head.id, "stem")
    assert head.message.text() == "There is already something named stem."
    type_into(head.id, "Stage two")
    nodes = project(nested).graphs["classifier"].nodes
    assert "stage_two" in nodes
    assert "stage" not in nodes
    assert bench.tabs.canvas.selected() == ["stage_two"]
    assert head.id.text() == "stage_two"
    bench.document.undo()
    assert "stage" in project(nested).graphs["classifier"].nodes


def test_an_inputs_new_name_reaches_the_placements_and_a_losss_the_settings(nested):
    bench = nested.workbench
    from netbuilder.graph import edits

    bench.document.apply(edits.set_settings(project(nested), "training", {"best": "loss"}))
    bench.tabs.show_node("block", "x")
    type_into(bench.inspector.head.id, "feature")
    targets = {end.port for end in project(nested).graphs["classifier"].links if end.node in ("stem", "stage")}
    assert targets == {"feature"}
    bench.tabs.show_node("training", "loss")
    type_into(bench.inspector.head.id, "error")
    assert project(nested).settings["training"]["best"] == "error"
    bench.document.undo()
    assert project(nested).settings["training"]["best"] == "loss"


# -- networks by name


def test_the_inspector_opens_and_renames_what_a_placement_names(nested, answer):
    bench = nested.workbench
    bench.tabs.canvas.select(["stem"])
    field = bench.inspector.form.fields["network"]
    QTest.mouseClick(field.open, LEFT)
    assert bench.tabs.name == "block"
    assert [step.text() for step in bench.tabs.currentWidget().bar.steps] == ["classifier · stem"]
    QTest.keyClick(nested, Qt.Key.Key_Up, ALT)

    def rename(box) -> None:
        box.setTextValue("cell")
        box.accept()

    answer(rename)
    QTest.mouseClick(bench.inspector.form.fields["network"].rename, LEFT)
    assert project(nested).graphs["classifier"].nodes["stem"].params["network"] == "cell"


def test_an_optimizer_names_networks_with_numbers_of_their_own(nested):
    bench = nested.workbench
    bench.tabs.show_node("training", "optimizer")
    form = bench.inspector.form
    field = form.fields["networks"]

    def held() -> Map:
        return project(nested).graphs["training"].nodes["optimizer"].params.get("networks", Map())

    assert list(field.rows) == ["block", "classifier"]
    assert not field.rows["classifier"].lines["lr"].isVisible()
    QTest.mouseClick(field.rows["classifier"].box, LEFT, pos=QPoint(8, field.rows["classifier"].box.height() // 2))
    assert held() == Map({"classifier": Map()})
    rate = field.rows["classifier"].lines["lr"]
    type_into(rate, "-1")
    assert field.message.text() == "Networks: lr must be at least 0, is -1." or "lr" in field.message.text()
    assert held() == Map({"classifier": Map()})
    type_into(rate, "0.01")
    assert held() == Map({"classifier": Map({"lr": 0.01})})
    type_into(rate, "")
    assert held() == Map({"classifier": Map()})
    bench.document.undo()
    assert rate.text() == "0.01"


def test_an_optimizers_form_has_groups_and_rare_ones_wait(nested):
    bench = nested.workbench
    bench.tabs.show_node("training", "optimizer")
    form = bench.inspector.form
    form.more.setChecked(False)
    QApplication.processEvents()
    shown = [name for name, field in form.fields.items() if field.isVisible()]
    assert shown[:4] == ["algorithm", "lr", "weight_decay", "networks"]
    assert not form.fields["clip_norm"].isVisible()
    assert not form.headings["Gradients"].isVisible()
    form.more.click()
    assert form.fields["clip_norm"].isVisible()
    assert form.headings["Gradients"].isVisible()
    for field in form.fields.values():
        assert field.editor.accessibleName()


def test_an_optimizers_help_is_about_the_algorithm_that_is_chosen(nested):
    bench = nested.workbench
    bench.tabs.show_node("training", "optimizer")
    assert "amsgrad" in bench.inspector.help.text
    for word in ("ns_coefficients", "nesterov", "T_0"):
        assert word not in bench.inspector.help.text
    box = bench.inspector.form.fields["algorithm"].editor
    box.setCurrentIndex(box.findData("Muon"))
    box.activated.emit(box.currentIndex())
    assert "ns_coefficients" in bench.inspector.help.text
    assert "amsgrad" not in bench.inspector.help.text


def test_steps_of_inputs_and_outputs_show_only_in_recurrent_networks(nested):
    bench = nested.workbench
    bench.tabs.show_node("block", "x")
    assert "steps" not in bench.inspector.form.fields
    bench.tabs.canvas.add_block("Delay")
    bench.tabs.show_node("block", "x")
    assert "steps" in bench.inspector.form.fields


# -- data fill in blank Inputs


def test_linking_data_fills_a_blank_input_in_as_part_of_the_same_step(nested, qtbot):
    from netbuilder.graph import edits
    from netbuilder.graph.change import join

    bench = nested.workbench
    before = project(nested)
    blank = edits.set_params(before, "classifier", "image", {"shape": edits.DEFAULT})
    bench.document.apply(blank)
    off = edits.disconnect(project(nested), "training", next(iter(before.graphs["training"].links)))
    bench.document.apply(join("Unlink", [off]))
    for end in [end for end in project(nested).graphs["training"].links if end.node == "net"]:
        bench.document.apply(edits.disconnect(project(nested), "training", end))
    unlinked = project(nested)
    show(nested, "training")
    canvas = bench.tabs.canvas
    start = canvas.mapFromScene(canvas.port_pos("data", "image", False))
    end = canvas.mapFromScene(canvas.port_pos("net", "image", True))
    QTest.mousePress(canvas.viewport(), LEFT, pos=start)
    for part in (0.2, 0.6, 1.0):
        QTest.mouseMove(canvas.viewport(), start + (end - start) * part)
        QApplication.processEvents()
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=end)
    assert project(nested).graphs["classifier"].nodes["image"].params["shape"] == "N 1 8 8"
    assert "was blank" in nested.status_bar.currentMessage()
    bench.document.undo()
    assert project(nested) == unlinked


def test_a_run_can_start_from_the_weights_of_another(nested, qtbot, tmp_path):
    bench = nested.workbench
    show(nested, "training")
    bench.tabs.canvas.select([])
    field = bench.inspector.settings.fields["start_from"]
    folder = tmp_path / "runs" / "2026-01-31T10-15-00Z-nested-1"
    bench.inspector.settings.scope.runs = lambda: [(str(folder), folder.name)]
    menu = field.choose.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if not action.isSeparator()] == [
        "Random weights",
        folder.name,
        "Another folder…",
    ]
    assert menu.actions()[0].isChecked()
    menu.actions()[1].trigger()
    assert project(nested).settings["training"]["start_from"] == str(folder)
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert "start_from" not in project(nested).settings.get("training", Map())


def test_run_settings_take_no_expressions(nested):
    bench = nested.workbench
    show(nested, "training")
    bench.tabs.canvas.select([])
    field = bench.inspector.settings.fields["epochs"]
    type_into(field.editor, "=digits.classes")
    assert field.message.text() == 'Epochs: expected int, got "=digits.classes".'
    assert "training" not in project(nested).settings
