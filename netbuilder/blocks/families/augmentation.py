"""Blocks that change pictures and other data at random while a network trains, and Normalize."""

from netbuilder.blocks.augmenting import CHANGED, HOME, IMAGES, augmentation, chance
from netbuilder.blocks.params import Float, Floats, Int, Size
from netbuilder.blocks.spec import IN_STEPS, Block, Port

NORMALIZE = Block(
    name="Normalize",
    category="Augmentation",
    summary="Brings the numbers of each channel to about mean 0 and spread 1, as networks like them.",
    formula="y = (x − mean) / std, in training and afterwards",
    inputs=(Port("x", "N C *", role="image", dtype="float32", help="Images, or anything with its channels second."),),
    outputs=(Port("y", "N C *", role="image", dtype="float32", help="The same shape, normalised."),),
    call="{y} = normalize({x}{params})",
    like=f"{HOME}.normalize",
    uses=(f"{HOME}.normalize",),
    params=(
        Floats(
            name="mean",
            default=(0.5,),
            longest=64,
            low=-1e6,
            high=1e6,
            help="What is taken away: one number, or one for each channel; for values from 0 to 1 it is about 0.5.",
        ),
        Floats(
            name="std",
            default=(0.5,),
            longest=64,
            low=1e-6,
            high=1e6,
            help="What is divided by: one number, or one for each channel.",
        ),
    ),
    brief="{mean} ± {std}",
    synonyms=("standardize", "scale pixels", "mean and std", "imagenet", "preprocess"),
)

RANDOM_HORIZONTAL_FLIP = augmentation(
    "RandomHorizontalFlip",
    "random_horizontal_flip",
    "Mirrors some images left to right while training, so that the network learns both ways round.",
    "y = x with its columns in reverse, with probability p; y = x after training",
    (chance(0.5, "mirrored"),),
    brief="p = {p}",
    synonyms=("mirror", "left right", "fliplr"),
)

RANDOM_VERTICAL_FLIP = augmentation(
    "RandomVerticalFlip",
    "random_vertical_flip",
    "Turns some images upside down while training, where up and down mean nothing.",
    "y = x with its rows in reverse, with probability p; y = x after training",
    (chance(0.5, "turned upside down"),),
    brief="p = {p}",
    synonyms=("mirror", "upside down", "flipud"),
)

RANDOM_CROP = augmentation(
    "RandomCrop",
    "random_crop",
    "Cuts a window out of each image at a random place, so that it does not matter where things stand.",
    "y = a window of size at a random place of x with a border; the middle of x after training",
    (
        Size(
            name="size",
            default=None,
            optional=True,
            low=1,
            high=2**14,
            help="Height and width of the window, one number for both; none keeps the size of the images.",
        ),
        Int(
            name="padding",
            default=4,
            low=0,
            high=2**12,
            help="How wide a border is put around the images first, so that the window can move beyond them.",
        ),
        Float(name="fill", default=0.0, low=-1e6, high=1e6, advanced=True, help="What the border is filled with."),
    ),
    outputs=(Port("y", "N C H' W'", role="image", dtype="float32", help="The windows."),),
    brief="padding {padding}",
    synonyms=("shift", "translate", "window", "cut"),
    source="He and others: Deep residual learning for image recognition, 2015, section 4.2",
)

RANDOM_RESIZED_CROP = augmentation(
    "RandomResizedCrop",
    "random_resized_crop",
    "Cuts a random part out of each image and enlarges it, so that near and far look alike.",
    "y = a part of x with a random share of its area, enlarged to the size of x; y = x after training",
    (
        Floats(
            name="scale",
            default=(0.3, 1.0),
            low=1e-3,
            high=1.0,
            help="The smallest and the largest share of the image's area that is kept.",
        ),
        Floats(
            name="ratio",
            default=(0.75, 1.3333),
            low=1e-2,
            high=100.0,
            advanced=True,
            help="The part's width divided by its height: the smallest and the largest.",
        ),
    ),
    brief="{scale} of the area",
    synonyms=("zoom", "scale", "inception crop"),
    source="Szegedy and others: Going deeper with convolutions, 2014",
)

RANDOM_ERASING = augmentation(
    "RandomErasing",
    "random_erasing",
    "Blots out a rectangle in some images while training, so that no single part decides.",
    "y = x with a random rectangle set to value, with probability p; y = x after training",
    (
        chance(0.5, "blotted"),
        Floats(
            name="scale",
            default=(0.02, 0.33),
            low=1e-3,
            high=1.0,
            help="The smallest and the largest share of the image's area that is blotted out.",
        ),
        Floats(
            name="ratio",
            default=(0.3, 3.3),
            low=1e-2,
            high=100.0,
            advanced=True,
            help="The rectangle's width divided by its height: the smallest and the largest.",
        ),
        Float(name="value", default=0.0, low=-1e6, high=1e6, help="What the rectangle is filled with."),
    ),
    brief="p = {p}",
    synonyms=("cutout", "occlusion", "hide"),
    source="Zhong and others: Random erasing data augmentation, 2017",
)

