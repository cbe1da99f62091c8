"""Random work of a person as a state machine: the model stays one that a file can hold, every canvas shows what one
built anew would show, and undo leads all the way back to the start."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.document import Document
from netbuilder.graph.file import dumps, loads
from netbuilder.graph.model import Project
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.icons import Icons
from netbuilder.ui.tabs import GraphTabs
from netbuilder.ui.theme import Theme
from tests.ui.canvas.conftest import Hand

BLOCKS = ("Linear", "ReLU", "Conv2d", "Add", "LSTM", "Split", "Input", "Output")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
PICK = st.integers(0, 10_000)
SHIFTS = st.tuples(st.integers(-150, 150), st.integers(-150, 150))


def machine_of(project: Project, catalogue: Catalogue, theme: Theme, icons: Icons) -> type[RuleBasedStateMachine]:
    """A machine whose every run begins with this project."""

    class Person(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.document = Document(project)
            self.tabs = GraphTabs(self.document, catalogue, theme, icons)
            self.tabs.resize(1700, 900)
            self.tabs.show()
            self.tabs.show_graph("classifier")
            QApplication.processEvents()

        # ---- what is at hand

        @property
        def canvas(self):
            return self.tabs.canvas

        @property
        def scene(self):
            return self.canvas.graph_scene

        def ids(self) -> list[str]:
            return sorted(id for id in self.scene.nodes if id not in self.scene.folds.owner)

        def hand(self) -> Hand:
            self.canvas.setFocus()
            return Hand(self.canvas)

        def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
            self.canvas.setFocus()
            QTest.keyClick(self.canvas, key, keys)
            QApplication.processEvents()

        def choose(self, *picks: int) -> None:
            ids = self.ids()
            self.canvas.select({ids[pick % len(ids)] for pick in picks})

        def has_nodes(self) -> bool:
            return bool(self.ids())

        # ---- what a person does

        @rule(block=st.sampled_from(BLOCKS), x=st.integers(0, 1400), y=st.integers(0, 700))
        def add(self, block: str, x: int, y: int) -> None:
            self.canvas.add_block(block, QPointF(x, y))

        @precondition(has_nodes)
        @rule(start=PICK, end=PICK)
        def link(self, start: int, end: int) -> None:
            items = [self.scene.nodes[id] for id in self.ids()]
            out = [place for item in items for _, place in item.spots(False)]
            into = [place for item in items for _, place in item.spots(True)]
            if out and into:
                self.hand().drag(out[start % len(out)], into[end % len(into)])

        @precondition(has_nodes)
        @rule(pick=PICK, shift=SHIFTS)
        def drag(self, pick: int, shift: tuple[int, int]) -> None:
            ids = self.ids()
            hand = self.hand()
            place = hand.node(ids[pick % len(ids)])
            hand.drag(place, place + QPointF(*shift))

        @precondition(has_nodes)
        @rule(picks=st.lists(PICK, min_size=1, max_size=4))
        def group(self, picks: list[int]) -> None:
            self.choose(*picks)
            self.key(Qt.Key.Key_G, CONTROL)

        @precondition(has_nodes)
        @rule(pick=PICK)
        def ungroup(self, pick: int) -> None:
            self.choose(pick)
            self.key(Qt.Key.Key_G, CONTROL | SHIFT)

        @rule()
        def undo(self) -> None:
            self.document.undo()

        @rule()
        def redo(self) -> None:
            self.document.redo()

        @precondition(has_nodes)
        @rule(picks=st.lists(PICK, min_size=1, max_size=3))
        def copy_and_paste(self, picks: list[int]) -> None:
            self.choose(*picks)
            self.key(Qt.Key.Key_C, CONTROL)
            self.key(Qt.Key.Key_V, CONTROL)

        @precondition(has_nodes)
        @rule(picks=st.lists(PICK, min_size=1, max_size=3))
        def bypass(self, picks: list[int]) -> None:
            self.choose(*picks)
            self.key(Qt.Key.Key_B, CONTROL)

        @precondition(has_nodes)
        @rule(picks=st.lists(PICK, min_size=1, max_size=3), plain=st.booleans())
        def delete(self, picks: list[int], plain: bool) -> None:
            self.choose(*picks)
            self.key(Qt.Key.Key_Delete, SHIFT if plain else NONE)

        @precondition(has_nodes)
        @rule(pick=PICK)
        def enter(self, pick: int) -> None:
            placed = [id for id in self.ids() if self.scene.graph.nodes[id].block in ("Network", "Repeat")]
            if placed:
                self.hand().double_click(self.hand().node(placed[pick % len(placed)]))
                QApplication.processEvents()

        @rule()
        def leave(self) -> None:
            self.tabs.leave()

        # ---- what always holds

        @invariant()
        def the_model_is_one_that_a_file_can_hold(self) -> None:
            held = self.document.project
            assert loads(dumps(held)) == held

        @invariant()
        def every_canvas_shows_what_one_built_anew_would_show(self) -> None:
            for name in self.document.project.graphs:
                page = next(page for page in self.tabs._pages() if page.name == name)
                if page.made is not None:
                    assert differences(page.made.graph_scene) == []

        def teardown(self) -> None:
            while self.document.undo():
                pass
            assert self.document.project == project
            self.every_canvas_shows_what_one_built_anew_would_show()
            self.tabs.close_views()
            self.tabs.close()
            self.tabs.deleteLater()
            QApplication.processEvents()

    return Person


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_a_person_at_work(qapp, project, catalogue):
    theme = Theme.load("dark")
    person = machine_of(project, catalogue, theme, Icons(theme))
    run_state_machine_as_test(
        person,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
