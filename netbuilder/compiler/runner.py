"""Runs a node's own lines on tensors without data (the meta device) and notes what comes out and what it costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import msgspec
import torch
import torch.nn.functional as F
from immutables import Map
from torch import nn

from netbuilder.blocks.code import PART
from netbuilder.blocks.params import Inferred
from netbuilder.blocks.spec import Block, Ports
from netbuilder.blocks.trust import Nothing, Trust
from netbuilder.compiler import cost, custom, unrolled
from netbuilder.compiler.lines import Names, constructor, outside, statement
from netbuilder.compiler.types import TensorType, is_fixed
from netbuilder.compiler.unrolled import Measured
from netbuilder.graph.model import Value, Values

META = torch.device("meta")
_FUNCTION = "code"
Given = Mapping[str, tuple[TensorType, ...]]
_MOST_REMEMBERED = 20_000
_NO_NETS: Mapping[str, Net] = Map()
_NO_WORDS: Mapping[str, str] = Map()


class Net(msgspec.Struct, frozen=True):
    """A network that a block calls: module text, the class in it, and what the class is made with."""

    text: str
    name: str
    arguments: tuple[tuple[str, Value], ...] = ()

    def make(self) -> nn.Module:
        """A new one, on the device that is the default now."""
        space: dict[str, Any] = {"__name__": "network", "torch": torch, "nn": nn, "F": F}
        exec(compile(self.text, "<network>", "exec"), space)  # noqa: S102  (our own text, of checked values)
        made: nn.Module = space[self.name](**dict(self.arguments))
        return made


class Ran(msgspec.Struct, frozen=True):
    """What a run of a node gave: types by output, inferred numbers, costs for one sample; or why it failed."""

    outputs: dict[str, TensorType] = {}
    inferred: dict[str, int] = {}
    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0
    networks: dict[str, int] = {}  # parameters of the networks that it calls
    error: str = ""
    own: bool = False  # the error is a sentence of one of netbuilder.nn's, not torch's


class Runner:
    """Runs each kind of node once: by block, parameters and input types. `runs` counts what was really run."""

    def __init__(self, trust: Trust | None = None) -> None:
        self._trust = trust or Nothing()
        self._memo: dict[object, Ran] = {}
        self.runs = 0

    def run(
        self,
        block: Block,
        ports: Ports,
        values: Values,
        given: Given,
        batch: int,
        nets: Mapping[str, Net] = _NO_NETS,
        spelled: Mapping[str, str] = _NO_WORDS,
    ) -> Ran:
        """The node's outputs for these inputs (linked ports only). Never raises for what the node does.

        `nets` by name and `spelled` by parameter: the networks that the block calls, and how (`blocks.calling`).
        """
        names = tuple(port.name for port in ports.outputs)
        key = (block.name, values, tuple(given.items()), names, tuple(nets.items()), tuple(spelled.items()))
        if (known := self._memo.get(key)) is None:
            if len(self._memo) >= _MOST_REMEMBERED:
                self._memo.clear()
            self.runs += 1
            known = self._memo[key] = _run(block, ports, values, given, batch, nets, spelled, self._trust)
        return known


def inferred(block: Block, ports: Ports, values: Values, given: Given) -> dict[str, int]:
    """The sizes that come from the links; a param whose axis is missing or free is left out."""
    found: dict[str, int] = {}
    by_name = {port.name: port for port in ports.inputs}
    for param in block.parameters(values):
        if isinstance(param, Inferred) and (place := deciding(param, given)):
            port, letter = place
            axis = by_name[port].axis(letter)
            dims = given[port][0].dims
            if axis is not None and -len(dims) <= axis < len(dims) and is_fixed(dims[axis]):
                found[param.name] = dims[axis][0]
    return found


def deciding(param: Inferred, given: Given) -> tuple[str, str] | None:
    """The linked input and the letter of the axis that decide an inferred number; None if no such input is linked."""
    return next(((port, letter) for port, letter in param.axes if given.get(port)), None)


def _run(
    block: Block,
    ports: Ports,
    values: Values,
    given: Given,
    batch: int,
    nets: Mapping[str, Net],
    spelled: Mapping[str, str],
    trust: Trust,
) -> Ran:
    numbers = inferred(block, ports, values, given)
    inputs = {name: tuple(f"{name}_{at}" for at in range(len(kinds))) for name, kinds in given.items()}
    outputs = {port.name: f"out_{port.name}" for port in ports.outputs}
    names = Names(inputs, outputs, "self.module", networks=spelled, function=_FUNCTION)
    try:
        make = constructor(block, values, numbers)
        with cost.quiet(), torch.set_grad_enabled(block.gradients), META:
            space = namespace(block)
            if block.part == PART:
                exec(custom.definition(_FUNCTION, block, values, trust), space)  # noqa: S102  (trusted, or it raises)
            module = eval(make, space) if make else None  # noqa: S307  (our own text, of checked values)
            space["self"] = SimpleNamespace(module=module)
            called = {name: net.make().eval() for name, net in nets.items()}
            space["net"] = SimpleNamespace(**called)

            def work(values: Values) -> Measured:
                code = compile(statement(block, ports, values, names, numbers), "<node>", "exec")
                return unrolled.measured(block, ports, given, lambda k: _measure(code, space, inputs, k, outputs))

            found = unrolled.shortened(block, values, work)
    except Exception as error:  # noqa: BLE001  (torch raises whatever it likes; all of it becomes a sentence)
        return Ran(inferred=numbers, error=sentence(error), own=_is_ours(error))
    learned = {name: cost.parameters(network) for name, network in called.items()}
    return Ran(
        outputs=found.outputs,
        inferred=numbers,
        parameters=(cost.parameters(module) if module is not None else 0) + sum(learned.values()),
        multiply_adds=cost.per_sample(found.work, batch),
        activation_bytes=cost.activation_bytes(found.outputs, batch),
        networks=learned,
    )


def namespace(block: Block) -> dict[str, Any]:
    """The names that generated source may use: torch's, and what this block's import line brings."""
    space: dict[str, Any] = {"math": math, "torch": torch, "nn": nn, "F": F}
    space.update((name, getattr(import_module(home), name)) for home, name in outside(block))
    return space


def _measure(
    code: Any, space: dict[str, Any], inputs: dict[str, tuple[str, ...]], given: Given, outputs: dict[str, str]
) -> Measured:
    """Both runs, the second only if a size is free. Raises what torch raises, and ValueError for an odd output."""
    first, work = cost.multiply_adds(lambda: _execute(code, space, inputs, given, outputs, 0))
    free = any(not is_fixed(dim) for kinds in given.values() for kind in kinds for dim in kind.dims)
    second = _execute(code, space, inputs, given, outputs, 1) if free else first
    types: dict[str, TensorType] = {}
    for name in outputs:
        one, two = first[name], second[name]
        if not isinstance(one, torch.Tensor) or not isinstance(two, torch.Tensor) or one.dim() != two.dim():
            raise ValueError(f"its output {name} is not one tensor")
        dims = tuple(zip(map(int, one.shape), map(int, two.shape), strict=True))
        types[name] = TensorType(dims, str(one.dtype).removeprefix("torch."))
    return Measured(types, work)


def _execute(
    code: Any,
    space: dict[str, Any],
    inputs: dict[str, tuple[str, ...]],
    given: Given,
    outputs: dict[str, str],
    run: int,
) -> dict[str, Any]:
    local = dict(space)
    for name, variables in inputs.items():
        for variable, kind in zip(variables, given[name], strict=True):
            local[variable] = torch.empty(kind.sizes(run), dtype=getattr(torch, kind.dtype), device=META)
    exec(code, local)  # noqa: S102  (our own text, of checked values)
    return {name: local.get(variable) for name, variable in outputs.items()}


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised on purpose by a function or module of netbuilder.nn."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("netbuilder.nn.")


def sentence(error: BaseException) -> str:
    """Torch's message as one sentence without addresses and traces."""
    text = " ".join(str(error).split()) or type(error).__name__
    for end in (" Exception raised from ", " For more information", " i.e."):
        text = text.partition(end)[0]
    text = text.replace(". ", "; ")
    text = text[:200].rstrip(" .:,")
    return f"{text[:1].upper()}{text[1:]}."
