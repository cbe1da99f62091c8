"""Metrics that are no mean over batches: torchmetrics' objects, given several steps at a time.

An update costs 100 to 300 microseconds whatever it is given, as long as a whole step of a small network. So steps are
put together and given at once. How many depends on nothing but the steps themselves, and what waits goes into
checkpoints: a run that is resumed gives the same numbers to the bit.
"""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import safetensors.torch
import torch
from torch import Tensor

from netbuilder.compiler.metrics import MetricPlan

if TYPE_CHECKING:
    from torchmetrics import Metric

MOST_STEPS = 64  # that wait for one update
MOST_BYTES = 4 * 2**20  # and how large they may be together
Inputs = tuple[Tensor, ...]
_CPU = torch.device("cpu")


class MetricError(ValueError):
    """A metric can't take what it is given; the message is one sentence, `plan` the metric's."""

    def __init__(self, plan: MetricPlan, problem: Exception) -> None:
        first = next(iter(str(problem).strip().splitlines()), type(problem).__name__)
        super().__init__(f"The metric {plan.node!r} cannot be measured: {first.rstrip('.')}.")
        self.plan = plan


def _probabilities(logits: Tensor, target: Tensor) -> Inputs:
    return logits.softmax(dim=1), target


def _yes_or_no(logits: Tensor, target: Tensor) -> Inputs:
    answers = target > 0.5 if target.is_floating_point() else target
    return logits.sigmoid(), answers.long()


def _words(logits: Tensor, target: Tensor) -> Inputs:
    rows = logits.movedim(1, -1)
    return rows.reshape(len(rows), -1, rows.shape[-1]), target.reshape(len(target), -1)


def _columns(prediction: Tensor, target: Tensor) -> Inputs:
    if prediction.device.type != "mps":  # a variance as a difference of large sums: float32 would leave nothing of it
        prediction, target = prediction.double(), target.double()
    return (prediction, target) if prediction.ndim < 2 else (prediction.flatten(1), target.flatten(1))


def _all(prediction: Tensor, target: Tensor) -> Inputs:
    prediction, target = _columns(prediction, target)
    return prediction.reshape(-1), target.reshape(-1)


# What must be done to the inputs first. torchmetrics guesses from the values of a batch whether scores are logits, so
# it never gets any that it would have to guess about.
_PREPARE: Mapping[str, Callable[..., Inputs]] = {
    "MulticlassAUROC": _probabilities,
    "BinaryPrecision": _yes_or_no,
    "BinaryRecall": _yes_or_no,
    "BinaryF1Score": _yes_or_no,
    "BinaryAUROC": _yes_or_no,
    "Perplexity": _words,
    "R2Score": _columns,
    "NormalizedRootMeanSquaredError": _all,
}


# Sums over a whole epoch: float32 would lose what a late step adds.
_SUMMED = {
    "MeanSquaredError", "NormalizedRootMeanSquaredError", "R2Score", "PeakSignalNoiseRatio",
    "StructuralSimilarityIndexMeasure", "Perplexity",
}  # fmt: skip


