"""How the places where one network stands become one class: what differs between them becomes its arguments.

A network may stand in several places, each with its own arguments and its own numbers from the links: variants. Those
that differ in numbers only are one form, that is one class; what differs is written as the network's own arguments
where these always say it, and as an argument of the class (`in_channels`) where not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from immutables import Map

from netbuilder.blocks.arguments import declared
from netbuilder.blocks.params import Inferred
from netbuilder.compiler.nested import placement
from netbuilder.compiler.seen import Walk
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph import expressions
from netbuilder.graph.expressions import Environment, ExpressionError, Scalar, holds_expression
from netbuilder.graph.model import Value, Values, natural_key

_LEAST_SIZE = 16  # a smaller number (a kernel, a count of heads) is often an argument's by chance
_MOST_LOOKED_AT = 200  # nodes upstream in which the expression behind a size is looked for


class Slot(NamedTuple):
    """Where a number from the links stands: a node's parameter; for a network that is placed, one of its class.

    `copy`: 0 for the first or only one, 1 for those that follow it in a row.
    """

    node: str
    param: str
    copy: int = 0


class Parameter(NamedTuple):
    """An argument of a class. `argument`: the one of the network that it is; "" for a number from the links, which
    has a default only where the class is also made by itself."""

    name: str
    default: Value = None
    argument: str = ""


class Form(msgspec.Struct):
    """One class: its name, the walks that it serves (the first one is shown), and how their numbers are written.

    `numbers`: by signature of a walk the values of those parameters that come from the links.
    """

    network: str
    name: str
    walks: list[Walk]
    slots: dict[Slot, str] = {}  # expressions over the network's arguments and the parameters
    parameters: tuple[Parameter, ...] = ()
    numbers: dict[int, dict[str, int]] = {}

    @property
    def wiring(self) -> Wiring:
        return self.walks[0].wiring

    def order(self) -> list[str]:
        """The nodes that the class has, in order."""
        return needed(self.wiring)


class Forms:
    """All classes of a module, by network; and the one of each walk."""

    def __init__(self) -> None:
        self.by_network: dict[str, list[Form]] = {}
        self._by_walk: dict[tuple[str, int], Form] = {}

    def add(self, form: Form) -> None:
        self.by_network.setdefault(form.network, []).append(form)
        for walk in form.walks:
            self._by_walk[form.network, walk.signature] = form

    def of(self, walk: Walk) -> Form:
        """The class of a network as this walk has it."""
        return self._by_walk[walk.wiring.name, walk.signature]

    def numbers(self, walk: Walk) -> dict[str, int]:
        """What the class is called with for this walk, without the network's own arguments."""
        return self.of(walk).numbers[walk.signature]


def needed(wiring: Wiring) -> list[str]:
    """The nodes that reach an Output, in order."""
    return [id for id in wiring.order if id in wiring.needed and not wiring.graph.nodes[id].bypassed]


def gather(roots: Sequence[Walk], outer_first: Iterable[str]) -> dict[str, list[Walk]]:
    """The variants of these networks, each once: what the roots are, and what stands in them at any depth."""
    found: dict[str, dict[int, Walk]] = {name: {} for name in outer_first}
    for walk in roots:
        found[walk.wiring.name].setdefault(walk.signature, walk)
    for name in found:
        for walk in list(found[name].values()):
            for id in needed(walk.wiring):
                for inner in walk.nodes[id].inner:
                    found[inner.wiring.name].setdefault(inner.signature, inner)
    return {name: list(walks.values()) for name, walks in found.items()}


def alike(forms: Forms, walks: Sequence[Walk]) -> list[list[Walk]]:
    """The variants of a network in groups that differ in numbers only."""
    groups: dict[object, list[Walk]] = {}
    for walk in walks:
        groups.setdefault(_skeleton(forms, walk), []).append(walk)
    return list(groups.values())


def _skeleton(forms: Forms, walk: Walk) -> object:
    """All that decides a class's text and is no number."""
    wiring, first = walk.wiring, shared_first(walk.wiring)
    parts = []
    for id in needed(wiring):
        seen, block = walk.nodes[id], wiring.blocks[id]
        inner = tuple(forms.of(one).name for one in seen.inner)
        ports = wiring.ports[id] if block.ports is not None else ()
        choices = tuple(wiring.value(id, name) for name in literal_params(wiring, id))
        parts.append((id, tuple(sorted(seen.inferred)), inner[:1] + inner[-1:], ports, choices, first.get(id)))
    return tuple(parts)


