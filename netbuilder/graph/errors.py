"""What is wrong with a file, as one sentence with the path inside it."""

from __future__ import annotations

from typing import NoReturn

from msgspec import json


class FileError(ValueError):
    """A file (or other text from outside) that cannot be used: `where` inside it and what is wrong, on one line."""

    def __init__(self, text: str, *path: str | int) -> None:
        super().__init__(text, *path)
        self.text = text
        self.path = list(path)

    def under(self, *parts: str | int) -> FileError:
        """Puts what holds the path so far in front of it."""
        self.path[:0] = parts
        return self

    @property
    def where(self) -> str:
        """The path inside the file: graphs.classifier.nodes.conv1.at, or "" for the file as a whole."""
        return path_text(self.path)

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.path else self.text


class TooLarge(FileError):
    """The file is over a limit. Nothing large was allocated to find out."""


class NewerVersion(FileError):
    """A newer netbuilder wrote the file. It must not be written over."""


def path_text(parts: list[str | int]) -> str:
    """Parts as one line: names by dots, indexes and odd names in brackets."""
    text = ""
    for part in parts:
        if isinstance(part, str) and part.isidentifier():
            text += f".{part}" if text else part
        else:
            text += f"[{spell(part)}]"
    return text


def spell(value: object) -> str:
    """A plain value as JSON spells it, on one printable line of at most 60 characters."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}" if len(value) > 4 else "[" + ", ".join(map(spell, value)) + "]"
    if isinstance(value, str):
        text = json.encode(value[:60].encode("utf-8", "replace").decode()).decode()
        text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**64:
        return "a number of more than 64 bits"
    elif value is None:
        text = "nothing"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def expected(what: str, value: object, *path: str | int) -> NoReturn:
    """Raises the FileError for a value that is not what belongs there."""
    raise FileError(f"expected {what}, got {spell(value)}", *path)
