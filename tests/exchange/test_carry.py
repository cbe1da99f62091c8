"""Exported source runs where netbuilder is not installed, and gives the same numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build, project_source
from netbuilder.exchange.carry import carry
from netbuilder.graph.model import Project
from tests.compiler.projects import DIGITS, chain, cnn_project, graph
from tests.compiler.test_source import formatted

CATALOGUE = Catalogue.builtin()
ROOT = Path(__file__).parents[2]
RUN = """
import json, sys
sys.modules["netbuilder"] = None  # from here on it can't be imported
import torch
from types import SimpleNamespace
import model
torch.manual_seed(0)
net = SimpleNamespace(denoiser=model.Denoiser())
shown = model.look({"image": torch.rand(3, 1, 8, 8)}, net)
print(json.dumps(shown["images"]["images"].flatten().tolist()))
try:
    import netbuilder
except ImportError:
    print("alone")
"""


def linted(text: str) -> None:
    """Imports in order, none missing or unused, no name defined twice."""
    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff), "check", "--isolated", "--select", "F,I,E9", "--stdin-filename", "model.py", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout.decode()


def diffusion() -> Project:
    """A network that augments and quantizes, and a preview that samples with it."""
    nodes: dict[str, Any] = {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "t": ("Input", {"shape": "N", "dtype": "int64"}),
        "affine1": "RandomAffine",
        "conv1": ("Conv2d", {"out_channels": 4, "padding": 1}),
        "codes": ("VectorQuantize", {"num_codes": 8}),
        "conv2": ("Conv2d", {"out_channels": 1, "padding": 1}),
        "noise": "Output",
    }
    links = [
        "image.x > affine1.x",
        "affine1.y > conv1.x",
        "conv1.y > codes.x",
        "codes.y > conv2.x",
        "conv2.y > noise.x",
    ]
    look = {
        "digits1": ("Data", {"dataset": "digits"}),
        "sample": ("DDPMSample", {"network": "denoiser", "steps": 4, "schedule": "cosine"}),
        "images": "ViewImages",
    }
    shown = graph(look, ["digits1.image > sample.noise", "sample.y > images.images"], "preview")
    return Project("test", Map(denoiser=graph(nodes, links), look=shown), Map(digits=DIGITS))


def test_exported_source_runs_alone_and_gives_the_same(tmp_path: Path) -> None:
    program = build(diffusion(), None, CATALOGUE)
    assert "from netbuilder.nn.sampling import ddpm_sample" in program.source
    text = carry(program.source)
    assert "netbuilder." not in text
    formatted(text)
    linted(text)
    (tmp_path / "model.py").write_text(text, encoding="utf-8")
    (tmp_path / "run.py").write_text(RUN, encoding="utf-8")
    done = subprocess.run([sys.executable, "run.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    values, last = done.stdout.splitlines()
    assert last == "alone"
    torch.manual_seed(0)
    net = SimpleNamespace(denoiser=program.networks["denoiser"]())
    ours = program.previews["look"]({"image": torch.rand(3, 1, 8, 8)}, net)["images"]["images"]
    assert json.loads(values) == ours.flatten().tolist()


def test_source_that_uses_nothing_of_ours_stays_as_it_is() -> None:
    text = project_source(cnn_project(), CATALOGUE).text
    assert carry(text) is text
    assert carry("") == ""


def test_every_definition_can_be_carried() -> None:
    """All that any block names of netbuilder.nn, in one module; it loads without the rest of netbuilder."""
    blocks = [CATALOGUE[name] for name in CATALOGUE.names]
    named = {name for block in blocks for name in (block.module, block.function, *block.uses)}
    ours = sorted(name for name in named if name.startswith("netbuilder.nn."))
    assert len(ours) > 20
    lines = [f"from {name.rpartition('.')[0]} import {name.rpartition('.')[2]}" for name in ours]
    used = ", ".join(name.rpartition(".")[2] for name in ours)
    text = carry('"""All."""\n\n' + "\n".join(lines) + f"\n\nprint(({used}))\n")
    linted(text)
    assert "netbuilder." not in text
    code = 'import sys; sys.modules["netbuilder"] = None; exec(compile(sys.stdin.read(), "model.py", "exec"), {})'
    done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_only_what_is_used_comes_along_with_its_comments_and_order() -> None:
    head = '"""A."""\n\nimport torch\nfrom netbuilder.nn.signal import mfcc\n'
    text = carry(f"{head}\n\ndef f(x):\n    return torch.abs(mfcc(x))\n")
    formatted(text)
    linted(text)
    assert text.startswith('"""A."""\n\nimport math\n\nimport torch\n\n\n')
    assert text.endswith("\n\n\ndef f(x):\n    return torch.abs(mfcc(x))\n")
    assert "def _mel_bands(" in text
    assert "_WINDOWS = {" in text
    assert "def inverse_stft(" not in text


@pytest.mark.parametrize("name", ["ddpm_sample", "_alpha_bar", "random_crop", "tensor"])
def test_graphs_may_be_called_like_what_is_carried(name: str) -> None:
    """A preview, a network and a node of that name do not hide the definition, nor it them."""
    held = diffusion()
    graphs = dict(held.graphs)
    word = name.strip("_")
    graphs[word] = graphs["look"]
    inner = {"image": ("Input", {"shape": "N 1 8 8"}), word: "RandomCrop", "end": "Output"}
    graphs["vector_quantize"] = chain(inner)
    text = carry(project_source(Project("test", Map(graphs), held.datasets), CATALOGUE).text)
    linted(text)
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(text, "model.py", "exec"), space)
    net = SimpleNamespace(denoiser=space["Denoiser"]())
    function = [found for key, found in space.items() if key.startswith(word)][-1]  # graphs come last
    assert function({"image": torch.rand(2, 1, 8, 8)}, net)["images"]["images"].shape == (2, 1, 8, 8)
    quantizes = next(found for key, found in space.items() if key.startswith("VectorQuantize") and key[-1].isdigit())
    assert quantizes()(torch.rand(2, 1, 8, 8)).shape == (2, 1, 8, 8)
