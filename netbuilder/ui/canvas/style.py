"""Colours, pens and fonts of the canvas, made once from the theme so that painting only picks them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainterPath, QPen

from netbuilder.compiler.report import SEVERITIES
from netbuilder.ui.canvas import metrics as m


class Colors(Protocol):
    """What the canvas needs of a theme."""

    def color(self, token: str) -> QColor: ...

    def category(self, name: str) -> QColor: ...

    def role(self, role: str) -> QColor: ...

    def font(self) -> QFont: ...

    @property
    def scale(self) -> Sequence[QColor]: ...


STEPS = 16  # colours of an overlay's scale: more of them nobody tells apart


def _rgb(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()


def mix(below: QColor, above: QColor, share: float) -> QColor:
    """`above` laid over `below` with `share` of its strength (0..1)."""
    parts = zip(_rgb(below), _rgb(above), strict=True)
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in parts))


def clear(color: QColor, alpha: float) -> QColor:
    """The colour with this opacity (0..1)."""
    changed = QColor(color)
    changed.setAlphaF(alpha)
    return changed


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever stands out more (WCAG 2 relative luminance)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(ground)]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return QColor("#000000") if luminance > 0.179 else QColor("#ffffff")


def _font(family: QFont, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(weight)
    # Hinted glyphs change their width with the zoom: text that fitted at 100 % would run out of its node at 90 %.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Text:
    """A font with its metrics."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self._widths: dict[str, float] = {}

    def width(self, text: str) -> float:
        """Advance width in the font's pixels; remembered, since nodes say much the same."""
        found = self._widths.get(text)
        if found is None:
            if len(self._widths) > 5000:
                self._widths.clear()
            found = self._widths[text] = self.metrics.horizontalAdvance(text)
        return found

    def elide(self, text: str, width: float) -> str:
        """The text, shortened with an ellipsis where it is wider than `width`."""
        if self.width(text) <= width:
            return text
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))


