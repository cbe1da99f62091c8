"""Writes the training step of a training graph, as a person would. Imports no torch.

`stages` says what is computed when; here it becomes text: forward, what is measured, backward, steps of the optimizers.
"""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import metrics
from netbuilder.compiler.conditions import Cases
from netbuilder.compiler.pieces import Pieces
from netbuilder.compiler.plans import OptimizerPlan, optimizer_plans
from netbuilder.compiler.stages import Backward, Learned, Stage, Steps, due, plan_steps, stepping
from netbuilder.compiler.statements import called, show_inlined, write_statement
from netbuilder.compiler.text import STEP_NAMES, Text, Variables, docstring
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Output

NO_GRAD = "torch.no_grad()"
ENABLE_GRAD = "torch.enable_grad()"
_DTYPES = {"bf16": "torch.bfloat16", "fp16": "torch.float16"}


def train_step(
    wiring: Wiring, nodes: Mapping[str, Learned], name: str = "train_step", precision: str = "float32"
) -> Text:
    """One training step: forward, loss, what is measured, backward, step; for each optimizer in turn."""
    plans = optimizer_plans(wiring, nodes)
    return _Writer(wiring, nodes, plan_steps(wiring, nodes, plans), precision).write(name)


def autocast(wiring: Wiring, variables: Variables, ids: set[str], precision: str) -> str:
    """What forward work is done under in mixed precision, "" where it is not mixed."""
    if precision not in _DTYPES:
        return ""
    for id in wiring.order:
        if id in ids and wiring.blocks[id].part == "data":
            for port in wiring.outputs(id):
                output = Output(id, port.name)
                if variables.used(output, ids):
                    return f"torch.autocast({variables[output]}.device.type, dtype={_DTYPES[precision]})"
    return ""


def under(*contexts: str) -> str:
    """ "with a, b:", "" for none."""
    named = [context for context in contexts if context]
    return f"with {', '.join(named)}:" if named else ""


def gradients_within(wiring: Wiring, ids: set[str]) -> set[str]:
    """Of some nodes that learn nothing those that must let gradients through: blocks that compute gradients, and what
    leads to those that do not call the network themselves."""
    found = {id for id in ids if wiring.blocks[id].gradients}
    given = {id for id in found if not wiring.references(id, NetworkRef)}
    return (found | wiring.upstream(*given)) & ids


