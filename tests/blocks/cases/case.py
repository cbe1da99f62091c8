"""What a case is, and shapes that many cases share."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from immutables import Map

from netbuilder.graph.model import Node


class Case(NamedTuple):
    """Parameters, and by port what is linked: axes and dtype, "N 3 8 8" or "N T int64"; several for a port of many.

    `classes`: below which number random whole numbers stay.
    """

    params: dict[str, Any]
    inputs: dict[str, str | tuple[str, ...]]
    classes: int = 4

    def links(self) -> Iterator[tuple[str, int, tuple[str, ...], str]]:
        """(port, index, axes, dtype) of everything that is linked."""
        for port, texts in self.inputs.items():
            for index, text in enumerate((texts,) if isinstance(texts, str) else texts):
                *axes, last = text.split()
                dtype = last if last in ("int64", "bool") else "float32"
                yield port, index, tuple(axes if last == dtype else [*axes, last]), dtype


def case(classes: int = 4, params: dict[str, Any] | None = None, **inputs: str | tuple[str, ...]) -> Case:
    return Case(params or {}, inputs, classes)


IMAGE, VECTOR, STEPS, SIGNAL = "N 4 8 8", "N 12", "N T 8", "N 4 L"
ANY = (case(x=IMAGE), case(x=VECTOR), case(x=STEPS), case(x="N"))


def as_given(axes: tuple[str, ...]) -> tuple[str, ...]:
    """A state, "L N H", comes with its batch first; what has no batch comes as the first sample of one."""
    if "N" not in axes:
        return ("N", *axes)
    return axes if axes[0] == "N" else (axes[1], axes[0], *axes[2:])


def turn(axes: tuple[str, ...]) -> Node | None:
    """The node that makes of what is given what is wanted."""
    if "N" not in axes:
        return Node("Select", Map(dim=0, index=0))
    return None if axes[0] == "N" else Node("Permute", Map(dims=(1, 0, *range(2, len(axes)))))
