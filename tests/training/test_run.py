"""The run's directory: made exclusively, read cheaply, without torch; nothing in a project leads out of it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from netbuilder.child import python_environment
from netbuilder.graph import file as graph_file
from netbuilder.training import client, files
from netbuilder.training.run import STATUS, Run, RunError, Status, create, find_runs, runs_folder, runs_of, slug
from netbuilder.training.settings import resolve
from tests.training.projects import digits_project

SETTINGS = resolve({"epochs": 2})


def made(tmp_path, title="Digits", **more):
    return create(digits_project(title), "training", SETTINGS, tmp_path / "runs", **more)


def test_a_new_run_holds_what_it_needs_and_waits(tmp_path):
    run = made(tmp_path)
    assert run.path.parent == tmp_path / "runs"
    assert run.name.endswith("Z-digits-1")
    names = sorted(path.name for path in run.path.iterdir())
    assert names == [
        "checkpoints", "control", "environment.json", "preview", "project.netbuilder", "settings.json", "status.json",
    ]  # fmt: skip
    assert run.project() == graph_file.loads(graph_file.dumps(digits_project()))
    assert run.recorded().settings == SETTINGS
    assert run.status().state == "starting"
    assert run.metrics() == ([], 0)
    assert run.results() is None
    assert run.checkpoints() == []


HOSTILE = [
    "../../../etc/passwd",
    "/absolute",
    "..",
    "C:\\Windows",
    "a\0b",
    "-rf *",
    "<b>bold</b>",
    "🙂",
    "x" * 5000,
    "con\nnul",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_leads_out_of_the_folder(tmp_path, title):
    run = made(tmp_path, title[:200], name=title)
    assert run.path.parent == tmp_path / "runs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]
    assert set(run.name) <= set("0123456789abcdefghijklmnopqrstuvwxyzTZ-")
    assert len(run.name) < 80


def test_slugs_are_readable():
    assert slug("Über  die CNN_Größe (v2)") == "uber-die-cnn-grosse-v2"
    assert slug("🙂") == "run"


def test_two_runs_made_at_once_get_two_directories(tmp_path):
    found, start = [], threading.Barrier(8)

    def make():
        start.wait()
        found.append(made(tmp_path).path)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 8
    assert all((path / STATUS).is_file() for path in found)


def test_only_a_training_graph_can_be_trained(tmp_path):
    with pytest.raises(RunError, match="no training graph 'classifier'; the project has training"):
        create(digits_project(), "classifier", SETTINGS, tmp_path)


def test_a_project_that_cannot_be_saved_leaves_no_run(tmp_path):
    with pytest.raises(RunError, match=r"can't be saved: .*title"):
        made(tmp_path, "x" * 5000)
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunError, match=r"Runs can't lie in .*runs: that is, or lies below, a file; choose a folder\."):
        made(tmp_path)
    with pytest.raises(RunError, match=r"that is, or lies below, a file"):
        create(digits_project(), "training", SETTINGS, tmp_path / "runs" / "below")


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_folder_that_the_system_refuses_is_a_sentence():
    with pytest.raises(RunError, match=r"The folder /proc/none for runs can't be made: .*; choose another\."):
        create(digits_project(), "training", SETTINGS, Path("/proc/none"))


def test_paths_are_told_without_detours(tmp_path):
    (tmp_path / "a").mkdir()
    run = create(digits_project(), "training", SETTINGS, tmp_path / "a" / ".." / "runs")
    assert run.path.parent == tmp_path / "runs"
    assert runs_folder(tmp_path / "a" / ".." / "x.netbuilder") == tmp_path / "runs"
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "b" / "c")
    (tmp_path / "b" / "runs").mkdir()
    detour = tmp_path / "link" / ".." / "runs"  # b/runs, though it reads like runs
    assert Run(detour).path == detour


def test_runs_are_found_newest_first_and_other_things_passed_over(tmp_path):
    folder = tmp_path / "runs"
    assert find_runs(folder) == []
    first, second = made(tmp_path, "a"), made(tmp_path, "b")
    older = folder / "2020-01-31T10-15-00Z-old-1"
    older.mkdir()
    (older / STATUS).write_bytes(msgspec.json.encode(Status(state="finished")))
    (folder / "notes").mkdir()
    (folder / "readme.txt").write_text("x")
    assert [run.name for run in find_runs(folder)] == [second.name, first.name, older.name]


def test_runs_lie_beside_the_project_or_in_the_data_folder(tmp_path, monkeypatch):
    assert runs_folder(tmp_path / "x.netbuilder") == tmp_path / "runs"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert runs_folder(None).parts[-2:] == ("netbuilder", "runs")


def test_copies_of_a_project_have_runs_of_their_own(tmp_path):
    one, copy = tmp_path / "one ü.netbuilder", tmp_path / "copy.netbuilder"
    project = digits_project("")  # two projects made in the window have no title to be told apart by
    first, second = made(tmp_path, "", source=one), made(tmp_path, "", source=copy)
    third = made(tmp_path, "Titled since", source=one)
    assert first.name.endswith("Z-one-u-1")
    assert runs_of(one, project) == [third, first]
    assert runs_of(copy, project) == [second]
    assert runs_of(tmp_path / "other.netbuilder", project) == []
    (tmp_path / "moved").mkdir()
    (tmp_path / "runs").rename(tmp_path / "moved" / "runs")
    assert [run.name for run in runs_of(tmp_path / "moved" / one.name, project)] == [third.name, first.name]
    assert [run.name for run in runs_of(copy, project, tmp_path / "moved" / "runs")] == [second.name]


def test_runs_that_name_no_file_are_known_by_their_title(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    saved, folder = tmp_path / "x.netbuilder", runs_folder(None)
    unsaved = create(digits_project(), "training", SETTINGS, folder)
    create(digits_project("Other"), "training", SETTINGS, folder)
    create(digits_project(), "training", SETTINGS, folder, source=saved)
    assert runs_of(None, digits_project()) == [unsaved]
    assert runs_of(saved, digits_project()) == []  # it is not in the folder beside the file
    old, half = made(tmp_path, source=saved), made(tmp_path, source=saved)
    recorded = msgspec.to_builtins(old.recorded())
    del recorded["source"]  # as before it was recorded
    (old.path / "settings.json").write_bytes(msgspec.json.encode(recorded))
    (half.path / "settings.json").write_bytes(b"{}")
    assert runs_of(saved, digits_project()) == [old]
    assert runs_of(saved, digits_project("Other")) == []


def test_metrics_are_read_by_offset_and_only_whole_lines(tmp_path):
    run = made(tmp_path)
    path = run.path / "metrics.jsonl"
    path.write_bytes(b'{"kind":"step","step":1,"values":{"loss":2.5}}\n{"kind":"st')
    records, offset = run.metrics()
    assert [record["step"] for record in records] == [1]
    assert run.metrics(offset) == ([], offset)
    with path.open("ab") as file:
        file.write(b'ep","step":2,"values":{"loss":"nan"}}\nnot json\n[1]\n{"kind":"step","step":3}\n')
    records, offset = run.metrics(offset)
    assert [record["step"] for record in records] == [2, 3]
    assert records[0]["values"]["loss"] != records[0]["values"]["loss"]
    assert offset == path.stat().st_size


def test_a_run_whose_processes_are_gone_has_vanished(tmp_path):
    run = made(tmp_path)
    said = Status(state="running", step=7, steps=20, updated=time.time())
    files.write(run.path / STATUS, msgspec.json.encode(said))
    assert run.status().state == "vanished"
    assert "resume" in run.status().error
    lock = files.Lock(run.path / "supervisor.lock")
    assert run.status().state == "running"
    lock.release()
    assert run.status().step == 7


def test_a_run_that_never_started_has_vanished_after_a_while(tmp_path):
    run = made(tmp_path)
    old = msgspec.structs.replace(run.status(), updated=time.time() - 3600)
    files.write(run.path / STATUS, msgspec.json.encode(old))
    assert run.status().state == "vanished"


def test_what_is_no_run_or_damaged_is_a_sentence(tmp_path):
    with pytest.raises(RunError, match=r"is not a run: it has no status\.json"):
        Run(tmp_path).status()
    run = made(tmp_path)
    (run.path / STATUS).write_bytes(b'{"state":"dancing"}')
    with pytest.raises(RunError, match=r"status\.json of the run .* can't be read"):
        run.status()
    (run.path / "project.netbuilder").write_bytes(b"{}")
    with pytest.raises(RunError, match="project of the run"):
        run.project()


def test_steering_what_does_not_run_is_a_sentence(tmp_path):
    run = made(tmp_path)
    files.write(run.path / STATUS, msgspec.json.encode(Status(state="finished")))
    for wish in (client.pause, client.stop):
        with pytest.raises(RunError, match="is not running"):
            wish(run)
    with pytest.raises(RunError, match="has finished"):
        client.resume(run)


def test_a_run_that_is_stopping_is_not_resumed(tmp_path):
    run = made(tmp_path)
    lock = files.Lock(run.path / "trainer.lock")
    files.write(run.path / STATUS, msgspec.json.encode(Status(state="running")))
    client.stop(run)  # the trainer has not looked yet
    with pytest.raises(RunError, match="is still stopping; resume it when it has ended"):
        client.resume(run)
    (run.path / "control" / "stop").unlink()
    client.pause(run)
    client.resume(run)
    assert not list((run.path / "control").iterdir())
    files.write(run.path / STATUS, msgspec.json.encode(Status(state="stopping")))
    with pytest.raises(RunError, match="is still stopping"):
        client.resume(run)
    lock.release()


def test_the_readers_side_imports_neither_torch_nor_qt():
    code = (
        "import sys, netbuilder.training.client, netbuilder.training.run, netbuilder.training.settings, "
        "netbuilder.training.supervisor, netbuilder.data.splits\n"
        "print([name for name in ('torch', 'PySide6', 'safetensors', 'sklearn') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=python_environment())
    assert found.stdout.strip() == "[]", found.stderr


def test_a_poll_of_the_window_is_cheap(tmp_path):
    run = made(tmp_path)
    (run.path / "metrics.jsonl").write_bytes(b'{"kind":"step","step":1,"values":{"loss":2.5}}\n' * 10_000)
    _, offset = run.metrics()

    def poll():
        began = time.perf_counter()
        run.status()
        run.metrics(offset)
        return time.perf_counter() - began

    assert min(poll() for _ in range(50)) < 0.002
