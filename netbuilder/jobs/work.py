"""The jobs that work with weights: export and preview. Imports torch; runs in a job's own process only."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.trust import Trust
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import NotReady, build
from netbuilder.data.loaders import Batch, load
from netbuilder.data.place import Place
from netbuilder.exchange.project_out import choose_network, export_network, named
from netbuilder.exchange.weights import Weights, choose, networks
from netbuilder.graph.model import Project
from netbuilder.graph.plain import project_from_plain
from netbuilder.jobs.errors import JobError, Request, Tell, read_request
from netbuilder.training.run import Run
from netbuilder.training.showing import LIST, File, listed, samples_of, shown


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


class PreviewRequest(msgspec.Struct):
    """`to` is the folder for the files; `run` and `checkpoint` as for an export."""

    project: dict[str, Any]
    graph: str
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


def preview_job(request: Request, tell: Tell) -> dict[str, Any]:
    """What a preview graph's views show for the first samples of its data, drawn with a run's weights.

    Gives `views`: by view the path of its file (a picture, or curves or texts as JSON), and the weights in words;
    beside the files lies their list.
    """
    asked = read_request(request, PreviewRequest)
    project = project_from_plain(asked.project)
    graph = project.graphs.get(asked.graph)
    if graph is None or graph.kind != "preview":
        raise JobError(f"The project has no preview graph {asked.graph!r}.")
    tell(0.0, "Building the networks")
    catalogue = Catalogue.installed()
    program, seed = _program(project, asked, catalogue)
    weights = choose(Run(Path(asked.run)), asked.checkpoint) if asked.run else Weights()
    net = SimpleNamespace(**networks(program, program.networks, weights))
    name = program.previews_data.get(asked.graph, "")
    tell(0.3, "Loading the data")
    batch: Batch = {}
    if name:
        place = Run(Path(asked.run)).place(Trust.of_this_machine()) if asked.run else Place()
        found_data = load(project.datasets[name], seed, place=place)
        count = samples_of(project, catalogue, asked.graph)
        batch = {id: column[:count] for id, column in found_data.validation.items()}
    tell(0.6, "Running the networks")
    torch.manual_seed(seed)
    with torch.no_grad():
        views = program.previews[asked.graph](batch, net)
    found: dict[str, str] = {}
    files: list[File] = []
    for file in shown(project, catalogue, asked.graph, views):
        tell(0.7 + 0.3 * len(files) / len(views), f"Drawing {file.title}")
        found[file.view] = _put(asked, file.name, file.content)
        files.append(file)
    if files:
        _put(asked, LIST, listed(files))
    return {"views": found, "weights": weights.words}


def _program(project: Project, asked: PreviewRequest, catalogue: Catalogue) -> tuple[Any, int]:
    placed = {
        str(node.params.get(param.name, ""))
        for node in project.graphs[asked.graph].nodes.values()
        if (block := catalogue.get(node.block)) is not None
        for param in block.typed(node.params)
        if isinstance(param, NetworkRef)
    }
    try:
        analyser = Analyser(catalogue, trust=Trust.of_this_machine())
        program = build(project, None, catalogue, analyser, sorted(placed & set(project.graphs)))
    except NotReady as error:
        raise JobError(f"The preview can't be drawn yet: {error.problems[0].message}") from error
    if asked.graph not in program.previews:
        raise JobError(f"The preview {asked.graph!r} has errors of its own; mend them first.")
    return program, Run(Path(asked.run)).recorded().settings.seed if asked.run else 0


def _put(asked: PreviewRequest, name: str, content: bytes) -> str:
    """Writes one file aside and moves it to its folder; gives its path."""
    target = Path(asked.to) / name
    aside = Path(asked.scratch) / name if asked.scratch else target.with_name(f".{name}.part")
    aside.write_bytes(content)
    os.replace(aside, target)
    return str(target)
