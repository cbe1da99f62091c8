"""A person's own tables: CSV, TSV and Parquet files. Declarations only."""

from __future__ import annotations

from netbuilder.blocks.params import Choice, Int, Param, Text
from netbuilder.data.by_name import ByName
from netbuilder.data.csv_records import DECIMALS, DELIMITERS, ENCODINGS, QUOTES
from netbuilder.data.source import Source
from netbuilder.graph.model import NONE

PATH = Text(name="path", default="", longest=4000, help="Where it lies: relative to the project's folder, or whole.")
AUTO = "auto"

# What is said of each column.
ROLES = ("feature", "target", "both", "ignore")
TYPES = ("numeric", "category", "text")
MISSING = {"numeric": ("mean", "median", "zero", "drop"), "category": ("own", "drop"), "text": ("own", "drop")}
SCALES = ("standard", "range", "none")
CODES = ("one-hot", "index")

COLUMNS = ByName(
    name="columns",
    default=NONE,
    fields=(
        ("role", ROLES),
        ("type", TYPES),
        ("missing", ("mean", "median", "zero", "own", "drop")),
        ("scale", SCALES),
        ("encode", CODES),
    ),
    help="What each column is for (feature, target, both or ignore: both is for windows of a series), what it holds "
    "(numeric, category or text), what stands for missing values (mean, median, zero; own: a category of their own; "
    "drop: the row is left out), how numbers are scaled, and how categories become numbers. Without a word of any "
    "column all roles and types are guessed; a column that is not named where others are is ignored.",
)


def _auto(name: str, options: tuple[str, ...], help: str) -> Choice:
    return Choice(name=name, default=AUTO, options=(AUTO, *options), help=help, advanced=True)


CSV: tuple[Param, ...] = (
    _auto("delimiter", tuple(DELIMITERS), "What stands between the fields of a CSV file; auto: found out."),
    _auto("quote", tuple(QUOTES), "The quotation marks around fields that hold a delimiter; auto: found out."),
    _auto("encoding", ENCODINGS, "How letters are written as bytes; auto: UTF-8 where the file's beginning is that."),
    _auto("decimal", DECIMALS, "What stands before a number's decimals; auto: found out."),
    _auto("header", ("yes", "no"), "Whether the first row holds the columns' names; auto: found out."),
    Text(
        name="missing_words",
        default="NA, N/A, NaN, null, ?",
        advanced=True,
        help="What says that a value is missing, besides an empty field: words with commas between, in any case.",
    ),
)

TABLE = Source(
    name="table",
    title="Table",
    summary="A CSV, TSV or Parquet file: a row a sample, with columns to learn from and columns to predict.",
    reader="netbuilder.data.readers.tabular.table",
    group="Your own",
    needs="path",
    endings=(".csv", ".tsv", ".tab", ".data", ".parquet", ".pq"),
    ways=("fractions", "folds", "time", "column"),
    own=(
        PATH,
        COLUMNS,
        Int(
            name="window",
            default=0,
            low=0,
            high=100_000,
            help="For a series in time order: how many rows in a row one sample shows. 0: each row is a sample.",
        ),
        Int(
            name="horizon",
            default=1,
            low=0,
            high=10_000,
            help="With a window: how many of the rows after it are predicted. 0: the target is that of its last row.",
        ),
        Choice(
            name="text_by",
            default="word",
            options=("word", "character"),
            help="What a text column is cut into.",
            advanced=True,
        ),
        Int(
            name="text_length",
            default=32,
            low=1,
            high=100_000,
            help="How many tokens of a text are kept; what is shorter is padded.",
            advanced=True,
        ),
        Int(
            name="vocabulary",
            default=10_000,
            low=3,
            high=100_000,
            help="How many different tokens a text column knows at most; rarer ones are <unknown>.",
            advanced=True,
        ),
        *CSV,
    ),
)
