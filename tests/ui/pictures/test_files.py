"""Pictures as files: what lies where in the pixels, text that is text, pages that fit, sizes that stay bounded."""

from __future__ import annotations

import errno
import re
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts
from netbuilder.graph.document import Document
from netbuilder.graph.folding import fold_around
from netbuilder.graph.model import Project
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.pictures import files
from netbuilder.ui.pictures.files import MOST_PIXELS, MOST_POINTS, MOST_SIDE, PictureError, Wish, make, pixels, write
from netbuilder.ui.pictures.pages import MOST_PAGES, share_out
from netbuilder.ui.pictures.paint import MARGIN, selection, whole
from netbuilder.ui.pictures.shown import Shown
from netbuilder.ui.theme import NAMES, Theme
from tests.ui.pictures.conftest import finished
from tests.ui.pictures.test_thumbnail import large

TITLES = ("image", "conv1", "flatten1", "linear1", "logits", "Look here")
SVG = "{http://www.w3.org/2000/svg}"


def wish(format: str, **other: object) -> Wish:
    return Wish(format, title="Small: <classifier> & more", about="A “network”", **other)


def png(scene, part, wished) -> QImage:
    data, _ = finished(make(scene, part, wished))
    image = QImage()
    assert image.loadFromData(data, "PNG")
    return image


def pdf_streams(data: bytes) -> list[bytes]:
    found = []
    for held in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(held))
        except zlib.error:
            found.append(held)
    return found


def pdf_letters(data: bytes) -> set[str]:
    """The letters that the fonts in a PDF stand for, from their tables to Unicode (ISO 32000, 9.10.3)."""
    letters = set()
    for stream in pdf_streams(data):
        if b"begincmap" in stream:
            for first, last, letter in re.findall(rb"<(\w{4})> ?<(\w{4})> ?<(\w{4})>", stream):
                count = int(last, 16) - int(first, 16) + 1
                letters |= {chr(int(letter, 16) + at) for at in range(count)}
            for _, letter in re.findall(rb"^<(\w{4})> ?<(\w{4})>$", stream, re.MULTILINE):
                letters.add(chr(int(letter, 16)))
            for found in re.findall(rb"<\w{4}> ?<\w{4}> ?\[([^]]*)\]", stream):
                letters |= {chr(int(letter, 16)) for letter in re.findall(rb"<(\w{4})>", found)}
    return letters


@pytest.mark.parametrize("theme", NAMES)
@pytest.mark.parametrize("scale", [1, 2, 3])
def test_png_has_the_themes_colours_where_things_lie(scene, theme, scale):
    part = whole(scene)
    style = Style(Theme.load(theme))
    scene.restyle(style)
    image = png(scene, part, wish("png", scale=float(scale)))
    assert image.width() == round(part.rect.width() * scale)
    assert image.height() == round(part.rect.height() * scale)

    def at(pos: QPointF):
        found = (pos - part.rect.topLeft()) * scale
        return image.pixelColor(round(found.x()), round(found.y()))

    assert at(part.rect.topLeft() + QPointF(2, 2)) == style.ground
    for id, item in scene.nodes.items():
        assert at(item.rect.bottomLeft() + QPointF(100, -4)) == style.body, id
    start, end = scene.links[next(iter(part.links))].ends
    middle = at((start + end) / 2)
    assert middle == style.role(scene.links[next(iter(part.links))].role).color
    assert image.text("Title") == "Small: <classifier> & more"
    assert image.text("Description") == "A “network”"


def test_a_clear_background_is_clear(scene):
    image = png(scene, whole(scene), wish("png", ground=False))
    assert image.pixelColor(1, 1).alpha() == 0
    node = scene.nodes["conv1"].rect.center() - whole(scene).rect.topLeft()
    assert image.pixelColor(node.toPoint()).alpha() == 255


def test_every_letter_is_there_whatever_the_zoom(canvas_in_view):
    """A canvas that shows plates, and one that shows everything, give the same picture."""
    canvas, scene = canvas_in_view
    pictures = []
    for zoom in (1.0, 0.1):
        canvas.zoom(zoom / canvas.zoom_level)
        pictures.append(png(scene, whole(scene), wish("png")))
        assert canvas.zoom_level == pytest.approx(zoom)
    assert pictures[0] == pictures[1]


@pytest.fixture
def canvas_in_view(qtbot, project, catalogue):
    from netbuilder.ui.canvas.view import Canvas

    canvas = Canvas(Document(project), "classifier", catalogue, Theme.load("dark"))
    qtbot.addWidget(canvas, before_close_func=Canvas.close_view)
    canvas.resize(400, 300)
    canvas.show()
    return canvas, canvas.graph_scene


