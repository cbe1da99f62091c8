"""For rules about layers, losses and runs a project in which each speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from immutables import Map

from netbuilder.graph.model import Column, Dataset, Graph, Project
from tests.compiler.projects import chain, graph, project, training, with_arguments

IMAGE = ("Input", {"shape": "N 1 8 8"})
ROW = ("Input", {"shape": "N 64"})
TOKENS = ("Input", {"shape": "N T", "dtype": "int64"})
WORDS = tuple(f"word{at}" for at in range(50))
TEXT = Dataset(
    "digits",
    columns=(
        Column("text", shape=(0,), dtype="int64", axes="T", classes=WORDS),
        Column("next", shape=(0,), dtype="int64", axes="T", classes=WORDS),
        Column("kind", dtype="int64", classes=("bad", "good")),
    ),
    samples=90,
)


def network(nodes: dict[str, Any], links: list[str] | None = None) -> Project:
    return project(chain(nodes) if links is None else graph(nodes, links))


def rows(*columns: Column, samples: int = 100) -> Dataset:
    return Dataset("digits", columns=columns, samples=samples)


X = Column("x", shape=(6,), axes="F")


def fit(
    body: Graph,
    loss: Any = "MSELoss",
    target: Column | None = None,
    ports: tuple[str, str] = ("prediction", "target"),
    settings: dict[str, Any] | None = None,
    samples: int = 100,
    more: dict[str, Any] | None = None,
    links: Sequence[str] = (),
) -> Project:
    """Rows of six numbers through a network (start, end) into a loss."""
    wanted = target or Column("target", shape=(6,), axes="F")
    wanted = msgspec.structs.replace(wanted, id="target")
    nodes = {"rows": ("Data", {"dataset": "rows"}), "net1": ("Network", {"network": "body"}), "loss": loss,
             "adam": "Optimizer", **(more or {})}  # fmt: skip
    given = ["rows.x > net1.start", f"net1.end > loss.{ports[0]}", "loss.loss > adam.loss", *links]
    if ports[1]:
        given.append(f"rows.target > loss.{ports[1]}")
    held = Project(
        "test",
        Map(body=body, training=graph(nodes, given, "training")),
        Map(rows=rows(X, wanted, samples=samples)),
    )
    return msgspec.structs.replace(held, settings=Map(training=Map(settings))) if settings else held


def body(**more: Any) -> Graph:
    nodes = {"start": ("Input", {"shape": "N 6"}), "linear1": ("Linear", {"out_features": 6}), **more}
    return chain({**nodes, "end": "Output"})


def digits(more: dict[str, Any], **changes: Any) -> Project:
    nodes = {"image": IMAGE, "flatten1": "Flatten", "linear1": ("Linear", {"out_features": 10}), **more}
    return project(chain({**nodes, "logits": "Output"}), training=training(**changes))


CLASS = Column("target", dtype="int64", classes=tuple("abcdef"))
SQUASHED_BODY = body(squash="Sigmoid")
LOSSES_OF_SCORES: dict[str, tuple[tuple[str, str], Column]] = {
    "CrossEntropyLoss": (("logits", "target"), CLASS),
    "FocalLoss": (("logits", "target"), CLASS),
    "MultiMarginLoss": (("logits", "target"), CLASS),
    "DiceLoss": (("logits", "target"), Column("target", shape=(6,), axes="F")),
    "SoftCrossEntropyLoss": (("logits", "target"), Column("target", shape=(6,), axes="F")),
    "BCEWithLogitsLoss": (("logits", "target"), Column("target", shape=(6,), axes="F")),
    "SigmoidFocalLoss": (("logits", "target"), Column("target", shape=(6,), axes="F")),
    "SoftMarginLoss": (("logits", "target"), Column("target", shape=(6,), axes="F")),
    "MultiLabelSoftMarginLoss": (("logits", "target"), Column("target", shape=(6,), axes="F")),
    "MultiLabelMarginLoss": (("logits", "target"), Column("target", shape=(6,), axes="F", dtype="int64")),
    "AllRealLoss": (("logits", ""), CLASS),
    "AllFakeLoss": (("logits", ""), CLASS),
    "HingeGeneratorLoss": (("fake", ""), CLASS),
    "WassersteinGeneratorLoss": (("fake", ""), CLASS),
}


def squashed(loss: str) -> Project:
    ports, column = LOSSES_OF_SCORES[loss]
    return fit(SQUASHED_BODY, loss, column, ports)


def both_squashed(loss: str) -> Project:
    """A critic's scores of two kinds, both squashed."""
    nodes = {
        "rows": ("Data", {"dataset": "rows"}),
        "net1": ("Network", {"network": "body"}),
        "net2": ("Network", {"network": "other"}),
        "loss": loss,
        "adam": "Optimizer",
    }
    links = ["rows.x > net1.start", "rows.x > net2.start", "net1.end > loss.real", "net2.end > loss.fake",
             "loss.loss > adam.loss"]  # fmt: skip
    graphs = {"body": SQUASHED_BODY, "other": SQUASHED_BODY, "training": graph(nodes, links, "training")}
    return Project("test", Map(graphs), Map(rows=rows(X)))


