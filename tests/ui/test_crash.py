"""Mistakes that nobody caught: written down, told in one sentence, and life goes on."""

import sys
import threading

import pytest

from netbuilder.ui.crash import Crashes


@pytest.fixture
def crashes(qapp, tmp_path, monkeypatch):
    told: list[str] = []
    made = Crashes(tmp_path / "deep" / "errors.log", told.append, told.append)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    made.install()
    made.told = told
    return made


def test_it_is_written_and_told(crashes, qtbot, tmp_path, capsys):
    try:
        raise ValueError("boom")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(crashes.told))
    log = tmp_path / "deep" / "errors.log"
    assert "ValueError: boom" in log.read_text()
    assert str(log) in crashes.told[0]
    assert "Traceback" not in crashes.told[0]


def test_a_thread_s_mistake_is_told_in_the_window_s_thread(crashes, qtbot):
    where: list[int] = []
    crashes._tell = lambda sentence: where.append(threading.get_ident())
    error = RuntimeError("in a thread")
    args = threading.ExceptHookArgs((RuntimeError, error, None, None))
    thread = threading.Thread(target=lambda: threading.excepthook(args))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.get_ident()]


def test_where_nothing_can_be_written_it_is_told_all_the_same(qapp, qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    told: list[str] = []
    crashes = Crashes(tmp_path / "file" / "errors.log", told.append, told.append)
    crashes.catch(KeyError, KeyError("x"), None)
    qtbot.waitUntil(lambda: bool(told))
    assert "KeyError" in told[0]


def test_a_long_log_begins_anew(crashes, qtbot, tmp_path):
    log = tmp_path / "deep" / "errors.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (1 << 21))
    crashes.catch(ValueError, ValueError("fresh"), None)
    qtbot.waitUntil(lambda: bool(crashes.told))
    assert log.stat().st_size < 10_000
