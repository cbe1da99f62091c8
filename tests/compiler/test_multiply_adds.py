"""Multiply-adds for one sample against formulas: products of matrices are counted wherever torch hides them."""

from __future__ import annotations

from typing import Any

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from tests.compiler.projects import graph, project

CATALOGUE = Catalogue.builtin()
T, S, E, H = 11, 13, 24, 4  # steps of the query, steps of the key, features, heads


def work(block: str, inputs: dict[str, Any], read: tuple[str, ...] = (), **params: Any) -> int:
    """What one node costs. `inputs`: by port a shape, or a block that makes it, from the first input if need be."""
    nodes: dict[str, Any] = {"tried": (block, params)}
    links = []
    for at, (port, made) in enumerate(inputs.items()):
        if isinstance(made, str):
            shape, _, dtype = made.partition(":")
            nodes[f"in{at}"] = ("Input", {"shape": shape, "dtype": dtype or "float32"})
        else:
            nodes[f"in{at}"] = made
            links += ["in0.x > in1.x"] if CATALOGUE[made[0]].inputs else []
        links.append(f"in{at}.{'x' if isinstance(made, str) else 'y'} > tried.{port}")
    for at, port in enumerate(read or (CATALOGUE[block].outputs[0].name,)):
        nodes[f"end{at}"] = "Output"
        links.append(f"tried.{port} > end{at}.x")
    report = Analyser(CATALOGUE).analyse(project(graph(nodes, links)))["classifier"]
    assert [problem.message for problem in report.errors] == []
    return report.nodes["tried"].multiply_adds


def attention(t: int, s: int, width: int = E) -> int:
    """Queries with keys, and what they weigh with values: all heads together."""
    return 2 * t * s * width


SELF = {"query": f"N {T} {E}"}
CROSS = {"query": f"N {T} {E}", "key": f"N {S} {E}"}
PROJECTED = 4 * T * E * E + attention(T, T)
CAUSAL = ("CausalMask", {"marks": "blocked"})


@pytest.mark.parametrize(
    ("inputs", "params", "expected"),
    [
        (SELF, {}, PROJECTED),
        (SELF, {"dropout": 0.5, "bias": False}, PROJECTED),
        ({**SELF, "attn_mask": CAUSAL}, {}, PROJECTED),
        (CROSS, {}, 2 * (T + S) * E * E + attention(T, S)),
        ({"query": f"N {T} {E}", "key": f"N {S} 7"}, {}, 2 * T * E * E + 2 * S * 7 * E + attention(T, S)),
        (SELF, {"add_zero_attn": True}, 4 * T * E * E + attention(T, T + 1)),
        (SELF, {"num_heads": 1}, PROJECTED),
    ],
)
@pytest.mark.parametrize("read", [("y",), ("y", "weights")])
def test_attention_with_weights_of_its_own(
    inputs: dict[str, Any], params: dict[str, Any], expected: int, read: tuple[str, ...]
) -> None:
    assert work("MultiheadAttention", inputs, read, **{"num_heads": H, **params}) == expected


@pytest.mark.parametrize(
    ("query", "key", "params"),
    [
        (f"N {H} {T} {E // H}", f"N {H} {S} {E // H}", {}),
        (f"N {T} {E}", f"N {S} {E}", {}),
        (f"N {H} {T} {E // H}", f"N {H} {T} {E // H}", {"is_causal": True}),
        (f"N {H} {T} {E // H}", f"N {H} {S} {E // H}", {"dropout_p": 0.3, "scale": 0.5}),
    ],
)
def test_attention_without_weights(query: str, key: str, params: dict[str, Any]) -> None:
    steps = int(key.split()[-2])
    given = {"query": query, "key": key, "value": key}
    assert work("ScaledDotProductAttention", given, **params) == attention(T, steps)


