"""A run is a directory. This makes one and reads it; only the run's own processes write into it afterwards.

Imports no torch: the window reads a run every 200 ms.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

import netbuilder
from netbuilder.blocks.trust import Trust
from netbuilder.data.place import Place
from netbuilder.graph import file as graph_file
from netbuilder.graph.model import Project, natural_key
from netbuilder.training import files
from netbuilder.training.settings import Settings

T = TypeVar("T")
State = Literal["starting", "running", "paused", "stopping", "finished", "stopped", "failed", "vanished"]
ALIVE: frozenset[State] = frozenset({"starting", "running", "paused", "stopping"})
STARTING_SECONDS = 10.0  # after that long without a process, a run that says "starting" never will

PROJECT, SETTINGS, STATUS, METRICS = "project.netbuilder", "settings.json", "status.json", "metrics.jsonl"
START = "start.json"  # which first weights came from another run
RESULTS, MODEL, ENVIRONMENT, LOG = "results.json", "model.py", "environment.json", "log.txt"
CHECKPOINTS, PREVIEW, CONTROL, FOLDS = "checkpoints", "preview", "control", "folds"
VIEWS = "views.json"  # in the folder of a step: the views that lie beside it, in order
LOCKS = ("supervisor.lock", "trainer.lock")


class RunError(ValueError):
    """A run cannot be made, read or steered; the message is one sentence."""


class Status(msgspec.Struct, frozen=True):
    """How a run stands. `epoch` and `step` count what is done; times are in seconds.

    `started` and `updated` are since 1970 (UTC), `elapsed` is training without pauses. `error` is a sentence, with the
    graph and node that caused it where one did. `doing` says what takes its time before the first step.
    `notes` are sentences about what a person should know though the run goes on (a damaged checkpoint was passed over,
    the source is not the recorded one).
    """

    state: State = "starting"
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    error: str = ""
    error_graph: str = ""
    error_node: str = ""
    started: float = 0.0
    updated: float = 0.0
    elapsed: float = 0.0
    device: str = ""
    doing: str = ""
    notes: tuple[str, ...] = ()


class Recorded(msgspec.Struct, frozen=True):
    """What `settings.json` holds: which training graph of the project, and its settings.

    `source` is the name of the project's file, without its folder so that the folder can move; "" where the project was
    not saved, None in runs of netbuilder 0.1 before it was recorded. `folder` is where that file lay: paths of data
    begin there.
    """

    training: str
    settings: Settings
    source: str | None = None
    folder: str = ""


class CheckpointFacts(msgspec.Struct, frozen=True):
    """One checkpoint on disk. `values` are the validation figures of its epoch, {} within the first.

    `averaged` are the networks of which it has moving averages of the weights beside the weights themselves.
    """

    path: Path
    step: int
    epoch: int
    values: dict[str, float] = {}
    best: bool = False
    last: bool = False
    averaged: tuple[str, ...] = ()


class Run:
    """Reads a run's directory. Every method is cheap and looks at the disk anew; nothing is kept but the path."""

    def __init__(self, path: Path) -> None:
        self.path = files.tidy(path)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    def status(self) -> Status:
        """How the run stands; "vanished" when its processes are gone without a word. Raises RunError."""
        said = self._said()
        if said.state not in ALIVE or self.alive:
            return said
        said = self._said()  # it may have ended between the two looks
        waits = said.state == "starting" and 0 <= time.time() - said.updated < STARTING_SECONDS
        if said.state not in ALIVE or waits:
            return said
        error = "Its processes are gone without a word, as after a power cut; resume goes on from the last checkpoint."
        return msgspec.structs.replace(said, state="vanished", error=said.error or error)

    @property
    def alive(self) -> bool:
        """Whether a process of the run lives."""
        return any(files.is_held(self.path / lock) for lock in LOCKS)

    def metrics(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The records that came after `offset` bytes of `metrics.jsonl`, and the offset to go on from.

        The file only grows. A record {"kind": "resumed", "step": n} says that the run went back to step n: records of
        later steps that came before it are void.
        """
        try:
            with (self.path / METRICS).open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return [], offset
        whole = data.rfind(b"\n") + 1  # the trainer may be in the middle of a line
        return [_spelled(record) for record in _lines(data[:whole])], offset + whole

    def results(self) -> dict[str, Any] | None:
        """What stands in `results.json` at the end; None before."""
        try:
            found = msgspec.json.decode((self.path / RESULTS).read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return found if isinstance(found, dict) else None

    @property
    def weights_folder(self) -> Path:
        """Where its checkpoints lie. Of a run in folds: those of the newest fold, at the end those of the best one."""
        folds = sorted((self.path / FOLDS).glob("*"), key=lambda path: natural_key(path.name))
        if not folds:
            return self.path / CHECKPOINTS
        best = self.path / FOLDS / str((self.results() or {}).get("fold", folds[-1].name))
        return (best if best in folds else folds[-1]) / CHECKPOINTS

    def checkpoints(self) -> list[CheckpointFacts]:
        """Those on disk, newest first."""
        folder = self.weights_folder
        try:
            index = msgspec.json.decode((folder / "index.json").read_bytes(), type=dict[str, str])
        except (FileNotFoundError, msgspec.DecodeError):
            index = {}
        found = []
        for path in folder.glob("step-*"):
            try:
                facts = msgspec.json.decode((path / "facts.json").read_bytes(), type=_Facts)
            except (OSError, msgspec.DecodeError):
                continue  # being removed, or damaged: loading it by name says so
            best = index.get("best") == path.name
            found.append(CheckpointFacts(path, facts.step, facts.epoch, facts.values, best, averaged=facts.averaged))
        found.sort(key=lambda facts: facts.step, reverse=True)
        if found:  # what a resumed run goes on from
            found[0] = msgspec.structs.replace(found[0], last=True)
        return found

    def checkpoint(self, which: str = "best") -> CheckpointFacts:
        """The "best" checkpoint (the last where the run names no best), the "last", or one by its folder's name.

        Raises RunError where there is none.
        """
        found = self.checkpoints()
        if not found:
            raise RunError(f"The run {self.name} has no checkpoint yet.")
        chosen = {facts.path.name: facts for facts in found}
        chosen["last"] = found[0]
        chosen["best"] = next((facts for facts in found if facts.best), chosen["last"])
        name = Path(which).name
        if name not in chosen:
            raise RunError(f"The run {self.name} has no checkpoint {which!r}; it has {', '.join(chosen)}.")
        return chosen[name]

    def recorded(self) -> Recorded:
        """Training graph and settings of the run. Raises RunError."""
        return self._read(SETTINGS, Recorded)

    def project(self) -> Project:
        """The project as it was when the run was made. Raises RunError."""
        try:
            return graph_file.load(self.path / PROJECT)
        except (OSError, graph_file.FileError) as problem:
            raise RunError(f"The project of the run {self.name} can't be read: {problem}") from None

    def place(self, trust: Trust) -> Place:
        """Where the paths of its project's data begin: its folder, also after that was moved with its runs.

        Raises RunError.
        """
        folder = self.recorded().folder
        if not folder:
            return Place(None, trust)
        beside = self.path.parent.parent  # runs/ lies beside the project's file
        return Place(Path(folder) if Path(folder).is_dir() else beside, trust)

    def environment(self) -> dict[str, Any]:
        """Versions, platform, device, threads and the hash of the source, as recorded. Raises RunError."""
        return self._read(ENVIRONMENT, dict[str, Any])

    def _said(self) -> Status:
        return self._read(STATUS, Status)

    def _read(self, name: str, form: type[T]) -> T:
        try:
            return msgspec.json.decode((self.path / name).read_bytes(), type=form)
        except FileNotFoundError:
            raise RunError(f"{self.path} is not a run: it has no {name}.") from None
        except (OSError, msgspec.DecodeError) as problem:
            raise RunError(f"{name} of the run {self.name} can't be read: {problem}") from None


class _Facts(msgspec.Struct, frozen=True):
    step: int
    epoch: int
    values: dict[str, float]
    averaged: tuple[str, ...] = ()


def _lines(data: bytes) -> list[dict[str, Any]]:
    found = []
    for line in data.splitlines():
        try:
            record = msgspec.json.decode(line)
        except msgspec.DecodeError:
            continue  # half a line from before a power cut
        if isinstance(record, dict):
            found.append(record)
    return found


def _spelled(record: dict[str, Any]) -> dict[str, Any]:
    """The record with "nan" and "inf" as the numbers that they spell."""
    for part in ("values", "train", "validation"):
        if isinstance(values := record.get(part), dict):
            record[part] = {name: float(value) for name, value in values.items()}
    return record


def create(
    project: Project, training: str, settings: Settings, parent: Path, *, source: Path | None = None, name: str = ""
) -> Run:
    """Makes the directory of a new run below `parent` and writes what it is to train; nothing starts yet.

    `source` is the project's file, None for an unsaved one: `runs_of` finds the run again by it. `name` (else the
    project's title, else the file's stem, else the training graph) becomes part of the directory's name, as letters,
    digits and dashes only. Two runs made at the same time get two directories. Raises RunError.
    """
    graph = project.graphs.get(training)
    if graph is None or graph.kind != "training":
        names = ", ".join(sorted(key for key, each in project.graphs.items() if each.kind == "training"))
        raise RunError(f"There is no training graph {training!r}; the project has {names or 'none'}.")
    try:
        drawn = graph_file.dumps(project)
        path = _make(parent, slug(name or project.title or (source.stem if source is not None else training)))
        for folder in (CHECKPOINTS, PREVIEW, CONTROL):
            (path / folder).mkdir()
        files.write(path / PROJECT, drawn)
        settings = _with_start(settings, path.parent, source)
        files.write(path / SETTINGS, _json(Recorded(training, settings, _file_name(source), _folder(source))))
        files.write(path / ENVIRONMENT, _json(_environment()))
        files.write(path / STATUS, _json(Status(epochs=settings.epochs, updated=time.time())))
    except graph_file.FileError as problem:
        raise RunError(f"This project can't be trained because it can't be saved: {problem}.") from None
    except OSError as problem:
        raise RunError(files.explain(problem, "Making the run's folder")) from None
    return Run(path)


def start_folder(text: str, places: Iterable[Path]) -> Path | None:
    """The folder that a setting start_from means: absolute, or below the first of these places that has it."""
    wanted = Path(text.strip()).expanduser()
    found = (place / wanted for place in ((Path(),) if wanted.is_absolute() else places))
    return next((files.tidy(folder) for folder in found if folder.is_dir()), None)


def _with_start(settings: Settings, parent: Path, source: Path | None) -> Settings:
    """With the whole path of what it starts from, beside the run or the project, where that is there already."""
    if not settings.start_from.strip():
        return settings
    found = start_folder(settings.start_from, [parent, *([source.parent] if source is not None else [])])
    return msgspec.structs.replace(settings, start_from=str(found)) if found is not None else settings


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and dashes, at most 40, of any text: a folder's name that leads nowhere else."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "-".join(words)[:40].strip("-") or "run"


def _make(parent: Path, words: str) -> Path:
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise RunError(f"Runs can't lie in {parent}: that is, or lies below, a file; choose a folder.") from None
    except OSError as problem:
        raise RunError(f"The folder {parent} for runs can't be made: {_reason(problem)}; choose another.") from None
    parent = files.tidy(parent)
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    number = 1
    while True:
        path = parent / f"{stamp}-{words}-{number}"
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        except OSError as problem:
            raise RunError(f"No run can be made in {parent}: {_reason(problem)}; choose another folder.") from None
        else:
            return path


def _reason(problem: OSError) -> str:
    return (problem.strerror or type(problem).__name__).lower()


def _environment() -> dict[str, Any]:
    packages = {}
    for package in ("torch", "numpy", "scikit-learn", "safetensors"):
        try:
            packages[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            packages[package] = ""
    return {
        "netbuilder": netbuilder.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count() or 1,
        "packages": packages,
    }


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def runs_folder(project_path: Path | None) -> Path:
    """Where the runs of a project lie: `runs/` beside its file; for an unsaved one, the application's data folder."""
    if project_path is not None:
        return files.tidy(project_path.parent) / "runs"
    import platformdirs  # costs a start 5 ms, and only unsaved projects need it

    return Path(platformdirs.user_data_dir("netbuilder", appauthor=False)) / "runs"


