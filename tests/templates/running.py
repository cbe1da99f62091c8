"""Training a preset as the window does, and reading the figure that it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from netbuilder.graph import file
from netbuilder.graph.model import Project
from netbuilder.presets import Figure
from netbuilder.resources import template
from netbuilder.training import client
from netbuilder.training.run import Run, create
from netbuilder.training.settings import resolve
from tests.templates import measures
from tests.training.waiting import ended

MOST_COPIES = 8


def shallow(project: Project) -> Project:
    """The same with at most eight copies in a row, for tests that ask whether something works and not how deep."""
    graphs = project.graphs
    for name, graph in graphs.items():
        nodes = graph.nodes
        for id, node in nodes.items():
            repeat = node.params.get("repeat")
            if isinstance(repeat, int) and repeat > MOST_COPIES:
                nodes = nodes.set(id, msgspec.structs.replace(node, params=node.params.set("repeat", MOST_COPIES)))
        graphs = graphs.set(name, msgspec.structs.replace(graph, nodes=nodes))
    return msgspec.structs.replace(project, graphs=graphs)


def training_of(name: str) -> str:
    """The one training graph of a preset."""
    project = file.load(template(name))
    (found,) = (graph for graph, held in project.graphs.items() if held.kind == "training")
    return found


def started(name: str, parent: Path, **settings: Any) -> Run:
    """A run of the preset on one thread of the processor, with its own settings but for these."""
    project, training = file.load(template(name)), training_of(name)
    values = {**project.settings.get(training, {}), "device": "cpu", "threads": 1, **settings}
    run = create(project, training, resolve(values), parent, name=name)
    client.start(run)
    return run


def trained(name: str, parent: Path, **settings: Any) -> Run:
    """The same, when it has ended well."""
    run = started(name, parent, **settings)
    assert ended(run) == "finished", run.status()
    return run


def figure(run: Run, promised: Figure) -> float:
    """What the run reached of what is promised."""
    kind, _, name = promised.source.partition(":")
    if kind == "measure":
        return float(getattr(measures, name)(run))
    found: Any = run.results()
    for key in promised.source.split("."):
        found = found[key]
    return float(found)
