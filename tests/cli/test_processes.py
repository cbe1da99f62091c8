"""Commands as processes: the window opens from the command line, and an interrupted export leaves nothing."""

import os
import signal
import subprocess
import sys
import time

import pytest

from netbuilder.child import python_environment


def command(*arguments):
    return [sys.executable, "-P", "-m", "netbuilder", *map(str, arguments)]


@pytest.mark.parametrize("how", ["nothing", "file", "template", "a file called like a command"])
def test_the_window_opens(how, project_file, tmp_path):
    odd = tmp_path / "train"
    odd.write_bytes(project_file.read_bytes())
    arguments = {
        "nothing": [],
        "file": [project_file],
        "template": ["--template", "cnn_digits"],
        "a file called like a command": ["./train"],
    }[how]
    home = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        command(*arguments, "--quit-when-ready"),
        env={**python_environment(), **home, "QT_QPA_PLATFORM": "offscreen"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "ready\n"


def test_an_interrupted_export_leaves_nothing(project_file, tmp_path):
    target = tmp_path / "out" / "net.onnx"
    target.parent.mkdir()
    target.write_bytes(b"older")
    process = subprocess.Popen(
        command("export", project_file, "--untrained", "--to", target),
        env=python_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        end = time.monotonic() + 120
        while len(os.listdir(target.parent)) < 2:  # the file comes into being in a folder beside its place
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert os.listdir(target.parent) == ["net.onnx"]
    if process.returncode == 130:
        assert target.read_bytes() == b"older"
        assert err.count("\n") == 1
    else:  # it was put in its place a moment before
        assert process.returncode == 0
