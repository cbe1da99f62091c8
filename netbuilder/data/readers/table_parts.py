"""The columns of a data set that a table's columns become: features side by side, all others by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from immutables import Map

from netbuilder.data.errors import DataError
from netbuilder.data.readers.cells import Categories, Encoder, Finder, Numbers, OneHot, Texts
from netbuilder.data.readers.table_roles import Opened, Said
from netbuilder.data.table import Treat
from netbuilder.graph.model import Column
from netbuilder.graph.names import fresh_id, make_id

MOST_FEATURES = 100_000


class Part(msgspec.Struct, frozen=True):
    """One column of the data set: the encoders whose numbers stand side by side in it, by column of the file."""

    column: Column
    encoders: tuple[tuple[int, Encoder], ...]
    target: bool = False


def finder(said: Said, opened: Opened, values: Mapping[str, Any], *, codes: bool) -> Finder:
    """What looks at all cells of a column, to know what its encoder has to; `codes`: classes of all cells are kept."""
    if said.type == "numeric":
        return Numbers(said.name, opened.missing, opened.decimal)
    if said.type == "text":
        return Texts(opened.missing, values["text_by"], values["text_length"], values["vocabulary"])
    own = said.missing == "own" and said.role != "target"
    return Categories(said.name, opened.missing, own, keep=codes)


def parts(
    used: Sequence[Said], finders: Mapping[int, Any], window: int, horizon: int
) -> tuple[tuple[Part, ...], dict[str, Treat]]:
    """The data set's columns with their encoders, and how gaps are filled and numbers scaled."""
    ids: set[str] = set()
    found: list[Part] = []
    treats: dict[str, Treat] = {}
    encoders: list[tuple[int, Encoder]] = []
    names: list[str] = []
    missing: list[str] = []
    scale: list[str] = []
    for said in used:
        one = finders[said.at]
        if said.role in ("feature", "both") and said.type == "numeric":
            encoders.append((said.at, one.encoder()))
            names.append(said.name)
            missing.append("mean" if said.missing == "drop" else said.missing)
            scale.append(said.scale)
        elif said.role == "feature" and said.type == "category" and said.encode == "one-hot":
            encoders.append((said.at, OneHot(one.encoder(), len(one.classes))))
            names.extend(f"{said.name} = {word}" for word in one.classes)
            missing.extend(["zero"] * len(one.classes))
            scale.extend(["none"] * len(one.classes))
    if len(names) > MOST_FEATURES:
        raise DataError(f"The categories make {len(names):,} features; encode those with many classes as index.")
    if names:
        shape = (window, len(names)) if window else (len(names),)
        column = Column(
            "features",
            shape=shape,
            axes="T F" if window else "F",
            role="sequence" if window else "vector",
            facts=Map(names=tuple(names)),
        )
        found.append(Part(column, tuple(encoders)))
        treats["features"] = Treat(tuple(missing), tuple(scale))
        ids.add("features")
    found.extend(
        _tokens(said, finders[said.at], column_id(said.name, ids), window)
        for said in used
        if said.role == "feature" and (said.type == "text" or (said.type, said.encode) == ("category", "index"))
    )
    for said in used:
        if said.role in ("target", "both"):
            part = _target(said, finders[said.at], column_id(said.name, ids), window, horizon)
            found.append(part)
            if said.type == "numeric" and said.scale != "none":
                treats[part.column.id] = Treat(("mean",), (said.scale,))
    return tuple(found), treats


def _tokens(said: Said, finder: Any, id: str, window: int) -> Part:
    encoder = finder.encoder()
    shape = (encoder.length,) if said.type == "text" else (window,) if window else ()
    column = Column(
        id, said.name, shape, "int64", "T" if shape else "", role="token", classes=tuple(map(str, finder.classes))
    )
    return Part(column, ((said.at, encoder),))


def _target(said: Said, finder: Any, id: str, window: int, horizon: int) -> Part:
    steps = horizon if window and horizon else 1
    if said.type == "numeric":
        column = Column(id, said.name, (steps,), "float32", "F", role="vector")
    else:
        shape = (steps,) if steps > 1 else ()
        column = Column(id, said.name, shape, "int64", "T" if shape else "", role="class", classes=finder.classes)
    return Part(column, ((said.at, finder.encoder()),), target=True)


def column_id(name: str, taken: set[str]) -> str:
    """An id for a column of this name that none of the taken has; it is taken then."""
    made = make_id(name)
    made = fresh_id(taken, made) if made in taken else made
    taken.add(made)
    return made
