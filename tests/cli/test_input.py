"""Bad input: exit code 2, one line on stderr, never a traceback; and which command is meant."""

import json
import os
import subprocess
import sys
import time

import pytest
import torch

from netbuilder.child import python_environment
from netbuilder.cli.export import sentences
from netbuilder.cli.plain import one_line, plain, seconds, size
from netbuilder.cli.run import commands, routed
from netbuilder.cli.window import has_display
from netbuilder.graph.file import save
from netbuilder.graph.model import Project

MALFORMED = {
    "empty": b"",
    "garbage": b"\xff\xfe\x00\x1b[31m",
    "no object": b"[1, 2]",
    "no project": b'{"a": 1}',
    "deep": b"[" * 100_000,
    "other types": b'{"netbuilder": 1, "graphs": {"net": 7}}',
}


def told(result):
    """Checks the form of a refusal and gives its sentence."""
    code, out, err = result
    assert code == 2
    assert out == ""
    assert err.startswith("netbuilder: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert "Traceback" not in err
    assert "\x1b" not in err
    return err.removeprefix("netbuilder: ").rstrip("\n")


@pytest.mark.parametrize("command", ["check", "summary", "code", "train", "export", "runs"])
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_projects(run, tmp_path, command, content):
    file = tmp_path / "bad\x1b[31m.netbuilder"  # a name that would turn the terminal red
    file.write_bytes(content)
    assert "bad\\x1b[31m.netbuilder" in told(run(command, file))


@pytest.mark.parametrize("command", ["check", "summary", "code", "train", "export", "runs"])
def test_files_that_are_not_there(run, tmp_path, command):
    assert "missing.netbuilder" in told(run(command, tmp_path / "missing.netbuilder"))
    assert told(run(command, tmp_path))  # a folder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "FILE", "--set", "epochs=many"], 'Setting epochs: expected int, got "many".'),
        (["train", "FILE", "--set", "epochs"], "Expected name=value, got 'epochs'."),
        (["train", "FILE", "--set", "speed=3"], "There is no setting 'speed'"),
        (["train", "FILE", "--set", "epochs=0"], "Setting epochs: must be"),
        (["train", "FILE", "--device", "abacus"], "Setting device: expected one of auto"),
        (["train", "FILE", "--set", "best=foo"], "no loss or metric 'foo'; there are: accuracy, loss."),
        (["train", "FILE", "--training", "nope"], "no training graph 'nope'; it has: training."),
        (["summary", "FILE", "--network", "nope"], "no network 'nope'; its networks are: classifier."),
        (["export", "FILE", "--network", "nope"], "no network 'nope'; it has: classifier."),
        (["export", "FILE"], "train it first, name a run with --run, or say --untrained."),
        (["export", "FILE", "--run", "nope"], "nope is not a run"),
        (["export", "FILE", "--run", "nope", "--untrained"], "either --run or --untrained"),
        (["export", "FILE", "--untrained", "--to", "nope/a.onnx"], "not a place for a file"),
        (["new", "FILE"], "is there already"),
        (["new", "OTHER", "--template", "nope"], "There is no template 'nope'; the templates are"),
        (["train", "FILE", "--runs", "FILE"], "that is, or lies below, a file; choose a folder."),
        (["runs", "FILE", "--runs", "FILE"], "that is a file, not a folder."),
        (["runs", "FILE", "--runs", "nope"], "--runs nope: there is no such folder."),
        (["export", "FILE", "--runs", "nope"], "--runs nope: there is no such folder."),
        (["check", ""], ". is a folder."),
        (["check", "nope.netbuilder"], "nope.netbuilder cannot be read: there is no such file or folder."),
        (["stop", ""], "An empty name is not a run"),
        (["stop", "nope"], "nope is not a run"),
        (["resume", "nope"], "nope is not a run"),
        (["pause", "FILE"], "is not a run"),
        (["trian", "FILE"], "neither a command nor a file trian; did you mean train?"),
        (["--template", "nope"], "There is no template 'nope'"),
        (["FILE", "--template", "cnn_digits"], "a project or a template"),
        (["nope.netbuilder"], "There is no file nope.netbuilder."),
        (["train"], "Missing argument"),
        (["train", "FILE", "--bogus"], "No such option"),
        (["check", "FILE", "FILE"], "unexpected extra argument"),
    ],
)
def test_other_bad_input(run, project_file, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    known = {"FILE": str(project_file), "OTHER": str(tmp_path / "other.netbuilder")}
    sentence = told(run(*(known.get(argument, argument) for argument in arguments)))
    assert words in sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == before  # nothing was begun


def test_a_device_that_is_not_there(run, project_file, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "The device cuda is not available on this machine; available: " in told(
        run("train", project_file, "--device", "cuda")
    )
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["train", "FILE"], "no training graph to train with; add one in the window, or begin with `netbuilder new "),
        (["train", "FILE", "--training", "t"], "no training graph to train with"),
        (["export", "FILE", "--untrained"], "no network to export; draw one in the window, or begin with `netbuilder "),
    ],
)
def test_a_project_without_graphs_says_where_to_begin(run, tmp_path, command, words):
    file = tmp_path / "bare.netbuilder"
    save(Project(), file)
    assert words in told(run(*(file if word == "FILE" else word for word in command)))
    assert [path.name for path in tmp_path.iterdir()] == ["bare.netbuilder"]


