"""Lines of generated source, whose they are, and the variables of one function. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec
from immutables import Map

from netbuilder.compiler.lines import Names, outside
from netbuilder.compiler.wiring import Wiring
from netbuilder.compiler.wrap import WIDTH, wrap
from netbuilder.graph.model import Output, natural_key
from netbuilder.graph.names import is_id, make_id

Spans = dict[tuple[str, str], tuple[int, int]]

# What an nn.Module already has: a submodule of such a name would break it. A test compares this with torch.
_MODULE_NAMES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
    eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict
    modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
"""
MODULE_NAMES = frozenset(_MODULE_NAMES.split())
STEP_NAMES = frozenset({"batch", "net", "opt", "step"})


class Source(msgspec.Struct, frozen=True):
    """Module text; `spans`: first and last line (from 1) of a node's statement, of node "" the
    graph's class or first function; `lines`: whose each line is."""

    text: str
    spans: Spans
    lines: dict[int, tuple[str, str]]


class Known(Protocol):
    """What the writer asks of an analysed node."""

    @property
    def inferred(self) -> dict[str, int]:
        """The sizes that came from the links, by parameter."""


class Text:
    """Lines of source, and whose they are."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.owners: dict[int, tuple[str, str]] = {}
        self.spans: Spans = {}

    def add(self, line: str, indent: int = 0, owner: tuple[str, str] | None = None, *, main: bool = True) -> None:
        """A statement, wrapped; `main`: it is the one to show for its node."""
        first = len(self.lines) + 1
        self.lines.extend(wrap(line, indent) if line else [""])
        if owner:
            last = len(self.lines)
            self.owners.update(dict.fromkeys(range(first, last + 1), owner))
            if main:
                self.spans[owner] = (first, last)

    def blank(self, count: int = 1) -> None:
        self.lines.extend([""] * count)

    def whole(self, graph: str) -> Text:
        """Itself, with all its lines as those of the graph: its span is that of the node ""."""
        self.spans[graph, ""] = (1, len(self.lines))
        return self

    def append(self, other: Text) -> None:
        """Another text below this one."""
        start = len(self.lines)
        self.lines.extend(other.lines)
        self.owners.update({line + start: owner for line, owner in other.owners.items()})
        for key, (first, last) in other.spans.items():  # a node of several functions is shown in the first
            self.spans.setdefault(key, (first + start, last + start))


class Variables:
    """The variables of one function, by output: the node's id, or id_port where it has several outputs.

    `detach`: a Detach has no variable of its own, but is written as this behind what feeds it (".detach()", "").
    """

    def __init__(
        self, wiring: Wiring, ids: Iterable[str], taken: Iterable[str] = (), detach: str | None = None
    ) -> None:
        self._wiring = wiring
        self._taken = set(taken) | {name for block in wiring.blocks.values() for _, name in outside(block)}
        self._by_output: dict[Output, str] = {}
        self._detach = detach
        ids = sorted(ids, key=natural_key)
        for id in ids:
            if self.inlined(id):
                continue
            ports = wiring.outputs(id)
            for port in ports:
                end = port.name if is_id(port.name) else make_id(port.name)  # a column's id may be any text
                name = id if len(ports) == 1 else f"{id}_{end}"
                self._by_output[Output(id, port.name)] = self.fresh(name)

    def fresh(self, base: str) -> str:
        """A name like this that nothing else in the function has."""
        name = base = safe(base)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name

    def rename(self, output: Output, base: str) -> None:
        """Gives what an output gives another name from here on."""
        self._by_output[output] = self.fresh(base)

    def __getitem__(self, output: Output) -> str:
        if self.inlined(output.node):
            port = self._wiring.inputs(output.node)[0].name
            return f"{self[self._wiring.links(output.node, port)[0].source]}{self._detach}"
        return self._by_output[output]

    def inlined(self, id: str) -> bool:
        """Whether a node is written inside the statements that use it."""
        return self._detach is not None and self._wiring.blocks[id].part == "detach"

    def names(
        self,
        id: str,
        module: str,
        within: set[str],
        training: str = "False",
        networks: Mapping[str, str] = Map(),
        function: str = "",
    ) -> Names:
        """The variables around a node; only what is used by nodes `within` gets one of its own."""
        wiring = self._wiring
        inputs = {
            port.name: tuple(self[link.source] for link in links)
            for port in wiring.inputs(id)
            if (links := wiring.links(id, port.name))
        }
        outputs = {
            port.name: self[Output(id, port.name)]
            for port in wiring.outputs(id)
            if len(wiring.outputs(id)) == 1 or self.used(Output(id, port.name), within)
        }
        return Names(inputs, outputs, module, training, networks, function)

    def used(self, output: Output, within: set[str]) -> bool:
        return any(end.node in within for end in self._wiring.out.get(output, ()))


def safe(name: str) -> str:
    """An id as a variable or attribute that hides nothing of an nn.Module: `train` becomes `train_`."""
    bare = name.strip("_") if name.startswith("_") else name
    if bare in MODULE_NAMES or bare != name or bare in STEP_NAMES:
        return f"{bare}_" if bare and not bare[0].isdigit() else f"node_{bare}"
    return name


def comment(*lines: str) -> Text:
    """A part that says something: each line as a comment, without control characters."""
    text = Text()
    for line in lines:
        plain = "".join(letter if letter.isprintable() else " " for letter in line)
        text.lines.append(f"# {plain}"[:WIDTH].rstrip())
    return text


def docstring(text: Text, summary: str, indent: int) -> None:
    """A summary in triple quotes, over several lines where it is long."""
    pad = " " * indent
    if len(pad + summary) <= WIDTH - 6:
        text.lines.append(f'{pad}"""{summary}"""')
        return
    words = summary.split(" ")
    line, lines = pad + '"""', []
    for word in words:
        if len(line) + len(word) + 1 > WIDTH - 3:
            lines.append(line.rstrip())
            line = pad
        line += word + " "
    text.lines.extend([*lines, line.rstrip(), f'{pad}"""'])
