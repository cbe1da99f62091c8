"""What can be wrong with data. Imports nothing."""

from __future__ import annotations

from pathlib import Path


class DataError(ValueError):
    """The data is not what the facts say, or isn't there; the message is one sentence."""


class OutsideError(DataError):
    """Data lies outside of the project's folder, and nobody has allowed this project to read it there."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The data {str(path)!r} lies outside of the project's folder, so it is read only after you allowed it."
        )
        self.path = path
