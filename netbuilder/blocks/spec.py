"""The one form in which a block is declared. Everything else about it is derived from this value.

How `call` (or its short forms `module` and `function`) is spelled:

- `{x}` the variable at input port x, or the variable that output port x gets (`_` when nothing is linked to it);
- `{x: + }` all variables at a port that takes many, joined by what follows the colon;
- `{key|query}` the first of these inputs that is linked, or a parameter that stands last; `{weights?}` True or False,
  whether the port is linked;
- `{dim}` a parameter as a Python literal, a network that is named as `net.classifier` (training and preview graphs);
- `{self}` the module made by `module`;
- `{function}` the function that a node's own code becomes;
- `{training}` whether this is training: `self.training` in networks, `True` in train_step, `False` elsewhere;
- `{inputs}` all linked inputs, `{outputs}` all outputs, each separated by commas; `{params}` every parameter that
  differs from torch's default, as `, name=value`;
- `{dim:before}` and `{dim:after}` what stands around an `Axis` in an index: `{x}[{dim:before}0{dim:after}]`;
- a `Phrase` becomes the piece of text that its declaration has for the chosen word;
- `[[ ... ]]` is kept only if every optional port in it is linked; where it names no optional port, only if a parameter
  in it differs from its default.

A call is a whole statement: it names the outputs that it assigns. A parameter that it names is not written again by
`{params}`, nor by the constructor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec
from immutables import Map

from netbuilder.blocks.params import Inferred, Param
from netbuilder.graph.model import NONE, GraphKind, Project, Value, Values

EVERYWHERE: tuple[GraphKind, ...] = ("network", "training", "preview")
IN_NETWORKS: tuple[GraphKind, ...] = ("network",)
IN_TRAINING: tuple[GraphKind, ...] = ("training",)
IN_STEPS: tuple[GraphKind, ...] = ("training", "preview")
IN_PREVIEWS: tuple[GraphKind, ...] = ("preview",)

_COUNTED = re.compile(r"\{(\w+)\} (\w+)")  # a number and what it counts

# What the compiler must know beyond "one statement": everything else is "layer".
PARTS = (
    "layer", "input", "output", "data", "network", "loss", "metric", "optimizer", "view", "detach", "freeze", "delay",
    "python",
)  # fmt: skip


class Port(msgspec.Struct, frozen=True):
    """A named input or output.

    `axes`: letters by axis, "N C H W"; "*" stands for any number of axes; "" for any shape.
    `role` names what flows ("image", "sequence", "vector", "class", "logits", "loss", "tensor", ...).
    `dtype`: "float32", "int64", "bool", or "any".
    """

    name: str
    axes: str = ""
    optional: bool = False
    many: bool = False
    role: str = "tensor"
    dtype: str = "any"
    help: str = ""
    title: str = ""  # shown instead of the name, for columns with names of their own

    def axis(self, letter: str) -> int | None:
        """Where in a shape this axis is, counted from the end after a "*"; None if the port has no such axis."""
        letters = self.axes.split()
        if letter not in letters:
            return None
        at = letters.index(letter)
        return at - len(letters) if "*" in letters[:at] else at


class Ports(msgspec.Struct, frozen=True):
    """A node's ports."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of layer or operation.

    Exactly one of `module` ("nn.Conv2d"), `function` ("F.relu") and `call` (a statement) says what it does,
    except for parts that the compiler writes itself (input, output, data, optimizer, freeze, view); `module` may come
    with a `call` of its own. `fixed` are arguments that are always written. `variants` adds parameters by the values
    of Choices, each right after its Choice. `like` names torch's callable whose signature the parameters follow where
    neither module nor function can tell it. `make` is what `__init__` assigns instead of a call of `module`, spelled
    like a call: a learned tensor ("nn.Parameter(torch.zeros({shape}))") or a module that needs more than one
    constructor; `{self}` is then that. `uses` are the full names of what the call needs beside torch
    ("netbuilder.nn.sampling.roll_out").
    `analysis` names the parameter that says how often a network is called, with a smaller number to analyse it with:
    one where no shape depends on it; two where shapes and work grow with it along a line.

    A metric that is no mean over batches has no call and no outputs: `stateful` is torchmetrics' class by its full
    name, made with the parameters; the trainer gives it what is linked, in the order of the ports. `table`: it gives a
    table, not a number. `share` of a loss says what its mean is over where that is not the batch, spelled like a
    call; it is written only if an optional port in it is linked or a parameter in it was changed.
    """

    name: str
    category: str
    summary: str
    formula: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    ports: Callable[[Values, Project], Ports] | None = None
    params: tuple[Param, ...] = ()
    variants: tuple[tuple[str, Mapping[str, tuple[Param, ...]]], ...] = ()
    module: str = ""
    function: str = ""
    call: str = ""
    make: str = ""
    fixed: Mapping[str, Value] = Map()
    like: str = ""
    uses: tuple[str, ...] = ()
    analysis: Mapping[str, int | tuple[int, int]] = Map()
    stateful: str = ""
    table: bool = False
    share: str = ""
    gradients: bool = False  # computes gradients itself, so that evaluation too must let them through
    holds: tuple[str, ...] = ()  # inputs that let no gradient back
    idle: bool = False  # lets its first input through unchanged in use: it works while training only
    part: str = "layer"
    graphs: tuple[GraphKind, ...] = EVERYWHERE
    brief: str = ""  # what matters, under the title: "{out_channels} filters, {kernel_size}"
    synonyms: tuple[str, ...] = ()  # for search: other names, and what it does in a newcomer's words
    source: str = ""  # paper or manual that it follows

    @property
    def training_only(self) -> bool:
        """Whether it does nothing in a network that is used: it is idle then, or part of learning itself."""
        return self.idle or self.part in ("loss", "optimizer", "freeze")

    def parameters(self, values: Values = NONE) -> tuple[Param, ...]:
        """All parameters that a node with these values has, `Inferred` ones included, in torch's order."""
        if not self.variants:
            return self.params
        more = dict(self.variants)
        found: list[Param] = []
        for param in self.params:
            found.append(param)
            if param.name in more:
                found.extend(more[param.name].get(str(values.get(param.name, param.default)), ()))
        return tuple(found)

    def typed(self, values: Values = NONE) -> tuple[Param, ...]:
        """The parameters that a person sets."""
        return tuple(param for param in self.parameters(values) if not isinstance(param, Inferred))

    def value(self, values: Values, name: str) -> Value:
        """The node's value of a parameter, or its default. Raises KeyError for an unknown name."""
        for param in self.parameters(values):
            if param.name == name:
                return values.get(name, param.default)
        raise KeyError(name)

    def node_ports(self, values: Values, project: Project) -> Ports:
        """The ports of a node with these values in this project."""
        return Ports(self.inputs, self.outputs) if self.ports is None else self.ports(values, project)

    def brief_text(self, values: Values) -> str:
        """What matters on the node under its title, "32 filters, 3 x 3", "1 filter"; "" where nothing does."""
        return self.brief_form(values).format_map(self._shown(values)) if self.brief else ""

    def brief_form(self, values: Values) -> str:
        """`brief` with the noun behind a 1 in the singular: "{out_channels} filter, {kernel_size}"."""
        shown = self._shown(values)

        def counted(found: re.Match[str]) -> str:
            number, noun = found.groups()
            one = noun.removesuffix("es" if noun.endswith("sses") else "s")
            return f"{{{number}}} {one}" if shown.get(number) == "1" else found[0]

        return _COUNTED.sub(counted, self.brief)

    def _shown(self, values: Values) -> dict[str, str]:
        return {param.name: param.show(values.get(param.name, param.default)) for param in self.typed(values)}

    def check(self, values: Values) -> dict[str, str]:
        """What is wrong with each wrong or unknown parameter, by name. Expressions are read, but not computed."""
        known = {param.name: param for param in self.typed(values)}
        wrong = {name: known[name].check_written(value) for name, value in values.items() if name in known}
        unknown = {name: f"{self.name} has no parameter of this name" for name in values if name not in known}
        return {name: text for name, text in {**wrong, **unknown}.items() if text}
