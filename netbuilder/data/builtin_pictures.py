"""Pictures that are made or come with scikit-learn: shapes with masks and boxes, and two photographs. Declarations."""

from __future__ import annotations

from immutables import Map

from netbuilder.blocks.params import Choice, Float, Int
from netbuilder.data.builtin_plane import SEED
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values

SHAPES = ("circle", "square", "triangle")
PHOTOS = ("china", "flower")
_SAMPLES = Int(name="samples", default=1200, low=2, high=1_000_000, help="How many pictures are made.")
_SIZE = Int(name="size", default=32, low=16, high=512, help="Width and height of a picture in pixels.")
_MOST = Int(
    name="most",
    default=3,
    low=1,
    high=16,
    help="How many shapes a picture has at most; those that find room are drawn.",
)
_STRIDE = Int(
    name="stride",
    default=2,
    low=1,
    high=16,
    help="How many pixels a place of the maps that a detector learns (heat, extent, center) is wide; divides the size.",
)
_NOISE = Float(
    name="noise", default=0.1, low=0.0, high=1.0, help="Standard deviation of the noise on each pixel of 0 to 1."
)
_PHOTO_SIZE = Int(name="size", default=96, low=16, high=427, help="Width and height in pixels, cut from the middle.")
_CONTENT = Choice(
    name="content", default=PHOTOS[0], options=PHOTOS, help="Which photograph is the content; the other is the style."
)
_COPIES = Int(
    name="samples",
    default=1,
    low=1,
    high=100_000,
    help="How often an epoch shows the two: one step each in batches of 1.",
)


def number(params: Values, param: Int) -> int:
    """A whole number of these parameters, or its default."""
    value = params.get(param.name, param.default)
    assert isinstance(value, int)
    return value


def _shapes(params: Values) -> tuple[tuple[Column, ...], int]:
    size, most = number(params, _SIZE), number(params, _MOST)
    across = -(-size // number(params, _STRIDE))
    maps = (across, across)
    return (
        Column("image", shape=(3, size, size), axes="C H W", role="image"),
        Column("mask", shape=(size, size), dtype="int64", axes="H W", role="class", classes=("background", *SHAPES)),
        Column(
            "boxes",
            shape=(most, 5),
            axes="M F",
            classes=SHAPES,
            facts=Map(names=("class", "x", "y", "width", "height")),
        ),
        Column("heat", shape=(len(SHAPES), *maps), axes="K H' W'"),
        Column("extent", shape=(2, *maps), axes="F H' W'", facts=Map(names=("width", "height"))),
        Column("center", shape=(1, *maps), axes="F H' W'"),
    ), number(params, _SAMPLES)


def _photos(params: Values) -> tuple[tuple[Column, ...], int]:
    size = number(params, _PHOTO_SIZE)
    columns = (Column(id, shape=(3, size, size), axes="C H W", role="image") for id in ("content", "style"))
    return tuple(columns), number(params, _COPIES)


PICTURES: tuple[Source, ...] = (
    Source(
        name="shapes",
        title="Simple shapes",
        summary="Circles, squares and triangles in colour on noisy ground, with the class of each pixel and boxes.",
        reader="netbuilder.data.readers.shapes.shapes",
        columns=_shapes,
        own=(_SAMPLES, _SIZE, _MOST, _STRIDE, _NOISE, SEED),
        ways=("fractions", "folds"),
        origin="maps for detection as in Zhou, Wang, Krähenbühl: Objects as points, 2019",
    ),
    Source(
        name="photos",
        title="Two photographs",
        summary="A Chinese temple and a flower, in colour, side by side in one sample; they come with scikit-learn.",
        reader="netbuilder.data.readers.photos.photos",
        columns=_photos,
        own=(_CONTENT, _PHOTO_SIZE, _COPIES),
        ways=("fractions",),
        origin="photographs by danielbuechele and vultilion, Creative Commons Attribution 2.0, in scikit-learn",
    ),
)
