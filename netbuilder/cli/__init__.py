"""The command line. Everything heavy (torch, rich, the window) is imported by the command that needs it."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code: 0 done, 1 it did not succeed, 2 bad input, 130 interrupted."""
    from netbuilder.cli.run import run

    return run(argv)
