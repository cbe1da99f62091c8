"""A project's source as something that runs: built from text that we wrote, registered so that tracebacks show it."""

from __future__ import annotations

import hashlib
import linecache
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import torch
import torch.nn.functional as F
from torch import nn

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import source, steps, variants
from netbuilder.compiler.analyse import Analyser, Study
from netbuilder.compiler.classes import Call, errors, names_of, nested_first, network_parts, own_code
from netbuilder.compiler.cost import quiet
from netbuilder.compiler.gradients import frozen
from netbuilder.compiler.metrics import MetricPlan, metric_plans
from netbuilder.compiler.plans import OptimizerPlan, datasets_of, eager_networks, optimizer_plans, precision_of
from netbuilder.compiler.report import Problem
from netbuilder.compiler.source import TopNames
from netbuilder.compiler.text import Source, Spans, Text, comment
from netbuilder.compiler.training_step import train_step
from netbuilder.compiler.wiring import Catalogue
from netbuilder.graph.model import Project

Tensors = dict[str, torch.Tensor]
TITLE = "Written by netbuilder from a drawn project."


class NotReady(ValueError):
    """Errors stand in what was to be built: `problems`, all of severity "error"."""

    def __init__(self, found: Iterable[Problem]) -> None:
        self.problems = tuple(found)
        super().__init__(self.problems[0].message if self.problems else "There is nothing to build.")


class Program(msgspec.Struct, frozen=True):
    """Loaded source. `networks` by graph name; `train_step`, `eval_step` and `predict` only with a training graph.

    `datasets`: the first decides how long an epoch is, and with more than one a batch is {data set: columns}.
    `optimizers` in the order in which they run; `frozen` networks do not learn, `eager` ones are not compiled, with
    the reason.
    """

    source: str
    spans: Spans
    lines: dict[int, tuple[str, str]]
    hash: str
    filename: str
    networks: dict[str, Callable[[], nn.Module]]
    previews: dict[str, Callable[[Tensors, Any], dict[str, Tensors]]]
    previews_data: dict[str, str]
    optimizers: tuple[OptimizerPlan, ...] = ()
    metrics: tuple[MetricPlan, ...] = ()
    datasets: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    eager: dict[str, str] = {}
    functions: dict[str, Callable[..., Any]] = {}

    @property
    def dataset(self) -> str:
        """The data set whose length is the epoch, "" if there is none."""
        return self.datasets[0] if self.datasets else ""

    def train_step(self, batch: Tensors, net: Any, opt: Any, step: int) -> Tensors:
        """One step of learning; gives losses and metrics as detached scalars, means over the batch."""
        found: Tensors = self.functions["train_step"](batch, net, opt, step)
        return found

    def eval_step(self, batch: Tensors, net: Any) -> Tensors:
        """The same numbers without learning."""
        found: Tensors = self.functions["eval_step"](batch, net)
        return found

    def predict(self, batch: Tensors, net: Any) -> dict[str, Tensors]:
        """What each metric looks at, by node and port."""
        found: dict[str, Tensors] = self.functions["predict"](batch, net)
        return found


