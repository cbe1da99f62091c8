"""Blocks that compare the samples of a batch: inputs on which they are tried, and the metric by another way."""

from tests.blocks.cases.case import IMAGE, VECTOR, case

LAYERS = {"DrawTriplets": (case(x=IMAGE, target="N int64"), case(2, x=VECTOR, target="N int64"))}
LOSSES = {
    "NearestNeighborAccuracy": (case(embedding="N 6", target="N int64"), case(2, embedding="N 2", target="N int64"))
}


def _nearest(embedding, target):
    hits = 0
    for at, vector in enumerate(embedding):
        others = [other for other in range(len(embedding)) if other != at]
        hits += int(target[min(others, key=lambda other: (embedding[other] - vector).norm())]) == int(target[at])
    return hits / len(embedding)


FORMULAS = {"NearestNeighborAccuracy": _nearest}
