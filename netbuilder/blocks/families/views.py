"""Where a preview graph ends: what a person watches while a run trains. Pictures, curves and words of samples."""

from netbuilder.blocks.params import Choice, Int, Text
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
    params=(
        Int(name="count", default=16, low=1, high=256, help="How many images are shown."),
        Int(
            name="columns",
            default=0,
            low=0,
            high=64,
            help="How many stand in a row, such as the points of a latent walk; 0 makes it about square.",
        ),
    ),
    graphs=IN_PREVIEWS,
    brief="{count} images",
    synonyms=("picture", "grid", "gallery", "samples", "predictions", "display", "plot"),
)

VIEW_STRIP = Block(
    name="ViewStrip",
    category="View",
    part="view",
    summary="Shows the steps of each sample as a row of images, such as the way from noise to a picture.",
    formula="shows images[n, 0], images[n, 1], ... from left to right",
    inputs=(
        Port(
            "images",
            "N S C H W",
            role="image",
            dtype="float32",
            help="S images a sample in their order, such as a sampler's chain.",
        ),
    ),
    params=(Int(name="count", default=4, low=1, high=64, help="How many samples are shown, one a row."),),
    graphs=IN_PREVIEWS,
    brief="{count} rows",
    synonyms=("chain", "steps", "film strip", "diffusion chain", "denoising steps", "sequence of images", "display"),
)

VIEW_MAPS = Block(
    name="ViewMaps",
    category="View",
    part="view",
    summary="Shows each channel as a grey picture of its own: feature maps, or the filters of a layer.",
    formula="shows maps[n, c], a row for each n",
    inputs=(Port("maps", "N C H W", role="image", dtype="float32", help="Feature maps, or filters O I kH kW."),),
    params=(
        Int(name="count", default=4, low=1, high=64, help="How many samples (or filters) are shown."),
        Int(name="channels", default=16, low=1, high=64, help="How many channels of each are shown."),
        Choice(
            name="scale",
            default="all",
            options=("all", "each"),
            help="Whether all have one scale of grey, so that weak ones are dark, or each its own.",
        ),
    ),
    graphs=IN_PREVIEWS,
    brief="{count} samples",
    synonyms=("feature maps", "activations", "filters", "kernels", "channels", "display"),
)

VIEW_CURVE = Block(
    name="ViewCurve",
    category="View",
    part="view",
    summary="Draws the numbers of each sample as a line.",
    formula="draws values[0], values[1], ... over their last axis",
    inputs=(
        Port("values", "N * T", dtype="float32", help="One row of numbers a sample."),
        Port("truth", "N * T'", optional=True, dtype="float32", help="What they should be, in a second colour."),
    ),
    params=(
        Int(name="count", default=4, low=1, high=64, help="How many samples are drawn."),
        Int(
            name="offset",
            default=0,
            low=0,
            high=4095,
            help="At which place of the truth the values begin, for a forecast that goes on from known steps.",
        ),
        Text(name="x_label", default="", longest=60, help="What stands below the drawing, such as step."),
        Text(name="y_label", default="", longest=60, help="What stands beside the drawing, such as probability."),
    ),
    graphs=IN_PREVIEWS,
    brief="{count} samples",
    synonyms=("plot", "chart", "line", "graph", "signal", "probabilities", "forecast", "waveform", "display"),
)

VIEW_TEXT = Block(
    name="ViewText",
    category="View",
    part="view",
    summary="Shows tokens as text: what a language model writes, or a translation beside the right one.",
    formula="shows name(tokens[n, 0]) name(tokens[n, 1]) ..., a line for each n",
    inputs=(
        Port("tokens", "N T", dtype="int64", help="Numbers of characters or words; the data set has their names."),
        Port("truth", "N S", optional=True, dtype="int64", help="What the text should be."),
        Port("source", "N R", optional=True, dtype="int64", help="What it was made from, such as a text to translate."),
    ),
    params=(
        Int(name="count", default=8, low=1, high=64, help="How many samples are shown."),
        Text(
            name="end",
            default="",
            longest=60,
            help="The token that ends a text, by its name; it and what follows are left out.",
        ),
    ),
    graphs=IN_PREVIEWS,
    brief="{count} texts",
    synonyms=("language model", "translation", "tokens", "characters", "words", "generated text", "print", "display"),
)
