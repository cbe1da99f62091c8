"""Which field belongs to which kind of parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netbuilder.blocks.code import Code
from netbuilder.blocks.params import Bool, Choice, DatasetRef, NetworkRef, Param
from netbuilder.ui.inspector.code_field import CodeField
from netbuilder.ui.inspector.fields import BoolField, ChoiceField, Field, TextField

FIELDS: tuple[tuple[type[Param], type[Field]], ...] = (
    (Bool, BoolField),
    (Choice, ChoiceField),
    (NetworkRef, ChoiceField),
    (DatasetRef, ChoiceField),
    (Code, CodeField),
    (Param, TextField),
)


def field_for(param: Param, names: Callable[[], Sequence[str]]) -> Field:
    """The field of a parameter. `names()`: what a reference may name."""
    made = next(field for kind, field in FIELDS if isinstance(param, kind))
    return made(param, names)
