"""Blocks that keep a network from learning its examples by heart; they are active while training only."""

from netbuilder.blocks.common import PLANES, Plane
from netbuilder.blocks.params import Float
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_ANY = (Port("x", help="Any tensor."),)
_HOLES = (Port("y", help="The same shape, with holes while training."),)
_WORDS = ("regularization", "overfitting", "generalize")


def _p(text: str) -> Float:
    return Float(name="p", default=0.5, low=0.0, high=1.0, help=text)


DROPOUT = Block(
    name="Dropout",
    category="Regularization",
    summary="Sets random values to zero while training, so that the network relies on no single one.",
    formula="y = x · mask / (1 − p) in training, y = x afterwards",
    inputs=_ANY,
    outputs=_HOLES,
    module="nn.Dropout",
    params=(_p("The share of values that are set to zero."),),
    idle=True,
    graphs=IN_NETWORKS,
    brief="p = {p}",
    synonyms=(*_WORDS, "noise", "forget at random", "switch off at random", "against overfitting"),
    source="Srivastava and others: Dropout, 2014",
)


def _channels(plane: Plane) -> Block:
    return Block(
        name=f"Dropout{plane.name}",
        category="Regularization",
        summary=f"Sets whole channels of {plane.words} to zero at random while training.",
        formula="y[c] = x[c] · mask[c] / (1 − p) in training, y = x afterwards",
        inputs=(plane.x,),
        outputs=(plane.port("y", "The same shape, with empty channels while training."),),
        module=f"nn.Dropout{plane.name}",
        params=(_p("The share of channels that are set to zero."),),
        idle=True,
        graphs=IN_NETWORKS,
        brief="p = {p}",
        synonyms=(*_WORDS, "spatial dropout", "drop channels", "feature map"),
        source="Tompson and others: Efficient object localization using convolutional networks, 2015",
    )


CHANNEL_DROPOUTS = tuple(map(_channels, PLANES))

_KLAMBAUER = "Klambauer and others: Self-normalizing neural networks, 2017"

ALPHA_DROPOUT = Block(
    name="AlphaDropout",
    category="Regularization",
    summary="Dropout for SELU: sets random values to its lower limit and keeps mean and spread as they are.",
    formula="y = a · (x · mask + α′ · (1 − mask)) + b in training, y = x afterwards",
    inputs=(Port("x", dtype="float32", help="Any tensor; best what comes out of SELU."),),
    outputs=(Port("y", dtype="float32", help="The same shape, with replaced values while training."),),
    module="nn.AlphaDropout",
    params=(_p("The share of values that are replaced."),),
    idle=True,
    graphs=IN_NETWORKS,
    brief="p = {p}",
    synonyms=(*_WORDS, "selu", "self-normalizing"),
    source=_KLAMBAUER,
)

FEATURE_ALPHA_DROPOUT = Block(
    name="FeatureAlphaDropout",
    category="Regularization",
    summary="AlphaDropout of whole channels, for networks of convolutions with SELU.",
    formula="y[c] = a · (x[c] · mask[c] + α′ · (1 − mask[c])) + b in training, y = x afterwards",
    inputs=(Port("x", "N C *", role="image", dtype="float32", help="Any tensor with its channels second."),),
    outputs=(Port("y", "N C *", role="image", dtype="float32", help="The same shape, with replaced channels."),),
    module="nn.FeatureAlphaDropout",
    params=(_p("The share of channels that are replaced."),),
    idle=True,
    graphs=IN_NETWORKS,
    brief="p = {p}",
    synonyms=(*_WORDS, "selu", "drop channels"),
    source=_KLAMBAUER,
)

DROP_PATH = Block(
    name="DropPath",
    category="Regularization",
    summary="Skips a whole branch for random samples while training; put it before the Add of a skip connection.",
    formula="y = x · mask / (1 − p) in training, one mask value a sample; y = x afterwards",
    inputs=(Port("x", "N *", dtype="float32", help="What a branch gives, any tensor."),),
    outputs=(Port("y", "N *", dtype="float32", help="The same shape; samples left out are zero while training."),),
    module="netbuilder.nn.regularization.DropPath",
    params=(
        Float(name="p", default=0.1, low=0.0, high=0.99, help="The share of samples for which the branch is skipped."),
    ),
    idle=True,
    graphs=IN_NETWORKS,
    brief="p = {p}",
    synonyms=(*_WORDS, "stochastic depth", "drop connect", "residual", "vision transformer"),
    source="Huang and others: Deep networks with stochastic depth, 2016",
)

GAUSSIAN_NOISE = Block(
    name="GaussianNoise",
    category="Regularization",
    summary="Adds random noise while training, so that small differences do not matter to the network.",
    formula="y = x + std · normal noise in training, y = x afterwards",
    inputs=(Port("x", dtype="float32", help="Any tensor."),),
    outputs=(Port("y", dtype="float32", help="The same shape, noisy while training."),),
    module="netbuilder.nn.regularization.GaussianNoise",
    params=(Float(name="std", default=0.1, low=0.0, high=1000.0, help="How strong the noise is: its spread."),),
    idle=True,
    graphs=IN_NETWORKS,
    brief="std {std}",
    synonyms=(*_WORDS, "jitter", "denoise", "robust"),
    source="Bishop: Training with noise is equivalent to Tikhonov regularization, 1995",
)
