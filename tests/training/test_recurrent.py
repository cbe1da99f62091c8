"""Networks with loops learn through time, are kept, watched and taken away like any other."""

from __future__ import annotations

import msgspec
import pytest
import torch
from immutables import Map
from torch.nn import functional as F

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.exchange.project_out import export_network
from netbuilder.exchange.weights import choose
from netbuilder.graph.model import Project
from tests.training.here import epochs, new, same, train, weights
from tests.training.projects import digits_project, graph

CATALOGUE = Catalogue.builtin()
TOKENS, STEPS, HIDDEN = 4, 5, 16

MEMORY = graph(
    "network",
    {
        "tokens": ("Input", {"shape": "N T", "dtype": "int64"}),
        "embedding1": ("Embedding", {"num_embeddings": TOKENS, "embedding_dim": 8}),
        "h": ("Delay", {"size": (HIDDEN,), "start": "learned"}),
        "concat1": ("Concat", {}),
        "linear1": ("Linear", {"out_features": HIDDEN}),
        "tanh1": ("Tanh", {}),
        "head": ("Linear", {"out_features": TOKENS}),
        "logits": ("Output", {"steps": "last"}),
    },
    "tokens.x > embedding1.x",
    "embedding1.y > concat1.x",
    "h.y > concat1.x",
    "concat1.y > linear1.x",
    "linear1.y > tanh1.x",
    "tanh1.y > h.x",
    "tanh1.y > head.x",
    "head.y > logits.x",
)

# Reads a picture row by row.
READER = graph(
    "network",
    {
        "rows": ("Input", {"shape": "N T 8"}),
        "h": ("Delay", {"size": (24,)}),
        "concat1": ("Concat", {}),
        "linear1": ("Linear", {"out_features": 24}),
        "tanh1": ("Tanh", {}),
        "dropout1": ("Dropout", {"p": 0.1}),
        "head": ("Linear", {"out_features": 10}),
        "said": ("Output", {"steps": "last"}),
    },
    "rows.x > concat1.x",
    "h.y > concat1.x",
    "concat1.y > linear1.x",
    "linear1.y > tanh1.x",
    "tanh1.y > dropout1.x",
    "dropout1.y > h.x",
    "tanh1.y > head.x",
    "head.y > said.x",
)

CLASSIFIER = graph(
    "network",
    {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "reshape1": ("Reshape", {"shape": (8, 8)}),
        "reader1": ("Network", {"network": "reader"}),
        "logits": ("Output", {}),
    },
    "image.x > reshape1.x",
    "reshape1.y > reader1.rows",
    "reader1.said > logits.x",
)


def test_it_learns_to_remember_the_first_token() -> None:
    """Only a gradient that goes back through all steps can teach that."""
    torch.manual_seed(0)
    net = build(Project(graphs=Map(memory=MEMORY)), None, CATALOGUE).networks["memory"]()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    losses = []
    for _ in range(150):
        tokens = torch.randint(0, TOKENS, (64, STEPS))
        loss = F.cross_entropy(net(tokens), tokens[:, 0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 1.2  # guessing among four costs 1.39
    assert sum(losses[-10:]) / 10 < 0.1


@pytest.fixture(scope="module")
def reading() -> Project:
    held = digits_project()
    return msgspec.structs.replace(held, graphs=held.graphs.set("classifier", CLASSIFIER).set("reader", READER))


def test_a_run_with_a_loop_learns_goes_on_and_is_exported(reading: Project, tmp_path, monkeypatch) -> None:
    whole = train(new(tmp_path / "whole", reading, epochs=4), monkeypatch)
    assert whole.status().state == "finished", whole.status()
    figures = epochs(whole)
    assert figures[4][0]["loss"] < 0.7 * figures[1][0]["loss"]
    assert figures[4][1]["accuracy"] > 0.6
    assert (whole.path / "preview" / "step-80").is_dir()
    assert "for rows_t in rows.unbind(1):" in (whole.path / "model.py").read_text()

    halves = new(tmp_path / "halves", reading, epochs=4)
    train(halves, monkeypatch, stop_after=33)
    assert halves.status().state == "stopped"
    train(halves, monkeypatch)
    assert same(weights(halves), weights(whole))

    done = export_network(reading, "classifier", choose(whole), tmp_path / "classifier.onnx", CATALOGUE)
    assert done.note == ""
    assert done.largest_relative_difference < 1e-4
