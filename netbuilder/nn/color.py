"""Colours of whole batches of images: float32, N x C x H x W, values from 0 to 1."""

import torch
import torch.nn.functional as F


def color_jitter(
    x: torch.Tensor,
    brightness: float = 0.2,
    contrast: float = 0.2,
    saturation: float = 0.2,
    hue: float = 0.0,
    training: bool = True,
) -> torch.Tensor:
    """Changes brightness, contrast, saturation and hue of each image, in this order, by amounts of its own.

    The first three multiply by a number from 1 - amount to 1 + amount (never below 0); hue moves around the colour
    circle by at most that share of it to either side. Saturation and hue need three channels: red, green, blue.
    Values stay from 0 to 1. Does nothing where `training` is False.
    """
    if not training:
        return x
    x = (x * _factor(x, brightness)).clamp(0, 1)
    middle = _grey(x).mean(dim=(1, 2, 3), keepdim=True)
    x = (middle + (x - middle) * _factor(x, contrast)).clamp(0, 1)
    if x.shape[1] != 3:
        return x
    grey = _grey(x)
    x = (grey + (x - grey) * _factor(x, saturation)).clamp(0, 1)
    if hue == 0:
        return x
    return _turned(x, (torch.rand(x.shape[0], 1, 1, device=x.device) * 2 - 1) * hue)


def random_grayscale(x: torch.Tensor, p: float = 0.1, training: bool = True) -> torch.Tensor:
    """Takes the colours out of each image with probability p; the number of channels stays."""
    if not training:
        return x
    chosen = torch.rand(x.shape[0], 1, 1, 1, device=x.device) < p
    return torch.where(chosen, _grey(x).expand_as(x), x)


def random_blur(
    x: torch.Tensor, kernel_size: int = 5, sigma: tuple[float, float] = (0.1, 2.0), training: bool = True
) -> torch.Tensor:
    """Blurs each image with a Gaussian whose width each draws for itself.

    kernel_size: in pixels; an odd one moves nothing. sigma: the Gaussian's standard deviation in pixels, from, to.
    Borders are repeated.
    """
    if not training:
        return x
    samples, channels = x.shape[:2]
    widths = torch.rand(samples, 1, device=x.device) * (sigma[1] - sigma[0]) + sigma[0]
    places = torch.arange(kernel_size, device=x.device) - (kernel_size - 1) / 2
    weights = torch.softmax(-0.5 * (places / widths) ** 2, dim=1).to(x.dtype)
    weights = weights.repeat_interleave(channels, dim=0)
    before, after = (kernel_size - 1) // 2, kernel_size // 2
    rows = F.pad(x, (before, after, before, after), mode="replicate").flatten(0, 1)[None]
    rows = F.conv2d(rows, weights[:, None, None, :], groups=samples * channels)
    return F.conv2d(rows, weights[:, None, :, None], groups=samples * channels).view_as(x)


def _factor(x: torch.Tensor, amount: float) -> torch.Tensor:
    """N x 1 x 1 x 1 factors around 1."""
    low = max(0.0, 1 - amount)
    return torch.rand(x.shape[0], 1, 1, 1, device=x.device) * (1 + amount - low) + low


def _grey(x: torch.Tensor) -> torch.Tensor:
    """N x 1 x H x W: how bright each pixel is, for three channels as the eye sees them (ITU-R BT.601)."""
    if x.shape[1] != 3:
        return x.mean(dim=1, keepdim=True)
    red, green, blue = x.unbind(dim=1)
    return (0.299 * red + 0.587 * green + 0.114 * blue)[:, None]


def _turned(x: torch.Tensor, amount: torch.Tensor) -> torch.Tensor:
    """RGB images with their hues moved by `amount` (N x 1 x 1, in turns): to HSV and back."""
    red, green, blue = x.unbind(dim=1)
    value, least = x.amax(dim=1), x.amin(dim=1)
    spread = value - least
    divisor = torch.where(spread > 0, spread, torch.ones_like(spread))
    from_green = 2 + (blue - red) / divisor
    from_blue = 4 + (red - green) / divisor
    sixth = torch.where(value == green, from_green, from_blue)
    sixth = torch.where(value == red, (green - blue) / divisor, sixth)
    sixth = sixth + 6 * amount
    channels = []
    for start in (5, 3, 1):
        place = (start + sixth) % 6
        channels.append(value - spread * torch.minimum(place, 4 - place).clamp(0, 1))
    return torch.stack(channels, dim=1)
