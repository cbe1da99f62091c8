"""What a training step does and when: which value is computed in which stage, again, or not at all. Imports no torch.

Optimizers with one order number make up a stage. In each stage a value that its losses reach with gradients (not
through a Detach) is as if computed with the weights of that moment: it is computed if it never was, and again if
weights that lead to it with gradients have changed since. A value that is reached only through a Detach is held: what
it was when it was last computed. Everything else is never computed twice, so noise is drawn once.

Each case of the graph's conditions (`every`, `start`, `accumulate`) is gone through by itself, so that work whose
optimizer does not run in a step is left out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from netbuilder.compiler.conditions import Cases, Conditions, When
from netbuilder.compiler.gradients import Typed, frozen, networks_in, reached
from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.compiler.text import Known
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Output


class Learned(Typed, Known, Protocol):
    """What is asked of an analysed node."""

    @property
    def networks(self) -> Mapping[str, int]:
        """The networks that it uses, with their numbers of weights."""


class Backward(msgspec.Struct, frozen=True):
    """One backward pass, for optimizers that share it: they have the same losses and run in the same steps.

    `inputs`: gradients go only to what they change; said where their losses reach more, or where there are other
    optimizers. `retain`: a later
    pass needs what this one leaves. `nodes`: through which gradients flow, in order.
    """

    optimizers: tuple[OptimizerPlan, ...]
    losses: tuple[Output, ...]
    cases: Cases
    inputs: bool
    retain: bool
    nodes: tuple[str, ...]

    @property
    def again(self) -> bool:
        """Whether the optimizer computes its loss again by itself, as often as it likes."""
        return self.optimizers[0].algorithm == "LBFGS"


class Stage(msgspec.Struct, frozen=True):
    """Nodes that are computed, with the cases in which they are; nodes that are only measured; backward passes.

    The optimizers step after all backward passes of their stage.
    """

    forward: tuple[tuple[str, Cases], ...]
    measured: tuple[tuple[str, Cases], ...]
    backward: tuple[Backward, ...]


class Steps(msgspec.Struct, frozen=True):
    """A whole training step. `learned`: nodes that an optimizer needs; `reported`: losses and metrics by the cases in
    which they are known, with the stage after which they are told."""

    stages: tuple[Stage, ...]
    conditions: Conditions
    learned: frozenset[str]
    reported: tuple[tuple[str, Cases, int], ...]


def due(plan: OptimizerPlan) -> When:
    """When an optimizer's losses are computed."""
    return When(plan.every, plan.start)


def stepping(plan: OptimizerPlan) -> When:
    """When it changes the weights."""
    return When(plan.every, plan.start, plan.accumulate)


def conditions(plans: Iterable[OptimizerPlan]) -> Conditions:
    """The conditions of some optimizers. Raises ValueError where there are too many."""
    return Conditions(when for plan in plans for when in (due(plan), stepping(plan)))


def plan_steps(wiring: Wiring, nodes: Mapping[str, Learned], plans: Sequence[OptimizerPlan]) -> Steps:
    """What a training step does; `plans` in the order in which they run."""
    return _Planner(wiring, nodes, plans).steps()