def deep(block: str, count: int) -> Project:
    nodes: dict[str, Any] = {"x": ROW}
    for at in range(1, count + 1):
        nodes |= {f"linear{at}": ("Linear", {"out_features": 32}), f"bend{at}": block}
    return network({**nodes, "last": ("Linear", {"out_features": 4}), "y": "Output"})


def language(attention: Any = "TransformerEncoderLayer", inner: bool = False, masked: bool = False) -> Project:
    """Words through attention into a score for each next word."""
    port = "query" if attention == "MultiheadAttention" else "x"
    nodes: dict[str, Any] = {
        "tokens": TOKENS,
        "embedding1": ("Embedding", {"num_embeddings": 50, "embedding_dim": 16}),
        "attention1": ("Network", {"network": "block"}) if inner else attention,
        "linear1": ("Linear", {"out_features": 50}),
        "turn": ("Permute", {"dims": (0, 2, 1)}),
        "scores": "Output",
    }
    links = ["tokens.x > embedding1.x", f"embedding1.y > attention1.{'x' if inner else port}",
             "attention1.y > linear1.x", "linear1.y > turn.x", "turn.y > scores.x"]  # fmt: skip
    step = {
        "text1": ("Data", {"dataset": "text"}),
        "model": ("Network", {"network": "model"}),
        "loss": "CrossEntropyLoss",
        "adam": "Optimizer",
    }
    given = ["text1.text > model.tokens", "model.scores > loss.logits", "text1.next > loss.target",
             "loss.loss > adam.loss"]  # fmt: skip
    if masked:
        nodes["mask"] = "CausalMask"
        links += ["tokens.x > mask.x", f"mask.y > attention1.{'attn' if port == 'query' else 'src'}_mask"]
    graphs = {"model": graph(nodes, links), "training": graph(step, given, "training")}
    if inner:
        held = {"x": ("Input", {}), "attention1": attention, "y": "Output"}
        graphs["block"] = graph(held, [f"x.x > attention1.{port}", "attention1.y > y.x"])
    return Project("test", Map(graphs), Map(text=TEXT))


def short_table(table: Any) -> Project:
    """Words into a table with too few rows."""
    nodes = {"tokens": TOKENS, "table1": table, "pool": ("Mean", {"dim": 1}),
             "linear1": ("Linear", {"out_features": 2}), "scores": "Output"}  # fmt: skip
    if table[0] == "EmbeddingBag":
        del nodes["pool"]
    step = {
        "text1": ("Data", {"dataset": "text"}),
        "model": ("Network", {"network": "model"}),
        "loss": "CrossEntropyLoss",
        "adam": "Optimizer",
    }
    given = ["text1.text > model.tokens", "model.scores > loss.logits", "text1.kind > loss.target",
             "loss.loss > adam.loss"]  # fmt: skip
    return Project("test", Map(model=chain(nodes), training=graph(step, given, "training")), Map(text=TEXT))


def detached() -> Project:
    return network(
        {"x": ROW, "linear1": "Linear", "held": "Detach", "relu1": "ReLU", "linear2": "Linear", "y": "Output"}
    )


def picked() -> Project:
    """A choice between words, looked up again."""
    nodes = {"x": ROW, "linear1": "Linear", "pick": "ArgMax", "embedding1": "Embedding", "y": "Output"}
    return network(nodes)


