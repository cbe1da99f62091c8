"""A theme made of the design tokens: every colour, size and font that the window uses comes from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from netbuilder.ui.stylesheet import stylesheet
from netbuilder.ui.tokens import tokens

NAMES = ("dark", "light")

# Qt's palette role -> token, for normal and for disabled widgets.
PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "surface",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text.muted",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.Light: "light",
    QPalette.ColorRole.Midlight: "border",
    QPalette.ColorRole.Mid: "mid",
    QPalette.ColorRole.Dark: "dark",
    QPalette.ColorRole.Shadow: "shadow",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "selection.text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Accent: "accent",
}
DIMMED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.HighlightedText,
)


class Theme:
    """One set of tokens. An unknown colour token or size raises KeyError: it is a mistake of ours. `scale`: colours
    from little to much, for overlays.

    Category and role names come from the catalogue and from plug-ins, so unknown ones get "other" and "tensor".
    """

    def __init__(
        self,
        name: str,
        colors: Mapping[str, str],
        categories: Mapping[str, str],
        roles: Mapping[str, str],
        sizes: Mapping[str, float],
        fonts: Mapping[str, list[str]],
        scale: Sequence[str],
    ) -> None:
        self.name = name
        self.colors = colors
        self.categories = categories
        self.roles = roles
        self.sizes = sizes
        self.fonts = fonts
        self.scale = [QColor(step) for step in scale]

    @classmethod
    def load(cls, name: str) -> Theme:
        """The theme `name` ("dark" or "light"). Raises LookupError where there is none."""
        if name not in NAMES:
            raise LookupError(f"There is no theme {name!r}; there are {' and '.join(NAMES)}.")
        held = tokens()
        colors, categories, roles = (
            {token: values[name] for token, values in held[group].items()} for group in ("color", "category", "role")
        )
        return cls(name, colors, categories, roles, held["size"], held["font"], held["scale"][name])

    def color(self, token: str) -> QColor:
        """The colour of a token ("node.body"); "category.X" and "role.X" lead to those tables."""
        group, _, name = token.partition(".")
        if group == "category":
            return self.category(name)
        if group == "role":
            return self.role(name)
        return QColor(self.colors[token])

    def category(self, name: str) -> QColor:
        """The colour of a category of blocks, whatever case its name is written in."""
        key = name.lower().removeprefix("category.")
        return QColor(self.categories.get(key, self.categories["other"]))

    def role(self, role: str) -> QColor:
        """The colour of what flows through a port."""
        return QColor(self.roles.get(role, self.roles["tensor"]))

    def size(self, token: str) -> float:
        """A length or type size in logical pixels."""
        return self.sizes[token]

    def font(self, size: str = "type.body", *, bold: bool = False, code: bool = False) -> QFont:
        """The font of a type size, proportional unless it is for code."""
        font = QFont()
        font.setFamilies(self.fonts["code" if code else "text"])
        if code:
            font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(round(self.sizes[size]))
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    @property
    def dark(self) -> bool:
        return QColor(self.colors["window"]).lightnessF() < 0.5

    def palette(self) -> QPalette:
        """Qt's palette made of the tokens, for widgets that the style sheet leaves to Fusion."""
        palette = QPalette()
        for role, token in PALETTE.items():
            palette.setColor(role, self.color(token))
        for role in DIMMED:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("text.disabled"))
        return palette

    def apply(self, app: QApplication) -> None:
        """Gives the application this look; may be called again to change it while windows are open."""
        if app.style().objectName().lower() != "fusion":
            app.setStyle("Fusion")
        app.setPalette(self.palette())
        app.setFont(self.font())
        app.setStyleSheet(stylesheet(self.colors, self.sizes, self.fonts, self.name))
