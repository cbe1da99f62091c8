"""What presets on points, tables, shapes, sounds and photographs are measured by, and what they show."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.data.loaders import load
from netbuilder.graph import file
from netbuilder.resources import template
from netbuilder.training import checkpoint, trainer
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from netbuilder.training.views.boxes import Box, decode, right_boxes
from netbuilder.training.work import build_networks
from tests.templates.precision import average_precision, overlap
from tests.training import here


def box(x, score=1.0, number=0):
    return Box(number, x, 10.0, 4.0, 4.0, score)


def test_overlap_of_boxes():
    assert overlap(box(10), box(10)) == 1.0
    assert overlap(box(10), box(12)) == pytest.approx(8 / 24)
    assert overlap(box(10), box(14)) == 0.0
    assert overlap(Box(0, 5, 5, 4, 2), Box(0, 5, 5, 2, 4)) == pytest.approx(4 / 12)


def test_average_precision_by_hand():
    # All found, nothing else.
    assert average_precision([[box(10, 0.9)]], [[box(10)]]) == 1.0
    # One of two found: precision 1 up to recall 1/2.
    assert average_precision([[box(10, 0.9)]], [[box(10), box(30)]]) == 0.5
    # Hit, miss, hit: precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.
    found = [[box(10, 0.9), box(50, 0.8), box(30, 0.7)]]
    assert average_precision(found, [[box(10), box(30)]]) == pytest.approx(0.5 + 0.5 * 2 / 3)
    # A surer false one comes first: precision 1/2 from the start.
    assert average_precision([[box(10, 0.5), box(50, 0.9)]], [[box(10)]]) == 0.5
    # The second box on the same thing is false, and comes after it.
    assert average_precision([[box(10, 0.9), box(10.5, 0.8)]], [[box(10)]]) == 1.0
    assert average_precision([[box(10, 0.9), box(10.5, 0.8)], [box(30, 0.7)]], [[box(10)], [box(30)]]) == pytest.approx(
        0.5 + 0.5 * 2 / 3
    )
    # Too far off, in another picture, or of another class is no hit; classes count alike.
    assert average_precision([[box(12, 0.9)]], [[box(10)]]) == 0.0
    assert average_precision([[], [box(10)]], [[box(10)], []]) == 0.0
    assert average_precision([[box(10, 0.9, number=1)]], [[box(10)]]) == 0.0
    mixed = [[box(10, 0.9), box(30, 0.9, number=1)]]
    assert average_precision(mixed, [[box(10), box(30, number=1), box(50, number=1)]]) == pytest.approx(0.75)
    assert average_precision([[]], [[box(10)]]) == 0.0


def opened(name):
    """A preset's project, what it does, and its networks with first weights."""
    project = file.load(template(name))
    program = build(project, "training", Catalogue.builtin())
    return project, program, build_networks(program, 0, torch.device("cpu"))


def test_the_update_in_the_note_is_the_one_that_is_made():
    """dW = dy f'(Wx + b) x, a mean over the batch, where dy is the slope of the squared distance."""
    project, program, networks = opened("first_neuron")
    batch = {name: column[:32] for name, column in load(project.datasets["clouds"], 0).train.items()}
    neuron = networks["neuron"]
    weight, bias = (tensor.detach().clone() for tensor in neuron.parameters())
    x, t = batch["point"], batch["label"][:, None].float()
    y = torch.sigmoid(x @ weight.T + bias)
    by_hand = (2 * (y - t) * y * (1 - y) * x).mean(0, keepdim=True)
    algorithm = torch.optim.SGD(neuron.parameters(), lr=0.2)
    steps = SimpleNamespace(optimizer=algorithm)
    program.train_step(batch, SimpleNamespace(**networks), steps, 0)
    assert torch.allclose(next(neuron.parameters()), weight - 0.2 * by_hand, atol=1e-6)
    assert "dW = dy f'(Wx + b) x" in project.graphs["training"].frames["note1"].text


def test_without_a_bend_four_layers_are_one_and_with_it_they_are_not():
    _, _, networks = opened("why_nonlinear")
    counts = {name: sum(map(torch.Tensor.numel, net.parameters())) for name, net in networks.items()}
    assert counts["straight"] == counts["bent"]
    a, b = torch.randn(2, 64, 2, generator=torch.Generator().manual_seed(0)) * 3
    for name, linear in (("straight", True), ("bent", False)):
        net = networks[name].double()
        a, b = a.double(), b.double()
        off = net(a) + net(b) - net(a + b) - net(torch.zeros_like(a))
        assert (float(off.detach().abs().max()) < 1e-12) == linear


def test_only_the_picture_learns_and_what_looks_at_it_stays_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "conclude", lambda session, outcome, state: session.keeper.wait())
    project, _, networks = opened("style_transfer")
    settings = resolve({**project.settings["training"], "device": "cpu", "threads": 1})
    run = here.train(create(project, "training", settings, tmp_path), monkeypatch, stop_after=2)
    held = checkpoint.read_weights(run.checkpoint("last").path)
    for name, same in (("features", True), ("canvas", False)):
        first = networks[name].state_dict()
        assert held[name].keys() == first.keys()
        assert all(torch.equal(held[name][key], first[key]) == same for key in first)


def test_what_the_maps_of_a_detector_say_is_found_again_as_boxes():
    """The maps that are learned hold the boxes: read as a perfect answer they give them back."""
    project, _, _ = opened("detector_shapes")
    data = load(project.datasets["shapes"], 0).validation
    sure = (data["heat"] * 2 - 1) * 20
    found = decode(sure, data["extent"], (32, 32), (1.0, 1.0), threshold=0.99)
    assert average_precision(found, right_boxes(data["boxes"], (1.0, 1.0))) > 0.99


def test_the_style_loss_is_the_distance_of_gram_matrices():
    project, program, networks = opened("style_transfer")
    data = load(project.datasets["photos"], 0).train
    batch = {name: column[:1] for name, column in data.items()}
    told = program.eval_step(batch, SimpleNamespace(**networks))
    with torch.no_grad():
        looked = [networks["features"](x) for x in (networks["canvas"]()[None], batch["style"])]
    grams = [[torch.einsum("ncx,ndx->ncd", f.flatten(2), f.flatten(2)) / f[0].numel() for f in fs] for fs in looked]
    wanted = {name: F.mse_loss(a, b) for name, a, b in zip(("coarse", "fine", "layout", "middle"), *grams, strict=True)}
    for name in ("fine", "middle", "coarse"):
        assert float(told[f"style_{name}"]) == pytest.approx(float(wanted[name]), rel=1e-4)
    assert float(told["style"]) == pytest.approx(sum(float(wanted[n]) for n in ("fine", "middle", "coarse")), rel=1e-4)
