"""A person's own data, with real mouse events: from dropping a file or folder to a trained network and its answers."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.ui.data.importer import ImportDialog
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.window import Window

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SLOW = 120_000  # ms; the machine may be busy


class Person:
    """Somebody at the window who has files."""

    def __init__(self, window: Window, qtbot) -> None:
        self.window, self.qtbot = window, qtbot

    def waits_for(self, what) -> None:
        self.qtbot.waitUntil(lambda: bool(what()), timeout=SLOW)

    def clicks(self, widget) -> None:
        self.qtbot.mouseClick(widget, LEFT)

    def drops(self, path: Path) -> ImportDialog:
        """Drags a file or folder from the desktop onto the window; gives the assistant once it has looked at it."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(QPoint(300, 300), copy, data, LEFT, NONE)
        QApplication.sendEvent(self.window, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(self.window, QDropEvent(QPointF(300, 300), copy, data, LEFT, NONE))
        self.waits_for(lambda: self.window.findChild(ImportDialog))
        dialog = self.window.findChild(ImportDialog)
        self.waits_for(lambda: dialog.found is not None and not dialog.busy)
        assert dialog.wrong.isHidden()
        return dialog

    def trains(self) -> None:
        """Presses Train and waits for the end."""
        bench = self.window.workbench
        client = self.window.bridge
        self.waits_for(lambda: client.state == "ready" and set(client.reports) == set(bench.document.project.graphs))
        assert [problem.message for found in client.reports.values() for problem in found.problems] == []
        self.clicks(self.window.train_button)
        panel = bench.runs_panel()
        assert panel.run is not None
        self.waits_for(lambda: panel.header.state.text() in ("Finished", "Failed"))
        assert panel.header.state.text() == "Finished", panel.header.detail.text()

    def reads_predictions(self) -> list[str]:
        """What the results page says of test samples: a mark, and the class."""
        results = self.window.workbench.runs_panel().results
        self.waits_for(lambda: results.matrix.counts)
        return [label.text() for label in results.findChildren(QLabel) if label.text().startswith(("✓", "✗"))]


@pytest.fixture
def person(qtbot, qapp, tmp_path: Path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("NETBUILDER_TRUST", str(tmp_path / "trust"))
    window = Window(qapp, Catalogue.builtin(), Preferences(tmp_path / "window.ini"))
    window.resize(1500, 950)
    window.show_welcome()
    window.show()
    qtbot.waitExposed(window)
    yield Person(window, qtbot)
    window.files.opened = None  # no question about unsaved changes
    window.close()
    window.deleteLater()


def test_from_a_table_to_its_answers(person: Person, tmp_path: Path):
    chance = random.Random(4)
    path = tmp_path / "my wines.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "alcohol", "colour", "region", "quality"])
        for number in range(240):
            good = number % 2 == 1
            alcohol = "" if number % 40 == 0 else f"{chance.gauss(13 if good else 11, 0.5):.2f}"
            colour = f"{chance.gauss(7 if good else 3, 1):.2f}"
            writer.writerow([number, alcohol, colour, chance.choice(["north", "south"]), "good" if good else "plain"])

    # They drop it on the welcome page; what it is has been guessed, and its rows are there to see.
    dialog = person.drops(path)
    assert dialog.reading.kind.currentText() == "Table"
    assert dialog.candidate.params["columns"]["quality"]["role"] == "target"
    assert dialog.candidate.params["columns"]["id"]["role"] == "ignore"
    table = dialog.samples.table
    assert table.rowCount() == 48
    heads = [table.horizontalHeaderItem(at).text() for at in range(table.columnCount())]
    assert heads == ["quality", "alcohol", "colour", "region = north", "region = south"]
    assert "missing" in {table.item(row, 1).text() for row in range(48)}

    # The region does not matter to them: they say so, and the data is looked at again.
    dialog.tabs.setCurrentWidget(dialog.roles)
    dialog.roles.choose(dialog.roles.names.index("region"), "role", "ignore")
    person.waits_for(lambda: dialog.found is not None and not dialog.busy)
    assert dialog.found.columns[0].shape == (2,)

    # One click makes a project with a network for it, another trains it.
    assert "table classifier" in dialog.then.currentText()
    person.clicks(dialog.finish)
    project = person.window.workbench.document.project
    assert set(project.datasets) == {"my_wines"}
    assert project.datasets["my_wines"].params["path"] == str(path.resolve())
    bench = person.window.workbench
    bench.document.apply(_epochs(project, 15))
    person.trains()
    assert bench.runs_panel().history.test["accuracy"] > 0.9
    answers = person.reads_predictions()
    assert len(answers) >= 16
    assert {answer.split()[1] for answer in answers} == {"good", "plain"}

    # All of it was one step besides the epochs, and nothing of the file is changed by taking it back.
    person.window.undo()
    person.window.undo()
    assert not bench.document.project.datasets
    assert set(bench.document.project.graphs) == {"network"}
    assert path.exists()


def test_from_a_folder_of_pictures_to_its_answers(person: Person, tmp_path: Path):
    chance = random.Random(2)
    folder = tmp_path / "signs"
    for kind in ("circle", "cross", "box"):
        (folder / kind).mkdir(parents=True)
        for at in range(40):
            picture = Image.new("L", (20, 20), chance.randrange(0, 60))
            pen, x, y, size = ImageDraw.Draw(picture), chance.randrange(7, 13), chance.randrange(7, 13), 6
            if kind == "circle":
                pen.ellipse([x - size, y - size, x + size, y + size], outline=255, width=2)
            elif kind == "box":
                pen.rectangle([x - size, y - size, x + size, y + size], outline=255, width=2)
            else:
                pen.line([x - size, y - size, x + size, y + size], fill=255, width=2)
                pen.line([x - size, y + size, x + size, y - size], fill=255, width=2)
            picture.save(folder / kind / f"{at}.png")
    spoilt = folder / "box" / "spoilt.png"
    spoilt.write_bytes((folder / "box" / "0.png").read_bytes()[:60])

    dialog = person.drops(folder)
    assert dialog.reading.kind.currentText() == "Image folder"
    assert dialog.samples.cards.count == 48
    assert {dialog.samples.cards.caption(at) for at in range(48)} == {"circle", "cross", "box"}
    assert "spoilt.png" in dialog.notes.text()
    assert dialog.notes.isVisible()

    person.clicks(dialog.finish)
    bench = person.window.workbench
    bench.document.apply(_epochs(bench.document.project, 8))
    person.trains()
    assert bench.runs_panel().history.test["accuracy"] > 0.8
    answers = person.reads_predictions()
    assert {answer.split()[1] for answer in answers} == {"circle", "cross", "box"}
    assert list(bench.runs_panel().run.path.glob("preview/step-*/*.png"))

    # Its samples stay in the data panel, class by class.
    bench.show_data("signs")
    panel = bench.data_panel()
    person.waits_for(lambda: panel.samples.total == 84 and not panel.busy)
    spot = panel.samples.classes.visualItemRect(panel.samples.classes.item(2)).center()
    person.qtbot.mouseClick(panel.samples.classes.viewport(), LEFT, pos=spot)
    person.waits_for(lambda: panel.samples.total == 28 and not panel.busy)
    assert {panel.samples.cards.caption(at) for at in range(28)} == {"circle"}


def _epochs(project, number: int):
    from netbuilder.graph import edits

    return edits.set_settings(project, "training", {"epochs": number})
