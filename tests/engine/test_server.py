"""The engine's own side: follows, coalesces, answers, survives."""

import json
import os
import subprocess
import sys

import psutil
import pytest
from immutables import Map

from netbuilder.child import python_command, python_environment
from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem, Repair
from netbuilder.engine.protocol import (
    Code,
    Facts,
    Failed,
    Ready,
    Report,
    answer_from_plain,
    answer_to_plain,
    change_request,
    open_request,
    report_from_plain,
    report_to_plain,
)
from netbuilder.engine.server import Server
from netbuilder.graph.change import Change, Edit, apply
from netbuilder.graph.model import Graph, Node, Project


class Analysis:
    """Counts; the report of a graph says how many nodes it has."""

    def __init__(self):
        self.count = 0

    def analyse(self, project):
        self.count += 1
        if "boom" in project.title:
            raise RuntimeError("too deep\nTraceback of something")
        return {name: GraphReport(parameters=len(graph.nodes)) for name, graph in project.graphs.items()}

    def source(self, project):
        return f"# {sorted(project.graphs)}", {"net": {"a": (1, 2)}}


def line(request):
    return json.dumps(request).encode()


def added(project, node):
    return Change("add", (Edit("node", "net", node, None, Node("ReLU")),))


@pytest.fixture
def project():
    return Project(graphs=Map({"net": Graph(), "other": Graph()}))


@pytest.fixture
def served(project):
    said = []
    analysis = Analysis()
    server = Server(analysis, said.append)
    assert server.handle([line(open_request(5, project))])
    return server, analysis, said


def test_open_is_answered_with_everything(served):
    _, _, said = served
    assert said == [
        Report(5, {"net": GraphReport(), "other": GraphReport()}),
        Code(5, "# ['net', 'other']", {"net": {"a": (1, 2)}}),
    ]


def test_all_waiting_lines_cost_one_analysis_and_only_news_is_said(served, project):
    server, analysis, said = served
    said.clear()
    first = added(project, "a")
    second = added(apply(project, first), "b")
    server.handle([line(change_request(6, first)), line(change_request(7, second))])
    assert analysis.count == 2
    assert said == [Report(7, {"net": GraphReport(parameters=2)})]  # the source is the same, so it is not said again


class Counting(Analysis):
    """Facts of a node say how many nodes its graph has; titles of projects say how many graphs are reported on."""

    def analyse(self, project):
        def facts(graph, id):
            return NodeFacts("ok", parameters=len(graph.nodes) if id == "n0" else 1)

        return {
            name: GraphReport(nodes={id: facts(graph, id) for id in graph.nodes}, parameters=len(graph.nodes))
            for name, graph in project.graphs.items()
        }


def test_nodes_come_in_short_lines_and_only_what_is_new_of_them():
    many = Graph(nodes=Map({f"n{number}": Node("ReLU") for number in range(1000)}))
    project = Project(graphs=Map({"net": many, "other": many}))
    said = []
    server = Server(Counting(), said.append)
    server.handle([line(open_request(0, project))])
    facts = [answer for answer in said if isinstance(answer, Facts)]
    assert len(facts) == 10
    assert max(len(json.dumps(answer_to_plain(answer))) for answer in said) < 100_000
    assert {id for answer in facts if answer.graph == "net" for id in answer.nodes} == set(many.nodes)
    said.clear()
    edits = (Edit("node", "net", "n7", many.nodes["n7"], None),)
    server.handle([line(change_request(1, Change("Delete n7", edits)))])
    assert said[:2] == [
        Facts(1, "net", {}, ("n7",)),
        Facts(1, "net", {"n0": NodeFacts("ok", parameters=999)}),
    ]
    assert said[2] == Report(1, {"net": GraphReport(parameters=999)})
    said.clear()
    edits = (Edit("graph", "", "other", many, None),)
    server.handle([line(change_request(2, Change("Delete other", edits)))])
    assert said[0] == Facts(2, "other", {}, tuple(many.nodes))
    assert said[1] == Report(2, {})


def test_source_is_left_out_while_more_is_waiting(project):
    said = []
    server = Server(Analysis(), said.append, waiting=lambda: True)
    server.handle([line(open_request(0, project))])
    assert [type(answer) for answer in said] == [Report]


