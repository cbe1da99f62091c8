"""Repairs: changes that mend problems, in plain words; tried out before they are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from immutables import Map

from netbuilder.compiler.context import Context
from netbuilder.compiler.report import Problem, Repair
from netbuilder.compiler.walk import Walk
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.model import NONE, Input, Node, Output, Project, Value, Values

if TYPE_CHECKING:
    from netbuilder.compiler.analyse import Study

Step = Callable[[Project], Change]
# Trying a repair out means analysing its graph once more, some 60 us a node. Beyond this many nodes in one report
# repairs are offered untried, in the order of how little they change.
MOST_TRIED_NODES = 10_000
MOST_TRIED_FOR_HINTS = 1_000  # what works as it is must not make a large network slow to edit
MOST_OFFERED = 4


def together(project: Project, label: str, *steps: Step) -> Repair:
    """Several edits, each made on what the former leave, as one repair."""
    change = chained(project, *steps)
    return Repair(label, msgspec.structs.replace(change, label=label))


def chained(project: Project, *steps: Step) -> Change:
    """Several edits, each made on what the former leave."""
    changes = []
    for step in steps:
        change = step(project)
        project = apply(project, change)
        changes.append(change)
    return join("", changes)


def set_param(context: Context, node: str, name: str, value: Value) -> Repair:
    """ "Set conv2's out_channels to 16"."""
    block = context.blocks[node]
    param = next(param for param in block.typed(context.graph.nodes[node].params) if param.name == name)
    return together(
        context.project,
        f"Set {node}'s {name} to {param.show(value)}",
        lambda p: edits.set_params(p, context.name, node, {name: value}),
    )


def insert(context: Context, target: Input, block: str, params: Values = NONE) -> Repair:
    """ "Insert Conv2d (16 filters, 1) between conv2 and add1"."""
    made = context.study.catalogue.get(block)
    assert made is not None, block
    words = made.brief_text(params) if params else ""
    brief = f" ({words})" if words else ""
    source = context.graph.links[target].source.node
    return together(
        context.project,
        f"Insert {block}{brief} between {source} and {target.node}",
        lambda p: edits.insert_on_link(
            p, context.name, target, block, made.inputs[0].name, made.outputs[0].name, params
        ),
    )


def link(context: Context, source: Output, target: Input) -> Repair:
    """ "Link data1's label to loss's target"."""
    ports = context.wiring.outputs(source.node)
    what = source.node if len(ports) == 1 else f"{source.node}'s {source.port}"
    to = target.node if len(context.wiring.inputs(target.node)) == 1 else f"{target.node}'s {target.port}"
    return together(context.project, f"Link {what} to {to}", lambda p: edits.connect(p, context.name, source, target))


def unlink(context: Context, target: Input) -> Repair:
    """ "Remove the link from relu1 to conv1"."""
    source = context.graph.links[target].source.node
    between = [link for link in context.graph.links.values() if link.target.node == target.node]
    end = target.node
    if sum(link.source.node == source for link in between) > 1:
        end = f"{target.node}'s {target.port}"
    return together(
        context.project,
        f"Remove the link from {source} to {end}",
        lambda p: edits.disconnect(p, context.name, target),
    )


def remove(context: Context, node: str) -> Repair:
    """ "Remove softmax1"; what fed it goes on to what it fed."""
    source = context.first_input(node)
    steps: list[Step] = [lambda p: edits.remove(p, context.name, nodes=(node,))]
    if source is not None and source.source.node != node:
        ends = [end for end in context.wiring.targets(node) if end.node != node]
        steps.extend(partial(_connect, context.name, source.source, end) for end in ends)
    return together(context.project, f"Remove {node}", *steps)


def _connect(graph: str, source: Output, target: Input, project: Project) -> Change:
    return edits.connect(project, graph, source, target)


def drop(context: Context, node: str) -> Repair:
    """ "Remove add1", with its links and nothing put in their place."""
    return together(context.project, f"Remove {node}", lambda p: edits.remove(p, context.name, nodes=(node,)))


def bypass(context: Context, node: str) -> Repair:
    """ "Bypass held": the node stays, but what feeds it goes past it."""
    return together(context.project, f"Bypass {node}", partial(edits.bypass, graph=context.name, ids=(node,)))


def swap(context: Context, node: str, block: str) -> Repair:
    """ "Make conv1 a Conv1d", with the parameters that the new block can have too."""
    return together(context.project, f"Make {node} {_a(block)}", partial(_swapped, context, (node,), block))


def swap_all(context: Context, nodes: Iterable[str], block: str) -> Repair:
    """ "Make tanh1, tanh2 and 3 more a ReLU"."""
    ids = tuple(nodes)
    named = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return together(context.project, f"Make {named} {_a(block)}", partial(_swapped, context, ids, block))


def _a(block: str) -> str:
    return f"{'an' if block[0] in 'AEIO' else 'a'} {block}"


def _swapped(context: Context, nodes: tuple[str, ...], block: str, project: Project) -> Change:
    """Links go to the new block's ports of the same name, or else to those in the same place."""
    made = context.study.catalogue.get(block)
    assert made is not None, block
    known, names = {param.name: param for param in made.typed()}, [port.name for port in made.inputs]
    found = []
    for id in nodes:
        node = project.graphs[context.name].nodes[id]
        kept = {n: v for n, v in node.params.items() if n in known and not known[n].check_written(v)}
        found.append(Edit("node", context.name, id, node, _as(node, block, kept)))
        for at, port in enumerate(context.wiring.inputs(id)):
            held = project.graphs[context.name].links.get(Input(id, port.name))
            if held is None or port.name in names:
                continue
            found.append(Edit("link", context.name, held.target, held, None))
            if at < len(names):
                end = Input(id, names[at])
                found.append(Edit("link", context.name, end, None, msgspec.structs.replace(held, target=end)))
    return Change(block, tuple(found))


