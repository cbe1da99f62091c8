"""Project files: what is saved is what is loaded, byte for byte, and anything malformed gives one sentence."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph.file import MAX_BYTES, FileError, NewerVersion, TooLarge, dumps, loads
from netbuilder.graph.model import Column, Dataset, Frame, Graph, Input, Link, Node, Output, Project
from tests.graph.strategies import NASTY, projects


def link(source: str, target: str, index: int = 0, via: tuple = ()) -> Link:
    return Link(Output(*source.split(".")), Input(*target.split("."), index), via)


def by_target(*links: Link) -> Map:
    return Map({each.target: each for each in links})


SAMPLE = Project(
    title="Digits",
    graphs=Map(
        classifier=Graph(
            nodes=Map(
                conv1=Node("Conv2d", Map(out_channels=32, kernel_size=(3, 3)), (120.0, 40.5)),
                conv10=Node("Conv2d", NONE := Map(), (0.0, 0.0), bookmarked=True),
                conv2=Node("Conv2d", NONE, (240.0, 0.0), title="Größe", bypassed=True),
                add1=Node("Add", NONE, (360.0, 0.0)),
            ),
            links=by_target(
                link("conv1.y", "add1.x"),
                link("conv2.y", "add1.x", 1),
                link("conv1.y", "conv2.x", via=((900.0, 10.5),)),
            ),
            frames=Map(frame1=Frame((0.0, 0.0, 300.0, 80.0), "Look", "first\nsecond", folded=("conv2",))),
            direction="down",
        )
    ),
    datasets=Map(digits=Dataset("digits", Map(test=0.2), (Column("image", shape=(1, 8, 8)),), 1797)),
    settings=Map(training=Map(epochs=30, best="accuracy")),
)

TEXT = """\
{
  "netbuilder": 1,
  "title": "Digits",
  "datasets": {
    "digits": {
      "source": "digits",
      "params": {"test": 0.2},
      "samples": 1797,
      "columns": [
        {"id": "image", "shape": [1, 8, 8], "dtype": "float32", "axes": "", "role": "tensor"}
      ]
    }
  },
  "graphs": {
    "classifier": {
      "kind": "network",
      "direction": "down",
      "nodes": {
        "add1": {"block": "Add", "at": [360, 0]},
        "conv1": {"block": "Conv2d", "params": {"kernel_size": [3, 3], "out_channels": 32}, "at": [120, 40.5]},
        "conv2": {"block": "Conv2d", "title": "Größe", "bypassed": true, "at": [240, 0]},
        "conv10": {"block": "Conv2d", "bookmarked": true, "at": [0, 0]}
      },
      "links": [
        {"from": "conv1.y", "to": "add1.x"},
        {"from": "conv2.y", "to": "add1.x[1]"},
        {"from": "conv1.y", "to": "conv2.x", "via": [[900, 10.5]]}
      ],
      "frames": {
        "frame1": {"rect": [0, 0, 300, 80], "title": "Look", "text": "first\\nsecond", "folded": ["conv2"]}
      }
    }
  },
  "settings": {
    "training": {
      "best": "accuracy",
      "epochs": 30
    }
  }
}
"""


def test_the_file_reads_well_in_a_diff():
    assert dumps(SAMPLE).decode() == TEXT
    assert loads(TEXT.encode()) == SAMPLE


@given(projects)
def test_save_load_save_is_byte_identical(project):
    data = dumps(project)
    again = loads(data)
    assert again == project
    assert dumps(again) == data
    json.loads(data)


def test_equal_projects_give_equal_bytes_whatever_their_history():
    names = [f"n{number}" for number in range(200)]
    forth, back = Map(), Map()
    for name in names:
        forth = forth.set(name, Node("ReLU"))
    for name in reversed([*names, "gone"]):
        back = back.set(name, Node("ReLU"))
    back = back.delete("gone")
    assert dumps(Project(graphs=Map(g=Graph(nodes=forth)))) == dumps(Project(graphs=Map(g=Graph(nodes=back))))


def test_other_layouts_of_the_same_json_are_read_and_written_in_ours():
    compact = json.dumps(json.loads(TEXT), separators=(",", ":")).encode()
    assert dumps(loads(compact)) == TEXT.encode()
    assert dumps(loads(json.dumps(json.loads(TEXT), indent=8, sort_keys=True).encode())) == TEXT.encode()


def test_what_is_unknown_survives_at_every_level():
    plain = json.loads(TEXT)
    graph = plain["graphs"]["classifier"]
    holders = [
        plain,
        plain["datasets"]["digits"],
        plain["datasets"]["digits"]["columns"][0],
        graph,
        graph["nodes"]["conv1"],
        graph["links"][0],
        graph["frames"]["frame1"],
    ]
    kept = {"a": [1, 2.5, None, {"b": "\u2028"}], "z": 1.0}
    for holder in holders:
        holder["future"] = kept
    graph["nodes"]["conv1"]["block"] = "acme.ConvXL"
    graph["nodes"]["conv1"]["params"]["unheard_of"] = {"deep": [[[]]]}
    data = dumps(loads(json.dumps(plain).encode()))
    assert json.loads(data) == plain
    assert dumps(loads(data)) == data
    assert data.count(b'"future"') == len(holders)


def test_numbers_keep_their_type():
    params = Map(whole=1, real=1.0, yes=True, none=None, tiny=5e-324, big=2**63 - 1, least=-(2**63), huge=1.7e308)
    project = Project(graphs=Map(g=Graph(nodes=Map(a=Node("X", params)))))
    found = loads(dumps(project)).graphs["g"].nodes["a"].params
    assert {name: (type(value), value) for name, value in found.items()} == {
        name: (type(value), value) for name, value in params.items()
    }


def test_numbers_that_json_lacks_are_spelled_as_text():
    params = Map(a=float("inf"), b=float("-inf"), c=float("nan"), d=(float("nan"),))
    found = loads(dumps(Project(settings=Map(t=params)))).settings["t"]
    assert found == Map(a="inf", b="-inf", c="nan", d=("nan",))


def test_half_a_character_is_replaced_not_refused():
    found = loads(dumps(Project(title="a\ud800b")))
    assert found.title == "a\ufffdb"


# What is wrong, and what is said about it: (what to replace in TEXT, by what, the sentence)
# fmt: off
# ruff: noqa: E501
WRONG = [
    ('[120, 40.5]', '"x"', 'graphs.classifier.nodes.conv1.at: expected two numbers, got "x"'),
    ("[120, 40.5]", "[120]", "graphs.classifier.nodes.conv1.at: expected two numbers, got [120]"),
    ("[120, 40.5]", "[true, 1]", "graphs.classifier.nodes.conv1.at: expected two numbers, got [true, 1]"),
    ("[120, 40.5]", "[1e300, 1]", "graphs.classifier.nodes.conv1.at: a coordinate lies within 10000000 of 0, this is 1e+300"),
    ('"Add"', "7", "graphs.classifier.nodes.add1.block: expected the name of a block, got 7"),
    ('"block": "Add", ', "", "graphs.classifier.nodes.add1.block: expected the name of a block, got nothing"),
    ('"block": "Add"', '"block": ""', 'graphs.classifier.nodes.add1.block: expected the name of a block, got ""'),
    ('"Größe"', "[1]", "graphs.classifier.nodes.conv2.title: expected text, got [1]"),
    ("[900, 10.5]", "[900]", "graphs.classifier.links[2].via[0]: expected two numbers, got [900]"),
    ('["conv2"]', '["a b"]', 'graphs.classifier.frames.frame1.folded[0]: expected the id of a node, got "a b"'),
    ('"down"', '"up"', 'graphs.classifier.direction: expected one of right, down, got "up"'),
    ("true", '"yes"', 'graphs.classifier.nodes.conv2.bypassed: expected true or false, got "yes"'),
    ('{"test": 0.2}', "3", "datasets.digits.params: expected an object, got 3"),
    ("1797", "-1", "datasets.digits.samples: expected a whole number of 0 or more, got -1"),
    ("[1, 8, 8]", "[1, 8.5]", "datasets.digits.columns[0].shape[1]: expected a whole number of 0 or more, got 8.5"),
    ('"image"', '"an image"', 'datasets.digits.columns[0].id: expected a name as in Python, got "an image"'),
    ('"kind": "network"', '"kind": "recipe"', 'graphs.classifier.kind: expected one of network, training, preview, got "recipe"'),
    ('"kind": "network"', '"kind": []', "graphs.classifier.kind: expected one of network, training, preview, got []"),
    ('"from": "conv2.y"', '"from": "conv3.y"', "graphs.classifier.links[1].from: there is no node conv3"),
    ('"to": "conv2.x"', '"to": "conv3.x"', "graphs.classifier.links[2].to: there is no node conv3"),
    ('"from": "conv2.y"', '"from": "conv2"', 'graphs.classifier.links[1].from: expected a node and a port joined by a dot, got "conv2"'),
    ('"from": "conv2.y"', '"from": "conv2.y[1]"', 'graphs.classifier.links[1].from: expected an output such as "conv1.y", got "conv2.y[1]"'),
    ('"from": "conv2.y"', '"frm": "conv2.y"', 'graphs.classifier.links[1].from: expected an output such as "conv1.y", got nothing'),
    ("add1.x[1]", "add1.x", 'graphs.classifier.links[1].to: there is already a link into "add1.x"'),
    ("add1.x[1]", "add1.x[01]", 'graphs.classifier.links[1].to: expected a node and a port joined by a dot, got "add1.x[01]"'),
    ("add1.x[1]", "add1.x[99999]", "graphs.classifier.links[1].to: a port takes at most 10000 links"),
    ('"conv10":', '"class":', "graphs.classifier.nodes.class: a node's id is a name as in Python, and none that Python or torch uses itself"),
    ('"conv10":', '"a b\\n":', "graphs.classifier.nodes[\"a b\\n\"]: a node's id is a name as in Python, and none that Python or torch uses itself"),
    ('"conv10":', '"\\ufb01n":', None),  # NFKC would make another name of it
    ('"conv10":', '"conv2":', "graphs.classifier.nodes.conv2: this stands twice"),
    ('"epochs": 30', '"best": 30', "settings.training.best: this stands twice"),
    ('"epochs": 30', '"epochs": 99999999999999999999', "settings.training.epochs: a whole number has at most 64 bits"),
    ('"epochs": 30', '"epochs": [[9223372036854775808]]', "settings.training.epochs[0][0]: a whole number has at most 64 bits"),
    ("[0, 0, 300, 80]", "[0, 0, -3, 80]", "graphs.classifier.frames.frame1.rect: a frame has no negative width or height"),
    ('"netbuilder": 1,', "", 'this is not a netbuilder project: it does not begin with "netbuilder": 1'),
    ('"netbuilder": 1', '"netbuilder": "1"', 'this is not a netbuilder project: it does not begin with "netbuilder": 1'),
    ('"netbuilder": 1', '"netbuilder": true', 'this is not a netbuilder project: it does not begin with "netbuilder": 1'),
    ('"title": "Digits"', f'"title": "{"x" * 300}"', "title: a name or title has at most 200 characters"),
    ('"epochs": 30', '"epochs": NaN', None),
    ('"epochs": 30', '"epochs": 1e999', None),
    ('"Digits"', '"\\ud800"', None),
    ("}\n", "}}\n", None),
]
# fmt: on


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_malformed_file_gives_one_sentence_with_the_path(old, new, sentence):
    assert old in TEXT
    with pytest.raises(FileError) as caught:
        loads(TEXT.replace(old, new, 1).encode())
    said = str(caught.value)
    assert said.splitlines() == [said]
    assert said.isprintable()
    if sentence is not None:
        assert said == sentence
        assert sentence.startswith(caught.value.where)


def test_bytes_that_are_no_text_are_told():
    with pytest.raises(FileError, match="it is not UTF-8 text"):
        loads(TEXT.encode("latin-1"))
    with pytest.raises(FileError, match="it is not JSON that can be read"):
        loads(b"")


def test_a_newer_file_is_refused():
    with pytest.raises(NewerVersion, match=r"a newer netbuilder wrote this \(format 2, this one reads up to 1\)"):
        loads(TEXT.replace('"netbuilder": 1', '"netbuilder": 2').replace('"nodes"', '"knots"').encode())


def nodes_file(count: int) -> bytes:
    inner = ",".join(f'"n{number}":{{"block":"X"}}' for number in range(count))
    return b'{"netbuilder":1,"graphs":{"g":{"nodes":{%s}}}}' % inner.encode()


OVER = {
    "bytes": lambda: b" " * (MAX_BYTES + 1),
    "nodes": lambda: nodes_file(50_001),
    "million nodes": lambda: nodes_file(300_000),
    "depth": lambda: b"[" * 1_000_000 + b"]" * 1_000_000,
    "open": lambda: b'{"a":' * 1_000_000,
    "just too deep": lambda: b'{"netbuilder":1,"a":' + b"[" * 64 + b"]" * 64 + b"}",
    "empty lists": lambda: b"[" + b"[]," * 10_000_000 + b"[]]",
    "empty texts": lambda: b'["' + b'","' * 10_000_000 + b'"]',
    "spaced nodes": lambda: nodes_file(500_000).replace(b'":', b'" :'),
    "numbers": lambda: b"[" + b"1," * 10_000_000 + b"1]",
}


@pytest.mark.parametrize("case", OVER)
def test_over_a_limit_is_refused_before_anything_large_is_made(case):
    data = OVER[case]()
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge) as caught:
            loads(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(str(caught.value).splitlines()) == 1
    # Copies of the bytes are made for the scan; the values themselves would take twenty times as much and more.
    assert peak < 3 * len(data) + 4 * 2**20


def test_just_under_the_limits_is_read():
    assert len(loads(nodes_file(50_000)).graphs["g"].nodes) == 50_000
    deep = b'{"netbuilder":1,"a":' + b"[" * 48 + b"]" * 48 + b"}"
    assert dumps(loads(deep)) == dumps(loads(dumps(loads(deep))))


def test_brackets_quotes_and_colons_inside_texts_count_for_nothing():
    text = '[[{{::,,"\\' * 1000
    project = Project(settings=Map(t=Map({text[:50]: text, "\\": "\\\\", '"': ':"'})))
    assert loads(dumps(project)) == project


def test_what_could_not_be_loaded_again_is_not_written():
    deep = ()
    for _ in range(100):
        deep = (deep,)
    for params in (Map(a=2**64), Map({"n" * 300: 1}), Map(a=deep), Map(a="x" * 100_001)):
        with pytest.raises(FileError):
            dumps(Project(settings=Map(t=params)))
    with pytest.raises(FileError, match=r"graphs\.g\.nodes\.a\.at"):
        dumps(Project(graphs=Map(g=Graph(nodes=Map(a=Node("X", at=(float("nan"), 0.0)))))))
    dangling = Graph(nodes=Map(a=Node("X")), links=by_target(link("gone.y", "a.x")))
    with pytest.raises(FileError, match=r"graphs.g.links\[0\].from: there is no node gone"):
        dumps(Project(graphs=Map(g=dangling)))


GARBAGE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"',
    b"{",
    b"\xff\xfe{",
    b"\xef\xbb\xbf{}",
    b"\x00",
    b'{"netbuilder":1,"graphs":[]}',
]


def only_file_errors(data: bytes) -> None:
    try:
        project = loads(data)
    except FileError as error:
        said = str(error)
        assert said.isprintable(), said
        assert len(said) < 2000
    else:
        assert loads(dumps(project)) == project


@given(st.one_of(st.binary(max_size=60), st.sampled_from(GARBAGE)))
def test_any_bytes_give_a_project_or_a_sentence(data):
    only_file_errors(data)


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 4), st.binary(max_size=3)), min_size=1, max_size=4))
@example([(30, 0, b"\\")])
def test_a_damaged_file_gives_a_project_or_a_sentence(wounds):
    data = TEXT.encode()
    for at, length, by in wounds:
        data = data[:at] + by + data[at + length :]
    only_file_errors(data)


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(NASTY)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["nodes", "links", "at", "block", "a", "from", "to", *NASTY]), inner, max_size=4),
    ),
    max_leaves=8,
)  # fmt: skip


@given(st.data())
def test_a_file_with_a_part_of_another_kind_gives_a_project_or_a_sentence(data):
    value = json.loads(TEXT)
    holder, name = value, None
    while True:
        names = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        name = data.draw(st.sampled_from(names))
        if not isinstance(holder[name], dict | list) or not holder[name] or data.draw(st.integers(0, 3)) == 0:
            break
        holder = holder[name]
    holder[name] = data.draw(plain)
    only_file_errors(json.dumps(value).encode())
