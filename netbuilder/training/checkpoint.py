"""A checkpoint: everything that a run needs to go on as if nothing had happened, with a check sum over every byte.

A folder `step-N` of weights.safetensors, optimizers.safetensors, random.safetensors, state.json, facts.json and
manifest.json (SHA-256 of each). It is written under another name and renamed, so that it is whole or not there.
Nothing in it is ever unpickled.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from netbuilder.training import files, randomness
from netbuilder.training.meter import Sums
from netbuilder.training.packed import Packed

WEIGHTS, OPTIMIZERS, RANDOM = "weights.safetensors", "optimizers.safetensors", "random.safetensors"
STATE, FACTS, MANIFEST = "state.json", "facts.json", "manifest.json"


class CheckpointError(ValueError):
    """A checkpoint is damaged or does not fit; the message is one sentence."""


class Position(msgspec.Struct, frozen=True):
    """Where a run stands: `step` steps done in all, `index` of them in epoch `epoch` (from 0)."""

    epoch: int = 0
    index: int = 0
    step: int = 0


class Best(msgspec.Struct, frozen=True):
    """The best epoch so far by the metric that the settings name."""

    value: float
    step: int


class State(msgspec.Struct, frozen=True):
    """What a checkpoint holds besides tensors. `values` are the newest validation figures."""

    position: Position = Position()
    elapsed: float = 0.0
    sums: Sums = {}
    values: dict[str, float] = {}
    best: Best | None = None
    source: str = ""
    optimizers: dict[str, Any] = {}
    measured: bytes = b""  # what the metrics that need state have seen


class Snapshot(msgspec.Struct, frozen=True):
    """Copies of a moment, on the CPU; writing them can take its time while the run goes on."""

    state: State
    weights: Mapping[str, Tensor]
    optimizers: Mapping[str, Tensor]
    random: Mapping[str, Tensor]

    @property
    def name(self) -> str:
        return f"step-{self.state.position.step}"


def take(
    networks: Mapping[str, nn.Module],
    optimizers: Mapping[str, torch.optim.Optimizer],
    device: torch.device,
    state: State,
) -> Snapshot:
    """Copies weights, optimizers and generators. `state` is what else there is to know, its `optimizers` is filled."""
    weights = {
        f"{network}.{name}": tensor
        for network, module in networks.items()
        for name, tensor in module.state_dict().items()
    }
    tensors: dict[str, Tensor] = {}
    plain: dict[str, Any] = {}
    for node, optimizer in optimizers.items():
        held = optimizer.state_dict()
        plain[node] = {"groups": held["param_groups"], "state": {}}
        for index, entries in held["state"].items():
            rest = plain[node]["state"][str(index)] = {}
            for name, value in entries.items():
                if isinstance(value, Tensor):
                    tensors[f"{node}.{index}.{name}"] = value
                else:
                    rest[name] = value
    plain = msgspec.to_builtins(plain)  # a copy: schedules change the groups while this is being written
    state = msgspec.structs.replace(state, optimizers=plain)
    return Snapshot(state, Packed(weights), Packed(tensors), randomness.capture(device))


def not_finite(snapshot: Snapshot) -> str:
    """The name of the first weight that holds nan or inf, "" if all are well."""
    for name, tensor in snapshot.weights.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            return name
    return ""


def write(snapshot: Snapshot, folder: Path) -> Path:
    """Writes the checkpoint into `folder`, aside and renamed; gives its path. Raises OSError (nothing is left then)."""
    state = snapshot.state
    facts = {"step": state.position.step, "epoch": state.position.epoch, "values": state.values}
    parts = {
        WEIGHTS: _bytes(snapshot.weights),
        OPTIMIZERS: _bytes(snapshot.optimizers),
        RANDOM: _bytes(snapshot.random),
        STATE: msgspec.json.encode(state),
        FACTS: msgspec.json.encode(facts),
    }
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    parts[MANIFEST] = msgspec.json.format(msgspec.json.encode(sums), indent=2)
    beside = folder / f".{snapshot.name}.{os.getpid()}.part"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir()
        for name, data in parts.items():
            with (beside / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        files.sync_folder(beside)
        target = folder / snapshot.name
        remove(target)
        files.replace(beside, target)
        files.sync_folder(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


def _bytes(tensors: Mapping[str, Tensor]) -> bytes:
    data: bytes = safetensors.torch.save(dict(tensors))
    return data


def remove(path: Path) -> None:
    """Takes a checkpoint away; it is renamed first, so that nobody finds half of one. Raises OSError."""
    aside = path.with_name(f".{path.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if path.exists():
        files.replace(path, aside)
        shutil.rmtree(aside, ignore_errors=True)


def read(path: Path) -> Snapshot:
    """Reads and verifies a checkpoint. Raises CheckpointError with a sentence that names the damaged file."""
    data = _verified(path, (WEIGHTS, OPTIMIZERS, RANDOM, STATE, FACTS))
    try:
        tensors = (safetensors.torch.load(data[name]) for name in (WEIGHTS, OPTIMIZERS, RANDOM))
        return Snapshot(msgspec.json.decode(data[STATE], type=State), *tensors)
    except (safetensors.SafetensorError, msgspec.DecodeError) as problem:
        raise CheckpointError(f"The checkpoint {path.name} was written by another version: {problem}.") from None


def read_weights(path: Path) -> dict[str, dict[str, Tensor]]:
    """The weights alone, by network and by parameter or buffer, verified. Raises CheckpointError."""
    found: dict[str, dict[str, Tensor]] = {}
    for key, tensor in safetensors.torch.load(_verified(path, (WEIGHTS,))[WEIGHTS]).items():
        network, _, name = key.partition(".")
        found.setdefault(network, {})[name] = tensor
    return found


def _verified(path: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The files' bytes, exactly those whose check sums were compared."""
    try:
        sums = msgspec.json.decode((path / MANIFEST).read_bytes(), type=dict[str, str])
        data = {name: (path / name).read_bytes() for name in names}
    except OSError as problem:
        raise CheckpointError(files.explain(problem, f"Reading the checkpoint {path.name}:")) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise CheckpointError(f"The checkpoint {path.name} is damaged: its {MANIFEST} can't be read.") from None
    for name, content in data.items():
        if sums.get(name) != hashlib.sha256(content).hexdigest():
            raise CheckpointError(
                f"The checkpoint {path.name} is damaged: {name} is not what was written (its SHA-256 differs). "
                "Use another checkpoint of the run, or train again."
            )
    return data


