"""The window as a person uses it: mouse and keys on the real thing, without an engine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QInputDialog,
    QLabel,
    QMainWindow,
    QMessageBox,
    QWidget,
)

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem, Repair
from netbuilder.graph import edits
from netbuilder.graph.file import load, save
from netbuilder.graph.model import Input
from netbuilder.resources import templates
from netbuilder.ui.docks import DockRoom, TitleBar
from netbuilder.ui.palette.popup import SearchPopup
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.text import frame_title
from netbuilder.ui.train_commands import training_graph
from netbuilder.ui.window import Window
from tests.ui.conftest import small_project

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def press(button: QMessageBox.StandardButton):
    return lambda box: QTest.mouseClick(box.button(button), LEFT)


def nodes(window: Window, graph: str = "classifier") -> set[str]:
    return set(window.workbench.document.project.graphs[graph].nodes)


def add_block(window: Window) -> None:
    window.workbench.palette_panel.search.setText("Dropout")
    QTest.keyClick(window.workbench.palette_panel.search, Qt.Key.Key_Return)


# -- welcome and files


def test_the_welcome_page_has_a_card_for_each_preset_and_a_click_opens_it(window, qtbot):
    cards = {card.accessibleName(): card for card in window.welcome.presets}
    assert len(cards) == len(templates())
    assert all(card.accessibleDescription() for card in cards.values())
    QTest.mouseClick(window.welcome.presets[0], LEFT)
    qtbot.waitUntil(lambda: window.workbench is not None)
    assert window.welcome is None
    assert window.files.opened.path is None  # a copy of the preset, not its file
    assert not window.files.opened.document.modified


def test_a_preset_opens_by_keyboard_too(window, qtbot):
    window.welcome.presets[0].setFocus()
    QTest.keyClick(window.welcome.presets[0], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.workbench is not None)


def test_recent_projects_are_on_the_welcome_page_and_in_the_menu(opened, qtbot, tmp_path):
    opened.close_project()
    assert [card.path for card in opened.welcome.recent] == [tmp_path / "small.netbuilder"]
    opened.menus.recent.aboutToShow.emit()
    assert [action.text() for action in opened.menus.recent.actions()] == [str(tmp_path / "small.netbuilder")]
    QTest.mouseClick(opened.welcome.recent[0], LEFT)
    qtbot.waitUntil(lambda: opened.workbench is not None)
    assert opened.files.opened.path == tmp_path / "small.netbuilder"


def test_a_new_project_is_one_empty_network(window):
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    assert window.workbench.graph == "network"
    assert nodes(window, "network") == set()
    assert window.windowTitle().startswith("Untitled")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be opened"),
        (b"\x00\xff\xfe", "cannot be opened"),
        (b'{"netbuilder": 1, "graphs": {"<b>x</b>": 17}}', "cannot be opened"),
        (b"[" * 1000, "cannot be opened"),
    ],
)
def test_a_file_that_is_none_gives_one_sentence_and_leaves_what_is_open(opened, answer, tmp_path, content, words):
    bad = tmp_path / "bad <b>file.netbuilder"
    bad.write_bytes(content)
    before = opened.files.opened
    boxes = []
    answer(lambda box: (boxes.append((box.text(), box.textFormat())), box.close()))
    opened.files.open(bad)
    assert words in boxes[0][0]
    assert "Traceback" not in boxes[0][0]
    assert boxes[0][1] == Qt.TextFormat.PlainText
    assert opened.files.opened is before


def test_a_file_that_is_gone_gives_one_sentence(window, answer, tmp_path):
    texts = answer(lambda box: box.close())
    window.files.open(tmp_path / "never.netbuilder")
    assert "never.netbuilder" in texts[0]
    assert window.workbench is None


def test_saving_writes_the_file_and_takes_the_mark_off_the_title(opened, tmp_path):
    add_block(opened)
    assert opened.isWindowModified()
    QTest.keyClick(opened, Qt.Key.Key_S, CONTROL)
    assert not opened.isWindowModified()
    assert load(tmp_path / "small.netbuilder") == opened.workbench.document.project


def test_save_as_asks_where_and_goes_on_there(opened, tmp_path):
    target = tmp_path / "other place.netbuilder"
    opened.dialogs.save_path = lambda suggestion: target
    bench = opened.workbench
    opened.save_project_as()
    assert opened.files.opened.path == target
    assert opened.workbench is bench
    assert bench.path == target
    assert opened.windowTitle().startswith("other place")
    assert opened._preferences.recent[0] == target


def test_a_place_that_cannot_be_written_gives_one_sentence(opened, answer, tmp_path):
    texts = answer(lambda box: box.close())
    opened.dialogs.save_path = lambda suggestion: tmp_path / "no" / "such" / "folder.netbuilder"
    opened.save_project_as()
    assert "cannot be written" in texts[0]
    assert opened.files.opened.path == tmp_path / "small.netbuilder"


@pytest.mark.parametrize(
    ("button", "closed", "saved"),
    [
        (QMessageBox.StandardButton.Save, True, True),
        (QMessageBox.StandardButton.Discard, True, False),
        (QMessageBox.StandardButton.Cancel, False, False),
    ],
)
def test_unsaved_changes_are_asked_about(opened, answer, tmp_path, button, closed, saved):
    add_block(opened)
    texts = answer(press(button))
    QTest.keyClick(opened, Qt.Key.Key_W, CONTROL)
    assert "Save the changes to “small”" in texts[0]
    assert (opened.workbench is None) is closed
    assert ("dropout1" in load(tmp_path / "small.netbuilder").graphs["classifier"].nodes) is saved


def test_closing_the_window_asks_too_and_cancel_keeps_it(opened, answer):
    add_block(opened)
    answer(press(QMessageBox.StandardButton.Cancel))
    opened.close()
    assert opened.isVisible()


def test_unchanged_projects_close_without_a_question(opened):
    opened.close_project()
    assert opened.workbench is None
    assert opened.welcome is not None


# -- editing


def test_palette_undo_and_redo(opened, qtbot):
    before = nodes(opened)
    add_block(opened)
    (added,) = nodes(opened) - before
    assert opened.actions_table["undo"].text().startswith("&Undo Add Dropout")
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert nodes(opened) == before
    assert opened.actions_table["redo"].text().startswith("&Redo Add Dropout")
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert added in nodes(opened)


def test_the_search_popup_adds_at_the_cursor(opened, qtbot):
    canvas = opened.workbench.tabs.canvas
    before = nodes(opened)
    canvas.search_wanted.emit(canvas.mapToScene(QPoint(60, 200)), canvas.viewport().mapToGlobal(QPoint(60, 200)))
    popup = opened.workbench.findChild(SearchPopup)
    QTest.keyClicks(popup.field, "gelu")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    (added,) = nodes(opened) - before
    assert opened.workbench.document.project.graphs["classifier"].nodes[added].block == "GELU"


def test_copy_paste_duplicate_delete_reach_the_canvas(opened):
    canvas = opened.workbench.tabs.canvas
    before = nodes(opened)
    canvas.setFocus()
    canvas.select(["conv1"])
    assert opened.actions_table["copy"].isEnabled()
    QTest.keyClick(opened, Qt.Key.Key_C, CONTROL)
    QTest.keyClick(opened, Qt.Key.Key_V, CONTROL)
    QTest.keyClick(opened, Qt.Key.Key_D, CONTROL)
    assert len(nodes(opened)) == len(before) + 2
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(nodes(opened)) == len(before) + 1
    canvas.select([])
    assert not opened.actions_table["copy"].isEnabled()


def test_frame_and_bypass_reach_the_canvas(opened):
    opened.workbench.tabs.canvas.select(["conv1"])
    opened.workbench.tabs.canvas.setFocus()
    QTest.keyClick(opened, Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert len(opened.workbench.document.project.graphs["classifier"].frames) == 2
    opened.workbench.tabs.canvas.select(["conv1"])
    opened.actions_table["bypass"].trigger()
    assert opened.workbench.document.project.graphs["classifier"].nodes["conv1"].bypassed


def test_select_all_fit_and_zoom(opened):
    canvas = opened.workbench.tabs.canvas
    QTest.keyClick(opened, Qt.Key.Key_A, CONTROL)
    assert set(canvas.selected()) == nodes(opened)
    QTest.keyClick(opened, Qt.Key.Key_0, CONTROL)
    scale = canvas.transform().m11()
    opened.actions_table["zoom_out"].trigger()
    assert canvas.transform().m11() < scale


def test_keys_in_a_field_stay_there(opened, qtbot):
    search = opened.workbench.palette_panel.search
    opened.activateWindow()
    search.setFocus()
    QTest.keyClicks(search, "conv")
    before = nodes(opened)
    opened.workbench.tabs.canvas.select(["conv1"])
    search.selectAll()
    QTest.keyClick(search, Qt.Key.Key_Delete)
    assert search.text() == ""
    assert nodes(opened) == before


# -- inspector


def test_an_edit_in_the_inspector_is_one_change(opened):
    bench = opened.workbench
    bench.tabs.canvas.select(["conv1"])
    field = bench.inspector.form.fields["out_channels"]
    assert field.editor.text() == "4"
    revision = bench.document.revision
    field.editor.selectAll()
    QTest.keyClicks(field.editor, "16")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert bench.document.revision == revision + 1
    assert bench.document.project.graphs["classifier"].nodes["conv1"].params["out_channels"] == 16
    bench.document.undo()
    assert field.editor.text() == "4"


def test_a_default_value_is_not_written_into_the_project(opened, catalogue):
    bench = opened.workbench
    bench.tabs.canvas.select(["conv1"])
    field = bench.inspector.form.fields["padding"]
    default = next(param.default for param in catalogue["Conv2d"].params if param.name == "padding")
    field.editor.selectAll()
    QTest.keyClicks(field.editor, str(default))
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert "padding" not in bench.document.project.graphs["classifier"].nodes["conv1"].params


def test_the_title_can_be_changed_and_taken_back(opened):
    bench = opened.workbench
    bench.tabs.canvas.select(["conv1"])
    QTest.keyClicks(bench.inspector.title, "Edges & <corners>")
    QTest.keyClick(bench.inspector.title, Qt.Key.Key_Return)
    assert bench.document.project.graphs["classifier"].nodes["conv1"].title == "Edges & <corners>"
    bench.document.undo()
    assert bench.inspector.title.text() == ""


def test_choosing_another_node_keeps_what_was_being_typed(opened, qtbot):
    bench = opened.workbench
    bench.tabs.canvas.select(["conv1"])
    opened.activateWindow()
    field = bench.inspector.form.fields["out_channels"]
    field.editor.setFocus()
    qtbot.waitUntil(field.editor.hasFocus)
    field.editor.selectAll()
    QTest.keyClicks(field.editor, "9")
    bench.tabs.canvas.select(["linear1"])
    held = bench.document.project.graphs["classifier"].nodes
    assert held["conv1"].params["out_channels"] == 9
    assert held["linear1"].params["out_features"] == 10


def test_variants_bring_their_own_fields(opened):
    bench = opened.workbench
    bench.tabs.show_node("training", "optimizer")
    fields = set(bench.inspector.form.fields)
    box = bench.inspector.form.fields["algorithm"].editor
    box.setFocus()
    box.setCurrentIndex(box.findData("SGD"))
    box.activated.emit(box.currentIndex())
    assert "momentum" in set(bench.inspector.form.fields) - fields


def test_a_training_graph_shows_its_run_settings(opened):
    bench = opened.workbench
    bench.tabs.show_graph("training")
    bench.tabs.canvas.select([])
    field = bench.inspector.settings.fields["epochs"]
    assert field.isVisible()
    field.editor.selectAll()
    QTest.keyClicks(field.editor, "3")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert bench.document.project.settings["training"]["epochs"] == 3
    bench.document.undo()
    assert (
        "training" not in bench.document.project.settings or "epochs" not in bench.document.project.settings["training"]
    )


def test_an_unknown_block_is_explained(window, tmp_path, qtbot):
    project = small_project()
    graph = project.graphs["classifier"]
    odd = edits.add_node(project, "classifier", "Quantum<b>Flux</b>", (0, 300))
    from netbuilder.graph.change import apply

    path = tmp_path / "odd.netbuilder"
    save(apply(project, odd), path)
    window.files.open(path)
    (name,) = nodes(window) - set(graph.nodes)
    assert "there is no block 'Quantum<b>Flux</b>'" in window.status_bar.currentMessage()
    window.workbench.tabs.canvas.select([name])
    assert "has no block 'Quantum<b>Flux</b>'" in window.workbench.inspector.about.text()


# -- reports


def report(**facts: NodeFacts) -> GraphReport:
    return GraphReport(nodes=facts, parameters=2570, multiply_adds=12_345_678, activation_bytes=4096)


def give(window: Window, **reports: GraphReport) -> None:
    window.bridge._reports.update(reports)
    window.bridge.reported.emit(list(reports))


def test_a_report_reaches_inspector_status_bar_and_tabs(opened):
    bench = opened.workbench
    bench.tabs.canvas.select(["conv1"])
    facts = NodeFacts("ok", {"x": (Flow(("N", 1, 8, 8)),)}, {"y": Flow(("N", 4, 8, 8), "float64")}, 40, 2304, 1024)
    give(opened, classifier=report(conv1=facts))
    rows = dict(bench.inspector.shapes.rows)
    assert rows["x in"] == "N × 1 × 8 × 8"
    assert rows["y out"] == "N × 4 × 8 × 8  float64"
    assert dict(bench.inspector.cost.rows) == {
        "Parameters": "40",
        "Multiply-adds": "2.3 k a sample",
        "Memory": "1.0 KiB a sample",
    }
    assert opened.status_bar.totals.text() == "2,570 parameters   12.3 M multiply-adds a sample"


def test_a_problem_leads_to_its_node_and_its_repair_mends_it(opened):
    bench = opened.workbench
    bench.tabs.show_graph("training")
    change = edits.set_params(bench.document.project, "classifier", "conv1", {"out_channels": 8})
    problem = Problem("classifier", "conv1", "size", "conv1 is small.", "error", (Repair("Make it 8", change),))
    give(opened, classifier=GraphReport(problems=(problem,)))
    assert bench.docks["problems"].windowTitle() == "Problems (1)"
    QTest.mouseClick(bench.problems.rows[0], LEFT)
    assert bench.graph == "classifier"
    assert bench.tabs.canvas.selected() == ["conv1"]
    QTest.mouseClick(bench.problems.rows[0].buttons[0], LEFT)
    assert bench.document.project.graphs["classifier"].nodes["conv1"].params["out_channels"] == 8
    QTest.mouseClick(bench.problems.rows[0].buttons[0], LEFT)  # found for what is no more
    assert "no longer fits" in opened.status_bar.currentMessage()


def test_undo_shows_the_graph_that_it_changes(opened):
    bench = opened.workbench
    add_block(opened)
    assert bench.graph == "classifier"
    bench.tabs.show_graph("training")
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    assert "dropout1" not in nodes(opened)
    assert bench.graph == "classifier"
    bench.tabs.show_graph("training")
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert "dropout1" in nodes(opened)
    assert bench.graph == "classifier"


def test_a_repair_from_the_list_makes_room_on_a_canvas_that_is_not_shown(opened):
    bench = opened.workbench
    bench.tabs.show_graph("training")
    change = edits.insert_on_link(bench.document.project, "classifier", Input("linear1", "x"), "ReLU", "x", "y")
    problem = Problem("classifier", "linear1", "stacked", "Nothing between them.", "error", (Repair("Insert", change),))
    give(opened, classifier=GraphReport(problems=(problem,)))
    QTest.mouseClick(bench.problems.rows[0].buttons[0], LEFT)
    canvas = bench.tabs.canvas_of("classifier")
    rects = [canvas.node_rect(id) for id in nodes(opened)]
    assert len(rects) == 6
    assert not any(a.intersects(b) for at, a in enumerate(rects) for b in rects[:at])


def test_the_code_view_follows_the_selection_and_leads_it(opened, qtbot):
    bench = opened.workbench
    bench.show_dock("code")
    bench.code.show_code("a\nb\nc\n", {"classifier": {"conv1": (2, 2)}, "training": {"loss": (3, 3)}})
    bench.tabs.canvas.select(["conv1"])
    assert [mark.cursor.blockNumber() for mark in bench.code.extraSelections()] == [1]
    bench.code.node_clicked.emit("training", "loss")
    assert bench.graph == "training"
    assert bench.tabs.canvas.selected() == ["loss"]


# -- graphs


def tab_names(window: Window) -> list[str]:
    return [window.workbench.tabs.tabText(at) for at in range(window.workbench.tabs.count())]


def test_tabs_are_the_project_s_graphs(opened):
    assert tab_names(opened) == ["classifier", "training"]
    bar = opened.workbench.tabs.tabBar()
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert opened.workbench.graph == "training"
    assert opened.windowTitle().startswith("small")


def test_a_graph_can_be_added_and_taken_back(opened):
    opened.actions_table["add_preview"].trigger()
    assert tab_names(opened) == ["classifier", "training", "preview"]
    assert opened.workbench.graph == "preview"
    opened.undo()
    assert tab_names(opened) == ["classifier", "training"]


def type_name(name: str):
    def typed(box: QWidget) -> None:
        assert isinstance(box, QInputDialog)
        box.setTextValue(name)
        box.accept()

    return typed


def test_a_graph_can_be_renamed_and_what_places_it_follows(opened, answer):
    answer(type_name("digit reader"))
    QTest.keyClick(opened, Qt.Key.Key_F2)
    assert tab_names(opened) == ["digit_reader", "training"]
    project = opened.workbench.document.project
    assert project.graphs["training"].nodes["net"].params["network"] == "digit_reader"
    opened.undo()
    assert tab_names(opened) == ["classifier", "training"]
    assert opened.workbench.document.project == small_project()


def test_a_name_that_is_taken_is_refused_in_a_sentence(opened, answer, qtbot):
    texts: list[str] = []

    def then(box: QWidget) -> None:
        texts.extend(answer(lambda error: (texts.append(error.text()), error.close())))
        type_name("training")(box)

    answer(then)
    opened.rename_graph()
    assert any("a graph “training” already" in text for text in texts)
    assert tab_names(opened) == ["classifier", "training"]


def test_a_graph_can_be_removed_after_a_question(opened, answer):
    answer(lambda box: QTest.mouseClick(box.buttons()[0], LEFT) if box.buttons()[0].text() == "Remove" else box.close())
    opened.actions_table["remove_graph"].trigger()
    assert tab_names(opened) == ["training"]
    opened.undo()
    assert opened.workbench.document.project == small_project()


def test_graphs_change_by_keys(opened):
    QTest.keyClick(opened, Qt.Key.Key_PageDown, CONTROL)
    assert opened.workbench.graph == "training"
    QTest.keyClick(opened, Qt.Key.Key_PageUp, CONTROL)
    assert opened.workbench.graph == "classifier"


def test_a_tab_that_was_never_shown_costs_no_canvas(opened):
    assert opened.workbench.tabs._page(1).made is None
    opened.workbench.tabs.show_graph("training")
    assert opened.workbench.tabs._page(1).made is not None


# -- training


def test_which_graph_is_trained(project):
    assert training_graph(project, "classifier") == "training"
    assert training_graph(project, "training") == "training"
    assert training_graph(small_project().__class__(), "") == ""


def test_train_makes_a_run_and_shows_it(opened, monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr("netbuilder.training.client.start", started.append)
    QTest.mouseClick(opened.train_button, LEFT)
    (run,) = started
    assert run.path.parent == tmp_path / "runs"
    assert opened.workbench.runs_panel().run.path == run.path
    opened.workbench.runs_panel().stop_polling()


def test_errors_are_shown_instead_of_a_run_that_would_fail(opened, monkeypatch):
    monkeypatch.setattr("netbuilder.training.client.start", lambda run: pytest.fail("it was started"))
    give(opened, classifier=GraphReport(problems=(Problem("classifier", "conv1", "r", "Wrong."),)))
    QTest.mouseClick(opened.train_button, LEFT)
    assert "1 error mended first" in opened.status_bar.currentMessage()


def test_without_a_training_graph_there_is_no_train_button(window):
    window.new_project()
    assert not window.train_button.isEnabled()
    window.add_training()
    assert window.train_button.isEnabled()


@pytest.fixture
def going_run(tmp_path):
    """A run of the small project whose processes are alive, as far as its directory and its locks tell."""
    from netbuilder.training.run import create
    from netbuilder.training.settings import resolve

    return create(small_project(), "training", resolve({}), tmp_path / "runs", source=tmp_path / "small.netbuilder")


def test_a_run_that_is_still_going_on_is_found_when_its_project_opens(opened, going_run, qtbot):
    opened.workbench.look_for_runs()
    bench = opened.workbench
    assert bench.runs_panel().run.path == going_run.path
    qtbot.waitUntil(lambda: not bench.docks["runs"].visibleRegion().isEmpty())
    assert "is still going on" in opened.status_bar.currentMessage()
    bench.runs_panel().stop_polling()


def test_panels_that_need_room_get_some_the_first_time_only(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QLabel("canvas"))
    docks = {name: QDockWidget(name, window) for name in ("small", "large")}
    for dock in docks.values():
        dock.setWidget(QLabel(dock.windowTitle()))
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.tabifyDockWidget(docks["small"], docks["large"])
    docks["small"].raise_()
    room = DockRoom(window, docks, {"large": (Qt.Orientation.Horizontal, 480)})
    window.resize(1500, 950)
    with qtbot.waitExposed(window):
        window.show()
    room.begin(shared=False)
    assert docks["large"].width() < 400
    docks["large"].raise_()
    qtbot.waitUntil(lambda: docks["large"].width() >= 480)
    window.resizeDocks([docks["large"]], [360], Qt.Orientation.Horizontal)
    docks["small"].raise_()
    QApplication.processEvents()
    docks["large"].raise_()
    QApplication.processEvents()
    assert docks["large"].width() < 400


def test_the_code_takes_no_room_from_the_canvas(opened, qtbot):
    bench = opened.workbench
    opened.resize(1500, 950)
    QApplication.processEvents()
    held = bench.docks["inspector"].width(), bench.tabs.width()
    bench.code.show_code("x = " + "1 + " * 200 + "1", {})
    bench.show_dock("code")
    qtbot.waitUntil(lambda: not bench.docks["code"].visibleRegion().isEmpty())
    QApplication.processEvents()
    assert (bench.docks["code"].width(), bench.tabs.width()) == held


def test_only_docks_that_stand_alone_have_a_title(opened):
    bench = opened.workbench
    assert isinstance(bench.docks["palette"].titleBarWidget(), TitleBar)
    for name in ("inspector", "code", "problems", "runs"):
        assert not isinstance(bench.docks[name].titleBarWidget(), TitleBar)
        assert bench.docks[name].titleBarWidget() is not None


def test_a_floating_dock_has_a_frame_and_the_one_that_stays_behind_a_title(opened, qtbot):
    bench = opened.workbench
    for name in ("code", "history"):
        bench.docks[name].setFloating(True)
    qtbot.waitUntil(lambda: isinstance(bench.docks["inspector"].titleBarWidget(), TitleBar))
    assert bench.docks["code"].titleBarWidget() is None
    for name in ("code", "history"):
        bench.docks[name].setFloating(False)
    bench.reset_docks()
    qtbot.waitUntil(lambda: not isinstance(bench.docks["inspector"].titleBarWidget(), TitleBar))


def test_the_runs_panel_is_made_when_it_is_first_seen(opened, qtbot):
    bench = opened.workbench
    QApplication.processEvents()
    assert bench.runs.made is None
    bench.show_dock("runs")
    qtbot.waitUntil(lambda: bench.runs.made is not None)
    bench.runs_panel().stop_polling()


# -- looks


def test_the_theme_follows_the_system_until_one_is_chosen(opened, qapp):
    """Qt tells when the desktop turns dark or light; offscreen it never does, so its signal is sent here."""
    turned = qapp.styleHints().colorSchemeChanged
    assert opened.actions_table["system"].isChecked()
    assert opened.theme.name == "dark"
    turned.emit(Qt.ColorScheme.Light)
    assert opened.theme.name == "light"
    assert qapp.palette().window().color() == opened.theme.color("window")
    assert opened.workbench.tabs.canvas._style.ground == opened.theme.color("canvas.background")
    opened.actions_table["dark"].trigger()
    assert (opened.theme.name, opened._preferences.theme) == ("dark", "dark")
    turned.emit(Qt.ColorScheme.Dark)
    turned.emit(Qt.ColorScheme.Light)
    assert opened.theme.name == "dark"
    assert not opened.actions_table["system"].isChecked()
    opened.actions_table["system"].trigger()
    assert (opened.theme.name, opened._preferences.theme) == ("light", "system")


def test_the_theme_changes_while_a_project_is_open_and_is_remembered(opened, qapp):
    assert opened.theme.name == "dark"
    QTest.mouseClick(opened.theme_button, LEFT)
    assert opened.theme.name == "light"
    assert qapp.palette().window().color() == opened.theme.color("window")
    assert opened.actions_table["light"].isChecked()
    assert opened._preferences.theme == "light"
    opened.use_dark()
    assert opened.theme.name == "dark"


def test_the_panels_layout_is_remembered(opened, qapp, catalogue, tmp_path, qtbot):
    assert opened.workbench.docks["palette"].isVisible()
    opened.workbench.docks["palette"].close()
    opened.close()
    again = Window(qapp, catalogue, Preferences(tmp_path / "config" / "window.ini"))
    again.painted.disconnect(again._begin_later)
    again.files.open(tmp_path / "small.netbuilder")
    again.show()
    qtbot.waitExposed(again)
    assert not again.workbench.docks["palette"].isVisible()
    again.reset_docks()
    assert again.workbench.docks["palette"].isVisible()
    again.close()
    again.deleteLater()


def test_tab_goes_around(opened, qtbot):
    opened.activateWindow()
    opened.workbench.palette_panel.search.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is opened.workbench.palette_panel.search)
    QTest.keyClick(opened.workbench.palette_panel.search, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is opened.workbench.palette_panel.tree


def test_f6_goes_from_panel_to_panel_and_back_to_the_canvas(opened, qtbot):
    bench = opened.workbench
    opened.activateWindow()
    bench.tabs.canvas.select(["conv1"])
    bench.tabs.canvas.setFocus()
    qtbot.waitUntil(bench.tabs.canvas.hasFocus)
    QTest.keyClick(opened, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is bench.palette_panel.search
    QTest.keyClick(opened, Qt.Key.Key_F6)
    assert bench.inspector.isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(opened, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is bench.tabs.canvas  # the problems list has nothing to stop at


def test_the_shortcuts_page_and_about(opened, answer, qtbot):
    texts = answer(lambda box: box.close())
    opened.show_about()
    assert "netbuilder 0" in texts[0] or "netbuilder 1" in texts[0]
    opened.show_shortcuts()
    page = QApplication.activeModalWidget()
    assert page.windowTitle() == "Keyboard shortcuts"
    page.close()


def test_titles_of_odd_projects():
    assert frame_title("a\nb [*]\tc") == "a b [ * ] c"


def test_suggestions_are_switched_off_in_the_view_menu_and_stay_off(opened, preferences):
    action, canvas = opened.actions_table["suggestions"], opened.workbench.tabs.canvas
    canvas.add_block("Conv2d", QPointF(0, 600))
    canvas.fit_selection()
    assert canvas.chips.isVisible()
    assert action.isChecked()
    action.trigger()
    assert not canvas.chips.isVisible()
    assert not action.isChecked()
    assert preferences.choice("view/suggestions", ("on", "off")) == "off"
    action.trigger()
    assert canvas.chips.isVisible()
