"""The real engine: a window's side and a process with torch, on a small project."""

import itertools
import os
import signal
import threading

import pytest
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import project_source
from netbuilder.engine.client import Code, EngineClient, Failed, Report
from netbuilder.graph.document import Document
from netbuilder.graph.edits import set_params
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project


class Heard:
    def __init__(self):
        self.messages = []
        self.changed = threading.Condition()

    def __call__(self, message):
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    def of(self, kind):
        return [message for message in self.messages if isinstance(message, kind)]

    def wait(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, 120), self.messages


def chain(**nodes):
    """A network of nodes in a row, each linked to the next."""
    ids = list(nodes)
    catalogue = Catalogue.builtin()

    def link(one, two):
        first, second = catalogue[nodes[one].block], catalogue[nodes[two].block]
        end = Input(two, second.inputs[0].name)
        return end, Link(Output(one, first.outputs[0].name), end)

    links = [link(one, two) for one, two in itertools.pairwise(ids)]
    return Graph(kind="network", nodes=Map(nodes), links=Map(links))


@pytest.fixture
def document():
    net = chain(
        image=Node("Input", Map({"shape": "N 1 8 8"})),
        conv1=Node("Conv2d", Map({"out_channels": 4})),
        relu1=Node("ReLU"),
        out=Node("Output"),
    )
    return Document(Project(title="x", graphs=Map({"net": net, "other": net})))


def test_the_engine_reports_follows_changes_and_survives_its_own_death(document):
    heard = Heard()
    client = EngineClient(heard, document)
    try:
        heard.wait(lambda: heard.of(Code))
        catalogue = Catalogue.builtin()
        report = heard.of(Report)[0]
        # Over the pipe comes what the compiler finds here.
        assert report.graphs == Analyser(catalogue).analyse(document.project)
        assert report.graphs["net"].nodes["conv1"].parameters == 4 * 9 + 4
        source = project_source(document.project, catalogue)
        code = heard.of(Code)[0]
        assert code.text == source.text
        assert code.spans["net"]["conv1"] == source.spans["net", "conv1"]
        lines = code.text.splitlines()
        assert lines[code.made["net"]["conv1"][0] - 1].strip().startswith("self.conv1 = nn.Conv2d(")
        assert lines[code.spans["net"][""][0] - 1] == "class Net(nn.Module):"

        document.apply(set_params(document.project, "net", "conv1", {"out_channels": 7}))
        heard.wait(lambda: heard.of(Report)[-1].revision == 1)
        news = heard.of(Report)[-1].graphs
        assert list(news) == ["net"]  # the other graph has nothing new
        assert news["net"].parameters == 7 * 9 + 7

        os.kill(client.pid, signal.SIGKILL)
        count = len(heard.of(Report))
        heard.wait(lambda: len(heard.of(Report)) > count)
        again = heard.of(Report)[-1]
        assert again.revision == 1
        assert again.graphs["net"] == news["net"]
        assert set(again.graphs) == {"net", "other"}
        assert heard.of(Failed) == []
    finally:
        client.close()
        assert client.wait_closed(10)
