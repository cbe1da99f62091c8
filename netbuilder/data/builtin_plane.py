"""Points of the plane in two classes, made by seeded generators: small networks are watched on them. Declarations."""

from __future__ import annotations

from netbuilder.blocks.params import Float, Int, Param
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values

SAMPLES = Int(name="samples", default=600, low=2, high=1_000_000, help="How many samples are made.")
SEED = Int(name="seed", default=0, low=0, help="Start of the random numbers that make them: equal seeds, equal data.")


def noise(default: float, help: str = "How far points are scattered: their standard deviation.") -> Float:
    return Float(name="noise", default=default, low=0.0, high=10.0, help=help)


def _plane(
    name: str,
    title: str,
    summary: str,
    classes: tuple[str, str],
    own: tuple[Param, ...],
    origin: str = "",
) -> Source:
    def columns(params: Values) -> tuple[tuple[Column, ...], int]:
        samples = params.get("samples", SAMPLES.default)
        assert isinstance(samples, int)
        point = Column("point", shape=(2,), dtype="float32", axes="F", role="vector")
        label = Column("label", shape=(), dtype="int64", role="class", classes=classes)
        return (point, label), samples

    return Source(
        name=name,
        title=title,
        summary=summary,
        reader=f"netbuilder.data.readers.plane.{name}",
        columns=columns,
        own=(SAMPLES, *own, SEED),
        origin=origin,
    )


PLANE: tuple[Source, ...] = (
    _plane(
        "clouds",
        "Two clouds",
        "Two round clouds of points; a straight line parts them while they do not touch.",
        ("left", "right"),
        (
            Float(name="gap", default=1.2, low=0.0, high=10.0, help="How far the middles of the clouds lie apart."),
            noise(0.15),
        ),
    ),
    _plane(
        "spirals",
        "Two spirals",
        "Two spirals that wind into each other; no straight line comes near to parting them.",
        ("one arm", "other arm"),
        (
            Float(name="turns", default=1.5, low=0.1, high=5.0, help="How often each arm goes round the middle."),
            noise(0.02),
        ),
        "after Lang and Witbrock: Learning to tell two spirals apart, 1988",
    ),
    _plane(
        "circles",
        "Circles",
        "A ring of points around another; the distance from the middle tells them apart.",
        ("inner", "outer"),
        (
            Float(name="inner", default=0.5, low=0.01, high=0.99, help="Radius of the inner ring; the outer one is 1."),
            noise(0.08),
        ),
    ),
    _plane(
        "moons",
        "Two moons",
        "Two half moons that reach into each other; a bent line parts them.",
        ("upper", "lower"),
        (noise(0.08),),
    ),
    _plane(
        "xor",
        "XOR",
        "Points of a square; the class says whether both numbers have the same sign. One neuron can't learn it.",
        ("same sign", "different signs"),
        (noise(0.0, "How far points are scattered after they got their class, so that classes mix at the edges."),),
        "Minsky and Papert: Perceptrons, 1969",
    ),
)
