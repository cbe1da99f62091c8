"""What the presets on digits promise beyond their figures."""

import pytest
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.graph import file
from netbuilder.graph.model import Project
from netbuilder.resources import template

CATALOGUE = Catalogue.builtin()


def preset(name: str) -> Project:
    return file.load(template(name))


def network(name: str, which: str) -> nn.Module:
    """A fresh network of a preset."""
    return build(preset(name), None, CATALOGUE, networks=[which]).networks[which]()


def test_the_deep_one_is_as_deep_as_its_title_says():
    layers = [module for module in network("deep_1000", "classifier").modules() if isinstance(module, nn.Linear)]
    title = preset("deep_1000").title
    assert len(layers) == 1010
    assert title.startswith(f"{len(layers):,} ")


@pytest.mark.parametrize("name", ["autoencoder_digits", "denoising_digits"])
def test_all_passes_through_two_numbers(name):
    for which in ("encoder", "decoder"):
        layers = [module for module in network(name, which).modules() if isinstance(module, nn.Linear)]
        assert 2 in (layers[0].in_features, layers[-1].out_features)


def test_recognition_places_one_encoder_three_times():
    placed = [
        node for node in preset("face_like_embedding").graphs["training"].nodes.values() if node.block == "Network"
    ]
    assert [node.params["network"] for node in placed] == ["encoder"] * 3
