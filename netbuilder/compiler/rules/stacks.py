"""Rules about layers that stand one behind another: what comes between them, and what one undoes of the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from immutables import Map

from netbuilder.blocks.spec import Port
from netbuilder.compiler import repair
from netbuilder.compiler.context import SIZE_PARAMS, Context, Finding, Rule, one
from netbuilder.compiler.report import Repair
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import Link, Output, Project, natural_key

CONVOLUTIONS = tuple(f"{name}{rank}d" for name in ("Conv", "ConvTranspose") for rank in (1, 2, 3))
NORMS_OF_CHANNELS = tuple(f"{name}{rank}d" for name in ("BatchNorm", "InstanceNorm") for rank in (1, 2, 3))
SATURATES = ("Sigmoid", "Tanh", "Softsign", "Hardsigmoid", "Hardtanh", "Softmax", "Softmin")
MOST_SATURATING = 4
# Blocks through which a stack of linear layers stays linear.
_KEEPS_LINEAR = ("Flatten", "Unflatten", "Reshape", "Permute", "Transpose", "Identity", "Dropout", "Dropout1d",
                 "Dropout2d", "Dropout3d", "Squeeze", "Unsqueeze")  # fmt: skip
# ... and what may stand between activations of one stack.
_IN_STACKS = (*_KEEPS_LINEAR, *CONVOLUTIONS, "Linear", "AvgPool1d", "AvgPool2d", "AvgPool3d", "MaxPool1d", "MaxPool2d",
              "MaxPool3d", "GlobalAvgPool")  # fmt: skip


def _image_into_linear(context: Context) -> Iterator[Finding]:
    for id in context.nodes("Linear"):
        kind, link = context.type_at(id, "x"), context.link_at(id, "x")
        if kind is None or link is None or len(kind.dims) != 4:
            continue
        fails = any(
            context.walk.nodes[other].state == "error"
            for other in context.downstream(id)
            if other in context.walk.nodes
        )
        text = (
            f"{id} gets an image, {context.shape(kind)}, and would work on its last axis only, each row by itself. "
            "A Flatten before it makes one row of the whole image."
        )
        yield Finding(
            id,
            text,
            one(repair.insert, context, link.target, "Flatten"),
            "error" if fails else None,
        )


def _stacked(context: Context) -> Iterator[Finding]:
    for id in context.nodes("Linear", *CONVOLUTIONS):
        into = context.link_at(id, "x")
        others = (link for link in context.back(id) if context.graph.nodes[link.source.node].block not in _KEEPS_LINEAR)
        link = next(others, None)
        if link is None or into is None or not _both_mix(context, link.source.node, id):
            continue
        what = "linear layers" if context.graph.nodes[id].block == "Linear" else "convolutions"
        text = (
            f"{link.source.node} and {id} have no activation between them: "
            f"stacked {what} can only learn a linear function, as one alone could."
        )
        yield Finding(id, text, one(repair.insert, context, into.target, "ReLU"))


def _both_mix(context: Context, first: str, second: str) -> bool:
    """Two linear layers, or two convolutions that each mix neighbours and channels (not the halves of one)."""
    blocks = context.graph.nodes[first].block, context.graph.nodes[second].block
    if blocks == ("Linear", "Linear"):
        return True
    return all(
        block in CONVOLUTIONS
        and id not in context.wiring.wrong
        and context.wiring.value(id, "groups") == 1
        and not _ones(context.wiring.value(id, "kernel_size"))
        for block, id in zip(blocks, (first, second), strict=True)
    )


def _ones(size: object) -> bool:
    return all(one_ == 1 for one_ in (size if isinstance(size, tuple) else (size,)))


def _saturating(context: Context) -> Iterator[Finding]:
    """Chains of activations whose slope is near 0 for large numbers, with nothing between that sets that right."""
    heights: dict[str, int] = {}
    for id in context.wiring.order:
        block = context.graph.nodes[id].block
        if context.graph.nodes[id].bypassed or block not in (*SATURATES, *_IN_STACKS):
            continue
        link = context.first_input(id)
        heights[id] = (heights.get(link.source.node, 0) if link else 0) + (block in SATURATES)
    for id, height in heights.items():
        longer = any(heights.get(end.node, 0) >= height for end in context.wiring.targets(id))
        if height <= MOST_SATURATING or longer or context.wiring.recurrent:
            continue
        before = (link.source.node for link in islice(context.back(id), len(heights)))
        stack = [node for node in (id, *before) if context.graph.nodes[node].block in SATURATES][height - 1 :: -1]
        names = f"{', '.join(stack[:2])} to {stack[-1]}"
        text = (
            f"{len(stack)} saturating activations stand one behind another ({names}): gradients shrink in each, so the "
            "first layers would hardly learn."
        )
        ends = _at_the_end(context, stack[-1])
        yield Finding(stack[-1], text, partial(_unsaturated, context, stack[:-1] if ends else stack))


def _at_the_end(context: Context, id: str) -> bool:
    """Whether it makes the network's answer: that range may be wanted."""
    return any(context.blocks[end.node].part == "output" for end in context.wiring.targets(id))


def _unsaturated(context: Context, stack: list[str]) -> Iterator[Repair]:
    for block in ("ReLU", "GELU"):
        yield repair.swap_all(context, stack, block)


