"""Sources that make their samples or take them from scikit-learn: what they promise about them is true."""

import numpy as np
import pytest
import scipy.ndimage
from immutables import Map
from sklearn import datasets as sklearn_datasets
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from netbuilder.data import facts, loaders
from netbuilder.data.place import Place
from netbuilder.data.readers import read
from netbuilder.data.scan import scan

PLANE = ("clouds", "spirals", "circles", "moons", "xor")
TABLES = ("iris", "wine", "breast_cancer", "diabetes")
MADE = {"clouds", "spirals", "circles", "moons", "xor", "shapes", "tones"}
HERE = Place()


def values(name, **params):
    """All samples of a source by column, as arrays."""
    table = read(facts.facts(name, Map(params)), HERE)
    return table.rows(np.arange(table.count))


@pytest.mark.parametrize("name", sorted(MADE))
def test_equal_seeds_make_equal_data_and_others_make_other(name):
    first, again, other = (values(name, samples=24, seed=seed) for seed in (3, 3, 4))
    assert all(np.array_equal(first[id], again[id]) for id in first)
    assert not any(np.array_equal(first[id], other[id]) for id in first if first[id].dtype == np.float32)


@pytest.mark.parametrize("name", [*PLANE, "tones"])
@pytest.mark.parametrize("samples", [24, 101])
def test_every_class_has_its_share(name, samples):
    counts = np.bincount(values(name, samples=samples)["label"])
    assert counts.sum() == samples
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", [*PLANE, *TABLES, "shapes", "photos", "tones"])
def test_a_scan_agrees_with_what_is_declared(name):
    few = Map(samples=40) if name in MADE else Map()
    known = facts.facts(name, few)
    found, notes = scan(known, HERE, lambda _share, _text: None)
    assert notes == ()
    assert found.samples == known.samples
    assert [(c.id, c.shape, c.dtype, c.classes) for c in found.columns] == [
        (c.id, c.shape, c.dtype, c.classes) for c in known.columns
    ]
    for column in found.columns:
        names = column.facts.get("names")
        assert names is None or len(names) in column.shape


@pytest.mark.parametrize("name", PLANE)
def test_points_lie_around_the_middle_and_within_reach(name):
    points = values(name)["point"]
    assert np.abs(points.mean(0)).max() < 0.08
    assert 0.85 < np.abs(points).max() < 1.4


def linear(name, **params):
    found = values(name, **params)
    return LogisticRegression(C=1000).fit(found["point"], found["label"]).score(found["point"], found["label"])


def test_a_line_parts_the_clouds_and_nothing_else():
    assert linear("clouds") == 1.0
    assert linear("clouds", gap=0.0) < 0.6
    assert linear("xor") < 0.6
    assert linear("circles") < 0.6
    assert linear("spirals") < 0.7
    assert linear("moons") < 0.95


@pytest.mark.parametrize("name", PLANE)
def test_neighbours_tell_the_classes_apart(name):
    found, other = values(name), values(name, seed=1)
    near = KNeighborsClassifier(3).fit(found["point"], found["label"])
    assert near.score(other["point"], other["label"]) > 0.95


def test_geometry_is_what_the_words_say():
    rings = values("circles", noise=0.0, inner=0.3)
    radius = np.hypot(*rings["point"].T)
    assert np.allclose(radius, np.where(rings["label"], 1.0, 0.3), atol=1e-6)
    square = values("xor")
    assert ((square["point"].prod(1) < 0) == square["label"]).all()
    arms = values("spirals", noise=0.0, turns=2.0)
    radius = np.hypot(*arms["point"].T)
    angle = np.arctan2(*arms["point"].T[::-1]) - 2 * np.pi * 2.0 * radius - np.pi * arms["label"]
    assert np.allclose(np.cos(angle), 1.0, atol=1e-4)
    moons = values("moons", noise=0.0)
    side = np.where(moons["label"], -1.0, 1.0)[:, None]
    assert np.allclose(np.hypot(*(moons["point"] + side * (0.325, 0.1625)).T), 0.65, atol=1e-5)


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_scikit_learns(name):
    more = {"scaled": False} if name == "diabetes" else {}
    theirs = getattr(sklearn_datasets, f"load_{name}")(**more)
    mine, target = values(name), facts.facts(name).columns[1]
    assert np.array_equal(mine["features"], theirs.data.astype(np.float32))
    assert np.array_equal(mine[target.id].reshape(-1), theirs.target)
    assert facts.facts(name).columns[0].facts["names"] == tuple(theirs.feature_names)
    assert target.classes == tuple(getattr(theirs, "target_names", ()))


def test_tables_are_scaled_by_their_training_part():
    plain = loaders.load(facts.facts("wine", Map(scale="none")), seed=1)
    scaled = loaders.load(facts.facts("wine"), seed=1)
    mean, std = plain.train["features"].mean(0), plain.train["features"].std(0, correction=0)
    assert ((plain.test["features"] - mean) / std - scaled.test["features"]).abs().max() < 1e-4
    ranged = loaders.load(facts.facts("diabetes", Map(scale="range", target_scale="none")), seed=1).train
    assert ranged["features"].amin(0).tolist() == [0.0] * 10
    assert ranged["features"].amax(0).tolist() == [1.0] * 10
    assert (ranged["target"].min(), ranged["target"].max()) == (25, 346)
    standard = loaders.load(facts.facts("diabetes"), seed=1).train["target"]
    assert abs(float(standard.mean())) < 1e-6
    assert float(standard.std(correction=0)) == pytest.approx(1.0)


