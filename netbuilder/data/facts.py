"""What is known of a data source without loading it: enough for every size in a graph. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from netbuilder.blocks.params import Float, Param
from netbuilder.graph.model import NONE, Column, Dataset, Values

# Shares of all samples, whatever the source; what remains is for training.
SPLIT: tuple[Param, ...] = (
    Float(
        name="validation",
        default=0.1,
        low=0.0,
        high=0.9,
        help="The share of all samples that training never sees and that chooses the best checkpoint.",
    ),
    Float(
        name="test",
        default=0.2,
        low=0.0,
        high=0.9,
        help="The share of all samples that is kept for the last measurement.",
    ),
)


class Source(msgspec.Struct, frozen=True):
    """Where data comes from. `facts` tells columns and number of samples for a data set's parameters."""

    name: str
    title: str
    summary: str
    facts: Callable[[Values], tuple[tuple[Column, ...], int]]
    params: tuple[Param, ...] = SPLIT
    origin: str = ""

    def check(self, values: Values) -> dict[str, str]:
        """What is wrong with each wrong or unknown parameter, by name."""
        known = {param.name: param for param in self.params}
        wrong = {name: known[name].check(value) for name, value in values.items() if name in known}
        unknown = {name: f"{self.title} has no parameter of this name" for name in values if name not in known}
        return {name: text for name, text in {**wrong, **unknown}.items() if text}


class UnknownSource(ValueError):
    """There is no such data source; the message is one sentence."""


def facts(source: str, params: Values = NONE) -> Dataset:
    """The data set of this source with its columns and samples. Raises UnknownSource, ValueError for a wrong value."""
    found = SOURCES.get(source)
    if found is None:
        raise UnknownSource(f"There is no data source {source!r}; there are {', '.join(SOURCES)}.")
    for name, text in found.check(params).items():
        raise ValueError(f"datasets.params.{name}: {text}")
    columns, samples = found.facts(params)
    return Dataset(source, params, columns, samples)


def _digits(_params: Values) -> tuple[tuple[Column, ...], int]:
    image = Column("image", shape=(1, 8, 8), dtype="float32", axes="C H W", role="image")
    label = Column("label", shape=(), dtype="int64", role="class", classes=tuple("0123456789"))
    return (image, label), 1797


SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source(
            name="digits",
            title="Handwritten digits",
            summary="1797 grey images of 8 x 8 points, each showing a digit from 0 to 9; comes with scikit-learn.",
            facts=_digits,
            origin="Alpaydin and Kaynak: Optical recognition of handwritten digits, UCI, 1998 (test part)",
        ),
    )
}
