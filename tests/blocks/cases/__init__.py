"""For each block inputs on which it is tried: what is declared, what is analysed and what runs must agree on them.

Every module of this package may hold any of the tables below, for blocks of its own; they are put together here.

LAYERS, LOSSES, VIEWS: cases by block (metrics stand among LOSSES). NOT_OFFERED_BY: arguments of torch's that a block
leaves out, with the reason beside it. ALWAYS_WRITTEN: (block, parameter) -> default, where torch's own default is
refused or advised against. NO_SIGNATURE: blocks that torch has no signature for. FORMULAS: what a loss or metric gives,
by another way, for those that torch.nn has no module for.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.blocks.cases.case import Case

LAYERS: dict[str, tuple[Case, ...]] = {}
LOSSES: dict[str, tuple[Case, ...]] = {}
VIEWS: dict[str, tuple[Case, ...]] = {}
NOT_OFFERED_BY: dict[str, set[str]] = {}
ALWAYS_WRITTEN: dict[tuple[str, str], Any] = {}
NO_SIGNATURE: set[str] = set()
FORMULAS: dict[str, Callable[..., Any]] = {}

_TABLES: dict[str, dict[Any, Any]] = {
    "LAYERS": LAYERS,
    "LOSSES": LOSSES,
    "VIEWS": VIEWS,
    "NOT_OFFERED_BY": NOT_OFFERED_BY,
    "ALWAYS_WRITTEN": ALWAYS_WRITTEN,
    "FORMULAS": FORMULAS,
}

for _info in pkgutil.iter_modules(__path__):
    _module = vars(import_module(f"{__name__}.{_info.name}"))
    for _name, _table in _TABLES.items():
        _more = _module.get(_name, {})
        assert not _table.keys() & _more.keys(), f"{_info.name} repeats blocks in {_name}"
        _table.update(_more)
    NO_SIGNATURE |= _module.get("NO_SIGNATURE", set())
