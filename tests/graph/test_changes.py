"""Changes and the document: every edit can be taken back, whatever came before."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import Change, Conflict, Edit, apply, join
from netbuilder.graph.document import Document
from netbuilder.graph.file import change_from_plain, change_to_plain, decode, dumps, loads
from netbuilder.graph.model import Graph, Node, Project
from tests.graph.strategies import edit, projects, steps


@given(projects, st.lists(steps, max_size=12))
def test_undo_all_gives_the_start_and_redo_all_the_end(start, script):
    document = Document(start)
    states = [start]
    for step in script:
        with contextlib.suppress(edits.EditError):
            change = edit(document.project, step)
            document.apply(change)
            assert apply(document.project, change.inverse()) == states[-1]
            if change:
                states.append(document.project)
    end = document.project
    for state in reversed(states[:-1]):
        assert document.undo() is not None
        assert document.project == state
    assert document.undo() is None
    for state in states[1:]:
        document.redo()
        assert document.project == state
    assert document.redo() is None
    assert document.project == end
    assert loads(dumps(end)) == end


@given(projects, st.lists(steps, min_size=1, max_size=6))
def test_a_change_comes_through_the_pipe_as_it_was(start, script):
    project = start
    for step in script:
        with contextlib.suppress(edits.EditError):
            change = edit(project, step)
            line = msgspec.json.encode(change_to_plain(change))
            assert change_from_plain(decode(line)[0]) == change
            project = apply(project, change_from_plain(decode(line)[0]))


@given(projects, st.lists(steps, min_size=2, max_size=6))
def test_joined_changes_are_one_step(start, script):
    document, parts, project = Document(start), [], start
    for step in script:
        with contextlib.suppress(edits.EditError):
            parts.append(edit(project, step))
            project = apply(project, parts[-1])
    document.apply(join("All at once", parts))
    assert document.project == project
    document.undo()
    assert document.project == start


def test_a_change_of_another_state_is_refused_and_leaves_everything():
    start = Project(graphs=Map(g=Graph(nodes=Map(a=Node("ReLU")))))
    document = Document(start)
    stale = Change(
        "Stale", (Edit("node", "g", "b", None, Node("Add")), Edit("node", "g", "a", Node("Tanh"), Node("GELU")))
    )
    with pytest.raises(Conflict, match="'a' is not what the change expects"):
        document.apply(stale)
    assert document.project is start
    assert (document.revision, document.undo_label, document.modified) == (0, "", False)


def test_listeners_hear_each_change_with_the_project_already_new():
    document, heard = Document(Project(graphs=Map(g=Graph()))), []
    stop = document.subscribe(lambda change: heard.append((change, document.revision, document.project)))
    change = edits.add_node(document.project, "g", "ReLU", (0, 0))
    document.apply(change)
    after = document.project
    back = document.undo()
    again = document.redo()
    assert [(c, r) for c, r, _ in heard] == [(change, 1), (back, 2), (again, 3)]
    assert heard[0][2] == after
    assert back == change.inverse()
    stop()
    document.undo()
    assert len(heard) == 3


def test_an_empty_change_is_no_step():
    document = Document(Project(graphs=Map(g=Graph())))
    document.apply(Change("Nothing"))
    assert (document.revision, document.undo_label) == (0, "")


def test_modified_follows_the_place_in_the_history():
    document = Document(Project(graphs=Map(g=Graph())))

    def add():
        document.apply(edits.add_node(document.project, "g", "ReLU", (0, 0)))

    assert not document.modified
    add()
    assert document.modified
    document.mark_saved()
    assert not document.modified
    add()
    assert document.modified
    document.undo()
    assert not document.modified
    document.undo()
    assert document.modified
    add()  # another way on: what was saved is out of reach
    assert document.modified
    assert document.redo() is None


def test_labels_say_what_undo_and_redo_would_do():
    document = Document(Project(graphs=Map(g=Graph())))
    document.apply(edits.add_node(document.project, "g", "Conv2d", (0, 0)))
    assert document.undo_label == "Add Conv2d"
    document.undo()
    assert (document.undo_label, document.redo_label) == ("", "Add Conv2d")


def test_two_titles_in_one_change_follow_each_other():
    first = edits.set_project_title(Project(), "One")
    second = edits.set_project_title(apply(Project(), first), "Two")
    both = join("Both", (first, second))
    after = apply(Project(), both)
    assert after.title == "Two"
    assert apply(after, both.inverse()) == Project()


@settings(max_examples=40)
@given(projects, st.lists(steps, min_size=2, max_size=6))
def test_amended_changes_are_one_step(start, script):
    document = Document(start)
    document.apply(edits.set_project_title(start, start.title + "!"))
    for step in script:
        with contextlib.suppress(edits.EditError):
            document.amend(edit(document.project, step))
    end = document.project
    if document.undo() is None:
        assert end == start, "what comes to nothing is no step"
        return
    assert document.project == start
    assert document.undo() is None
    document.redo()
    assert document.project == end


def test_what_is_moved_again_and_again_is_kept_once():
    project = Project(graphs=Map(g=Graph(nodes=Map(a=Node("X"), b=Node("X")))))
    document = Document(project)
    document.amend(edits.move(project, "g", {"a": (10.0, 0.0)}))  # nothing to amend: a step of its own
    document.mark_saved()
    for x in range(2, 50):
        document.amend(edits.move(document.project, "g", {"a": (10.0 * x, 0.0), "b": (0.0, 1.0 * x)}))
    assert document.modified, "what was saved is not what is there"
    assert document.last is not None
    assert [edit.key for edit in document.last.edits] == ["a", "b"]
    with pytest.raises(Conflict):
        document.amend(Change("Old", (Edit("node", "g", "a", Node("Y"), Node("Z")),)))
    assert document.undo_label == "Move 1 node"
    assert document.amend(edits.move(document.project, "g", {"a": (0.0, 0.0), "b": (0.0, 0.0)})) is None
    assert document.undo_label == "", "it is where it was"
    document.apply(edits.move(project, "g", {"a": (10.0, 0.0)}))
    document.undo()
    assert document.project == project


def test_joined_changes_keep_one_that_only_python_calls_equal():
    """For Python 1 and True are equal; in a file, and for torch, they are not."""
    document = Document(Project(graphs=Map(g=Graph(nodes=Map(a=Node("Linear", Map(bias=1)))))))
    for value in (2, True):
        change = edits.set_params(document.project, "g", "a", {"bias": value})
        document.apply(change) if value == 2 else document.amend(change)
    assert document.project.graphs["g"].nodes["a"].params["bias"] is True
    document.undo()
    assert document.project.graphs["g"].nodes["a"].params["bias"] == 1
    assert document.project.graphs["g"].nodes["a"].params["bias"] is not True
    document.redo()
    assert document.project.graphs["g"].nodes["a"].params["bias"] is True
