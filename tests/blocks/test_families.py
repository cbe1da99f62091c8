"""Families are complete where torch's are, and blocks that torch lacks keep what they promise."""

import pytest
import torch
from immutables import Map
from torch import nn
from torch.nn import functional as F
from torch.nn.modules import activation, conv, dropout, padding, pooling
from torch.nn.utils import parametrize

from netbuilder.blocks.catalogue import CATEGORIES, Catalogue
from netbuilder.blocks.params import Wrap
from netbuilder.compiler.lines import constructor
from netbuilder.compiler.program import build
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
from netbuilder.nn.regularization import DropPath, GaussianNoise
from tests.blocks.cases.case import case
from tests.blocks.test_execution import in_a_network

CATALOGUE = Catalogue.builtin()


@pytest.mark.parametrize("family", [activation, conv, dropout, padding, pooling], ids=lambda m: m.__name__)
def test_all_of_torchs_family_is_there(family):
    theirs = {name for name in family.__all__ if not name.startswith("Lazy")}
    assert theirs <= set(CATALOGUE.names)


def test_activations_are_torchs_and_the_gumbel_softmax():
    assert {block.name for block in CATALOGUE.categories()["Activation"]} == {
        *activation.__all__,
        "GumbelSoftmax",
    } - {"MultiheadAttention"}


def test_a_family_stands_from_one_to_three_dimensions_in_order():
    names = list(CATALOGUE.names)
    for stem in ("Conv", "MaxPool", "ZeroPad", "BatchNorm", "Dropout"):
        at = names.index(f"{stem}1d")
        assert names[at : at + 3] == [f"{stem}{rank}d" for rank in (1, 2, 3)]
    assert list(CATALOGUE.categories()).index("Padding") == list(CATEGORIES).index("Padding")


WRAPPED = [
    block for name in CATALOGUE.names for block in [CATALOGUE[name]] if any(isinstance(p, Wrap) for p in block.params)
]


def test_every_layer_that_slides_or_mixes_can_be_normalised():
    kinds = {f"{kind}{rank}d" for kind in ("Conv", "ConvTranspose") for rank in (1, 2, 3)}
    assert {block.name for block in WRAPPED} == {"Linear", "Bilinear", *kinds}


@pytest.mark.parametrize("block", WRAPPED, ids=lambda block: block.name)
@pytest.mark.parametrize("norm", ["weight_norm", "spectral_norm"])
def test_the_module_is_wrapped_where_it_is_made(block, norm):
    sizes = {param.name: 4 for param in block.params if param not in block.typed()}
    plain = constructor(block, Map(), sizes)
    assert plain.startswith(f"nn.{block.name}(")
    wrapped = constructor(block, Map(parametrization=norm), sizes)
    assert wrapped == f"nn.utils.parametrizations.{norm}({plain})"
    module = eval(wrapped, {"nn": nn})
    assert parametrize.is_parametrized(module, "weight")
    assert constructor(block, Map(parametrization="none"), sizes) == plain


def test_spectral_norm_holds_the_greatest_stretch_at_one():
    tried = case(x="N 8", params={"out_features": 8, "parametrization": "spectral_norm", "bias": False})
    layer = build(in_a_network("Linear", tried), None, CATALOGUE).networks["tried"]().it
    with torch.no_grad():
        layer.parametrizations.weight.original.mul_(7)
        for _ in range(50):  # each look while training improves the estimate
            weight = layer.weight
    assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(1, abs=1e-3)


def test_weight_norm_learns_length_and_direction_apart():
    tried = case(x="N 4 8 8", params={"out_channels": 5, "parametrization": "weight_norm"})
    project = in_a_network("Conv2d", tried)
    layer = build(project, None, CATALOGUE).networks["tried"]().it
    assert {name: tuple(value.shape) for name, value in layer.named_parameters()} == {
        "bias": (5,),
        "parametrizations.weight.original0": (5, 1, 1, 1),
        "parametrizations.weight.original1": (5, 4, 3, 3),
    }


