"""Rules about who changes what: which networks learn from which optimizer, and in which steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial

from immutables import Map

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import repair
from netbuilder.compiler.conditions import MOST, When
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.gradients import frozen, groups, losses_of, reached, taught
from netbuilder.compiler.plans import OptimizerPlan, optimizer_plans
from netbuilder.compiler.report import Repair
from netbuilder.compiler.stages import due, stepping
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import Input, Output, Project, Value, natural_key

_STEP = 90.0


def _sound(context: Context) -> list[str]:
    """The optimizers of a training graph that have losses and no wrong parameter."""
    if context.graph.kind != "training":
        return []
    wiring, nodes = context.wiring, context.walk.nodes
    return [id for id in wiring.of_part("optimizer") if id in wiring.into and nodes[id].state == "ok"]


def plans_of(context: Context) -> list[OptimizerPlan]:
    """What the optimizers of a training graph are to be; none while one of them has a wrong parameter."""
    return context.remembered(_plans)


def _plans(context: Context) -> list[OptimizerPlan]:
    sound = _sound(context)
    if not sound or any(id in context.wiring.wrong for id in context.wiring.of_part("optimizer", "freeze")):
        return []
    return [plan for plan in optimizer_plans(context.wiring, context.walk.nodes) if plan.node in sound]


def _weights(context: Context, ids: Iterable[str]) -> dict[str, int]:
    """The networks that some nodes use, with their numbers of weights, as far as they are known."""
    return {name: count for id in ids for name, count in context.walk.nodes[id].networks.items() if count}


def _flow(context: Context, optimizer: str) -> set[str]:
    return reached(context.wiring, context.walk.nodes, losses_of(context.wiring, optimizer))


def _name(context: Context, id: str, names: Iterable[str]) -> Repair:
    """Lets an optimizer change these networks and no others; those that it has numbers for keep them."""
    held = context.graph.nodes[id].params.get("networks", Map())
    own = held if isinstance(held, Map) else Map()
    chosen = sorted(names, key=natural_key)
    value: Value = Map({name: own.get(name, Map()) for name in chosen})
    label = f"Let {id} change {' and '.join(chosen)} only" if chosen else f"Let {id} name no network"
    return repair.together(context.project, label, lambda p: edits.set_params(p, context.name, id, {"networks": value}))


def _freeze(context: Context, network: str) -> Repair:
    """A Freeze node for a network, above everything else."""
    places = [node.at for node in context.graph.nodes.values()]
    at = (min(x for x, _ in places), min(y for _, y in places) - _STEP)
    return repair.together(
        context.project,
        f"Freeze {network}",
        lambda p: edits.add_node(p, context.name, "Freeze", at, params=Map(network=network)),
    )


def _cut(context: Context) -> Iterator[Finding]:
    wiring = context.wiring
    for id in _sound(context):
        flow, before = _flow(context, id), wiring.upstream(*losses_of(wiring, id))
        cuts = [one for one in wiring.of_part("detach") if one in flow]
        if cuts and not _weights(context, flow) and (lost := _weights(context, before)):
            names = " and ".join(sorted(lost, key=natural_key))
            text = f"{' and '.join(cuts)} lets no gradient through, so {id} could change nothing of {names}."
            yield Finding(id, text, partial(_uncut, context, cuts))


def _uncut(context: Context, cuts: list[str]) -> Iterator[Repair]:
    for cut in cuts:
        yield repair.bypass(context, cut)
    yield from (repair.remove(context, cut) for cut in cuts)


def _lost(context: Context) -> Iterator[Finding]:
    """Layers of a network from which no gradient can come back from its Outputs."""
    wiring, nodes = context.wiring, context.walk.nodes
    if context.graph.kind != "network":
        return
    ends = [id for id in wiring.of_part("output") if id in wiring.into]
    flow = reached(wiring, nodes, ends) if ends else set()
    learns = (id for id in wiring.upstream(*ends) - flow if id in nodes and nodes[id].parameters)
    lost = sorted(learns, key=natural_key)
    if not lost:
        return
    cuts = [id for id in wiring.of_part("detach") if id in flow]
    names = " and ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
    if cuts:
        text = f"{' and '.join(cuts)} lets no gradient through, so {names} can't learn."
    else:
        text = f"{names} can't learn: what comes from there is turned into whole numbers, which carry no gradient."
    yield Finding(cuts[0] if cuts else lost[0], text, partial(_uncut, context, cuts))


def _nothing_learns(context: Context) -> Iterator[Finding]:
    wiring = context.wiring
    still = set(frozen(wiring))
    changed = taught(wiring, context.walk.nodes) if plans_of(context) else {}
    for id in _sound(context):
        flow = _flow(context, id)
        known = _weights(context, flow)
        if not known:
            if not flow & set(wiring.of_part("detach")):
                yield Finding(id, f"No network with weights leads to {id}, so nothing would learn.")
        elif id in changed and not set(changed[id]) & set(known) and not groups(wiring, id):
            if set(known) <= still:
                names = " and ".join(sorted(known, key=natural_key))
                text = f"{id} would change nothing: {names} is frozen."
                yield Finding(id, text, partial(_thaw, context, set(known)))
            else:
                text = f"{id} would change nothing: other optimizers name every network that leads to it."
                yield Finding(id, text, one(_name, context, id, set(known) - still))


def _thaw(context: Context, names: set[str]) -> Iterator[Repair]:
    for id in context.wiring.of_part("freeze"):
        if context.wiring.reference(id, NetworkRef) in names:
            yield repair.drop(context, id)


def _named(context: Context) -> Iterator[Finding]:
    wiring, graphs = context.wiring, context.project.graphs
    still = set(frozen(wiring))
    for id in _sound(context):
        names = set(groups(wiring, id))
        known = _weights(context, _flow(context, id))
        for name in sorted(names, key=natural_key):
            rest = names - {name}
            if name not in graphs or graphs[name].kind != "network":
                text = f"{id} is to change {name}, but this project has no network of that name."
                yield Finding(id, text, partial(_renamed, context, id, name, rest, set(known)))
            elif name in still:
                text = f"{id} is to change {name}, but {name} is frozen."
                yield Finding(id, text, partial(_thawed, context, id, name, rest))
            elif name not in known:
                text = f"{id} is to change {name}, but no gradient of its losses reaches weights of {name}."
                yield Finding(id, text, one(_name, context, id, rest))
            else:
                continue
            break  # one finding a node: its repairs would not make another one's go away


def _renamed(context: Context, id: str, name: str, rest: set[str], known: set[str]) -> Iterator[Repair]:
    for close in get_close_matches(name, sorted(known - rest), 2, 0.5):
        yield _name(context, id, rest | {close})
    yield _name(context, id, rest)


def _thawed(context: Context, id: str, name: str, rest: set[str]) -> Iterator[Repair]:
    yield _name(context, id, rest)
    yield from _thaw(context, {name})


def _untaught(context: Context) -> Iterator[Finding]:
    if not (plans := plans_of(context)):
        return
    wiring = context.wiring
    done = {name for plan in plans for name in plan.networks} | set(frozen(wiring))
    told: set[str] = set()
    for id in wiring.order:
        if id in wiring.needed and not context.graph.nodes[id].bypassed:
            for name in sorted(_weights(context, (id,)), key=natural_key):
                if name not in done | told:
                    told.add(name)
                    text = f"No optimizer changes {name}, so it stays as it began. Freeze it if that is meant."
                    yield Finding(id, text, partial(_taught_or_frozen, context, name))


def _taught_or_frozen(context: Context, name: str) -> Iterator[Repair]:
    for id in _sound(context):
        if name in _weights(context, _flow(context, id)):
            own = set(taught(context.wiring, context.walk.nodes)[id])
            yield _name(context, id, own | {name})
    yield _freeze(context, name)


def _shared(context: Context, *, mixed: bool) -> Iterator[Finding]:
    """Networks that two optimizers change; `mixed`: at one moment, or while gradients wait, so that they get mixed."""
    plans = plans_of(context)
    for at, plan in enumerate(plans):
        for other in plans[:at]:
            both = sorted(set(plan.networks) & set(other.networks), key=natural_key)
            waits = max(plan.accumulate, other.accumulate) > 1
            if not both or mixed != (plan.order == other.order or waits):
                continue
            names = " and ".join(both)
            if not mixed:
                text = f"{other.node} and {plan.node} both change {names}, one after the other in each step."
            elif waits:
                text = f"{other.node} and {plan.node} both change {names}, and the gradients that one gathers over "
                text += "several steps would get into the other's."
            else:
                text = f"{other.node} and {plan.node} both change {names} at the same moment, order {plan.order}, so "
                text += "each would step with the gradients of both."
            yield Finding(plan.node, text, partial(_apart, context, plan, other, both, waits))
            break


def _apart(
    context: Context, plan: OptimizerPlan, other: OptimizerPlan, both: list[str], waits: bool
) -> Iterator[Repair]:
    for one_, rest in ((one_, set(one_.networks) - set(both)) for one_ in (plan, other)):
        if rest:
            yield _name(context, one_.node, rest)
    if plan.order == other.order and not waits:
        yield repair.set_param(context, plan.node, "order", plan.order + 1)
    if waits:
        for one_ in (plan, other):
            if one_.accumulate > 1:
                yield repair.set_param(context, one_.node, "accumulate", 1)
    losses = [source for source in _losses(context, plan.node) if source not in _losses(context, other.node)]
    count = len(context.links(other.node, "loss"))
    label = f"Remove {plan.node}" + (f" and link its losses to {other.node}" if losses else "")
    links = [
        partial(_connect, context.name, source, Input(other.node, "loss", count + at))
        for at, source in enumerate(losses)
    ]
    yield repair.together(context.project, label, lambda p: edits.remove(p, context.name, nodes=(plan.node,)), *links)


def _losses(context: Context, id: str) -> list[Output]:
    return [link.source for link in context.links(id, "loss")]


def _connect(graph: str, source: Output, target: Input, project: Project) -> Change:
    return edits.connect(project, graph, source, target)


def _conditions(context: Context) -> Iterator[Finding]:
    plans = plans_of(context)
    different = {when for plan in plans for when in (due(plan), stepping(plan)) if when != When()}
    if len(different) > MOST:
        last = max(plans, key=lambda plan: (not due(plan).always, plan.every, plan.start, plan.accumulate))
        text = (
            f"The optimizers have {len(different)} different combinations of every, start and accumulate; "
            f"at most {MOST} can be told apart in one step."
        )
        yield Finding("", text, partial(_alike, context, last))


def _alike(context: Context, plan: OptimizerPlan) -> Iterator[Repair]:
    values: dict[str, Value] = {"every": 1, "start": 0, "accumulate": 1}
    yield repair.together(
        context.project,
        f"Let {plan.node} work in every step",
        lambda p: edits.set_params(p, context.name, plan.node, values),
    )


RULES = (
    Rule("cut-gradients", "error", _cut),
    Rule("lost-gradients", "warning", _lost),
    Rule("nothing-learns", "error", _nothing_learns),
    Rule("optimizer-networks", "error", _named),
    Rule("untaught-network", "warning", _untaught),
    Rule("mixed-gradients", "error", partial(_shared, mixed=True)),
    Rule("shared-network", "warning", partial(_shared, mixed=False)),
    Rule("many-conditions", "error", _conditions),
)
