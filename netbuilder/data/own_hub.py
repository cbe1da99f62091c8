"""Data sets of the Hugging Face hub, fetched by name; part of the extra `hub`. Declarations only."""

from __future__ import annotations

from netbuilder.blocks.params import Bool, Int, Text
from netbuilder.data.by_name import ByName
from netbuilder.data.own_pictures import LOOK
from netbuilder.data.own_tables import TABLE
from netbuilder.data.source import Source
from netbuilder.graph.model import NONE

KINDS = ("image", "class", "value", "vector", "text", "ignore")
_TEXTS = tuple(param for param in TABLE.own if param.name in ("text_by", "text_length", "vocabulary"))

HUB = Source(
    name="hub",
    title="Hugging Face hub",
    summary="Any data set of the hub, by its name; it is fetched once and kept in the hub's own cache on this machine.",
    reader="netbuilder.data.readers.hub.hub",
    group="Fetched",
    ways=("given", "fractions", "folds"),
    own=(
        Text(name="name", default="", longest=200, help="Its name on huggingface.co, such as ylecun/mnist."),
        Text(name="config", default="", longest=200, help="Which of its configurations; empty: its only or first one."),
        Text(
            name="revision",
            default="",
            longest=100,
            help="A commit or tag of it, so that what is fetched stays the same; empty: the newest.",
        ),
        Bool(
            name="streaming",
            default=False,
            help="Fetch only the first samples of each part, not the whole data set; they are held in memory.",
        ),
        Int(
            name="samples",
            default=10_000,
            low=1,
            high=10_000_000,
            help="With streaming: how many samples of each part are fetched.",
        ),
        ByName(
            name="columns",
            default=NONE,
            fields=(("as", KINDS),),
            help="What each column is: image, class, value, vector, text, or ignore. What is not said follows from its "
            "type on the hub.",
        ),
        *LOOK,
        *_TEXTS,
    ),
    origin="huggingface.co, by the package datasets",
)
