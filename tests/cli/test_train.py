"""train: how a run is watched, stopped and shown; and the real thing as a process."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netbuilder.child import python_environment
from netbuilder.cli import train
from netbuilder.cli.errors import BadInput, Failure, Interrupted
from netbuilder.training.run import Run, RunError, Status, find_runs
from tests.predictions import check_predictions


class FakeRun:
    """Goes through its statuses, one a look."""

    name, path = "fake", Path("/runs/fake")

    def __init__(self, *states, records=()):
        self.states = [Status(state=state, epoch=1, epochs=2, step=10, steps=20, elapsed=3.0) for state in states]
        self.said = list(records)

    def status(self):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def metrics(self, offset=0):
        return self.said[offset:], len(self.said)


class Told:
    def __init__(self, interrupt_at=()):
        self.calls, self.looks, self.interrupt_at = [], 0, interrupt_at

    def begin(self, run):
        self.calls.append("begin")

    def records(self, records, status):
        self.looks += 1
        self.calls.append((status.state, len(records)))
        if self.looks in self.interrupt_at:
            raise KeyboardInterrupt

    def say(self, sentence):
        self.calls.append(sentence)

    def end(self, run, status):
        self.calls.append(f"end {status.state}")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(train, "POLL", 0.0)


@pytest.fixture
def stops(monkeypatch):
    asked = []
    monkeypatch.setattr(train.client, "stop", asked.append)
    return asked


def test_a_run_is_watched_to_its_end():
    told = Told()
    run = FakeRun("starting", "running", "finished", records=[{"kind": "step"}])
    assert train.watch(run, told).state == "finished"
    assert told.calls == ["begin", ("starting", 1), ("running", 0), ("finished", 0), "end finished"]


def test_the_first_interrupt_asks_the_run_to_stop_and_waits_for_that(stops):
    told = Told(interrupt_at={1})
    run = FakeRun("running", "stopping", "stopped")
    with pytest.raises(Interrupted, match=r"lies in .*fake"):
        train.watch(run, told)
    assert stops == [run]
    assert told.calls[-1] == "end stopped"


def test_the_second_interrupt_only_stops_watching(stops):
    told = Told(interrupt_at={1, 2})
    run = FakeRun("running")
    with pytest.raises(Interrupted, match="No longer watching"):
        train.watch(run, told)
    assert stops == [run]


def test_a_run_that_ended_just_before_the_interrupt_is_no_error(monkeypatch):
    def gone(run):
        raise RunError("not running")

    monkeypatch.setattr(train.client, "stop", gone)
    with pytest.raises(Interrupted):
        train.watch(FakeRun("running", "finished"), Told(interrupt_at={1}))


@pytest.mark.parametrize("state", ["failed", "vanished", "stopped"])
def test_a_run_that_did_not_finish_is_a_failure(state):
    status = Status(state=state, error="killed by signal 9, possibly out of memory", error_graph="net", error_node="a")
    with pytest.raises(Failure) as caught:
        train.finish(FakeRun(state), status)
    if state != "stopped":
        assert "killed by signal 9, possibly out of memory" in str(caught.value)
        assert "net.a" in str(caught.value)


def test_the_only_training_graph_need_not_be_named(make_project):
    project = make_project()
    assert train.choose_training(project) == "training"
    with pytest.raises(BadInput, match="no training graph 'x'; it has: training"):
        train.choose_training(project, "x")


RECORDS = [
    {"kind": "step", "step": 10, "values": {"loss": 1.5, "accuracy": 0.5}},
    {"kind": "epoch", "epoch": 1, "train": {"loss": 1.25}, "validation": {"loss": float("nan"), "[red]x\x1b[31m": 1.0}},
    {"kind": "test", "values": {"accuracy": 0.98765}},
]


def test_lines_for_pipes_are_plain(capsys):
    train.watch(FakeRun("running", "finished", records=RECORDS), train.Lines())
    out = capsys.readouterr().out
    assert "epoch 1/2  train: loss 1.2500  validation: [red]x\\x1b[31m 1.0000, loss nan" in out
    assert "Test: accuracy 0.9877" in out
    assert "\x1b" not in out


def test_json_lines_are_json(capsys):
    train.watch(FakeRun("running", "finished", records=RECORDS), train.JsonLines())
    lines = [json.loads(line, parse_constant=pytest.fail) for line in capsys.readouterr().out.splitlines()]
    assert [line["kind"] for line in lines] == ["started", "step", "epoch", "test", "end"]
    assert lines[2]["validation"]["loss"] == "nan"
    assert lines[-1]["state"] == "finished"
    assert lines[-1]["test"] == {"accuracy": 0.98765}


def test_bars_show_text_as_it_is(capsys):
    train.watch(FakeRun("running", "finished", records=RECORDS), train.Bars())
    out = capsys.readouterr().out
    assert "| validation loss nan, [red]x\\x1b[31m 1" in out
    assert "epoch 2/2" in out
    assert "50%" in out


def command(*arguments):
    return [sys.executable, "-P", "-m", "netbuilder", *map(str, arguments)]


def test_train_then_runs_then_export_then_onnxruntime(project_file, make_project, tmp_path):
    """The same way by command line, with JSON between the stations."""
    env = python_environment()

    def ask(*arguments):
        done = subprocess.run(command(*arguments, "--json"), env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    (checked,) = ask("check", project_file)
    assert checked["errors"] == 0
    (summary,) = ask("summary", project_file)
    (network,) = summary["networks"]
    assert network["parameters"] == 64 * 8 + 8 + 8 * 10 + 10
    assert network["multiply_adds"] == 64 * 8 + 8 * 10
    assert next(row["node"] for row in network["nodes"]) == "image"
    assert {row["node"]: row["shape"] for row in network["nodes"]}["linear1"] == "N x 8"

    lines = ask("train", project_file, "--set", "epochs=20", "--set", "threads=1")
    assert lines[0]["kind"] == "started"
    assert [line["epoch"] for line in lines if line["kind"] == "epoch"][-1] >= 19
    assert lines[-1]["state"] == "finished"
    assert lines[-1]["test"]["accuracy"] > 0.8

    (listed,) = ask("runs", project_file)
    assert [run["state"] for run in listed["runs"]] == ["finished"]
    assert listed["runs"][0]["path"] == lines[0]["run"]
    assert listed["runs"][0]["best"]

    (exported,) = ask("export", project_file)
    target = tmp_path / "small-classifier.onnx"
    assert exported["path"] == str(target)
    assert exported["batches"] == [2, 5]
    assert exported["largest_difference"] < 1e-4
    assert "(best)" in exported["weights"]
    import numpy as np
    import onnx
    import onnxruntime
    from sklearn.datasets import load_digits

    found = {entry.key: entry.value for entry in onnx.load(str(target)).metadata_props}
    assert found["netbuilder.project"] == "Small"
    assert found["netbuilder.network"] == "classifier"
    assert json.loads(found["netbuilder.blocks"])["linear1"] == "Linear"
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    digits = load_digits()
    (logits,) = session.run(None, {"image": (digits.images[:, None] / 16.0).astype(np.float32)})
    accuracy = float((logits.argmax(1) == digits.target).mean())
    assert accuracy > 0.8  # it is the trained network, not a random one

    for checkpoint in ("last", listed["runs"][0]["last"]):
        (again,) = ask("export", project_file, "--checkpoint", checkpoint, "--run", listed["runs"][0]["name"])
        assert "step" in again["weights"]
    (random,) = ask("export", project_file, "--untrained", "--to", tmp_path / "random.onnx")
    assert random["weights"] == "random weights (untrained)"

    # The project changes: weights that do not fit are refused in words, and the older file stays.
    from netbuilder.graph.file import save

    before = target.read_bytes()
    save(make_project(hidden=9), project_file)
    done = subprocess.run(command("export", project_file), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "linear1" in done.stderr
    assert "train it again" in done.stderr
    assert target.read_bytes() == before
    save(make_project(title="Another"), project_file)  # a new title makes no new project, a copy does
    assert ask("export", project_file, "--to", tmp_path / "titled.onnx")[0]["weights"] == exported["weights"]
    copy = tmp_path / "copy.netbuilder"
    copy.write_bytes(project_file.read_bytes())
    (beside,) = ask("runs", copy)
    assert (beside["runs"], beside["others"]) == ([], 1)
    (beside,) = ask("runs", copy, "--all")
    assert [run["path"] for run in beside["runs"]] == [lines[0]["run"]]
    done = subprocess.run(command("export", copy), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "1 of other projects" in done.stderr


def test_a_presets_export_predicts_what_the_trained_model_does(tmp_path):
    env, file, target = python_environment(), tmp_path / "mlp.netbuilder", tmp_path / "mlp.onnx"
    for arguments in (
        ("new", "--template", "mlp_digits", file),
        ("train", file, "--set", "epochs=3", "--set", "threads=1", "--device", "cpu"),
        ("export", file, "--to", target),
    ):
        done = subprocess.run(command(*arguments), env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    (run,) = find_runs(tmp_path / "runs")
    check_predictions(target, run)


def test_ctrl_c_stops_the_run_with_a_checkpoint(project_file):
    env = python_environment()
    arguments = command("train", project_file, "--set", "epochs=100000", "--set", "threads=1")
    process = subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        folder = process.stdout.readline().strip().removeprefix("Run: ")
        try:
            lines = iter(process.stdout.readline, "")  # on a busy machine it says what it does before the first epoch
            assert any(line.startswith("epoch 1/100000") for line in lines)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Stopping: the run writes a checkpoint" in out
    assert err.count("\n") == 1
    assert folder in err
    assert Run(Path(folder)).status().state == "stopped"
    assert Run(Path(folder)).checkpoints()


def test_detached_runs_are_steered_from_the_command_line(project_file):
    env = python_environment()

    def ask(*arguments):
        return subprocess.run(command(*arguments), env=env, capture_output=True, text=True, check=False)

    done = ask("train", project_file, "--detach", "--set", "epochs=100000", "--set", "threads=1")
    assert done.returncode == 0, done.stderr
    run = Run(Path(done.stdout.strip()))
    wait_for(lambda: run.metrics(0)[0])
    assert ask("pause", run.name, "--runs", run.path.parent).returncode == 0
    wait_for(lambda: run.status().state == "paused")
    assert ask("resume", run.path).returncode == 0
    wait_for(lambda: run.status().state == "running")
    done = subprocess.run(
        command("stop", run.name), cwd=project_file.parent, env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout == f"Stopping: {run.path}\n"  # a name is looked for in runs/ here
    wait_for(lambda: run.status().state == "stopped")
    shown = ask("runs", project_file)
    assert run.name in shown.stdout
    assert "stopped" in shown.stdout
    assert ask("stop", run.path).returncode == 2


def wait_for(condition, timeout=60.0):
    import time

    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_terminal_gets_a_bar(project_file):
    """With a terminal on stdout: a moving bar, and the test accuracy at the end."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command("train", project_file, "--set", "threads=1"),
        env={**python_environment(), "TERM": "xterm", "COLUMNS": "160"},
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    while select.select([leader], [], [], 60)[0]:
        try:
            shown += os.read(leader, 65536)
        except OSError:  # Linux says so when nobody holds the other end any more
            break
    os.close(leader)
    text = shown.decode()
    assert process.wait(60) == 0, text
    assert "epoch 2/2" in text
    assert "━" in text
    assert "Test: accuracy 0." in text
