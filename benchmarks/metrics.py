"""What metrics that need state cost the training loop: with F1, recall and a confusion matrix drawn beside a preset's.

The whole loop of a run, with and without them, in turns (A B, B A, ...); what counts is the median of the ratios of the
pairs, in processor time. A third kind updates them at every step, as one would without thinking of it. An epoch of
these presets has 20 steps, so the one update and the one figure that an epoch costs weigh much here.

    python benchmarks/metrics.py [--pairs 11] [--preset mlp_digits] [--epochs 30]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
from train_overhead import PRESETS, start, whole

from netbuilder.graph import file as graph_file
from netbuilder.graph.model import Input, Link, Node, Project
from netbuilder.resources import template
from netbuilder.training import metrics

LIMIT = 1.05
DRAWN = {"f1": "F1", "recall": "Recall", "matrix": "ConfusionMatrix"}


def with_metrics(project: Project) -> Project:
    """The preset with these metrics linked as its accuracy is."""
    graph = project.graphs["training"]
    accuracy = next(id for id, node in graph.nodes.items() if node.block == "Accuracy")
    nodes, links = graph.nodes, graph.links
    for id, block in DRAWN.items():
        nodes = nodes.set(id, Node(block))
        for port in ("logits", "target"):
            source = graph.links[Input(accuracy, port)].source
            links = links.set(Input(id, port), Link(source, Input(id, port)))
    graph = msgspec.structs.replace(graph, nodes=nodes, links=links)
    return msgspec.structs.replace(project, graphs=project.graphs.set("training", graph))


def measure(preset: str, pairs: int, changes: Mapping[str, int]) -> float:
    """The median ratio of the loop with metrics to the loop without, printed with the others."""
    plain = graph_file.load(template(preset))
    kinds = {"without": (plain, 64), "with": (with_metrics(plain), 64), "each step": (with_metrics(plain), 1)}
    took: dict[str, list[float]] = {name: [] for name in kinds}
    with tempfile.TemporaryDirectory() as folder:
        for pair in range(pairs + 1):  # the first warms up
            for name in sorted(kinds, reverse=bool(pair % 2)):
                project, steps = kinds[name]
                metrics.MOST_STEPS = steps
                session = start(project, Path(folder), changes)
                took[name].append(whole(session)[1])
                session.keeper.wait()
                session.journal.close()
        steps = session.work.settings.epochs * len(session.work.lengths)
    ratios = {
        name: sorted(a / b for a, b in zip(took[name][1:], took["without"][1:], strict=True))
        for name in ("with", "each step")
    }
    each = {name: 1e6 * statistics.median(times[1:]) / steps for name, times in took.items()}
    middle = ratios["with"]
    print(
        f"{preset}: {statistics.median(middle):.3f} x the time of the loop without metrics (middle half of {pairs} "
        f"pairs {middle[pairs // 4]:.3f} to {middle[-1 - pairs // 4]:.3f}); updated at every step "
        f"{statistics.median(ratios['each step']):.2f} x; {each['without']:.0f}, {each['with']:.0f} and "
        f"{each['each step']:.0f} us a step, {steps} steps",
        flush=True,
    )
    return statistics.median(middle)


def main() -> int:
    """1 if a ratio is over the limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=11)
    parser.add_argument("--preset", choices=PRESETS, action="append")
    parser.add_argument("--epochs", type=int, default=0)
    asked = parser.parse_args()
    changes = {"epochs": asked.epochs} if asked.epochs else {}
    ratios = [measure(preset, asked.pairs, changes) for preset in asked.preset or PRESETS]
    return int(max(ratios) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
