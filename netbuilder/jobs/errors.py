"""Shared by a job's process and what it does; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Request = Mapping[str, Any]
Tell = Callable[[float, str], None]
Work = Callable[[Request, Tell], dict[str, Any]]


class JobError(ValueError):
    """A request that can't be carried out; the text is one sentence."""


def is_sentence(error: BaseException) -> bool:
    """Whether the error's text was written for a person: those of our own classes are, and those of the system."""
    return type(error).__module__.startswith("netbuilder.") or isinstance(error, OSError)
