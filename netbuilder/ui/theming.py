"""Which theme is shown: a person's choice, which may be to follow the system."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from netbuilder.ui.preferences import Preferences

SYSTEM = "system"
CHOICES = (SYSTEM, "dark", "light")


class ThemeChoice(QObject):
    """Remembers the choice; `changed` comes whenever another theme than before is to be shown.

    A system that does not say whether it is dark or light gets dark.
    """

    changed = Signal()

    def __init__(self, app: QGuiApplication, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        hints = app.styleHints()
        self._system = _theme_of(hints.colorScheme())
        hints.colorSchemeChanged.connect(self._system_changed)

    @property
    def choice(self) -> str:
        """ "system", "dark" or "light"."""
        return self._preferences.theme

    @property
    def theme(self) -> str:
        """The theme to show: "dark" or "light"."""
        return self._system if self.choice == SYSTEM else self.choice

    def choose(self, choice: str) -> None:
        """Takes one of CHOICES from now on."""
        before = self.theme
        self._preferences.theme = choice
        if self.theme != before:
            self.changed.emit()

    def _system_changed(self, scheme: Qt.ColorScheme) -> None:
        before = self.theme
        self._system = _theme_of(scheme)
        if self.theme != before:
            self.changed.emit()


def _theme_of(scheme: Qt.ColorScheme) -> str:
    return "light" if scheme == Qt.ColorScheme.Light else "dark"
