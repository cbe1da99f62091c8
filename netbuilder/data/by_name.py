"""A parameter that says something of each column by its name. Imports neither numpy nor torch."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from immutables import Map

from netbuilder.blocks.params import Param
from netbuilder.blocks.spelling import spell
from netbuilder.graph.model import Value
from netbuilder.graph.walk import MAX_NAME

MOST = 20_000  # columns


class ByName(Param, frozen=True, kw_only=True):
    """For each column, by its name, one of some words for each of some fields: {"age": {"role": "feature"}}.

    A column may leave fields out, and names may be left out; the source says what is meant then.
    """

    expected: ClassVar[str] = "words for each column"
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def _check(self, value: Value) -> str:
        if not isinstance(value, Map):
            return f"expected {self.expected}, got {spell(value)}"
        if len(value) > MOST:
            return f"at most {MOST:,} columns, has {len(value):,}"
        for name, said in value.items():
            if len(name) > MAX_NAME:
                return f"a column's name has at most {MAX_NAME} characters"
            if not isinstance(said, Map):
                return f"for {spell(name)} expected an object, got {spell(said)}"
            fields = dict(self.fields)
            for field, word in said.items():
                if field not in fields:
                    return f"{spell(name)} has no {spell(field)}; there are {', '.join(fields)}"
                if word not in fields[field]:
                    options = ", ".join(fields[field])
                    return f"the {field} of {spell(name)} is one of {options}, not {spell(word)}"
        return ""

    def _parse(self, text: str) -> Value:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return super()._parse(text)
        if not isinstance(found, dict) or not all(isinstance(said, dict) for said in found.values()):
            return super()._parse(text)
        return Map({name: Map(said) for name, said in found.items()})

    def _show(self, value: Value) -> str:
        return json.dumps(plain(value), ensure_ascii=False, sort_keys=True)


def plain(value: Value) -> Any:
    """Maps as dicts, all the way down."""
    return {name: plain(inner) for name, inner in value.items()} if isinstance(value, Map) else value
