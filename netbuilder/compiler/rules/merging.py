"""Rules about tensors that are put together and do not fit, when a node fails."""

from __future__ import annotations

from collections.abc import Iterator

from immutables import Map

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.windows import each
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.compiler.walk import Seen
from netbuilder.graph import edits
from netbuilder.graph.model import Link

AXIS_WORDS = {1: "channels", 2: "height", 3: "width"}
_DOES = {"Add": "adds", "Multiply": "multiplies", "Average": "takes the mean of", "Stack": "stacks"}
_EQUAL = ("Stack", "Average")  # these stretch nothing
_ABOUT_SIZES = ("broadcast", "must match the size", "equal size", "number of dimensions", "match the existing size")


def _added(context: Context, id: str, seen: Seen) -> Finding | None:
    """Tensors that are put together point by point and do not have one size."""
    assert seen.failure is not None
    text, block = seen.failure.text.lower(), context.graph.nodes[id].block
    if seen.failure.own or not (block in _EQUAL or any(words in text for words in _ABOUT_SIZES)):
        return None
    given = _given(context, id, seen)
    if any(port.axes.strip("N *") for port in context.wiring.inputs(id)) or block in ("MatMul", "Einsum", "Gather"):
        return None  # its axes have names or meanings of their own
    fit = _same if block in _EQUAL else _stretch
    pairs = ((a, b) for b in range(len(given)) for a in range(b) if not fit(given[a][1], given[b][1]))
    if (pair := next(pairs, None)) is None:
        return None
    (first, one), (second, two) = given[pair[0]], given[pair[1]]
    text = (
        f"{id} {_DOES.get(block, 'puts together')} tensors of one size, but {first.source.node} gives "
        f"{context.shape(one)} and {second.source.node} gives {context.shape(two)}{_difference(context, one, two)}."
    )
    return Finding(id, text, lambda: alike(context, first, second, one, two))


def _given(context: Context, id: str, seen: Seen) -> list[tuple[Link, TensorType]]:
    """What is linked, port by port."""
    found = []
    for port, kinds in seen.inputs.items():
        for kind, link in zip(kinds, context.links(id, port), strict=False):
            if kind is not None:
                found.append((link, kind))
    return found


def _same(first: TensorType, second: TensorType) -> bool:
    return first.dims == second.dims


def _known(seen: Seen) -> list[TensorType]:
    return [kind for kind in seen.inputs.get("x", ()) if kind is not None]


def _stretch(first: TensorType, second: TensorType) -> bool:
    """Whether torch would stretch the two to one size."""
    pairs = zip(reversed(first.dims), reversed(second.dims), strict=False)
    return all(a == b or (1, 1) in (a, b) for a, b in pairs)


def _difference(context: Context, first: TensorType, second: TensorType) -> str:
    if len(first.dims) != len(second.dims):
        return ""
    size = context.walk.symbols.size
    names = AXIS_WORDS if len(first.dims) == 4 else {}
    told = [
        f"{names.get(at, f'axis {at}:')} {size(a)} and {size(b)}"
        for at, (a, b) in enumerate(zip(first.dims, second.dims, strict=True))
        if a != b
    ]
    return f" ({', '.join(told)})"


def alike(context: Context, first: Link, second: Link, one: TensorType, two: TensorType) -> Iterator[Repair]:
    """What makes two tensors that flow into one node equally large."""
    if len(one.dims) != len(two.dims):
        yield from _same_rank(context, first, second, one, two)
        return
    differ = [at for at, (a, b) in enumerate(zip(one.dims, two.dims, strict=True)) if a != b]
    rank = len(one.dims)
    if differ == [1] or (rank == 2 and differ == [rank - 1]):
        for link, wanted in ((second, one), (first, two)):
            yield from resized(context, link, wanted.dims[1])
        for link, wanted in ((second, one), (first, two)):
            if is_fixed(wanted.dims[1]) and rank == 4:
                params = Map(out_channels=wanted.dims[1][0], kernel_size=1)
                yield repair.insert(context, link.target, "Conv2d", params)
            elif is_fixed(wanted.dims[1]) and rank == 2:
                yield repair.insert(context, link.target, "Linear", Map(out_features=wanted.dims[1][0]))
    elif differ == [rank - 1] and rank == 3:
        for link, wanted in ((second, one), (first, two)):
            yield from resized(context, link, wanted.dims[2])
        for link, wanted in ((second, one), (first, two)):
            if is_fixed(wanted.dims[2]):
                yield repair.insert(context, link.target, "Linear", Map(out_features=wanted.dims[2][0]))
    elif rank == 3 and one.dims[1:] == two.dims[:0:-1]:
        yield repair.insert(context, second.target, "Permute", Map(dims=(0, 2, 1)))
    elif rank == 4:
        yield from _same_plane(context, first, second, one, two)


