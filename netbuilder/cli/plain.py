"""Text from files on a terminal: nothing in it may move the cursor, colour anything or run over lines."""

from __future__ import annotations


def plain(text: object) -> str:
    """The text with everything that does not print (control characters, turned writing direction) spelled out."""
    found = str(text)
    if found.isprintable():
        return found
    return "".join(
        c if c.isprintable() else " " if c.isspace() and c not in "\r\x0b\x0c\x85" else _spell(c) for c in found
    )


def _spell(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode()


def one_line(text: object) -> str:
    """The same on one line, without the line ends."""
    return plain(" ".join(str(text).split("\n")).strip())


def number(value: int) -> str:
    """A count with thin groups of three: 1,234,567."""
    return f"{value:,}"


def short_number(value: float) -> str:
    """Four digits that matter: 0.9861, 1.0000, 12.35, 1.234e-05."""
    return f"{value:.4f}" if 0.001 <= abs(value) < 10 else f"{value:.4g}"


def seconds(value: float) -> str:
    """A time as a person says it: "8 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(value: int) -> str:
    """Bytes as a person says them."""
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024 or unit == "MiB":
            return f"{value} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024  # type: ignore[assignment]
    raise AssertionError