def _as(node: Node, block: str, params: dict[str, Value]) -> Node:
    return msgspec.structs.replace(node, block=block, params=Map(params))


def set_setting(context: Context, name: str, value: Value) -> Repair:
    """ "Set the setting batch_size to 32"."""
    return together(
        context.project,
        f"Set the setting {name} to {value}",
        lambda p: edits.set_settings(p, context.name, {name: value}),
    )


def add(context: Context, block: str, links: Iterable[Output], at: tuple[float, float], label: str) -> Repair:
    """A new node behind some outputs."""
    made = context.study.catalogue.get(block)
    assert made is not None, block
    change = edits.add_node(context.project, context.name, block, at)
    id = next(str(edit.key) for edit in change.edits if edit.kind == "node" and edit.after is not None)
    port = made.inputs[0]
    steps: list[Step] = [lambda p: change]
    for index, source in enumerate(links):
        steps.append(partial(_connect, context.name, source, Input(id, port.name, index)))
        if not port.many:
            break
    return together(context.project, label, *steps)


class Trials:
    """The trials of one report; together they are bounded."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._left = MOST_TRIED_NODES

    def tried(self, problem: Problem, offered: Iterable[Repair]) -> tuple[Repair, ...]:
        """The repairs that really make the problem go away, or just the first ones when too much was tried."""
        repairs = list(offered)
        graphs, reached = self._study.project.graphs, self._study.reached(problem.graph)
        size = sum(len(graphs[name].nodes) for name in {problem.graph, *reached})
        cost = len(repairs) * size
        if cost > self._left or (problem.severity == "hint" and size > MOST_TRIED_FOR_HINTS):
            return tuple(repairs[:MOST_OFFERED])
        self._left -= cost
        return tried(self._study, problem, repairs)


def tried(study: Study, problem: Problem, repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Those repairs that really make the problem go away, the ones that leave fewest errors first, otherwise in the
    order given (by how little they change); each with the parameters that it adds."""
    ranked: list[tuple[int, int, Repair]] = []
    for at, repair in enumerate(repairs):
        after = study.trial(apply(study.project, repair.change))
        if problem.graph not in after.project.graphs:
            continue
        left = after.problems(problem.graph)
        if any(other.rule == problem.rule and other.node == problem.node for other in left):
            continue
        errors = sum(other.severity == "error" for other in left)
        touched = {edit.graph for edit in repair.change.edits} & set(study.project.graphs) & set(after.project.graphs)
        added = [_added(study.walk(name), after.walk(name)) for name in touched]
        ranked.append((errors, at, _placed(problem.graph, Repair(repair.label, repair.change, _sum(added)))))
    return tuple(repair for _, _, repair in sorted(ranked, key=lambda row: row[:2])[:MOST_OFFERED])


def _placed(graph: str, repair: Repair) -> Repair:
    """Says where it changes something, if that is in another graph than the one with the problem."""
    others = {edit.graph for edit in repair.change.edits} - {graph, ""}
    if len(others) != 1:
        return repair
    label = f"{repair.label} in {others.pop()}"
    return Repair(label, msgspec.structs.replace(repair.change, label=label), repair.parameters)


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _added(before: Walk, after: Walk) -> int | None:
    """The parameters that a change adds, as far as they were known before; None if a new node's are not known."""
    total = 0
    for id in before.nodes.keys() | after.nodes.keys():
        old, new = before.nodes.get(id), after.nodes.get(id)
        if old is None and new is not None and new.state != "ok":
            return None
        if (old is None or old.state == "ok") and (new is None or new.state == "ok"):
            total += (new.parameters if new else 0) - (old.parameters if old else 0)
    return total