def _idle_bias(context: Context) -> Iterator[Finding]:
    idle: dict[str, str] = {}
    for norm in context.nodes(*NORMS_OF_CHANNELS):
        link = context.link_at(norm, "x")
        if link is None or (id := link.source.node) not in context.blocks or id in context.wiring.wrong:
            continue
        names = {param.name for param in context.blocks[id].parameters()}
        kind = context.type_of(link.source)
        channels_second = context.graph.nodes[id].block in CONVOLUTIONS or (kind is not None and len(kind.dims) == 2)
        if "bias" not in names or not names & set(SIZE_PARAMS) or not channels_second:
            continue
        if context.wiring.value(id, "bias") is True and len(context.wiring.targets(id)) == 1:
            idle[id] = norm
    if idle:  # one hint a network: a deep one would have a hundred, all alike
        id = next(iter(idle))
        more = f" So are {len(idle) - 1} more biases here." if len(idle) > 2 else ""
        more = " So is one more bias here." if len(idle) == 2 else more
        text = f"{id}'s bias is of no use: {idle[id]} behind it takes each channel's mean away again.{more}"
        yield Finding(id, text, one(_without_biases, context, list(idle)))


def _without_biases(context: Context, ids: list[str]) -> Repair:
    if len(ids) == 1:
        return repair.set_param(context, ids[0], "bias", False)
    steps = [partial(_no_bias, context.name, id) for id in ids]
    return repair.together(context.project, f"Set bias to no in {len(ids)} layers", *steps)


def _no_bias(graph: str, id: str, project: Project) -> Change:
    return edits.set_params(project, graph, id, {"bias": False})


def _large_stride(context: Context) -> Iterator[Finding]:
    for id, block in sorted(context.blocks.items(), key=lambda pair: natural_key(pair[0])):
        names = {param.name for param in block.params}
        if not {"stride", "kernel_size"} <= names or "output_padding" in names or context.graph.nodes[id].bypassed:
            continue
        kind, seen = context.type_at(id, "x"), context.walk.nodes[id]
        stride = context.wiring.value(id, "stride")
        if kind is None or seen.state != "ok" or stride is None or id in context.wiring.wrong:
            continue
        sizes = [dim[0] for dim in kind.dims[2:] if is_fixed(dim)]
        strides = stride if isinstance(stride, tuple) else (stride,) * len(sizes)
        wide = [(s, size) for s, size in zip(strides, sizes, strict=False) if isinstance(s, int) and s > size]
        if wide and len(sizes) == len(kind.dims) - 2:
            text = (
                f"{id}'s stride of {wide[0][0]} is larger than its input, {context.shape(kind)}: the window "
                "looks at one corner only and never moves."
            )
            yield Finding(id, text, partial(_smaller_stride, context, id, min(sizes)))


def _smaller_stride(context: Context, id: str, most: int) -> Iterator[Repair]:
    if most > 1:
        yield repair.set_param(context, id, "stride", most)
    yield repair.set_param(context, id, "stride", 1)


def _axes_swapped(context: Context) -> Iterator[Finding]:
    """Sequences with their channels last where they are wanted first, or the other way round: both are 3 axes."""
    for id, block in sorted(context.blocks.items(), key=lambda pair: natural_key(pair[0])):
        for port in block.inputs:
            letters, link = port.axes.split(), context.link_at(id, port.name)
            if len(letters) != 3 or letters[0] != "N" or link is None or context.graph.nodes[id].bypassed:
                continue
            kind, first = context.type_at(id, port.name), letters[2] == "L"
            if kind is None or len(kind.dims) != 3 or not (first or letters[1] in ("T", "S")):
                continue
            maker = _maker(context, link, kind)
            if maker is not None and maker[1] != first:
                text = (
                    f"{id} takes {'channels from axis 1' if first else 'time from axis 1'}, but {maker[0]} gives "
                    f"{'channels last' if first else 'channels first'}, {context.shape(kind)}: a Permute swaps them."
                )
                swap = Map(dims=(0, 2, 1))
                yield Finding(id, text, one(repair.insert, context, link.target, "Permute", swap))


def _maker(context: Context, link: Link, kind: TensorType) -> tuple[str, bool] | None:
    """What made a sequence, behind what leaves its axes alone, and whether its channels come first."""
    for _ in range(len(context.graph.nodes)):
        source = link.source
        if source.node not in context.blocks or context.type_of(source) != kind:
            return None
        first = _channels_first(context, source)
        if first is not None:
            return source.node, first
        before = context.first_input(source.node)
        if before is None or context.graph.nodes[source.node].block in ("Permute", "Transpose", "MoveAxis"):
            return None
        link = before
    return None


def _channels_first(context: Context, source: Output) -> bool | None:
    port: Port = next(port for port in context.wiring.outputs(source.node) if port.name == source.port)
    letters = port.axes.split()
    if letters[:1] != ["N"] or len(letters) != 3:
        return None
    if letters[2].startswith("L"):
        return True
    own = context.blocks[source.node].inputs
    if letters[1].startswith("T") and not (own and own[0].axes == port.axes):
        return False
    return False if letters[1].startswith("T") else None


RULES = (
    Rule("image-into-linear", "warning", _image_into_linear),
    Rule("stacked-linear", "warning", _stacked),
    Rule("sequence-axes", "warning", _axes_swapped),
    Rule("large-stride", "warning", _large_stride),
    Rule("saturating", "warning", _saturating),
    Rule("idle-bias", "hint", _idle_bias),
)
