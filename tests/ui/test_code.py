"""The code view: colours, marks of the selection, clicks that lead to nodes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest

from netbuilder.ui.code.highlighter import PythonHighlighter
from netbuilder.ui.code.view import CodeView, replace_lines
from netbuilder.ui.theme import Theme

TEXT = '''import torch


class Classifier(nn.Module):
    """Digits.

    Two "lines" of it.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)  # a "comment" with """ in it

    def forward(self, image):
        conv1 = self.conv1(image)
        return F.relu(conv1, 'x', 0.5)
'''
SPANS = {"classifier": {"conv1": (12, 12), "image": (10, 12), "relu1": (16, 16)}, "training": {"net": (14, 14)}}


def colors(document: QTextDocument, theme: Theme) -> dict[tuple[int, str], str]:
    """(line from 1, text) -> the token of its colour."""
    tokens = {theme.color(f"code.{name}").name(): name for name in ("keyword", "string", "number", "comment", "name")}
    tokens[theme.color("code.self").name()] = "self"
    found = {}
    for number in range(document.blockCount()):
        block = document.findBlockByNumber(number)
        for part in block.layout().formats():
            text = block.text()[part.start : part.start + part.length]
            found[(number + 1, text)] = tokens[part.format.foreground().color().name()]
    return found


def test_python_is_coloured(theme):
    document = QTextDocument(TEXT)
    highlighter = PythonHighlighter(document, theme)
    highlighter.rehighlight()
    found = colors(document, theme)
    assert found[(1, "import")] == "keyword"
    assert found[(4, "Classifier")] == "name"
    assert found[(5, '"""Digits.')] == "string"
    assert found[(7, '    Two "lines" of it.')] == "string"
    assert found[(8, '    """')] == "string"
    assert found[(10, "def")] == "keyword"
    assert found[(12, "self")] == "self"
    assert found[(12, "32")] == "number"
    assert found[(12, '# a "comment" with """ in it')] == "comment"
    assert found[(14, "def")] == "keyword"  # the three quotes in the comment opened nothing
    assert found[(16, "'x'")] == "string"
    assert found[(16, "0.5")] == "number"


@pytest.mark.parametrize("text", ['x = """a""" + """b"""', '"""', 'f"{a}" # """', "1e-3 0x", ""])
def test_odd_lines_end_well(theme, text):
    document = QTextDocument(text + "\npass")
    highlighter = PythonHighlighter(document, theme)
    highlighter.rehighlight()
    inside = text == '"""'
    assert (colors(document, theme).get((2, "pass")) == "keyword") is not inside


LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "", "    c"]), max_size=8).map("\n".join)


@given(old=LINES, new=LINES)
def test_replacing_lines_gives_the_new_text(qapp, old, new):
    document = QTextDocument(old)
    replace_lines(document, new)
    assert document.toPlainText() == new


def test_one_changed_line_leaves_the_others_alone(qapp):
    document = QTextDocument("\n".join(f"line{number}" for number in range(2000)))
    document.documentLayout()  # changes are told to a layout
    changed = []
    document.contentsChange.connect(lambda at, removed, added: changed.append((removed, added)))
    replace_lines(document, document.toPlainText().replace("line1000\n", "other\n"))
    assert len(changed) == 1
    assert max(changed[0]) < 20


@pytest.fixture
def view(qtbot, theme):
    made = CodeView(theme)
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    qtbot.waitExposed(made)
    made.show_code(TEXT, SPANS)
    return made


def marked(view: CodeView) -> list[int]:
    return [mark.cursor.blockNumber() + 1 for mark in view.extraSelections()]


def test_it_marks_the_lines_of_the_selection(view):
    view.show_selection("classifier", ["conv1", "relu1", "no_such_node"])
    assert marked(view) == [12, 16]
    view.show_selection("training", ["conv1"])
    assert marked(view) == []


def test_new_code_keeps_the_marks_on_the_nodes(view):
    view.show_selection("classifier", ["relu1"])
    view.show_code("# one more line\n" + TEXT, {"classifier": {"relu1": (17, 17)}})
    assert marked(view) == [17]
    assert view.toPlainText().startswith("# one more line")


def click_line(view: CodeView, line: int) -> None:
    block = view.document().findBlockByNumber(line - 1)
    area = view.blockBoundingGeometry(block).translated(view.contentOffset())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, round(area.center().y())))


def test_a_click_on_a_line_leads_to_its_node(view, qtbot):
    clicked = []
    view.node_clicked.connect(lambda graph, node: clicked.append((graph, node)))
    click_line(view, 12)
    assert clicked == [("classifier", "conv1")]  # the shortest span that holds the line
    click_line(view, 14)
    assert clicked[-1] == ("training", "net")
    click_line(view, 1)
    assert len(clicked) == 2


MADE = {"classifier": {"conv1": (14, 14)}}
TWO = "\n".join(
    f"class {name}:\n" + "\n".join(f"    {name}{line} = 0" for line in range(2, 200)) for name in ("one", "two")
)
SPANS_OF_TWO = {"one": {"": (1, 199), "a": (150, 150)}, "two": {"": (200, 398), "b": (390, 390)}}


def first_seen(view: CodeView) -> int:
    return view.firstVisibleBlock().blockNumber() + 1


def test_where_a_module_is_made_belongs_to_its_node_too(view):
    clicked = []
    view.node_clicked.connect(lambda graph, node: clicked.append((graph, node)))
    view.show_code(TEXT, SPANS, MADE)
    view.show_selection("classifier", ["conv1"])
    assert marked(view) == [12, 14]
    click_line(view, 14)
    assert clicked == [("classifier", "conv1")]


def test_entering_a_network_scrolls_to_its_class_and_no_other_time(view):
    view.show_selection("one", [])
    view.show_code(TWO, SPANS_OF_TWO)
    view.verticalScrollBar().setValue(40)
    view.show_selection("one", [])  # nothing is selected any more: nobody asked to see another place
    assert first_seen(view) == 41
    view.show_selection("two", [])
    assert first_seen(view) in (199, 200)
    view.show_selection("one", ["a"])
    assert first_seen(view) <= 150 < first_seen(view) + 30


def test_entering_a_network_whose_source_is_yet_to_come_scrolls_when_it_comes(view):
    view.show_selection("two", [])
    view.show_code(TWO, SPANS_OF_TWO)
    assert first_seen(view) in (199, 200)


def test_the_text_stays_where_it_is_clicked(view):
    """The canvas turns to the line's graph, then selects its node: the code must not jump about meanwhile."""
    view.show_code(TWO, SPANS_OF_TWO)
    view.show_selection("one", [])
    view.verticalScrollBar().setValue(385)

    def follow(graph: str, node: str) -> None:
        view.show_selection(graph, [])
        view.show_selection(graph, [node])

    view.node_clicked.connect(follow)
    held = view.verticalScrollBar().value()
    click_line(view, 390)
    assert marked(view) == [390]
    assert view.verticalScrollBar().value() == held


def test_it_scrolls_to_what_is_out_of_view_and_only_then(view):
    long = "\n".join(f"line{number} = {number}" for number in range(1, 501))
    view.show_code(long, {"g": {"a": (400, 401), "b": (402, 402)}})
    view.show_selection("g", ["a"])
    top = view.verticalScrollBar().value()
    assert 300 < top < 400
    view.show_selection("g", ["b"])
    assert view.verticalScrollBar().value() == top


def test_it_can_be_read_but_not_written(view):
    QTest.keyClicks(view, "import os")
    assert view.toPlainText() == TEXT


def test_behind_other_panels_text_waits(view):
    view.set_seen(False)
    view.show_code("later = 1", {})
    assert view.toPlainText() == TEXT
    view.set_seen(True)
    assert view.toPlainText() == "later = 1"


def test_another_theme_paints_other_colours(view):
    light = Theme.load("light")
    view.set_theme(light)
    assert colors(view.document(), light)[(1, "import")] == "keyword"
