"""What the presets for series and language promise beyond their figures."""

import pytest
import torch
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.graph import file
from netbuilder.resources import template

CATALOGUE = Catalogue.builtin()


def network(preset, name):
    """A fresh network of a preset."""
    return build(file.load(template(preset)), None, CATALOGUE, networks=[name]).networks[name]()


@pytest.mark.parametrize("steps", [1, 7, 24])
def test_the_drawn_cell_is_torchs_rnn(steps):
    torch.manual_seed(0)
    drawn, theirs = network("elman_by_hand", "elman"), nn.RNN(1, 16, batch_first=True)
    weights = {
        "linear1.weight": theirs.weight_ih_l0,
        "linear1.bias": theirs.bias_ih_l0,
        "linear2.weight": theirs.weight_hh_l0,
        "linear2.bias": theirs.bias_hh_l0,
    }
    assert set(weights) | {"linear3.weight", "linear3.bias"} == set(drawn.state_dict())
    drawn.load_state_dict({**drawn.state_dict(), **weights})
    x = torch.randn(5, steps, 1)
    logits, states = drawn(x)
    expected, _ = theirs(x)
    torch.testing.assert_close(states, expected, rtol=0, atol=1e-6)
    torch.testing.assert_close(logits, drawn.linear3(expected), rtol=0, atol=1e-6)
