"""Cards of the welcome page: what they say of a project, and the picture that they paint."""

import msgspec
import pytest
from immutables import Map
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from netbuilder.graph.file import save
from netbuilder.graph.model import Frame, Graph, Project
from netbuilder.resources import templates
from netbuilder.ui.welcome.card import picture_of, sentence_of
from netbuilder.ui.welcome.page import WelcomePage
from netbuilder.ui.welcome.picture import paint_graph


def test_the_sentence_is_the_first_of_the_network_s_note(project):
    assert sentence_of(project) == "A small convolutional network."
    assert sentence_of(Project()) == ""
    note = Frame((0, 0, 1, 1), "", "Version 1.5 of\nit. More.")
    assert sentence_of(Project(graphs=Map({"g": Graph("preview", frames=Map({"f": note}))}))) == "Version 1.5 of it."


def test_the_picture_is_of_the_network(project):
    assert picture_of(project) == project.graphs["classifier"]
    assert picture_of(Project()) is None


def colors_in(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_it_paints_each_category_s_colour_inside_the_area(qapp, project, catalogue, theme):
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_graph(painter, QRectF(10, 10, 280, 100), project.graphs["classifier"], catalogue, theme)
    paint_graph(painter, QRectF(0, 0, 10, 10), Graph(), catalogue, theme)
    painter.end()
    painted = [(x, y) for x in range(300) for y in range(120) if image.pixel(x, y) & 0xFFFFFF]
    assert painted
    assert all(8 <= x <= 292 and 8 <= y <= 112 for x, y in painted)
    seen = colors_in(image)
    for category in ("Convolution", "Linear", "Shape"):
        wanted = theme.category(category)
        assert any(abs(wanted.hue() - found.hue()) < 12 for found in map(type(wanted), seen) if found.saturation() > 60)


@pytest.fixture
def page(qtbot, catalogue, theme, icons):
    made = WelcomePage(templates(), [], catalogue, theme, icons)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_preset_has_title_sentence_and_picture(page):
    assert len(page.presets) == len(templates()) >= 2
    for card in page.presets:
        assert card.text()
        assert card.accessibleDescription().endswith(".")
        assert card._graph is not None
        assert not card.grab().isNull()


def test_a_damaged_preset_is_left_out(qtbot, catalogue, theme, icons, tmp_path, project):
    good, bad = tmp_path / "good.netbuilder", tmp_path / "bad.netbuilder"
    save(msgspec.structs.replace(project, title=""), good)
    bad.write_text("{")
    made = WelcomePage({"good": good, "bad": bad}, [], catalogue, theme, icons)
    qtbot.addWidget(made)
    assert [card.text() for card in made.presets] == ["good"]


def test_names_from_files_are_painted_as_they_are(qtbot, catalogue, theme, icons, tmp_path):
    odd = tmp_path / "<b>&odd.netbuilder"
    odd.write_text("{}")
    made = WelcomePage({}, [odd], catalogue, theme, icons)
    qtbot.addWidget(made)
    chosen = []
    made.file_chosen.connect(chosen.append)
    made.recent[0].click()
    assert chosen == [odd]
    assert made.first() is made.new
