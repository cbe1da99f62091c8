"""A run's data, opened as its settings say, with a word to whoever watches for all that takes its time."""

from __future__ import annotations

import time
from collections.abc import Iterable

import torch

from netbuilder.data.loaders import Reading, Splits, open_data
from netbuilder.data.place import Place
from netbuilder.graph.model import Project
from netbuilder.training.control import Control
from netbuilder.training.errors import Stopped, WorkError
from netbuilder.training.journal import Journal
from netbuilder.training.settings import Settings

LONG_SECONDS = 2.0  # of reading, after which a stop is not kept waiting


def load_data(
    project: Project,
    names: Iterable[str],
    settings: Settings,
    device: torch.device,
    place: Place,
    fold: int,
    journal: Journal,
    control: Control,
) -> dict[str, Splits]:
    """The data sets by name; what was left out of them is noted.

    Raises DataError, WorkError for one that the project does not have, Stopped where somebody wishes it meanwhile.
    """

    began = time.perf_counter()

    def tell(sentence: str) -> None:
        # What is nearly there goes on to a first step and ends with results; so do later folds, with those before.
        if fold == 0 and time.perf_counter() - began > LONG_SECONDS and control.stops():
            raise Stopped
        journal.doing(sentence)

    found = {}
    for name in sorted(names):
        if name not in project.datasets:
            raise WorkError(f"The project has no data set {name!r}; choose one in the Data node.")
        # Asked anew for each: the one before takes its share.
        reading = Reading(settings.keep_data, settings.reading_processes, tell, _free(device))
        loaded = open_data(project.datasets[name], settings.seed, device, place, fold, reading)
        for sentence in loaded.notes:
            journal.note(sentence)
        found[name] = loaded.splits
    journal.doing("")
    return found


def _free(device: torch.device) -> int | None:
    """Bytes that a card has left; None for what computes in the machine's own memory."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None
