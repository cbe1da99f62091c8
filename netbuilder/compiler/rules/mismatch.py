"""Rules about nodes that failed when they were run: what the numbers are, and what would make them fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import gcd, prod

from immutables import Map

from netbuilder.blocks.code import Code
from netbuilder.blocks.params import Size
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule
from netbuilder.compiler.report import Repair
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.compiler.walk import Seen
from netbuilder.graph import edits
from netbuilder.graph.model import Link, Value

AXIS_WORDS = {1: "channels", 2: "height", 3: "width"}


def _window(context: Context, id: str, seen: Seen) -> Finding | None:
    """A kernel that is larger than what it slides over."""
    block, kind = context.blocks[id], context.type_at(id, "x")
    params = {param.name: param for param in block.parameters()}
    size = params.get("kernel_size")
    if kind is None or size is None or "output_padding" in params or len(block.inputs) != 1:
        return None
    spatial = [dim[0] if is_fixed(dim) else None for dim in kind.dims[2:]]
    if isinstance(size, Size) and size.rank != len(spatial):  # patches of an image, laid out in columns
        return None
    kernel, padding, dilation = (
        _each(context, id, name, len(spatial)) for name in ("kernel_size", "padding", "dilation")
    )
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [None if size is None else size + 2 * p for size, p in zip(spatial, padding, strict=True)]
    if all(size is None or span <= size for span, size in zip(reach, room, strict=True)):
        return None
    around = f" with padding {padding[0]}" if any(padding) else ""
    window = " x ".join(map(str, reach if reach != kernel else kernel))
    text = f"{id}'s {window} window does not fit into its input, {context.shape(kind)}{around}."
    smallest = min(size for size in room if size is not None)

    def repairs() -> Iterator[Repair]:
        if smallest >= 1 and all(d == 1 for d in dilation):
            yield repair.set_param(context, id, "kernel_size", smallest)
        if block.module:
            short = max(span - size for span, size in zip(reach, spatial, strict=True) if size is not None)
            yield repair.set_param(context, id, "padding", (short + 1) // 2)
        yield repair.remove(context, id)

    return Finding(id, text, repairs)


def _each(context: Context, id: str, name: str, rank: int) -> list[int]:
    """A Size parameter's number for each axis; 1 or 0 where the block has no such parameter or it is a word."""
    fallback = 0 if name == "padding" else 1
    names = {param.name for param in context.blocks[id].parameters()}
    value = context.wiring.value(id, name) if name in names else fallback
    if isinstance(value, tuple):
        return [item if isinstance(item, int) else fallback for item in value]
    return [value if isinstance(value, int) else fallback] * rank


def _added(context: Context, id: str, seen: Seen) -> Finding | None:
    """Add and Multiply of tensors that do not have one size."""
    if context.graph.nodes[id].block not in ("Add", "Multiply"):
        return None
    links, kinds = context.links(id, "x"), _known(seen)
    pair = next(((a, b) for b in range(len(kinds)) for a in range(b) if not _stretch(kinds[a], kinds[b])), None)
    if pair is None:
        return None
    (first, second), does = pair, "adds" if context.graph.nodes[id].block == "Add" else "multiplies"
    text = (
        f"{id} {does} tensors of one size, but {links[first].source.node} gives {context.shape(kinds[first])} and "
        f"{links[second].source.node} gives {context.shape(kinds[second])}"
        f"{_difference(context, kinds[first], kinds[second])}."
    )
    return Finding(id, text, lambda: _alike(context, links[first], links[second], kinds[first], kinds[second]))


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
        f"{names.get(at, f'axis {at}')} {size(a)} and {size(b)}"
        for at, (a, b) in enumerate(zip(first.dims, second.dims, strict=True))
        if a != b
    ]
    return f" ({', '.join(told)})"


