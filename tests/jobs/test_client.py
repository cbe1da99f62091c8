"""Jobs are killable children with progress; whatever becomes of them, no partial file stays behind."""

import os
import signal
import sys
import threading

import psutil
import pytest

from netbuilder.jobs.client import Job

# A job that writes into its scratch folder, tells of it, and then does what its request says.
SCRIPT = """
import json, os, sys, time
from pathlib import Path
request = json.loads(sys.stdin.readline())
def say(**answer): print(json.dumps(answer), flush=True)
if "scratch" in request:
    part = Path(request["scratch"]) / "part"
    part.write_text("half")
say(**{"is": "progress", "done": 0.5, "text": "half way", "pid": os.getpid()})
then = request["then"]
if then == "hang": time.sleep(600)
if then == "crash": os.kill(os.getpid(), 11)
if then == "exit": print("no disk", file=sys.stderr); sys.exit(5)
if then == "fail": say(**{"is": "failed", "message": "It can't be done."}); sys.exit()
if then == "done":
    os.replace(part, request["to"])
    say(**{"is": "done", "result": {"path": request["to"]}})
    say(**{"is": "done", "result": "twice"})
sys.stdin.read()
"""


class Heard:
    def __init__(self):
        self.answers = []
        self.changed = threading.Condition()

    def __call__(self, answer):
        with self.changed:
            self.answers.append(answer)
            self.changed.notify_all()

    def wait(self, condition, timeout=30):
        with self.changed:
            assert self.changed.wait_for(condition, timeout), self.answers

    def last(self):
        return self.answers[-1] if self.answers else {}


@pytest.fixture
def start(tmp_path):
    jobs = []

    def begin(then, heard, **request):
        request = {"job": "x", "then": then, "to": str(tmp_path / "out.bin"), **request}
        jobs.append(Job(request, heard, command=[sys.executable, "-c", SCRIPT]))
        return jobs[-1]

    yield begin
    for job in jobs:
        job.cancel()
        assert job.wait(10)


def test_a_finished_job_leaves_its_file_and_nothing_else(start, tmp_path):
    heard = Heard()
    job = start("done", heard)
    assert job.wait(30)
    assert [answer["is"] for answer in heard.answers] == ["progress", "done"]
    assert heard.last()["result"] == {"path": str(tmp_path / "out.bin")}
    assert [path.name for path in tmp_path.iterdir()] == ["out.bin"]
    assert not job.running


def test_cancel_kills_the_process_and_leaves_no_file(start, tmp_path):
    heard = Heard()
    job = start("hang", heard)
    heard.wait(lambda: heard.answers)
    process = psutil.Process(heard.answers[0]["pid"])
    assert next(path.name for path in tmp_path.iterdir()).startswith(".netbuilder-")
    job.cancel()
    assert job.wait(10)
    assert not process.is_running()
    assert list(tmp_path.iterdir()) == []
    assert len(heard.answers) == 1  # nobody hears of a job that they have cancelled


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ("crash", "The process for this was lost (crashed with signal 11 (it touched memory that is not its own))."),
        ("exit", "The process for this was lost (ended with exit code 5): no disk."),
        ("fail", "It can't be done."),
    ],
)
def test_a_job_that_goes_wrong_says_so_once(start, tmp_path, then, sentence):
    heard = Heard()
    job = start(then, heard)
    assert job.wait(30)
    assert [answer["is"] for answer in heard.answers] == ["progress", "failed"]
    assert heard.last()["message"] == sentence
    assert list(tmp_path.iterdir()) == []


def test_a_killed_job_says_so(start, tmp_path):
    heard = Heard()
    job = start("hang", heard)
    heard.wait(lambda: heard.answers)
    os.kill(heard.answers[0]["pid"], signal.SIGKILL)
    assert job.wait(30)
    assert heard.last()["message"] == "The process for this was lost (killed by signal 9, possibly out of memory)."
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_at_once(start, tmp_path):
    heard = Heard()
    job = start("done", heard, to=str(tmp_path / "missing" / "out.bin"))
    assert job.wait(10)
    assert heard.last()["is"] == "failed"
    assert heard.last()["message"].startswith("This can't be started: No such file or directory")
