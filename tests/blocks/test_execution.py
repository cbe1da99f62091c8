"""The other half of the catalogue's contract: analysis, generated source and real tensors agree on every block."""

from types import SimpleNamespace

import pytest
import torch
from immutables import Map
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import Inferred, NetworkRef
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.graph.model import Column, Dataset, Graph, Input, Link, Node, Output, Project
from tests.blocks.cases import FORMULAS, LAYERS, LOSSES, VIEWS
from tests.blocks.cases.case import Case, as_given, turn

CATALOGUE = Catalogue.builtin()
ANALYSER = Analyser(CATALOGUE)
SIZES = ({"N": 2, "T": 5, "L": 9, "D": 5, "H": 6, "W": 8}, {"N": 3, "T": 7, "L": 12, "D": 7, "H": 10, "W": 6})


@pytest.fixture(autouse=True)
def _same_numbers_each_time():
    torch.manual_seed(0)


def flat(table):
    return [
        pytest.param(name, case, id=f"{name}-{at}") for name, cases in table.items() for at, case in enumerate(cases, 1)
    ]


def tensor(axes, dtype, sizes, classes):
    shape = [sizes[axis] if axis in sizes else int(axis) for axis in axes]
    if dtype == "int64":
        return torch.randint(0, classes, shape)
    if dtype == "bool":
        return torch.rand(shape) < 0.2 if len(shape) == 1 else torch.rand(shape).argsort(-1) == 0
    return torch.rand(shape)


def columns(case):
    """(id, port, index, axes, dtype) of what is given, always with the batch first."""
    return [(f"{port}{index}", port, index, as_given(axes), dtype) for port, index, axes, dtype in case.links()]


def turned(tensor, axes):
    """The same for a tensor."""
    if "N" not in axes:
        return tensor[0]
    return tensor if axes[0] == "N" else tensor.transpose(0, 1)


def in_a_network(name, case):
    """Inputs -> the block `it` -> an Output for each of its outputs."""
    it = Node(name, Map(case.params))
    nodes = {"it": it}
    links = []
    wanted = [axes for _, _, axes, _ in case.links()]
    for (id, port, index, axes, dtype), final in zip(columns(case), wanted, strict=True):
        nodes[id] = Node("Input", Map(shape=" ".join(axes), dtype=dtype))
        source = Output(id, "x")
        if node := turn(final):
            nodes[f"{id}_turned"] = node
            links.append(Link(source, Input(f"{id}_turned", "x")))
            source = Output(f"{id}_turned", "y")
        links.append(Link(source, Input("it", port, index)))
    for at, port in enumerate(CATALOGUE.ports(it, Project()).outputs, 1):
        nodes[f"out{at}"] = Node("Output")
        links.append(Link(Output("it", port.name), Input(f"out{at}", "x")))
    graph = Graph("network", Map(nodes), Map({link.target: link for link in links}))
    return Project(graphs=Map(tried=graph))


def size_of(named, sizes):
    """The number behind a shown size, "2*T" or "T-2"; None for one that is only roughly known, "T'"."""
    if isinstance(named, int) or "'" in named:
        return named if isinstance(named, int) else None
    return eval(named, dict(sizes))


def agrees(flow, found, sizes):
    assert flow.dtype == str(found.dtype).removeprefix("torch.")
    assert len(flow.shape) == found.dim()
    for named, real in zip(flow.shape, found.shape, strict=True):
        assert size_of(named, sizes) in (real, None)


def test_every_block_is_tried_with_several_inputs():
    called = [block for name in CATALOGUE.names if not calls_a_network(block := CATALOGUE[name])]
    parts = {block.name for block in called if block.part in ("layer", "detach")}
    assert set(LAYERS) == parts
    measuring = {block.name for block in called if block.part in ("loss", "metric")}
    assert measuring == {*LOSSES, "WeightedSum"}  # its inputs are losses: test_losses.py
    assert {name for name in CATALOGUE.names if CATALOGUE[name].part == "view"} == set(VIEWS)
    assert all(len(cases) >= 2 for table in (LAYERS, LOSSES, VIEWS) for cases in table.values())


def calls_a_network(block):
    """Those are tried in test_callers and test_samplers, the one that looks into a network in test_layer_weight."""
    return block.part != "network" and any(isinstance(param, NetworkRef) for param in block.params)


