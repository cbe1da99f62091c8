"""The jobs that work with weights: export and sample. Imports torch; runs in a job's own process only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.data.place import Place
from netbuilder.exchange.project_out import choose_network, export_network, named
from netbuilder.exchange.weights import Weights, choose
from netbuilder.graph.model import Project
from netbuilder.graph.plain import project_from_plain
from netbuilder.jobs.errors import JobError, Request, Tell, read_request
from netbuilder.sampling.sampler import Sampler
from netbuilder.sampling.wish import Wish
from netbuilder.training.run import VIEWS, Run
from netbuilder.training.showing import listed


class ExportRequest(msgspec.Struct):
    """`run` is a run's folder, "" for none; `checkpoint` is "best", "last" or a checkpoint's name or path.

    `name` stands for the title of a project that has none, such as the stem of its file; "" takes the run's.
    """

    project: dict[str, Any]
    network: str
    to: str
    run: str = ""
    checkpoint: str = "best"
    untrained: bool = False
    scratch: str = ""
    name: str = ""


class SampleRequest(msgspec.Struct):
    """`wish` is a `sampling.wish.Wish`; `to` the folder for the files; `run` and `checkpoint` as for an export."""

    project: dict[str, Any]
    wish: Wish
    to: str
    run: str = ""
    checkpoint: str = "best"
    scratch: str = ""


def export_job(request: Request, tell: Tell) -> dict[str, Any]:
    """A network with its weights as an ONNX file. Gives what `onnx_out.Exported` holds, and the weights in words."""
    asked = read_request(request, ExportRequest)
    project = project_from_plain(asked.project)
    if not asked.run and not asked.untrained:
        raise JobError("Which weights? Choose a run, or allow untrained weights.")
    weights = choose(Run(Path(asked.run)), asked.checkpoint) if asked.run else Weights()
    network = choose_network(project, asked.network)
    scratch = Path(asked.scratch) if asked.scratch else None
    project = named(project, asked.name or weights.project)
    done = export_network(project, network, weights, Path(asked.to), Catalogue.installed(), tell, scratch)
    return {**msgspec.to_builtins(done), "network": network, "weights": weights.words}


class SampleJob:
    """What a preview graph's views show with a run's weights, as a wish wants it.

    Gives `views`: by view the path of its file (a picture, or curves or texts as JSON), `chances` of classes, `notes`,
    and the weights in words; beside the files lies their list. A process that stays draws the next wish with what is
    built and loaded already.
    """

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._sampler: Sampler | None = None

    def __call__(self, request: Request, tell: Tell) -> dict[str, Any]:
        asked = read_request(request, SampleRequest)
        run = Run(Path(asked.run)) if asked.run else None
        weights = choose(run, asked.checkpoint) if run is not None else Weights()
        key = (msgspec.json.encode(asked.project), asked.run, weights)
        if self._sampler is None or self._key != key:
            self._key, self._sampler = key, sampler_of(project_from_plain(asked.project), run, weights)
        drawn = self._sampler.draw(asked.wish, tell)
        found = {file.view: _put(asked, file.name, file.content) for file in drawn.files}
        if drawn.files:
            _put(asked, VIEWS, listed(drawn.files))
        chances = msgspec.to_builtins(drawn.chances)
        return {"views": found, "weights": weights.words, "chances": chances, "notes": list(drawn.notes)}


def sampler_of(project: Project, run: Run | None, weights: Weights) -> Sampler:
    """A sampler with a run's weights, its data parted as that run did."""
    if run is None:
        return Sampler(project, weights, Catalogue.installed(), Place())
    fold = int((run.results() or {}).get("fold", 1)) - 1
    place, seed = run.place(Trust.of_this_machine()), run.recorded().settings.seed
    return Sampler(project, weights, Catalogue.installed(), place, seed=seed, fold=fold)


def _put(asked: SampleRequest, name: str, content: bytes) -> str:
    """Writes one file aside and moves it to its folder; gives its path."""
    target = Path(asked.to) / name
    aside = Path(asked.scratch) / name if asked.scratch else target.with_name(f".{name}.part")
    aside.write_bytes(content)
    os.replace(aside, target)
    return str(target)
