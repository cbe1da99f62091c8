"""Rules about losses and metrics: what they are given, told by what their ports declare."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from immutables import Map

from netbuilder.blocks.params import DatasetRef
from netbuilder.blocks.spec import Port
from netbuilder.compiler import repair
from netbuilder.compiler.context import SIZE_PARAMS, Context, Finding, Rule
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.sizes import DTYPE_WORDS, other_dtype
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.compiler.walk import Failure
from netbuilder.graph.change import Change
from netbuilder.graph.model import Column, Link, Output, Value

_OF_CLASSES = ("Softmax", "Softmax2d", "LogSoftmax", "Softmin")
_SQUASHES = (*_OF_CLASSES, "Sigmoid", "LogSigmoid", "Hardsigmoid")
# By the name of a loss's port what must stand before it, and what does that.
_WANTS = {"logs": ("LogSoftmax", ("LogSoftmax", "LogSigmoid", "Log")), "probability": ("Sigmoid", ())}
_WRONG_FOR = {"logs": ("Softmax", "Sigmoid", "Softmax2d"), "probability": ("LogSoftmax", "LogSigmoid", "Tanh")}
_WORDS = {"logs": "logarithms of probabilities", "probability": "probabilities from 0 to 1"}
# Through these a class stays the number that it is.
MOVES = ("Slice", "Select", "IndexSelect", "Squeeze", "Unsqueeze", "Flatten", "Unflatten", "Reshape", "Permute",
          "Transpose", "MoveAxis", "Flip", "Roll", "Identity", "ExpandBatch", "Tile", "Detach")  # fmt: skip
_NO_DROPS = ("GaussianNoise",)


def ends_of(context: Context, *parts: str) -> Iterator[tuple[str, Port, Link]]:
    """The linked inputs of nodes with these parts."""
    for id in context.wiring.of_part(*parts):
        for port in context.wiring.inputs(id):
            for link in context.links(id, port.name):
                yield id, port, link


def _where(context: Context, home: Context) -> str:
    return "" if home.name == context.name else f" in {home.name}"


def _squashed(context: Context) -> Iterator[Finding]:
    """Softmax or sigmoid before a port of scores. A metric of classes only looks at which score is the highest."""
    found: dict[str, dict[tuple[str, str], Context]] = {}
    for id, port, link in ends_of(context, "loss", "metric"):
        if port.role != "logits" or (context.blocks[id].part == "metric" and "C" in port.axes):
            continue
        home, source = context.behind(link.source)
        if source.node in home.graph.nodes and home.graph.nodes[source.node].block in _SQUASHES:
            found.setdefault(id, {})[home.name, source.node] = home
    for id, places in found.items():
        (_, node), home = next(iter(places.items()))
        block = home.graph.nodes[node].block
        harm = "learning would be slow and the loss wrong" if context.blocks[id].part == "loss" else "all would be yes"
        where = _where(context, home)
        text = f"{id} wants raw scores, before any softmax or sigmoid, but {node}{where} is a {block} already: {harm}."
        yield Finding(id, text, partial(_unsquashed, context, places))


def _unsquashed(context: Context, places: dict[tuple[str, str], Context]) -> Iterator[Repair]:
    homes = list(places.items())
    if len(homes) == 1:
        ((_, node), home) = homes[0]
        yield repair.remove(home, node)
        return
    changes = [repair.bypass(home, node).change for (_, node), home in homes]
    label = f"Bypass {' and '.join(node for (_, node), _ in homes)}"
    yield repair.together(context.project, label, *(partial(_as_made, change) for change in changes))


def _as_made(change: Change, _project: object) -> Change:
    return change


def _unlogged(context: Context) -> Iterator[Finding]:
    """Raw scores where a loss wants probabilities or their logarithms."""
    for id, port, link in ends_of(context, "loss"):
        if port.name not in _WANTS:
            continue
        home, source = context.behind(link.source)
        node = home.graph.nodes.get(source.node)
        made = home.blocks.get(source.node)
        if node is None or made is None:
            continue
        raw = any(param.name in SIZE_PARAMS for param in made.typed()) or made.name in ("ReLU", "GELU", "TiedLinear")
        if raw or made.name in _WRONG_FOR[port.name]:
            gives = "raw scores" if raw else "something else"
            where = _where(context, home)
            text = f"{id} wants {_WORDS[port.name]}, but {source.node}{where}, a {made.name}, gives {gives}."
            yield Finding(id, text, partial(_logged, context, home, source, port, link))


def _logged(context: Context, home: Context, source: Output, port: Port, link: Link) -> Iterator[Repair]:
    wanted, _ = _WANTS[port.name]
    if home.graph.nodes[source.node].block in _WRONG_FOR[port.name]:
        yield repair.swap(home, source.node, wanted)
        return
    axis = port.axis("C")
    params: dict[str, Value] = {"dim": -1 if axis is None else axis} if wanted == "LogSoftmax" else {}
    yield repair.insert(context, link.target, wanted, Map(params))


def _classes(context: Context) -> Iterator[Finding]:
    for id, port, link in ends_of(context, "loss", "metric"):
        axis = port.axis("C")
        if axis is None or port.role not in ("logits", "tensor") or context.walk.nodes[id].state != "ok":
            continue
        scores, column = context.type_at(id, port.name), _classes_at(context, id)
        if scores is None or column is None or not -len(scores.dims) <= axis < len(scores.dims):
            continue
        if not is_fixed(scores.dims[axis]):
            continue
        width, count = scores.dims[axis][0], len(column.classes)
        if count and width != count and (context.blocks[id].part == "loss" or width < count):
            label = column.name or column.id
            text = f"{id} gets {width} scores for each sample, but {label!r} has {count} classes."
            yield Finding(id, text, partial(_as_wide, context, link.source, count), "error" if width < count else None)


def _classes_at(context: Context, id: str) -> Column | None:
    """The column whose classes a node compares with."""
    for port in context.wiring.inputs(id):
        if port.role == "class" and (link := context.link_at(id, port.name)):
            return column_behind(context, link.source)
    return None


def column_behind(context: Context, source: Output) -> Column | None:
    """The column of a data set that arrives here unchanged but for its axes."""
    for _ in range(len(context.graph.nodes)):
        block = context.blocks.get(source.node)
        if block is None:
            return None
        if block.part == "data":
            dataset = context.project.datasets.get(context.wiring.reference(source.node, DatasetRef))
            columns = dataset.columns if dataset else ()
            return next((column for column in columns if column.id == source.port), None)
        link = context.first_input(source.node)
        if block.name not in MOVES or link is None:
            return None
        source = link.source
    return None


def _as_wide(context: Context, source: Output, count: int) -> Iterator[Repair]:
    if found := context.decider(source):
        home, node, name = found
        yield repair.set_param(home, node, name, count)


def _stretched(context: Context) -> Iterator[Finding]:
    for id in context.wiring.of_part("loss"):
        first, second = context.type_at(id, "prediction"), context.type_at(id, "target")
        if first is None or second is None or first.dims == second.dims or context.walk.nodes[id].state != "ok":
            continue
        text = (
            f"{id} compares {context.shape(first)} with {context.shape(second)}: torch stretches them to one size, "
            "which compares every sample with every other."
        )
        yield Finding(id, text, partial(_same_rank, context, id))


def _same_rank(context: Context, id: str) -> Iterator[Repair]:
    """N x 1 against N: one row less."""
    for port, other in (("prediction", "target"), ("target", "prediction")):
        kind, wanted, target = context.type_at(id, port), context.type_at(id, other), context.target(id, port)
        if kind and wanted and target and len(kind.dims) > len(wanted.dims):
            start = 0 if len(wanted.dims) == 1 else len(wanted.dims) - 1
            yield repair.insert(context, target, "Flatten", Map(start_dim=start))


def _dropped(context: Context) -> Iterator[Finding]:
    for id, port, link in ends_of(context, "loss"):
        if port.role == "class" or port.name == "target":
            continue
        home, source = context.behind(link.source)
        block = home.blocks.get(source.node)
        if block is not None and block.category == "Regularization" and block.name not in _NO_DROPS:
            text = (
                f"{source.node}{_where(context, home)} is a {block.name} right before {id}: it makes parts of the "
                "answer 0 while training, which nothing behind it can mend."
            )
            yield Finding(id, text, partial(_without_drop, home, source.node))
            return


def _without_drop(home: Context, node: str) -> Iterator[Repair]:
    yield repair.remove(home, node)


def _wrong_target(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("dtype"):
        if not is_target(context, id, failure):
            continue
        port = next(port for port in context.wiring.inputs(id) if port.name == failure.port)
        kind, link = context.type_at(id, failure.port), context.link_at(id, failure.port)
        assert kind is not None
        assert link is not None
        wants = "the numbers of classes (int64)" if port.dtype == "int64" else "real numbers (float32)"
        text = (
            f"{id} compares with {wants}, but {link.source.node}'s {link.source.port} holds "
            f"{DTYPE_WORDS.get(kind.dtype, kind.dtype)}: another target, or another loss."
        )
        yield Finding(id, text, partial(_other_target, context, id, port, link, kind))


def is_target(context: Context, id: str, failure: Failure) -> bool:
    """Whether a failure is about the target of a loss or metric."""
    return context.blocks[id].part in ("loss", "metric") and failure.port == "target"


def _other_target(context: Context, id: str, port: Port, link: Link, kind: TensorType) -> Iterator[Repair]:
    yield from other_dtype(context, port.dtype, link)
    first = next((p for p in context.wiring.inputs(id) if p.name != port.name), None)
    given = context.type_at(id, first.name) if first else None
    loss = context.blocks[id].part == "loss"
    if given is None or not loss:
        return
    if port.dtype == "int64" and kind.dtype.startswith("float"):
        if given.dims == kind.dims:
            yield repair.swap(context, id, "SoftCrossEntropyLoss")
            yield repair.swap(context, id, "BCEWithLogitsLoss")
        else:
            yield repair.swap(context, id, "MSELoss")
    elif port.dtype == "float32" and kind.dtype == "int64":
        if len(given.dims) == len(kind.dims) + 1:
            yield repair.swap(context, id, "CrossEntropyLoss")
            if is_fixed(given.dims[-1]):
                yield repair.insert(context, link.target, "OneHot", Map(num_classes=given.dims[-1][0]))
        else:
            yield repair.insert(context, link.target, "Cast")
    else:
        yield repair.insert(context, link.target, "Cast")


RULES = (
    Rule("classes", "warning", _classes),
    Rule("softmax-loss", "warning", _squashed),
    Rule("raw-scores", "warning", _unlogged),
    Rule("stretched-loss", "warning", _stretched),
    Rule("last-dropout", "warning", _dropped),
    Rule("target-kind", "error", _wrong_target),
)
