"""Watches over one trainer: starts it with its environment set, waits, and puts its end into words. No torch.

`python -m netbuilder.training.supervisor RUN`. It runs detached from whoever started it, and holds a lock, so that a
process number that the system gave to somebody else is never mistaken for it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from netbuilder.child import describe_exit, python_command, python_environment
from netbuilder.training import files
from netbuilder.training.run import ALIVE, LOCKS, LOG, STATUS, Run, RunError, Status


def main(arguments: list[str]) -> int:
    """Runs the trainer of the run named by the one argument; gives the trainer's exit code."""
    run = Run(Path(arguments[0]))
    try:
        lock = files.Lock(run.path / LOCKS[0])
    except files.Held:
        print(f"{_now()} another supervisor already watches over this run", flush=True)
        return 3
    if files.is_held(run.path / LOCKS[1]):
        print(f"{_now()} a trainer of this run still lives; it goes on by itself", flush=True)
        return 3
    code = _train(run)
    _conclude(run, code)
    lock.release()
    return code


def _train(run: Run) -> int:
    process = subprocess.Popen(
        python_command("netbuilder.training", str(run.path)),
        stdin=subprocess.DEVNULL,
        env=_environment(run),
        cwd=run.path,
    )

    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)  # the system shuts down: the trainer writes a checkpoint and stops

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    return process.wait()


def _environment(run: Run) -> dict[str, str]:
    """What torch reads when it is imported and not later."""
    env = python_environment()
    try:
        threads = run.recorded().settings.threads
    except RunError:
        threads = 0  # the trainer reads it again and says what is wrong
    # Idle threads that spin make tiny operations 90 times slower on a busy machine.
    env["OMP_WAIT_POLICY"] = "PASSIVE"
    if threads:
        env["OMP_NUM_THREADS"] = env["MKL_NUM_THREADS"] = str(threads)
    env["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # cuBLAS repeats its results only with this
    env["PYTHONUNBUFFERED"] = "1"
    return env


def _conclude(run: Run, code: int) -> None:
    """The trainer says itself how it ended where it can; otherwise its exit code or signal does."""
    said = run.status()
    if code == 0 and said.state not in ALIVE:
        return
    if said.state == "failed":
        return
    words = describe_exit(code)
    was = "was " if words.startswith(("killed", "interrupted")) else ""
    last = f" Its last words: {tail}" if code > 0 and (tail := _last_line(run.path / LOG)) else ""
    print(f"{_now()} the trainer {was}{words}", flush=True)
    error = f"The trainer {was}{words}.{last}"
    files.write(run.path / STATUS, _encoded(said, state="failed", error=error))


def _encoded(said: Status, **changed: Any) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(said, updated=time.time(), **changed))


def _last_line(path: Path) -> str:
    """The last line that is not empty, shortened: of a traceback it is the one that says what happened."""
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip()[:300] if lines else ""


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


if __name__ == "__main__":
    try:
        sys.exit(0 if main(sys.argv[1:]) == 0 else 1)
    except (RunError, OSError) as problem:
        print(f"{_now()} {problem}", flush=True)
        sys.exit(1)
