"""What View nodes draw, looked at by reading the pictures back."""

import io

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from netbuilder.training.views import ViewError, draw, picture
from netbuilder.training.views.boxes import decode
from netbuilder.training.views.drawn import GROUND, color
from netbuilder.training.views.masks import classes_of, overlap


def opened(data):
    return Image.open(io.BytesIO(data))


def shown(block, inputs, names=None, **given):
    """The picture that a view draws."""
    suffix, content, _ = draw(block, inputs, given, names or {})
    assert suffix == ".png"
    return opened(content)


def told(block, inputs, names=None, **given):
    """What a view leaves to the window."""
    suffix, content, _ = draw(block, inputs, given, names or {})
    assert suffix == ".json"
    return msgspec.json.decode(content)


def share_of(image, shade, near=40):
    """The share of the pixels that have nearly this colour."""
    pixels = torch.from_numpy(np.array(image.convert("RGB"), dtype=np.float32))
    return float(((pixels - torch.tensor(shade)).abs().amax(-1) < near).float().mean())


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


@pytest.mark.parametrize(("columns", "size"), [(0, (3 * 8 + 2, 3 * 8 + 2)), (9, (9 * 8 + 8, 8))])
def test_a_grid_shows_as_many_as_are_asked_for(columns, size):
    assert shown("ViewImages", {"images": torch.rand(30, 1, 8, 8)}, count=9, columns=columns).size == size


def test_captions_are_green_where_the_network_is_right_and_red_where_not():
    logits = torch.eye(4)[:2] * 5
    images = torch.zeros(2, 1, 8, 8)
    for truth, strong in (([0, 1], 1), ([1, 0], 0)):  # the channel that is brightest: green or red
        inputs = {"images": images, "truth": torch.tensor(truth), "logits": logits}
        pixels = shown("ViewImages", inputs, {"truth": ("cat", "dog"), "logits": ("cat", "dog")})
        brightest = max((pixels.getpixel((x, y)) for x in range(pixels.width) for y in range(pixels.height)), key=sum)
        assert brightest.index(max(brightest)) == strong
        assert sum(brightest) > 200


def test_a_strip_has_a_row_for_each_sample():
    steps = torch.zeros(3, 5, 1, 4, 4)
    steps[1, 2] = 1.0
    found = shown("ViewStrip", {"images": steps}, count=2)
    assert found.size == (5 * 4 + 4, 2 * 4 + 1)
    assert found.getpixel((2 * 5 + 1, 5 + 1)) == (255, 255, 255)
    assert found.getpixel((2 * 5 + 1, 1)) == (0, 0, 0)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0)])
def test_noise_at_the_start_leaves_the_end_of_a_strip_as_it_is(low, high):
    steps = torch.randn(1, 2, 1, 4, 4) * 9
    steps[0, 1, 0] = low
    steps[0, 1, 0, 0, 0] = high
    found = shown("ViewStrip", {"images": steps})
    assert found.getpixel((5, 0)) == (255, 255, 255)
    assert found.getpixel((6, 1)) == (0, 0, 0) if low == 0 else found.getpixel((6, 1))[0] < 5


def test_maps_are_a_row_for_each_sample_and_filters_with_one_channel_a_square():
    maps = torch.zeros(2, 3, 4, 4)
    maps[1, 2] = 7.0
    found = shown("ViewMaps", {"maps": maps})
    assert found.size == (3 * 4 + 2, 2 * 4 + 1)
    assert found.getpixel((11, 6)) == (255, 255, 255)
    assert found.getpixel((0, 0)) == (0, 0, 0)
    filters = torch.tensor([-1.0, 0.0, 1.0, 0.5]).view(4, 1, 1, 1).expand(4, 1, 3, 3)
    found = shown("ViewMaps", {"maps": filters})
    assert found.size == (7, 7)
    assert [found.getpixel(at)[0] for at in ((0, 0), (4, 0), (0, 4))] == [0, 128, 255]
    each = shown("ViewMaps", {"maps": filters[2:]}, scale="each")
    assert each.getpixel((4, 0)) == (255, 255, 255)


