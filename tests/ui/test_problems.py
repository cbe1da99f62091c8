"""The problems list: order, sentences, clicks, keys and repair buttons."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from netbuilder.compiler.report import GraphReport, Problem, Repair
from netbuilder.graph.change import Change
from netbuilder.ui.problems.list import MOST_ROWS
from netbuilder.ui.problems.panel import ProblemsPanel, ordered
from netbuilder.ui.problems.row import repair_text

INSERT = Repair("Insert Flatten", Change("Insert Flatten"), 0)
RESIZE = Repair("Set in to 64", Change("Resize"), -1280)
REPORTS = {
    "classifier": GraphReport(
        problems=(
            Problem("classifier", "conv10", "size", "conv10 gives 32 channels.", "warning"),
            Problem("classifier", "conv2", "size", "conv2 gives <b>32</b> channels.", "error", (INSERT, RESIZE)),
        )
    ),
    "training": GraphReport(problems=(Problem("training", "", "empty", "Nothing is trained here.", "hint"),)),
}


@pytest.fixture
def panel(qtbot, theme, icons):
    made = ProblemsPanel(theme, icons)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(panel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.text()]


def test_errors_come_first():
    assert [problem.node for problem in ordered(REPORTS)] == ["conv2", "conv10", ""]


def test_it_says_that_it_is_checking_and_that_all_is_well(panel):
    assert "Checking the project…" in texts(panel)
    panel.show_reports({"classifier": GraphReport()}, True)
    assert "No problems. The project can be trained." in texts(panel)


def test_without_a_training_graph_it_says_what_training_needs(panel):
    panel.show_reports({"classifier": GraphReport()}, False)
    assert "No problems. Before it can be trained, the project needs a training graph: add one with + above." in texts(
        panel
    )
    panel.show_reports({"classifier": GraphReport(), "training": GraphReport()}, True)
    assert "No problems. The project can be trained." in texts(panel)


def test_rows_say_what_and_where_in_plain_text(panel, qtbot):
    with qtbot.waitSignal(panel.counted) as counted:
        panel.show_reports(REPORTS, True)
    assert counted.args == [1, 1, 1]
    assert [row.problem.severity for row in panel.rows] == ["error", "warning", "hint"]
    assert "conv2 gives <b>32</b> channels." in texts(panel)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in panel.findChildren(QLabel))
    assert panel.rows[0].accessibleName() == "Error in conv2: conv2 gives <b>32</b> channels."


def test_a_click_and_enter_lead_to_the_node(panel, qtbot):
    panel.show_reports(REPORTS, True)
    visits = []
    panel.visited.connect(lambda graph, node: visits.append((graph, node)))
    QTest.mouseClick(panel.rows[0], Qt.MouseButton.LeftButton)
    QTest.keyClick(panel.rows[2], Qt.Key.Key_Return)
    assert visits == [("classifier", "conv2"), ("training", "")]


def test_repairs_are_buttons_that_say_what_they_cost(panel, qtbot):
    panel.show_reports(REPORTS, True)
    chosen = []
    panel.repair_chosen.connect(chosen.append)
    assert [button.text() for button in panel.rows[0].buttons] == [
        "Insert Flatten",
        "Set in to 64 (\N{MINUS SIGN}1,280 parameters)",
    ]
    QTest.mouseClick(panel.rows[0].buttons[1], Qt.MouseButton.LeftButton)
    assert chosen == [RESIZE]
    assert repair_text(Repair("Widen", Change("x"), 1280)) == "Widen (+1,280 parameters)"


def test_equal_problems_keep_their_rows(panel):
    panel.show_reports(REPORTS, True)
    rows = panel.rows
    panel.show_reports(dict(REPORTS), True)
    assert panel.rows == rows
    panel.show_reports({}, True)
    assert panel.rows == []


def test_thousands_do_not_make_thousands_of_widgets(panel, qtbot):
    many = tuple(Problem("g", f"n{number}", "r", "Something.") for number in range(5000))
    panel.show_reports({"g": GraphReport(problems=many)}, True)
    assert len(panel.rows) < MOST_ROWS, "most rows come later, in slices"
    assert [row.problem for row in panel.rows] == list(many[: len(panel.rows)])
    qtbot.waitUntil(lambda: len(panel.rows) == MOST_ROWS)
    QTest.qWait(0)
    assert len(panel.rows) == MOST_ROWS
    assert any(text.startswith("And 4900 more problems") for text in texts(panel))


def test_rows_are_used_again_for_other_problems(panel):
    """Another report comes while rows are still being made: what is shown then is of the newest alone."""
    many = tuple(Problem("g", f"n{number}", "r", "Something.") for number in range(50))
    panel.show_reports({"g": GraphReport(problems=many)}, True)
    panel.show_reports(REPORTS, True)
    panel.flush()
    assert [row.problem for row in panel.rows] == ordered(REPORTS)
    assert [len(row.buttons) for row in panel.rows] == [len(problem.repairs) for problem in ordered(REPORTS)]
    assert not any("Something." in label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    panel.show_reports({"g": GraphReport(problems=many)}, True)
    panel.flush()
    assert [row.problem for row in panel.rows] == list(many)
    assert [row.accessibleName() for row in panel.rows] == [f"Error in {problem.node}: Something." for problem in many]
    panel.show_reports({}, True)
    assert panel.rows == []


def test_another_theme_keeps_the_rows(panel, icons):
    from netbuilder.ui.icons import Icons
    from netbuilder.ui.theme import Theme

    panel.show_reports(REPORTS, True)
    light = Theme.load("light")
    panel.set_look(light, Icons(light))
    assert len(panel.rows) == 3


def test_many_repairs_go_on_in_the_next_row_and_none_is_cut_off(panel):
    repairs = tuple(Repair(f"Insert Conv2d ({n} filters) between a and b", Change("x"), n) for n in (1, 2, 3, 4))
    panel.show_reports(
        {"g": GraphReport(problems=(Problem("g", "add1", "r", "Sizes differ.", "error", repairs),))}, True
    )
    QTest.qWait(0)
    row = panel.rows[0]
    assert row.width() <= panel.list.viewport().width()
    assert all(row.rect().contains(button.geometry()) for button in row.buttons)
    assert len({button.y() for button in row.buttons}) > 1
    assert not any(a.geometry().intersects(b.geometry()) for a, b in zip(row.buttons, row.buttons[1:], strict=False))


def test_problems_are_searched_by_words_and_by_severity(panel):
    panel.show_reports(REPORTS, True)
    assert [button.text() for button in panel.filter.buttons.values()] == ["1", "1", "1"]
    QTest.keyClicks(panel.filter.field, "conv channels")
    assert [row.problem.node for row in panel.rows] == ["conv2", "conv10"]
    assert "1 problem hidden by the search." in texts(panel)
    QTest.mouseClick(panel.filter.buttons["error"], Qt.MouseButton.LeftButton)
    assert [row.problem.node for row in panel.rows] == ["conv10"]
    QTest.keyClick(panel.filter.field, Qt.Key.Key_Escape)
    assert [row.problem.node for row in panel.rows] == ["conv10", ""]
    QTest.keyClicks(panel.filter.field, "nobody")
    assert panel.rows == []
    assert "3 problems hidden by the search." in texts(panel)
    QTest.keyClick(panel.show_all, Qt.Key.Key_Space)
    assert len(panel.rows) == 3
    assert not panel.show_all.isVisible()


def test_the_search_is_there_only_where_there_are_problems_and_leads_to_the_rows(panel):
    panel.show_reports({"classifier": GraphReport()}, True)
    assert not panel.filter.isVisible()
    panel.show_reports(REPORTS, True)
    assert panel.filter.isVisible()
    panel.filter.field.setFocus()
    QTest.keyClick(panel.filter.field, Qt.Key.Key_Down)
    assert panel.focusWidget() is panel.rows[0]


def test_what_a_search_hides_stays_hidden_when_problems_change(panel):
    panel.show_reports(REPORTS, True)
    QTest.keyClicks(panel.filter.field, "flatten")  # a repair's word
    assert [row.problem.node for row in panel.rows] == ["conv2"]
    panel.show_reports({"training": REPORTS["training"]}, True)
    assert panel.rows == []
    assert "1 problem hidden by the search." in texts(panel)


def test_one_steps_through_those_that_are_shown(panel):
    panel.show_reports(REPORTS, True)
    visits = []
    panel.visited.connect(lambda graph, node: visits.append(node))
    for _ in range(4):
        panel.step(1)
    panel.step(-1)
    assert visits == ["conv2", "conv10", "", "conv2", ""]
    QTest.keyClicks(panel.filter.field, "conv10")
    panel.step(1)
    assert visits[-1] == "conv10"