def normed(shape: str, *layers: Any, samples: int = 100, batch: int | None = None) -> Project:
    start = Column("x", shape=tuple(map(int, shape.split()[1:])), axes="F")
    nodes: dict[str, Any] = {"start": ("Input", {"shape": shape}), **dict(layers), "flat": "Flatten"}
    held = fit(chain({**nodes, "linear9": ("Linear", {"out_features": 6}), "end": "Output"}), samples=samples)
    if batch:
        held = msgspec.structs.replace(held, settings=Map(training=Map(batch_size=batch)))
    data = rows(start, Column("target", shape=(6,), axes="F"), samples=samples)
    return msgspec.structs.replace(held, datasets=Map(rows=data))


def unused() -> Project:
    inner = with_arguments(
        chain({"x": ("Input", {"shape": "N 8"}), "linear1": "Linear", "y": "Output"}), width=4, rest=1
    )
    one = ("Network", {"network": "inner", "arguments": Map(rest=3)})
    nodes = {"a": ("Input", {"shape": "N 8"}), "one": one, "b": "Output"}
    return project(graph(nodes, ["a.x > one.x", "one.y > b.x"]), inner=inner)


LSTM_THEN_CONV = {"x": ("Input", {"shape": "N 12 6"}), "lstm1": "LSTM", "conv1": "Conv1d", "y": "Output"}
CONV_THEN_GRU = {
    "x": ("Input", {"shape": "N 3 20"}),
    "conv1": ("Conv1d", {"out_channels": 8}),
    "relu1": "ReLU",
    "gru1": "GRU",
    "y": "Output",
}
CONVS = {
    "x": IMAGE,
    "conv1": ("Conv2d", {"out_channels": 4}),
    "conv2": ("Conv2d", {"out_channels": 4}),
    "y": "Output",
}
BIASED = {
    "x": IMAGE,
    "conv1": ("Conv2d", {"out_channels": 4}),
    "norm1": "BatchNorm2d",
    "relu1": "ReLU",
    "y": "Output",
}
FLAT = Column("target", shape=(6,), axes="F")
YES = Column("target", shape=(6,), axes="F", dtype="int64")

