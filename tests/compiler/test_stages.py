"""Random training graphs do what the rules say: held against one that computes everything anew in each stage."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.compiler.conditions import Conditions, When
from netbuilder.graph.model import Project
from tests.compiler.steps import Made, batch, body, built, made, place, problems, world

NETWORKS = ("one", "two", "three")


class Rule(NamedTuple):
    """An optimizer of a drawn example."""

    losses: tuple[int, ...]
    networks: tuple[str, ...]
    order: int
    every: int
    start: int
    accumulate: int


class Drawn(NamedTuple):
    """`values`: what each value is made by (a network's name, "detach", "add") and from which earlier ones; -1 is the
    batch. Each loss is the mean square of one value."""

    values: tuple[tuple[str, tuple[int, ...]], ...]
    losses: tuple[int, ...]
    rules: tuple[Rule, ...]

    def flow(self, start: set[int]) -> set[int]:
        """Values that gradients reach from some values."""
        found, todo = set(start), list(start)
        while todo:
            kind, sources = self.values[todo.pop()]
            for source in sources if kind != "detach" else ():
                if source >= 0 and source not in found:
                    found.add(source)
                    todo.append(source)
        return found


@st.composite
def graphs(draw: Any) -> Drawn:
    values: list[tuple[str, tuple[int, ...]]] = []
    for at in range(draw(st.integers(2, 7))):
        kind = draw(st.sampled_from([*NETWORKS, *NETWORKS, "detach", "add"]))
        count = 2 if kind == "add" else 1
        recent = st.integers(max(-1, at - 3), at - 1)
        values.append((kind, tuple(draw(recent) for _ in range(count))))
    losses = tuple(sorted(draw(st.sets(st.integers(0, len(values) - 1), min_size=1, max_size=3))))
    bare = Drawn(tuple(values), losses, ())
    rules: list[Rule] = []
    for _ in range(draw(st.integers(1, 3))):
        own = tuple(sorted(draw(st.sets(st.integers(0, len(losses) - 1), min_size=1, max_size=2))))
        reached = bare.flow({losses[one] for one in own})
        names = sorted({values[one][0] for one in reached} & set(NETWORKS))
        assume(names)
        chosen = tuple(sorted(draw(st.sets(st.sampled_from(names), min_size=1))))
        counts = [draw(st.sampled_from(options)) for options in ((1, 2, 3), (1, 1, 2, 3), (0, 0, 2), (1, 1, 2))]
        rules.append(Rule(own, chosen, *counts))
    for at, rule in enumerate(rules):
        for other in rules[:at]:
            if set(rule.networks) & set(other.networks):
                assume(rule.order != other.order and rule.accumulate == other.accumulate == 1)
    return Drawn(tuple(values), losses, tuple(rules))


def project(drawn: Drawn) -> Project:
    def output(at: int) -> str:
        return "rows.x" if at < 0 else f"v{at}.{'y' if drawn.values[at][0] in ('detach', 'add') else 'end'}"

    nodes: dict[str, Any] = {}
    links = []
    for at, (kind, sources) in enumerate(drawn.values):
        nodes[f"v{at}"] = {"detach": "Detach", "add": "Add"}.get(kind) or place(kind)
        port = "start" if kind in NETWORKS else "x"
        links += [f"{output(source)} > v{at}.{port}.{index}" for index, source in enumerate(sources)]
    for number, value in enumerate(drawn.losses):
        nodes[f"loss{number}"] = "TestMean"
        links.append(f"{output(value)} > loss{number}.x")
    for number, rule in enumerate(drawn.rules):
        params = {"networks": Map({name: Map() for name in rule.networks}), "algorithm": "SGD", "lr": 0.3}
        nodes[f"opt{number}"] = ("Optimizer", {**params, **dict(zip(rule._fields[2:], rule[2:], strict=True))})
        links += [f"loss{loss}.loss > opt{number}.loss.{index}" for index, loss in enumerate(rule.losses)]
    return world(nodes, links, {name: body(6, 6) for name in NETWORKS})


class Reference:
    """The rules, done naively: every stage computes all that its losses reach with gradients from the bottom up, keeps
    what stands behind a Detach, and asks autograd for each optimizer's gradients by themselves."""

    def __init__(self, drawn: Drawn, net: Made) -> None:
        self.drawn, self.net = drawn, net
        self.gathered: dict[tuple[int, str], list[torch.Tensor]] = {}

    def step(self, x: torch.Tensor, step: int) -> dict[str, torch.Tensor]:
        latest: dict[int, torch.Tensor] = {}
        told: dict[str, torch.Tensor] = {}
        for order in sorted({rule.order for rule in self.drawn.rules}):
            due = [
                (number, rule)
                for number, rule in enumerate(self.drawn.rules)
                if rule.order == order and step % rule.every == 0 and step >= rule.start
            ]
            flow = self.drawn.flow({self.drawn.losses[loss] for _, rule in due for loss in rule.losses})
            fresh: dict[int, torch.Tensor] = {}
            found = []
            for number, rule in due:
                for loss in rule.losses:
                    value = self.value(self.drawn.losses[loss], x, flow, fresh, latest)
                    told[f"loss{loss}"] = value.square().mean()
                total = sum(
                    self.value(self.drawn.losses[loss], x, flow, fresh, latest).square().mean() for loss in rule.losses
                )
                assert isinstance(total, torch.Tensor)
                for name in rule.networks:
                    parameters = list(getattr(self.net, name).parameters())
                    gradients = torch.autograd.grad(total, parameters, retain_graph=True, allow_unused=True)
                    found.append((number, rule, name, parameters, gradients))
            for number, rule, name, parameters, gradients in found:
                held = self.gathered.setdefault((number, name), [torch.zeros_like(p) for p in parameters])
                for one, gradient in zip(held, gradients, strict=True):
                    one += gradient / rule.accumulate
                if self.times(rule, step) % rule.accumulate == 0:
                    with torch.no_grad():
                        for parameter, one in zip(parameters, held, strict=True):
                            parameter -= 0.3 * one
                    del self.gathered[number, name]
        return {name: value.detach() for name, value in told.items()}

    def times(self, rule: Rule, step: int) -> int:
        """How often an optimizer was due up to this step."""
        return sum(at % rule.every == 0 and at >= rule.start for at in range(step + 1))

    def value(
        self, at: int, x: torch.Tensor, flow: set[int], fresh: dict[int, torch.Tensor], latest: dict[int, torch.Tensor]
    ) -> torch.Tensor:
        if at < 0:
            return x
        kind, sources = self.drawn.values[at]
        if kind == "detach":
            return self.value(sources[0], x, flow, fresh, latest).detach()
        if at in fresh:
            return fresh[at]
        if at not in flow and at in latest:
            return latest[at]
        given = [self.value(source, x, flow, fresh, latest) for source in sources]
        made_ = given[0] + given[1] if kind == "add" else getattr(self.net, kind)(given[0])
        fresh[at] = latest[at] = made_
        return made_


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(graphs())
def test_random_graphs_do_what_the_rules_say(drawn: Drawn) -> None:
    held = project(drawn)
    assert [found for found in problems(held) if found[0] == "error"] == []
    program = built(held)
    ours, opt = made(program)
    theirs, _ = made(program)
    for net in (ours, theirs):
        for one in vars(net).values():
            one.double()
    reference = Reference(drawn, theirs)
    for step in range(7):
        rows = batch(step)["x"].double()
        told = program.train_step({"x": rows}, ours, opt, step)
        expected = reference.step(rows, step)
        linked = {f"loss{loss}" for rule in drawn.rules for loss in rule.losses}
        assert told.keys() & linked == expected.keys(), step
        for name, value in expected.items():
            torch.testing.assert_close(told[name], value, rtol=1e-9, atol=1e-12)
    for name in vars(ours):
        for one, other in zip(getattr(ours, name).parameters(), getattr(theirs, name).parameters(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-11)


WHENS = st.builds(When, st.integers(1, 6), st.integers(0, 12), st.integers(1, 3))


@settings(max_examples=60, deadline=None)
@given(st.lists(WHENS, min_size=1, max_size=4), st.data())
def test_a_condition_is_true_in_its_cases_and_in_no_other(whens: list[When], data: Any) -> None:
    known = [*whens, *(when.due for when in whens)]
    assume(len({when for when in known if not when.always}) <= 6)
    conditions = Conditions(known)
    for when in known:
        text = conditions.text(conditions.of(when)) or "True"
        for step in range(40):
            assert (
                bool(eval(text, {"step": step})) == when.holds(step) == (conditions.case(step) in conditions.of(when))
            )
    some = frozenset(data.draw(st.sets(st.sampled_from(sorted(conditions.all)))))
    if some:
        text = conditions.text(some) or "True"
        for step in range(40):
            assert bool(eval(text, {"step": step})) == (conditions.case(step) in some), text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (When(5), "step % 5 == 0"),
        (When(5, 100), "step % 5 == 0 and step >= 100"),
        (When(1, 100), "step >= 100"),
        (When(1, 0, 4), "(step + 1) % 4 == 0"),
        (When(5, 0, 4), "step % 5 == 0 and (step // 5 + 1) % 4 == 0"),
        (When(1, 100, 4), "step >= 100 and (step - 99) % 4 == 0"),
        (When(2, 3, 3), "step % 2 == 0 and step >= 3 and (step // 2 - 1) % 3 == 0"),
    ],
)
def test_conditions_read_well(when: When, text: str) -> None:
    assert " and ".join(when.terms()) == text


def test_too_many_conditions_are_refused() -> None:
    with pytest.raises(ValueError, match="7 different conditions"):
        Conditions(When(every) for every in range(2, 9))
