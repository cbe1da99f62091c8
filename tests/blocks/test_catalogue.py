"""Finding blocks, and the catalogue as the judge of a project."""

import time

import msgspec
import pytest
from immutables import Map

from netbuilder.blocks.algorithms import ALGORITHMS
from netbuilder.blocks.catalogue import CATEGORIES, Catalogue, builtin_blocks
from netbuilder.blocks.search import distance
from netbuilder.graph.model import KINDS, Graph, Node, Project

CATALOGUE = Catalogue.builtin()
FIRST_45 = tuple(
    " ".join(
        (
            "Input Output Linear Conv1d Conv2d ConvTranspose2d MaxPool2d AvgPool2d AdaptiveAvgPool2d BatchNorm1d",
            "BatchNorm2d LayerNorm GroupNorm Dropout ReLU LeakyReLU ELU GELU SiLU Sigmoid Tanh Softmax LogSoftmax",
            "Flatten Reshape Permute Add Multiply Concat Split Embedding LSTM GRU MultiheadAttention",
            "TransformerEncoderLayer Upsample Data Network CrossEntropyLoss MSELoss BCEWithLogitsLoss Accuracy",
            "Optimizer ViewImages ViewCurve",
        )
    ).split(" ")
)


def names(text, kind=None):
    return [block.name for block in CATALOGUE.search(text, kind)]


def test_every_promised_block_is_there():
    assert len(FIRST_45) == 45
    assert set(FIRST_45) <= set(CATALOGUE.names)


def test_two_blocks_of_one_name_are_refused():
    blocks = builtin_blocks()
    with pytest.raises(ValueError, match="two blocks called Linear"):
        Catalogue([*blocks, msgspec.structs.replace(CATALOGUE["Linear"], summary="Another.")])


def test_categories_come_in_their_order_and_hold_every_block():
    found = CATALOGUE.categories()
    assert list(found) == [name for name in CATEGORIES if name in found]
    assert [block.name for blocks in found.values() for block in blocks] == list(CATALOGUE.names)
    for kind in KINDS:
        assert all(kind in block.graphs for blocks in CATALOGUE.categories(kind).values() for block in blocks)
    assert "Convolution" not in CATALOGUE.categories("training")


@pytest.mark.parametrize("name", FIRST_45)
def test_the_exact_name_comes_first_in_any_case(name):
    for text in (name, name.lower(), f"  {name.upper()} "):
        assert names(text)[0] == name


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("fully connected", "Linear"),
        ("dense", "Linear"),
        ("lienar", "Linear"),
        ("cov2d", "Conv2d"),
        ("conv 2d", "Conv2d"),
        ("dropuot", "Dropout"),
        ("sofmax", "Softmax"),
        ("batch norm", "BatchNorm1d"),
        ("max pooling", "MaxPool2d"),
        ("global average", "GlobalAvgPool"),
        ("adaptive average", "AdaptiveAvgPool2d"),
        ("skip connection", "Add"),
        ("u-net", "Concat"),
        ("self-attention", "MultiheadAttention"),
        ("transfromer", "TransformerEncoderLayer"),
        ("swish", "SiLU"),
        ("word vectors", "Embedding"),
        ("classification", "CrossEntropyLoss"),
        ("regression", "MSELoss"),
        ("learning rate", "Optimizer"),
        ("adamw", "Optimizer"),
        ("dataset", "Data"),
        ("submodule", "Network"),
        ("chunk", "Split"),
        ("transpose", "Permute"),
        ("plot", "ViewCurve"),
        ("stochastic depth", "DropPath"),
        ("spectral norm", "Linear"),
        ("mirror border", "ReflectionPad1d"),
        ("pixelshufle", "PixelShuffle"),
        ("picture", "ViewImages"),
    ],
)
def test_a_newcomers_words_find_the_block(text, first):
    assert first in names(text)[:2]


def test_shrink_image_finds_pooling():
    assert set(names("shrink image")[:3]) == {"MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d"}
    assert "AvgPool2d" in names("make an image smaller")


def test_what_is_one_of_these_by_its_name_comes_before_what_only_has_to_do_with_them():
    assert names("attention")[:2] == ["MultiheadAttention", "ScaledDotProductAttention"]


def test_what_is_half_typed_already_finds():
    for end in range(2, len("convtranspose2d") + 1):
        assert "ConvTranspose2d" in names("convtranspose2d"[:end])


def test_nonsense_finds_nothing_and_nothing_finds_all():
    assert names("qwxzyk") == []
    assert names("the") == []
    assert names("!!") == []
    assert names("") == list(CATALOGUE.names)


def test_only_blocks_for_the_graph_are_offered():
    assert names("conv2d", "training") == []
    assert names("cross entropy", "training")[0] == "CrossEntropyLoss"
    assert "CrossEntropyLoss" not in names("cross entropy", "network")


def test_search_is_fast_enough_to_run_at_each_key():
    CATALOGUE.search("convlution image")
    started = time.perf_counter()
    CATALOGUE.search("sprse convolutonal trnsformer")
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(("a", "b", "count"), [("", "", 0), ("abc", "abd", 1), ("ab", "ba", 1), ("a", "abcdef", 5)])
def test_distance_counts_typing_mistakes(a, b, count):
    assert distance(a, b) == distance(b, a) == count


def project(kind="network", **nodes):
    return Project(graphs=Map({"classifier": Graph(kind, nodes=Map(nodes))}))


def test_a_wrong_value_is_named_by_its_path_in_the_file():
    found = CATALOGUE.check(project(conv1=Node("Conv2d", Map(out_channels="x"))))
    assert list(map(str, found)) == ['graphs.classifier.nodes.conv1.params.out_channels: expected int, got "x"']


def test_everything_that_is_wrong_is_named_in_natural_order():
    found = CATALOGUE.check(
        project(
            conv10=Node("Conv2d", Map(kernel_size=0, wings=2)),
            conv2=Node("Conv9d"),
            in1=Node("Linear", Map(in_features=3)),
            loss=Node("MSELoss"),
            fine=Node("Optional", Map(lr=1)),
        )
    )
    assert list(map(str, found)) == [
        "graphs.classifier.nodes.conv2.block: there is no block 'Conv9d'",
        "graphs.classifier.nodes.conv10.params.kernel_size: must be 1 to 1024, is 0",
        "graphs.classifier.nodes.conv10.params.wings: Conv2d has no parameter of this name",
        "graphs.classifier.nodes.fine.block: there is no block 'Optional'",
        "graphs.classifier.nodes.in1.params.in_features: Linear has no parameter of this name",
        "graphs.classifier.nodes.loss.block: MSELoss has no place in a network",
    ]


def test_a_parameter_belongs_to_the_choice_that_brings_it():
    good = Node("Optimizer", Map(algorithm="SGD", momentum=0.9))
    bad = Node("Optimizer", Map(algorithm="Adam", momentum=0.9))
    assert CATALOGUE.check(project("training", optimizer=good)) == []
    (problem,) = CATALOGUE.check(project("training", optimizer=bad))
    assert problem.param == "momentum"


def test_a_wrong_choice_is_a_problem_and_not_an_error():
    (problem,) = CATALOGUE.check(project("training", optimizer=Node("Optimizer", Map(algorithm=("SGD",)))))
    assert (problem.param, problem.text) == ("algorithm", f'expected one of {", ".join(ALGORITHMS)}, got ["SGD"]')


def test_ports_of_an_unknown_block_are_none():
    ports = CATALOGUE.ports(Node("Conv9d"), Project())
    assert ports.inputs == ports.outputs == ()
