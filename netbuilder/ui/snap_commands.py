"""What dragging snaps to, as the View menu switches it; remembered between starts."""

from __future__ import annotations

from netbuilder.ui.action_set import Actions
from netbuilder.ui.canvas.snapping import Snapping
from netbuilder.ui.preferences import Preferences

WHAT = ("grid", "neighbours")


class SnapCommands:
    """`snapping` is read by all canvases."""

    def __init__(self, preferences: Preferences, actions: Actions) -> None:
        self._preferences, self._actions = preferences, actions
        self.snapping = Snapping()
        for what in WHAT:
            self._show(what, preferences.switch(f"snap/{what}", default=True))

    def toggle(self, what: str) -> None:
        """Snaps to this from now on, or no longer."""
        on = not getattr(self.snapping, what)
        self._preferences.set_switch(f"snap/{what}", on)
        self._show(what, on)

    def _show(self, what: str, on: bool) -> None:
        setattr(self.snapping, what, on)
        self._actions[f"snap_{what}"].setChecked(on)
