"""Analysis of a project: types, costs and problems of every graph, remembered from one call to the next."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from netbuilder.blocks.arguments import declared as declared_arguments
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.trust import Nothing, Trust
from netbuilder.compiler import classes, custom, gradients, loops, variants
from netbuilder.compiler.context import Context, Finding
from netbuilder.compiler.lint import findings, problems
from netbuilder.compiler.machine import Machine, this_machine
from netbuilder.compiler.nested import placement
from netbuilder.compiler.report import GraphReport, Problem
from netbuilder.compiler.runner import Net, Runner
from netbuilder.compiler.seen import MOST_LEVELS, Types, Walk
from netbuilder.compiler.types import (
    DTYPES,
    Declared,
    ShapeError,
    Symbols,
    names_in,
    parse_shape,
    type_map,
)
from netbuilder.compiler.walk import Walker, column_shape
from netbuilder.compiler.whose import with_weights
from netbuilder.compiler.wiring import Catalogue, Wiring, named
from netbuilder.graph.model import Graph, Project, Values, natural_key
from netbuilder.graph.topology import Topology

KIND_ORDER = {"network": 0, "training": 1, "preview": 2}
_MOST_WALKS = 1000
_GIVES_FIRST = ("training", "preview", "network")  # a blank Input is filled by a graph in which a network is one object


class Analyser:
    """Analyses projects. Nodes that were seen before with the same parameters and input types are not run again,
    and graphs that did not change (nor what they place) keep their report. `trust` says which of a person's own code
    may run; without it none does."""

    def __init__(
        self,
        catalogue: Catalogue,
        runner: Runner | None = None,
        trust: Trust | None = None,
        machine: Machine | None = None,
    ) -> None:
        self.catalogue = catalogue
        self._machine = machine
        self.trust = trust or Nothing()
        self.runner = runner or Runner(self.trust)
        self._reports: dict[str, tuple[tuple[object, ...], GraphReport]] = {}
        self._told: dict[str, tuple[Walk, GraphReport]] = {}  # what a report was made from
        self._wirings: dict[
            str, tuple[tuple[object, ...], dict[Values, tuple[Wiring, bool]]]
        ] = {}  # whether it is current
        self._signatures: dict[Hashable, int] = {}
        self._walks: dict[Hashable, Walk] = {}  # the latest of their kind, whatever became of their graphs
        self._topologies: dict[str, tuple[Graph, Topology, frozenset[str]]] = {}

    def apart(self) -> Analyser:
        """One that knows all that this one does, and from which this one learns nothing but the runs of nodes."""
        other = Analyser(self.catalogue, self.runner, self.trust, self.machine)
        other._wirings = {name: (key, dict(held)) for name, (key, held) in self._wirings.items()}
        other._signatures = dict(self._signatures)
        other._walks = dict(self._walks)
        other._topologies = dict(self._topologies)
        return other

    @property
    def machine(self) -> Machine:
        """What runs would have: this machine unless another was given."""
        if self._machine is None:
            self._machine = this_machine()
        return self._machine

    def analyse(self, project: Project, graph_names: Iterable[str] | None = None) -> dict[str, GraphReport]:
        """The reports of these graphs (all by default): networks, then training graphs, then preview graphs.

        Never raises for a bad graph; what is wrong with it is among its problems.
        """
        study = self.study(project)
        reports: dict[str, GraphReport] = {}
        names = study.names if graph_names is None else [name for name in graph_names if name in project.graphs]
        for name in names:
            key = study.fingerprint(name)
            held = self._reports.get(name)
            if held is None or not _same(held[0], key):
                walk = study.walk(name)
                found = study.problems(name, with_repairs=True)
                self._reports[name] = held = (key, report(walk, found, self._told.get(name), study.frozen()))
                self._told[name] = (walk, held[1])
            reports[name] = held[1]
        for gone in set(self._reports) - set(project.graphs):
            del self._reports[gone], self._told[gone]
        return reports

    def study(self, project: Project) -> Study:
        """One look at a project, for whoever needs more than reports."""
        return Study(project, self)

    def wiring(self, study: Study, name: str, arguments: Values) -> Wiring:
        """The graph's wiring, kept as long as the graph and what its ports come from stay the same."""
        key = study.base_key(name)
        held = self._wirings.get(name)
        if held is None or not _same(held[0], key):
            latest = {} if held is None else {given: wiring for given, (wiring, _) in held[1].items()}
            self._wirings[name] = held = (key, {given: (wiring, False) for given, wiring in latest.items()})
        known, current = held[1].get(arguments, (None, False))
        if known is None or not current:
            topology = self._topology(study, name)
            known = Wiring(name, study.project, self.catalogue, topology, arguments, before=known)
            held[1][arguments] = (known, True)
        return known

    def latest(self, key: Hashable) -> Walk | None:
        """The walk through a graph for these types in the state in which it was seen last."""
        return self._walks.get(key)

    def remember(self, key: Hashable, walk: Walk) -> None:
        """Keeps a walk for the next look at its graph."""
        if len(self._walks) >= _MOST_WALKS:
            self._walks.clear()
        self._walks[key] = walk

    def sign(self, structure: Hashable) -> int:
        """A number that stands for this structure and no other, from one look at a project to the next."""
        return self._signatures.setdefault(structure, len(self._signatures) + 1)

    def _topology(self, study: Study, name: str) -> Topology:
        graph = study.project.graphs[name]
        held, delays = self._topologies.get(name), loops.delays(graph, self.catalogue)
        if (
            held is None
            or held[0].links is not graph.links
            or set(held[0].nodes) != set(graph.nodes)
            or held[2] != delays
        ):
            self._topologies[name] = held = (graph, Topology(graph, loops.cut(self.catalogue)), delays)
        return held[1]


