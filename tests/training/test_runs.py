"""Real runs: a detached supervisor and a trainer, steered, killed, resumed."""

import os
import random
import signal
import subprocess
import sys

import msgspec
import pytest

from netbuilder.child import python_environment
from netbuilder.training import client, files
from netbuilder.training.run import STATUS, Run, RunError, create
from netbuilder.training.settings import resolve
from tests.training.here import epochs, same, weights
from tests.training.projects import digits_project
from tests.training.waiting import ended, kill_all, processes, step_of, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
FOR_EVER = 100_000


def started(folder, **settings):
    chosen = resolve({"threads": 1, "checkpoint_seconds": 0.05, "best": "accuracy", **settings})
    run = create(digits_project(), "training", chosen, folder)
    client.start(run)
    return run


def trains_on(run, beyond):
    """Waits until the run trains and has come further than that step."""
    until(lambda: run.status().state == "running" and step_of(run) > beyond, f"training beyond step {beyond}", run)


def freeze(run, good):
    """Holds the trainer still, without its knowing, while a checkpoint of a good step is its last one."""
    trainer = processes(run.path)["trainer"]

    def frozen():
        os.kill(trainer, signal.SIGSTOP)
        if good(run.checkpoint("last").step):
            return True
        os.kill(trainer, signal.SIGCONT)
        return False

    until(frozen, "a checkpoint of such a step", run)


def test_a_run_killed_at_random_steps_ends_with_the_same_bits(tmp_path):
    chance = random.Random(os.environ.get("NETBUILDER_KILL_SEED", "7"))
    settings = {"epochs": 60, "batch_size": 16, "checkpoint_seconds": 0.02}
    whole = started(tmp_path / "whole", **settings)
    assert ended(whole) == "finished", whole.status()
    with pytest.raises(RunError, match="has finished"):
        client.resume(whole)
    steps = whole.status().steps
    run = started(tmp_path / "killed", **settings)
    killed, epoch = [], steps // settings["epochs"]
    for share, amid in ((0.05, False), (0.25, True), (0.5, False)):
        goal = int(steps * (share + chance.uniform(0, 0.1)))
        until(lambda goal=goal: step_of(run) >= goal, f"step {goal}", run)
        if amid:
            freeze(run, lambda step: step % epoch != 0)
        os.kill(processes(run.path)["trainer"], signal.SIGKILL)
        assert ended(run) == "failed"
        assert run.status().error == "The trainer was killed by signal 9, possibly out of memory."
        killed.append(run.checkpoint("last").step)
        client.resume(run)
    assert killed[1] % epoch != 0  # within an epoch: order, sums and random numbers go on from there
    assert ended(run) == "finished", run.status()
    assert [record["step"] for record in run.metrics()[0] if record["kind"] == "resumed"] == killed
    assert run.status().step == steps
    assert same(weights(run), weights(whole))
    assert same(weights(run, "best"), weights(whole, "best"))
    assert run.checkpoint("best").step == whole.checkpoint("best").step
    assert epochs(run) == epochs(whole)
    assert run.results() == whole.results()


def test_pause_holds_resume_goes_on_stop_ends_with_results_and_shutting_down_stops(tmp_path):
    run = started(tmp_path, epochs=FOR_EVER, checkpoint_seconds=3600)
    trains_on(run, 20)
    client.pause(run)
    until(lambda: run.status().state == "paused", "the pause", run)
    held = run.status().step
    assert run.checkpoint("last").step == held
    assert step_of(run) == held
    client.resume(run)
    trains_on(run, held)
    client.stop(run)
    assert ended(run) == "stopped"
    assert run.results()["test"]["accuracy"] > 0.5
    stopped_at = run.status().step
    assert run.checkpoint("last").step == stopped_at
    client.resume(run)
    trains_on(run, stopped_at)
    assert run.results() is None
    with pytest.raises(RunError, match="still running"):
        client.start(run)
    os.kill(processes(run.path)["supervisor"], signal.SIGTERM)  # as the system does when it shuts down
    assert ended(run) == "stopped"
    assert run.checkpoint("last").step == run.status().step > stopped_at


def test_a_run_goes_on_when_whoever_started_it_is_killed_and_its_supervisor_too(tmp_path):
    run = create(digits_project(), "training", resolve({"epochs": FOR_EVER}), tmp_path)
    code = (
        "import sys, time; from pathlib import Path; from netbuilder.training import client, run\n"
        "client.start(run.Run(Path(sys.argv[1]))); print('started', flush=True); time.sleep(1000)"
    )
    command = [sys.executable, "-c", code, str(run.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=python_environment(), start_new_session=True) as parent:
        assert parent.stdout.readline() == b"started\n"
        until(lambda: run.alive, "the supervisor's lock")
        os.killpg(parent.pid, signal.SIGKILL)
    trains_on(run, 20)
    os.kill(processes(run.path)["supervisor"], signal.SIGKILL)
    until(lambda: "supervisor" not in processes(run.path), "the supervisor's end")
    found = Run(run.path)  # as the next window finds it
    assert found.status().state == "running"
    with pytest.raises(RunError, match="still running"):
        client.start(found)
    trains_on(found, step_of(found))
    client.stop(found)
    assert ended(found) == "stopped"


def test_a_vanished_run_is_resumed_by_one_trainer_though_two_windows_ask(tmp_path):
    run = started(tmp_path, epochs=FOR_EVER)
    until(lambda: bool(run.checkpoints()) and step_of(run) > 20, "a checkpoint", run)
    kill_all(run.path, signal.SIGKILL)
    assert ended(run) == "vanished"
    with pytest.raises(RunError, match="not running"):
        client.pause(run)
    said, last = run.status(), run.checkpoint("last").step
    client.resume(run)
    files.write(run.path / STATUS, msgspec.json.encode(said))  # what a second window saw an instant ago
    until(lambda: run.alive, "the first supervisor")
    command = [sys.executable, "-P", "-m", "netbuilder.training.supervisor", str(run.path)]
    second = subprocess.run(command, env=python_environment(), capture_output=True, text=True)
    assert second.returncode != 0
    assert "already watches" in second.stdout
    trains_on(run, last)
    assert run.status().error == ""
    client.stop(run)
    assert ended(run) == "stopped"
