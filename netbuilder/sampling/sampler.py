"""Runs a preview graph with a checkpoint's weights, as a wish wants it. What was built and loaded is kept for the next.

The networks are those of the program that the compiler writes of the drawing; nothing here knows what is sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import msgspec
import numpy as np
import torch
from torch import Tensor

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.trust import Trust
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import NotReady, Program, build
from netbuilder.data.loaders import Batch, Kept, Loaded, Reading, first, open_data, samples, taken
from netbuilder.data.place import Place
from netbuilder.exchange.weights import Weights, networks
from netbuilder.graph.model import Column, Project
from netbuilder.sampling.knobs import Knobs, LatentKnob
from netbuilder.sampling.own import own_value
from netbuilder.sampling.rewrite import noise_column, rewritten
from netbuilder.sampling.wish import Wish, WishError, checked
from netbuilder.training.showing import File, samples_of, shown
from netbuilder.training.views.naming import names_of

Tell = Callable[[float, str], None]
MOST_CHANCES = 5
LOOKED_AT = 256  # samples that tell how bright pictures are
HERE = Reading("stream", workers=-1)  # no more is read than is shown


class Chance(msgspec.Struct, frozen=True):
    """How sure a network is of one class."""

    name: str
    probability: float


class Drawn(msgspec.Struct, frozen=True):
    """What the views show. `chances`: by view that gets scores of classes, the most probable of the first sample."""

    files: tuple[File, ...]
    chances: dict[str, tuple[Chance, ...]]
    notes: tuple[str, ...]


class Sampler:
    """One project with one run's weights (random ones where there is no run)."""

    def __init__(
        self,
        project: Project,
        weights: Weights,
        catalogue: Catalogue,
        place: Place,
        *,
        seed: int = 0,
        fold: int = 0,
    ) -> None:
        """`seed` and `fold` are the run's: they part the data as the training did."""
        self._project, self._weights, self._catalogue, self._place = project, weights, catalogue, place
        self._seed, self._fold = seed, fold
        self._analyser = Analyser(catalogue, trust=Trust.of_this_machine())
        self._loaded: dict[str, Loaded] = {}
        self._built: tuple[Project, Program, SimpleNamespace] | None = None

    def draw(self, wish: Wish, tell: Tell) -> Drawn:
        """Raises WishError, DataError, ExportError (weights that don't fit), ViewError, each with a sentence."""
        knobs = checked(wish, self._project, self._catalogue)
        tell(0.0, "Building the networks")
        wish = self._counted(wish, knobs)
        project = rewritten(self._project, wish, knobs, self._catalogue)
        program, net = self._program(project, wish.graph)
        tell(0.4, "Loading the data")
        batch, notes = self._batch(wish, knobs)
        tell(0.6, "Running the networks")
        torch.manual_seed(wish.seed)
        with torch.no_grad():
            views = program.previews[wish.graph](batch, net)
        files: list[File] = []
        for file in shown(project, self._catalogue, wish.graph, views):
            tell(0.7 + 0.3 * len(files) / len(views), f"Drawing {file.title}")
            files.append(file)
        found = {view: self._chances(project, wish.graph, view, inputs) for view, inputs in views.items()}
        chances = {view: each for view, each in found.items() if each}
        return Drawn(tuple(files), chances, notes)

    def _program(self, project: Project, graph: str) -> tuple[Program, SimpleNamespace]:
        if self._built is not None and self._built[0] == project:
            return self._built[1:]
        nodes = project.graphs[graph].nodes.values()
        placed = {
            str(node.params.get(param.name, ""))
            for node in nodes
            if (block := self._catalogue.get(node.block)) is not None
            for param in block.typed(node.params)
            if isinstance(param, NetworkRef)
        }
        try:
            program = build(project, None, self._catalogue, self._analyser, sorted(placed & set(project.graphs)))
        except NotReady as error:
            raise WishError(f"The preview can't be drawn yet: {error.problems[0].message}") from error
        if graph not in program.previews:
            raise WishError(f"The preview {graph!r} has errors of its own; mend them first.")
        net = SimpleNamespace(**networks(program, program.networks, self._weights))
        self._built = project, program, net
        return program, net

    def _counted(self, wish: Wish, knobs: Knobs) -> Wish:
        """The wish with a number of samples."""
        if wish.count:
            return wish
        count = samples_of(self._project, self._catalogue, wish.graph)
        if knobs.data:
            count = min(count, samples(self._part(wish, knobs)[1]))
        return msgspec.structs.replace(wish, count=count)

    def _part(self, wish: Wish, knobs: Knobs) -> tuple[Loaded, Kept]:
        """The data that the graph reads, and the part of it that is looked at."""
        if knobs.dataset not in self._loaded:
            dataset = self._project.datasets[knobs.dataset]
            self._loaded[knobs.dataset] = open_data(
                dataset, self._seed, place=self._place, fold=self._fold, reading=HERE
            )
        loaded = self._loaded[knobs.dataset]
        part = getattr(loaded.splits, wish.part)
        return loaded, part if samples(part) else loaded.splits.train

    def _batch(self, wish: Wish, knobs: Knobs) -> tuple[Batch, tuple[str, ...]]:
        if not knobs.data:
            return {}, ()
        loaded, part = self._part(wish, knobs)
        batch: Batch = dict(taken(part, [(at + wish.first) % samples(part) for at in range(wish.count)]))
        notes: list[str] = []
        by_id = {knob.column.id: knob.column for knob in knobs.columns}
        for id, text in wish.inputs.items():
            column = _measured(by_id[id], first(loaded.splits.train, LOOKED_AT)[id])
            value, said = own_value(column, text, loaded.treated.get(id))
            batch[id] = torch.from_numpy(np.repeat(value[None], wish.count, 0))
            notes.extend(said)
        for latent in knobs.latents:
            batch[noise_column(self._project.datasets[knobs.dataset].columns, latent.node)] = _noise(wish, latent)
        return batch, tuple(notes)

    def _chances(self, project: Project, graph: str, view: str, inputs: Mapping[str, Tensor]) -> tuple[Chance, ...]:
        logits = inputs.get("logits")
        if logits is None or logits.ndim != 2 or logits.shape[1] < 2:
            return ()
        names = names_of(project, self._catalogue, graph, view, inputs).get("logits", ())
        probabilities = logits[0].float().softmax(0)
        best = probabilities.topk(min(MOST_CHANCES, len(probabilities)))
        return tuple(
            Chance(names[at] if at < len(names) else str(at), float(value))
            for value, at in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        )


def _measured(column: Column, values: Tensor) -> Column:
    """The column with what its pictures are like, which a built-in source does not say."""
    if column.facts or not values.is_floating_point():
        return column
    seen = values.double()
    facts = {"mean": float(seen.mean()), "low": float(seen.min()), "high": float(seen.max())}
    return msgspec.structs.replace(column, facts=column.facts.update(facts))


def _noise(wish: Wish, latent: LatentKnob) -> Tensor:
    """[count, size], the same for the same seed however it is changed along some axes."""
    generator = torch.Generator().manual_seed(wish.seed)
    make = torch.rand if latent.uniform else torch.randn
    found: Tensor = make(wish.count, latent.size, generator=generator)
    for axis, value in wish.latents.get(latent.node, {}).items():
        found[:, int(axis)] = value
    return found
