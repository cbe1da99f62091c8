"""What a person has chosen for all canvases."""

from __future__ import annotations

from typing import NamedTuple

# What may be chosen; the first is there before anyone has.
CHOICES: dict[str, tuple[str, ...]] = {
    "links": ("smooth", "orthogonal"),
    "minimap": ("on", "off"),
    "suggestions": ("on", "off"),
    "overlay": ("", "parameters", "multiply_adds", "memory", "rank"),
}


class Options(NamedTuple):
    """`links`: the shape of their ways; `minimap`: whether large graphs have one; `suggestions`: whether what often
    comes next is shown beside a selected node; `overlay`: by what nodes are coloured, "" by category."""

    links: str = "smooth"
    minimap: str = "on"
    suggestions: str = "on"
    overlay: str = ""
