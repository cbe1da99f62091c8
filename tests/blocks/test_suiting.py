"""Parameters that suit what a block is put behind: each is checked by analysing the network that comes of it."""

from __future__ import annotations

import pytest
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.following import FOLLOWING, followers, leaders
from netbuilder.blocks.suiting import RULES, Given, given_at, given_before, suited, unfit
from netbuilder.compiler.analyse import Analyser
from netbuilder.graph.model import Column, Dataset, Graph, Input, Link, Node, Output, Project
from tests.compiler.projects import chain, project

CATALOGUE = Catalogue.builtin()
ANALYSER = Analyser(CATALOGUE)
LETTERS = {4: ("N", "C", "H", "W"), 3: ("N", "T", "F"), 2: ("N", "F")}

SUITED = [
    # the block, what it is put behind, what must come of it
    ("Conv2d", ("N", 1, 8, 8), {"padding": 1}),
    ("Conv2d", ("N", 32, 2, 2), {"kernel_size": 1}),
    ("Conv2d", ("N", 48, 8, 8), {"out_channels": 48, "padding": 1}),
    ("ConvTranspose2d", ("N", 48, 4, 4), {"out_channels": 24, "kernel_size": 4, "stride": 2, "padding": 1}),
    ("MaxPool2d", ("N", 16, 8, 8), {}),
    ("MaxPool2d", ("N", 16, 1, 8), {"kernel_size": (1, 2)}),
    ("GroupNorm", ("N", 12, 4, 4), {"num_groups": 6}),
    ("GroupNorm", ("N", 32, 4, 4), {}),
    ("ChannelShuffle", ("N", 9, 4, 4), {"groups": 3}),
    ("Interpolate", ("N", 3, 8, 8), {"size": 16}),
    ("PatchEmbedding", ("N", 3, 28, 28), {"patch_size": 7}),
    ("PatchEmbedding", ("N", 1, 8, 8), {"patch_size": 2}),
    ("Mean", ("N", 16, 8, 8), {"dim": (2, 3)}),
    ("MultiheadAttention", ("N", 10, 30), {"num_heads": 3}),
    ("TransformerEncoderLayer", ("N", 10, 64), {"dim_feedforward": 256}),
    ("LSTM", ("N", 10, 32), {"hidden_size": 32}),
    ("Linear", ("N", 10, 48), {"out_features": 48}),
    ("Linear", ("N", 512), {}),
    ("Linear", ("N", 64, 4, 4), {}),
    ("Select", ("N", 10, 32), {"index": -1}),
    ("Mean", ("N", 10, 32), {"dim": 1}),
    ("LearnedPositions", ("N", 10, 32), {"num_positions": 10}),
    ("Unflatten", ("N", 64), {"unflattened_size": (1, 8, 8)}),
    ("Unflatten", ("N", 512), {"unflattened_size": (8, 8, 8)}),
]


@pytest.mark.parametrize(("name", "shape", "wanted"), SUITED)
def test_parameters_suit_what_comes_in_and_the_network_has_no_problem(name, shape, wanted):
    params = suited(CATALOGUE[name], Given(shape, LETTERS[len(shape)]))
    assert dict(params) == wanted
    net = chain(
        {
            "x": ("Input", {"shape": " ".join(map(str, shape))}),
            "made": (name, dict(params)),
            "y": "Output",
        }
    )
    first = CATALOGUE[name].inputs[0].name
    if first != "x":  # the chain of these helpers links to x
        links = {end: link for end, link in net.links.items() if end.node != "made"}
        end = Input("made", first)
        net = Graph(net.kind, net.nodes, Map({**links, end: Link(Output("x", "x"), end)}))
    report = ANALYSER.analyse(project(net=net))["net"]
    assert not [problem.message for problem in report.errors]


def test_the_rules_name_blocks_and_parameters_that_there_are():
    for name, rules in RULES.items():
        assert set(rules) <= {param.name for param in CATALOGUE[name].typed()}


def test_where_nothing_is_known_the_defaults_stay():
    for name in RULES:
        held = suited(CATALOGUE[name], Given())
        assert dict(held) in ({}, {"kernel_size": 4, "stride": 2, "padding": 1})


def test_what_a_person_gave_stays():
    given = Given(("N", 48, 8, 8), LETTERS[4])
    assert suited(CATALOGUE["Conv2d"], given, Map({"padding": 0}))["padding"] == 0