def build(
    project: Project,
    training: str | None,
    catalogue: Catalogue,
    analyser: Analyser | None = None,
    networks: Iterable[str] | None = None,
    *,
    scanned: bool = False,
) -> Program:
    """The project as a loaded program: a training graph with its networks and the previews of these networks.

    Without a training graph: `networks` (all that have no errors, by default) with what they place. Raises NotReady
    when errors stand in what is needed; previews with errors are left out. `scanned`: the loops of recurrent networks
    are scans, for ONNX.
    """
    study = (analyser or Analyser(catalogue)).study(project)
    graphs = project.graphs
    if training is not None and (training not in graphs or graphs[training].kind != "training"):
        raise NotReady([Problem(training, "", "no-training", f"There is no training graph {training!r}.")])
    wanted = _wanted_networks(study, training, networks)
    needed = [*wanted, *([training] if training is not None else [])]
    if blocking := [problem for name in needed for problem in errors(study, name)]:
        raise NotReady(blocking)
    if not needed:
        raise NotReady([Problem("", "", "nothing", "The project has no network without errors.")])
    previews = [
        name
        for name in study.names
        if graphs[name].kind == "preview" and set(study.reached(name)) <= set(wanted) and not errors(study, name)
    ]
    functions = own_code(study, [*needed, *previews])
    top = TopNames(wanted, {*names_of(functions), *source.imported(map(study.wiring, study.names))})
    roots = _roots(study, wanted, training, previews, networks)
    parts, imports, calls = network_parts(study, top, roots, scanned=scanned)
    if training is not None:
        parts.extend(_training_parts(study, training, top, ""))
    parts.extend(steps.preview(study.wiring(name), study.walk(name).nodes, top.function(name)) for name in previews)
    for name in [*([training] if training is not None else []), *previews]:
        imports |= source.imports_of(study.wiring(name))
    written = source.module(TITLE, [*functions, *parts], imports)
    return _load(study, written, top, calls, training, previews)


def project_source(project: Project, catalogue: Catalogue, analyser: Analyser | None = None) -> Source:
    """The source of all graphs of a project; a graph with errors is left out, with a comment that says why."""
    study = (analyser or Analyser(catalogue)).study(project)
    networks = nested_first(study, [name for name in study.names if project.graphs[name].kind == "network"])
    broken = {name: found for name in study.names if (found := errors(study, name))}
    for name in study.names:
        if name not in broken and any(network in broken for network in _inside(study, [name])):
            broken[name] = [Problem(name, "", "inner", "A network that it places has errors.")]
    whole = [name for name in networks if name not in broken]
    functions = own_code(study, [name for name in study.names if name not in broken])
    top = TopNames(whole, {*names_of(functions), *source.imported(map(study.wiring, study.names))})
    parts, imports, _ = network_parts(study, top, _by_themselves(study, whole))
    trainings = [name for name in study.names if project.graphs[name].kind == "training"]
    for name in study.names:
        kind = project.graphs[name].kind
        if name in broken:
            parts.append(_left_out(study, name, broken[name]))
            continue
        imports |= source.imports_of(study.wiring(name))
        if kind == "training":
            parts.extend(_training_parts(study, name, top, name if len(trainings) > 1 else ""))
        elif kind == "preview":
            parts.append(steps.preview(study.wiring(name), study.walk(name).nodes, top.function(name)).whole(name))
    return source.module(TITLE, [*functions, *parts], imports)


def node_of_traceback(program: Program, error: BaseException) -> tuple[str, str] | None:
    """The graph and node whose line an error came through, the innermost one; None if it came through none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == program.filename and frame.lineno in program.lines:
            return program.lines[frame.lineno]
    return None


def _wanted_networks(study: Study, training: str | None, networks: Iterable[str] | None) -> list[str]:
    graphs = study.project.graphs
    if networks is not None:
        wanted = set(networks)
        if unknown := [name for name in wanted if name not in graphs or graphs[name].kind != "network"]:
            raise NotReady([Problem(name, "", "no-network", f"There is no network {name!r}.") for name in unknown])
    elif training is not None:
        wanted = _placed(study, training)
    else:
        wanted = {
            name
            for name in study.names
            if graphs[name].kind == "network"
            and not any(errors(study, network) for network in [name, *_inside(study, [name])])
        }
    return nested_first(study, wanted | _inside(study, wanted))


def _roots(
    study: Study, wanted: list[str], training: str | None, previews: list[str], networks: Iterable[str] | None
) -> list[str]:
    """The networks that are made by themselves: those that were asked for, or that the graphs of this program use."""
    if training is None:
        return [name for name in wanted if networks is None or name in set(networks)]
    placed = {network for name in [training, *previews] for network in _placed(study, name)}
    return [name for name in wanted if name in placed]


def _by_themselves(study: Study, names: list[str]) -> list[str]:
    """The networks among these that a training or preview graph uses, or that stand in no other network."""
    graphs = study.project.graphs
    nested = {inner for name in names for inner in _made_in(study, name)}
    used = {inner for name in study.names if graphs[name].kind != "network" for inner in study.placed(name)}
    return [name for name in names if name in used or name not in nested]


def _placed(study: Study, name: str) -> set[str]:
    """The networks that a training or preview graph places, but for places that are passed by."""
    wiring, nodes = study.wiring(name), study.project.graphs[name].nodes
    passed = {network for id in nodes if nodes[id].bypassed for network in wiring.references(id, NetworkRef)}
    kept = {network for id in nodes if not nodes[id].bypassed for network in wiring.references(id, NetworkRef)}
    return set(study.placed(name)) - (passed - kept)


def _inside(study: Study, names: Iterable[str]) -> set[str]:
    """The networks that stand in these at any depth."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        new = _made_in(study, todo.pop()) - found
        found |= new
        todo.extend(new)
    return found