def _alike(context: Context, first: Link, second: Link, one: TensorType, two: TensorType) -> Iterator[Repair]:
    """What makes two tensors that flow into one node equally large."""
    if len(one.dims) != len(two.dims):
        larger = first if len(one.dims) > len(two.dims) else second
        if len(min(one, two, key=lambda kind: len(kind.dims)).dims) == 2:
            yield repair.insert(context, larger.target, "Flatten")
        return
    differ = [at for at, (a, b) in enumerate(zip(one.dims, two.dims, strict=True)) if a != b]
    rank = len(one.dims)
    if differ == [1] or (rank == 2 and differ == [rank - 1]):
        for link, wanted in ((second, one), (first, two)):
            yield from _resized(context, link, wanted.dims[1])
        for link, wanted in ((second, one), (first, two)):
            if is_fixed(wanted.dims[1]) and rank == 4:
                params = Map(out_channels=wanted.dims[1][0], kernel_size=1)
                yield repair.insert(context, link.target, "Conv2d", params)
            elif is_fixed(wanted.dims[1]) and rank == 2:
                yield repair.insert(context, link.target, "Linear", Map(out_features=wanted.dims[1][0]))
    elif rank == 4:
        yield from _same_plane(context, first, second, one, two)


def _resized(context: Context, link: Link, wanted: tuple[int, int]) -> Iterator[Repair]:
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
        if context.graph.nodes[node].block in ("Conv1d", "Conv2d") and _each(context, node, "stride", 2) == [1, 1]:
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
        yield from _alike(context, links[0], links[other], one, two)

    return Finding(id, text, repairs)


def _joins(first: TensorType, second: TensorType, dim: int) -> bool:
    """Whether two tensors are equal in all axes but one."""
    rank = len(first.dims)
    if len(second.dims) != rank or not -rank <= dim < rank:
        return False
    return all(a == b for at, (a, b) in enumerate(zip(first.dims, second.dims, strict=True)) if at != dim % rank)


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
        yield from _resized(context, link, target.dims[1])


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
        return None
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
    """Parameters that count axes and name one that the input does not have."""
    kind, values = context.type_at(id, "x"), context.wiring.values[id]
    if kind is None:
        return None
    rank = len(kind.dims)
    wrong: dict[str, Value] = {}
    for param in context.blocks[id].typed(values):
        held = values.get(param.name, param.default)
        if param.name in ("dim", "start_dim", "end_dim") and isinstance(held, int) and not -rank <= held < rank:
            wrong[param.name] = held
    if not wrong:
        return None
    name, held = next(iter(wrong.items()))
    text = f"{id}'s {name} must be {-rank} to {rank - 1} for {context.shape(kind)}, but is {held}."
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


def _torch(context: Context, id: str, seen: Seen) -> Finding | None:
    """What no rule explains: torch's own words."""
    assert seen.failure is not None
    kinds = [context.shape(kind) for kinds in seen.inputs.values() for kind in kinds]
    gets = f" with {' and '.join(kinds)}" if kinds else ""

    def repairs() -> Iterator[Repair]:
        node = context.graph.nodes[id]
        for param in context.blocks[id].typed(node.params):
            if isinstance(param, Code):  # nobody wants their own lines thrown away
                continue
            if node.params.get(param.name, param.default) != param.default:
                yield repair.set_param(context, id, param.name, param.default)
        yield repair.remove(context, id)

    return Finding(id, f"{id} does not work{gets}: {seen.failure.text}", repairs)


Explain = Callable[[Context, str, Seen], Finding | None]
_EXPLAIN: tuple[tuple[str, Explain], ...] = (
    ("window-too-large", _window),
    ("size-mismatch", _added),
    ("concat-mismatch", _joined),
    ("loss-shapes", _compared),
    ("divisible", _divides),
    ("reshape", _reshaped),
    ("permute", _permuted),
    ("axis", _axis),
    ("torch", _torch),
)


def _explaining(name: str) -> Callable[[Context], Iterator[Finding]]:
    """The failed runs that this explanation is the first to fit."""

    def find(context: Context) -> Iterator[Finding]:
        for id, seen, _ in context.failures("run"):
            for other, explain in _EXPLAIN:
                if finding := explain(context, id, seen):
                    if other == name:
                        yield finding
                    break

    return find


RULES = tuple(Rule(name, "error", _explaining(name)) for name, _ in _EXPLAIN)