# rule, project, graph, node, words, fewest repairs, severity
ROWS: tuple[tuple[Any, ...], ...] = (
    ("stacked-linear", network(CONVS), "classifier", "conv2", ("stacked convolutions",), 1, "warning"),
    ("sequence-axes", network(LSTM_THEN_CONV), "classifier", "conv1", ("channels last", "Permute"), 1, "warning"),
    ("sequence-axes", network(CONV_THEN_GRU), "classifier", "gru1", ("channels first", "conv1"), 1, "warning"),
    ("large-stride", network({"x": IMAGE, "conv1": ("Conv2d", {"stride": 9}), "y": "Output"}), "classifier", "conv1",
     ("stride of 9", "N x 1 x 8 x 8"), 2, "warning"),
    ("saturating", deep("Tanh", 5), "classifier", "bend5", ("5 saturating", "gradients"), 2, "warning"),
    ("saturating", deep("Sigmoid", 6), "classifier", "bend6", ("6 saturating",), 2, "warning"),
    ("idle-bias", network(BIASED), "classifier", "conv1", ("bias is of no use", "norm1"), 1, "hint"),
    ("idle-bias", network(dict(list(BIASED.items())[:4], conv2=("Conv2d", {"out_channels": 4}), norm2="BatchNorm2d",
     y="Output")), "classifier", "conv1", ("one more bias",), 1, "hint"),
    *(("softmax-loss", squashed(loss), "training", "loss", ("raw scores", "squash in body is a Sigmoid"), 1, "warning")
      for loss in LOSSES_OF_SCORES),
    *(("softmax-loss", both_squashed(loss), "training", "loss", ("raw scores",), 1, "warning")
      for loss in ("DiscriminatorLoss", "HingeDiscriminatorLoss", "WassersteinCriticLoss")),
    ("softmax-loss", digits({"squash": "Sigmoid"}, nodes={"binary": "BinaryAccuracy"},
     links=["net1.logits > binary.logits", "net1.logits > binary.target"]), "training", "binary", ("all would be yes",),
     1, "warning"),
    ("raw-scores", fit(body(), "NLLLoss", CLASS, ("logs", "target")), "training", "loss",
     ("logarithms of probabilities", "linear1 in body", "raw scores"), 1, "warning"),
    ("raw-scores", fit(body(squash="Softmax"), "NLLLoss", CLASS, ("logs", "target")), "training", "loss",
     ("squash in body, a Softmax",), 1, "warning"),
    ("raw-scores", fit(body(), "BCELoss", FLAT, ("probability", "target")), "training", "loss",
     ("probabilities from 0 to 1",), 1, "warning"),
    ("last-dropout", digits({"drop1": "Dropout"}), "training", "loss", ("drop1 in classifier", "right before loss"), 1,
     "warning"),
    ("target-kind", fit(body(), "CrossEntropyLoss", FLAT, ("logits", "target")), "training", "loss",
     ("numbers of classes (int64)", "rows's target holds real numbers"), 1),
    ("target-kind", fit(body(), "MSELoss", CLASS), "training", "loss", ("real numbers", "whole numbers"), 2),
    ("target-kind", fit(body(), "BCEWithLogitsLoss", YES, ("logits", "target")), "training", "loss",
     ("real numbers", "whole numbers"), 1),
    ("index-range", short_table(("Embedding", {"num_embeddings": 20})), "training", "model",
     ("0 to 49", "table1 in model has places for 20 only")),
    ("index-range", short_table(("EmbeddingBag", {"num_embeddings": 49})), "training", "model", ("49 only",)),
    ("index-range", short_table(("OneHot", {"num_classes": 10})), "training", "model", ("text1's text", "10 only")),
    ("no-causal-mask", language(), "training", "model", ("attention1 in model", "later ones"), 1, "warning"),
    ("no-causal-mask", language("MultiheadAttention"), "training", "model", ("attention1 in model",), 1, "warning"),
    ("no-causal-mask", language("TransformerEncoder", inner=True), "training", "model", ("attention1 in block",), 1,
     "warning"),
    ("lost-gradients", detached(), "classifier", "held", ("held lets no gradient through", "linear1"), 2, "warning"),
    ("lost-gradients", picked(), "classifier", "linear1", ("whole numbers",), 0, "warning"),
    ("batch-of-one", normed("N 6", ("norm1", "BatchNorm1d"), batch=1), "training", "",
     ("batch_size is 1", "norm1 in body", "N x 6"), 2),
    ("batch-of-one", normed("N 3 5 5", ("norm1", "BatchNorm2d"), batch=1), "training", "", ("single sample",), 2,
     "warning"),
    ("batch-of-one", normed("N 6", ("norm1", "BatchNorm1d"), samples=1), "training", "", ("one sample to train",), 1),
    ("unused-argument", unused(), "inner", "", ("rest and width", "used nowhere"), 1, "hint"),
    ("idle-steps", network({"x": ("Input", {"shape": "N 8", "steps": "constant"}), "relu1": "ReLU", "y": "Output"}),
     "classifier", "x", ("constant", "Delay"), 1, "hint"),
)  # fmt: skip

LARGE = {"start": ("Input", {"shape": "N 6"}), "linear1": ("Linear", {"out_features": 1_000_000}), "relu1": "ReLU",
         "linear2": ("Linear", {"out_features": 6}), "end": "Output"}  # fmt: skip
ROWS = (
    *ROWS,
    ("memory", fit(chain(LARGE), settings={"batch_size": 1_000_000, "precision": "bf16"}), "training", "",
     ("GiB", "1000000 samples"), 1, "warning"),
)  # fmt: skip

SOUND = (
    deep("Tanh", 4),
    deep("ReLU", 9),
    language(masked=True),
    language("MultiheadAttention", masked=True),
    short_table(("Embedding", {"num_embeddings": 50})),
    normed("N 6", ("norm1", "BatchNorm1d"), batch=2),
    network(dict(LSTM_THEN_CONV, lstm1=("Permute", {}))),
    fit(body(squash="LogSoftmax"), "NLLLoss", CLASS, ("logs", "target")),
    fit(body(squash="Sigmoid"), "BCELoss", FLAT, ("probability", "target")),
    fit(body(squash="Sigmoid")),
    digits({}, nodes={"squash": "Softmax"}, links=["net1.logits > squash.x", "squash.y > accuracy.logits"],
           without=["net1.logits > accuracy.logits"]),
)  # fmt: skip
