"""Which weights an export or a preview takes: a checkpoint of a run, or none where a person says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from netbuilder.compiler.program import Program
from netbuilder.exchange.errors import ExportError
from netbuilder.training.checkpoint import CheckpointError, put_weights, read_weights
from netbuilder.training.run import Run, RunError


class Weights(msgspec.Struct, frozen=True):
    """Where weights come from: the folder of a checkpoint, "" for random ones; `words` say it to a person.

    `project` is the stem of the project's file that the run was made from, "" where that is not known.
    """

    checkpoint: str = ""
    words: str = "random weights (untrained)"
    project: str = ""


def choose(run: Run, checkpoint: str = "best") -> Weights:
    """The weights of a run: "best" (the last where the run has no best), "last", or a checkpoint by its name or path.

    Raises ExportError.
    """
    try:
        facts = run.checkpoint(checkpoint or "best")
    except RunError as error:
        raise ExportError(str(error)) from error
    try:
        project = Path(run.recorded().source or "").stem
    except RunError:
        project = ""  # the weights are good without
    averaged = ", moving average of the weights" if facts.averaged else ""
    kind = " (best)" if facts.best and checkpoint != "last" else " (last)" if facts.last else ""
    values = ", ".join(f"{name} {value:.4g}" for name, value in facts.values.items())
    words = f"run {run.name}, step {facts.step}, epoch {facts.epoch}{kind}{averaged}"
    return Weights(str(facts.path), words + (f"; on validation data: {values}" if values else ""), project)


def networks(program: Program, names: Iterable[str], weights: Weights, seed: int = 0) -> dict[str, nn.Module]:
    """The program's networks with these weights, in eval mode on the CPU. Raises ExportError where they don't fit."""
    made = {}
    for name in names:
        torch.manual_seed(seed)
        made[name] = program.networks[name]().eval()
    if weights.checkpoint:
        path = Path(weights.checkpoint)
        try:
            put_weights(made, _flat(read_weights(path), made), path.name)
        except CheckpointError as error:
            record = path.parent.parent / "project.netbuilder"
            raise ExportError(
                f"{error} If the project has changed since that run, train it again; the network as it was trained "
                f"lies in {record}."
            ) from error
    return made


def _flat(weights: Mapping[str, Mapping[str, Tensor]], wanted: Iterable[str]) -> dict[str, Tensor]:
    for name in wanted:
        if name not in weights:
            has = ", ".join(map(repr, weights)) or "none"
            raise ExportError(f"That run has not trained the network {name!r} (it trained {has}); choose another run.")
    return {f"{network}.{name}": tensor for network, each in weights.items() for name, tensor in each.items()}
