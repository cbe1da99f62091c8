"""Blank Inputs are filled in by the data that is linked to a placement of their network."""

import pytest
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.filling import filled
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.model import Column, Dataset, Graph, Input, Node, Output, Project

CATALOGUE = Catalogue.builtin()


def nothing(graph: str, source: Output) -> None:
    return None


@pytest.fixture
def project() -> Project:
    columns = (
        Column("image", "image", (1, 8, 8), "float32", "C H W", "image"),
        Column("tokens", "tokens", (-1,), "int64", "T", "sequence"),
    )
    net = Graph("network", Map({"x": Node("Input"), "mask": Node("Input", Map({"shape": "N 3"}))}))
    training = Graph(
        "training",
        Map(
            {
                "data": Node("Data", Map({"dataset": "digits"})),
                "flip": Node("RandomHorizontalFlip"),
                "net1": Node("Network", Map({"network": "net"})),
                "net2": Node("Network", Map({"network": "net"})),
            }
        ),
    )
    outer = Graph("network", Map({"image": Node("Input", Map({"shape": "N 4"})), "net1": training.nodes["net1"]}))
    return Project(
        graphs=Map({"net": net, "training": training, "outer": outer}),
        datasets=Map({"digits": Dataset("digits", columns=columns)}),
    )


def link(project: Project, source: str, target: str, known=nothing, graph: str = "training"):
    change = edits.connect(project, graph, Output(*source.split(".")), Input(*target.split(".")))
    return filled(project, change, CATALOGUE, known)


def params(project: Project, id: str = "x") -> Map:
    return project.graphs["net"].nodes[id].params


@pytest.mark.parametrize(
    ("column", "expected"),
    [("image", {"shape": "N 1 8 8"}), ("tokens", {"shape": "N T", "dtype": "int64"})],
)
def test_a_column_gives_its_shape_and_dtype_as_one_change(project, column, expected):
    change = link(project, f"data.{column}", "net1.x")
    after = apply(project, change)
    assert params(after) == Map(expected)
    assert after.graphs["training"].links[Input("net1", "x")].source == Output("data", column)
    assert change.label == "Link data to net1"
    assert apply(after, change.inverse()) == project


def test_what_is_no_column_is_asked_of_the_analysis(project):
    after = apply(project, link(project, "flip.y", "net1.x", lambda graph, source: (("N", 3, "2*T", "W'"), "bool")))
    assert params(after) == Map({"shape": "N 3 A2 A3", "dtype": "bool"})


def test_what_is_declared_stays_and_what_is_not_known_stays_blank(project):
    for source, target, graph in (
        ("data.image", "net1.mask", "training"),
        ("flip.y", "net1.x", "training"),
        ("data.image", "flip.x", "training"),
        ("image.x", "net1.x", "outer"),
    ):
        after = apply(project, link(project, source, target, graph=graph))
        assert after.graphs["net"] == project.graphs["net"]


def test_the_first_of_two_links_decides(project):
    first = edits.connect(project, "training", Output("data", "image"), Input("net1", "x"))
    second = edits.connect(apply(project, first), "training", Output("data", "tokens"), Input("net2", "x"))
    both = edits.disconnect(project, "training", Input("net1", "x"))
    both = type(both)("Link both", (*first.edits, *second.edits))
    assert params(apply(project, filled(project, both, CATALOGUE, nothing))) == Map({"shape": "N 1 8 8"})
