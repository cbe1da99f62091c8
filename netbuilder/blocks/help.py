"""A block's help page, as plain data and as plain text. All of it comes from the declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from netbuilder.blocks.params import Bool, Choice, Float, Floats, Inferred, Int, Ints, Param, Size
from netbuilder.blocks.spec import Block, Port
from netbuilder.blocks.spelling import short
from netbuilder.graph.model import GraphKind, Values

_KINDS: dict[GraphKind, str] = {"network": "networks", "training": "training graphs", "preview": "preview graphs"}
_INFERRED = "taken from the link"


class PortHelp(msgspec.Struct, frozen=True):
    """One port in words. `shape` "" stands for any."""

    name: str
    shape: str
    dtype: str
    text: str


class ParamHelp(msgspec.Struct, frozen=True):
    """One parameter in words. `when` names the choice under which it exists ("algorithm SGD")."""

    name: str
    default: str
    allowed: str
    text: str
    when: str = ""


class Page(msgspec.Struct, frozen=True):
    """Everything that a person wants to know of a block; plain text throughout."""

    title: str
    category: str
    summary: str
    formula: str = ""
    inputs: tuple[PortHelp, ...] = ()
    outputs: tuple[PortHelp, ...] = ()
    params: tuple[ParamHelp, ...] = ()
    torch: str = ""  # "nn.Conv2d"
    graphs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    source: str = ""


def page(block: Block, values: Values | None = None) -> Page:
    """The help page of a block; with `values` only the parameters that a node with these has."""
    params = _params(block) if values is None else [_param(param, "") for param in block.parameters(values)]
    return Page(
        title=block.name,
        category=block.category,
        summary=block.summary,
        formula=block.formula,
        inputs=tuple(map(_port, block.inputs)),
        outputs=tuple(map(_port, block.outputs)),
        params=tuple(params),
        torch=block.module or block.function or block.like,
        graphs=tuple(_KINDS[kind] for kind in block.graphs),
        also=block.synonyms,
        source=block.source,
    )


def page_text(block: Block) -> str:
    """The help page as plain text that is also Markdown."""
    about = page(block)
    parts = [f"# {about.title}", about.summary]
    if about.formula:
        parts.append(f"    {about.formula}")
    for title, ports in (("Inputs", about.inputs), ("Outputs", about.outputs)):
        if ports:
            parts.append(f"## {title}")
            parts.append("\n".join(f"- {port.name} ({_kind(port)}): {port.text}" for port in ports))
    if block.ports is not None:
        parts.append("Its ports depend on its parameters.")
    if about.params:
        parts.append("## Parameters")
        parts.append("\n".join(map(_line, about.params)))
    parts.append(f"For {_and(about.graphs)}." + (f" In torch: {about.torch}." if about.torch else ""))
    if about.source:
        parts.append(f"From {about.source}.")
    return "\n\n".join(parts) + "\n"


def allowed(param: Param) -> str:
    """Which values a parameter takes, in words."""
    text = _allowed(param)
    return f"{text}, or none" if param.optional and not isinstance(param, Inferred) else text


def _allowed(param: Param) -> str:
    match param:
        case Inferred():
            return _INFERRED
        case Choice():
            return "one of " + ", ".join(param.options)
        case Bool():
            return "true or false"
        case Int():
            return f"a whole number{_limits(param.low, param.high, -(2**31), 2**31 - 1)}"
        case Float():
            return f"a number{_limits(param.low, param.high, float('-inf'), float('inf'))}"
        case Size():
            words = "".join(f', or "{word}"' for word in param.words)
            many = f"one whole number or {param.rank} of them" if param.rank > 1 else "a whole number"
            return f"{many}{_limits(param.low, param.high, -(2**31), 2**31)}{words}"
        case Ints():
            return f"whole numbers{_limits(param.low, param.high, -(2**31), 2**31 - 1)}"
        case Floats():
            return f"{param.count} numbers{_limits(param.low, param.high, float('-inf'), float('inf'))}"
        case _:
            return param.expected


def _limits(low: float, high: float, lowest: float, highest: float) -> str:
    if low <= lowest and high >= highest:
        return ""
    if high >= highest:
        return f", at least {short(low)}"
    return f", at most {short(high)}" if low <= lowest else f" from {short(low)} to {short(high)}"


def _port(port: Port) -> PortHelp:
    text = port.help + (" Takes several links." if port.many else "") + (" Optional." if port.optional else "")
    return PortHelp(port.title or port.name, port.axes, "" if port.dtype == "any" else port.dtype, text.strip())


def _params(block: Block) -> list[ParamHelp]:
    found: list[ParamHelp] = []
    more = dict(block.variants)
    for param in block.params:
        found.append(_param(param, ""))
        if param.name in more:
            found.extend(_by_option(param, more[param.name]))
    return found


def _by_option(choice: Param, options: Mapping[str, tuple[Param, ...]]) -> Iterator[ParamHelp]:
    """The parameters that a choice brings, each with the options under which it is there."""
    when: dict[Param, list[str]] = {}
    for option, params in options.items():
        for param in params:
            when.setdefault(param, []).append(option)
    complete = isinstance(choice, Choice) and len(options) == len(choice.options)
    for param, named in when.items():
        always = complete and len(named) == len(options)
        yield _param(param, "" if always else f"{choice.name} {_and(tuple(named), 'or')}")


def _param(param: Param, when: str) -> ParamHelp:
    default = "" if isinstance(param, Inferred) else param.show(param.default)
    return ParamHelp(param.label or param.name, default, allowed(param), param.help, when)


def _line(param: ParamHelp) -> str:
    when = f" (with {param.when})" if param.when else ""
    if param.allowed == _INFERRED:
        return f"- {param.name}{when}: {param.text}"
    default = f"; {param.default} unless set" if param.default else ""
    return f"- {param.name}{when}: {param.text} ({param.allowed}{default})"


def _kind(port: PortHelp) -> str:
    return ", ".join(filter(None, (port.shape or "any shape", port.dtype)))


def _and(words: tuple[str, ...], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