SHAPES = values("shapes", samples=300)


def test_each_box_is_around_the_pixels_of_one_shape():
    seen = set()
    for mask, boxes in zip(SHAPES["mask"], SHAPES["boxes"], strict=True):
        labelled, count = scipy.ndimage.label(mask > 0)
        found = {
            (mask[rows, columns].max() - 1, (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2,
             columns.stop - columns.start, rows.stop - rows.start)
            for rows, columns in scipy.ndimage.find_objects(labelled)
        }  # fmt: skip
        real = boxes[boxes[:, 0] >= 0]
        assert {tuple(box) for box in real.tolist()} == found
        assert count == len(real)
        assert (boxes[len(real) :] == -1).all()
        seen.add(count)
    assert seen == {1, 2, 3}


def test_the_maps_say_where_centres_are():
    for at, boxes in enumerate(SHAPES["boxes"]):
        real = boxes[boxes[:, 0] >= 0]
        assert SHAPES["center"][at].sum() == len(real)
        for kind, x, y, w, h in real:
            row, column = int(y // 2), int(x // 2)
            assert SHAPES["center"][at, 0, row, column] == 1
            assert SHAPES["heat"][at, int(kind), row, column] == 1
            assert SHAPES["extent"][at, :, row, column].tolist() == [w, h]
        assert (SHAPES["heat"][at] == 1).sum() == len(real)
    assert ((SHAPES["extent"] > 0).all(1) == (SHAPES["center"][:, 0] > 0)).all()
    assert (SHAPES["heat"].min(), SHAPES["heat"].max()) == (0.0, 1.0)


def test_shapes_stand_out_from_the_ground_and_look_like_their_names():
    for kind, least, most in ((1, 0.7, 0.85), (2, 0.999, 1.0), (3, 0.4, 0.65)):  # a circle fills pi / 4 of its box
        fills = []
        for image, mask, boxes in zip(SHAPES["image"], SHAPES["mask"], SHAPES["boxes"], strict=True):
            one = boxes[boxes[:, 0] >= 0]
            if len(one) == 1 and one[0, 0] == kind - 1:
                fills.append((mask > 0).sum() / one[0, 3:].prod())
                assert np.abs(image[:, mask > 0].mean(1) - image[:, mask == 0].mean(1)).max() > 0.1
        assert len(fills) > 10
        assert least <= np.mean(fills) <= most


@pytest.mark.parametrize(("size", "stride"), [(16, 1), (33, 4), (64, 16)])
def test_shapes_of_any_size_fit_their_facts(size, stride):
    dataset = facts.facts("shapes", Map(samples=20, size=size, stride=stride, most=5))
    assert loaders.samples(loaders.load(dataset, seed=0).train) == 14


def test_photographs_are_a_pair_that_can_be_turned_round():
    first, other = values("photos", size=64), values("photos", size=64, content="flower", samples=3)
    assert np.array_equal(first["content"][0], other["style"][2])
    assert np.array_equal(first["style"][0], other["content"][1])
    whole = sklearn_datasets.load_sample_images().images[0] / 255
    assert np.allclose(first["content"][0].mean((1, 2)), whole[:, 106:533].mean((0, 1)), atol=0.01)


def spectrum(kind, **params):
    """Magnitudes [samples, frames, frequencies] of all sounds of a kind, in frames of 32 ms."""
    found = values("tones", samples=400, noise=0.0, **params)
    names = facts.facts("tones").columns[1].classes
    waves = found["waveform"][found["label"] == names.index(kind), 0]
    frames = waves[:, : waves.shape[1] // 256 * 256].reshape(len(waves), -1, 256)
    return np.abs(np.fft.rfft(frames * np.hanning(256)))


def test_sounds_are_what_they_are_called():
    for kind, way in (("chirp up", 1), ("chirp down", -1)):
        peaks = spectrum(kind).argmax(2)
        assert (way * (peaks[:, -1] - peaks[:, 0]) > 0).all()
    peaks = spectrum("tone").argmax(2)
    assert (np.ptp(peaks, axis=1) <= 1).all()
    assert 8000 / 256 * peaks.min() > 150
    assert 8000 / 256 * peaks.max() < 2500
    strong = {kind: spectrum(kind).mean(1) for kind in ("tone", "two tones")}
    lines = {kind: np.median((found > found.max(1, keepdims=True) * 0.3).sum(1)) for kind, found in strong.items()}
    assert lines["two tones"] > lines["tone"]
    assert np.median(np.ptp(spectrum("vibrato").argmax(2), axis=1)) >= 2
    loud = {kind: np.sqrt((spectrum(kind) ** 2).sum(2)) for kind in ("tone", "tremolo")}
    sway = {kind: np.median(found.max(1) / found.min(1)) for kind, found in loud.items()}
    assert sway["tremolo"] > 3
    assert sway["tone"] < 1.2


def test_the_length_of_a_sound_follows_from_rate_and_seconds():
    dataset = facts.facts("tones", Map(samples=16, rate=16000, seconds=1.5))
    assert dataset.columns[0].shape == (1, 24000)
    assert dataset.columns[0].facts["rate"] == 16000
    assert loaders.samples(loaders.load(dataset, seed=0).train) == 11
