"""Begins and ends the tutorial on a window, and remembers that a person knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.graph.file import load
from netbuilder.resources import resource
from netbuilder.ui.preferences import Preferences

if TYPE_CHECKING:
    from netbuilder.ui.tutorial.coach import Coach
    from netbuilder.ui.window import Window

KNOWN = "tutorial_known"


class Tutorial:
    """`coach`: the card while the tutorial goes on, None otherwise."""

    def __init__(self, window: Window, preferences: Preferences) -> None:
        self._window = window
        self._preferences = preferences
        self.coach: Coach | None = None

    @property
    def known(self) -> bool:
        """Whether the person has been through it, or has left it."""
        return self._preferences.switch(KNOWN, default=False)

    def start(self) -> None:
        """Opens its project, after asking about the one that is open, and begins with the first step."""
        from netbuilder.ui.tutorial.coach import Coach  # only who learns waits for its imports

        before = self._window.files.opened
        self._window.files.open_unsaved(load(resource("tutorial.netbuilder")))
        bench = self._window.workbench
        if bench is None or self._window.files.opened is before:  # the person kept what was open
            return
        self.stop()
        bench.tabs.show_graph("classifier")
        self.coach = Coach(self._window, bench)
        self.coach.left.connect(self._left)

    def stop(self) -> None:
        """Takes the card away; the project stays as it is."""
        coach, self.coach = self.coach, None
        if coach is not None:
            coach.close_down()

    def _left(self, ended: bool) -> None:
        self._preferences.set_switch(KNOWN, True)
        self.stop()
        self._window.say("Well done." if ended else "The tutorial waits in the Help menu.")
