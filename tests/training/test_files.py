"""Files are whole or not there; locks die with their holder."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from netbuilder.child import python_environment
from netbuilder.training import files


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path, monkeypatch):
    path = tmp_path / "status.json"
    files.write(path, b"old")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_is_held_by_one_and_looking_does_not_take_it(tmp_path):
    path = tmp_path / "lock"
    assert not files.is_held(path)
    lock = files.Lock(path)
    assert files.is_held(path)
    with pytest.raises(files.Held):
        files.Lock(path)
    lock.release()
    assert not files.is_held(path)
    assert not files.is_held(path)
    files.Lock(path).release()


def test_a_killed_process_gives_its_lock_back(tmp_path):
    path = tmp_path / "lock"
    code = "import sys; from pathlib import Path; from netbuilder.training import files\n"
    code += "lock = files.Lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=python_environment()) as process:
        assert process.stdout.readline() == b"held\n"
        assert files.is_held(path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not files.is_held(path)


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "not allowed"), (errno.EIO, "Input/output error")],
)
def test_problems_of_the_disk_are_sentences(number, says):
    text = files.explain(OSError(number, os.strerror(number), "/there"), "Writing")
    assert text.startswith("Writing /there failed")
    assert says in text
