"""Moving averages of weights: what a run evaluates, shows and exports where an optimizer keeps one."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Average:
    """A copy of some networks whose parameters follow theirs slowly, and whose buffers are copied.

    average = decay * average + (1 - decay) * weights after each step of the optimizer; the first update copies. The
    same numbers as torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn, at a third of its price: the tensors
    are looked up once. (Polyak and Juditsky, 1992.)
    """

    def __init__(self, networks: Mapping[str, nn.Module], decay: float) -> None:
        """decay: the share of the old average that an update keeps, 0..1."""
        self.networks = {name: copy.deepcopy(module).requires_grad_(False).eval() for name, module in networks.items()}
        self.decay = decay
        self.updates = 0
        pairs = [(self.networks[name], module) for name, module in networks.items()]
        self._averages = [p.data for kept, _ in pairs for p in kept.parameters()]
        self._weights = [p.data for _, module in pairs for p in module.parameters()]
        self._modules = [
            (mine, theirs)
            for kept, module in pairs
            for mine, theirs in zip(kept.modules(), module.modules(), strict=True)
        ]
        self._buffers = any(module._buffers for _, module in self._modules)

    @torch.no_grad()
    def update(self) -> None:
        """Takes the weights of this moment in."""
        if self.updates:
            torch._foreach_lerp_(self._averages, self._weights, 1 - self.decay)
        else:
            torch._foreach_copy_(self._averages, self._weights)
        if self._buffers:
            for mine, theirs in self._modules:  # looked up each time: a module may put another tensor in place
                for name, buffer in theirs._buffers.items():
                    if buffer is not None:
                        kept = mine._buffers[name]
                        assert kept is not None
                        kept.copy_(buffer)
        self.updates += 1

    def tensors(self) -> dict[str, Tensor]:
        """Parameters and buffers, keyed `network.name`."""
        return {
            f"{network}.{name}": tensor
            for network, module in self.networks.items()
            for name, tensor in module.state_dict().items()
        }