def literal_params(wiring: Wiring, id: str) -> list[str]:
    """Parameters whose expressions are never written as such, since the shape of the text depends on them."""
    block, params = wiring.blocks[id], wiring.graph.nodes[id].params
    return [name for name, _ in block.variants if holds_expression(params.get(name))]


def shared_first(wiring: Wiring) -> dict[str, str]:
    """For each place that shares its weights the first one that has the same network and arguments."""
    first: dict[object, str] = {}
    found: dict[str, str] = {}
    for id in needed(wiring):
        if wiring.blocks[id].part == "network" and (place := placement(wiring, id)).shared:
            found[id] = first.setdefault(place.key, id)
    return found


def form(forms: Forms, name: str, walks: list[Walk], root: Walk | None, taken: Collection[str]) -> Form:
    """The class of variants that are alike. `root`: the one that can be made without arguments, if any; `taken`:
    names that mean something else in the module."""
    made = Form(walks[0].wiring.name, name, walks)
    open_slots: list[tuple[Slot, Numbers]] = []
    for slot, numbers in _slots(forms, walks):
        if text := _Explained(walks, slot, numbers).text():
            made.slots[slot] = text
        else:
            open_slots.append((slot, numbers))
    reserved, taken = taken, {*taken, *made.wiring.arguments}
    found: list[Parameter] = []
    for numbers, slots in _merged(open_slots):
        chosen = _named(slots, taken)
        taken.add(chosen)
        made.slots.update(dict.fromkeys(slots, chosen))
        known = next(number for number in numbers if number is not None)
        values = [known if number is None else number for number in numbers]
        for walk, value in zip(walks, values, strict=True):
            made.numbers.setdefault(walk.signature, {})[chosen] = value
        at = next((at for at, walk in enumerate(walks) if root is not None and walk.signature == root.signature), None)
        found.append(Parameter(chosen, None if at is None else values[at]))
    for walk in walks:
        made.numbers.setdefault(walk.signature, {})
    used = set(_used(forms, made))
    own = [name for name in sorted(made.wiring.arguments, key=natural_key) if name in used]
    defaults = declared(made.wiring.graph)
    made.parameters = (*found, *(Parameter(_clear(name, reserved), defaults[name], name) for name in own))
    return made


Numbers = tuple[int | None, ...]  # by walk; None where a walk has no such copy


def _slots(forms: Forms, walks: Sequence[Walk]) -> Iterator[tuple[Slot, Numbers]]:
    wiring = walks[0].wiring
    first = shared_first(wiring)
    for id in needed(wiring):
        if first.get(id, id) != id:
            continue  # it has no module of its own
        for name in walks[0].nodes[id].inferred:
            yield Slot(id, name), tuple(walk.nodes[id].inferred.get(name) for walk in walks)
        for copy in (0, 1):
            inner = [walk.nodes[id].inner[copy] if len(walk.nodes[id].inner) > copy else None for walk in walks]
            there = next((one for one in inner if one is not None), None)
            for parameter in forms.of(there).parameters if there is not None else ():
                if not parameter.argument:
                    numbers = (None if one is None else forms.numbers(one)[parameter.name] for one in inner)
                    yield Slot(id, parameter.name, copy), tuple(numbers)