class Measure:
    """One metric of a run. `checked`: inputs are looked at closely, which costs time."""

    def __init__(self, plan: MetricPlan, device: torch.device, *, checked: bool = False) -> None:
        self.plan = plan
        home, _, name = plan.target.rpartition(".")
        kind = getattr(importlib.import_module(home), name)  # torchmetrics takes a second to import
        arguments = dict(plan.arguments)
        if name.startswith(("Multiclass", "Binary")):
            arguments["validate_args"] = checked
        self._checked = checked
        self._device = device
        self._prepare = _PREPARE.get(name)
        self._metric: Metric = kind(**arguments).to(device)
        if name in _SUMMED and device.type != "mps":  # which has no float64
            self._metric.set_dtype(torch.float64)
        self._waiting: list[Inputs] = []
        self._bytes = 0

    def add(self, given: Inputs) -> None:
        """What one step saw. It must not change afterwards."""
        self._waiting.append(given)
        self._bytes += sum(tensor.nbytes for tensor in given)
        if self._bytes >= MOST_BYTES or len(self._waiting) >= MOST_STEPS:
            self._take()

    def result(self) -> Tensor | None:
        """The figure over all that was added, nan where that does not tell, None if nothing was added.

        Raises MetricError for what was added.
        """
        self._take()
        if not self._metric.update_count:
            return None
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of classes that did not come up, which the figure itself says
            try:
                found: Tensor = self._metric.compute()
            except ValueError:  # R2 of a single sample
                return torch.tensor(math.nan)
        return found

    def reset(self) -> None:
        """Forgets everything."""
        self._waiting.clear()
        self._bytes = 0
        self._metric.reset()

    def _take(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        try:
            with torch.no_grad():
                for group in _alike(waiting):
                    given = group[0] if len(group) == 1 else tuple(map(torch.cat, zip(*group, strict=True)))
                    given = tuple(map(_full, given))
                    if self._checked:
                        self._look_at_classes(given)
                    self._metric.update(*(self._prepare(*given) if self._prepare else given))
        except (RuntimeError, ValueError, IndexError, TypeError) as problem:
            raise MetricError(self.plan, problem) from problem

    def _look_at_classes(self, given: Inputs) -> None:
        """Raises ValueError for a class that is out of range: torchmetrics would speak of shapes."""
        classes, target = self.plan.arguments.get("num_classes"), given[-1]
        if classes is None or not target.numel():
            return
        skipped = self.plan.arguments.get("ignore_index")
        kept = target if skipped is None else target[target != skipped]
        wrong = kept[(kept < 0) | (kept >= classes)]
        if wrong.numel():
            raise ValueError(f"a target is class {int(wrong[0])}, but there are {classes} classes, counted from 0")

    def state(self) -> dict[str, Tensor]:
        """Copies on the CPU of all that it has seen; {} if that is nothing."""
        found: dict[str, Tensor] = {}
        for name, held in self._metric.metric_state.items():
            parts = held if isinstance(held, list) else [held]
            kind = "list" if isinstance(held, list) else "one"
            found.update({f"{kind}.{name}.{at}": part for at, part in enumerate(parts)})
        for step, given in enumerate(self._waiting):
            found.update({f"waiting.{step}.{at}": tensor for at, tensor in enumerate(given)})
        seen = {
            name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format) for name, tensor in found.items()
        }
        count = self._metric.update_count
        return {**seen, "count": torch.tensor(count)} if count or self._waiting else {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Goes on from a state."""
        self.reset()
        if not state:
            return
        waiting: dict[int, dict[int, Tensor]] = {}
        for key, tensor in state.items():
            kind, _, rest = key.partition(".")
            name, _, at = rest.rpartition(".")
            if kind == "waiting":
                waiting.setdefault(int(name), {})[int(at)] = tensor.to(self._device)
            elif kind == "one":
                setattr(self._metric, name, tensor.to(self._device))
        lists = sorted((key for key in state if key.startswith("list.")), key=lambda key: int(key.rpartition(".")[2]))
        for key in lists:
            getattr(self._metric, key.split(".")[1]).append(state[key].to(self._device))
        self._metric._update_count = int(state["count"])  # or it would warn that it has seen nothing
        for step in sorted(waiting):
            given = tuple(waiting[step][at] for at in sorted(waiting[step]))
            self._waiting.append(given)
            self._bytes += sum(tensor.nbytes for tensor in given)


def _full(tensor: Tensor) -> Tensor:
    """Half precision is for learning, not for measuring."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _alike(waiting: list[Inputs]) -> Iterable[list[Inputs]]:
    """Neighbours whose shapes differ in nothing but the batch."""
    group: list[Inputs] = []
    for given in waiting:
        if group and [tensor.shape[1:] for tensor in group[0]] != [tensor.shape[1:] for tensor in given]:
            yield group
            group = []
        group.append(given)
    yield group


class Metrics:
    """The metrics of a training graph that need state, by node; those that give tables only with `tables`."""

    def __init__(
        self,
        plans: Sequence[MetricPlan] = (),
        device: torch.device = _CPU,
        *,
        tables: bool = False,
        checked: bool = False,
    ) -> None:
        made = [plan for plan in plans if tables or not plan.table]
        self.measures = {plan.node: Measure(plan, device, checked=checked) for plan in made}
        self._passed_over = [plan.node for plan in plans if plan not in made]

    def __bool__(self) -> bool:
        return bool(self.measures or self._passed_over)

    def add(self, values: dict[str, Any]) -> None:
        """Takes out of what a step reports what these metrics were given."""
        for node, measure in self.measures.items():
            if (given := values.pop(node, None)) is not None:
                measure.add(given)
        for node in self._passed_over:
            values.pop(node, None)

    def values(self) -> dict[str, float]:
        """The numbers so far. Raises MetricError."""
        return {node: float(found) for node, found in self._results(tables=False) if found.numel() == 1}

    def tables(self) -> dict[str, list[list[int]]]:
        """The tables so far. Raises MetricError."""
        return {node: found.tolist() for node, found in self._results(tables=True)}

    def _results(self, *, tables: bool) -> Iterable[tuple[str, Tensor]]:
        for node, measure in self.measures.items():
            if measure.plan.table == tables and (found := measure.result()) is not None:
                yield node, found

    def reset(self) -> None:
        """Starts anew."""
        for measure in self.measures.values():
            measure.reset()

    def state(self) -> bytes:
        """All that was seen, for a checkpoint; b"" if that is nothing."""
        held = {f"{node}/{k}": tensor for node, one in self.measures.items() for k, tensor in one.state().items()}
        return safetensors.torch.save(held) if held else b""

    def restore(self, state: bytes) -> None:
        """Goes on from a checkpoint's."""
        by_node: dict[str, dict[str, Tensor]] = {node: {} for node in self.measures}
        for key, tensor in (safetensors.torch.load(state) if state else {}).items():
            node, _, name = key.partition("/")
            by_node.setdefault(node, {})[name] = tensor
        for node, measure in self.measures.items():
            measure.restore(by_node[node])
