"""torch.compile, network by network. One that can't be compiled runs as it is, and the run says why."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence

import torch

from netbuilder.data.loaders import Batch
from netbuilder.training import checkpoint
from netbuilder.training.checkpoint import State
from netbuilder.training.work import Work

COMPILERS = ("c++", "g++", "clang++", "cl")  # what torch's code for processors is built with
BACKEND = "inductor"


def compile_networks(
    work: Work, batches: Sequence[Batch], held_out: Sequence[Batch], steps: Sequence[int]
) -> list[str]:
    """Compiles what can be and tries it on real batches in all sizes that the run has; gives sentences for a person.

    `batches` to train on, `held_out` to evaluate; `steps`: numbers of steps in which all optimizers work. The run's
    weights, optimizers and generators are as before afterwards. Where the trial fails, each network is tried alone, so
    that only those that fail run uncompiled.
    """
    wanted = [name for name in work.networks if name not in work.program.eager]
    notes = [
        f"The network {name!r} is not compiled: {reason}"
        for name, reason in work.program.eager.items()
        if name in work.networks
    ]
    if not wanted:
        return notes
    if BACKEND == "inductor" and (missing := missing_tool(work.device)):
        return [*notes, f"The networks run uncompiled: {missing}"]

    def attempt(names: Sequence[str]) -> str:
        _use(work, names)
        return _trial(work, lambda: _steps(work, batches, held_out, steps))

    failed = {}
    if reason := attempt(wanted):
        failed = {name: why for name in wanted if (why := attempt([name]) if len(wanted) > 1 else reason)}
        good = [name for name in wanted if name not in failed]
        if reason := attempt(good):  # each alone, but not together
            failed |= dict.fromkeys(good, reason)
            _use(work, [])
    # From here on, what can't be compiled (batches of yet another size) runs as it is, without a word.
    torch._dynamo.config.suppress_errors = True
    notes += [f"The network {n!r} runs uncompiled: torch.compile failed with {r}" for n, r in failed.items()]
    return notes


def missing_tool(device: torch.device) -> str:
    """What this machine lacks to compile for the device, as a sentence; "" if nothing."""
    if device.type == "cuda":
        from torch.utils._triton import has_triton

        return "" if has_triton() else "torch.compile needs Triton for this card, and it is not installed."
    if os.environ.get("CXX") or any(map(shutil.which, COMPILERS)):
        return ""
    return "torch.compile needs a C++ compiler, and there is none on this machine (g++ or clang++)."


def _use(work: Work, names: Sequence[str]) -> None:
    """Compiles these networks and no others."""
    torch.compiler.reset()
    for name, module in work.networks.items():
        if name in names:
            module.compile(backend=BACKEND)
        else:
            module._compiled_call_impl = None


def _steps(work: Work, batches: Sequence[Batch], held_out: Sequence[Batch], steps: Sequence[int]) -> None:
    for batch in batches:
        for step in steps:
            work.program.train_step(batch, work.net, work.opt, step)
    for batch in held_out:
        with work.looking("check"):
            work.program.eval_step(batch, work.shown)


def _trial(work: Work, act: Callable[[], None]) -> str:
    """Why `act` failed, "" if it did not. All that it changed is put back."""
    before = checkpoint.take(work.networks, work.optimizers, work.device, State(), work.scaler)
    try:
        work.train_mode(True)
        act()
    except Exception as problem:  # noqa: BLE001  whatever a compiler throws: the run goes on without it
        return _first_line(problem)
    finally:
        checkpoint.put(before, work.networks, work.optimizers, work.device, work.scaler)
    return ""


def _first_line(problem: Exception) -> str:
    inner = getattr(problem, "inner_exception", None) or problem  # what a backend raised lies within torch's own
    lines = [line.strip() for line in str(inner).splitlines() if line.strip()]
    return f"{type(inner).__name__}: {(lines or ['no reason given'])[0].rstrip('.')}."
