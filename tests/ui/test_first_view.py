"""What a person sees first: the presets whole, and near enough to be read."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.window import SIZE

PRESETS = ("mlp_digits", "cnn_digits")


@pytest.fixture(params=PRESETS)
def preset(request, window, qtbot):
    window.resize(SIZE)
    window.files.open_template(request.param)
    qtbot.waitUntil(lambda: window.workbench is not None and window.workbench.tabs.canvas is not None)
    QApplication.processEvents()
    return window


def test_every_graph_of_a_preset_is_whole_and_readable(preset):
    tabs = preset.workbench.tabs
    for name in preset.workbench.document.project.graphs:
        canvas = tabs.show_graph(name)
        QApplication.processEvents()
        room = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
        assert room.contains(canvas.graph_scene.bounds())
        ways = [item.path.boundingRect() for item in canvas.graph_scene.links.values()]
        assert all(room.left() < way.left() and way.right() < room.right() for way in ways), f"a link of {name} is cut"
        smallest = min(m.TEXT_FONT, m.NOTE_FONT, m.TITLE_FONT)
        assert smallest * canvas.zoom_level >= 9.0, f"text of {name} is too small to read"


def test_no_note_of_a_preset_is_cut_off(preset):
    tabs = preset.workbench.tabs
    for name in preset.workbench.document.project.graphs:
        for frame in tabs.show_graph(name).graph_scene.frames.values():
            assert frame.frame.text
            assert not any("…" in line for line in frame.paragraph.lines)
