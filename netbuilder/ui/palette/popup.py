"""The search at the cursor: type a few letters, Enter, and the block is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.spec import Block
from netbuilder.graph.model import GraphKind, Node
from netbuilder.ui.canvas.look import brief_of
from netbuilder.ui.finding.entry import Entry, Hit, marks
from netbuilder.ui.finding.popup import FindPopup
from netbuilder.ui.icons import Icons
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.canvas.asked import Asked, Offer
    from netbuilder.ui.canvas.replacing import Replacing

WIDTH = 400


class SearchPopup(FindPopup):
    """The blocks for one kind of graph; `chosen` gives a block's name. `asked`: it was opened at a port or to replace
    a block, and offers what fits there."""

    ROWS = 10

    def __init__(
        self,
        catalogue: Catalogue,
        kind: GraphKind,
        theme: Theme,
        icons: Icons,
        parent: QWidget,
        asked: Asked | Replacing | None = None,
    ) -> None:
        self._catalogue, self._kind, self._theme, self._icons = catalogue, kind, theme, icons
        self._asked = asked
        about = asked.words if asked is not None else ""
        super().__init__(self._hits, "Search for a block", self._refused, theme, parent, about, WIDTH)

    def _hits(self, text: str) -> list[Hit]:
        """What matches, best first; for no text all by category, or what comes there most often."""
        if self._asked is not None:
            return [self._hit(one.block, text, self._note(one), one.why) for one in self._asked.find(text)]
        held = self._catalogue.categories(self._kind).values()
        blocks = self._catalogue.search(text, self._kind) if text else [block for blocks in held for block in blocks]
        return [self._hit(block, text) for block in blocks]

    def _hit(self, block: Block, text: str, detail: str = "", why: str = "") -> Hit:
        dot = self._icons.dot(self._theme.category(block.category))
        entry = Entry(block.name, block.name, detail, block.category, why or block.summary, icon=dot)
        return Hit(entry, marks(text.lower().split(), block.name.lower()))

    def _refused(self, text: str) -> str:
        return (self._asked.refused(text) if self._asked is not None else "") or "No block matches."

    @staticmethod
    def _note(offer: Offer) -> str:
        """What makes the offer another than the plain block: "16 filters, 3 × 3"."""
        return brief_of(offer.block, Node(offer.block.name, offer.params)) if offer.params and offer.port else ""
