"""A network to begin with: for every kind of data it is sound, tidy, and learns."""

import msgspec
import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.data.facts import SOURCES, facts
from netbuilder.data.starters import begin, starter
from netbuilder.graph.change import apply
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import Column, Dataset, Graph, Project
from netbuilder.training.settings import resolve_for

CATALOGUE = Catalogue.builtin()
ANALYSER = Analyser(CATALOGUE)


SYNTHETIC = {
    "large pictures": Dataset("x", columns=(
        Column("image", shape=(3, 224, 160), axes="C H W", role="image"),
        Column("label", dtype="int64", role="class", classes=("cat", "dog")),
    ), samples=20_000),
    "tiny pictures to a number": Dataset("x", columns=(
        Column("image", shape=(4, 3, 5), axes="C H W", role="image"),
        Column("age", shape=(1,), axes="F", role="vector"),
    ), samples=9),
    "texts to classes": Dataset("x", columns=(
        Column("text", shape=(32,), dtype="int64", axes="T", role="token", classes=tuple("abc")),
        Column("label", dtype="int64", role="class", classes=("good", "bad", "worse")),
    ), samples=500),
    "a series to several steps": Dataset("x", columns=(
        Column("features", shape=(24, 3), axes="T F", role="sequence"),
        Column("next", shape=(6,), axes="F", role="vector"),
    ), samples=500),
    "a table to a number": Dataset("x", columns=(
        Column("features", shape=(7,), axes="F", role="vector"),
        Column("price", shape=(1,), axes="F", role="vector"),
    ), samples=500),
    "a short sound": Dataset("x", columns=(
        Column("sound", shape=(2, 30), axes="C T", role="sequence"),
        Column("label", dtype="int64", role="class", classes=("a", "b")),
    ), samples=500),
}  # fmt: skip
SETS = {**{name: facts(name) for name, one in SOURCES.items() if one.columns is not None}, **SYNTHETIC}


def begun(dataset, **graphs):
    project = Project(graphs=Project().graphs.update(graphs), datasets=Project().datasets.set("mine", dataset))
    return project, begin(project, "mine", empty=list(graphs))


@pytest.mark.parametrize("name", [name for name in SETS if starter(SETS[name]) is not None])
def test_it_is_sound_and_tidy_and_one_undo(name):
    project, change = begun(SETS[name], network=Graph())
    after = apply(project, change)
    assert apply(after, change.inverse()) == project
    assert set(after.graphs) == {"model", "training", "predictions"}
    assert CATALOGUE.check(after) == []
    for graph, report in ANALYSER.analyse(after).items():
        assert [problem.message for problem in report.problems] == [], graph
        assert all(one.state == "ok" for one in report.nodes.values())
        held = after.graphs[graph]
        spots = [node.at for node in held.nodes.values()]
        assert len(set(spots)) == len(spots)
        for link in held.links.values():
            (x1, y1), (x2, y2) = (held.nodes[end.node].at for end in (link.source, link.target))
            assert x2 > x1 or y2 > y1
    settings = resolve_for(after.graphs["training"], after.settings["training"], CATALOGUE)
    assert 8 <= settings.batch_size <= 64


def test_most_data_has_one_and_what_has_none_says_so():
    without = {name for name in SETS if starter(SETS[name]) is None}
    assert without == {"photos", "echo", "numbers", "shapes"}
    with pytest.raises(EditError, match="no network to begin with"):
        begun(facts("photos"))


def test_other_graphs_stay_and_names_give_way():
    project, change = begun(facts("digits"))
    after = apply(project, change)
    again = apply(after, begin(after, "mine"))
    assert set(again.graphs) == {"model", "training", "predictions", "model1", "training1", "predictions1"}
    assert again.graphs["training1"].nodes["model11"].params["network"] == "model1"
    assert [problem for report in ANALYSER.analyse(again).values() for problem in report.problems] == []


def test_what_is_predicted_is_never_also_given():
    for dataset in SETS.values():
        found = starter(dataset)
        if found is not None:
            assert found.given != found.target
            assert found.target in dataset.columns
    only = Dataset("x", columns=(Column("price", shape=(1,), axes="F"),))
    assert starter(only) is None
    assert starter(msgspec.structs.replace(only, columns=())) is None
