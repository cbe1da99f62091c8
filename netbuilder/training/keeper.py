"""Which checkpoints a run has on disk: last, best and the newest few. Written by a thread while training goes on."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import msgspec

from netbuilder.training import checkpoint, files
from netbuilder.training.checkpoint import CheckpointError, Position, Snapshot

NEWEST = 3  # so that a damaged last one leaves another to go on from
INDEX = "index.json"
SHARE = 50.0  # a snapshot is taken at most each this many times the seconds that taking one holds the loop up


class Keeper:
    """Takes snapshots off the loop's hands. Not safe to call from more than one thread."""

    def __init__(self, folder: Path, seconds: float) -> None:
        """`seconds` between checkpoints at least."""
        self._folder = folder
        self._seconds = seconds
        self._next = time.perf_counter() + seconds
        self._best: Snapshot | None = None  # not yet on disk
        self._thread: threading.Thread | None = None
        self._problem: OSError | None = None
        self._written: dict[str, Position] = {}  # by this process: one that is best and last is written once
        self.last_step = -1
        self._index = self._read_index()
        for leftover in (*folder.glob(".step-*.part"), *folder.glob(".step-*.old")):
            checkpoint.remove(leftover)

    def due(self) -> bool:
        """Whether it is time for a checkpoint. Raises OSError if the one before could not be written."""
        if self._thread is not None:
            if self._thread.is_alive():
                return False
            self.wait()
        return time.perf_counter() >= self._next

    def note_best(self, snapshot: Snapshot) -> None:
        """Remembers the best epoch so far; it goes to disk together with the next checkpoint."""
        self._best = snapshot

    def save(self, snapshot: Snapshot, cost: float = 0.0) -> None:
        """Writes the snapshot, and a new best one, in the background. `cost`: seconds that the loop spent on it."""
        self.wait()
        best, self._best = self._best, None
        self._thread = threading.Thread(target=self._write, args=(snapshot, best), name="checkpoint", daemon=True)
        self._thread.start()
        self._next = time.perf_counter() + max(self._seconds, SHARE * cost)

    def finish(self, snapshot: Snapshot) -> None:
        """Begins to write what is not yet on disk, due or not; `wait` is when it is there. Raises OSError."""
        self.wait()
        if self._best is not None or self._written.get(snapshot.name) != snapshot.state.position:
            self.save(snapshot)

    def wait(self) -> None:
        """Until everything given lies on disk. Raises OSError with what went wrong."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._problem is not None:
            problem, self._problem = self._problem, None
            raise problem

    def newest(self) -> tuple[Snapshot | None, list[str]]:
        """The newest checkpoint that is whole, and sentences about damaged newer ones.

        Later ones than that are removed: the run comes by their steps again. Raises CheckpointError where there are
        checkpoints and none is whole.
        """
        notes: list[str] = []
        for path in sorted(self._folder.glob("step-*"), key=_step, reverse=True):
            try:
                snapshot = checkpoint.read(path)
            except CheckpointError as problem:
                notes.append(str(problem))
                continue
            for later in self._folder.glob("step-*"):
                if _step(later) > _step(path):
                    checkpoint.remove(later)
            self.last_step = snapshot.state.position.step
            return snapshot, notes
        if notes:
            raise CheckpointError(f"No checkpoint of this run can be used. {notes[0]}")
        return None, notes

    def best_path(self) -> Path | None:
        """Where the best checkpoint lies, None if there is none."""
        path = self._folder / self._index.get("best", "none")
        return path if path.is_dir() else None

    def _write(self, snapshot: Snapshot, best: Snapshot | None) -> None:
        try:
            if best is not None and self._put(best):
                self._index["best"] = best.name
            if self._put(snapshot):
                self.last_step = snapshot.state.position.step
            files.write(self._folder / INDEX, msgspec.json.encode(self._index))
            self._prune()
        except OSError as problem:
            self._problem = problem

    def _put(self, snapshot: Snapshot) -> bool:
        """Whether it is on disk. Weights that are no numbers are not worth keeping, and those before are."""
        if checkpoint.not_finite(snapshot):
            return False
        position = snapshot.state.position
        if (
            self._written.get(snapshot.name) != position
        ):  # an epoch's last step may be written before its end, and again
            checkpoint.write(snapshot, self._folder)
            self._written[snapshot.name] = position
        return True

    def _prune(self) -> None:
        found = sorted(self._folder.glob("step-*"), key=_step, reverse=True)
        for path in found[NEWEST:]:
            if path.name != self._index.get("best"):
                checkpoint.remove(path)

    def _read_index(self) -> dict[str, str]:
        with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
            return msgspec.json.decode((self._folder / INDEX).read_bytes(), type=dict[str, str])
        return {}


def _step(path: Path) -> int:
    number = path.name.partition("-")[2]
    return int(number) if number.isdecimal() else -1
