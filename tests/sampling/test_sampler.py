"""Preview graphs used with values of one's own: parameters, inputs, noise along its axes."""

import json

import msgspec
import numpy as np
import pytest
import torch
from immutables import Map
from PIL import Image

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.data.facts import facts
from netbuilder.data.loaders import load
from netbuilder.data.place import Place
from netbuilder.exchange.weights import Weights
from netbuilder.graph.model import Input, Link, Node, Output, Project
from netbuilder.sampling.knobs import knobs, previews_of
from netbuilder.sampling.sampler import Sampler
from netbuilder.sampling.wish import Wish, WishError
from tests.training.projects import digits_project, graph

CATALOGUE = Catalogue.builtin()
DIGITS = digits_project()
TEXT = facts("python_library", Map(window=16))

GENERATOR = graph(
    "network",
    {"z": ("Input", {"shape": "N 6"}), "linear1": ("Linear", {"out_features": 64}), "y": ("Output", {})},
    "z.x > linear1.x",
    "linear1.y > y.x",
)
LANGUAGE = graph(
    "network",
    {
        "tokens": ("Input", {"shape": "N T", "dtype": "int64"}),
        "embedding1": ("Embedding", {"num_embeddings": 97, "embedding_dim": 8}),
        "linear1": ("Linear", {"out_features": 97}),
        "logits": ("Output", {}),
    },
    "tokens.x > embedding1.x",
    "embedding1.y > linear1.x",
    "linear1.y > logits.x",
)
FROM_NOISE = graph(
    "preview",
    {
        "data": ("Data", {"dataset": "digits"}),
        "noise1": ("Noise", {"size": (6,)}),
        "net": ("Network", {"network": "generator"}),
        "curve": ("ViewCurve", {"count": 3}),
    },
    "data.image > noise1.like",
    "noise1.y > net.z",
    "net.y > curve.values",
)
WRITING = graph(
    "preview",
    {
        "data": ("Data", {"dataset": "text"}),
        "generate1": ("Generate", {"network": "language", "length": 5, "temperature": 0.5}),
        "written": ("ViewText", {"count": 2}),
    },
    "data.text > generate1.tokens",
    "generate1.y > written.tokens",
)
PROJECT = Project(
    graphs=Map(
        {**DIGITS.graphs, "generator": GENERATOR, "language": LANGUAGE, "noise": FROM_NOISE, "writing": WRITING}
    ),
    datasets=Map({"digits": DIGITS.datasets["digits"], "text": TEXT}),
)
SCORES = next(name for name in previews_of(DIGITS))


@pytest.fixture(scope="module")
def sampler():
    return Sampler(PROJECT, Weights(), CATALOGUE, Place())


def drawn(sampler, graph, **wish):
    found = sampler.draw(Wish(graph, **wish), lambda _done, _text: None)
    return {file.view: file.content for file in found.files}, found


def series(sampler, **wish):
    files, _ = drawn(sampler, "noise", **wish)
    return torch.tensor(json.loads(files["curve"])["series"])


def test_what_can_be_set_is_read_from_the_drawing():
    found = knobs(PROJECT, SCORES, CATALOGUE)
    assert [(knob.column.id, knob.kind) for knob in found.columns] == [("image", "picture")]
    assert (found.params, found.latents) == ((), ())
    found = knobs(PROJECT, "noise", CATALOGUE)
    assert (found.count, found.columns) == (3, ())
    assert [(knob.node, knob.size, knob.axes) for knob in found.latents] == [("noise1", 6, 6)]
    found = knobs(PROJECT, "writing", CATALOGUE)
    assert [(knob.node, knob.param.name, knob.value) for knob in found.params] == [
        ("generate1", "length", 5),
        ("generate1", "temperature", 0.5),
        ("generate1", "top_k", 0),
        ("generate1", "context", 0),
    ]
    assert [(knob.column.id, knob.kind) for knob in found.columns] == [("text", "text")]


def test_noise_follows_from_the_seed_and_sliders_move_single_axes(sampler):
    plain, again, other = series(sampler), series(sampler), series(sampler, seed=1)
    assert plain.shape == (16, 64)
    assert torch.equal(plain, again)
    assert not torch.allclose(plain, other)
    zeros = {"noise1": {str(axis): 0.0 for axis in range(6)}}
    still = series(sampler, latents=zeros, count=2)
    assert torch.allclose(still[0], still[1])  # nothing is left of the noise
    moved = [series(sampler, latents={"noise1": {**zeros["noise1"], "2": value}}, count=1)[0] for value in (1.0, 2.0)]
    assert torch.allclose(moved[1] - still[0], 2 * (moved[0] - still[0]), atol=1e-4)  # the network is linear
    assert series(sampler, count=3).shape == (3, 64)


def test_without_a_count_the_views_say_how_many_and_a_count_never_cuts_what_they_show(sampler):
    assert series(sampler, count=0).shape == (3, 64)
    assert torch.equal(series(sampler, count=0), series(sampler, count=3))
    assert series(sampler, count=2).shape == (2, 64)
    few = msgspec.structs.replace(PROJECT.graphs["noise"].nodes["curve"], params=Map(count=5))
    links = PROJECT.graphs["noise"].links
    nodes = (
        PROJECT.graphs["noise"].nodes.set("curve", few).set("twice", Node("Concat", Map(dim=0)))
    )  # as a walk gives more than one for each sample
    ends = {Input("twice", "x", at): Link(Output("net", "y"), Input("twice", "x", at)) for at in (0, 1)}
    ends[Input("curve", "values")] = Link(Output("twice", "y"), Input("curve", "values"))
    graph = msgspec.structs.replace(PROJECT.graphs["noise"], nodes=nodes, links=links.update(ends))
    project = msgspec.structs.replace(PROJECT, graphs=PROJECT.graphs.set("noise", graph))
    wide = Sampler(project, Weights(), CATALOGUE, Place())
    assert series(wide, count=2).shape == (4, 64)


