"""Rules about axes and how many values they hold, when a node fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import gcd, prod

from netbuilder.blocks.pieces import Axes, Axis
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding
from netbuilder.compiler.report import Repair
from netbuilder.compiler.types import is_fixed
from netbuilder.compiler.walk import Seen
from netbuilder.graph import edits
from netbuilder.graph.model import Value


def _divides(context: Context, id: str, seen: Seen) -> Finding | None:
    """Groups or heads that do not divide a number of channels or features."""
    assert seen.failure is not None
    if "divisible" not in seen.failure.text:
        return None
    block = context.blocks[id]
    names = [p.name for p in block.typed() if p.name in ("groups", "num_groups", "num_heads", "nhead")]
    if not names:
        return None
    kind = next((kinds[0] for kinds in seen.inputs.values() if kinds), None)
    if kind is None:
        return None
    name, size = names[0], kind.dims[1 if "group" in names[0] else -1][0]
    held = context.wiring.value(id, name)
    assert isinstance(held, int)
    both = any(param.name == "out_channels" for param in block.typed())
    total = gcd(size, int(str(context.wiring.value(id, "out_channels")))) if both else size
    text = f"{id}'s {name} of {held} must divide the {'features' if 'head' in name else 'channels'}: {total}."
    best = max(n for n in range(1, min(held, total) + 1) if total % n == 0)
    return Finding(id, text, lambda: [repair.set_param(context, id, name, best)])


def _reshaped(context: Context, id: str, seen: Seen) -> Finding | None:
    """Reshape to another number of values."""
    kind, shape = context.type_at(id, "x"), context.wiring.values[id].get("shape")
    if context.graph.nodes[id].block != "Reshape" or kind is None or not isinstance(shape, tuple):
        return None
    if not all(is_fixed(dim) for dim in kind.dims[1:]):
        text = f"{id} cannot make {' x '.join(map(str, shape))} of each sample of {context.shape(kind)}."
        return Finding(id, text, lambda: [repair.set_param(context, id, "shape", (-1,))])
    has = prod(dim[0] for dim in kind.dims[1:])
    wants = prod(size for size in shape if isinstance(size, int) and size != -1)
    rest = f" (or a multiple of {wants})" if -1 in shape else ""
    text = f"{id} needs {wants} values for each sample{rest}, but gets {has}: {context.shape(kind)}."

    def repairs() -> Iterator[Repair]:
        for at in range(len(shape) - 1, -1, -1):
            yield repair.set_param(context, id, "shape", (*shape[:at], -1, *shape[at + 1 :]))
        yield repair.set_param(context, id, "shape", (-1,))

    return Finding(id, text, repairs)


def _permuted(context: Context, id: str, seen: Seen) -> Finding | None:
    """Permute with an order for another number of axes."""
    kind = context.type_at(id, "x")
    if context.graph.nodes[id].block != "Permute" or kind is None:
        return None
    dims, rank = context.wiring.value(id, "dims"), len(kind.dims)
    if not isinstance(dims, tuple) or sorted(map(str, dims)) == sorted(map(str, range(rank))):
        return None
    text = f"{id}'s dims must name each of the {rank} axes of {context.shape(kind)} once, from 0 to {rank - 1}."
    swapped = (*range(max(rank - 2, 0)), *range(rank - 1, max(rank - 3, -1), -1))
    return Finding(id, text, lambda: [repair.set_param(context, id, "dims", swapped)])


def _axis(context: Context, id: str, seen: Seen) -> Finding | None:
    """Parameters that count axes and name one that the input does not have, or one of them twice."""
    assert seen.failure is not None
    kind = next((kinds[0] for kinds in seen.inputs.values() if kinds), None)
    if kind is None or (seen.failure.own and "imension out of range" not in seen.failure.text):
        return None
    more = 1 if context.graph.nodes[id].block in ("Stack", "Unsqueeze") else 0  # these name an axis that they make
    rank = len(kind.dims) + more
    wrong: dict[str, Value] = {}
    for param in context.blocks[id].typed(context.wiring.values[id]):
        held = context.wiring.value(id, param.name)
        named = held if isinstance(held, tuple) and isinstance(param, Axes) else (held,)
        if isinstance(param, Axis | Axes) or param.name in ("dim", "start_dim", "end_dim"):
            counted = [one % rank for one in named if isinstance(one, int) and rank and -rank <= one < rank]
            if len(counted) < sum(isinstance(one, int) for one in named) or len(set(counted)) < len(counted):
                wrong[param.name] = context.wiring.values[id].get(param.name, param.default)
    if not wrong:
        return None
    name, held = next(iter(wrong.items()))
    shown = held if isinstance(held, int) else ", ".join(map(str, held)) if isinstance(held, tuple) else held
    once = ", each once" if isinstance(held, tuple) else ""
    text = f"{id}'s {name} must be {-rank} to {rank - 1}{once} for {context.shape(kind)}, but is {shown}."
    return Finding(id, text, partial(_nearest_axes, context, id, list(wrong), rank))


def _nearest_axes(context: Context, id: str, names: list[str], rank: int) -> Iterator[Repair]:
    for axis in (-1, 1, 0):
        if -rank <= axis < rank:
            yield repair.set_param(context, id, names[0], axis)
    if len(names) > 1:
        values = dict.fromkeys(names, edits.DEFAULT)
        yield repair.together(
            context.project,
            f"Set {id}'s {' and '.join(names)} back to the default",
            lambda project: edits.set_params(project, context.name, id, values),
        )


def _unflattened(context: Context, id: str, seen: Seen) -> Finding | None:
    """Sizes that do not multiply up to the axis that they are to take the place of."""
    kind = context.type_at(id, "x")
    if context.graph.nodes[id].block not in ("Unflatten", "SplitHeads") or kind is None:
        return None
    if context.graph.nodes[id].block == "SplitHeads":
        heads, size = context.wiring.value(id, "num_heads"), kind.dims[-1][0]
        assert isinstance(heads, int)
        best = max(n for n in range(1, heads + 1) if size % n == 0)
        text = f"{id}'s num_heads of {heads} must divide the features: {context.walk.symbols.size(kind.dims[-1])}."
        return Finding(id, text, lambda: [repair.set_param(context, id, "num_heads", best)])
    dim, sizes = context.wiring.value(id, "dim"), context.wiring.value(id, "unflattened_size")
    if not isinstance(dim, int) or not isinstance(sizes, tuple) or not -len(kind.dims) <= dim < len(kind.dims):
        return None
    has = context.walk.symbols.size(kind.dims[dim])
    text = f"{id} makes {' x '.join(map(str, sizes))} of axis {dim}, which must multiply up to its size, {has}."

    def repairs() -> Iterator[Repair]:
        for at in range(len(sizes) - 1, -1, -1):
            yield repair.set_param(context, id, "unflattened_size", (*sizes[:at], -1, *sizes[at + 1 :]))
        yield repair.set_param(context, id, "unflattened_size", (1, -1))

    return Finding(id, text, repairs)


def _split(context: Context, id: str, seen: Seen) -> Finding | None:
    """Pieces that are more, or longer, than what is cut."""
    kind, block = context.type_at(id, "x"), context.graph.nodes[id].block
    if block not in ("SplitSizes", "Chunk") or kind is None:
        return None
    dim = context.wiring.value(id, "dim")
    if not isinstance(dim, int) or not -len(kind.dims) <= dim < len(kind.dims):
        return None
    size, has = kind.dims[dim][0], context.walk.symbols.size(kind.dims[dim])
    if block == "Chunk":
        text = (
            f"{id} makes {context.wiring.value(id, 'chunks')} pieces of axis {dim}, but its size, {has}, gives fewer."
        )
        fits = [n for n in (2, 1) if is_fixed(kind.dims[dim]) and size % n == 0]
        return Finding(id, text, lambda: [repair.set_param(context, id, "chunks", n) for n in fits])
    sizes = context.wiring.value(id, "sizes")
    if not isinstance(sizes, tuple) or not all(isinstance(one, int) for one in sizes):
        return None
    total = sum(one for one in sizes if isinstance(one, int))
    text = f"{id}'s sizes {' + '.join(map(str, sizes))} are {total}, but must be the size of axis {dim}: {has}."

    def repairs() -> Iterator[Repair]:
        last = sizes[-1]
        if is_fixed(kind.dims[dim]) and isinstance(last, int) and size - total + last >= 0:
            yield repair.set_param(context, id, "sizes", (*sizes[:-1], size - total + last))
        if is_fixed(kind.dims[dim]) and size % len(sizes) == 0:
            yield repair.set_param(context, id, "sizes", (size // len(sizes),) * len(sizes))

    return Finding(id, text, repairs)


def _expanded(context: Context, id: str, seen: Seen) -> Finding | None:
    kind = context.type_at(id, "x")
    if context.graph.nodes[id].block != "Expand" or kind is None:
        return None
    sizes = context.wiring.value(id, "sizes")
    assert isinstance(sizes, tuple)
    text = (
        f"{id} stretches axes of size 1 only, -1 leaves one as it is: {', '.join(map(str, sizes))} does not fit "
        f"{context.shape(kind)}."
    )
    kept = (-1,) * len(kind.dims)
    return Finding(id, text, lambda: [repair.set_param(context, id, "sizes", kept), repair.remove(context, id)])


def _padded(context: Context, id: str, seen: Seen) -> Finding | None:
    kind, block = context.type_at(id, "x"), context.blocks[id]
    names = {param.name for param in block.typed()}
    if (
        kind is None
        or not names & {"pad", "padding_mode"}
        or "adding" not in (seen.failure.text if seen.failure else "")
    ):
        return None
    name = "mode" if "pad" in names else "padding_mode"
    mode, plain = context.wiring.value(id, name), "constant" if name == "mode" else "zeros"
    pad = context.wiring.value(id, "pad" if "pad" in names else "padding")
    shown = ", ".join(map(str, pad)) if isinstance(pad, tuple) else pad
    text = f"{id} cannot put borders of {shown} in its {name} {mode} around {context.shape(kind)}."

    def repairs() -> Iterator[Repair]:
        if mode != plain:
            yield repair.set_param(context, id, name, plain)
        if isinstance(pad, tuple) and len(pad) > 2:
            yield repair.set_param(context, id, "pad" if "pad" in names else "padding", pad[:2])
        yield repair.remove(context, id)

    return Finding(id, text, repairs)


def _picked(context: Context, id: str, seen: Seen) -> Finding | None:
    """More than there are: the k highest, or a place behind the end."""
    kind, block = context.type_at(id, "x") or context.type_at(id, "logits"), context.graph.nodes[id].block
    name = {"TopK": "k", "Select": "index", "TopKAccuracy": "top_k"}.get(block)
    if name is None or kind is None:
        return None
    dim = 1 if block == "TopKAccuracy" else context.wiring.value(id, "dim")
    held = context.wiring.value(id, name)
    if not isinstance(dim, int) or not isinstance(held, int) or not -len(kind.dims) <= dim < len(kind.dims):
        return None
    size, has = kind.dims[dim][0], context.walk.symbols.size(kind.dims[dim])
    text = f"{id}'s {name} of {held} is too much for axis {dim} of {context.shape(kind)}, whose size is {has}."
    best = (-size if held < 0 else size - 1) if block == "Select" else size
    return Finding(id, text, lambda: [repair.set_param(context, id, name, best)] if is_fixed(kind.dims[dim]) else [])


def _one_point(context: Context, id: str, seen: Seen) -> Finding | None:
    """A mean and spread for each channel, of a single number."""
    assert seen.failure is not None
    kind = context.type_at(id, "x")
    if "ore than 1 " not in seen.failure.text or kind is None:
        return None
    text = f"{id} needs more than one number in each channel to norm them, but gets {context.shape(kind)}."

    def repairs() -> Iterator[Repair]:
        yield repair.remove(context, id)
        yield repair.swap(context, id, "GroupNorm")

    return Finding(id, text, repairs)


def _plane(context: Context, id: str, seen: Seen) -> Finding | None:
    """A block for sequences given images, where the port itself takes both."""
    assert seen.failure is not None
    kind, name = context.type_at(id, "x"), context.graph.nodes[id].block
    if "D input" not in seen.failure.text or kind is None or name[-2:] not in ("1d", "2d", "3d"):
        return None
    axes = "1 axis" if name[-2] == "1" else f"{name[-2]} axes"
    text = f"{id} works on {axes} beside the channels, but gets {context.shape(kind)}."
    other = f"{name[:-2]}{len(kind.dims) - 2}d"
    known = context.study.catalogue.get(other) is not None
    return Finding(id, text, lambda: [repair.swap(context, id, other)] if known else [])


EXPLAIN: tuple[tuple[str, Explain], ...] = (
    ("axis", _axis),
    ("divisible", _divides),
    ("reshape", _reshaped),
    ("permute", _permuted),
    ("unflatten", _unflattened),
    ("pieces", _split),
    ("expand", _expanded),
    ("picked", _picked),
    ("one-point", _one_point),
    ("plane", _plane),
    ("border", _padded),
)