def test_a_picture_of_one_pixel_is_not_halved():
    assert "halve" in unfit(CATALOGUE["MaxPool2d"], Given(("N", 8, 1, 1)))
    assert unfit(CATALOGUE["MaxPool2d"], Given(("N", 8, 2, 2))) == ""
    assert unfit(CATALOGUE["Conv2d"], Given(("N", 8, 1, 1))) == ""


def test_pictures_are_not_normalised_as_rows():
    assert "at most 3 axes" in unfit(CATALOGUE["BatchNorm1d"], Given(letters=LETTERS[4]))
    assert unfit(CATALOGUE["BatchNorm1d"], Given(("N", 8, 20))) == ""


def texts() -> Project:
    """tokens -> (nothing yet); scores is an Output of a network that a loss compares with ten classes."""
    words = Dataset(
        "texts",
        columns=(
            Column("text", shape=(20,), dtype="int64", axes="T", role="token", classes=tuple("abcdefg")),
            Column("kind", dtype="int64", role="class", classes=("good", "bad", "odd")),
            Column("price", shape=(2,)),
        ),
    )
    net = Graph(
        nodes=Map({"tokens": Node("Input"), "scores": Node("Output"), "gelu1": Node("GELU")}),
        links=Map({Input("gelu1", "x"): Link(Output("tokens", "x"), Input("gelu1", "x"))}),
    )
    ends = (
        Link(Output("data", "text"), Input("net", "tokens")),
        Link(Output("net", "scores"), Input("loss", "logits")),
        Link(Output("data", "kind"), Input("loss", "target")),
    )
    training = Graph(
        "training",
        Map(
            {
                "data": Node("Data", Map({"dataset": "texts"})),
                "net": Node("Network", Map({"network": "net"})),
                "loss": Node("CrossEntropyLoss"),
            }
        ),
        Map({link.target: link for link in ends}),
    )
    return Project(graphs=Map({"net": net, "training": training}), datasets=Map({"texts": words}))


def test_an_embedding_has_as_many_vectors_as_the_data_have_tokens():
    given = given_at(texts(), "net", CATALOGUE, Output("tokens", "x"), None)
    assert given.shape == ("N", 20)
    assert given.letters == ("N", "T")
    assert dict(suited(CATALOGUE["Embedding"], given)) == {"num_embeddings": "=texts.text.classes"}


def test_what_axes_mean_is_found_through_blocks_that_do_not_say():
    given = given_at(texts(), "net", CATALOGUE, Output("gelu1", "y"), ("N", 20))
    assert given.letters == ("N", "T")
    assert given_at(texts(), "net", CATALOGUE, Output("gelu1", "y"), ("N", 20, 3)).letters == ()


def test_before_an_output_linear_gives_one_number_for_each_class():
    held = texts()
    given = given_before(held, "net", CATALOGUE, Input("scores", "x"))
    assert dict(suited(CATALOGUE["Linear"], given)) == {"out_features": "=texts.kind.classes"}
    assert given_before(held, "net", CATALOGUE, Input("gelu1", "x")) == Given()
    training = held.graphs["training"]
    end = Input("loss", "target")
    prices = Graph("training", training.nodes, training.links.set(end, Link(Output("data", "price"), end)))
    other = Project(graphs=held.graphs.set("training", prices), datasets=held.datasets)
    assert given_before(other, "net", CATALOGUE, Input("scores", "x")).ends == 2


def test_every_block_that_is_said_to_follow_is_there_and_has_a_reason():
    categories = {CATALOGUE[name].category for name in CATALOGUE.names}
    for key, held in FOLLOWING.items():
        assert key in CATALOGUE or key in categories, key
        assert held
        for one in held:
            assert one.block in CATALOGUE, one.block
            assert one.why.endswith(".")


def test_what_follows_a_convolution_and_what_leads_to_a_loss():
    names = [one.block for one in followers(CATALOGUE["Conv2d"])]
    assert [name for name in names if not name.endswith(("1d", "3d"))] == ["BatchNorm2d", "ReLU", "MaxPool2d"]
    assert "Network" in leaders(CATALOGUE["CrossEntropyLoss"], CATALOGUE)
    assert followers(CATALOGUE["Optimizer"]) == ()
