"""Rules about loops: cycles, what a Delay keeps, what is a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from immutables import Map

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.loops import FED, INITIAL, STATE
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.delaying import delayed, with_time
from netbuilder.compiler.stepping import TIME
from netbuilder.compiler.types import ShapeError, is_fixed, parse_shape
from netbuilder.graph import edits
from netbuilder.graph.model import Input, Link, Value, natural_key

_MOST_NAMED = 6
_MOST_LINKS = 8


def _cycle(context: Context) -> Iterator[Finding]:
    network = context.graph.kind == "network"
    for cycle in context.wiring.cycles:
        ids = sorted(cycle, key=natural_key)
        named = ", ".join(ids[:_MOST_NAMED]) + (f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else "")
        what = f"{ids[0]} feeds itself" if len(ids) == 1 else f"These nodes feed one another in a circle: {named}"
        advice = (
            "put a Delay into the circle, which hands a value on to the next step, or remove one of its links"
            if network
            else "remove that link"
            if len(ids) == 1
            else "remove one of the links"
        )
        text = f"{what}. No node can work before the one that feeds it: {advice}."
        yield Finding(ids[0], text, partial(_opened, context, _most_backward_first(context, set(ids)), network))


def _most_backward_first(context: Context, inside: set[str]) -> list[Link]:
    """The links of a cycle. The latest is not known; one that goes back, to the left, most likely closed it."""
    nodes = context.graph.nodes
    found = [link for link in context.graph.links.values() if {link.source.node, link.target.node} <= inside]
    back = {link: nodes[link.source.node].at[0] - nodes[link.target.node].at[0] for link in found}
    return sorted(found, key=lambda link: (-back[link], natural_key(link.target.node), link.target.index))


def _opened(context: Context, links: list[Link], network: bool) -> Iterator[Repair]:
    if network:
        yield from delayed(context, links[0])
    for link in links[:_MOST_LINKS]:
        yield repair.unlink(context, link.target)


def _no_sequence(context: Context) -> Iterator[Finding]:
    loop, inputs = context.wiring.loop, context.wiring.of_part("input")
    if loop is None or loop.sequences:
        return
    delay = context.wiring.of_part("delay")[0]
    if not inputs:
        yield Finding("", f"{delay} makes this network work step by step, but it has no Input to take the steps from.")
        return
    text = (
        f"{delay} makes this network work step by step, but all its Inputs are constants, so nothing says how many "
        "steps there are: make one of them a sequence."
    )
    yield Finding("", text, lambda: [repair.set_param(context, id, "steps", "sequence") for id in inputs])


def _no_time(context: Context) -> Iterator[Finding]:
    for id, seen, _ in context.failures("time"):
        text = (
            f"{id} is a sequence, whose second axis is time, but its shape {context.shape(seen.whole)} has no second "
            "axis: add one, or make it a constant, the same in all steps."
        )
        yield Finding(id, text, partial(_timed, context, id))


def _timed(context: Context, id: str) -> Iterator[Repair]:
    yield repair.set_param(context, id, "steps", "constant")
    if shape := with_time(str(context.wiring.value(id, "shape"))):
        yield repair.set_param(context, id, "shape", shape)


def _lengths(context: Context) -> Iterator[Finding]:
    loop = context.wiring.loop
    for id, seen, _ in context.failures("lengths"):
        assert loop is not None
        first = next(other for other in loop.sequences if context.walk.nodes[other].state == "ok")
        whole = context.walk.nodes[first].whole
        assert whole is not None
        assert seen.whole is not None
        size = context.walk.symbols.size
        text = (
            f"{id} has {size(seen.whole.dims[TIME])} steps, but {first} has {size(whole.dims[TIME])}: all sequences of "
            f"a network must be equally long. Their shapes are {context.shape(seen.whole)} and {context.shape(whole)}."
        )
        yield Finding(id, text, partial(_as_long, context, id, first))


def _as_long(context: Context, id: str, first: str) -> Iterator[Repair]:
    for one_id, other in ((id, first), (first, id)):
        try:
            mine, theirs = (parse_shape(str(context.wiring.value(each, "shape"))) for each in (one_id, other))
        except ShapeError:
            continue
        if len(mine) > TIME < len(theirs):
            shape = (*mine[:TIME], theirs[TIME], *mine[TIME + 1 :])
            yield repair.set_param(context, one_id, "shape", " ".join(map(str, shape)))
    yield repair.set_param(context, id, "steps", "constant")


def _state(context: Context) -> Iterator[Finding]:
    for id, seen, failure in context.failures("state", "learned"):
        if failure.kind == "learned":
            text = f"{id} cannot learn what it starts with: only real numbers are learned, and it keeps {failure.text}."
            repairs = [
                repair.set_param(context, id, "start", "zero"),
                repair.set_param(context, id, "dtype", "float32"),
            ]
            yield Finding(id, text, lambda repairs=repairs: repairs)  # type: ignore[misc]
            continue
        state, fed = seen.outputs[STATE], context.type_at(id, FED)
        link, initial = context.link_at(id, FED), context.link_at(id, INITIAL)
        assert fed is not None
        assert link is not None
        held, given = (
            f"{context.shape(kind)}{'' if state.dtype == fed.dtype else f' {kind.dtype}'}" for kind in (state, fed)
        )
        start = f"starts from the {held} of {initial.source.node}" if initial else f"remembers {held}"
        feeds = f"{link.source.node} feeds it {given}"
        text = f"{id} {start}, but {feeds}: what goes into a Delay must be like what comes out."
        yield Finding(id, text, partial(_refitted, context, id))


def _refitted(context: Context, id: str) -> Iterator[Repair]:
    state, fed = context.walk.nodes[id].outputs[STATE], context.type_at(id, FED)
    link = context.link_at(id, FED)
    assert fed is not None
    assert link is not None
    size = tuple(dim[0] for dim in fed.dims[1:])
    kept = False
    if fed.dims[:1] == state.dims[:1] and all(map(is_fixed, fed.dims[1:])):
        held = {param.name: param for param in context.blocks[id].params}
        new: dict[str, Value] = {"size": size, "dtype": fed.dtype}
        if kept := not any(held[name].check(value) for name, value in new.items()):
            yield _kept(context, id, new)
    if len(state.dims) == 2 and is_fixed(state.dims[1]) and state.dtype == fed.dtype == "float32":
        yield repair.insert(context, link.target, "Linear", Map(out_features=state.dims[1][0]))
    if not kept and (initial := context.link_at(id, INITIAL)):
        yield repair.unlink(context, initial.target)


def _kept(context: Context, id: str, new: dict[str, Value]) -> Repair:
    """Sets size and dtype as far as they differ; a linked initial value, which decides both, is taken off."""
    params = {param.name: param for param in context.blocks[id].params}
    changed = {name: value for name, value in new.items() if context.wiring.value(id, name) != value}
    words = " and ".join(f"{name} to {params[name].show(value)}" for name, value in changed.items())
    steps: list[repair.Step] = [lambda p: edits.set_params(p, context.name, id, changed)]
    label = f"Set {id}'s {words}"
    if context.links(id, INITIAL):
        steps.append(lambda p: edits.disconnect(p, context.name, Input(id, INITIAL)))
        label = f"Remove {id}'s initial value" + (f" and set its {words}" if changed else "")
    return repair.together(context.project, label, *steps)


def _initial(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("initial"):
        link = context.link_at(id, INITIAL)
        assert link is not None
        source = link.source.node
        text = (
            f"{id} starts from {source}, which differs from step to step; link something that is there before the "
            "first step, such as an Input whose steps are constant."
        )
        yield Finding(id, text, partial(_started, context, link))


def _started(context: Context, link: Link) -> Iterator[Repair]:
    yield repair.unlink(context, link.target)
    if context.blocks[link.source.node].part == "input":
        yield repair.set_param(context, link.source.node, "steps", "constant")


def _nothing_to_stack(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("axes"):
        text = (
            f"{id} would put the steps one after the other behind the batch, but gets a single number in each step, "
            "without a batch: give back the last step only."
        )
        yield Finding(id, text, one(repair.set_param, context, id, "steps", "last"))


def _read_as_time(context: Context) -> Iterator[Finding]:
    """ "N 16" was most likely meant as 16 features of one step, not as 16 steps."""
    loop = context.wiring.loop
    for id in loop.sequences if loop is not None else ():
        kind = context.walk.edge(id)
        if kind is None or len(kind.dims) != TIME + 1 or not is_fixed(kind.dims[TIME]) or kind.dtype != "float32":
            continue
        shape, steps = with_time(str(context.wiring.value(id, "shape"))), kind.dims[TIME][0]
        text = (
            f"{id} is read as {steps} steps of one number each, for the second axis of a sequence is time. If these "
            f"are {steps} numbers of one step, its shape needs a time axis" + (f", {shape}." if shape else ".")
        )
        yield Finding(id, text, partial(_with_time_axis, context, id, shape))


def _with_time_axis(context: Context, id: str, shape: str) -> Iterator[Repair]:
    if shape:
        yield repair.set_param(context, id, "shape", shape)
    yield repair.set_param(context, id, "steps", "constant")


RULES = (
    Rule("cycle", "error", _cycle),
    Rule("loop-sequence", "error", _no_sequence),
    Rule("loop-time", "error", _no_time),
    Rule("loop-lengths", "error", _lengths),
    Rule("loop-state", "error", _state),
    Rule("loop-initial", "error", _initial),
    Rule("loop-output", "error", _nothing_to_stack),
    Rule("loop-steps", "hint", _read_as_time),
)
