"""The parameter kind by which an optimizer treats some networks in a way of their own."""

from __future__ import annotations

from typing import ClassVar

from immutables import Map

from netbuilder.blocks.params import Float, Param
from netbuilder.blocks.spelling import short, spell
from netbuilder.graph.model import Value, natural_key
from netbuilder.graph.names import is_id


class Groups(Param, frozen=True, kw_only=True):
    """Networks by name, each with numbers of its own: Map(encoder=Map(lr=0.0001), head=Map()).

    As text: "encoder: lr 0.0001, weight_decay 0; head". `each` says which numbers there may be.
    """

    expected: ClassVar[str] = 'networks such as "encoder: lr 0.0001; head"'
    default: Value = Map()
    each: tuple[Float, ...] = (
        Float(name="lr", low=0.0, high=100.0),
        Float(name="weight_decay", low=0.0, high=10.0),
    )
    longest: int = 100

    def _check(self, value: Value) -> str:
        if not isinstance(value, Map):
            return f"expected {self.expected}, got {spell(value)}"
        if len(value) > self.longest:
            return f"at most {self.longest} networks, has {len(value)}"
        return next(filter(None, (self._wrong(name, value[name]) for name in sorted(value))), "")

    def _wrong(self, name: str, numbers: Value) -> str:
        if not is_id(name):
            return f"{spell(name)} is no name of a network"
        if not isinstance(numbers, Map):
            return f"expected numbers for {name}, got {spell(numbers)}"
        known = {param.name: param for param in self.each}
        for key in sorted(numbers):
            if key not in known:
                return f"{name} may have {' and '.join(known)}, not {spell(key)}"
            if wrong := known[key].check(numbers[key]):
                return f"{name}'s {key}{' ' if wrong.startswith('must') else ': '}{wrong}"
        return ""

    def _parse(self, text: str) -> Value:
        found: dict[str, Value] = {}
        for part in filter(str.strip, text.split(";")):
            name, _, numbers = part.partition(":")
            found[name.strip()] = Map(self._number(item.split()) for item in filter(str.strip, numbers.split(",")))
        return Map(found)

    def _number(self, words: list[str]) -> tuple[str, Value]:
        try:
            key, number = words
            return key, float(number)
        except ValueError:
            raise ValueError(f"expected {self.expected}, got {spell(' '.join(words))}") from None

    def _show(self, value: Value) -> str:
        if not isinstance(value, Map):
            return str(value)
        return "; ".join(self._shown(name, value[name]) for name in sorted(value, key=natural_key))

    def _shown(self, name: str, numbers: Value) -> str:
        if not isinstance(numbers, Map) or not numbers:
            return name
        return f"{name}: " + ", ".join(f"{key} {short(numbers[key])}" for key in sorted(numbers))
