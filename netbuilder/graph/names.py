"""Names that can stand in generated source: what one is, and how any text becomes one.

Python itself compares identifiers after NFKC, so an id is only one if NFKC leaves it as it is.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container

MAX_ID = 100

# What generated source needs for itself.
RESERVED = frozenset({*keyword.kwlist, *dir(builtins), "_", "self", "nn", "torch", "F"})

# Legal, but never made up here: they read badly or hide something inside a module or a step function.
_AVOIDED = frozenset(
    re.findall(
        r"\w+",
        """
    add_module apply batch bfloat16 bool buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float
    forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict math modules mtia
    named_buffers named_children named_modules named_parameters net opt parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook
    requires_grad_ set_extra_state set_submodule share_memory state_dict step to to_empty train training type
    xpu zero_grad
    """,
    )
)

_NOT_WORD = re.compile(r"\W+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])")


def is_id(text: str) -> bool:
    """Whether the text can be a node's or port's id: an identifier that hides nothing, at most 100 characters."""
    return (
        text.isidentifier()
        and text not in RESERVED
        and len(text) <= MAX_ID
        and (text.isascii() or unicodedata.normalize("NFKC", text) == text)
    )


def make_id(text: str) -> str:
    """Any text as a readable id: "sepal length (cm)" gives sepal_length_cm, "MaxPool2d" gives max_pool2d.

    Different texts may give the same id; `fresh_id` tells them apart.
    """
    # Folding case can undo NFKC and the other way round (U+03F4, for one); twice settles it.
    name = _HUMP.sub("_", unicodedata.normalize("NFKC", text))
    for _ in range(2):
        name = unicodedata.normalize("NFKC", name.lower())
    name = _NOT_WORD.sub("_", name).strip("_")[: MAX_ID - 10].rstrip("_")
    if not name or not ("_" + name).isidentifier():
        name = "".join(c for c in name if c.isascii()).strip("_") or "item"
    if not name.isidentifier():
        name = f"n{name}"
    return f"{name}_" if name in RESERVED or name in _AVOIDED else name


def fresh_id(taken: Container[str], base: str) -> str:
    """The base with a number that is not taken: conv1, conv2, ... in O(log n) look-ups.

    Digits at the end of the base are dropped, so that a copy of conv3 becomes conv4 and not conv31. Where
    numbers have gaps, it is some number that is free and follows one that is taken.
    """
    stem = make_id(base).rstrip("_0123456789")[: MAX_ID - 10] or "item"

    def free(number: int) -> bool:
        name = f"{stem}{number}"
        return name not in taken and is_id(name)

    high = 1
    while not free(high):
        high *= 2
    low = high // 2  # taken, or 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if free(middle) else (middle, high)
    return f"{stem}{high}"