def runs_of(path: Path | None, project: Project, folder: Path | None = None) -> list[Run]:
    """The runs of this project and of no other in its runs folder (or in `folder`), newest first.

    `path` is the project's file: its runs are those made from a file of this name, so a copy beside it has its own.
    Unsaved projects (None) have no more than their title to be known by, and so have old runs that name no file.
    Runs that can't be read are passed over.
    """
    folder = folder if folder is not None else runs_folder(path)
    return [run for run in find_runs(folder) if _belongs(run, path, project.title)]


def _belongs(run: Run, path: Path | None, title: str) -> bool:
    try:
        source = run.recorded().source
        if source is None or (source == "" and path is None):
            return run.project().title == title
    except RunError:
        return False  # half a run, or one that a newer version made
    return path is not None and source == _file_name(path)


def _folder(source: Path | None) -> str:
    return str(files.tidy(source.parent)) if source is not None else ""


def _file_name(path: Path | None) -> str:
    """As it is compared: some systems turn letters with accents into two characters, or mix small and large letters."""
    return unicodedata.normalize("NFC", os.path.normcase(path.name)) if path is not None else ""


def find_runs(folder: Path) -> list[Run]:
    """All runs in a folder, newest first; what is not a run is passed over."""
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    names.sort(key=natural_key, reverse=True)
    return [Run(folder / name) for name in names if (folder / name / STATUS).is_file()]
