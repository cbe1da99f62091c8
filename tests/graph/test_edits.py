"""What each edit does: its change, its label, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply
from netbuilder.graph.file import FileError
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
from tests.graph.strategies import graphs


def link(source: str, port: str, index: int = 0) -> Link:
    node, _, name = port.partition(".")
    return Link(Output(source, "y"), Input(node, name or "x", index))


def project(*links: Link, nodes: str = "a b c d sum", kind: str = "network") -> Project:
    held = Map({name: Node("X", at=(100.0 * place, 0.0)) for place, name in enumerate(nodes.split())})
    return Project(graphs=Map(g=Graph(kind, held, Map({each.target: each for each in links}))))


def links_of(project: Project, graph: str = "g") -> dict[str, str]:
    """Readable: {"sum.x[1]": "b"}."""
    return {f"{end.node}.{end.port}[{end.index}]": one.source.node for end, one in project.graphs[graph].links.items()}


START = project(link("a", "sum", 0), link("b", "sum", 1), link("c", "sum", 2), link("a", "b"))


def test_a_new_node_gets_the_next_free_id():
    first = edits.add_node(START, "g", "Conv2d", (1.004, 2), Map(out_channels=8))
    (edit,) = first.edits
    assert (first.label, edit.key, edit.before) == ("Add Conv2d", "conv2d1", None)
    assert edit.after == Node("Conv2d", Map(out_channels=8), (1.0, 2.0))
    assert edits.add_node(apply(START, first), "g", "Conv2d", (0, 0)).edits[0].key == "conv2d2"
    assert edits.add_node(START, "g", "Conv2d", (0, 0), id="mine").edits[0].key == "mine"
    with pytest.raises(edits.EditError, match="already something named a"):
        edits.add_node(START, "g", "Conv2d", (0, 0), id="a")
    with pytest.raises(edits.EditError, match="cannot be a name"):
        edits.add_node(START, "g", "Conv2d", (0, 0), id="lambda")
    with pytest.raises(edits.EditError, match="finite"):
        edits.add_node(START, "g", "Conv2d", (float("nan"), 0))
    with pytest.raises(edits.EditError, match="there is no graph h"):
        edits.add_node(START, "h", "Conv2d", (0, 0))


def test_a_removed_node_takes_its_links_and_ports_that_take_many_close_up():
    change = edits.remove(START, "g", ["b", "not there"])
    assert change.label == "Delete 1 node"
    assert links_of(apply(START, change)) == {"sum.x[0]": "a", "sum.x[1]": "c"}
    assert [edit.kind for edit in change.edits][-1] == "node"  # after its links
    assert not edits.remove(START, "g", ["not there"])


def test_an_input_takes_the_last_link_made_to_it():
    change = edits.connect(START, "g", Output("c", "y"), Input("b", "x"))
    assert change.label == "Link c to b"
    assert links_of(apply(START, change))["b.x[0]"] == "c"
    assert not edits.connect(START, "g", Output("a", "y"), Input("b", "x"))
    with pytest.raises(edits.EditError, match="there is no node gone"):
        edits.connect(START, "g", Output("gone", "y"), Input("b", "x"))


def test_a_link_far_beyond_the_last_comes_next():
    change = edits.connect(START, "g", Output("d", "y"), Input("sum", "x", 99))
    assert links_of(apply(START, change))["sum.x[3]"] == "d"
    change = edits.connect(START, "g", Output("d", "y"), Input("d", "x", 5))
    assert links_of(apply(START, change))["d.x[0]"] == "d"


def test_unlinking_moves_the_later_links_up():
    change = edits.disconnect(START, "g", Input("sum", "x", 0))
    assert change.label == "Unlink a from sum"
    assert links_of(apply(START, change)) == {"b.x[0]": "a", "sum.x[0]": "b", "sum.x[1]": "c"}
    assert not edits.disconnect(START, "g", Input("sum", "x", 3))


@given(graphs(), st.data())
def test_closing_up_keeps_the_order_of_what_stays(graph, data):
    start = Project(graphs=Map(g=graph))
    gone = data.draw(st.sets(st.sampled_from(sorted(graph.links)))) if graph.links else set()
    after = apply(start, edits.remove(start, "g", links=gone)).graphs["g"]

    def sources(held: Graph, left_out: set[Input]) -> dict[tuple[str, str], list[Output]]:
        found: dict[tuple[str, str], list[Output]] = {}
        for end in sorted(held.links):
            if end not in left_out:
                found.setdefault((end.node, end.port), []).append(held.links[end].source)
        return found

    assert sources(after, set()) == sources(graph, gone)
    assert all(end == held.target for end, held in after.links.items())


def test_a_block_is_put_into_a_link():
    change = edits.insert_on_link(START, "g", Input("sum", "x", 1), "Flatten", "x", "y", Map(start_dim=1))
    after = apply(START, change).graphs["g"]
    assert change.label == "Insert Flatten"
    assert after.nodes["flatten1"] == Node("Flatten", Map(start_dim=1), (250.0, 0.0))
    assert after.links[Input("flatten1", "x")].source == Output("b", "y")
    assert after.links[Input("sum", "x", 1)].source == Output("flatten1", "y")
    with pytest.raises(edits.EditError, match=r"nothing is linked to d\.x"):
        edits.insert_on_link(START, "g", Input("d", "x"), "Flatten", "x", "y")


def test_moving_names_what_moved():
    framed = apply(START, edits.add_frame(START, "g", (0, 0, 50, 40), "Note"))
    change = edits.move(framed, "g", {"a": (5, 5), "b": (100, 0), "frame1": (7, 7), "gone": (1, 1)})
    assert change.label == "Move 1 node and 1 frame"  # b stood there already
    after = apply(framed, change).graphs["g"]
    assert after.nodes["a"].at == (5.0, 5.0)
    assert after.frames["frame1"].rect == (7.0, 7.0, 50.0, 40.0)
    assert apply(framed, edits.move(framed, "g", {"a": (1e300, 0)})).graphs["g"].nodes["a"].at == (1e7, 0.0)


def test_parameters_are_set_dropped_and_told_apart_by_type():
    one = apply(START, edits.set_params(START, "g", "a", {"p": 1, "q": None}))
    assert one.graphs["g"].nodes["a"].params == Map(p=1, q=None)
    assert not edits.set_params(one, "g", "a", {"p": 1})
    as_bool = apply(one, edits.set_params(one, "g", "a", {"p": True, "q": edits.DEFAULT}))
    assert as_bool.graphs["g"].nodes["a"].params["p"] is True
    assert "q" not in as_bool.graphs["g"].nodes["a"].params
    assert not edits.set_params(START, "g", "a", {"p": edits.DEFAULT})
    assert edits.set_params(START, "g", "a", {"p": 1}).label == "Set p of a"


def test_a_renamed_node_keeps_its_links():
    change = edits.rename(START, "g", "b", "middle")
    after = apply(START, change)
    assert "b" not in after.graphs["g"].nodes
    assert links_of(after) == {"sum.x[0]": "a", "sum.x[1]": "middle", "sum.x[2]": "c", "middle.x[0]": "a"}
    with pytest.raises(edits.EditError, match="already something named a"):
        edits.rename(START, "g", "b", "a")
    with pytest.raises(edits.EditError, match="cannot be a name"):
        edits.rename(START, "g", "b", "class")
    assert not edits.rename(START, "g", "b", "b")


def test_renaming_an_input_of_a_network_takes_the_links_to_its_placements_along():
    outer = Graph("training", Map(net1=Node("Network", Map(network="g")), d=Node("Data"), other=Node("Network")))
    ends = [Link(Output("d", "image"), Input("net1", "a")), Link(Output("net1", "a"), Input("other", "a"))]
    start = Project(
        graphs=START.graphs.set("train", Graph(outer.kind, outer.nodes, Map({each.target: each for each in ends})))
    )
    after = apply(start, edits.rename(start, "g", "a", "picture", ("network",)))
    assert set(after.graphs["train"].links) == {Input("net1", "picture"), Input("other", "a")}
    assert after.graphs["train"].links[Input("other", "a")].source == Output("net1", "picture")
    assert apply(start, edits.rename(start, "g", "a", "picture")).graphs["train"] == start.graphs["train"]


def test_bypass_and_back():
    away = edits.bypass(START, "g", ["a", "b", "gone"])
    assert away.label == "Bypass 2 nodes"
    after = apply(START, away)
    assert after.graphs["g"].nodes["a"].bypassed
    assert apply(after, edits.bypass(after, "g", ["a", "b"], False)) == START


def test_a_copy_has_fresh_ids_inner_links_and_no_gaps():
    piece = edits.cut_out(START, "g", ["b", "c", "sum"])
    assert {end: each.source.node for end, each in piece.links.items()} == {
        Input("sum", "x", 0): "b",
        Input("sum", "x", 1): "c",
    }
    change = edits.paste(START, "g", piece, (1000, 50))
    assert change.label == "Paste 3 nodes"
    after = apply(START, change)
    assert set(after.graphs["g"].nodes) == {"a", "b", "c", "d", "sum", "b1", "c1", "sum1"}
    assert after.graphs["g"].nodes["b1"].at == (1000.0, 50.0)
    assert after.graphs["g"].nodes["c1"].at == (1100.0, 50.0)
    assert links_of(after) == links_of(START) | {"sum1.x[0]": "b1", "sum1.x[1]": "c1"}


@given(graphs())
def test_the_clipboard_gives_back_what_was_copied(graph):
    start = Project(graphs=Map(g=graph))
    piece = edits.cut_out(start, "g", [*graph.nodes, *graph.frames])
    assert edits.fragment_from_text(edits.fragment_to_text(piece)) == piece


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", "[]", '{"fragment": 3}', "\ud800", '{"fragment": {"nodes": 1}}', "[" * 99]
)
def test_any_text_on_the_clipboard_is_a_fragment_or_one_sentence(text):
    with pytest.raises(FileError) as caught:
        edits.fragment_from_text(text)
    assert str(caught.value).isprintable()


def test_a_renamed_graph_takes_settings_and_placements_along():
    start = apply(START, edits.add_graph(START, "train", "training"))
    start = apply(start, edits.add_node(start, "train", "Network", (0, 0), Map(network="g")))
    start = apply(start, edits.set_settings(start, "train", {"epochs": 3}))
    renamed = apply(start, edits.rename_graph(start, "g", "classifier"))
    assert renamed.graphs["train"].nodes["network1"].params["network"] == "classifier"
    assert "g" not in renamed.graphs
    named = Map(networks=Map(g=Map(lr=0.1), h=Map()))
    start = apply(start, edits.add_node(start, "train", "Optimizer", (0, 0), named))
    taught = apply(start, edits.rename_graph(start, "g", "classifier", ("network", "networks"))).graphs["train"]
    assert taught.nodes["optimizer1"].params["networks"] == Map(classifier=Map(lr=0.1), h=Map())
    again = apply(renamed, edits.rename_graph(renamed, "train", "teach"))
    assert again.settings == Map(teach=Map(epochs=3))
    gone = apply(again, edits.remove_graph(again, "teach"))
    assert (set(gone.graphs), gone.settings) == ({"classifier"}, Map())
    with pytest.raises(edits.EditError, match="already a graph teach"):
        edits.rename_graph(again, "classifier", "teach")


def test_settings_are_merged():
    one = apply(START, edits.set_settings(START, "g", {"epochs": 3, "seed": 1}))
    two = apply(one, edits.set_settings(one, "g", {"epochs": 4, "seed": edits.DEFAULT}))
    assert two.settings["g"] == Map(epochs=4)
    assert not edits.set_settings(two, "g", {"epochs": 4})


def test_a_project_holds_no_more_nodes_than_its_file_may():
    full = Project(graphs=Map(g=Graph(nodes=Map({f"n{number}": Node("X") for number in range(50_000)}))))
    with pytest.raises(edits.EditError, match="at most 50000 nodes"):
        edits.add_node(full, "g", "X", (0, 0))
    with pytest.raises(edits.EditError, match="at most 50000 nodes"):
        edits.paste(full, "g", edits.cut_out(START, "g", ["a"]), (0, 0))


def test_titles_and_notes_are_cut_to_what_a_file_holds():
    node = apply(START, edits.set_title(START, "g", "a", "x" * 999 + "\ud800")).graphs["g"].nodes["a"]
    assert len(node.title) == 200
    frame = edits.add_frame(START, "g", (0, 0, -5, 5), text="a\ud800")
    assert frame.edits[0].after.text == "a\ufffd"
    assert frame.edits[0].after.rect == (0.0, 0.0, 0.0, 5.0)


def test_an_edit_never_touches_the_project():
    before = Project(graphs=START.graphs)
    for change in (edits.remove(START, "g", ["a"]), edits.rename(START, "g", "a", "z")):
        assert isinstance(change, Change)
    assert before == START
