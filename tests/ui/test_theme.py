"""Both themes: tokens are complete, and everything can be read and seen against what it lies on."""

import itertools
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette

import netbuilder.ui
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.resources import resource
from netbuilder.ui.stylesheet import RULES
from netbuilder.ui.theme import NAMES, PALETTE, Theme
from netbuilder.ui.tokens import _once, tokens

# Ink -> the grounds on which it is read.
TEXT = {
    "text": ("window", "surface", "raised", "field", "hover", "pressed", "warning.soft"),
    "text.muted": ("window", "surface", "raised", "field", "hover"),
    "text.on_accent": ("accent", "accent.hover", "accent.pressed"),
    "selection.text": ("selection",),
    "error": ("window", "surface", "raised", "node.body"),
    "warning": ("window", "surface", "raised", "node.body"),
    "hint": ("window", "surface", "raised", "node.body"),
    "ok": ("window", "surface", "raised"),
    "accent": ("window", "surface", "raised"),
    "focus": ("window", "surface", "raised"),
    "canvas.frame.text": ("canvas.frame",),
    "canvas.hint": ("canvas.background",),
    "node.text": ("node.body", "node.bypassed"),
    "node.muted": ("node.body", "node.bypassed"),
    "node.unknown": ("node.body", "node.bypassed"),
    "code.text": ("code.background", "code.span"),
    "code.keyword": ("code.background", "code.span"),
    "code.string": ("code.background", "code.span"),
    "code.number": ("code.background", "code.span"),
    "code.name": ("code.background", "code.span"),
    "code.self": ("code.background", "code.span"),
    "code.comment": ("code.background", "code.span"),
    "code.line": ("code.background",),
}
# A line or a shape -> what it must stand out from.
SHAPES = {
    "focus": ("window", "surface", "raised", "field", "canvas.background"),
    "border.strong": ("window", "surface", "raised", "field"),
    "accent": ("window", "surface", "raised", "canvas.background", "selection", "field"),
    "canvas.rubber": ("canvas.background", "canvas.frame"),
    "canvas.frame.border": ("canvas.background", "canvas.frame"),
    "node.border": ("canvas.background", "canvas.frame", "node.body"),
    "node.border.hover": ("canvas.background", "canvas.frame", "node.body"),
    "node.border.selected": ("canvas.background", "canvas.frame", "node.body"),
    "link.unknown": ("canvas.background", "canvas.frame"),
    "error": ("canvas.background", "canvas.frame"),
    "warning": ("canvas.background", "canvas.frame"),
    "hint": ("canvas.background", "canvas.frame"),
}
# Seen by nobody who must: WCAG 2.2 exempts what is disabled (1.4.3) and what only decorates (1.4.11).
EXEMPT = {
    "text.disabled": "disabled",
    "border": "parts that spacing and grounds tell apart as well",
    "light": "bevels of widgets that Fusion paints",
    "mid": "bevels of widgets that Fusion paints",
    "dark": "bevels of widgets that Fusion paints",
    "shadow": "shadows",
    "node.shadow": "shadows",
    "node.line": "the line over a node's foot",
    "canvas.grid": "the dots of the ground",
}
# Parts of the style sheet that carry no text, so that their ground is a shape itself.
TEXTLESS = re.compile(r"separator|handle|indicator|chunk|scroll|corner|tab:selected|branch", re.IGNORECASE)


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
    grounds = ("node.body", "canvas.background", "canvas.frame")
    pairs += [(f"category.{c}", on) for c in theme.categories for on in (*grounds, "surface", "raised")]
    pairs += [(f"role.{role}", on) for role in theme.roles for on in grounds]
    low = {pair: round(value, 2) for pair in pairs if (value := contrast(*map(theme.color, pair))) < 3}
    assert low == {}


def test_every_colour_is_held_against_what_it_lies_on():
    grounds = {ground for table in (TEXT, SHAPES) for on in table.values() for ground in on}
    held = TEXT.keys() | SHAPES.keys() | grounds | EXEMPT.keys()
    assert held == tokens()["color"].keys()
    assert not EXEMPT.keys() & (TEXT.keys() | SHAPES.keys() | grounds)


def rules() -> list[tuple[str, dict[str, str]]]:
    """The style sheet's selectors with their properties."""
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", RULES)
    return [(who.strip(), dict(re.findall(r"([\w-]+):\s*([^;]+);", what))) for who, what in found]


def test_what_the_style_sheet_writes_is_held_against_the_ground_that_it_gives():
    for selector, held in rules():
        ink, ground = (held.get(name, "").removeprefix("@") for name in ("color", "background"))
        if ":disabled" in selector or ground == "transparent" or (TEXTLESS.search(selector) and not ink):
            continue
        if ink:
            assert ink in TEXT, selector
        if ground:
            assert ground in TEXT[ink or ("code.text" if ground.startswith("code") else "text")] or (
                not ink and ground in TEXT["text.on_accent"]
            ), selector


def test_one_file_holds_every_token_once_and_each_is_used():
    assert [path.name for path in resource("themes").iterdir()] == ["tokens.json"]
    with pytest.raises(ValueError, match="twice in the tokens: a"):
        _once([("a", 1), ("b", 2), ("a", 3)])
    held = tokens()
    source = "\n".join(path.read_text() for path in Path(netbuilder.ui.__file__).parent.rglob("*.py"))
    unused = [
        token
        for group in ("color", "size")
        for token in held[group]
        if f'"{token}"' not in source
        and f"#{token}#" not in RULES
        and not re.search(rf"@{re.escape(token)}\b(?!\.)", RULES)
    ]
    assert unused == []
    catalogue = Catalogue.builtin()
    declared = {category.lower() for category in catalogue.categories()}
    assert held["category"].keys() == declared | {"other"}
    roles = {
        port.role
        for blocks in catalogue.categories().values()
        for one in blocks
        for port in (*one.inputs, *one.outputs)
    }
    assert roles | {"tensor"} <= held["role"].keys()
    for group in ("color", "category", "role", "scale"):
        each = held[group].values() if group != "scale" else [held[group]]
        assert all(values.keys() == set(NAMES) for values in each), group
    assert Theme.load("dark").dark
    assert not Theme.load("light").dark


def seen_by(color: QColor, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    """A colour as somebody with this kind of colour blindness sees it, as linear RGB (Machado, Oliveira, Fernandes
    2009, severity 1)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.getRgbF()[:3]]
    return tuple(sum(a * b for a, b in zip(row, linear, strict=True)) for row in matrix)


BLIND = {
    "nothing": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_scale_of_overlays_rises_for_every_eye(name):
    """From step to step it moves away from the canvas, and so much that grey alone would do."""
    theme = Theme.load(name)
    ground = theme.color("canvas.background")
    assert all(contrast(step, ground) >= 3 for step in theme.scale)
    for kind, matrix in BLIND.items():
        light = [
            max(0.0, 0.2126 * r + 0.7152 * g + 0.0722 * b)
            for r, g, b in (seen_by(step, matrix) for step in theme.scale)
        ]
        for low, high in itertools.pairwise(light):
            dark, bright = sorted((low, high))
            assert (high > low) is theme.dark, (kind, light)
            assert (bright + 0.05) / (dark + 0.05) >= 1.25, (kind, light)


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
