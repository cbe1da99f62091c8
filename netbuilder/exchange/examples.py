"""Example inputs for a network: sizes for its free axes that it accepts, and tensors of those sizes.

An example must not make two axes equal by chance, and a batch of one is known to bake sizes in, so sizes are
distinct and at least 2. Which lengths a network accepts is found by running it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import torch
from torch import Tensor, nn

from netbuilder.exchange.errors import ExportError

BATCH_AXIS = "N"
BATCHES = (2, 5)
# For each free axis that is not the batch: the length of the example, a longer and a shorter one, odd and even (a pool
# that adapts is right only for lengths that leave the same rest). The first row that the network accepts is taken:
# networks that halve and double again want multiples, positions may be few.
_LENGTHS: tuple[tuple[tuple[int, int, int], ...], ...] = (
    ((9, 14, 6), (15, 22, 10), (21, 26, 16), (27, 34, 24)),
    ((16, 28, 12), (20, 36, 8), (24, 44, 20), (32, 40, 28)),
    ((64, 96, 32), (128, 160, 96), (192, 224, 160), (256, 288, 224)),
    ((320, 448, 256), (384, 512, 320), (512, 576, 448), (640, 704, 576)),
    ((5, 6, 3), (7, 8, 4), (5, 6, 3), (7, 8, 4)),
    ((3, 4, 2), (3, 4, 2), (3, 4, 2), (3, 4, 2)),
)

Sizes = Mapping[str, int]


class InputSpec(msgspec.Struct, frozen=True):
    """One input of a network: its name, its shape (a number is fixed, a name is free), torch's dtype name.

    Whole-number inputs get values from 0 up to and not including `below`.
    """

    name: str
    shape: tuple[int | str, ...]
    dtype: str = "float32"
    below: int = 2


def free_axes(inputs: Sequence[InputSpec]) -> tuple[str, ...]:
    """The names of the free axes, the batch axis first."""
    found = dict.fromkeys(size for spec in inputs for size in spec.shape if isinstance(size, str))
    return (*(name for name in found if name == BATCH_AXIS), *(name for name in found if name != BATCH_AXIS))


def tensors(inputs: Sequence[InputSpec], sizes: Sizes, generator: torch.Generator) -> tuple[Tensor, ...]:
    """One tensor for each input, with these sizes of the free axes: normal numbers, whole ones in range, or bools."""
    return tuple(_tensor(spec, sizes, generator) for spec in inputs)


def _tensor(spec: InputSpec, sizes: Sizes, generator: torch.Generator) -> Tensor:
    shape = [size if isinstance(size, int) else sizes[size] for size in spec.shape]
    dtype = getattr(torch, spec.dtype)
    if dtype == torch.bool:
        return torch.rand(shape, generator=generator) < 0.5
    if dtype.is_floating_point:
        return torch.randn(shape, generator=generator).to(dtype)
    return torch.randint(0, max(1, spec.below), shape, generator=generator).to(dtype)


def smallest_table(module: nn.Module) -> int:
    """How many different whole numbers every table in the network has a row for; 2 where there is none."""
    rows = [inner.num_embeddings for inner in module.modules() if isinstance(inner, nn.Embedding | nn.EmbeddingBag)]
    return min(rows, default=2)


def trial_sizes(module: nn.Module, inputs: Sequence[InputSpec]) -> list[dict[str, int]]:
    """Sizes of the free axes to export and compare with: every batch size with every length; the first is the example.

    Raises ExportError with a sentence where the network accepts none of the lengths that are tried.
    """
    others = [name for name in free_axes(inputs) if name != BATCH_AXIS]
    wrong = ""
    for lengths in _LENGTHS if others else _LENGTHS[:1]:
        trials = list(_combined(others, lengths, BATCHES if BATCH_AXIS in free_axes(inputs) else ()))
        wrong = _refusal(module, inputs, trials)
        if not wrong:
            return trials
    axes = f" with free axes {', '.join(others)}" if others else ""
    raise ExportError(f"The network does not run on example inputs{axes}: {wrong}")


def _combined(
    others: list[str], lengths: Sequence[tuple[int, int, int]], batches: Sequence[int]
) -> Iterator[dict[str, int]]:
    """Every length with every batch size; one trial without sizes where everything is fixed."""
    for which in range(3 if others else 1):
        rest = {name: lengths[i % len(lengths)][which] for i, name in enumerate(others)}
        for first in [{BATCH_AXIS: batch} for batch in batches] or [{}]:
            yield first | rest


def _refusal(module: nn.Module, inputs: Sequence[InputSpec], trials: list[dict[str, int]]) -> str:
    generator = torch.Generator().manual_seed(0)
    for sizes in trials:
        try:
            with torch.no_grad():
                module(*tensors(inputs, sizes, generator))
        except (
            RuntimeError,
            ValueError,
            IndexError,
            TypeError,
            AssertionError,
        ) as error:  # what torch raises for sizes
            return (str(error).strip().splitlines() or [type(error).__name__])[0]
    return ""
