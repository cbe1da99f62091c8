"""How a command ends early. The texts are sentences for a person, on one line."""

from __future__ import annotations


class BadInput(ValueError):
    """What was asked for can't be done as it stands: exit code 2."""


class Failure(RuntimeError):
    """What was asked for was tried and did not succeed: exit code 1."""


class Interrupted(RuntimeError):
    """A person pressed Ctrl-C, and everything is said and done: exit code 130."""
