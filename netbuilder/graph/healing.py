"""Removing nodes so that a chain stays whole: what fed a removed node feeds what it fed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace

from netbuilder.graph import folding
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import close_up, counted, graph_of, link_edits
from netbuilder.graph.model import Graph, Input, Link, Output, Project
from netbuilder.graph.via import strung

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
    feeding = _Feeding(held, gone, named, through)
    ends, mended = set(named), dict[Input, Link]()
    near = held.links if touching is None or hidden else [end for end in touching if end in held.links]
    for end in near if gone else ():
        link = held.links[end]
        if end.node in gone:
            ends.add(end)
        elif link.source.node in gone and end not in named:
            source = feeding.behind(link)
            if source is not None and source.source.node != end.node and allowed(source.source, end):
                mended[end] = replace(link, source=source.source, via=strung(source.via, link.via))
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


class _Feeding:
    """For removed nodes the link, from an output that stays, which leads to their main output; None without one.

    Each is found once, however many links lead on from a long chain.
    """

    def __init__(self, held: Graph, gone: Collection[str], named: Collection[Input], through: Through) -> None:
        self._held, self._gone, self._named, self._through = held, gone, named, through
        self._found: dict[str, Link | None] = {}
        self._mains: dict[str, str] = {}

    def behind(self, link: Link) -> Link | None:
        """What feeds the output, of a removed node, from which this link comes."""
        chain: list[tuple[str, Link | None]] = []
        id, port = link.source.node, link.source.port
        while id not in self._found:
            self._found[id] = None  # until it is known: the removed nodes may lead around in a circle
            arriving = self._arriving(id)
            chain.append((id, arriving))
            if arriving is None or arriving.source.node not in self._gone:
                break
            id = arriving.source.node
        for id, arriving in reversed(chain):
            self._found[id] = self._continued(arriving)
        return self._found[link.source.node] if port == self._mains[link.source.node] else None

    def _arriving(self, id: str) -> Link | None:
        inputs, self._mains[id] = self._through(id)
        ends = (Input(id, port) for port in inputs)
        return next((self._held.links[end] for end in ends if end in self._held.links and end not in self._named), None)

    def _continued(self, link: Link | None) -> Link | None:
        if link is None or link.source.node not in self._gone:
            return link
        before = self._found[link.source.node] if link.source.port == self._mains[link.source.node] else None
        return replace(before, via=strung(before.via, link.via)) if before is not None else None
