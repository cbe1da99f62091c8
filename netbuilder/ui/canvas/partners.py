"""Linking without a mouse: every link that a node could have, and those that it has, to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import Input, Output
from netbuilder.graph.walk import MAX_INDEX
from netbuilder.ui.canvas.fits import Fit
from netbuilder.ui.canvas.look import PortLook
from netbuilder.ui.canvas.node_item import NodeItem, Spot
from netbuilder.ui.canvas.scene import GraphScene


class Partner(NamedTuple):
    """A link between `node` and the node `other`, which comes in by `port` of `other` and by `own` of `node`; both are
    "" where there is but one. `linked`: it is there, and is taken away. `instead`: the node whose link it takes the
    place of. `why`: what speaks against it, "" for nothing."""

    source: Output
    target: Input
    other: str
    outwards: bool
    port: str
    own: str
    linked: bool
    instead: str
    why: str


def partners(scene: GraphScene, id: str) -> list[Partner]:
    """What fits and is free first, then what takes another link's place, then the links that are there, then what is
    unlikely; nodes that are near before those that are far."""
    here = scene.nodes[id]
    near = sorted(scene.nodes.values(), key=lambda item: (item.rect.center() - here.rect.center()).manhattanLength())
    found = [one for outwards in (True, False) for one in _partners(scene, here, near, outwards)]
    return sorted(found, key=lambda one: (bool(one.why), one.linked, bool(one.instead)))


def linked(scene: GraphScene, partner: Partner) -> Change:
    """The link made, or taken away where it is there."""
    project = scene.document.project
    if partner.linked:
        return edits.disconnect(project, scene.name, partner.target)
    return edits.connect(project, scene.name, partner.source, partner.target)


def _partners(scene: GraphScene, here: NodeItem, near: list[NodeItem], outwards: bool) -> Iterator[Partner]:
    """The links of a node's outputs, or of its inputs."""
    own_side = here.look.side(not outwards)
    for own in own_side:
        fit = Fit(scene, Spot(here.id, own.name, not outwards))
        for item in near:
            side = item.look.side(outwards)
            for look in side:
                verdict = fit.judge(item.id, look, outwards)
                if not verdict.possible:
                    continue
                giver, taker = ((here.id, own), (item.id, look)) if outwards else ((item.id, look), (here.id, own))
                source = Output(giver[0], giver[1].name)
                target, is_there = _target(scene, source, *taker)
                held = scene.links.get(target)
                yield Partner(
                    source,
                    target,
                    item.id,
                    outwards,
                    _named(look, len(side)),
                    _named(own, len(own_side)),
                    is_there,
                    held.link.source.node if held is not None and not is_there else "",
                    "" if is_there else verdict.reason,
                )


def _target(scene: GraphScene, source: Output, node: str, look: PortLook) -> tuple[Input, bool]:
    """The input that a link from there ends in, and whether it is there."""
    for index in look.indexes:
        key = Input(node, look.name, index)
        if key in scene.links and scene.links[key].link.source == source:
            return key, True
    return Input(node, look.name, MAX_INDEX if look.many else 0), False


def _named(look: PortLook, count: int) -> str:
    return look.label or look.name if count > 1 else ""
