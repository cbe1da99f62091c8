"""train: starts a run as the window does, and watches it by reading its folder.

Imports no torch unless a device is named.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
import typer

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.cli.errors import BadInput, Failure, Interrupted
from netbuilder.cli.files import read
from netbuilder.cli.plain import plain, seconds, short_number
from netbuilder.cli.screen import console, print_json, progress_bar, text
from netbuilder.data.place import Place
from netbuilder.data.project_data import asking, read_by
from netbuilder.graph.model import Project, natural_key
from netbuilder.training import client
from netbuilder.training.run import ALIVE, Run, RunError, Status, create, runs_folder, start_folder
from netbuilder.training.settings import Settings, SettingsError, parse, resolve_for

POLL = 0.1  # seconds between two looks at the run's folder
_MOST_VALUES = 4


def train_project(
    file: Path,
    settings: list[str],
    device: str,
    training: str,
    runs: Path | None,
    *,
    start_from: str = "",
    allow_data: bool = False,
    detach: bool,
    json: bool,
) -> int:
    """Starts the run and watches it to its end."""
    project = read(file)
    need_data(project, choose_training(project, training), file, allow=allow_data, ask=not (json or detach))
    run = start(project, settings, device, training, runs or runs_folder(file), file, start_from)
    if detach:
        print_json({"kind": "started", "run": str(run.path)}) if json else print(plain(run.path))
        return 0
    show = JsonLines() if json else Bars() if sys.stdout.isatty() else Lines()
    status = watch(run, show)
    finish(run, status)
    return 0


def start(
    project: Project,
    settings: list[str],
    device: str,
    training: str,
    folder: Path,
    file: Path,
    start_from: str = "",
) -> Run:
    """Makes and starts a run of the training graph of the project, which lies in `file`. Raises BadInput."""
    graph = choose_training(project, training)
    try:
        values = dict(project.settings.get(graph, {}))
        values.update(parse(text) for text in settings)
        if device:
            values["device"] = device
        if start_from:
            values["start_from"] = start_from
        chosen = resolve_for(project.graphs[graph], values, Catalogue.installed())
        _need_device(chosen.device)
        chosen = _with_start(chosen, [Path.cwd(), folder, file.parent])
        run = create(project, graph, chosen, folder, source=file)
        client.start(run)
    except (SettingsError, RunError) as error:
        raise BadInput(str(error)) from error
    return run


def need_data(project: Project, training: str, file: Path, *, allow: bool, ask: bool) -> None:
    """Data outside of the project's folder is read after a person has allowed it. Raises BadInput where nobody did."""
    place = Place(file.absolute().parent, Trust.of_this_machine())
    for name, path in asking(project, place, read_by(project, training)).items():
        said = f"The data set {name!r} lies at {str(path)!r}, outside of the project's folder"
        if not allow and ask and sys.stdin.isatty():
            console().print(text(f"{said}."))
            allow = typer.confirm("Allow projects on this machine to read it?", default=False)
        if not allow:
            raise BadInput(f"{said}, so it is read only after you allowed it: give --allow-data.")
        try:
            place.allow(path)
        except OSError as error:
            raise BadInput(f"What you allow can't be kept: {error.strerror or error}.") from error


def _with_start(settings: Settings, places: list[Path]) -> Settings:
    """With the whole path of the run or checkpoint that it starts from. Raises BadInput where there is none."""
    if not settings.start_from.strip():
        return settings
    found = start_folder(settings.start_from, places)
    if found is None:
        raise BadInput(
            f"Setting start_from: there is no folder {settings.start_from!r}; give a run's folder or a checkpoint's."
        )
    return msgspec.structs.replace(settings, start_from=str(found))


def _need_device(name: str) -> None:
    """Raises BadInput where there is no such device. Only who names one waits the second that importing torch takes."""
    if name in ("auto", "cpu"):
        return
    from netbuilder.training.work import WorkError, choose_device

    try:
        choose_device(name)
    except WorkError as error:
        raise BadInput(str(error)) from error


def choose_training(project: Project, name: str = "") -> str:
    """The training graph of this name, the only one for "". Raises BadInput."""
    found = sorted((n for n, graph in project.graphs.items() if graph.kind == "training"), key=natural_key)
    there = ", ".join(found) or "none"
    if found and name and name not in found:
        raise BadInput(f"The project has no training graph {name!r}; it has: {there}.")
    if not found:
        raise BadInput(
            "The project has no training graph to train with; add one in the window, or begin with "
            "`netbuilder new --template mlp_digits FILE`."
        )
    if not name and len(found) > 1:
        raise BadInput(f"The project has {len(found)} training graphs ({there}); name one with --training.")
    return name or found[0]


class Show(Protocol):
    """How a run is shown while it goes on."""

    def begin(self, run: Run) -> None: ...

    def records(self, records: list[dict[str, Any]], status: Status) -> None: ...

    def say(self, sentence: str) -> None: ...

    def end(self, run: Run, status: Status) -> None: ...


