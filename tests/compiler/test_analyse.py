"""Analysis: shapes by name, costs, what is unknown, what is remembered."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.compiler.repair import MOST_TRIED_FOR_HINTS
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.model import Graph, Project
from tests.compiler.examples import skip
from tests.compiler.projects import DIGITS, chain, cnn_nodes, cnn_project, graph, preview, project, training

CATALOGUE = Catalogue.builtin()


@pytest.fixture
def analyser() -> Analyser:
    return Analyser(CATALOGUE)


def shapes(report: GraphReport) -> dict[str, str]:
    return {id: ", ".join(map(str, facts.outputs.values())) for id, facts in report.nodes.items() if facts.outputs}


def set_params(held: Project, name: str, id: str, **values: Any) -> Project:
    old: Graph = held.graphs[name]
    node = msgspec.structs.replace(old.nodes[id], params=old.nodes[id].params.update(values))
    return msgspec.structs.replace(
        held, graphs=held.graphs.set(name, msgspec.structs.replace(old, nodes=old.nodes.set(id, node)))
    )


def test_shapes_and_costs_of_a_cnn(analyser: Analyser) -> None:
    reports = analyser.analyse(cnn_project())
    assert list(reports) == ["classifier", "training", "predictions"]
    report = reports["classifier"]
    assert shapes(report) == {
        "image": "N x 1 x 8 x 8",
        "conv1": "N x 16 x 8 x 8",
        "relu1": "N x 16 x 8 x 8",
        "conv2": "N x 32 x 8 x 8",
        "relu2": "N x 32 x 8 x 8",
        "pool1": "N x 32 x 4 x 4",
        "flatten1": "N x 512",
        "linear1": "N x 10",
    }
    conv2 = report.nodes["conv2"]
    assert conv2.parameters == 16 * 32 * 9 + 32
    assert conv2.multiply_adds == 16 * 32 * 9 * 64
    assert conv2.activation_bytes == 32 * 64 * 4
    assert conv2.inputs["x"][0] is not None
    assert report.parameters == 160 + 4640 + 5130
    assert report.multiply_adds == 16 * 9 * 64 + conv2.multiply_adds + 5120
    assert reports["training"].nodes["net1"].parameters == report.parameters
    assert reports["training"].nodes["net1"].multiply_adds == report.multiply_adds
    assert shapes(reports["training"])["digits1"] == "N x 1 x 8 x 8, N"
    assert shapes(reports["training"])["loss"] == "scalar"
    assert not any(report.problems for report in reports.values())


def test_free_axes_are_shown_by_name(analyser: Analyser) -> None:
    nodes = {
        "text": ("Input", {"shape": "N T", "dtype": "int64"}),
        "embedding1": ("Embedding", {"embedding_dim": 12}),
        "lstm1": ("LSTM", {"hidden_size": 7, "bidirectional": True}),
        "permute1": "Permute",
        "conv1": ("Conv1d", {"out_channels": 5}),
        "relu1": "ReLU",
        "conv2": ("Conv1d", {"out_channels": 5, "stride": 2}),
        "flatten1": ("Flatten", {"start_dim": 0, "end_dim": 1}),
        "out": "Output",
    }
    report = analyser.analyse(project(chain(nodes)))["classifier"]
    found = shapes(report)
    assert found["embedding1"] == "N x T x 12"
    assert found["lstm1"] == "N x T x 14, 2 x N x 7, 2 x N x 7"
    assert found["conv1"] == "N x 5 x T-2"
    assert found["conv2"] == "N x 5 x T'"
    assert found["flatten1"] == "5*N x T'"
    assert report.problems == ()


def test_a_window_larger_than_the_stand_in_for_a_free_axis_is_no_problem(analyser: Analyser) -> None:
    nodes = {
        "x": ("Input", {"shape": "N 2 L"}),
        "conv1": ("Conv1d", {"out_channels": 3, "kernel_size": 101}),
        "y": "Output",
    }
    report = analyser.analyse(project(chain(nodes)))["classifier"]
    assert shapes(report)["conv1"] == "N x 3 x L-100"
    assert report.problems == ()


def test_what_comes_after_an_error_is_unknown_and_the_rest_is_known(analyser: Analyser) -> None:
    report = analyser.analyse(skip())["classifier"]
    states = {id: facts.state for id, facts in report.nodes.items()}
    assert states.pop("merge1") == "error"
    assert {id for id, state in states.items() if state == "unknown"} == {"flatten1", "linear1", "logits"}
    assert str(report.nodes["merge1"].inputs["x"][1]) == "N x 32 x 8 x 8"


def test_a_node_is_run_once_for_each_kind(analyser: Analyser) -> None:
    layers = {f"layer{at}": ("Linear", {"out_features": 64}) if at % 2 else "ReLU" for at in range(1, 41)}
    held = project(chain({"x": ("Input", {"shape": "N 64"}), **layers, "y": "Output"}))
    first = analyser.analyse(held)
    assert analyser.runner.runs == 2
    assert analyser.analyse(held)["classifier"] is first["classifier"]
    analyser.analyse(set_params(held, "classifier", "layer39", out_features=10))
    assert analyser.runner.runs == 4  # the changed Linear, and the ReLU behind it
    analyser.analyse(held)
    assert analyser.runner.runs == 4


def test_reports_of_untouched_graphs_are_kept(analyser: Analyser) -> None:
    held = project(chain(cnn_nodes()), training=training(), other=chain(cnn_nodes()))
    before = analyser.analyse(held)
    after = analyser.analyse(set_params(held, "other", "conv1", out_channels=8))
    assert after["classifier"] is before["classifier"]
    assert after["training"] is before["training"]
    assert after["other"] is not before["other"]
    changed = analyser.analyse(set_params(held, "classifier", "conv1", out_channels=8))
    assert changed["training"] is not before["training"]
    assert changed["training"].nodes["net1"].parameters < before["training"].nodes["net1"].parameters


def test_reports_do_not_depend_on_what_was_analysed_before(analyser: Analyser) -> None:
    held = cnn_project()
    analyser.analyse(set_params(held, "classifier", "conv2", padding=0))
    analyser.analyse(msgspec.structs.replace(held, datasets=Map()))
    assert analyser.analyse(held) == Analyser(CATALOGUE).analyse(held)


def test_a_blank_input_is_filled_by_the_data_that_is_linked_to_it(analyser: Analyser) -> None:
    nodes = {**cnn_nodes(), "image": "Input"}
    alone = analyser.analyse(project(chain(nodes)))["classifier"]
    assert [problem.rule for problem in alone.problems] == ["blank-input"]
    reports = analyser.analyse(project(chain(nodes), training=training(), predictions=preview()))
    assert shapes(reports["classifier"])["image"] == "N x 1 x 8 x 8"
    assert reports["classifier"].parameters == 9930
    assert not any(report.problems for report in reports.values())


def test_a_nested_network_is_counted_for_each_of_its_placements(analyser: Analyser) -> None:
    block = chain({"x": ("Input", {"shape": "N 16"}), "linear1": ("Linear", {"out_features": 16}), "y": "Output"})
    outer = chain(
        {
            "x": ("Input", {"shape": "N 16"}),
            "one": ("Network", {"network": "block"}),
            "two": ("Network", {"network": "block"}),
            "out": "Output",
        }
    )
    report = analyser.analyse(project(outer, block=block))["classifier"]
    assert report.parameters == 2 * (16 * 16 + 16)
    assert shapes(report)["two"] == "N x 16"
    assert report.problems == ()


def test_a_bypassed_node_is_passed_over(analyser: Analyser) -> None:
    held = chain(cnn_nodes())
    pool = msgspec.structs.replace(held.nodes["pool1"], bypassed=True)
    report = analyser.analyse(project(msgspec.structs.replace(held, nodes=held.nodes.set("pool1", pool))))["classifier"]
    assert shapes(report)["flatten1"] == "N x 2048"
    assert report.problems == ()
    program = build(
        project(msgspec.structs.replace(held, nodes=held.nodes.set("pool1", pool))), None, CATALOGUE, analyser
    )
    assert "pool1" not in program.source
    assert program.networks["classifier"]()(torch.rand(3, 1, 8, 8)).shape == (3, 10)


def test_networks_that_contain_each_other_end_in_a_problem(analyser: Analyser) -> None:
    def placing(other: str) -> Graph:
        nodes = {"x": ("Input", {"shape": "N 4"}), "inner": ("Network", {"network": other}), "y": "Output"}
        return graph(nodes, ["x.x > inner.x", "inner.y > y.x"])

    reports = analyser.analyse(project(a=placing("b"), b=placing("c"), c=placing("a")))
    assert all([problem.rule for problem in report.problems] == ["recursion"] for report in reports.values())


def big(count: int) -> Project:
    """A network of blocks of Conv2d, BatchNorm2d, ReLU with skip connections, some 50 kinds of layer."""
    nodes: dict[str, Any] = {"x": ("Input", {"shape": "N 8 16 16"})}
    links = []
    last = "x.x"
    for at in range(count // 5):
        width = 8 + at % 10
        for id, node in (
            (f"conv{at}", ("Conv2d", {"out_channels": width, "padding": 1, "bias": False})),
            (f"norm{at}", "BatchNorm2d"),
            (f"relu{at}", "ReLU"),
            (f"next{at}", ("Conv2d", {"out_channels": width, "padding": 1, "bias": False})),
        ):
            nodes[id] = node
            links.append(f"{last} > {id}.x")
            last = f"{id}.y"
        nodes[f"add{at}"] = "Add"
        links += [f"relu{at}.y > add{at}.x.0", f"{last} > add{at}.x.1"]
        last = f"add{at}.y"
    nodes["y"] = "Output"
    return project(graph(nodes, [*links, f"{last} > y.x"]))


def test_a_thousand_nodes_are_analysed_at_once(analyser: Analyser) -> None:
    analyser.analyse(cnn_project())  # torch loads its parts
    held = big(1000)
    started = time.perf_counter()
    report = analyser.analyse(held)["classifier"]
    first = time.perf_counter() - started
    changed = set_params(held, "classifier", "conv100", dilation=2, padding=2)
    started = time.perf_counter()
    analyser.analyse(changed)
    again = time.perf_counter() - started
    assert report.problems == ()
    assert len(report.nodes) == 1002
    assert first < 3  # about 0.5 s on an idle machine
    assert again < 1


def test_two_thousand_nodes_in_a_row(analyser: Analyser) -> None:
    layers = {f"relu{at}": "ReLU" for at in range(2000)}
    held = project(chain({"x": ("Input", {"shape": "N 64"}), **layers, "y": "Output"}))
    report = analyser.analyse(held)["classifier"]
    assert shapes(report)["relu1999"] == "N x 64"
    program = build(held, None, CATALOGUE, analyser)
    x = torch.randn(2, 64)
    assert torch.equal(program.networks["classifier"]()(x), x.relu())


def test_data_sets_may_have_free_axes(analyser: Analyser) -> None:
    text = msgspec.structs.replace(DIGITS.columns[0], id="text", shape=(0, 3), axes="T F", role="sequence")
    held = project(graph({"data1": ("Data", {"dataset": "texts"})}, (), "preview"))
    held = msgspec.structs.replace(held, datasets=Map(texts=msgspec.structs.replace(DIGITS, columns=(text,))))
    assert shapes(analyser.analyse(held)["classifier"])["data1"] == "N x T x 3"


def test_a_trial_knows_what_was_seen_before_and_leaves_no_trace() -> None:
    layers = {f"linear{at}": ("Linear", {"out_features": 8}) for at in range(40)}
    held = project(chain({"x": ("Input", {"shape": "N 8"}), **layers, "y": "Output"}))
    analyser = Analyser(CATALOGUE)
    before = analyser.analyse(held)["classifier"]
    study, runs = analyser.study(held), analyser.runner.runs
    kept = study.walk("classifier")
    wider = set_params(held, "classifier", "linear20", out_features=9)
    trial = study.trial(wider).walk("classifier")
    assert trial.nodes["linear20"].outputs["y"].dims[-1] == (9, 9)
    assert trial.nodes["linear5"] is kept.nodes["linear5"]
    assert analyser.runner.runs == runs + 2  # the wider one and the one behind it
    assert analyser.study(held).walk("classifier").nodes == kept.nodes
    assert analyser.analyse(held)["classifier"] is before


def test_hints_in_a_large_network_are_offered_without_a_trial() -> None:
    def analysed(count: int) -> int:
        nodes = {"x": ("Input", {"shape": "N 3 9 9"}), "conv1": "Conv2d", "norm1": "BatchNorm2d"}
        nodes |= {f"relu{at}": "ReLU" for at in range(count)}
        analyser = Analyser(CATALOGUE)
        (problem,) = analyser.analyse(project(chain({**nodes, "y": "Output"})))["classifier"].problems
        assert (problem.rule, problem.severity, len(problem.repairs)) == ("idle-bias", "hint", 1)
        return analyser.runner.runs

    assert analysed(MOST_TRIED_FOR_HINTS - 100) == analysed(MOST_TRIED_FOR_HINTS + 100) + 1
