"""What tensors without data accept but real execution refuses; a test runs random parameters both ways.

Here is also what torch refuses in words that say little to a person who draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod

from netbuilder.blocks.spec import Block
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.graph.model import Value, Values

Given = Mapping[str, tuple[TensorType, ...]]


def refused(block: Block, values: Values, given: Given) -> str:
    """Why real tensors would be refused, as a sentence; "" if nothing is known."""
    check = _CHECKS.get(block.name)
    return check(block, values, given) if check else ""


def _axis(block: Block, values: Values, given: Given) -> str:
    dim, rank = block.value(values, "dim"), len(given["x"][0].dims)
    if isinstance(dim, int) and -rank <= dim < rank:
        return ""
    return f"Dimension out of range (expected {-rank} to {rank - 1}, but got {dim})."


def _positions(block: Block, values: Values, given: Given) -> str:
    """A free axis may be short enough when the time comes, a fixed one is not."""
    most, steps = block.value(values, "num_positions"), given["x"][0].dims[1]
    if not isinstance(most, int) or not is_fixed(steps) or steps[0] <= most:
        return ""
    return f"The sequence has {steps[0]} steps, and there are positions for {most}."


def _output_padding(block: Block, values: Values, given: Given) -> str:
    rank = len(given["x"][0].dims) - 2
    padding, stride, dilation = (_each(block.value(values, n), rank) for n in ("output_padding", "stride", "dilation"))
    for added, most in zip(padding, map(max, stride, dilation), strict=True):
        if added >= most:
            return f"Output padding must be smaller than stride or dilation, but {added} is not below {most}."
    return ""


def _few_enough(block: Block, values: Values, given: Given) -> str:
    """Analysis goes fewer steps."""
    steps, trained = block.value(values, "steps"), block.value(values, "trained_steps")
    if isinstance(steps, int) and isinstance(trained, int) and steps > trained:
        return f"The {steps} steps are more than the {trained} that the network was trained with (trained_steps)."
    return ""


def _shuffled(block: Block, values: Values, given: Given) -> str:
    factor, channels = _int(block.value(values, "upscale_factor")), _size(given, 1)
    if channels is None or channels % factor**2 == 0:
        return ""
    return f"Each pixel becomes {factor} x {factor} pixels, so {factor**2} must divide the {channels} channels."


def _unshuffled(block: Block, values: Values, given: Given) -> str:
    factor = _int(block.value(values, "downscale_factor"))
    for word, size in (("height", _size(given, 2)), ("width", _size(given, 3))):
        if size is not None and size % factor:
            return f"The downscale_factor of {factor} must divide the {word}, {size}."
    return ""


def _halved(block: Block, values: Values, given: Given) -> str:
    if wrong := _axis(block, values, given):
        return wrong
    dim = _int(block.value(values, "dim"))
    size = _size(given, dim)
    if size is None:
        return f"Axis {dim} is halved, so its size must be fixed and even."
    return f"Axis {dim} is halved, so its size must be even, but is {size}." if size % 2 else ""


def _rows(block: Block, values: Values, given: Given) -> str:
    """A table whose rows are counted only when data comes may have too few."""
    padding, rows = block.value(values, "padding_idx"), given["weight"][0].dims[0]
    if padding is None or is_fixed(rows):  # a fixed number torch itself holds against it
        return ""
    return f"Padding_idx is {padding}, but how many rows the table has is known only when data comes."


def _slopes(block: Block, values: Values, given: Given) -> str:
    count, channels = _int(block.value(values, "num_parameters")), _size(given, 1)
    if count == 1 or count == channels or len(given["x"][0].dims) < 2:
        return ""
    if channels is None:
        return f"It learns {count} slopes, one for each channel, so the number of channels must be fixed."
    return f"It learns 1 slope or one for each of the {channels} channels, but num_parameters is {count}."


def _columns(block: Block, values: Values, given: Given) -> str:
    points, height = prod(_each(block.value(values, "kernel_size"), 2)), _size(given, 1)
    if height is None:
        return f"A column holds the {points} points of a patch for each channel, so its size must be fixed."
    if height % points == 0:
        return ""
    return (
        f"A column holds the {points} points of a patch for each channel, so {points} must divide its {height} values."
    )


def _inside(most: Callable[[int], int], words: str) -> _Check:
    """A border made of what is inside cannot be larger than that; torch counts sides from the last axis."""

    def check(block: Block, values: Values, given: Given) -> str:
        rank = len(given["x"][0].dims) - 2
        for at, added in enumerate(_each(block.value(values, "padding"), 2 * rank)):
            size = _size(given, -1 - at // 2)
            if size is not None and added > most(size):
                return f"A border that {words} can be {most(size)} wide at most beside {size} points, but is {added}."
        return ""

    return check


def _size(given: Given, axis: int) -> int | None:
    """The size of an axis of the input x; None where it is free or there is no such axis."""
    dims = given["x"][0].dims
    there = -len(dims) <= axis < len(dims)
    return dims[axis][0] if there and is_fixed(dims[axis]) else None


def _int(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _each(value: Value, rank: int) -> tuple[int, ...]:
    return tuple(map(_int, value if isinstance(value, tuple) else (value,) * rank))


_Check = Callable[[Block, Values, Given], str]
_RANKS = (1, 2, 3)
_CHECKS: Mapping[str, _Check] = {
    "TiedEmbedding": _rows,
    **dict.fromkeys(("Softmax", "LogSoftmax", "Softmin", "GumbelSoftmax", "Sort"), _axis),
    **{f"ConvTranspose{rank}d": _output_padding for rank in _RANKS},
    **{f"ReflectionPad{rank}d": _inside(lambda size: size - 1, "mirrors what is inside") for rank in _RANKS},
    **{f"CircularPad{rank}d": _inside(lambda size: size, "comes from the other side") for rank in _RANKS},
    "PixelShuffle": _shuffled,
    "PixelUnshuffle": _unshuffled,
    "GLU": _halved,
    "PReLU": _slopes,
    "Fold": _columns,
    "DDIMSample": _few_enough,
    "LearnedPositions": _positions,
}
