"""What analysis knows of a node or a graph, as rows of name and value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from netbuilder.blocks.spec import Ports
from netbuilder.compiler.report import Flow, GraphReport, NodeFacts
from netbuilder.ui.text import amount_of_bytes, count, label

Row = tuple[str, str]
UNKNOWN = "not known yet"


def flow_text(flow: Flow | None) -> str:
    """ "N x 32 x 8 x 8" with true multiplication signs, and the dtype where it is not the usual one."""
    if flow is None:
        return UNKNOWN
    shape = str(flow).replace(" x ", " × ")
    return shape if flow.dtype == "float32" else f"{shape}  {flow.dtype}"


def shape_rows(ports: Ports, facts: NodeFacts | None) -> list[Row]:
    """The shapes at every port, inputs first. A port that takes many has a row for each link."""
    rows: list[Row] = []
    for port in ports.inputs:
        flows: Sequence[Flow | None] = facts.inputs.get(port.name, ()) if facts else ()
        name = port.title or port.name
        if not flows:
            rows.append((f"{name} in", "not linked" if port.optional else UNKNOWN))
        for at, flow in enumerate(flows):
            rows.append((f"{name} in" if len(flows) == 1 else f"{name} {at + 1} in", flow_text(flow)))
    flowing = facts.outputs if facts else {}
    rows += [(f"{port.title or port.name} out", flow_text(flowing.get(port.name))) for port in ports.outputs]
    if facts is None or facts.whole is None:
        return rows
    return [(f"{name} of a step", shape) for name, shape in rows] + [("All steps", flow_text(facts.whole))]


def cost_rows(facts: NodeFacts | GraphReport | None) -> list[Row]:
    """What it costs, multiply-adds and memory for one sample."""
    if facts is None or getattr(facts, "state", "ok") != "ok":
        return [(name, UNKNOWN) for name in ("Parameters", "Multiply-adds", "Memory")]
    return [
        ("Parameters", f"{facts.parameters:,}"),
        ("Multiply-adds", f"{count(facts.multiply_adds)} a sample"),
        ("Memory", f"{amount_of_bytes(facts.activation_bytes)} a sample"),
    ]


class FactRows(QWidget):
    """Two columns of plain text that can be selected and copied."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._rows: list[Row] | None = None
        self._values: list[QLabel] = []
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(10)
        self._form.setVerticalSpacing(4)

    @property
    def rows(self) -> list[Row]:
        return list(self._rows or ())

    def show_rows(self, rows: list[Row]) -> None:
        if rows == self._rows:
            return
        if self._rows is not None and [name for name, _ in rows] == [name for name, _ in self._rows]:
            for text, (_, value) in zip(self._values, rows, strict=True):
                text.setText(value)
        else:
            while self._form.rowCount():
                self._form.removeRow(0)
            self._values = []
            for name, value in rows:
                text = label(value)
                text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                title = label(name, look="muted")
                title.setMinimumWidth(96)
                self._form.addRow(title, text)
                self._values.append(text)
        self._rows = rows
