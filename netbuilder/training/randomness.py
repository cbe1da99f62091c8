"""A generator for each purpose, so that watching, evaluating or previewing a run never changes it.

Drawn noise and dropout use torch's default generator, because that is what readable source uses; every other purpose
borrows it and gives it back as it was. The order of samples needs no state at all: it follows from seed and epoch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


def derive(seed: int, *purpose: str | int) -> int:
    """The seed (63 bits) of one purpose of a run: "init" with a network's name, "order" with an epoch, "step"..."""
    text = "\0".join(map(str, (seed, *purpose)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def capture(device: torch.device) -> dict[str, Tensor]:
    """State of the default generators that a step on this device draws from: uint8 tensors on the CPU."""
    found = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        found["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        found["mps"] = torch.mps.get_rng_state()
    return found


def restore(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Puts the default generators back to what `capture` gave."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps" and "mps" in states:
        torch.mps.set_rng_state(states["mps"])


def start(seed: int, device: torch.device) -> None:
    """Starts the default generators that a step on this device draws from.

    `torch.manual_seed` would do, but where CUDA is not in use it formats a stack trace for each kind of device.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


@contextmanager
def borrowed(seed: int, device: torch.device) -> Iterator[None]:
    """Within it the default generators start from `seed`; afterwards they are as if nothing had been drawn."""
    before = capture(device)
    start(seed, device)
    try:
        yield
    finally:
        restore(before, device)