def test_drop_path_leaves_whole_samples_out_and_keeps_the_mean():
    torch.manual_seed(0)
    module, x = DropPath(0.25), torch.ones(20_000, 3, 2)
    y = module(x)
    kept = y[:, 0, 0] != 0
    assert torch.equal(y, kept[:, None, None] * x / 0.75)
    assert kept.float().mean().item() == pytest.approx(0.75, abs=0.02)
    assert module.eval()(x) is x
    assert DropPath(0.0)(x) is x
    for p in (-0.1, 1.0):
        with pytest.raises(ValueError, match="below 1"):
            DropPath(p)


def test_what_works_while_training_only_says_so():
    """Dropout, whatever is told whether it trains and does nothing else, and what learning itself is made of."""
    dropouts = set(CATALOGUE.names) & set(dropout.__all__)
    augmenting = {name for name in CATALOGUE.names if ", training={training})" in CATALOGUE[name].call}
    assert len(dropouts) == 6
    assert len(augmenting) >= 13
    idle = {name for name in CATALOGUE.names if CATALOGUE[name].idle}
    assert idle == dropouts | augmenting | {"DropPath", "GaussianNoise"}
    learning = {name for name in CATALOGUE.names if CATALOGUE[name].training_only} - idle
    assert learning > {"CrossEntropyLoss", "Optimizer", "Freeze"}
    assert not learning & {"Accuracy", "Detach", "Data", "BatchNorm2d"}


def test_gaussian_noise_is_added_while_training_only():
    torch.manual_seed(0)
    module, x = GaussianNoise(0.5), torch.full((50_000,), 3.0)
    y = module(x)
    assert (y - x).mean().item() == pytest.approx(0, abs=0.01)
    assert (y - x).std().item() == pytest.approx(0.5, abs=0.01)
    assert module.eval()(x) is x
    with pytest.raises(ValueError, match="at least 0"):
        GaussianNoise(-1.0)


def test_l2_normalize_gives_vectors_of_length_one():
    net = build(in_a_network("L2Normalize", case(x="N 12")), None, CATALOGUE).networks["tried"]()
    assert torch.allclose(net(torch.rand(5, 12) - 0.5).norm(dim=1), torch.ones(5))


def test_max_unpool_puts_values_back_where_they_were():
    nodes = {
        "x": Node("Input", Map(shape="N 2 9 7")),
        "pool": Node("MaxPool2d", Map(return_indices=True)),
        "unpool": Node("MaxUnpool2d"),
        "y": Node("Output"),
    }
    links = [
        Link(Output("x", "x"), Input("pool", "x")),
        Link(Output("pool", "y"), Input("unpool", "x")),
        Link(Output("pool", "indices"), Input("unpool", "indices")),
        Link(Output("x", "x"), Input("unpool", "like")),
        Link(Output("unpool", "y"), Input("y", "x")),
    ]
    graph = Graph("network", Map(nodes), Map({link.target: link for link in links}))
    program = build(Project(graphs=Map(tried=graph)), None, CATALOGUE)
    assert "pool_y, pool_indices = F.max_pool2d(x, 2, return_indices=True)" in program.source
    x = torch.rand(3, 2, 9, 7)
    y = program.networks["tried"]()(x)
    largest, indices = F.max_pool2d(x, 2, return_indices=True)
    assert torch.equal(y, F.max_unpool2d(largest, indices, 2, output_size=(9, 7)))
    assert torch.equal(y[y != 0], x[y != 0])
    assert torch.equal(F.max_pool2d(y, 2), largest)


def test_one_number_for_the_border_is_written_for_every_side():
    program = build(in_a_network("ReflectionPad2d", case(x="N 3 8 8")), None, CATALOGUE)
    assert 'F.pad(x0, (1, 1, 1, 1), mode="reflect")' in program.source
