"""What a run trains with: the compiled program, its networks and optimizers, the data, all on one device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import torch
from torch import nn

from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.compiler.program import Program
from netbuilder.data.loaders import Batch, Splits, samples
from netbuilder.training.meter import Meter
from netbuilder.training.metrics import Metrics
from netbuilder.training.randomness import borrowed, derive
from netbuilder.training.settings import Settings

Networks = dict[str, nn.Module]
Optimizers = dict[str, torch.optim.Optimizer]


class WorkError(ValueError):
    """The work can't begin; the message is one sentence."""


@dataclass
class Work:
    """`net` and `opt` are the namespaces that the generated source reads: one attribute a network, one an optimizer.

    `losses` are the ids of the loss nodes among what a step reports; `training` is the training graph's name.
    """

    program: Program
    networks: Networks
    optimizers: Optimizers
    data: Splits
    settings: Settings
    device: torch.device
    losses: frozenset[str]
    training: str

    def __post_init__(self) -> None:
        self.net = SimpleNamespace(**self.networks)
        self.opt = SimpleNamespace(**self.optimizers)

    def train_mode(self, on: bool) -> None:
        """Dropout and batch normalisation as in training, or as in use."""
        for module in self.networks.values():
            module.train(on)

    @contextmanager
    def looking(self, *purpose: str) -> Iterator[None]:
        """Within it nothing learns and what is drawn comes from the purpose's own generator."""
        self.train_mode(False)
        try:
            with torch.no_grad(), borrowed(derive(self.settings.seed, *purpose), self.device):
                yield
        finally:
            self.train_mode(True)

    def metrics(self, *, tables: bool = False) -> Metrics:
        """New ones for the training graph's metrics that need state; those that give tables only on demand."""
        return Metrics((plan for plan in self.program.metrics if tables or not plan.table), self.device)

    def evaluate(self, batches: Sequence[Batch], purpose: str = "evaluation") -> dict[str, float]:
        """Losses and metrics over all batches; the same noise each time."""
        return self.measure(batches, self.metrics(), purpose).epoch()

    def measure(self, batches: Sequence[Batch], metrics: Metrics, purpose: str = "evaluation") -> Meter:
        """All batches evaluated: a meter that knows their losses and metrics."""
        meter = Meter(metrics=metrics)
        with self.looking(purpose):
            for batch in batches:
                meter.add((self.program.eval_step(batch, self.net), samples(batch)))
            meter.flush(len(batches))
        return meter


def choose_device(wish: str) -> torch.device:
    """The device that a setting names; "auto" takes CUDA, else MPS, else the processor. Raises WorkError."""
    there: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
        "cpu": lambda: True,
    }
    if wish == "auto":
        return torch.device(next(name for name, is_there in there.items() if is_there()))
    if not there[wish]():
        names = ", ".join(name for name, is_there in there.items() if is_there())
        raise WorkError(f"The device {wish} is not available on this machine; available: {names}.")
    return torch.device(wish)


def build_networks(program: Program, seed: int, device: torch.device) -> Networks:
    """Each network with first weights that depend on the seed and its own name only; made on the CPU, then moved."""
    found: Networks = {}
    for name, make in program.networks.items():
        torch.default_generator.manual_seed(derive(seed, "init", name))
        found[name] = make().to(device)
    return found


def build_optimizers(plans: Iterable[OptimizerPlan], networks: Mapping[str, nn.Module]) -> Optimizers:
    """torch's optimizers by node id, each with the list `parameters` that the generated source names."""
    found: Optimizers = {}
    for plan in plans:
        unique = {id(p): p for name in plan.networks for p in networks[name].parameters() if p.requires_grad}
        if not unique:
            raise WorkError(f"The optimizer {plan.node!r} has nothing to train: its networks have no weights.")
        optimizer: torch.optim.Optimizer = getattr(torch.optim, plan.algorithm)(unique.values(), **plan.arguments)
        optimizer.parameters = list(unique.values())  # type: ignore[attr-defined]
        found[plan.node] = optimizer
    return found
