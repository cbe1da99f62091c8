"""export: a network with a run's weights as an ONNX file. torch comes in only when everything is chosen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from netbuilder.cli.errors import BadInput, Failure
from netbuilder.cli.files import read
from netbuilder.cli.places import find_run, folder_of_runs
from netbuilder.cli.plain import plain, size
from netbuilder.cli.screen import console, print_json, progress_bar
from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.newest import newest_run
from netbuilder.exchange.target import check_target, outermost
from netbuilder.graph.model import Project, natural_key
from netbuilder.training.files import tidy
from netbuilder.training.run import Run


def export_project(
    file: Path,
    network: str,
    run: str,
    checkpoint: str,
    to: Path | None,
    runs: Path | None = None,
    *,
    untrained: bool,
    json: bool,
) -> int:
    """Exports, checks, compares, and says how far the numbers are apart."""
    project = read(file)
    network = choose_network(project, network)
    if untrained and run:
        raise BadInput("Say either --run or --untrained, not both.")
    target = to if to is not None else file.with_name(f"{file.stem}-{network}.onnx")
    target = tidy(target.parent) / target.name
    try:
        check_target(target, file)
    except ExportError as error:
        raise BadInput(str(error)) from error
    found = None if untrained else choose_run(project, file, run, folder_of_runs(file, runs))
    facts = export_to(project, file, network, found, checkpoint, target, quiet=json)
    if json:
        print_json(facts)
    else:
        for line in sentences(facts):
            print(plain(line))
    return 0


def choose_network(project: Project, name: str) -> str:
    """The network of this name; for "" the only one, or the only one that stands in no other. Raises BadInput."""
    found = sorted((n for n, graph in project.graphs.items() if graph.kind == "network"), key=natural_key)
    there = ", ".join(found) or "none"
    if not found:
        raise BadInput(
            "The project has no network to export; draw one in the window, or begin with "
            "`netbuilder new --template mlp_digits FILE`."
        )
    if name and name not in found:
        raise BadInput(f"The project has no network {name!r}; it has: {there}.")
    if not name and (whole := outermost(project)):
        return whole
    if not name and len(found) > 1:
        raise BadInput(f"The project has {len(found)} networks ({there}); name one with --network.")
    return name or found[0]


def choose_run(project: Project, file: Path, run: str, folder: Path) -> Run:
    """The run of this folder or name, the newest of the project for "". Raises BadInput."""
    if run:
        return find_run(run, (folder,), f"netbuilder runs {file}")
    try:
        return newest_run(file, project, folder)
    except ExportError as error:
        raise BadInput(str(error)) from error


def export_to(
    project: Project, file: Path, network: str, run: Run | None, checkpoint: str, target: Path, *, quiet: bool
) -> dict[str, Any]:
    """What was written, as plain values. Raises BadInput for weights that aren't there, Failure for the rest."""
    screen = console()
    bar = progress_bar(screen)
    task = bar.add_task("", total=1.0, before="Starting", after="")
    visible = not quiet and sys.stdout.isatty()
    if visible:
        bar.start()
    try:
        import msgspec

        from netbuilder.blocks.catalogue import Catalogue
        from netbuilder.exchange.project_out import export_network, named
        from netbuilder.exchange.weights import Weights, choose

        def progress(done: float, words: str) -> None:
            bar.update(task, completed=done, before=words)

        try:
            weights = choose(run, checkpoint) if run is not None else Weights()
        except ExportError as error:
            raise BadInput(str(error)) from error
        try:
            done = export_network(named(project, file.stem), network, weights, target, Catalogue.installed(), progress)
        except ExportError as error:
            raise Failure(str(error)) from error
    finally:
        if visible:
            bar.stop()
    return {**msgspec.to_builtins(done), "network": network, "weights": weights.words}


def sentences(facts: dict[str, Any]) -> list[str]:
    """What is said of an export."""
    batches = " and ".join(map(str, facts["batches"])) or "of the fixed size"
    free = ", ".join(facts["free_axes"]) or "none"
    others = {tuple(size for axis, size in sizes.items() if axis != "N") for sizes in facts["sizes"]}
    more = f" and {len(others)} lengths of the other free axes" if len(others) > 1 else ""
    return [
        f"{facts['network']} with {'the weights of ' * facts['weights'].startswith('run ')}{facts['weights']}",
        f"onnxruntime gives the same numbers at batch sizes {batches}{more}: largest difference "
        f"{facts['largest_difference']:.3g}, {facts['largest_relative_difference']:.2g} of the largest value",
        f"{facts['path']} ({size(facts['bytes'])}, opset {facts['opset']}, free axes: {free})",
        *([facts["note"]] if facts["note"] else []),
    ]
