"""train: every setting can be typed, and a run can begin with another's weights."""

import pytest

from netbuilder.cli import app, train
from netbuilder.cli.errors import BadInput
from netbuilder.training import client
from netbuilder.training.run import create
from netbuilder.training.settings import SETTINGS, resolve


def test_the_help_names_every_setting(run):
    _, out, _ = run("train", "--help")
    words = {word.strip("│.,;") for word in out.split()}
    assert {param.name for param in SETTINGS} <= words
    assert app.train is not None


@pytest.fixture
def started(monkeypatch):
    """Runs are made and not started."""
    monkeypatch.setattr(client, "start", lambda run: None)


def begin(project, folder, *settings, start_from=""):
    return train.start(project, list(settings), "", "", folder / "runs", folder / "small.netbuilder", start_from)


def test_settings_of_precision_and_compiling_are_taken(make_project, tmp_path, started):
    run = begin(make_project(), tmp_path, "precision=bf16", "compile=true")
    assert run.recorded().settings.precision == "bf16"
    assert run.recorded().settings.compile is True
    with pytest.raises(BadInput, match="precision: expected one of float32"):
        begin(make_project(), tmp_path, "precision=half")


def test_a_run_to_start_from_is_found_where_a_person_would_look(make_project, tmp_path, started, monkeypatch):
    other = create(make_project(), "training", resolve({}), tmp_path / "runs", name="other")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for text in (str(other.path), other.name, f"runs/{other.name}"):
        run = begin(make_project(), tmp_path, start_from=text)
        assert run.recorded().settings.start_from == str(other.path), text
    monkeypatch.chdir(tmp_path)
    run = begin(make_project(), tmp_path / "project", f"start_from=runs/{other.name}")  # below where the person is
    assert run.recorded().settings.start_from == str(other.path)
    with pytest.raises(BadInput, match=r"there is no folder 'runs/none'; give a run's folder or a checkpoint's\."):
        begin(make_project(), tmp_path, start_from="runs/none")