def _made_in(study: Study, name: str) -> set[str]:
    """The networks that a network's own class makes: a place that reaches no Output is left out there."""
    wiring = study.wiring(name)
    made = {network for id in variants.needed(wiring) for network in wiring.references(id, NetworkRef)}
    return made.intersection(study.placed(name))


def _training_parts(study: Study, name: str, top: TopNames, prefix: str) -> list[Text]:
    wiring, nodes, precision = study.wiring(name), study.walk(name).nodes, precision_of(study.project, name)

    def called(function: str) -> str:
        return top.function(f"{prefix}_{function}") if prefix else function

    return [
        train_step(wiring, nodes, called("train_step"), precision).whole(name),
        steps.eval_step(wiring, nodes, called("eval_step"), precision),
        steps.predict(wiring, nodes, called("predict")),
    ]


def _left_out(study: Study, name: str, found: list[Problem]) -> Text:
    kind = study.project.graphs[name].kind
    what = kind if kind == "network" else f"{kind} graph"
    return comment(f"The {what} {name!r} is left out, it has errors:", *(f"- {p.message}" for p in found[:5]))


def _load(
    study: Study,
    written: Source,
    top: TopNames,
    calls: Mapping[str, Call],
    training: str | None,
    previews: list[str],
) -> Program:
    digest = hashlib.sha256(written.text.encode()).hexdigest()
    filename = f"<netbuilder {digest[:16]}>"
    linecache.cache[filename] = (len(written.text), None, written.text.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"__name__": f"netbuilder_model_{digest[:16]}", "torch": torch, "nn": nn, "F": F}
    exec(compile(written.text, filename, "exec"), space)  # noqa: S102  (the text is ours; user text is only literals)
    functions: dict[str, Callable[..., Any]] = {
        name: space[name] for name in ("train_step", "eval_step", "predict") if name in space
    }
    return Program(
        source=written.text,
        spans=written.spans,
        lines=written.lines,
        hash=digest,
        filename=filename,
        networks={name: _maker(space[call.name], dict(call.arguments)) for name, call in calls.items()},
        previews={name: space[top.function(name)] for name in previews},
        previews_data={name: next(iter(datasets_of(study.wiring(name))), "") for name in previews},
        optimizers=optimizer_plans(study.wiring(training), study.walk(training).nodes) if training is not None else (),
        metrics=metric_plans(study.walk(training)) if training is not None else (),
        datasets=datasets_of(study.wiring(training)) if training is not None else (),
        frozen=frozen(study.wiring(training)) if training is not None else (),
        eager=eager_networks(study.wiring(training), study.walk(training).nodes) if training is not None else {},
        functions=functions,
    )


def _maker(network: type[nn.Module], arguments: Mapping[str, Any]) -> Callable[[], nn.Module]:
    """Makes the network without torch's warnings: what they say, lint has said in words of its own."""

    def make() -> nn.Module:
        with quiet():
            return network(**arguments)

    return make
