"""Every page of the window: all that takes the keyboard has a name, is reached by keys and shows that it has the focus;
no label shows rich text."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest
from immutables import Map
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from netbuilder.compiler.report import GraphReport, Problem, Repair
from netbuilder.graph.change import Change
from netbuilder.graph.model import Dataset
from netbuilder.graph.plain import dataset_to_plain
from netbuilder.training import files
from netbuilder.training.run import Status, create
from netbuilder.training.settings import Settings
from netbuilder.ui.compare.window import CompareWindow
from netbuilder.ui.data.adding import AddDialog
from netbuilder.ui.data.import_form import Guessed
from netbuilder.ui.data.importer import ImportDialog
from netbuilder.ui.docks import behind
from netbuilder.ui.export import ExportDialog
from netbuilder.ui.finding.popup import FindPopup
from netbuilder.ui.pictures.dialog import PictureDialog
from netbuilder.ui.pictures.printing import PrintDialog
from netbuilder.ui.window import Window
from tests.ui.conftest import small_project
from tests.ui.keyboard import stops, unlit, walk


def canvas_and_inspector(window: Window, _: str) -> QWidget:
    window.workbench.tabs.canvas.select(["conv1"])
    return window


def training_settings(window: Window, _: str) -> QWidget:
    window.workbench.tabs.show_graph("training")
    window.workbench.inspector.settings.more.click()
    return window


def runs_with_data(window: Window, page: str) -> QWidget:
    """A run that has everything a run can have."""
    run = create(
        small_project(), "training", Settings(), window.workbench.path.parent / "runs", source=window.workbench.path
    )
    values = {"loss": 0.5, "accuracy": 0.9}
    record = {"kind": "step", "step": 5, "epoch": 1, "time": 1.0, "values": values, "lr": {"adam": 0.1}}
    (run.path / "metrics.jsonl").write_text(json.dumps(record) + "\n")
    for folder in ("samples", "step-5"):
        (run.path / "preview" / folder).mkdir()
        Image.new("L", (8, 8), 200).save(run.path / "preview" / folder / "00.png")
    results = {
        "test": values,
        "confusion": {"accuracy": {"counts": [[8, 1], [0, 9]], "classes": ["zero", "one"]}},
        "samples": [{"image": "preview/samples/00.png", "truth": "zero", "predicted": "one", "probability": 0.6}],
    }
    (run.path / "results.json").write_text(json.dumps(results))
    (run.path / "log.txt").write_text("line\n")
    files.write(run.path / "status.json", msgspec.json.encode(Status(state="stopped", step=5, steps=9, epochs=2)))
    window.workbench.show_dock("runs")
    panel = window.workbench.runs_panel()
    assert panel.run == run
    panel.stop_polling()
    tabs = panel.tabs
    tabs.setCurrentIndex(next(at for at in range(tabs.count()) if tabs.tabText(at) == page))
    return window


def data_panel(window: Window, page: str) -> QWidget:
    window.workbench.show_data("digits")
    tabs = window.workbench.data_panel().tabs
    tabs.setCurrentIndex(next(at for at in range(tabs.count()) if tabs.tabText(at) == page))
    return window


def add_data(window: Window, _: str) -> QWidget:
    window.workbench.data_panel().add.click()
    return window.findChild(AddDialog)


def import_data(window: Window, page: str) -> QWidget:
    """The assistant with everything that it may show at once."""
    path = window.workbench.path.parent / "leaves.csv"
    path.write_text("length,width,kind\n" + "".join(f"{at},{at % 3},{'ab'[at % 2]}\n" for at in range(12)))
    window.import_data()
    dialog = window.findChild(ImportDialog)
    if page:
        one = Guessed(Dataset("table", Map(path=str(path))), "A table.", ("length", "width", "kind"))
        result = {"dataset": dataset_to_plain(one.dataset), "reason": one.reason, "columns": list(one.columns)}
        dialog._path = path
        dialog._take_guesses({"guesses": [result]})
        dialog.scanning.cancel()
        dialog.tabs.setCurrentIndex(next(at for at in range(3) if dialog.tabs.tabText(at) == page))
    return dialog


def export_dialog(window: Window, _: str) -> QWidget:
    window.actions_table["export"].trigger()
    return window.findChild(ExportDialog)


def picture_dialog(window: Window, what: str) -> QWidget:
    window.actions_table[what].trigger()
    return window.findChild(PictureDialog if what == "picture" else PrintDialog)


def compare_window(window: Window, _: str) -> QWidget:
    path = window.workbench.path
    window.dialogs.open_path = lambda folder: path
    window.actions_table["compare"].trigger()
    return window.findChild(CompareWindow)


def shortcuts_page(window: Window, _: str) -> QWidget:
    window.actions_table["shortcuts"].trigger()
    return QApplication.activeModalWidget()


def history_panel(window: Window, _: str) -> QWidget:
    window.show_panel("history")
    return window


def problems_panel(window: Window, _: str) -> QWidget:
    repair = Repair("Insert Flatten", Change("Insert Flatten"))
    problem = Problem("classifier", "conv1", "size", "conv1 gives 32 channels.", "error", (repair,))
    window.workbench.problems.show_reports({"classifier": GraphReport(problems=(problem,))}, True)
    window.show_panel("problems")
    return window


def welcome_page(window: Window, _: str) -> QWidget:
    path = window.workbench.path
    run = create(small_project(), "training", Settings(), path.parent / "runs", source=path)
    assert run.status().state == "starting"
    window.close_project()
    window.welcome.going.look()
    assert window.welcome.going.cards
    assert window.welcome.recent
    return window


PAGES = (
    (canvas_and_inspector, ""),
    (history_panel, ""),
    (problems_panel, ""),
    (training_settings, ""),
    *((runs_with_data, name) for name in ("Curves", "Results", "Previews", "Log")),
    *((data_panel, name) for name in ("Samples", "Columns", "Source and split")),
    (add_data, ""),
    *((import_data, name) for name in ("", "Samples", "What columns are for", "Statistics")),
    (export_dialog, ""),
    *((picture_dialog, name) for name in ("picture", "print")),
    (compare_window, ""),
    (shortcuts_page, ""),
    (welcome_page, ""),
)


@pytest.fixture(params=PAGES, ids=[f"{show.__name__} {name}".strip() for show, name in PAGES])
def page(opened, request) -> Iterator[QWidget]:
    show, name = request.param
    if request.param_index % 2:  # the rules are the same in both themes, and so each page is looked at in one
        opened.set_theme("light")
    made = show(opened, name)
    QApplication.processEvents()
    assert made.isVisible()
    yield made
    if isinstance(made, QDialog):
        made.reject()


def nameless(page: QWidget) -> list[tuple[str, str]]:
    return [
        (type(widget).__name__, type(widget.parent()).__name__)
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not isinstance(widget, QScrollBar | QTabBar)
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and (widget.text() or widget.toolTip()))
        and not (isinstance(widget.parent(), QAbstractScrollArea) and widget.parent().viewport() is widget)
        and not isinstance(widget.parent(), QComboBox | QAbstractSpinBox | QLineEdit)
    ]


def rich(page: QWidget) -> list[str]:
    labels = [*page.findChildren(QLabel)]
    return [label.text() for label in labels if label.text() and label.textFormat() != Qt.TextFormat.PlainText]


def test_a_page_is_worked_by_keys_and_says_what_it_is(page, qtbot):
    """Names for all that takes the focus, plain text, and the keyboard gets everywhere and shows where it is."""
    qtbot.waitUntil(page.window().isActiveWindow)
    assert nameless(page) == []
    assert rich(page) == []
    reached = walk(page)
    assert [(type(widget).__name__, widget.accessibleName()) for widget in stops(page) if widget not in reached] == []
    assert not any(behind(widget) for widget in reached)
    assert unlit(page, [widget for widget in reached if isValid(widget) and widget.isVisible()]) == []


def test_popups_are_named_and_plain(opened):
    opened.finder.commands()
    popup = opened.findChild(FindPopup)
    assert nameless(popup) == []
    assert rich(popup) == []
    popup.close()


def test_what_is_looked_for_would_be_found(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    QLineEdit(holder)
    QLabel("<b>x</b>", holder)
    holder.setStyleSheet("QLineEdit { border: none; }")
    holder.show()
    qtbot.waitUntil(holder.isActiveWindow)
    assert unlit(holder, [holder.children()[0]]) == [("QLineEdit", "")]
    assert nameless(holder) == [("QLineEdit", "QWidget")]
    assert rich(holder) == ["<b>x</b>"]