def test_curves_are_rows_of_finite_numbers():
    values = torch.arange(12.0).view(3, 2, 2)
    values[0, 0, 0] = float("inf")
    found = told("ViewCurve", {"values": values}, count=2)
    assert found["series"] == [[0.0, 1.0], [2.0, 3.0]]
    assert "truth" not in found


def test_curves_come_with_the_truth_their_place_in_it_and_names_of_places():
    names = {"values": ("zero", "one")}
    inputs = {"values": torch.rand(5, 2, 1), "truth": torch.rand(5, 9)}
    found = told("ViewCurve", inputs, names, count=3, offset=7, x_label="step")
    assert [len(row) for row in found["series"]] == [2, 2, 2]
    assert [len(row) for row in found["truth"]] == [9, 9, 9]
    assert (found["offset"], found["ticks"], found["x_label"]) == (7, ["zero", "one"], "step")


def test_texts_are_spelled_with_the_names_of_their_tokens():
    tokens = torch.tensor([[1, 0, 2, 1], [0, 0, 0, 3]])
    characters = told("ViewText", {"tokens": tokens}, {"tokens": ("a", "b", "c")})
    assert characters["rows"] == [{"text": "bacb"}, {"text": "aaa3"}]
    names = {"tokens": ("one", "two", "<end>"), "source": ("1", "2", "3", "4")}
    inputs = {"tokens": tokens[:1], "truth": torch.tensor([[0, 1, 2, 2]]), "source": torch.tensor([[3, 1]])}
    words = told("ViewText", inputs, {**names, "truth": names["tokens"]}, end="<end>")
    assert words["rows"] == [{"source": "42", "text": "two one", "truth": "one two"}]
    filled = told("ViewText", {"tokens": torch.tensor([[2, 1, 0, 0]])}, {"tokens": ("<pad>", "4", "2")})
    assert filled["rows"] == [{"text": "24"}]


def test_a_scatter_has_each_class_in_its_colour_where_the_points_are():
    points = torch.tensor([[0.0, 0.0]] * 5 + [[1.0, 1.0]] * 5)
    found = shown("ViewScatter", {"points": points, "labels": torch.tensor([0] * 5 + [1] * 5)}, {"labels": ("a", "b")})
    low_left, high_right = (44, 200, 234, 390), (234, 10, 424, 200)
    for box, there, not_there in ((low_left, 0, 1), (high_right, 1, 0)):
        assert share_of(found.crop(box), color(there)) > 0
        assert share_of(found.crop(box), color(not_there)) == 0
    assert share_of(found.crop((430, 0, found.width, 60)), color(1)) > 0, "the legend"


def grid(side):
    steps = torch.linspace(-1, 1, side)
    return torch.cartesian_prod(steps, steps).flip(1)


def test_a_map_of_one_value_has_two_sides_and_a_line_between():
    points = grid(20)
    found = shown("ViewMap", {"values": 5 * points[:, :1], "grid": points}).crop((46, 12, 422, 388))
    left, right = found.crop((0, 0, 100, found.height)), found.crop((found.width - 100, 0, found.width, found.height))
    for side, number in ((left, 0), (right, 1)):
        strongest = max(map(tuple, np.asarray(side).reshape(-1, 3).tolist()), key=sum)
        shade = color(number)
        assert strongest.index(max(strongest)) == shade.index(max(shade))
    row = [found.getpixel((x, 100)) for x in range(found.width)]
    bright = [x for x, shade in enumerate(row) if min(shade) > 190]
    assert bright
    assert abs(sum(bright) / len(bright) - found.width / 2) < 8


def test_a_map_of_scores_is_brighter_where_it_is_surer_and_up_is_up():
    points = grid(20)
    scores = torch.stack([torch.zeros(400), torch.zeros(400), 9 * points[:, 1]], 1)
    names = {"labels": ("a", "b", "c")}
    inputs = {"values": scores, "grid": points, "points": torch.tensor([[0.0, -0.9]]), "labels": torch.tensor([1])}
    found = shown("ViewMap", inputs, names)
    top, middle = found.getpixel((234, 20)), found.getpixel((234, 185))
    assert sum(top) > sum(middle)
    assert top.index(max(top)) == color(2).index(max(color(2)))
    assert share_of(found.crop((200, 340, 260, 388)), color(1), near=10) > 0, "the sample lies low"
    shuffled = torch.randperm(400)
    same = {**inputs, "values": scores[shuffled], "grid": points[shuffled]}
    assert shown("ViewMap", same, names).tobytes() == found.tobytes()


