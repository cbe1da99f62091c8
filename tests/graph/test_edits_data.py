"""Data sets get other names wherever they are named, and are found where they are used."""

import pytest
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import Dataset, Graph, Node, Project


@pytest.fixture
def project():
    network = Graph(
        "network",
        Map(
            a=Node("Linear", Map(out_features="=digits.classes * 2")),
            b=Node("Repeat", Map(network="net", arguments=Map(size="=digits.image.C + other.classes"))),
            c=Node("Linear", Map(out_features="=digits_more.classes")),
        ),
        arguments=Map(width="=digits.samples"),
    )
    training = Graph("training", Map(data=Node("Data", Map(dataset="digits")), rest=Node("Data", Map(dataset="more"))))
    sets = Map(digits=Dataset("digits"), digits_more=Dataset("digits"))
    return Project(graphs=Map(net=network, training=training), datasets=sets)


def test_names_follow_everywhere_and_come_back(project):
    change = edits.rename_dataset(project, "digits", "figures")
    after = apply(project, change)
    net, training = after.graphs["net"], after.graphs["training"]
    assert set(after.datasets) == {"figures", "digits_more"}
    assert net.nodes["a"].params["out_features"] == "=figures.classes * 2"
    assert net.nodes["b"].params["arguments"]["size"] == "=figures.image.C + other.classes"
    assert net.nodes["c"] is project.graphs["net"].nodes["c"]
    assert net.arguments["width"] == "=figures.samples"
    assert training.nodes["data"].params["dataset"] == "figures"
    assert training.nodes["rest"] is project.graphs["training"].nodes["rest"]
    assert apply(after, change.inverse()) == project


def test_uses_are_nodes_and_expressions(project):
    assert edits.uses_of_dataset(project, "digits") == [("net", "a"), ("net", "b"), ("training", "data")]
    assert edits.uses_of_dataset(project, "digits_more") == [("net", "c")]
    assert edits.uses_of_dataset(project, "digits", ()) == [("net", "a"), ("net", "b")]


@pytest.mark.parametrize(("old", "new", "says"), [
    ("digits", "digits_more", "already a dataset"), ("none", "x", "no dataset"), ("digits", "1x", "cannot be a name"),
])  # fmt: skip
def test_refusals(project, old, new, says):
    with pytest.raises(EditError, match=says):
        edits.rename_dataset(project, old, new)
    assert not edits.rename_dataset(project, "digits", "digits")
