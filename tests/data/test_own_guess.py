"""What the import assistant is told of a file or folder: source, parameters, roles, and why."""

import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from netbuilder.data.errors import DataError
from netbuilder.data.guess import guess
from netbuilder.data.place import Place
from netbuilder.data.scan import scan
from netbuilder.graph.model import Dataset
from tests.data.own import picture, write_csv, write_idx


def roles(found):
    columns = found.params["columns"]
    return {name: (said["role"], said.get("type", "")) for name, said in columns.items()}


def ends_well(path, at=0):
    """The guess is one that the scan can read without any correction."""
    found = guess(path)[at]
    return found, scan(Dataset(found.source, found.params), Place(path.parent), lambda share, words: None)[0]


def test_a_table_with_a_named_target(tmp_path):
    lines = [[at, at % 7 / 2, "red" if at % 2 else "blue", "ab"[at % 2], "nothing"] for at in range(40)]
    found, dataset = ends_well(
        write_csv(tmp_path / "my flowers.csv", ["id", "length", "color", "species", "remark"], *lines)
    )
    assert found.source == "table"
    assert found.columns == ("id", "length", "color", "species", "remark")
    assert roles(found) == {
        "id": ("ignore", "numeric"),
        "length": ("feature", "numeric"),
        "color": ("feature", "category"),
        "species": ("target", "category"),
        "remark": ("ignore", "numeric"),
    }
    assert "'species' looks like what is to be predicted" in found.reason
    assert [column.id for column in dataset.columns] == ["features", "species"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [("y", "numeric"), ("label", "category"), ("Target", "numeric"), ("house price", "numeric")],
)
def test_what_is_predicted_is_found_by_its_name(tmp_path, header, kind):
    lines = [[at * 1.25 if kind == "numeric" else at % 3, at / 7, at * 2] for at in range(50)]
    found, _ = ends_well(write_csv(tmp_path / "t.tsv", [header, "a", "b"], *lines, delimiter="\t"))
    assert roles(found)[header] == ("target", kind)
    assert found.params["delimiter"] == "tab"


def test_else_the_last_column_is_predicted(tmp_path):
    found, _ = ends_well(write_csv(tmp_path / "t.csv", ["a", "b", "c"], *([x, x * x, x**3] for x in range(30))))
    assert roles(found)["c"] == ("target", "numeric")


def test_a_column_that_parts(tmp_path):
    lines = [[at, at % 2, "test" if at > 30 else "train"] for at in range(40)]
    found, _ = ends_well(write_csv(tmp_path / "t.csv", ["x", "y", "split"], *lines))
    assert (found.params["split"], found.params["split_column"]) == ("column", "split")
    assert roles(found)["split"][0] == "ignore"


def test_days_in_order_may_be_a_series(tmp_path):
    lines = [[f"2020-{1 + at // 28:02}-{1 + at % 28:02}", at * 0.5, 20 - at] for at in range(100)]
    path = write_csv(tmp_path / "t.csv", ["date", "rain", "heat"], *lines)
    found, dataset = ends_well(path, 1)
    assert roles(found) == {"date": ("ignore", "text"), "rain": ("feature", "numeric"), "heat": ("both", "numeric")}
    assert (found.params["split"], found.params["window"]) == ("time", 10)
    assert dataset.columns[0].shape == (10, 2)


def test_parquet(tmp_path):
    pq.write_table(pa.table({"x": [1, 2, 3], "list": [[1]] * 3, "label": ["a", "b", "a"]}), tmp_path / "t.parquet")
    found, _ = ends_well(tmp_path / "t.parquet")
    assert roles(found) == {"x": ("feature", "numeric"), "list": ("ignore", "text"), "label": ("target", "category")}


def test_folders_of_pictures(tmp_path):
    for part in ("train", "test"):
        for at in range(2):
            picture(tmp_path / "parted" / part / "cat" / f"{at}.png")
    found, dataset = ends_well(tmp_path / "parted")
    assert (found.source, found.params["split"]) == ("image_folder", "given")
    assert "4 pictures in folders named test, train" in found.reason
    picture(tmp_path / "loose/a.png")
    found, dataset = ends_well(tmp_path / "loose")
    assert "pictures alone" in found.reason
    assert [column.id for column in dataset.columns] == ["image"]


def test_pictures_and_a_table(tmp_path):
    for at in range(12):
        picture(tmp_path / "both/pics" / f"{at}.png")
    write_csv(tmp_path / "both/list.csv", ["file", "age"], *([f"pics/{at}.png", at + 0.5] for at in range(12)))
    found, dataset = ends_well(tmp_path / "both")
    assert found.source == "image_table"
    assert [(column.id, column.role) for column in dataset.columns] == [("image", "image"), ("age", "vector")]
    assert [one.source for one in guess(tmp_path / "both")][-1] == "image_folder"


