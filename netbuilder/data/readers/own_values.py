"""All parameters of a data set, with defaults for what is not said."""

from __future__ import annotations

from typing import Any

from netbuilder.data.facts import SOURCES
from netbuilder.graph.model import Dataset


def own_values(dataset: Dataset) -> dict[str, Any]:
    """The values by name: the source's own and those of the split. They were checked before a reader is called."""
    source = SOURCES[dataset.source]
    return {param.name: source.value(dataset.params, param.name) for param in source.params}
