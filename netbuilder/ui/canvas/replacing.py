"""Another block in the place of the selected ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from netbuilder.blocks.replacing import replace_block
from netbuilder.blocks.spec import Block, Port
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import NONE, Node
from netbuilder.ui.canvas.asked import Offer
from netbuilder.ui.canvas.fits import mismatch
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted, listed, sentence

_ENDS = ("input", "output", "data")  # other graphs and data sets name their ports


def replaceable(scene: GraphScene) -> Iterator[str]:
    """The selected nodes that another block can stand for."""
    nodes = scene.graph.nodes
    for id in scene.chosen.nodes:
        block = scene.catalogue.get(nodes[id].block) if id in nodes else None
        if id in nodes and (block is None or block.part not in _ENDS):
            yield id


class Replacing:
    """A search for what may stand for these nodes: blocks with inputs where they are fed, outputs where they lead on.

    Those of the nodes' own category come first.
    """

    def __init__(self, scene: GraphScene, ids: Sequence[str]) -> None:
        self._scene, self.ids = scene, list(ids)
        self._fed = any(scene.into.get(id) for id in ids)
        self._leads = any(scene.out_of.get(id) for id in ids)
        self._now = {scene.graph.nodes[id].block for id in ids}

    @property
    def words(self) -> str:
        """What the search is about."""
        return f"Replace {self.ids[0] if len(self.ids) == 1 else counted(len(self.ids), 'node')} by"

    def find(self, text: str) -> list[Offer]:
        """What may stand there and matches, best first."""
        catalogue, kind = self._scene.catalogue, self._scene.graph.kind
        if text:
            blocks = catalogue.search(text, kind)
        else:
            own = {block.category for name in self._now if (block := catalogue.get(name)) is not None}
            held = catalogue.categories(kind)
            blocks = [block for name in sorted(held, key=lambda name: name not in own) for block in held[name]]
        return [Offer(block, NONE, "") for block in blocks if not self.reason(block)]

    def refused(self, text: str) -> str:
        """Why the best match of a text is not offered, "" where nothing matches."""
        found = self._scene.catalogue.search(text, self._scene.graph.kind)
        return f"{found[0].name} can't stand here: {self.reason(found[0])}" if found else ""

    def reason(self, block: Block) -> str:
        """Why a block can't stand there, in a clause; "" where it can."""
        if {block.name} == self._now:
            return "it is there already."
        if self._scene.graph.kind not in block.graphs or block.part in _ENDS:
            return "it has no place here."
        if block.part == "network":  # its ports come with the network that is chosen then
            return ""
        ports = self._scene.catalogue.ports(Node(block.name), self._scene.document.project)
        if self._fed and all(port.optional for port in ports.inputs):
            return "it needs no input."
        return "it gives no output." if self._leads and not ports.outputs else ""


def replacement(scene: GraphScene, ids: list[str], name: str, tell: Callable[[str], None]) -> tuple[Change, list[str]]:
    """The change, and what the nodes are called after it. What could not stay is said."""

    def fits(giver: Port, goal: Port) -> bool:
        return not mismatch(giver, giver.role, goal, None)

    project, changes = scene.document.project, list[Change]()
    named, lost = list[str](), list[str]()
    for id in ids:
        try:
            found = replace_block(project, scene.name, id, scene.catalogue[name], scene.catalogue, fits)
        except EditError as wrong:
            tell(sentence(wrong))
            return Change(""), []
        project = apply(project, found.change)
        changes.append(found.change)
        named.append(found.id)
        lost += found.lost
    if lost:
        tell(f"{name} could not keep {listed(list(dict.fromkeys(lost)))}.")
    label = changes[0].label if len(changes) == 1 else f"Replace {counted(len(ids), 'node')} by {name}"
    return join(label, changes), named
