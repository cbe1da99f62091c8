"""States of schedules and optimizers as JSON can hold them, and back."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """A copy of what JSON can hold of a state, without functions and counters, which never change.

    Numbers that are not finite become text.
    """
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items() if _is_plain(item)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def like(saved: Any, now: Any) -> Any:
    """`saved`, which `plain` gave and JSON brought back, in the form that `now` has; what it lacks stays as it is."""
    if isinstance(now, Counter):
        return now
    if isinstance(now, Mapping) and isinstance(saved, Mapping):
        return {**now, **{name: like(item, now.get(name)) for name, item in saved.items()}}
    if isinstance(now, list | tuple) and isinstance(saved, list):
        if len(now) == len(saved):
            return type(now)(like(item, before) for item, before in zip(saved, now, strict=True))
        return type(now)(saved)
    if saved in ("inf", "-inf", "nan"):
        return float(saved)
    return saved


def _is_plain(value: Any) -> bool:
    return isinstance(value, None | int | float | str | list | tuple | dict) and not isinstance(value, Counter)
