"""The program's start: what it imports, what it refuses, and that the engine's fate never stops the window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from netbuilder.ui import app
from netbuilder.ui.status import STATES

ROOT = Path(__file__).resolve().parents[2]
SLOW_IMPORTS = {
    "torch",
    "numpy",
    "networkx",
    "sklearn",
    "onnx",
    "onnxruntime",
    "pyqtgraph",
    "qtawesome",
    "typer",
    "rich",
}
NEVER_IMPORTED = {"torch", "onnx", "onnxruntime", "onnxscript", "sklearn", "safetensors"}


def run_python(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "PYTHONWARNINGS": "error"}
    environment |= {"XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180
    )


def test_the_command_line_is_understood():
    assert app.parse(["--template", "cnn_digits"]).template == "cnn_digits"
    assert app.parse(["a b.netbuilder"]).project == Path("a b.netbuilder")
    assert app.parse([]).project is None
    with pytest.raises(SystemExit) as stopped:
        app.parse(["--nonsense"])
    assert stopped.value.code == 2


def test_a_pyside_that_would_crash_is_refused_in_one_line(monkeypatch, capsys):
    def refuse():
        raise RuntimeError("PySide6 6.12.0 crashes Python 3.11")

    monkeypatch.setattr(app, "check_pyside", refuse)
    assert app.main([]) == 2
    assert capsys.readouterr().err == "PySide6 6.12.0 crashes Python 3.11\n"


@pytest.mark.parametrize(
    ("arguments", "needed"), [([], set()), (["--template", "cnn_digits"], {"numpy"})], ids=["welcome", "project"]
)
def test_a_start_imports_nothing_slow(tmp_path, arguments, needed):
    """A canvas keeps its rows in numpy's arrays (docs/decisions/0017)."""
    code = f"""
import sys
from netbuilder.ui.app import main
status = main([*{arguments!r}, "--quit-when-ready"])
print(status, sorted(set(sys.modules) & {SLOW_IMPORTS - needed!r}))
"""
    done = run_python(code, tmp_path)
    assert done.stdout.split("\n")[:2] == ["ready", "0 []"], done.stderr


def test_the_window_never_imports_torch_whatever_one_does(tmp_path):
    """Analysis comes, every panel is shown, the theme changes, a node is edited: still no torch in the process."""
    code = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication(["netbuilder"])
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.ui.preferences import Preferences, default_path
from netbuilder.ui.window import Window
window = Window(app, Catalogue.builtin(), Preferences(default_path()))
window.files.open_template("cnn_digits")
window.show()
def look():
    bench = window.workbench
    if bench.bridge.code is None or not bench.bridge.reports:
        return
    timer.stop()
    for name in bench.docks:
        bench.show_dock(name)
        app.processEvents()
    bench.runs_panel()
    for name in bench.document.project.graphs:
        bench.tabs.show_graph(name).select_all()
        app.processEvents()
    window.toggle_theme()
    window.search_block()
    app.activePopupWidget().close()
    app.processEvents()
    bench.data_panel().add.click()
    app.processEvents()
    app.activeModalWidget().close()
    window.import_data()
    app.processEvents()
    app.activeModalWidget().close()
    app.processEvents()
    print(len(bench.code.toPlainText()) > 200, sorted(bench.bridge.reports))
    window.files.opened = None
    window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
QTimer.singleShot(120_000, app.quit)
app.exec()
print(sorted(name for name in sys.modules if name.split(".")[0] in {NEVER_IMPORTED!r}))
"""
    done = run_python(code, tmp_path)
    lines = done.stdout.strip().splitlines()
    assert lines == ["True ['classifier', 'predictions', 'training']", "[]"], done.stderr


def test_a_file_that_does_not_open_at_the_start_shows_the_welcome_page(window, answer, tmp_path, qtbot):
    bad = tmp_path / "bad.netbuilder"
    bad.write_text("{")
    texts = answer(lambda box: box.close())
    window.hide()
    window.files.open(bad)
    window.show_welcome()
    window.show()
    qtbot.waitUntil(lambda: bool(texts))
    assert window.welcome is not None


@pytest.fixture
def working(opened, qtbot):
    """The window with the small project and an engine that has analysed it."""
    opened.bridge.start()
    qtbot.waitUntil(lambda: "classifier" in opened.bridge.reports, timeout=60_000)
    return opened


def test_the_engine_s_reports_arrive_and_follow_edits(working, qtbot):
    bench = working.workbench
    assert working.status_bar.engine.text.text() in {text for text, _ in STATES.values()}
    bench.tabs.canvas.select(["conv1"])
    rows = dict(bench.inspector.shapes.rows)
    assert rows["y out"] == "N × 4 × 8 × 8"
    field = bench.inspector.form.fields["out_channels"]
    field.editor.setText("6")
    field.editor.editingFinished.emit()
    qtbot.waitUntil(lambda: dict(bench.inspector.shapes.rows)["y out"] == "N × 6 × 8 × 8", timeout=30_000)
    qtbot.waitUntil(lambda: working.status_bar.engine.text.text() == "Ready", timeout=30_000)
    assert "class" in working.bridge.code.text
    assert working.status_bar.totals.text().endswith("multiply-adds a sample")


def test_a_killed_engine_is_started_again_and_the_window_says_so(working, qtbot):
    first = working.bridge.client.pid
    states: list[tuple[str, str]] = []
    working.bridge.state_changed.connect(lambda state, text: states.append((state, text)))
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: any("started again" in text for _, text in states), timeout=10_000)
    qtbot.waitUntil(lambda: working.bridge.state == "ready", timeout=60_000)
    assert working.bridge.client.pid != first


def test_a_person_can_restart_the_engine(working, qtbot):
    first = working.bridge.client.pid
    working.actions_table["restart_engine"].trigger()
    qtbot.waitUntil(lambda: working.bridge.client.pid not in (None, first), timeout=30_000)
    qtbot.waitUntil(lambda: working.bridge.state == "ready", timeout=60_000)


def test_another_project_uses_the_same_engine(working, qtbot):
    process = working.bridge.client.pid
    working.files.open_template("mlp_digits")
    assert working.bridge.reports == {}
    qtbot.waitUntil(lambda: "training" in working.bridge.reports, timeout=60_000)
    assert working.bridge.client.pid == process


def test_an_engine_that_hangs_leaves_the_window_at_full_rate(working, qtbot):
    """The engine is halted while the document changes 200 times: no turn of the event loop waits for it."""
    bench, ticks = working.workbench, []
    os.kill(working.bridge.client.pid, signal.SIGSTOP)
    try:
        timer = QTimer()
        timer.setTimerType(timer.timerType().PreciseTimer)
        from netbuilder.graph import edits

        def tick() -> None:
            begin = time.perf_counter()
            project = bench.document.project
            bench.document.apply(edits.move(project, "classifier", {"conv1": (260.0, float(len(ticks)))}))
            ticks.append(time.perf_counter() - begin)

        timer.timeout.connect(tick)
        timer.start(1)
        qtbot.waitUntil(lambda: len(ticks) >= 200, timeout=20_000)
        timer.stop()
    finally:
        os.kill(working.bridge.client.pid, signal.SIGCONT)
    ticks.sort()
    assert ticks[len(ticks) // 2] < 1 / 60
    qtbot.waitUntil(lambda: working.bridge.state == "ready", timeout=30_000)


def test_the_benchmark_measures():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import startup
    finally:
        sys.path.pop(0)
    figures = startup.measure(1)
    assert 0 < figures["window_seconds"] < 60
    assert figures["ratio"] > 0
