"""The palette of commands: all that the actions' table, the graphs, the panels and the recent files offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QAction

from netbuilder.graph.model import Graph
from netbuilder.ui.action_set import Actions
from netbuilder.ui.finding.entry import Entry
from netbuilder.ui.icons import Icons
from netbuilder.ui.keymap import TABLE, Keymap
from netbuilder.ui.text import menu_path

GRAPH, PANEL, FILE = "graph:", "panel:", "file:"


class Command(NamedTuple):
    """An entry, whose key is a text that can be remembered, and what choosing it does."""

    entry: Entry
    do: Callable[[], object]


def of_actions(actions: Actions, keymap: Keymap, why_not: Callable[[str], str], but: str) -> list[Command]:
    """Every action of the table, except the one that opens the palette. `why_not(when)`: why one can't be used now."""
    found = []
    for entry in TABLE.values():
        if entry.id != but:
            action = actions[entry.id]
            row = Entry(
                entry.id,
                action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…"),
                menu_path(entry.menu),
                keymap.shown(entry.id),
                entry.tip,
                f"{entry.plain_text} {entry.tip} {entry.id.replace('_', ' ')}",  # what it is called in the code, too
                action.icon() if entry.icon else None,
                "" if action.isEnabled() else why_not(entry.when),
            )
            found.append(Command(row, action.trigger))
    return found


def of_graphs(graphs: Iterable[tuple[str, Graph]], icons: Icons, go: Callable[[str], object]) -> list[Command]:
    """Showing one of the project's graphs."""
    return [
        Command(
            Entry(GRAPH + name, f"Go to {name}", f"{graph.kind} graph".replace("network graph", "network"),
                  icon=icons.icon(graph.kind)),
            partial(go, name),
        )
        for name, graph in graphs
    ]  # fmt: skip


def of_panels(toggles: Iterable[tuple[str, QAction]]) -> list[Command]:
    """Showing or hiding a panel."""
    return [
        Command(
            Entry(PANEL + name, f"{'Hide' if toggle.isChecked() else 'Show'} panel {toggle.text()}", "View ▸ Panels"),
            toggle.trigger,
        )
        for name, toggle in toggles
    ]


def of_files(paths: Sequence[Path], icons: Icons, open: Callable[[Path], object]) -> list[Command]:
    """Opening a file again."""
    return [
        Command(
            Entry(FILE + str(path), f"Open {path.name}", str(path.parent), icon=icons.icon("recent")),
            partial(open, path),
        )
        for path in paths
    ]
