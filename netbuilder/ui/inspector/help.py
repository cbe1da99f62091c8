"""A block's help page in the inspector: the catalogue's words, in labels that take them as they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from netbuilder.blocks.help import Page, ParamHelp, PortHelp, page
from netbuilder.blocks.spec import Block
from netbuilder.graph.model import NONE, Values
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme


class HelpView(QWidget):
    """Formula, ports, parameters and sources; the summary stands at the inspector's top already."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page: Page | None = None
        self.setAccessibleName("Help")
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._room.setSpacing(3)

    @property
    def text(self) -> str:
        """Everything that is shown, a line for each label."""
        return "\n".join(shown.text() for shown in self.findChildren(QLabel))

    def set_theme(self, theme: Theme) -> None:
        held, self._page, self._theme = self._page, None, theme
        if held is not None:
            self._show(held)

    def show_block(self, block: Block, values: Values = NONE) -> None:
        """Shows this block's page with the parameters that a node with these values has: those of all optimizers and
        schedules together would be a book. Labels are made anew only for another page."""
        self._show(page(block, values))

    def _show(self, held: Page) -> None:
        if held == self._page:
            return
        self._page = held
        self.hide()  # what is shown is laid out again with each label that comes
        while (item := self._room.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._fill(held)
        self.show()

    def _fill(self, held: Page) -> None:
        if held.formula:
            formula = self._add(held.formula, "")
            formula.setFont(self._theme.font("type.small", code=True))
            self._room.addSpacing(6)
        for port in held.inputs:
            self._entry(f"{port.name} in", _port_text(port))
        for port in held.outputs:
            self._entry(f"{port.name} out", _port_text(port))
        for param in held.params:
            self._entry(param.name, _param_text(param))
        end = []
        if held.torch:
            end.append(f"In torch: {held.torch}.")
        if held.source:
            end.append(f"From {held.source}.")
        if end:
            self._room.addSpacing(6)
            self._add(" ".join(end), "muted")

    def _entry(self, name: str, text: str) -> None:
        title = self._add(name, "")
        title.setFont(self._theme.font("type.small", code=True))
        self._add(text, "muted")
        self._room.addSpacing(4)

    def _add(self, text: str, look: str) -> QLabel:
        made = label(text, look=look, wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._room.addWidget(made)
        return made


def _port_text(port: PortHelp) -> str:
    kind = ", ".join(part for part in (port.shape, port.dtype) if part)
    return " ".join(part for part in (port.text, f"({kind})" if kind else "") if part)


def _param_text(param: ParamHelp) -> str:
    limits = f"{param.allowed[:1].upper()}{param.allowed[1:]}; {param.default} unless set." if param.default else ""
    when = f"With {param.when}." if param.when else ""
    return " ".join(part for part in (param.text, limits, when) if part)