def test_an_export_replaces_nothing_but_an_export(run, project_file, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    disguised = tmp_path / "project.onnx"
    os.link(project_file, disguised)
    before = project_file.read_bytes()
    for to, words in (
        (project_file, "is the project itself; give the export another name, such as small.onnx"),
        (disguised, "is the project itself"),
        (notes, "is no .onnx file, so it is not replaced; give the export another name, such as notes.txt.onnx"),
    ):
        assert words in told(run("export", project_file, "--untrained", "--to", to))
    assert notes.read_text() == "mine"
    assert project_file.read_bytes() == before


def test_without_a_display_the_window_says_so(run, project_file, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert "There is no display" in told(run())
    assert "There is no display" in told(run(project_file))
    assert not has_display("linux", {})
    assert has_display("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert has_display("linux", {"QT_QPA_PLATFORM": "offscreen"})
    assert has_display("darwin", {})


def test_files_and_commands_are_told_apart():
    assert routed([]) == ["window"]
    assert routed(["digits.netbuilder"]) == ["window", "digits.netbuilder"]
    assert routed(["--template", "cnn_digits"]) == ["window", "--template", "cnn_digits"]
    assert routed(["./train"]) == ["window", "./train"]
    assert routed(["train", "x"]) == ["train", "x"]
    assert routed(["--help"]) == ["--help"]
    wanted = {"new", "check", "summary", "code", "train", "export", "runs", "pause", "resume", "stop", "demo"}
    assert wanted < set(commands())


def test_an_unexpected_error_is_one_line_too(run, project_file, monkeypatch):
    import netbuilder.cli.files

    def fail(path):
        raise RuntimeError("what\nnobody thought of")

    monkeypatch.setattr(netbuilder.cli.files, "load", fail)
    code, out, err = run("runs", project_file)
    assert (code, out) == (1, "")
    assert err == (
        "netbuilder: This failed unexpectedly (RuntimeError: what nobody thought of); it is a fault of netbuilder.\n"
    )


@pytest.mark.parametrize(
    "command", ["", *sorted({"new", "check", "summary", "code", "train", "export", "runs", "demo"})]
)
def test_help(run, command):
    code, out, err = run(*([command] if command else []), "--help")
    assert (code, err) == (0, "")
    assert "Usage: netbuilder" in out
    if command in ("", "train", "export", "new"):
        assert "netbuilder new" in out or "Example: netbuilder" in out


def test_version(run):
    import netbuilder

    assert run("--version") == (0, f"netbuilder {netbuilder.__version__}\n", "")


def test_new_copies_a_template_or_begins_with_nothing(run, tmp_path):
    from netbuilder.graph.file import load

    file = tmp_path / "first.netbuilder"
    assert run("new", file) == (0, f"{file}\n", "")
    assert list(load(file).graphs) == ["network"]
    assert run("new", file, "--force", "--template", "mlp_digits")[0] == 0
    project = load(file)
    assert project.title == "first"
    assert {graph.kind for graph in project.graphs.values()} >= {"network", "training"}


def test_help_is_fast_and_no_command_but_the_window_imports_qt(project_file, tmp_path):
    code = """
import io, json, sys
from contextlib import redirect_stdout
from netbuilder.cli import main
loaded = {}
for arguments in json.loads(sys.argv[1]):
    with redirect_stdout(io.StringIO()):
        code = main(arguments)
    loaded[" ".join(arguments[:1])] = [code, sorted({name.partition(".")[0] for name in sys.modules})]
print(json.dumps(loaded))
"""
    file, onnx = str(project_file), str(tmp_path / "a.onnx")
    calls = [
        ["--help"],
        ["new", str(tmp_path / "new.netbuilder")],
        ["runs", file],
        ["stop", "nope"],
        ["train", file, "--set", "x=1"],
        ["check", file],
        ["summary", file],
        ["code", file],
        ["export", file, "--untrained", "--to", onnx],
    ]
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, json.dumps(calls)],
        env=python_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(done.stdout)
    assert [loaded[call[0]][0] for call in calls] == [0, 0, 0, 2, 2, 0, 0, 0, 0]
    for _, modules in loaded.values():
        assert not {"PySide6", "shiboken6", "pyqtgraph", "qtawesome"} & set(modules)
    assert not {"torch", "numpy", "msgspec", "onnx"} & set(loaded["--help"][1])
    assert not {"torch", "sklearn", "onnx"} & set(loaded["train"][1])


def test_help_needs_no_second():
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-P", "-m", "netbuilder", "--help"],
            env=python_environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        times.append(time.perf_counter() - began)
    assert min(times) < 1.0


def test_a_reader_that_has_enough_is_no_error(project_file):
    command = [sys.executable, "-P", "-m", "netbuilder", "runs", str(project_file)]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, env=python_environment(), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


def test_text_from_files_is_plain():
    assert plain("a\x1b[31mb\u202ec\x07") == "a\\x1b[31mb\\u202ec\\x07"
    assert plain("Größe [red]1[/red] 日本") == "Größe [red]1[/red] 日本"
    assert one_line("a\nb\rc\n") == "a b\\rc"
    assert [seconds(8.4), seconds(200), seconds(7500)] == ["8 s", "3 min 20 s", "2 h 5 min"]
    assert [size(1), size(2048), size(3 * 2**20)] == ["1 bytes", "2.0 KiB", "3.0 MiB"]


def test_an_export_is_told_with_where_its_weights_come_from(run, project_file, tmp_path):
    detour = tmp_path / "runs" / ".." / project_file.name
    (tmp_path / "runs").mkdir()
    code, out, _ = run("export", detour, "--untrained")
    assert code == 0
    assert out.splitlines()[0] == "classifier with random weights (untrained)"
    assert str(tmp_path / "small-classifier.onnx") in out  # without the detour
    facts = {"network": "net", "weights": "run a, step 3", "batches": [2], "free_axes": ["N"], "sizes": [{"N": 2}]}
    facts |= {"largest_difference": 0.0, "largest_relative_difference": 0.0, "path": "x", "bytes": 1, "opset": 20}
    assert sentences(facts | {"note": ""})[0] == "net with the weights of run a, step 3"
    assert sentences(facts | {"note": "Written out."})[-1] == "Written out."
