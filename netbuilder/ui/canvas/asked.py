"""What a search for a block was opened for: which blocks fit there, with which parameters, and how they are linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.blocks.following import BUILDING, followers, leaders
from netbuilder.blocks.spec import Block, Port
from netbuilder.blocks.suiting import Given, given_at, given_before, suited, unfit
from netbuilder.compiler.report import Flow
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits_links import connect_all
from netbuilder.graph.model import NONE, Input, Node, Output, Values
from netbuilder.graph.walk import MAX_INDEX
from netbuilder.ui.canvas.adding import add, made, presumed
from netbuilder.ui.canvas.fits import mismatch
from netbuilder.ui.canvas.look import flow_text, role_of
from netbuilder.ui.canvas.node_item import Spot
from netbuilder.ui.canvas.scene import GraphScene


class Offer(NamedTuple):
    """A block that fits: with which parameters, by which port, and why one would want it ("" where nobody says)."""

    block: Block
    params: Values
    port: str
    why: str = ""


class Asked:
    """A search at one or more ports, all of them outputs or all inputs.

    `every`: each of the ports gets a link, as far as there are inputs for them; else the first that fits. `only`: no
    block is offered that does not fit.
    """

    def __init__(self, scene: GraphScene, spots: Sequence[Spot], *, every: bool = False, only: bool = False) -> None:
        self._scene = scene
        self.spots = tuple(spots)
        self.every = every
        self.only = only
        self.shown: Sequence[QGraphicsItem] = ()  # stays in the scene while the search is open
        self._givens: dict[Spot, Given] = {}

    def close(self) -> None:
        """The search is over."""
        for item in self.shown:
            if item.scene() is not None:
                item.scene().removeItem(item)
        self.shown = ()

    @property
    def words(self) -> str:
        """What the search is about: "Fits behind conv1: N × 16 × 6 × 6"."""
        first = self.spots[0]
        if len(self.spots) > 1 and self.every:
            return f"Joins {len(self.spots)} links"
        flow = self._flow(first)
        known = f": {flow_text(flow)}" if flow is not None else ""
        return f"Fits {'before' if first.is_input else 'behind'} {first.node}{known}"

    def find(self, text: str) -> list[Offer]:
        """What fits and matches, best first; for empty text what comes there most often is first."""
        kind = self._scene.graph.kind
        catalogue = self._scene.catalogue
        blocks = catalogue.search(text, kind) if text else self._by_likelihood()
        offers = [offer for block in blocks if (offer := self.offer(block)) is not None]
        if text:
            exact, likely = "".join(text.lower().split()), set(self._likely)
            offers.sort(key=lambda one: (one.block.name.lower() != exact, one.block.name not in likely))
        if not self.only:
            fitting = {offer.block.name for offer in offers}
            offers += [Offer(block, NONE, "") for block in blocks if block.name not in fitting]
        return offers

    def refused(self, text: str) -> str:
        """Why the best match of a text is not offered, "" where nothing matches."""
        found = self._scene.catalogue.search(text, self._scene.graph.kind)
        return f"{found[0].name} does not fit: {self.reason(found[0])}" if found else ""

    def offer(self, block: Block) -> Offer | None:
        """The block as it would be put there, None where it does not fit."""
        return next((found for spot in self._tried if isinstance(found := self._fit(spot, block), Offer)), None)

    def reason(self, block: Block) -> str:
        """Why a block does not fit, "" where it does."""
        found = self._fit(self.spots[0], block)
        return found if isinstance(found, str) else ""

    def suggestions(self, most: int) -> list[Offer]:
        """What comes there most often and fits, at most so many."""
        kind = self._scene.graph.kind
        found = (self.offer(block) for name in self._likely if kind in (block := self._scene.catalogue[name]).graphs)
        return [offer for offer, _ in zip(filter(None, found), range(most), strict=False)]

    def change(self, block: Block, at: tuple[float, float], params: Values) -> Change:
        """The block put there and linked; one that does not fit is put there alone."""
        scene = self._scene
        for spot in self._tried:
            found = self._fit(spot, block, params)
            if isinstance(found, Offer):
                change = add(scene, block, at, found.params)
                id, project = made(change, scene.name)[0], apply(scene.document.project, change)
                links = connect_all(project, scene.name, self._pairs(spot, id, found))
                return join(change.label, (change, links))
        return add(scene, block, at, params)

    # ---- inside

    @property
    def _tried(self) -> tuple[Spot, ...]:
        return self.spots[:1] if self.every else self.spots

    def _pairs(self, spot: Spot, id: str, offer: Offer) -> list[tuple[Output, Input]]:
        if spot.is_input:
            return [(Output(id, offer.port), Input(spot.node, spot.port, spot.place))]
        if not self.every:
            return [(Output(spot.node, spot.port), Input(id, offer.port))]
        node = Node(offer.block.name, offer.params)
        ports = self._scene.catalogue.ports(node, self._scene.document.project).inputs
        return spread(self.spots, id, ports, offer.port, frozenset(), self._takes)

    def _takes(self, spot: Spot, port: Port) -> bool:
        look = self._look(spot)
        return look is not None and not mismatch(look.port, look.role, port, self._flow(spot))

    def _look(self, spot: Spot):
        item = self._scene.nodes.get(spot.node)
        return item.port(spot.port, spot.is_input) if item is not None else None

    def _flow(self, spot: Spot) -> Flow | None:
        item = self._scene.nodes.get(spot.node)
        return item.facts.outputs.get(spot.port) if item is not None and item.facts and not spot.is_input else None

    def _given(self, spot: Spot) -> Given:
        if spot not in self._givens:
            scene, flow = self._scene, self._flow(spot)
            project, name, catalogue = scene.document.project, scene.name, scene.catalogue
            self._givens[spot] = (
                given_before(project, name, catalogue, Input(spot.node, spot.port, spot.place))
                if spot.is_input
                else given_at(project, name, catalogue, Output(spot.node, spot.port), flow.shape if flow else None)
            )
        return self._givens[spot]

    def _fit(self, spot: Spot, block: Block, params: Values | None = None) -> Offer | str:
        """The offer, or why the block does not fit at this port."""
        scene, look = self._scene, self._look(spot)
        if look is None:
            return f"{spot.node} has no port {spot.port}."
        given = self._given(spot)
        values = suited(block, given, presumed(scene, block, params if params is not None else NONE))
        ports = scene.catalogue.ports(Node(block.name, values), scene.document.project)
        side = ports.outputs if spot.is_input else sorted(ports.inputs, key=lambda port: port.optional)
        if not side:
            return f"it has no {'output' if spot.is_input else 'input'}."
        giving, role = look.port, look.role
        if given.letters and not giving.axes:  # what is known before anything was analysed
            giving = replace(giving, axes=" ".join(given.letters))
            role = role_of(giving, self._flow(spot))
        reasons = []
        for port in side:
            if spot.is_input:
                why = mismatch(port, role_of(port, None), look.port, None)
            else:
                why = mismatch(giving, role, port, self._flow(spot)) or unfit(block, given)
            if not why:
                return Offer(block, values, port.name, self._whys.get(block.name, ""))
            reasons.append(why)
        return reasons[0]

    @cached_property
    def _block(self) -> Block | None:
        node = self._scene.graph.nodes.get(self.spots[0].node)
        return self._scene.catalogue.get(node.block) if node is not None else None

    @cached_property
    def _whys(self) -> dict[str, str]:
        if self._block is None or self.spots[0].is_input:
            return {}
        return {one.block: one.why for one in followers(self._block)}

    @cached_property
    def _likely(self) -> list[str]:
        """Names of blocks that often stand there; where several links are to be joined, what joins them."""
        block, catalogue = self._block, self._scene.catalogue
        found = list(self._whys)
        if block is not None and self.spots[0].is_input:
            found = list(leaders(block, catalogue))
        if self.every and len(self.spots) > 1:
            many = [name for name in catalogue.names if any(port.many for port in catalogue[name].inputs)]
            joining = sorted(many, key=lambda name: catalogue[name].category != "Merge")
            found = [*joining, *found]
        return [name for name in dict.fromkeys(found) if name in catalogue]

    def _by_likelihood(self) -> list[Block]:
        kind, catalogue = self._scene.graph.kind, self._scene.catalogue
        held = catalogue.categories(kind)
        order = (*(name for name in BUILDING if name in held), *(name for name in held if name not in BUILDING))
        names = dict.fromkeys((*self._likely, *(block.name for name in order for block in held[name])))
        return [catalogue[name] for name in names if kind in catalogue[name].graphs]


def spread(
    outputs: Sequence[Spot],
    id: str,
    ports: Sequence[Port],
    first: str,
    taken: frozenset[str],
    fits: Callable[[Spot, Port], bool],
) -> list[tuple[Output, Input]]:
    """Which output is linked to which input of a node: from the port `first` on, each to the next one that is free and
    fits; a port that takes many takes all the rest. What finds no place is left out."""
    pairs: list[tuple[Output, Input]] = []
    at = next((n for n, port in enumerate(ports) if port.name == first), 0)
    for spot in outputs:
        for n in range(at, len(ports)):
            port = ports[n]
            if (port.name in taken and port.name != first and not port.many) or not fits(spot, port):
                continue
            pairs.append((Output(spot.node, spot.port), Input(id, port.name, MAX_INDEX if port.many else 0)))
            at = n if port.many else n + 1
            break
    return pairs
