"""Bypassing nodes and deleting them out of their chains come to the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.healing import remove_healed
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
from netbuilder.graph.topology import Topology

CATALOGUE = Catalogue.builtin()
BLOCKS = ("ReLU", "Linear", "Add", "Subtract", "Dropout")


@st.composite
def networks(draw: st.DrawFn) -> Graph:
    """An Input, up to eight nodes that each take from earlier ones, and an Output."""
    nodes = {"a0": Node("Input")}
    links: dict[Input, Link] = {}
    for number in range(1, draw(st.integers(2, 8))):
        block = CATALOGUE[draw(st.sampled_from(BLOCKS))]
        nodes[f"a{number}"] = Node(block.name)
        for port in block.inputs:
            for index in range(draw(st.integers(0, 2 if port.many else 1))):
                before = draw(st.integers(0, number - 1))
                end = Input(f"a{number}", port.name, index)
                links[end] = Link(Output(f"a{before}", "x" if before == 0 else "y"), end)
    last = f"a{len(nodes) - 1}"
    nodes["out"] = Node("Output")
    links[Input("out", "x")] = Link(Output(last, "y"), Input("out", "x"))
    return Graph("network", Map(nodes), Map(links))


def fed(project: Project, gone: set[str]) -> dict[tuple[str, str], list[Output]]:
    """What really leads into each input of the nodes that stay."""
    graph = project.graphs["g"]
    into = Wiring("g", project, CATALOGUE, Topology(graph)).into
    return {
        (id, port): [link.source for link in links]
        for id, ports in into.items()
        if id not in gone
        for port, links in ports.items()
    }


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_bypassed_and_deleted_nodes_leave_the_same(graph: Graph, data: st.DataObject):
    start = Project(graphs=Map(g=graph))
    inner = sorted(id for id in graph.nodes if id not in ("a0", "out"))
    gone = data.draw(st.sets(st.sampled_from(inner), min_size=1))

    def through(id: str) -> tuple[list[str], str]:
        return [port.name for port in CATALOGUE.ports(graph.nodes[id], start).inputs], "y"

    deleted = apply(start, remove_healed(start, "g", gone, through, lambda source, end: True))
    bypassed = apply(start, edits.bypass(start, "g", gone))
    assert fed(deleted, gone) == fed(bypassed, gone)
