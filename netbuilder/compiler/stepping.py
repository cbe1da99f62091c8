"""The types in a recurrent network: of whole sequences at its edge, of one step inside. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from netbuilder.compiler.types import Dim, TensorType

if TYPE_CHECKING:
    from netbuilder.compiler.wiring import Wiring

TIME = 1  # which axis of a sequence is time; the batch comes before it


class Time(NamedTuple):
    """How many steps there are, and how many samples take them at once."""

    length: Dim
    samples: Dim


def time_of(wiring: Wiring, given: Mapping[str, TensorType]) -> Time | None:
    """What the first sequence that is known says; None for a network that is not recurrent."""
    for id in wiring.loop.sequences if wiring.loop is not None else ():
        if id in given and len(given[id].dims) > TIME:
            return Time(given[id].dims[TIME], given[id].dims[0])
    return None


def unlike(kind: TensorType, time: Time | None) -> str:
    """Why this cannot be a sequence beside the others: the kind of failure, or ""."""
    if time is None or len(kind.dims) <= TIME:
        return "time"
    return "" if kind.dims[TIME] == time.length else "lengths"


def step(kind: TensorType) -> TensorType:
    """One step of a sequence."""
    return kind._replace(dims=(*kind.dims[:TIME], *kind.dims[TIME + 1 :]))


def sequence(kind: TensorType, time: Time) -> TensorType:
    """All steps of what is given in one."""
    return kind._replace(dims=(*kind.dims[:TIME], time.length, *kind.dims[TIME:]))


def state(wiring: Wiring, id: str, time: Time | None) -> TensorType | None:
    """What a Delay without an initial value keeps; None while no sequence says how many samples there are."""
    size = wiring.value(id, "size")
    if time is None or not isinstance(size, tuple):
        return None
    dims = tuple((item, item) for item in size if isinstance(item, int))
    return TensorType((time.samples, *dims), str(wiring.value(id, "dtype")))