def test_heads_that_share_keys_cost_as_much_as_those_that_do_not() -> None:
    given = {"query": f"N {H} {T} 6", "key": f"N 2 {S} 6", "value": f"N 2 {S} 6"}
    assert work("ScaledDotProductAttention", given, enable_gqa=True) == attention(T, S, H * 6)


LAYER = PROJECTED + 2 * T * E * 32
INNER = {"nhead": H, "dim_feedforward": 32}
DECODER = LAYER + 2 * (T + S) * E * E + attention(T, S)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_layers_of_transformers(norm_first: bool, activation: str) -> None:
    params = {**INNER, "norm_first": norm_first, "activation": activation}
    x, memory = f"N {T} {E}", f"N {S} {E}"
    assert work("TransformerEncoderLayer", {"x": x}, **params) == LAYER
    assert work("TransformerEncoder", {"x": x}, num_layers=3, **params) == 3 * LAYER
    assert work("TransformerDecoderLayer", {"x": x, "memory": memory}, **params) == DECODER
    assert work("TransformerDecoder", {"x": x, "memory": memory}, num_layers=3, **params) == 3 * DECODER


IMAGE = "N 6 9 10"


@pytest.mark.parametrize(
    ("block", "inputs", "params", "expected"),
    [
        ("Linear", {"x": "N 7 6"}, {"out_features": 5}, 7 * 6 * 5),
        ("Bilinear", {"x1": "N 6", "x2": "N 5"}, {"out_features": 4}, 4 * 6 * 5),
        ("Conv1d", {"x": "N 6 9"}, {"out_channels": 4, "kernel_size": 3}, 7 * 4 * 6 * 3),
        ("Conv2d", {"x": IMAGE}, {"out_channels": 4, "kernel_size": (3, 1)}, 7 * 10 * 4 * 6 * 3),
        ("Conv2d", {"x": IMAGE}, {"out_channels": 6, "kernel_size": 3, "groups": 6}, 7 * 8 * 6 * 9),
        ("Conv3d", {"x": "N 2 4 5 6"}, {"out_channels": 3, "kernel_size": 2}, 3 * 4 * 5 * 3 * 2 * 8),
        ("ConvTranspose2d", {"x": IMAGE}, {"out_channels": 4, "kernel_size": 2, "stride": 2}, 9 * 10 * 6 * 4 * 4),
        ("ConvTranspose1d", {"x": "N 6 9"}, {"out_channels": 4, "kernel_size": 3}, 9 * 6 * 4 * 3),
        ("Embedding", {"x": "N 7:int64"}, {}, 0),
        ("TiedLinear", {"x": "N 7 6", "weight": ("Parameter", {"shape": (5, 6)})}, {}, 7 * 6 * 5),
        ("MatMul", {"a": "N 7 6", "b": "N 6 5"}, {}, 7 * 6 * 5),
        ("MatMul", {"a": "N 7 6", "b": ("Parameter", {"shape": (6,)})}, {}, 7 * 6),
        ("Einsum", {"x.0": "N 7 6", "x.1": "N 5 6"}, {"equation": "nti,nsi->nts"}, 7 * 6 * 5),
        ("LSTM", {"x": "N 7 6"}, {"hidden_size": 5}, 7 * 4 * 5 * (6 + 5)),
        ("GRU", {"x": "N 7 6"}, {"hidden_size": 5, "bidirectional": True}, 2 * 7 * 3 * 5 * (6 + 5)),
        ("RNN", {"x": "N 7 6"}, {"hidden_size": 5, "num_layers": 2}, 7 * 5 * (6 + 5) + 7 * 5 * 10),
        ("PatchEmbedding", {"x": "N 3 32 32"}, {"embedding_dim": 8, "patch_size": 16}, 4 * 3 * 256 * 8),
        ("ReLU", {"x": IMAGE}, {}, 0),
    ],
)
def test_layers(block: str, inputs: dict[str, Any], params: dict[str, Any], expected: int) -> None:
    assert work(block, inputs, **params) == expected
