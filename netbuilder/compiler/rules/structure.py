"""Rules about how a graph is put together: names, blocks, parameters, references, links, ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial

from netbuilder.blocks.params import DatasetRef, Float, Int, NetworkRef, Param
from netbuilder.blocks.spec import Port
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.report import Repair
from netbuilder.compiler.seen import MOST_LEVELS
from netbuilder.compiler.types import mismatch
from netbuilder.compiler.walk import Failure, column_shape, unfit
from netbuilder.compiler.wiring import named
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import Input, Output, Project, Value, natural_key
from netbuilder.graph.names import fresh_id, is_id

KIND_WORDS = {"network": "a network", "training": "a training graph", "preview": "a preview graph"}
_STEP = 220.0  # how far to the right a new node is put, in scene units


def _names(context: Context) -> Iterator[Finding]:
    if not is_id(context.name):
        yield Finding("", f"The graph's name {context.name[:40]!r} cannot be a name in source code: rename the graph.")
    for id, _, _ in context.failures("name"):
        yield Finding(
            id,
            f"A node is called {id[:40]!r}, which cannot be a name in source code: rename it.",
            one(_rename, context, id),
        )


def _rename(context: Context, id: str) -> Repair:
    new = fresh_id(context.graph.nodes, id)
    return repair.together(
        context.project, f"Rename it to {new}", lambda project: edits.rename(project, context.name, id, new)
    )


def _unknown_block(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("block"):
        block = context.graph.nodes[id].block
        yield Finding(
            id,
            f"{id} is a {block[:40]!r}, but there is no such block here. It may come from a plug-in that is missing.",
            one(repair.remove, context, id),
        )


def _wrong_graph(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("kind"):
        block = context.blocks[id]
        article = "an" if block.name[0] in "AEIOU" else "a"
        home = " or ".join(KIND_WORDS[kind] for kind in block.graphs)
        yield Finding(
            id,
            f"{id} is {article} {block.name}, which belongs in {home}, not in {KIND_WORDS[context.graph.kind]}.",
            one(repair.remove, context, id),
        )


def _parameter(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("params"):
        wrong = context.wiring.wrong[id]
        if list(wrong) == ["arguments"] and context.blocks[id].part == "network":
            continue  # said by a rule of its own
        text = "; ".join(f"{name}: {what}" for name, what in sorted(wrong.items()))
        yield Finding(id, f"{id}'s {text}.", partial(_mended_params, context, id))


def _mended_params(context: Context, id: str) -> Iterator[Repair]:
    block, node = context.blocks[id], context.graph.nodes[id]
    known = {param.name: param for param in block.typed(node.params)}
    nearest: dict[str, object] = {}
    for name in context.wiring.wrong[id]:
        param = known.get(name)
        nearest[name] = edits.DEFAULT if param is None else _nearest(param, node.params[name])
    changed = [name for name, value in nearest.items() if value is not edits.DEFAULT]
    if changed:
        words = ", ".join(f"{name} to {known[name].show(nearest[name])}" for name in changed)  # type: ignore[arg-type]
        yield _set(context, id, f"Set {id}'s {words}", nearest)
    defaults: dict[str, object] = dict.fromkeys(nearest, edits.DEFAULT)
    names = ", ".join(sorted(nearest))
    unknown = not any(name in known for name in nearest)
    yield _set(
        context, id, f"Remove {id}'s {names}" if unknown else f"Set {id}'s {names} back to the default", defaults
    )


def _set(context: Context, id: str, label: str, values: dict[str, object]) -> Repair:
    return repair.together(
        context.project,
        label,
        lambda project: edits.set_params(project, context.name, id, values),  # type: ignore[arg-type]
    )


def _nearest(param: Param, value: Value) -> object:
    """The limit that a number oversteps, else the default."""
    if isinstance(param, Int | Float) and isinstance(value, int | float) and not isinstance(value, bool):
        near = min(max(value, param.low), param.high)
        if isinstance(param, Int) and isinstance(near, float):
            near = round(near)
        if not param.check(near):
            return near
    return edits.DEFAULT


def _reference(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("reference"):
        param = context.wiring.unresolved(id)
        assert param is not None
        data, held = isinstance(param, DatasetRef), named(param, context.graph.nodes[id])
        what = "data set" if data else "network"
        if held:
            text = f"{id} uses the {what} {held[:40]!r}, which this project does not have."
        else:
            text = f"{id} uses no {what} yet: choose one."
        yield Finding(id, text, partial(_other, context, id, param, held))


def _other(context: Context, id: str, param: NetworkRef | DatasetRef, held: str) -> Iterator[Repair]:
    graphs = context.project.graphs
    names = sorted(
        context.project.datasets
        if isinstance(param, DatasetRef)
        else (
            name
            for name in graphs
            if graphs[name].kind == "network"
            and name != context.name
            and context.name not in context.study.reached(name)
        ),
        key=natural_key,
    )
    close = get_close_matches(held, names, 3, 0.5)
    for name in [*close, *(name for name in names if name not in close)][:3]:
        yield repair.set_param(context, id, param.name, name)


def _recursion(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("recursion"):
        inner = context.wiring.reference(id, NetworkRef)
        text = f"{id} puts the network {inner} inside itself, which would never end."
        yield Finding(id, text, one(repair.remove, context, id))


def _levels(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("levels"):
        text = f"{id} puts {failure.text} here, in which more than {MOST_LEVELS} networks stand inside one another."
        yield Finding(id, f"{text} Ungroup some of them.", one(repair.remove, context, id))


def _stray_link(context: Context) -> Iterator[Finding]:
    for link in context.wiring.stray:
        source, target = link.source, link.target
        if target.node in context.graph.nodes and source.node in context.graph.nodes:
            blocks = context.blocks
            lost = (
                target.node
                if _lacks(context, target.node, target, blocks.get(target.node) is not None)
                else source.node
            )
            port = target.port if lost == target.node else source.port
            text = f"The link from {source.node} to {target.node} uses a port {port[:40]!r} that {lost} does not have."
            node = lost
        else:
            gone = target.node if target.node not in context.graph.nodes else source.node
            text = f"A link leads to or from {gone[:40]!r}, which does not exist."
            node = ""
        yield Finding(node, text, one(repair.unlink, context, link.target))


def _lacks(context: Context, id: str, target: Input, known: bool) -> bool:
    return known and all(
        port.name != target.port or not (port.many or target.index == 0) for port in context.wiring.inputs(id)
    )


def _missing_input(context: Context) -> Iterator[Finding]:
    for id, seen, _ in context.failures("missing"):
        ports = [port for port in context.wiring.inputs(id) if not port.optional and not seen.inputs.get(port.name)]
        names = " and ".join(port.title or port.name for port in ports)
        one = len(ports) == 1
        text = f"Nothing is linked to {id}'s input{'' if one else 's'} {names}."
        yield Finding(id, text, partial(_link_missing, context, id, ports))


def _together(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("together"):
        verb = "are" if " and " in failure.text else "is"
        text = f"{id} takes {failure.port} only together with {failure.text}, but {failure.text} {verb} not linked."
        yield Finding(id, text, partial(_completed, context, id, failure))


def _completed(context: Context, id: str, failure: Failure) -> Iterator[Repair]:
    link = context.link_at(id, failure.port)
    assert link is not None
    yield repair.unlink(context, link.target)
    for port in context.wiring.inputs(id):
        if port.name == failure.text:
            yield from (repair.link(context, source, Input(id, port.name)) for source in fitting(context, id, port))


def _link_missing(context: Context, id: str, ports: list[Port]) -> Iterable[Repair]:
    if len(ports) == 1:
        return [repair.link(context, source, Input(id, ports[0].name)) for source in fitting(context, id, ports[0])]
    fits = [fitting(context, id, port) for port in ports]
    if not all(fits):
        return []
    pairs = [(found[0], port) for found, port in zip(fits, ports, strict=True)]
    label = f"Link {' and '.join(source.node for source, _ in pairs)} to {id}"
    steps = [partial(_connect, context.name, source, Input(id, port.name)) for source, port in pairs]
    return [repair.together(context.project, label, *steps)]


def _connect(graph: str, source: Output, target: Input, project: Project) -> Change:
    return edits.connect(project, graph, source, target)


def fitting(context: Context, id: str, port: Port) -> list[Output]:
    """Outputs that could go into a port: free ones, or where none is free those that carry the same role."""
    after = context.downstream(id)
    typed = {}
    if context.blocks[id].part == "network":
        typed = context.study.typed(context.wiring.reference(id, NetworkRef))
    free: list[Output] = []
    taken: list[Output] = []
    for output, kind, is_free in context.free_outputs():
        if output.node in after or unfit(port, kind) is not None:
            continue
        if port.name in typed and mismatch(typed[port.name], kind):
            continue
        if port.role in ("logits", "loss") and context.blocks[output.node].part == "data":
            continue
        role = next(p.role for p in context.wiring.outputs(output.node) if p.name == output.port)
        if is_free:
            free.append(output)
        elif role == port.role or port.name in typed or port.role == "logits":
            taken.append(output)
    return (free or taken)[:3]


def _blank_input(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("blank", "shape"):
        text = (
            f"{id} has no shape yet: type one such as N 1 8 8, or link data to this network in a training graph."
            if failure.kind == "blank"
            else f"{id}'s shape: {failure.text}."
        )
        yield Finding(id, text, partial(_shapes_of_data, context, id))


def _shapes_of_data(context: Context, id: str) -> Iterator[Repair]:
    for name in sorted(context.project.datasets, key=natural_key):
        for column in context.project.datasets[name].columns:
            if column.role != "class":
                shape = " ".join(map(str, column_shape(column)))
                values: dict[str, object] = {"shape": shape, "dtype": column.dtype}
                yield _set(context, id, f"Set {id}'s shape to {shape}, as {name} has", values)


def _column(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("column"):
        yield Finding(id, f"{id}'s column {failure.port} has a shape or dtype that tensors cannot have.")


def _no_output(context: Context) -> Iterator[Finding]:
    if context.graph.kind != "network":
        return
    outputs = context.wiring.of_part("output")
    for id in outputs:
        if not context.links(id, context.wiring.inputs(id)[0].name):
            yield Finding(
                id,
                f"Nothing is linked to {id}, so the network would give nothing there.",
                partial(_end_at, context, id),
            )
    if not outputs and not context.graph.nodes:
        yield Finding("", "This network is empty: put in an Input, some layers and an Output, and link them.")
    elif not outputs:
        yield Finding(
            "",
            "This network has no Output, so it would give nothing back.",
            lambda: [
                repair.add(context, "Output", [end], _right_of(context, end.node), f"Add an Output after {end.node}")
                for end in loose_ends(context)
            ],
        )


def _end_at(context: Context, id: str) -> Iterator[Repair]:
    for source in loose_ends(context):
        yield repair.link(context, source, Input(id, context.wiring.inputs(id)[0].name))


def loose_ends(context: Context) -> list[Output]:
    """Outputs that lead nowhere, the last ones first; never an Input's while there is another."""
    ends = [output for output, _, free in context.free_outputs() if free]
    place = {id: at for at, id in enumerate(context.wiring.order)}
    ends.sort(key=lambda end: (context.blocks[end.node].part in ("input", "data"), -place[end.node]))
    return ends[:3]


