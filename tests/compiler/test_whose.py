"""Who shares weights and who keeps them as they are, as facts say it; checked against the modules that are made."""

from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.graph.change import Change, apply
from netbuilder.graph.edits import add_node, remove
from netbuilder.graph.file import load
from netbuilder.graph.model import Column, Dataset, Graph, Project
from netbuilder.resources import template
from netbuilder.training.nested import freeze
from tests.ui.conftest import links, node

CATALOGUE = Catalogue.builtin()


def nested(weights: str, repeat: int = 1) -> Project:
    """net has two placements of block, block a Linear; step trains net."""
    block = Graph(
        "network",
        Map({"x": node("Input", shape="N 4"), "mix": node("Linear", out_features=4), "y": node("Output")}),
        links(("x.x", "mix.x"), ("mix.y", "y.x")),
    )
    placed = {"network": "block", "weights": weights}
    net = Graph(
        "network",
        Map(
            {
                "x": node("Input", shape="N 4"),
                "first": node("Network", **placed),
                "second": node("Repeat", **placed, repeat=repeat),
                "head": node("Linear", out_features=2),
                "y": node("Output"),
            }
        ),
        links(("x.x", "first.x"), ("first.y", "second.x"), ("second.y", "head.x"), ("head.y", "y.x")),
    )
    step = Graph(
        "training",
        Map({"data": node("Data", dataset="rows"), "net": node("Network", network="net")}),
        links(("data.row", "net.x")),
    )
    rows = Dataset("rows", columns=(Column("row", shape=(4,), axes="F"),))
    return Project(graphs=Map(block=block, net=net, step=step), datasets=Map(rows=rows))


def told(project: Project, analyser: Analyser | None = None) -> dict[tuple[str, str], tuple[tuple[str, ...], ...]]:
    reports = (analyser or Analyser(CATALOGUE)).analyse(project)
    return {
        (graph, id): (facts.frozen, facts.shares)
        for graph, report in reports.items()
        for id, facts in report.nodes.items()
        if facts.frozen or facts.shares
    }


def frozen_too(project: Project, network: str) -> Change:
    return add_node(project, "step", "Freeze", (0, 0), {"network": network})


def test_places_that_share_name_one_another():
    assert told(nested("own")) == {}
    assert told(nested("shared")) == {("net", "first"): ((), ("second",)), ("net", "second"): ((), ("first",))}
    assert told(nested("shared", repeat=3))["net", "second"] == ((), ("first", "second"))
    assert told(load(template("gan_digits"))) == {
        ("training", "fake"): ((), ("real",)),
        ("training", "real"): ((), ("fake",)),
    }


def test_a_freeze_holds_its_network_and_all_that_stands_in_it_alone():
    project = nested("own")
    analyser = Analyser(CATALOGUE)
    assert told(project, analyser) == {}
    change = frozen_too(project, "net")
    frozen = apply(project, change)
    still = (("step",), ())
    assert told(frozen, analyser) == {
        ("block", "mix"): still,
        ("net", "first"): still,
        ("net", "second"): still,
        ("net", "head"): still,
        ("step", "net"): still,
    }
    (made,) = (edit.key for edit in change.edits)
    assert told(apply(frozen, remove(frozen, "step", [str(made)])), analyser) == {}
    inner = apply(project, frozen_too(project, "block"))
    assert told(inner, analyser) == {("block", "mix"): still, ("net", "first"): still, ("net", "second"): still}
    beside = apply(frozen, add_node(frozen, "step", "Network", (0, 0), {"network": "block"}))
    assert ("block", "mix") not in told(beside, analyser)  # here it learns


def test_what_is_said_to_be_frozen_is_what_training_freezes():
    project = load(template("style_transfer"))
    program = build(project, "training", CATALOGUE)
    networks = {name: make() for name, make in program.networks.items()}
    freeze(project, program.frozen, networks)
    still = {
        (name, path.split(".")[0])
        for name, network in networks.items()
        for path, parameter in network.named_parameters()
        if not parameter.requires_grad
    }
    assert still == {(graph, id) for (graph, id), (frozen, _) in told(project).items() if frozen and graph in networks}