class _Planner:
    def __init__(self, wiring: Wiring, nodes: Mapping[str, Learned], plans: Sequence[OptimizerPlan]) -> None:
        self.wiring, self.nodes = wiring, nodes
        self.conditions, self.count = conditions(plans), len(plans)
        orders = sorted({plan.order for plan in plans})
        groups = [[plan for plan in plans if plan.order == order] for order in orders]
        self.stages = [_shared(wiring, group) for group in groups]
        self.learned = wiring.upstream(*(loss for plan in plans for loss in plan.losses))
        self.place = {id: place for place, id in enumerate(wiring.order)}
        self.order = [id for id in wiring.order if id in self.learned and wiring.blocks[id].part != "detach"]
        self.calls = {id: networks_in(wiring, (id,)) for id in self.order}
        told = wiring.upstream(*(id for id in wiring.of_part("loss", "metric") if id in wiring.needed))
        self.needs = {id: _needs(wiring, id) for id in told | self.learned}
        self.flow = {plan.losses: reached(wiring, nodes, plan.losses) for plan in plans}
        self.through = {_nodes(plans): self._through(plans) for stage in self.stages for plans in stage}

    def steps(self) -> Steps:
        worlds = [_World(self, case) for case in sorted(self.conditions.all)]
        reported = self._reported(worlds)
        measured = self._measured(reported)
        stages = []
        for at, passes in enumerate(self.stages):
            computed = {id for world in worlds for id in world.computed[at]}
            forward = {id: _where(worlds, id, at) for id in computed}
            backward = [self._backward(worlds, at, plans) for plans in passes]
            stages.append(Stage(self._in_order(forward), self._in_order(measured[at]), tuple(backward)))
        told = [(id, cases, at) for id, (cases, at) in reported.items() if cases]
        return Steps(tuple(stages), self.conditions, frozenset(self.learned), tuple(told))

    def _in_order(self, cases: dict[str, Cases]) -> tuple[tuple[str, Cases], ...]:
        """The nodes after those that they need; what happens in the same cases stays together where it can."""
        left = sorted(cases, key=self.place.__getitem__)
        found: list[tuple[str, Cases]] = []
        last = self.conditions.all
        while left:
            waiting = set(left)
            ready = [id for id in left if not waiting & self.needs[id]]
            same = [id for id in ready if cases[id] == last]
            always = [id for id in ready if cases[id] == self.conditions.all]
            id = (same or always or ready)[0]
            last = cases[id]
            found.append((id, last))
            left.remove(id)
        return tuple(found)

    def _through(self, plans: Sequence[OptimizerPlan]) -> tuple[str, ...]:
        """The nodes through which the gradients of some losses flow to the networks that these optimizers change."""
        own = {name for plan in plans for name in plan.networks}
        found: set[str] = set()
        for id in self.order:
            follows = any(source in found for source in self.wiring.sources(id))
            if id in self.flow[plans[0].losses] and (follows or self.calls[id] & own):
                found.add(id)
        return tuple(id for id in self.order if id in found)

    def _backward(self, worlds: Sequence[_World], at: int, plans: Sequence[OptimizerPlan]) -> Backward:
        first = plans[0]
        own = {name for plan in plans for name in plan.networks} | set(frozen(self.wiring))
        weights = {name for id in self.flow[first.losses] for name, count in self.nodes[id].networks.items() if count}
        return Backward(
            optimizers=tuple(plans),
            losses=_losses(self.wiring, first.node),
            cases=self.conditions.of(due(first)),
            inputs=bool(weights - own) or len(plans) < self.count,
            retain=any(world.needs_more(_nodes(plans)) for world in worlds),
            nodes=self.through[_nodes(plans)],
        )

    def _reported(self, worlds: Sequence[_World]) -> dict[str, tuple[Cases, int]]:
        """Losses and metrics with the cases in which they are known, and the stage after which they are.

        What an optimizer makes smaller is known when it was last computed, what is only measured as early as it can be.
        """
        found: dict[str, tuple[Cases, int]] = {}
        for id in self.wiring.of_part("loss", "metric"):
            if id not in self.wiring.needed:
                continue
            own = id in self.learned
            before = self.wiring.upstream(id) - self.learned
            used = {id} if own else {need for one in before for need in self.needs[one] & self.learned}
            pick = max if own else min
            stages = range(len(self.stages))
            last = max((pick(at for at in stages if _where(worlds, name, at)) for name in used), default=0)
            cases = self.conditions.all
            for name in used:
                cases &= frozenset[int]().union(*(_where(worlds, name, at) for at in range(last + 1)))
            found[id] = (cases, last)
        return found

    def _measured(self, reported: Mapping[str, tuple[Cases, int]]) -> list[dict[str, Cases]]:
        """By stage the nodes that are computed only to be told, each where it is first wanted."""
        found: list[dict[str, Cases]] = []
        done: dict[str, Cases] = {}
        for at in range(len(self.stages)):
            here: dict[str, Cases] = {}
            for id, (cases, stage) in reported.items():
                for need in self.wiring.upstream(id) - self.learned if stage == at else ():
                    more = cases - done.get(need, frozenset())
                    block = self.wiring.blocks[need]
                    if more and block.part != "detach" and not block.stateful:  # these have no statement
                        here[need] = here.get(need, frozenset()) | more
                        done[need] = done.get(need, frozenset()) | more
            found.append(here)
        return found


