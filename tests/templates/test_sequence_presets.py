"""What the presets for series and language promise beyond their figures."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.data.loaders import load
from netbuilder.exchange.project_out import export_network
from netbuilder.exchange.weights import Weights
from netbuilder.graph import file
from netbuilder.nn.sampling import generate
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


def test_what_is_right_word_by_word_is_translated_right():
    """ExactMatch, told from the right words so far, counts what the decoder by itself would translate right."""
    torch.manual_seed(1)
    project = file.load(template("translate_numbers"))
    program = build(project, "training", CATALOGUE)
    encoder, decoder = (program.networks[name]() for name in ("encoder", "decoder"))
    data = load(project.datasets["numbers"], seed=0)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.003)
    for at in range(0, 2800, 35):
        batch = {name: column[at : at + 35] for name, column in data.train.items()}
        logits = decoder(encoder(batch["digits"]), batch["words"])[1]
        optimizer.zero_grad()
        functional.cross_entropy(logits.transpose(1, 2), batch["target"], ignore_index=0).backward()
        optimizer.step()
    digits, words, target = (data.test[name] for name in ("digits", "words", "target"))
    with torch.no_grad():
        memory = encoder(digits)
        taught = decoder(memory, words)[1].argmax(-1)
        found = generate(lambda so_far, seen: decoder(seen, so_far)[1], words[:, :1], memory, length=9, temperature=0.0)
    there = target != 0
    by_word = ((taught == target) | ~there).all(1)
    by_itself = ((found[:, 1:] == target) | ~there).all(1)
    assert torch.equal(by_word, by_itself)
    assert 0.05 < by_itself.float().mean() < 0.999, "some right, some wrong, or this says nothing"


@pytest.mark.parametrize(("preset", "name"), [("char_lstm", "writer"), ("char_gpt", "gpt")])
def test_a_writer_sees_nothing_of_what_lies_ahead(preset, name):
    """Each character is told from those before it: another end leaves the beginning as it was."""
    torch.manual_seed(2)
    model = network(preset, name).eval()
    one = torch.randint(0, 97, (3, 20))
    other = torch.cat([one[:, :12], torch.randint(0, 97, (3, 8))], dim=1)
    before, after = model(one), model(other)
    torch.testing.assert_close(before[:, :12], after[:, :12], rtol=0, atol=1e-5)
    assert not torch.allclose(before[:, 12:], after[:, 12:])


@pytest.mark.parametrize(
    ("preset", "name", "free"),
    [
        ("elman_by_hand", "elman", ("N", "T")),
        ("gru_adding", "plain", ("N",)),
        ("char_gpt", "gpt", ("N", "T")),
        ("translate_numbers", "decoder", ("N", "S", "T")),
    ],
)
def test_it_becomes_an_onnx_file_with_free_lengths(preset, name, free, tmp_path):
    done = export_network(file.load(template(preset)), name, Weights(), tmp_path / "network.onnx", CATALOGUE)
    assert done.free_axes == free
    assert done.note == ""
    assert done.largest_difference < 1e-5
