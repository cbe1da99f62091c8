"""Memory that several processes write into, and samples laid out in it by their parts: the same bits as read by one."""

import os
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.data import files, gather
from netbuilder.data.cache import Cache
from netbuilder.data.errors import DataError
from netbuilder.data.loaders import Reading, open_data
from netbuilder.data.place import Place
from netbuilder.data.shared import Shared
from netbuilder.graph.model import Column
from tests.data.own import picture, scanned

COLUMNS = (Column("x", shape=(3,), dtype="uint8"), Column("y", dtype="int64"))
LINUX = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no such memory")


@LINUX
@given(st.permutations(range(12)), st.integers(1, 12))
def test_each_sample_comes_to_its_place(places, size):
    shared = Shared(COLUMNS, 12)
    samples = {"x": np.arange(36, dtype=np.uint8).reshape(12, 3), "y": np.arange(12)}
    for start in range(0, 12, size):
        piece = slice(start, start + size)
        shared.target.put(np.array(places[piece]), {id: array[piece] for id, array in samples.items()})
    found = shared.arrays()
    shared.close()
    for id, array in samples.items():
        assert np.array_equal(found[id][places], array)
        assert (found[id].dtype, found[id].shape) == (array.dtype, array.shape)
    with pytest.raises(OSError):
        shared.target.put(np.arange(12), samples)


@given(st.lists(st.sampled_from([0, 1, 2, -1]), min_size=1, max_size=300))
def test_parts_lie_one_after_the_other_and_nothing_is_lost(of):
    of = np.array(of)
    parts = [np.flatnonzero(of == part) for part in range(3)]
    layout, stretches = gather.Layout.of_parts(parts, len(of))
    laid = np.full(layout.length, -1)
    laid[layout.places] = np.arange(len(of))
    assert len(set(layout.places.tolist())) == len(of)
    for part, stretch in zip(parts, stretches, strict=True):
        assert np.array_equal(laid[stretch], part)


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """A folder of pictures that is read as many are, the data set as scanned."""
    for number in range(150):
        picture(tmp_path / "pets" / ("cat", "dog", "emu")[number % 3] / f"{number}.png", seed=number)
    found, _ = scanned(tmp_path, "image_folder", path="pets")
    monkeypatch.setattr(gather, "_is_quick", lambda rows, count: False)
    return found


def parts(dataset, tmp_path, workers, seed=0, kept="cache"):
    reading = Reading("memory", workers, cache=Cache(tmp_path / kept))
    splits = open_data(dataset, seed, place=Place(tmp_path), reading=reading).splits
    for thread in threading.enumerate():
        if thread.name == "cache":
            thread.join()
    return [{id: tensor.numpy() for id, tensor in part.items()} for part in splits]


def same(one, other):
    return all(
        np.array_equal(part[id], part2[id]) for part, part2 in zip(one, other, strict=True) for id in part2
    ) and [list(part) for part in one] == [list(part) for part in other]


def test_read_by_one_by_many_through_pipes_and_again_it_is_the_same(pictures, tmp_path, monkeypatch):
    alone = parts(pictures, tmp_path, -1, kept="alone")
    assert all(len(part["label"]) for part in alone)
    assert sum(len(part["label"]) for part in alone) == 150
    assert same(parts(pictures, tmp_path, 2), alone)
    for seed in (0, 1):  # laid out anew from what was kept, which knows of no parts
        by_one = parts(pictures, tmp_path, -1, seed, kept=f"alone {seed}")
        with monkeypatch.context() as patched:
            patched.setattr(gather, "_read_by_many", lambda *_: pytest.fail("it was read again"))
            assert same(parts(pictures, tmp_path, 2, seed), by_one)

    def none(*_):
        raise OSError("no such memory here")

    monkeypatch.setattr(gather, "Shared", none)
    assert same(parts(pictures, tmp_path, 2, kept="pipes"), alone)


def test_a_spoilt_picture_is_a_sentence_from_any_process(pictures, tmp_path):
    (tmp_path / "pets" / "cat" / "3.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    with pytest.raises(DataError, match=r"cat/3\.png"):
        parts(pictures, tmp_path, 2)


@pytest.mark.parametrize("small", [2**20, 3])
def test_a_small_file_is_read_at_once_and_a_large_one_as_it_is_asked_for(tmp_path, monkeypatch, small):
    monkeypatch.setattr(files, "SMALL_BYTES", small)
    (tmp_path / "x").write_bytes(b"12345")
    with files.opened_whole(tmp_path / "x") as file:
        assert (file.read(2), file.read(), file.seek(1), file.read()) == (b"12", b"345", 1, b"2345")
    for wrong in (tmp_path, tmp_path / "none"):
        with pytest.raises(DataError):
            files.opened_whole(wrong)
