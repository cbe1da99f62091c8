"""Grouping the selection into a network and back; paths to layers that lead through it follow."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from netbuilder.blocks.composition import parts
from netbuilder.blocks.layer_paths import Steps, following
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits import EditError
from netbuilder.graph.edits_base import Taken
from netbuilder.graph.grouping import group, ungroup, ungrouped_names
from netbuilder.graph.model import Project, natural_key
from netbuilder.ui.canvas.adding import made
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import sentence


def grouped(scene: GraphScene, tell: Callable[[str], None]) -> Change | None:
    """The selected nodes as a network of their own, placed where they stood."""
    chosen, project, name = scene.chosen, scene.document.project, scene.name
    try:
        change = group(project, name, [*sorted(chosen.nodes), *sorted(chosen.frames)], parts(scene.catalogue))
    except EditError as wrong:
        tell(sentence(wrong))
        return None
    tell(f"{change.label}. Shift+F2 gives the network another name.")
    placement = made(change, name)[0]
    inside = {edit.key for edit in change.edits if edit.kind == "node" and edit.graph == name and edit.after is None}
    moved: dict[Steps, Steps] = {(str(id),): (placement, str(id)) for id in inside}
    return following(project, name, change, moved, scene.catalogue)


def ungrouped(scene: GraphScene, tell: Callable[[str], None]) -> Change | None:
    """The nodes of the selected placements in their stead, as one change."""
    known = parts(scene.catalogue)
    ids = [id for id in scene.chosen.nodes if scene.graph.nodes[id].block in known.placement]
    if not ids:
        tell("Select a network that is placed here, then ungroup it.")
        return None
    project, changes = scene.document.project, []
    try:
        for id in sorted(ids, key=natural_key):
            changes.append(_one(scene, project, id))
            project = apply(project, changes[-1])
    except EditError as wrong:
        tell(sentence(wrong))
        return None
    return changes[0] if len(changes) == 1 else join(f"Ungroup {len(changes)} networks", changes)


def _one(scene: GraphScene, project: Project, id: str) -> Change:
    known, name = parts(scene.catalogue), scene.name
    change = ungroup(project, name, id, known)
    held = project.graphs[name]
    inner = project.graphs[str(held.nodes[id].params[known.network])]
    names = ungrouped_names(inner, Taken(replace(held, nodes=held.nodes.delete(id))), known)
    return following(project, name, change, {(id, key): (new,) for key, new in names.items()}, scene.catalogue)
