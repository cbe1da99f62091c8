"""Which nodes of the open project a run holds weights for, told to its canvases."""

from __future__ import annotations

from netbuilder.training.held import Held, held
from netbuilder.training.run import RunError
from netbuilder.ui.beside import Views
from netbuilder.ui.runs.mine import OwnRuns


def show_held(views: Views, own: OwnRuns) -> None:
    """Marks what the newest run with readable weights holds; nothing where there is none."""
    for run in own.find():
        try:
            found = held(run)
        except RunError:  # no checkpoint yet, or a damaged one: the runs panel says so
            continue
        views.show_held(found)
        return
    views.show_held(Held())