def watch(run: Run, show: Show) -> Status:
    """Shows the run until it ends. The first Ctrl-C asks it to stop and waits for that.

    Raises Interrupted with a second Ctrl-C, and after the run has ended because of the first.
    """
    asked = False
    show.begin(run)
    offset = 0
    while True:
        try:
            status = run.status()
            records, offset = run.metrics(offset)
            show.records(records, status)
            if status.state not in ALIVE:
                break
            time.sleep(POLL)
        except KeyboardInterrupt:
            if asked:
                show.end(run, run.status())
                raise Interrupted(f"No longer watching; the run is stopping by itself in {run.path}.") from None
            asked = True
            with contextlib.suppress(RunError):  # it may have ended just now
                client.stop(run)
            show.say("Stopping: the run writes a checkpoint. Ctrl-C again stops watching only.")
        except RunError as error:
            raise Failure(str(error)) from error
    show.end(run, status)
    if asked:
        raise Interrupted(f"The run lies in {run.path}; `netbuilder resume` with that folder goes on from there.")
    return status


def finish(run: Run, status: Status) -> None:
    """Raises Failure with a sentence where the run did not come to its end."""
    if status.state in ("failed", "vanished"):
        where = f" (at {status.error_graph}.{status.error_node})" if status.error_node else ""
        raise Failure(f"The run {status.state}{where}: {status.error or 'nobody knows why.'} It lies in {run.path}.")
    if status.state == "stopped":
        raise Failure(f"The run was stopped before its end; it lies in {run.path}.")


def test_values(run: Run) -> dict[str, float]:
    """What the test data gave at the end, {} before."""
    return dict(_test_record(run).get("values", {}))


def _test_record(run: Run) -> dict[str, Any]:
    records, _ = run.metrics(0)
    return next((record for record in reversed(records) if record.get("kind") == "test"), {})


def shown(values: Mapping[str, float], most: int = _MOST_VALUES) -> str:
    """`accuracy 0.9861, loss 0.05`, of the first few."""
    items = sorted(values.items(), key=lambda item: natural_key(item[0]))[:most]
    return ", ".join(f"{name} {short_number(value)}" for name, value in items)


def closing_lines(run: Run, status: Status) -> list[str]:
    """What is said at the end of a run."""
    lines = list(status.notes)
    record = _test_record(run)
    if values := record.get("values"):
        folds = f" (mean of {record['fold']} folds)" if "spread" in record else ""
        lines.append(f"Test{folds}: {shown(values)}")
    spent = f", {seconds(status.elapsed)} of training" if status.elapsed else ""
    lines.append(f"Run {status.state} after epoch {status.epoch} of {status.epochs}, step {status.step}{spent}")
    lines.append(f"Run: {run.path}")
    return lines


class JsonLines:
    """One JSON object a line: {"kind": "started"}, the records of the run as they are, {"kind": "end"}."""

    def begin(self, run: Run) -> None:
        print_json({"kind": "started", "run": str(run.path)})

    def records(self, records: list[dict[str, Any]], status: Status) -> None:
        for record in records:
            print_json(finite(record))

    def say(self, sentence: str) -> None:
        print_json({"kind": "note", "text": sentence})

    def end(self, run: Run, status: Status) -> None:
        state = {"state": status.state, "epoch": status.epoch, "step": status.step, "error": status.error}
        print_json({"kind": "end", "run": str(run.path), **state, "test": finite(test_values(run))})


def finite(value: Any) -> Any:
    """JSON has no nan and inf: they are spelled as text."""
    if isinstance(value, dict):
        return {name: finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


class Lines:
    """A line an epoch: for files and pipes."""

    def begin(self, run: Run) -> None:
        print(plain(f"Run: {run.path}"), flush=True)

    def records(self, records: list[dict[str, Any]], status: Status) -> None:
        for record in records:
            if record.get("kind") == "epoch":
                parts = (f"{part}: {shown(record[part])}" for part in ("train", "validation") if record.get(part))
                print(plain(f"epoch {record.get('epoch')}/{status.epochs}  {'  '.join(parts)}"), flush=True)

    def say(self, sentence: str) -> None:
        print(plain(sentence), flush=True)

    def end(self, run: Run, status: Status) -> None:
        for line in closing_lines(run, status):
            print(plain(line), flush=True)


class Bars:
    """A bar over all steps with loss and metrics, for a terminal."""

    def __init__(self) -> None:
        self._screen = console()
        self._bar = progress_bar(self._screen)
        self._task = self._bar.add_task("", total=None, before="starting", after="")
        self._step: dict[str, float] = {}
        self._validation: dict[str, float] = {}

    def begin(self, run: Run) -> None:
        self._bar.start()

    def records(self, records: list[dict[str, Any]], status: Status) -> None:
        for record in records:
            if record.get("kind") == "step":
                self._step = record.get("values", {})
            elif record.get("kind") == "epoch":
                self._validation = record.get("validation", {})
        epoch = f"epoch {min(status.epoch + 1, status.epochs)}/{status.epochs}"
        before = status.doing or (epoch if status.steps else status.state)
        after = ", ".join(f"{name} {value:.3g}" for name, value in list(self._step.items())[:3])
        if self._validation:
            after += " | validation " + ", ".join(f"{n} {v:.3g}" for n, v in list(self._validation.items())[:3])
        if status.state == "paused":
            after = "paused"
        self._bar.update(self._task, completed=status.step, total=status.steps or None, before=before, after=after)

    def say(self, sentence: str) -> None:
        self._screen.print(text(sentence))

    def end(self, run: Run, status: Status) -> None:
        self._bar.stop()
        for line in closing_lines(run, status):
            self._screen.print(text(line))
