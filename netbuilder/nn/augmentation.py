"""Augmentation of whole batches on their device: each sample makes its own random choice, all in one go.

Every function gives its input back where `training` is False. What is random comes from torch's default generator of
the batch's device, so a seed decides it. Images are float32, N x C x H x W.
"""

import math

import torch
import torch.nn.functional as F


def normalize(x: torch.Tensor, mean: tuple[float, ...] = (0.5,), std: tuple[float, ...] = (0.5,)) -> torch.Tensor:
    """(x - mean) / std, channel by channel; in training and afterwards.

    x: N x C x any. mean and std: one number for all channels, or one for each; std is positive.
    Raises ValueError where there are neither one nor C of them.
    """
    for name, numbers in (("mean", mean), ("std", std)):
        if len(numbers) not in (1, x.shape[1]):
            raise ValueError(f"{name} has {len(numbers)} numbers, but the input has {x.shape[1]} channels")
    shape = (-1, *[1] * (x.dim() - 2))
    means = torch.tensor(mean, dtype=x.dtype, device=x.device).view(shape)
    return (x - means) / torch.tensor(std, dtype=x.dtype, device=x.device).view(shape)


def random_horizontal_flip(x: torch.Tensor, p: float = 0.5, training: bool = True) -> torch.Tensor:
    """Mirrors each image left to right with probability p."""
    if not training:
        return x
    return torch.where(_chosen(x, p), x.flip(-1), x)


def random_vertical_flip(x: torch.Tensor, p: float = 0.5, training: bool = True) -> torch.Tensor:
    """Turns each image upside down with probability p."""
    if not training:
        return x
    return torch.where(_chosen(x, p), x.flip(-2), x)