def test_what_is_selected_is_not_painted_as_selected_and_shapes_are_told(scene):
    flow = Flow(("N", 77, 6, 6))
    report = GraphReport({"conv1": NodeFacts("ok", {}, {"y": flow}, parameters=40)}, ())
    shown = Shown(scene, None, None, "light")
    light = Theme.load("light")
    before = png(shown.styled(light), whole(scene), wish("png"))
    scene.chosen.set(nodes=["conv1"], frames=["note"])
    assert png(Shown(scene, None, None, "light").styled(light), whole(scene), wish("png")) == before
    told = Shown(scene, report, None, "light").styled(light)
    texts = finished(make(told, whole(scene), wish("svg")))[0].decode()
    assert "N × 77 × 6 × 6" in texts
    assert shown.styled(light) is shown.styled(light)
    assert shown.styled(Theme.load("dark")).styling.ground == scene.styling.ground


def test_a_selection_is_its_nodes_its_frames_with_what_they_hold_and_the_links_between(scene):
    assert not selection(scene)
    scene.chosen.set(nodes=["conv1", "flatten1"])
    part = selection(scene)
    assert set(part.nodes) == {"conv1", "flatten1"}
    assert [key.node for key in part.links] == ["flatten1"]
    assert part.frames == ()
    around = scene.nodes["conv1"].rect.united(scene.nodes["flatten1"].rect)
    assert part.rect.contains(around.adjusted(-MARGIN + 1, -MARGIN + 1, MARGIN - 1, MARGIN - 1))
    assert part.rect.width() < whole(scene).rect.width()
    scene.frames["note"].show_rect(scene.nodes["linear1"].rect.adjusted(-20, -40, 20, 20))
    scene.chosen.set(frames=["note"])
    assert selection(scene).nodes == ("linear1",)


def test_svg_is_xml_with_titles_as_text(scene):
    part = whole(scene)
    data, shares = finished(make(scene, part, wish("svg")))
    assert shares == sorted(shares)
    root = ElementTree.fromstring(data)
    texts = " ".join(found.text or "" for found in root.iter(f"{SVG}text"))
    for title in TITLES:
        assert title in texts
    assert root.findtext(f"{SVG}title") == "Small: <classifier> & more"
    assert root.findtext(f"{SVG}desc") == "A “network”"
    box = [float(number) for number in root.attrib["viewBox"].split()]
    assert box == [0, 0, round(part.rect.width()), round(part.rect.height())]
    assert b"sans-serif" in data
    assert b"<image" not in data


def test_svg_without_background_has_none(scene):
    ground = scene.styling.ground.name().encode()
    assert ground in finished(make(scene, whole(scene), wish("svg")))[0]
    assert ground not in finished(make(scene, whole(scene), wish("svg", ground=False)))[0]


def test_names_from_files_are_text_in_every_format(qapp, project, catalogue):
    from netbuilder.graph import edits

    document = Document(project)
    odd = '</text><script>x</script>"&'
    document.apply(edits.set_title(document.project, "classifier", "conv1", odd))
    scene = GraphScene(document, "classifier", catalogue, Style(Theme.load("dark")))
    root = ElementTree.fromstring(finished(make(scene, whole(scene), wish("svg")))[0])
    assert not list(root.iter(f"{SVG}script"))
    assert any("</text>" in (found.text or "") for found in root.iter(f"{SVG}text"))


def test_pdf_is_one_page_that_fits_with_text(scene):
    part = whole(scene)
    data, _ = finished(make(scene, part, wish("pdf")))
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", data)) == 1
    box = [float(number) for number in re.search(rb"/MediaBox \[([^]]*)\]", data)[1].split()]
    assert box[2:] == pytest.approx([part.rect.width() * 0.75, part.rect.height() * 0.75], abs=1.0)
    assert set("imageconvflattenlinearlogits1Lookhere") <= pdf_letters(data)
    assert "<classifier> & more".encode("utf-16-be") in data
    assert b"Small: &lt;classifier&gt; &amp; more" in data
    assert b"/Subtype /Image" not in data


def test_an_empty_graph_is_refused_in_a_sentence(qapp, catalogue, project):
    empty = Project(graphs=project.graphs.set("empty", type(project.graphs["classifier"])()))
    scene = GraphScene(Document(empty), "empty", catalogue, Style(Theme.load("dark")))
    assert not whole(scene)
    with pytest.raises(PictureError, match="nothing in this graph"):
        finished(make(scene, whole(scene), wish("png")))


@given(st.floats(1, 1e7), st.floats(1, 1e7), st.sampled_from([1.0, 2.0, 3.0]))
def test_pixels_are_bounded_and_as_asked_where_they_can_be(width, height, scale):
    size, got = pixels(QRectF(0, 0, width, height), scale)
    assert 1 <= size.width() <= MOST_SIDE
    assert 1 <= size.height() <= MOST_SIDE
    assert size.width() * size.height() <= MOST_PIXELS + MOST_SIDE
    assert got <= scale
    if max(width, height) * scale <= MOST_SIDE and width * height * scale**2 <= MOST_PIXELS:
        assert got == scale


def test_ten_thousand_nodes_come_in_steps_and_within_bounds(qapp, catalogue, monkeypatch):
    scene = GraphScene(Document(large(1500, 2000)), "large", catalogue, Style(Theme.load("dark")))
    part = whole(scene)
    size, scale = pixels(QRectF(0, 0, 24_000, 15_000), 3.0)  # what 10,000 nodes take
    assert size.width() * size.height() <= MOST_PIXELS
    assert 0.2 < scale < 1
    monkeypatch.setattr(files, "MOST_PIXELS", 400_000)
    data, shares = finished(make(scene, part, wish("png", scale=3.0)))
    image = QImage()
    assert image.loadFromData(data)
    assert image.width() * image.height() <= 400_000
    assert len(shares) > 60
    assert shares == sorted(shares)


