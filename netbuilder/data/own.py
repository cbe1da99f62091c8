"""Sources that read a person's own files. Declarations only."""

from __future__ import annotations

from netbuilder.data.source import Source

OWN: tuple[Source, ...] = ()
