"""The blocks of mathematics against numpy: the right function behind the right name, in the right order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.lines import Names, statement
from netbuilder.compiler.runner import namespace
from netbuilder.graph.model import Project

CATALOGUE = Catalogue.builtin()
Array = Any
A = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
B = np.random.default_rng(1).normal(size=(3, 4, 5)).astype(np.float32)
P = np.abs(A) + 0.1
M, W = A > 0, B > 0
I = np.array([[2, 0], [1, 1], [3, 0]])  # noqa: E741

_erf = np.vectorize(math.erf)


def _soft(x: Array) -> Array:
    return np.log(np.exp(x).sum(-1))


# Block, parameters, inputs by port, what comes out (of several outputs: all of them).
CASES: list[tuple[str, dict[str, Any], dict[str, Any], Callable[[], Any]]] = [
    *(
        (name, {}, {"x": x}, lambda function=function, x=x: function(x))
        for name, x, function in (
            ("Exp", A, np.exp), ("Log", P, np.log), ("Log1p", P, np.log1p), ("Expm1", A, np.expm1),
            ("Sqrt", P, np.sqrt), ("Rsqrt", P, lambda x: 1 / np.sqrt(x)), ("Square", A, np.square), ("Abs", A, np.abs),
            ("Negate", A, np.negative), ("Sign", A, np.sign), ("Reciprocal", P, np.reciprocal), ("Sin", A, np.sin),
            ("Cos", A, np.cos), ("Erf", A, _erf), ("Floor", A, np.floor), ("Ceil", A, np.ceil), ("Round", A, np.round),
            ("LogicalNot", M, np.logical_not), ("CumSum", A, lambda x: x.cumsum(-1)),
            ("CumProd", A, lambda x: x.cumprod(-1)), ("Diff", A, lambda x: np.diff(x)), ("LogSumExp", A, _soft),
            ("Sum", A, lambda x: x.sum(-1)), ("Mean", A, lambda x: x.mean(-1)), ("Prod", A, lambda x: x.prod(-1)),
            ("Std", A, lambda x: x.std(-1, ddof=1)), ("Var", A, lambda x: x.var(-1, ddof=1)),
            ("ArgMax", A, lambda x: x.argmax(-1)), ("ArgMin", A, lambda x: x.argmin(-1)),
            ("Any", M, lambda x: x.any(-1)), ("All", M, lambda x: x.all(-1)),
            ("Norm", A, lambda x: np.linalg.norm(x, axis=-1)),
            ("Max", A, lambda x: (x.max(-1), x.argmax(-1))), ("Min", A, lambda x: (x.min(-1), x.argmin(-1))),
            ("Sort", A, lambda x: (np.sort(x), np.argsort(x))),
            ("TopK", A, lambda x: (np.sort(x)[..., :-3:-1], np.argsort(x)[..., :-3:-1])),
            ("Flip", A, lambda x: x[..., ::-1]), ("Transpose", A, lambda x: x.swapaxes(1, 2)),
            ("MoveAxis", A, lambda x: np.moveaxis(x, 1, -1)), ("Unsqueeze", A, lambda x: x[:, None]),
            ("Tile", A, lambda x: np.tile(x, (1, 2))), ("RepeatInterleave", A, lambda x: np.repeat(x, 2, axis=1)),
            ("Roll", A, lambda x: np.roll(x, 1, axis=1)), ("Pad", A, lambda x: np.pad(x, ((0, 0), (0, 0), (1, 1)))),
            ("Rescale", A, lambda x: x * 2), ("Clamp", A, lambda x: np.clip(x, 0, 1)),
            ("Median", A, lambda x: (np.median(x, axis=-1), np.argsort(x)[..., 2])),
        )
    ),
    *(
        (name, {}, {"a": a, "b": b}, lambda function=function, a=a, b=b: function(a, b))
        for name, a, b, function in (
            ("Subtract", A, B, np.subtract), ("Divide", A, P, np.divide), ("Remainder", A, P, np.mod),
            ("Maximum", A, B, np.maximum), ("Minimum", A, B, np.minimum), ("Atan2", A, B, np.arctan2),
            ("LogicalAnd", M, W, np.logical_and), ("LogicalOr", M, W, np.logical_or), ("Compare", A, B, np.greater),
            ("MatMul", A, B.swapaxes(1, 2), np.matmul), ("Lerp", A, B, lambda a, b: (a + b) / 2),
            ("CDist", A, B, lambda a, b: np.linalg.norm(a[:, :, None] - b[:, None], axis=-1)),
        )
    ),
    *(
        ("Compare", {"operator": word}, {"a": np.round(A), "b": np.round(B)}, lambda f=f: f(np.round(A), np.round(B)))
        for word, f in (
            ("greater or equal", np.greater_equal), ("less", np.less), ("less or equal", np.less_equal),
            ("equal", np.equal), ("not equal", np.not_equal),
        )
    ),
    ("Power", {"exponent": 3.0}, {"x": A}, lambda: A**3),
    ("Where", {}, {"condition": M, "a": A, "b": B}, lambda: np.where(M, A, B)),
    ("MaskedFill", {"value": 7.0}, {"x": A, "mask": M}, lambda: np.where(M, 7.0, A)),
    ("NanToNum", {"nan": 2.0}, {"x": np.array([np.nan, 1.0])}, lambda: np.array([2.0, 1.0])),
    ("Average", {}, {"x": (A, B, P)}, lambda: (A + B + P) / 3),
    ("Einsum", {"equation": "nij,nkj->nik"}, {"x": (A, B)}, lambda: A @ B.swapaxes(1, 2)),
    ("Stack", {"dim": 2}, {"x": (A, B)}, lambda: np.stack([A, B], axis=2)),
    ("Slice", {"dim": -1, "start": 1, "end": -1, "step": 2}, {"x": A}, lambda: A[..., 1:-1:2]),
    ("Select", {"dim": -2, "index": 3}, {"x": A}, lambda: A[:, 3]),
    ("Gather", {}, {"x": A[:, :, 0], "index": I}, lambda: np.take_along_axis(A[:, :, 0], I, 1)),
    ("IndexSelect", {}, {"x": A, "index": I[0]}, lambda: A[:, I[0]]),
    ("Chunk", {"dim": 2}, {"x": A}, lambda: (A[..., :3], A[..., 3:])),
    ("SplitSizes", {"sizes": (1, 3)}, {"x": A}, lambda: (A[:, :1], A[:, 1:])),
    ("ExpandBatch", {}, {"x": A[0], "like": B}, lambda: np.stack([A[0]] * 3)),
    ("Expand", {"sizes": (-1, 2, -1)}, {"x": A[:, :1]}, lambda: np.repeat(A[:, :1], 2, axis=1)),
    ("OneHot", {"num_classes": 4}, {"x": I}, lambda: np.eye(4)[I]),
    ("PaddingMask", {"padding_idx": 1}, {"x": I}, lambda: I == 1),
    ("LengthMask", {}, {"x": A, "length": np.array([0, 2, 4])}, lambda: np.arange(4) >= np.array([[0], [2], [4]])),
    ("Arange", {}, {"x": A}, lambda: np.arange(4)),
    ("FullLike", {"value": 3.0}, {"x": A}, lambda: np.full_like(A, 3.0)),
    ("Constant", {"value": 2.0, "shape": (2, 3)}, {"like": A}, lambda: np.full((2, 3), 2.0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "params", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_it_computes_what_its_name_says(
    name: str, params: dict[str, Any], inputs: dict[str, Any], expected: Callable[[], Any]
) -> None:
    block, values = CATALOGUE[name], Map(params)
    ports = block.node_ports(values, Project())
    space = namespace(block)
    names: dict[str, tuple[str, ...]] = {}
    for port, given in inputs.items():
        several = given if isinstance(given, tuple) else (given,)
        names[port] = tuple(f"{port}{at}" for at in range(len(several)))
        space |= {each: torch.tensor(array) for each, array in zip(names[port], several, strict=True)}
    text = statement(block, ports, values, Names(names, {port.name: f"out_{port.name}" for port in ports.outputs}))
    exec(text, space)
    wanted = expected()
    for port, array in zip(ports.outputs, wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        found = space[f"out_{port.name}"].numpy()
        np.testing.assert_allclose(found, array, rtol=1e-5, atol=1e-6)


def test_random_numbers_are_spread_as_they_say() -> None:
    torch.manual_seed(0)
    like = torch.zeros(50_000)
    drawn = {}
    for distribution in ("normal", "uniform"):
        block, values = CATALOGUE["Noise"], Map(size=(2,), distribution=distribution)
        space = {**namespace(block), "like": like}
        exec(
            statement(block, block.node_ports(values, Project()), values, Names({"like": ("like",)}, {"y": "y"})), space
        )
        drawn[distribution] = space["y"]
    assert drawn["normal"].shape == drawn["uniform"].shape == (50_000, 2)
    assert drawn["normal"].mean().item() == pytest.approx(0.0, abs=0.02)
    assert drawn["normal"].std().item() == pytest.approx(1.0, abs=0.02)
    assert drawn["uniform"].mean().item() == pytest.approx(0.5, abs=0.02)
    assert 0 <= drawn["uniform"].min() < 0.01 < 0.99 < drawn["uniform"].max() < 1
