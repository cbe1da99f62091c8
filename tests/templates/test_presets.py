"""The presets: sound, tidy, explained, and as accurate as promised."""

import itertools
import re

import pytest

from netbuilder import resources
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.data.facts import facts
from netbuilder.graph import file
from netbuilder.training import client
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from tests.training.waiting import ended

CATALOGUE = Catalogue.builtin()
PRESETS = {name: file.load(path) for name, path in resources.templates().items()}
NODE = (200.0, 155.0)  # no node is larger on the canvas
# The least test accuracy, with any of these seeds.
PROMISED = {"mlp_digits": 0.975, "cnn_digits": 0.985}
STEPS = {"mlp_digits": 1200, "cnn_digits": 600}
SEEDS = (0, 1, 2)

BY_NAME = pytest.mark.parametrize("name", PRESETS)
BY_GRAPH = pytest.mark.parametrize(
    ("name", "graph"), [(name, graph) for name, project in PRESETS.items() for graph in sorted(project.graphs)]
)


def test_the_promised_presets_are_there():
    assert set(PROMISED) <= set(PRESETS)


@BY_NAME
def test_the_file_is_as_saving_would_write_it(name):
    data = resources.template(name).read_bytes()
    assert file.dumps(PRESETS[name]) == data


@BY_NAME
def test_it_has_the_same_names_as_every_preset(name):
    project = PRESETS[name]
    kinds = {graph: held.kind for graph, held in project.graphs.items()}
    assert kinds == {"classifier": "network", "training": "training", "predictions": "preview"}
    digits = project.datasets["digits"]
    assert digits == facts("digits", digits.params)
    assert list(project.settings) == ["training"]


@BY_NAME
def test_nothing_is_wrong_with_it(name):
    project = PRESETS[name]
    assert CATALOGUE.check(project) == []
    for graph, report in Analyser(CATALOGUE).analyse(project).items():
        assert [problem.message for problem in report.problems] == [], graph
        assert all(facts.state == "ok" for facts in report.nodes.values())


@BY_NAME
def test_it_trains_without_a_click_besides_train(name):
    settings = resolve(PRESETS[name].settings["training"])
    assert (settings.best, settings.best_direction) == ("loss", "min")
    assert settings.device == "auto"
    assert settings.epochs <= 60


@BY_GRAPH
def test_it_is_tidy(name, graph):
    held = PRESETS[name].graphs[graph]
    boxes = {id: (*node.at, *NODE) for id, node in held.nodes.items()}
    boxes |= {id: frame.rect for id, frame in held.frames.items()}
    for (a, one), (b, other) in itertools.combinations(boxes.items(), 2):
        assert not overlap(one, other), f"{a} lies on {b}"
    places = {id: node.at for id, node in held.nodes.items()}
    wraps = [link for link in held.links.values() if places[link.target.node][0] <= places[link.source.node][0]]
    for link in wraps:  # the only links that run backwards lead to the start of the next row
        assert places[link.target.node][0] == min(x for x, _ in places.values())
        assert places[link.target.node][1] > places[link.source.node][1]
    width = max(x for x, _ in places.values()) - min(x for x, _ in places.values())
    assert width <= 4 * 260


def overlap(one, other):
    return all(one[at] < other[at] + other[at + 2] and other[at] < one[at] + one[at + 2] for at in (0, 1))


@BY_GRAPH
def test_a_note_says_what_to_look_at(name, graph):
    (note,) = PRESETS[name].graphs[graph].frames.values()
    assert note.title
    assert 3 <= len(re.findall(r"[.!?](?: |$)", note.text)) <= 6
    assert re.search(r"\b(watch|see|shows)\b", note.text, re.IGNORECASE)
    assert "Try next:" in note.text
    nodes = {id for held in PRESETS[name].graphs.values() for id in held.nodes}
    for id in re.findall(r"\b[a-z]+\d+\b", note.text):
        assert id in nodes, f"the note speaks of {id}"


@pytest.mark.parametrize("name", PROMISED)
def test_it_is_as_accurate_as_promised(name, tmp_path):
    project = PRESETS[name]
    found = {}
    for seed in SEEDS:
        settings = resolve({**project.settings["training"], "seed": seed, "device": "cpu", "threads": 1})
        run = create(project, "training", settings, tmp_path)
        client.start(run)
        assert ended(run) == "finished", run.status()
        assert run.status().step == run.status().steps == STEPS[name]
        found[seed] = run.results()["test"]["accuracy"]
    assert min(found.values()) >= PROMISED[name], found
