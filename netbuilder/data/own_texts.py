"""A person's own texts, and text by text or as one stream. Declarations only."""

from __future__ import annotations

from netbuilder.blocks.params import Choice, Int
from netbuilder.data.csv_records import ENCODINGS
from netbuilder.data.own_tables import PATH
from netbuilder.data.source import Source

TEXTS = (".txt", ".md", ".text", ".log", ".py", ".c", ".h", ".js", ".html", ".xml", ".json", ".tex", ".rst", ".srt")

TEXT = Source(
    name="text",
    title="Text",
    summary="A text file, or all those in a folder one after the other, as tokens and those that come next.",
    reader="netbuilder.data.readers.texts.text",
    group="Your own",
    needs="path",
    endings=TEXTS,
    ways=("time", "folds"),
    own=(
        PATH,
        Choice(
            name="by",
            default="character",
            options=("character", "byte", "word"),
            help="What a token is: a character, a byte of the file, or a word (in small letters) or mark.",
        ),
        Int(name="window", default=64, low=1, high=65_536, help="How many tokens one sample shows."),
        Int(
            name="stride",
            default=0,
            low=0,
            high=65_536,
            help="How many tokens lie between the beginnings of two samples; 0: the window, so that they lie side by "
            "side.",
        ),
        Int(
            name="vocabulary",
            default=10_000,
            low=2,
            high=100_000,
            help="How many different tokens there are at most; rarer ones are <unknown>.",
        ),
        Choice(
            name="encoding",
            default="utf-8",
            options=ENCODINGS,
            help="How letters are written as bytes in the files.",
            advanced=True,
        ),
    ),
)
