"""The window's side of the engine, against a small fake engine; no torch in here."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from immutables import Map

from netbuilder.child import python_environment
from netbuilder.engine.client import Code, EngineClient, Failed, Ready, Report, StateChanged
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Project

FAKE = Path(__file__).with_name("fake.py")


class Heard:
    def __init__(self):
        self.messages = []
        self.changed = threading.Condition()

    def __call__(self, message):
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    def wait(self, condition, timeout=30):
        with self.changed:
            assert self.changed.wait_for(condition, timeout), self.messages[-10:]

    def of(self, kind):
        return [message for message in self.messages if isinstance(message, kind)]

    def wait_state(self, state):
        self.wait(lambda: (self.of(StateChanged) or [StateChanged("")])[-1].state == state)


def project():
    return Project(graphs=Map({"net": Graph(), "other": Graph()}))


def titled(document, label):
    """A change whose label tells the fake engine what to do."""
    title = document.project.title
    return Change(label, (Edit("head", "", "title", title, title + "x"),))


@pytest.fixture
def engine(tmp_path):
    clients = []

    def begin(document, heard, **options):
        options.setdefault("back_off", (0.01,))
        client = EngineClient(heard, document, command=[sys.executable, str(FAKE), str(tmp_path)], **options)
        clients.append(client)
        return client

    yield begin
    for client in clients:
        client.close()
        assert client.wait_closed(10)


def test_the_whole_project_first_then_each_change(engine, tmp_path):
    document, heard = Document(project()), Heard()
    client = engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    assert heard.of(Ready) == [Ready("fake")]
    assert heard.of(Report)[0].revision == 0
    assert heard.of(Report)[0].graphs["net"].parameters == 1
    assert heard.of(Code)[0] == Code(0, "# 1", {"net": {"a": (1, 2)}})
    heard.wait_state("ready")
    assert client.state == "ready"
    document.apply(titled(document, "something"))
    assert client.state == "busy"
    heard.wait(lambda: len(heard.of(Report)) == 2)
    document.undo()
    heard.wait(lambda: len(heard.of(Report)) == 3)
    assert [report.revision for report in heard.of(Report)] == [0, 1, 2]
    states = [message.state for message in heard.of(StateChanged)]
    assert states[0] == "busy" or states[0] == "starting"
    assert states[-1] == "ready"
    requests = [json.loads(line) for line in (tmp_path / "requests").read_text().splitlines()]
    assert [request["do"] for request in requests] == ["open", "change", "change"]


def test_stale_answers_are_dropped_but_what_they_said_is_not_lost(engine, tmp_path):
    document, heard = Document(project()), Heard()
    engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    document.apply(titled(document, "wait"))
    document.apply(titled(document, "b"))
    document.apply(titled(document, "other"))  # its report is about another graph
    (tmp_path / "go").touch()
    heard.wait(lambda: len(heard.of(Report)) == 2)
    heard.wait(lambda: len(heard.of(Code)) == 2)
    assert [report.revision for report in heard.of(Report)] == [0, 3]
    last = heard.of(Report)[-1].graphs
    assert last["net"].parameters == 3  # of revision 2, which nobody was told of
    assert last["other"].parameters == 4
    assert [code.revision for code in heard.of(Code)] == [0, 3]


def test_facts_of_nodes_are_put_together(engine, tmp_path):
    document, heard = Document(project()), Heard()
    engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    for _ in range(3):
        document.apply(titled(document, "node"))
    heard.wait(lambda: heard.of(Report)[-1].revision == 3)
    nodes = heard.of(Report)[-1].graphs["net"].nodes
    assert {id: facts.parameters for id, facts in nodes.items()} == {"n3": 3, "n4": 4}


def test_a_killed_engine_is_started_again_and_reports(engine, tmp_path):
    document, heard = Document(project()), Heard()
    client = engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    document.apply(titled(document, "a"))
    heard.wait(lambda: len(heard.of(Code)) == 2)
    os.kill(client.pid, signal.SIGKILL)
    heard.wait(lambda: len(heard.of(Report)) == 3)
    assert heard.of(Report)[-1].revision == 1
    told = [message for message in heard.of(StateChanged) if message.text]
    reason = "killed by signal 9, possibly out of memory"
    assert told == [StateChanged("starting", f"The engine was lost ({reason}); it is started again.")]
    heard.wait_state("ready")


def test_an_edit_while_the_engine_is_down_is_in_what_the_next_one_gets(engine, tmp_path):
    document, heard = Document(project()), Heard()
    engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    document.apply(titled(document, "die"))
    document.apply(titled(document, "a"))
    heard.wait(lambda: heard.of(Report)[-1].revision == 2)
    requests = [json.loads(line) for line in (tmp_path / "requests").read_text().splitlines()]
    assert requests[-1]["do"] == "open" or requests[-2]["do"] == "open"


def test_restarts_are_bounded_and_the_reason_is_told(engine, tmp_path):
    (tmp_path / "die").touch()
    document, heard = Document(project()), Heard()
    client = engine(document, heard)
    heard.wait_state("stopped")
    assert (tmp_path / "starts").read_text() == "x" * 6  # the first start and five more
    assert heard.of(StateChanged)[-1].text == (
        "The engine has ended too often and is not started again (the last one ended with exit code 4: no can do)."
    )
    document.apply(titled(document, "a"))  # harmless
    (tmp_path / "die").unlink()
    client.restart()
    heard.wait(lambda: heard.of(Report))
    assert heard.of(Report)[-1].revision == 1


@pytest.mark.parametrize("label", ["lose", "garbage"])
def test_an_engine_that_lost_the_thread_gets_the_project_again(engine, tmp_path, label):
    document, heard = Document(project()), Heard()
    engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    document.apply(titled(document, label))
    heard.wait(lambda: heard.of(Report)[-1].revision == 1)
    assert heard.of(Failed) == []
    assert len((tmp_path / "starts").read_text()) == (1 if label == "lose" else 2)


def test_a_failure_is_handed_on(engine):
    document, heard = Document(project()), Heard()
    client = engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    document.apply(titled(document, "fail"))
    heard.wait(lambda: heard.of(Failed))
    assert heard.of(Failed) == [Failed(1, "It was too hard.")]
    heard.wait_state("ready")
    assert client.state == "ready"


def test_another_document_with_the_same_process(engine, tmp_path):
    document, heard = Document(project()), Heard()
    client = engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    pid = client.pid
    document.apply(titled(document, "wait"))  # the answer for this one comes after the other document is open
    other = Document(project())
    client.open(other)
    (tmp_path / "go").touch()
    heard.wait(lambda: len(heard.of(Report)) == 2)
    assert [report.revision for report in heard.of(Report)] == [0, 0]
    assert heard.of(Report)[-1].graphs["net"].parameters == 3
    document.apply(titled(document, "old"))  # nobody listens to that one any more
    other.apply(titled(other, "new"))
    heard.wait(lambda: len(heard.of(Report)) == 3)
    assert heard.of(Report)[-1].revision == 1
    assert client.pid == pid


def test_a_closed_client_says_nothing_and_stays_closed(engine):
    document, heard = Document(project()), Heard()
    client = engine(document, heard)
    heard.wait(lambda: heard.of(Code))
    client.close()
    client.close()
    assert client.wait_closed(10)
    count = len(heard.messages)
    document.apply(titled(document, "a"))
    client.restart()
    assert client.pid is None
    assert client.state == "stopped"
    assert len(heard.messages) == count


def test_a_python_that_is_not_there_is_told():
    heard = Heard()
    client = EngineClient(heard, Document(project()), command=["/nonexistent/python"])
    assert client.state == "stopped"
    assert heard.messages == [StateChanged("stopped", "The engine can't be started: No such file or directory.")]


def test_the_client_imports_no_torch_and_no_qt():
    code = "import sys, netbuilder.engine.client, netbuilder.jobs.client; print(sorted(sys.modules))"
    out = subprocess.run(
        [sys.executable, "-P", "-c", code], env=python_environment(), capture_output=True, text=True, check=True
    )
    loaded = out.stdout
    for name in ("'torch'", "'PySide6'", "'numpy'", "'networkx'"):
        assert name not in loaded
