"""Where a preview graph ends: what a person watches while a run trains."""

from netbuilder.blocks.params import Int
from netbuilder.blocks.spec import IN_PREVIEWS, Block, Port

VIEW_IMAGES = Block(
    name="ViewImages",
    category="View",
    part="view",
    summary="Shows images side by side, with what they are and what the network takes them for.",
    formula="shows images[0], images[1], ...",
    inputs=(
        Port("images", "N C H W", role="image", dtype="float32", help="Images with 1 or 3 channels, values 0 to 1."),
        Port("truth", "N", optional=True, role="class", dtype="int64", help="The right class of each."),
        Port(
            "logits", "N C", optional=True, role="logits", dtype="float32", help="The network's score for each class."
        ),
    ),
    params=(Int(name="count", default=16, low=1, high=64, help="How many images are shown."),),
    graphs=IN_PREVIEWS,
    brief="{count} images",
    synonyms=("picture", "grid", "gallery", "samples", "predictions", "display", "plot"),
)

VIEW_CURVE = Block(
    name="ViewCurve",
    category="View",
    part="view",
    summary="Draws the numbers of each sample as a line.",
    formula="draws values[0], values[1], ... over their last axis",
    inputs=(Port("values", "N * T", dtype="float32", help="One row of numbers a sample."),),
    params=(Int(name="count", default=4, low=1, high=64, help="How many samples are drawn."),),
    graphs=IN_PREVIEWS,
    brief="{count} samples",
    synonyms=("plot", "chart", "line", "graph", "signal", "probabilities", "display"),
)
