"""Recurrent cells drawn from basic blocks, and torch's own with the same weights."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from netbuilder.graph.model import Graph
from tests.compiler.projects import graph

FEATURES, HIDDEN = 5, 7
# torch's names of the drawn layers' weights, which lie in the same order.
WEIGHTS = {
    "read.weight": "weight_ih_l0",
    "read.bias": "bias_ih_l0",
    "recall.weight": "weight_hh_l0",
    "recall.bias": "bias_hh_l0",
}


class Cell(NamedTuple):
    """A drawn network from x to all that is said and to the last states, and torch's layer."""

    drawn: Graph
    theirs: type[nn.RNNBase]

    def copy(self, ours: nn.Module, theirs: nn.RNNBase) -> None:
        """Gives the drawn network torch's weights."""
        held = theirs.state_dict()
        ours.load_state_dict({mine: held[name] for mine, name in WEIGHTS.items()})

    def gradients(self, module: nn.Module) -> list[torch.Tensor]:
        """The gradients of either, in one order."""
        named = dict(module.named_parameters())
        return [named[mine if mine in named else name].grad for mine, name in WEIGHTS.items()]


def elman() -> Graph:
    """h = tanh(W x + b + U h + c)."""
    return graph(
        {
            "x": ("Input", {"shape": f"N T {FEATURES}"}),
            "h": ("Delay", {"size": (HIDDEN,)}),
            "read": ("Linear", {"out_features": HIDDEN}),
            "recall": ("Linear", {"out_features": HIDDEN}),
            "sum1": "Add",
            "tanh1": "Tanh",
            "y": "Output",
            "z": ("Output", {"steps": "last"}),
        },
        [
            "x.x > read.x",
            "h.y > recall.x",
            "read.y > sum1.x.0",
            "recall.y > sum1.x.1",
            "sum1.y > tanh1.x",
            "tanh1.y > h.x",
            "tanh1.y > y.x",
            "tanh1.y > z.x",
        ],
    )


def lstm() -> Graph:
    """c = f c + i g, h = o tanh(c)."""
    return graph(
        {
            "x": ("Input", {"shape": f"N T {FEATURES}"}),
            "h": ("Delay", {"size": (HIDDEN,)}),
            "c": ("Delay", {"size": (HIDDEN,)}),
            "read": ("Linear", {"out_features": 4 * HIDDEN}),
            "recall": ("Linear", {"out_features": 4 * HIDDEN}),
            "sum1": "Add",
            "gates": ("Split", {"sections": 4}),
            "i": "Sigmoid",
            "f": "Sigmoid",
            "g": "Tanh",
            "o": "Sigmoid",
            "forget": "Multiply",
            "learn": "Multiply",
            "cell": "Add",
            "tanh1": "Tanh",
            "say": "Multiply",
            "y": "Output",
            "z": ("Output", {"steps": "last"}),
            "z2": ("Output", {"steps": "last"}),
        },
        [
            "x.x > read.x",
            "h.y > recall.x",
            "read.y > sum1.x.0",
            "recall.y > sum1.x.1",
            "sum1.y > gates.x",
            *(f"gates.y{at} > {gate}.x" for at, gate in enumerate("ifgo", 1)),
            "f.y > forget.x.0",
            "c.y > forget.x.1",
            "i.y > learn.x.0",
            "g.y > learn.x.1",
            "forget.y > cell.x.0",
            "learn.y > cell.x.1",
            "cell.y > c.x",
            "cell.y > tanh1.x",
            "o.y > say.x.0",
            "tanh1.y > say.x.1",
            "say.y > h.x",
            "say.y > y.x",
            "say.y > z.x",
            "cell.y > z2.x",
        ],
    )


def gru() -> Graph:
    """h = n + z (h - n), which is (1 - z) n + z h."""
    return graph(
        {
            "x": ("Input", {"shape": f"N T {FEATURES}"}),
            "h": ("Delay", {"size": (HIDDEN,)}),
            "read": ("Linear", {"out_features": 3 * HIDDEN}),
            "recall": ("Linear", {"out_features": 3 * HIDDEN}),
            "reads": ("Split", {"sections": 3}),
            "recalls": ("Split", {"sections": 3}),
            "sum_r": "Add",
            "sum_z": "Add",
            "r": "Sigmoid",
            "z": "Sigmoid",
            "reset": "Multiply",
            "sum_n": "Add",
            "n": "Tanh",
            "apart": "Subtract",
            "kept": "Multiply",
            "new": "Add",
            "y": "Output",
            "y_last": ("Output", {"steps": "last"}),
        },
        [
            "x.x > read.x",
            "h.y > recall.x",
            "read.y > reads.x",
            "recall.y > recalls.x",
            "reads.y1 > sum_r.x.0",
            "recalls.y1 > sum_r.x.1",
            "reads.y2 > sum_z.x.0",
            "recalls.y2 > sum_z.x.1",
            "sum_r.y > r.x",
            "sum_z.y > z.x",
            "r.y > reset.x.0",
            "recalls.y3 > reset.x.1",
            "reads.y3 > sum_n.x.0",
            "reset.y > sum_n.x.1",
            "sum_n.y > n.x",
            "h.y > apart.a",
            "n.y > apart.b",
            "z.y > kept.x.0",
            "apart.y > kept.x.1",
            "n.y > new.x.0",
            "kept.y > new.x.1",
            "new.y > h.x",
            "new.y > y.x",
            "new.y > y_last.x",
        ],
    )


CELLS: dict[str, Cell] = {"elman": Cell(elman(), nn.RNN), "lstm": Cell(lstm(), nn.LSTM), "gru": Cell(gru(), nn.GRU)}