@pytest.mark.parametrize(
    ("broken", "lost"),
    [
        (b"{", False),
        (b"[" * 100000, False),
        (b"7", False),
        (b'{"do": "dance", "revision": 6}', False),
        (b'{"do": "change", "revision": true}', False),
        (b'{"do": "change", "revision": 6, "change": 7}', True),
        (b'{"do": "change", "revision": 9, "change": {}}', True),
        (b'{"do": "open", "revision": 6, "project": {"graphs": 1}}', True),
    ],
)
def test_a_broken_request_gets_a_sentence_and_not_a_death(served, project, broken, lost):
    server, _, said = served
    said.clear()
    assert server.handle([broken])
    failures = [answer for answer in said if isinstance(answer, Failed)]
    assert len(failures) == 1
    assert failures[0].message.startswith("The engine can't follow: ")
    assert "\n" not in failures[0].message
    assert failures[0].lost == lost
    said.clear()
    assert server.handle([line(open_request(10, project))])
    assert said[0] == Report(10, {"net": GraphReport(), "other": GraphReport()})


def test_changes_after_a_missed_one_are_refused_until_it_is_opened_again(served, project):
    server, analysis, said = served
    said.clear()
    server.handle([line(change_request(8, added(project, "a")))])
    server.handle([line(change_request(9, added(project, "b")))])
    assert [answer.lost for answer in said] == [True, True]
    assert analysis.count == 1


def test_an_analysis_that_raises_is_told_in_one_line(project, capsys):
    said = []
    server = Server(Analysis(), said.append)
    assert server.handle([line(open_request(3, Project(title="boom", graphs=project.graphs)))])
    assert said == [Failed(3, "The analysis failed: too deep")]
    assert "Traceback" in capsys.readouterr().err  # stderr is for whoever looks into it


def test_stop_ends_it(served):
    server, _, _ = served
    assert not server.handle([b'{"do": "stop"}'])


def test_reports_survive_the_pipe():
    change = Change("Insert Flatten", (Edit("node", "net", "flatten1", None, Node("Flatten", at=(1.0, 2.0))),))
    report = GraphReport(
        nodes={
            "add1": NodeFacts("error", {"x": (Flow(("N", 32, "2*T")), None)}, {"y": Flow((), "int64")}, 10, 2**40, 4)
        },
        problems=(Problem("net", "add1", "sizes", "32 and 16.", "error", (Repair("Insert Flatten", change, -5),)),),
        parameters=10,
    )
    wire = json.loads(json.dumps(report_to_plain(report)))
    assert report_from_plain(wire) == report
    for answer in (
        Ready("2"),
        Report(1, {"net": report}),
        Facts(1, "net", report.nodes, ("a",)),
        Code(1, "x", {"net": {"a": (1, 2)}}),
        Failed(1, "s", True),
    ):
        assert answer_from_plain(json.loads(json.dumps(answer_to_plain(answer)))) == answer
    with pytest.raises(ValueError):
        answer_from_plain({"is": "sandwich"})


NOISY = """
import os, sys
from netbuilder.engine.stdio import own_stdout
out = own_stdout()
print("python says something")
os.write(1, b"C says something\\n")
os.system("echo a child says something")
out.write(b'{"clean": true}\\n'); out.flush()
"""


def test_nothing_but_answers_gets_into_the_protocol():
    done = subprocess.run(
        [sys.executable, "-P", "-c", NOISY], env=python_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == '{"clean": true}\n'
    assert done.stderr.count("says something") == 3


ORPHAN = """
import subprocess, sys
inner = subprocess.Popen([sys.executable, "-P", "-c", sys.argv[1]], stdin=subprocess.PIPE)
print(inner.pid, flush=True)
sys.stdin.read()
"""
BUSY = """
import os, sys
from netbuilder.engine.stdio import Lines
Lines(sys.stdin.buffer, lambda: os._exit(0))
while True: pass
"""


def test_it_ends_when_its_parent_is_killed_even_while_it_works():
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c", ORPHAN, BUSY],
        env=python_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with parent:
        inner = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, 9)
    _, alive = psutil.wait_procs([inner], timeout=20)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_the_engine_ends_quietly_when_it_is_asked_to():
    done = subprocess.run(
        python_command("netbuilder.engine"),
        input=b'{"do": "stop"}\n',
        env=python_environment(),
        capture_output=True,
        check=False,
    )
    # With stdin closed right after the request the end of stdin may come first: the same, quietly.
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
