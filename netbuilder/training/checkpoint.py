"""A checkpoint: everything that a run needs to go on as if nothing had happened, with a check sum over every byte.

A folder `step-N` of weights.safetensors, optimizers.safetensors, random.safetensors, state.json, facts.json and
manifest.json (SHA-256 of each); averages.safetensors and gradients.safetensors where a run keeps moving averages of
weights, or gradients beyond a step. It is written under another name and renamed, so that it is whole or not there.
Nothing in it is ever unpickled.

Weights that leave a run (results, exports, previews, the start of another run) are the averaged ones where there are
any: those are what the run evaluated. The raw ones are for going on.
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

from netbuilder.training import files, optimizer_state, randomness
from netbuilder.training.meter import Sums
from netbuilder.training.packed import Packed

WEIGHTS, OPTIMIZERS, RANDOM = "weights.safetensors", "optimizers.safetensors", "random.safetensors"
AVERAGES, GRADIENTS = "averages.safetensors", "gradients.safetensors"  # only where there are any
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
    schedules: dict[str, Any] = {}
    scaler: dict[str, int | float] = {}
    updates: dict[str, int] = {}  # of averages, by optimizer


class Snapshot(msgspec.Struct, frozen=True):
    """Copies of a moment, on the CPU; writing them can take its time while the run goes on."""

    state: State
    weights: Mapping[str, Tensor]
    optimizers: Mapping[str, Tensor]
    random: Mapping[str, Tensor]
    averages: Mapping[str, Tensor] = {}
    gradients: Mapping[str, Tensor] = {}

    @property
    def name(self) -> str:
        return f"step-{self.state.position.step}"


def take(
    networks: Mapping[str, nn.Module],
    optimizers: Mapping[str, torch.optim.Optimizer],
    device: torch.device,
    state: State,
    scaler: torch.amp.GradScaler | None = None,
) -> Snapshot:
    """Copies weights, optimizers with all that hangs on them, and generators. `state` is what else there is to know."""
    weights = {
        f"{network}.{name}": tensor
        for network, module in networks.items()
        for name, tensor in module.state_dict().items()
    }
    tensors, plains = optimizer_state.take(optimizers)
    averages = {node: average for node, each in optimizers.items() if (average := getattr(each, "average", None))}
    state = msgspec.structs.replace(
        state,
        optimizers=plains,
        schedules=optimizer_state.schedules(optimizers),
        scaler=scaler.state_dict() if scaler is not None else {},
        updates={node: average.updates for node, average in averages.items()},
    )
    return Snapshot(
        state,
        Packed(weights),
        Packed(tensors),
        randomness.capture(device),
        Packed({name: tensor for average in averages.values() for name, tensor in average.tensors().items()}),
        Packed(optimizer_state.gradients(optimizers)),
    )


def not_finite(snapshot: Snapshot) -> str:
    """The name of the first weight that holds nan or inf, "" if all are well."""
    for name, tensor in (*snapshot.weights.items(), *snapshot.averages.items()):
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            return name
    return ""


def write(snapshot: Snapshot, folder: Path) -> Path:
    """Writes the checkpoint into `folder`, aside and renamed; gives its path. Raises OSError (nothing is left then)."""
    state = snapshot.state
    averaged = list(dict.fromkeys(name.partition(".")[0] for name in snapshot.averages))
    facts = {
        "step": state.position.step,
        "epoch": state.position.epoch,
        "values": state.values,
        "averaged": averaged,
    }
    parts = {
        WEIGHTS: _bytes(snapshot.weights),
        OPTIMIZERS: _bytes(snapshot.optimizers),
        RANDOM: _bytes(snapshot.random),
        STATE: msgspec.json.encode(state),
        FACTS: msgspec.json.encode(facts),
    }
    parts |= {
        name: _bytes(tensors)
        for name, tensors in ((AVERAGES, snapshot.averages), (GRADIENTS, snapshot.gradients))
        if tensors
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
    data = _verified(path, (WEIGHTS, OPTIMIZERS, RANDOM, STATE, FACTS), (AVERAGES, GRADIENTS))
    try:
        weights, optimizers, random = (safetensors.torch.load(data[name]) for name in (WEIGHTS, OPTIMIZERS, RANDOM))
        averages, gradients = (safetensors.torch.load(data[n]) if n in data else {} for n in (AVERAGES, GRADIENTS))
        state = msgspec.json.decode(data[STATE], type=State)
    except (safetensors.SafetensorError, msgspec.DecodeError) as problem:
        raise CheckpointError(f"The checkpoint {path.name} was written by another version: {problem}.") from None
    return Snapshot(state, weights, optimizers, random, averages, gradients)


def read_weights(path: Path) -> dict[str, dict[str, Tensor]]:
    """The weights alone, by network and by parameter or buffer, verified; averaged ones where there are any.

    Raises CheckpointError.
    """
    data = _verified(path, (WEIGHTS,), (AVERAGES,))
    found: dict[str, dict[str, Tensor]] = {}
    try:
        for content in data.values():  # averages last: they take the raw ones' places
            for key, tensor in safetensors.torch.load(content).items():
                network, _, name = key.partition(".")
                found.setdefault(network, {})[name] = tensor
    except safetensors.SafetensorError as problem:
        raise CheckpointError(f"The checkpoint {path.name} was written by another version: {problem}.") from None
    return found


def _verified(path: Path, names: Iterable[str], more: Iterable[str] = ()) -> dict[str, bytes]:
    """The files' bytes, exactly those whose check sums were compared; `more` where the manifest names them."""
    try:
        sums = msgspec.json.decode((path / MANIFEST).read_bytes(), type=dict[str, str])
        data = {name: (path / name).read_bytes() for name in (*names, *(name for name in more if name in sums))}
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
    scaler: torch.amp.GradScaler | None = None,
) -> None:
    """Brings networks, optimizers and generators to the moment of the snapshot. Raises CheckpointError."""
    state, name = snapshot.state, snapshot.name
    put_weights(networks, snapshot.weights, name)
    if optimizers.keys() != state.optimizers.keys():
        raise CheckpointError(f"The checkpoint {name} has other optimizers than the training graph.")
    try:
        optimizer_state.put(optimizers, snapshot.optimizers, state.optimizers, state.schedules, snapshot.gradients)
    except optimizer_state.DoesNotFit as problem:
        raise CheckpointError(f"The checkpoint {name} does not fit {problem}.") from None
    for node, optimizer in optimizers.items():
        average = getattr(optimizer, "average", None)
        if average is not None:
            put_weights(average.networks, snapshot.averages, name)
            average.updates = state.updates.get(node, 0)
    if scaler is not None and state.scaler:
        scaler.load_state_dict(state.scaler)
    randomness.restore(snapshot.random, device)
