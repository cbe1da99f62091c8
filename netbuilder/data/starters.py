"""A network to begin with for a data set: ordinary graphs, ready to train, chosen by what the columns hold. No torch.

What is not known of the data is kept modest: small networks that learn in seconds on one processor, with weights that
wander back where validation is best. Everything can be changed afterwards like any other graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from immutables import Map

from netbuilder.data.kinds import kind_of
from netbuilder.data.starter_graphs import Layer, Starter, network_graph, preview_graph, training_graph
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import Column, Dataset, Project, Value, Values
from netbuilder.graph.names import fresh_id


def starter(dataset: Dataset) -> Starter | None:
    """What suits the columns, None where nothing does: there is nothing to predict, or nothing to predict it from."""
    for fits in (_language, *(_towards(answer) for answer in ("class", "numbers"))):
        if (found := fits(dataset)) is not None:
            return found
    return None


def begin(project: Project, name: str, *, empty: Sequence[str] = ()) -> Change:
    """The starter's graphs and settings, as one change. `empty`: graphs that go for it, as a new project's empty one.

    Raises EditError where no starter suits the data set.
    """
    dataset = project.datasets[name]
    found = starter(dataset)
    if found is None:
        raise EditError(f"there is no network to begin with for {name}")
    changes = []
    for graph in empty:
        changes.append(edits.remove_graph(project, graph))
        project = apply(project, changes[-1])
    taken = set(project.graphs)
    names = {}
    for kind in ("model", "training", "predictions"):
        names[kind] = kind if kind not in taken else fresh_id(taken, kind)
        taken.add(names[kind])
    graphs = {
        names["model"]: network_graph(found),
        names["training"]: training_graph(found, name, names["model"]),
        names["predictions"]: preview_graph(found, name, names["model"]),
    }
    for graph, held in graphs.items():
        changes.append(edits.add_graph(project, graph, held.kind, held))
        project = apply(project, changes[-1])
    settings: Values = Map(epochs=found.epochs, batch_size=_batch(dataset), best="loss", best_direction="min")
    changes.append(Change("", (Edit("settings", "", names["training"], None, settings),)))
    return join(f"Begin a network for {name}", changes)


def _batch(dataset: Dataset) -> int:
    """Some twenty steps an epoch at least, in powers of two."""
    return int(2 ** min(6, max(3, math.floor(math.log2(max(8, dataset.samples / 30))))))


# -- what suits which columns


def _answers(dataset: Dataset, wanted: str) -> list[Column]:
    """The columns that may be what is asked for: one class a sample, or a few numbers."""
    if wanted == "class":
        return [one for one in dataset.columns if kind_of(one) == "class" and one.role == "class"]
    vectors = [one for one in dataset.columns if one.axes == "F" and one.dtype == "float32" and len(one.shape) == 1]
    return vectors[1:] if vectors[:1] == list(dataset.columns[:1]) else vectors


def _towards(wanted: str) -> Callable[[Dataset], Starter | None]:
    def found(dataset: Dataset) -> Starter | None:
        targets = _answers(dataset, wanted)
        if not targets:
            return None
        target = targets[-1]
        size = len(target.classes) if wanted == "class" else target.shape[0]
        for given in dataset.columns:
            if given is not target and (layers := _layers(given)) is not None:
                title, inner, epochs = layers
                head: Layer = ("Linear", {"out_features": size})
                what = "classifier" if wanted == "class" else "regression"
                return Starter(f"{title} {what}", given, target, (*inner, head), wanted, _note(given), epochs)
        return None

    return found


def _language(dataset: Dataset) -> Starter | None:
    """Text whose next characters are to be said: two columns of the same tokens, one a step ahead."""
    texts = [one for one in dataset.columns if one.role == "token" and len(one.shape) == 1 and one.classes]
    if len(texts) != 2 or texts[0].classes != texts[1].classes or texts[0].shape != texts[1].shape:
        return None
    given, target = texts
    size = len(given.classes)
    layers: tuple[Layer, ...] = (
        ("Embedding", {"num_embeddings": size, "embedding_dim": 64}),
        ("LSTM", {"hidden_size": 192}),
        ("Linear", {"out_features": size}),
    )
    note = (
        "A language model: it reads text token by token, remembers with an LSTM, and says after each token how likely "
        "every next one is."
    )
    return Starter("Language model", given, target, layers, "tokens", note, 10)


def _layers(given: Column) -> tuple[str, tuple[Layer, ...], int] | None:
    """In words, the layers up to the last one, and for how many epochs; None for what nothing is known to read."""
    kind, axes = kind_of(given), given.axes.split()
    if kind == "picture" and len(given.shape) == 3:
        return "Picture", _pictures(given), 15
    if axes == ["F"] and given.dtype == "float32":
        layers: list[Layer] = []
        for _ in range(2):
            layers += [("Linear", {"out_features": 64}), ("ReLU", {}), ("Dropout", {"p": 0.1})]
        return "Table", tuple(layers), 60
    if kind == "text" and len(given.shape) == 1:
        embedding: Layer = ("Embedding", {"num_embeddings": len(given.classes), "embedding_dim": 64})
        return "Text", (embedding, ("Dropout", {"p": 0.2}), ("Mean", {"dim": 1})), 20
    if axes == ["T", "F"] and given.dtype == "float32":
        return "Series", (("LSTM", {"hidden_size": 64}), ("Select", {"dim": 1, "index": -1})), 30
    if axes == ["C", "T"] and given.dtype == "float32":
        return "Sound", _sounds(given), 30
    return None


def _pictures(given: Column) -> tuple[Layer, ...]:
    """Filters, then pooling while there is something to pool, then the mean over all places."""
    smallest, layers = min(given.shape[1:]), []
    for stage in range(max(1, min(4, int(math.log2(max(2, smallest))) - 1))):
        layers += [
            ("Conv2d", {"out_channels": min(128, 32 * 2**stage), "padding": 1, "bias": False}),
            ("BatchNorm2d", {}),
            ("ReLU", {}),
        ]
        if smallest >= 8:
            layers.append(("MaxPool2d", {}))
            smallest //= 2
    return (*layers, ("GlobalAvgPool", {}), ("Dropout", {"p": 0.2}))


_SHORTENING: dict[str, Value] = {"kernel_size": 9, "stride": 4, "padding": 4, "bias": False}


def _sounds(given: Column) -> tuple[Layer, ...]:
    """Strides that shorten the wave four times as long as it is long, then the mean over all of it."""
    layers: list[Layer] = []
    for stage in range(max(1, min(4, int(math.log(max(4, given.shape[1] / 4), 4))))):
        layers += [
            ("Conv1d", {**_SHORTENING, "out_channels": min(64, 16 * 2**stage)}),
            ("BatchNorm1d", {}),
            ("ReLU", {}),
        ]
    return (*layers, ("GlobalAvgPool", {}), ("Dropout", {"p": 0.2}))


_NOTES = {
    "picture": "Small filters slide over the picture and find strokes, then shapes made of them; the mean over all "
    "places goes into one last layer that answers.",
    "numbers": "The numbers of a row are mixed by two layers with a bend (ReLU) behind each, and a last layer answers.",
    "number": "One number is mixed by two layers with a bend (ReLU) behind each, and a last layer answers.",
    "text": "Each token becomes a vector that is learned; the mean of these vectors goes into one last layer that "
    "answers.",
    "wave": "Filters slide along the values and shorten them step by step; what is left goes into one last layer that "
    "answers.",
}


def _note(given: Column) -> str:
    return _NOTES.get(kind_of(given), _NOTES["numbers"])
