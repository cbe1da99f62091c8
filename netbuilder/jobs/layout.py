"""The job that lays out a graph, away from the window. Imports numpy, no torch."""

from __future__ import annotations

import os
from typing import Any

import msgspec

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its matrices are small: threads would only wait for each other

from netbuilder.graph.layout.nest import arrange
from netbuilder.graph.layout.sketch import Sketch
from netbuilder.jobs.errors import JobError, Request, Tell, read_request

_STEP = 0.02  # progress that is told


class LayoutRequest(msgspec.Struct):
    sketch: Sketch


def layout_job(request: Request, tell: Tell) -> dict[str, Any]:
    """Gives what `sketch.Places` holds."""
    asked = read_request(request, LayoutRequest)
    told = 0.0

    def progress(done: float) -> None:
        nonlocal told
        if done >= told + _STEP:
            told = done
            tell(done, "Laying out")

    try:
        found: dict[str, Any] = msgspec.to_builtins(arrange(asked.sketch, progress))
    except ValueError as wrong:
        raise JobError(f"This can't be laid out: {wrong}.") from wrong
    return found
