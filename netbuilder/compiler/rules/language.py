"""Rules about tokens and classes: tables that are too short for them, and models that see what they are to tell."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.losses import MOVES, column_behind
from netbuilder.compiler.types import is_fixed
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import Input, Output, Project, natural_key

# By block: the port at which whole numbers are looked up, and the parameter that says how many there are.
_TABLES = {
    "Embedding": ("x", "num_embeddings"),
    "EmbeddingBag": ("x", "num_embeddings"),
    "OneHot": ("x", "num_classes"),
    "AddNoise": ("t", "steps"),
    "NoiseSchedule": ("t", "steps"),
}
_TIED = "TiedEmbedding"
_DRAWN = {"RandomIntegers": "high", "RandomTimestep": "steps"}
_DEEPEST = 16
# By block: what asks, what is looked at (itself where nothing is linked), and the mask that could forbid it.
_ATTENTION = {
    "MultiheadAttention": ("query", "key", "attn_mask"),
    "TransformerEncoderLayer": ("x", "x", "src_mask"),
    "TransformerEncoder": ("x", "x", "src_mask"),
    "TransformerDecoderLayer": ("x", "x", "tgt_mask"),
    "TransformerDecoder": ("x", "x", "tgt_mask"),
    "ScaledDotProductAttention": ("query", "key", "attn_mask"),
}


def _index_range(context: Context) -> Iterator[Finding]:
    told: set[str] = set()
    for source, count, what in _numbers(context):
        for home, id, rows, entry in _lookups(context, source):
            if rows < count and entry not in told:
                told.add(entry)
                where = "" if home.name == context.name else f" in {home.name}"
                text = f"{what} has numbers from 0 to {count - 1}, but {id}{where} has places for {rows} only."
                yield Finding(entry, text, partial(_longer, home, id, count))


def _numbers(context: Context) -> Iterator[tuple[Output, int, str]]:
    """Where whole numbers come from, and how many different ones there are."""
    for id in context.wiring.of_part("data"):
        dataset = context.project.datasets.get(context.wiring.reference(id, DatasetRef))
        for column in dataset.columns if dataset else ():
            if column.dtype == "int64" and column.classes:
                yield Output(id, column.id), len(column.classes), f"{id}'s {column.name or column.id}"
    for id in context.nodes(*_DRAWN):
        if id not in context.wiring.wrong:
            most = context.wiring.value(id, _DRAWN[context.graph.nodes[id].block])
            if isinstance(most, int):
                yield Output(id, context.wiring.outputs(id)[0].name), most, id


def _lookups(
    context: Context, source: Output, entry: str = "", deep: int = 0
) -> Iterator[tuple[Context, str, int, str]]:
    """Where these numbers are looked up: graph, node, how many places there are, and the node of the first graph."""
    for end in context.wiring.out.get(source, ()):
        block, outer = context.blocks.get(end.node), entry or end.node
        if block is None or end.node in context.wiring.wrong:
            continue
        if _TABLES.get(block.name, ("",))[0] == end.port:
            rows = context.wiring.value(end.node, _TABLES[block.name][1])
            if isinstance(rows, int):
                yield context, end.node, rows, outer
        elif block.name == _TIED and end.port == "x":
            weight = context.type_at(end.node, "weight")
            if weight is not None and weight.dims and is_fixed(weight.dims[0]):
                yield context, end.node, weight.dims[0][0], outer
        elif block.part == "network" and deep < _DEEPEST:
            inner = context.wiring.reference(end.node, NetworkRef)
            if inner in context.project.graphs and inner not in context.study.reached(inner):
                yield from _lookups(context.into(inner), Output(end.port, "x"), outer, deep + 1)
        elif block.name in MOVES and deep < _DEEPEST:
            port = context.wiring.outputs(end.node)[0].name
            yield from _lookups(context, Output(end.node, port), outer, deep + 1)


def _longer(home: Context, id: str, count: int) -> Iterator[Repair]:
    name = home.graph.nodes[id].block
    if name in _TABLES:
        yield repair.set_param(home, id, _TABLES[name][1], count)
    elif (link := home.link_at(id, "weight")) and home.graph.nodes[link.source.node].block == "Embedding":
        yield repair.set_param(home, link.source.node, "num_embeddings", count)


def _no_mask(context: Context) -> Iterator[Finding]:
    if context.graph.kind != "training":
        return
    told: set[tuple[str, str]] = set()
    for loss in context.wiring.of_part("loss"):
        scores = next((port for port in context.wiring.inputs(loss) if port.role == "logits"), None)
        target, given = context.type_at(loss, "target"), context.type_at(loss, scores.name) if scores else None
        if target is None or given is None or len(given.dims) != 3 or len(target.dims) != 2 or target.dtype != "int64":
            continue
        for id in sorted(context.wiring.upstream(loss), key=natural_key):
            if id not in context.blocks or context.blocks[id].part != "network":
                continue
            inner = context.wiring.reference(id, NetworkRef)
            tokens = _tokens(context, id, inner, loss)
            open_ = list(_looking_ahead(context.into(inner), tokens)) if tokens else []
            fresh = [(home, node) for home, node in open_ if (home.name, node) not in told]
            if fresh:
                told.update((home.name, node) for home, node in fresh)
                home, node = fresh[0]
                text = (
                    f"{node} in {home.name} lets each step look at later ones, and {loss} asks for those: the model "
                    "would copy them instead of learning. A causal mask forbids it."
                )
                yield Finding(id, text, partial(_masked, context, fresh))


def _tokens(context: Context, id: str, inner: str, loss: str) -> set[str]:
    """The inputs of a network at which come the tokens whose successors a loss asks for; empty where it is none."""
    if inner not in context.project.graphs or inner in context.study.reached(inner):
        return set()
    link = context.link_at(loss, "target")
    wanted = column_behind(context, link.source) if link else None
    given: dict[str, object] = {}
    for port in context.wiring.inputs(id):
        kind, into = context.type_at(id, port.name), context.link_at(id, port.name)
        if kind is not None and into is not None and kind.dtype == "int64" and len(kind.dims) == 2:
            given[port.name] = column_behind(context, into.source)
    same = {name for name, column in given.items() if column is not None and column is wanted}
    if same or len(given) != 1:
        return same
    home, scores = context.into(inner), context.type_at(loss, "logits")
    name = next(iter(given))
    classes = scores.dims[1][0] if scores else 0
    rows = [count for _, _, count, _ in _lookups(home, Output(name, "x"))]
    return {name} if classes in rows else set()


def _looking_ahead(home: Context, inputs: set[str], deep: int = 0) -> Iterator[tuple[Context, str]]:
    """Attention by which steps that come from these inputs see later ones."""
    carry: set[str] = set().union(*(home.downstream(id) for id in inputs if id in home.graph.nodes))
    for id in sorted(carry, key=natural_key):
        block = home.blocks.get(id)
        if block is None or home.graph.nodes[id].bypassed or id in home.wiring.wrong:
            continue
        if block.part == "network" and deep < _DEEPEST:
            inner = home.wiring.reference(id, NetworkRef)
            fed = {
                p.name
                for p in home.wiring.inputs(id)
                if (link := home.link_at(id, p.name)) and link.source.node in carry
            }
            if inner in home.project.graphs and inner not in home.study.reached(inner):
                yield from _looking_ahead(home.into(inner), fed, deep + 1)
        elif block.name in _ATTENTION:
            asks, looked, mask = _ATTENTION[block.name]
            ends = [home.link_at(id, asks), home.link_at(id, looked) or home.link_at(id, asks)]
            causal = block.name == "ScaledDotProductAttention" and home.wiring.value(id, "is_causal") is True
            if all(end and end.source.node in carry for end in ends) and not causal and not home.links(id, mask):
                yield home, id


def _masked(context: Context, places: list[tuple[Context, str]]) -> Iterator[Repair]:
    label = f"Give {' and '.join(dict.fromkeys(id for _, id in places[:3]))} a causal mask"
    yield repair.together(context.project, label, *(partial(_mask, home, id) for home, id in places))


def _mask(home: Context, id: str, project: Project) -> Change:
    """is_causal where there is such a parameter, else a CausalMask of what asks."""
    block = home.graph.nodes[id].block
    if block == "ScaledDotProductAttention":
        return edits.set_params(project, home.name, id, {"is_causal": True})
    asks, _, mask = _ATTENTION[block]
    link = home.link_at(id, asks)
    assert link is not None
    x, y = home.graph.nodes[id].at
    made = edits.add_node(project, home.name, "CausalMask", (x - 220.0, y + 90.0))
    new = next(str(edit.key) for edit in made.edits if edit.kind == "node")
    steps = [
        lambda _: made,
        lambda p: edits.connect(p, home.name, link.source, Input(new, "x")),
        lambda p: edits.connect(p, home.name, Output(new, "y"), Input(id, mask)),
    ]
    return repair.chained(project, *steps)


RULES = (
    Rule("index-range", "error", _index_range),
    Rule("no-causal-mask", "warning", _no_mask),
)
