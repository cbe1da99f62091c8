"""Bookmarks are followed through every change."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.ui.finding.bookmarks import Bookmarks
from tests.graph.strategies import edit, projects, steps


@settings(max_examples=25)
@given(projects, st.lists(st.one_of(steps, st.integers(0, 9)), max_size=12))
def test_they_are_those_of_the_project_whatever_was_done(start, script):
    document = Document(start)
    bookmarks = Bookmarks(document)
    document.subscribe(bookmarks.follow)
    for step in script:
        with contextlib.suppress(edits.EditError):
            if isinstance(step, int):
                places = [(name, id) for name, graph in document.project.graphs.items() for id in graph.nodes]
                for name, id in places[step : step + 1]:
                    document.apply(edits.bookmark(document.project, name, [id], step % 3 > 0))
            else:
                document.apply(edit(document.project, step))
    document.jump(len(document) // 2)
    graphs = document.project.graphs
    marked = {(name, id) for name, graph in graphs.items() for id, node in graph.nodes.items() if node.bookmarked}
    assert set(bookmarks.in_order()) == marked
    assert bool(bookmarks) == bool(marked)
