"""The one form in which a source of data is declared. Everything else about it is derived from this value.

A declaration imports neither numpy nor torch: windows and forms read it. What reads the data is named by its place
(`reader`), and is imported where data is read.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from netbuilder.blocks.params import Choice, Float, Int, Param, Text
from netbuilder.graph.model import NONE, Column, Value, Values

# How samples come to be for training, validation or test, whatever the source.
WAYS = {
    "fractions": "by shares, drawn at random; every class has its share in each part",
    "folds": "in folds: a run trains once for each, tests it on that fold and averages",
    "time": "in time order: the last for the test, those before for validation",
    "given": "as the source itself says, such as folders or files named train and test",
    "column": "by a column that says train, validation or test",
}
SPLIT: tuple[Param, ...] = (
    Choice(
        name="split",
        default="fractions",
        options=tuple(WAYS),
        help="How samples are parted: " + "; ".join(f"{way}: {words}" for way, words in WAYS.items()) + ".",
    ),
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
    Int(name="folds", default=5, low=2, high=50, help="How many folds there are; each is the test part once."),
    Text(
        name="split_column",
        default="",
        longest=200,
        help="The column whose values are train, validation (or valid, val, dev) and test.",
    ),
    Int(
        name="split_seed",
        default=None,
        optional=True,
        low=0,
        help="Start of the random numbers that part the samples; none: the run's own seed, so each seed parts anew.",
    ),
)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where data comes from.

    `reader` is the full name of a function (dataset, place) -> Table; the data set's columns are () before its first
    scan. `columns` tells columns and number of samples for parameters where they are known without a look at the data,
    None: a scan finds them. `ways`: which splits make sense, the first as the default. `needs`: the parameter that
    names a file or folder, "" where nothing is read from disk. `endings`: of files that it reads.
    """

    name: str
    title: str
    summary: str
    reader: str
    group: str = "Built in"
    columns: Callable[[Values], tuple[tuple[Column, ...], int]] | None = None
    own: tuple[Param, ...] = ()
    ways: tuple[str, ...] = ("fractions", "folds")
    needs: str = ""
    endings: tuple[str, ...] = ()
    origin: str = ""

    @property
    def params(self) -> tuple[Param, ...]:
        """Its own parameters, then those of the split, with the ways that it knows."""
        split, *others = SPLIT
        assert isinstance(split, Choice)
        ways = msgspec.structs.replace(split, options=self.ways, default=self.ways[0])
        return (*self.own, ways, *others)

    def value(self, values: Values, name: str) -> Value:
        """The value of a parameter, or its default. Raises KeyError for an unknown name."""
        default = {param.name: param.default for param in self.params}[name]
        return values.get(name, default)

    def check(self, values: Values) -> dict[str, str]:
        """What is wrong with each wrong or unknown parameter, by name."""
        known = {param.name: param for param in self.params}
        wrong = {name: known[name].check(value) for name, value in values.items() if name in known}
        unknown = {name: f"{self.title} has no parameter of this name" for name in values if name not in known}
        return {name: text for name, text in {**wrong, **unknown}.items() if text}


def shown(source: Source, values: Values = NONE) -> tuple[Param, ...]:
    """The parameters that mean something with these values: those of the way in which it is split, not of others."""
    way = source.value(values, "split")
    shares = {"fractions": ("validation", "test"), "time": ("validation", "test"), "given": ("validation",)}
    wanted = {
        "split",
        *shares.get(str(way), ("validation",)),
        *({"folds": ("folds",), "column": ("split_column",)}.get(str(way), ())),
        *(("split_seed",) if way != "time" else ()),
    }
    split = {param.name for param in SPLIT}
    return tuple(param for param in source.params if param.name not in split or param.name in wanted)
