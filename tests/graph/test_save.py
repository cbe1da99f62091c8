"""Saving: the file is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from immutables import Map

from netbuilder.graph import write
from netbuilder.graph.file import MAX_BYTES, FileError, NewerVersion, TooLarge, dumps, load, save
from netbuilder.graph.model import Graph, Node, Project
from netbuilder.graph.write import TORN, copy_beside, finish

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
def test_hard_links_stay(path, tmp_path):
    other = tmp_path / "other" / "name.netbuilder"
    other.parent.mkdir()
    os.link(path, other)
    path.chmod(0o604)
    for project in (NEW, OLD):  # a longer one and a shorter one
        save(project, other)
        assert path.samefile(other)
        assert load(path) == load(other) == project
    assert path.stat().st_mode & 0o777 == 0o604
    assert os.listdir(other.parent) == [other.name]


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("may_give", [True, False])
def test_the_owner_stays(path, monkeypatch, may_give):
    """Where a new file cannot be given to the owner, the old one is written over."""
    os.chown(path, 1234, 2345)
    path.chmod(0o660)
    inode = path.stat().st_ino
    if not may_give:
        monkeypatch.setattr(write.os, "chown", _refuse)
    save(NEW, path)
    found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1234, 2345, 0o660)
    assert (found.st_ino == inode) != may_give
    assert load(path) == NEW


def _refuse(*_, **__):
    raise PermissionError(errno.EPERM, "not permitted")


@posix
def test_a_file_that_may_not_be_written_is_left(path, monkeypatch):
    monkeypatch.setattr(write.os, "access", lambda *_: False)  # root may write whatever the mode says
    with pytest.raises(FileError, match="was not saved: it may not be touched"):
        save(NEW, path)
    assert load(path) == OLD


class Killed(BaseException):
    """As if the process had ended here."""


@posix
@pytest.mark.parametrize("last", range(12))
def test_wherever_writing_over_stops_the_whole_is_read(path, tmp_path, monkeypatch, last):
    """A file with two names is written where it is; after each call to the system it may be the last one."""
    os.link(path, tmp_path / "other name")
    calls = []

    def counted(call):
        def wrapper(*arguments):
            if len(calls) == last:
                raise Killed
            calls.append(call.__name__)
            return call(*arguments)

        return wrapper

    with monkeypatch.context() as patch:
        for name in ("write", "fsync", "ftruncate", "posix_fallocate", "replace"):
            patch.setattr(write.os, name, counted(getattr(os, name)))
        with pytest.raises(Killed):
            save(NEW, path)
    assert load(path) == (NEW if "write" in calls else OLD)
    finish(path)
    assert load(path) == load(tmp_path / "other name") == (NEW if "write" in calls else OLD)
    assert path.read_bytes()[:1] != TORN
    assert not copy_beside(path).exists()


@posix
@pytest.mark.parametrize("linked", [False, True], ids=["one name", "two names"])
def test_a_disk_that_is_really_full_is_told_and_the_old_file_stays(tmp_path, linked):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        path = disk / "net.netbuilder"
        save(OLD, path)
        if linked:
            os.link(path, disk / "other name")
        with pytest.raises(FileError, match=r"^net\.netbuilder was not saved: the disk is full$"):
            save(NEW, path)
        assert load(path) == OLD
        assert sorted(os.listdir(disk)) == (["net.netbuilder", "other name"] if linked else ["net.netbuilder"])
    finally:
        subprocess.run(["umount", disk], check=True)


@posix
def test_a_disk_that_fills_up_while_a_file_is_written_over_leaves_the_old_one(path, tmp_path, monkeypatch):
    os.link(path, tmp_path / "other name")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(write.os, "ftruncate", full)
        with pytest.raises(OSError, match="No space"):  # the old content cannot be put back either: the copy counts
            write.write_atomically(path, dumps(NEW))
    assert load(path) == NEW
    save(OLD, path)
    calls = []

    def full_once(*arguments):
        calls.append(arguments)
        return full() if len(calls) == 1 else os_fallocate(*arguments)

    os_fallocate = os.posix_fallocate
    with monkeypatch.context() as patch:
        patch.setattr(write.os, "posix_fallocate", full_once)
        with pytest.raises(FileError, match="the disk is full"):
            save(NEW, path)
    assert load(path) == load(tmp_path / "other name") == OLD
    assert not copy_beside(path).exists()


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


KILLS = 200
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from netbuilder.graph.file import read
from netbuilder.graph.write import write_atomically
path, old, new = map(Path, sys.argv[1:4])
datas = [new.read_bytes(), old.read_bytes()]
random_ = random.Random(0)
cut_short = torn = 0
for number in range(int(sys.argv[4])):
    ready, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(says, b"x")
        while True:
            for data in datas:
                write_atomically(path, data)
    os.read(ready, 1)
    until = time.perf_counter() + random_.uniform(0, 0.01)
    while time.perf_counter() < until:  # a wait would be too coarse for moments within one save
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready)
    os.close(says)
    torn += path.read_bytes()[:1] == b"\\0"
    if read(path) not in datas:
        sys.exit(f"kill {number} left neither of the two")
    for left in path.parent.glob(".*.part"):
        cut_short += 1
        left.unlink()
print(cut_short, torn)
"""


@posix
@pytest.mark.parametrize("linked", [False, True], ids=["one name", "two names"])
def test_killed_while_saving_the_file_is_whole(path, tmp_path, linked):
    """200 kills at random moments of writing: what is read is always one of the two projects, whole."""
    folder = tmp_path / "sources"
    folder.mkdir()
    save(OLD, folder / "old")
    save(NEW, folder / "new")
    if linked:
        os.link(path, folder / "other name")
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(path), str(folder / "old"), str(folder / "new"), str(KILLS)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    cut_short, torn = map(int, done.stdout.split())
    assert cut_short + torn > 20  # so the kills did come in the middle of it
    assert bool(torn) == linked
    assert load(path) in (OLD, NEW)
    if linked:
        finish(path)
        assert path.samefile(folder / "other name")
        assert load(folder / "other name") in (OLD, NEW)
        assert not copy_beside(path).exists()


@posix
def test_a_disk_that_stays_full_never_costs_the_copy_that_counts(path, tmp_path, monkeypatch):
    """Writing over was interrupted, so that the whole content lies only in the copy; then it is tried again."""
    os.link(path, tmp_path / "other name")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(write.os, "ftruncate", full)
        with pytest.raises(OSError, match="No space"):
            write.write_atomically(path, dumps(NEW))
    calls = []

    def full_once(*arguments):
        calls.append(arguments)
        return full() if len(calls) == 1 else os_fallocate(*arguments)

    os_fallocate = os.posix_fallocate
    with monkeypatch.context() as patch:
        patch.setattr(write.os, "posix_fallocate", full_once)
        with pytest.raises(FileError, match="the disk is full"):
            save(OLD, path)
    assert load(path) == NEW
