"""Icons: glyphs of the Remix font that qtawesome ships, painted in the theme's colours.

Importing qtawesome itself loads ten fonts and takes 0.25 s, a third of the window's whole start; the one font file that
is needed takes 2 ms. Where its file is not to be found the same glyphs come through qtawesome.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPainterPath, QPixmap, QTransform

from netbuilder.resources import resource
from netbuilder.ui.theme import Theme

# What the window calls it -> the glyph's name in the font.
GLYPHS = {
    "train": "play-fill",
    "undo": "arrow-go-back-line",
    "redo": "arrow-go-forward-line",
    "fit": "fullscreen-line",
    "trained": "award-line",
    "shared": "links-line",
    "dark": "moon-line",
    "light": "sun-line",
    "new": "file-add-line",
    "open": "folder-open-line",
    "save": "save-3-line",
    "export": "share-forward-line",
    "picture": "image-line",
    "print": "printer-line",
    "compare": "layout-column-line",
    "zoom_in": "zoom-in-line",
    "zoom_out": "zoom-out-line",
    "cut": "scissors-cut-line",
    "copy": "file-copy-line",
    "paste": "clipboard-line",
    "duplicate": "file-copy-2-line",
    "delete": "delete-bin-line",
    "frame": "artboard-2-line",
    "bypass": "forbid-line",
    "select_all": "checkbox-multiple-line",
    "rename": "edit-line",
    "add": "add-line",
    "search": "search-line",
    "keyboard": "keyboard-line",
    "about": "information-line",
    "legend": "question-line",
    "tutorial": "guide-line",
    "recent": "history-line",
    "network": "node-tree",
    "training": "restart-line",
    "restart": "refresh-line",
    "preview": "eye-line",
    "error": "close-circle-fill",
    "warning": "alert-fill",
    "hint": "lightbulb-line",
    "ok": "checkbox-circle-fill",
    "repair": "tools-line",
    "code": "code-s-slash-line",
    "runs": "line-chart-line",
    "close": "close-line",
    "swap": "exchange-line",
    "beside": "layout-column-line",
    "up": "arrow-left-up-line",
    "here": "arrow-right-s-fill",
    "bookmark": "bookmark-fill",
    "link": "links-line",
    "fit_selection": "focus-2-line",
    "enter": "login-box-line",
    "exit": "logout-box-r-line",
    "back": "arrow-left-s-line",
    "data": "database-2-line",
    "import": "file-upload-line",
    "folded": "arrow-right-s-line",
    "unfolded": "arrow-down-s-line",
    "ungroup": "git-branch-line",
    "more": "equalizer-line",
    "note": "sticky-note-line",
    "upstream": "skip-back-line",
    "downstream": "skip-forward-line",
    "layout": "organization-chart",
    "align_left": "align-left",
    "align_centre": "align-center",
    "align_right": "align-right",
    "align_top": "align-top",
    "align_middle": "align-vertically",
    "align_bottom": "align-bottom",
    "distribute_horizontally": "layout-column-line",
    "distribute_vertically": "layout-row-line",
}
SIZES = (16, 20, 24)
RATIOS = (1, 2, 3)  # device pixels per logical pixel that pixmaps are painted for


class Icons:
    """Makes icons in one theme's colours; a change of theme makes a new one."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, str], QIcon] = {}

    def icon(self, name: str, color: str = "text", disabled: str = "text.disabled") -> QIcon:
        """The icon `name` of GLYPHS in the theme's `color`; the same object for the same question."""
        key = (name, color)
        if key not in self._made:
            icon = QIcon()
            for size in SIZES:
                for ratio in RATIOS:
                    icon.addPixmap(self.pixmap(name, color, size, ratio))
                    icon.addPixmap(self.pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
            self._made[key] = icon
        return self._made[key]

    def pixmap(self, name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
        """The glyph, `size` logical pixels high and wide, for screens of `ratio` device pixels to one."""
        family, codes = _glyphs()
        side = round(size * ratio)
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        font = QFont(family)
        font.setPixelSize(side)
        painter.setFont(font)
        painter.setPen(self._theme.color(color))
        painter.drawText(QRect(0, 0, side, side), Qt.AlignmentFlag.AlignCenter, codes[GLYPHS[name]])
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def dot(self, color: QColor, size: int = 10) -> QIcon:
        """A small filled square with round corners: the colour of a category."""
        key = (f"dot {size}", color.name())
        if key in self._made:
            return self._made[key]
        icon = self._made[key] = QIcon()
        for ratio in RATIOS:
            side = 16 * ratio
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            inset = (16 - size) / 2 * ratio
            painter.drawRoundedRect(QRectF(inset, inset, size * ratio, size * ratio), 3 * ratio, 3 * ratio)
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                icon.addPixmap(pixmap, mode)
        return icon


@cache
def _glyphs() -> tuple[str, dict[str, str]]:
    """The font's family, once it is loaded, and the characters of its glyphs by their names."""
    files = _font_files()
    if files is None:
        import qtawesome

        return qtawesome.font("ri", 16).family(), qtawesome._instance().charmap["ri"]
    font, charmap = files
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font)))
    codes = json.loads(charmap.read_bytes())
    return families[0] if families else QFont().family(), {name: chr(int(codes[name], 16)) for name in GLYPHS.values()}


def glyph_path(name: str, size: float) -> QPainterPath:
    """The shape of an icon of GLYPHS, as large as fits a square of this size at the origin."""
    family, codes = _glyphs()
    font = QFont(family)
    font.setPixelSize(100)
    path = QPainterPath()
    path.addText(QPointF(), font, codes[GLYPHS[name]])
    around = path.boundingRect()
    scale = size / max(around.width(), around.height(), 1.0)
    onto = QTransform().translate(size / 2, size / 2).scale(scale, scale)
    return onto.translate(-around.center().x(), -around.center().y()).map(path)


def _font_files() -> tuple[Path, Path] | None:
    """The font and its table of names in qtawesome's folder, which is found without importing it."""
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "fonts"
    fonts, charmaps = sorted(folder.glob("remixicon-[0-9]*.ttf")), sorted(folder.glob("remixicon-charmap-*.json"))
    return (fonts[-1], charmaps[-1]) if fonts and charmaps else None


def application_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(resource("icons/netbuilder.svg")))


def blank(size: int) -> QIcon:
    """An icon of nothing: it keeps words in line."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
