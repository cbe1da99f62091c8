"""Data sets of the hub. The hub itself can't be asked here: a stand-in for `datasets` has what we use of it, and where
the real package is installed, its own local data sets are read as well.
"""

import io
import sys
import time
import types
from typing import ClassVar

import msgspec
import numpy as np
import pytest
from PIL import Image

from netbuilder.data.errors import DataError
from netbuilder.data.loaders import load, samples
from netbuilder.data.readers import hub
from netbuilder.data.readers.pixels import Look
from tests.data.own import opened, rows, scanned


class Value(msgspec.Struct):
    dtype: str


class ClassLabel(msgspec.Struct):
    names: list[str]
    dtype: str = "int64"


class List(msgspec.Struct):
    feature: Value
    length: int = -1


class Picture(msgspec.Struct):
    decode: bool = True


Picture.__name__ = "Image"


class Rows:
    """A data set in memory that counts how it is read; pictures come unpacked unless that is switched off."""

    batches: ClassVar[list[int]] = []

    def __init__(self, features, columns):
        self.features, self.columns = features, columns
        self.column_names = list(features)

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, chosen):
        assert isinstance(chosen, list), "rows are read in batches"
        Rows.batches.append(len(chosen))
        assert all(kind.decode is False for kind in self.features.values() if isinstance(kind, Picture))
        return {name: [cells[row] for row in chosen] for name, cells in self.columns.items()}

    def select_columns(self, names):
        return Rows({name: self.features[name] for name in names}, {name: self.columns[name] for name in names})

    def cast_column(self, name, kind):
        return Rows({**self.features, name: kind}, self.columns)

    def take(self, most):
        return Rows(self.features, {name: cells[:most] for name, cells in self.columns.items()})

    def iter(self, batch_size):
        for start in range(0, len(self), batch_size):
            yield {name: cells[start : start + batch_size] for name, cells in self.columns.items()}


def png(light, height=4, width=5):
    out = io.BytesIO()
    Image.fromarray(np.full((height, width), light, dtype=np.uint8)).save(out, "PNG")
    return {"bytes": out.getvalue(), "path": None}


def content(count):
    features = {
        "image": Picture(),
        "label": ClassLabel(["cat", "dog"]),
        "caption": Value("string"),
        "place": List(Value("float32"), 2),
        "score": Value("float64"),
        "when": Value("timestamp[s]"),
    }
    columns = {
        "image": [png(at) for at in range(count)],
        "label": [at % 2 for at in range(count)],
        "caption": ["a cat", None, "the dog"] * (count // 3),
        "place": [[at, -at] for at in range(count)],
        "score": [None if at == 1 else at / 2 for at in range(count)],
        "when": list(range(count)),
    }
    return Rows(features, columns)


@pytest.fixture
def fake(monkeypatch):
    asked = []
    datasets, client = types.ModuleType("datasets"), types.ModuleType("huggingface_hub")
    datasets.config = types.SimpleNamespace(HF_HUB_OFFLINE=False)
    client.constants = types.SimpleNamespace(HF_HUB_OFFLINE=False, ENDPOINT="https://huggingface.co")

    def load_dataset(name, config, *, revision, streaming):
        asked.append((name, config, revision, streaming, datasets.config.HF_HUB_OFFLINE))
        if name == "no/such":
            raise FileNotFoundError("Dataset 'no/such' doesn't exist on the Hub.\nMore of it.")
        if datasets.config.HF_HUB_OFFLINE and name != "in/cache":
            raise ConnectionError("Couldn't reach it on the Hub (OfflineModeIsEnabled)")
        return {"test": content(3), "unsupervised": content(3), "train": content(6)}

    datasets.load_dataset = load_dataset
    monkeypatch.setitem(sys.modules, "datasets", datasets)
    monkeypatch.setitem(sys.modules, "huggingface_hub", client)
    monkeypatch.setattr(hub, "_in_reach", lambda endpoint: True)
    return asked


def test_columns_by_their_types_on_the_hub(tmp_path, fake):
    found, notes = scanned(tmp_path, "hub", name="some/animals", config="small", revision="v1", text_length=3)
    assert fake == [("some/animals", "small", "v1", False, False)]
    assert {column.id: (column.shape, column.dtype, column.role) for column in found.columns} == {
        "image": ((1, 4, 5), "float32", "image"),
        "label": ((), "int64", "class"),
        "caption": ((3,), "int64", "token"),
        "place": ((2,), "float32", "vector"),
        "score": ((1,), "float32", "vector"),
    }
    assert notes == (
        "1 part is left out: 'unsupervised'.",
        "1 column of a kind that can't be learnt from is left out: 'when'.",
    )
    parts = load(found, 0)
    assert [samples(part) for part in parts] == [5, 1, 3]
    assert parts.test["label"].tolist() == [0, 1, 0]
    assert np.allclose(parts.test["image"][:, 0, 0, 0] * 255, [0, 1, 2])
    assert parts.test["score"][[0, 2], 0].tolist() == [0, 1]
    assert parts.test["score"].isfinite().all()
    words = next(column.classes for column in found.columns if column.id == "caption")
    assert [[words[at] for at in row] for row in parts.test["caption"].tolist()] == [
        ["a", "cat", "<pad>"],
        ["<pad>"] * 3,
        ["the", "dog", "<pad>"],
    ]


def test_rows_are_read_in_batches(tmp_path, fake):
    table = opened(tmp_path, "hub", name="some/animals")
    Rows.batches.clear()
    some = rows(table, [8, 0, 5, 6])
    assert Rows.batches == [2, 2]
    assert some["place"].tolist() == [[2, -2], [0, 0], [5, -5], [0, 0]]


def test_streaming_fetches_the_first_samples_only(tmp_path, fake):
    table = opened(tmp_path, "hub", name="some/animals", streaming=True, samples=2)
    assert fake[0][3] is True
    assert table.count == 4
    assert table.given.tolist() == [0, 0, 2, 2]
    assert rows(table)["label"].tolist() == [0, 1, 0, 1]


def test_streaming_is_bounded(tmp_path, fake, monkeypatch):
    monkeypatch.setattr(hub, "HELD", 100)
    with pytest.raises(DataError, match=r"fill 0\.0 GiB of memory already; ask for fewer"):
        opened(tmp_path, "hub", name="some/animals", streaming=True)


def test_what_is_said_of_columns_counts(tmp_path, fake):
    columns = {"score": {"as": "ignore"}, "caption": {"as": "class"}, "image": {"as": "ignore"}}
    table = opened(tmp_path, "hub", name="some/animals", columns=columns)
    assert [column.id for column in table.columns] == ["label", "caption", "place"]
    assert table.columns[1].classes == ("a cat", "the dog")
    with pytest.raises(DataError, match=r"some/animals, column 'caption', row 2 has the label None"):
        rows(table)
    with pytest.raises(DataError, match="has no column 'wings'; it has 'image'"):
        opened(tmp_path, "hub", name="some/animals", columns={"wings": {"as": "value"}})


def test_without_the_extra_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match=r"need the package datasets.*install netbuilder\[hub\]"):
        opened(tmp_path, "hub", name="some/animals")