def test_every_parameter_is_tried_with_another_value():
    untried = {
        f"{name}.{param.name}"
        for name, cases in LAYERS.items()
        for param in CATALOGUE[name].typed(Map({key: value for case in cases for key, value in case.params.items()}))
        if not any(param.name in case.params for case in cases)
    }
    # `layer_norm_eps`: as eps of LayerNorm, and it changes no shape.
    assert untried <= {f"{name}.{eps}" for name in LAYERS for eps in ("eps", "layer_norm_eps", "dropout")}


@pytest.mark.parametrize(("name", "case"), flat(LAYERS))
def test_a_layer_does_what_analysis_says(name, case):
    project = in_a_network(name, case)
    report = ANALYSER.analyse(project)["tried"]
    assert [problem.message for problem in report.errors] == []
    facts = report.nodes["it"]
    assert facts.state == "ok"
    program = build(project, None, CATALOGUE, ANALYSER)
    net = program.networks["tried"]()
    assert sum(p.numel() for p in net.parameters()) == facts.parameters == report.parameters
    untouched = {}
    for training in (True, False):
        net.train(training)
        for at, sizes in enumerate(SIZES):
            torch.manual_seed(at)  # what is random in training and in use alike is the same then
            given = {id: tensor(axes, dtype, sizes, case.classes) for id, _, _, axes, dtype in columns(case)}
            found = net(**given)
            first = found[0] if isinstance(found, tuple) else found
            same = torch.equal(first, next(iter(given.values()), first))
            untouched[training] = untouched.get(training, True) and same
            outputs = [port.name for port in CATALOGUE.ports(project.graphs["tried"].nodes["it"], project).outputs]
            for port, value in zip(outputs, found if isinstance(found, tuple) else (found,), strict=True):
                agrees(facts.outputs[port], value, sizes)
            for port, index, axes, _ in case.links():
                agrees(facts.inputs[port][index], turned(given[f"{port}{index}"], axes), sizes)
    idle = untouched[False] and not untouched[True]
    assert idle <= CATALOGUE[name].idle, "it works while training only, and does not say so"
    if CATALOGUE[name].idle and facts.outputs["y"] == facts.inputs["x"][0]:  # a crop makes images smaller in use, too
        assert untouched[False], "it is said to do nothing in use"


def plain_modules():
    """Layers that torch also has as a module of the block's name, without in-sizes."""

    def has(name):
        block = CATALOGUE[name]
        learns = any(isinstance(param, Inferred) for param in block.params) or "Embedding" in name or block.make
        return hasattr(nn, name) and not learns

    def plain(name, case):
        return not any(port.optional and port.name in case.inputs for port in CATALOGUE[name].inputs)

    kept = {name: tuple(one for one in cases if plain(name, one)) for name, cases in LAYERS.items() if has(name)}
    return flat(kept)


@pytest.mark.parametrize(("name", "case"), plain_modules())
def test_a_function_gives_torchs_own_numbers(name, case):
    block = CATALOGUE[name]
    program = build(in_a_network(name, case), None, CATALOGUE, ANALYSER)
    values = {param.name: case.params.get(param.name, param.default) for param in block.typed(Map(case.params))}
    theirs, ours = getattr(nn, name)(**values).eval(), program.networks["tried"]().eval()
    for sizes in SIZES:
        given = {id: tensor(axes, dtype, sizes, case.classes) for id, _, _, axes, dtype in columns(case)}
        found, expected = with_seed(lambda: ours(**given)), with_seed(lambda: theirs(*given.values()))  # noqa: B023
        for mine, torchs in zip(several(found), several(expected), strict=True):
            assert torch.equal(mine, torchs)


def several(found):
    return found if isinstance(found, tuple) else (found,)


def with_seed(work):
    """Some blocks draw random numbers also when they are not trained."""
    torch.manual_seed(1)
    return work()