def test_arrays(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=np.zeros((9, 4, 4), np.uint8), y_train=np.arange(9), x_test=np.ones((4, 4, 4)),
             y_test=np.arange(4))  # fmt: skip
    found, dataset = ends_well(tmp_path / "a.npz")
    assert (found.source, found.params["split"], found.columns) == ("numpy", "given", ("x", "y"))
    assert [column.role for column in dataset.columns] == ["sequence", "class"]
    (tmp_path / "folder").mkdir()
    np.save(tmp_path / "folder/measured.npy", np.zeros((3, 2)))
    assert ends_well(tmp_path / "folder")[0].source == "numpy"


def test_mnist_and_cifar(tmp_path):
    for name in ("train", "t10k"):
        write_idx(tmp_path / "MNIST" / f"{name}-images-idx3-ubyte.gz", np.zeros((4, 28, 28), np.uint8), True)
        write_idx(tmp_path / "MNIST" / f"{name}-labels-idx1-ubyte.gz", np.arange(4, dtype=np.uint8), True)
    found, dataset = ends_well(tmp_path / "MNIST")
    assert (found.source, found.params["split"], dataset.samples) == ("idx", "given", 8)
    found, dataset = ends_well(tmp_path / "MNIST/t10k-images-idx3-ubyte.gz")
    assert (found.source, dataset.samples) == ("idx", 4)
    (tmp_path / "cifar").mkdir()
    for name in ("data_batch_1", "test_batch"):
        (tmp_path / f"cifar/{name}.bin").write_bytes(bytes(3073 * 2))
    found, dataset = ends_well(tmp_path / "cifar")
    assert (found.source, dataset.samples) == ("cifar", 4)
    assert ends_well(tmp_path / "cifar/data_batch_1.bin")[0].source == "cifar"


def test_texts_and_sounds(tmp_path):
    (tmp_path / "book.txt").write_text("Once upon a time, there was a café.\n" * 20, encoding="utf-8")
    assert [one.source for one in guess(tmp_path / "book.txt")] == ["text"]
    assert ends_well(tmp_path / "book.txt")[1].columns[0].role == "token"
    (tmp_path / "old.txt").write_bytes("größer als ".encode("cp1252") * 20)
    assert ends_well(tmp_path / "old.txt")[0].params["encoding"] == "cp1252"
    (tmp_path / "numbers.txt").write_text("1\t2\ta\n3\t4\tb\n")
    assert [one.source for one in guess(tmp_path / "numbers.txt")] == ["table", "text"]
    (tmp_path / "books").mkdir()
    (tmp_path / "book.txt").rename(tmp_path / "books/one.txt")
    assert ends_well(tmp_path / "books")[0].source == "text"
    for name in ("yes", "no"):
        (tmp_path / "words" / name).mkdir(parents=True)
        soundfile.write(tmp_path / "words" / name / "1.wav", np.zeros(100), 8000)
    found, dataset = ends_well(tmp_path / "words")
    assert (found.source, dataset.columns[1].classes) == ("sound_folder", ("no", "yes"))
    with pytest.raises(DataError, match=r"1\.wav' is a single sound; choose the folder that holds all of them"):
        guess(tmp_path / "words/no/1.wav")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.mkdir(), "There is no file in"),
        (os.mkfifo, "neither a file nor a folder"),
        (lambda path: path.write_bytes(b"\x7fELF" + b"\0" * 60), "of no kind that is known here"),
        (lambda path: os.symlink("/dev/zero", path), "neither a file nor a folder"),
        (lambda path: os.symlink(path, path), "circle"),
        (lambda path: None, "is not there any more"),
    ],
)
def test_what_can_not_be_read_is_said(tmp_path, make, says):
    make(tmp_path / "thing")
    with pytest.raises(DataError, match=says):
        guess(tmp_path / "thing")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("sheet.XLSX", "save the sheet as CSV"),
        ("data.csv.gz", "unpack it first"),
        ("model.pt", "it can bring code along that runs when it is opened"),
        ("data.h5", "save its arrays as"),
    ],
)
def test_what_to_do_instead_is_said(tmp_path, name, says):
    (tmp_path / name).write_bytes(b"PK and more")
    with pytest.raises(DataError, match=says):
        guess(tmp_path / name)


def test_a_window_can_guess():
    code = "import sys; import netbuilder.data.guess; print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "numpy", "pyarrow", "PIL", "soundfile"} & set(eval(modules))
