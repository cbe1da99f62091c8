"""The links that a node could have, and has, as entries to choose from."""

from __future__ import annotations

from functools import partial

from netbuilder.ui.canvas.partners import Partner, partners
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.finding.entry import Entry
from netbuilder.ui.icons import Icons
from netbuilder.ui.theme import Theme


def of_partners(scene: GraphScene, node: str, theme: Theme, icons: Icons) -> list[Entry]:
    """An entry for each link; its key is the Partner."""

    def dot(id: str):
        return icons.dot(theme.category(scene.nodes[id].look.category))

    return [_entry(scene, partner, partial(dot, partner.other)) for partner in partners(scene, node)]


def _entry(scene: GraphScene, one: Partner, icon) -> Entry:
    look = scene.nodes[one.other].look
    own = f"{'from' if one.outwards else 'into'} {one.own}" if one.own else ""
    ports = (f"its {one.port}" if one.port else "", own)
    if one.linked:
        right, note = "linked", "It is there: Enter takes it away."
    elif one.instead:
        right, note = f"in place of {one.instead}", f"Takes the place of the link from {one.instead}."
    else:
        right, note = "", "Fits."
    return Entry(
        one,
        f"{'to' if one.outwards else 'from'} {look.title}",
        ", ".join(part for part in ports if part),
        "unlikely" if one.why else right,
        one.why or note,
        f"{one.other} {look.kind} {'linked' if one.linked else ''}",
        icon,
    )
