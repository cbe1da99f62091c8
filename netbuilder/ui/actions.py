"""Everything that the window can be told to do, as one table: menus, tool bar, shortcuts, palette of commands and
page of shortcuts follow it. Its rows stand in `action_rows`, a module for each menu; `action.py` says what a row is.
"""

from __future__ import annotations

from netbuilder.ui.action import Action
from netbuilder.ui.action_rows import arrange, edit, file, graph, help, run, select, view

ACTIONS: tuple[Action, ...] = (
    *file.ROWS,
    *edit.ROWS,
    *select.ROWS,
    *arrange.ROWS,
    *view.ROWS,
    *graph.ROWS,
    *run.ROWS,
    *help.ROWS,
)
MENUS = ("File", "Edit", "Select", "Arrange", "View", "Graph", "Run", "Help")
