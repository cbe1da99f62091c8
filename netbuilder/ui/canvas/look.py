"""What a node shows, as plain values: made from the model and the report, drawn by `node_paint`, compared by tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from immutables import Map

from netbuilder.blocks.arguments import show_argument
from netbuilder.blocks.params import Shape, Size
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.compiler.report import SEVERITIES, Flow, NodeFacts, Problem
from netbuilder.graph.model import NONE, Direction, Node, Values, natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.signs import signs_of
from netbuilder.ui.text import amount_of_bytes

CROSS = "×"
_BY_RANK = {0: "loss", 3: "sequence", 4: "image"}


class PortLook(NamedTuple):
    """A port: where its links end (`places`, x and y from the node's upper left corner), in the order of `indexes`; a
    port that takes many has one free place more. `label` is "" where the side has no other port."""

    port: Port
    label: str
    role: str
    indexes: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    linked: bool

    @property
    def name(self) -> str:
        return self.port.name

    @property
    def many(self) -> bool:
        return self.port.many

    def place(self, index: int) -> tuple[float, float]:
        """Where a link of this index ends; the free place for an unknown one."""
        at = self.indexes.index(index) if index in self.indexes else -1
        return self.places[min(at, len(self.places) - 1)]  # a file may lead several links to a port that takes one


class NodeLook(NamedTuple):
    """Everything of a node that can be seen."""

    title: str
    kind: str  # the block's name, where the title does not say it
    brief: str
    badges: tuple[str, ...]  # of placements: how often they repeat
    standing: tuple[str, ...]  # signs that need no analysis
    signs: tuple[str, ...]  # all its signs, by name
    shape: str
    cost: tuple[str, ...]  # the parameter count, exact and shortened
    category: str
    tone: str  # what colours it: its category, or a place on an overlay's scale
    state: str
    severity: str  # of the worst problem, "" for none
    bypassed: bool
    network: bool  # places a network, whose name is to be read from far
    direction: Direction
    inputs: tuple[PortLook, ...]
    outputs: tuple[PortLook, ...]
    height: float

    def side(self, is_input: bool) -> tuple[PortLook, ...]:
        """The ports of one side."""
        return self.inputs if is_input else self.outputs


def flow_text(flow: Flow) -> str:
    """ "N × 32 × 8 × 8"."""
    return f" {CROSS} ".join(map(str, flow.shape)) if flow.shape else "scalar"


# Bytes of one number, by torch's dtype names.
_BYTES = {
    "bool": 1, "uint8": 1, "int8": 1, "int16": 2, "float16": 2, "bfloat16": 2, "int32": 4, "float32": 4,
    "int64": 8, "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip


def flow_memory(flow: Flow) -> str:
    """ "8 KiB a sample": what flows takes so much memory; sizes that only data tells stay as factors ("256 B × T"). ""
    for a dtype whose size is not known."""
    if flow.dtype not in _BYTES:
        return ""
    batch = bool(flow.shape) and flow.shape[0] == "N"
    axes = flow.shape[1:] if batch else flow.shape
    known = amount_of_bytes(prod(size for size in axes if isinstance(size, int)) * _BYTES[flow.dtype])
    free = [str(size) for size in axes if not isinstance(size, int)]
    return f" {CROSS} ".join([known, *free]) + (" a sample" if batch else "")


def one_line(text: str) -> str:
    """Text from a file as it can stand in one line: no breaks, no control characters, no endless length."""
    if len(text) <= 400 and text.isprintable():
        return text.strip()
    shown = "".join(char if char.isprintable() else " " for char in text[:400])
    return " ".join(shown.split())


def role_of(port: Port, flow: Flow | None) -> str:
    """What flows there: what the port declares, else what the flow's dtype and number of axes suggest."""
    if port.role != "tensor":
        return port.role
    if flow is not None:
        if flow.dtype == "int64" and len(flow.shape) <= 1:
            return "class"
        return _BY_RANK.get(len(flow.shape), "vector" if len(flow.shape) == 2 else "tensor")
    axes = port.axes.split()
    if "*" in axes or not axes:
        return "tensor"
    return _BY_RANK.get(len(axes), "vector" if len(axes) == 2 else "tensor")


def worst(problems: Sequence[Problem]) -> str:
    """The gravest severity among them, "" for none."""
    found = {problem.severity for problem in problems}
    return next((severity for severity in SEVERITIES if severity in found), "")


def node_look(
    id: str,
    node: Node,
    block: Block | None,
    ports: Ports,
    links: Mapping[str, Sequence[int]],
    linked_outputs: frozenset[str],
    facts: NodeFacts | None,
    problems: Sequence[Problem],
    direction: Direction = "right",
    *,
    trained: bool = False,
) -> NodeLook:
    """`links`: by input port, the indexes of its links. `facts` None: not analysed yet. `direction`: where data flows;
    inputs lie at the left and outputs at the right, or inputs at the upper edge and outputs at the lower one."""
    brief = brief_of(block, node)
    into = {name: tuple(sorted(found)) for name, found in links.items()}
    out = dict.fromkeys(linked_outputs, (0,))
    top = m.TITLE + (m.BRIEF if brief else 0.0)
    if direction == "down":
        height = _to_grid(top + m.FOOT)
        inputs, outputs = _edge(ports.inputs, 0.0, into), _edge(ports.outputs, height, out)
    else:
        pad = m.ROWS_PAD if len(ports.inputs) > 1 or len(ports.outputs) > 1 else 0.0
        inputs, low_in = _side(ports.inputs, 0.0, top + pad, into)
        outputs, low_out = _side(ports.outputs, m.NODE_WIDTH, top + pad, out)
        height = _to_grid(max(top, low_in, low_out) + pad + m.FOOT)
    look = NodeLook(
        title=one_line(node.title) or id,
        kind=_kind(node, id),
        brief=brief,
        shape="",
        cost=(),
        category=block.category if block else "other",
        tone="",
        state="unknown",
        severity="",
        badges=_badges(block, node),
        standing=_standing(block, node),
        signs=(),
        bypassed=node.bypassed,
        network=block is not None and block.part == "network",
        direction=direction,
        inputs=inputs,
        outputs=outputs,
        height=height,
    )
    return with_facts(look, facts, problems, trained=trained)


def with_facts(
    look: NodeLook, facts: NodeFacts | None, problems: Sequence[Problem], *, trained: bool = False
) -> NodeLook:
    """The look with what another analysis found. Neither its size nor where its ports stand depends on that. `trained`:
    a run holds weights for it."""
    flows_in = facts.inputs if facts else {}
    flows_out = facts.outputs if facts else {}
    first = {name: next((flow for flow in flows if flow), None) for name, flows in flows_in.items()}
    return look._replace(
        shape=_shape(look, facts),
        cost=_cost(facts.parameters) if facts and facts.state == "ok" else (),
        state=facts.state if facts else "unknown",
        severity=worst(problems) if problems else "",
        tone=look.category,
        signs=signs_of(look.standing, facts, trained=trained),
        inputs=_with_roles(look.inputs, first),
        outputs=_with_roles(look.outputs, flows_out),
    )


def _with_roles(side: tuple[PortLook, ...], flows: Mapping[str, Flow | None]) -> tuple[PortLook, ...]:
    roles = [role_of(look.port, flows.get(look.port.name)) for look in side]
    if all(look.role == role for look, role in zip(side, roles, strict=True)):
        return side
    return tuple(look._replace(role=role) for look, role in zip(side, roles, strict=True))


def _side(
    ports: tuple[Port, ...], x: float, rows: float, links: Mapping[str, tuple[int, ...]]
) -> tuple[tuple[PortLook, ...], float]:
    """The looks of one side's ports before anything is known of what flows, and how far down they reach."""
    alone = len(ports) == 1
    looks = []
    y = m.TITLE / 2 if alone else rows + m.ROW / 2
    low = 0.0
    for port in ports:
        indexes = links.get(port.name, ())
        count = len(indexes) + 1 if port.many else 1
        places = tuple((x, y + m.SLOT * place) for place in range(count))
        label = "" if alone else one_line(port.title) or port.name
        looks.append(PortLook(port, label, role_of(port, None), indexes, places, bool(indexes)))
        low = places[-1][1] + m.ROW / 2
        y = places[-1][1] + m.ROW
    return tuple(looks), low


def _edge(ports: tuple[Port, ...], y: float, links: Mapping[str, tuple[int, ...]]) -> tuple[PortLook, ...]:
    """The looks of ports along the upper or lower edge, before anything is known of what flows."""
    alone = len(ports) == 1
    counts = [len(links.get(port.name, ())) + 1 if port.many else 1 for port in ports]
    step = m.NODE_WIDTH / (len(ports) + 1)
    slot = min(m.SLOT, step / max(counts, default=1), m.NODE_WIDTH / (max(counts, default=1) + 1))
    looks = []
    for number, (port, count) in enumerate(zip(ports, counts, strict=True), 1):
        indexes = links.get(port.name, ())
        first = step * number - slot * (count - 1) / 2
        places = tuple((first + slot * place, y) for place in range(count))
        label = "" if alone else one_line(port.title) or port.name
        looks.append(PortLook(port, label, role_of(port, None), indexes, places, bool(indexes)))
    return tuple(looks)


def _badges(block: Block | None, node: Node) -> tuple[str, ...]:
    """What a placement should not hide: "× 12"."""
    if block is None or block.part != "network":
        return ()
    values = {param.name: node.params.get(param.name, param.default) for param in block.typed(node.params)}
    repeat = values.get("repeat", 1)
    return (f"{CROSS} {one_line(str(repeat))}",) if repeat != 1 else ()


def _standing(block: Block | None, node: Node) -> tuple[str, ...]:
    """Signs that follow from the node and its block alone."""
    shared = block is not None and block.part == "network" and node.params.get("weights") == "shared"
    found = {
        "bookmarked": node.bookmarked,
        "shared": shared,
        "training_only": block is not None and block.training_only,
        "bypassed": node.bypassed,
    }
    return tuple(name for name, holds in found.items() if holds)


def _placed(node: Node) -> str:
    """The network's name and what it is given: "block, channels 64"."""
    given = node.params.get("arguments")
    values = given if isinstance(given, Map) else NONE
    parts = [f"{name} {show_argument(values[name])}" for name in sorted(values, key=natural_key)]
    return one_line(", ".join((str(node.params.get("network") or "no network yet"), *parts)))


def brief_of(block: Block | None, node: Node) -> str:
    """What matters of a node, in one line: "32 filters, 3 × 3"."""
    if block is None:
        return "unknown block"
    if block.part == "network":
        return _placed(node)
    try:
        return one_line(block.brief_text(_spelled_out(block, node.params))).replace(" x ", f" {CROSS} ")
    except (TypeError, ValueError, KeyError):  # a file may hold a value of a wrong type; analysis says so in words
        return "see the problems"


def _spelled_out(block: Block, values: Values) -> Values:
    """As sizes are read: a kernel of 3 as 3 × 3, the shape "N 1 8 8" as N × 1 × 8 × 8."""
    for param in block.typed(values):
        value = values.get(param.name, param.default)
        if isinstance(param, Size) and param.rank > 1 and not param.whole and isinstance(value, int):
            values = values.set(param.name, (value,) * param.rank)
        elif isinstance(param, Shape) and isinstance(value, str):
            values = values.set(param.name, " x ".join(value.split()))
    return values


def _kind(node: Node, id: str) -> str:
    plain = (one_line(node.title) or id).rstrip("0123456789_").replace("_", "").lower()
    return "" if plain == node.block.lower() else one_line(node.block)


def _shape(look: NodeLook, facts: NodeFacts | None) -> str:
    if facts is None:
        return "…"  # not analysed yet
    if facts.state != "ok":
        return "?"
    if facts.whole is not None:
        return flow_text(facts.whole)
    for port in look.outputs:
        if port.name in facts.outputs:
            return flow_text(facts.outputs[port.name])
    for port in look.inputs:
        for flow in facts.inputs.get(port.name, ()):
            if flow is not None:
                return flow_text(flow)
    return ""


def _cost(parameters: int) -> tuple[str, ...]:
    if not parameters:
        return ()
    word = "param" if parameters == 1 else "params"
    exact = f"{parameters:,} {word}"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if parameters >= size:
            short = f"{parameters / size:.3g}{unit}"
            return exact, f"{short} {word}", short
    return exact, f"{parameters:,}"


def _to_grid(height: float) -> float:
    """Even multiples of the grid's half step keep the lower edges of neighbours in line."""
    step = m.GRID / 2
    return -(-height // step) * step
