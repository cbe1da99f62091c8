"""Starts the window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netbuilder.ui.guard import check_pyside

if TYPE_CHECKING:
    from netbuilder.ui.window import Window

USAGE = "netbuilder [PROJECT] [--template NAME]"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """What the command line asks the window for: a project file, or a template to begin with."""
    parser = argparse.ArgumentParser(prog="netbuilder", usage=USAGE, description="Opens the window.")
    parser.add_argument("project", nargs="?", type=Path, help="project file to open")
    parser.add_argument("--template", metavar="NAME", help="begin with a copy of this preset")
    # For benchmarks/startup.py: says "ready" when the window is painted and has nothing left to do, and ends.
    parser.add_argument("--quit-when-ready", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(list(argv))


def main(argv: Sequence[str]) -> int:
    """Opens the window and returns when it is closed: 0, or 2 after one line about what is wrong.

    `argv` is what follows the program's name.
    """
    wanted = parse(argv)
    try:
        check_pyside()
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return _run(wanted)


def _run(wanted: argparse.Namespace) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from netbuilder.blocks.catalogue import Catalogue
    from netbuilder.ui.crash import Crashes, default_log
    from netbuilder.ui.preferences import Preferences, default_path
    from netbuilder.ui.window import Window

    held = QApplication.instance()
    app = held if isinstance(held, QApplication) else QApplication(["netbuilder"])
    app.setApplicationName("netbuilder")
    app.setDesktopFileName("netbuilder")
    app.setStyle("Fusion")
    window = Window(app, Catalogue.installed(), Preferences(default_path()))
    crashes = Crashes(default_log(), window.dialogs.error, window.say)
    crashes.install()
    if wanted.quit_when_ready:
        window.painted.connect(lambda: QTimer.singleShot(0, lambda: _say_ready(window)))
    opening = wanted.project is not None or wanted.template is not None
    if wanted.template is not None:
        window.files.open_template(wanted.template)
    elif wanted.project is not None:
        window.files.open(wanted.project)
    if not opening or window.workbench is None:
        window.show_welcome()
    window.show()
    return app.exec()


def _say_ready(window: Window) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    window.close()
