"""What is known of a data source without loading it: enough for every size in a graph. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from netbuilder.data.builtin import BUILTIN
from netbuilder.data.own import OWN
from netbuilder.data.source import SPLIT, Source
from netbuilder.graph.model import NONE, Dataset, Values

__all__ = ["SOURCES", "SPLIT", "Source", "UnknownSource", "checked", "facts"]

SOURCES: Mapping[str, Source] = {source.name: source for source in (*BUILTIN, *OWN)}


class UnknownSource(ValueError):
    """There is no such data source; the message is one sentence."""


def checked(source: str, params: Values) -> Source:
    """The source, its parameters found right. Raises UnknownSource, ValueError for a wrong value."""
    found = SOURCES.get(source)
    if found is None:
        raise UnknownSource(f"There is no data source {source!r}; there are {', '.join(SOURCES)}.")
    for name, text in found.check(params).items():
        raise ValueError(f"datasets.params.{name}: {text}")
    return found


def facts(source: str, params: Values = NONE) -> Dataset:
    """The data set of this source, with its columns and samples where they are known without a look at the data.

    Of a person's own files they are known after a scan only (`data.scan`). Raises UnknownSource, ValueError for a
    wrong value.
    """
    found = checked(source, params)
    dataset = Dataset(source, params)
    if found.columns is None:
        return dataset
    columns, samples = found.columns(params)
    return msgspec.structs.replace(dataset, columns=columns, samples=samples)
