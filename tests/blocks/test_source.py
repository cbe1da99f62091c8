"""What is written for every block of the catalogue reads as a formatter would leave it."""

import subprocess
import sys
from pathlib import Path

from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import project_source
from netbuilder.graph.model import Project
from tests.blocks.cases import LAYERS
from tests.blocks.cases.case import case
from tests.blocks.test_execution import in_a_network

CATALOGUE = Catalogue.builtin()
_EVERYTHING = {
    "out_channels": 12,
    "kernel_size": (3, 5),
    "stride": (2, 1),
    "padding": (10, 20),
    "dilation": (2, 3),
    "groups": 2,
    "bias": False,
    "padding_mode": "replicate",
    "parametrization": "spectral_norm",
}


def networks():
    found = {
        f"{name.lower()}_{at}": in_a_network(name, one).graphs["tried"]
        for name, cases in LAYERS.items()
        for at, one in enumerate(cases, 1)
        if "network" in CATALOGUE[name].graphs
    }
    found["long_lines"] = in_a_network("Conv2d", case(x="N 4 30 30", params=_EVERYTHING)).graphs["tried"]
    return Project(graphs=Map(found))


def test_every_blocks_source_is_as_a_formatter_leaves_it():
    ruff = Path(sys.executable).with_name("ruff")
    text = project_source(networks(), CATALOGUE).text
    assert all(f"class {name}" in text for name in ("Conv2d1", "Linear1", "LongLines"))
    done = subprocess.run(
        [str(ruff), "format", "--diff", "--isolated", "--line-length", "120", "--stdin-filename", "model.py", "-"],
        input=text.encode(),
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout.decode()
    assert "spectral_norm(\n" in text
