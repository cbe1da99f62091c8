"""A run that begins with the weights of another: what is taken over, and a report of what matched.

Only the checkpoint's weights are read, after their check sums were compared; nothing in the other run is executed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from torch import Tensor, nn

from netbuilder.graph import file as graph_file
from netbuilder.graph.model import Project, natural_key
from netbuilder.training.checkpoint import MANIFEST, CheckpointError, read_weights
from netbuilder.training.errors import WorkError
from netbuilder.training.nested import placements
from netbuilder.training.run import CHECKPOINTS, PROJECT, Run, RunError, start_folder

Tensors = Mapping[str, Tensor]
NAMED = 3  # tensors that a sentence names


class Matched(msgspec.Struct, frozen=True):
    """What one network took over, by the names of its tensors (parameters and buffers).

    `origins` say where in the checkpoint they lay: a network's name, or `network.node` for a nested one. `missing` are
    not in the checkpoint, `unexpected` only there, `different` have other shapes: [there, here].
    """

    origins: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    different: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}


class Start(msgspec.Struct, frozen=True):
    """Where first weights came from: the checkpoint's folder, and what each network of the run took over."""

    checkpoint: str
    networks: dict[str, Matched]

    def sentences(self) -> list[str]:
        """For a person: a sentence a network."""
        name = Path(self.checkpoint)
        place = f"{name.name} of {name.parent.parent.name}" if name.parent.name == CHECKPOINTS else name.name
        return [_sentence(network, matched, place) for network, matched in self.networks.items()]


def find(text: str, beside: Iterable[Path]) -> Path:
    """The checkpoint that a setting means: a checkpoint's folder, or a run's, whose best (else last) one is taken.

    A relative path is looked for below each of `beside`. Raises WorkError.
    """
    path = start_folder(text, beside)
    if path is None:
        raise WorkError(f"Setting start_from: there is no folder {text!r}; give a run's folder or a checkpoint's.")
    if (path / MANIFEST).is_file():
        return path
    try:
        Run(path).status()
        return Run(path).checkpoint("best").path
    except RunError as problem:
        raise WorkError(f"Setting start_from: {problem}") from None


def take_over(path: Path, networks: Mapping[str, nn.Module], project: Project) -> Start:
    """Puts what fits of the checkpoint into the networks, by network and tensor name.

    Nested networks count too: one that the other run trained inside another network, as its recorded project tells, is
    found there, and one that is nested in a network here gets its weights there. Raises WorkError where the checkpoint
    is damaged, or nothing at all fits.
    """
    try:
        held = read_weights(path)
    except CheckpointError as problem:
        raise WorkError(f"Setting start_from: {problem}") from None
    saved = {name: held[name] for name in sorted(held, key=natural_key)}  # a file has its own order, or none
    sources = _sources(saved, _project_of(path))
    names = sorted(networks, key=natural_key)
    found = {name: _take(networks[name], *_gathered(name, sources, project)) for name in names}
    if not any(each.matched for each in found.values()):
        raise WorkError(
            f"Setting start_from: nothing in the checkpoint {path.name} fits; it holds weights of "
            f"{_listed(saved)}, and this run trains {_listed(networks)}."
        )
    return Start(str(path), found)


def recorded_start(path: Path) -> Start:
    """What an earlier beginning of the run recorded; nothing where that is gone or damaged."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Start)
    return Start("", {})


def _project_of(path: Path) -> Project | None:
    """The project of the run that the checkpoint lies in; it is read, never run."""
    for folder in path.parents[1:4:2]:  # the run's, or that of one of its folds
        with suppress(OSError, graph_file.FileError):
            return graph_file.load(folder / PROJECT)
    return None


def _sources(saved: Mapping[str, Tensors], project: Project | None) -> dict[str, tuple[Tensors, tuple[str, ...]]]:
    """The tensors of each network that the checkpoint holds, nested ones too, with where they lie in it."""
    found: dict[str, tuple[Tensors, tuple[str, ...]]] = {name: (held, (name,)) for name, held in saved.items()}
    todo = list(saved)
    while todo:
        tensors, (origin,) = found[name := todo.pop(0)]
        for id, inner in placements(project, name):
            first = f"{id}.0." if any(key.startswith(f"{id}.0.") for key in tensors) else f"{id}."  # 0: of a repeat
            part = {key[len(first) :]: tensor for key, tensor in tensors.items() if key.startswith(first)}
            if part and inner not in found:
                found[inner] = part, (f"{origin}.{id}",)
                todo.append(inner)
    return found


def _gathered(
    name: str, sources: Mapping[str, tuple[Tensors, tuple[str, ...]]], project: Project
) -> tuple[Tensors, tuple[str, ...]]:
    """What there is for a network: its own weights, else those of the networks that are nested in it."""
    if name in sources:
        return sources[name]
    tensors: dict[str, Tensor] = {}
    origins: list[str] = []
    for id, inner in placements(project, name):
        part, places = _gathered(inner, sources, project)
        tensors |= {f"{id}.{key}": tensor for key, tensor in part.items()}
        origins += places
    return tensors, tuple(dict.fromkeys(origins))


def _take(module: nn.Module, saved: Tensors, origins: tuple[str, ...]) -> Matched:
    held = module.state_dict()
    common = [name for name in held if name in saved]
    fits = [name for name in common if held[name].shape == saved[name].shape]
    module.load_state_dict({name: saved[name] for name in fits}, strict=False)
    return Matched(
        origins,
        tuple(fits),
        tuple(name for name in held if name not in saved),
        tuple(sorted(name for name in saved if name not in held)),
        {n: (tuple(saved[n].shape), tuple(held[n].shape)) for n in common if saved[n].shape != held[n].shape},
    )


def _sentence(network: str, found: Matched, place: str) -> str:
    if not found.matched:
        return f"The network {network!r} begins at random: {place} has no weights for it."
    count = len(found.matched)
    parts = [f"The network {network!r} starts with {count} tensor{'s' * (count > 1)} of {place}"]
    if found.origins != (network,):
        parts[0] += f" (from {_listed(found.origins)})"
    if found.missing:
        parts.append(f"{_listed(found.missing)} not there and random")
    if found.unexpected:
        parts.append(f"{_listed(found.unexpected)} there and not needed")
    if found.different:
        shapes = [f"{name} {list(there)} there, {list(here)} here" for name, (there, here) in found.different.items()]
        parts.append(f"other shapes and random: {_some(shapes)}")
    return "; ".join(parts) + "."


def _listed(names: Iterable[str]) -> str:
    return _some([repr(name) for name in names])


def _some(texts: list[str]) -> str:
    more = len(texts) - NAMED
    return ", ".join(texts[:NAMED]) + (f" and {more} more" if more > 0 else "")
