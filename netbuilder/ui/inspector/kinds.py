"""Which field a kind of parameter has: the one table to extend for a new kind."""

from __future__ import annotations

from netbuilder.blocks.arguments import Arguments
from netbuilder.blocks.code import Code
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import Bool, Choice, DatasetRef, NetworkRef, Param, RunFolder
from netbuilder.blocks.pieces import LayerPath
from netbuilder.ui.inspector.arguments_field import ArgumentsField
from netbuilder.ui.inspector.code_field import CodeField
from netbuilder.ui.inspector.fields import BoolField, ChoiceField, Field, TextField
from netbuilder.ui.inspector.groups_field import GroupsField
from netbuilder.ui.inspector.reference_fields import DatasetField, NetworkField, RunField
from netbuilder.ui.inspector.scope import Scope

FIELDS: tuple[tuple[type[Param], type[Field]], ...] = (
    (Bool, BoolField),
    (Choice, ChoiceField),
    (NetworkRef, NetworkField),
    (DatasetRef, DatasetField),
    (LayerPath, ChoiceField),
    (RunFolder, RunField),
    (Groups, GroupsField),
    (Arguments, ArgumentsField),
    (Code, CodeField),
    (Param, TextField),
)


def kind_of(param: Param) -> type[Field]:
    """The field that a parameter has unless an expression stands in it."""
    return next(field for kind, field in FIELDS if isinstance(param, kind))


def field_for(param: Param, scope: Scope, *, written: bool = False) -> Field:
    """The field of a parameter. `written`: an expression is to be typed, where its kind shows something else."""
    return (TextField if written else kind_of(param))(param, scope)
