"""Cutting images to size. Each definition needs nothing but torch and itself."""

import torch


def crop_to_match(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """The middle of an image that is as high and wide as another.

    x: ... x H x W; like: ... x h x w with h <= H and w <= W. Gives ... x h x w; where an odd number of rows or columns
    is cut, one more goes at the end. Raises ValueError if `like` is larger.
    Ronneberger, Fischer, Brox: U-Net, 2015 (its copy-and-crop).
    """
    height, width = like.shape[-2], like.shape[-1]
    if height > x.shape[-2] or width > x.shape[-1]:
        raise ValueError(
            f"{x.shape[-2]} x {x.shape[-1]} is smaller than {height} x {width} and cannot be cropped to it"
        )
    top, left = (x.shape[-2] - height) // 2, (x.shape[-1] - width) // 2
    return x[..., top : top + height, left : left + width]
