"""The classes of a project's networks as text, in an order in which each comes after those that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netbuilder.compiler import custom, networks, source, variants
from netbuilder.compiler.report import Problem
from netbuilder.compiler.runner import Net
from netbuilder.compiler.seen import Walk
from netbuilder.compiler.source import TopNames
from netbuilder.compiler.text import Text
from netbuilder.compiler.variants import Forms
from netbuilder.graph.model import Value, natural_key

if TYPE_CHECKING:
    from netbuilder.compiler.analyse import Study


class Call(NamedTuple):
    """How a network is made: the class and the arguments without which it would be another one."""

    name: str
    arguments: tuple[tuple[str, Value], ...] = ()


class Written(NamedTuple):
    """The classes of some networks, the imports that they need, and how each of the networks that were asked for is
    made."""

    parts: list[Text]
    imports: set[str]
    calls: dict[str, Call]


def net(study: Study, network: str) -> Net | None:
    """The network as text that makes it, for blocks that call it; None if it or one inside it has errors."""
    names = nested_first(study, {network, *study.reached(network)})
    if network in study.reached(network) or any(errors(study, name) for name in names):
        return None
    top = TopNames(names, source.imported(map(study.wiring, names)))
    written = network_parts(study, top, [network])
    call = written.calls[network]
    parts = [*own_code(study, names), *written.parts]
    return Net(source.module(network, parts, written.imports).text, call.name, call.arguments)


def errors(study: Study, name: str) -> list[Problem]:
    """The errors that keep a graph from being written: those of the graph and of the nodes that it needs."""
    wiring = study.wiring(name)
    ends = set(wiring.of_part("output", "optimizer", "freeze"))
    stuck = not wiring.needed <= set(wiring.order)  # a node that is needed lies behind a circle
    return [
        problem
        for problem in study.problems(name)
        if problem.severity == "error"
        and (not problem.node or problem.node in wiring.needed | ends or (stuck and problem.rule == "cycle"))
    ]


def nested_first(study: Study, names: Iterable[str]) -> list[str]:
    """The networks, each after those that it places."""
    in_order = sorted(names, key=natural_key)
    return sorted(in_order, key=lambda name: len(study.reached(name)))


def network_parts(study: Study, top: TopNames, roots: Sequence[str], *, scanned: bool = False) -> Written:
    """The classes of these networks and of all that stands in them, and the imports that they need."""
    found = study.variants(roots)
    forms, parts, imports = Forms(), [], set()
    for name in reversed(found):
        own = study.walk(name) if name in roots else None
        groups = variants.alike(forms, found[name])
        if not groups:  # it stands only where nothing is made of it
            continue
        names = _class_names(top, name, groups)
        for walks, called in zip(groups, names, strict=True):
            imports |= source.imports_of(walks[0].wiring)
            form = variants.form(forms, called, walks, own, top.names(imports))
            forms.add(form)
            parts.append(networks.network(form, forms, summary(walks), scanned=scanned).whole(name))
    return Written(parts, imports, {name: _call(forms, study.walk(name)) for name in roots})


def own_code(study: Study, names: Iterable[str]) -> list[Text]:
    """The functions of these graphs that a person wrote themselves. Raises NotTrusted."""
    return [text for name in names for text in custom.functions(study.wiring(name), study.analyser.trust)]


def names_of(functions: Iterable[Text]) -> set[str]:
    """What these functions are called."""
    return {text.lines[0].removeprefix("def ").partition("(")[0] for text in functions}


def _class_names(top: TopNames, name: str, groups: Sequence[Sequence[Walk]]) -> list[str]:
    """The network's name for the first class; others are told apart by an argument if one alone decides, else by
    numbers."""
    plain = top.classes[name]
    if len(groups) == 1:
        return [plain]
    for argument in sorted(groups[0][0].wiring.arguments, key=natural_key):
        held = [{walk.wiring.arguments[argument] for walk in walks} for walks in groups]
        if all(len(values) == 1 for values in held) and len(set.union(*held)) == len(groups):
            values = [next(iter(each)) for each in held]
            return [plain if at == 0 else top.more(plain + _suffix(argument, v)) for at, v in enumerate(values)]
    return [plain, *(top.more(plain) for _ in groups[1:])]


def _suffix(argument: str, value: Value) -> str:
    """ "With bias off": Norm becomes NormNoBias; text stands for itself; a number behind its argument's name."""
    word = source.camel_case(argument)
    if isinstance(value, bool):
        return f"With{word}" if value else f"Without{word}"
    text = source.camel_case("".join(letter if letter.isalnum() else "_" for letter in str(value)))
    return text if isinstance(value, str) else f"{word}{text.removeprefix('Network')}"


def _call(forms: Forms, walk: Walk) -> Call:
    form = forms.of(walk)
    numbers = forms.numbers(walk)
    held = [(p, walk.wiring.arguments[p.argument] if p.argument else numbers[p.name]) for p in form.parameters]
    return Call(form.name, tuple((p.name, value) for p, value in held if value != p.default))


def summary(walks: Sequence[Walk]) -> str:
    """ "N x 1 x 8 x 8 -> N x 10; 37,610 parameters." of the first of these places."""
    walk, wiring = walks[0], walks[0].wiring
    ins = [kind for id in wiring.of_part("input") if (kind := walk.edge(id))]
    outs = [kind for id in wiring.of_part("output") if (kind := walk.edge(id))]
    shapes = [", ".join(str(walk.symbols.flow(kind)) for kind in kinds) for kinds in (ins, outs)]
    count = walk.learned
    text = f"{shapes[0]} -> {shapes[1]}; {count:,} parameter{'' if count == 1 else 's'}.".lstrip()
    return f"For example {text}" if len(walks) > 1 else text
