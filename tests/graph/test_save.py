"""Saving: the file is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from immutables import Map

from netbuilder.graph import write
from netbuilder.graph.file import MAX_BYTES, FileError, NewerVersion, TooLarge, dumps, load, save
from netbuilder.graph.model import Graph, Node, Project

OLD = Project("old", Map(g=Graph(nodes=Map(a=Node("ReLU")))))
NEW = Project("new", Map(g=Graph(nodes=Map({f"n{number}": Node("Conv2d") for number in range(3000)}))))
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes, links and pipes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "my net.netbuilder"
    save(OLD, path)
    return path


def test_what_is_saved_is_loaded(path):
    assert load(path) == OLD
    save(NEW, path)
    assert load(path) == NEW
    assert os.listdir(path.parent) == [path.name]


@posix
def test_mode_and_symbolic_link_stay(path):
    path.chmod(0o640)
    link = path.parent / "folder" / "link.netbuilder"
    link.parent.mkdir()
    link.symlink_to("../my net.netbuilder")
    save(NEW, link)
    assert link.is_symlink()
    assert load(path) == NEW
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(link.parent) == ["link.netbuilder"]


@posix
def test_a_new_file_has_the_usual_mode(tmp_path):
    before = os.umask(0o027)
    try:
        save(OLD, tmp_path / "a.netbuilder")
    finally:
        os.umask(before)
    assert (tmp_path / "a.netbuilder").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_is_told_and_the_old_file_stays(path, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write.os, step, full)
    with pytest.raises(FileError, match=r"^my net\.netbuilder was not saved: the disk is full$"):
        save(NEW, path)
    monkeypatch.undo()
    assert load(path) == OLD
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device")
def test_a_device_is_not_written_over():
    with pytest.raises(FileError, match="not an ordinary file"):
        save(OLD, "/dev/full")


def test_a_file_that_is_held_for_a_moment_is_replaced_when_let_go(path, monkeypatch):
    held = [PermissionError(errno.EACCES, "in use")] * 3
    replace, waits = os.replace, []

    def refuse(*args):
        if held:
            raise held.pop()
        replace(*args)

    monkeypatch.setattr(write.os, "replace", refuse)
    monkeypatch.setattr(write.time, "sleep", waits.append)
    save(NEW, path)
    assert load(path) == NEW
    assert waits == list(write.REPLACE_WAITS[:4])


def test_a_file_that_is_held_for_good_is_told(path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(write.os, "replace", refuse)
    monkeypatch.setattr(write.time, "sleep", lambda _: None)
    with pytest.raises(FileError, match="permission denied"):
        save(NEW, path)
    assert os.listdir(path.parent) == [path.name]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileError, match=r"^a\.netbuilder was not saved: there is no such file or folder$"):
        save(OLD, tmp_path / "gone" / "a.netbuilder")


def test_a_newer_file_is_left_as_it_is(path):
    newer = dumps(OLD).replace(b'"netbuilder": 1', b'"netbuilder": 7')
    path.write_bytes(newer)
    with pytest.raises(NewerVersion):
        load(path)
    with pytest.raises(NewerVersion, match="newer netbuilder"):
        save(NEW, path)
    assert path.read_bytes() == newer


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    with pytest.raises(FileError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(FileError, match="there is no such file"):
        load(tmp_path / "gone.netbuilder")
    with pytest.raises(FileError, match="cannot be read"):
        load("a\0b")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(FileError, match="pipe is not an ordinary file"):
            load(tmp_path / "pipe")
        with pytest.raises(FileError, match="zero is not an ordinary file"):
            load("/dev/zero")
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(FileError, match="circle"):
            load(tmp_path / "loop")


def test_a_huge_file_is_refused_by_its_size(tmp_path):
    with open(tmp_path / "huge.netbuilder", "wb") as file:
        file.truncate(MAX_BYTES * 1000)  # sparse: takes no room
    with pytest.raises(TooLarge, match=r"^huge\.netbuilder is larger than 64 MiB$"):
        load(tmp_path / "huge.netbuilder")


SAVER = """
import sys
from pathlib import Path
from netbuilder.graph.write import write_atomically
path, *sources = map(Path, sys.argv[1:])
datas = [source.read_bytes() for source in sources]
print("ready", flush=True)
while True:
    for data in datas:
        write_atomically(path, data)
"""


@posix
def test_killed_while_saving_the_file_is_whole(path, tmp_path):
    """Three dozen kills at random moments of writing: what is there is always one of the two projects, whole."""
    folder = tmp_path / "sources"
    folder.mkdir()
    save(OLD, folder / "old")
    save(NEW, folder / "new")
    wholes = [(folder / name).read_bytes() for name in ("old", "new")]
    random_ = random.Random(0)
    cut_short = 0
    for _ in range(36):
        child = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path), str(folder / "new"), str(folder / "old")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        with child:
            assert child.stdout.readline() == "ready\n"
            until = time.perf_counter() + random_.uniform(0, 0.01)
            while time.perf_counter() < until:  # a wait would be too coarse for moments within one save
                pass
            child.kill()
        assert path.read_bytes() in wholes
        assert load(path) in (OLD, NEW)
        for name in os.listdir(path.parent):
            if name.endswith(".part"):
                cut_short += 1
                (path.parent / name).unlink()
    assert cut_short > 5  # so the kills did come in the middle of it
