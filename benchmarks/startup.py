"""Cold start of the window against `python -c "import torch"`, as a paired ratio.

Each round takes both, one after the other and in turn first: the window from the start of its process until it has
painted the main window with the CNN preset and its event loop is idle, and a Python that does nothing but import torch.
The figure is the median of the rounds' ratios; it is to be at most 0.7.

    python benchmarks/startup.py [--rounds 7] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 0.7
WINDOW = [sys.executable, "-m", "netbuilder", "--template", "cnn_digits", "--quit-when-ready"]
TORCH = [sys.executable, "-c", "import torch"]


def window_seconds(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the window says that it is ready; waits for its process to end."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begin
    if line.strip() != "ready" or process.returncode != 0:
        raise SystemExit(f"The window did not start (it ended with {process.returncode}).")
    return seconds


def torch_seconds(environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(TORCH, check=True, env=environment)
    return time.perf_counter() - begin


def measure(rounds: int, command: list[str] = WINDOW) -> dict[str, float]:
    """Medians of seconds and of the paired ratios, after one round that fills the disk's cache and Python's own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once, not at each start
        pairs = []
        for number in range(rounds + 1):
            if number % 2:
                window, torch = window_seconds(command, environment), torch_seconds(environment)
            else:
                torch, window = torch_seconds(environment), window_seconds(command, environment)
            pairs.append((window, torch))
    kept = pairs[1:]
    return {
        "window_seconds": statistics.median(window for window, _ in kept),
        "torch_seconds": statistics.median(torch for _, torch in kept),
        "ratio": statistics.median(window / torch for window, torch in kept),
        "largest_ratio": max(window / torch for window, torch in kept),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    os.chdir(Path(__file__).resolve().parent.parent)
    figures = measure(wanted.rounds)
    if wanted.json:
        print(json.dumps(figures))
    else:
        print(f"window {figures['window_seconds']:.3f} s, import torch {figures['torch_seconds']:.3f} s")
        print(f"ratio {figures['ratio']:.2f} (largest {figures['largest_ratio']:.2f}, limit {LIMIT})")
    return 0 if figures["ratio"] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
