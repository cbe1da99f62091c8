"""How a run trains: one declaration gives the struct, the command line's `--set`, the form and the checks."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import Bool, Choice, Float, Int, Param, RunFolder, Text
from netbuilder.graph.model import Graph, Value, natural_key


class SettingsError(ValueError):
    """A setting that does not exist or has a value that it cannot have; the message is one sentence."""


class Settings(msgspec.Struct, frozen=True):
    """The settings of a run, all checked. They belong to one training graph."""

    epochs: Annotated[int, Int(low=1, high=10**6, help="How often the run goes through all training data.")] = 30
    batch_size: Annotated[int, Int(low=1, high=10**6, help="How many samples one step learns from.")] = 64
    eval_batch_size: Annotated[
        int,
        Int(
            label="Batch size when evaluating",
            low=1,
            high=10**6,
            help="How many samples at a time are evaluated.",
            advanced=True,
        ),
    ] = 512
    seed: Annotated[
        int, Int(low=0, help="Start of every random number: the same seed on the same machine gives the same weights.")
    ] = 0
    device: Annotated[
        str,
        Choice(
            options=("auto", "cuda", "mps", "cpu"),
            help="Where to compute: auto takes an NVIDIA card, then Apple's, then the processor.",
        ),
    ] = "auto"
    precision: Annotated[
        str,
        Choice(
            options=("float32", "bf16", "fp16"),
            help="How numbers are kept while computing: bf16 halves time and memory on newer cards; fp16 is for older "
            "ones, with losses scaled so that small gradients survive. Weights stay in float32.",
        ),
    ] = "float32"
    compile: Annotated[
        bool,
        Bool(
            label="Compile networks",
            advanced=True,
            help="Whether torch.compile makes each network faster; that takes a minute at the start and pays in long "
            "runs. A network that can't be compiled runs as it is, and the run says so.",
        ),
    ] = False
    start_from: Annotated[
        str,
        RunFolder(
            label="Start from",
            longest=4096,
            help="A run's folder, or one of its checkpoints: networks of the same name begin with its weights. A "
            "relative path is looked for beside the run and beside the project. Empty: all weights begin at random.",
        ),
    ] = ""
    keep_data: Annotated[
        str,
        Choice(
            label="Keep the data",
            options=("auto", "memory", "stream"),
            help="Where samples wait for their turn: memory holds all of them, on the card if one trains; stream reads "
            "each batch from disk shortly before it is needed; auto takes memory where they fit well.",
            advanced=True,
        ),
    ] = "auto"
    reading_processes: Annotated[
        int,
        Int(
            label="Processes that read",
            low=0,
            high=64,
            help="How many processes read and decode samples that are streamed or not read yet; 0 chooses by the "
            "machine.",
            advanced=True,
        ),
    ] = 0
    threads: Annotated[
        int,
        Int(
            label="Processor threads",
            low=0,
            high=256,
            help="Processor threads of one run; 0 chooses by the work.",
            advanced=True,
        ),
    ] = 0
    best: Annotated[
        str,
        Text(
            label="Best checkpoint by",
            longest=200,
            help="The loss or metric on validation data that says which checkpoint is best; empty: there is no best.",
        ),
    ] = ""
    best_direction: Annotated[
        str, Choice(label="Better is", options=("max", "min"), help="Whether best is the largest or the smallest.")
    ] = "max"
    checkpoint_seconds: Annotated[
        float,
        Float(
            label="Seconds between checkpoints",
            low=0.0,
            high=86400.0,
            help="Seconds between checkpoints of a run; 0: each epoch.",
            advanced=True,
        ),
    ] = 10.0
    preview_every: Annotated[
        int,
        Int(
            label="Epochs between previews",
            low=0,
            high=10**6,
            help="Epochs between previews; 0: only at the end.",
            advanced=True,
        ),
    ] = 1
    preview_share: Annotated[
        float,
        Float(
            label="Share of time for previews",
            low=0.0001,
            high=1.0,
            help="The most of a run's time that drawing previews may take; 1: each of them is drawn, however long it "
            "takes, which shows every move of a small network.",
            advanced=True,
        ),
    ] = 0.005


def _declared() -> tuple[Param, ...]:
    hints = typing.get_type_hints(Settings, include_extras=True)
    return tuple(
        msgspec.structs.replace(hints[field.name].__metadata__[0], name=field.name, default=field.default)
        for field in msgspec.structs.fields(Settings)
    )


SETTINGS: tuple[Param, ...] = _declared()
BY_NAME: Mapping[str, Param] = {param.name: param for param in SETTINGS}


def resolve(values: Mapping[str, Value]) -> Settings:
    """All settings, those that `values` does not name at their defaults.

    Raises SettingsError for a name that does not exist and for a value that is not allowed.
    """
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        param = BY_NAME.get(name)
        if param is None:
            raise SettingsError(f"There is no setting {name!r}; the settings are {', '.join(BY_NAME)}.")
        if wrong := param.check(value):
            raise SettingsError(f"Setting {name}: {wrong}.")
        chosen[name] = float(value) if isinstance(param, Float) and isinstance(value, int) else value
    return Settings(**chosen)


def resolve_for(graph: Graph, values: Mapping[str, Value], catalogue: Catalogue) -> Settings:
    """As `resolve`, and the setting best must name something that this training graph reports. Raises SettingsError."""
    settings = resolve(values)
    reported = []
    for id in sorted(graph.nodes, key=natural_key):
        block = catalogue.get(graph.nodes[id].block)
        told = block is not None and block.part in ("loss", "metric") and not block.table
        if told and not graph.nodes[id].bypassed:
            reported.append(id)
    if settings.best and settings.best not in reported:
        there = ", ".join(reported) or "none"
        raise SettingsError(f"Setting best: there is no loss or metric {settings.best!r}; there are: {there}.")
    return settings


def parse(text: str) -> tuple[str, Value]:
    """Name and value of what a person typed as `name=value`. Raises SettingsError."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise SettingsError(f"Expected name=value, got {text!r}.")
    if name not in BY_NAME:
        raise SettingsError(f"There is no setting {name!r}; the settings are {', '.join(BY_NAME)}.")
    try:
        return name, BY_NAME[name].parse(value)
    except ValueError as wrong:
        raise SettingsError(f"Setting {name}: {wrong}.") from None