def test_heat_is_brightest_where_the_weight_is_and_names_stand_at_its_sides():
    weights = torch.full((1, 3, 4), 0.01)
    weights[0, 2, 1] = 1.0
    plain = shown("ViewHeat", {"weights": weights})
    rows, columns = {"rows": torch.tensor([[0, 1, 2]])}, {"columns": torch.tensor([[3, 2, 1, 0]])}
    names = {"rows": ("un", "deux", "trois"), "columns": ("one hundred", "two", "three", "four")}
    wide = shown("ViewHeat", {"weights": weights, **rows, **columns}, names)
    assert wide.width > plain.width
    assert wide.height > plain.height
    brightest = max(
        ((x, y) for x in range(plain.width) for y in range(plain.height)), key=lambda at: sum(plain.getpixel(at))
    )
    assert brightest[0] >= 18 + 40
    assert brightest[1] >= 18 + 80
    heads = shown("ViewHeat", {"weights": torch.rand(2, 3, 5, 5)}, count=2)
    assert heads.width > 3 * 200


def test_a_confusion_matrix_counts():
    logits = torch.eye(3)[[0, 0, 1, 2, 2, 2]]
    found = shown("ViewConfusion", {"logits": logits, "truth": torch.tensor([0, 0, 1, 2, 2, 2])})
    assert share_of(found, (64, 157, 117), near=70) > 0.05, "all are right: green on the diagonal"
    assert share_of(found, (200, 95, 56), near=50) == 0
    found = shown("ViewConfusion", {"logits": logits, "truth": torch.tensor([1, 1, 1, 2, 2, 2])})
    assert share_of(found, (200, 95, 56), near=60) > 0.02, "two thirds of one class are not"


def test_masks_lie_over_the_image_and_tell_how_well_they_fit():
    images = torch.zeros(1, 1, 8, 8)
    truth = torch.zeros(1, 8, 8, dtype=torch.int64)
    truth[:, :4] = 1
    logits = torch.zeros(1, 3, 8, 8)
    logits[:, 1, :, :4] = 5.0
    found = shown("ViewMasks", {"images": images, "prediction": logits, "truth": truth})
    shade = tuple(round(0.65 * one) for one in color(0))
    side = 88
    assert found.getpixel((40, 20)) == pytest.approx(shade, abs=2), "the truth is the upper half"
    assert found.getpixel((40, 70)) == (0, 0, 0)
    assert found.getpixel((side + 2 + 20, 70)) == pytest.approx(shade, abs=2), "what is said is the left half"
    assert found.getpixel((side + 2 + 70, 20)) == (0, 0, 0)
    assert overlap(classes_of(logits)[0], truth[0]) == pytest.approx(16 / 48)
    assert overlap(torch.zeros(2, 2), torch.zeros(2, 2)) is None
    assert torch.equal(classes_of(torch.tensor([[[[-1.0, 2.0]]]])), torch.tensor([[[0, 1]]]))
    assert torch.equal(classes_of(torch.tensor([[[[0.0, 1.0]]]])), torch.tensor([[[0, 1]]]))


def test_boxes_are_decoded_from_peaks():
    heat = torch.full((1, 2, 4, 4), -9.0)
    heat[0, 1, 2, 1], heat[0, 1, 2, 2], heat[0, 0, 0, 3] = 4.0, 3.0, 2.0  # the second is no peak
    size = torch.zeros(1, 2, 4, 4)
    size[0, :, 2, 1] = torch.tensor([6.0, 3.0])
    (found,) = decode(heat, size, (16, 16), (1.0, 1.0), 0.3)
    assert [box.number for box in found] == [1, 0]
    assert found[0][:5] == (1, 6.0, 10.0, 6.0, 3.0)
    assert found[0].score == pytest.approx(torch.sigmoid(torch.tensor(4.0)).item())
    assert decode(heat, size, (16, 16), (1.0, 1.0), 0.99) == [[]]
    (wide,) = decode(heat, size / 16, (16, 16), (16.0, 16.0), 0.3)
    assert wide[0][3:5] == pytest.approx((6.0, 3.0))


