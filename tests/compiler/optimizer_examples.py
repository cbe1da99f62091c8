"""Training graphs in which rules about optimizers speak: networks over rows of numbers, by blocks of the catalogue."""

from __future__ import annotations

from typing import Any

import msgspec
from immutables import Map

from netbuilder.graph.model import Column, Dataset, Graph, Project
from tests.compiler.projects import chain, graph

ROWS = Dataset("digits", columns=(Column("x", shape=(6,), axes="F"), Column("y", shape=(6,), axes="F")), samples=100)
WORDS = Dataset(
    "digits", columns=(Column("x", shape=(), dtype="int64"), Column("y", shape=(6,), axes="F")), samples=100
)


def body(bias: bool = True) -> Graph:
    return chain(
        {
            "start": ("Input", {"shape": "N 6"}),
            "linear1": ("Linear", {"out_features": 6, "bias": bias}),
            "end": "Output",
        }
    )


def words(**params: Any) -> Graph:
    embedding = ("Embedding", {"num_embeddings": 9, "embedding_dim": 6, **params})
    return chain({"start": ("Input", {"shape": "N", "dtype": "int64"}), "embedding1": embedding, "end": "Output"})


def named(*names: str, **params: Any) -> tuple[str, dict[str, Any]]:
    return "Optimizer", {"networks": Map({name: Map() for name in names}), **params}


def pair(
    nodes: dict[str, Any] | None = None,
    links: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    precision: str = "",
    encoder: Graph | None = None,
    rows: Dataset = ROWS,
) -> Project:
    """Rows through an encoder and a decoder into a squared error; one optimizer, called adam, with changes."""
    all_nodes: dict[str, Any] = {
        "rows": ("Data", {"dataset": "rows"}),
        "code": ("Network", {"network": "encoder"}),
        "back": ("Network", {"network": "decoder"}),
        "loss": "MSELoss",
        "adam": "Optimizer",
        **(nodes or {}),
    }
    all_links = (
        "rows.x > code.start",
        "code.end > back.start",
        "back.end > loss.prediction",
        "rows.y > loss.target",
        "loss.loss > adam.loss",
        *links,
    )
    kept = [one for one in all_links if one not in without]
    graphs = {"training": graph(all_nodes, kept, "training"), "encoder": encoder or body(), "decoder": body()}
    held = Project("test", Map(graphs), Map(rows=rows))
    return msgspec.structs.replace(held, settings=Map(training=Map(precision=precision))) if precision else held


def cut() -> Project:
    return pair(
        {"held": "Detach"},
        ("back.end > held.x", "held.y > loss.prediction"),
        ("back.end > loss.prediction",),
    )


def two(first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]], precision: str = "") -> Project:
    """Two optimizers, adam and sgd, of one loss."""
    return pair({"adam": first, "sgd": second}, ("loss.loss > sgd.loss",), precision=precision)


def limits(
    algorithm: str, encoder: Graph | None = None, precision: str = "", rows: Dataset = ROWS, **more: Any
) -> Project:
    """An optimizer of the encoder alone."""
    return pair(
        {"adam": named("encoder", algorithm=algorithm, **more), "still": ("Freeze", {"network": "decoder"})},
        encoder=encoder,
        precision=precision,
        rows=rows,
    )


def many() -> Project:
    nodes = {f"sgd{at}": named("encoder", "decoder", every=at, order=at) for at in range(2, 9)}
    return pair(nodes, tuple(f"loss.loss > {id}.loss" for id in nodes))


def noise_alone() -> Project:
    """A network that stands behind a Detach: no gradient reaches it."""
    return pair(
        {"held": "Detach", "adam": named("encoder", "decoder")},
        ("code.end > held.x", "held.y > back.start"),
        ("code.end > back.start",),
    )


def no_data() -> Project:
    """Two constants compared: nothing comes from data."""
    return pair(
        {"rows": ("Constant", {"shape": (4, 6)})},
        ("rows.y > code.start",),
        ("rows.x > code.start",),
    )


RANGE_OF_CONDITIONS = many()