RANDOM_NOISE = augmentation(
    "RandomNoise",
    "random_noise",
    "Adds noise of a strength of its own to each sample while training.",
    "y = x + s · noise with s from 0 to std and normal noise; y = x after training",
    (Float(name="std", default=0.1, low=0.0, high=1e6, help="The strongest noise, as a standard deviation."),),
    inputs=(Port("x", "N *", dtype="float32", help="A batch of anything."),),
    outputs=(Port("y", "N *", dtype="float32", help="The same shape, noisy while training."),),
    brief="up to {std}",
    synonyms=("gaussian noise", "jitter", "denoising", "robust"),
)

_MIXED = (
    Port("x", "N *", role="image", dtype="float32", help="Images, or a batch of anything that can be averaged."),
    Port("target", "N", role="class", dtype="int64", help="The number of each sample's class."),
)
_SOFT = Port(
    "soft_target", "N C", dtype="float32", help="For each sample the share of each class; for SoftCrossEntropyLoss."
)
_CLASSES = Int(
    name="num_classes", default=10, low=1, high=2**24, required=True, help="How many classes there are altogether."
)

MIX_UP = augmentation(
    "MixUp",
    "mix_up",
    "Lays pairs of samples over one another and asks for both classes in the same proportion.",
    "y = λ · x + (1 − λ) · x', the classes likewise, λ from Beta(alpha, alpha); y = x after training",
    (
        _CLASSES,
        Float(
            name="alpha",
            default=0.2,
            low=1e-2,
            high=100.0,
            help="How evenly samples are mixed: near 0 nearly one of the two alone, at 1 any share is as likely.",
        ),
    ),
    inputs=_MIXED,
    outputs=(Port("y", "N *", role="image", dtype="float32", help="The mixtures."), _SOFT),
    brief="{num_classes} classes",
    synonyms=("blend", "soft labels", "interpolate"),
    source="Zhang and others: mixup: beyond empirical risk minimization, 2017",
)

CUT_MIX = augmentation(
    "CutMix",
    "cut_mix",
    "Pastes a piece of another image into each and asks for both classes in proportion to their areas.",
    "y = x with a rectangle of x', the classes by area; y = x after training",
    (
        _CLASSES,
        Float(
            name="alpha",
            default=1.0,
            low=1e-2,
            high=100.0,
            help="At 1 any size of the piece is as likely; near 0 it is nearly all or nearly nothing.",
        ),
    ),
    inputs=(IMAGES, _MIXED[1]),
    outputs=(CHANGED, _SOFT),
    brief="{num_classes} classes",
    synonyms=("paste", "soft labels", "patch"),
    source="Yun and others: CutMix, 2019",
)

SOFT_CROSS_ENTROPY_LOSS = Block(
    name="SoftCrossEntropyLoss",
    category="Loss",
    part="loss",
    summary="Measures how far scores are from the shares of several classes, as MixUp and CutMix give them.",
    formula="loss = mean of −sum over classes of target · log softmax(logits)",
    inputs=(
        Port("logits", "N C *", role="logits", dtype="float32", help="A score for each class, before any softmax."),
        Port("target", "N C *", dtype="float32", help="The share of each class, in the same shape; they sum to 1."),
    ),
    outputs=(Port("loss", role="loss", dtype="float32", help="One number, the mean over the batch."),),
    call="{loss} = F.cross_entropy({logits}, {target}{params})",
    like="nn.CrossEntropyLoss",
    params=(
        Float(
            name="label_smoothing",
            default=0.0,
            low=0.0,
            high=1.0,
            help="How much of the target is spread over all classes, so that the network is less sure of itself.",
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("soft labels", "soft targets", "mixup", "distillation", "probabilities", "classification"),
)

RANDOM_MASK = augmentation(
    "RandomMask",
    "random_mask",
    "Hides a band of frequencies and a stretch of time of each spectrogram while training.",
    "y = x with some neighbouring rows and columns set to value; y = x after training",
    (
        Int(name="frequencies", default=8, low=0, high=2**14, help="At most how many frequencies are hidden."),
        Int(name="times", default=16, low=0, high=2**20, help="At most how many moments are hidden."),
        Float(name="value", default=0.0, low=-1e6, high=1e6, advanced=True, help="What stands there instead."),
    ),
    inputs=(Port("x", "N * F T", dtype="float32", help="Spectrograms: frequencies down, time across."),),
    outputs=(Port("y", "N * F T", dtype="float32", help="The same shape, with gaps while training."),),
    brief="{frequencies} x {times}",
    synonyms=("specaugment", "spectrogram", "audio", "hide"),
    source="Park and others: SpecAugment, 2019",
)