def test_boxes_are_drawn_in_the_colours_of_their_classes_and_true_ones_in_white():
    heat = torch.full((2, 2, 4, 4), -9.0)
    heat[0, 1, 2, 1] = 4.0
    size = torch.full((2, 2, 4, 4), 8.0)
    truth = torch.tensor([[[-1.0, 0, 0, 0, 0]], [[0.0, 8, 8, 8, 8]]])
    found = shown("ViewBoxes", {"images": torch.zeros(2, 3, 16, 16), "heat": heat, "size": size, "truth": truth})
    first, second = found.crop((0, 0, 156, found.height)), found.crop((160, 0, found.width, found.height))
    assert share_of(first, color(1), near=5) > 0.01
    assert share_of(second, color(1), near=5) == 0
    assert share_of(second, (208, 213, 222), near=5) > 0.005
    assert share_of(second, (208, 213, 222), near=5) < 0.1


def test_figures_with_words_are_told_from_pictures_of_pixels():
    image, label = torch.rand(2, 1, 8, 8), torch.tensor([0, 1])
    assert not draw("ViewImages", {"images": image}, {}).figure
    assert draw("ViewImages", {"images": image, "truth": label}, {}).figure
    assert draw("ViewScatter", {"points": torch.rand(4, 2)}, {}).figure


@pytest.mark.parametrize(
    ("block", "inputs"),
    [
        ("ViewImages", {}),
        ("ViewCurve", {}),
        ("ViewImages", {"images": torch.rand(3)}),
        ("ViewSmell", {}),
        ("ViewStrip", {"images": torch.rand(3, 4)}),
        ("ViewMaps", {"maps": torch.rand(3, 4)}),
        ("ViewText", {}),
        ("ViewScatter", {"points": torch.rand(4, 3)}),
        ("ViewMap", {"values": torch.rand(4)}),
        ("ViewMap", {"values": torch.rand(4), "grid": torch.rand(4, 2)}),
        ("ViewMap", {"values": torch.rand(5), "grid": torch.rand(4, 2)}),
        ("ViewHeat", {"weights": torch.rand(4)}),
        ("ViewConfusion", {"logits": torch.rand(4), "truth": torch.zeros(4, dtype=torch.int64)}),
        ("ViewMasks", {"images": torch.rand(1, 1, 8, 8), "prediction": torch.rand(1, 2, 4, 4)}),
        ("ViewMasks", {"images": torch.rand(1, 1, 8, 8), "prediction": torch.rand(1)}),
        (
            "ViewBoxes",
            {"images": torch.rand(1, 1, 8, 8), "heat": torch.rand(1, 2, 4, 4), "size": torch.rand(1, 2, 4, 5)},
        ),
    ],
)
def test_what_cannot_be_shown_is_said(block, inputs):
    with pytest.raises(ViewError, match=r"\.$"):
        draw(block, inputs, {})


ODD = (
    ("ViewImages", {"images": (1, 2, 3, 3)}),
    ("ViewScatter", {"points": (1, 2)}),
    ("ViewHeat", {"weights": (1, 1, 1)}),
    ("ViewHeat", {"weights": (3, 4)}),
    ("ViewMaps", {"maps": (1, 1, 1, 1)}),
    ("ViewStrip", {"images": (1, 1, 1, 2, 2)}),
    ("ViewCurve", {"values": (3,)}),
    ("ViewMap", {"values": (400, 12), "grid": None}),
)


@pytest.mark.parametrize("fill", [0.0, 1.0, -3.0, float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(("block", "shapes"), ODD, ids=[f"{block}-{at}" for at, (block, _) in enumerate(ODD)])
def test_numbers_without_any_difference_are_shown_too(block, shapes, fill):
    inputs = {port: grid(20) if shape is None else torch.full(shape, fill) for port, shape in shapes.items()}
    assert draw(block, inputs, {}).content


def test_many_classes_have_colours_of_their_own():
    found = {color(number) for number in range(40)}
    assert len(found) == 40
    assert all(max(shade) - min(GROUND) > 120 for shade in found)
