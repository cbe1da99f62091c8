"""Opens what makes pictures of the graph that is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from netbuilder.ui.pictures.dialog import PictureDialog
from netbuilder.ui.pictures.printing import PrintDialog
from netbuilder.ui.pictures.shown import Shown
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.theme import Theme
from netbuilder.ui.workbench import Workbench

DIALOGS = {"export": PictureDialog, "print": PrintDialog}


def open_dialog(what: str, bench: Workbench, theme: Theme, preferences: Preferences, parent: QWidget) -> None:
    """Opens the dialog ("export" or "print") over the window; nothing where no graph is shown."""
    canvas = bench.tabs.canvas
    if canvas is None:
        return
    shown = Shown(canvas.graph_scene, bench.report, bench.path, theme.name)
    dialog = DIALOGS[what](shown, theme, preferences, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
