"""What people put behind a block most often: the order of suggestions and of what a search at a port offers first.

Each entry says why, in words that a newcomer can use. Which of them fit, by rank, dtype and role, is not said here:
`BatchNorm` of all ranks stand in a row, and those that do not fit are left out. Rows by a block's name come before
rows by its category. The order follows how often each follows in the presets (counted with 39 of them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.spec import Block


class Next(NamedTuple):
    """A block that often comes next, and why."""

    block: str
    why: str


def _all(names: str, why: str) -> tuple[Next, ...]:
    return tuple(Next(name, why) for name in names.split())


_BEND = "Bends the numbers; without it two layers are no more than one."
_CENTRE = "Keeps numbers in a good range, so that training goes faster."
_SHRINK = "Keeps the strongest answers and halves the size."
_DROP = "Switches values off at random while training, against overfitting."
_MIX = "Mixes all features with learned weights."
_LOOK = "Looks for patterns with learned filters."
_ROW = "Makes one row of numbers of it, as Linear wants."
_MEAN = "One number a channel, whatever the size."
_ADD = "Adds what went around this part: a skip connection."
_JOIN = "Puts it side by side with another branch."
_END = "Gives this back as a result of the network."
_STEP = "Takes one step of the sequence, such as the last."
_READ = "Reads the sequence step by step and remembers."
_PLACE = "Tells the network where in the sequence each token stands."
_ATTEND = "Lets each step look at all others."
_LOSS = "Says how wrong the answer is; training makes it small."
_SCORE = "Shows how good the answers are."
_NET = "Puts a network of this project here."
_SEE = "Shows it in the preview."

_NORMS = _all("BatchNorm1d BatchNorm2d BatchNorm3d", _CENTRE)
_POOLS = _all("MaxPool1d MaxPool2d MaxPool3d", _SHRINK)
_CONVS = _all("Conv1d Conv2d Conv3d", _LOOK)
_RELU = _all("ReLU", _BEND)
_LINEAR = _all("Linear", _MIX)
_FLATTEN = _all("Flatten", _ROW)
_DROPOUT = _all("Dropout", _DROP)
_OUTPUT = _all("Output", _END)
_SELECT = _all("Select", _STEP)
_LOSSES = _all("CrossEntropyLoss MSELoss BCEWithLogitsLoss", _LOSS)
_SCORES = _all("Accuracy BinaryAccuracy MAE", _SCORE)
_VIEWS = _all("ViewImages ViewText ViewScatter ViewCurve", _SEE)
_OPTIMIZE = _all("Optimizer", "Changes the weights so that this loss gets smaller.")

FOLLOWING: Mapping[str, tuple[Next, ...]] = {
    # by block
    "Input": (
        *_all("Embedding", "Turns each token into a vector that is learned."), *_CONVS, *_LINEAR, *_FLATTEN,
        *_all("LSTM", _READ),
    ),
    "Linear": (*_RELU, *_DROPOUT, *_OUTPUT, *_all("Add", _ADD)),
    "ConvTranspose2d": (*_NORMS, *_RELU, *_all("Concat", _JOIN)),
    "Flatten": (*_LINEAR, *_DROPOUT, *_OUTPUT),
    "GlobalAvgPool": (*_LINEAR, *_DROPOUT, *_OUTPUT),
    "AdaptiveAvgPool1d": _FLATTEN,
    "AdaptiveAvgPool2d": _FLATTEN,
    "AdaptiveAvgPool3d": _FLATTEN,
    "Upsample": (*_CONVS, *_all("Concat", _JOIN)),
    "Unflatten": (*_NORMS, *_all("ConvTranspose2d", "Draws larger images with learned patterns."), *_OUTPUT),
    "Reshape": (*_CONVS, *_LINEAR, *_OUTPUT),
    "Select": (*_LINEAR, *_DROPOUT, *_OUTPUT),
    "LayerNorm": (*_LINEAR, *_all("MultiheadAttention", _ATTEND), *_OUTPUT),
    "GroupNorm": (*_all("SiLU", _BEND), *_RELU, *_CONVS),
    "Embedding": (
        *_all("SinusoidalPositions LearnedPositions", _PLACE), *_all("LSTM GRU", _READ),
        *_all("TransformerEncoderLayer", _ATTEND),
    ),
    "PatchEmbedding": (
        *_all("ClassToken", "Adds a token that gathers what the image is."), *_all("LearnedPositions", _PLACE),
        *_all("TransformerEncoderLayer", _ATTEND),
    ),
    "ClassToken": (*_all("LearnedPositions", _PLACE), *_all("TransformerEncoderLayer", _ATTEND)),
    "SinusoidalPositions": (*_all("TransformerEncoderLayer", _ATTEND), *_all("LayerNorm", _CENTRE), *_DROPOUT),
    "LearnedPositions": (*_all("TransformerEncoderLayer", _ATTEND), *_all("LayerNorm", _CENTRE), *_DROPOUT),
    "MultiheadAttention": (*_all("Add", _ADD), *_DROPOUT, *_LINEAR),
    "TransformerEncoderLayer": (
        *_all("TransformerEncoderLayer", "Another layer: deeper networks see more."), *_all("LayerNorm", _CENTRE),
        *_SELECT, *_LINEAR,
    ),
    "Sigmoid": (*_OUTPUT, *_all("Multiply", "Lets this be a gate: what is near 0 is held back.")),
    "Softmax": (*_OUTPUT, *_all("MatMul", "Takes the mean of values, weighted by this.")),
    "Concat": (*_CONVS, *_LINEAR, *_OUTPUT),
    "Data": (*_all("Network", _NET), *_VIEWS, *_LOSSES),
    "Network": (*_LOSSES, *_SCORES, *_VIEWS, *_OUTPUT, *_RELU),
    "Noise": (*_all("Network", _NET), *_LINEAR),
    "MelSpectrogram": _all("Decibels", "Brings loudness to the scale on which we hear it."),
    # by category
    "Structure": (*_OUTPUT, *_LINEAR, *_RELU),
    "Convolution": (*_NORMS, *_RELU, *_POOLS),
    "Pooling": (*_CONVS, *_FLATTEN, *_DROPOUT, *_all("GlobalAvgPool", _MEAN)),
    "Padding": _CONVS,
    "Normalization": (*_RELU, *_CONVS, *_LINEAR),
    "Regularization": (*_LINEAR, *_CONVS, *_OUTPUT),
    "Activation": (*_CONVS, *_LINEAR, *_POOLS, *_DROPOUT),
    "Merge": (*_RELU, *_all("LayerNorm", _CENTRE), *_OUTPUT),
    "Recurrent": (*_SELECT, *_LINEAR, *_DROPOUT),
    "Attention": (*_all("Add", _ADD), *_all("LayerNorm", _CENTRE), *_LINEAR),
    "Shape": (*_CONVS, *_LINEAR, *_OUTPUT),
    "Math": (*_all("Add", _ADD), *_LINEAR, *_OUTPUT),
    "Signal": (*_CONVS, *_all("Decibels", "Brings loudness to the scale on which we hear it.")),
    "Augmentation": (*_all("Network", _NET), *_CONVS),
    "Generative": (*_LINEAR, *_all("Network", _NET)),
    "Loss": (*_OPTIMIZE, *_all("WeightedSum", "Adds several losses, each with its weight.")),
    "Sampling": _VIEWS,
}  # fmt: skip

# Categories in the order in which networks and steps are mostly built of them; those that are not named come last.
BUILDING = (
    *("Convolution", "Linear", "Pooling", "Normalization", "Activation", "Regularization", "Merge", "Shape"),
    *(
        "Recurrent",
        "Attention",
        "Embedding",
        "Structure",
        "Loss",
        "Metric",
        "Optimizer",
        "View",
        "Generative",
        "Padding",
    ),
    *("Augmentation", "Signal", "Math", "Flow", "Sampling", "Custom"),
)


def followers(block: Block) -> tuple[Next, ...]:
    """What often comes behind this block, likeliest first; each block once."""
    found: dict[str, Next] = {}
    for key in (block.name, block.category):
        for one in FOLLOWING.get(key, ()):
            found.setdefault(one.block, one)
    return tuple(found.values())


def leaders(block: Block, catalogue: Catalogue) -> tuple[str, ...]:
    """The names of blocks behind which this one often comes, those first for which it is the likeliest."""
    ranks: dict[str, int] = {}
    for name in catalogue.names:
        names = [one.block for one in followers(catalogue[name])]
        if block.name in names:
            ranks[name] = names.index(block.name)
    return tuple(sorted(ranks, key=lambda name: ranks[name]))
