"""Augmentation against formulas: what each function may do to a batch, and that a seed decides it."""

import colorsys
import math

import pytest
import torch
import torch.nn.functional as F

from netbuilder.nn import augmentation, color

IMAGES = torch.rand(64, 3, 8, 10, generator=torch.Generator().manual_seed(0))
TARGET = torch.arange(64) % 5
CASES = {
    "random_horizontal_flip": (augmentation.random_horizontal_flip, ()),
    "random_vertical_flip": (augmentation.random_vertical_flip, ()),
    "random_crop": (augmentation.random_crop, ()),
    "random_affine": (augmentation.random_affine, ()),
    "random_resized_crop": (augmentation.random_resized_crop, ()),
    "random_erasing": (augmentation.random_erasing, ()),
    "random_noise": (augmentation.random_noise, ()),
    "random_mask": (augmentation.random_mask, ()),
    "color_jitter": (color.color_jitter, ()),
    "random_grayscale": (color.random_grayscale, ()),
    "random_blur": (color.random_blur, ()),
    "mix_up": (augmentation.mix_up, (TARGET, 5)),
    "cut_mix": (augmentation.cut_mix, (TARGET, 5)),
}
EACH = pytest.mark.parametrize(("function", "more"), CASES.values(), ids=CASES)


def first(found):
    return found[0] if isinstance(found, tuple) else found


@EACH
def test_the_seed_decides_and_samples_differ(function, more):
    same = IMAGES[:1].expand(64, -1, -1, -1)
    torch.manual_seed(1)
    one = first(function(IMAGES, *more))
    torch.manual_seed(1)
    again = first(function(IMAGES, *more))
    other = first(function(IMAGES, *more))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one.shape == IMAGES.shape
    assert one.dtype == torch.float32
    if not more:  # one picture many times becomes many pictures
        assert len(first(function(same)).unique(dim=0)) > 1


@EACH
def test_after_training_nothing_happens_and_nothing_is_drawn(function, more):
    before = torch.get_rng_state()
    found = first(function(IMAGES, *more, training=False))
    assert torch.equal(found, IMAGES)
    assert torch.equal(torch.get_rng_state(), before)


def test_normalize():
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    found = augmentation.normalize(IMAGES, mean, std)
    for channel in range(3):
        torch.testing.assert_close(found[:, channel], (IMAGES[:, channel] - mean[channel]) / std[channel])
    torch.testing.assert_close(augmentation.normalize(IMAGES), 2 * IMAGES - 1)
    with pytest.raises(ValueError, match="std has 2 numbers, but the input has 3 channels"):
        augmentation.normalize(IMAGES, mean, (1.0, 2.0))


@pytest.mark.parametrize(
    ("function", "axis"), [(augmentation.random_horizontal_flip, 3), (augmentation.random_vertical_flip, 2)]
)
def test_flips_mirror_some_images(function, axis):
    assert torch.equal(function(IMAGES, p=1.0), IMAGES.flip(axis))
    assert torch.equal(function(IMAGES, p=0.0), IMAGES)
    found = function(IMAGES, p=0.5)
    kept = (found == IMAGES).flatten(1).all(dim=1)
    turned = (found == IMAGES.flip(axis)).flatten(1).all(dim=1)
    assert (kept ^ turned).all()
    assert 10 < kept.sum() < 54


@pytest.mark.parametrize(("size", "padding"), [(None, 2), (5, 0), ((4, 12), 3)])
def test_a_crop_is_a_window_of_the_image_with_its_border(size, padding):
    found = augmentation.random_crop(IMAGES, size, padding, fill=0.5)
    tall, wide = found.shape[2:]
    assert (tall, wide) == ((8, 10) if size is None else (size, size) if isinstance(size, int) else size)
    padded = F.pad(IMAGES, (padding,) * 4, value=0.5)
    places = set()
    for image, whole in zip(found, padded, strict=True):
        windows = whole.unfold(1, tall, 1).unfold(2, wide, 1)  # channel, row, column, window
        match = (windows == image[:, None, None]).all(dim=(0, 3, 4)).nonzero()
        assert len(match) == 1
        places.add(tuple(match[0].tolist()))
    assert len(places) > 5
    middle = augmentation.random_crop(IMAGES, size, padding, fill=0.5, training=False)
    assert middle.shape == found.shape
    if size == 5:
        assert torch.equal(middle, IMAGES[:, :, 1:6, 2:7])
    with pytest.raises(ValueError, match="a window of 30 x 30 is larger than the image of 8 x 10 with its border"):
        augmentation.random_crop(IMAGES, 30, training=False)


