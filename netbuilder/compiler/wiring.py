"""A graph as the compiler sees it: its nodes' blocks and ports, and what is linked to what. Imports no torch."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from netbuilder.blocks.arguments import declared
from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.blocks.pieces import in_order
from netbuilder.blocks.resolve import resolve
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.compiler.loops import Loop, loop_of
from netbuilder.graph.expressions import Environment
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project, Values, input_key, natural_key
from netbuilder.graph.topology import Topology

SINKS = ("output", "optimizer", "metric", "loss", "view")
_EMPTY: dict[str, tuple[Link, ...]] = {}


class Catalogue(Protocol):
    """What the compiler asks of the block catalogue."""

    def get(self, name: str, /) -> Block | None:
        """The block of this name, None if there is none."""


def named(param: NetworkRef | DatasetRef, node: Node) -> str:
    """What a node names with a parameter."""
    return str(node.params.get(param.name, param.default) or "")


class Wiring:
    """One graph through the catalogue. A bypassed node is passed over: what leads into it goes on to what follows.

    `arguments`: what the graph's arguments are in this look at it, their defaults where nothing else is said;
    `values`: by node its parameters, with expressions computed for these arguments (those that can't be are `wrong`);
    `into`: by node and port the links in order; `out`: by output the inputs it reaches; `order`: nodes before those
    that need them, without nodes on or after a cycle; `needed`: nodes that reach an end (Output, loss, metric,
    optimizer, view) of the graph. `before`: the graph's wiring in an older state, from which is taken what has not
    changed; `into` is its very own where no link and no port has.
    """

    def __init__(
        self,
        name: str,
        project: Project,
        catalogue: Catalogue,
        topology: Topology,
        arguments: Values | None = None,
        before: Wiring | None = None,
    ) -> None:
        self.name = name
        self.project = project
        self.graph: Graph = project.graphs[name]
        self.arguments = declared(self.graph) if arguments is None else arguments
        self.environment = Environment(self.arguments, project.datasets)
        self.values: dict[str, Values] = {}
        self.topology = topology
        self.blocks: dict[str, Block] = {}
        self.ports: dict[str, Ports] = {}
        self.wrong: dict[str, dict[str, str]] = {}
        if before is not None and (
            before.arguments != self.arguments or before.project.datasets is not project.datasets
        ):
            before = None
        for id, node in self.graph.nodes.items():
            if before is None or not self._as_before(id, node, before):
                self.values[id] = node.params
                if block := catalogue.get(node.block):
                    self._see(id, node, block)
        self._by_part = self._parts()
        self.into: dict[str, dict[str, tuple[Link, ...]]] = {}
        self.out: dict[Output, list[Input]] = {}
        self.stray: list[Link] = []
        self.cycles: list[list[str]]
        self.order: list[str]
        self.needed: set[str]
        if before is not None and self._wired_alike(before):
            self.into, self.out, self.stray = before.into, before.out, before.stray
            self.cycles, self.order, self.needed = before.cycles, before.order, before.needed
        else:
            self._wire()
            self.cycles = [cycle for cycle in topology.cycles() if cycle]
            stuck = {id for cycle in self.cycles for id in cycle}
            for cycle in self.cycles:
                stuck.update(topology.downstream(cycle[0]))
            self.order = [id for id in topology.order() if id in self.graph.nodes and id not in stuck]
            self.needed = self._reaching_an_end()
        self.loop: Loop | None = loop_of(self)

    def _as_before(self, id: str, node: Node, before: Wiring) -> bool:
        """Takes over what is known of a node that has not changed; not where its ports depend on the project."""
        block = before.blocks.get(id)
        if block is None or block.ports is not None or before.graph.nodes[id] is not node:
            return False
        self.blocks[id], self.values[id] = block, before.values[id]
        if id in before.ports:
            self.ports[id] = before.ports[id]
        if id in before.wrong:
            self.wrong[id] = before.wrong[id]
        return True

    def _wired_alike(self, before: Wiring) -> bool:
        """Whether the same links lead to the same ports, past the same nodes."""
        nodes, old = self.graph.nodes, before.graph.nodes
        if before.graph.links is not self.graph.links or len(nodes) != len(old):
            return False
        if self.ports != before.ports or self._by_part != before._by_part:
            return False
        return all(id in old and (old[id] is node or old[id].bypassed == node.bypassed) for id, node in nodes.items())

    def _parts(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, block in self.blocks.items():
            if not self.graph.nodes[id].bypassed:
                found.setdefault(block.part, []).append(id)
        nodes = self.graph.nodes
        return {part: [id for id, _ in in_order((id, nodes[id]) for id in ids)] for part, ids in found.items()}

    @cached_property
    def plain(self) -> frozenset[str]:
        """Nodes of which all can be told by their parameters and what is linked to them."""
        named = {
            block.name: any(isinstance(param, NetworkRef) for param in block.params)
            for block in {block.name: block for block in self.blocks.values()}.values()
        }
        parts = ("layer", "loss", "metric")
        return frozenset(id for part in parts for id in self._by_part.get(part, ()) if not named[self.blocks[id].name])

    @property
    def recurrent(self) -> bool:
        """Whether it is a network that works step by step."""
        return self.loop is not None

    def _see(self, id: str, node: Node, block: Block) -> None:
        self.blocks[id] = block
        values, wrong = resolve(block, node.params, self.environment, self.project)
        self.values[id] = values
        if wrong:
            self.wrong[id] = dict(wrong)
        if self.unresolved(id):
            return  # its ports are not known, so no link to them is wrong
        if block.ports is None or (wrong and block.part != "network"):
            self.ports[id] = Ports(block.inputs, block.outputs)
        else:
            self.ports[id] = block.node_ports(values, self.project)

    def _wire(self) -> None:
        nodes = self.graph.nodes
        links = sorted(self.graph.links.values(), key=lambda link: input_key(link.target))
        for link in links:
            if link.target.node not in nodes or link.source.node not in nodes or self._off_port(link):
                self.stray.append(link)
                continue
            if (source := self._passed_over(link.source)) is None:
                continue
            passed = link if source == link.source else Link(source, link.target)
            by_port = self.into.setdefault(link.target.node, {})
            by_port[link.target.port] = (*by_port.get(link.target.port, ()), passed)
            if not nodes[link.target.node].bypassed:
                self.out.setdefault(source, []).append(link.target)

    def _off_port(self, link: Link) -> bool:
        """Whether it starts or ends at a port that a known block does not have (or has only once)."""
        source = self.ports.get(link.source.node)
        target = self.ports.get(link.target.node)
        if source is not None and all(port.name != link.source.port for port in source.outputs):
            return True
        if target is None:
            return False
        return not any(p.name == link.target.port and (p.many or link.target.index == 0) for p in target.inputs)

    def _passed_over(self, source: Output) -> Output | None:
        """The output that really feeds this one, behind bypassed nodes; None if nothing does."""
        for _ in range(len(self.graph.nodes)):
            if not self.graph.nodes[source.node].bypassed:
                return source
            before = [
                link
                for port in self.inputs(source.node)
                if (link := self.graph.links.get(Input(source.node, port.name)))
                and link.source.node in self.graph.nodes
            ]
            if not before:
                return None
            source = before[0].source
        return None

    def _reaching_an_end(self) -> set[str]:
        todo = [id for id in self.of_part(*SINKS) if id in self.into]  # one that is linked to nothing ends nothing
        found = set(todo)
        while todo:
            for links in self.into.get(todo.pop(), _EMPTY).values():
                for link in links:
                    if link.source.node not in found:
                        found.add(link.source.node)
                        todo.append(link.source.node)
        return found

    def inputs(self, id: str) -> tuple[Port, ...]:
        return self.ports[id].inputs if id in self.ports else ()

    def outputs(self, id: str) -> tuple[Port, ...]:
        return self.ports[id].outputs if id in self.ports else ()

    def links(self, id: str, port: str) -> tuple[Link, ...]:
        """What feeds this input, in order."""
        return self.into.get(id, _EMPTY).get(port, ())

    def sources(self, id: str) -> list[str]:
        """The nodes that feed this one."""
        return [link.source.node for links in self.into.get(id, _EMPTY).values() for link in links]

    def targets(self, id: str) -> list[Input]:
        """The inputs that this node feeds."""
        return [end for port in self.outputs(id) for end in self.out.get(Output(id, port.name), [])]

    def upstream(self, *ids: str) -> set[str]:
        """These nodes and all that they need."""
        found, todo = set(ids), list(ids)
        while todo:
            for source in self.sources(todo.pop()):
                if source not in found:
                    found.add(source)
                    todo.append(source)
        return found

    def of_part(self, *parts: str) -> list[str]:
        """Ids of the nodes with one of these parts in this graph, in natural order (Inputs and Outputs in that of
        their places), bypassed ones left out."""
        found = [id for part in dict.fromkeys(parts) for id in self._by_part.get(part, ())]
        return sorted(found, key=natural_key) if len(parts) > 1 else found

    def reference(self, id: str, kind: type[NetworkRef] | type[DatasetRef]) -> str:
        """The (first) network or data set that the node names, "" if none."""
        return next(iter(self.references(id, kind)), "")

    def references(self, id: str, kind: type[NetworkRef] | type[DatasetRef]) -> tuple[str, ...]:
        """The networks or data sets that the node names, "" where it could and does not."""
        node = self.graph.nodes[id]
        params = self.blocks[id].typed(self.values[id]) if id in self.blocks else ()
        return tuple(named(param, node) for param in params if isinstance(param, kind))

    def unresolved(self, id: str) -> NetworkRef | DatasetRef | None:
        """The parameter that names a network or data set that the project does not have; None if there is none."""
        node, graphs, datasets = self.graph.nodes[id], self.project.graphs, self.project.datasets
        for param in self.blocks[id].typed(self.values[id]):
            if isinstance(param, NetworkRef):
                held = graphs.get(named(param, node))
                if held is None or held.kind != "network":
                    return param
            elif isinstance(param, DatasetRef) and named(param, node) not in datasets:
                return param
        return None

    def value(self, id: str, name: str) -> object:
        """The value of a node's parameter, or its default; that of an expression, where it has one."""
        return self.blocks[id].value(self.values[id], name)
