"""The jobs that there are, each by the place of its function: one that looks at data starts without torch."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from netbuilder.jobs.errors import Request, Tell, Work

PLACES: Mapping[str, str] = {
    "export": "netbuilder.jobs.work.export_job",
    "preview": "netbuilder.jobs.work.preview_job",
    "scan": "netbuilder.jobs.data.scan_job",
    "samples": "netbuilder.jobs.data.samples_job",
}


def _late(place: str) -> Work:
    module, _, name = place.rpartition(".")

    def work(request: Request, tell: Tell) -> dict[str, Any]:
        found: Work = getattr(importlib.import_module(module), name)
        return found(request, tell)

    return work


WORK: Mapping[str, Work] = {name: _late(place) for name, place in PLACES.items()}
