"""The window refuses the PySide6 that would kill the process."""

import subprocess
import sys

import pytest

from netbuilder.ui import guard


@pytest.mark.parametrize("pyside", ["6.12.0", "6.12", "6.12.1"])
def test_6_12_is_refused_up_to_python_3_11(pyside):
    reason = guard.reason_to_refuse(pyside, (3, 11))
    assert reason is not None
    assert f"PySide6 {pyside} crashes Python 3.11" in reason
    assert 'pip install "PySide6-Essentials>=6.10.3,<6.11"' in reason
    assert guard.reason_to_refuse(pyside, (3, 12)) is None


@pytest.mark.parametrize("pyside", ["6.10.3", "6.11.2", "6.1.2"])
def test_others_are_not(pyside):
    assert guard.reason_to_refuse(pyside, (3, 11)) is None


def test_a_missing_one_is_told():
    reason = guard.reason_to_refuse(None)
    assert reason is not None
    assert "not installed" in reason


def test_the_installed_one_is_found_without_importing_it():
    code = "import sys; from netbuilder.ui import guard; print(guard.installed_pyside(), 'PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, imported = done.stdout.split()
    assert version.startswith("6.")
    assert imported == "False"


def test_the_check_raises_the_reason(monkeypatch):
    guard.check_pyside()
    monkeypatch.setattr(guard, "installed_pyside", lambda: None)
    with pytest.raises(RuntimeError, match="not installed"):
        guard.check_pyside()