def affine(x, degrees=0.0, scale=1.0, shear=0.0, **more):
    same = {"degrees": degrees, "scale": scale, "shear": shear}
    return augmentation.random_affine(x, **{name: (v, v) for name, v in same.items()}, translate=(0.0, 0.0), **more)


def test_affine_by_known_turns():
    square = IMAGES[..., :8]
    torch.testing.assert_close(affine(square), square)
    torch.testing.assert_close(affine(IMAGES), IMAGES)
    for turns in (1, 2, 3):  # torch.rot90 turns counter-clockwise, as we do
        torch.testing.assert_close(affine(square, 90.0 * turns), square.rot90(turns, (2, 3)), atol=1e-4, rtol=0)
    torch.testing.assert_close(affine(IMAGES, 180.0), IMAGES.rot90(2, (2, 3)), atol=1e-4, rtol=0)
    # On a field that is not square a quarter turn keeps pixels square: the middle 8 x 8 turns, the rest leaves.
    wide = affine(IMAGES, 90.0)
    torch.testing.assert_close(wide[..., 1:9], IMAGES[..., 1:9].rot90(1, (2, 3)), atol=1e-4, rtol=0)


def test_affine_enlarges_slants_and_moves():
    ramp = torch.linspace(-1, 1, 9).view(1, 1, 1, 9).expand(1, 1, 9, 9).contiguous()
    torch.testing.assert_close(affine(ramp, scale=2.0), ramp / 2)  # twice as large: half as steep
    rows = torch.linspace(-1, 1, 9).view(1, 1, 9, 1)
    slanted = affine(ramp, shear=45.0)  # x of the result = x + y, so the value there is that of x − y
    inside = (ramp - rows).abs() <= 1
    torch.testing.assert_close(slanted[inside], (ramp - rows)[inside], atol=1e-5, rtol=0)
    torch.manual_seed(0)
    many = ramp.expand(200, -1, -1, -1)
    none = {"degrees": (0.0, 0.0), "scale": (1.0, 1.0)}
    moved = augmentation.random_affine(many, **none, translate=(0.25, 0.0), padding_mode="border")
    shift = -moved[:, 0, 4, 4] / 0.25  # in pixels: the ramp rises by 0.25 for each of its 9
    assert shift.abs().max() <= 0.25 * 9 + 1e-4
    assert shift.abs().max() > 2
    assert shift.min() < 0 < shift.max()


def test_a_resized_crop_is_a_stretched_part():
    torch.testing.assert_close(
        augmentation.random_resized_crop(IMAGES[..., :8], (1.0, 1.0), (1.0, 1.0)), IMAGES[..., :8]
    )
    ramp = torch.linspace(0, 1, 32).view(1, 1, 1, 32).expand(50, 1, 32, 32)
    found = augmentation.random_resized_crop(ramp, (0.25, 0.25), (1.0, 1.0))
    steps = found[..., 2:-2].diff(dim=-1)  # a quarter of the area is half of the width: half as steep
    torch.testing.assert_close(steps, torch.full_like(steps, 0.5 / 31), atol=1e-4, rtol=0)
    assert found.mean(dim=(1, 2, 3)).std() > 0.05


def test_erasing_blots_one_rectangle():
    images = torch.ones(100, 2, 20, 30)
    found = augmentation.random_erasing(images, p=0.5, scale=(0.1, 0.3), ratio=(0.5, 2.0), value=-1.0)
    erased = (found == -1).all(dim=1)
    assert ((found == -1).any(dim=1) == erased).all()  # the same in all channels
    areas = erased.float().mean(dim=(1, 2))
    assert 30 < (areas > 0).sum() < 70
    for mask in erased[areas > 0]:
        rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
        tall, wide = int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1
        assert mask.sum() == tall * wide
        assert 0.08 < tall * wide / 600 < 0.33
        assert 0.4 < wide / tall < 2.5
    assert torch.equal(augmentation.random_erasing(images, p=0.0), images)


def test_noise_has_a_strength_for_each_sample():
    found = augmentation.random_noise(torch.zeros(400, 1000), std=0.5)
    strengths = found.std(dim=1)
    assert 0 <= strengths.min() < 0.05
    assert 0.45 < strengths.max() < 0.55
    assert strengths.mean().item() == pytest.approx(0.25, abs=0.02)


def test_mix_up_mixes_images_and_classes_alike():
    images = F.one_hot(torch.arange(64), 64).float()  # each sample is its own axis, so shares can be read off
    found, soft = augmentation.mix_up(images, TARGET, 5, alpha=1.0)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(64))
    assert ((found > 0).sum(dim=1) <= 2).all()
    torch.testing.assert_close(soft, found @ F.one_hot(TARGET, 5).float())
    own = found.diagonal()
    assert own.std() > 0.2  # uniform for alpha = 1: 0.29
    _, hard = augmentation.mix_up(images, TARGET, 5, training=False)
    assert torch.equal(hard, F.one_hot(TARGET, 5).float())


