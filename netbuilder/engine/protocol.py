"""What engine and window say to each other, as plain values for JSON. Imports neither torch nor Qt.

In:  {"do": "open", "revision": n, "project": ...}, {"do": "change", "revision": n, "change": ...}, {"do": "stop"}
Out: {"is": "ready", "torch": version}, {"is": "report", "revision": n, "graphs": {name: report}},
     {"is": "facts", "revision": n, "graph": name, "nodes": {id: facts}, "gone": [id]}
     {"is": "code", "revision": n, "text": ..., "spans": {graph: {node: [first, last]}}, "made": ...},
     {"is": "failed", "revision": n, "message": sentence, "lost": bool}

`lost`: the engine's project is not the window's any more, so it must be opened again. A report holds the graphs whose
report differs from the one before it. What is new about nodes comes before it as "facts", some hundred nodes a line:
decoding a line stops every thread of the window, so no line may be long, and an edit costs what it touches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from netbuilder.compiler.report import GraphReport, NodeFacts, Problem, Repair, Severity
from netbuilder.graph.change import Change
from netbuilder.graph.model import Project
from netbuilder.graph.plain import change_from_plain, change_to_plain, project_to_plain

Plain = dict[str, Any]
State = Literal["starting", "ready", "busy", "stopped"]
Spans = dict[str, dict[str, tuple[int, int]]]


class Ready(msgspec.Struct, frozen=True):
    """The engine has started; `torch` is the version that it works with."""

    torch: str


class Report(msgspec.Struct, frozen=True):
    """Reports of graphs, for this revision of the document."""

    revision: int
    graphs: dict[str, GraphReport]


class Facts(msgspec.Struct, frozen=True):
    """On the pipe only: facts of nodes that are new or have changed, and nodes that are gone."""

    revision: int
    graph: str
    nodes: dict[str, NodeFacts]
    gone: tuple[str, ...] = ()


class Code(msgspec.Struct, frozen=True):
    """The source of the whole project, with the lines (first, last; from 1) of each node in each graph.

    `spans`: where a node works, for node "" the graph's whole class or function; `made`: where its module is made.
    """

    revision: int
    text: str
    spans: Spans
    made: Spans = {}


class Failed(msgspec.Struct, frozen=True):
    """The engine could not do what it was asked for; one sentence says why."""

    revision: int
    message: str
    lost: bool = False


class StateChanged(msgspec.Struct, frozen=True):
    """`busy`: what is shown is not of the newest revision yet. `text` says why in words where there is a reason."""

    state: State
    text: str = ""


Message = Ready | Report | Code | Failed | StateChanged
Answer = Ready | Facts | Report | Code | Failed


def open_request(revision: int, project: Project) -> Plain:
    return {"do": "open", "revision": revision, "project": project_to_plain(project)}


def change_request(revision: int, change: Change) -> Plain:
    return {"do": "change", "revision": revision, "change": change_to_plain(change)}


def report_to_plain(report: GraphReport) -> Plain:
    """A report as plain values."""
    return {
        "nodes": msgspec.to_builtins(report.nodes),
        "problems": [_problem_to_plain(problem) for problem in report.problems],
        "parameters": report.parameters,
        "multiply_adds": report.multiply_adds,
        "activation_bytes": report.activation_bytes,
    }


def _problem_to_plain(problem: Problem) -> Plain:
    return {
        "graph": problem.graph,
        "node": problem.node,
        "rule": problem.rule,
        "message": problem.message,
        "severity": problem.severity,
        "repairs": [
            {"label": repair.label, "change": change_to_plain(repair.change), "parameters": repair.parameters}
            for repair in problem.repairs
        ],
    }


class _PlainRepair(msgspec.Struct, frozen=True):
    label: str
    change: Plain
    parameters: int | None = None


class _PlainProblem(msgspec.Struct, frozen=True):
    graph: str
    node: str
    rule: str
    message: str
    severity: Severity
    repairs: tuple[_PlainRepair, ...] = ()


class _PlainReport(msgspec.Struct, frozen=True):
    nodes: dict[str, NodeFacts]
    problems: tuple[_PlainProblem, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int


def report_from_plain(plain: object) -> GraphReport:
    """The report again. Raises ValueError (msgspec's, or the file's) for what is none."""
    raw = msgspec.convert(plain, _PlainReport)
    return GraphReport(
        nodes=raw.nodes,
        problems=tuple(
            Problem(
                graph=problem.graph,
                node=problem.node,
                rule=problem.rule,
                message=problem.message,
                severity=problem.severity,
                repairs=tuple(
                    Repair(repair.label, change_from_plain(repair.change), repair.parameters)
                    for repair in problem.repairs
                ),
            )
            for problem in raw.problems
        ),
        parameters=raw.parameters,
        multiply_adds=raw.multiply_adds,
        activation_bytes=raw.activation_bytes,
    )


def answer_to_plain(answer: Answer) -> Plain:
    """What the engine writes for an answer."""
    match answer:
        case Ready():
            return {"is": "ready", "torch": answer.torch}
        case Report():
            graphs = {name: report_to_plain(report) for name, report in answer.graphs.items()}
            return {"is": "report", "revision": answer.revision, "graphs": graphs}
        case Code():
            return {"is": "code", **msgspec.to_builtins(answer)}
        case Failed():
            return {"is": "failed", **msgspec.to_builtins(answer)}
        case Facts():
            return {"is": "facts", **msgspec.to_builtins(answer)}


def answer_from_plain(plain: Mapping[str, Any]) -> Answer:
    """What the engine said. Raises ValueError for anything that it can't have said."""
    kind = plain.get("is")
    if kind == "report":
        graphs = plain.get("graphs")
        if not isinstance(graphs, dict):
            raise ValueError("a report without graphs")
        revision = msgspec.convert(plain.get("revision"), int)
        return Report(revision, {name: report_from_plain(raw) for name, raw in graphs.items()})
    forms: dict[object, type[Ready | Facts | Code | Failed]] = {
        "ready": Ready,
        "facts": Facts,
        "code": Code,
        "failed": Failed,
    }
    if kind not in forms:
        raise ValueError("an answer of an unknown kind")
    return msgspec.convert(plain, forms[kind])
