"""What the columns of a table are likely for, from their names and some of their rows. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netbuilder.data.csv_records import number
from netbuilder.data.part_names import SPELLED

TARGETS = (
    "target", "label", "labels", "class", "classes", "y", "outcome", "output", "species", "diagnosis", "survived",
    "quality", "category", "price",
)  # fmt: skip
_IDS = re.compile(r"(.*[ _])?(id|ids|index|idx|row|rownum|uuid|key|nr|no|unnamed: 0)", re.IGNORECASE)
_SPLITS = {"split", "part", "subset", "fold", "set"}
FEW = 20  # different whole numbers that are still classes
KINDS = 100  # different words that are still categories


def guess_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], missing: frozenset[str], decimal: str = "point"
) -> dict[str, dict[str, str]]:
    """Role and type of each column by name, from some rows of cells; an empty cell or a missing word is a gap."""
    found = {}
    columns = {name: [row[at].strip() for row in rows if at < len(row)] for at, name in enumerate(names)}
    for name, cells in columns.items():
        found[name] = _guess(name, [cell for cell in cells if cell.lower() not in missing], decimal)
    target = _target(list(names), found)
    if target:
        cells = [cell for cell in columns[target] if cell.lower() not in missing]
        kind = "category" if _classes(target, cells, decimal) else "numeric"
        found[target] = {"role": "target", "type": kind}
    return found


def is_split(name: str, cells: Sequence[str]) -> bool:
    """Whether a column says of each row that it is for training, validation or test."""
    words = {cell.strip().lower() for cell in cells}
    return (
        bool(words) and words <= SPELLED.keys() and ("train" in words or "training" in words or name.lower() in _SPLITS)
    )


def _guess(name: str, cells: list[str], decimal: str) -> dict[str, str]:
    distinct = set(cells)
    every = len(distinct) == len(cells) >= 10
    if not cells or (len(distinct) == 1 and len(cells) >= 10) or is_split(name, cells):
        return {"role": "ignore", "type": "category" if is_split(name, cells) else "numeric"}
    if all(number(cell, decimal) is not None for cell in cells):
        whole = all(re.fullmatch(r"[+-]?\d+", cell) for cell in cells)
        role = "ignore" if every and whole and _IDS.fullmatch(name) else "feature"
        return {"role": role, "type": "numeric"}
    words = sum(len(cell.split()) for cell in cells) / len(cells)
    if len(distinct) <= KINDS and not (every and len(cells) >= 20) and words < 6:
        return {"role": "feature", "type": "category"}
    # Different in nearly each row: sentences are text, one or two words a name or a date.
    return {"role": "feature" if words >= 3 else "ignore", "type": "text"}


def _target(names: list[str], found: dict[str, dict[str, str]]) -> str:
    able = [name for name in names if found[name]["role"] == "feature"]
    named = [name for word in TARGETS for name in able if name.strip().lower() == word]
    ends = [name for name in able if re.split(r"[ _]", name.strip().lower())[-1] in TARGETS]
    last = [name for name in able[-1:] if len(able) > 1 and found[name]["type"] != "text"]
    return next(iter([*named, *ends, *last]), "")


def _classes(name: str, cells: list[str], decimal: str) -> bool:
    numbers = [number(cell, decimal) for cell in cells]
    if any(value is None for value in numbers):
        return True
    whole = all(value is not None and value == int(value) for value in numbers)
    distinct = len(set(numbers))
    named = name.strip().lower() in ("label", "labels", "class", "classes", "species", "category")
    return whole and distinct <= (KINDS if named else min(FEW, max(2, len(cells) // 5)))
