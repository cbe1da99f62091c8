"""What a preview graph shows, and where it asks."""

from tests.blocks.cases.case import IMAGE, VECTOR, Case, case

LAYERS: dict[str, tuple[Case, ...]] = {
    "Grid": (
        case(like=VECTOR),
        case(like="N", params={"low": -2.0, "high": 3.5, "resolution": 5}),
        case(like="N T int64", params={"resolution": 2}),
    ),
}
VIEWS: dict[str, tuple[Case, ...]] = {
    "ViewStrip": (case(images="N 5 1 8 8"), case(images="N 2 3 6 6", params={"count": 2})),
    "ViewMaps": (
        case(maps=IMAGE),
        case(maps="N 1 3 3", params={"count": 32, "channels": 1, "scale": "each"}),
    ),
    "ViewText": (
        case(tokens="N 6 int64"),
        case(tokens="N 4 int64", truth="N 3 int64", source="N 5 int64", params={"count": 2, "end": "b"}),
    ),
    "ViewScatter": (case(points="N 2"), case(points="N 2", labels="N int64", params={"count": 9})),
    "ViewMap": (
        case(values="N", grid="N 2"),
        case(values="N 4", grid="N 2", points="N 2", labels="N int64", params={"count": 3, "level": 0.5}),
    ),
    "ViewHeat": (
        case(weights="N 5 7"),
        case(weights="N 2 5 7", rows="N 5 int64", columns="N 7 int64", params={"count": 1}),
    ),
    "ViewConfusion": (
        case(logits="N 4", truth="N int64"),
        case(logits="N 4 6", truth="N 6 int64", params={"count": 2}),
    ),
    "ViewMasks": (
        case(images="N 1 8 8", prediction="N 4 8 8"),
        case(images="N 3 8 8", prediction="N 8 8 int64", truth="N 8 8 int64", params={"count": 2}),
    ),
    "ViewBoxes": (
        case(images="N 1 8 8", heat="N 2 4 4", size="N 2 4 4"),
        case(
            images="N 3 8 8",
            heat="N 1 8 8",
            size="N 2 8 8",
            truth="N 3 5",
            params={"count": 2, "threshold": 0.5, "unit": "fraction"},
        ),
    ),
}
NO_SIGNATURE = {"LayerWeight"}
