"""The window's side of the engine: starts it, feeds it changes, drops what is stale, starts it again when it dies.

Imports neither torch nor Qt. `on_message` is called from threads of the child; the window passes a signal's emit.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from netbuilder.child import LineChild, python_command
from netbuilder.child import Message as Plain
from netbuilder.compiler.report import GraphReport, NodeFacts
from netbuilder.engine.protocol import (
    Answer,
    Code,
    Facts,
    Failed,
    Message,
    Ready,
    Report,
    State,
    StateChanged,
    answer_from_plain,
    change_request,
    open_request,
)
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document

__all__ = ["Code", "EngineClient", "Failed", "Message", "Ready", "Report", "StateChanged"]

MOST_STARTS = 5  # restarts within WINDOW seconds; one more death and the engine stays stopped
WINDOW = 60.0
BACK_OFF = (0.1, 0.5, 1.0, 2.0, 4.0)  # seconds before the first, second, ... restart within the window


class EngineClient:
    """One engine for one document (at a time: `open` changes to another one without a new process).

    It sends the document's changes by itself. Every answer that it hands on belongs to the document's revision at
    that moment; graphs of a report that came too late are handed on with the next one, because the engine says only
    what has changed. Revisions on the pipe run on over all documents, so no answer for an old one is ever taken.
    """

    def __init__(
        self,
        on_message: Callable[[Message], None],
        document: Document,
        *,
        command: Sequence[str] | None = None,
        back_off: Sequence[float] = BACK_OFF,
    ) -> None:
        self._on_message = on_message
        self._command = list(command) if command is not None else python_command("netbuilder.engine")
        self._back_off = tuple(back_off)
        self._lock = threading.RLock()
        self._restarts: deque[float] = deque(maxlen=MOST_STARTS)
        self._timer: threading.Timer | None = None
        self._child: LineChild | None = None
        self._child_ready = False
        self._closed = False
        self._generation = 0
        self._late: dict[str, GraphReport] = {}  # reports that nobody was told of yet, without their nodes
        self._facts: dict[str, dict[str, NodeFacts]] = {}  # all nodes' facts, as the engine knows them
        self._opened_at = 0
        self.state: State = "starting"
        self._reason = ""
        with self._lock:
            self._follow(document, first=0)
            self._start()

    def open(self, document: Document) -> None:
        """Follows another document from now on, with the same process. Call from the thread that edits it."""
        with self._lock:
            self._unsubscribe()
            self._follow(document, first=self._base + self._revision + 1)
            if self._child is None:
                self._restarts.clear()
                self._start()
            else:
                self._send_project()

    def restart(self) -> None:
        """Ends the process and starts another, also when it had been given up."""
        with self._lock:
            self._restarts.clear()
            if self._child is not None:
                self._child.kill()  # its end starts the next
            elif not self._closed and self._timer is None:
                self._start()

    def close(self) -> None:
        """Ends the engine; nothing is handed on afterwards."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self.state = "stopped"
            self._unsubscribe()
            if self._timer is not None:
                self._timer.cancel()
            if self._child is not None:
                self._child.kill()

    def wait_closed(self, timeout: float) -> bool:
        """After `close`: waits until the process is gone."""
        child = self._child
        return child is None or child.wait(timeout)

    @property
    def pid(self) -> int | None:
        """The process id of the engine that runs now."""
        child = self._child
        return child.pid if child is not None and child.alive else None

    def _follow(self, document: Document, first: int) -> None:
        """`first`: the number on the pipe for the document's present revision."""
        self._document = document
        self._revision, self._project = document.revision, document.project
        self._base = first - self._revision
        self._late.clear()
        self._unsubscribe = document.subscribe(self._changed)

    def _changed(self, change: Change) -> None:
        with self._lock:
            self._revision, self._project = self._document.revision, self._document.project
            number = self._base + self._revision
            if self._child is not None:
                self._child.send(lambda: change_request(number, change))
                self._say_state("busy" if self._child_ready else "starting")

    def _start(self) -> None:
        self._timer = None
        if self._closed:
            return
        self._generation += 1
        mine = self._generation
        self._child_ready = False
        self._late.clear()
        try:
            self._child = LineChild(
                self._command, lambda said: self._heard(mine, said), lambda how: self._ended(mine, how)
            )
        except OSError as error:
            self._child = None
            self._say_state("stopped", f"The engine can't be started: {error.strerror or error}.")
            return
        self._say_state("starting")
        self._send_project()

    def _send_project(self) -> None:
        assert self._child is not None
        number, project = self._base + self._revision, self._project
        self._late.clear()
        self._facts.clear()
        self._opened_at = number
        self._child.send(lambda: open_request(number, project))
        if self._child_ready:
            self._say_state("busy")

    def _heard(self, generation: int, said: Plain) -> None:
        """Called by the child's reading thread. Decoding is not under the lock: the window would wait for it."""
        try:
            answer = answer_from_plain(said)
        except ValueError:  # msgspec's errors and the file's are such
            with self._lock:
                if generation == self._generation and self._child is not None:
                    self._child.kill()  # its end is told and starts the next
            return
        with self._lock:
            if generation == self._generation and not self._closed:
                self._take(answer)

    def _take(self, answer: Answer) -> None:
        now = self._base + self._revision
        match answer:
            case Ready():
                self._child_ready = True
                self._on_message(answer)
                self._say_state("busy")
            case Facts(revision=number):
                if number >= self._opened_at:  # what was on its way before that is of another project
                    held = self._facts.setdefault(answer.graph, {})
                    for id in answer.gone:
                        held.pop(id, None)
                    held.update(answer.nodes)
            case Report(revision=number, graphs=graphs):
                if number >= self._opened_at:
                    self._late.update(graphs)
                if number == now:
                    kept = {
                        name: msgspec.structs.replace(report, nodes=dict(self._facts.get(name, {})))
                        for name, report in self._late.items()
                        if name in self._project.graphs
                    }
                    self._late.clear()
                    self._on_message(Report(number - self._base, kept))
                    self._say_state("ready")
            case Code(revision=number):
                if number == now:
                    self._on_message(msgspec.structs.replace(answer, revision=number - self._base))
            case Failed(revision=number):
                if answer.lost:
                    self._reopen()
                elif number == now or number < 0:
                    self._on_message(msgspec.structs.replace(answer, revision=max(-1, number - self._base)))
                    self._say_state("ready" if self._child_ready else "starting")

    def _reopen(self) -> None:
        """The engine has lost the thread: it gets the whole project again, as seldom as a dead one is restarted."""
        assert self._child is not None
        if self._may_restart():
            self._restarts.append(time.monotonic())
            self._send_project()
        else:
            self._child.kill()

    def _may_restart(self) -> bool:
        while self._restarts and time.monotonic() - self._restarts[0] > WINDOW:
            self._restarts.popleft()
        return len(self._restarts) < MOST_STARTS

    def _ended(self, generation: int, how: str) -> None:
        """Called by the child's waiting thread when it is gone."""
        with self._lock:
            if generation != self._generation or self._closed:
                return
            said = f": {self._child.tail[-1]}" if self._child is not None and self._child.tail else ""
            self._child = None
            if not self._may_restart():
                text = f"The engine has ended too often and is not started again (the last one {how}{said})."
                self._say_state("stopped", text)
                return
            delay = self._back_off[min(len(self._restarts), len(self._back_off) - 1)]
            self._restarts.append(time.monotonic())
            self._say_state("starting", f"The engine was lost ({how}); it is started again.")
            self._timer = threading.Timer(delay, self._start_later)
            self._timer.daemon = True
            self._timer.start()

    def _start_later(self) -> None:
        with self._lock:
            if self._child is None:
                self._start()

    def _say_state(self, state: State, text: str = "") -> None:
        if (state, text) != (self.state, self._reason) and not (state == self.state and not text):
            self.state, self._reason = state, text
            self._on_message(StateChanged(state, text))
