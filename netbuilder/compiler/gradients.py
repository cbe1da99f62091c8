"""Where the gradients of a training graph go: what each loss reaches, and what each optimizer changes. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from immutables import Map

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import natural_key


class _Kind(Protocol):
    @property
    def dtype(self) -> str: ...


class Typed(Protocol):
    """What is asked of an analysed node: what it gives at each output."""

    @property
    def outputs(self) -> Mapping[str, _Kind]: ...


def reached(wiring: Wiring, nodes: Mapping[str, Typed], ids: Iterable[str]) -> set[str]:
    """These nodes and all that gradients flow back to from them: not through a Detach, nor through whole numbers."""
    found = set(ids)
    todo = list(found)
    while todo:
        id = todo.pop()
        block = wiring.blocks.get(id)
        if block is None or block.part == "detach":
            continue
        for port, links in wiring.into.get(id, {}).items():
            for link in links if port not in block.holds else ():
                source = link.source
                if source.node not in found and _flows(nodes, source.node, source.port):
                    found.add(source.node)
                    todo.append(source.node)
    return found


def _flows(nodes: Mapping[str, Typed], id: str, port: str) -> bool:
    kind = nodes[id].outputs.get(port) if id in nodes else None
    return kind is None or "float" in kind.dtype or "complex" in kind.dtype


def losses_of(wiring: Wiring, optimizer: str) -> tuple[str, ...]:
    """The nodes that feed an optimizer, in the order of their links, each once."""
    return tuple(dict.fromkeys(wiring.sources(optimizer)))


def networks_in(wiring: Wiring, ids: Iterable[str]) -> set[str]:
    """The networks that some nodes place or call."""
    return {name for id in ids for name in wiring.references(id, NetworkRef) if name}


def frozen(wiring: Wiring) -> tuple[str, ...]:
    """The networks that Freeze nodes name, in natural order."""
    names = {wiring.reference(id, NetworkRef) for id in wiring.of_part("freeze")} - {""}
    return tuple(sorted(names, key=natural_key))


def groups(wiring: Wiring, optimizer: str) -> dict[str, dict[str, float]]:
    """The networks that an optimizer names, with the numbers that each has of its own; empty if it names none."""
    held = wiring.value(optimizer, "networks")
    if not isinstance(held, Map):
        return {}
    found: dict[str, dict[str, float]] = {}
    for name in sorted(held, key=natural_key):
        numbers = held[name]
        found[name] = {key: float(numbers[key]) for key in sorted(numbers)} if isinstance(numbers, Map) else {}
    return found


def taught(wiring: Wiring, nodes: Mapping[str, Typed]) -> dict[str, tuple[str, ...]]:
    """By optimizer the networks that it changes, in natural order.

    Those that it names; if it names none, those that its losses reach and that no other names. Never frozen ones.
    """
    optimizers = wiring.of_part("optimizer")
    named = {id: groups(wiring, id) for id in optimizers}
    kept = set(frozen(wiring))
    found: dict[str, tuple[str, ...]] = {}
    for id in optimizers:
        names = set(named[id])
        if not names:
            others = {name for other in optimizers if other != id for name in named[other]}
            names = networks_in(wiring, reached(wiring, nodes, losses_of(wiring, id))) - others
        found[id] = tuple(sorted(names - kept, key=natural_key))
    return found
