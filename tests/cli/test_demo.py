"""demo: what a machine without a display shows instead of the window."""

import subprocess
import sys

import onnx
import pytest

from netbuilder.child import python_environment
from netbuilder.graph.file import load
from netbuilder.training.run import find_runs


@pytest.mark.parametrize("template", ["mlp_digits", "cnn_digits"])
def test_the_whole_way_in_the_terminal(template, tmp_path):
    folder = tmp_path / "mit Umlaut ü" / "demo"
    command = [sys.executable, "-P", "-m", "netbuilder", "demo", "--folder", str(folder), "--template", template]
    command += ["--set", "epochs=3", "--set", "threads=1"]
    done = subprocess.run(command, env=python_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    project, network = folder / f"{template}.netbuilder", folder / f"{template}.onnx"
    (run,) = find_runs(folder / "runs")
    for place in (project, network, run.path):
        assert str(place) in done.stdout
    accuracy = next(line for line in done.stdout.splitlines() if "Test accuracy" in line)
    assert 0.5 < float(accuracy.split()[-1]) <= 1.0
    assert "onnxruntime gives the same numbers at batch sizes 2 and 5" in done.stdout
    assert load(project).title == template
    onnx.checker.check_model(str(network), full_check=True)
    assert sorted(path.name for path in folder.iterdir()) == sorted([project.name, network.name, "runs"])


def test_a_folder_that_can_not_be_made_and_a_template_that_is_not_there(run, tmp_path):
    (tmp_path / "file").touch()
    code, _, err = run("demo", "--folder", tmp_path / "file" / "x")
    assert code == 2
    assert "can't be made" in err
    code, _, err = run("demo", "--folder", tmp_path / "x", "--template", "nope")
    assert code == 2
    assert "There is no template 'nope'" in err
