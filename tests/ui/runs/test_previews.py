"""The page of previews over files as a trainer leaves them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from netbuilder.training.run import VIEWS
from netbuilder.ui.runs.preview_cards import TALLEST, Curves, Picture, Texts
from netbuilder.ui.runs.previews import Previews
from netbuilder.ui.theme import Theme

CURVES = {"kind": "curves", "series": [[0.0, 1.0, 0.5]] * 3, "ticks": ["a", "<b>", "c"], "y_label": "share"}
FORECAST = {"kind": "curves", "series": [[1.0, 2.0]] * 6, "truth": [[0.0, 0.5, 1.0, 2.0]] * 6, "offset": 2}
TEXTS = {"kind": "texts", "rows": [{"source": "42", "text": "four", "truth": "four"},
                                   {"source": "7", "text": "<b>six</b>", "truth": "seven"}]}  # fmt: skip


def write(folder: Path, *views: tuple[str, str, object, bool]) -> None:
    """(graph, view, what it shows: size of a picture, or plain values; whether it is a figure)"""
    folder.mkdir(parents=True)
    rows = []
    for graph, view, held, figure in views:
        suffix = ".png" if isinstance(held, tuple) else ".json"
        path = folder / f"{graph}_{view}{suffix}"
        if isinstance(held, tuple):
            Image.new("L", held, 200).save(path)
        else:
            path.write_text(held if isinstance(held, str) else json.dumps(held))
        rows.append({"file": path.name, "graph": graph, "view": view, "title": view.title(), "figure": figure})
    (folder / VIEWS).write_text(json.dumps(rows))


@pytest.fixture
def previews(qtbot) -> Previews:
    made = Previews(Theme.load("dark"))
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def words(previews: Previews) -> list[str]:
    return [label.text() for label in previews.findChildren(QLabel) if label.isVisible() and label.text()]


def test_each_graph_is_a_section_with_the_titles_of_its_views(qtbot, previews, tmp_path):
    views = [("second", "b", (8, 8), False), ("first", "a", (8, 8), False), ("second", "c", TEXTS, False)]
    write(tmp_path / "step-5", *views)
    previews.show_folder(tmp_path)
    qtbot.waitUntil(lambda: words(previews)[1:] == ["second", "B", "C", "first", "A"])
    assert [card.title.textFormat() for card in previews.cards] == [Qt.TextFormat.PlainText] * 3
    assert [card.shown.accessibleName() for card in previews.cards] == ["B", "C", "A"]


def test_pictures_grow_by_whole_pixels_and_figures_do_not(qtbot, previews, tmp_path):
    write(
        tmp_path / "step-5",
        ("g", "small", (40, 30), False),
        ("g", "figure", (40, 30), True),
        ("g", "wide", (2000, 80), True),
    )
    previews.show_folder(tmp_path)
    small, figure, wide = (card.shown for card in previews.cards)
    assert isinstance(small, Picture)
    assert small.scale() == TALLEST // 30
    qtbot.waitUntil(lambda: (small.width(), small.height()) == (40 * small.scale(), 30 * small.scale()))
    assert figure.scale() == 1
    assert 0 < wide.scale() < 1
    assert wide.width() <= previews.width()
    previews.resize(300, 500)
    QApplication.processEvents()
    assert small.scale() == small.scale() // 1 < TALLEST // 30
    assert all(card.width() <= 300 for card in previews.cards)


def test_a_picture_s_pixels_stay_sharp(previews, tmp_path):
    (tmp_path / "step-1").mkdir()
    image = Image.new("L", (2, 2), 0)
    image.putpixel((1, 0), 255)
    image.save(tmp_path / "step-1" / "g_v.png")
    previews.show_folder(tmp_path)  # without a list, as older runs have it
    (card,) = previews.cards
    assert card.title.text() == "g v"
    grabbed = card.shown.grab().toImage()
    assert {grabbed.pixelColor(x, y).name() for x in range(grabbed.width()) for y in (0, grabbed.height() - 1)} == {
        "#000000",
        "#ffffff",
    }


def test_curves_have_a_plot_or_one_for_each_sample_with_its_truth(previews, tmp_path):
    write(tmp_path / "step-5", ("g", "curve", CURVES, False), ("g", "forecast", FORECAST, False))
    previews.show_folder(tmp_path)
    curve, forecast = (card.shown for card in previews.cards)
    assert isinstance(curve, Curves)
    (plot,) = curve.plots
    assert len(plot.getPlotItem().listDataItems()) == 3
    assert len(forecast.plots) == 4
    truth, values = forecast.plots[0].getPlotItem().listDataItems()
    assert list(values.xData) == [2, 3]
    assert list(truth.yData) == [0.0, 0.5, 1.0, 2.0]
    assert [text.text for _, text in forecast.plots[0].getPlotItem().legend.items] == ["truth", "values"]
    colors = {item.opts["pen"].color().name() for item in (truth, values)}
    previews.set_theme(Theme.load("light"))
    again = {item.opts["pen"].color().name() for item in forecast.plots[0].getPlotItem().listDataItems()}
    assert len(again | colors) == 4


def test_texts_are_plain_and_tell_right_from_wrong(previews, tmp_path):
    write(tmp_path / "step-5", ("g", "texts", TEXTS, False))
    previews.show_folder(tmp_path)
    box = previews.cards[0].shown
    assert isinstance(box, Texts)
    assert box.toPlainText() == "42 → four  ✓\n7 → <b>six</b>  ✗ seven"
    assert box.isReadOnly()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not box, "the keyboard gets out of it"


def test_another_step_keeps_the_page_where_it_is(qtbot, previews, tmp_path):
    views = [("g", f"v{at}", (20, 20), False) for at in range(12)]
    write(tmp_path / "step-5", *views)
    previews.show_folder(tmp_path)
    bar = previews.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    at, cards = bar.value(), list(previews.cards)
    assert at > 0
    write(tmp_path / "step-10", *views)
    previews.show_folder(tmp_path)
    QApplication.processEvents()
    assert previews.words.text() == "step 10"
    assert (bar.value(), previews.cards) == (at, cards)
    write(tmp_path / "step-15", *views[:3], ("g", "more", CURVES, False))
    previews.show_folder(tmp_path)
    assert [card.title.text() for card in previews.cards] == ["V0", "V1", "V2", "More"]


@pytest.mark.parametrize(
    "held", ["no json", [], {"kind": "curves"}, {"kind": "texts", "rows": [3]}, {"series": [["x"]]}, {"series": 3}]
)
def test_what_cannot_be_read_is_said(previews, tmp_path, held):
    write(tmp_path / "step-5", ("g", "broken", held, False), ("g", "whole", (8, 8), False))
    (tmp_path / "step-5" / "g_gone.png").write_text("no picture")
    previews.show_folder(tmp_path)
    assert "g_broken.json cannot be read" in previews.cards[0].shown.text()
    assert isinstance(previews.cards[1].shown, Picture)


def test_a_list_leads_to_no_file_elsewhere(previews, tmp_path):
    write(tmp_path / "step-5", ("g", "v", (8, 8), False))
    Image.new("L", (8, 8)).save(tmp_path / "secret.png")
    rows = [{"file": "../secret.png", "graph": "g", "title": "t", "figure": False}]
    (tmp_path / "step-5" / VIEWS).write_text(json.dumps(rows))
    previews.show_folder(tmp_path)
    assert "cannot be read" in previews.cards[0].shown.text()


def test_cards_lie_beside_one_another_and_none_over_another(previews, tmp_path):
    some = [("g", "a", (8, 8), False), ("g", "b", CURVES, False), ("g", "c", FORECAST, False), ("h", "d", TEXTS, False)]
    write(tmp_path / "step-5", *some)
    previews.show_folder(tmp_path)
    for width in (1200, 700, 400):
        previews.resize(width, 600)
        QApplication.processEvents()
        boxes = [card.rect().translated(card.mapTo(previews, QPoint(0, 0))) for card in previews.cards]
        assert not [1 for at, one in enumerate(boxes) for other in boxes[:at] if one.intersects(other)]
        assert all(box.right() <= width for box in boxes)
        assert all(card.shown.height() <= card.height() for card in previews.cards)