def _same_rank(context: Context, first: Link, second: Link, one: TensorType, two: TensorType) -> Iterator[Repair]:
    """The smaller one gets axes of size 1 where the larger one has more, or the larger one loses some."""
    (larger, large), (smaller, small) = sorted(
        ((first, one), (second, two)), key=lambda pair: len(pair[1].dims), reverse=True
    )
    for at in range(1, len(large.dims)):
        grown = TensorType((*small.dims[:at], (1, 1), *small.dims[at:]), small.dtype)
        if len(grown.dims) == len(large.dims) and _stretch(grown, large):
            yield repair.insert(context, smaller.target, "Unsqueeze", Map(dim=at))
    if len(small.dims) == 2:
        yield repair.insert(context, larger.target, "Flatten")
    if len(small.dims) == 2 and len(large.dims) in (3, 4, 5) and large.dims[:2] == small.dims:
        yield repair.insert(context, larger.target, "GlobalAvgPool")


def resized(context: Context, link: Link, wanted: tuple[int, int]) -> Iterator[Repair]:
    found = context.decider(link.source)
    if found is not None and is_fixed(wanted):
        home, node, name = found
        yield repair.set_param(home, node, name, wanted[0])


def _same_plane(context: Context, first: Link, second: Link, one: TensorType, two: TensorType) -> Iterator[Repair]:
    """Height and width: convolutions that keep them, or a pooling of the larger one; channels too where they differ."""
    for link in (first, second):
        id = _padless(context, link.source.node)
        if id is not None:
            yield repair.set_param(context, id, "padding", "same")
    larger, wanted = (first, two) if one.dims[2][0] > two.dims[2][0] else (second, one)
    if is_fixed(wanted.dims[2]) and is_fixed(wanted.dims[3]):
        size = (wanted.dims[2][0], wanted.dims[3][0])
        pool = repair.insert(context, larger.target, "AdaptiveAvgPool2d", Map(output_size=size))
        if one.dims[1] == two.dims[1] or not is_fixed(wanted.dims[1]):
            yield pool
        else:
            channels = Map(out_channels=wanted.dims[1][0], kernel_size=1)
            yield repair.together(
                context.project,
                f"Insert AdaptiveAvgPool2d and a 1 x 1 Conv2d before {larger.target.node}",
                lambda _: pool.change,
                lambda project: edits.insert_on_link(
                    project, context.name, larger.target, "Conv2d", "x", "y", channels
                ),
            )


def _padless(context: Context, id: str) -> str | None:
    """The nearest convolution before here that keeps its stride at 1 and yet shrinks its image."""
    for node in [id, *(link.source.node for link in context.back(id))]:
        if context.graph.nodes[node].block in ("Conv1d", "Conv2d") and each(context, node, "stride", 2) == [1, 1]:
            return node if context.wiring.value(node, "padding") != "same" else None
    return None


def _joined(context: Context, id: str, seen: Seen) -> Finding | None:
    """Concat of tensors that differ in another axis than the one along which they are joined."""
    if context.graph.nodes[id].block != "Concat":
        return None
    links, kinds = context.links(id, "x"), _known(seen)
    dim = context.wiring.value(id, "dim")
    assert isinstance(dim, int)
    ranks = {len(kind.dims) for kind in kinds}
    other = next((at for at in range(1, len(kinds)) if _joins(kinds[0], kinds[at], dim) is False), None)
    if other is None and all(-rank <= dim < rank for rank in ranks):
        return None
    if other is None:
        text = f"{id} joins along axis {dim}, but {context.shape(kinds[0])} has only {len(kinds[0].dims)} axes."
        return Finding(id, text, lambda: [repair.set_param(context, id, "dim", 1)])
    text = (
        f"{id} joins along axis {dim}, so all other axes must be equal, but {links[0].source.node} gives "
        f"{context.shape(kinds[0])} and {links[other].source.node} gives {context.shape(kinds[other])}."
    )

    def repairs() -> Iterator[Repair]:
        one, two = kinds[0], kinds[other]
        if len(one.dims) == len(two.dims):
            for at in range(1, len(one.dims)):
                if _joins(one, two, at):
                    yield repair.set_param(context, id, "dim", at)
        if len(one.dims) == len(two.dims) == 4:
            same = TensorType((one.dims[0], two.dims[1], *one.dims[2:]), one.dtype)
            yield from _same_plane(context, links[0], links[other], same, two)
        yield from alike(context, links[0], links[other], one, two)

    return Finding(id, text, repairs)


def _joins(first: TensorType, second: TensorType, dim: int) -> bool:
    """Whether two tensors are equal in all axes but one."""
    rank = len(first.dims)
    if len(second.dims) != rank or not -rank <= dim < rank:
        return False
    return all(a == b for at, (a, b) in enumerate(zip(first.dims, second.dims, strict=True)) if at != dim % rank)


EXPLAIN: tuple[tuple[str, Explain], ...] = (
    ("concat-mismatch", _joined),
    ("size-mismatch", _added),
)
