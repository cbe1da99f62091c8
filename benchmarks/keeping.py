"""What keeping unsaved work costs the window with 10,000 nodes: `python benchmarks/keeping.py [--json]`.

A project is edited as hard as people can: one node, 1,000 nodes and all of them moved, the whole graph removed and
brought back. Figures are of processor time of the window's thread, free of what else runs on the machine: how long it
is held up in one go, and in all; and how long recovering takes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from benchmarks.graph import project_of
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.ui.keeping import autosave
from netbuilder.ui.keeping.autosave import Autosave
from netbuilder.ui.keeping.picture import painting
from netbuilder.ui.keeping.store import About, kept_in
from netbuilder.ui.theme import Theme

NODES = 10_000
LIMIT_MS = 16.0 / 4  # of one go: a quarter of a frame
GRAPH = "network"


def measure() -> dict[str, float]:
    """Milliseconds, but for `mib` of what was written and `goes`, how often the window was held up."""
    app = QApplication.instance() or QApplication([])
    theme, catalogue = Theme.load("dark"), Catalogue.builtin()
    document = Document(project_of(NODES))
    nodes = list(document.project.graphs[GRAPH].nodes)
    autosave.time.perf_counter = time.thread_time  # so that slices are told in processor time
    with tempfile.TemporaryDirectory() as root:
        keeper = Autosave(Path(root), lambda: painting(document.project, GRAPH, theme, catalogue))
        keeper.follow(document, About("", "benchmark", ""))
        goes: list[float] = []
        for moved in (nodes[:1], nodes[:1000], nodes):
            document.apply(edits.move(document.project, GRAPH, dict.fromkeys(moved, (1.0, 2.0))))
            goes += _until_kept(app, keeper)
        document.apply(edits.remove_graph(document.project, GRAPH))
        document.undo()
        goes += _until_kept(app, keeper)
        assert keeper.folder is not None
        began = time.process_time()
        kept = kept_in(keeper.folder)
        assert kept is not None
        assert kept.document().project == document.project
        read = time.process_time() - began
        written = sum(file.stat().st_size for file in keeper.folder.iterdir())
        keeper.close()
    goes.sort()
    return {
        "goes": len(goes),
        "median": 1000 * goes[len(goes) // 2],
        "p95": 1000 * goes[len(goes) * 95 // 100],
        "longest": 1000 * goes[-1],
        "all": 1000 * sum(goes),
        "recover": 1000 * read,
        "mib": written / 2**20,
    }


def _until_kept(app: QApplication, keeper: Autosave) -> list[float]:
    """Runs the event loop until all lies on the disk; gives how long the window was held up each time."""
    keeper.slices.clear()
    while not keeper.is_kept:
        app.processEvents()
        time.sleep(0.001)
    return list(keeper.slices)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    found = measure()
    if parser.parse_args().json:
        print(json.dumps(found))
    else:
        print(f"{NODES:,} nodes: held up {found['goes']:.0f} times, {found['all']:.0f} ms in all")
        print("  one go: median {median:.1f} ms, 95 in 100 {p95:.1f} ms, longest {longest:.1f} ms".format(**found))
        print(f"  {found['mib']:.1f} MiB written; recovering takes {found['recover']:.0f} ms")
    return 0 if found["p95"] < LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