def test_cut_mix_pastes_one_rectangle():
    images = torch.arange(64.0).view(64, 1, 1, 1).expand(-1, 3, 20, 20)
    found, soft = augmentation.cut_mix(images, TARGET, 5)
    for at, (image, shares) in enumerate(zip(found, soft, strict=True)):
        values, counts = image.unique(return_counts=True)
        assert len(values) <= 2
        expected = torch.zeros(5)
        for value, count in zip(values, counts, strict=True):
            expected[TARGET[int(value)]] += count / 1200
        torch.testing.assert_close(shares, expected)
        assert at in values or len(values) == 1
    assert 0.4 < (found == images).float().mean() < 0.65  # the mean of Beta(1, 1), and some samples meet themselves


def test_a_mask_hides_a_band_and_a_stretch():
    found = augmentation.random_mask(torch.ones(200, 2, 12, 20), frequencies=4, times=6)
    hidden = found == 0
    rows, columns = hidden.all(dim=3).sum(dim=2), hidden.all(dim=2).sum(dim=2)
    assert torch.equal(rows[:, 0], rows[:, 1])
    assert rows.max() == 4
    assert columns.max() == 6
    assert rows.min() == columns.min() == 0
    assert torch.equal(hidden, hidden.all(dim=3, keepdim=True) | hidden.all(dim=2, keepdim=True))


def test_brightness_and_contrast_are_linear_in_each_image():
    images = 0.4 + 0.2 * IMAGES  # far enough from 0 and 1
    bright = color.color_jitter(images, 0.2, 0.0, 0.0) / images
    torch.testing.assert_close(bright, bright[:, :1, :1, :1].expand_as(bright))
    assert bright.min() >= 0.8 - 1e-5
    assert bright.max() <= 1.2 + 1e-5
    found = color.color_jitter(images, 0.0, 0.3, 0.0)
    weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    middle = (images * weights).sum(dim=1, keepdim=True).mean(dim=(2, 3), keepdim=True)
    factor = ((found - middle) * (images - middle)).sum(dim=(1, 2, 3)) / (images - middle).square().sum(dim=(1, 2, 3))
    torch.testing.assert_close(found, middle + factor.view(-1, 1, 1, 1) * (images - middle))
    assert 0.69 < factor.min() < factor.max() < 1.31
    paler = color.color_jitter(images, 0.0, 0.0, 0.5)
    torch.testing.assert_close((paler * weights).sum(dim=1), (images * weights).sum(dim=1))
    assert (color.color_jitter(IMAGES, 5.0, 5.0, 5.0, 0.5).clamp(0, 1) - IMAGES).abs().max() > 0
    grey = IMAGES[:, :1]
    torch.testing.assert_close(color.color_jitter(grey, 0.0, 0.0, 5.0, 0.5), grey)


@pytest.mark.parametrize("amount", [0.0, 0.1, 1 / 3, -0.4])
def test_hue_moves_around_the_colour_circle(amount):
    colors = torch.cat([IMAGES[0].flatten(1).t(), torch.tensor([[0.0, 0, 0], [1, 1, 1], [1, 0, 0], [0.5, 0.5, 0.2]])])
    found = color._turned(colors[:, :, None, None], torch.full((len(colors), 1, 1), amount))[:, :, 0, 0]
    for given, got in zip(colors.tolist(), found.tolist(), strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(*given)
        assert got == pytest.approx(colorsys.hsv_to_rgb((hue + amount) % 1, saturation, value), abs=1e-5)


def test_grey_images_have_one_brightness():
    found = color.random_grayscale(IMAGES, p=1.0)
    assert torch.equal(found[:, 0], found[:, 2])
    torch.testing.assert_close(found[:, 0], (IMAGES * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(dim=1))
    kept = (color.random_grayscale(IMAGES, p=0.5) == IMAGES).flatten(1).all(dim=1)
    assert 10 < kept.sum() < 54


def test_blur_is_a_gaussian():
    point = torch.zeros(2, 2, 9, 9)
    point[:, :, 4, 4] = 1
    found = color.random_blur(point, 5, (0.8, 0.8))
    weights = torch.tensor([math.exp(-0.5 * (at / 0.8) ** 2) for at in range(-2, 3)])
    weights = weights / weights.sum()
    expected = torch.zeros(9, 9)
    expected[2:7, 2:7] = weights[:, None] * weights
    torch.testing.assert_close(found, expected.expand(2, 2, -1, -1))
    torch.testing.assert_close(color.random_blur(torch.ones(1, 3, 6, 6)), torch.ones(1, 3, 6, 6))
