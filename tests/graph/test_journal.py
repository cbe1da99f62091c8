"""A journal of changes gives the project again, whatever was done, and wherever its end was cut off."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits, journal
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document, Refused
from netbuilder.graph.file import FileError, dumps, loads
from netbuilder.graph.model import Graph, Node, Project
from tests.graph.strategies import edit, projects, steps


def text_of(pieces) -> bytes:
    return "".join(pieces).encode()


@settings(max_examples=25)
@given(projects, st.lists(st.one_of(steps, st.sampled_from(["undo", "redo"])), max_size=10), st.data())
def test_what_was_written_so_far_is_what_is_read(start, script, data):
    """Edits, undone and made again at random: after each line, the project of that moment."""
    document = Document(start)
    lines, states = [text_of(journal.whole(start))], [start]
    document.subscribe(lambda change: (lines.append(text_of(journal.line(change))), states.append(document.project)))
    for step in script:
        if isinstance(step, str):
            getattr(document, step)()
        else:
            with contextlib.suppress(edits.EditError):
                document.apply(edit(document.project, step))
    assert [text.count(b"\n") for text in lines] == [1] * len(lines)
    number = data.draw(st.integers(1, len(lines)))
    torn = lines[number][: data.draw(st.integers(0, len(lines[number]) - 1))] if number < len(lines) else b""
    first, changes = journal.read(b"".join(lines[:number]) + torn)
    assert dumps(first) == dumps(start)  # as a file holds it: half characters are mended there too
    assert len(changes) == number - 1
    found = Document(first)
    for change in journal.history(changes):
        found.apply(change)
    assert dumps(found.project) == dumps(states[number - 1])
    assert len(found) <= len(changes)
    found.jump(0)
    assert found.project == first


@settings(max_examples=25)
@given(projects, projects)
def test_a_document_follows_its_file(before, after):
    document = Document(before)
    document.refusal = "It is open elsewhere."
    document.follow(after)
    assert document.project == after
    assert not document.modified
    document.refusal = ""
    while document.undo():
        pass
    assert document.project.graphs == before.graphs


def test_what_cannot_be_used_is_told():
    for data in (b"", b'{"extra": {}, "label": ""', b"[]\n", b'{"label": 1, "edits": []}\n', b"\0\n", b"\xff\n"):
        with pytest.raises(FileError):
            journal.read(data)


def test_what_was_undone_is_not_in_the_history():
    document = Document(Project("Small", Map(net=Graph(nodes=Map(a=Node("ReLU"))))))
    changes = []
    document.subscribe(changes.append)
    document.apply(edits.set_project_title(document.project, "Other"))
    document.apply(edits.bypass(document.project, "net", ["a"], True))
    document.undo()
    for place in range(3):  # a key that is held down
        document.apply(edits.move(document.project, "net", {"a": (place + 1.0, 0.0)}))
    assert len(changes) == 6
    assert [step.label for step in journal.history(changes)] == [document.label(0), document.label(1)]


def test_a_large_graph_comes_in_small_pieces():
    graph = Graph(nodes=Map({f"n{number}": Node("ReLU") for number in range(500)}))
    project = Project("Large", Map(net=graph))
    pieces = list(journal.whole(project))
    assert max(map(len, pieces)) < 200
    assert journal.read(text_of(pieces)) == (project, [])
    removed = Change("Remove", (Edit("graph", "", "net", graph, None),))
    assert len(text_of(journal.line(removed))) < 200


def test_a_document_that_refuses_stays_as_it_is():
    document = Document(loads(dumps(Project("Small", Map(net=Graph())))))
    document.apply(edits.set_project_title(document.project, "Other"))
    seen = []
    document.subscribe(seen.append)
    document.refusal = "It is open elsewhere."
    for act in (lambda: document.apply(edits.set_project_title(document.project, "New")), document.undo):
        with pytest.raises(Refused, match="open elsewhere"):
            act()
    assert document.redo() is None
    assert document.project.title == "Other"
    assert not seen


def test_a_project_that_lies_nowhere_is_modified():
    document = Document(Project())
    document.apply(edits.set_project_title(document.project, "Other"))
    document.mark_unsaved()
    assert document.modified
    document.undo()
    assert document.modified
    document.mark_saved()
    assert not document.modified


def test_a_line_that_cannot_be_used_costs_what_comes_after_it_and_no_more():
    document = Document(Project("Small"))
    lines = [text_of(journal.whole(document.project))]
    document.subscribe(lambda change: lines.append(text_of(journal.line(change))))
    for title in ("One", "Two", "Three"):
        document.apply(edits.set_project_title(document.project, title))
    too_large = b'{"label": "", "edits": [{"kind": "settings", "graph": "", "key": "a", "after": {"n": %d}}]}\n' % 2**80
    for damage in (b"\0\0\n", lines[2][:9] + lines[2], too_large):
        first, changes = journal.read(b"".join((*lines[:2], damage, *lines[3:])))
        assert first.title == "Small"
        assert [change.edits[0].after for change in changes] == ["One"]