def with_data(kind, name, case):
    """Data -> the block `it`, in a training or preview graph."""
    data = columns(case)
    dataset = Dataset(
        "tried",
        columns=tuple(
            Column(
                id,
                shape=tuple(map(int, axes[1:])),
                dtype=dtype,
                axes=" ".join("ABCD"[: len(axes) - 1]),
                role="class" if dtype == "int64" else "tensor",
                classes=tuple("abcdefgh"[: case.classes]) if dtype == "int64" else (),
            )
            for id, _, _, axes, dtype in data
        ),
        samples=8,
    )
    nodes = {"data": Node("Data", Map(dataset="tried")), "it": Node(name, Map(case.params))}
    links = [Link(Output("data", id), Input("it", port, index)) for id, port, index, _, _ in data]
    if kind == "training":  # something must learn
        first = data[0][0]
        nodes |= {"other1": Node("Network", Map(network="other")), "optimizer1": Node("Optimizer")}
        nodes |= {"loss1": Node("MSELoss")}
        links += [
            Link(Output("data", first), Input("other1", "x0")),
            Link(Output("data", first), Input("loss1", "target")),
        ]
        links += [Link(Output("other1", "out1"), Input("loss1", "prediction"))]
        links += [Link(Output("loss1", "loss"), Input("optimizer1", "loss"))]
    graph = Graph(kind, Map(nodes), Map({link.target: link for link in links}))
    axes = " ".join(data[0][3])
    other = in_a_network("GroupNorm", Case({"num_groups": 1}, {"x": axes})) if len(data[0][3]) > 1 else scalars()
    return Project(graphs=Map(tried=graph, other=other.graphs["tried"]), datasets=Map(tried=dataset))


def scalars():
    """A network from N to N with a weight."""
    project = in_a_network("Dropout", Case({}, {"x": "N"}))
    graph = project.graphs["tried"]
    nodes = graph.nodes.update(
        {"row": Node("Reshape", Map(shape=(1,))), "linear1": Node("Linear", Map(out_features=1))}
    ).update({"flat": Node("Flatten", Map(start_dim=0))})
    links = [
        Link(Output("x0", "x"), Input("row", "x")),
        Link(Output("row", "y"), Input("linear1", "x")),
        Link(Output("linear1", "y"), Input("flat", "x")),
        Link(Output("flat", "y"), Input("it", "x")),
        Link(Output("it", "y"), Input("out1", "x")),
    ]
    return Project(graphs=Map(tried=Graph("network", nodes, Map({link.target: link for link in links}))))


def batch(case, sizes):
    return {id: tensor(axes, dtype, sizes, case.classes) for id, _, _, axes, dtype in columns(case)}


def named(case, given):
    """What is given, by port."""
    return {port: given[id] for id, port, _, _, _ in columns(case)}


@pytest.mark.parametrize(("name", "case"), flat(LOSSES))
def test_a_loss_and_a_metric_give_one_number(name, case):
    project = with_data("training", name, case)
    report = ANALYSER.analyse(project)["tried"]
    assert [problem.message for problem in report.errors if problem.node == "it"] == []
    program = build(project, "tried", CATALOGUE, ANALYSER)
    net = SimpleNamespace(other=program.networks["other"]())
    stateful = bool(CATALOGUE[name].stateful)
    for sizes in SIZES:
        given = batch(case, sizes)
        found = program.eval_step(given, net)["it"]
        if stateful:  # the trainer makes the number of them: tests/training/test_metrics.py
            assert all(a is b for a, b in zip(found, given.values(), strict=True))
            continue
        if isinstance(found, tuple):  # and how many targets it is a mean of
            found, share = found
            assert share == (given["target0"] != case.params["ignore_index"]).sum()
        (flow,) = report.nodes["it"].outputs.values()
        assert (flow.shape, flow.dtype) == ((), "float32")
        agrees(flow, found, sizes)
        if name in FORMULAS:
            expected = FORMULAS[name](**named(case, given), **case.params)
            assert found.item() == pytest.approx(float(expected), rel=1e-4, abs=1e-5)
        else:
            assert found == getattr(nn, name)(**case.params)(*given.values())


@pytest.mark.parametrize(("name", "case"), flat(VIEWS))
def test_a_view_gets_what_is_linked_to_it(name, case):
    project = with_data("preview", name, case)
    report = ANALYSER.analyse(project)["tried"]
    assert [problem.message for problem in report.errors] == []
    program = build(project, None, CATALOGUE, ANALYSER)
    given = batch(case, SIZES[0])
    shown = program.previews["tried"](given, SimpleNamespace())["it"]
    for id, port, index, _, _ in columns(case):
        assert torch.equal(shown[port], given[id])
        agrees(report.nodes["it"].inputs[port][index], given[id], SIZES[0])
