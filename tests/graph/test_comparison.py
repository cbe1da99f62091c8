"""Two projects held against each other: equal ones have nothing to tell, and every edit is told."""

from __future__ import annotations

import contextlib
import time
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.comparison import ABSENT, Changed, Comparison, compare
from netbuilder.graph.edits_base import EditError
from netbuilder.graph.model import Dataset, Frame, Graph, Input, Link, Node, Output, Project
from tests.graph.strategies import edit, projects, steps


def net(*blocks: str, **params: object) -> Graph:
    """A chain: a Conv2d is conv1, and so on."""
    ids = [f"{block.lower()}{number}" for number, block in enumerate(blocks)]
    nodes = {
        id: Node(block, Map(params), (200.0 * place, 0.0))
        for place, (id, block) in enumerate(zip(ids, blocks, strict=True))
    }
    links = [Link(Output(one, "y"), Input(other, "x")) for one, other in pairwise(ids)]
    return Graph("network", Map(nodes), Map({link.target: link for link in links}))


def project(**graphs: Graph) -> Project:
    return Project("P", Map(graphs))


def told(comparison: Comparison) -> list[tuple[str, str, object, object]]:
    return [(one.sign, one.kind, one.before, one.after) for one in comparison.entries if not one.implied]


CHAIN = project(net=net("Input", "Conv2d", "ReLU", "Linear", "Output"))


@settings(max_examples=10)
@given(projects)
def test_a_project_is_equal_to_itself_and_to_one_that_is_read_anew(held):
    assert compare(held, held).entries == ()
    copy = msgspec.structs.replace(
        held, graphs=Map({name: msgspec.structs.replace(g) for name, g in held.graphs.items()})
    )
    assert compare(held, copy).entries == ()


@settings(max_examples=30)
@given(projects, st.lists(steps, min_size=1, max_size=5))
def test_every_edit_is_told(before, made):
    after = before
    for step in made:
        with contextlib.suppress(EditError):
            after = apply(after, edit(after, step))
    found = compare(before, after)
    assert bool(found.entries) == (before != after)
    check(before, after, found)


@settings(max_examples=12)
@given(projects, projects)
def test_any_two_projects(before, after):
    found = compare(before, after)
    assert bool(found.entries) == (before != after)
    check(before, after, found)
    back = compare(after, before)
    assert len(back.entries) > 0 or before == after


def check(before: Project, after: Project, found: Comparison) -> None:
    """Each node, link and frame of both sides is told exactly once, or stands beside an equal one."""
    assert {pair.before for pair in found.graphs} - {None} == set(before.graphs)
    assert {pair.after for pair in found.graphs} - {None} == set(after.graphs)
    for pair in found.graphs:
        old = before.graphs[pair.before] if pair.before is not None else Graph()
        new = after.graphs[pair.after] if pair.after is not None else Graph()
        names = (pair.before or "", pair.after or "")
        mine = [one for one in found.entries if one.graphs == names]
        assert len(set(pair.nodes.values())) == len(pair.nodes)
        for kind, field in (("node", "nodes"), ("frame", "frames"), ("link", "links")):
            entries = [one for one in mine if one.kind == kind]
            gone = [one.before for one in entries if one.sign == "removed"]
            made = [one.after for one in entries if one.sign == "added"]
            assert len(entries) == len({(one.before, one.after) for one in entries})
            assert len(getattr(new, field)) - len(getattr(old, field)) == len(made) - len(gone)
            assert set(gone) <= set(getattr(old, field))
            assert set(made) <= set(getattr(new, field))
        told_nodes = {one.before for one in mine if one.kind == "node"}
        for id, other in pair.nodes.items():
            if id not in told_nodes:
                assert id == other
                assert old.nodes[id] == new.nodes[other]


def test_changed_parameters_say_what_was_and_what_is():
    after = apply(CHAIN, edits.set_params(CHAIN, "net", "conv2d1", {"kernel_size": 5}))
    after = apply(after, edits.set_title(after, "net", "conv2d1", "stem"))
    (entry,) = compare(CHAIN, after).entries
    assert (entry.sign, entry.kind, entry.before, entry.after) == ("changed", "node", "conv2d1", "conv2d1")
    assert entry.changes == (Changed("params", "kernel_size", ABSENT, 5), Changed("title", "", "", "stem"))


def test_what_only_moved_is_told_apart():
    after = apply(CHAIN, edits.move(CHAIN, "net", {"relu2": (5.0, 5.0)}))
    assert told(compare(CHAIN, after)) == [("moved", "node", "relu2", "relu2")]


def test_an_inserted_node_implies_its_links():
    end = Input("relu2", "x")
    after = apply(CHAIN, edits.insert_on_link(CHAIN, "net", end, "Dropout", "x", "y"))
    found = compare(CHAIN, after)
    assert ("added", "node", None, "dropout1") in told(found)
    links = [one for one in found.entries if one.kind == "link"]
    assert [(one.sign, one.implied) for one in links if one.sign == "added"] == [("added", True)]
    (source,) = [one for one in links if one.sign == "changed"]  # what led into relu2 comes from elsewhere now
    assert source.changes == (Changed("source", "", Output("conv2d1", "y"), Output("dropout1", "y")),)


