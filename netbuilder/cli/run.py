"""From arguments to an exit code: which command is meant, and every error as one line on stderr."""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from netbuilder.cli.app import app
from netbuilder.cli.errors import BadInput, Failure, Interrupted
from netbuilder.cli.plain import one_line

WINDOW = "window"
# typer carries its own copy of click; this is the class of everything that it says about arguments.
_ArgumentError: type[Any] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
_OWN = "netbuilder."


def run(argv: Sequence[str] | None = None) -> int:
    """Runs the command; never raises and never shows a traceback."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: its idle threads must not spin
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files may hold anything
    code, sentence = _attempt(arguments)
    if sentence:
        with contextlib.suppress(BrokenPipeError):
            print(f"netbuilder: {one_line(sentence)}", file=sys.stderr)
    return code


def commands() -> tuple[str, ...]:
    """The names of all commands."""
    return tuple(info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands)


def routed(arguments: list[str]) -> list[str]:
    """`netbuilder`, `netbuilder FILE` and `netbuilder --template NAME` mean the window. Raises BadInput for neither."""
    if not arguments:
        return [WINDOW]
    first, known = arguments[0], commands()
    if first in known or first in ("--help", "-h", "--version"):
        return arguments
    if first.isidentifier() and not os.path.lexists(first):
        close = difflib.get_close_matches(first, known, 1)
        meant = f"did you mean {close[0]}?" if close else "netbuilder --help lists them."
        raise BadInput(f"There is neither a command nor a file {first}; {meant}")
    return [WINDOW, *arguments]


def _attempt(arguments: list[str]) -> tuple[int, str]:
    """Exit code, and a sentence for stderr where something went wrong."""
    try:
        code = app(routed(arguments), standalone_mode=False, prog_name="netbuilder")
        sys.stdout.flush()
    except (BadInput, Failure, Interrupted) as error:
        return {BadInput: 2, Failure: 1, Interrupted: 130}[type(error)], str(error)
    except typer.Exit as end:
        return end.exit_code, _said(end.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return 130, _said(130)
    except BrokenPipeError:  # whoever read our output has enough; what is left must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0, ""
    except MemoryError:
        return 1, "There is not enough memory for this."
    except Exception as error:  # noqa: BLE001  # no traceback ever reaches a person
        if isinstance(error, _ArgumentError):
            return 2, f"{error.format_message()} (netbuilder --help says more)"
        if type(error).__module__.startswith(_OWN):
            return 2, str(error)
        if isinstance(error, OSError):
            return 2, f"{error.filename or 'A file'}: {error.strerror or error}."
        return 1, f"This failed unexpectedly ({type(error).__name__}: {error}); it is a fault of netbuilder."
    return int(code or 0), _said(int(code or 0))


def _said(code: int) -> str:
    """typer swallows Ctrl-C and leaves its exit code."""
    return "Interrupted; nothing was left half done." if code == 130 else ""
