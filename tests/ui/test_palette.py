"""Palette and search: what fits into the graph, found by a few letters, added by keys, double click or drag."""

import time

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from netbuilder.ui.palette.model import BLOCK, CATEGORY, MIME
from netbuilder.ui.palette.panel import PalettePanel
from netbuilder.ui.palette.popup import SearchPopup


@pytest.fixture
def panel(qtbot, catalogue, theme, icons):
    made = PalettePanel(catalogue, theme, icons)
    qtbot.addWidget(made)
    made.resize(240, 700)
    made.show()
    qtbot.waitExposed(made)
    made.picked = []
    made.chosen.connect(made.picked.append)
    return made


def rows(panel, parent: QModelIndex | None = None) -> list[str]:
    """Names of all blocks that are listed."""
    model, parent = panel.tree.model(), parent or QModelIndex()
    found = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        found += [index.data(BLOCK)] if index.data(BLOCK) else rows(panel, index)
    return found


@pytest.mark.parametrize("kind", ["network", "training", "preview"])
def test_it_lists_every_block_that_fits_into_the_graph_once(panel, catalogue, kind):
    panel.show_kind(kind)
    assert sorted(rows(panel)) == sorted(name for name in catalogue.names if kind in catalogue[name].graphs)


def test_a_search_and_enter_add_the_best_match(panel):
    QTest.keyClicks(panel.search, "conv2")
    assert rows(panel)[0] == "Conv2d"
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.picked == ["Conv2d"]
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""


def test_down_leads_from_the_search_into_the_list(panel, qtbot):
    panel.activateWindow()
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "pool")
    second = rows(panel)[1]
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    QTest.keyClick(panel.tree, Qt.Key.Key_Down)
    QTest.keyClick(panel.tree, Qt.Key.Key_Return)
    assert panel.picked == [second]


def test_a_double_click_adds(panel):
    QTest.keyClicks(panel.search, "Dropout")
    index = panel.tree.model().index(0, 0)
    where = panel.tree.visualRect(index).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QTest.mouseDClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert panel.picked == ["Dropout"]


def test_a_category_folds_and_never_adds(panel):
    group = category(panel, "Structure")
    where = panel.tree.visualRect(group).center()
    assert panel.tree.isExpanded(group)
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert not panel.tree.isExpanded(group)
    assert panel.picked == []


def category(panel, name: str) -> QModelIndex:
    model = panel.tree.model()
    return next(i for row in range(model.rowCount()) if (i := model.index(row, 0)).data(CATEGORY) == name)


def test_most_categories_are_folded_and_what_a_person_opens_stays_open(panel, catalogue, theme, icons, qtbot):
    kept: list[list[str]] = []
    panel.unfolded.connect(kept.append)
    assert panel.tree.isExpanded(category(panel, "Convolution"))
    assert not panel.tree.isExpanded(category(panel, "Math"))
    where = panel.tree.visualRect(category(panel, "Convolution")).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    math = category(panel, "Math")
    panel.tree.setCurrentIndex(math)
    panel.tree.scrollTo(math)
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=panel.tree.visualRect(math).center())
    QTest.keyClicks(panel.search, "conv")
    panel.search.clear()
    panel.show_kind("training")
    panel.show_kind("network")
    assert panel.tree.isExpanded(category(panel, "Math"))
    assert not panel.tree.isExpanded(category(panel, "Convolution"))
    again = PalettePanel(catalogue, theme, icons, kept[-1])
    qtbot.addWidget(again)
    assert again.tree.isExpanded(category(again, "Math"))
    assert not again.tree.isExpanded(category(again, "Convolution"))


def test_a_key_in_the_search_answers_at_once(panel):
    """Half of the keys take less than a frame of 16 ms of computing: what else runs on the machine does not count."""
    QTest.keyClicks(panel.search, "x")  # the first key prepares fonts
    panel.search.clear()
    took = []
    for word in ("convolution", "softmax", "loss"):
        for letter in word:
            start = time.thread_time()
            QTest.keyClick(panel.search, letter)
            took.append(time.thread_time() - start)
        panel.search.clear()
    assert sorted(took)[len(took) // 2] < 0.016


def test_a_dragged_block_travels_as_its_name(panel):
    QTest.keyClicks(panel.search, "Conv2d")
    data = panel.tree.model().mimeData([panel.tree.model().index(0, 0)])
    assert bytes(data.data(MIME).data()).decode() == "Conv2d"


def test_nothing_found_says_so(panel):
    QTest.keyClicks(panel.search, "qqqqqqzzzz")
    assert panel.nothing.isVisible()
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.picked == []


def test_the_summary_of_the_current_block_is_shown(panel, catalogue):
    QTest.keyClicks(panel.search, "Conv2d")
    assert panel.summary.text() == catalogue["Conv2d"].summary


@pytest.fixture
def popup(qtbot, catalogue, theme, icons):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    parent.show()
    qtbot.waitExposed(parent)
    made = SearchPopup(catalogue, "network", theme, icons, parent)
    made.picked = []
    made.chosen.connect(made.picked.append)
    made.open_at(QPoint(5000, 5000))
    qtbot.waitExposed(made)
    yield made
    if isValid(made):
        made.close()


def test_the_popup_opens_on_the_screen(popup):
    frame = 2  # what the offscreen platform puts around every window
    area = popup.screen().availableGeometry().adjusted(0, 0, frame, frame)
    assert area.contains(QRect(popup.pos(), popup.size()))


def test_type_a_few_letters_and_enter(popup, qtbot):
    QTest.keyClicks(popup.field, "relu")
    assert popup.rows.hits[0].entry.key == "ReLU"
    picked = popup.picked
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert picked == ["ReLU"]


def test_arrows_choose_another_and_escape_none(popup, qtbot):
    QTest.keyClicks(popup.field, "relu")
    other = popup.rows.hits[1].entry.key
    QTest.keyClick(popup.field, Qt.Key.Key_Down)
    picked = popup.picked
    assert popup.current.key == other
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert picked == []


def test_only_blocks_that_fit_are_offered(popup, catalogue):
    names = {hit.entry.key for hit in popup.rows.hits}
    assert names == {name for name in catalogue.names if "network" in catalogue[name].graphs}


def test_the_popup_is_as_long_as_its_list(popup):
    full = popup.height()
    QTest.keyClicks(popup.field, "gumbel")
    assert popup.height() < full
    QTest.keyClicks(popup.field, "qqqqzzz")
    assert popup.nothing.isVisible()
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.picked == []
    assert popup.isVisible()
