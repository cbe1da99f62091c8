"""The tables that come with scikit-learn: a row of measurements a sample, to classify or to estimate. Declarations."""

from __future__ import annotations

from immutables import Map

from netbuilder.blocks.params import Choice
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values

SCALE = Choice(
    name="scale",
    default="standard",
    options=("standard", "range", "none"),
    help="How each feature is scaled: standard to mean 0 and standard deviation 1, range to 0 to 1, both as found in "
    "the training part; or none, in its own unit.",
)
TARGET_SCALE = Choice(
    name="target_scale",
    default="standard",
    options=("standard", "range", "none"),
    help="How the target is scaled, in the same ways: standard is easiest to learn, none keeps its own unit.",
)

IRIS = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
WINE = (
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
    "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
)  # fmt: skip
_CELL = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip
CELLS = (
    *(f"mean {name}" for name in _CELL),
    *(f"{name} error" for name in _CELL),
    *(f"worst {name}" for name in _CELL),
)
DIABETES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def _table(
    name: str, title: str, summary: str, features: tuple[str, ...], target: Column, samples: int, origin: str
) -> Source:
    measured = Column(
        "features", shape=(len(features),), dtype="float32", axes="F", role="vector", facts=Map(names=features)
    )

    def columns(_params: Values) -> tuple[tuple[Column, ...], int]:
        return (measured, target), samples

    return Source(
        name=name,
        title=title,
        summary=summary,
        reader=f"netbuilder.data.readers.tables.{name}",
        columns=columns,
        own=(SCALE,) if target.role == "class" else (SCALE, TARGET_SCALE),
        origin=origin,
    )


def _label(*classes: str) -> Column:
    return Column("label", shape=(), dtype="int64", role="class", classes=classes)


TABLES: tuple[Source, ...] = (
    _table(
        "iris",
        "Iris flowers",
        "150 flowers of three species, by the length and width of their leaves; comes with scikit-learn.",
        IRIS,
        _label("setosa", "versicolor", "virginica"),
        150,
        "Fisher: The use of multiple measurements in taxonomic problems, 1936",
    ),
    _table(
        "wine",
        "Wine",
        "178 wines of three growers, each by 13 chemical measurements; comes with scikit-learn.",
        WINE,
        _label("class_0", "class_1", "class_2"),
        178,
        "Aeberhard and Forina: Wine, UCI, 1991",
    ),
    _table(
        "breast_cancer",
        "Breast cancer",
        "569 tumours, malignant or benign, each by 30 measurements of its cells; comes with scikit-learn.",
        CELLS,
        _label("malignant", "benign"),
        569,
        "Wolberg, Mangasarian, Street and Street: Breast Cancer Wisconsin (Diagnostic), UCI, 1995",
    ),
    _table(
        "diabetes",
        "Diabetes",
        "442 patients by ten measurements; the target says how far the disease went on in a year; from scikit-learn.",
        DIABETES,
        Column("target", shape=(1,), dtype="float32", axes="F", role="vector"),
        442,
        "Efron, Hastie, Johnstone and Tibshirani: Least angle regression, 2004",
    ),
)
