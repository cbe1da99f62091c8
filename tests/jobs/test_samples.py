"""The job that gives samples to look at: of a part, of a class, page by page, as plain data and pictures."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from netbuilder.data import cells
from netbuilder.graph.model import Column
from netbuilder.jobs import worker
from netbuilder.jobs.client import Job
from netbuilder.jobs.table import WORK


def ask(tmp_path, **more):
    said = []
    worker.run(
        {"job": "samples", "dataset": {"source": "digits"}, "to": str(tmp_path), "count": 5, **more}, said.append, WORK
    )
    return said[-1]


def test_a_page_of_a_part(tmp_path):
    found = ask(tmp_path, part="test")["result"]
    assert found["parts"] == {"train": 1258, "validation": 180, "test": 359}
    assert found["total"] == 359
    digits = load_digits()
    for row in found["rows"]:
        label, image = row["cells"]["label"], row["cells"]["image"]
        assert label == {"kind": "class", "value": int(digits.target[row["index"]]), "text": str(label["value"])}
        levels = np.asarray(Image.open(image["file"]))
        assert np.array_equal(levels, (digits.images[row["index"]] / 16 * 255).round())


def test_pages_follow_each_other_and_a_class_is_all_of_it(tmp_path):
    sevens = [ask(tmp_path, part="train", of="label", label=7, offset=at)["result"] for at in (0, 5, 10_000)]
    assert {row["cells"]["label"]["text"] for found in sevens for row in found["rows"]} == {"7"}
    numbers = [row["index"] for found in sevens for row in found["rows"]]
    assert len(numbers) == 10
    assert numbers == sorted(set(numbers))
    assert sevens[0]["total"] == sevens[0]["balance"]["label"]["train"][7]
    whole = ask(tmp_path, part="")["result"]
    assert whole["total"] == 1797
    assert np.sum([whole["balance"]["label"][part] for part in whole["parts"]], 0).tolist() == [
        (load_digits().target == digit).sum() for digit in range(10)
    ]


def test_a_split_that_can_not_be_is_told_and_does_not_hide_the_samples(tmp_path):
    params = {"validation": 0.9, "test": 0.9}
    answer = ask(tmp_path, dataset={"source": "digits", "params": params}, part="train")
    assert (answer["is"], "train on" in answer["message"]) == ("failed", True)
    found = ask(tmp_path, dataset={"source": "digits", "params": params}, part="")["result"]
    assert (len(found["rows"]), found["parts"], len(found["notes"])) == (5, {}, 1)


def test_it_runs_without_torch(tmp_path):
    said = []
    script = (
        "import sys; from netbuilder.jobs import worker; code = worker.main();"
        " assert 'torch' not in sys.modules, 'torch was imported'; sys.exit(code)"
    )
    job = Job(
        {"job": "samples", "dataset": {"source": "digits"}, "to": str(tmp_path)},
        said.append,
        command=[sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); {script}"],
    )
    assert job.wait(60)
    assert said[-1]["is"] == "done", said[-1]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        (Column("x"), np.float32(np.nan), {"kind": "number", "value": None}),
        (Column("x", dtype="int64"), np.int64(3), {"kind": "number", "value": 3}),
        (
            Column("x", shape=(3,), axes="F"),
            np.float32([1, np.nan, 0.1]),
            {"kind": "numbers", "values": [1, None, 0.1]},
        ),
        (Column("x", shape=(3,), axes="T", dtype="int64", classes=("a", "b")), np.array([1, 0, 0]), {"text": "baa"}),
        (Column("x", shape=(2,), axes="T", dtype="int64", classes=("an", "elk")), np.array([0, 1]), {"text": "an elk"}),
        (Column("x", shape=(3, 2), axes="T F"), np.float32([[1, 5], [2, 6], [3, 7]]), {"low": [1, 2, 3], "rows": 2}),
        (
            Column("x", shape=(1, 1000), axes="C T"),
            np.linspace(0, 1, 1000, dtype=np.float32)[None],
            {"kind": "wave", "length": 1000, "rows": 1},
        ),
    ],
)
def test_values_as_plain_data(column, value, shown):
    found = cells.cell(column, value, lambda png: "")
    assert shown.items() <= found.items()
    if found["kind"] == "wave" and found["length"] == 1000:
        assert len(found["low"]) == cells.BINS
        assert (found["low"][0], found["high"][-1]) == (0, 1)


@pytest.mark.parametrize(
    ("value", "levels"),
    [
        (np.float32([[0, 1]]), [[0, 255]]),
        (np.float32([[-1, 1]]), [[0, 255]]),
        (np.uint8([[0, 7]]), [[0, 7]]),
        (np.float32([[[0, 1]], [[1, 1]], [[1, 0]]]), [[[0, 255, 255], [255, 255, 0]]]),
    ],
)
def test_pictures(value, levels):
    png = cells.picture(Column("x", shape=value.shape, axes="C H W" if value.ndim == 3 else "H W"), value)
    assert np.asarray(Image.open(io.BytesIO(png))).tolist() == levels
    large = cells.picture(Column("x"), np.zeros((3, 400, 200), dtype=np.float32))
    assert Image.open(io.BytesIO(large)).size == (80, 160)
