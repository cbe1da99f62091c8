"""What differs, in words."""

from __future__ import annotations

import msgspec
import pytest
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.comparison import compare
from netbuilder.graph.model import Input, Link, Output, Project
from netbuilder.ui.compare.words import Words, summary
from tests.ui.conftest import small_project


@pytest.fixture
def say(catalogue):
    def spoken(before: Project, after: Project) -> list[str]:
        words = Words(before, after, catalogue)
        return [words.say(entry) for entry in compare(before, after).entries if not entry.implied]

    return spoken


def changed(make, project: Project) -> Project:
    return apply(project, make(project, "classifier"))


CASES = {
    "a parameter": (
        lambda p, g: edits.set_params(p, g, "conv1", {"kernel_size": 5}),
        ["conv1: kernel size 3 → 5"],
    ),
    "a parameter back to its default": (
        lambda p, g: edits.set_params(p, g, "conv1", {"padding": edits.DEFAULT}),
        ["conv1: padding 1 → 0"],
    ),
    "several parameters": (
        lambda p, g: edits.set_params(p, g, "conv1", {"kernel_size": (5, 3), "out_channels": "=width * 2"}),
        ["conv1: kernel size 3 → 5 x 3, out channels 4 → =width * 2"],
    ),
    "a title": (lambda p, g: edits.set_title(p, g, "conv1", "Stem"), ["conv1: title none → “Stem”"]),
    "bypassed": (lambda p, g: edits.bypass(p, g, ["conv1"]), ["conv1: bypassed"]),
    "moved": (lambda p, g: edits.move(p, g, {"conv1": (9.0, 9.0)}), ["conv1: moved"]),
    "renamed": (lambda p, g: edits.rename(p, g, "conv1", "stem"), ["stem: renamed conv1 → stem"]),
    "added": (lambda p, g: edits.add_node(p, g, "ReLU", (0.0, 500.0)), ["relu1: added (ReLU)"]),
    "removed": (lambda p, g: edits.remove(p, g, ["conv1"], [], []), ["conv1: removed (Conv2d)"]),
    "unlinked": (
        lambda p, g: edits.disconnect(p, g, Input("flatten1", "x")),
        ["link conv1.y → flatten1.x: removed"],
    ),
    "linked otherwise": (
        lambda p, g: edits.connect(p, g, Output("image", "x"), Input("flatten1", "x")),
        ["link image.x → flatten1.x: comes from image.x instead of conv1.y"],
    ),
    "a frame": (
        lambda p, g: edits.set_frame(p, g, "note", title="Read me"),
        ["frame “Read me”: title “Look here” → “Read me”"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_and_what_is(say, case):
    make, expected = CASES[case]
    before = small_project()
    assert say(before, changed(make, before)) == expected


def test_data_sets_settings_arguments_and_the_title(say):
    before = small_project()
    digits = before.datasets["digits"]
    column = msgspec.structs.replace(digits.columns[1], name="digit")
    after = msgspec.structs.replace(
        before,
        title="Other",
        datasets=Map({"digits": msgspec.structs.replace(digits, columns=(digits.columns[0], column), samples=100)}),
        settings=Map({"training": Map({"epochs": 7})}),
    )
    assert say(before, after) == [
        "project: title “Small” → “Other”",
        "data set digits: label name “label” → “digit”, samples 1797 → 100",
        "settings of training: added",
    ]
    later = msgspec.structs.replace(after, settings=Map({"training": Map({"epochs": 9})}))
    assert say(after, later) == ["settings of training: epochs 7 → 9"]


def test_a_renamed_graph_and_one_that_is_new(say):
    before = small_project()
    graphs = before.graphs.delete("classifier").set("net", before.graphs["classifier"])
    assert say(before, msgspec.structs.replace(before, graphs=graphs)) == ["graph net: renamed classifier → net"]
    more = msgspec.structs.replace(before, graphs=before.graphs.set("other", before.graphs["training"]))
    assert say(before, more) == ["graph other: added"]
    assert say(more, before) == ["graph other: removed"]


def test_odd_names_and_values_from_files_stay_one_line(say):
    before = small_project()
    odd = "a\nb" + "x" * 500
    after = changed(lambda p, g: edits.set_params(p, g, "conv1", {"future": Map({odd: (odd,)})}), before)
    after = changed(lambda p, g: edits.set_title(p, g, "flatten1", odd), after)
    end = Input("logits", odd[:90])
    graph = after.graphs["classifier"]
    graph = msgspec.structs.replace(graph, links=graph.links.set(end, Link(Output("image", odd), end)))
    for line in say(before, msgspec.structs.replace(after, graphs=after.graphs.set("classifier", graph))):
        assert "\n" not in line
        assert len(line) < 1100


def test_the_summary_counts():
    before = small_project()
    assert summary(compare(before, before)) == "Nothing differs."
    after = changed(lambda p, g: edits.remove(p, g, ["conv1"], [], []), before)
    after = changed(lambda p, g: edits.move(p, g, {"linear1": (0.0, 0.0)}), after)
    assert summary(compare(before, after)) == "2 differences: 1 removed, 1 moved."