def test_a_renamed_node_is_renamed_and_its_links_stay():
    after = apply(CHAIN, edits.rename(CHAIN, "net", "conv2d1", "stem"))
    (entry,) = compare(CHAIN, after).entries
    assert (entry.before, entry.after) == ("conv2d1", "stem")
    assert entry.changes == (Changed("id", "", "conv2d1", "stem"),)


def test_a_renamed_node_that_also_changed_a_little_is_found_by_what_is_around_it():
    held = project(net=net("Input", "Conv2d", "Conv2d", "Output", kernel_size=3, out_channels=8))
    after = apply(held, edits.rename(held, "net", "conv2d2", "deep"))
    after = apply(after, edits.set_params(after, "net", "deep", {"out_channels": 16}))
    after = apply(after, edits.move(after, "net", {"deep": (9.0, 9.0)}))
    assert told(compare(held, after)) == [("changed", "node", "conv2d2", "deep")]


def test_a_whole_network_with_other_ids_is_found_by_likeness():
    renamed = CHAIN
    for id in list(CHAIN.graphs["net"].nodes):
        renamed = apply(renamed, edits.rename(renamed, "net", id, f"n_{id}"))
    found = compare(CHAIN, renamed)
    assert {(one.before, one.after) for one in found.entries} == {(id, f"n_{id}") for id in CHAIN.graphs["net"].nodes}
    assert all(one.sign == "changed" for one in found.entries)


def test_another_block_under_the_same_id_is_told():
    nodes = CHAIN.graphs["net"].nodes
    other = msgspec.structs.replace(CHAIN.graphs["net"], nodes=nodes.set("relu2", Node("GELU", at=nodes["relu2"].at)))
    (entry,) = compare(CHAIN, project(net=other)).entries
    assert Changed("block", "", "ReLU", "GELU") in entry.changes


def test_graphs_are_found_by_likeness_or_are_new_and_gone():
    both = project(net=CHAIN.graphs["net"], other=net("Input", "LSTM", "Output"))
    renamed = project(classifier=both.graphs["net"], fresh=Graph("training"))
    found = compare(both, renamed)
    assert [(pair.before, pair.after) for pair in found.graphs] == [
        ("net", "classifier"),
        (None, "fresh"),
        ("other", None),
    ]
    assert told(found) == [
        ("changed", "graph", "net", "classifier"),
        ("added", "graph", None, "fresh"),
        ("removed", "graph", "other", None),
    ]
    removed = [one for one in found.entries if one.kind == "node" and one.sign == "removed"]
    assert {one.before for one in removed} == set(both.graphs["other"].nodes)
    assert all(one.implied for one in removed)


def test_frames_data_sets_settings_and_the_title_are_compared():
    before = Project(
        "A",
        Map({"t": Graph("training", frames=Map({"f": Frame((0, 0, 9, 9), "Title", "note")}))}),
        Map({"digits": Dataset("digits", Map({"size": 8}))}),
        Map({"t": Map({"epochs": 3})}),
    )
    after = Project(
        "B",
        Map({"t": Graph("training", frames=Map({"f": Frame((0, 0, 9, 9), "Title", "another note")}))}),
        Map({"digits": Dataset("digits", Map({"size": 16})), "iris": Dataset("iris")}),
        Map({"t": Map({"epochs": 5, "seed": 1})}),
    )
    found = compare(before, after)
    assert [(one.kind, one.sign) for one in found.entries] == [
        ("project", "changed"),
        ("frame", "changed"),
        ("dataset", "changed"),
        ("dataset", "added"),
        ("settings", "changed"),
    ]
    changes = {one.kind: one.changes for one in found.entries if one.changes}
    assert changes["settings"] == (Changed("settings", "epochs", 3, 5), Changed("settings", "seed", ABSENT, 1))
    assert changes["dataset"] == (Changed("params", "size", 8, 16),)
    assert changes["frame"] == (Changed("text", "", "note", "another note"),)


def test_thousands_of_nodes_cost_little():
    count = 3_000
    nodes = {f"n{at}": Node("Conv2d", Map({"out_channels": at % 7}), (at * 10.0, 0.0)) for at in range(count)}
    links = [Link(Output(f"n{at}", "y"), Input(f"n{at + 1}", "x")) for at in range(count - 1)]
    before = project(net=Graph("network", Map(nodes), Map({link.target: link for link in links})))
    other = {f"m{at}": node for at, node in enumerate(nodes.values())}
    relinked = [Link(Output(f"m{at}", "y"), Input(f"m{at + 1}", "x")) for at in range(count - 1)]
    renamed = project(net=Graph("network", Map(other), Map({link.target: link for link in relinked})))
    moved = apply(before, edits.move(before, "net", {f"n{at}": (0.0, at * 5.0) for at in range(0, count, 2)}))
    for after, sign, told_of in ((moved, "moved", count // 2), (renamed, "changed", count)):
        start = time.process_time()
        found = compare(before, after)
        assert time.process_time() - start < 2.0
        assert len(found.entries) >= told_of - 1
        assert {one.sign for one in found.entries} == {sign}
