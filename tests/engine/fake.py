"""An engine that is told by the project's titles what to do; run as a child process by the tests of the client."""

import json
import os
import sys
import time
from pathlib import Path


def say(**answer):
    print(json.dumps(answer), flush=True)


def report(parameters):
    return {"nodes": {}, "problems": [], "parameters": parameters, "multiply_adds": 0, "activation_bytes": 0}


def main():
    folder = Path(sys.argv[1])
    with (folder / "starts").open("a") as file:
        file.write("x")
    if (folder / "die").exists():
        print("no can do", file=sys.stderr)
        sys.exit(4)
    say(**{"is": "ready", "torch": "fake"})
    count = 0
    for line in sys.stdin:
        request = json.loads(line)
        with (folder / "requests").open("a") as file:
            file.write(line)
        revision, count = request["revision"], count + 1
        label = request.get("change", {}).get("label", "")
        if label == "wait":
            while not (folder / "go").exists():
                time.sleep(0.005)
        if label == "garbage":
            say(**{"is": "report", "revision": revision, "graphs": {"net": {"nodes": 7}}})
            continue
        if label == "lose":
            say(**{"is": "failed", "revision": revision, "message": "lost it", "lost": True})
            continue
        if label == "die":
            os.kill(os.getpid(), 9)
        if label == "fail":
            say(**{"is": "failed", "revision": revision, "message": "It was too hard."})
            continue
        if label == "node":
            facts = {"state": "ok", "parameters": count}
            say(**{"is": "facts", "revision": revision, "graph": "net", "nodes": {f"n{count}": facts}, "gone": ["n2"]})
        graphs = {"net": report(count)} if label != "other" else {"other": report(count)}
        say(**{"is": "report", "revision": revision, "graphs": graphs})
        say(**{"is": "code", "revision": revision, "text": f"# {count}", "spans": {"net": {"a": [1, 2]}}})


main()
