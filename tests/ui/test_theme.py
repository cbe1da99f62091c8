"""Both themes: tokens are complete, and everything can be read and seen against what it lies on."""

import pytest
from PySide6.QtGui import QColor, QPalette

from netbuilder.ui.theme import NAMES, PALETTE, Theme

TEXT = {
    "text": ("window", "surface", "raised", "field", "hover", "pressed", "accent.soft"),
    "text.muted": ("window", "surface", "raised", "field", "hover"),
    "text.on_accent": ("accent", "accent.hover", "accent.pressed"),
    "selection.text": ("selection",),
    "error": ("window", "surface", "raised", "error.soft"),
    "warning": ("window", "surface", "raised", "warning.soft"),
    "hint": ("window", "surface", "raised"),
    "ok": ("window", "surface", "raised", "ok.soft"),
    "accent": ("window", "surface", "raised"),
    "canvas.frame.text": ("canvas.frame",),
    "canvas.hint": ("canvas.background",),
    "node.text": ("node.body", "node.header", "node.bypassed"),
    "node.muted": ("node.body", "node.header"),
    "node.unknown": ("node.body",),
    "code.text": ("code.background", "code.current", "code.span"),
    "code.keyword": ("code.background", "code.current", "code.span"),
    "code.string": ("code.background", "code.current", "code.span"),
    "code.number": ("code.background", "code.current", "code.span"),
    "code.name": ("code.background", "code.current", "code.span"),
    "code.self": ("code.background", "code.current", "code.span"),
    "code.comment": ("code.background", "code.span"),
    "code.line": ("code.background",),
}
SHAPES = {
    "focus": ("window", "surface", "raised", "field"),
    "border.strong": ("surface", "field"),
    "accent": ("window", "surface", "raised", "canvas.background"),
    "canvas.selection": ("canvas.background",),
    "node.border.selected": ("canvas.background", "node.body"),
    "node.border.hover": ("canvas.background",),
    "link": ("canvas.background", "canvas.frame"),
    "link.unknown": ("canvas.background",),
    "link.error": ("canvas.background",),
    "link.selected": ("canvas.background",),
}


def luminance(color: QColor) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself():
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_text_has_a_contrast_of_4_5(name):
    theme = Theme.load(name)
    low = {
        (token, behind): round(value, 2)
        for token, on in TEXT.items()
        for behind in on
        if (value := contrast(theme.color(token), theme.color(behind))) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("name", NAMES)
def test_shapes_have_a_contrast_of_3(name):
    theme = Theme.load(name)
    pairs = [(token, behind) for token, on in SHAPES.items() for behind in on]
    pairs += [(f"category.{c}", on) for c in theme.categories for on in ("node.body", "canvas.background", "surface")]
    pairs += [(f"role.{role}", on) for role in theme.roles for on in ("node.body", "canvas.background", "canvas.frame")]
    low = {pair: round(value, 2) for pair in pairs if (value := contrast(*map(theme.color, pair))) < 3}
    assert low == {}


def test_both_themes_have_the_same_tokens():
    dark, light = map(Theme.load, NAMES)
    for part in ("colors", "categories", "roles"):
        assert getattr(dark, part).keys() == getattr(light, part).keys()
    assert dark.dark
    assert not light.dark


def test_an_unknown_token_is_a_mistake_but_an_unknown_category_is_a_plug_in():
    theme = Theme.load("dark")
    with pytest.raises(KeyError):
        theme.color("nothing.of.the.kind")
    assert theme.category("Quantum") == theme.category("other")
    assert theme.category("Convolution") == theme.color("category.convolution") != theme.category("other")
    assert theme.role("unheard of") == theme.role("tensor")
    with pytest.raises(LookupError):
        Theme.load("plaid")


@pytest.mark.parametrize("name", NAMES)
def test_it_reaches_qt(qapp, name):
    theme = Theme.load(name)
    theme.apply(qapp)
    assert qapp.style().objectName().lower() in ("fusion", "qstylesheetstyle", "")
    for role, token in PALETTE.items():
        assert qapp.palette().color(role) == theme.color(token), role
    dimmed = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert dimmed == theme.color("text.disabled")
    assert "@" not in qapp.styleSheet()
    assert qapp.font().pixelSize() == theme.size("type.body")
