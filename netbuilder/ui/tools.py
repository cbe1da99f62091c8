"""The tool bar: what the actions' table puts there, the theme, and Train."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from netbuilder.ui.action_set import Actions
from netbuilder.ui.icons import Icons


class Tools(QToolBar):
    """Stays where it is; `toggle_theme` is called by its own button."""

    def __init__(self, actions: Actions, toggle_theme: Callable[[], None], parent: QWidget) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        actions.fill_tools(self)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self.theme_button = QToolButton()
        self.theme_button.setAccessibleName("Change between dark and light theme")
        self.theme_button.setToolTip("Dark or light theme")
        self.theme_button.clicked.connect(toggle_theme)
        self.addWidget(self.theme_button)
        room = QWidget()
        room.setFixedWidth(8)
        self.addWidget(room)
        self.train_button = QToolButton()
        self.train_button.setDefaultAction(actions["train"])
        self.train_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.train_button.setProperty("accent", True)
        self.train_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addWidget(self.train_button)

    def paint_icons(self, icons: Icons, *, dark: bool) -> None:
        """The theme's button shows the other theme."""
        self.theme_button.setIcon(icons.icon("light" if dark else "dark"))