class _Explained:
    """What a number from the links always is, said in the network's own arguments or as a plain number."""

    def __init__(self, walks: Sequence[Walk], slot: Slot, numbers: Numbers) -> None:
        self._wiring = walks[0].wiring
        self._slot = slot
        self._pairs = [
            (walk.wiring.environment, number) for walk, number in zip(walks, numbers, strict=True) if number is not None
        ]

    def text(self) -> str:
        """An expression or a number; "" if only an argument of the class can say it."""
        first = self._pairs[0][1]
        same = all(number == first for _, number in self._pairs)
        near: list[str] = []
        for id in self._upstream():
            params = self._wiring.graph.nodes[id].params
            texts = [text for value in params.values() for text in expressions.expressions(value)]
            near.extend(text for text in texts if any("." not in name for name in expressions.names(text)))
            if fitting := next(filter(self._fits, near), ""):
                return fitting
            if same and first in _plain_numbers(params):
                return str(first)
        if same:
            return self._argument(first) or str(first)
        near.extend(sorted(self._wiring.arguments, key=natural_key))
        return next(filter(self._fits, near), "") or self._multiple(near)

    def _argument(self, number: int) -> str:
        """The argument that alone always says a size: the width of what comes in and goes out again."""
        names = [name for name in self._wiring.arguments if self._fits(name)]
        whole = all(type(env.get(name)) is int for env, _ in self._pairs for name in names)
        return names[0] if number >= _LEAST_SIZE and len(names) == 1 and whole else ""

    def _fits(self, text: str) -> bool:
        return all(_computed(text, env) == number for env, number in self._pairs)

    def _multiple(self, texts: Iterable[str]) -> str:
        """A flattened image has so many numbers for each channel: "channels * 49"."""
        for text in texts:
            values = [_computed(text, env) for env, _ in self._pairs]
            whole = [value for value in values if isinstance(value, int) and value > 0]
            if len(whole) == len(self._pairs):
                ratio = self._pairs[0][1] // whole[0]
                if all(value * ratio == number for value, (_, number) in zip(whole, self._pairs, strict=True)):
                    return f"({text.removeprefix(expressions.MARK)}) * {ratio}"
        return ""

    def _upstream(self) -> Iterator[str]:
        """The nodes that lead here, nearest first."""
        wiring, start = self._wiring, self._slot.node
        param = next((p for p in wiring.blocks[start].params if p.name == self._slot.param), None)
        sources = wiring.sources(start)
        if isinstance(param, Inferred):
            ports = [port for port, _ in param.axes if wiring.links(start, port)]
            sources = [link.source.node for port in ports[:1] for link in wiring.links(start, port)]
        if self._slot.copy:  # a later copy in a row gets what the one before it gives
            yield start
        todo, seen = deque(sources), set(sources)
        while todo and len(seen) < _MOST_LOOKED_AT:
            yield (id := todo.popleft())
            for source in wiring.sources(id):
                if source not in seen:
                    seen.add(source)
                    todo.append(source)


def _computed(text: str, env: Environment) -> Scalar | None:
    try:
        return expressions.evaluate(text, env)
    except ExpressionError:
        return None


def _plain_numbers(params: Values) -> list[Value]:
    """The numbers among a node's parameters, and among the arguments that it gives."""
    inner = (value.values() if isinstance(value, Map) else (value,) for value in params.values())
    return [value for values in inner for value in values if isinstance(value, int) and not isinstance(value, bool)]


def _merged(slots: Sequence[tuple[Slot, Numbers]]) -> list[tuple[Numbers, list[Slot]]]:
    """Numbers that are always the same as one."""
    found: list[tuple[Numbers, list[Slot]]] = []
    for slot, numbers in slots:
        for at, (held, others) in enumerate(found):
            if all(a is None or b is None or a == b for a, b in zip(held, numbers, strict=True)):
                both = tuple(b if a is None else a for a, b in zip(held, numbers, strict=True))
                found[at] = (both, [*others, slot])
                break
        else:
            found.append((numbers, [slot]))
    return found


def _named(slots: Sequence[Slot], taken: Collection[str]) -> str:
    """ "in_channels" rather than "num_features"; with the node in front where the class has another of that name."""
    slot = next((slot for slot in slots if slot.param.startswith("in_")), slots[0])
    return _clear(slot.param if slot.param not in taken else f"{slot.node}_{slot.param}", taken)


def _clear(name: str, taken: Collection[str]) -> str:
    while name in taken or name in ("self", "torch", "nn", "F", "math"):
        name += "_"
    return name


def _used(forms: Forms, made: Form) -> Iterator[str]:
    """The network's own arguments that the class's text names."""
    first = shared_first(made.wiring)
    for id in made.order():
        params = written_params(forms, made.walks[0], id)
        if first.get(id, id) != id:  # the module is another place's
            params = Map(repeat=params.get("repeat"))
        for value in params.values():
            for text in expressions.expressions(value):
                yield from expressions.names(text)
    for text in made.slots.values():
        yield from expressions.names(text)


def written_params(forms: Forms, walk: Walk, id: str) -> Values:
    """A node's parameters whose expressions stand in the text; of the arguments that it gives, those that its class
    has."""
    wiring, inner = walk.wiring, walk.nodes[id].inner
    params = wiring.graph.nodes[id].params
    for name in literal_params(wiring, id):
        params = params.delete(name)
    given = params.get("arguments")
    if wiring.blocks[id].part == "network" and isinstance(given, Map) and inner:
        there = {parameter.argument for one in inner for parameter in forms.of(one).parameters}
        params = params.set("arguments", Map({name: value for name, value in given.items() if name in there}))
    return params