def _right_of(context: Context, id: str) -> tuple[float, float]:
    x, y = context.graph.nodes[id].at
    return x + _STEP, y


def _unconnected(context: Context) -> Iterator[Finding]:
    wiring = context.wiring
    ends = wiring.of_part("output", "optimizer", "freeze")
    for id in sorted(context.walk.nodes, key=natural_key):
        node = context.graph.nodes[id]
        if id not in context.blocks or node.bypassed or id in wiring.needed or id in ends or wiring.targets(id):
            continue
        if id not in wiring.into:
            text = f"{id} is linked to nothing, so it is left out."
        elif not wiring.needed:
            continue
        else:
            before = len(_dead_branch(context, id)) - 1
            more = f" and the {before} nodes before it are" if before > 1 else " and the node before it are"
            text = f"{id} leads nowhere, so it{more if before else ' is'} left out."
        yield Finding(id, text, partial(_tied_up, context, id))


def _tied_up(context: Context, id: str) -> Iterator[Repair]:
    for output in context.wiring.of_part("output"):
        port = context.wiring.inputs(output)[0].name
        if not context.links(output, port) and context.wiring.outputs(id):
            yield repair.link(context, Output(id, context.wiring.outputs(id)[0].name), Input(output, port))
    if len(branch := _dead_branch(context, id)) > 1:
        rest = f"{', '.join(branch[1:4])}{' and more' if len(branch) > 4 else ''}"
        label = f"Remove {id} and what leads only there: {rest}"
        yield repair.together(context.project, label, lambda p: edits.remove(p, context.name, nodes=branch))
    yield repair.drop(context, id)


def _dead_branch(context: Context, id: str) -> list[str]:
    """A node and what leads only to it, but for Inputs and data."""
    wiring = context.wiring
    found, todo = [id], [id]
    while todo:
        for source in wiring.sources(todo.pop()):
            ends = {end.node for end in wiring.targets(source)}
            kept = source not in wiring.blocks or wiring.blocks[source].part in ("input", "data")
            if source not in found and not kept and ends <= set(found):
                found.append(source)
                todo.append(source)
    return found


RULES = (
    Rule("name", "error", _names),
    Rule("unknown-block", "error", _unknown_block),
    Rule("wrong-graph", "error", _wrong_graph),
    Rule("parameter", "error", _parameter),
    Rule("reference", "error", _reference),
    Rule("recursion", "error", _recursion),
    Rule("levels", "error", _levels),
    Rule("stray-link", "error", _stray_link),
    Rule("missing-input", "error", _missing_input),
    Rule("inputs-together", "error", _together),
    Rule("blank-input", "error", _blank_input),
    Rule("column", "error", _column),
    Rule("no-output", "error", _no_output),
    Rule("unconnected", "hint", _unconnected),
)
