"""The loops of recurrent networks stay loops in ONNX, with a free number of steps; or every step is written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.exchange import examples
from netbuilder.exchange.onnx_out import Exported
from netbuilder.exchange.project_out import export_network
from netbuilder.exchange.weights import Weights, networks
from netbuilder.graph.model import Project
from tests.compiler.cells import CELLS
from tests.compiler.loop_examples import looped
from tests.compiler.projects import graph, placed, project

CATALOGUE = Catalogue.builtin()
NAME = "classifier"


def sentences_of_words() -> Project:
    """A recurrent network in each step of a recurrent network."""
    words = looped(steps="last").graphs[NAME]
    sentences = graph(
        {
            "x": ("Input", {"shape": "N T W 6"}),
            "total": ("Delay", {"size": (8,), "start": "learned"}),
            "net1": ("Network", {"network": "words"}),
            "sum1": "Add",
            "y": "Output",
        },
        ["x.x > net1.x", "net1.y > sum1.x.0", "total.y > sum1.x.1", "sum1.y > total.x", "sum1.y > y.x"],
    )
    return project(sentences, words=words)


def inside_an_ordinary_network() -> Project:
    """Two recurrent networks in a row, each a placement in a network without a loop of its own."""
    cell = looped(x="Input").graphs[NAME]
    nodes = {"x": ("Input", {"shape": "N T 6"}), "cells": placed("cell", "Repeat"), "relu1": "ReLU", "y": "Output"}
    return project(graph(nodes, ["x.x > cells.x", "cells.y > relu1.x", "relu1.y > y.x"]), cell=cell)


def everything() -> Project:
    """A constant, a learned and a linked start, a Delay that only shifts, layers of training, a head after the loop."""
    return looped(
        delay={"start": "learned"},
        where=("Input", {"shape": "N 3", "steps": "constant"}),
        place=("Linear", {"out_features": 6}),
        tokens=("Input", {"shape": "N T", "dtype": "int64"}),
        before=("Delay", {"size": (), "dtype": "int64"}),
        embed=("Embedding", {"num_embeddings": 9, "embedding_dim": 6}),
        later=("Delay", {}),
        sum1="Add",
        drop=("Dropout", {"p": 0.5}),
        norm="BatchNorm1d",
        head=("Linear", {"out_features": 2}),
        said="Output",
        logits=("Output", {"steps": "last"}),
        old=("Output", {"steps": "last"}),
        links=(
            "where.x > place.x",
            "tokens.x > before.x",
            "before.y > embed.x",
            "embed.y > later.x",
            "place.y > later.initial",
            "later.y > sum1.x.0",
            "x.x > sum1.x.1",
            "sum1.y > drop.x",
            "drop.y > norm.x",
            "norm.y > said.x",
            "tanh1.y > head.x",
            "head.y > logits.x",
            "later.y > old.x",
        ),
    )


def exported(held: Project, to: Path) -> tuple[Exported, torch.nn.Module]:
    done = export_network(held, NAME, Weights(), to, CATALOGUE)
    return done, networks(build(held, None, CATALOGUE), [NAME], Weights())[NAME]


def operators(path: Path) -> set[str]:
    return {node.op_type for node in onnx.load(path).graph.node}


@pytest.mark.parametrize(
    ("held", "lengths"),
    [
        pytest.param(project(CELLS["lstm"].drawn), {"x": "NT5"}, id="lstm"),
        pytest.param(everything(), {"tokens": "NT", "where": "N3", "x": "NT6"}, id="everything"),
        pytest.param(sentences_of_words(), {"x": "NTW6"}, id="nested"),
        pytest.param(inside_an_ordinary_network(), {"x": "NT6"}, id="inside"),
    ],
)
def test_a_loop_becomes_a_scan_with_free_time(held: Project, lengths: dict[str, str], tmp_path: Path) -> None:
    done, module = exported(held, tmp_path / "net.onnx")
    assert done.note == ""
    assert done.free_axes[:2] == ("N", "T")
    assert "Scan" in operators(tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    for batch, steps in ((1, 2), (3, 5), (2, 9), (4, 1)):
        sizes = {"N": batch, "T": steps, "W": 3}
        shapes = {name: [sizes.get(axis) or int(axis) for axis in axes] for name, axes in lengths.items()}
        given = {name: torch.randint(0, 9, s) if name == "tokens" else torch.randn(s) for name, s in shapes.items()}
        with torch.no_grad():
            found = module(**given)
        got = session.run(None, {name: tensor.numpy() for name, tensor in given.items()})
        for mine, theirs in zip(found if isinstance(found, tuple) else (found,), got, strict=True):
            np.testing.assert_allclose(mine.numpy(), theirs, atol=1e-5)


def test_sizes_inside_a_step_stay_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GRU over a free axis in each step: the exporter writes the example's size for what the step gives."""
    monkeypatch.setattr(examples, "_LENGTHS", (((3, 4, 2), (5, 6, 4)),))
    held = looped(
        each=("Input", {"shape": "N T S 4"}),
        gru1=("GRU", {"hidden_size": 3}),
        out="Output",
        links=("each.x > gru1.x", "gru1.y > out.x"),
    )
    done, _ = exported(held, tmp_path / "net.onnx")
    assert (done.note, done.free_axes) == ("", ("N", "T", "S"))


def test_what_torch_exports_for_one_length_only_is_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "_LENGTHS", (((2, 4, 3), (3, 6, 4)),))
    held = looped(
        each=("Input", {"shape": "N T S 4"}),
        rnn1=("RNN", {"hidden_size": 3}),
        out="Output",
        links=("each.x > rnn1.x", "rnn1.y > out.x"),
    )
    done, _ = exported(held, tmp_path / "net.onnx")
    assert "every step is written out, for T = 2 and S = 3 only" in done.note
    assert done.free_axes == ("N",)


def test_a_torch_without_scan_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan is private: where it is gone or refuses a network, every step is written out, for one length."""

    def gone(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no scan here")

    monkeypatch.setattr(torch._higher_order_ops, "scan", gone)
    done, _ = exported(looped(), tmp_path / "net.onnx")
    assert "every step is written out, for T = 9 only" in done.note
    assert "write a number into the shape of the Input" in done.note
    assert done.free_axes == ("N",)
    assert "Scan" not in operators(tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == ["N", 9, 6]
    assert "no scan here" in done.note


def test_a_loop_of_fixed_length_is_a_scan_too(tmp_path: Path) -> None:
    done, _ = exported(looped(("Input", {"shape": "N 7 6"})), tmp_path / "net.onnx")
    assert (done.note, done.free_axes) == ("", ("N",))
    assert "Scan" in operators(tmp_path / "net.onnx")
