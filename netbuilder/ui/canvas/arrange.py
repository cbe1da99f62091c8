"""Selecting what belongs together, and putting the selection in line."""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.graph import arrange, reach
from netbuilder.graph.arrange import Box
from netbuilder.graph.change import Change
from netbuilder.ui.canvas.gestures.move import riding
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted

_LEAST = {**dict.fromkeys(arrange.LINES, 2), **dict.fromkeys(arrange.AXES, 3)}


def in_line(scene: GraphScene, how: str, tell: Callable[[str], None]) -> Change | None:
    """The selection put in line: `how` is one of LINES or AXES of `graph.arrange`. None where there is too little."""
    boxes, riders = _things(scene)
    if len(boxes) < _LEAST[how]:
        tell(f"Select {'two' if _LEAST[how] == 2 else 'three'} or more blocks or frames first.")
        return None
    edit = arrange.align if how in arrange.LINES else arrange.distribute
    return edit(scene.document.project, scene.name, boxes, how, riders)


def extend(scene: GraphScene, way: str, tell: Callable[[str], None]) -> None:
    """Adds to the selected nodes what belongs to them: `way` is one of WAYS of `graph.reach`."""
    chosen, start = scene.chosen, scene.chosen.all_nodes()
    if not start:
        tell("Select a block first.")
        return
    found = reach.WAYS[way](scene.graph, start)
    more = len(found) - len(start)
    chosen.set(nodes=found, links=chosen.links, frames=chosen.frames)
    tell(f"{counted(more, 'block')} more, {counted(len(found), 'block')} in all." if more else "There are no others.")


def invert(scene: GraphScene) -> None:
    """Selects the nodes and frames that are not selected, and nothing else."""
    chosen = scene.chosen
    hidden = scene.folds.owner.keys()
    nodes, frames = scene.nodes.keys() - chosen.nodes - hidden, scene.frames.keys() - chosen.frames - hidden
    chosen.set(nodes=nodes, frames=frames)


def _things(scene: GraphScene) -> tuple[dict[str, Box], dict[str, set[str]]]:
    """What is put in line, and what rides on its frames. What lies in a selected frame goes with it; where that leaves
    one frame alone, the nodes in it are meant."""
    chosen = scene.chosen
    riders = {id: set().union(*riding(scene, id)) for id in chosen.frames}
    inner = set().union(*riders.values()) if riders else set()
    nodes, frames = chosen.nodes - inner, chosen.frames - inner
    if len(nodes) + len(frames) < 2:
        nodes, frames = chosen.nodes, set()
    rects = {id: scene.nodes[id].rect for id in nodes} | {id: scene.frames[id].rect for id in frames}
    return {id: (rect.x(), rect.y(), rect.width(), rect.height()) for id, rect in rects.items()}, riders