class Study:
    """One look at a project: wirings and walks of its graphs, made when they are asked for."""

    def __init__(self, project: Project, analyser: Analyser) -> None:
        self.project = project
        self.analyser = analyser
        self.catalogue = analyser.catalogue
        self._walks: dict[object, Walk] = {}
        self._inside: list[str] = []
        self._declaring: set[str] = set()
        self._reached: dict[str, list[str]] = {}
        self._too_deep: dict[str, bool] = {}
        self._guesses = 0  # how often something was not known only because it was just being found out
        self._declared: dict[str, dict[str, tuple[Declared, str]]] = {}
        self._arguments: dict[str, Values] = {}  # of networks that are shown as their first placement has them
        self._placed: dict[str, tuple[str, ...]] = {}
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._frozen: tuple[tuple[str, frozenset[str]], ...] | None = None

    def trial(self, project: Project) -> Study:
        """A look at another state of the project that disturbs nothing remembered but the runs of nodes."""
        return Study(project, self.analyser.apart())

    @property
    def names(self) -> list[str]:
        """All graphs: networks, training graphs, preview graphs, each in natural order."""
        graphs = self.project.graphs
        return sorted(graphs, key=lambda name: (KIND_ORDER[graphs[name].kind], natural_key(name)))

    def placed(self, name: str) -> tuple[str, ...]:
        """The networks that this graph places itself, or hands to blocks that call them."""
        if (known := self._placed.get(name)) is None:
            found: set[str] = set()
            for node in self.project.graphs[name].nodes.values():
                block = self.catalogue.get(node.block)
                for param in block.typed(node.params) if block is not None and block.part != "freeze" else ():
                    if isinstance(param, NetworkRef):
                        found.add(named(param, node))
            graphs = self.project.graphs
            known = tuple(sorted((n for n in found if n in graphs and graphs[n].kind == "network"), key=natural_key))
            self._placed[name] = known
        return known

    def reached(self, name: str) -> list[str]:
        """The networks that this graph places, directly or inside others; itself only if it contains itself."""
        if (known := self._reached.get(name)) is None:
            found: set[str] = set()
            todo = list(self.placed(name))
            while todo:
                if (network := todo.pop()) not in found:
                    found.add(network)
                    todo.extend(self.placed(network))
            known = self._reached[name] = sorted(found, key=natural_key)
        return known

    def too_deep(self, network: str) -> bool:
        """Whether more than `MOST_LEVELS` networks stand inside one another here; not for one that contains itself."""
        if (known := self._too_deep.get(network)) is None:
            layer, levels = {network}, 0
            while layer and levels <= MOST_LEVELS and network not in self.reached(network):
                layer = {inner for name in layer for inner in self.placed(name)}
                levels += 1
            known = self._too_deep[network] = levels > MOST_LEVELS
        return known

    def base_key(self, name: str) -> tuple[object, ...]:
        """All that a graph's wiring is made from: compared by identity, plain values by equality."""
        graphs = self.project.graphs
        placed = (graphs[network] for network in self.reached(name))
        return (graphs[name], self.project.datasets, tuple(sorted(graphs)), *placed)

    def fingerprint(self, name: str) -> tuple[object, ...]:
        """All that a graph's report is made from."""
        graphs, reached = self.project.graphs, self.reached(name)
        shapes = tuple(
            (network, tuple(sorted(self.declared(network).items())), self._arguments.get(network))
            for network in [name, *reached]
            if graphs[network].kind == "network"
        )
        waiting = tuple(custom.untrusted(self.wiring(graph), self.analyser.trust) for graph in [name, *reached])
        return (*self.base_key(name), shapes, waiting, self.frozen(), self.project.settings.get(name))

    def frozen(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """By training graph the networks that it keeps as they are wherever they stand: those that its Freeze nodes
        name, and those that stand in no network but such."""
        if self._frozen is None:
            graphs = self.project.graphs
            outer: dict[str, set[str]] = {}
            for name, graph in graphs.items():
                for inner in self.placed(name) if graph.kind != "preview" else ():
                    outer.setdefault(inner, set()).add(name)
            trainings = sorted((name for name in graphs if graphs[name].kind == "training"), key=natural_key)
            self._frozen = tuple((name, _kept(gradients.frozen(self.wiring(name)), outer)) for name in trainings)
        return self._frozen

    def wiring(self, name: str, arguments: Values | None = None) -> Wiring:
        """The graph's wiring for these arguments, or for their defaults."""
        if arguments is None:
            arguments = declared_arguments(self.project.graphs[name])
        return self.analyser.wiring(self, name, arguments)

    def sign(self, structure: Hashable) -> int:
        return self.analyser.sign(structure)

    def typed(self, network: str) -> dict[str, Declared]:
        """The shapes that a network's Input nodes declare; blank and unreadable ones are left out."""
        found: dict[str, Declared] = {}
        for id, node in self.project.graphs[network].nodes.items():
            block = self.catalogue.get(node.block)
            if block is not None and block.part == "input" and "shape" not in block.check(node.params):
                try:
                    shape = parse_shape(str(block.value(node.params, "shape")))
                except ShapeError:
                    continue
                if shape:
                    found[id] = shape
        return found

    def declared(self, network: str) -> dict[str, tuple[Declared, str]]:
        """Shape and dtype at a network's Input nodes: declared, or for blank ones what a placement is given first."""
        if (known := self._declared.get(network)) is not None:
            return known
        if network in self._declaring:
            return {}
        self._declaring.add(network)
        typed = self.typed(network)
        found: dict[str, tuple[Declared, str]] = {}
        for id, node in self.project.graphs[network].nodes.items():
            block = self.catalogue.get(node.block)
            if block is None or block.part != "input" or block.check(node.params):
                continue
            if id in typed:
                found[id] = (typed[id], str(block.value(node.params, "dtype")))
            elif not str(block.value(node.params, "shape")).strip() and (given := self._given_at(network, id)):
                found[id] = given
        self._declaring.discard(network)
        if not self._declaring:
            self._declared[network] = found
        return found

    def _given_at(self, network: str, input: str) -> tuple[Declared, str] | None:
        """What the first placement of a network (in training graphs first) is given at this input.

        Where that is a placement in a network, its arguments count for the network's own canvas too.
        """
        graphs = self.project.graphs
        if len(self._declaring) > MOST_LEVELS:
            return None
        for name in sorted(graphs, key=lambda n: (_GIVES_FIRST.index(graphs[n].kind), natural_key(n))):
            if network not in self.placed(name) or name in self._inside:
                continue
            walk = self.walk(name)
            for id in walk.wiring.of_part("network"):
                kind = walk.type_at(id, input)
                if kind is not None and walk.wiring.value(id, "network") == network:
                    shape = (walk.symbols.size(dim) for dim in kind.dims)
                    self._arguments.setdefault(network, placement(walk.wiring, id).arguments)
                    return tuple(_as_axis(size) for size in shape), kind.dtype
        return None

    def problems(self, name: str, *, with_repairs: bool = False) -> tuple[Problem, ...]:
        """What is wrong with the graph; repairs are made and tried only on demand."""
        if with_repairs:
            return problems(self, name, with_repairs=True)
        if (known := self._problems.get(name)) is None:
            known = self._problems[name] = problems(self, name, with_repairs=False)
        return known

    def first_error(self, walk: Walk) -> tuple[Problem, Finding] | None:
        """What is wrong first in a network as one of its places has it, with repairs that nobody has tried yet."""
        found = findings(Context(self, walk.wiring.name, walk))
        return next((pair for pair in found if pair[0].severity == "error"), None)

    def walk(self, name: str) -> Walk:
        """The graph with its declared inputs."""
        graph = self.project.graphs[name]
        if graph.kind != "network" and not self._declaring:
            for network in self.reached(name):  # before this graph is walked: what they are given is looked up in it
                self.declared(network)
        declared = self.declared(name) if graph.kind == "network" else {}
        columns = (column for dataset in self.project.datasets.values() for column in dataset.columns)
        free = (column_shape(column) for column in columns if 0 in column.shape)
        names = names_in([*(shape for shape, _ in declared.values()), *free])
        arguments = self._arguments.get(name, declared_arguments(graph))
        for scale in (0, 1):
            symbols = Symbols(names, scale)
            given = {id: symbols.type_of(shape, dtype) for id, (shape, dtype) in declared.items() if dtype in DTYPES}
            walk = self._walk(name, given, symbols, arguments)
            if len(symbols.sizes) == 1 or not _ran_short(walk):
                break
        return walk

    def walk_with(self, network: str, given: Types, symbols: Symbols, arguments: Values) -> Walk | None:
        """A network for the inputs and arguments of one placement; None if it contains itself."""
        if network in self._inside or network in self.reached(network):
            return None
        return self._walk(network, given, symbols, arguments)

    def net(self, network: str) -> Net | None:
        """The network as text that makes it, for blocks that call it; None if it has errors."""
        if self._declaring and any(self._blank(name) for name in {network, *self.reached(network)}):
            self._guesses += 1
            return None
        return classes.net(self, network)

    def variants(self, roots: Iterable[str]) -> dict[str, list[Walk]]:
        """Each of these networks and of those that stand in them, outer ones first, as all its places have it.

        Places with the same arguments and the same numbers in their text are one. None of them may have errors.
        """
        names = list(roots)
        reached = {inner for name in names for inner in self.reached(name)}
        outer_first = reversed(classes.nested_first(self, {*names, *reached}))
        return variants.gather([self.walk(name) for name in names], outer_first)

    def _blank(self, network: str) -> bool:
        return len(self.typed(network)) < len(self.wiring(network).of_part("input"))

    def _walk(self, name: str, given: Types, symbols: Symbols, arguments: Values) -> Walk:
        key = (name, arguments, type_map(given), tuple(symbols.sizes.items()))
        if (known := self._walks.get(key)) is None:
            self._inside.append(name)
            walker = Walker(
                self.wiring(name, arguments), symbols, given, self, self.analyser.runner, self.analyser.trust
            )
            guesses = self._guesses
            known = walker.walk(self.analyser.latest(key))
            self._inside.pop()
            if guesses == self._guesses:
                self._walks[key] = known
                self.analyser.remember(key, known)
        return known


def report(
    walk: Walk,
    problems: Iterable[Problem] = (),
    before: tuple[Walk, GraphReport] | None = None,
    frozen: Iterable[tuple[str, frozenset[str]]] = (),
) -> GraphReport:
    """A walk as it is told to the window. `before`: an older walk with its report, whose facts are taken where they
    still hold. `frozen`: by training graph the networks that it keeps as they are."""
    counted = walk.counted
    old, told = ({}, {}) if before is None else (before[0].nodes, before[1].nodes)
    if before is not None and before[0].symbols.sizes != walk.symbols.sizes:
        old = {}
    facts = {id: told[id] if old.get(id) is seen else seen.facts(walk.symbols) for id, seen in walk.nodes.items()}
    return GraphReport(
        with_weights(walk, facts, frozen),
        tuple(problems),
        walk.learned,
        sum(seen.multiply_adds for seen in counted),
        sum(seen.activation_bytes for seen in counted),
    )


def _same(first: tuple[object, ...], second: tuple[object, ...]) -> bool:
    if len(first) != len(second):
        return False
    return all(a is b or (isinstance(a, tuple) and a == b) for a, b in zip(first, second, strict=True))


def _kept(named: Iterable[str], outer: Mapping[str, set[str]]) -> frozenset[str]:
    """The networks that are named, and all whose places all lie in such. `outer`: by network who places it."""
    found = set(named)
    while more := {inner for inner, places in outer.items() if inner not in found and places <= found}:
        found |= more
    return frozenset(found)


def _ran_short(walk: Walk) -> bool:
    return any(seen.failure is not None and seen.failure.kind == "run" for seen in walk.nodes.values())


def _as_axis(size: int | str) -> int | str:
    """A shown size as the name of an axis: "2*T" becomes "T2"."""
    if isinstance(size, int):
        return size
    letters = "".join(part for part in size if part.isalnum() or part == "_")
    return letters.lstrip("0123456789")[:16] or "T"
