"""trust: a person reads the Python code that a project brings along, and says whether it may run here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.code import PART, text_of
from netbuilder.blocks.trust import Trust
from netbuilder.cli.errors import BadInput
from netbuilder.cli.files import read
from netbuilder.cli.plain import plain
from netbuilder.cli.screen import console, print_json, text
from netbuilder.graph.model import Project, natural_key


class Found(NamedTuple):
    """A node with code of its own."""

    graph: str
    node: str
    code: str


def trust_project(file: Path, *, yes: bool, forget: bool, json: bool) -> int:
    """Shows each node's code; trusts it if the person agrees, or forgets it. 1 if some of it stays untrusted."""
    found = list(own_code(read(file), Catalogue.installed()))
    store = Trust.of_this_machine()
    if not (yes or forget or json) and not sys.stdin.isatty():
        raise BadInput(f"There is nobody to ask: read the code in {file}, then give --yes to trust all of it.")
    try:
        for each in found:
            _settle(each, store, yes=yes, forget=forget, json=json)
    except OSError as error:
        raise BadInput(f"What is trusted can't be written: {error.strerror or error}.") from error
    trusted = [store.trusts(each.code) for each in found]
    if json:
        nodes = [{**each._asdict(), "trusted": is_trusted} for each, is_trusted in zip(found, trusted, strict=True)]
        print_json({"file": str(file), "nodes": nodes})
    elif not found:
        console().print(text(f"{file} holds no code of its own."))
    return 0 if all(trusted) else 1


def own_code(project: Project, catalogue: Catalogue) -> Iterator[Found]:
    """The code of all nodes that hold some, in natural order; wrong code too, since it is a person who reads it."""
    for graph in sorted(project.graphs, key=natural_key):
        nodes = project.graphs[graph].nodes
        for node in sorted(nodes, key=natural_key):
            block = catalogue.get(nodes[node].block)
            if block is not None and block.part == PART:
                yield Found(graph, node, text_of(block, nodes[node].params))


def _settle(each: Found, store: Trust, *, yes: bool, forget: bool, json: bool) -> None:
    known = store.trusts(each.code)
    if not json:
        state = "trusted" if known else "not trusted"
        console().print(text(f"{each.graph}.{each.node} ({state}):", "bold"))
        sys.stdout.write("\n".join(f"    {plain(line)}" for line in each.code.split("\n")) + "\n\n")
        sys.stdout.flush()
    if forget:
        store.forget(each.code)
    elif not known and (yes or (not json and typer.confirm("Trust this code on this machine?", default=False))):
        store.trust(each.code)
