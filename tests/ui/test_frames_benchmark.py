"""The benchmark of the window's frames measures what it says, on a small graph and with generous bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_frames_benchmark_measures(tmp_path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    command = [sys.executable, str(ROOT / "benchmarks" / "frames.py"), "--nodes", "60", "--edits", "10", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"working", "problems", "halted", "killed"}
    for values in found.values():
        assert values["turns"] > 0
        assert values["frames"] > 0
        assert 0 < values["turn_cpu_longest"] < 10
        assert values["turn_clock_p95"] >= values["turn_cpu_p95"] * 0.5