class Style:
    """Everything that painting needs to know of the theme and the application's font."""

    def __init__(self, theme: Colors, links: str = "smooth") -> None:
        """`links`: the shape of their ways, one of `link_paths.SHAPES`."""
        color, font = theme.color, theme.font()
        self._theme = theme
        self.links = links
        self.scale = theme.scale
        self._plates: dict[str, Plate] = {}
        self._roles: dict[str, Role] = {}
        self.ground = color("canvas.background")
        self.hint = color("canvas.hint")
        self.dot = color("canvas.grid")
        self.body = color("node.body")
        self.border = color("node.border")
        self._unscaled = mix(self.body, self.border, 0.35)
        self.title = color("node.text")
        self.muted = color("node.muted")
        self.unknown = color("node.unknown")
        self.accent = color("node.border.selected")
        self.focus = color("focus")
        self.on_accent = color("text.on_accent")
        self.signs: dict[str, QColor] = {name: color(name) for name in SEVERITIES}
        self.frame_body = color("canvas.frame")
        self.frame_border = color("canvas.frame.border")
        self.frame_text = color("canvas.frame.text")
        self.rubber = color("canvas.rubber")
        self.popup = color("raised")
        self.popup_border = color("border.strong")
        self.shadow = clear(color("node.shadow"), 0.12)
        self.button = color("accent")
        self.button_hover = color("accent.hover")
        self.quiet_button = color("hover")

        self.name_ground = QBrush(clear(self.body, 0.85))
        self.body_brush = QBrush(self.body)
        self.veil = QBrush(clear(self.ground, 0.55))
        self.bypassed_brush = QBrush(color("node.bypassed"))
        self.pill_edge = QPen(color("node.border.hover"), 1.0)
        self.line = QPen(color("node.line"), 1.0)
        self.outline = QPen(self.border, 1.2)
        self.hovered = QPen(color("node.border.hover"), 1.4)
        self.selected = QPen(self.accent, 2.0)
        self.glow = QPen(clear(self.accent, 0.2), 6.0)
        self.broken = QPen(self.signs["error"], 1.8)
        self.chosen_link = QPen(self.accent, m.LINK + 0.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self.unknown_link = QPen(color("link.unknown"), m.LINK, Qt.PenStyle.DashLine, Qt.PenCapStyle.FlatCap)
        self.dashed = QPen(self.muted, 1.4, Qt.PenStyle.DashLine)
        self.far_dashed = QPen(self.muted, 1.2, Qt.PenStyle.DashLine)
        self.far_dashed.setCosmetic(True)

        weight = QFont.Weight.DemiBold
        self.title_text = Text(_font(font, m.TITLE_FONT, weight))
        self.small_text = Text(_font(font, m.TEXT_FONT))
        self.badge_text = Text(_font(font, m.BADGE_FONT, weight))
        self.note_text = Text(_font(font, m.NOTE_FONT))
        self.bold_small = Text(_font(font, m.TEXT_FONT, weight))
        self.bold_note = Text(_font(font, m.NOTE_FONT, weight))
        self.head = _head()
        self._bars: dict[float, QPainterPath] = {}
        self._far_sizes: dict[tuple[float, float], Text] = {}
        self._far = {size: Text(_font(font, size, weight)) for size in (20, 28, 40, 56, 80, 112, 160, 230, 340, 560)}

    def far_text(self, zoom: float, most: float) -> Text:
        """Text that reads as about 11 pixels at this zoom, no larger than `most` scene units."""
        found = self._far_sizes.get((zoom, most))
        if found is None:
            if len(self._far_sizes) > 500:
                self._far_sizes.clear()
            sizes = [size for size in self._far if size <= most] or [20]
            size = next((size for size in sizes if size >= 11.0 / zoom), sizes[-1])
            found = self._far_sizes[zoom, most] = self._far[size]
        return found

    def bar(self, height: float) -> QPainterPath:
        """The stripe at the left of a node of this height; nodes come in few heights."""
        if height not in self._bars:
            body, stripe = QPainterPath(), QPainterPath()
            body.addRoundedRect(QRectF(0, 0, m.NODE_WIDTH, height), m.RADIUS, m.RADIUS)
            stripe.addRect(QRectF(0, 0, m.BAR, height))
            self._bars[height] = body.intersected(stripe)
        return self._bars[height]

    def plate(self, tone: str) -> Plate:
        """How nodes look that a category colours ("Linear") or a place on an overlay's scale ("scale 3")."""
        if tone not in self._plates:
            self._plates[tone] = self._make_plate(tone)
        return self._plates[tone]

    def _make_plate(self, tone: str) -> Plate:
        kind, _, place = tone.partition(" ")
        if kind != "scale":
            return Plate(self._theme.category(tone), self.body, self.title, self.muted)
        color = scale_color(self.scale, int(place) / STEPS) if place != "none" else self._unscaled
        ink = readable_on(color)
        return Plate(color, self.body, ink, ink, head=1.0, far=1.0)

    def role(self, role: str) -> Role:
        """How ports and links look through which this flows."""
        if role not in self._roles:
            self._roles[role] = Role(self._theme.role(role), self.body)
        return self._roles[role]


def _head() -> QPainterPath:
    """The upper part of a node's body, for the tint behind its title."""
    path = QPainterPath(QPointF(0, m.TITLE))
    path.lineTo(0, m.RADIUS)
    path.quadTo(0, 0, m.RADIUS, 0)
    path.lineTo(m.NODE_WIDTH - m.RADIUS, 0)
    path.quadTo(m.NODE_WIDTH, 0, m.NODE_WIDTH, m.RADIUS)
    path.lineTo(m.NODE_WIDTH, m.TITLE)
    path.closeSubpath()
    return path


class Plate:
    """A colour of nodes, over their body and alone."""

    def __init__(
        self, color: QColor, body: QColor, ink: QColor, soft: QColor, *, head: float = 0.16, far: float = 0.72
    ) -> None:
        """`ink` and `soft` are for texts on the head; `head` and `far`: how strong the colour is there."""
        self.color = color
        self.ink, self.soft = ink, soft
        self.strong = head > 0.5
        self.bar = QBrush(color)
        self.head = QBrush(mix(body, color, head))
        self.far = QBrush(mix(body, color, far))
        self.far_text = readable_on(self.far.color())


def scale_color(steps: Sequence[QColor], share: float) -> QColor:
    """The colour at this part (0..1) of a scale."""
    at = share * (len(steps) - 1)
    low = min(int(at), len(steps) - 2)
    return mix(steps[low], steps[low + 1], at - low)


class Role:
    """A role's colour as pens and brushes."""

    def __init__(self, color: QColor, body: QColor) -> None:
        self.color = color
        self.fill = QBrush(color)
        self.hollow = QBrush(body)
        self.ring = QPen(color, 2.0)
        self.link = QPen(color, m.LINK, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self.thick = QPen(color, m.LINK + 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self.halo = QPen(clear(color, 0.28), 9.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self.far = QPen(color, 1.2)
        self.far.setCosmetic(True)
