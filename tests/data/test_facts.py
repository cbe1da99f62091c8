"""Facts of data sources: known at once, and true of the data itself."""

import importlib
import subprocess
import sys

import pytest
from immutables import Map

from netbuilder.data import facts, loaders
from netbuilder.data.place import Place
from netbuilder.data.readers import read
from netbuilder.graph.model import Dataset

KNOWN = [name for name, source in facts.SOURCES.items() if source.columns is not None]


def test_what_reads_a_source_is_there():
    for source in facts.SOURCES.values():
        module, _, function = source.reader.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function)), source.name


@pytest.mark.parametrize("name", KNOWN)
def test_the_facts_are_true_of_the_data(name):
    dataset = facts.facts(name)
    splits = loaders.load(dataset, seed=0)
    table = read(dataset, Place())
    assert table.count == dataset.samples
    left_out = dataset.samples - sum(map(loaders.samples, splits))
    given = 0 if table.given is None else int((table.given < 0).sum())
    assert 0 <= left_out <= max(2 * table.reach, given)  # samples that share values with another part
    for column in dataset.columns:
        values = splits.train[column.id]
        assert tuple(values.shape[1:]) == column.shape
        assert str(values.dtype) == f"torch.{column.dtype}"
        assert len(column.axes.split()) == len(column.shape)
        if column.role == "class":
            assert values.unique().tolist() == list(range(len(column.classes)))
        if column.role == "image":
            assert 0.0 <= values.min() < 0.1 < 0.9 < values.max() <= 1.0


def test_shares_are_kept_and_wrong_ones_refused():
    assert facts.facts("digits", Map(test=0.5)).params == Map(test=0.5)
    assert loaders.samples(loaders.load(facts.facts("digits", Map(test=0.5)), seed=0).test) == pytest.approx(899, abs=5)
    with pytest.raises(ValueError, match=r"^datasets\.params\.test: must be 0 to 0\.9, is 2$"):
        facts.facts("digits", Map(test=2.0))
    with pytest.raises(ValueError, match="Handwritten digits has no parameter of this name"):
        facts.facts("digits", Map(wings=2))


def test_an_unknown_source_is_named():
    with pytest.raises(facts.UnknownSource, match=r"^There is no data source 'mnist'; there are digits"):
        facts.facts("mnist")


def test_facts_need_neither_torch_nor_the_data():
    code = "import sys; from netbuilder.data.facts import facts; facts('digits'); print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "sklearn", "numpy"} & set(eval(modules))
    assert isinstance(facts.facts("digits"), Dataset)
