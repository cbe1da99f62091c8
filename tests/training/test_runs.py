"""Real runs: a detached supervisor and a trainer, steered, killed, resumed."""

import os
import random
import signal
import subprocess
import sys

import msgspec
import pytest
import torch
from immutables import Map
from PIL import Image

from netbuilder.child import python_environment
from netbuilder.graph.model import Node
from netbuilder.training import checkpoint, client, files
from netbuilder.training.run import STATUS, Run, RunError, create
from netbuilder.training.settings import resolve
from tests.training.projects import digits_project
from tests.training.waiting import ended, kill_all, processes, step_of, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def started(folder, project=None, **settings):
    chosen = resolve({"epochs": 3, "threads": 1, "checkpoint_seconds": 0.05, **settings})
    run = create(project or digits_project(), "training", chosen, folder)
    client.start(run)
    return run


def weights(run, which="last"):
    return checkpoint.read_weights(run.checkpoint(which).path)["classifier"]


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One run from beginning to end that several tests look at."""
    run = started(tmp_path_factory.mktemp("finished"), epochs=6, best="accuracy")
    assert ended(run) == "finished", run.status()
    return run


def test_a_run_leaves_all_that_it_promises(finished):
    status = finished.status()
    assert (status.epoch, status.epochs, status.step, status.steps) == (6, 6, 120, 120)
    assert (status.device, status.error, status.notes) == ("cpu", "", ())
    records, _ = finished.metrics()
    epochs = [record for record in records if record["kind"] == "epoch"]
    assert [record["epoch"] for record in epochs] == [1, 2, 3, 4, 5, 6]
    assert epochs[-1]["train"]["loss"] < epochs[0]["train"]["loss"]
    assert set(epochs[-1]["validation"]) == {"loss", "accuracy"}
    steps = [record for record in records if record["kind"] == "step"]
    assert steps[-1]["step"] == 120
    assert steps[-1]["lr"] == {"optimizer": 0.01}
    assert steps[-1]["speed"] > 0
    test = records[-1]
    assert test["kind"] == "test"
    assert test["values"]["accuracy"] > 0.8
    assert "class Classifier(nn.Module)" in (finished.path / "model.py").read_text()
    environment = finished.environment()
    assert environment["threads"] == 1
    assert environment["torch"] == torch.__version__
    assert "finished after" in (finished.path / "log.txt").read_text()


def test_results_hold_figures_matrix_and_pictures(finished):
    results = finished.results()
    counts = torch.tensor(results["confusion"]["accuracy"]["counts"])
    assert int(counts.sum()) == 359
    assert float(counts.diagonal().sum() / 359) == pytest.approx(results["test"]["accuracy"])
    assert results["classes"] == list("0123456789")
    assert len(results["samples"]) >= 16
    for sample in results["samples"]:
        with Image.open(finished.path / sample["image"]) as image:
            assert image.size == (8, 8)
        assert 0.1 <= sample["probability"] <= 1
        assert sample["truth"] in results["classes"]
        assert sample["predicted"] in results["classes"]
    assert results["checkpoint"] == finished.checkpoint("best").path.name


def test_previews_are_drawn(finished):
    drawn = sorted(path.name for path in (finished.path / "preview").glob("step-*"))
    assert "step-120" in drawn
    assert {path.name for path in (finished.path / "preview" / "step-120").iterdir()} == {
        "watch_pictures.png",
        "watch_scores.json",
    }


def test_best_is_the_epoch_with_the_best_validation(finished):
    epochs = [record for record in finished.metrics()[0] if record["kind"] == "epoch"]
    values = [record["validation"]["accuracy"] for record in epochs]
    best = finished.checkpoint("best")
    assert best.step == epochs[values.index(max(values))]["step"]
    assert best.values["accuracy"] == max(values)
    assert finished.checkpoint("last").step == 120
    assert finished.checkpoint(best.path.name) == best
    with pytest.raises(RunError, match="has no checkpoint 'step-7'"):
        finished.checkpoint("step-7")


def test_a_finished_run_is_not_resumed(finished):
    with pytest.raises(RunError, match="has finished"):
        client.resume(finished)


def test_watching_changes_nothing(finished, tmp_path):
    """The same weights without previews, without best, with other intervals and evaluated in other portions."""
    quiet = started(
        tmp_path,
        digits_project(previews=False),
        epochs=6,
        preview_every=0,
        checkpoint_seconds=3600,
        eval_batch_size=7,
    )
    other = started(tmp_path, epochs=6, seed=1)
    assert ended(quiet) == ended(other) == "finished"
    assert same(weights(quiet), weights(finished))
    assert not same(weights(other), weights(finished))


def test_a_run_killed_at_random_steps_ends_with_the_same_bits(tmp_path):
    chance = random.Random(os.environ.get("NETBUILDER_KILL_SEED", "7"))
    settings = {"epochs": 40, "batch_size": 16, "best": "accuracy", "checkpoint_seconds": 0.02}
    whole = started(tmp_path / "whole", **settings)
    assert ended(whole) == "finished", whole.status()
    steps = whole.status().steps
    run = started(tmp_path / "killed", **settings)
    killed = []
    for share in (0.15, 0.4, 0.7):
        goal = int(steps * (share + chance.uniform(0, 0.1)))
        until(lambda goal=goal: step_of(run) >= goal, f"step {goal} of {run.status()}")
        os.kill(processes(run.path)["trainer"], signal.SIGKILL)
        assert ended(run) == "failed"
        assert run.status().error == "The trainer was killed by signal 9, possibly out of memory."
        killed.append(run.checkpoint("last").step)
        client.resume(run)
    assert ended(run) == "finished", run.status()
    resumed = [record["step"] for record in run.metrics()[0] if record["kind"] == "resumed"]
    assert resumed == killed
    per_epoch = steps // settings["epochs"]
    assert any(step % per_epoch for step in resumed), "none of the kills came in the middle of an epoch"
    assert run.status().step == steps
    assert same(weights(run), weights(whole))
    assert same(weights(run, "best"), weights(whole, "best"))
    assert run.checkpoint("best").step == whole.checkpoint("best").step
    assert run.results() == whole.results()


def final_epochs(run):
    """Train and validation figures by epoch; later records of an epoch replace those of before an interruption."""
    return {
        record["epoch"]: (record["train"], record["validation"])
        for record in run.metrics()[0]
        if record["kind"] == "epoch"
    }


def test_pause_holds_resume_goes_on_stop_ends_with_results(tmp_path):
    run = started(tmp_path, epochs=100_000, checkpoint_seconds=3600)
    until(lambda: step_of(run) > 20, "some steps", run)
    client.pause(run)
    until(lambda: run.status().state == "paused", "the pause")
    held = step_of(run)
    assert run.checkpoint("last").step == run.status().step
    client.resume(run)
    until(lambda: run.status().state == "running" and step_of(run) > held, "going on", run)
    client.stop(run)
    assert ended(run) == "stopped"
    assert run.results()["test"]["accuracy"] > 0.5
    stopped_at = run.checkpoint("last").step
    assert run.status().step == stopped_at
    client.resume(run)
    until(lambda: step_of(run) > stopped_at and run.status().state == "running", "going on after the stop", run)
    assert run.results() is None
    with pytest.raises(RunError, match="still running"):
        client.start(run)
    client.stop(run)
    assert ended(run) == "stopped"


def test_a_pause_does_not_change_the_weights(tmp_path):
    whole, run = (started(tmp_path / name, epochs=60, batch_size=16) for name in ("whole", "paused"))
    until(lambda: step_of(run) > 0, "the first step", run)
    client.pause(run)
    until(lambda: run.status().state in ("paused", "finished"), "the pause")
    assert run.status().state == "paused"
    client.resume(run)
    assert ended(run) == ended(whole) == "finished"
    assert same(weights(run), weights(whole))
    assert final_epochs(run) == final_epochs(whole)


def test_a_run_goes_on_when_whoever_started_it_is_killed(tmp_path):
    run = create(digits_project(), "training", resolve({"epochs": 100_000}), tmp_path)
    code = (
        "import sys, time; from pathlib import Path; from netbuilder.training import client, run\n"
        "client.start(run.Run(Path(sys.argv[1]))); print('started', flush=True); time.sleep(1000)"
    )
    command = [sys.executable, "-c", code, str(run.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=python_environment(), start_new_session=True) as parent:
        assert parent.stdout.readline() == b"started\n"
        until(lambda: run.alive, "the supervisor's lock")
        os.killpg(parent.pid, signal.SIGKILL)
    until(lambda: step_of(run) > 20 and run.status().state == "running", "training without the parent", run)
    found = Run(run.path)  # as the next window finds it
    client.stop(found)
    assert ended(found) == "stopped"


def test_supervisor_and_trainer_killed_is_vanished_and_can_be_resumed(tmp_path):
    run = started(tmp_path, epochs=100_000)
    until(lambda: bool(run.checkpoints()) and step_of(run) > 20, "a checkpoint")
    kill_all(run.path, signal.SIGKILL)
    assert ended(run) == "vanished"
    with pytest.raises(RunError, match="not running"):
        client.pause(run)
    last = run.checkpoint("last").step
    client.resume(run)
    until(lambda: step_of(run) > last and run.status().state == "running", "going on", run)
    assert run.status().error == ""
    client.stop(run)
    assert ended(run) == "stopped"


def test_a_trainer_whose_supervisor_was_killed_ends_well_and_is_not_started_twice(tmp_path):
    run = started(tmp_path, epochs=100_000)
    until(lambda: step_of(run) > 20, "some steps", run)
    os.kill(processes(run.path)["supervisor"], signal.SIGKILL)
    until(lambda: "supervisor" not in processes(run.path), "the supervisor's end")
    assert run.status().state == "running"
    with pytest.raises(RunError, match="still running"):
        client.start(run)
    client.stop(run)
    assert ended(run) == "stopped"


def test_shutting_down_stops_with_a_checkpoint(tmp_path):
    run = started(tmp_path, epochs=100_000, checkpoint_seconds=3600)
    until(lambda: step_of(run) > 20, "some steps", run)
    os.kill(processes(run.path)["supervisor"], signal.SIGTERM)
    assert ended(run) == "stopped"
    assert run.checkpoint("last").step == run.status().step


def test_a_damaged_last_checkpoint_is_passed_over_and_said(tmp_path):
    settings = {"epochs": 30, "batch_size": 16, "best": "accuracy"}
    whole = started(tmp_path / "whole", **settings)
    run = started(tmp_path / "damaged", **settings)
    until(lambda: len(run.checkpoints()) >= 2, "two checkpoints", run)
    os.kill(processes(run.path)["trainer"], signal.SIGKILL)
    assert ended(run) == "failed"
    path = run.checkpoints()[0].path / checkpoint.OPTIMIZERS
    data = bytearray(path.read_bytes())
    data[-9] ^= 4
    path.write_bytes(data)
    client.resume(run)
    assert ended(run) == ended(whole) == "finished"
    assert any("is damaged: optimizers.safetensors" in note for note in run.status().notes)
    assert same(weights(run), weights(whole))
    assert same(weights(run, "best"), weights(whole, "best"))


def test_when_every_checkpoint_is_damaged_the_run_says_so(tmp_path):
    run = started(tmp_path, epochs=100_000)
    until(lambda: bool(run.checkpoints()), "a checkpoint", run)
    client.stop(run)
    ended(run)
    for facts in run.checkpoints():
        (facts.path / checkpoint.STATE).write_bytes(b"{}")
    client.resume(run)
    assert ended(run) == "failed"
    assert run.status().error.startswith("No checkpoint of this run can be used. The checkpoint step-")


def test_another_source_than_the_recorded_one_is_reported(tmp_path):
    run = started(tmp_path, epochs=100_000)
    until(lambda: step_of(run) > 0, "a step", run)
    client.stop(run)
    assert ended(run) == "stopped"
    (run.path / "model.py").write_text("raise SystemExit('never imported')\n")
    client.resume(run)
    until(lambda: run.status().state == "running", "going on", run)
    assert any("model.py" in note and "not to the bit" in note for note in run.status().notes)
    client.stop(run)
    assert ended(run) == "stopped"


def test_a_loss_that_is_no_number_stops_with_its_step_and_keeps_the_checkpoint(tmp_path):
    project = digits_project()
    nodes = project.graphs["training"].nodes.set("optimizer", Node("Optimizer", Map({"algorithm": "SGD", "lr": 100.0})))
    graph = msgspec.structs.replace(project.graphs["training"], nodes=nodes)
    project = msgspec.structs.replace(project, graphs=project.graphs.set("training", graph))
    nodes = project.graphs["classifier"].nodes.delete("relu1").set("relu1", Node("ELU", Map({"alpha": 1.0})))
    run = started(tmp_path, project, epochs=1000)
    state = ended(run)
    status = run.status()
    assert state == "failed", status
    assert status.error_node == "loss"
    assert "The loss 'loss' became" in status.error
    assert "smaller learning rate" in status.error


def test_an_error_on_the_first_batch_names_the_node(tmp_path):
    run = started(tmp_path, digits_project(classes=7))
    assert ended(run) == "failed"
    status = run.status()
    assert (status.error_graph, status.error_node) == ("training", "loss"), status
    assert "Traceback" not in status.error
    assert status.error.count("\n") == 0
    assert status.step == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"best": "f1"}, "no loss or metric 'f1'; there are"), ({"device": "cuda"}, "device cuda is not available")],
)
def test_settings_that_do_not_fit_are_a_sentence(tmp_path, settings, says):
    if settings.get("device") == "cuda" and torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    run = started(tmp_path, **settings)
    assert ended(run) == "failed"
    assert says in run.status().error


def test_a_project_with_errors_fails_with_the_compilers_sentence(tmp_path):
    project = digits_project()
    graph = project.graphs["classifier"]
    links = Map({end: link for end, link in graph.links.items() if end.node != "linear2"})
    project = msgspec.structs.replace(
        project, graphs=project.graphs.set("classifier", msgspec.structs.replace(graph, links=links))
    )
    run = started(tmp_path, project)
    assert ended(run) == "failed"
    assert run.status().error_graph == "classifier"
    assert run.status().error.endswith(".")


def test_a_trainer_that_cannot_begin_is_told_with_its_last_words(tmp_path, monkeypatch):
    run = create(digits_project(), "training", resolve({}), tmp_path)
    (run.path / "project.netbuilder").write_bytes(b"not a project")
    client.start(run)
    assert ended(run) == "failed"
    assert "project of the run" in run.status().error


def test_a_folder_that_cannot_be_written_fails_with_a_sentence_and_keeps_the_checkpoint(tmp_path):
    """Where the checkpoints' folder should be there is a file from now on: every write in it fails."""
    run = started(tmp_path, epochs=100_000)
    until(lambda: bool(run.checkpoints()), "a checkpoint", run)
    moved = run.path / "moved"
    (run.path / "checkpoints").rename(moved)
    (run.path / "checkpoints").write_text("in the way")
    assert ended(run) == "failed"
    assert "failed:" in run.status().error
    assert "are kept" in run.status().error
    (run.path / "checkpoints").unlink()
    moved.rename(run.path / "checkpoints")
    assert checkpoint.read(run.checkpoint("last").path).weights
    client.resume(run)
    until(lambda: run.status().state == "running", "going on", run)
    client.stop(run)
    assert ended(run) == "stopped"


def test_two_resumes_at_once_start_one_trainer(tmp_path):
    run = started(tmp_path, epochs=100_000)
    until(lambda: step_of(run) > 0, "a step", run)
    kill_all(run.path, signal.SIGKILL)
    assert ended(run) == "vanished"
    said = run.status()
    client.resume(run)
    files.write(run.path / STATUS, msgspec.json.encode(said))  # as a second window saw it an instant ago
    until(lambda: run.alive, "the first supervisor")
    command = [sys.executable, "-P", "-m", "netbuilder.training.supervisor", str(run.path)]
    second = subprocess.run(command, env=python_environment(), capture_output=True, text=True)
    assert second.returncode != 0
    assert "already watches" in second.stdout
    until(lambda: run.status().state == "running", "going on", run)
    client.stop(run)
    assert ended(run) == "stopped"
