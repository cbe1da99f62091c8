"""Class names at a view come from the column that lies behind it."""

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import Column, Dataset, Project
from netbuilder.training.showing import SAMPLES, samples_of, shown
from netbuilder.training.views.naming import names_of
from tests.training.projects import graph

CATALOGUE = Catalogue.builtin()
DIGITS, WORDS, KINDS = tuple("0123456789"), ("<pad>", "one", "two", "three"), ("odd", "even")
DATA = Dataset(
    "rows",
    columns=(
        Column("x", shape=(2,), axes="F"),
        Column("number", shape=(3,), dtype="int64", axes="T", role="token", classes=DIGITS),
        Column("text", shape=(4,), dtype="int64", axes="T", role="token", classes=WORDS),
        Column("kind", dtype="int64", role="class", classes=KINDS),
    ),
    samples=30,
)


def project(nodes, *links):
    nodes = {"rows": ("Data", {"dataset": "rows"}), "net": ("Network", {"network": "model"}), **nodes}
    model = graph(
        "network",
        {
            "source": ("Input", {"shape": "N 3", "dtype": "int64"}),
            "target": ("Input", {"shape": "N 4", "dtype": "int64"}),
            "scores": ("Output", {}),
        },
        "source.x > scores.x",
    )
    return Project("test", Map(look=graph("preview", nodes, *links), model=model), Map(rows=DATA))


def names(held, view, **inputs):
    return names_of(held, CATALOGUE, "look", view, inputs)


TOKENS = torch.tensor([[0, 1], [2, 3]])


@pytest.mark.parametrize(("column", "classes"), [("number", DIGITS), ("text", WORDS)])
def test_a_column_that_is_linked_gives_its_names_also_past_other_blocks(column, classes):
    held = project(
        {"view": ("ViewText", {}), "cut": ("Slice", {}), "other": ("ViewText", {})},
        f"rows.{column} > view.tokens",
        f"rows.{column} > cut.x",
        "cut.y > other.tokens",
    )
    assert names(held, "view", tokens=TOKENS) == {"tokens": classes}
    assert names(held, "other", tokens=TOKENS) == {"tokens": classes}


def test_what_a_network_says_has_the_names_of_the_truth_beside_it():
    links = ["rows.number > net.source", "rows.text > net.target", "net.scores > best.x", "best.y > view.tokens"]
    nodes = {"best": ("Argmax", {}), "view": ("ViewText", {})}
    with_truth = project(nodes, *links, "rows.text > view.truth")
    assert names(with_truth, "view", tokens=TOKENS, truth=TOKENS) == {"tokens": WORDS, "truth": WORDS}
    assert names(project(nodes, *links), "view", tokens=TOKENS) == {"tokens": DIGITS}, "the first that lies behind"
    assert names(project(nodes, *links), "view", tokens=TOKENS + 5) == {"tokens": DIGITS}
    assert names(with_truth, "view", tokens=TOKENS + 5)["tokens"] == DIGITS, "words have no number 8"


def test_scores_have_the_names_of_the_column_with_as_many():
    held = project({"view": ("ViewConfusion", {})}, "net.scores > view.logits", "rows.kind > view.truth")
    assert names(held, "view", logits=torch.rand(5, 2), truth=torch.tensor([0, 1])) == {"logits": KINDS, "truth": KINDS}
    assert names(held, "view", logits=torch.rand(5, 4)) == {"logits": WORDS}
    assert names(held, "view", logits=torch.rand(5, 7)) == {}


def test_files_come_by_place_with_the_title_of_their_node():
    held = project({"b": ("ViewScatter", {"count": 5}), "a": ("ViewText", {"count": 2})})
    look = held.graphs["look"]
    nodes = look.nodes.set("a", msgspec.structs.replace(look.nodes["a"], title="What it writes", at=(0.0, 200.0)))
    look = msgspec.structs.replace(look, nodes=nodes)
    held = msgspec.structs.replace(held, graphs=held.graphs.set("look", look))
    files = list(shown(held, CATALOGUE, "look", {"b": {"points": torch.rand(9, 2)}, "a": {"tokens": TOKENS}}))
    assert [(file.view, file.title, file.name) for file in files] == [
        ("b", "b", "look_b.png"),
        ("a", "What it writes", "look_a.json"),
    ]
    assert samples_of(held, CATALOGUE, "look") == 5
    assert samples_of(project({}), CATALOGUE, "look") == SAMPLES
