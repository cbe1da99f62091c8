"""Blocks that rearrange and cut."""

from tests.blocks.cases.case import IMAGE, STEPS, VECTOR, Case, case

LAYERS: dict[str, tuple[Case, ...]] = {
    "Unflatten": (
        case(x=VECTOR),
        case(x="N 3 8 int64", params={"dim": -1, "unflattened_size": (2, 4)}),
        case(x=IMAGE, params={"unflattened_size": (2, 1, 2)}),
    ),
    "Transpose": (case(x=STEPS), case(x=IMAGE, params={"dim0": -1, "dim1": -2}), case(x="N 3", params={"dim1": 0})),
    "MoveAxis": (case(x=IMAGE), case(x="N 3 T bool", params={"source": 2, "destination": 0})),
    "Squeeze": (
        case(x="N 3 1"),
        case(x=STEPS),
        case(x="N 1 3 1 int64", params={"dim": (1, 3)}),
    ),
    "Unsqueeze": (case(x=STEPS), case(x="N int64", params={"dim": -1}), case(x=IMAGE, params={"dim": 4})),
    "Expand": (case(x=VECTOR), case(x="N 1 T", params={"sizes": (-1, 5, -1)}), case(x="N", params={"sizes": (2, -1)})),
    "ExpandBatch": (case(x="3 8", like="N int64"), case(x="T", like=IMAGE)),
    "Tile": (case(x=VECTOR), case(x="N 3 T int64", params={"dims": (1, 2, 3)}), case(x=IMAGE, params={"dims": (2,)})),
    "RepeatInterleave": (case(x=VECTOR), case(x="N T bool", params={"repeats": 3, "dim": 0})),
    "Flip": (case(x=IMAGE), case(x=STEPS, params={"dims": 1}), case(x=IMAGE, params={"dims": (2, -1)})),
    "Roll": (case(x=STEPS), case(x="N int64", params={"shifts": -2, "dims": 0})),
    "Stack": (case(x=(IMAGE, IMAGE)), case(x=(STEPS,)), case(x=("N int64", "N int64", "N int64"), params={"dim": -1})),
    "Slice": (
        case(x=STEPS),
        case(x=VECTOR, params={"start": 2, "end": 9, "step": 3}),
        case(x=STEPS, params={"dim": -2, "end": -1}),
        case(x=IMAGE, params={"dim": 3, "start": -3}),
        case(x="N 4 int64", params={"dim": 0, "step": 2}),
    ),
    "Select": (
        case(x=STEPS),
        case(x=IMAGE, params={"dim": -1, "index": -2}),
        case(x="N int64", params={"dim": 0, "index": 1}),
        case(x=IMAGE, params={"dim": -3, "index": 3}),
    ),
    "IndexSelect": (case(x=IMAGE, index="T int64"), case(x="N 3 4", index="7 int64", params={"dim": -1})),
    "Gather": (case(x=VECTOR, index="N 5 int64"), case(x="N 3 4", index="N 2 4 int64", params={"dim": 2})),
    "Chunk": (
        case(x=VECTOR),
        case(x="N 7", params={"chunks": 4}),
        case(x=STEPS, params={"chunks": 3, "dim": -1}),
    ),
    "SplitSizes": (case(x="N 2"), case(x=IMAGE, params={"sizes": (1, 5, 2), "dim": -1})),
    "Pad": (
        case(x=VECTOR),
        case(x=IMAGE, params={"pad": (1, 2, -1, 3), "value": 2.5}),
        case(x=IMAGE, params={"pad": (1, 2, 3, 4), "mode": "reflect"}),
        case(x="N 4 L", params={"pad": (3, 2), "mode": "circular"}),
        case(x="N T int64", params={"pad": (0, 1)}),
    ),
    "CropToMatch": (case(x=IMAGE, like="N 3 5 6"), case(x="N 2 9 9", like="N 1 9 4")),
    "Interpolate": (
        case(x=IMAGE),
        case(x="N 1 5 3", params={"size": (7, 2), "mode": "bilinear", "antialias": True}),
        case(x="N 1 5 3", params={"mode": "bicubic", "align_corners": True}),
        case(x="N 3 H W", params={"mode": "area", "size": 4}),
    ),
    "InterpolateLike": (
        case(x=IMAGE, like="N 3 5 6"),
        case(x="N 3 H W", like="N 1 9 4", params={"mode": "bilinear", "align_corners": True}),
        case(x="N 1 5 3", like=IMAGE, params={"mode": "bicubic", "antialias": True}),
    ),
}

NOT_OFFERED_BY = {"Interpolate": {"scale_factor"}}  # one of size and factor: Upsample takes the factor
# torch gives these a default that it then refuses, so the block always writes them.
ALWAYS_WRITTEN = {("Interpolate", "size"): 32}
NO_SIGNATURE = {
    "Transpose", "MoveAxis", "Squeeze", "Unsqueeze", "Expand", "ExpandBatch", "Tile", "RepeatInterleave", "Flip",
    "Roll", "Stack", "Slice", "Select", "IndexSelect", "Gather", "Chunk", "SplitSizes", "InterpolateLike",
}  # fmt: skip
