"""What a run says while it trains: records in metrics.jsonl, its state in status.json, sentences in log.txt."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from netbuilder.training import files
from netbuilder.training.run import METRICS, STATUS, Run, State, Status

STATUS_SECONDS = 0.5  # between two writings of an unchanged state


class Journal:
    """The trainer's side of a run's files. Raises OSError from every method that writes."""

    def __init__(self, run: Run, epochs: int) -> None:
        self._run = run
        before = run.status()
        self.status = Status(epochs=epochs, step=before.step, elapsed=before.elapsed, started=time.time())
        self._path = run.path / METRICS
        _drop_half_line(self._path)
        self._metrics = self._path.open("ab", buffering=0)
        self._encode = msgspec.json.Encoder().encode
        self._before: dict[str, float] = {}
        self._fold = 0
        self._next_status = 0.0

    @property
    def has_records(self) -> bool:
        """Whether there are any, from before an interruption too."""
        return self._path.stat().st_size > 0

    def close(self) -> None:
        """Closes the metrics file."""
        self._metrics.close()

    def record(self, kind: str, **fields: Any) -> None:
        """One line of metrics.jsonl; {} of numbers may hold nan and inf, which JSON has no words for."""
        fields = self._whole(fields)
        if self._fold:
            fields["fold"] = self._fold
        spelled = {name: _spell(value) if isinstance(value, Mapping) else value for name, value in fields.items()}
        self._metrics.write(self._encode({"kind": kind, **spelled}) + b"\n")

    def count_from(self, fold: int, *, epoch: int, step: int, elapsed: float) -> None:
        """What is said from now on is of this fold (from 1), and counts from where the folds before it ended."""
        self._fold = fold
        self._before = {"epoch": epoch, "step": step, "time": elapsed, "elapsed": elapsed}

    def _whole(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value + self._before.get(name, 0) if name in self._before else value for name, value in fields.items()
        }

    def progress(self, epoch: int, step: int, elapsed: float) -> None:
        """How far it is; on disk at most twice a second."""
        now = time.perf_counter()
        if now >= self._next_status:
            self._next_status = now + STATUS_SECONDS
            self.say(epoch=epoch, step=step, elapsed=elapsed)

    def doing(self, sentence: str) -> None:
        """What takes its time before steps are done, "" for nothing more; on disk at most twice a second."""
        now = time.perf_counter()
        if now >= self._next_status or (not sentence and self.status.doing):
            self._next_status = now + STATUS_SECONDS
            self.say(doing=sentence)

    def say(self, state: State | None = None, **fields: Any) -> None:
        """Writes the status with these fields changed."""
        self.status = msgspec.structs.replace(self.status, state=state or self.status.state, **self._whole(fields))
        self._write(self.status, durable=state is not None)

    def note(self, sentence: str) -> None:
        """Something a person should know though the run goes on: in the status and in the log."""
        if sentence in self.status.notes:  # each fold would say it again
            return
        log(sentence)
        self.say(notes=(*self.status.notes, sentence))

    def _write(self, status: Status, *, durable: bool) -> None:
        stamped = msgspec.structs.replace(status, updated=time.time())
        files.write(self._run.path / STATUS, msgspec.json.encode(stamped), durable=durable)


def log(sentence: str) -> None:
    """A dated line of log.txt: the trainer's standard output is that file."""
    print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), sentence, flush=True)


def _spell(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: str(v) if isinstance(v, float) and not math.isfinite(v) else v for n, v in values.items()}


def _drop_half_line(path: os.PathLike[str]) -> None:
    """What a killed trainer left of its last line; no reader has taken it, because they take whole lines."""
    try:
        with open(path, "rb+") as file:
            data = file.read()
            file.truncate(data.rfind(b"\n") + 1)
    except FileNotFoundError:
        pass
