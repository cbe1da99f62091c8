"""Blocks that do one thing many times: on tensors without data each time costs some milliseconds, so long work is
inferred from one or two short runs. It is the same torch code; a test compares with runs of the full length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from netbuilder.blocks.spec import Block, Ports
from netbuilder.compiler.types import Dim, TensorType
from netbuilder.graph.model import Values

Given = Mapping[str, tuple[TensorType, ...]]

# By block: the input and the letter of its axis that is gone through. Each step does the same work on what the step
# before left, so the work grows by as much with each step, and no size but that axis' own depends on it.
_STEPPED: Mapping[str, tuple[str, str]] = dict.fromkeys(("RNN", "LSTM", "GRU"), ("x", "T"))
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


def shortened(block: Block, values: Values, run: Callable[[Values], Measured]) -> Measured:
    """What `run` gives for these values, found as `Block.analysis` says. Raises what it raises."""
    for name, short in block.analysis.items():
        value = block.value(values, name)
        assert isinstance(value, int)
        if isinstance(short, int):
            if value <= short:
                return run(values)
            found = run(values.set(name, short))
            return Measured(found.outputs, found.work * value // short)
        if value <= max(short):
            return run(values)
        first, second = (run(values.set(name, each)) for each in short)
        times, per = value - short[0], short[1] - short[0]
        outputs = {port: _along(first.outputs[port], second.outputs[port], times, per) for port in first.outputs}
        return Measured(outputs, first.work + (second.work - first.work) * times // per)
    return run(values)


def _along(first: TensorType, second: TensorType, times: int, per: int) -> TensorType:
    """The type that lies on the line from one to the other."""
    dims = (
        (a + (c - a) * times // per, b + (d - b) * times // per)
        for (a, b), (c, d) in zip(first.dims, second.dims, strict=True)
    )
    return first._replace(dims=tuple(dims))


def _with(kind: TensorType, axis: int, dim: Dim) -> TensorType:
    return kind._replace(dims=(*kind.dims[:axis], dim, *kind.dims[axis + 1 :]))
