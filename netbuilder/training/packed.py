"""Copies of many tensors at the price of one: a checkpoint must not hold the loop up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor


class Packed(Mapping[str, Tensor]):
    """Copies, on the CPU, of tensors by name; each comes out contiguous and with its shape.

    Tensors of one dtype and device are copied into one flat tensor, by one operation and one transfer.
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        groups: dict[tuple[torch.dtype, torch.device], list[str]] = {}
        for name, tensor in tensors.items():
            groups.setdefault((tensor.dtype, tensor.device), []).append(name)
        self._shapes = {name: tensor.shape for name, tensor in tensors.items()}
        self._places: dict[str, tuple[Tensor, int]] = {}
        with torch.no_grad():
            for names in groups.values():
                flat = torch.cat([tensors[name].reshape(-1) for name in names]).cpu()
                start = 0
                for name in names:
                    self._places[name] = flat, start
                    start += self._shapes[name].numel()

    def __getitem__(self, name: str) -> Tensor:
        flat, start = self._places[name]
        shape = self._shapes[name]
        return flat[start : start + shape.numel()].view(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)
