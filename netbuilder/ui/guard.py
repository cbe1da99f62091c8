"""Versions of Qt's bindings that would kill the process are refused before a window opens."""

import sys
from importlib import metadata

_DISTRIBUTIONS = ("PySide6_Essentials", "PySide6")


def installed_pyside() -> str | None:
    """The version of PySide6 that would be imported, looked up without importing it; None where there is none."""
    for name in _DISTRIBUTIONS:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def reason_to_refuse(pyside: str | None, python: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """One sentence that says why the window can't start with this PySide6 on this Python, or None where it can.

    PySide6 6.12 gives back one reference to None too many on most calls that return nothing. Up to Python 3.11 None is
    counted like any object, so the process dies (`none_dealloc`); from 3.12 on None is immortal.
    """
    if pyside is None:
        return 'PySide6 is not installed; install it with: pip install "PySide6-Essentials>=6.10.3,<6.11"'
    if pyside.split(".")[:2] == ["6", "12"] and python < (3, 12):
        return (
            f"PySide6 {pyside} crashes Python {python[0]}.{python[1]} (it frees None), so the window can't start; "
            'install another: pip install "PySide6-Essentials>=6.10.3,<6.11"'
        )
    return None


def check_pyside() -> None:
    """Called first by the window's start; raises RuntimeError with one sentence where the window can't start."""
    reason = reason_to_refuse(installed_pyside())
    if reason is not None:
        raise RuntimeError(reason)
