"""The inspector: all about what is selected, and its parameters to change. Every edit is one change of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.code import PART, text_of
from netbuilder.blocks.composition import parts
from netbuilder.blocks.spec import Block
from netbuilder.blocks.trust import Trust
from netbuilder.compiler.report import GraphReport
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import NONE, Graph, Node, Value
from netbuilder.graph.names import is_id, make_id
from netbuilder.training.settings import SETTINGS
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.arguments_editor import ArgumentsEditor
from netbuilder.ui.inspector.buttons import paint_buttons
from netbuilder.ui.inspector.code_field import CodeField
from netbuilder.ui.inspector.editing import active_parts, rename, set_setting, shown_params
from netbuilder.ui.inspector.facts import FactRows, cost_rows, shape_rows
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.head import Head
from netbuilder.ui.inspector.help import HelpView
from netbuilder.ui.inspector.live import LiveEdit
from netbuilder.ui.inspector.several import MOST, common, set_all
from netbuilder.ui.inspector.trust_bar import TrustBar
from netbuilder.ui.text import amount_of_bytes, count, counted, label, sentence
from netbuilder.ui.theme import Theme

KIND_HELP = {
    "network": "A network. Select a node to see and change its parameters.",
    "training": "One training step. These are the settings of its runs.",
    "preview": "What is drawn while a run trains. Select a node to see and change its parameters.",
}


SEVERAL = "What they have in common. An edit changes all of them."
TOO_MANY = f"Up to {MOST:,} nodes can be edited together."
NOTHING_COMMON = "They have no parameters in common."


class Section(QWidget):
    """A heading over a widget."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label(title, look="heading"))
        layout.addWidget(content)


