"""For each lint rule a project in which it speaks, and words that its sentence must have."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from immutables import Map

from netbuilder.graph.model import Column, Graph, Input, Link, Node, Output, Project
from tests.compiler import failing_examples, lint_examples
from tests.compiler.examples_nesting import NESTING, two_places
from tests.compiler.loop_examples import CONSTANT, closed, looped, summed, two_sequences
from tests.compiler.optimizer_examples import (
    RANGE_OF_CONDITIONS,
    WORDS,
    body,
    cut,
    limits,
    named,
    no_data,
    noise_alone,
    pair,
    two,
    words,
)
from tests.compiler.projects import DIGITS, chain, cnn_nodes, cnn_project, graph, preview, project, training


class Example(NamedTuple):
    """`repairs`: at least so many are offered. `graph`: where the rule speaks."""

    rule: str
    project: Project
    graph: str
    node: str
    words: tuple[str, ...]
    repairs: int = 1
    severity: str = "error"


def network(nodes: dict[str, Any], links: list[str] | None = None) -> Project:
    return project(chain(nodes) if links is None else graph(nodes, links))


def changed_node(held: Graph, id: str, node: Node) -> Graph:
    return msgspec.structs.replace(held, nodes=held.nodes.set(id, node))


IMAGE = ("Input", {"shape": "N 1 8 8"})
ROW = ("Input", {"shape": "N 64"})


def skip(first: int = 16, second: int = 32, merge: Any = "Add", **conv2: Any) -> Project:
    """The story: a skip connection around the second convolution."""
    nodes = {
        "image": IMAGE,
        "conv1": ("Conv2d", {"out_channels": first, "padding": 1}),
        "relu1": "ReLU",
        "conv2": ("Conv2d", {"out_channels": second, "padding": 1, **conv2}),
        "merge1": merge,
        "flatten1": "Flatten",
        "linear1": ("Linear", {"out_features": 10}),
        "logits": "Output",
    }
    links = [
        "image.x > conv1.x",
        "conv1.y > relu1.x",
        "relu1.y > conv2.x",
        "conv1.y > merge1.x.0",
        "conv2.y > merge1.x.1",
        "merge1.y > flatten1.x",
        "flatten1.y > linear1.x",
        "linear1.y > logits.x",
    ]
    return network(nodes, links)


def mlp(*, out: int = 10, last: str | None = None, shape: str = "N 1 8 8") -> Graph:
    nodes: dict[str, Any] = {
        "image": ("Input", {"shape": shape}),
        "flatten1": "Flatten",
        "linear1": ("Linear", {"out_features": 32}),
        "relu1": "ReLU",
        "linear2": ("Linear", {"out_features": out}),
    }
    if last:
        nodes["last1"] = last
    return chain({**nodes, "logits": "Output"})


def recursive() -> Project:
    inner = graph(
        {"x": ROW, "again": ("Network", {"network": "classifier"}), "y": "Output"},
        ["x.x > again.x", "again.y > y.x"],
    )
    return project(inner)


def two_blank() -> Project:
    """One network of a training graph, given sizes that need different weights."""
    body = chain({"x": "Input", "linear1": ("Linear", {"out_features": 4}), "y": "Output"})
    nodes = {"flatten1": "Flatten", "two": ("Network", {"network": "inner"}), "again": "MSELoss"}
    links = ["digits1.image > flatten1.x", "flatten1.y > two.x", "two.y > again.prediction", "two.y > again.target"]
    return project(inner=body, training=training("inner", "x", "y", nodes, links))


def renamed(old: str, new: str) -> Project:
    held = chain({"image": ROW, old: "ReLU", "out": "Output"})
    nodes = held.nodes.delete(old).set(new, held.nodes[old])
    links = Map(
        {
            Input(new if t.node == old else t.node, t.port): Link(
                Output(new if one.source.node == old else one.source.node, one.source.port),
                Input(new if t.node == old else t.node, t.port),
            )
            for t, one in held.links.items()
        }
    )
    return project(msgspec.structs.replace(held, nodes=nodes, links=links))


def stray() -> Project:
    held = chain({"image": ROW, "relu1": "ReLU", "out": "Output"})
    target = Input("relu1", "gate")
    return project(msgspec.structs.replace(held, links=held.links.set(target, Link(Output("image", "x"), target))))


def with_dataset(name: str, columns: tuple[Column, ...]) -> Project:
    held = project(mlp(), training=training())
    return msgspec.structs.replace(
        held, datasets=held.datasets.set(name, msgspec.structs.replace(DIGITS, columns=columns))
    )


def states(*linked: str, **params: Any) -> Project:
    """An LSTM with some of its first states."""
    nodes: dict[str, Any] = {
        "x": ("Input", {"shape": "N T 6"}),
        "gru1": ("GRU", {"hidden_size": 8, "num_layers": params.get("num_layers", 1)}),
        "lstm1": ("LSTM", {"hidden_size": 8, **params}),
        "y": "Output",
    }
    links = ["x.x > gru1.x", "gru1.y > lstm1.x", "lstm1.y > y.x"]
    return network(nodes, [*links, *(f"gru1.h > lstm1.{port}" for port in linked)])


def regression() -> Project:
    target = Column("target", shape=(), dtype="float32")
    held = project(
        chain({"x": ROW, "linear1": ("Linear", {"out_features": 1}), "y": "Output"}),
        training=graph(
            {
                "data1": ("Data", {"dataset": "sales"}),
                "net1": ("Network", {"network": "classifier"}),
                "loss": "MSELoss",
                "optimizer": "Optimizer",
            },
            [
                "data1.x > net1.x",
                "net1.y > loss.prediction",
                "data1.target > loss.target",
                "loss.loss > optimizer.loss",
            ],
            "training",
        ),
    )
    sales = msgspec.structs.replace(DIGITS, columns=(Column("x", shape=(64,), axes="F"), target))
    return msgspec.structs.replace(held, datasets=held.datasets.set("sales", sales))


def two_datasets() -> Project:
    """A preview graph of two data sets."""
    shown = preview()
    nodes = shown.nodes.set("more1", Node("Data", Map(dataset="more")))
    label = Link(Output("more1", "label"), Input("images", "truth"))
    shown = msgspec.structs.replace(shown, nodes=nodes, links=shown.links.set(label.target, label))
    held = project(mlp(), training=training(), predictions=shown)
    return msgspec.structs.replace(held, datasets=held.datasets.set("more", DIGITS))


def nested(levels: int) -> Project:
    """A network in a network in a network..."""
    graphs = {"n0": chain({"x": "Input", "linear1": ("Linear", {"out_features": 4}), "y": "Output"})}
    for at in range(1, levels):
        inner = ("Network", {"network": f"n{at - 1}"})
        shape = ("Input", {"shape": "N 4"}) if at == levels - 1 else "Input"
        graphs[f"n{at}"] = chain({"x": shape, "inner": inner, "y": "Output"})
    return Project(graphs=Map(graphs))


EXAMPLES: tuple[Example, ...] = (
    *(Example(*row) for row in NESTING),
    *(Example(*row) for row in lint_examples.ROWS),
    *(Example(*row) for row in failing_examples.ROWS),
    Example("name", renamed("relu1", "lambda"), "classifier", "lambda", ("'lambda'", "rename")),
    Example("name", renamed("relu1", 'x"; import os'), "classifier", 'x"; import os', ("rename",)),
    Example(
        "unknown-block", network({"x": ROW, "odd": "Warp", "y": "Output"}), "classifier", "odd", ("Warp", "plug-in")
    ),
    Example(
        "unknown-block",
        project(mlp(), training=training(nodes={"loss": "WarpLoss"})),
        "training",
        "loss",
        ("WarpLoss", "plug-in"),
    ),
    Example(
        "wrong-graph",
        network({"x": ROW, "acc": "Accuracy", "y": "Output"}),
        "classifier",
        "acc",
        ("training graph", "not in a network"),
    ),
    Example(
        "parameter",
        network({"x": ROW, "linear1": ("Linear", {"out_features": 0}), "y": "Output"}),
        "classifier",
        "linear1",
        ("out_features", "must be 1", "is 0"),
    ),
    Example(
        "parameter",
        network({"x": ROW, "linear1": ("Linear", {"out_feature": 3}), "y": "Output"}),
        "classifier",
        "linear1",
        ("out_feature", "no parameter"),
    ),
    Example(
        "reference",
        project(mlp(), training=training(network="classifer")),
        "training",
        "net1",
        ("'classifer'", "does not have"),
    ),
    Example(
        "reference",
        msgspec.structs.replace(project(mlp(), training=training()), datasets=Map(digit=DIGITS)),
        "training",
        "digits1",
        ("data set", "'digits'"),
    ),
    Example("recursion", recursive(), "classifier", "again", ("inside itself", "never end")),
    Example("stray-link", stray(), "classifier", "relu1", ("gate", "does not have")),
    Example(
        "cycle",
        network(
            {"x": ROW, "add1": "Add", "relu1": "ReLU", "y": "Output"},
            ["x.x > add1.x.0", "add1.y > relu1.x", "relu1.y > add1.x.1", "relu1.y > y.x"],
        ),
        "classifier",
        "add1",
        ("circle", "add1", "relu1"),
    ),
    Example("cycle", network({"relu1": "ReLU"}, ["relu1.y > relu1.x"]), "classifier", "relu1", ("feeds itself",)),
    Example("cycle", closed(), "classifier", "concat1", ("circle", "concat1, linear1, tanh1", "Delay"), 3),
    Example("cycle", summed(), "classifier", "add1", ("circle", "add1, tanh1", "Delay"), 3),
    Example("loop-sequence", looped(CONSTANT), "classifier", "", ("delay1", "how many steps", "sequence")),
    Example(
        "loop-time",
        looped(z=("Input", {"shape": "N"}), out="Output", links=("z.x > out.x",)),
        "classifier",
        "z",
        ("second axis", "N"),
        2,
    ),
    Example("loop-lengths", two_sequences("N S 6"), "classifier", "z", ("S steps", "x has T"), 3),
    Example("loop-lengths", two_sequences("N 7 6"), "classifier", "z", ("7 steps", "x has T", "N x 7 x 6"), 3),
    Example(
        "loop-state",
        looped(delay={"size": (64,)}),
        "classifier",
        "delay1",
        ("remembers N x 64", "tanh1", "N x 8"),
        2,
    ),
    Example(
        "loop-state",
        looped(z=("Input", {"shape": "N 5", "steps": "constant"}), links=("z.x > delay1.initial",)),
        "classifier",
        "delay1",
        ("starts from the N x 5 of z", "tanh1", "N x 8"),
        2,
    ),
    Example(
        "loop-state",
        looped(
            tokens=("Input", {"shape": "N T", "dtype": "int64"}),
            delay2=("Delay", {"size": ()}),
            out="Output",
            links=("tokens.x > delay2.x", "delay2.y > out.x"),
        ),
        "classifier",
        "delay2",
        ("remembers N float32", "tokens feeds it N int64"),
    ),
    Example(
        "loop-state",
        looped(
            tokens=("Input", {"shape": "N T", "dtype": "int64"}),
            delay2=("Delay", {"size": (), "dtype": "int64", "start": "learned"}),
            out="Output",
            links=("tokens.x > delay2.x", "delay2.y > out.x"),
        ),
        "classifier",
        "delay2",
        ("cannot learn", "int64"),
    ),
    Example(
        "loop-initial",
        looped(z=("Input", {"shape": "N T 8"}), links=("z.x > delay1.initial",)),
        "classifier",
        "delay1",
        ("starts from z", "differs from step to step"),
        2,
    ),
    Example(
        "loop-output",
        looped(mean1=("Mean", {"dim": None}), out="Output", links=("x.x > mean1.x", "mean1.y > out.x")),
        "classifier",
        "out",
        ("without a batch", "last step"),
    ),
    Example(
        "loop-steps",
        looped(z=("Input", {"shape": "N 16"}), out="Output", links=("z.x > out.x",)),
        "classifier",
        "z",
        ("16 steps of one number", "N T 16"),
        2,
        "hint",
    ),
    Example(
        "missing-input",
        project(mlp(), training=training(without=["digits1.label > loss.target"])),
        "training",
        "loss",
        ("target", "loss"),
    ),
    Example(
        "missing-input",
        network({"x": ROW, "linear1": "Linear", "relu1": "ReLU", "y": "Output"}, ["relu1.y > y.x", "x.x > linear1.x"]),
        "classifier",
        "relu1",
        ("Nothing is linked", "x"),
    ),
    Example("blank-input", network({"x": "Input", "relu1": "ReLU", "y": "Output"}), "classifier", "x", ("no shape",)),
    Example(
        "column",
        with_dataset("digits", (Column("image", shape=(1, 8, 8), dtype="quaternion"), DIGITS.columns[1])),
        "training",
        "digits1",
        ("image", "dtype"),
        0,
    ),
    Example("no-output", network({"x": ROW, "relu1": "ReLU"}), "classifier", "", ("no Output",)),
    Example(
        "no-output",
        network({"x": ROW, "relu1": "ReLU", "y": "Output"}, ["x.x > relu1.x"]),
        "classifier",
        "y",
        ("Nothing is linked to y",),
    ),
    Example("no-output", network({}), "classifier", "", ("empty",), 0),
    Example(
        "unconnected",
        network({"x": ROW, "relu1": "ReLU", "y": "Output", "gelu1": "GELU"}, ["x.x > relu1.x", "relu1.y > y.x"]),
        "classifier",
        "gelu1",
        ("linked to nothing", "left out"),
        1,
        "hint",
    ),
    Example(
        "unconnected",
        network(
            {"x": ROW, "relu1": "ReLU", "y": "Output", "gelu1": "GELU"},
            ["x.x > relu1.x", "relu1.y > y.x", "relu1.y > gelu1.x"],
        ),
        "classifier",
        "gelu1",
        ("leads nowhere",),
        1,
        "hint",
    ),
    Example(
        "unconnected",
        network(
            {"x": ROW, "relu1": "ReLU", "y": "Output", "linear1": "Linear", "gelu1": "GELU"},
            ["x.x > relu1.x", "relu1.y > y.x", "x.x > linear1.x", "linear1.y > gelu1.x"],
        ),
        "classifier",
        "gelu1",
        ("leads nowhere", "the node before it are left out"),
        2,
        "hint",
    ),
    Example(
        "rank",
        network({"x": ROW, "conv1": "Conv2d", "y": "Output"}),
        "classifier",
        "conv1",
        ("conv1 expects an image: N x C x H x W (4 axes)", "but gets N x 64 (2 axes)"),
    ),
    Example(
        "rank",
        network({"x": IMAGE, "lstm1": "LSTM", "y": "Output"}),
        "classifier",
        "lstm1",
        ("a sequence", "N x 1 x 8 x 8"),
    ),
    Example(
        "dtype",
        network({"x": ROW, "embedding1": "Embedding", "y": "Output"}),
        "classifier",
        "embedding1",
        ("int64", "float32"),
    ),
    Example(
        "target-kind",
        project(
            mlp(),
            training=training(links=["digits1.image > loss.target"], without=["digits1.label > loss.target"]),
        ),
        "training",
        "loss",
        ("int64", "digits1's image holds real numbers"),
    ),
    Example(
        "free-size",
        network(
            {
                "x": ("Input", {"shape": "N 3 H W"}),
                "conv1": "Conv2d",
                "flatten1": "Flatten",
                "linear1": "Linear",
                "y": "Output",
            }
        ),
        "classifier",
        "linear1",
        ("fixed size", "free"),
    ),
    Example(
        "network-input",
        project(mlp(shape="N 3 16 16"), training=training()),
        "training",
        "net1",
        ("expects N x 3 x 16 x 16", "gets N x 1 x 8 x 8"),
    ),
    Example(
        "network-problem",
        project(skip().graphs["classifier"], training=training()),
        "training",
        "net1",
        ("see merge1 there",),
        0,
    ),
    Example(
        "window-too-large",
        network(
            {
                "x": IMAGE,
                "pool1": ("MaxPool2d", {"kernel_size": 4}),
                "conv1": ("Conv2d", {"kernel_size": 5}),
                "y": "Output",
            }
        ),
        "classifier",
        "conv1",
        ("5 x 5", "N x 1 x 2 x 2"),
        2,
    ),
    Example(
        "size-mismatch",
        skip(),
        "classifier",
        "merge1",
        ("conv1 gives N x 16 x 8 x 8", "conv2 gives N x 32 x 8 x 8", "channels 16 and 32"),
        3,
    ),
    Example(
        "size-mismatch", skip(second=16, padding=0), "classifier", "merge1", ("height 8 and 6", "width 8 and 6"), 2
    ),
    Example(
        "size-mismatch",
        network(
            {
                "x": ROW,
                "linear1": ("Linear", {"out_features": 20}),
                "linear2": ("Linear", {"out_features": 30}),
                "add1": "Add",
                "y": "Output",
            },
            ["x.x > linear1.x", "x.x > linear2.x", "linear1.y > add1.x.0", "linear2.y > add1.x.1", "add1.y > y.x"],
        ),
        "classifier",
        "add1",
        ("N x 20", "N x 30"),
        3,
    ),
    Example(
        "concat-mismatch",
        skip(merge="Concat", stride=2),
        "classifier",
        "merge1",
        ("along axis 1", "N x 16 x 8 x 8", "N x 32 x 4 x 4"),
    ),
    Example(
        "concat-mismatch",
        skip(merge=("Concat", {"dim": 2})),
        "classifier",
        "merge1",
        ("along axis 2", "N x 16 x 8 x 8"),
        2,
    ),
    Example(
        "loss-shapes",
        project(
            chain({"image": IMAGE, "linear1": ("Linear", {"out_features": 10}), "logits": "Output"}),
            training=training(),
        ),
        "training",
        "loss",
        ("N x 1 x 8 x 10", "target of N"),
    ),
    Example(
        "divisible",
        network({"x": IMAGE, "conv1": ("Conv2d", {"out_channels": 30}), "norm1": "GroupNorm", "y": "Output"}),
        "classifier",
        "norm1",
        ("num_groups", "30"),
    ),
    Example(
        "divisible",
        network(
            {
                "x": ("Input", {"shape": "N T 30"}),
                "attention1": ("MultiheadAttention", {"num_heads": 4}),
                "y": "Output",
            },
            ["x.x > attention1.query", "attention1.y > y.x"],
        ),
        "classifier",
        "attention1",
        ("num_heads", "30"),
    ),
    Example(
        "reshape",
        network({"x": ROW, "reshape1": ("Reshape", {"shape": (5, 8)}), "y": "Output"}),
        "classifier",
        "reshape1",
        ("needs 40 values", "gets 64", "N x 64"),
        2,
    ),
    Example(
        "permute",
        network({"x": ROW, "permute1": "Permute", "y": "Output"}),
        "classifier",
        "permute1",
        ("2 axes", "N x 64"),
    ),
    Example(
        "axis",
        network({"x": ROW, "softmax1": ("Softmax", {"dim": 2}), "y": "Output"}),
        "classifier",
        "softmax1",
        ("dim must be -2 to 1 for N x 64, but is 2",),
    ),
    Example(
        "axis",
        network({"x": ROW, "flatten1": ("Flatten", {"start_dim": 2, "end_dim": 2}), "y": "Output"}),
        "classifier",
        "flatten1",
        ("start_dim must be -2 to 1",),
    ),
    Example(
        "no-optimizer", project(mlp(), training=training(without=["optimizer"])), "training", "", ("no Optimizer",)
    ),
    Example(
        "optimizer-loss",
        project(mlp(), training=training(without=["loss.loss > optimizer.loss"])),
        "training",
        "optimizer",
        ("no loss",),
    ),
    Example(
        "optimizer-loss",
        project(
            mlp(), training=training(links=["net1.logits > optimizer.loss"], without=["loss.loss > optimizer.loss"])
        ),
        "training",
        "optimizer",
        ("one number", "N x 10"),
    ),
    Example(
        "nothing-learns",
        project(
            chain({"image": IMAGE, "flatten1": "Flatten", "logits": "Output"}),
            training=training(),
        ),
        "training",
        "optimizer",
        ("nothing would learn",),
        0,
    ),
    Example("no-data", no_data(), "training", "", ("no data set", "Data node"), 0),
    Example("cut-gradients", cut(), "training", "adam", ("held lets no gradient through", "decoder and encoder"), 2),
    Example(
        "nothing-learns",
        two(named("encoder", "decoder"), named(order=2)),
        "training",
        "sgd",
        ("other optimizers name",),
    ),
    Example(
        "nothing-learns",
        pair({"one": ("Freeze", {"network": "encoder"}), "two": ("Freeze", {"network": "decoder"})}),
        "training",
        "adam",
        ("decoder and encoder", "frozen"),
    ),
    Example(
        "optimizer-networks",
        pair({"adam": named("encodr")}),
        "training",
        "adam",
        ("encodr", "no network of that name"),
        2,
    ),
    Example("optimizer-networks", noise_alone(), "training", "adam", ("encoder", "no gradient")),
    Example(
        "optimizer-networks",
        pair({"adam": named("encoder", "decoder"), "still": ("Freeze", {"network": "decoder"})}),
        "training",
        "adam",
        ("decoder is frozen",),
        2,
    ),
    Example(
        "untaught-network",
        pair({"adam": named("encoder")}),
        "training",
        "back",
        ("No optimizer changes decoder", "Freeze"),
        2,
        "warning",
    ),
    Example(
        "mixed-gradients",
        two(named("encoder", "decoder"), named("encoder")),
        "training",
        "sgd",
        ("same moment", "encoder"),
        3,
    ),
    Example(
        "mixed-gradients",
        two(named("encoder", "decoder"), named("encoder", accumulate=4, order=2)),
        "training",
        "sgd",
        ("several steps", "encoder"),
        2,
    ),
    Example(
        "shared-network",
        two(named("encoder", "decoder"), named("encoder", order=2)),
        "training",
        "sgd",
        ("one after the other",),
        2,
        "warning",
    ),
    Example(
        "optimizer-limits", limits("LBFGS", accumulate=2), "training", "adam", ("LBFGS", "several times", "accumulate")
    ),
    Example(
        "optimizer-limits",
        limits("LBFGS", networks=Map(encoder=Map(lr=0.5))),
        "training",
        "adam",
        ("LBFGS", "one learning rate"),
    ),
    Example("optimizer-limits", limits("LBFGS", precision="fp16"), "training", "adam", ("LBFGS", "fp16")),
    Example(
        "optimizer-limits", limits("SGD", nesterov=True, momentum=0.0), "training", "adam", ("nesterov", "momentum"), 2
    ),
    Example("optimizer-limits", limits("Muon"), "training", "adam", ("matrices only", "linear1.bias has 1 axis")),
    Example("optimizer-limits", limits("SparseAdam"), "training", "adam", ("embeddings", "linear1.weight")),
    Example(
        "optimizer-limits",
        limits("Adam", encoder=words(sparse=True), rows=WORDS),
        "training",
        "adam",
        ("sparse gradients", "embedding1.weight"),
    ),
    Example(
        "optimizer-limits",
        limits("Adagrad", schedule="one-cycle"),
        "training",
        "adam",
        ("momentum", "Adagrad has none"),
    ),
    Example(
        "optimizer-limits",
        limits("SGD", schedule="multistep", milestones=(20, 10)),
        "training",
        "adam",
        ("milestones must rise", "20, 10"),
    ),
    Example(
        "optimizer-limits",
        limits("SGD", schedule="warm-up then cosine", T_max=5, warmup=5),
        "training",
        "adam",
        ("over after 5",),
    ),
    Example("many-conditions", RANGE_OF_CONDITIONS, "training", "", ("7 different", "at most 6")),
    Example(
        "scaled-accumulation",
        two(named("encoder", accumulate=4), named("decoder", order=2), precision="fp16"),
        "training",
        "sgd",
        ("accumulates 4", "fp16"),
    ),
    Example("one-dataset", two_datasets(), "predictions", "more1", ("more", "digits", "one data set")),
    Example("classes", project(mlp(out=8), training=training()), "training", "loss", ("8 scores", "10 classes")),
    Example("classes", project(mlp(out=12), training=training()), "training", "loss", ("12 scores",), 1, "warning"),
    Example(
        "softmax-loss",
        project(mlp(last="Softmax"), training=training()),
        "training",
        "loss",
        ("raw scores", "last1 in classifier is a Softmax"),
        1,
        "warning",
    ),
    Example(
        "softmax-loss",
        project(
            mlp(),
            training=training(
                nodes={"softmax1": "Softmax"},
                links=["net1.logits > softmax1.x", "softmax1.y > loss.logits"],
                without=["net1.logits > loss.logits"],
            ),
        ),
        "training",
        "loss",
        ("softmax1",),
        1,
        "warning",
    ),
    Example("stretched-loss", regression(), "training", "loss", ("N x 1 with N", "every other"), 1, "warning"),
    Example("placed-differently", two_blank(), "training", "two", ("N x 64", "N x 1 x 8 x 8")),
    Example(
        "image-into-linear",
        network({"x": IMAGE, "linear1": "Linear", "y": "Output"}),
        "classifier",
        "linear1",
        ("N x 1 x 8 x 8", "Flatten"),
        1,
        "warning",
    ),
    Example(
        "stacked-linear",
        network({"x": ROW, "linear1": "Linear", "drop": "Dropout", "linear2": "Linear", "y": "Output"}),
        "classifier",
        "linear2",
        ("stacked linear layers can only learn a linear function",),
        1,
        "warning",
    ),
    Example(
        "inputs-together", states("h0"), "classifier", "lstm1", ("h0 only together with c0", "c0 is not linked"), 2
    ),
    Example(
        "inputs-together", states("c0"), "classifier", "lstm1", ("c0 only together with h0", "h0 is not linked"), 2
    ),
    Example("idle-dropout", states("h0", "c0", dropout=0.1), "classifier", "lstm1", ("0.1", "only one"), 2, "hint"),
    Example(
        "idle-dropout",
        network({"x": ("Input", {"shape": "N T 6"}), "gru1": ("GRU", {"dropout": 0.5}), "y": "Output"}),
        "classifier",
        "gru1",
        ("dropout of 0.5 does nothing",),
        2,
        "hint",
    ),
    Example(
        "untrusted",
        network({"x": ROW, "python1": ("Python", {"code": "y = x * 2"}), "y": "Output"}),
        "classifier",
        "python1",
        ("not trusted on this machine", "nothing of it runs"),
        0,
    ),
    Example("levels", nested(70), "n69", "inner", ("more than 64 networks stand inside one another",), 1),
)
SOUND = (
    *lint_examples.SOUND,
    looped(),
    two_places("own"),
    states("h0", "c0"),
    states("h0", "c0", dropout=0.1, num_layers=2),
    cnn_project(),
    project(chain(cnn_nodes())),
    project(mlp(), training=training()),
    pair(),
    two(named("encoder", accumulate=4), named("decoder", order=2)),
    limits("Muon", encoder=body(bias=False)),
    limits("SparseAdam", encoder=words(sparse=True), rows=WORDS),
    limits("LBFGS"),
    limits("Adam", schedule="one-cycle"),
)
