"""A job's process: reads a request, works, tells progress, says the result, ends. It is killed to cancel it."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from netbuilder.engine.stdio import Lines, one_line, own_stdout
from netbuilder.jobs.errors import Work, is_sentence
from netbuilder.jobs.table import WORK

Say = Callable[[dict[str, Any]], None]


def run(request: object, say: Say, jobs: Mapping[str, Work]) -> None:
    """Does one job: says progress, and at the end "done" or "failed". Never raises for what is asked."""
    if not isinstance(request, dict) or request.get("job") not in jobs:
        say({"is": "failed", "message": f"There is no such job; the jobs are {', '.join(jobs)}."})
        return

    def tell(done: float, text: str) -> None:
        say({"is": "progress", "done": min(1.0, max(0.0, done)), "text": text})

    try:
        result = jobs[request["job"]](request, tell)
    except BrokenPipeError:  # nobody listens any more
        raise
    except ImportError as error:
        traceback.print_exception(error)
        say({"is": "failed", "message": f"A part of the installation is missing: {one_line(error)}."})
    except MemoryError:
        say({"is": "failed", "message": "There is not enough memory for this."})
    except Exception as error:  # noqa: BLE001  # a job must end in words; the rest is on stderr
        if is_sentence(error):
            say({"is": "failed", "message": one_line(error)})
        else:
            traceback.print_exception(error)
            say({"is": "failed", "message": f"This failed unexpectedly ({type(error).__name__}): {one_line(error)}"})
    else:
        say({"is": "done", "result": result})


def main(*, stay: bool = False) -> int:
    """One request on stdin; while stdin stays open, somebody wants the answer.

    stay: one after the other, until stdin ends. Of several that wait only the newest is done; each answer carries its
    request's `id`.
    """
    out = own_stdout()

    def say(answer: dict[str, Any]) -> None:
        out.write(msgspec.json.encode(answer) + b"\n")
        out.flush()

    scratch: list[str] = []  # of the request that is worked on

    def abandoned() -> None:
        for folder in scratch:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    line = sys.stdin.buffer.readline()  # before its end is watched for: what was asked last is still answered
    lines: Lines | None = None
    while True:
        try:
            request = msgspec.json.decode(line)
        except (ValueError, RecursionError):
            say({"is": "failed", "message": "The request can't be understood."})
            return 2
        lines = lines or Lines(sys.stdin.buffer, abandoned)
        wished = request if isinstance(request, dict) else {}
        scratch[:] = filter(None, [str(wished.get("scratch", ""))])
        named = {"id": wished["id"]} if "id" in wished else {}
        say({"is": "progress", "done": 0.0, "text": "Starting", **named})
        try:
            run(request, lambda answer, named=named: say({**answer, **named}), WORK)  # type: ignore[misc]
        except BrokenPipeError:
            abandoned()
        if not stay:
            return 0
        line = lines.take()[-1]