def load_weights(networks: Mapping[str, nn.Module], path: Path) -> None:
    """Puts a checkpoint's weights into the networks. Raises CheckpointError where they do not fit."""
    put_weights(networks, {f"{n}.{k}": t for n, each in read_weights(path).items() for k, t in each.items()}, path.name)


def put_weights(networks: Mapping[str, nn.Module], weights: Mapping[str, Tensor], name: str) -> None:
    """Puts weights, keyed `network.parameter`, into the networks; `name` is for the message of CheckpointError."""
    for network, module in networks.items():
        prefix = network + "."
        own = {key[len(prefix) :]: tensor for key, tensor in weights.items() if key.startswith(prefix)}
        held = module.state_dict()
        if wrong := sorted(held.keys() ^ own.keys()):
            raise CheckpointError(
                f"The checkpoint {name} does not fit the network {network!r}: {wrong[0]} is in only one of the two."
            )
        for key, tensor in held.items():  # in the network's own order: safetensors has none
            saved = own[key]
            if saved.shape != tensor.shape:
                raise CheckpointError(
                    f"The checkpoint {name} does not fit the network {network!r}: {key} is {list(saved.shape)} in the "
                    f"checkpoint and {list(tensor.shape)} in the network."
                )
        module.load_state_dict(own)


def put(
    snapshot: Snapshot,
    networks: Mapping[str, nn.Module],
    optimizers: Mapping[str, torch.optim.Optimizer],
    device: torch.device,
) -> None:
    """Brings networks, optimizers and generators to the moment of the snapshot. Raises CheckpointError."""
    put_weights(networks, snapshot.weights, snapshot.name)
    if optimizers.keys() != snapshot.state.optimizers.keys():
        raise CheckpointError(f"The checkpoint {snapshot.name} has other optimizers than the training graph.")
    for node, optimizer in optimizers.items():
        plain = snapshot.state.optimizers[node]
        entries: dict[int, dict[str, Any]] = {int(index): dict(rest) for index, rest in plain["state"].items()}
        prefix = node + "."
        for key, tensor in snapshot.optimizers.items():
            if key.startswith(prefix):
                index, _, name = key[len(prefix) :].partition(".")
                entries.setdefault(int(index), {})[name] = tensor
        try:
            optimizer.load_state_dict({"state": entries, "param_groups": _groups(optimizer, plain["groups"])})
        except (ValueError, KeyError) as problem:
            raise CheckpointError(f"The checkpoint {snapshot.name} does not fit {node!r}: {problem}.") from None
    randomness.restore(snapshot.random, device)


def _groups(optimizer: torch.optim.Optimizer, saved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups as they were; JSON has made lists of tuples (`betas`)."""
    return [
        {key: tuple(value) if isinstance(now.get(key), tuple) else value for key, value in group.items()}
        for group, now in zip(saved, optimizer.param_groups, strict=True)
    ]
