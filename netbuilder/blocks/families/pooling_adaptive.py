"""Blocks that shrink to a size that is named, whatever size comes in."""

from netbuilder.blocks.common import IMAGE, PLANES, VOLUME, Plane
from netbuilder.blocks.families.pooling import window
from netbuilder.blocks.params import Floats, Param, Size
from netbuilder.blocks.spec import Block, Port

_TO = {
    1: "The length that comes out; 1 leaves one number a channel.",
    2: "The height and width that come out; 1 leaves one number a channel.",
    3: "The depth, height and width that come out; 1 leaves one number a channel.",
}


def _size(rank: int) -> tuple[Param, ...]:
    return (
        Size(
            name="output_size",
            default=1,
            rank=rank,
            low=1,
            high=4096,
            holes=rank > 1,
            required=True,
            help=_TO[rank],
        ),
    )


def _synonyms(plane: Plane, *more: str) -> tuple[str, ...]:
    return (f"shrink {plane.word}", "downsample", "reduce", "smaller", "pool", "any size", "fixed size", *more)


def _out(plane: Plane) -> tuple[Port, ...]:
    return (plane.port("y", f"{plane.words.capitalize()} of the named size, with the same channels.", changed=True),)


def _average(plane: Plane) -> Block:
    return Block(
        name=f"AdaptiveAvgPool{plane.name}",
        category="Pooling",
        summary=f"Shrinks {plane.a} of any size to the size you name, by taking means.",
        formula=f"y[{plane.at}] = mean of x over the window that belongs to ({plane.at})",
        inputs=(plane.x,),
        outputs=_out(plane),
        function=f"F.adaptive_avg_pool{plane.name}",
        like=f"nn.AdaptiveAvgPool{plane.name}",
        params=_size(plane.rank),
        brief="to {output_size}",
        synonyms=_synonyms(plane, "global average pooling", "gap"),
        source="Lin, Chen, Yan: Network in network, 2013",
    )


def _largest(plane: Plane) -> Block:
    return Block(
        name=f"AdaptiveMaxPool{plane.name}",
        category="Pooling",
        summary=f"Shrinks {plane.a} of any size to the size you name, by keeping the largest values.",
        formula=f"y[{plane.at}] = max of x over the window that belongs to ({plane.at})",
        inputs=(plane.x,),
        outputs=_out(plane),
        function=f"F.adaptive_max_pool{plane.name}",
        like=f"nn.AdaptiveMaxPool{plane.name}",
        params=_size(plane.rank),
        brief="to {output_size}",
        synonyms=_synonyms(plane, "global max pooling", "gmp"),
    )


def _fractional(plane: Plane) -> Block:
    return Block(
        name=f"FractionalMaxPool{plane.name}",
        category="Pooling",
        summary=f"Shrinks {plane.a} to a share of its size by largest values in windows that are drawn at random.",
        formula=f"y[{plane.at}] = max of x over the random window that belongs to ({plane.at})",
        inputs=(plane.x,),
        outputs=_out(plane),
        call=f"{{y}} = F.fractional_max_pool{plane.name}({{x}}, {{kernel_size}}, output_ratio={{output_ratio}})",
        like=f"nn.FractionalMaxPool{plane.name}",
        params=(
            window(plane.rank),
            # torch takes a size or a share and wants exactly one of them: here it is always the share.
            Floats(
                name="output_ratio",
                default=(0.5,) * plane.rank,
                count=plane.rank,
                low=0.01,
                high=0.99,
                required=True,
                help="The share of each axis that is left: 0.7 shrinks more gently than a window of 2 could.",
            ),
        ),
        brief="window {kernel_size}",
        synonyms=("random pooling", "stochastic pooling", "gentle downsample", "max pooling by a fraction"),
        source="Graham: Fractional max-pooling, 2014",
    )


ADAPTIVE_AVG_POOLS = tuple(map(_average, PLANES))
ADAPTIVE_MAX_POOLS = tuple(map(_largest, PLANES))
FRACTIONAL_MAX_POOLS = tuple(map(_fractional, (IMAGE, VOLUME)))

GLOBAL_AVG_POOL = Block(
    name="GlobalAvgPool",
    category="Pooling",
    summary="Leaves one number of each channel, its mean, ready for Linear.",
    formula="y[c] = mean of x[c] over all its points",
    inputs=(
        Port("x", "N C L *", role="image", dtype="float32", help="Sequences, images or volumes with channels first."),
    ),
    outputs=(Port("y", "N C", role="vector", dtype="float32", help="One number a channel."),),
    call="{y} = {x}.flatten(2).mean(dim=2)",
    synonyms=("global average pooling", "gap", "mean over space", "image to vector", "squeeze"),
    source="Lin, Chen, Yan: Network in network, 2013",
)
