"""netbuilder data: from nothing to a project that learns from a person's own file; and data that asks first."""

import json

import pytest
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.file import load, save
from netbuilder.graph.model import Dataset
from tests.cli.test_input import told

ROWS = "length,width,kind\n" + "".join(f"{at % 7}.5,{at % 3},{'ab'[at % 2]}\n" for at in range(60))


@pytest.fixture(autouse=True)
def trust(monkeypatch, tmp_path):
    monkeypatch.setenv("NETBUILDER_TRUST", str(tmp_path / "trust"))


def test_from_nothing_to_a_project_that_trains(run, tmp_path):
    (tmp_path / "leaves.csv").write_text(ROWS)
    file = tmp_path / "mine.netbuilder"
    assert run("new", file)[0] == 0
    code, out, err = run("data", file, "--add", tmp_path / "leaves.csv", "--begin")
    assert code == 0, err
    assert "leaves" in out
    assert "features (2)" in out
    assert "kind (2 classes)" in out
    project = load(file)
    assert set(project.graphs) == {"model", "training", "predictions"}
    assert project.datasets["leaves"].params["path"] == "leaves.csv"
    assert run("check", file)[0] == 0
    code, out, err = run("data", file, "--json")
    listed = json.loads(out)
    assert listed["datasets"]["leaves"]["samples"] == 60
    assert listed["asks"] == {}
    (tmp_path / "leaves.csv").write_text(ROWS + "1,2,c\n")
    code, out, err = run("data", file, "--scan", "leaves")
    assert (code, load(file).datasets["leaves"].samples) == (0, 61)
    assert "c has" not in err


def test_what_can_not_be_is_one_sentence(run, project_file, tmp_path):
    assert "nothing to begin" in told(run("data", project_file, "--begin"))
    assert "no data set 'nope'" in told(run("data", project_file, "--scan", "nope"))
    (tmp_path / "empty.csv").write_text("")
    assert "is empty" in told(run("data", project_file, "--add", tmp_path / "empty.csv"))
    assert "is not there" in told(run("data", project_file, "--add", tmp_path / "gone.csv"))
    assert set(load(project_file).datasets) == {"digits"}


def test_data_elsewhere_is_read_after_it_was_allowed(run, project_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("elsewhere") / "leaves.csv"
    path.write_text(ROWS)
    project = load(project_file)
    save(apply(project, edits.set_dataset(project, "digits", Dataset("table", Map(path=str(path))))), project_file)
    said = told(run("train", project_file, "--json"))
    assert "outside of the project's folder" in said
    assert "--allow-data" in said
    assert not (project_file.parent / "runs").exists()
    _, out, _ = run("data", project_file)
    assert "not allowed yet" in out
    assert "leaves.csv" in out
    run("train", project_file, "--allow-data", "--json")  # it fails for other reasons, and says so in its folder
    assert (project_file.parent / "runs").exists()
    assert "not allowed" not in run("data", project_file)[1]
