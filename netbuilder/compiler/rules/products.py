"""Rules about inputs that belong together and do not agree, when a node fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from immutables import Map

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding, one
from netbuilder.compiler.metrics import disagreement
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules import limits
from netbuilder.compiler.rules.merging import alike, resized
from netbuilder.compiler.types import Dim, TensorType, is_fixed
from netbuilder.compiler.walk import Seen


def _compared(context: Context, id: str, seen: Seen) -> Finding | None:
    """A loss or metric whose inputs do not belong together."""
    if context.blocks[id].part not in ("loss", "metric"):
        return None
    shapes = {port: context.shape(kinds[0]) for port, kinds in seen.inputs.items() if kinds and kinds[0] is not None}
    told = " and ".join(f"{port} of {shape}" for port, shape in shapes.items())
    logits, target = context.type_at(id, "logits"), context.type_at(id, "target")
    numbered = any(port.name == "target" and port.dtype == "int64" for port in context.wiring.inputs(id))
    if logits and target and numbered and len(logits.dims) != len(target.dims) + 1:
        text = f"{id} needs one row of scores, N x classes, for each target, but gets {told}."
        return Finding(id, text, lambda: _flattened(context, id))
    return Finding(id, f"{id} cannot compare {told}.", lambda: _wider(context, id, target))


def _wider(context: Context, id: str, target: TensorType | None) -> Iterator[Repair]:
    """The layer behind the first input made as wide as the target."""
    link = context.first_input(id)
    if link is not None and target is not None and len(target.dims) > 1:
        yield from resized(context, link, target.dims[1])


def _flattened(context: Context, id: str) -> Iterator[Repair]:
    """A Flatten before the last Linear behind a loss, in whatever network that is."""
    link = context.link_at(id, "logits")
    found = context.decider(link.source) if link else None
    if found is not None:
        home, node, _ = found
        target = home.first_input(node)
        if target is not None:
            yield repair.insert(home, target.target, "Flatten")
    if link is not None:
        yield repair.insert(context, link.target, "Flatten")


def _apart(context: Context, id: str, seen: Seen) -> Finding | None:
    """Inputs whose axes of one letter differ: queries and keys, states and sequences, positions and values."""
    assert seen.failure is not None
    known = {port: tuple(kind for kind in kinds if kind is not None) for port, kinds in seen.inputs.items()}
    ports = tuple(port for port in context.wiring.inputs(id) if port.axes.strip("N *"))
    pair = disagreement(ports, known) if len(ports) > 1 and not seen.failure.own else None
    if pair is None or pair[0] == pair[1]:
        return None
    shapes = [context.shape(known[port][0]) for port in pair]
    declared = {port.name: port.axes.replace(" ", " x ").replace("*", "...") for port in ports}
    text = (
        f"{id} needs {pair[0]} of {declared[pair[0]]} and {pair[1]} of {declared[pair[1]]}, but gets {shapes[0]} and "
        f"{shapes[1]}: sizes of one letter must be equal."
    )
    return Finding(id, text, partial(_agreeing, context, id, pair, seen))


def _agreeing(context: Context, id: str, pair: tuple[str, str], seen: Seen) -> Iterator[Repair]:
    first, second = (context.link_at(id, port) for port in pair)
    one_, two = (context.type_at(id, port) for port in pair)
    if first and second and one_ and two:
        yield from alike(context, first, second, one_, two)
        if len(one_.dims) == len(two.dims) and one_.dims[-1] != two.dims[-1]:
            for end, wanted in ((second, one_.dims[-1]), (first, two.dims[-1])):
                yield from resized(context, end, wanted)
                if is_fixed(wanted):
                    yield repair.insert(context, end.target, "Linear", Map(out_features=wanted[0]))
    for port in context.wiring.inputs(id):
        if port.name in pair and port.optional and (idle := context.link_at(id, port.name)):
            yield repair.unlink(context, idle.target)


def _mask(context: Context, id: str, seen: Seen) -> Finding | None:
    """Masks and states whose size nothing but torch's words tell."""
    assert seen.failure is not None
    block, words = context.blocks[id], ("mask", "hidden", "per_sample")
    if seen.failure.own or not any(word in seen.failure.text.lower() for word in words):
        return None
    for port in context.wiring.inputs(id):
        link, kind = context.link_at(id, port.name), context.type_at(id, port.name)
        if (
            port.optional
            and link is not None
            and kind is not None
            and ("mask" in port.name or block.category == "Recurrent")
        ):
            wanted = port.axes.replace(" ", " x ").replace("*", "...")
            others = " and ".join(
                f"{name} {context.shape(kinds[0])}"
                for name, kinds in seen.inputs.items()
                if name != port.name and kinds
            )
            text = f"{id} needs {wanted} at {port.name}, but gets {context.shape(kind)} beside {others}."
            return Finding(id, text, one(repair.unlink, context, link.target))
    return None


