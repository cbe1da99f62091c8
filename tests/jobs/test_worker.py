"""A job's own process: the request, the answers, and its end with whoever asked."""

import json
import subprocess
import sys

import pytest

from netbuilder.child import python_command, python_environment
from netbuilder.jobs import worker
from netbuilder.jobs.errors import JobError


def answers_of(work):
    said = []
    worker.run({"job": "x"}, said.append, {"x": work})
    return said


def test_progress_and_result():
    def work(request, tell):
        tell(0.25, "a")
        tell(7.0, "b")
        return {"n": 1}

    assert answers_of(work) == [
        {"is": "progress", "done": 0.25, "text": "a"},
        {"is": "progress", "done": 1.0, "text": "b"},
        {"is": "done", "result": {"n": 1}},
    ]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (JobError("Which weights?"), "Which weights?"),
        (FileNotFoundError(2, "No such file", "x"), "[Errno 2] No such file: 'x'"),
        (MemoryError(), "There is not enough memory for this."),
        (RuntimeError("bad\nmore"), "This failed unexpectedly (RuntimeError): bad"),
    ],
)
def test_whatever_goes_wrong_becomes_one_line(error, sentence, capsys):
    def work(request, tell):
        raise error

    assert answers_of(work) == [{"is": "failed", "message": sentence}]
    assert ("Traceback" in capsys.readouterr().err) == isinstance(error, RuntimeError)


@pytest.mark.parametrize("request_", [None, 7, {}, {"job": "dance"}])
def test_an_unknown_job_is_told(request_):
    said = []
    worker.run(request_, said.append, {"x": None})
    assert said == [{"is": "failed", "message": "There is no such job; the jobs are x."}]


def test_a_request_that_is_no_json_is_told():
    done = subprocess.run(
        python_command("netbuilder.jobs"), input=b"{oops\n", env=python_environment(), capture_output=True, check=False
    )
    assert json.loads(done.stdout) == {"is": "failed", "message": "The request can't be understood."}
    assert done.returncode == 2


def test_it_ends_and_cleans_up_when_whoever_asked_is_gone(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    script = """
import sys, time
from netbuilder.jobs import worker
def hang(request, tell):
    tell(0.5, "working")
    time.sleep(600)
worker.WORK = {"hang": hang}
sys.exit(worker.main())
"""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", script],
        env=python_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        process.stdin.write(json.dumps({"job": "hang", "scratch": str(scratch)}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == "Starting"
        assert json.loads(process.stdout.readline())["text"] == "working"
        process.stdin.close()
        assert process.wait(20) == 1
    assert not scratch.exists()
