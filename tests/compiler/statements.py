"""Statements at random, made of what generated ones are made of, with names of any length."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

HEADS = ("y = ", "return ", "loss += ", "a, (b, _) = ", "self.layer = ", "self.a_layer_with_a_long_name = ")


class Statements:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._made = (
            self.call,
            lambda d: self._random.choice((" + ", " - ", " * ")).join(self._several(self.call, d, 2, 4)),
            lambda d: " + ".join(
                f"{self._random.randint(2, 9)} * {call}" for call in self._several(self.call, d, 1, 4)
            ),
            lambda d: f"{self.call(d)} + {self.call(d)}",
            lambda d: f"{self.call(d)} == {self._random.choice((self.call(d), self.name()))}",
            lambda d: f"{self.call(d)} if {self.name()} is None else {self.call(d)}",
            lambda d: f"{self.call(d)}.detach()",
            lambda d: f"({self.call(d)} == {self.name()}).float().mean()",
            lambda d: f"{self.call(d)}[:, 0]",
            lambda d: f"[{', '.join(self._several(self.part, d, 1, 6))}]",
            lambda d: f"({self.part(d)}, {self.part(d)})",
            lambda d: "{" + ", ".join(f'"{self.name()}": {part}' for part in self._several(self.part, d, 1, 5)) + "}",
            lambda d: f"nn.ModuleList({self.call(d)} for _ in range({self._random.randint(2, 99)}))",
            lambda d: f"nn.ModuleList([{self.call(d)}, *({self.call(d)} for _ in range(9))])",
        )

    def long(self) -> str:
        """One that does not fit on a line."""
        while True:
            made = self.condition() if self._random.random() < 0.05 else self._random.choice(HEADS) + self.value(2)
            if 112 < len(made) < 350:
                return made

    def condition(self) -> str:
        parts = [f"{self.name()} % 5 == 0" for _ in range(self._random.randint(2, 6))]
        joined = parts[0]
        for part in parts[1:]:
            joined += self._random.choice((" and ", " or ")) + part
        return f"if {joined}:"

    def value(self, depth: int) -> str:
        return self._random.choice(self._made)(depth)

    def part(self, depth: int) -> str:
        """What may stand as an argument: more often than not a name."""
        return self.name() if depth <= 0 or self._random.random() < 0.45 else self.value(depth - 1)

    def call(self, depth: int) -> str:
        given = self._several(self.part, depth, 1, 5)
        more = self._random.random()
        if more < 0.2:
            given.append(f"dim={self._random.randint(0, 3)}")
        elif more < 0.3:
            given.append(f"lambda x, t: net.{self.name()}(t, x)")
        called = self._random.choice(("f", "torch.cat", f"self.{self.name()}", f"net.{self.name()}"))
        return f"{called}({', '.join(given)})"

    def name(self) -> str:
        length = self._random.choice((0, 3, 8, 15, 30, 50))
        return "x" + "".join(self._random.choice("abcdefgh_") for _ in range(length))

    def _several(self, make: Callable[[int], str], depth: int, least: int, most: int) -> list[str]:
        return [make(depth - 1) for _ in range(self._random.randint(least, most))]
