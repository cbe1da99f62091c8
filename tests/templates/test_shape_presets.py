"""What presets on points, tables, shapes, sounds and photographs are measured by, and what they show."""

import pytest

from netbuilder.training.views.boxes import Box
from tests.templates.precision import average_precision, overlap


def box(x, score=1.0, number=0):
    return Box(number, x, 10.0, 4.0, 4.0, score)


def test_overlap_of_boxes():
    assert overlap(box(10), box(10)) == 1.0
    assert overlap(box(10), box(12)) == pytest.approx(8 / 24)
    assert overlap(box(10), box(14)) == 0.0
    assert overlap(Box(0, 5, 5, 4, 2), Box(0, 5, 5, 2, 4)) == pytest.approx(4 / 12)


def test_average_precision_by_hand():
    # All found, nothing else.
    assert average_precision([[box(10, 0.9)]], [[box(10)]]) == 1.0
    # One of two found: precision 1 up to recall 1/2.
    assert average_precision([[box(10, 0.9)]], [[box(10), box(30)]]) == 0.5
    # Hit, miss, hit: precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.
    found = [[box(10, 0.9), box(50, 0.8), box(30, 0.7)]]
    assert average_precision(found, [[box(10), box(30)]]) == pytest.approx(0.5 + 0.5 * 2 / 3)
    # A surer false one comes first: precision 1/2 from the start.
    assert average_precision([[box(10, 0.5), box(50, 0.9)]], [[box(10)]]) == 0.5
    # The second box on the same thing is false, and comes after it.
    assert average_precision([[box(10, 0.9), box(10.5, 0.8)]], [[box(10)]]) == 1.0
    assert average_precision([[box(10, 0.9), box(10.5, 0.8)], [box(30, 0.7)]], [[box(10)], [box(30)]]) == pytest.approx(
        0.5 + 0.5 * 2 / 3
    )
    # Too far off, in another picture, or of another class is no hit; classes count alike.
    assert average_precision([[box(12, 0.9)]], [[box(10)]]) == 0.0
    assert average_precision([[], [box(10)]], [[box(10)], []]) == 0.0
    assert average_precision([[box(10, 0.9, number=1)]], [[box(10)]]) == 0.0
    mixed = [[box(10, 0.9), box(30, 0.9, number=1)]]
    assert average_precision(mixed, [[box(10), box(30, number=1), box(50, number=1)]]) == pytest.approx(0.75)
    assert average_precision([[]], [[box(10)]]) == 0.0
