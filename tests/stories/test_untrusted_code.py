"""A project with Python code in it, received from a stranger: whatever way it comes in, none of that code runs before
the person has read it and said that they trust it; then it does, and the moment its text changes it does not."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from immutables import Map
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.code import text_of
from netbuilder.blocks.trust import FOLDER, Trust
from netbuilder.cli import main
from netbuilder.exchange.errors import ExportError
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.file import save
from netbuilder.graph.fragment import cut_out, fragment_to_text
from netbuilder.graph.model import Input, Output, Project
from netbuilder.graph.plain import project_to_plain
from netbuilder.jobs import work
from netbuilder.jobs.errors import JobError
from netbuilder.sampling.wish import WishError
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.window import Window
from tests.cli.conftest import small_project
from tests.training.here import new, train

CATALOGUE = Catalogue.builtin()
CODE_RULES = ("untrusted", "torch")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Stranger:
    """A project whose code leaves a file behind when it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marker = folder / "it ran"
        self.code = f"import pathlib\n\npathlib.Path({str(self.marker)!r}).touch()\ny = x * 1.0"
        start = small_project()
        change = edits.insert_on_link(
            start, "classifier", Input("linear2", "x"), "Python", "x", "y", Map(code=self.code)
        )
        self.node = next(str(edit.key) for edit in change.edits if edit.kind == "node")
        self.project = self.with_preview(apply(start, change))
        self.file = folder / "received.netbuilder"
        save(self.project, self.file)

    @staticmethod
    def with_preview(project: Project) -> Project:
        project = apply(project, edits.add_graph(project, "look", "preview"))
        for id, block, params in (
            ("data", "Data", Map(dataset="digits")),
            ("net", "Network", Map(network="classifier")),
            ("curve", "ViewCurve", Map()),
        ):
            project = apply(project, edits.add_node(project, "look", block, (0, 0), params, id=id))
        for source, target in (
            (Output("data", "image"), Input("net", "image")),
            (Output("net", "logits"), Input("curve", "values")),
        ):
            project = apply(project, edits.connect(project, "look", source, target))
        return project

    @property
    def text(self) -> str:
        return text_of(CATALOGUE["Python"], Map(code=self.code))

    @property
    def ran(self) -> bool:
        return self.marker.exists()


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "trust"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return Stranger(tmp_path)


def received_run(stranger: Stranger):
    """A run's folder, as it was made elsewhere and copied here."""
    settings = resolve({"epochs": 1, "device": "cpu", "threads": 1})
    made = create(stranger.project, "training", settings, stranger.folder / "elsewhere")
    target = stranger.folder / "runs" / made.path.name
    shutil.copytree(made.path, target)
    return type(made)(target)


def by_check(stranger, monkeypatch):
    assert main(["check", str(stranger.file)]) == (0 if stranger.text in TRUSTED else 1)


def by_summary(stranger, monkeypatch):
    main(["summary", str(stranger.file)])


def by_code(stranger, monkeypatch):
    main(["code", str(stranger.file)])


def by_export(stranger, monkeypatch):
    main(["export", str(stranger.file), "--untrained", "--to", str(stranger.folder / "out.onnx")])


def by_export_job(stranger, monkeypatch):
    request = {"project": project_to_plain(stranger.project), "network": "classifier", "untrained": True}
    ask(work.export_job, {**request, "to": str(stranger.folder / "job.onnx")})


def by_sample_job(stranger, monkeypatch):
    request = {"project": project_to_plain(stranger.project), "wish": {"graph": "look"}, "to": str(stranger.folder)}
    ask(work.SampleJob(), request)


def ask(job, request):
    """The job's own refusal is a sentence; what runs or not is seen by the file that the code leaves."""
    with suppress(JobError, ExportError, WishError):
        job(request, lambda share, text: None)


def by_training(stranger, monkeypatch):
    train(new(stranger.folder / "mine", stranger.project, epochs=1), monkeypatch)


