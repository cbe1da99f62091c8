"""sample: a preview graph with a run's weights, as the Sample page of a run shows it. torch comes in late."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Any

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.cli.errors import BadInput, Failure
from netbuilder.cli.export import choose_run
from netbuilder.cli.files import read
from netbuilder.cli.places import folder_of_runs
from netbuilder.cli.plain import plain
from netbuilder.cli.screen import print_json
from netbuilder.graph.model import Project, Value
from netbuilder.sampling.knobs import Knobs, knobs, previews_of
from netbuilder.sampling.wish import PARTS, Part, Wish, WishError, checked
from netbuilder.training.run import Run


def sample_project(
    file: Path,
    graph: str,
    run: str,
    checkpoint: str,
    runs: Path | None,
    to: Path | None,
    values: dict[str, list[str]],
    *,
    seed: int,
    count: int,
    part: str,
    first: int,
    listing: bool,
    json: bool,
) -> int:
    """Draws what is wished for into a folder, prints what is text. `values`: of the options set, input and latent."""
    project = read(file)
    graph = choose_preview(project, graph)
    catalogue = Catalogue.installed()
    found = knobs(project, graph, catalogue)
    if listing:
        print_json(listed(found)) if json else print("\n".join(map(plain, lines_of(graph, found))))
        return 0
    chosen = next((known for known in PARTS if known == part), None)
    if chosen is None:
        raise BadInput(f"--part {part}: expected one of {', '.join(PARTS)}.")
    wish = wish_of(found, graph, values, seed=seed, count=count, part=chosen, first=first)  # type: ignore[arg-type]
    try:
        checked(wish, project, catalogue)
    except WishError as error:
        raise BadInput(str(error)) from error
    made = choose_run(project, file, run, folder_of_runs(file, runs))
    target = to if to is not None else file.with_name(f"{file.stem}-{graph}")
    answer = draw(project, made, checkpoint, wish, target)
    if json:
        print_json(answer)
    else:
        for line in sentences(answer):
            print(plain(line))
    return 0


def choose_preview(project: Project, name: str) -> str:
    """The preview graph of this name, the only one for "". Raises BadInput."""
    found = previews_of(project)
    if not found:
        raise BadInput("The project has no preview graph to sample from; add one in the window (Graph menu).")
    if name and name not in found:
        raise BadInput(f"The project has no preview graph {name!r}; it has: {', '.join(found)}.")
    if not name and len(found) > 1:
        raise BadInput(f"The project has {len(found)} preview graphs ({', '.join(found)}); name one with --graph.")
    return name or found[0]


def wish_of(
    found: Knobs, graph: str, values: dict[str, list[str]], *, seed: int, count: int, part: Part, first: int
) -> Wish:
    """What the options ask for. Raises BadInput."""
    params: dict[str, dict[str, Value]] = {}
    settable = {f"{knob.node}.{knob.param.name}": knob for knob in found.params}
    for name, text in (_pair(option, "--set", "NODE.NAME=VALUE") for option in values["set"]):
        if name not in settable:
            raise BadInput(f"--set {name}: there is nothing of this name to set; there are: {_names(settable)}.")
        knob = settable[name]
        try:
            params.setdefault(knob.node, {})[knob.param.name] = knob.param.parse(text)
        except ValueError as wrong:
            raise BadInput(f"--set {name}: {wrong}.") from None
    latents: dict[str, dict[str, float]] = {}
    for name, text in (_pair(option, "--latent", "NODE.AXIS=NUMBER") for option in values["latent"]):
        node, _, axis = name.rpartition(".")
        try:
            latents.setdefault(node, {})[axis] = float(text)
        except ValueError:
            raise BadInput(f"--latent {name}: {text!r} is no number.") from None
    inputs = dict(_pair(option, "--input", "COLUMN=VALUE") for option in values["input"])
    return Wish(graph, seed, count, part, first, params, inputs, latents)


def draw(project: Project, run: Run, checkpoint: str, wish: Wish, target: Path) -> dict[str, Any]:
    """Draws into the folder; gives what was drawn. Raises BadInput, Failure."""
    from netbuilder.data.errors import DataError
    from netbuilder.exchange.errors import ExportError
    from netbuilder.exchange.weights import choose
    from netbuilder.jobs.work import sampler_of
    from netbuilder.training.views import ViewError

    try:
        weights = choose(run, checkpoint)
    except ExportError as error:
        raise BadInput(str(error)) from error
    try:
        drawn = sampler_of(project, run, weights).draw(wish, lambda _done, _text: None)
    except (WishError, DataError, ExportError, ViewError) as error:
        raise Failure(str(error)) from error
    try:
        target.mkdir(parents=True, exist_ok=True)
        views = {}
        for view in drawn.files:
            (target / view.name).write_bytes(view.content)
            views[view.title] = str(target / view.name)
    except OSError as error:
        raise Failure(f"{target} can't be written: {error.strerror}.") from error
    texts = {file.title: held["rows"] for file in drawn.files if (held := _held(file.content)).get("kind") == "texts"}
    chances = {
        view: {chance.name: round(chance.probability, 4) for chance in some} for view, some in drawn.chances.items()
    }
    return {
        "run": str(run.path),
        "weights": weights.words,
        "views": views,
        "texts": texts,
        "chances": chances,
        "notes": list(drawn.notes),
    }


def sentences(answer: dict[str, Any]) -> list[str]:
    """What is said of what was drawn."""
    lines = [f"With the weights of {answer['weights']}", *answer["notes"]]
    for title, texts in answer["texts"].items():
        lines.append(f"{title}:")
        lines += [f"  {row['source'] + ': ' if 'source' in row else ''}{row['text']}" for row in texts]
    for view, some in answer["chances"].items():
        lines.append(f"{view}: " + ", ".join(f"{name} {share:.1%}" for name, share in some.items()))
    return [*lines, *(f"{title}: {path}" for title, path in answer["views"].items())]


def lines_of(graph: str, found: Knobs) -> list[str]:
    """What can be set, a line each."""
    lines = [f"In the preview graph {graph} can be set:"]
    lines += [f"  --set {knob.node}.{knob.param.name}={knob.param.show(knob.value)}" for knob in found.params]
    lines += [f"  --input {knob.column.id}=...  ({_WORDS.get(knob.kind, 'a value')})" for knob in found.columns]
    lines += [f"  --latent {knob.node}.0=0.5  (axes 0 to {knob.size - 1})" for knob in found.latents]
    return lines if len(lines) > 1 else [f"In the preview graph {graph} only seed, count, part and first can be set."]


def listed(found: Knobs) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "params": {f"{knob.node}.{knob.param.name}": knob.param.show(knob.value) for knob in found.params},
        "inputs": {knob.column.id: knob.kind for knob in found.columns},
        "latents": {knob.node: knob.size for knob in found.latents},
    }


_WORDS = {
    "picture": "a picture's path",
    "text": "text",
    "class": "a class",
    "wave": "a sound's path",
    "number": "a number",
    "numbers": "numbers between commas",
}


def _held(content: bytes) -> dict[str, Any]:
    try:
        found = json_text.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _pair(option: str, flag: str, form: str) -> tuple[str, str]:
    name, equals, value = option.partition("=")
    if not equals or not name.strip():
        raise BadInput(f"{flag} {option}: expected {form}.")
    return name.strip(), value


def _names(settable: dict[str, Any]) -> str:
    return ", ".join(settable) or "none"
