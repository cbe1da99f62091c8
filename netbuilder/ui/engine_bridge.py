"""The engine's messages, brought from its reader thread into the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from netbuilder.compiler.report import GraphReport
from netbuilder.engine.client import Code, EngineClient, Failed, Message, Report, StateChanged
from netbuilder.graph.document import Document


class EngineBridge(QObject):
    """One engine for the window, looking at one document at a time; keeps the newest reports.

    Signals come in the window's thread: `reported(names)` after graphs' reports have changed, `coded` after new
    source, `state_changed(state, sentence)`, `failed(sentence)`.
    """

    reported = Signal(list)
    coded = Signal()
    state_changed = Signal(str, str)
    failed = Signal(str)
    _said = Signal(object)  # a Message of the engine, or the Document that all after it is about

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state, self.reason = "waiting", ""
        self._reports: dict[str, GraphReport] = {}
        self._code: Code | None = None
        self._document: Document | None = None  # what is to be looked at
        self._heard: Document | None = None  # what the messages that come now are about
        self._client: EngineClient | None = None
        self._running = False
        self._said.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def reports(self) -> dict[str, GraphReport]:
        """The newest report of each graph that the project still has."""
        graphs = self._document.project.graphs if self._document is not None else {}
        return {name: report for name, report in self._reports.items() if name in graphs}

    @property
    def code(self) -> Code | None:
        return self._code

    @property
    def client(self) -> EngineClient | None:
        """The engine's client once the process was started for a document."""
        return self._client

    def open(self, document: Document) -> None:
        """Looks at another document. What was said of the former and still waits in Qt's queue is passed over."""
        self._document, self._reports, self._code = document, {}, None
        self._said.emit(document)
        if self._client is not None:
            self._client.open(document)
        elif self._running:
            self._client = EngineClient(self._said.emit, document)

    def look_again(self) -> None:
        """Analyses the same document anew: what a person trusts is not part of it."""
        if self._client is not None and self._document is not None:
            self._client.open(self._document)

    def start(self) -> None:
        """Lets the process start as soon as there is a document; before that it would delay the first paint."""
        self._running = True
        if self._client is None and self._document is not None:
            self._client = EngineClient(self._said.emit, self._document)

    def restart(self) -> None:
        """Ends the process and starts another, also after it was given up."""
        if self._client is not None:
            self._client.restart()

    def stop(self) -> None:
        """Ends the process and waits a moment for it; nothing is said any more."""
        self._running = False
        self._said.disconnect(self._receive)
        if self._client is not None:
            self._client.close()
            self._client.wait_closed(2.0)

    def _receive(self, said: Message | Document) -> None:
        if isinstance(said, Document):
            self._heard = said
        elif isinstance(said, StateChanged):
            self.state, self.reason = said.state, said.text
            self.state_changed.emit(said.state, said.text)
        elif self._heard is not self._document:
            return
        elif isinstance(said, Report):
            self._reports.update(said.graphs)
            self.reported.emit(list(said.graphs))
        elif isinstance(said, Code):
            self._code = said
            self.coded.emit()
        elif isinstance(said, Failed):
            self.failed.emit(said.message)
