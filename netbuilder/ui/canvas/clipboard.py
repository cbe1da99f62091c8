"""Copies of what is selected: through the clipboard, as text that any project takes, or beside the originals."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from immutables import Map
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from netbuilder.blocks.composition import references
from netbuilder.graph import edits
from netbuilder.graph.carrying import Brought, bring, carried
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits import EditError, Fragment
from netbuilder.graph.folding import expanded
from netbuilder.graph.model import natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import refusal
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import listed, sentence

Tell = Callable[[str], None]
STEP = 3 * m.GRID  # from a thing to its duplicate


def copy(scene: GraphScene, tell: Tell) -> bool:
    """Puts the selection, with what it refers to, on the clipboard as JSON; says whether there was any."""
    chosen, document = scene.chosen, scene.document
    if not chosen.nodes and not chosen.frames:
        tell("Select blocks first, then copy them.")
        return False
    fragment = edits.cut_out(document.project, scene.name, [*chosen.nodes, *chosen.frames])
    fragment = carried(document.project, scene.name, fragment, references(scene.catalogue), document.token)
    QGuiApplication.clipboard().setText(edits.fragment_to_text(fragment))
    return True


def pasted(scene: GraphScene, at: QPointF, tell: Tell) -> Change | None:
    """What lies on the clipboard put here, with fresh ids. What can't be in this graph is left out, and said."""
    document, place = scene.document, (_on_grid(at.x()), _on_grid(at.y()))
    try:
        fragment = edits.fragment_from_text(QGuiApplication.clipboard().text())
    except ValueError:
        tell("The clipboard holds no blocks; copy some on a canvas first.")
        return None
    fitting, strangers = _fitting(scene, fragment)
    if not fitting:
        tell(f"Nothing of this can be in {scene.name}: {listed(strangers)} {_have(strangers)} no place here.")
        return None
    try:
        found = bring(document.project, scene.name, fitting, references(scene.catalogue), document.token)
        first = Change("Paste", found.edits)
        change = edits.paste(apply(document.project, first), scene.name, found.fragment, place)
    except EditError as wrong:
        tell(sentence(wrong))
        return None
    if said := _said(found, strangers):
        tell(said)
    return join(change.label, (first, change)) if first else change


def duplicated(
    scene: GraphScene, ids: Iterable[str], by: QPointF | None = None, *, linked: bool = False
) -> Change | None:
    """A copy of these nodes and frames, `by` so far from them, with the links inside. `linked`: and those that lead in
    from elsewhere."""
    graph, names = scene.graph, expanded(scene.graph, ids)
    corners = [graph.nodes[id].at for id in names if id in graph.nodes]
    corners += [graph.frames[id].rect[:2] for id in names if id in graph.frames]
    if not corners:
        return None
    by = QPointF(STEP, STEP) if by is None else by
    at = min(x for x, _ in corners) + by.x(), min(y for _, y in corners) + by.y()
    return edits.duplicate(scene.document.project, scene.name, names, at, linked=linked)


def _fitting(scene: GraphScene, fragment: Fragment) -> tuple[Fragment, list[str]]:
    """The fragment without nodes whose blocks can't be in this graph, and the names of those."""
    known = {id: scene.catalogue.get(node.block) for id, node in fragment.nodes.items()}
    strangers = [id for id, block in known.items() if block is not None and refusal(scene, block)]
    if not strangers:
        return fragment, []
    nodes = Map({id: node for id, node in fragment.nodes.items() if id not in strangers})
    links = Map({end: link for end, link in fragment.links.items() if end.node in nodes and link.source.node in nodes})
    return replace(fragment, nodes=nodes, links=links), sorted(strangers, key=natural_key)


def _said(found: Brought, strangers: list[str]) -> str:
    """What a person should know of a paste: what came along, what stayed away."""
    came = [f"the network {name}" for name in found.networks] + [f"the data set {name}" for name in found.datasets]
    words = [f"With it came {listed(came)}."] if came else []
    words += [f"{listed(strangers)} {_have(strangers)} no place in this graph."] if strangers else []
    return " ".join(words)


def _have(things: list[str]) -> str:
    return "has" if len(things) == 1 else "have"


def _on_grid(value: float) -> float:
    return round(value / m.GRID) * m.GRID
