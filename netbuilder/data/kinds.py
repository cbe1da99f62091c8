"""How a person looks at a column: as pictures, text, waves, numbers. Imports nothing heavy."""

from __future__ import annotations

import math
from typing import Literal

from netbuilder.graph.model import Column

Kind = Literal["picture", "mask", "wave", "text", "class", "number", "numbers"]


def kind_of(column: Column) -> Kind:
    """How a column is shown and typed in."""
    axes, whole = column.axes.split(), column.dtype.startswith("int")
    if axes[-2:] == ["H", "W"] and len(column.shape) in (2, 3):
        return "mask" if whole and len(column.shape) == 2 else "picture"
    if whole and column.classes:
        return "text" if column.shape else "class"
    if math.prod(column.shape) == 1:
        return "number"
    return "wave" if axes[-1:] in (["T"], ["L"]) and column.dtype.startswith("float") else "numbers"
