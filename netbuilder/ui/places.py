"""The line above a network's canvas: how one came here, where the network is placed, and the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from netbuilder.ui.icons import Icons
from netbuilder.ui.text import counted, label, tip

Place = tuple[str, str]  # a graph, and a node in it
LONGEST = 28  # letters of a name
STEPS = 4  # of the way that are shown; the first ones go


class PlacesBar(QWidget):
    """`went(graph, node)`: the person wants to see this place."""

    went = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Where this network is placed")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.up = QToolButton()
        self.up.setProperty("crumb", True)
        self.up.setToolTip("Back to where it is placed (Alt+Up)")
        self.up.setAccessibleName("Back to where it is placed")
        self.steps: list[QToolButton] = []
        self.all = QToolButton()
        self.all.setProperty("quiet", True)
        self.all.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.all.setMenu(QMenu(self.all))
        self._shown: tuple[object, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 3, 8, 3)
        self._row.setSpacing(2)
        self.setVisible(False)

    def show_places(self, name: str, trail: Sequence[Place], places: Sequence[Place]) -> None:
        """The way that led here, else the first place; all places in a menu. Nothing where there is no place."""
        now = (name, tuple(trail), tuple(places))
        if now == self._shown:
            return
        self._shown = now
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) not in (None, self.up, self.all):
                widget.hide()
                widget.deleteLater()
        self.steps = []
        self.setVisible(bool(places))
        if not places:
            return
        self._row.addWidget(self.up)
        if trail:
            for at, place in enumerate(trail[-STEPS:]):
                if at or len(trail) > STEPS:
                    self._row.addWidget(label("›" if len(trail) <= STEPS or at else "… ›", look="muted"))
                self._row.addWidget(self._step(place))
            self._row.addWidget(label("›", look="muted"))
            here = label(_short(name), look="strong")
            here.setContentsMargins(6, 0, 0, 0)
            self._row.addWidget(here)
        else:
            self._row.addWidget(label("Placed in", look="muted"))
            self._row.addWidget(self._step(places[0]))
        self._row.addStretch(1)
        self._row.addWidget(self.all)
        self.all.setVisible(len(places) > 1)
        self.all.setText(f"{counted(len(places), 'place')} ▾")
        self.all.setAccessibleName(f"All {counted(len(places), 'place')} of {name}")
        self.all.menu().clear()
        for place in places:
            self.all.menu().addAction(_words(place).replace("&", "&&")).triggered.connect(partial(self._go, place))

    def set_icons(self, icons: Icons) -> None:
        self.up.setIcon(icons.icon("up"))

    def _step(self, place: Place) -> QToolButton:
        made = QToolButton()
        made.setProperty("crumb", True)
        made.setText(_words(place))
        made.setToolTip(tip(f"Show {place[1]} in {place[0]}"))
        made.clicked.connect(partial(self._go, place))
        self.steps.append(made)
        return made

    def _go(self, place: Place, _: bool = False) -> None:
        self.went.emit(*place)


def _words(place: Place) -> str:
    return f"{_short(place[0])} · {_short(place[1])}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
