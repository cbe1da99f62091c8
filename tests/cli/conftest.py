"""A small project of our own, written to a file: an MLP on the digits."""

import pytest
from immutables import Map

from netbuilder.cli import main
from netbuilder.data.facts import facts
from netbuilder.graph.file import save
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project


def wired(kind, nodes, links):
    """A graph of {id: Node} and {"a.y": "b.x"} pairs."""
    found = {}
    for source, target in links:
        end = Input(*target.split("."))
        found[end] = Link(Output(*source.split(".")), end)
    return Graph(kind=kind, nodes=Map(nodes), links=Map(found))


def small_project(hidden=8, title="Small"):
    def node(block, **params):
        return Node(block, Map(params))

    network = wired(
        "network",
        {
            "image": node("Input", shape="N 1 8 8"),
            "flatten1": node("Flatten"),
            "linear1": node("Linear", out_features=hidden),
            "relu1": node("ReLU"),
            "linear2": node("Linear", out_features=10),
            "logits": node("Output"),
        },
        [
            ("image.x", "flatten1.x"),
            ("flatten1.y", "linear1.x"),
            ("linear1.y", "relu1.x"),
            ("relu1.y", "linear2.x"),
            ("linear2.y", "logits.x"),
        ],
    )
    training = wired(
        "training",
        {
            "data": node("Data", dataset="digits"),
            "model": node("Network", network="classifier"),
            "loss": node("CrossEntropyLoss"),
            "accuracy": node("Accuracy"),
            "optimizer": node("Optimizer", algorithm="Adam"),
        },
        [
            ("data.image", "model.image"),
            ("model.logits", "loss.logits"),
            ("data.label", "loss.target"),
            ("model.logits", "accuracy.logits"),
            ("data.label", "accuracy.target"),
            ("loss.loss", "optimizer.loss"),
        ],
    )
    return Project(
        title=title,
        graphs=Map({"classifier": network, "training": training}),
        datasets=Map({"digits": facts("digits")}),
        settings=Map({"training": Map({"epochs": 2, "device": "cpu", "best": "accuracy"})}),
    )


@pytest.fixture
def make_project():
    """The project with another number of hidden units or another title."""
    return small_project


@pytest.fixture
def project_file(tmp_path):
    path = tmp_path / "small.netbuilder"
    save(small_project(), path)
    return path


@pytest.fixture
def run(capsys):
    """Runs a command and gives exit code, stdout and stderr."""

    def command(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return command
