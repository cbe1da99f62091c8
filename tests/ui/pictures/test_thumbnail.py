"""Small pictures of graphs: what they show, what they cost, and how they are kept for the recent projects."""

from __future__ import annotations

import os
import time

import pytest
from immutables import Map
from PySide6.QtCore import QSize

from netbuilder.graph import edits
from netbuilder.graph.file import save
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project
from netbuilder.ui.pictures import shelf as shelves
from netbuilder.ui.pictures.shelf import RATIO, SIZE, Shelf
from netbuilder.ui.pictures.thumbnail import main_graph, thumbnail
from netbuilder.ui.theme import NAMES, Theme
from netbuilder.ui.welcome.page import WelcomePage
from tests.ui.conftest import small_project

ROOM = QSize(200, 100)


def graph_of(**nodes: tuple[str, float, float]) -> Graph:
    return Graph("network", Map({id: Node(block, Map(), (x, y)) for id, (block, x, y) in nodes.items()}))


def colors(image) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def large(count: int, links: int) -> Project:
    nodes = {f"n{at}": Node("Conv2d", Map(), (at % 100 * 240.0, at // 100 * 150.0)) for at in range(count)}
    ends = [Input(f"n{at % (count - 1) + 1}", "x", at // (count - 1)) for at in range(links)]
    held = {end: Link(Output(f"n{at * 7919 % count}", "y"), end) for at, end in enumerate(ends)}
    return Project(graphs=Map({"large": Graph("network", Map(nodes), Map(held))}))


@pytest.mark.parametrize("name", NAMES)
def test_nodes_lie_where_they_are_in_their_categories_colours(qapp, catalogue, name):
    theme = Theme.load(name)
    project = Project(graphs=Map({"g": graph_of(left=("Conv2d", 0, 0), right=("ReLU", 400, 0))}))
    image = thumbnail(project, ROOM, theme, catalogue)
    ground = theme.color("canvas.background")
    assert image.pixelColor(2, 2) == ground
    left, middle, right = (image.pixelColor(x, 50) for x in (40, 100, 160))
    assert middle == ground
    for color, block in ((left, "Conv2d"), (right, "ReLU")):
        wanted = theme.category(catalogue.get(block).category)
        assert abs(color.hslHue() - wanted.hslHue()) < 12, block
        assert color != ground


def test_a_link_and_a_frame_are_seen(qapp, catalogue, theme):
    bare = graph_of(a=("Conv2d", 0, 0), b=("ReLU", 400, 0))
    end = Input("b", "x")
    linked = Graph("network", bare.nodes, Map({end: Link(Output("a", "y"), end)}))
    framed = Graph("network", bare.nodes, Map(), Map({"f": Frame((-40, -40, 320, 200))}))
    pictures = [
        thumbnail(Project(graphs=Map({"g": graph})), ROOM, theme, catalogue) for graph in (bare, linked, framed)
    ]
    assert len({bytes(picture.constBits()) for picture in pictures}) == 3
    assert theme.color("canvas.frame").name() in colors(pictures[2])


def test_the_largest_network_stands_for_the_project():
    project = small_project()
    assert main_graph(project) == "classifier"
    training = Project(graphs=Map({"training": project.graphs["training"]}))
    assert main_graph(training) == "training"
    assert main_graph(Project()) == ""


def test_nothing_and_a_graph_that_is_gone_are_an_empty_ground(qapp, catalogue, theme):
    for project, graph in ((Project(), ""), (small_project(), "gone"), (Project(graphs=Map({"g": Graph()})), "g")):
        assert colors(thumbnail(project, ROOM, theme, catalogue, graph)) == {theme.color("canvas.background").name()}


def test_it_is_as_sharp_as_the_screen(qapp, catalogue, theme):
    image = thumbnail(small_project(), ROOM, theme, catalogue, ratio=1.5)
    assert (image.width(), image.height(), image.devicePixelRatio()) == (300, 150, 1.5)


def test_places_far_off_and_one_upon_the_other_do_no_harm(qapp, catalogue, theme):
    far = graph_of(a=("Conv2d", -1e9, 0), b=("Unheard", 1e9, 1e9))
    thumbnail(Project(graphs=Map({"g": far})), ROOM, theme, catalogue)
    heap = graph_of(**{f"n{at}": ("Conv2d", 0, 0) for at in range(500)})
    image = thumbnail(Project(graphs=Map({"g": heap})), ROOM, theme, catalogue)
    assert len(colors(image)) > 1


def test_ten_thousand_nodes_cost_no_more_than_a_blink(qapp, catalogue, theme):
    project = large(10_000, 15_000)
    thumbnail(large(500, 500), ROOM, theme, catalogue)
    took = []
    for _ in range(3):  # the quickest: others use the machine too
        before = time.process_time()
        image = thumbnail(project, ROOM, theme, catalogue)
        took.append(time.process_time() - before)
    assert min(took) < 0.5
    assert image.pixelColor(100, 50) != theme.color("canvas.background")


# ---- kept ones


@pytest.fixture
def shelf(tmp_path, catalogue) -> Shelf:
    return Shelf(tmp_path / "cache" / "thumbnails", catalogue)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "small.netbuilder"
    save(small_project(), file)
    return file


def test_a_kept_picture_holds_until_the_file_is_another(shelf, path, theme):
    assert shelf.find(path, theme) is None
    made = shelf.keep(path, small_project(), theme)
    found = shelf.find(path, theme)
    assert found is not None
    assert found.size() == made.size() == SIZE * RATIO
    assert found.pixelColor(200, 100) == made.pixelColor(200, 100)
    assert shelf.find(path, Theme.load("light")) is None
    os.utime(path, ns=(1, 1))
    assert shelf.find(path, theme) is None
    path.unlink()
    assert shelf.find(path, theme) is None


def test_a_picture_is_made_of_the_file_but_not_of_what_is_no_project(shelf, path, theme, tmp_path, monkeypatch):
    assert shelf.make(path, theme) is not None
    assert shelf.find(path, theme) is not None
    odd = tmp_path / "odd.netbuilder"
    odd.write_text("{")
    assert shelf.make(odd, theme) is None
    assert shelf.make(tmp_path / "gone.netbuilder", theme) is None
    monkeypatch.setattr(shelves, "LONGEST", 10)
    assert shelf.make(path, theme) is None


def test_a_cache_that_cannot_be_written_does_no_harm(path, theme, catalogue, tmp_path):
    (tmp_path / "file").write_text("")
    shelf = Shelf(tmp_path / "file" / "below", catalogue)
    assert not shelf.keep(path, small_project(), theme).isNull()
    assert shelf.find(path, theme) is None


def test_a_damaged_picture_counts_as_none(shelf, path, theme):
    shelf.keep(path, small_project(), theme)
    (held,) = (path.parent / "cache" / "thumbnails").iterdir()
    held.write_bytes(b"no picture")
    assert shelf.find(path, theme) is None


def test_only_the_newest_are_kept(shelf, theme, tmp_path, monkeypatch):
    monkeypatch.setattr(shelves, "MOST", 2)
    for name in ("a", "b", "c"):
        file = tmp_path / f"{name}.netbuilder"
        save(small_project(), file)
        shelf.keep(file, small_project(), theme)
        for held in (tmp_path / "cache" / "thumbnails").iterdir():
            os.utime(held, ns=(held.stat().st_mtime_ns - 10**9,) * 2)
    assert shelf.find(tmp_path / "a.netbuilder", theme) is None
    assert shelf.find(tmp_path / "c.netbuilder", theme) is not None


# ---- on the welcome page


def test_recent_projects_show_their_pictures_missing_ones_are_made(qtbot, theme, icons, shelf, tmp_path):
    paths = [tmp_path / f"{name}.netbuilder" for name in ("one", "two", "odd")]
    for file in paths[:2]:
        save(small_project(), file)
    paths[2].write_text("no project")
    shelf.keep(paths[0], small_project(), theme)
    page = WelcomePage({}, paths, theme, icons)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.show_pictures(shelf)
    first, second, odd = page.recent
    assert first.picture is not None
    assert second.picture is None
    qtbot.waitUntil(lambda: second.picture is not None)
    assert odd.picture is None
    shown = {card.text(): colors(card.grab().copy(16, 16, 230, 60).toImage()) for card in page.recent}
    assert len(shown["one"]) > 5
    assert len(shown["two"]) > 5
    assert shown["odd"] == {theme.color("canvas.background").name()}


def test_saving_and_opening_keep_the_picture(opened, qtbot, tmp_path):
    path = tmp_path / "small.netbuilder"
    qtbot.waitUntil(lambda: opened.shelf.find(path, opened.theme) is not None)
    document = opened.workbench.document
    document.apply(edits.move(document.project, "classifier", {"conv1": (0.0, 900.0)}))
    opened.save_project()
    assert opened.shelf.find(path, opened.theme) is None
    qtbot.waitUntil(lambda: opened.shelf.find(path, opened.theme) is not None)
