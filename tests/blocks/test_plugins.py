"""Blocks from other packages: found by entry points; one that is broken is named and left out, the others work."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.plugins import GROUP, installed
from netbuilder.blocks.spec import Block

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "example_plugin"


class Point:
    """An entry point that loads what it is given."""

    def __init__(self, name, made, value="package.module"):
        self.name, self.value, self.made, self.dist = name, value, made, None

    def load(self):
        if isinstance(self.made, BaseException):
            raise self.made
        return self.made


def module(*blocks):
    made = ModuleType("declarations")
    for at, block in enumerate(blocks):
        setattr(made, f"BLOCK{at}", block)
    return made


def block(name, **more):
    return Block(**{"name": name, "category": "New", "summary": "Does.", "function": "F.relu", **more})


def test_good_plug_ins_are_taken_and_broken_ones_are_named():
    found = installed(
        {"Conv2d"},
        [
            Point("a", module(block("Mine"))),
            Point("b", ImportError("No module named 'missing'")),
            Point("c", module()),
            Point("d", module(block("Conv2d"))),
            Point("e", module(block("Other"), block("Mine"))),
            Point("f", module(block("Fine", part="data"))),
            Point("g", SystemExit(3)),
            Point("h", module(block("Empty", function=""))),
            Point("i", block("NoModule")),
            Point("j", module((block("Twice"), block("Twice")))),
        ],
    )
    assert [each.name for each in found.blocks] == ["Mine"]
    told = {failure.name: failure.text for failure in found.failures}
    assert told["b"] == "The plug-in b (package.module) was left out: ImportError: No module named 'missing'."
    assert "declares no block" in told["c"]
    assert "there is a block Conv2d already" in told["d"]
    assert "there is a block Mine already" in told["e"]
    assert "layers, losses and metrics" in told["f"]
    assert "SystemExit" in told["g"]
    assert "neither module nor function nor call" in told["h"]
    assert "names no module" in told["i"]
    assert "there is a block Twice already" in told["j"]


def test_the_builtin_catalogue_is_there_whatever_is_installed():
    assert set(Catalogue.builtin().names) <= set(Catalogue.installed().names)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder in which the example package lies installed."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "--target", str(folder), str(EXAMPLE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_example_is_found_by_its_entry_point(site):
    (point,) = metadata.distributions(path=[str(site)])
    assert [(each.group, each.name) for each in point.entry_points] == [(GROUP, "gates")]


USED = """
import sys
from immutables import Map
from netbuilder.blocks.catalogue import Catalogue
catalogue = Catalogue.installed()
assert "torch" not in sys.modules
assert catalogue.failures == (), catalogue.failures
assert dict(catalogue.plugins) == {"netbuilder-gates": "1.0.0"}
from netbuilder.blocks.help import page_text
assert "Highway" in page_text(catalogue["Highway"])
assert "Highway" in [found.name for found in catalogue.search("shortcut")]
from netbuilder.compiler.program import build
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
nodes = {"x": Node("Input", Map(shape="N 6")), "highway1": Node("Highway", Map(bias=-1.0)),
         "gate1": Node("SoftGate", Map(steepness=2.0)), "y": Node("Output")}
links = [Link(Output("x", "x"), Input("highway1", "x")), Link(Output("highway1", "y"), Input("gate1", "x")),
         Link(Output("gate1", "y"), Input("y", "x"))]
project = Project(graphs=Map(net=Graph("network", Map(nodes), Map({link.target: link for link in links}))))
program = build(project, None, catalogue)
import torch
net = program.networks["net"]()
x = torch.randn(3, 6)
from netbuilder_gates.modules import Highway, soft_gate
assert isinstance(net.highway1, Highway) and float(net.highway1.gate.bias[0]) == -1.0
assert torch.equal(net(x), soft_gate(net.highway1(x), steepness=2.0))
print(program.source)
"""


def test_the_example_is_installed_and_used(site):
    environment = {"PYTHONPATH": f"{site}:{ROOT}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", USED], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "from netbuilder_gates.modules import Highway" in done.stdout
    assert "self.highway1 = Highway(6, bias=-1.0)" in done.stdout
