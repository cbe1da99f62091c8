"""Blocks from other packages: an entry point of the group `netbuilder.blocks` names a module that declares some.

The module declares and nothing more: what a block does is named by text (`module="package.nn.Thing"`) and imported only
where things run, so that the window stays free of torch. One that cannot be used is left out and named.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import metadata
from types import ModuleType
from typing import Protocol

import msgspec
from immutables import Map

from netbuilder.blocks.spec import Block

GROUP = "netbuilder.blocks"


class PluginFailure(msgspec.Struct, frozen=True):
    """A plug-in that was left out, and why, in one sentence."""

    name: str
    text: str


class Plugins(msgspec.Struct, frozen=True):
    """What all plug-ins bring. `versions` by the name of the package that each came from."""

    blocks: tuple[Block, ...] = ()
    failures: tuple[PluginFailure, ...] = ()
    versions: Mapping[str, str] = Map()


class EntryPoint(Protocol):
    """What is asked of an entry point of importlib.metadata."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> str: ...

    @property
    def dist(self) -> metadata.Distribution | None: ...

    def load(self) -> object: ...


def installed(taken: Collection[str], found: Iterable[EntryPoint] | None = None) -> Plugins:
    """The blocks of all plug-ins. `taken`: names that blocks have already; `found`: the entry points, by default those
    of the installed packages."""
    points = metadata.entry_points(group=GROUP) if found is None else found
    blocks: list[Block] = []
    failures: list[PluginFailure] = []
    versions: dict[str, str] = {}
    names = set(taken)
    for point in sorted(points, key=lambda point: point.name):
        try:
            declared = list(_declared(point))
            for at, block in enumerate(declared):
                _check(block, {*names, *(other.name for other in declared[:at])})
        except (Exception, SystemExit) as error:  # noqa: BLE001  (a stranger's module may raise whatever it likes)
            failures.append(PluginFailure(point.name, _sentence(point, error)))
            continue
        names |= {block.name for block in declared}
        blocks += declared
        if point.dist is not None:
            versions[point.dist.name] = point.dist.version
    return Plugins(tuple(blocks), tuple(failures), Map(versions))


def blocks_of(module: ModuleType) -> Iterator[Block]:
    """The values of type Block at the top of a module, also those in tuples, in their order there."""
    for value in vars(module).values():
        if isinstance(value, Block):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Block))


class _Unusable(ValueError):
    """A declaration that cannot be used; the message is a clause."""


def _declared(point: EntryPoint) -> Iterator[Block]:
    light = "torch" not in sys.modules
    module = point.load()
    if not isinstance(module, ModuleType):
        raise _Unusable("its entry point names no module")
    if light and "torch" in sys.modules:
        raise _Unusable('its declarations import torch; they should name modules by text, module="package.nn.Thing"')
    found = list(blocks_of(module))
    if not found:
        raise _Unusable(f"{point.value} declares no block")
    yield from found


def _check(block: Block, names: Collection[str]) -> None:
    if not block.name.isidentifier():
        raise _Unusable(f"the block name {block.name!r} is no identifier")
    if block.name in names:
        raise _Unusable(f"there is a block {block.name} already")
    if block.part not in ("layer", "loss", "metric"):
        raise _Unusable(f"{block.name} wants the part {block.part!r}; plug-ins can bring layers, losses and metrics")
    if not (block.module or block.function or block.call):
        raise _Unusable(f"{block.name} says neither module nor function nor call")


def _sentence(point: EntryPoint, error: BaseException) -> str:
    package = point.dist.name if point.dist is not None else point.value
    why = " ".join(str(error).split())[:200]
    if not isinstance(error, _Unusable):
        why = f"{type(error).__name__}: {why}"
    return f"The plug-in {point.name} ({package}) was left out: {why.rstrip('.')}."
