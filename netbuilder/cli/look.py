"""check, summary and code: what the compiler finds out about a project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.cli.errors import BadInput
from netbuilder.cli.plain import number, plain
from netbuilder.cli.screen import console, print_json, table, text
from netbuilder.compiler import loops
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import project_source
from netbuilder.compiler.report import SEVERITIES, GraphReport, Problem
from netbuilder.exchange.carry import carry
from netbuilder.graph.model import KINDS, Project, natural_key
from netbuilder.graph.topology import Topology
from netbuilder.training.settings import SettingsError, resolve_for

_STYLES = {"error": "bold red", "warning": "yellow", "hint": "cyan"}
_FILE_RULE, _SETTINGS_RULE = "file", "settings"


def check_project(project: Project, file: Path, json: bool) -> int:
    """Prints all problems; 1 if there are errors."""
    catalogue = Catalogue.installed()
    problems = found_problems(project, catalogue)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = sum(problem.severity == "warning" for problem in problems)
    if json:
        listed = [_problem_as_plain(problem) for problem in problems]
        print_json({"file": str(file), "errors": errors, "warnings": warnings, "problems": listed})
        return 1 if errors else 0
    screen = console()
    for problem in problems:
        where = f"{problem.graph}.{problem.node}" if problem.node else problem.graph
        screen.print(text(problem.severity, _STYLES[problem.severity]), text(f"{where}:"), text(problem.message))
        for repair in problem.repairs:
            cost = f" ({repair.parameters:+,} parameters)" if repair.parameters else ""
            screen.print(text(f"    can be mended: {repair.label}{cost}", "green"))
    if not problems:
        screen.print(text(f"No problems in {file}."))
    else:
        counts = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
        screen.print(text(f"{counts}, {len(problems) - errors - warnings} other"))
    return 1 if errors else 0


def found_problems(project: Project, catalogue: Catalogue) -> list[Problem]:
    """What is wrong with the file's blocks, parameters and settings, then what analysis found.

    Errors come first, and networks before what uses them.

    A node of which the file says what is wrong is not reported twice.
    """
    found = [
        Problem(wrong.graph, wrong.node, _FILE_RULE, f"{wrong.param}: {wrong.text}" if wrong.param else wrong.text)
        for wrong in catalogue.check(project)
    ]
    found += _wrong_settings(project, catalogue)
    told = {(problem.graph, problem.node) for problem in found}
    reports = Analyser(catalogue, trust=Trust.of_this_machine()).analyse(project)
    kinds = {name: KINDS.index(graph.kind) for name, graph in project.graphs.items()}
    for name in sorted(reports, key=lambda name: (kinds[name], natural_key(name))):
        found.extend(
            problem
            for problem in reports[name].problems
            if not (problem.severity == "error" and (problem.graph, problem.node) in told)
        )
    return sorted(found, key=lambda problem: SEVERITIES.index(problem.severity))


def _wrong_settings(project: Project, catalogue: Catalogue) -> Iterator[Problem]:
    for name in sorted(project.settings, key=natural_key):
        graph = project.graphs.get(name)
        if graph is not None and graph.kind == "training":
            try:
                resolve_for(graph, project.settings[name], catalogue)
            except SettingsError as error:
                yield Problem(name, "", _SETTINGS_RULE, str(error))


def _problem_as_plain(problem: Problem) -> dict[str, Any]:
    return {
        "graph": problem.graph,
        "node": problem.node,
        "rule": problem.rule,
        "severity": problem.severity,
        "message": problem.message,
        "repairs": [{"label": repair.label, "parameters": repair.parameters} for repair in problem.repairs],
    }


def summarise(project: Project, file: Path, network: str, json: bool) -> int:
    """Prints a table for each network."""
    names = sorted((name for name, graph in project.graphs.items() if graph.kind == "network"), key=natural_key)
    if network and network not in names:
        raise BadInput(f"{file} has no network {network!r}; its networks are: {', '.join(names) or 'none'}.")
    catalogue = Catalogue.installed()
    reports = Analyser(catalogue, trust=Trust.of_this_machine()).analyse(project)
    order = {name: in_order(project, name, catalogue) for name in names}
    wanted = [network] if network else names
    if json:
        print_json(
            {"file": str(file), "networks": [_summary(project, name, reports[name], order[name]) for name in wanted]}
        )
        return 0
    screen = console()
    if not wanted:
        screen.print(text(f"{file} has no network."))
    for name in wanted:
        found = _summary(project, name, reports[name], order[name])
        rows = [
            (row["node"], row["block"], row["shape"], number(row["parameters"]), number(row["multiply_adds"]))
            for row in found["nodes"]
        ]
        rows.append(("total", "", "", number(found["parameters"]), number(found["multiply_adds"])))
        columns = ("Node", "Block", "Output shape", "Parameters", "Multiply-adds")
        screen.print(table(name, columns, rows, right=("Parameters", "Multiply-adds")))
        if reports[name].errors:
            count = len(reports[name].errors)
            screen.print(
                text(f"{count} error{'s' * (count != 1)}: what comes after it is not known (netbuilder check)")
            )
        screen.print()
    return 0


def _summary(project: Project, name: str, report: GraphReport, order: list[str]) -> dict[str, Any]:
    graph = project.graphs[name]
    rows = []
    for id in order:
        facts = report.nodes.get(id)
        outputs = facts.outputs if facts is not None else {}
        whole = facts.whole if facts is not None else None
        shapes = [str(flow) for flow in ([whole] if whole is not None else outputs.values())]
        rows.append(
            {
                "node": id,
                "block": graph.nodes[id].block,
                "state": facts.state if facts is not None else "unknown",
                "shape": ", ".join(shapes) if shapes or graph.nodes[id].block == "Output" else "?",
                "outputs": msgspec.to_builtins(outputs),
                **({"whole": msgspec.to_builtins(whole)} if whole is not None else {}),
                "parameters": facts.parameters if facts is not None else 0,
                "multiply_adds": facts.multiply_adds if facts is not None else 0,
            }
        )
    return {
        "network": name,
        "nodes": rows,
        "parameters": report.parameters,
        "multiply_adds": report.multiply_adds,
        "activation_bytes": report.activation_bytes,
        "errors": len(report.errors),
    }


def in_order(project: Project, name: str, catalogue: Catalogue) -> list[str]:
    """The nodes of a graph from inputs to outputs; those on a cycle, which have no order, last."""
    graph = project.graphs[name]
    order = [id for id in Topology(graph, loops.cut(catalogue)).order() if id in graph.nodes]
    return [*order, *sorted(set(graph.nodes) - set(order), key=natural_key)]


def print_code(project: Project) -> int:
    """Prints the source of all graphs, which needs nothing but torch; those with errors are left out with a comment."""
    catalogue = Catalogue.installed()
    source = carry(project_source(project, catalogue, Analyser(catalogue, trust=Trust.of_this_machine())).text)
    sys.stdout.write("\n".join(map(plain, source.split("\n"))).rstrip("\n") + "\n")
    return 0
