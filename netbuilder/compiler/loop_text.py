"""Writes the forward of a recurrent network: a plain loop over time, or for export a scan. Imports no torch.

A scan is torch's own name for a loop whose steps are one function: states and inputs of a step -> states and outputs.
ONNX has an operator for it, in which the number of steps stays free; a loop is unrolled there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from netbuilder.compiler.loops import INITIAL, STATE, Loop
from netbuilder.compiler.text import Text, Variables, safe
from netbuilder.compiler.wiring import Wiring
from netbuilder.compiler.wrap import WIDTH
from netbuilder.graph.model import Output

SCAN = "torch._higher_order_ops.scan"
Write = Callable[[str, int], None]


def learned_start(wiring: Wiring, id: str, size: str) -> str:
    """What `__init__` assigns for a Delay of this size: the value that it starts with, if that is learned; or ""."""
    if wiring.value(id, "start") != "learned" or wiring.links(id, INITIAL):
        return ""
    return f"nn.Parameter(torch.zeros({size or '()'}))"


def write_body(
    text: Text, wiring: Wiring, variables: Variables, write: Write, size: Callable[[str], str], scanned: bool
) -> None:
    """Everything after the line with `def forward`. `write`: writes a node's statement with an indent; `size`: a
    Delay's size as arguments, "64", "" for one number."""
    assert wiring.loop is not None
    body = (_Scan if scanned else _For)(text, wiring, wiring.loop, variables, write, size)
    for id in body.loop.before:
        write(id, 8)
    for id in body.loop.delays:
        text.add(f"{body.state(id)} = {body.start(id)}", 8, (wiring.name, id))
    body.steps()
    for id in body.loop.after:
        write(id, 8)
    outputs = sorted_outputs(wiring)
    text.add("return " + ", ".join(body.results[id] for id in outputs), 8)
    for id in outputs:
        text.owners[len(text.lines)] = (wiring.name, outputs[0])
        text.spans.setdefault((wiring.name, id), (len(text.lines), len(text.lines)))


def sorted_outputs(wiring: Wiring) -> list[str]:
    """The Outputs in the order in which forward gives them."""
    return wiring.of_part("output")


class _Body:
    """What both ways of writing share: the names of states, sequences and results."""

    def __init__(
        self, text: Text, wiring: Wiring, loop: Loop, variables: Variables, write: Write, size: Callable[[str], str]
    ) -> None:
        self.size = size
        self.text, self.wiring, self.loop, self.variables, self.write = text, wiring, loop, variables, write
        # At least one sequence, for it tells how many steps there are.
        self.used = [id for id in loop.sequences if id in wiring.needed] or list(loop.sequences[:1])
        self.arguments = {id: variables[self.given(id)] for id in loop.sequences}
        for id in self.used:
            variables.rename(self.given(id), f"{self.arguments[id]}_t")
        self.results: dict[str, str] = {}

    def given(self, id: str) -> Output:
        return Output(id, self.wiring.outputs(id)[0].name)

    def state(self, id: str) -> str:
        return self.variables[Output(id, STATE)]

    def arrives(self, id: str) -> str:
        """The variable that a Delay is fed or an Output is given."""
        return self.variables[self.loop.source(self.wiring, id).source]

    def start(self, id: str) -> str:
        """What a Delay starts with, one for each sample."""
        wiring, first = self.wiring, self.loop.sequences[0]
        if links := wiring.links(id, INITIAL):
            return self.variables[links[0].source]
        sequence, sizes, dtype = self.arguments[first], self.size(id), str(wiring.value(id, "dtype"))
        shape = f"{sequence}.shape[0], {sizes}".removesuffix(", ")
        if wiring.value(id, "start") == "learned":
            return f"self.{safe(id)}.expand({shape})"
        if dtype == "float32" and wiring.value(first, "dtype") == "float32" and wiring.value(first, "shape"):
            return f"{sequence}.new_zeros({shape})"
        named = "" if dtype == "float32" else f", dtype=torch.{dtype}"
        return f"torch.zeros({shape}{named}, device={sequence}.device)"

    def steps(self) -> None:
        raise NotImplementedError


