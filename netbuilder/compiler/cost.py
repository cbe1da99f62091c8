"""What a piece of work costs: torch's own count of floating point operations, and the size of what it gives."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any, TypeVar

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from netbuilder.compiler.types import TensorType, elements

Result = TypeVar("Result")


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings and no log lines from torch: what matters reaches a person as a problem."""
    logger = logging.getLogger("torch")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _matrix_vector(matrix: Sequence[int], *_: Any, **__: Any) -> int:
    return 2 * prod(matrix)


def _add_matrix_vector(added: Sequence[int], matrix: Sequence[int], *_: Any, **__: Any) -> int:
    return 2 * prod(matrix)


def _bilinear(one: Sequence[int], weight: Sequence[int], *_: Any, **__: Any) -> int:
    return 2 * one[0] * prod(weight)


# What torch's counter passes over, by the shapes of the arguments: operations, of which a multiply-add is two.
_PASSED_OVER = {
    torch.ops.aten.mv: _matrix_vector,
    torch.ops.aten.dot: _matrix_vector,
    torch.ops.aten.addmv: _add_matrix_vector,
    torch.ops.aten._trilinear: _bilinear,
}


def multiply_adds(work: Callable[[], Result]) -> tuple[Result, int]:
    """The work's result and its multiply-adds: half of what torch's FlopCounterMode counts."""
    counter = FlopCounterMode(display=False, custom_mapping=_PASSED_OVER)
    with counter:
        result = work()
    return result, counter.get_total_flops() // 2


def warm_up() -> None:
    """Counts something small, for which torch loads what it loads only when it is first used (some 0.9 s)."""
    with quiet(), torch.no_grad(), torch.device("meta"):
        images = torch.empty(2, 1, 4, 4)
        work = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 2))
        multiply_adds(lambda: work(images))


def per_sample(amount: int, batch: int) -> int:
    """An amount for a whole batch as that for one sample, rounded up."""
    return -(-amount // batch)


def activation_bytes(outputs: dict[str, TensorType], batch: int) -> int:
    """The bytes of what a node gives, for one sample."""
    return per_sample(sum(elements(kind) * itemsize(kind.dtype) for kind in outputs.values()), batch)


def itemsize(dtype: str) -> int:
    return int(getattr(torch, dtype).itemsize)


def parameters(made: nn.Module | nn.Parameter) -> int:
    """How many numbers a module, or a learned tensor, learns."""
    if isinstance(made, nn.Parameter):
        return made.numel()
    return sum(tensor.numel() for tensor in made.parameters())
