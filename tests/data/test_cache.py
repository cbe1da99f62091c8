"""The cache of decoded samples: the same bits again, never old ones, never damaged ones, never too much."""

import os
import threading
import time

import numpy as np
import pytest

from netbuilder.data import cache as caching
from netbuilder.data import facts, gather, stamps
from netbuilder.data.cache import Cache, Damaged
from netbuilder.data.errors import DataError
from netbuilder.data.loaders import open_data
from netbuilder.data.place import Place
from netbuilder.data.reading import Reading
from netbuilder.graph.model import Column
from tests.data import streaming
from tests.data.streaming import dataset, written

COLUMNS = (Column("x", shape=(2,)), Column("y", dtype="int64"))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Every reading is slow enough to be worth a cache."""
    monkeypatch.setitem(facts.SOURCES, "rows", streaming.SOURCE)
    monkeypatch.setattr(gather, "_is_quick", lambda rows, count: False)
    return Cache(tmp_path / "cache")


def opened(path, cache, **params):
    loaded = open_data(dataset(path, **params), 0, place=Place(path.parent), reading=Reading("memory", -1, cache=cache))
    for thread in threading.enumerate():
        if thread.name == "cache":
            thread.join()
    return loaded


def rows(loaded):
    return {float(x[0]): int(y) for part in loaded.splits for x, y in zip(part["x"], part["label"], strict=True)}


def entries(cache):
    return sorted(path.name for path in cache.folder.iterdir())


def test_what_was_kept_is_the_same_and_nothing_is_read_again(tmp_path, cache, monkeypatch):
    path = written(tmp_path / "rows.bin")
    first = rows(opened(path, cache))
    assert len(entries(cache)) == 1
    monkeypatch.setattr(streaming.FileRows, "__call__", lambda self, indices: pytest.fail("it was read again"))
    assert rows(opened(path, cache)) == first


@pytest.mark.parametrize("limit", [stamps.SMALL_BYTES, 0], ids=["by content", "by stamps"])
def test_a_changed_file_never_gives_old_samples(tmp_path, cache, monkeypatch, limit):
    monkeypatch.setattr(stamps, "SMALL_BYTES", limit)
    path = written(tmp_path / "rows.bin")
    before, times = rows(opened(path, cache)), path.stat()
    written(path, seed=1)  # as many bytes, and the time is put back
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = rows(opened(path, cache))
    assert after != before
    numbers = np.random.default_rng(1).normal(size=(100, streaming.WIDTH)).astype(np.float32)
    assert set(after) == set(numbers[:, 0].tolist())


def test_content_counts_and_not_its_place_where_all_of_it_is_looked_at(tmp_path, cache):
    opened(written(tmp_path / "rows.bin"), cache)
    (tmp_path / "elsewhere").mkdir()
    opened(written(tmp_path / "elsewhere" / "rows.bin"), cache)
    assert len(entries(cache)) == 1
    opened(written(tmp_path / "elsewhere" / "rows.bin", seed=3), cache)
    assert len(entries(cache)) == 2


def flip(folder):
    content = bytearray((folder / "0.npy").read_bytes())
    content[-5] ^= 1
    (folder / "0.npy").write_bytes(content)


def pickled(folder):
    np.save(folder / "0.npy", np.array([{}], dtype=object), allow_pickle=True)


DAMAGES = {
    "a bit": flip,
    "cut short": lambda folder: os.truncate(folder / "0.npy", 300),
    "empty": lambda folder: os.truncate(folder / "1.npy", 0),
    "a file less": lambda folder: (folder / "1.npy").unlink(),
    "no word of it": lambda folder: (folder / caching.ENTRY).write_text("{"),
    "pickles": pickled,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_noticed_said_and_mended(tmp_path, cache, damage):
    path = written(tmp_path / "rows.bin")
    first = opened(path, cache)
    damage(cache.folder / entries(cache)[0])
    again = opened(path, cache)
    assert rows(again) == rows(first)
    assert again.notes == ("What was kept of the data on this machine was damaged; it is read anew.",)
    assert opened(path, cache).notes == ()


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path, cache, monkeypatch):
    path = written(tmp_path / "rows.bin")
    read = streaming.FileRows.__call__

    def meanwhile(self, indices):
        found = read(self, indices)
        written(path, seed=1)
        return found

    monkeypatch.setattr(streaming.FileRows, "__call__", meanwhile)
    opened(path, cache)
    assert entries(cache) == []


def test_a_place_where_nothing_can_be_written_only_costs_time(tmp_path, cache):
    cache.folder.write_text("in the way")
    path = written(tmp_path / "rows.bin")
    assert len(rows(opened(path, cache))) == 100


def put(cache, key, seed=0, count=100):
    writing = cache.begin(key, COLUMNS, count, 10)
    chance = np.random.default_rng(seed)
    for start in range(0, count, 10):
        arrays = {"x": chance.normal(size=(10, 2)).astype(np.float32), "y": np.arange(start, start + 10)}
        writing.put(arrays)
    writing.keep()


def test_what_was_used_longest_ago_goes_first(tmp_path):
    size = 100 * (8 + 8) + 900  # with headers and the entry's own file
    cache = Cache(tmp_path, most_bytes=3 * size)
    for number, key in enumerate("abc"):
        put(cache, key)
        os.utime(tmp_path / key, (number, number))
    assert cache.find("a") is not None  # and so it was used last
    put(cache, "d")
    assert entries(cache) == ["a", "c", "d"]
    assert cache.begin("e", COLUMNS, 4000, 10) is None  # larger than all


def test_two_may_write_the_same_and_who_was_killed_leaves_nothing(tmp_path):
    cache = Cache(tmp_path)
    threads = [threading.Thread(target=put, args=(Cache(tmp_path), "same")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entries(cache) == ["same"]
    assert np.array_equal(cache.find("same")["y"], np.arange(100))
    (tmp_path / ".part-999999999-abc").mkdir()
    living = tmp_path / f".part-{os.getpid()}-abc"
    living.mkdir()
    put(cache, "other")
    assert entries(cache) == [living.name, "other", "same"]
    assert cache.find("none") is None


def test_an_entry_of_another_kind_is_damage(tmp_path):
    cache = Cache(tmp_path)
    put(cache, "a")
    np.save(tmp_path / "a" / "0.npy", np.zeros((100, 2)))
    with pytest.raises(Damaged):
        cache.find("a")
    assert entries(cache) == []


def test_its_folder_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv(caching.FOLDER, str(tmp_path))
    assert Cache.of_this_machine().folder == tmp_path
    monkeypatch.delenv(caching.FOLDER)
    assert "netbuilder" in str(Cache.of_this_machine().folder)


def test_what_was_written_just_now_is_waited_for(tmp_path):
    path = written(tmp_path / "rows.bin")
    found = stamps.Stamps((path,))
    found.settle()
    assert time.time() - path.stat().st_mtime >= stamps.TICK_SECONDS * 0.9
    found.check()
    path.unlink()
    with pytest.raises(DataError, match=r"rows\.bin"):
        found.check()
