"""Children that speak JSON lines: whatever they do, the parent is told once and is never held up."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from netbuilder.child import LineChild, describe_exit, python_environment

ECHO = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"echo": json.loads(line)}), flush=True)
"""


class Heard:
    """What a child said, and the way to wait for it."""

    def __init__(self):
        self.messages, self.ends = [], []
        self.changed = threading.Condition()

    def message(self, message):
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    def end(self, sentence):
        with self.changed:
            self.ends.append(sentence)
            self.changed.notify_all()

    def wait(self, condition, timeout=30):
        with self.changed:
            assert self.changed.wait_for(condition, timeout), (self.messages[:5], self.ends)


@pytest.fixture
def start():
    children = []

    def begin(script, heard, **options):
        child = LineChild([sys.executable, "-c", script], heard.message, heard.end, **options)
        children.append(child)
        return child

    yield begin
    for child in children:
        child.kill()
        assert child.wait(10)


def test_messages_go_both_ways_and_the_child_ends_with_its_input(start):
    heard = Heard()
    child = start(ECHO, heard)
    child.send({"a": "ü"})
    child.send(lambda: [1, 2])  # encoded by the writing thread
    heard.wait(lambda: len(heard.messages) == 2)
    assert heard.messages == [{"echo": {"a": "ü"}}, {"echo": [1, 2]}]
    child.close_input()
    assert child.wait(10)
    assert heard.ends == ["ended by itself"]
    assert not child.alive


def test_a_killed_child_is_told_once_and_leaves_no_zombie(start):
    heard = Heard()
    child = start(ECHO, heard)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(10)
    assert heard.ends == ["killed by signal 9, possibly out of memory"]
    assert not psutil.pid_exists(child.pid)
    child.kill()  # harmless afterwards, also when another process has got the number
    child.send({})
    assert heard.ends == ["killed by signal 9, possibly out of memory"]


def test_kill_ends_grandchildren_too(start):
    heard = Heard()
    script = """
import json, subprocess, sys
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(json.dumps({"inner": inner.pid}), flush=True)
inner.wait()
"""
    child = start(script, heard)
    heard.wait(lambda: heard.messages)
    inner = psutil.Process(heard.messages[0]["inner"])
    child.kill()
    assert child.wait(10)
    psutil.wait_procs([inner], timeout=10)
    assert not inner.is_running() or inner.status() == psutil.STATUS_ZOMBIE


def test_a_grandchild_that_holds_the_pipes_does_not_hide_the_end(start):
    heard = Heard()
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    child = start(script, heard)
    assert child.wait(20)
    assert heard.ends == ["ended by itself"]


def test_garbage_is_kept_for_messages_but_not_handed_on(start):
    heard = Heard()
    script = r"""
import sys
sys.stdout.buffer.write(b"hello\n[1, 2]\n\xff\xfe\n" + b"[" * 100000 + b"\n{\"ok\": 1}\n")
sys.stdout.flush()
print("something went wrong", file=sys.stderr)
sys.exit(7)
"""
    child = start(script, heard)
    assert child.wait(10)
    assert heard.messages == [{"ok": 1}]
    assert heard.ends == ["ended with exit code 7"]
    assert {"hello", "[1, 2]", "something went wrong"} <= set(child.tail)
    assert max(map(len, child.tail)) <= 1000


def test_an_endless_line_ends_the_child_and_not_the_memory(start):
    heard = Heard()
    script = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    child = start(script, heard, longest=2**20)
    assert child.wait(20)
    assert heard.messages == []
    assert heard.ends == ["was ended because it wrote a line of more than 1,048,576 bytes"]


def test_a_flood_of_messages_is_slowed_down_by_not_reading(start):
    heard = Heard()
    script = "while True: print('{}')"
    began = time.monotonic()
    child = start(script, heard, most_a_second=50)
    heard.wait(lambda: len(heard.messages) >= 250)
    child.kill()
    count, took = len(heard.messages), time.monotonic() - began
    assert took >= 4.0  # 51 come in the first second that is full, and 51 in each after that
    assert count <= 51 * (took + 1)


def test_a_flood_on_stderr_keeps_the_last_lines(start):
    heard = Heard()
    script = "import sys\nfor i in range(100000): print('line', i, file=sys.stderr)\nsys.stderr.write('y' * 300000)"
    child = start(script, heard)
    assert child.wait(30)
    assert "line 99999" in child.tail
    assert len(child.tail) <= 40


def test_sending_to_a_child_that_never_reads_returns_at_once(start):
    heard = Heard()
    child = start("import time; print('{}', flush=True); time.sleep(600)", heard)
    heard.wait(lambda: heard.messages)
    began = time.monotonic()
    for _ in range(100):
        child.send({"much": "x" * 100_000})  # far more than a pipe holds
    assert time.monotonic() - began < 1.0
    child.kill()
    assert child.wait(10)


def test_a_listener_that_raises_ends_the_child(start):
    heard = Heard()
    caught = []
    old, threading.excepthook = threading.excepthook, lambda args: caught.append(args.exc_type)

    def explode(message):
        raise KeyError(message["n"])

    try:
        child = LineChild([sys.executable, "-c", "while True: print('{\"n\": 1}')"], explode, heard.end)
        assert child.wait(10)
    finally:
        threading.excepthook = old
    assert caught == [KeyError]


def test_a_command_that_does_not_exist_raises():
    with pytest.raises(OSError):
        LineChild(["/nonexistent/python"], print, print)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended by itself"),
        (-9, "killed by signal 9, possibly out of memory"),
        (137, "killed by signal 9, possibly out of memory"),
        (-11, "crashed with signal 11 (it touched memory that is not its own)"),
        (-1, "killed by signal 1 (SIGHUP)"),
        (3, "ended with exit code 3"),
        (128, "ended with exit code 128"),
        (0xC0000005, "crashed: it touched memory that is not its own"),
    ],
)
def test_exits_in_words(code, words):
    assert describe_exit(code) == words


def test_the_child_imports_this_package_from_any_folder(tmp_path):
    (tmp_path / "netbuilder.py").write_text("raise SystemExit('hijacked')")
    (tmp_path / "msgspec.py").write_text("raise SystemExit('hijacked')")
    command = [sys.executable, "-P", "-c", "import netbuilder.child as c; print(c.__file__)"]
    out = subprocess.run(command, cwd=tmp_path, env=python_environment(), capture_output=True, text=True, check=True)
    import netbuilder.child

    assert out.stdout.strip() == netbuilder.child.__file__
