"""What analysis accepts, real tensors accept: random parameters, run both ways."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.blocks.params import Bool, Choice, Float, Floats, Int, Ints, Param, Size
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.graph.model import Project, Value
from tests.compiler.projects import chain, project
from tests.compiler.test_analyse import set_params
from tests.compiler.test_program import CATALOGUE, LAYERS, around

ANALYSER = Analyser(CATALOGUE)
FREE = {"N": 3, **dict.fromkeys("TLDHW", 9)}


def values_of(param: Param) -> st.SearchStrategy[Value]:
    match param:
        case Bool():
            return st.booleans()
        case Choice():
            return st.sampled_from(param.options)
        case Size():
            size = st.sampled_from([0, 1, 2, 3, 5, 8])
            return st.one_of(size, st.tuples(*[size] * param.rank), st.sampled_from([*param.words, 2]))
        case Int():
            return st.sampled_from([-2, -1, 0, 1, 2, 3, 4, 5, 8, 16, 17])
        case Ints():
            return st.lists(st.sampled_from([-1, 0, 1, 2, 3, 6]), min_size=1, max_size=4).map(tuple)
        case Float():
            return st.sampled_from([0.0, 0.3, 1.0, 2.0])
        case Floats():
            return st.tuples(*[st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0])] * param.count)
        case _:
            return st.just(param.default)


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's advice about odd parameters
@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=15)
@given(data=st.data())
def test_what_analysis_accepts_runs(name: str, data: st.DataObject) -> None:
    block, held = CATALOGUE[name], around(name)
    for param in block.typed():
        if param.name != "num_layers" and data.draw(st.integers(0, 2)) == 0:  # each layer is unrolled in time
            value = data.draw(st.none() | values_of(param) if param.optional else values_of(param), label=param.name)
            if not param.check(value):
                held = set_params(held, "classifier", "tried", **{param.name: value})
    if data.draw(st.booleans()):  # no free axes but the batch: what analysis says must hold to the last digit
        held = fixed_axes(held)
    report = ANALYSER.analyse(held)["classifier"]
    if report.errors:
        assert all(problem.repairs for problem in report.errors)
        return
    inputs = []
    for id in sorted(id for id in report.nodes if id.startswith("in_")):
        flow = report.nodes[id].outputs["x"]
        shape = [FREE[size] if isinstance(size, str) else size for size in flow.shape]
        inputs.append(torch.zeros(shape, dtype=getattr(torch, flow.dtype)))
    module = build(held, None, CATALOGUE, ANALYSER).networks["classifier"]()
    try:
        given = module(*inputs)
    except (RuntimeError, IndexError):  # a free axis may be too long or too short
        assert any(
            size in FREE.keys() - {"N"}
            for node in report.nodes.values()
            for f in node.outputs.values()
            for size in f.shape
        )
        return
    tensors = given if isinstance(given, tuple) else (given,)
    for id, tensor in zip(sorted(id for id in report.nodes if id.startswith("out_")), tensors, strict=True):
        (flow_in,) = report.nodes[id].inputs["x"]
        assert flow_in is not None
        told = [FREE.get(size, size) if isinstance(size, str) else size for size in flow_in.shape]
        assert all(isinstance(want, str) or want == is_ for want, is_ in zip(told, tensor.shape, strict=True))


def fixed_axes(held: Project) -> Project:
    """The same with 9 for each free axis but the batch."""
    for id, node in held.graphs["classifier"].nodes.items():
        if node.block == "Input":
            shape = " ".join(
                "9" if axis in FREE and axis != "N" else axis for axis in str(node.params["shape"]).split()
            )
            held = set_params(held, "classifier", id, shape=shape)
    return held


@pytest.mark.parametrize(
    ("name", "shape", "params", "words"),
    [
        ("PixelShuffle", "N 6 8 8", {}, "so 4 must divide the 6 channels"),
        ("PixelUnshuffle", "N 3 8 7", {}, "must divide the width, 7"),
        ("GLU", "N 5", {}, "must be even, but is 5"),
        ("PReLU", "N 5 3", {"num_parameters": 3}, "one for each of the 5 channels"),
        ("Fold", "N 6 49", {"output_size": 8}, "so 4 must divide its 6 values"),
        ("ReflectionPad2d", "N 1 9 3", {"padding": (3, 0, 0, 0)}, "can be 2 wide at most beside 3 points, but is 3"),
        ("ReflectionPad1d", "N 1 3", {"padding": (0, 3)}, "can be 2 wide at most"),
        ("CircularPad3d", "N 1 2 4 4", {"padding": 3}, "can be 2 wide at most beside 2 points, but is 3"),
        (
            "CircularPad3d",
            "N 1 2 4 4",
            {"padding": (1, 1, 1, 1, 1, 5)},
            "can be 2 wide at most beside 2 points, but is 5",
        ),
        ("ConvTranspose3d", "N 2 4 4 4", {"output_padding": (0, 0, 1)}, "but 1 is not below 1"),
        ("Softmin", "N 4", {"dim": 3}, "dim must be -2 to 1"),
        ("ChannelShuffle", "N 5 4", {}, "groups of 2 must divide the channels: 5"),
        ("LPPool3d", "N 1 4 4", {}, "a volume: N x C x D x H x W"),
        ("MaxPool3d", "N 1 4 4 2", {"kernel_size": 3}, "3 x 3 x 3 window does not fit"),
    ],
)
def test_what_does_not_fit_is_said_in_words(name: str, shape: str, params: dict[str, Value], words: str) -> None:
    held = project(chain({"x": ("Input", {"shape": shape}), "tried": (name, params), "y": "Output"}))
    (problem,) = ANALYSER.analyse(held)["classifier"].errors
    assert problem.node == "tried"
    assert words in problem.message


@pytest.mark.parametrize(
    ("name", "shape", "params"),
    [
        ("ReflectionPad2d", "N 1 9 3", {"padding": (2, 2, 8, 0)}),
        ("CircularPad1d", "N 1 3", {"padding": 3}),
        ("PReLU", "N 5 3", {"num_parameters": 5}),
        ("GLU", "N T 6", {}),
        ("PixelUnshuffle", "N 3 H W", {"downscale_factor": 1}),
    ],
)
def test_what_just_fits_is_let_through(name: str, shape: str, params: dict[str, Value]) -> None:
    held = project(chain({"x": ("Input", {"shape": shape}), "tried": (name, params), "y": "Output"}))
    assert [problem.message for problem in ANALYSER.analyse(held)["classifier"].errors] == []
