"""Views of what a network says: planes, heat maps, confusion, masks and boxes."""

from netbuilder.blocks.params import Choice, Float, Int
from netbuilder.blocks.spec import IN_PREVIEWS, Block, Port

_POINTS = "Points of the plane, such as a latent space of two or data with two features."
_LABELS = Port("labels", "N", optional=True, role="class", dtype="int64", help="Their classes, which give the colours.")
_COUNT = Int(name="count", default=256, low=1, high=4096, help="How many points are drawn.")

VIEW_SCATTER = Block(
    name="ViewScatter",
    category="View",
    part="view",
    summary="Draws points of the plane in the colours of their classes: a map of a latent space.",
    formula="a dot at points[n] in the colour of labels[n]",
    inputs=(Port("points", "N 2", role="vector", dtype="float32", help=_POINTS), _LABELS),
    params=(_COUNT,),
    graphs=IN_PREVIEWS,
    brief="{count} points",
    synonyms=("latent map", "embedding", "clusters", "latent space", "scatter plot", "dots", "display"),
)

VIEW_MAP = Block(
    name="ViewMap",
    category="View",
    part="view",
    summary="Shows what a network decides at each place of the plane, with the samples on top.",
    formula="colour at grid[m]: argmax of values[m], or on which side of level values[m] lies",
    inputs=(
        Port(
            "values",
            "M *",
            role="logits",
            dtype="float32",
            help="What the network says of each point of the grid: a score for each class, or one value.",
        ),
        Port("grid", "M 2", role="vector", dtype="float32", help="The points themselves, of a block Grid."),
        Port("points", "N 2", optional=True, role="vector", dtype="float32", help="Samples, drawn as dots."),
        _LABELS,
    ),
    params=(
        _COUNT,
        Float(
            name="level",
            default=0.0,
            help="With one value: where the line between both sides lies; 0 for a logit, 0.5 for a probability.",
        ),
    ),
    graphs=IN_PREVIEWS,
    brief="{count} points",
    synonyms=("decision boundary", "decision regions", "decision map", "border", "contour", "plane", "display"),
)

VIEW_HEAT = Block(
    name="ViewHeat",
    category="View",
    part="view",
    summary="Shows a table of numbers as colours, such as which token attends to which.",
    formula="brightness at (t, s) = weights[..., t, s]",
    inputs=(
        Port("weights", "* T S", dtype="float32", help="One table a sample, or one for each sample and head."),
        Port("rows", "N T", optional=True, dtype="int64", help="The tokens along T, whose names stand at the left."),
        Port("columns", "N S", optional=True, dtype="int64", help="The tokens along S, whose names stand on top."),
    ),
    params=(Int(name="count", default=4, low=1, high=64, help="How many samples are shown."),),
    graphs=IN_PREVIEWS,
    brief="{count} samples",
    synonyms=("attention map", "heat map", "heatmap", "matrix", "alignment", "spectrogram", "weights", "display"),
)

VIEW_CONFUSION = Block(
    name="ViewConfusion",
    category="View",
    part="view",
    summary="Shows how often each class is taken for each other one.",
    formula="number at (a, b): how many of class a have their best score at b",
    inputs=(
        Port("logits", "N C *", role="logits", dtype="float32", help="The network's score for each class."),
        Port("truth", "N *", role="class", dtype="int64", help="The right classes."),
    ),
    params=(Int(name="count", default=1024, low=1, high=65536, help="How many samples are counted."),),
    graphs=IN_PREVIEWS,
    brief="{count} samples",
    synonyms=("confusion matrix", "mistakes", "errors", "classification", "display"),
)

VIEW_MASKS = Block(
    name="ViewMasks",
    category="View",
    part="view",
    summary="Shows what each pixel is taken for, in colours over the image, beside the truth.",
    formula="colour at (h, w): argmax over c of prediction[n, c, h, w]",
    inputs=(
        Port("images", "N C H W", role="image", dtype="float32", help="Images with 1 or 3 channels, values 0 to 1."),
        Port(
            "prediction",
            "N *",
            role="logits",
            help="Scores N C H W of the classes, one logit N 1 H W, or classes N H W; class 0 is the background.",
        ),
        Port("truth", "N *", optional=True, role="class", help="The right classes N H W, or a mask N 1 H W."),
    ),
    params=(Int(name="count", default=6, low=1, high=64, help="How many images are shown."),),
    graphs=IN_PREVIEWS,
    brief="{count} images",
    synonyms=("segmentation", "mask", "overlay", "iou", "u-net output", "display"),
)

VIEW_BOXES = Block(
    name="ViewBoxes",
    category="View",
    part="view",
    summary="Draws the boxes that a detector finds over the images, with the right ones in white.",
    formula="a box of size[n, :, h, w] at each peak (h, w) of sigmoid(heat[n, c]) above threshold",
    inputs=(
        Port("images", "N C H W", role="image", dtype="float32", help="Images with 1 or 3 channels, values 0 to 1."),
        Port(
            "heat", "N K H' W'", role="logits", dtype="float32", help="Logits of a centre being there, a map a class."
        ),
        Port("size", "N 2 H' W'", dtype="float32", help="Width and height of the box whose centre is there."),
        Port(
            "truth",
            "N M 5",
            optional=True,
            dtype="float32",
            help="The right boxes: class, x and y of the centre, width, height; class -1 is none.",
        ),
    ),
    params=(
        Int(name="count", default=8, low=1, high=64, help="How many images are shown."),
        Float(name="threshold", default=0.3, low=0.0, high=1.0, help="How sure a box must be to be drawn."),
        Choice(
            name="unit",
            default="pixels",
            options=("pixels", "fraction"),
            help="Whether places and sizes are in pixels of the image, or in shares of its width and height.",
        ),
    ),
    graphs=IN_PREVIEWS,
    brief="{count} images",
    synonyms=("object detection", "bounding box", "detector", "centernet", "boxes", "display"),
    source="Zhou, Wang, Krähenbühl: Objects as points, 2019",
)
