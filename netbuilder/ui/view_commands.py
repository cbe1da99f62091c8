"""How all canvases show their graphs, as the View menu chooses it: links, map, suggestions, overlay. Remembered between
starts, but for the overlay: a graph opens in its own colours."""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.ui.action_set import Actions
from netbuilder.ui.canvas.options import CHOICES, Options
from netbuilder.ui.preferences import Preferences

REMEMBERED = ("links", "minimap", "suggestions")
SWITCHES = ("minimap", "suggestions")


class ViewCommands:
    """`options` is what holds; `changed` is called with it after each choice."""

    def __init__(self, preferences: Preferences, actions: Actions, changed: Callable[[Options], None]) -> None:
        self._preferences, self._actions, self._changed = preferences, actions, changed
        self.options = Options(**{name: preferences.choice(f"view/{name}", CHOICES[name]) for name in REMEMBERED})
        self._check()

    def choose(self, name: str, value: str) -> None:
        """Takes another of a name's CHOICES."""
        self.options = self.options._replace(**{name: value})
        if name in REMEMBERED:
            self._preferences.set_choice(f"view/{name}", value)
        self._check()
        self._changed(self.options)

    def toggle(self, name: str) -> None:
        """Shows one of SWITCHES where it was hidden, and hides it where it was shown."""
        self.choose(name, "off" if getattr(self.options, name) == "on" else "on")

    def _check(self) -> None:
        self._actions[f"links_{self.options.links}"].setChecked(True)
        self._actions[f"overlay_{self.options.overlay or 'none'}"].setChecked(True)
        for name in SWITCHES:
            self._actions[name].setChecked(getattr(self.options, name) == "on")
