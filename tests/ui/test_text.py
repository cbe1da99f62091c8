"""Text stays plain, numbers read easily."""

import pytest
from PySide6.QtCore import Qt

from netbuilder.ui.text import amount_of_bytes, count, counted, label, tip


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (812, "812"),
        (999, "999"),
        (1000, "1 k"),
        (3_140, "3.1 k"),
        (99_960, "100 k"),
        (999_499, "999 k"),
        (999_500, "1 M"),
        (12_400_000, "12.4 M"),
        (7 * 10**9, "7 G"),
        (5 * 10**15, "5000 T"),
    ],
)
def test_counts(number, text):
    assert count(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(512, "512 B"), (1024, "1.0 KiB"), (200 * 1024, "200 KiB"), (3 << 20, "3.0 MiB"), (5 << 40, "5.0 TiB")],
)
def test_bytes(number, text):
    assert amount_of_bytes(number) == text


def test_one_and_many():
    assert counted(1, "problem") == "1 problem"
    assert counted(0, "problem") == "0 problems"


def test_a_label_never_shows_rich_text(qtbot):
    made = label("<b>bold</b>", wrap=True)
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert made.text() == "<b>bold</b>"


def test_a_tip_shows_tags_as_they_are():
    assert tip("<img src=x> & more") == "<qt>&lt;img src=x&gt; &amp; more</qt>"
    assert tip("") == ""
