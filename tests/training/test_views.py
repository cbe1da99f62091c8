"""What View nodes draw, looked at by reading the pictures back."""

import io

import msgspec
import pytest
import torch
from PIL import Image

from netbuilder.training.views import ViewError, draw, picture


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_picture_has_the_very_grey_values():
    image = torch.tensor([[[0.0, 1.0], [0.5, 0.2]]])
    read = opened(picture(image))
    assert read.mode == "L"
    assert [read.getpixel((x, y)) for y in (0, 1) for x in (0, 1)] == [0, 255, 128, 51]


def test_colours_stay_and_other_ranges_are_stretched():
    image = torch.zeros(3, 4, 5)
    image[0] = 1.0
    assert opened(picture(image)).getpixel((0, 0)) == (255, 0, 0)
    wide = torch.tensor([[[-2.0, 2.0], [0.0, float("nan")]]])
    assert opened(picture(wide)).getpixel((1, 0)) == 255


def test_a_grid_shows_as_many_as_are_asked_for():
    suffix, data = draw("ViewImages", {"images": torch.rand(30, 1, 8, 8)}, 9)
    assert suffix == ".png"
    assert opened(data).size == (3 * 8 + 2 * 2, 3 * 8 + 2 * 2)


def test_captions_are_green_where_the_network_is_right_and_red_where_not():
    logits = torch.eye(4)[:2] * 5
    images = torch.zeros(2, 1, 8, 8)
    for truth, strong in (([0, 1], 1), ([1, 0], 0)):  # the channel that is brightest: green or red
        inputs = {"images": images, "truth": torch.tensor(truth), "logits": logits}
        pixels = opened(draw("ViewImages", inputs, 16, ("cat", "dog"))[1])
        brightest = max((pixels.getpixel((x, y)) for x in range(pixels.width) for y in range(pixels.height)), key=sum)
        assert brightest.index(max(brightest)) == strong
        assert sum(brightest) > 200


def test_curves_are_rows_of_finite_numbers():
    values = torch.arange(12.0).view(3, 2, 2)
    values[0, 0, 0] = float("inf")
    suffix, data = draw("ViewCurve", {"values": values}, 2)
    assert suffix == ".json"
    assert msgspec.json.decode(data) == {"series": [[0.0, 1.0], [2.0, 3.0]]}


@pytest.mark.parametrize(
    ("block", "inputs"),
    [("ViewImages", {}), ("ViewCurve", {}), ("ViewImages", {"images": torch.rand(3)}), ("ViewSmell", {})],
)
def test_what_cannot_be_shown_is_said(block, inputs):
    with pytest.raises(ViewError, match=r"\.$"):
        draw(block, inputs, 4)
