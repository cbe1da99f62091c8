"""What a run trains with: the compiled program, its networks and optimizers, the data, all on one device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import torch
from torch import nn

from netbuilder.compiler.program import Program
from netbuilder.data.loaders import Batch, Together, samples
from netbuilder.training import optimizers as optimizing
from netbuilder.training import schedules
from netbuilder.training.batches import shuffled, sizes
from netbuilder.training.errors import WorkError as WorkError
from netbuilder.training.meter import Meter
from netbuilder.training.metrics import Metrics
from netbuilder.training.optimizers import Optimizers
from netbuilder.training.randomness import borrowed, derive
from netbuilder.training.schedules import Length
from netbuilder.training.settings import Settings

Networks = dict[str, nn.Module]


@dataclass
class Work:
    """`net` and `opt` are the namespaces that the generated source reads: one attribute a network, one an optimizer.

    `shown` is as `net`, with the moving average of the weights where an optimizer keeps one: what is evaluated, shown
    in previews and measured at the end. `losses` are the ids of the loss nodes among what a step reports; `training` is
    the training graph's name. `frozen` are the modules that no optimizer changes: they stay as in use. `scaler` is
    there in float16 only.
    """

    program: Program
    networks: Networks
    optimizers: Optimizers
    data: Together
    settings: Settings
    device: torch.device
    losses: frozenset[str]
    training: str
    frozen: Sequence[nn.Module] = ()
    scaler: torch.amp.GradScaler | None = None

    def __post_init__(self) -> None:
        self.net = SimpleNamespace(**self.networks)
        self.opt = SimpleNamespace(**self.optimizers)
        if self.scaler is not None:
            self.opt.scaler = self.scaler
        self.averages = optimizing.averages(self.optimizers)
        self.shown = SimpleNamespace(**{**self.networks, **self.averages})
        self.lengths = sizes(samples(self.data.train), self.settings.batch_size)

    @property
    def length(self) -> Length:
        """Epochs and steps of the whole run."""
        return length(self.data, self.settings)

    def batches(self, epoch: int) -> Sequence[Batch]:
        """The training batches of an epoch (from 0), `lengths` samples each."""
        return shuffled(self.data.train, self.settings.batch_size, self.settings.seed, epoch)

    def train_mode(self, on: bool) -> None:
        """Dropout and batch normalisation as in training, or as in use; frozen networks are always as in use."""
        for module in self.networks.values():
            module.train(on)
        for module in self.frozen:
            module.eval()

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
        return Metrics(self.program.metrics, self.device, tables=tables)

    def evaluate(self, batches: Sequence[Batch], purpose: str = "evaluation") -> dict[str, float]:
        """Losses and metrics over all batches; the same noise each time."""
        return self.measure(batches, self.metrics(), purpose).epoch()

    def measure(self, batches: Sequence[Batch], metrics: Metrics, purpose: str = "evaluation") -> Meter:
        """All batches evaluated: a meter that knows their losses and metrics."""
        meter = Meter(metrics=metrics)
        with self.looking(purpose):
            for batch in batches:
                meter.add((self.program.eval_step(batch, self.shown), samples(batch)))
            meter.flush(len(batches))
        return meter

    def end_epoch(self, values: Mapping[str, float]) -> None:
        """Moves the schedules on that count epochs; `values` are the epoch's figures, for those that wait for them."""
        schedules.end_epoch(self.program.optimizers, self.optimizers, values, self.settings.best)


def length(data: Together, settings: Settings) -> Length:
    """Epochs and steps of a run on this data."""
    return Length(settings.epochs, settings.epochs * len(sizes(samples(data.train), settings.batch_size)))


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


def scaler_for(device: torch.device) -> torch.amp.GradScaler:
    """What keeps small gradients of float16 from vanishing: the one scaler of a run."""
    return torch.amp.GradScaler(device.type)