def random_crop(
    x: torch.Tensor,
    size: int | tuple[int, int] | None = None,
    padding: int = 4,
    fill: float = 0.0,
    training: bool = True,
) -> torch.Tensor:
    """Puts a border of `fill` around the images and cuts a window of `size` out of each, wherever chance puts it.

    size: height and width, one number for both; None is the size that comes in. After training the window is the
    middle of the image. Raises ValueError where the window is larger than the image with its border.
    """
    height, width = x.shape[-2:]
    tall, wide = (height, width) if size is None else (size, size) if isinstance(size, int) else size
    down, right = height + 2 * padding - tall, width + 2 * padding - wide
    if down < 0 or right < 0:
        raise ValueError(f"a window of {tall} x {wide} is larger than the image of {height} x {width} with its border")
    if not training and (tall, wide) == (height, width):
        return x
    padded = F.pad(x, (padding, padding, padding, padding), value=fill)
    if not training:
        return padded[:, :, down // 2 : down // 2 + tall, right // 2 : right // 2 + wide]
    tops = torch.randint(0, down + 1, (x.shape[0], 1, 1, 1), device=x.device)
    lefts = torch.randint(0, right + 1, (x.shape[0], 1, 1, 1), device=x.device)
    rows = tops + torch.arange(tall, device=x.device).view(1, 1, -1, 1)
    columns = lefts + torch.arange(wide, device=x.device).view(1, 1, 1, -1)
    cut = padded.gather(2, rows.expand(-1, x.shape[1], -1, padded.shape[3]))
    return cut.gather(3, columns.expand(-1, x.shape[1], tall, -1))


def random_affine(
    x: torch.Tensor,
    degrees: tuple[float, float] = (-10.0, 10.0),
    translate: tuple[float, float] = (0.1, 0.1),
    scale: tuple[float, float] = (0.9, 1.1),
    shear: tuple[float, float] = (0.0, 0.0),
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    training: bool = True,
) -> torch.Tensor:
    """Turns, moves, enlarges and slants each image by amounts of its own, around its middle.

    degrees, scale, shear: from, to; positive degrees turn counter-clockwise, shear is in degrees. translate: the
    largest move to either side as shares of width and height. mode and padding_mode as in F.grid_sample.
    """
    if not training:
        return x
    height, width = x.shape[-2:]
    angle = _between(x, *degrees) * (math.pi / 180)
    slant = torch.tan(_between(x, *shear) * (math.pi / 180))
    size = _between(x, *scale)
    right, down = _between(x, -translate[0], translate[0]), _between(x, -translate[1], translate[1])
    # Each pixel of the result asks where it comes from, so the steps are undone: move, turn, slant, enlarge.
    cos, sin = torch.cos(angle) / size, torch.sin(angle) / size
    across, along = cos - slant * sin, -sin - slant * cos
    first = torch.stack([across, along * (height / width), -2 * (across * right + along * (height / width) * down)], 1)
    second = torch.stack([sin * (width / height), cos, -2 * (sin * (width / height) * right + cos * down)], 1)
    grid = F.affine_grid(torch.stack([first, second], 1), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid.to(x.dtype), mode=mode, padding_mode=padding_mode, align_corners=False)


def random_resized_crop(
    x: torch.Tensor,
    scale: tuple[float, float] = (0.3, 1.0),
    ratio: tuple[float, float] = (0.75, 1.3333),
    training: bool = True,
) -> torch.Tensor:
    """Cuts a part out of each image and enlarges it to the size of the whole.

    scale: the part's share of the area, from, to. ratio: its width by its height, from, to, before it is cut to fit.
    Szegedy and others: Going deeper with convolutions, 2014.
    """
    if not training:
        return x
    wide, tall = _box(x, scale, ratio)
    right, down = _between(x, -1.0, 1.0) * (1 - wide), _between(x, -1.0, 1.0) * (1 - tall)
    none = torch.zeros_like(wide)
    where = torch.stack([torch.stack([wide, none, right], 1), torch.stack([none, tall, down], 1)], 1)
    grid = F.affine_grid(where, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid.to(x.dtype), padding_mode="border", align_corners=False)


def random_erasing(
    x: torch.Tensor,
    p: float = 0.5,
    scale: tuple[float, float] = (0.02, 0.33),
    ratio: tuple[float, float] = (0.3, 3.3),
    value: float = 0.0,
    training: bool = True,
) -> torch.Tensor:
    """Fills a rectangle somewhere in each image with `value`, with probability p.

    scale: the rectangle's share of the area, from, to. ratio: its width by its height, from, to.
    Zhong and others: Random erasing data augmentation, 2017.
    """
    if not training:
        return x
    inside = _rectangle(x, *_box(x, scale, ratio))
    return torch.where(inside & _chosen(x, p), torch.full_like(x, value), x)


def random_noise(x: torch.Tensor, std: float = 0.1, training: bool = True) -> torch.Tensor:
    """Adds normal noise whose standard deviation each sample draws for itself, from 0 to `std`."""
    if not training:
        return x
    strength = torch.rand(x.shape[0], *[1] * (x.dim() - 1), dtype=x.dtype, device=x.device) * std
    return x + strength * torch.randn_like(x)


def mix_up(
    x: torch.Tensor, target: torch.Tensor, num_classes: int, alpha: float = 0.2, training: bool = True
) -> tuple[torch.Tensor, torch.Tensor]:
    """Lays another sample of the batch over each, and mixes their classes in the same proportion.

    x: N x any. target: N, int64. Gives the mixtures and N x num_classes probabilities; after training x itself and
    ones at the right classes. The proportion is Beta(alpha, alpha), each sample's own.
    Zhang and others: mixup: beyond empirical risk minimization, 2017.
    """
    soft = F.one_hot(target, num_classes).to(x.dtype)
    if not training:
        return x, soft
    own = _proportion(x, alpha)
    other = torch.randperm(x.shape[0], device=x.device)
    share = own.view(-1, *[1] * (x.dim() - 1))
    mixed = share * x + (1 - share) * x[other]
    return mixed, own[:, None] * soft + (1 - own[:, None]) * soft[other]


def cut_mix(
    x: torch.Tensor, target: torch.Tensor, num_classes: int, alpha: float = 1.0, training: bool = True
) -> tuple[torch.Tensor, torch.Tensor]:
    """Pastes a rectangle of another image of the batch into each, and mixes their classes by the areas.

    x: N x C x H x W. target: N, int64. Gives the images and N x num_classes probabilities; after training x itself
    and ones at the right classes. The area left is Beta(alpha, alpha). Yun and others: CutMix, 2019.
    """
    soft = F.one_hot(target, num_classes).to(x.dtype)
    if not training:
        return x, soft
    side = (1 - _proportion(x, alpha)).sqrt()
    inside = _rectangle(x, side, side)
    other = torch.randperm(x.shape[0], device=x.device)
    own = 1 - inside.to(x.dtype).mean(dim=(1, 2, 3))[:, None]
    return torch.where(inside, x[other], x), own * soft + (1 - own) * soft[other]


def random_mask(
    x: torch.Tensor, frequencies: int = 8, times: int = 16, value: float = 0.0, training: bool = True
) -> torch.Tensor:
    """Fills a band of neighbouring frequencies and a stretch of time in each spectrogram with `value`.

    x: N x any x F x T. frequencies and times: the most rows and columns that are filled; how many, and which, each
    sample draws for itself. Park and others: SpecAugment, 2019.
    """
    if not training:
        return x
    hidden = _band(x, frequencies, -2)[:, :, None] | _band(x, times, -1)[:, None, :]
    hidden = hidden.view(x.shape[0], *[1] * (x.dim() - 3), *x.shape[-2:])
    return torch.where(hidden, torch.full_like(x, value), x)


def _chosen(x: torch.Tensor, p: float) -> torch.Tensor:
    """N x 1 x 1 x 1: which samples are meant."""
    return torch.rand(x.shape[0], 1, 1, 1, device=x.device) < p


def _between(x: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """N numbers from low to high."""
    return torch.rand(x.shape[0], device=x.device) * (high - low) + low


def _box(x: torch.Tensor, scale: tuple[float, float], ratio: tuple[float, float]) -> tuple[torch.Tensor, torch.Tensor]:
    """Width and height of N rectangles as shares of the image, at most all of it."""
    area = _between(x, *scale)
    shape = torch.exp(_between(x, math.log(ratio[0]), math.log(ratio[1])))
    turned = x.shape[-2] / x.shape[-1]
    return (area * shape * turned).sqrt().clamp(max=1), (area / shape / turned).sqrt().clamp(max=1)


def _rectangle(x: torch.Tensor, wide: torch.Tensor, tall: torch.Tensor) -> torch.Tensor:
    """N x 1 x H x W: the pixels inside a rectangle of these shares that lies anywhere in the image."""
    rows, columns = torch.arange(x.shape[-2], device=x.device), torch.arange(x.shape[-1], device=x.device)
    wide, tall = (wide * len(columns)).round()[:, None], (tall * len(rows)).round()[:, None]
    top = torch.floor(_between(x, 0.0, 1.0)[:, None] * (len(rows) - tall + 1))
    left = torch.floor(_between(x, 0.0, 1.0)[:, None] * (len(columns) - wide + 1))
    down = (rows >= top) & (rows < top + tall)
    across = (columns >= left) & (columns < left + wide)
    return (down[:, :, None] & across[:, None, :])[:, None]


def _band(x: torch.Tensor, most: int, dim: int) -> torch.Tensor:
    """N x size: 0 to `most` neighbouring places along an axis."""
    size = x.shape[dim]
    places = torch.arange(size, device=x.device)
    long = torch.floor(_between(x, 0.0, 1.0) * (min(most, size) + 1))[:, None]
    first = torch.floor(_between(x, 0.0, 1.0)[:, None] * (size - long + 1))
    return (places >= first) & (places < first + long)


def _proportion(x: torch.Tensor, alpha: float) -> torch.Tensor:
    """N numbers from 0 to 1 of the distribution Beta(alpha, alpha)."""
    shape = torch.full((x.shape[0],), alpha, device=x.device)
    drawn: torch.Tensor = torch.distributions.Beta(shape, shape, validate_args=False).sample()
    return drawn.to(x.dtype)
