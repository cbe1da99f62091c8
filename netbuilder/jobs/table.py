"""The jobs that there are, each by the place of its function: one that looks at data starts without torch.

A class stands for the one instance that is called: it keeps things for the next request of a process that stays.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from netbuilder.jobs.errors import Request, Tell, Work

PLACES: Mapping[str, str] = {
    "export": "netbuilder.jobs.work.export_job",
    "sample": "netbuilder.jobs.work.SampleJob",
    "scan": "netbuilder.jobs.data.scan_job",
    "guess": "netbuilder.jobs.data.guess_job",
    "samples": "netbuilder.jobs.data.SamplesJob",
    "layout": "netbuilder.jobs.layout.layout_job",
}


def _late(place: str) -> Work:
    module, _, name = place.rpartition(".")
    made: list[Work] = []

    def work(request: Request, tell: Tell) -> dict[str, Any]:
        if not made:
            found = getattr(importlib.import_module(module), name)
            made.append(found() if isinstance(found, type) else found)
        return made[0](request, tell)

    return work


WORK: Mapping[str, Work] = {name: _late(place) for name, place in PLACES.items()}