def _multiplied(context: Context, id: str, seen: Seen) -> Finding | None:
    """Matrices of which one's rows are not as long as the other's columns."""
    first, second = context.type_at(id, "a"), context.type_at(id, "b")
    if context.graph.nodes[id].block != "MatMul" or first is None or second is None:
        return None
    columns = second.dims[-2] if len(second.dims) > 1 else second.dims[-1]
    shapes = f"{context.shape(first)} and {context.shape(second)}"
    if first.dims[-1] != columns:
        size = context.walk.symbols.size
        text = (
            f"{id} multiplies {shapes}, but the rows of a have {size(first.dims[-1])} numbers and the columns of b "
            f"{size(columns)}: these must be equal."
        )
    else:
        text = f"{id} multiplies {shapes}: all axes before the last two must be equal or 1."
    return Finding(id, text, partial(_multiplying, context, id, first, second))


def _multiplying(context: Context, id: str, first: TensorType, second: TensorType) -> Iterator[Repair]:
    a, b = context.link_at(id, "a"), context.link_at(id, "b")
    if a is None or b is None:
        return
    turned = Map(dim0=-2, dim1=-1)
    if len(second.dims) > 1:
        yield repair.insert(context, b.target, "Transpose", turned)
    if len(first.dims) > 1:
        yield repair.insert(context, a.target, "Transpose", turned)
    if len(second.dims) > 1:
        yield from resized(context, a, second.dims[-2])
        if is_fixed(second.dims[-2]):
            yield repair.insert(context, a.target, "Linear", Map(out_features=second.dims[-2][0]))
    if len(first.dims) != len(second.dims) and min(len(first.dims), len(second.dims)) > 1:
        smaller = a if len(first.dims) < len(second.dims) else b
        yield repair.insert(context, smaller.target, "Unsqueeze", Map(dim=1))


def _einsum(context: Context, id: str, seen: Seen) -> Finding | None:
    """An equation whose letters do not fit what is linked."""
    if context.graph.nodes[id].block != "Einsum":
        return None
    equation = str(context.wiring.value(id, "equation"))
    terms = [term.strip() for term in equation.partition("->")[0].split(",")]
    kinds = [kind for kind in seen.inputs.get("x", ()) if kind is not None]
    if len(terms) != len(kinds):
        text = f"{id}'s equation {equation} names {len(terms)} inputs, but {len(kinds)} are linked."
        return Finding(id, text, partial(limits.back_to_defaults, context, id))
    sizes: dict[str, tuple[Dim, int]] = {}
    for at, (term, kind) in enumerate(zip(terms, kinds, strict=True)):
        before, dots, after = term.partition("...")
        if len(kind.dims) < len(before + after) or (not dots and len(kind.dims) != len(term)):
            named = f"'{term}'" + ("" if not dots else " (... is any number)")
            text = (
                f"{id}'s equation {equation} gives input {at + 1} the axes {named}, but it gets {context.shape(kind)}."
            )
            return Finding(id, text, partial(_any_axes_before, context, id, equation))
        ends = kind.dims[len(kind.dims) - len(after) :] if after else ()
        for letter, dim in (*zip(before, kind.dims, strict=False), *zip(after, ends, strict=True)):
            held, place = sizes.setdefault(letter, (dim, at))
            if held != dim:
                size = context.walk.symbols.size
                text = (
                    f"{id}'s equation {equation} calls two axes {letter!r} that differ: {size(held)} at input "
                    f"{place + 1} and {size(dim)} at input {at + 1}."
                )
                return Finding(id, text, partial(limits.back_to_defaults, context, id))
    text = (
        f"{id}'s equation {equation} does not fit {' and '.join(map(context.shape, kinds))}: the axes that ... stands "
    )
    return Finding(id, f"{text}for must be equal or 1.", partial(limits.back_to_defaults, context, id))


def _any_axes_before(context: Context, id: str, equation: str) -> Iterator[Repair]:
    """ "ij,jk->ik" for whole batches, or the default."""
    if "..." not in equation:
        left, arrow, right = equation.partition("->")
        terms = ",".join(f"...{term.strip()}" for term in left.split(","))
        yield repair.set_param(context, id, "equation", f"{terms}{arrow}...{right.strip()}")
    yield from limits.back_to_defaults(context, id)


def _gathered(context: Context, id: str, seen: Seen) -> Finding | None:
    """Gather with an index of another number of axes."""
    x, index = context.type_at(id, "x"), context.type_at(id, "index")
    if context.graph.nodes[id].block != "Gather" or x is None or index is None:
        return None
    if len(x.dims) == len(index.dims):
        return None
    text = f"{id} needs an index with as many axes as x, but gets {context.shape(index)} for {context.shape(x)}."
    link = context.link_at(id, "index" if len(index.dims) < len(x.dims) else "x")
    return Finding(id, text, lambda: [repair.insert(context, link.target, "Unsqueeze", Map(dim=1))] if link else [])


EXPLAIN: tuple[tuple[str, Explain], ...] = (
    ("loss-shapes", _compared),
    ("product-mismatch", _multiplied),
    ("product-mismatch", _einsum),
    ("gather-index", _gathered),
    ("inputs-apart", _apart),
    ("mask-size", _mask),
)