def test_a_page_is_never_larger_than_readers_take(qapp):
    for width in (100.0, 20_000.0, 1e7):
        assert files.page_points(QRectF(0, 0, width, 50)) * width <= MOST_POINTS


def test_memory_that_is_not_there_is_said(scene, monkeypatch):
    monkeypatch.setattr(files, "QImage", lambda *_: QImage())
    files.QImage.Format = QImage.Format
    with pytest.raises(PictureError, match="not enough memory"):
        finished(make(scene, whole(scene), wish("png")))


@pytest.mark.parametrize(
    ("error", "word"), [(errno.ENOSPC, "No space left on device"), (errno.EACCES, "Permission denied")]
)
def test_a_disk_that_refuses_is_said_in_words_and_the_old_file_stays(tmp_path, monkeypatch, error, word):
    path = tmp_path / "net.png"
    path.write_bytes(b"older")

    def refuse(*_: object) -> None:
        raise OSError(error, word)

    monkeypatch.setattr("netbuilder.graph.write.os.fsync", refuse)
    with pytest.raises(PictureError, match=word):
        write(path, b"newer")
    assert path.read_bytes() == b"older"
    assert [held.name for held in tmp_path.iterdir()] == ["net.png"]
    with pytest.raises(PictureError, match="cannot be written"):
        write(Path(tmp_path / "no" / "such.png"), b"x")


@settings(max_examples=60)
@given(st.floats(10, 1e6), st.floats(10, 1e6), st.integers(0, 10))
def test_pages_hold_all_of_the_graph_and_no_part_twice(width, height, across):
    rect = QRectF(-50, 70, width, height)
    sheets = share_out(rect, QSizeF(520, 770), across)
    assert len(sheets.tiles) == sheets.across * sheets.down <= MOST_PAGES
    around = QRectF()
    for tile in sheets.tiles:
        around = around.united(tile)
    slack = 1e-3 * max(width, height)
    assert around.adjusted(-slack, -slack, slack, slack).contains(rect)
    assert sum(tile.width() * tile.height() for tile in sheets.tiles) == pytest.approx(
        around.width() * around.height(), rel=1e-3
    )
    assert sheets.across <= max(across, 1)
    if across == 0:
        assert len(sheets.tiles) == 1


def test_a_folded_frame_is_its_plate_and_links_end_there(qapp, project, catalogue):
    document = Document(project)
    document.apply(
        fold_around(document.project, "classifier", (200.0, -40.0, 600.0, 200.0), "Stem", ["conv1", "flatten1"])
    )
    scene = GraphScene(document, "classifier", catalogue, Style(Theme.load("dark")))
    part = whole(scene)
    assert set(part.nodes) == {"image", "linear1", "logits"}
    texts = ElementTree.fromstring(finished(make(scene, part, wish("svg")))[0]).iter(f"{SVG}text")
    words = " ".join(found.text or "" for found in texts)
    assert "linear1" in words
    assert "Stem" in words
    assert "conv1" not in words
    (plate,) = [id for id in part.frames if scene.frames[id].plate is not None]
    scene.chosen.set(nodes=["linear1"], frames=[plate])
    chosen = selection(scene)
    assert set(chosen.nodes) == {"linear1"}
    assert [key.node for key in chosen.links] == ["linear1"]


@pytest.mark.parametrize("shape", ["smooth", "orthogonal"])
def test_the_shape_of_links_and_an_overlay_are_taken_over(scene, shape):
    light = Theme.load("light")
    report = GraphReport(
        {"conv1": NodeFacts("ok", {}, {}, parameters=40), "linear1": NodeFacts("ok", parameters=9)}, ()
    )
    scene.restyle(Style(light, shape))
    scene.show_report(report)
    scene.reporting.flush()
    plain = png(Shown(scene, report, None, "light").styled(light), whole(scene), wish("png"))
    assert Shown(scene, report, None, "light").styled(light).styling.links == shape
    scene.reporting.show_overlay("parameters")
    assert png(Shown(scene, report, None, "light").styled(light), whole(scene), wish("png")) != plain


def test_frames_show_no_handle(scene):
    frame = scene.frames["note"]
    corner = frame.rect.bottomRight() - QPointF(11, 5) - whole(scene).rect.topLeft()
    inside = frame.rect.topRight() - QPointF(30, -8) - whole(scene).rect.topLeft()
    image = png(Shown(scene, None, None, "light").styled(Theme.load("light")), whole(scene), wish("png"))
    ground = image.pixelColor(inside.toPoint())
    around = [image.pixelColor(corner.toPoint() + QPoint(x, y)) for x in range(-2, 4) for y in range(-3, 2)]
    assert set(map(QColor.name, around)) == {ground.name()}
