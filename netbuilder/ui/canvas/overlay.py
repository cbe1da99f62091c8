"""Overlays: nodes coloured by a number that analysis has found for each, on a scale that the graph itself sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log
from typing import NamedTuple

from netbuilder.compiler.report import NodeFacts
from netbuilder.ui.canvas.look import NodeLook
from netbuilder.ui.canvas.style import STEPS
from netbuilder.ui.text import amount_of_bytes, count

NONE_TONE = "scale none"


class Mode(NamedTuple):
    """`value`: of a node, None where it has none. `short` and `long` say it; `even`: the scale is not by powers."""

    title: str
    value: Callable[[NodeFacts], int | None]
    short: Callable[[int], str]
    long: Callable[[int], str]
    even: bool = False


def _rank(facts: NodeFacts) -> int | None:
    flow = facts.whole or next(iter(facts.outputs.values()), None)
    return None if flow is None else len(flow.shape)


MODES = {
    "parameters": Mode("Parameters", lambda facts: facts.parameters, count, lambda n: f"{n:,} params"),
    "multiply_adds": Mode(
        "Multiply-adds a sample", lambda facts: facts.multiply_adds, count, lambda n: f"{count(n)} mult-adds"
    ),
    "memory": Mode(
        "Memory a sample", lambda facts: facts.activation_bytes, amount_of_bytes, lambda n: f"{amount_of_bytes(n)}"
    ),
    "rank": Mode("Axes of the output", _rank, str, lambda n: f"{n} ax{'i' if n == 1 else 'e'}s", even=True),
}


class Overlay(NamedTuple):
    """A mode with its scale: from the smallest number above zero (of axes: the smallest) to the largest."""

    mode: str = ""
    low: int = 0
    high: int = 0
    known: bool = False  # whether any node's number is known

    @classmethod
    def of(cls, mode: str, facts: Iterable[NodeFacts]) -> Overlay:
        """The scale for these nodes; "" is no overlay. Raises KeyError for an unknown mode."""
        if not mode:
            return cls()
        value, even = MODES[mode].value, MODES[mode].even
        found = [number for one in facts if one.state == "ok" and (number := value(one)) is not None]
        held = found if even else [number for number in found if number > 0]
        return cls(mode, min(held), max(held), True) if held else cls(mode, known=bool(found))

    def number(self, facts: NodeFacts | None) -> int | None:
        """What it shows of a node, None where it has none or that is not known."""
        if not self.mode or facts is None or facts.state != "ok":
            return None
        return MODES[self.mode].value(facts)

    def share(self, number: int) -> float:
        """Where on the scale a number lies: 0 at its lower end, 1 at its upper one; by powers where numbers differ by
        powers."""
        if self.high <= self.low:
            return 1.0
        if MODES[self.mode].even:
            return (number - self.low) / (self.high - self.low)
        return log(number / self.low) / log(self.high / self.low)

    def tone(self, number: int | None) -> str:
        """The colour of a node with this number, as `Style.plate` knows it."""
        if number is None or number < self.low or (number == 0 and not MODES[self.mode].even):
            return NONE_TONE
        return f"scale {round(min(max(self.share(number), 0.0), 1.0) * STEPS)}"

    def on(self, look: NodeLook, facts: NodeFacts | None) -> NodeLook:
        """The look with the overlay's colour, and its number at the foot."""
        if not self.mode:
            return look
        number = self.number(facts)
        mode = MODES[self.mode]
        said = (mode.long(number), mode.short(number)) if number or (number is not None and mode.even) else ()
        return look._replace(tone=self.tone(number), cost=said)


def strongest(tones: Iterable[str], otherwise: str) -> str:
    """Of the places on a scale the highest; `otherwise` where there is no overlay."""
    places = [tone.removeprefix("scale ") for tone in tones if tone.startswith("scale ")]
    numbers = [int(place) for place in places if place != "none"]
    return f"scale {max(numbers)}" if numbers else NONE_TONE if places else otherwise
