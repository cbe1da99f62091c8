"""What tensors without data accept but real execution refuses; a test runs random parameters both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netbuilder.blocks.spec import Block
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.graph.model import Values

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


def _each(value: object, rank: int) -> tuple[int, ...]:
    found = value if isinstance(value, tuple) else (value,) * rank
    return tuple(item for item in found if isinstance(item, int))


_Check = Callable[[Block, Values, Given], str]
_CHECKS: Mapping[str, _Check] = {
    **dict.fromkeys(("Softmax", "LogSoftmax", "Softmin", "GumbelSoftmax", "Sort"), _axis),
    **{f"ConvTranspose{rank}d": _output_padding for rank in (1, 2, 3)},
    "DDIMSample": _few_enough,
    "LearnedPositions": _positions,
}
