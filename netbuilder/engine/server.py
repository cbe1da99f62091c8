"""The engine: follows the window's project by its changes and answers with reports and source. It only analyses.

All lines that wait are read before anything is analysed, so a person who types fast costs one analysis. A request that
can't be carried out is answered with a sentence; whatever torch prints goes to stderr and never into the protocol.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from netbuilder.compiler.report import GraphReport, NodeFacts
from netbuilder.engine.protocol import Answer, Code, Facts, Failed, Ready, Report, Spans, answer_to_plain
from netbuilder.engine.stdio import Lines, one_line, own_stdout
from netbuilder.graph.change import Conflict, apply
from netbuilder.graph.errors import FileError
from netbuilder.graph.model import Project
from netbuilder.graph.plain import change_from_plain, project_from_plain

NODES_A_LINE = 200  # about 40 kB, decoded in about a millisecond


class Analysis(Protocol):
    """What the compiler does for the engine."""

    def analyse(self, project: Project) -> Mapping[str, GraphReport]: ...

    def source(self, project: Project) -> tuple[str, Spans, Spans]: ...


class Server:
    """Holds the project and says what is new about it. `say` takes one answer; `waiting` tells of unread lines."""

    def __init__(
        self, analysis: Analysis, say: Callable[[Answer], None], waiting: Callable[[], bool] = lambda: False
    ) -> None:
        self._analysis, self._say, self._waiting = analysis, say, waiting
        self._project: Project | None = None
        self._revision = -1
        self._known: dict[str, GraphReport] = {}
        self._code: tuple[str, Spans, Spans] | None = None

    def handle(self, lines: list[bytes]) -> bool:
        """Follows all these lines, then answers once. False: the engine shall end."""
        stale = False
        for line in lines:
            try:
                request = msgspec.json.decode(line)
                if not isinstance(request, dict):
                    raise ValueError("a request is a JSON object")
                if request.get("do") == "stop":
                    return False
                stale |= self._follow(request)
            except (ValueError, RecursionError) as error:  # also FileError, Conflict and msgspec's
                lost = isinstance(error, Conflict | FileError)
                self._say(Failed(self._revision, f"The engine can't follow: {one_line(error)}", lost))
        if stale:
            self._answer()
        return True

    def _follow(self, request: Mapping[str, Any]) -> bool:
        """Carries one request out; True if there is something new to answer."""
        what, revision = request.get("do"), request.get("revision")
        if not isinstance(revision, int) or isinstance(revision, bool):
            raise ValueError("a request needs a revision")
        if what == "open":
            self._project = project_from_plain(request.get("project"))
            self._known, self._code = {}, None
        elif what == "change":
            if self._project is None or revision != self._revision + 1:
                self._project = None  # what comes until the next "open" makes no sense either
                raise Conflict(f"revision {revision} does not follow {self._revision}")
            self._project = apply(self._project, change_from_plain(request.get("change")))
        else:
            raise ValueError("a request says open, change or stop")
        self._revision = revision
        return True

    def _answer(self) -> None:
        project, revision = self._project, self._revision
        if project is None:
            return
        try:
            reports = dict(self._analysis.analyse(project))
            self._report(reports, revision)
            if self._waiting():  # the source would be stale before it is written
                return
            code = self._analysis.source(project)
        except Exception as error:  # noqa: BLE001  # analysis must never end the engine; the person gets a sentence
            traceback.print_exception(error)  # for whoever looks at stderr
            self._say(Failed(revision, f"The analysis failed: {one_line(error)}"))
            return
        if code != self._code:
            self._code = code
            self._say(Code(revision, *code))

    def _report(self, reports: dict[str, GraphReport], revision: int) -> None:
        """Says what differs from the reports before: nodes in short lines, then the rest of each graph's report."""
        before, self._known = self._known, reports
        for name in before.keys() - reports.keys():
            self._say(Facts(revision, name, {}, tuple(before[name].nodes)))
        fresh = {}
        for name, report in reports.items():
            old = before.get(name, GraphReport())
            if name in before and old == report:
                continue
            if gone := tuple(id for id in old.nodes if id not in report.nodes):
                self._say(Facts(revision, name, {}, gone))
            for chunk in _chunks({id: facts for id, facts in report.nodes.items() if old.nodes.get(id) != facts}):
                self._say(Facts(revision, name, chunk))
            fresh[name] = msgspec.structs.replace(report, nodes={})
        self._say(Report(revision, fresh))


def _chunks(facts: dict[str, NodeFacts]) -> Iterator[dict[str, NodeFacts]]:
    ids = list(facts)
    for start in range(0, len(ids), NODES_A_LINE):
        yield {id: facts[id] for id in ids[start : start + NODES_A_LINE]}


class CompilerAnalysis:
    """The real analysis: the compiler with its memory. Imports torch."""

    def __init__(self) -> None:
        from netbuilder.blocks.catalogue import Catalogue
        from netbuilder.blocks.trust import Trust
        from netbuilder.compiler import program
        from netbuilder.compiler.analyse import Analyser

        self._catalogue = Catalogue.installed()
        self._analyser = Analyser(self._catalogue, trust=Trust.of_this_machine())
        self._program = program

    def warm_up(self) -> None:
        """Runs what brings in the parts of torch that it loads at first use, about a second's work."""
        from netbuilder.compiler.cost import warm_up

        warm_up()
        gc.freeze()  # torch's own objects stay: looking through them again would hold an answer up by some 0.1 s

    def analyse(self, project: Project) -> Mapping[str, GraphReport]:
        return self._analyser.analyse(project)

    def source(self, project: Project) -> tuple[str, Spans, Spans]:
        source = self._program.project_source(project, self._catalogue, self._analyser)
        spans: Spans = {}
        for (graph, node), (first, last) in source.spans.items():
            spans.setdefault(graph, {})[node] = (first, last)
        made: Spans = {}
        for line, (graph, node) in sorted(source.lines.items()):
            first, last = spans.get(graph, {}).get(node, (line, line))
            if line >= first:  # where it works; modules are made before that
                continue
            begin, end = made.get(graph, {}).get(node, (line, line - 1))
            if line == end + 1:  # of several places the first
                made.setdefault(graph, {})[node] = (begin, line)
        return source.text, spans, made


def main() -> int:
    """Serves until "stop" or the end of stdin."""
    out = own_stdout()

    def say(answer: Answer) -> None:
        out.write(msgspec.json.encode(answer_to_plain(answer)) + b"\n")
        out.flush()

    lines = Lines(sys.stdin.buffer, lambda: os._exit(0))
    try:
        import torch

        analysis = CompilerAnalysis()
    except Exception as error:  # noqa: BLE001  # a broken installation is told in words too
        say(Failed(-1, f"The engine can't start, so nothing is analysed: {one_line(error)}"))
        return 3
    torch.set_num_threads(1)
    say(Ready(str(torch.__version__)))
    server = Server(analysis, say, lines.waiting)
    cold = True
    try:
        while True:
            if cold and not lines.waiting():  # nobody waits for an answer: the first one will be the sooner
                analysis.warm_up()
                cold = False
            if not server.handle(lines.take()):
                break
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)
    return 0
