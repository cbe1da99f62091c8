"""Parameters that suit what is known of a port, for a block that is added at the end of a link.

Sizes that come from the link itself are `Inferred` and need nothing. What is left are choices that one would make at
a glance: a kernel no larger than the picture, heads that divide the features, as many outputs as there are classes.
A rule gives None where nothing is known; then the declared default stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import parts, places
from netbuilder.blocks.spec import Block
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import NONE, Column, Graph, Input, Output, Project, Value, Values

FAR = 200  # how many nodes back the meaning of axes is looked for


class Given(NamedTuple):
    """What is known at the other end of the link.

    `shape`: sizes, or names of free axes, the batch first; None: not known. `letters`: what its axes mean ("N C H W"),
    () where nobody says. `tokens`: an expression for how many there are, where tokens flow. `ends`: how many numbers
    the result must have, as a number or an expression, where the block is put before an Output.
    """

    shape: tuple[int | str, ...] | None = None
    letters: tuple[str, ...] = ()
    tokens: str = ""
    ends: Value = None

    def size(self, axis: int) -> int | None:
        """The size of an axis, None where it is free or not known."""
        if self.shape is None or not -len(self.shape) <= axis < len(self.shape):
            return None
        found = self.shape[axis]
        return found if isinstance(found, int) else None

    @property
    def rank(self) -> int | None:
        """How many axes there are."""
        return len(self.shape) if self.shape is not None else len(self.letters) or None

    @property
    def space(self) -> tuple[int | None, ...]:
        """The sizes behind batch and channels."""
        return tuple(self.size(axis) for axis in range(2, len(self.shape or ())))

    @property
    def features(self) -> int | None:
        """The size of the last axis."""
        return self.size(-1)

    @property
    def time(self) -> int | None:
        """Where in the shape steps of time stand, None where nobody says."""
        return next((at for at, letter in enumerate(self.letters) if letter[:1] in ("T", "S")), None)


Rule = Callable[[Given], Value]


def _kernel(given: Given) -> Value:
    """The usual 3, or 1 where the picture is smaller."""
    return 1 if any(size is not None and size < 3 for size in given.space) else None


def _same_size(given: Given) -> Value:
    """A border that keeps the size, so that what comes out can be added to what went in."""
    return 0 if _kernel(given) == 1 else 1 if given.space else None


def _as_many(given: Given) -> Value:
    """As many channels as come in; few of them are colours, for which the default is better."""
    channels = given.size(1)
    return channels if channels is not None and channels >= 8 else None


def _half(given: Given) -> Value:
    channels = given.size(1)
    return channels // 2 if channels is not None and channels >= 16 else None


def _window(given: Given) -> Value:
    """2, and 1 along axes that cannot be halved."""
    sizes = given.space
    if not sizes or all(size is None or size >= 2 for size in sizes):
        return None
    window = tuple(1 if size == 1 else 2 for size in sizes)
    return window[0] if len(set(window)) == 1 else window


def _divisor(most: int, axis: int) -> Rule:
    """The largest number up to `most` that divides an axis."""

    def rule(given: Given) -> Value:
        size = given.size(axis)
        return None if size is None else next(n for n in range(most, 0, -1) if size % n == 0)

    return rule


def _times_features(factor: int) -> Rule:
    return lambda given: None if given.features is None else factor * given.features


def _tokens(given: Given) -> Value:
    return given.tokens or None


def _outputs(given: Given) -> Value:
    """What the network must give; in a sequence of vectors as many as come in, so that they can be added."""
    if given.ends is not None:
        return given.ends
    return given.features if given.rank == 3 and "C" not in given.letters else None


def _state(given: Given) -> Value:
    return given.features if given.features is not None and given.features >= 16 else None


def _time_axis(given: Given) -> Value:
    return given.time


def _join_axis(given: Given) -> Value:
    """Sequences of vectors are joined along their features, everything else along its channels."""
    return 2 if given.rank == 3 and given.time == 1 else None


def _average_axes(given: Given) -> Value:
    """Over time where there is time, over the picture where there is one."""
    if given.rank == 4:
        return (2, 3)
    return given.time


def _last_step(given: Given) -> Value:
    return -1 if given.time is not None else None


def _doubled(given: Given) -> Value:
    sizes = given.space
    if not sizes or None in sizes:
        return None
    doubled = tuple(2 * size for size in sizes if size is not None)
    return doubled[0] if len(set(doubled)) == 1 else doubled


def _positions(given: Given) -> Value:
    return given.size(given.time) if given.time is not None else None


def _patch(given: Given) -> Value:
    """The largest patch of which at least four stand in a row."""
    sizes = [size for size in given.space if size is not None]
    if len(sizes) < 2:
        return None
    least = min(sizes)
    return next(n for n in range(max(1, least // 4), 0, -1) if all(size % n == 0 for size in sizes))


def _image(given: Given) -> Value:
    """A row of numbers as square pictures: as few channels as make the side whole."""
    size = given.size(1) if given.rank == 2 else None
    if size is None:
        return None
    for channels in (1, 3, 8, 16, 32, 64, 128, 256):
        side = round((size / channels) ** 0.5)
        if side >= 2 and channels * side * side == size:
            return (channels, side, side)
    return None


_CONV: Mapping[str, Rule] = {"out_channels": _as_many, "kernel_size": _kernel, "padding": _same_size}
_TWICE: Mapping[str, Rule] = {
    "out_channels": _half, "kernel_size": lambda given: 4, "stride": lambda given: 2, "padding": lambda given: 1,
}  # fmt: skip
_POOL: Mapping[str, Rule] = {"kernel_size": _window}
_RECURRENT: Mapping[str, Rule] = {"hidden_size": _state}
_LAYER: Mapping[str, Rule] = {"nhead": _divisor(4, -1), "dim_feedforward": _times_features(4)}

RULES: Mapping[str, Mapping[str, Rule]] = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _CONV),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _TWICE),
    **{f"{kind}Pool{rank}d": _POOL for kind in ("Max", "Avg", "LP") for rank in (1, 2, 3)},
    **dict.fromkeys(("RNN", "LSTM", "GRU"), _RECURRENT),
    **dict.fromkeys(
        ("TransformerEncoderLayer", "TransformerEncoder", "TransformerDecoderLayer", "TransformerDecoder"), _LAYER
    ),
    "Linear": {"out_features": _outputs},
    "GroupNorm": {"num_groups": _divisor(8, 1)},
    "ChannelShuffle": {"groups": _divisor(4, 1)},
    "MultiheadAttention": {"num_heads": _divisor(4, -1)},
    "SplitHeads": {"num_heads": _divisor(4, -1)},
    "Embedding": {"num_embeddings": _tokens},
    "EmbeddingBag": {"num_embeddings": _tokens},
    "OneHot": {"num_classes": _tokens},
    "PatchEmbedding": {"patch_size": _patch},
    "LearnedPositions": {"num_positions": _positions},
    "Mean": {"dim": _average_axes},
    "Select": {"dim": _time_axis, "index": _last_step},
    "Concat": {"dim": _join_axis},
    "Interpolate": {"size": _doubled},
    "Unflatten": {"unflattened_size": _image},
}

_MOST_AXES: Mapping[str, int] = {"BatchNorm1d": 3}  # its port says "any more", torch says three


def suited(block: Block, given: Given, values: Values = NONE) -> Values:
    """The values, with parameters that suit what is known put in; what the block would not take is left out."""
    found = values
    for name, rule in RULES.get(block.name, {}).items():
        value = rule(given) if name not in values else None
        if value is not None and value != _default(block, name):
            found = found.set(name, value)
    return found if not block.check(found) else values


def _default(block: Block, name: str) -> Value:
    return next((param.default for param in block.params if param.name == name), None)


def unfit(block: Block, given: Given) -> str:
    """Why a block is out of place there although its port may take what comes, "" where it is not."""
    sizes = [size for size in given.space if size is not None]
    if RULES.get(block.name) is _POOL and sizes and max(sizes) < 2:
        return f"{block.name} would halve it, but there is nothing left to halve."
    most = _MOST_AXES.get(block.name)
    if most is not None and given.rank is not None and given.rank > most:
        return f"{block.name} takes at most {most} axes, this has {given.rank}."
    return ""


# What the project says


def given_at(
    project: Project, graph: str, catalogue: Catalogue, source: Output, shape: tuple[int | str, ...] | None
) -> Given:
    """What is known behind an output; `shape` is what analysis found there."""
    known = parts(catalogue)
    column = _column_before(project, graph, source, catalogue, known)
    if shape is None and column is not None:
        shape = ("N", *column[1].shape)
    letters = _letters(project, graph, source, catalogue, known, len(shape) if shape is not None else None)
    tokens = ""
    if column is not None and column[1].classes and column[1].dtype == "int64":
        tokens = f"={column[0]}.{column[1].id}.classes"
    return Given(shape, letters, tokens)


def given_before(project: Project, graph: str, catalogue: Catalogue, target: Input) -> Given:
    """What is known before an input that a block is put in front of: what an Output must give."""
    node = project.graphs[graph].nodes.get(target.node)
    known = parts(catalogue)
    if node is None or node.block != known.output:
        return Given()
    for name, id in places(project, graph, known):
        held = project.graphs[name]
        for end, link in held.links.items():
            if link.source == Output(id, target.node) and (found := _wanted(project, held, end, catalogue)) is not None:
                return Given(ends=found)
    return Given()


def _wanted(project: Project, graph: Graph, end: Input, catalogue: Catalogue) -> Value:
    """How many numbers a loss wants at this input, by the column that stands at its target."""
    node = graph.nodes.get(end.node)
    block = catalogue.get(node.block) if node is not None else None
    if node is None or block is None or block.part != "loss" or end.port == "target":
        return None
    aim = graph.links.get(Input(end.node, "target"))
    found = _data_column(project, graph, aim.source, catalogue) if aim is not None else None
    if found is None:
        return None
    name, column = found
    if column.classes and column.dtype == "int64":
        return f"={name}.{column.id}.classes"
    return column.shape[0] if len(column.shape) == 1 else 1 if not column.shape else None


def _letters(
    project: Project, graph: str, source: Output, catalogue: Catalogue, known: Parts, rank: int | None
) -> tuple[str, ...]:
    """What the axes of an output mean: as its port says, or the first port before it that does."""
    held, at = project.graphs[graph], source
    for _ in range(FAR):
        node = held.nodes.get(at.node)
        if node is None:
            return ()
        ports = catalogue.ports(node, project)
        axes = next((port.axes.split() for port in ports.outputs if port.name == at.port), [])
        if axes and "*" not in axes:
            return tuple(axes) if rank is None or len(axes) == rank else ()
        if (column := _column_before(project, graph, at, catalogue, known)) is not None and column[1].axes:
            letters = ("N", *column[1].axes.split())
            return letters if rank is None or len(letters) == rank else ()
        first = held.links.get(Input(at.node, ports.inputs[0].name)) if ports.inputs else None
        if first is None:
            return ()
        at = first.source
    return ()


def _column_before(
    project: Project, graph: str, source: Output, catalogue: Catalogue, known: Parts
) -> tuple[str, Column] | None:
    """The data set and column that an output gives: of a Data node, or of what is linked to a network's Input."""
    held = project.graphs[graph]
    if (found := _data_column(project, held, source, catalogue)) is not None:
        return found
    node = held.nodes.get(source.node)
    if node is None or node.block != known.input:
        return None
    for name, id in places(project, graph, known):
        link = project.graphs[name].links.get(Input(id, source.node))
        if link is not None and (found := _data_column(project, project.graphs[name], link.source, catalogue)):
            return found
    return None


def _data_column(project: Project, graph: Graph, source: Output, catalogue: Catalogue) -> tuple[str, Column] | None:
    node = graph.nodes.get(source.node)
    block = catalogue.get(node.block) if node is not None else None
    name = node.params.get("dataset") if node is not None and block is not None and block.part == "data" else None
    dataset = project.datasets.get(name) if isinstance(name, str) else None
    column = next((one for one in dataset.columns if one.id == source.port), None) if dataset is not None else None
    return (str(name), column) if column is not None else None