class _World:
    """One case, gone through stage by stage: what is computed where, and what each backward pass flows through."""

    def __init__(self, planner: _Planner, case: int) -> None:
        self.case = case
        self.computed: list[set[str]] = []
        self._planner = planner
        self._passes: dict[tuple[str, ...], dict[str, int]] = {}
        self._version: dict[str, int] = {}
        self._made_of: dict[str, tuple[int, ...]] = {}
        self._weights: dict[str, int] = {}
        for at, passes in enumerate(planner.stages):
            self._stage(at, [plans for plans in passes if case in planner.conditions.of(due(plans[0]))])

    def _stage(self, at: int, passes: Sequence[Sequence[OptimizerPlan]]) -> None:
        planner, wiring = self._planner, self._planner.wiring
        losses = {plans[0].losses for plans in passes}
        flow = {id for held in losses for id in planner.flow[held]}
        needed = wiring.upstream(*(id for held in losses for id in held))
        computed: set[str] = set()
        for id in planner.order:
            # What the batch holds is read at the beginning, whoever needs it.
            if id not in needed and not (at == 0 and wiring.blocks[id].part == "data"):
                continue
            made_of = self._ingredients(id)
            if id not in self._version or (id in flow and made_of != self._made_of[id]):
                self._version[id] = self._version.get(id, 0) + 1
                self._made_of[id] = made_of
                computed.add(id)
        self.computed.append(computed)
        for plans in passes:
            if plans[0].algorithm != "LBFGS":  # that one computes what it flows through for itself
                names = _nodes(plans)
                self._passes[names] = {id: self._version[id] for id in planner.through[names]}
        for plan in (plan for plans in passes for plan in plans):
            if self.case in planner.conditions.of(stepping(plan)):
                for name in plan.networks:
                    self._weights[name] = self._weights.get(name, 0) + 1

    def _ingredients(self, id: str) -> tuple[int, ...]:
        """What a value is made of: the versions of the values that it names and of the weights that it calls."""
        needs = (self._version[need] for need in sorted(self._planner.needs[id]))
        return (*needs, *(self._weights.get(name, 0) for name in sorted(self._planner.calls[id])))

    def needs_more(self, optimizers: tuple[str, ...]) -> bool:
        """Whether a later backward pass flows through a value that the pass of these optimizers flows through."""
        if optimizers not in self._passes:
            return False
        own, later = self._passes[optimizers], list(self._passes)
        later = later[later.index(optimizers) + 1 :]
        return any(own.get(id) == version for names in later for id, version in self._passes[names].items())


def _nodes(plans: Iterable[OptimizerPlan]) -> tuple[str, ...]:
    return tuple(plan.node for plan in plans)


def _shared(wiring: Wiring, group: Sequence[OptimizerPlan]) -> list[list[OptimizerPlan]]:
    """The optimizers of a stage, those together that can share one backward pass."""
    found: list[list[OptimizerPlan]] = []
    for plan in group:
        for held in found:
            if all(_share(wiring, plan, other) for other in held):
                held.append(plan)
                break
        else:
            found.append([plan])
    return found


def _share(wiring: Wiring, plan: OptimizerPlan, other: OptimizerPlan) -> bool:
    return (
        _losses(wiring, plan.node) == _losses(wiring, other.node)
        and stepping(plan) == stepping(other)
        and "LBFGS" not in (plan.algorithm, other.algorithm)
        and not set(plan.networks) & set(other.networks)
    )


def _losses(wiring: Wiring, optimizer: str) -> tuple[Output, ...]:
    return tuple(link.source for link in wiring.links(optimizer, wiring.inputs(optimizer)[0].name))


def _needs(wiring: Wiring, id: str) -> set[str]:
    """The nodes whose values a node's statement names: a Detach is no statement of its own."""
    found: set[str] = set()
    todo = wiring.sources(id)
    while todo:
        source = todo.pop()
        if wiring.blocks[source].part == "detach":
            todo.extend(wiring.sources(source))
        else:
            found.add(source)
    return found


def _where(worlds: Iterable[_World], id: str, at: int) -> Cases:
    return frozenset(world.case for world in worlds if id in world.computed[at])
