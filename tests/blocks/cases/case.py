"""What a case is, and shapes that many cases share."""

from collections.abc import Iterator
from typing import Any, NamedTuple


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
