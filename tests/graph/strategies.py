"""Random projects and random edits, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import (
    DIRECTIONS,
    KINDS,
    Column,
    Dataset,
    Frame,
    Graph,
    Input,
    Link,
    Node,
    Output,
    Project,
)
from netbuilder.graph.names import make_id

NASTY = [
    "",
    " ",
    '"',
    "\\",
    '\\"',
    "a\nb",
    "\u2028",
    "\x00",
    "}{][",
    "<b>fett</b>",
    "überlänge",
    "😀",
    "\x7f\x85",
    "1e999",
    "NaN",
]
BLOCKS = ["Conv2d", "ReLU", "Add", "Input", "Network", "acme.Future"]

texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
ids = st.one_of(st.sampled_from(["conv1", "conv2", "conv10", "a", "größe", "x_1"]), texts.map(make_id))
ports = st.sampled_from(["x", "y", "h0", "größe"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["inf", "-inf", "nan"]),
    texts,
)
values_ = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3).map(tuple), st.dictionaries(texts, inner, max_size=3).map(Map)),
    max_leaves=6,
)
params = st.dictionaries(texts, values_, max_size=3).map(Map)
# Kept fields of newer writers: never one that this version knows.
extras = st.dictionaries(st.sampled_from(["future", "later on", "", "ä.b"]), values_, max_size=2).map(Map)
coordinates = st.one_of(st.integers(-500, 500).map(float), st.floats(-1e7, 1e7))
points = st.tuples(coordinates, coordinates)
sizes = st.floats(0, 1e6)
vias = st.lists(points, max_size=2).map(tuple)
nodes = st.builds(
    Node,
    st.sampled_from(BLOCKS),
    params,
    points,
    title=texts,
    bypassed=st.booleans(),
    bookmarked=st.booleans(),
    extra=extras,
)
frames = st.builds(
    Frame,
    st.tuples(coordinates, coordinates, sizes, sizes),
    title=texts,
    text=texts,
    color=texts,
    folded=st.lists(ids, max_size=2).map(tuple),
    extra=extras,
)
columns = st.builds(
    Column,
    ids,
    name=texts,
    shape=st.lists(st.integers(0, 9), max_size=3).map(tuple),
    classes=st.lists(texts, max_size=3).map(tuple),
    extra=extras,
)
datasets = st.builds(
    Dataset,
    texts,
    params,
    st.lists(columns, max_size=3, unique_by=lambda column: column.id).map(tuple),
    st.integers(0, 10**9),
    extra=extras,
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    held = draw(st.dictionaries(ids, nodes, max_size=6))
    links: dict[Input, Link] = {}
    if held:
        ends = st.sampled_from(sorted(held))
        for _ in range(draw(st.integers(0, 8))):
            target = Input(draw(ends), draw(ports), draw(st.integers(0, 2)))
            links[target] = Link(Output(draw(ends), draw(ports)), target, draw(vias), draw(extras))
    return Graph(
        draw(st.sampled_from(KINDS)),
        Map(held),
        Map(links),
        draw(st.dictionaries(ids, frames, max_size=2).map(Map)),
        draw(params),
        draw(st.sampled_from(DIRECTIONS)),
        draw(extras),
    )


names = texts.filter(bool)
projects = st.builds(
    Project,
    texts,
    st.dictionaries(st.one_of(ids, names), graphs(), max_size=3).map(Map),
    st.dictionaries(names, datasets, max_size=2).map(Map),
    st.dictionaries(names, params, max_size=2).map(Map),
    extra=extras,
)

# One step of editing: which edit, and numbers and texts that it picks its arguments by.
OPERATIONS = [
    "add_node", "add_node", "connect", "connect", "connect", "disconnect", "remove", "insert", "move", "set_params",
    "set_title", "rename", "bypass", "add_frame", "set_frame", "paste", "add_graph", "remove_graph", "rename_graph",
    "set_arguments", "set_settings", "set_dataset", "set_project_title",
]  # fmt: skip
steps = st.tuples(
    st.sampled_from(OPERATIONS), st.lists(st.integers(0, 99), min_size=6, max_size=6), texts, values_, points
)


def edit(project: Project, step: tuple) -> Change:
    """The change that a step makes of this project: every step fits every project. Raises EditError as edits do."""
    operation, numbers, text, value, at = step

    def pick(things, place):
        ordered = sorted(things)
        return ordered[numbers[place] % len(ordered)] if ordered else None

    graph = pick(project.graphs, 0)
    if operation == "add_graph" or graph is None:
        return edits.add_graph(project, make_id(text) + str(numbers[1]), KINDS[numbers[2] % 3])
    held = project.graphs[graph]
    node, other, end, frame = (
        pick(held.nodes, 1),
        pick(held.nodes, 2),
        pick(held.links, 1),
        pick(held.frames, 1),
    )
    if node is None or operation == "add_node":
        return edits.add_node(project, graph, BLOCKS[numbers[1] % len(BLOCKS)], at, Map({text: value}), title=text)
    source = Output(other, "xy"[numbers[3] % 2])
    some = {name for place, name in enumerate(sorted(held.nodes)) if (place + numbers[3]) % 3}
    table = {
        "connect": lambda: edits.connect(project, graph, source, Input(node, "xy"[numbers[4] % 2], numbers[5] % 3)),
        "disconnect": lambda: edits.disconnect(project, graph, end or Input(node, "x")),
        "remove": lambda: edits.remove(project, graph, [node], [end] if end else [], [frame] if frame else []),
        "insert": lambda: (
            edits.insert_on_link(project, graph, end, "Flatten", "x", "y")
            if end
            else edits.connect(project, graph, source, Input(node, "x"))
        ),
        "move": lambda: edits.move(project, graph, dict.fromkeys([*some, frame or "none"], at)),
        "set_params": lambda: edits.set_params(project, graph, node, {text: value, "p": edits.DEFAULT}),
        "set_title": lambda: edits.set_title(project, graph, node, text),
        "rename": lambda: edits.rename(project, graph, node, make_id(text), ("network",)),
        "bypass": lambda: edits.bypass(project, graph, some, bool(numbers[4] % 2)),
        "add_frame": lambda: edits.add_frame(project, graph, (*at, 10.0, 20.0), text, text),
        "set_frame": lambda: (
            edits.set_frame(project, graph, frame, (*at, 5.0, 6.0), text, color=text)
            if frame
            else edits.add_frame(project, graph, (*at, 1.0, 2.0))
        ),
        "paste": lambda: edits.paste(project, graph, edits.cut_out(project, graph, [*some, frame or "none"]), at),
        "remove_graph": lambda: edits.remove_graph(project, graph),
        "rename_graph": lambda: edits.rename_graph(project, graph, make_id(text)),
        "set_arguments": lambda: edits.set_arguments(project, graph, {text: value}),
        "set_settings": lambda: edits.set_settings(project, graph, {text: value}),
        "set_dataset": lambda: edits.set_dataset(project, make_id(text), Dataset(text) if numbers[4] % 2 else None),
        "set_project_title": lambda: edits.set_project_title(project, text),
    }
    return table[operation]()
