"""Rules about what cannot go into a port: its number of axes, its dtype, a size that is not fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from math import isqrt

from immutables import Map

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule
from netbuilder.compiler.report import Repair
from netbuilder.compiler.types import TensorType, is_fixed, show_declared
from netbuilder.compiler.walk import Failure, takes
from netbuilder.graph.model import Link, Output

RANK_WORDS = {
    "N C H W": "an image: N x C x H x W",
    "N T F": "a sequence: N x T x F",
    "N C L": "a sequence with channels first: N x C x L",
    "N C D H W": "a volume: N x C x D x H x W",
}
DTYPE_WORDS = {
    "int64": "whole numbers (int64)",
    "float32": "real numbers (float32)",
    "bool": "true or false (bool)",
}


def _rank(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("rank"):
        port = next(port for port in context.wiring.inputs(id) if port.name == failure.port)
        kind = context.type_at(id, failure.port, failure.index)
        assert kind is not None
        letters = port.axes.split()
        wanted = RANK_WORDS.get(port.axes, " x ".join(letters).replace("*", "..."))
        count = f"{len(letters)}" if "*" not in letters else f"{len(letters) - 1} or more"
        where = "" if len(context.wiring.inputs(id)) == 1 else f" at {port.name}"
        axes = "axis" if len(kind.dims) == 1 else "axes"
        text = f"{id} expects {wanted} ({count} axes){where}, but gets {context.shape(kind)} ({len(kind.dims)} {axes})."
        yield Finding(
            id,
            text,
            partial(_other_rank, context, id, failure, kind, len(letters)),
        )


def _other_rank(context: Context, id: str, failure: Failure, kind: TensorType, wanted: int) -> Iterator[Repair]:
    target = context.target(id, failure.port, failure.index)
    if target is None:
        return
    yield from _of_another_plane(context, id, kind)
    rank = len(kind.dims)
    if rank == wanted + 1:
        yield from (
            repair.insert(context, target, "Squeeze", Map(dim=at)) for at in range(1, rank) if kind.dims[at] == (1, 1)
        )
    if rank > wanted >= 1:
        yield repair.insert(context, target, "Flatten", Map(start_dim=wanted - 1) if wanted != 2 else Map())
        if wanted == 2 and rank > 2:
            yield repair.insert(context, target, "GlobalAvgPool")
        return
    if rank + 1 == wanted and rank > 1:
        yield repair.insert(context, target, "Unsqueeze", Map(dim=1))
    if len(kind.dims) != 2 or not is_fixed(kind.dims[-1]):
        return
    size = kind.dims[-1][0]
    root = isqrt(size)
    shapes: list[tuple[int, ...]] = [(1, root, root)] if wanted == 4 and root * root == size else []
    shapes += [(size, 1, 1)] if wanted == 4 else [(1, size), (size, 1)] if wanted == 3 else []
    for shape in shapes:
        yield repair.insert(context, target, "Reshape", Map(shape=shape))


def _of_another_plane(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    """Conv2d for a sequence: Conv1d."""
    name, other = context.graph.nodes[id].block, len(kind.dims) - 2
    if name[-2:] in ("1d", "2d", "3d") and context.study.catalogue.get(f"{name[:-2]}{other}d") is not None:
        yield repair.swap(context, id, f"{name[:-2]}{other}d")


def _dtype(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("dtype"):
        if context.blocks[id].part in ("loss", "metric") and failure.port == "target":
            continue  # said by a rule of its own
        port = next(port for port in context.wiring.inputs(id) if port.name == failure.port)
        kind, link = context.type_at(id, failure.port, failure.index), context.link_at(id, failure.port, failure.index)
        assert kind is not None
        assert link is not None
        text = (
            f"{id} needs {DTYPE_WORDS.get(port.dtype, port.dtype)} at {port.title or port.name}, "
            f"but {link.source.node} gives {kind.dtype}."
        )
        yield Finding(id, text, partial(other_dtype, context, port.dtype, link))


def other_dtype(context: Context, wanted: str, link: Link) -> Iterator[Repair]:
    """What gives the wanted dtype in place of what is linked."""
    seen = context.walk.nodes[link.source.node]
    for port in context.wiring.outputs(link.source.node):
        other = seen.outputs.get(port.name)
        if other is not None and takes(wanted, other.dtype):
            yield repair.link(context, Output(link.source.node, port.name), link.target)
    inner, source = context.behind(link.source)
    if inner.blocks[source.node].part == "input" and inner is context:
        yield repair.set_param(context, source.node, "dtype", wanted)
    for output, other, _ in context.free_outputs():
        fits = takes(wanted, other.dtype) and output.node not in context.downstream(link.target.node)
        if fits and output.node != link.source.node and context.blocks[output.node].part in ("data", "input"):
            yield repair.link(context, output, link.target)


def _free_size(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("free"):
        kind = context.type_at(id, failure.port)
        assert kind is not None
        port = next(port for port in context.wiring.inputs(id) if port.name == failure.port)
        axis = port.axis(failure.text)
        size = context.walk.symbols.size(kind.dims[axis]) if axis is not None else "?"
        text = (
            f"{id}'s weights need a fixed size at its input's axis {failure.text}, but {context.shape(kind)} "
            f"leaves {size} free."
        )
        yield Finding(id, text, partial(_pooled, context, id, kind, failure))


def _pooled(context: Context, id: str, kind: TensorType, failure: Failure) -> Iterator[Repair]:
    """Behind a Flatten that met free height and width, a pooling to a fixed size settles them; a sequence is turned."""
    target = context.target(id, failure.port)
    if len(kind.dims) == 3 and is_fixed(kind.dims[1]) != is_fixed(kind.dims[2]) and target is not None:
        yield repair.insert(context, target, "Permute", Map(dims=(0, 2, 1)))
    flattens = (link.source.node for link in context.back(id))
    flatten = next((node for node in flattens if context.graph.nodes[node].block == "Flatten"), None)
    if flatten is None or (before := context.first_input(flatten)) is None:
        return
    image = context.type_of(before.source)
    if image is not None and len(image.dims) == 4 and is_fixed(image.dims[1]):
        yield repair.insert(context, before.target, "AdaptiveAvgPool2d")


def _given(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("given"):
        inner = context.wiring.reference(id, NetworkRef)
        shape = context.study.typed(inner)[failure.port]
        kind = context.type_at(id, failure.port)
        assert kind is not None
        text = f"{id} ({inner}) expects {show_declared(shape)} at {failure.port}, but gets {context.shape(kind)}."
        yield Finding(id, text, partial(_redeclared, context, inner, failure, kind))


def _redeclared(context: Context, inner: str, failure: Failure, kind: TensorType) -> Iterable[Repair]:
    sizes = context.walk.symbols.flow(kind).shape
    if not all(isinstance(size, int) or size.isidentifier() for size in sizes) or sizes[:1] != ("N",):
        return []
    return [repair.set_param(context.into(inner), failure.port, "shape", " ".join(map(str, sizes)))]


def _inner(context: Context) -> Iterator[Finding]:
    for id, seen, failure in context.failures("inner"):
        inner = failure.text
        errors = [p for p in context.study.problems(inner) if p.severity == "error"]
        where = f"copy {failure.copy} of {id}" if failure.copy > 1 else id
        if errors:  # told there with its repairs, and only pointed to here, however many places there are
            node = f": see {errors[0].node} there" if errors[0].node else ""
            count = f"{len(errors)} errors" if len(errors) > 1 else "an error"
            yield Finding(id, f"The network {inner} has {count} of its own{node}.")
        elif seen.inner and (found := context.study.first_error(seen.inner[-1])):
            text = f"The network {inner} does not work in {where}: {found[0].message}"
            yield Finding(id, text, found[1].repairs)
        else:
            shapes = ", ".join(context.shape(kind) for kinds in seen.inputs.values() for kind in kinds)
            yield Finding(id, f"The network {inner} cannot work with {shapes}.")


RULES = (
    Rule("rank", "error", _rank),
    Rule("dtype", "error", _dtype),
    Rule("free-size", "error", _free_size),
    Rule("network-input", "error", _given),
    Rule("network-problem", "error", _inner),
)
