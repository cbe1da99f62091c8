"""The reference networks as drawings: sound, tidy, explained, with the published counts, and source as by hand."""

import itertools
import re
import subprocess
import sys

import pytest
from immutables import Map

from netbuilder.compiler.program import project_source
from netbuilder.graph import file
from netbuilder.ui.canvas.look import node_look
from tests.reference.nets import CATALOGUE, FILES, FOLDER, NETS, load, program, reports

BY_FILE = pytest.mark.parametrize("name", FILES)
BY_NET = pytest.mark.parametrize("net", NETS, ids=lambda net: net.network)
BY_GRAPH = pytest.mark.parametrize(
    ("name", "graph"), [(name, graph) for name in FILES for graph in sorted(load(name).graphs)]
)
WIDTH = 200.0


def test_every_file_is_in_the_table():
    assert {path.stem for path in FOLDER.glob("*.netbuilder")} == set(FILES)


@BY_FILE
def test_the_file_is_as_saving_would_write_it(name):
    assert file.dumps(load(name)) == (FOLDER / f"{name}.netbuilder").read_bytes()


@BY_FILE
def test_nothing_is_wrong_with_it(name):
    assert CATALOGUE.check(load(name)) == []
    for graph, report in reports(name).items():
        assert [(problem.rule, problem.message) for problem in report.problems] == [], graph
        assert all(facts.state == "ok" for facts in report.nodes.values()), graph


@BY_NET
def test_it_has_exactly_the_published_parameters(net):
    assert reports(net.file)[net.network].parameters == net.parameters


@pytest.mark.parametrize("net", [net for net in NETS if net.giga], ids=lambda net: net.network)
def test_it_costs_the_published_multiply_adds(net):
    assert reports(net.file)[net.network].multiply_adds / 1e9 == pytest.approx(net.giga, rel=0.02)


@BY_GRAPH
def test_it_is_tidy(name, graph):
    """Nothing lies on anything else, links run to the right, Inputs stand left of all and Outputs right of all."""
    project = load(name)
    held = project.graphs[graph]
    boxes = {id: frame.rect for id, frame in held.frames.items()}
    for id, node in held.nodes.items():
        links = [end.index for end in held.links if end.node == id]
        block, ports = CATALOGUE[node.block], CATALOGUE.ports(node, project)
        many = {port.name: links for port in ports.inputs if port.many}
        look = node_look(id, node, block, ports, Map(many), frozenset(), None, ())
        boxes[id] = (*node.at, WIDTH, look.height)
    for (a, one), (b, other) in itertools.combinations(boxes.items(), 2):
        assert not overlap(one, other), f"{a} lies on {b}"
    across = {id: node.at[0] for id, node in held.nodes.items()}
    assert all(across[link.source.node] < across[link.target.node] for link in held.links.values())
    kinds = {id: node.block for id, node in held.nodes.items()}
    first = max(across[id] for id in kinds if kinds[id] == "Input")
    last = min(across[id] for id in kinds if kinds[id] == "Output")
    assert all(across[id] >= first or kinds[id] in ("Input", "Parameter") for id in kinds)
    assert all(across[id] <= last or kinds[id] == "Output" for id in kinds)


def overlap(one, other):
    return all(one[at] < other[at] + other[at + 2] and other[at] < one[at] + one[at + 2] for at in (0, 1))


@BY_GRAPH
def test_a_note_says_what_it_is(name, graph):
    (note,) = load(name).graphs[graph].frames.values()
    assert note.title
    assert note.text.endswith(".")
    for id in re.findall(r"\b[a-z]+\d+\b", note.text):
        assert id in load(name).graphs[graph].nodes, f"the note speaks of {id}"


@BY_FILE
def test_networks_stand_in_networks_with_arguments(name):
    """All but the two oldest are drawn with networks of their own, as a person would."""
    graphs = load(name).graphs
    placed = [node for graph in graphs.values() for node in graph.nodes.values() if node.block in ("Network", "Repeat")]
    assert bool(placed) == (name not in ("lenet5", "mnist", "lstm_lm"))
    assert all(node.params["network"] in graphs for node in placed)
    assert not placed or any(node.params.get("arguments") for node in placed)


@BY_FILE
def test_its_source_is_formatted_and_sound(name, tmp_path):
    ruff = [sys.executable, "-m", "ruff"]
    shape = ["--isolated", "--line-length", "120", "--stdin-filename", "model.py", "-"]
    text = program(name).source
    assert text == project_source(load(name), CATALOGUE).text  # what the code view shows is what runs
    for what in (
        ["format", "--diff"],
        ["check", "--quiet", "--target-version", "py311", "--select", "E,F,W,I,B,UP,SIM,PIE,RUF"],
    ):
        done = subprocess.run([*ruff, *what, *shape], input=text.encode(), capture_output=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout.decode()
