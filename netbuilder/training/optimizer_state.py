"""What torch's optimizers, their schedules and unfinished gradients are made of: tensors by name, and plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from netbuilder.training.plain import like, plain

Optimizers = Mapping[str, torch.optim.Optimizer]
TENSOR = "tensor"  # {"tensor": n} stands in a list for the n-th tensor of that list


class DoesNotFit(ValueError):
    """The state is that of another optimizer; the message goes on after "does not fit"."""


def take(optimizers: Optimizers) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors by `node.index.name`, and all else that JSON can hold, by node; the tensors are not copied."""
    tensors: dict[str, Tensor] = {}
    plains: dict[str, Any] = {}
    for node, optimizer in optimizers.items():
        held = optimizer.state_dict()
        states: dict[str, dict[str, Any]] = {}
        for index, entries in held["state"].items():
            rest = states[str(index)] = {}
            for name, value in entries.items():
                key = f"{node}.{index}.{name}"
                if isinstance(value, Tensor):
                    tensors[key] = value
                elif isinstance(value, list):  # the history of LBFGS
                    rest[name] = [_item(item, f"{key}.{at}", at, tensors) for at, item in enumerate(value)]
                else:
                    rest[name] = plain(value)
        # A copy: schedules change the groups while this is being written.
        plains[node] = {"groups": [plain(group) for group in held["param_groups"]], "state": states}
    return tensors, plains


def _item(item: Any, key: str, at: int, tensors: dict[str, Tensor]) -> Any:
    if isinstance(item, Tensor):
        tensors[key] = item
        return {TENSOR: at}
    return plain(item)


def schedules(optimizers: Optimizers) -> dict[str, Any]:
    """The states of the schedules by their optimizers' nodes."""
    held = {node: getattr(optimizer, "schedule", None) for node, optimizer in optimizers.items()}
    return {node: _schedule(schedule) for node, schedule in held.items() if schedule is not None}


def _schedule(schedule: Any) -> dict[str, Any]:
    state: dict[str, Any] = plain(_own(schedule))
    inner = getattr(schedule, "_schedulers", ())
    return {**state, "_schedulers": [_schedule(each) for each in inner]} if inner else state


def _own(schedule: Any) -> dict[str, Any]:
    return {name: value for name, value in schedule.state_dict().items() if name != "_schedulers"}


def gradients(optimizers: Optimizers) -> dict[str, Tensor]:
    """Gradients that live longer than a step, by node and place among the optimizer's parameters."""
    return {
        f"{node}.{at}": parameter.grad
        for node, optimizer in optimizers.items()
        if getattr(optimizer, "accumulates", False)
        for at, parameter in enumerate(optimizer.parameters)  # type: ignore[attr-defined]
        if parameter.grad is not None
    }


def put(
    optimizers: Optimizers,
    tensors: Mapping[str, Tensor],
    plains: Mapping[str, Any],
    saved_schedules: Mapping[str, Any],
    saved_gradients: Mapping[str, Tensor],
) -> None:
    """Brings the optimizers to what `take`, `schedules` and `gradients` gave. Raises DoesNotFit."""
    # Copies: in a file tensors lie anywhere, and sums over memory that begins elsewhere differ in their last bits.
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    for node, optimizer in optimizers.items():
        states: dict[int, dict[str, Any]] = {}
        for index, rest in plains[node]["state"].items():
            prefix = f"{node}.{index}."
            states[int(index)] = {name: _filled(value, f"{prefix}{name}.", tensors) for name, value in rest.items()}
            states[int(index)] |= {
                key[len(prefix) :]: tensor
                for key, tensor in tensors.items()
                if key.startswith(prefix) and "." not in key[len(prefix) :]
            }
        groups = plains[node]["groups"]
        try:
            if len(groups) != len(optimizer.param_groups):
                raise ValueError("it has other groups of parameters")
            groups = [_group(saved, now) for saved, now in zip(groups, optimizer.param_groups, strict=True)]
            optimizer.load_state_dict({"state": states, "param_groups": groups})
            schedule = getattr(optimizer, "schedule", None)
            if schedule is not None and node in saved_schedules:
                _put_schedule(schedule, saved_schedules[node])
            _put_gradients(node, optimizer, saved_gradients)
        except (ValueError, KeyError, TypeError, RuntimeError) as problem:
            raise DoesNotFit(f"{node!r}: {problem}") from None


def _group(saved: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """`params` are places in a checkpoint, and tensors in an optimizer."""
    return {**like(saved, {name: value for name, value in now.items() if name != "params"}), "params": saved["params"]}


def _filled(value: Any, prefix: str, tensors: Mapping[str, Tensor]) -> Any:
    if not isinstance(value, list):
        return value
    return [tensors[f"{prefix}{item[TENSOR]}"] if isinstance(item, dict) else item for item in value]


def _put_schedule(schedule: Any, saved: Mapping[str, Any]) -> None:
    own = {name: value for name, value in saved.items() if name != "_schedulers"}
    schedule.__dict__.update(like(own, _own(schedule)))
    for each, state in zip(getattr(schedule, "_schedulers", ()), saved.get("_schedulers", ()), strict=True):
        _put_schedule(each, state)


def _put_gradients(node: str, optimizer: Any, saved: Mapping[str, Tensor]) -> None:
    for at, parameter in enumerate(getattr(optimizer, "parameters", ())):
        gradient = saved.get(f"{node}.{at}")
        parameter.grad = None if gradient is None else gradient.to(parameter.device, parameter.dtype).clone()