def by_received_run(stranger, monkeypatch):
    train(received_run(stranger), monkeypatch)


ROUTES = (by_check, by_summary, by_code, by_export, by_export_job, by_sample_job, by_training, by_received_run)
TRUSTED: set[str] = set()


@pytest.fixture(autouse=True)
def _nothing_is_trusted():
    TRUSTED.clear()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.__name__)
def test_nothing_runs_before_it_is_trusted_and_then_it_does(stranger, monkeypatch, route):
    route(stranger, monkeypatch)
    assert not stranger.ran
    changed = stranger.text + " "
    Trust.of_this_machine().trust(changed)
    route(stranger, monkeypatch)
    assert not stranger.ran, "another text is trusted, not this one"
    Trust.of_this_machine().trust(stranger.text)
    TRUSTED.add(stranger.text)
    route(stranger, monkeypatch)
    assert stranger.ran, "the route would have run it"


def test_the_command_line_shows_the_code_and_asks(stranger, capsys):
    assert main(["trust", str(stranger.file), "--json"]) == 1
    assert not Trust.of_this_machine().trusts(stranger.text)
    assert main(["trust", str(stranger.file), "--yes"]) == 0
    assert "y = x * 1.0" in capsys.readouterr().out
    assert Trust.of_this_machine().trusts(stranger.text)
    assert main(["trust", str(stranger.file), "--forget"]) == 1
    assert not Trust.of_this_machine().trusts(stranger.text)
    assert not stranger.ran


def test_the_command_line_asks_nobody_where_there_is_nobody(stranger, capsys):
    assert main(["trust", str(stranger.file)]) == 2
    assert "--yes" in capsys.readouterr().err


# The window with its real engine.


def opened(window, stranger):
    window.files.open(stranger.file)


def dropped(window, stranger):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(stranger.file))])
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), copy, data, LEFT, NONE))
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), copy, data, LEFT, NONE))


def recent(window, stranger):
    window._preferences.remember(stranger.file)
    window.menus.recent.aboutToShow.emit()
    window.menus.recent.actions()[0].trigger()


def pasted(window, stranger):
    window.files.new()
    piece = cut_out(stranger.project, "classifier", list(stranger.project.graphs["classifier"].nodes))
    QApplication.clipboard().setText(fragment_to_text(piece))
    window.workbench.tabs.canvas.paste()


@pytest.fixture
def window(qtbot, qapp, stranger):
    made = Window(qapp, CATALOGUE, Preferences(stranger.folder / "window.ini"))
    made.resize(1500, 950)
    made.show_welcome()
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.files.opened = None
    made.close()
    made.deleteLater()


@pytest.mark.parametrize("route", [opened, dropped, recent, pasted], ids=lambda route: route.__name__)
def test_the_window_runs_nothing_before_the_button_is_pressed(window, stranger, qtbot, route):
    route(window, stranger)
    qtbot.waitUntil(lambda: problems(window) == ["untrusted"], timeout=30_000)
    assert not stranger.ran
    if route is not opened:
        return
    bench = window.workbench
    bench.tabs.show_node("classifier", stranger.node)
    button = bench.inspector.trust.button
    qtbot.waitUntil(button.isVisible)
    bench.inspector.ensureWidgetVisible(button)
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: problems(window) == [], timeout=30_000)
    assert stranger.ran
    stranger.marker.unlink()
    bench.document.apply(
        edits.set_params(bench.document.project, "classifier", stranger.node, {"code": stranger.code + "\ny = y"})
    )
    qtbot.waitUntil(lambda: problems(window) == ["untrusted"], timeout=30_000)
    assert not stranger.ran
    assert bench.inspector.trust.button.text() == "Trust this code"


def problems(window) -> list[str]:
    """What is wrong with the code's node; "?" while nothing is known."""
    found = window.bridge.reports
    if not found:
        return ["?"]
    return [problem.rule for report in found.values() for problem in report.errors if problem.rule in CODE_RULES]
