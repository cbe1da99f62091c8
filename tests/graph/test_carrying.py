"""Pieces of a graph in other projects: what they refer to comes along, or is there already."""

from __future__ import annotations

from hypothesis import given, settings
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.carrying import References, bring, carried
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.model import Column, Dataset, Graph, Node, Project
from tests.graph.strategies import projects
from tests.graph.test_grouping import graph
from tests.graph.test_healing import sound

REFS = References({"network", "networks"}, {"dataset"})
DIGITS = Dataset("digits", columns=(Column("image"),))


def start() -> Project:
    inner = graph("x.x > c.x", c=Node("Conv2d", Map(out_channels=3)))
    block = graph("x.x > n.x", n=Node("Network", Map(network="inner")), d=Node("X", Map(size="=digits.classes")))
    net = Graph(
        "network",
        Map(stem=Node("Network", Map(network="block")), l=Node("Linear", Map(out_features="=width * 2"))),
        arguments=Map(width=8, unused=1),
    )
    return Project(graphs=Map(inner=inner, block=block, net=net), datasets=Map(digits=DIGITS, other=DIGITS))


def brought(into: Project, graph: str = "g", home: str = "", source: Project | None = None):
    source = source or start()
    piece = carried(source, "net", edits.cut_out(source, "net", ["stem", "l"]), REFS, "here")
    piece = edits.fragment_from_text(edits.fragment_to_text(piece))
    found = bring(into, graph, piece, REFS, home)
    first = Change("Paste", found.edits)
    change = join("Paste", (first, edits.paste(apply(into, first), graph, found.fragment, (0, 0))))
    after = apply(into, change)
    sound(after)
    assert apply(after, change.inverse()) == into
    return after, found


def test_networks_in_networks_and_data_sets_come_along():
    after, found = brought(Project(graphs=Map(g=Graph())))
    assert (found.networks, found.datasets) == (("inner", "block"), ("digits",))
    assert after.graphs["block"] == start().graphs["block"]
    assert after.graphs["g"].nodes["stem1"].params == Map(network="block")
    assert after.graphs["g"].nodes["l1"].params == Map(out_features=16), "an argument that is not there is its default"
    assert after.datasets == Map(digits=DIGITS)


def test_what_is_there_and_equal_is_used():
    once, _ = brought(Project(graphs=Map(g=Graph())))
    twice, found = brought(once)
    assert (found.networks, found.datasets) == ((), ())
    assert set(twice.graphs) == set(once.graphs)


def test_what_has_the_name_of_something_else_gets_another():
    other = Dataset("iris", columns=(Column("table"),))
    graphs = Map(g=Graph(arguments=Map(width=1)), inner=graph("x.x > c.x", c=Node("ReLU")))
    after, found = brought(Project(graphs=graphs, datasets=Map(digits=other)))
    assert found.networks == ("inner1", "block")
    assert after.graphs["inner"] == graphs["inner"]
    assert after.graphs["block"].nodes["n"].params == Map(network="inner1")
    assert after.graphs["block"].nodes["d"].params == Map(size="=digits1.classes")
    assert after.datasets == Map(digits=other, digits1=DIGITS)
    assert after.graphs["g"].nodes["l1"].params == Map(out_features="=width * 2"), "the argument is declared here"


def test_in_its_own_project_a_piece_means_what_is_there_now():
    source = start()
    changed = apply(source, edits.set_params(source, "inner", "c", {"out_channels": 9}))
    after, found = brought(changed, "net", home="here", source=source)
    assert (found.networks, found.datasets) == ((), ())
    assert after.graphs["net"].nodes["stem1"].params == Map(network="block")
    assert set(after.graphs) == set(source.graphs)


@settings(max_examples=12)
@given(projects, projects)
def test_any_piece_fits_any_project(source: Project, into: Project):
    for name in source.graphs:
        piece = carried(source, name, edits.cut_out(source, name, source.graphs[name].nodes), REFS)
        for goal in into.graphs:
            found = bring(into, goal, piece, REFS)
            first = Change("Paste", found.edits)
            change = join("Paste", (first, edits.paste(apply(into, first), goal, found.fragment, (0, 0))))
            assert apply(apply(into, change), change.inverse()) == into
            break
