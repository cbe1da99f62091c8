"""A child process that speaks JSON lines: started, fed, read, killed, and its end told in words. No Qt, no torch.

Whatever the child does, the parent stays well: what it writes is read by threads of our own, a line has a longest
length, a flood is slowed down by not reading it, and what waits to be sent is written by a thread as well, so that a
child that hangs never blocks whoever calls `send`.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

import msgspec

LONGEST_LINE = 64 * 2**20
MOST_A_SECOND = 1000  # messages that are handed on; a child that writes more is read no faster
_CHUNK = 2**16
_TAIL_LINES, _TAIL_WIDTH = 40, 1000
_SIGNALS = {
    9: "killed by signal 9, possibly out of memory",
    11: "crashed with signal 11 (it touched memory that is not its own)",
    6: "aborted with signal 6",
    4: "crashed with signal 4 (an instruction that this processor does not have)",
    7: "crashed with signal 7 (memory or a file under it went away)",
    2: "interrupted with Ctrl-C",
    15: "ended by signal 15, as somebody asked it to",
}
_WINDOWS = {
    0xC0000005: "crashed: it touched memory that is not its own",
    0xC00000FD: "crashed: its stack was full",
    0xC0000017: "out of memory",
    0xC000013A: "interrupted with Ctrl-C",
}

Message = dict[str, Any]


def describe_exit(returncode: int) -> str:
    """How a process ended, in words, from what `Popen.returncode` or a shell (128 + signal) gives."""
    if returncode == 0:
        return "ended by itself"
    number = -returncode if returncode < 0 else returncode - 128 if 128 < returncode < 160 else 0
    if number:
        try:
            name = signal.Signals(number).name
        except ValueError:
            return f"killed by signal {number}"
        return _SIGNALS.get(number, f"killed by signal {number} ({name})")
    return _WINDOWS.get(returncode, f"ended with exit code {returncode}")


def python_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this package with this Python; `-P` keeps the current folder out of imports."""
    return [sys.executable, "-P", "-m", module, *arguments]


def python_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for such a child: it finds this very package, speaks UTF-8 and lets idle threads sleep."""
    env = dict(os.environ if base is None else base)
    package = str(Path(__file__).resolve().parent.parent)
    paths = [package, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    env["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    env["PYTHONUTF8"] = "1"
    env.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return env


class LineChild:
    """One child process. `on_message(dict)` and, once and last, `on_exit(sentence)` are called from its own threads.

    A line that is no JSON object is not handed on but kept in `tail`. Raises OSError where it can't be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_message: Callable[[Message], None],
        on_exit: Callable[[str], None],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        longest: int = LONGEST_LINE,
        most_a_second: int = MOST_A_SECOND,
    ) -> None:
        self._on_message, self._on_exit = on_message, on_exit
        self._longest, self._most = longest, most_a_second
        self._outbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._lock = threading.Lock()
        self._reaped = False
        self._muted = False
        self._verdict = ""
        self.exited = threading.Event()
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=dict(python_environment() if env is None else env),
            cwd=cwd,
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        stdin, stdout, stderr = cast(
            "tuple[IO[bytes], ...]", (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        self._reader = self._thread(self._read, stdout)
        self._complaints = self._thread(self._read_errors, stderr)
        self._thread(self._write, stdin)
        self._thread(self._wait)

    def _thread(self, target: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, daemon=True, name=f"child-{self.pid}-{target.__name__}")
        thread.start()
        return thread

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self.exited.is_set()

    @property
    def tail(self) -> tuple[str, ...]:
        """The last lines that the child wrote to stderr, or to stdout without them being messages."""
        return tuple(self._tail)

    def send(self, message: object) -> None:
        """Queues one message; returns at once. A function is called for its message by the writing thread.

        What is sent to a child that has ended is dropped.
        """
        if message is not None:
            self._outbox.put(message)

    def close_input(self) -> None:
        """After what is queued, the child's stdin is closed; children of ours end then."""
        self._outbox.put(None)

    def kill(self) -> None:
        """Ends the child and what it started, now. No message is handed on afterwards; `on_exit` still is."""
        self._muted = True
        with self._lock:
            if not self._reaped:
                self._end_group()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until the child has ended and `on_exit` has been called; False if it has not in that many seconds."""
        return self.exited.wait(timeout)

    def _end_group(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def _write(self, pipe: IO[bytes]) -> None:
        with pipe:
            while (message := self._outbox.get()) is not None:
                data = memoryview(msgspec.json.encode(message() if callable(message) else message) + b"\n")
                try:
                    while data:
                        data = data[pipe.write(data) :]
                except OSError:  # it has closed its stdin or ended; the waiting thread tells
                    return

    def _read(self, pipe: IO[bytes]) -> None:
        try:
            with pipe:
                self._read_lines(pipe.fileno())
        except BaseException:  # a listener that raises must not leave a child that nobody reads
            self.kill()
            raise

    def _read_lines(self, fd: int) -> None:
        second, count = time.monotonic(), 0
        held = bytearray()
        while chunk := os.read(fd, _CHUNK):
            held += chunk
            if b"\n" in chunk:
                *lines, held = held.split(b"\n")
                for line in lines:
                    count += 1
                    if count > self._most:
                        time.sleep(max(0.0, second + 1.0 - time.monotonic()))
                    if time.monotonic() - second >= 1.0:
                        second, count = time.monotonic(), 0
                    self._take(line)
            if len(held) > self._longest:
                held.clear()
                self._verdict = f"was ended because it wrote a line of more than {self._longest:,} bytes"
                self.kill()

    def _take(self, line: bytes | bytearray) -> None:
        if self._muted or not line.strip():
            return
        try:
            message = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            message = None
        if isinstance(message, dict):
            self._on_message(message)
        else:
            self._keep(line)

    def _read_errors(self, pipe: IO[bytes]) -> None:
        held = b""
        with pipe:
            while chunk := os.read(pipe.fileno(), _CHUNK):
                *lines, held = (held + chunk).split(b"\n")
                held = held[-_CHUNK:]
                for line in lines:
                    self._keep(line)
        self._keep(held)

    def _keep(self, line: bytes | bytearray) -> None:
        text = line[:_TAIL_WIDTH].decode(errors="replace").strip()
        if text:
            self._tail.append(text)

    def _wait(self) -> None:
        if hasattr(os, "waitid"):
            # Seen but not yet reaped: until then nobody else can get its number, so the group can be ended safely.
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        with self._lock:
            self._end_group()  # what it may have left running; otherwise that would hold our pipes open
            returncode = self._process.wait()
            self._reaped = True
        self._outbox.put(None)
        self._reader.join(5.0)
        self._complaints.join(1.0)
        try:
            self._on_exit(self._verdict or describe_exit(returncode))
        finally:
            self.exited.set()
