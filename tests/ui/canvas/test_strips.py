"""What a view paints one by one: few rectangles that hold all that is new."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from netbuilder.ui.canvas.strips import MOST, few

SIDES = st.tuples(st.integers(0, 1500), st.integers(0, 900), st.integers(1, 300), st.integers(1, 300))
RECTS = st.lists(SIDES.map(lambda sides: QRect(*sides)), max_size=40)


@given(RECTS)
def test_everything_is_painted_in_few_rectangles(rects):
    found = few(rects)
    assert len(found) <= MOST
    painted = QRegion()
    for rect in found:
        painted += rect
    assert all(painted.contains(rect) and QRegion(rect).subtracted(painted).isEmpty() for rect in rects)


def test_a_pan_paints_its_strips_and_the_corner_with_the_map():
    """As Qt tells a pan by 12 and 7 pixels where the map lies in the lower right corner."""
    told = [(1586, 0, 12, 839), (1374, 839, 200, 7), (1586, 839, 12, 7), (1374, 846, 224, 133), (1386, 979, 212, 7)]
    told += [(1586, 986, 12, 5), (0, 991, 1598, 7)]
    found = few([QRect(*sides) for sides in told])
    assert sum(rect.width() * rect.height() for rect in found) < 70_000  # of 1.6 million
