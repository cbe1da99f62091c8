"""Removing what is selected: a chain stays whole, and no link hangs from a network's end that is gone."""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.blocks.composition import parts
from netbuilder.blocks.ends import hanging, without_hanging
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.healing import remove_healed
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.fits import mismatch
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted, listed


def removal(scene: GraphScene, tell: Callable[[str], None], *, healed: bool) -> Change | None:
    """The change that removes the selection. `healed`: what fed a removed node feeds what it fed, where that fits."""
    chosen, project, name = scene.chosen, scene.document.project, scene.name
    if not chosen:
        return None
    known, gone = parts(scene.catalogue), chosen.all_nodes()
    found = hanging(project, name, gone, known)
    away = without_hanging(project, name, gone, known)
    if found:
        places = sorted({place for place, _ in found})
        tell(f"{counted(len(found), 'link')} in {listed(places)} went with it, where {name} is placed.")
        project = apply(project, away)
    nodes, links, frames = sorted(gone), sorted(chosen.links), sorted(chosen.frames)
    touching = scene.links_of(nodes)
    if healed:
        change = remove_healed(project, name, nodes, _through(scene), _allowed(scene), links, frames, touching)
    else:
        change = edits.remove(project, name, nodes, links, frames, touching)
    return join(change.label, (away, change)) if away else change


def _through(scene: GraphScene) -> Callable[[str], tuple[list[str], str]]:
    def through(id: str) -> tuple[list[str], str]:
        """The inputs and the main output; none of a Delay, which gives what came a step before."""
        node = scene.graph.nodes[id]
        block, ports = scene.catalogue.get(node.block), scene.catalogue.ports(node, scene.document.project)
        goes_on = block is not None and block.part != "delay" and ports.inputs and ports.outputs
        return ([port.name for port in ports.inputs], ports.outputs[0].name) if goes_on else ([], "")

    return through


def _allowed(scene: GraphScene) -> Callable[[Output, Input], bool]:
    def allowed(source: Output, end: Input) -> bool:
        giver, taker = scene.nodes[source.node], scene.nodes[end.node]
        out, into = giver.port(source.port, False), taker.port(end.port, True)
        if out is None or into is None:
            return False
        flow = giver.facts.outputs.get(source.port) if giver.facts else None
        return not mismatch(out.port, out.role, into.port, flow)

    return allowed
