"""The Train button: which training graph, whether it can be trained, and where to look. And previews by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.data.project_data import asking, read_by
from netbuilder.graph.model import Project, natural_key
from netbuilder.ui.data.outside_bar import question
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.text import counted
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.workbench import Workbench


def training_graph(project: Project, shown: str) -> str:
    """The shown graph if it is a training graph, else the first one by name, "" where there is none."""
    graphs = project.graphs
    if shown in graphs and graphs[shown].kind == "training":
        return shown
    return min((name for name in graphs if graphs[name].kind == "training"), key=natural_key, default="")


class TrainCommands:
    """Starts runs through the runs panel."""

    def __init__(self, dialogs: Dialogs) -> None:
        self._dialogs = dialogs

    def start(self, bench: Workbench) -> None:
        """Starts a run of the project as it is, or says which problems stand in the way."""
        from netbuilder.training.run import RunError
        from netbuilder.training.settings import SettingsError

        project = bench.document.project
        training = training_graph(project, bench.graph)
        if not training:
            bench.status.emit("There is nothing to train: add a training graph first.")
            return
        errors = sum(len(report.errors) for name, report in bench.bridge.reports.items() if _matters(project, name))
        if errors:
            bench.show_dock("problems")
            bench.status.emit(f"Training needs {counted(errors, 'error')} mended first; the problems are listed below.")
            return
        if not self._may_read(bench, training):
            return
        bench.show_dock("runs")
        try:
            bench.runs_panel().start(project, training)
        except (RunError, SettingsError) as error:
            self._dialogs.error(str(error))

    def _may_read(self, bench: Workbench, training: str) -> bool:
        """Whether the data that the run reads may be read; asks where it lies outside of the project's folder."""
        project = bench.document.project
        asked = asking(project, bench.place, read_by(project, training))
        for name, path in asked.items():
            if not self._dialogs.confirm(question(path), "Allow and train"):
                bench.show_data(name)
                return False
            try:
                bench.place.allow(path)
            except OSError as problem:
                self._dialogs.error(f"What you allow can't be kept: {problem.strerror or problem}.")
                return False
        if asked and bench.data.made is not None:
            bench.data.made.look_again()
        return True

    def preview(self, bench: Workbench, theme: Theme) -> None:
        """Runs the shown preview graph with the best weights of the newest run, or says that there are none."""
        from netbuilder.training.run import RunError
        from netbuilder.ui.runs.preview_dialog import PreviewDialog

        run = next((run for run in bench.own_runs.find() if run.checkpoints()), None)
        if run is None:
            bench.status.emit("There are no weights to preview yet: train the project first.")
            return
        try:
            PreviewDialog(bench.document.project, bench.graph, run, theme, bench).show()
        except RunError as error:
            self._dialogs.error(str(error))


def _matters(project: Project, name: str) -> bool:
    """Errors in a preview graph do not keep a network from learning."""
    return name in project.graphs and project.graphs[name].kind != "preview"
