"""Blocks that go through an axis step by step: on tensors without data each step costs some milliseconds, so a
long axis is inferred from two short runs. It is the same torch code; a test compares with runs of the full length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from netbuilder.blocks.spec import Block, Ports
from netbuilder.compiler.types import Dim, TensorType

Given = Mapping[str, tuple[TensorType, ...]]

# By block: the input and the letter of its axis that is gone through. Each step does the same work on what the step
# before left, so the work grows by as much with each step, and no size but that axis' own depends on it.
_STEPPED: Mapping[str, tuple[str, str]] = {"LSTM": ("x", "T"), "GRU": ("x", "T")}
_SHORT = (3, 5)
_LONG = 9


class Measured(NamedTuple):
    """What a run of a node gave: types by output, and the work of the whole batch."""

    outputs: dict[str, TensorType]
    work: int


def measured(block: Block, ports: Ports, given: Given, run: Callable[[Given], Measured]) -> Measured:
    """What `run` gives for these inputs. Raises what it raises."""
    if block.name not in _STEPPED:
        return run(given)
    name, letter = _STEPPED[block.name]
    inputs = {port.name: port for port in ports.inputs}
    axis, kind = inputs[name].axis(letter), given[name][0]
    if axis is None or max(kind.dims[axis]) < _LONG:
        return run(given)
    first, second = (run({**given, name: (_with(kind, axis, (size, size)),)}) for size in _SHORT)
    outputs: dict[str, TensorType] = {}
    for port in ports.outputs:
        at, out = port.axis(letter), first.outputs[port.name]
        outputs[port.name] = out if at is None else _with(out, at, kind.dims[axis])
    step = (second.work - first.work) // (_SHORT[1] - _SHORT[0])
    return Measured(outputs, first.work + (kind.dims[axis][0] - _SHORT[0]) * step)


def _with(kind: TensorType, axis: int, dim: Dim) -> TensorType:
    return kind._replace(dims=(*kind.dims[:axis], dim, *kind.dims[axis + 1 :]))
