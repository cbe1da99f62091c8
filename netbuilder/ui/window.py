"""The main window: menus, tool bar and status bar around the welcome page or the open project's workbench."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QImage
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.graph.document import Refused
from netbuilder.presets import presets
from netbuilder.ui.action import CANVAS, Action
from netbuilder.ui.action_set import Actions
from netbuilder.ui.canvas.options import Options
from netbuilder.ui.conditions import holding
from netbuilder.ui.context_menu import show_menu
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.docks import behind
from netbuilder.ui.engine_bridge import EngineBridge
from netbuilder.ui.file_drop import FileDrops
from netbuilder.ui.finding.finder import Finder
from netbuilder.ui.graph_commands import GraphCommands
from netbuilder.ui.help import about_text
from netbuilder.ui.icons import Icons, application_icon
from netbuilder.ui.keeping.keeper import Keeper, default_root
from netbuilder.ui.keeping.picture import painting
from netbuilder.ui.keymap import Keymap, canvas_keys
from netbuilder.ui.legend import legend
from netbuilder.ui.menus import Menus
from netbuilder.ui.pictures.shelf import Shelf, default_folder
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.project_files import Opened, ProjectFiles
from netbuilder.ui.shortcuts.page import ShortcutsPage
from netbuilder.ui.snap_commands import SnapCommands
from netbuilder.ui.status import StatusBar
from netbuilder.ui.text import counted, frame_title
from netbuilder.ui.theme import Theme
from netbuilder.ui.theming import ThemeChoice
from netbuilder.ui.tools import Tools
from netbuilder.ui.train_commands import TrainCommands
from netbuilder.ui.tutorial.commands import Tutorial
from netbuilder.ui.typed import take_over
from netbuilder.ui.view_commands import ViewCommands
from netbuilder.ui.welcome.going import Going
from netbuilder.ui.welcome.page import WelcomePage

if TYPE_CHECKING:
    from netbuilder.training.run import Run
    from netbuilder.ui.workbench import Workbench

LAYOUT = "window"
SIZE = QSize(1360, 860)


class Window(QMainWindow):
    """What the actions' table calls are methods here; most pass on to whoever does the work.

    `painted` comes once, after the first paint: what is slow waits for it.
    """

    painted = Signal()

    def __init__(self, app: QApplication, catalogue: Catalogue, preferences: Preferences) -> None:
        super().__init__()
        self._app, self._catalogue, self._preferences = app, catalogue, preferences
        self._was_painted = False
        self.painted.connect(self._begin_later, Qt.ConnectionType.QueuedConnection)
        self.theme_choice = ThemeChoice(app, preferences)
        self.theme_choice.changed.connect(self._change_theme)
        self.theme = Theme.load(self.theme_choice.theme)
        self.theme.apply(app)
        self.icons = Icons(self.theme)
        self.setWindowIcon(application_icon())
        self.setMinimumSize(720, 480)
        self.keymap = Keymap(preferences)
        self.keymap.changed.connect(self._bind_canvases)
        self.dialogs = Dialogs(self)
        self.bridge = EngineBridge(self)
        self.files = ProjectFiles(self.dialogs, preferences, self._show, lambda: take_over(self))
        self.drops = FileDrops(self, self.files.open, self.import_data, self.say)
        self.graphs = GraphCommands(self.dialogs, catalogue)
        self.training = TrainCommands(self.dialogs)
        self.finder = Finder(self, catalogue, preferences)
        self.shelf = Shelf(default_folder(), catalogue)
        self.workbench: Workbench | None = None
        self.welcome: WelcomePage | None = None
        self.tutorial = Tutorial(self, preferences)
        self.stack = QStackedWidget()
        self.keeper = Keeper(self.files, default_root(), self._picture, self)
        self.keeper.status.connect(self.say)
        self.setCentralWidget(self.keeper.bar.above(self.stack))
        self.status_bar = StatusBar(self.theme, self.icons)
        self.setStatusBar(self.status_bar)
        self.bridge.state_changed.connect(self.status_bar.engine.show_state)
        self.status_bar.engine.show_state("waiting")
        self.actions_table = Actions(self, self.icons, self.perform, self.keymap)
        self.snaps = SnapCommands(preferences, self.actions_table)
        self.view_commands = ViewCommands(preferences, self.actions_table, self._show_options)
        self.menus = Menus(self, self.actions_table, preferences, self.files.open, self._views)
        self.tools: Tools = Tools(self.actions_table, self.toggle_theme, self)
        self.train_button, self.theme_button = self.tools.train_button, self.tools.theme_button
        self.addToolBar(self.tools)
        self.tools.paint_icons(self.icons, dark=self.theme.dark)
        self.resize(SIZE)
        self.restoreGeometry(preferences.layout(LAYOUT))
        self.actions_table[self.theme_choice.choice].setChecked(True)
        self._refresh()

    def perform(self, entry: Action) -> None:
        """Does what an action of the table stands for."""
        try:
            if entry.callback.startswith(CANVAS):
                self.on_canvas(entry.callback.removeprefix(CANVAS), *entry.by)
            else:
                attrgetter(entry.callback)(self)(*entry.by)
        except Refused as why:
            self.say(str(why))

    # -- files

    def new_project(self) -> None:
        self.files.new()

    def open_project(self) -> None:
        self.files.open()

    def save_project(self) -> None:
        if self.files.save():
            self.say("Saved.")

    def save_project_as(self) -> None:
        if self.files.save_as():
            self.say("Saved.")

    def recover_work(self) -> None:
        self.keeper.offer()

    def close_project(self) -> None:
        self.files.close()

    def show_welcome(self) -> None:
        """The presets; what is open is closed, after asking."""
        if self.files.close() and self.welcome is None:
            self._show(None)

    def import_data(self, path: Path | None = None) -> None:
        """The assistant for files of one's own, about this one if it is given."""
        from netbuilder.ui.data.importing import ImportCommands  # only who imports waits for its imports

        if self._refuses():
            return
        ImportCommands(self, self.dialogs, self._bench_for_data).start(self.workbench, self.theme, self.icons, path)

    def _bench_for_data(self) -> Workbench | None:
        """The open project, or a new one."""
        if self.workbench is None:
            self.files.new()
        return self.workbench

    def export(self) -> None:
        if self.workbench is not None:
            from netbuilder.ui.export import ExportDialog  # only who exports waits for its imports

            bench = self.workbench
            dialog = ExportDialog(bench.document, bench.path, bench.own_runs, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def on_pictures(self, what: str) -> None:
        """ "export" the shown graph as a picture, or "print" it."""
        if self.workbench is not None:
            from netbuilder.ui.pictures.commands import open_dialog  # only who makes pictures waits for its imports

            open_dialog(what, self.workbench, self.theme, self._preferences, self)

    def compare(self, run: Run | None = None) -> None:
        """The open project beside that of a run, or of a file that the person chooses."""
        if self.workbench is not None:
            from netbuilder.ui.compare.commands import CompareCommands

            commands = CompareCommands(self.workbench, self._catalogue, self.theme, self._preferences, self.dialogs)
            commands.with_file() if run is None else commands.with_run(run)

    # -- editing

    def undo(self) -> None:
        if self.workbench is not None and (change := self.workbench.document.undo()) is not None:
            self.workbench.views.show_changed(change)
            self.say(f"Undone: {change.label}")

    def redo(self) -> None:
        if self.workbench is not None and (change := self.workbench.document.redo()) is not None:
            self.workbench.views.show_changed(change)
            self.say(f"Redone: {change.label}")

    def jump_to(self, position: int) -> None:
        """Undoes or redoes to a place in the history."""
        if self._refuses():
            return
        if self.workbench is not None and (changes := self.workbench.document.jump(position)):
            self.workbench.views.show_changed(changes[-1])
            self.say(f"Back to: {name}" if (name := self.workbench.document.undo_label) else "As it was opened.")

    def show_panel(self, name: str) -> None:
        """Brings a panel to the front, with the keyboard in it."""
        if self.workbench is not None:
            self.workbench.show_dock(name)
            self.workbench.focus_panel(name)

    def on_canvas(self, method: str, *arguments: float | str) -> None:
        """Calls a method of the shown canvas."""
        if self.workbench is not None and (canvas := self.workbench.tabs.canvas) is not None:
            getattr(canvas, method)(*arguments)

    def search_block(self) -> None:
        if self.workbench is not None:
            self.workbench.search_block()

    def replace_block(self) -> None:
        if self.workbench is not None:
            self.workbench.search_replacement()

    def rename(self) -> None:
        """Another title for the one thing that is selected, else another name for the graph."""
        if self.workbench is not None and not ((canvas := self.workbench.tabs.canvas) and canvas.rename_selected()):
            self.rename_graph()

    # -- graphs

    def add_network(self) -> None:
        self._graph_wanted("add", "network")

    def add_training(self) -> None:
        self._graph_wanted("add", "training")

    def add_preview(self) -> None:
        self._graph_wanted("add", "preview")

    def rename_graph(self) -> None:
        if self.workbench is not None:
            self._graph_wanted("rename", self.workbench.graph)

    def remove_graph(self) -> None:
        if self.workbench is not None:
            self._graph_wanted("remove", self.workbench.graph)

    def _graph_wanted(self, what: str, name: str) -> None:
        if self.workbench is not None and not self._refuses():
            self.graphs.do(what, name, self.workbench.document)

    def leave_network(self) -> None:
        """Back to where the shown network is placed."""
        if self.workbench is not None:
            self.workbench.tabs.leave()

    def rename_placed(self) -> None:
        """Another name for the network that the selected node places."""
        if self.workbench is not None and (name := self.workbench.placed_network()):
            self._graph_wanted("rename", name)

    def open_beside(self) -> None:
        """A second view: on the network that the selected node places, else on the shown graph."""
        if self.workbench is not None and (bench := self.workbench).graph:
            bench.views.open_beside(bench.placed_network() or bench.graph)

    def edit_ends(self) -> None:
        if self.workbench is not None:
            self.workbench.tabs.edit_ends()

    def close_beside(self) -> None:
        if self.workbench is not None:
            self.workbench.views.close_beside()

    def next_graph(self) -> None:
        self._step(1)

    def previous_graph(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.workbench is not None and (count := self.workbench.tabs.count()):
            self.workbench.tabs.setCurrentIndex((self.workbench.tabs.currentIndex() + by) % count)

    # -- training and looks

    def train(self) -> None:
        if self.workbench is not None:
            self.training.start(self.workbench)

    def run_preview(self) -> None:
        if self.workbench is not None:
            self.training.preview(self.workbench, self.theme)

    def restart_engine(self) -> None:
        self.bridge.restart()

    def next_panel(self) -> None:
        if self.workbench is not None:
            self.workbench.focus_next_panel()

    def reset_docks(self) -> None:
        if self.workbench is not None:
            self.workbench.reset_docks()

    def snap(self, what: str) -> None:
        """Switches what dragging snaps to: "grid" or "neighbours"."""
        self.snaps.toggle(what)

    def use_system(self) -> None:
        self.set_theme("system")

    def use_dark(self) -> None:
        self.set_theme("dark")

    def use_light(self) -> None:
        self.set_theme("light")

    def toggle_theme(self) -> None:
        self.set_theme("light" if self.theme.dark else "dark")

    def set_theme(self, choice: str) -> None:
        """The look of everything that is open: "dark", "light" or "system". It is remembered."""
        self.theme_choice.choose(choice)
        self.actions_table[choice].setChecked(True)

    def _change_theme(self) -> None:
        self.theme = Theme.load(self.theme_choice.theme)
        self.icons = Icons(self.theme)
        self.theme.apply(self._app)
        self.actions_table.paint(self.icons)
        self.tools.paint_icons(self.icons, dark=self.theme.dark)
        self.status_bar.engine.set_look(self.theme, self.icons)
        if self.workbench is not None:
            self.workbench.set_look(self.theme, self.icons)
        if self.welcome is not None:
            self._show_welcome_page()

    def show_shortcuts(self) -> None:
        ShortcutsPage(self.keymap, self.icons, self).open()

    def _show_options(self, options: Options) -> None:
        if self.workbench is not None:
            self.workbench.views.set_options(options)

    def show_legend(self) -> None:
        legend(self, self.theme).open()

    def show_about(self) -> None:
        self.dialogs.inform("About netbuilder", about_text())

    def say(self, text: str) -> None:
        """A sentence in the status bar, gone after some seconds."""
        self.status_bar.say(text)

    # -- inside

    def _views(self) -> list[QAction]:
        """What shows and hides the panels of the open project."""
        return [dock.toggleViewAction() for dock in self.workbench.docks.values()] if self.workbench is not None else []

    def _show(self, opened: Opened | None) -> None:
        """Shows what is open now: another project gets a workbench of its own, the same one stays."""
        if opened is not None and opened.path is not None:
            self.shelf.keep_later(opened.path, opened.document, self.theme, self)
        if self.workbench is not None and opened is not None and self.workbench.document is opened.document:
            if opened.path is not None:
                self.workbench.set_path(opened.path)
            self.workbench.show_refusal()
            self.keeper.follow(opened)
            self._refresh()
            return
        self._drop_workbench()
        if opened is None:
            self._show_welcome_page()
        else:
            self._drop_welcome()
            self._open_workbench(opened)
        self.keeper.follow(opened)
        self._refresh()

    def _open_workbench(self, opened: Opened) -> None:
        from netbuilder.ui.workbench import Workbench  # the welcome page does without

        bench = Workbench(
            opened.document,
            opened.path,
            self.bridge,
            self._catalogue,
            self.theme,
            self.icons,
            self._preferences,
            Trust.of_this_machine(),
        )
        bench.changed.connect(self._refresh)
        bench.status.connect(self.say)
        bench.graph_wanted.connect(self._graph_wanted)
        bench.menu_wanted.connect(self._show_menu)
        bench.import_wanted.connect(self.import_data)
        bench.history.wanted.connect(self.jump_to)
        bench.views.link_wanted.connect(self.finder.link)
        bench.compare_wanted.connect(self.compare)
        self.workbench = bench
        self._bind_canvases()
        bench.views.set_snapping(self.snaps.snapping)
        bench.views.set_options(self.view_commands.options)
        self.stack.addWidget(bench)
        self.stack.setCurrentWidget(bench)
        self.bridge.open(opened.document)
        if self._was_painted:
            QTimer.singleShot(0, bench, bench.look_for_runs)
        if (canvas := bench.tabs.canvas) is not None:
            canvas.setFocus()
        bench.ask_about_data()
        if wrong := self._catalogue.check(opened.document.project):
            self.say(f"{counted(len(wrong), 'thing')} in this file can't be used. The first: {wrong[0]}")

    def _bind_canvases(self) -> None:
        """Gives the canvases their keys."""
        if self.workbench is not None:
            self.workbench.views.set_keys(canvas_keys(self.keymap))

    def _show_menu(self, at: QPoint, what: str) -> None:
        self._refresh()  # the right button may just have selected something
        show_menu(what, at, self.actions_table, self)

    def _drop_workbench(self) -> None:
        self.tutorial.stop()
        if self.workbench is not None:
            self.workbench.close_views()
            self.stack.removeWidget(self.workbench)
            self.workbench.deleteLater()
            self.workbench = None

    def _show_welcome_page(self) -> None:
        self._drop_welcome()
        page = WelcomePage(
            presets(), self._preferences.recent, self.theme, self.icons, tutorial=not self.tutorial.known
        )
        page.template_chosen.connect(self.files.open_template, Qt.ConnectionType.QueuedConnection)
        page.file_chosen.connect(self.files.open, Qt.ConnectionType.QueuedConnection)
        page.run_chosen.connect(self._open_run, Qt.ConnectionType.QueuedConnection)
        page.tutorial_wanted.connect(self.tutorial.start, Qt.ConnectionType.QueuedConnection)
        page.new_wanted.connect(self.files.new, Qt.ConnectionType.QueuedConnection)
        page.open_wanted.connect(self.files.open, Qt.ConnectionType.QueuedConnection)
        page.import_wanted.connect(self.import_data, Qt.ConnectionType.QueuedConnection)
        self.welcome = page
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        page.first().setFocus()
        if self._was_painted:
            QTimer.singleShot(0, page, lambda: page.look(self.shelf))

    def _open_run(self, going: Going) -> None:
        """Opens the project of a run that goes on; one that was never saved comes back from the run itself."""
        from netbuilder.training.run import RunError

        try:
            if going.file is not None:
                self.files.open(going.file)
            else:
                self.files.open_unsaved(going.run.project())
        except RunError as error:
            self.dialogs.error(str(error))
        if (bench := self.workbench) is not None:
            QTimer.singleShot(0, bench, lambda: bench.show_run(going.run))

    def _drop_welcome(self) -> None:
        if self.welcome is not None:
            self.stack.removeWidget(self.welcome)
            self.welcome.deleteLater()
            self.welcome = None

    def _refresh(self) -> None:
        """Title, totals and what can be done now."""
        opened, bench = self.files.opened, self.workbench
        if opened is not None and bench is not None:
            bench.history.follow(filed=opened.path is not None)
            self._name_history(opened.document.undo_label, opened.document.redo_label)
            self.actions_table.enable(holding(opened.document, bench))
        else:
            self.actions_table.enable(set())
        only = " (read-only)" if opened is not None and opened.document.refusal else ""
        title = f"{frame_title(opened.title)}[*]{only} - " if opened is not None else ""
        self.setWindowTitle(f"{title}netbuilder")
        self.setWindowModified(opened is not None and opened.document.modified)
        self.status_bar.show_project(opened is not None)
        self.status_bar.show_totals(bench.report if bench is not None else None)

    def _refuses(self) -> bool:
        """Whether what is open can only be looked at; says so."""
        why = self.files.opened.document.refusal if self.files.opened is not None else ""
        if why:
            self.say(why)
        return bool(why)

    def _picture(self) -> Callable[[], QImage] | None:
        """What makes a small picture of the shown graph, in whichever thread."""
        bench = self.workbench
        return painting(bench.document.project, bench.graph, self.theme, self._catalogue) if bench is not None else None

    def _name_history(self, undo: str, redo: str) -> None:
        for name, label in (("undo", undo), ("redo", redo)):
            word = name.capitalize()
            self.actions_table[name].setText(f"&{word} {label.replace('&', '&&')}" if label else f"&{word}")

    def _begin_later(self) -> None:
        """What would delay the first paint."""
        self.bridge.start()
        self.keeper.offer(asked=False)
        if self.workbench is not None:
            self.workbench.look_for_runs()
        elif self.welcome is not None:
            self.welcome.look(self.shelf)

    def focusNextPrevChild(self, next: bool) -> bool:
        """The Tab key goes by what lies in docks behind others."""
        start = self.focusWidget()
        while super().focusNextPrevChild(next):
            if self.focusWidget() is start or not behind(self.focusWidget()):
                return True
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest and not self._was_painted:
            result = super().event(event)
            self._was_painted = True
            self.painted.emit()
            return result
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_close():
            event.ignore()
            return
        self._preferences.set_layout(LAYOUT, self.saveGeometry())
        self.keeper.close()
        self._drop_workbench()
        self.bridge.stop()
        self._preferences.sync()
        super().closeEvent(event)