class Inspector(QScrollArea):
    """Shows one node, several, or, with none selected, the graph; on a training graph its run settings."""

    trust_changed = Signal()
    status = Signal(str)
    network_asked = Signal(str, str)  # what to do with a network ("open", "rename"), its name
    renamed = Signal(str, str)  # the graph, and what one of its nodes is called now

    def __init__(
        self,
        document: Document,
        catalogue: Catalogue,
        theme: Theme,
        icons: Icons,
        trust: Trust,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._catalogue, self._theme, self._icons = document, catalogue, theme, icons
        self._graph = ""
        self._nodes: Sequence[str] = ()
        self._reports: Mapping[str, GraphReport] = {}
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Inspector")

        self.head = Head()
        self.head.renamed.connect(self._rename)
        self.head.titled.connect(self._set_title)
        self.arguments = ArgumentsEditor(document, parts(catalogue))
        self.form, self.settings = Form(), Form(expressions=False)
        self.form.committed.connect(self._set_param)
        self._live = LiveEdit(document)
        for form, change in ((self.form, self._param_change), (self.settings, self._setting_change)):
            form.dragged.connect(partial(self._drag, change))
            form.drag_ended.connect(lambda kept: self._live.end(kept=kept))
        self.form.asked.connect(self.network_asked)
        self.settings.committed.connect(self._set_setting)
        self.shapes, self.cost = FactRows("Shapes"), FactRows("Cost")
        self.signs = label(wrap=True)
        self.signs.setAccessibleName("Signs")
        self.help = HelpView(theme)
        self.trust = TrustBar(trust)
        self.trust.changed.connect(self.trust_changed)
        self.trust.failed.connect(self.status)
        self._sections = {
            "params": Section("Parameters", self.form),
            "arguments": Section("Arguments", self.arguments),
            "trust": Section("Trust", self.trust),
            "settings": Section("Run settings", self.settings),
            "signs": Section("Signs", self.signs),
            "shapes": Section("Shapes", self.shapes),
            "cost": Section("Cost", self.cost),
            "help": Section("Help", self.help),
        }
        self._lay_out()
        self._unsubscribe = document.subscribe(self._changed)
        self._show()

    def show_selection(self, graph: str, nodes: Sequence[str]) -> None:
        """Shows these nodes of this graph, or with none the graph itself. An edit that is under way is kept first."""
        if (graph, list(nodes)) == (self._graph, list(self._nodes)):
            return
        focus = QApplication.focusWidget()
        if isinstance(focus, QWidget) and self.isAncestorOf(focus):
            focus.clearFocus()
        self._graph, self._nodes = graph, list(nodes)
        self._show()
        self.verticalScrollBar().setValue(0)

    def show_reports(self, reports: Mapping[str, GraphReport]) -> None:
        """Takes what analysis found anew."""
        self._reports = reports
        self._show_facts()

    def show_signs(self, words: Sequence[str]) -> None:
        """What the signs of the selected node say, a sentence each."""
        self.signs.setText("\n".join(words))
        self._sections["signs"].setVisible(bool(words))

    def set_editable(self, editable: bool) -> None:
        """Whether what is shown can be changed here, or only looked at."""
        for part in (self.head, *(self._sections[name] for name in ("params", "arguments", "settings"))):
            part.setEnabled(editable)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        self.help.set_theme(theme)
        self._show()

    def close_view(self) -> None:
        """Lets go of the document."""
        self._unsubscribe()

    # -- inside

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setProperty("panel", True)
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.head)
        for section in self._sections.values():
            layout.addWidget(section)
        layout.addStretch(1)
        self.setWidget(holder)
        self.setFrameShape(QFrame.Shape.NoFrame)

    @property
    def title(self) -> QLineEdit:
        """The field of a node's title."""
        return self.head.title

    @property
    def about(self) -> QLabel:
        """What is said of what is shown."""
        return self.head.about

    @property
    def _held(self) -> Graph | None:
        return self._document.project.graphs.get(self._graph)

    def _show(self) -> None:
        graph = self._held
        self._nodes = [node for node in self._nodes if graph is not None and node in graph.nodes]
        shown: set[str] = set()
        if graph is None:
            self._head("", "", "", "Nothing is open.")
        elif not self._nodes:
            shown = self._show_graph(graph)
        elif len(self._nodes) == 1:
            shown = self._show_node(graph, self._nodes[0])
        else:
            shown = self._show_several(graph)
        for name, section in self._sections.items():
            section.setVisible(name in shown or (name == "signs" and bool(self._nodes) and bool(self.signs.text())))
        for form in (self.form, self.settings):
            paint_buttons(form, self._icons)
        self._show_facts()

    def _head(self, category: str, name: str, kind: str, about: str) -> None:
        color = self._theme.category(category) if category else None
        self.head.show_thing(name, kind, about, color, self._icons)

    def _show_graph(self, graph: Graph) -> set[str]:
        self._head("", self._graph, counted(len(graph.nodes), "node"), KIND_HELP[graph.kind])
        if graph.kind == "network":
            self.arguments.show_graph(self._graph, self._icons)
            return {"arguments", "cost"}
        if graph.kind == "preview":
            return set()
        project = self._document.project
        self.settings.show_values(SETTINGS, project.settings.get(self._graph, NONE), project, self._graph)
        return {"settings"}

    def _show_node(self, graph: Graph, name: str) -> set[str]:
        node = graph.nodes[name]
        block = self._catalogue.get(node.block)
        if block is None:
            self._head("other", node.block, "", f"This version of netbuilder has no block {node.block!r}.")
            self.head.show_node(name, node.title)
            return set()
        self._head(block.category, block.name, block.category if block.category != block.name else "", block.summary)
        self.head.show_node(name, node.title)
        parts = active_parts(graph, self._catalogue)
        params = shown_params(block, node.params, graph, self._document.project, parts)
        self.form.show_values(params, node.params, self._document.project, self._graph)
        self.help.show_block(block, node.params)
        shown = {"params", "shapes", "cost", "help"} if params else {"shapes", "cost", "help"}
        if block.part == PART:
            self._show_code(block, node)
            shown.add("trust")
        return shown

    def _show_several(self, graph: Graph) -> set[str]:
        found = common(graph, self._nodes, self._catalogue, self._document.project)
        about = SEVERAL if found.params else NOTHING_COMMON if len(self._nodes) <= MOST else TOO_MANY
        self._head("", counted(len(self._nodes), "node"), "selected", about)
        if not found.params:
            return {"cost"}
        self.form.show_values(found.params, found.values, self._document.project, self._graph, found.mixed)
        return {"params", "cost"}

    def _show_code(self, block: Block, node: Node) -> None:
        for field in self.form.fields.values():
            if isinstance(field, CodeField):
                field.set_theme(self._theme)
        self.trust.show_text(text_of(block, node.params), sound=not block.check(node.params))

    def _show_facts(self) -> None:
        graph, report = self._held, self._reports.get(self._graph)
        if graph is None:
            return
        if not self._nodes:
            self.cost.show_rows(cost_rows(report))
        elif len(self._nodes) == 1:
            self._show_node_facts(graph, self._nodes[0], report)
        else:
            held = [report.nodes[node] for node in self._nodes if report is not None and node in report.nodes]
            adds = sum(facts.multiply_adds for facts in held)
            memory = sum(facts.activation_bytes for facts in held)
            self.cost.show_rows(
                [
                    ("Parameters", f"{sum(facts.parameters for facts in held):,}"),
                    ("Multiply-adds", f"{count(adds)} a sample"),
                    ("Memory", f"{amount_of_bytes(memory)} a sample"),
                ]
            )

    def _show_node_facts(self, graph: Graph, name: str, report: GraphReport | None) -> None:
        node = graph.nodes.get(name)
        facts = report.nodes.get(name) if report is not None else None
        if node is None:
            return
        rows = shape_rows(self._catalogue.ports(node, self._document.project), facts)
        self.shapes.show_rows(rows)
        self._sections["shapes"].setVisible(bool(rows) and node.block in self._catalogue)
        self.cost.show_rows(cost_rows(facts))

    def _changed(self, change: Change) -> None:
        """Shows again what is selected where the change touches it, or what it may refer to."""
        for edit in change.edits:
            here = edit.graph == self._graph and edit.kind == "node" and edit.key in self._nodes
            beside = edit.graph == self._graph and edit.kind == "node" and _comes_or_goes(edit)
            if here or beside or edit.kind in ("graph", "dataset", "settings") or not self._nodes:
                self._show()
                return

    def _set_param(self, name: str, value: Value) -> None:
        if change := self._param_change(name, value):
            self._document.apply(change)

    def _param_change(self, name: str, value: Value) -> Change | None:
        """A parameter of what is selected; where one of several nodes can't have the value, the field says so."""
        graph = self._held
        if graph is None or not self._nodes:
            return None
        made = set_all(self._document.project, self._graph, self._nodes, name, value, self._catalogue)
        if isinstance(made, str):
            self._show()
            self.form.fields[name].tell(made)
            return None
        return made

    def _setting_change(self, name: str, value: Value) -> Change | None:
        return set_setting(self._document.project, self._graph, name, value)

    def _drag(self, change: Callable[[str, Value], Change | None], name: str, value: Value) -> None:
        """A number that is being dragged shows at once; the whole drag is one step of undo."""
        self._live.move(value, partial(change, name))

    def _set_title(self, text: str) -> None:
        graph = self._held
        if graph is not None and len(self._nodes) == 1 and graph.nodes[self._nodes[0]].title != text:
            self._document.apply(edits.set_title(self._document.project, self._graph, self._nodes[0], text))

    def _rename(self, text: str) -> None:
        if len(self._nodes) != 1:
            return
        new = text if is_id(text) or not text else make_id(text)
        try:
            change = rename(self._document.project, self._graph, self._nodes[0], new, self._catalogue)
        except EditError as wrong:
            self.head.tell(sentence(wrong))
            return
        self._document.apply(change)
        self.renamed.emit(self._graph, new)

    def _set_setting(self, name: str, value: Value) -> None:
        self._document.apply(self._setting_change(name, value) or Change(""))


def _comes_or_goes(edit: Edit) -> bool:
    """Whether a node is made, removed, bypassed or no longer bypassed."""
    before, after = edit.before, edit.after
    return not (isinstance(before, Node) and isinstance(after, Node)) or before.bypassed != after.bypassed