def test_samples_come_from_where_they_are_wanted(sampler):
    data = load(PROJECT.datasets["digits"], 0)
    with pytest.MonkeyPatch.context() as patched:
        seen = []
        patched.setattr("netbuilder.sampling.sampler.shown", lambda _p, _c, _g, views: seen.append(views) or iter(()))
        for part, first in (("test", 0), ("validation", 5), ("train", 1000), ("test", 358)):
            sampler.draw(Wish(SCORES, part=part, first=first, count=4), lambda _done, _text: None)
            rows = (torch.arange(4) + first) % len(getattr(data, part)["label"])
            images = next(each["images"] for each in seen[-1].values() if "images" in each)
            assert torch.equal(images, getattr(data, part)["image"][rows])


def test_a_picture_of_ones_own_has_chances_and_no_truth(sampler, tmp_path):
    image = load(PROJECT.datasets["digits"], 0).test["image"][7, 0].numpy()
    Image.fromarray((image * 255).round().astype(np.uint8)).save(tmp_path / "mine.png")
    _, mine = drawn(sampler, SCORES, inputs={"image": str(tmp_path / "mine.png")}, count=1)
    _, same = drawn(sampler, SCORES, first=7, count=1)
    (chances,), (expected,) = mine.chances.values(), same.chances.values()
    assert [chance.name for chance in chances] == [chance.name for chance in expected]
    for one, other in zip(chances, expected, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.01)
    assert len(chances) == 5
    assert 0 < sum(chance.probability for chance in chances) <= 1


def test_texts_begin_with_the_prompt(sampler):
    def written(**wish):
        rows = json.loads(drawn(sampler, "writing", inputs={"text": "def "}, **wish)[0]["written"])["rows"]
        return [row["text"] for row in rows]

    texts = written(count=2, params={"generate1": {"temperature": 0.0, "length": 7}})
    assert [len(text) for text in texts] == [11, 11]
    assert texts[0] == texts[1]
    assert texts[0].startswith("def ")
    wild = written(count=2, params={"generate1": {"temperature": 5.0}})
    assert wild[0] != wild[1]
    assert wild == written(count=2, params={"generate1": {"temperature": 5.0}})
    assert wild != written(count=2, params={"generate1": {"temperature": 5.0}}, seed=4)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("nowhere"), "no preview graph 'nowhere'; it has: noise, "),
        (Wish("noise", count=-1), "The count must be 0 .* to 256, is -1"),
        (Wish("noise", first=-1), "The first sample is 0 or more"),
        (Wish("noise", latents={"noise1": {"6": 1.0}}), "has the axes 0 to 5, not '6'"),
        (Wish("noise", latents={"noise2": {"0": 1.0}}), "no noise 'noise2' with axes to set; there are: noise1"),
        (Wish("writing", params={"generate1": {"temperature": -1.0}}), "generate1.temperature: must be"),
        (
            Wish("writing", params={"generate1": {"wings": 2}}),
            "There is no generate1.wings to set; there are: generate1",
        ),
        (Wish("writing", inputs={"target": "x"}), "There is no input 'target'; there are: text"),
    ],
)
def test_what_is_not_there_is_a_sentence(sampler, wish, says):
    with pytest.raises(WishError, match=says):
        sampler.draw(wish, lambda _done, _text: None)


def test_filters_are_as_many_as_they_are_however_few_samples_are_wanted(sampler):
    weights = graph(
        "preview",
        {
            "data": ("Data", {"dataset": "digits"}),
            "net": ("Network", {"network": "generator"}),
            "noise1": ("Noise", {"size": (6,)}),
            "weight1": ("LayerWeight", {"network": "generator", "layer": "linear1"}),
            "rows": ("ViewCurve", {"count": 7}),
            "made": ("ViewCurve", {"count": 7}),
        },
        "data.image > noise1.like",
        "noise1.y > net.z",
        "net.y > made.values",
        "weight1.y > rows.values",
    )
    project = msgspec.structs.replace(PROJECT, graphs=PROJECT.graphs.set("weights", weights))
    files, _ = drawn(Sampler(project, Weights(), CATALOGUE, Place()), "weights", count=2)
    assert {view: len(json.loads(content)["series"]) for view, content in files.items()} == {"rows": 7, "made": 2}


def test_a_broken_preview_is_a_sentence():
    broken = msgspec.structs.replace(FROM_NOISE, links=FROM_NOISE.links.delete(next(
        end for end in FROM_NOISE.links if end.node == "net"
    )))  # fmt: skip
    project = msgspec.structs.replace(PROJECT, graphs=PROJECT.graphs.set("noise", broken))
    with pytest.raises(WishError, match="has errors of its own"):
        Sampler(project, Weights(), CATALOGUE, Place()).draw(Wish("noise"), lambda _done, _text: None)
