"""What declarations say beyond literals: phrases, axes in an index, equations, and what `__init__` assigns."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from immutables import Map
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lines import Names, constructor, statement
from netbuilder.compiler.program import Program, build
from netbuilder.graph.model import Project
from tests.compiler.projects import graph, project

CATALOGUE = Catalogue.builtin()


def line(name: str, /, *linked: str, **params: Any) -> str:
    block = CATALOGUE[name]
    ports = block.node_ports(Map(params), Project())
    names = Names({port: (port,) for port in linked}, {port.name: port.name for port in ports.outputs}, "self.it")
    return statement(block, ports, Map(params), names)


def drawn(nodes: dict[str, Any], links: list[str]) -> Program:
    return build(project(graph(nodes, links)), None, CATALOGUE)


@pytest.mark.parametrize(
    ("name", "linked", "params", "expected"),
    [
        ("Slice", ("x",), {"start": 2, "end": 9}, "y = x[:, 2:9]"),
        ("Slice", ("x",), {"dim": -2, "end": -1, "step": 2}, "y = x[..., :-1:2, :]"),
        ("Slice", ("x",), {"dim": 0}, "y = x[:]"),
        ("Select", ("x",), {"dim": 2, "index": -1}, "y = x[:, :, -1]"),
        ("Compare", ("a",), {"operator": "less"}, "y = a < 0.0"),
        ("Compare", ("a", "b"), {"operator": "not equal", "value": 3.0}, "y = a != b"),
        ("Rescale", ("x",), {}, "y = x * 2.0"),
        ("Rescale", ("x",), {"shift": -1.0}, "y = x * 2.0 + -1.0"),
        ("CausalMask", ("x",), {"marks": "allowed"}, "y = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, "
         "device=x.device).tril()"),
        ("Noise", ("like",), {"distribution": "uniform"}, "y = torch.rand(like.shape[0], 64, device=like.device)"),
        ("Mean", ("x",), {"dim": (2, 3), "keepdim": True}, "y = x.mean(dim=(2, 3), keepdim=True)"),
        ("ScaledDotProductAttention", ("query", "key", "value"), {"dropout_p": 0.1, "is_causal": True},
         "y = F.scaled_dot_product_attention(query, key, value, dropout_p=0.1 if False else 0.0, is_causal=True)"),
    ],
)  # fmt: skip
def test_lines_are_what_a_careful_person_writes(
    name: str, linked: tuple[str, ...], params: dict[str, Any], expected: str
) -> None:
    assert line(name, *linked, **params) == expected


def test_what_init_assigns() -> None:
    made = constructor(CATALOGUE["Parameter"], Map(shape=(1, 4), init="truncated normal", mean=1.0))
    assert made == "nn.Parameter(nn.init.trunc_normal_(torch.empty(1, 4), mean=1.0, std=0.02))"
    sizes = {"d_model": 8}
    made = constructor(CATALOGUE["TransformerEncoder"], Map(num_layers=2, norm="layer", dropout=0.0), sizes)
    assert made == (
        "nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 4, dropout=0.0, batch_first=True), 2, "
        "norm=nn.LayerNorm(8), enable_nested_tensor=False)"
    )


def test_a_parameter_is_learned_and_named_after_its_node() -> None:
    program = drawn(
        {"x": ("Input", {"shape": "N 4"}), "gain": ("Parameter", {"shape": (4,)}), "m": "Multiply", "out": "Output"},
        ["x.x > m.x.0", "gain.y > m.x.1", "m.y > out.x"],
    )
    net = program.networks["classifier"]()
    assert {name: tuple(value.shape) for name, value in net.named_parameters()} == {"gain": (4,)}
    net(torch.ones(3, 4)).sum().backward()
    assert torch.equal(net.gain.grad, torch.full((4,), 3.0))


def test_an_embedding_and_a_head_share_one_table() -> None:
    program = drawn(
        {
            "words": ("Input", {"shape": "N T", "dtype": "int64"}),
            "table": ("Parameter", {"shape": (11, 6)}),
            "look": "TiedEmbedding",
            "head": "TiedLinear",
            "logits": "Output",
        },
        ["words.x > look.x", "table.y > look.weight", "look.y > head.x", "table.y > head.weight", "head.y > logits.x"],
    )
    net = program.networks["classifier"]()
    assert sum(value.numel() for value in net.parameters()) == 66
    embedding, linear = nn.Embedding(11, 6), nn.Linear(6, 11, bias=False)
    embedding.weight = linear.weight = nn.Parameter(net.table.detach().clone())
    words = torch.tensor([[1, 2, 10], [0, 0, 5]])
    assert torch.equal(net(words), linear(embedding(words)))
    net(words).square().sum().backward()
    linear(embedding(words)).square().sum().backward()
    assert torch.equal(net.table.grad, linear.weight.grad)


@pytest.mark.parametrize("text", ['ij->i"); import os #', "ij->i\\", "ij->i\n", "{x}->x", "ij,->__import__"])
def test_an_equation_is_letters_and_nothing_else(text: str) -> None:
    assert CATALOGUE["Einsum"].check(Map(equation=text))


def test_an_equation_that_does_not_fit_is_told_before_anything_runs() -> None:
    held = project(
        graph(
            {
                "a": ("Input", {"shape": "N 3 5"}),
                "total": ("Einsum", {"equation": "nij,njk->nik"}),
                "out": "Output",
            },
            ["a.x > total.x", "total.y > out.x"],
        )
    )
    (problem,) = [p for p in Analyser(CATALOGUE).analyse(held)["classifier"].errors if p.node == "total"]
    assert "names 2 inputs, but 1 are linked" in problem.message


def test_masks_say_what_attention_wants() -> None:
    nodes = {"x": ("Input", {"shape": "N T 8"}), "causal": "CausalMask", "layer": "TransformerEncoderLayer"}
    links = ["x.x > causal.x", "x.x > layer.x", "causal.y > layer.src_mask", "layer.y > out.x"]
    net = drawn({**nodes, "out": "Output"}, links).networks["classifier"]().eval()
    x = torch.randn(2, 5, 8)
    changed = x.clone()
    changed[:, 3:] += 1.0
    assert torch.allclose(net(x)[:, :3], net(changed)[:, :3], atol=1e-6)
    assert not torch.allclose(net(x)[:, 3], net(changed)[:, 3], atol=1e-2)
    allowed = {"x": nodes["x"], "causal": ("CausalMask", {"marks": "allowed"}), "sdpa": "ScaledDotProductAttention"}
    into = ["x.x > sdpa.query", "x.x > sdpa.key", "x.x > sdpa.value", "causal.y > sdpa.attn_mask", "sdpa.y > out.x"]
    masked = drawn({**allowed, "out": "Output"}, ["x.x > causal.x", *into]).networks["classifier"]()
    expected = nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    assert torch.allclose(masked(x), expected, atol=1e-6)


def test_heads_drawn_out_are_multihead_attention() -> None:
    torch.manual_seed(0)
    nodes: dict[str, Any] = {"x": ("Input", {"shape": "N T 8"})}
    links = []
    for part in ("query", "key", "value"):
        nodes |= {part: ("Linear", {"out_features": 8}), f"{part}_heads": ("SplitHeads", {"num_heads": 2})}
        links += [f"x.x > {part}.x", f"{part}.y > {part}_heads.x", f"{part}_heads.y > sdpa.{part}"]
    nodes |= {"sdpa": "ScaledDotProductAttention", "merge": "MergeHeads", "mix": ("Linear", {"out_features": 8})}
    links += ["sdpa.y > merge.x", "merge.y > mix.x", "mix.y > out.x"]
    net = drawn({**nodes, "out": "Output"}, links).networks["classifier"]()
    whole = nn.MultiheadAttention(8, 2, batch_first=True)
    parts = (net.query, net.key, net.value)
    with torch.no_grad():
        whole.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        whole.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        whole.out_proj.load_state_dict(net.mix.state_dict())
    x = torch.randn(3, 5, 8)
    assert torch.allclose(net(x), whole(x, x, x)[0], atol=1e-6)