class _For(_Body):
    """`for x_t in x.unbind(1):`, every Output of all steps a list; states change together at the end of a step."""

    def steps(self) -> None:
        text, wiring = self.text, self.wiring
        lists = {id: self.variables.fresh(id) for id in self.loop.every}
        for id, name in lists.items():
            text.add(f"{name} = []", 8, (wiring.name, id), main=False)
            self.results[id] = f"torch.stack({name}, 1)"
        if not (self.loop.inside or self.loop.delays or lists):  # only what the last step gives is looked at
            for id in self.used:
                text.add(f"{self.variables[self.given(id)]} = {self.arguments[id]}[:, -1]", 8, (wiring.name, id))
            self.results |= {id: self.arrives(id) for id in self.loop.last}
            return
        names = ", ".join(self.variables[self.given(id)] for id in self.used)
        taken = [f"{self.arguments[id]}.unbind(1)" for id in self.used]
        over = taken[0] if len(taken) == 1 else f"zip({', '.join(taken)}, strict=True)"
        text.add(f"for {names} in {over}:", 8, (wiring.name, self.used[0]), main=False)
        for id in self.loop.inside:
            self.write(id, 12)
        for id, name in lists.items():
            text.add(f"{name}.append({self.arrives(id)})", 12, (wiring.name, id))
        for id in self.loop.last:
            self.results[id] = self.arrives(id)
            if self.loop.source(wiring, id).source.node in self.loop.delays:  # as it is before it becomes the next
                self.results[id] = self.variables.fresh(id)
                text.add(f"{self.results[id]} = {self.arrives(id)}", 12, (wiring.name, id))
        self._change_states()

    def _change_states(self) -> None:
        """In one assignment, for a state may become what another one was."""
        left = [self.state(id) for id in self.loop.delays]
        right = [self.arrives(id) for id in self.loop.delays]
        if not left:
            return
        owner = (self.wiring.name, self.loop.delays[0])
        line = f"{', '.join(left)} = {', '.join(right)}"
        if len(left) == 1 or len(f"{', '.join(left)} = (") <= WIDTH - 12:
            self.text.add(line, 12, owner, main=False)
            return
        for opened, names, closed in (("(", left, ") = ("), ("", right, ")")):
            if opened:
                self.text.add(opened, 12, owner, main=False)
            for name in names:
                self.text.add(f"{name},", 16, owner, main=False)
            self.text.add(closed, 12, owner, main=False)


class _Scan(_Body):
    """A function for one step. What it gives must be new tensors (a scan refuses aliases), hence the clones."""

    def steps(self) -> None:
        text, wiring, variables, delays = self.text, self.wiring, self.variables, self.loop.delays
        step, states, inputs, given = (variables.fresh(name) for name in ("step", "states", "inputs", "given"))
        fed = [self.loop.source(wiring, id).source for id in delays]
        every = {id: self.loop.source(wiring, id).source for id in self.loop.every}
        leaving = self._leaving()
        sequences = [output for output in leaving if output.node in self.used]
        kept = [output for output in leaving if output not in sequences and output not in fed]
        stacked = list(dict.fromkeys([*every.values(), *kept]))
        owner = (wiring.name, self.used[0])
        starts = [self.state(id) for id in delays] or [f"{self.arguments[self.used[0]]}.new_zeros(1)"]
        text.blank()
        text.add(f"def {step}({states}, {inputs}):", 8, owner, main=False)
        if delays:
            text.add(f"{_tuple(map(self.state, delays))} = {states}", 12, owner, main=False)
        text.add(f"{_tuple(variables[self.given(id)] for id in self.used)} = {inputs}", 12, owner, main=False)
        for id in self.loop.inside:
            self.write(id, 12)
        after = [f"{variables[output]}.clone()" for output in fed] or [f"{states}[0].clone()"]
        shown = [f"{variables[output]}.clone()" for output in stacked]
        text.add(f"return {_tuple(after)}, {_tuple(shown)}", 12, owner, main=False)
        text.blank()
        # A start that is another start's tensor, or a view of one number, is an alias too.
        begun = _tuple(f"{start}.clone()" for start in starts)
        taken = _tuple(self.arguments[id] for id in self.used)
        text.add(f"{states}, {given} = {SCAN}({step}, {begun}, {taken}, dim=1)", 8, owner, main=False)
        for output in sequences:
            text.add(f"{variables[output]} = {self.arguments[output.node]}[:, -1]", 8, owner, main=False)
        for output in leaving:
            if output in fed:
                text.add(f"{variables[output]} = {states}[{fed.index(output)}]", 8, owner, main=False)
        for output in kept:
            text.add(f"{variables[output]} = {given}[{stacked.index(output)}][:, -1]", 8, owner, main=False)
        for id, output in every.items():
            self.results[id] = f"{given}[{stacked.index(output)}]"
        for id in self.loop.last:
            self.results[id] = self.arrives(id)

    def _leaving(self) -> list[Output]:
        """What is needed after the last step of it: by later nodes and by Outputs that give only the last."""
        wiring, loop = self.wiring, self.loop
        links = [link for id in loop.after for links in wiring.into[id].values() for link in links]
        links += [loop.source(wiring, id) for id in loop.last]
        moving = {*loop.inside, *loop.delays, *self.used}
        return list(dict.fromkeys(link.source for link in links if link.source.node in moving))


def _tuple(names: Iterable[str]) -> str:
    """ "(a, b)", "(a,)"."""
    listed = list(names)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"
