"""What a run ends with: figures on test data, confusion matrices, and sample predictions with their pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from netbuilder.data.loaders import Batch, Kept, Part, by_dataset, samples, taken
from netbuilder.graph.model import Column, Dataset
from netbuilder.training.batches import in_order
from netbuilder.training.run import PREVIEW
from netbuilder.training.views import picture
from netbuilder.training.work import Work

MOST_CLASSES = 1000
EVENLY, MISTAKES = 16, 8  # sample predictions: some from all over the test data, then the surest mistakes


def results(work: Work, dataset: Dataset, folder: Path) -> dict[str, Any]:
    """Evaluates the test data (validation data where there is no test part) and writes pictures below `folder`.

    Raises OSError where they can't be written.
    """
    part, name = (work.data.test, "test") if samples(work.data.test) else (work.data.validation, "validation")
    if not samples(part):
        return {"test": {}, "confusion": {}, "classes": [], "samples": []}
    batches = in_order(part, work.settings.eval_batch_size)
    predicted = _predict(work, batches)
    meter = work.measure(batches, work.metrics(tables=True))
    drawn = meter.tables()
    found: dict[str, Any] = {
        "part": name,
        "test": meter.epoch(),
        "confusion": {node: _confusion(counts, dataset) for node, counts in drawn.items()},
        "classes": [],
        "samples": [],
    }
    for node, ports in predicted.items():
        if not _is_classifying(ports):
            continue
        logits, target = ports["logits"], ports["target"]
        classes = _class_names(dataset, logits.shape[1])
        if not drawn:
            counts = confusion(logits.argmax(1), target, logits.shape[1])
            found["confusion"][node] = {"counts": counts, "classes": classes}
        if not found["samples"]:
            found["classes"] = classes
            found["samples"] = _samples(logits, target, classes, _pictures(dataset, part), folder)
    return found


def _confusion(counts: list[list[int]], dataset: Dataset) -> dict[str, Any]:
    return {"counts": counts, "classes": _class_names(dataset, len(counts))}


def confusion(predicted: Tensor, target: Tensor, classes: int) -> list[list[int]]:
    """Counts [classes, classes]: rows are the truth, columns what was said. int64 [N] each."""
    counts: list[list[int]] = (
        torch.bincount(target * classes + predicted, minlength=classes**2).view(classes, -1).tolist()
    )
    return counts


def _predict(work: Work, batches: Sequence[Batch]) -> dict[str, dict[str, Tensor]]:
    parts: dict[str, dict[str, list[Tensor]]] = {}
    with work.looking("evaluation"):
        for batch in batches:
            for node, ports in work.program.predict(batch, work.shown).items():
                for port, tensor in ports.items():
                    parts.setdefault(node, {}).setdefault(port, []).append(tensor.detach().cpu())
    return {node: {port: torch.cat(some) for port, some in ports.items()} for node, ports in parts.items()}


def _is_classifying(ports: Mapping[str, Tensor]) -> bool:
    logits, target = ports.get("logits"), ports.get("target")
    if logits is None or target is None or logits.ndim != 2 or target.ndim != 1:
        return False
    return not target.is_floating_point() and 1 < logits.shape[1] <= MOST_CLASSES


def _class_names(dataset: Dataset, count: int) -> list[str]:
    for column in dataset.columns:
        if column.role == "class" and len(column.classes) == count:
            return list(column.classes)
    return [str(at) for at in range(count)]


def _pictures(dataset: Dataset, part: Part) -> Callable[[list[int]], Tensor] | None:
    """What gives the pictures [n, C, H, W] at these places of a part; None where there are none."""
    several = by_dataset(part)
    kept: Kept = part if several is None else next(iter(several.values()))  # type: ignore[assignment]
    column: Column | None = next((each for each in dataset.columns if each.role == "image"), None)
    if column is None:
        return None
    return lambda places: taken(kept, places)[column.id]


def _samples(
    logits: Tensor,
    target: Tensor,
    classes: list[str],
    pictures: Callable[[list[int]], Tensor] | None,
    folder: Path,
) -> list[dict[str, Any]]:
    probabilities = logits.float().softmax(1)
    sure, said = probabilities.max(1)
    count = len(target)
    evenly = [at * count // EVENLY for at in range(EVENLY)] if count > EVENLY else list(range(count))
    wrong = torch.where(said != target, sure, -1.0).topk(min(MISTAKES, count))
    mistakes = [at for at, value in zip(wrong.indices.tolist(), wrong.values.tolist(), strict=True) if value >= 0]
    found = []
    target_folder = folder / PREVIEW / "samples"
    target_folder.mkdir(parents=True, exist_ok=True)
    chosen = list(dict.fromkeys([*evenly, *mistakes]))
    shown = pictures(chosen) if pictures is not None else None
    for number, at in enumerate(chosen):
        image = ""
        if shown is not None:
            image = f"{PREVIEW}/samples/{number:02d}.png"
            (folder / image).write_bytes(picture(shown[number]))
        truth, predicted = classes[int(target[at])], classes[int(said[at])]
        probability = round(float(sure[at]), 4)
        found.append({"image": image, "truth": truth, "predicted": predicted, "probability": probability})
    return found
