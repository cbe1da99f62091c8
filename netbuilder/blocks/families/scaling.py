"""Learned scales and shifts."""

from netbuilder.blocks.params import Bool, Float, Inferred
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

SCALE_AND_SHIFT = Block(
    name="ScaleAndShift",
    category="Math",
    summary="Multiplies each channel by a learned number and adds another, as a normalisation ends.",
    formula="y = x · w + b, w and b one number for each channel",
    inputs=(Port("x", "N C *", dtype="float32", help="Any tensor; its second axis are the channels."),),
    outputs=(Port("y", "N C *", dtype="float32", help="The same shape."),),
    module="netbuilder.nn.scaling.ScaleAndShift",
    params=(
        Inferred(name="num_features", axis="x.C", required=True, help="How many channels come in, from the link."),
        Bool(name="bias", default=True, help="Whether it shifts, too."),
    ),
    graphs=IN_NETWORKS,
    synonyms=("affine", "gain", "bias", "film", "calibrate", "scale and shift"),
)

LAYER_SCALE = Block(
    name="LayerScale",
    category="Math",
    summary="Multiplies each feature by a learned number that starts small, to steady deep networks.",
    formula="y = x · w, w one number for each feature",
    inputs=(Port("x", "N * F", dtype="float32", help="Any tensor; its last axis are the features."),),
    outputs=(Port("y", "N * F", dtype="float32", help="The same shape."),),
    module="netbuilder.nn.scaling.LayerScale",
    params=(
        Inferred(name="num_features", axis="x.F", required=True, help="How many features come in, from the link."),
        Float(name="init_value", default=1e-5, help="What every number starts at."),
    ),
    graphs=IN_NETWORKS,
    brief="from {init_value}",
    synonyms=("gain", "residual scale", "cait", "convnext", "vit"),
    source="Touvron and others: Going deeper with image transformers, 2021",
)
