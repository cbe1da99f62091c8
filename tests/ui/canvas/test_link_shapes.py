"""Links as smooth curves or in right angles, by choice."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from netbuilder.graph.model import Input
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.link_paths import REACH, SHAPES, far_lines, path
from netbuilder.ui.canvas.link_square import corners
from netbuilder.ui.canvas.options import CHOICES, Options

PLACES = st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)).map(lambda at: (float(at[0]), float(at[1])))


@given(PLACES, PLACES, st.lists(PLACES, max_size=4))
def test_a_right_angled_way_turns_only_by_right_angles_and_meets_every_point(start, end, via):
    stops = corners(start, end, via)
    assert (stops[0], stops[-1]) == (start, end)
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(stops))
    at = iter(stops)
    assert all(point in at for point in via), "the points in their order"
    out = next((stop for stop in stops[1:] if stop != start), end)
    into = next((stop for stop in reversed(stops[:-1]) if stop != end), start)
    if not via:  # it leaves to the right and arrives from the left, also where it goes back
        assert out[0] > start[0] or (out[0] == start[0] == end[0])
        assert into[0] < end[0] or (into[0] == start[0] == end[0])


def test_ways_of_different_ports_do_not_lie_over_each_other():
    ends = [((0.0, 22.0 * port + 51), (200.0, 300.0 + 100 * port)) for port in range(5)]
    upright = [corners(*each)[1][0] for each in ends]
    assert len(set(upright)) == 5
    assert all(60 < x < 140 for x in upright)
    assert corners((0.0, 51.0), (200.0, 900.0))[1][0] == upright[0]  # those of one port stay together
    assert corners((0.0, 51.0), (10.0, 900.0))[1][0] == 5.0  # no room


@pytest.mark.parametrize("shape", SHAPES)
@given(start=PLACES, end=PLACES, via=st.lists(PLACES, max_size=3), down=st.booleans())
def test_every_way_begins_and_ends_at_its_ports_and_stays_near(shape, start, end, via, down):
    direction = "down" if down else "right"
    way = path(QPointF(*start), QPointF(*end), via, direction, shape)
    assert (way.pointAtPercent(0.0) - QPointF(*start)).manhattanLength() < 1e-6
    assert (way.pointAtPercent(1.0) - QPointF(*end)).manhattanLength() < 1e-3
    if not via or shape == "orthogonal":
        xs, ys = zip(start, end, *via, strict=True)
        around = way.controlPointRect()
        assert around.left() >= min(xs) - REACH
        assert around.right() <= max(xs) + REACH
        assert around.top() >= min(ys) - REACH
        assert around.bottom() <= max(ys) + REACH


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("direction", ["right", "down"])
def test_far_ways_follow_near_ones(shape, direction):
    rng = np.random.default_rng(5)
    ends = rng.uniform(-800, 800, (40, 4))
    lines, owner = far_lines(ends, 0.3, direction, shape)
    for number, (x1, y1, x2, y2) in enumerate(ends):
        way = path(QPointF(x1, y1), QPointF(x2, y2), (), direction, shape)
        points = np.array([(p.x(), p.y()) for p in (way.pointAtPercent(i / 200) for i in range(201))])
        for line in lines[owner == number]:
            for x, y in ((line[0], line[1]), (line[2], line[3])):
                assert np.hypot(points[:, 0] - x, points[:, 1] - y).min() < 24.0


def test_the_choice_holds_for_links_that_are_there_and_for_those_that_are_drawn(canvas, hand, report):
    scene = canvas.graph_scene
    canvas.show_report(report)
    link = scene.links[Input("conv1", "x")]
    smooth = {key: item.path.elementCount() for key, item in scene.links.items()}
    canvas.show_options(Options(links="orthogonal"))
    hand.drag(hand.node("conv1"), hand.node("conv1") + QPointF(0, 90))
    kinds = [link.path.elementAt(n) for n in range(link.path.elementCount())]
    assert len(kinds) > smooth[link.key]
    level = {round(kind.y, 3) for kind in kinds}
    assert {round(end.y(), 3) for end in link.ends} <= level
    (x, top), (_, low) = corners(*((end.x(), end.y()) for end in link.ends))[1:3]
    middle = QPointF(x, (top + low) / 2)
    assert link.distance(middle) < 0.5  # the upright part
    assert scene.hit(middle, canvas.zoom_level).kind == "link"
    assert differences(scene, report) == []
    canvas.show_options(Options())
    assert not link.path.isEmpty()
    assert link.path.elementCount() == 4
    assert set(CHOICES["links"]) == set(SHAPES)
