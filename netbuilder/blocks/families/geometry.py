"""Augmentation that turns, colours and blurs images."""

from netbuilder.blocks.augmenting import augmentation, chance
from netbuilder.blocks.params import Choice, Float, Floats, Int

_COLOR = "netbuilder.nn.color"

RANDOM_AFFINE = augmentation(
    "RandomAffine",
    "random_affine",
    "Turns, moves, enlarges and slants each image a little while training.",
    "y = x turned by an angle, moved, scaled and sheared around its middle; y = x after training",
    (
        Floats(
            name="degrees",
            default=(-10.0, 10.0),
            low=-360.0,
            high=360.0,
            help="How far images are turned, from and to; positive is counter-clockwise.",
        ),
        Floats(
            name="translate",
            default=(0.1, 0.1),
            low=0.0,
            high=1.0,
            help="How far they are moved to either side at most, as shares of width and height.",
        ),
        Floats(
            name="scale",
            default=(0.9, 1.1),
            low=1e-2,
            high=100.0,
            help="How large they become, from and to; 1 is as they are, 2 twice as large.",
        ),
        Floats(
            name="shear",
            default=(0.0, 0.0),
            low=-80.0,
            high=80.0,
            advanced=True,
            help="How far upright lines are slanted, in degrees, from and to.",
        ),
        Choice(
            name="mode",
            default="bilinear",
            options=("bilinear", "nearest", "bicubic"),
            advanced=True,
            help="How pixels between pixels are found: bilinear is smooth, nearest keeps exact values.",
        ),
        Choice(
            name="padding_mode",
            default="zeros",
            options=("zeros", "border", "reflection"),
            advanced=True,
            help="What comes in from outside: zeros, the nearest pixel of the border, or the image mirrored.",
        ),
    ),
    brief="{degrees}°",
    synonyms=("rotate", "rotation", "turn", "translate", "shift", "zoom", "shear", "warp"),
)

COLOR_JITTER = augmentation(
    "ColorJitter",
    "color_jitter",
    "Changes brightness, contrast and colours of each image a little while training.",
    "y = x with brightness, contrast, saturation and hue changed at random; y = x after training",
    (
        Float(
            name="brightness",
            default=0.2,
            low=0.0,
            high=10.0,
            help="How much brighter or darker: 0.2 multiplies by 0.8 to 1.2.",
        ),
        Float(
            name="contrast",
            default=0.2,
            low=0.0,
            high=10.0,
            help="How much light and dark move apart or together, as a share.",
        ),
        Float(
            name="saturation",
            default=0.2,
            low=0.0,
            high=10.0,
            help="How much stronger or paler colours become, as a share; for three channels only.",
        ),
        Float(
            name="hue",
            default=0.0,
            low=0.0,
            high=0.5,
            help="How far colours move around the colour circle, 0.5 being half of it; for three channels only.",
        ),
    ),
    home=_COLOR,
    synonyms=("colour", "brightness", "contrast", "saturation", "hue", "lighting"),
)

RANDOM_GRAYSCALE = augmentation(
    "RandomGrayscale",
    "random_grayscale",
    "Takes the colours out of some images while training, so that shapes count too.",
    "y = the brightness of x in every channel, with probability p; y = x after training",
    (chance(0.1, "made grey"),),
    home=_COLOR,
    brief="p = {p}",
    synonyms=("grey", "gray", "black and white", "colour"),
)

RANDOM_BLUR = augmentation(
    "RandomBlur",
    "random_blur",
    "Blurs each image by an amount of its own while training.",
    "y = x convolved with a Gaussian of random width; y = x after training",
    (
        Int(
            name="kernel_size",
            default=5,
            low=1,
            high=255,
            help="How many pixels across the blur reaches; an odd number, about four times the largest sigma.",
        ),
        Floats(
            name="sigma",
            default=(0.1, 2.0),
            low=1e-3,
            high=100.0,
            help="How strong the blur is in pixels, as a standard deviation, from and to.",
        ),
    ),
    home=_COLOR,
    brief="σ {sigma}",
    synonyms=("gaussian blur", "smooth", "defocus", "soften"),
)
