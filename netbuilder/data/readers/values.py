"""The parameters of a data set with their defaults filled in, for readers."""

from __future__ import annotations

from typing import Any

from netbuilder.data.facts import SOURCES
from netbuilder.graph.model import Dataset


def numbers(dataset: Dataset) -> dict[str, Any]:
    """All parameters by name, the source's own and those of the split; they were checked before a reader is called."""
    source = SOURCES[dataset.source]
    return {param.name: source.value(dataset.params, param.name) for param in source.params}