class _Writer:
    def __init__(self, wiring: Wiring, nodes: Mapping[str, Learned], steps: Steps, precision: str) -> None:
        self.wiring, self.nodes, self.steps = wiring, nodes, steps
        self.scaled = precision == "fp16"
        self.every = wiring.upstream(*(id for id, _, _ in steps.reported)) | steps.learned
        self.variables = Variables(wiring, self.every, STEP_NAMES, ".detach()")
        self.cast = autocast(wiring, self.variables, self.every, precision)
        self.text = Text()
        self.pieces = Pieces(self.text)
        self.many = sum(len(one.optimizers) for stage in steps.stages for one in stage.backward) > 1

    def write(self, name: str) -> Text:
        text, all_cases = self.text, self.steps.conditions.all
        text.add(f"def {name}(batch, net, opt, step):")
        docstring(text, "Learns from one batch; gives its losses and metrics.", 4)
        sometimes = [row for row in self.steps.reported if row[1] != all_cases]
        told = self.variables.fresh("reported") if sometimes else ""
        for at, stage in enumerate(self.steps.stages):
            self._forward(stage)
            self._measured(stage)
            self._learn(stage)
            for id, cases, last in sometimes:
                owner = (self.wiring.name, id)
                if last == at:
                    self.pieces.line((self._if(cases),), f'{told}["{id}"] = {self._value(id)}', owner)
        if self.scaled:
            self._update_scaler()
        if told:
            self.pieces.before_branches(f"{told} = {{}}")
        self.pieces.write(4)
        values = [f'"{id}": {self._value(id)}' for id, cases, _ in self.steps.reported if cases == all_cases]
        if not values and told:
            text.add(f"return {told}", 4)
        else:
            text.add(f"return {{{', '.join([*values, *([f'**{told}'] if told else [])])}}}", 4)
        metrics.shown_at_end(text, self.wiring, (id for id, _, _ in self.steps.reported))
        return text

    def _if(self, cases: Cases) -> str:
        condition = self.steps.conditions.text(cases)
        return f"if {condition}:" if condition else ""

    def _value(self, id: str) -> str:
        return metrics.reported(self.wiring, id, self.variables, self.steps.learned)

    def _forward(self, stage: Stage) -> None:
        rows = list(stage.forward)
        if self.cast:  # what the batch holds is read before the precision is set
            rows.sort(key=lambda row: self.wiring.blocks[row[0]].part != "data")
        for id, cases in rows:
            data = self.wiring.blocks[id].part == "data"
            self._statement(id, (self._if(cases), "" if data else under(self.cast)))

    def _measured(self, stage: Stage) -> None:
        grads = gradients_within(self.wiring, {id for id, _ in stage.measured})
        for id, cases in stage.measured:
            inner = under(ENABLE_GRAD) if id in grads else ""
            self._statement(id, (self._if(cases), under(NO_GRAD, self.cast), inner))

    def _statement(self, id: str, headers: tuple[str, ...]) -> None:
        self.pieces.add(headers, lambda indent: self._write(id, indent))

    def _write(self, id: str, indent: int) -> None:
        owner = (self.wiring.name, id)
        shown = self.text.spans.get(owner)
        module = called(self.wiring, id)
        write_statement(self.text, self.wiring, id, self.nodes[id], self.variables, module, self.every, indent, "True")
        show_inlined(self.text, self.wiring, id, self.variables)
        if shown:  # where a value is computed again, its node is shown at the first time
            self.text.spans[owner] = shown

    def _learn(self, stage: Stage) -> None:
        for one in stage.backward:
            if not one.again:
                self.pieces.add((self._if(one.cases),), lambda indent, one=one: self._backward(one, indent))  # type: ignore[misc]
        plans = [(one, plan) for one in stage.backward for plan in one.optimizers]
        for one, plan in plans:
            self.pieces.add(self._stepping(plan), lambda indent, one=one, plan=plan: self._step(one, plan, indent))  # type: ignore[misc]

    def _stepping(self, plan: OptimizerPlan) -> tuple[str, ...]:
        outer = self._if(self.steps.conditions.of(due(plan)))
        return (outer, f"if {stepping(plan).counted()}:" if plan.accumulate > 1 else "")

    def _backward(self, one: Backward, indent: int) -> None:
        loss = self._total(one, indent)
        for plan in one.optimizers:
            if plan.accumulate == 1:
                self._own(plan, f"opt.{plan.node}.zero_grad()", indent)
        first = one.optimizers[0]
        if first.accumulate > 1:
            loss = f"{loss} / {first.accumulate}"
        if self.scaled:
            loss = f"opt.scaler.scale({loss})"
        elif first.accumulate > 1:
            loss = f"({loss})"
        self._own(first, f"{loss}.backward({self._arguments(one)})", indent)

    def _arguments(self, one: Backward) -> str:
        names = [f"opt.{plan.node}.parameters" for plan in one.optimizers]
        whose = names[0] if len(names) == 1 else f"[{', '.join(f'*{name}' for name in names)}]"
        found = [f"inputs={whose}"] if one.inputs else []
        return ", ".join([*found, *(["retain_graph=True"] if one.retain else [])])

    def _total(self, one: Backward, indent: int) -> str:
        """The variable of what is made smaller."""
        losses = [self.variables[loss] for loss in one.losses]
        if len(losses) == 1:
            return losses[0]
        node = one.optimizers[0].node
        total = self.variables.fresh(f"{node}_loss" if self.many else "total_loss")
        self.text.add(f"{total} = {' + '.join(losses)}", indent, (self.wiring.name, node), main=False)
        return total

    def _step(self, one: Backward, plan: OptimizerPlan, indent: int) -> None:
        name = f"opt.{plan.node}"
        if one.again:
            self._closure(one, plan, indent)
        else:
            if self.scaled and (plan.clip_norm or plan.clip_value):
                self._own(plan, f"opt.scaler.unscale_({name})", indent)
            self._clip(plan, indent)
            self._own(plan, f"opt.scaler.step({name})" if self.scaled else f"{name}.step()", indent)
        if plan.schedule not in ("constant", "plateau") and plan.schedule_unit == "step":
            self._own(plan, f"{name}.schedule.step()", indent)
        if plan.average:
            self._own(plan, f"{name}.average.update()", indent)
        if plan.accumulate > 1:
            self._own(plan, f"{name}.zero_grad()", indent)

    def _clip(self, plan: OptimizerPlan, indent: int) -> None:
        limits = {"value": plan.clip_value, "norm": plan.clip_norm}
        for what, limit in limits.items():
            if limit:
                self._own(plan, f"nn.utils.clip_grad_{what}_(opt.{plan.node}.parameters, {limit!r})", indent)

    def _closure(self, one: Backward, plan: OptimizerPlan, indent: int) -> None:
        """For an optimizer that looks at its loss several times: a function that computes it anew."""
        closure = self.variables.fresh("closure")
        self.text.blank()
        self._own(plan, f"def {closure}():", indent)
        self._own(plan, f"opt.{plan.node}.zero_grad()", indent + 4)
        inner = indent + 4
        if self.cast:
            self._own(plan, f"{under(self.cast)}", inner)
            inner += 4
        for id in one.nodes:
            self._write(id, inner)
        loss = self._total(one, indent + 4)
        self._own(plan, f"{loss}.backward({self._arguments(one)})", indent + 4)
        self._clip(plan, indent + 4)
        self._own(plan, f"return {loss}", indent + 4)
        self.text.blank()
        self._own(plan, f"opt.{plan.node}.step({closure})", indent)

    def _update_scaler(self) -> None:
        plans = [plan for stage in self.steps.stages for one in stage.backward for plan in one.optimizers]
        headers = {self._stepping(plan) for plan in plans}
        none: Cases = frozenset()
        cases = none.union(*(self.steps.conditions.of(stepping(plan)) for plan in plans))
        self.pieces.line(headers.pop() if len(headers) == 1 else (self._if(cases),), "opt.scaler.update()")

    def _own(self, plan: OptimizerPlan, line: str, indent: int) -> None:
        """A line of an optimizer; its lines are shown from the first to the last that nothing else stands between."""
        owner = (self.wiring.name, plan.node)
        first = len(self.text.lines) + 1
        self.text.add(line, indent, owner, main=False)
        last = self.text.spans.get(owner)
        joined = last is not None and all(
            self.text.owners.get(number) in (owner, None) for number in range(last[0], first)
        )
        self.text.spans[owner] = (last[0] if last and joined else first, len(self.text.lines))
