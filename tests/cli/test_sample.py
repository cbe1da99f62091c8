"""netbuilder sample: what was trained, used from the terminal."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.graph.file import save
from netbuilder.training import checkpoint
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from tests.sampling.test_sampler import PROJECT, SCORES


@pytest.fixture
def file(tmp_path):
    """A project with a run that has one checkpoint."""
    path = tmp_path / "mine.netbuilder"
    save(PROJECT, path)
    made = create(PROJECT, "training", resolve({}), tmp_path / "runs", source=path)
    program = build(PROJECT, None, Catalogue.builtin(), networks=["classifier", "generator", "language"])
    networks = {name: network() for name, network in program.networks.items()}
    state = checkpoint.State(position=checkpoint.Position(1, 0, 12))
    checkpoint.write(checkpoint.take(networks, {}, torch.device("cpu"), state), made.path / "checkpoints")
    return path


def test_it_says_what_can_be_set(run, file):
    code, out, _ = run("sample", file, "--graph", "writing", "--list")
    assert code == 0
    assert "--set generate1.temperature=0.5" in out
    assert "--input text=...  (text)" in out
    code, out, _ = run("sample", file, "--graph", "noise", "--list", "--json")
    assert json.loads(out)["latents"] == {"noise1": 6}


def test_texts_are_printed_and_everything_is_written(run, file, tmp_path):
    code, out, err = run(
        "sample", file, "--graph", "writing", "--input", "text=def ", "--set", "generate1.length=3", "--count", 2
    )
    assert (code, err) == (0, "")
    assert "With the weights of run " in out
    assert out.count("  def ") == 2
    assert (tmp_path / "mine-writing" / "writing_written.json").is_file()


def test_a_picture_of_ones_own_gets_probabilities(run, file, tmp_path):
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(tmp_path / "dark.png")
    code, out, _ = run(
        "sample", file, "--graph", SCORES, "--input", f"image={tmp_path / 'dark.png'}", "--count", 1, "--json",
        "--to", tmp_path / "out",
    )  # fmt: skip
    assert code == 0
    found = json.loads(out)
    (chances,) = found["chances"].values()
    assert len(chances) == 5
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".png", ".json"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "has 3 preview graphs"),
        (("--graph", "nowhere"), "no preview graph 'nowhere'"),
        (("--graph", "noise", "--set", "generate1.length=3"), "nothing of this name to set; there are: none"),
        (("--graph", "writing", "--set", "generate1.length=many"), "--set generate1.length: "),
        (("--graph", "writing", "--set", "temperature"), "expected NODE.NAME=VALUE"),
        (("--graph", "noise", "--latent", "noise1.0=high"), "'high' is no number"),
        (("--graph", "noise", "--latent", "noise1.9=1"), "has the axes 0 to 5"),
        (("--graph", "noise", "--part", "all"), "expected one of test, validation, train"),
        (("--graph", "noise", "--checkpoint", "step-99"), "has no checkpoint 'step-99'"),
        (("--graph", "writing", "--input", "target=x"), "no input 'target'"),
    ],
)
def test_what_is_not_there_is_one_line(run, file, options, says):
    code, out, err = run("sample", file, *options)
    assert code == 2
    assert says in err
    assert (out, err.count("\n")) == ("", 1)


def test_a_picture_that_is_none_is_one_line(run, file):
    code, _, err = run("sample", file, "--graph", SCORES, "--input", "image=nowhere.png")
    assert code == 1
    assert "There is no picture at 'nowhere.png'" in err
