"""Shared by a job's process and what it does; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

Form = TypeVar("Form")
Request = Mapping[str, Any]
Tell = Callable[[float, str], None]
Work = Callable[[Request, Tell], dict[str, Any]]


class JobError(ValueError):
    """A request that can't be carried out; the text is one sentence."""


def is_sentence(error: BaseException) -> bool:
    """Whether the error's text was written for a person: those of our own classes are, and those of the system."""
    return type(error).__module__.startswith("netbuilder.") or isinstance(error, OSError)


def read_request(request: Request, form: type[Form]) -> Form:
    """The request as the job's own structure. Raises JobError."""
    try:
        return msgspec.convert(request, form)
    except msgspec.ValidationError as error:
        raise JobError(f"The request for this job is not complete: {error}.") from error
