"""Removing nodes so that a chain stays whole: what fed a removed node feeds what it fed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace

from netbuilder.graph import folding
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import close_up, counted, graph_of, link_edits
from netbuilder.graph.model import Graph, Input, Link, Output, Project
from netbuilder.graph.via import Via

# By a node's id: its inputs in order, and the one output that goes on for them ("" where nothing does).
Through = Callable[[str], tuple[Iterable[str], str]]
Allowed = Callable[[Output, Input], bool]  # whether a link may be


def remove_healed(
    project: Project,
    graph: str,
    nodes: Iterable[str],
    through: Through,
    allowed: Allowed,
    links: Iterable[Input] = (),
    frames: Iterable[str] = (),
    touching: Iterable[Input] | None = None,
) -> Change:
    """Without these nodes, links and frames, like `edits.remove`; links from a removed node's main output come from
    what led into its first linked input, as they would if it were bypassed.

    Where nothing led in, where the output is another than the main one, or where the link is not `allowed`, the input
    is left free. `touching`: the links at the nodes, where the caller knows them; None: all are looked at.
    """
    held = graph_of(project, graph)
    hidden = folding.expanded(held, frames)
    gone = {name for name in (*nodes, *hidden) if name in held.nodes}
    drawn = [name for name in hidden if name in held.frames]
    named = {end for end in links if end in held.links}
    ends, mended = set(named), dict[Input, Link]()
    near = held.links if touching is None or hidden else [end for end in touching if end in held.links]
    for end in near if gone else ():
        link = held.links[end]
        if end.node in gone:
            ends.add(end)
        elif link.source.node in gone and end not in named:
            source = _behind(held, link, gone, named, through)
            if source is not None and source.source.node != end.node and allowed(source.source, end):
                mended[end] = replace(link, source=source.source, via=source.via + link.via)
            else:
                ends.add(end)
    found = {end: (held.links.get(end), after) for end, (_, after) in close_up(held.links.update(mended), ends).items()}
    for end, link in mended.items():
        found.setdefault(end, (held.links[end], link))
    edits = link_edits(graph, found)
    edits += [Edit("node", graph, name, held.nodes[name], None) for name in sorted(gone)]
    edits += [Edit("frame", graph, name, held.frames[name], None) for name in drawn]
    staying = {name: frame for name, frame in held.frames.items() if frame.folded and name not in hidden}
    edits += folding.frame_edits(graph, held.frames, folding.forgotten(held, {*gone, *drawn}, staying))
    label = counted((len(gone), "node"), (len(named), "link"), (len(drawn), "frame"))
    return Change(f"Delete {label}", tuple(edits))


def _behind(held: Graph, link: Link, gone: Collection[str], named: Collection[Input], through: Through) -> Link | None:
    """The link, from an output that stays, which leads through removed nodes to this one; None if there is none."""
    via: Via = ()
    for _ in range(len(gone) + 1):
        inputs, output = through(link.source.node)
        if link.source.port != output:
            return None
        arriving = (Input(link.source.node, port) for port in inputs)
        before = next((held.links[end] for end in arriving if end in held.links and end not in named), None)
        if before is None:
            return None
        link, via = before, before.via + via
        if link.source.node not in gone:
            return replace(link, via=via)
    return None  # the removed nodes lead around in a circle
