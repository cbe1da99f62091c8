"""A person's own pictures: in folders, or named by a table. Declarations only."""

from __future__ import annotations

from netbuilder.blocks.params import Choice, Size, Text
from netbuilder.data.by_name import ByName
from netbuilder.data.own_tables import CSV, PATH
from netbuilder.data.source import Source
from netbuilder.graph.model import NONE

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
COLORS = {"grey": 1, "rgb": 3, "rgba": 4}

LOOK = (
    Size(
        name="size",
        default=None,
        optional=True,
        low=1,
        high=8192,
        help="Height and width that all pictures are brought to, in pixels; none: what most of them have.",
    ),
    Choice(
        name="fit",
        default="crop",
        options=("crop", "pad", "stretch"),
        help="How a picture of another shape is brought to size: crop cuts its longer side, pad adds black at its "
        "shorter one, stretch distorts it.",
    ),
    Choice(
        name="color",
        default="auto",
        options=("auto", *COLORS),
        help="Grey (one channel), rgb (three) or rgba (four); auto: grey where all of them are, else rgb.",
    ),
)

IMAGE_FOLDER = Source(
    name="image_folder",
    title="Image folder",
    summary="Pictures in a folder for each class, perhaps below folders named train, validation and test.",
    reader="netbuilder.data.readers.pictures.image_folder",
    group="Your own",
    needs="path",
    endings=PICTURES,
    ways=("fractions", "folds", "given"),
    own=(PATH, *LOOK),
)
IMAGE_TABLE = Source(
    name="image_table",
    title="Images and a table",
    summary="A table with a column of picture files and columns to predict: classes or numbers.",
    reader="netbuilder.data.readers.pictures.image_table",
    group="Your own",
    needs="path",
    endings=(".csv", ".tsv"),
    ways=("fractions", "folds", "column"),
    own=(
        PATH,
        Text(
            name="images",
            default="",
            longest=4000,
            help="The folder, below that of the table, in which its file names begin; empty: the table's own.",
        ),
        ByName(
            name="columns",
            default=NONE,
            fields=(("role", ("image", "target", "ignore")), ("type", ("numeric", "category"))),
            help="Which column names the pictures' files (image), which are to be predicted (target), as numbers or "
            "categories. Without a word of any column all of it is guessed.",
        ),
        *LOOK,
        *CSV,
    ),
)
