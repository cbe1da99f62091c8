"""A scene to make pictures of."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from netbuilder.graph.document import Document
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.theme import Theme


def finished(steps: Generator[float, None, Any]) -> tuple[Any, list[float]]:
    """What work in steps gives in the end, and the shares that it told on its way."""
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            return end.value, shares


@pytest.fixture
def scene(qapp, project, catalogue) -> GraphScene:
    """The small network, drawn in the dark theme."""
    return GraphScene(Document(project), "classifier", catalogue, Style(Theme.load("dark")))
