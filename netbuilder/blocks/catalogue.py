"""All blocks that there are: by name, by category, by what a person types, and as the judge of a project."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module

import msgspec
from immutables import Map

from netbuilder.blocks import families
from netbuilder.blocks.arguments import declared, wrong_arguments
from netbuilder.blocks.plugins import PluginFailure, blocks_of, installed
from netbuilder.blocks.resolve import resolve
from netbuilder.blocks.search import Index
from netbuilder.blocks.spec import Block, Ports
from netbuilder.graph.expressions import Environment
from netbuilder.graph.model import Graph, GraphKind, Node, Project, natural_key

# In the order in which they are shown; the value is the theme's colour token.
CATEGORIES: Mapping[str, str] = {
    "Structure": "category.structure",
    "Data": "category.data",
    "Input": "category.input",
    "Linear": "category.linear",
    "Convolution": "category.convolution",
    "Pooling": "category.pooling",
    "Padding": "category.padding",
    "Normalization": "category.normalization",
    "Regularization": "category.regularization",
    "Activation": "category.activation",
    "Shape": "category.shape",
    "Merge": "category.merge",
    "Math": "category.math",
    "Embedding": "category.embedding",
    "Recurrent": "category.recurrent",
    "Attention": "category.attention",
    "Generative": "category.generative",
    "Signal": "category.signal",
    "Augmentation": "category.augmentation",
    "Sampling": "category.sampling",
    "Loss": "category.loss",
    "Metric": "category.metric",
    "Optimizer": "category.optimizer",
    "Flow": "category.flow",
    "View": "category.view",
    "Custom": "category.custom",
}
_LAST = len(CATEGORIES)


class FileProblem(msgspec.Struct, frozen=True):
    """Something in a project that the catalogue does not know or allow.

    `param` "" means the node's block itself; `node` "" means that `param` is an argument of the graph.
    """

    graph: str
    node: str
    param: str
    text: str

    def __str__(self) -> str:
        """`graphs.classifier.nodes.conv1.params.out_channels: expected int, got "x"`."""
        if not self.node:
            return f"graphs.{self.graph}.arguments.{self.param}: {self.text}"
        field = f"params.{self.param}" if self.param else "block"
        return f"graphs.{self.graph}.nodes.{self.node}.{field}: {self.text}"


class Catalogue:
    """Blocks by name. Raises ValueError if two have one name.

    `failures`: plug-ins that were left out; `plugins`: versions of the packages that brought blocks, by their name.
    """

    def __init__(
        self,
        blocks: Iterable[Block],
        failures: Iterable[PluginFailure] = (),
        plugins: Mapping[str, str] = Map(),
    ) -> None:
        self.failures = tuple(failures)
        self.plugins = plugins
        order = {name: at for at, name in enumerate(CATEGORIES)}
        self._blocks: dict[str, Block] = {}
        for block in sorted(blocks, key=lambda block: order.get(block.category, _LAST)):
            if block.name in self._blocks:
                raise ValueError(f"There are two blocks called {block.name}.")
            self._blocks[block.name] = block
        self._index = Index(self._blocks.values())

    @classmethod
    def builtin(cls) -> Catalogue:
        """Every block that a module of `blocks.families` declares."""
        return cls(builtin_blocks())

    @classmethod
    def installed(cls) -> Catalogue:
        """Every builtin block and those of the plug-ins on this machine."""
        builtin = builtin_blocks()
        found = installed({block.name for block in builtin})
        return cls([*builtin, *found.blocks], found.failures, found.versions)

    def get(self, name: str, /) -> Block | None:
        """The block of this name, None if there is none."""
        return self._blocks.get(name)

    def __getitem__(self, name: str) -> Block:
        return self._blocks[name]

    def __contains__(self, name: object) -> bool:
        return name in self._blocks

    def __len__(self) -> int:
        return len(self._blocks)

    @property
    def names(self) -> tuple[str, ...]:
        """All names in the order in which they are shown."""
        return tuple(self._blocks)

    def categories(self, kind: GraphKind | None = None) -> dict[str, list[Block]]:
        """Blocks by category, both in the order in which they are shown; only those for graphs of this kind."""
        found: dict[str, list[Block]] = {}
        for block in self._blocks.values():
            if kind is None or kind in block.graphs:
                found.setdefault(block.category, []).append(block)
        return found

    def search(self, text: str, kind: GraphKind | None = None) -> list[Block]:
        """What a person may mean, best first: by name, synonym or summary, typing mistakes forgiven."""
        return [block for block in self._index.find(text) if kind is None or kind in block.graphs]

    def ports(self, node: Node, project: Project) -> Ports:
        """The node's ports in this project; none for an unknown block."""
        block = self.get(node.block)
        return Ports() if block is None else block.node_ports(node.params, project)

    def check(self, project: Project) -> list[FileProblem]:
        """Second pass over a file that is sound in itself: unknown blocks, wrong and unknown parameters."""
        found: list[FileProblem] = []
        for name in sorted(project.graphs, key=natural_key):
            graph = project.graphs[name]
            wrong = wrong_arguments(graph)
            found.extend(FileProblem(name, "", argument, wrong[argument]) for argument in sorted(wrong))
            env = Environment(declared(graph), project.datasets)
            for id in sorted(graph.nodes, key=natural_key):
                found.extend(self._check(name, graph, id, env, project))
        return found

    def _check(self, name: str, graph: Graph, id: str, env: Environment, project: Project) -> list[FileProblem]:
        node = graph.nodes[id]
        block = self.get(node.block)
        if block is None:
            return [FileProblem(name, id, "", f"there is no block {node.block!r}")]
        wrong = resolve(block, node.params, env, project).wrong
        found = [FileProblem(name, id, param, text) for param, text in sorted(wrong.items())]
        if graph.kind not in block.graphs:
            found.append(FileProblem(name, id, "", f"{block.name} has no place in a {_KIND_WORDS[graph.kind]}"))
        return found


_KIND_WORDS = {"network": "network", "training": "training graph", "preview": "preview graph"}


def builtin_blocks() -> list[Block]:
    """The blocks of each module of `blocks.families`, in their order there.

    Of one category those come first whose module is named for it: Linear in linear.py before others of its kind.
    """
    found: list[tuple[bool, Block]] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(families.__path__)):
        blocks = blocks_of(import_module(f"{families.__name__}.{module}"))
        found.extend((not module.startswith(block.category[:4].lower()), block) for block in blocks)
    return [block for _, block in sorted(found, key=lambda pair: pair[0])]
