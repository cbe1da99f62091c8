"""Blocks whose ports come from the project: data, networks, parts; and a block that takes a network."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue, builtin_blocks
from netbuilder.blocks.params import Int, NetworkRef
from netbuilder.blocks.spec import IN_STEPS, Block, Port
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lines import Names, statement
from netbuilder.data.facts import facts
from netbuilder.graph.model import Column, Dataset, Graph, Input, Link, Node, Output, Project

CATALOGUE = Catalogue.builtin()


def project():
    nodes = {
        "image": Node("Input", Map(shape="N 1 8 8"), title="Picture"),
        "tokens10": Node("Input", Map(shape="N T", dtype="int64")),
        "tokens9": Node("Input", Map(shape="N", dtype="int64")),
        "blank": Node("Input"),
        "logits": Node("Output"),
        "hidden": Node("Output", title="Inside"),
    }
    column = Column("sepal_length", name="sepal length (cm)", shape=(3,), axes="F", role="vector")
    return Project(
        graphs=Map(classifier=Graph("network", Map(nodes)), training=Graph("training")),
        datasets=Map(digits=facts("digits"), iris=Dataset("iris", columns=(column,))),
    )


def ports(block, **params):
    found = CATALOGUE.ports(Node(block, Map(params)), project())
    return found.inputs, found.outputs


def test_data_has_an_output_for_each_column():
    inputs, outputs = ports("Data", dataset="digits")
    assert inputs == ()
    assert [(port.name, port.axes, port.role, port.dtype) for port in outputs] == [
        ("image", "N C H W", "image", "float32"),
        ("label", "N", "class", "int64"),
    ]
    (_, (column,)) = ports("Data", dataset="iris")
    assert (column.name, column.title, column.axes) == ("sepal_length", "sepal length (cm)", "N F")


def test_a_network_has_the_ports_of_its_inputs_and_outputs_in_natural_order():
    inputs, outputs = ports("Network", network="classifier")
    assert [(port.name, port.axes, port.role, port.dtype, port.title) for port in inputs] == [
        ("blank", "", "tensor", "float32", ""),
        ("image", "N 1 8 8", "image", "float32", "Picture"),
        ("tokens9", "N", "class", "int64", ""),
        ("tokens10", "N T", "tensor", "int64", ""),
    ]
    assert [(port.name, port.role, port.title) for port in outputs] == [
        ("hidden", "tensor", "Inside"),
        ("logits", "logits", ""),
    ]


@pytest.mark.parametrize("name", ["", "nothing", "training", 3, None, ("digits",)])
def test_a_name_that_leads_nowhere_gives_no_ports(name):
    for block, param in (("Data", "dataset"), ("Network", "network")):
        assert ports(block, **{param: name}) == ((), ())


def test_an_inputs_port_has_its_shape_and_dtype():
    _, (port,) = ports("Input", shape="N 3 32 32")
    assert (port.name, port.axes, port.role, port.dtype) == ("x", "N 3 32 32", "image", "float32")
    _, (port,) = ports("Input", shape="N", dtype="int64")
    assert (port.role, port.dtype) == ("class", "int64")


def test_split_has_as_many_outputs_as_parts():
    assert [port.name for port in ports("Split")[1]] == ["y1", "y2"]
    assert [port.name for port in ports("Split", sections=4)[1]] == ["y1", "y2", "y3", "y4"]
    assert ports("Split", sections=0)[1] == ports("Split", sections="x")[1] == ()


# A block that calls a network several times: what sampling and roll-out blocks will look like.
ROLL_OUT = Block(
    name="CallAgain",
    category="Structure",
    summary="Sends x through a network again and again.",
    formula="y = network(network(... x))",
    inputs=(Port("x", "N *", help="Where it begins."),),
    outputs=(Port("y", "N *", help="Where it ends."),),
    call="{y} = {x}\nfor _ in range({steps}):\n    {y} = {network}({y})",
    params=(
        NetworkRef(name="network", default="", help="The network that is called."),
        Int(name="steps", default=3, low=1, high=1000, help="How often."),
    ),
    graphs=IN_STEPS,
)


def test_a_block_may_take_a_network():
    catalogue = Catalogue([*builtin_blocks(), ROLL_OUT])
    node = Node("CallAgain", Map(network="doubler", steps=4))
    assert catalogue.ports(node, project()).inputs == ROLL_OUT.inputs
    assert ROLL_OUT.check(node.params) == {}
    assert ROLL_OUT.check(Map(network=3)) == {"network": "expected text, got 3"}
    names = Names({"x": ("start",)}, {"y": "end"})
    text = statement(ROLL_OUT, catalogue.ports(node, project()), node.params, names)
    space = {"net": SimpleNamespace(doubler=lambda x: 2 * x), "start": 3}
    exec(text, space)
    assert space["end"] == 48


@pytest.mark.parametrize("name", ["", "a.b", "x; import os", "__class__", "lambda"])
def test_only_an_identifier_becomes_the_name_of_a_network_in_source(name):
    with pytest.raises(ValueError, match="is no name of a network"):
        NetworkRef(name="network").source(name)


def test_a_placement_is_analysed_through_its_network():
    net = Graph(
        "network",
        Map(x=Node("Input", Map(shape="N 4")), linear1=Node("Linear", Map(out_features=2)), y=Node("Output")),
        links(("x.x", "linear1.x"), ("linear1.y", "y.x")),
    )
    outer = Graph(
        "network",
        Map(a=Node("Input", Map(shape="N 4")), inner=Node("Network", Map(network="small")), b=Node("Output")),
        links(("a.x", "inner.x"), ("inner.y", "b.x")),
    )
    report = Analyser(CATALOGUE).analyse(Project(graphs=Map(small=net, large=outer)))["large"]
    assert not report.errors
    assert report.nodes["inner"].outputs["y"].shape == ("N", 2)
    assert report.parameters == 10


def links(*pairs):
    made = (Link(Output(*a.split(".")), Input(*b.split("."))) for a, b in pairs)
    return Map({link.target: link for link in made})


def test_the_catalogue_needs_no_torch():
    code = (
        "import sys; from netbuilder.blocks.catalogue import Catalogue; import netbuilder.blocks.help;"
        "Catalogue.builtin(); print(*sorted(sys.modules))"
    )
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "numpy", "PySide6", "sklearn"} & set(modules)
