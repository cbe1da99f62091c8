"""Every icon that the window names is in the font, and is painted in the theme's colours."""

from functools import cache

import pytest
from PySide6.QtGui import QIcon

from netbuilder.ui import icons as module
from netbuilder.ui.icons import GLYPHS, Icons, application_icon
from netbuilder.ui.theme import Theme


def inked(icons: Icons, name: str, color: str = "text") -> set[str]:
    """Colours of the pixels that are fully covered."""
    image = icons.pixmap(name, color, 24, 2).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", GLYPHS)
def test_every_glyph_is_painted_in_its_colour(icons, theme, name):
    assert theme.color("accent").name() in inked(icons, name, "accent")


def test_glyphs_differ(icons):
    images = {bytes(icons.pixmap(name, "text", 24).toImage().constBits()) for name in GLYPHS}
    assert len(images) >= len(set(GLYPHS.values())) - 1


def test_disabled_icons_are_dimmed(icons, theme):
    image = icons.icon("save").pixmap(24, QIcon.Mode.Disabled).toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() == 255
    }
    assert colors == {theme.color("text.disabled").name()}


def test_without_the_font_s_file_the_same_glyphs_come_through_qtawesome(qapp, monkeypatch):
    theme = Theme.load("dark")
    direct = Icons(theme).pixmap("train", "text", 24).toImage()
    monkeypatch.setattr(module, "_font_files", lambda: None)
    monkeypatch.setattr(module, "_glyphs", cache(module._glyphs.__wrapped__))
    assert Icons(theme).pixmap("train", "text", 24).toImage() == direct


def test_the_program_s_icon_is_the_window_s_and_reads_at_16_pixels(opened):
    """Three blocks of three colours, two on the left and one on the right, on a dark ground."""
    assert not opened.windowIcon().isNull()
    image = opened.windowIcon().pixmap(16).toImage()
    hues = [image.pixelColor(x, y).hslHue() for x, y in ((4, 5), (4, 10), (11, 8))]
    assert all(abs(hue - wanted) < 25 for hue, wanted in zip(hues, (210, 36, 145), strict=True))
    assert len({round(hue / 40) for hue in hues}) == 3
    assert all(image.pixelColor(x, y).lightness() > 100 for x, y in ((4, 5), (4, 10), (11, 8)))
    assert image.pixelColor(7, 3).lightness() < 70


def test_the_application_has_an_icon_at_every_size(qapp):
    for size in (16, 32, 128, 256):
        image = application_icon().pixmap(size).toImage()
        assert image.pixelColor(image.width() // 2, image.height() // 8).alpha() == 255
