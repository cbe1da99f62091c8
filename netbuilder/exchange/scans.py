"""What torch's scan needs of a module whose source was generated."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType

from torch import nn


@contextlib.contextmanager
def importable(module: nn.Module) -> Iterator[None]:
    """While this lasts, the homes of the module's classes can be imported.

    `torch._higher_order_ops.scan` has Dynamo trace the function of a step, and that looks the function's globals up by
    the name of their module; text that was executed has a name that nobody can import (seen in torch 2.13).
    """
    made: list[str] = []
    for kind in {type(inner) for inner in module.modules()}:
        if kind.__module__ not in sys.modules:
            home = ModuleType(kind.__module__)
            vars(home).update(kind.forward.__globals__)
            sys.modules[kind.__module__] = home
            made.append(kind.__module__)
    try:
        yield
    finally:
        for name in made:
            sys.modules.pop(name, None)