def test_offline_is_said_at_once_and_the_cache_still_serves(tmp_path, fake, monkeypatch):
    monkeypatch.setattr(hub, "_in_reach", lambda endpoint: False)
    with pytest.raises(DataError, match=r"is not on this machine yet, and huggingface\.co can't be reached"):
        opened(tmp_path, "hub", name="some/animals")
    assert opened(tmp_path, "hub", name="in/cache").count == 9
    assert [one[4] for one in fake] == [True, True]
    assert sys.modules["datasets"].config.HF_HUB_OFFLINE is False


def test_reach_is_found_out_in_seconds(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    began = time.monotonic()
    assert hub._in_reach("http://127.0.0.1:9") is False
    assert time.monotonic() - began < hub.PATIENCE + 1
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert hub._in_reach("https://huggingface.co") is False


def test_a_data_set_that_is_not_there(tmp_path, fake):
    with pytest.raises(DataError, match=r"can't be had from the hub: Dataset 'no/such' doesn't exist on the Hub\."):
        opened(tmp_path, "hub", name="no/such")


@pytest.mark.parametrize("name", ["", "csv", "imagefolder", "../other", "/etc", "a/b/c", "hf://x", "tests", "x y"])
def test_names_that_lead_elsewhere_are_refused(tmp_path, fake, name):
    with pytest.raises(DataError, match="such as ylecun/mnist"):
        opened(tmp_path, "hub", name=name)
    assert not fake


def test_a_spoilt_picture_of_the_hub_is_named(tmp_path, fake, monkeypatch):
    table = opened(tmp_path, "hub", name="some/animals")
    table.rows.parts[1].columns["image"][1] = {"bytes": b"no picture", "path": None}
    with pytest.raises(DataError, match=r"some/animals, column 'image', row 2 is no picture"):
        table.rows(np.array([7]))
    assert isinstance(table.rows.makers[0].how, Look)


def test_the_real_package_reads_its_own_local_data_sets(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets", reason="the extra [hub] is not installed")
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["cat", "dog"]),
            "caption": datasets.Value("string"),
            "place": datasets.List(datasets.Value("float32"), length=2),
        }
    )
    made = {
        "image": [png(at) for at in range(6)],
        "label": [0, 1] * 3,
        "caption": ["a cat", "the dog"] * 3,
        "place": [[at, -at] for at in range(6)],
    }
    whole = datasets.Dataset.from_dict(made, features=features)
    (tmp_path / "there/data").mkdir(parents=True)
    whole.to_parquet(tmp_path / "there/data/train-0.parquet")
    whole.select(range(3)).to_parquet(tmp_path / "there/data/test-0.parquet")
    real = datasets.load_dataset

    def local(name, config, *, revision, streaming):
        return real(str(tmp_path / "there"), config, streaming=streaming, cache_dir=str(tmp_path / "cache"))

    monkeypatch.setattr(datasets, "load_dataset", local)
    monkeypatch.setattr(hub, "_in_reach", lambda endpoint: True)
    for streaming in (False, True):
        table = opened(tmp_path, "hub", name="some/animals", streaming=streaming)
        assert (table.count, table.given.tolist()) == (9, [0] * 6 + [2] * 3)
        some = rows(table, [7, 5])
        assert some["label"].tolist() == [1, 1]
        assert some["place"].tolist() == [[1, -1], [5, -5]]
        assert np.allclose(some["image"][:, 0, 0, 0] * 255, [1, 5])
