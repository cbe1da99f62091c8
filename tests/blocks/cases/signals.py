"""Generative blocks, signals and augmentation."""

from tests.blocks.cases.case import IMAGE, STEPS, VECTOR, case

_RGB = "N 3 8 8"
_WAVE = "N 90"
_FRAMES = {"n_fft": 16, "hop_length": 5, "win_length": 12}
_IMAGES = (case(x=IMAGE), case(x=_RGB), case(x="N 1 H W"))


def _on_images(**params):
    return (*_IMAGES, case(x=_RGB, params=params))


LAYERS = {
    "Reparameterize": (case(mu=VECTOR, logvar=VECTOR), case(mu=IMAGE, logvar=IMAGE)),
    "RandomTimestep": (case(x=IMAGE), case(x="N T int64", params={"steps": 7})),
    "AddNoise": (
        case(x=IMAGE, noise=IMAGE, t="N int64"),
        case(x="N T 8", noise=STEPS, t="N int64", params={"steps": 10, "schedule": "cosine"}),
    ),
    "NoiseVelocity": (
        case(x=IMAGE, noise=IMAGE, t="N int64"),
        case(x="N T 8", noise=STEPS, t="N int64", params={"steps": 10, "schedule": "cosine"}),
    ),
    "NoiseSchedule": (case(t="N int64"), case(t="N int64", params={"steps": 4, "schedule": "cosine"})),
    "VectorQuantize": (
        case(x=IMAGE),
        case(x="N 5 L", params={"num_codes": 7, "commitment": 1.0}),
        case(x=VECTOR, params={"num_codes": 1}),
    ),
    "GradientReversal": (case(x=IMAGE), case(x=VECTOR, params={"scale": 0.5})),
    "STFT": (
        case(x=_WAVE, params={"n_fft": 32}),
        case(x="N 2 90", params={**_FRAMES, "window": "hamming", "center": False}),
        case(x=_WAVE, params={"n_fft": 15, "hop_length": 4, "window": "blackman"}),
    ),
    "InverseSTFT": (
        case(real="N 9 12", imaginary="N 9 12", params={"n_fft": 16}),
        case(real="N 2 9 T", imaginary="N 2 9 T", params={"n_fft": 16, "hop_length": 4, "win_length": 12}),
        case(real="N 9 6", imaginary="N 9 6", params={"n_fft": 16, "hop_length": 2, "window": "hamming"}),
    ),
    "Spectrogram": (
        case(x=_WAVE, params={"n_fft": 32, "power": 1.0}),
        case(x="N 2 90", params={**_FRAMES, "window": "blackman", "center": False}),
    ),
    "MelSpectrogram": (
        case(x=_WAVE, params={**_FRAMES, "n_mels": 4, "sample_rate": 8000, "power": 1.0}),
        case(
            x="N 2 90",
            params={"n_fft": 64, "n_mels": 6, "f_min": 50.0, "f_max": 4e3, "mel_scale": "slaney", "norm": "slaney"},
        ),
    ),
    "MFCC": (
        case(x=_WAVE, params={"n_fft": 64, "n_mels": 10, "n_mfcc": 4}),
        case(x="N 2 90", params={"n_fft": 32, "hop_length": 8, "n_mels": 8, "n_mfcc": 5, "sample_rate": 8000}),
    ),
    "Decibels": (case(x=IMAGE), case(x=VECTOR, params={"multiplier": 20.0, "floor": 1e-5})),
    "Normalize": (
        case(x=IMAGE),
        case(x=_RGB, params={"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}),
        case(x="N 4 L", params={"std": (2.0,)}),
    ),
    "RandomHorizontalFlip": _on_images(p=1.0),
    "RandomVerticalFlip": _on_images(p=1.0),
    "RandomCrop": (*_on_images(size=6, padding=1, fill=0.5), case(x="N 1 8 9", params={"size": (5, 12)})),
    "RandomResizedCrop": _on_images(scale=(0.5, 0.5), ratio=(1.0, 2.0)),
    "RandomErasing": _on_images(p=1.0, scale=(0.1, 0.2), ratio=(1.0, 1.0), value=1.0),
    "RandomNoise": (case(x=IMAGE), case(x=STEPS, params={"std": 1.0})),
    "MixUp": (
        case(x=IMAGE, target="N int64"),
        case(x=VECTOR, target="N int64", params={"num_classes": 4, "alpha": 1.0}),
    ),
    "CutMix": (
        case(x=IMAGE, target="N int64"),
        case(x=_RGB, target="N int64", params={"num_classes": 4, "alpha": 0.5}),
    ),
    "RandomMask": (
        case(x="N 8 9"),
        case(x="N 1 8 T", params={"frequencies": 3, "times": 2, "value": 1.0}),
    ),
    "RandomAffine": (
        *_on_images(degrees=(0.0, 90.0), translate=(0.0, 0.2), scale=(1.0, 2.0), shear=(-5.0, 5.0)),
        case(x=IMAGE, params={"mode": "nearest", "padding_mode": "border"}),
    ),
    "ColorJitter": (*_on_images(brightness=0.5, contrast=0.0), case(x=_RGB, params={"saturation": 1.0, "hue": 0.5})),
    "RandomGrayscale": _on_images(p=1.0),
    "RandomBlur": _on_images(kernel_size=3, sigma=(0.5, 1.0)),
}
LOSSES = {
    "SoftCrossEntropyLoss": (
        case(logits="N 4", target="N 4"),
        case(logits="N 4 6", target="N 4 6", params={"label_smoothing": 0.1}),
    ),
}
FORMULAS = {
    "SoftCrossEntropyLoss": lambda logits, target, label_smoothing=0.0: (
        (-((1 - label_smoothing) * target + label_smoothing / 4) * logits.log_softmax(dim=1)).sum(dim=1).mean()
    )
}
# The number of a class that is left out means nothing where targets are shares.
NOT_OFFERED_BY = {"SoftCrossEntropyLoss": {"ignore_index"}}
NO_SIGNATURE = {"Reparameterize", "RandomTimestep", "GradientReversal"}
