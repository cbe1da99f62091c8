"""What a person wants to see, as plain data: one form for window, command line and job. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import Project
from netbuilder.sampling.knobs import Knobs, knobs, previews_of

PARTS = ("test", "validation", "train")
Part = Literal["test", "validation", "train"]
MOST = 256


class WishError(ValueError):
    """Something is wished for that is not there; the message is one sentence."""


class Wish(msgspec.Struct, frozen=True):
    """`graph` with `count` samples of the data's `part` from number `first` on, its random numbers from `seed`.

    `count` 0: as many as the graph's views say, and as there are.
    `params`: by node, values in place of the drawn ones. `inputs`: by column, what a person typed, or the path of a
    picture or sound. `latents`: by noise node, values for some of its axes (by number, as text).
    """

    graph: str
    seed: int = 0
    count: int = 16
    part: Part = "test"
    first: int = 0
    params: Mapping[str, Mapping[str, Any]] = {}  # a Value each; msgspec can't read that union
    inputs: Mapping[str, str] = {}
    latents: Mapping[str, Mapping[str, float]] = {}


def checked(wish: Wish, project: Project, catalogue: Catalogue) -> Knobs:
    """The knobs of its graph, everything that it sets found right. Raises WishError."""
    there = ", ".join(previews_of(project)) or "none"
    if wish.graph not in previews_of(project):
        raise WishError(f"The project has no preview graph {wish.graph!r}; it has: {there}.")
    found = knobs(project, wish.graph, catalogue)
    if not 0 <= wish.count <= MOST:
        raise WishError(f"The count must be 0 (as the views say) to {MOST}, is {wish.count}.")
    if wish.first < 0:
        raise WishError(f"The first sample is 0 or more, not {wish.first}.")
    settable = {(knob.node, knob.param.name): knob.param for knob in found.params}
    for node, values in wish.params.items():
        for name, value in values.items():
            if (node, name) not in settable:
                raise WishError(f"There is no {node}.{name} to set; there are: {_listed(settable)}.")
            if wrong := settable[node, name].check(value):
                raise WishError(f"{node}.{name}: {wrong}.")
    columns = {knob.column.id for knob in found.columns}
    for column in wish.inputs:
        if column not in columns:
            raise WishError(f"There is no input {column!r}; there are: {', '.join(sorted(columns)) or 'none'}.")
    latents = {knob.node: knob for knob in found.latents}
    for node, axes in wish.latents.items():
        if node not in latents:
            raise WishError(f"There is no noise {node!r} with axes to set; there are: {', '.join(latents) or 'none'}.")
        for axis in axes:
            if not axis.isdecimal() or int(axis) >= latents[node].size:
                raise WishError(f"The noise {node!r} has the axes 0 to {latents[node].size - 1}, not {axis!r}.")
    return found


def _listed(settable: Mapping[tuple[str, str], object]) -> str:
    return ", ".join(f"{node}.{name}" for node, name in settable) or "none"
