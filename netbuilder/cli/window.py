"""The one command that opens the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from netbuilder.cli.errors import BadInput
from netbuilder.resources import template as template_path


def open_window(project: Path | None, template: str, quit_when_ready: bool = False) -> int:
    """Opens the window on a project, on a copy of a preset, or on the welcome page. Raises BadInput."""
    if project is not None and not project.exists():
        raise BadInput(f"There is no file {project}.")
    if project is not None and template:
        raise BadInput("Give a project or a template, not both.")
    if template:
        try:
            template_path(template)
        except LookupError as error:
            raise BadInput(str(error.args[0])) from error
    if not has_display(sys.platform, os.environ):
        raise BadInput(
            "There is no display for the window here (neither DISPLAY nor WAYLAND_DISPLAY is set); "
            "`netbuilder demo` does the same in the terminal, and `netbuilder --help` lists the commands."
        )
    from netbuilder.ui.app import main

    arguments = [str(project)] if project is not None else []
    arguments += ["--template", template] if template else []
    return main([*arguments, "--quit-when-ready"] if quit_when_ready else arguments)


def has_display(platform: str, env: Mapping[str, str]) -> bool:
    """Windows and macOS always have one; elsewhere X11 or Wayland says so, or a person names another for Qt."""
    if platform in ("win32", "darwin") or env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return True
    return env.get("QT_QPA_PLATFORM", "xcb").partition(":")[0] not in ("", "xcb", "wayland", "wayland-egl")
