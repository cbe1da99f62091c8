"""A person's own arrays: NumPy's, IDX and CIFAR's files, read row by row, and refused where they lie."""

import gzip
import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from netbuilder.data.errors import DataError
from netbuilder.data.loaders import load, samples
from netbuilder.data.place import Place
from netbuilder.data.readers import binary_pictures, numpy_files
from netbuilder.data.readers.binary_pictures import read_idx
from netbuilder.data.readers.numpy_files import open_npy, open_npz
from tests.data.own import opened, rows, scanned, write_idx

NUMBERS = st.sampled_from(["|b1", "<i2", ">i4", "<f4", ">f8", "|u1", "<f2"])
SHAPES = arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=6)


@settings(max_examples=40, deadline=None)
@given(arrays.arrays(NUMBERS, SHAPES), st.booleans(), st.booleans(), st.data())
def test_numpy_files_read_back_row_by_row(tmp_path_factory, array, fortran, compressed, data):
    folder = tmp_path_factory.mktemp("arrays")
    array = np.asfortranarray(array) if fortran else array
    np.save(folder / "a.npy", array)
    (np.savez_compressed if compressed else np.savez)(folder / "a.npz", first=np.zeros(3), it=array)
    indices = np.array(data.draw(st.lists(st.integers(0, len(array) - 1), max_size=8)), dtype=np.int64)
    for raw in (open_npy(folder / "a.npy"), open_npz(folder / "a.npz")["it"]):
        assert raw.shape == array.shape
        assert np.array_equal(raw(indices), array[indices], equal_nan=array.dtype.kind == "f")


@settings(max_examples=25, deadline=None)
@given(arrays.arrays(st.sampled_from(["|u1", "|i1", ">i2", ">i4", ">f4", ">f8"]), SHAPES), st.booleans())
def test_idx_files_read_back(tmp_path_factory, array, packed):
    path = tmp_path_factory.mktemp("idx") / "some-idx"
    write_idx(path, array, packed)
    assert np.array_equal(read_idx(path)(np.arange(len(array))), array, equal_nan=array.dtype.kind == "f")


def test_arrays_become_columns_by_shape_and_type(tmp_path):
    random = np.random.default_rng(0)
    content = {
        "X": random.integers(0, 256, (12, 6, 5, 3), dtype=np.uint8),
        "y": np.arange(12) % 4,
        "weight": random.normal(size=12),
        "measured": random.normal(size=(12, 7)),
        "heard": random.normal(size=(12, 20, 2)).astype(np.float32),
        "name": np.array(["b", "a", "c"] * 4),
    }
    np.savez(tmp_path / "all.npz", **content)
    found, _ = scanned(tmp_path, "numpy", path="all.npz")
    assert {column.id: (column.shape, column.dtype, column.axes, column.role) for column in found.columns} == {
        "x": ((3, 6, 5), "float32", "C H W", "image"),
        "y": ((), "int64", "", "class"),
        "weight": ((1,), "float32", "F", "vector"),
        "measured": ((7,), "float32", "F", "vector"),
        "heard": ((20, 2), "float32", "T F", "sequence"),
        "name": ((), "int64", "", "class"),
    }
    table = opened(tmp_path, "numpy", path="all.npz")
    some = rows(table, [3, 1])
    assert np.array_equal(some["x"], content["X"][[3, 1]].transpose(0, 3, 1, 2) / np.float32(255))
    assert some["name"].tolist() == [1, 0]
    names = next(column.classes for column in found.columns if column.id == "name")
    assert names == ("a", "b", "c")
    assert table.known["y"].tolist() == (np.arange(12) % 4).tolist()


def test_keras_way_of_naming_parts(tmp_path):
    np.savez(tmp_path / "m.npz", x_test=np.full((2, 4, 4), 9, np.uint8), x_train=np.zeros((5, 4, 4), np.uint8),
             y_test=np.array([1, 0]), y_train=np.array([0, 1, 2, 2, 1]), extra=np.zeros(3))  # fmt: skip
    found, notes = scanned(tmp_path, "numpy", path="m.npz", split="given", validation=0.2)
    assert [column.id for column in found.columns] == ["x", "y"]
    parts = load(found, 0, place=Place(tmp_path))
    assert [samples(part) for part in parts] == [4, 1, 2]
    assert parts.test["y"].tolist() == [1, 0]
    assert "'extra' is left out" in notes[0]


def test_a_folder_of_arrays_and_what_is_said_of_them(tmp_path):
    (tmp_path / "d").mkdir()
    np.save(tmp_path / "d/images.npy", np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4))
    np.save(tmp_path / "d/code.npy", np.array([[1, 2], [0, 7]]))
    columns = {"code": {"as": "token"}, "images": {"as": "image", "layout": "channels first"}}
    table = opened(tmp_path, "numpy", path="d", columns=columns)
    assert [(column.id, column.shape, column.role) for column in table.columns] == [
        ("code", (2,), "token"),
        ("images", (3, 4, 4), "image"),
    ]
    assert rows(table, [1])["code"].tolist() == [[0, 7]]
    scaled = {"code": {"as": "vector", "scale": "standard"}, "images": {"as": "ignore"}}
    assert opened(tmp_path, "numpy", path="d", columns=scaled).treats["code"].scale == ("standard", "standard")


def bad_header(shape, descr="<f4", version=b"\x01\x00"):
    head = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (117 - len(head)) + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(head)) + head


BAD_ARRAYS = {
    "4 TB": (bad_header("(1000000, 1000000)"), r"should hold \(1000000, 1000000\) numbers of 4 bytes"),
    "many axes": (bad_header("(" + "1," * 20 + ")"), "has 20 axes"),
    "below zero": (bad_header("(-5, 2)"), "length below zero"),
    "no tuple": (bad_header("7"), "no array that NumPy saved"),
    "code": (bad_header("__import__('os').abort()"), "no array that NumPy saved"),
    "objects": (bad_header("(3,)", "|O"), "holds Python objects, which only a pickle can bring back"),
    "dates": (bad_header("(3,)", "<M8[s]"), "holds datetime64"),
    "complex": (bad_header("(1,)", "<c8") + b"\0" * 8, "holds complex64"),
    "nothing": (bad_header("(0, 4)"), "has no number in it"),
    "a scalar": (bad_header("()") + b"\0" * 4, "has 0 axes"),
    "cut off": (bad_header("(5,)") + b"\0" * 19, "unfinished or spoilt"),
    "cut in the header": (bad_header("(5,)")[:50], "no array that NumPy saved"),
    "other bytes": (b"hello, this is no array at all", "no array that NumPy saved"),
    "empty": (b"", "no array that NumPy saved"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
@pytest.mark.parametrize("packed", [False, True])
def test_arrays_that_lie_cost_nothing(tmp_path, name, packed):
    content, says = BAD_ARRAYS[name]
    path = tmp_path / ("a.npz" if packed else "a.npy")
    if packed:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.npy", content)
    else:
        path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(DataError, match=says):
        opened(tmp_path, "numpy", path=path.name)
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


def test_a_pickle_is_never_loaded(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="pickle"):
        opened(tmp_path, "numpy", path="a.npy")


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(numpy_files, "HELD", 2**24)
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        out = io.BytesIO()
        out.write(bad_header("(70000000,)", "|u1"))
        with archive.open("x.npy", "w") as member:
            member.write(out.getvalue())
            for _ in range(70):
                member.write(bytes(1_000_000))
    assert (tmp_path / "a.npz").stat().st_size < 2**20
    tracemalloc.start()
    with pytest.raises(DataError, match=r"is compressed or in Fortran order and would fill 0\.1 GiB"):
        opened(tmp_path, "numpy", path="a.npz")
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


def test_a_spoilt_archive(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=1000))
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[500:520] = b"\0" * 20
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz"):
        rows(opened(tmp_path, "numpy", path="a.npz"))
    (tmp_path / "a.npz").write_bytes(content[:600])
    with pytest.raises(DataError, match=r"a\.npz' is no \.npz file that can be read: File is not a zip file"):
        opened(tmp_path, "numpy", path="a.npz")


@pytest.mark.parametrize(
    ("content", "params", "says"),
    [
        ({"x": np.zeros((3, 2)), "y": np.zeros(4)}, {}, "different numbers of samples: 'x' has 3 and 'y' has 4"),
        ({"y": np.array([0, 1, 7])}, {"classes": "cat, dog"}, "sample 3: the label is 7, but there are 2 classes"),
        ({"y": np.array([0, -1, 1])}, {"classes": "cat, dog"}, "sample 2: the label is -1"),
        ({"y": np.array([0.5, 1])}, {"columns": {"y": {"as": "class"}}}, "holds fractions or gaps"),
        ({"y": np.array([np.nan, 1])}, {"columns": {"y": {"as": "class"}}}, "holds fractions or gaps"),
        ({"x": np.zeros((3, 2, 2, 2, 2))}, {"columns": {"x": {"as": "image"}}}, "a picture has H and W"),
        ({"x": np.zeros((3, 2))}, {"columns": {"z": {"as": "vector"}}}, "has no array 'z'; it has 'x'"),
        ({"x": np.zeros((3, 2))}, {"columns": {"x": {"as": "ignore"}}}, "choose at least one"),
        ({"w": np.array([["a", "b"]])}, {"columns": {"w": {"as": "vector"}}}, "holds words"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path, content, params, says):
    np.savez(tmp_path / "a.npz", **content)
    with pytest.raises(DataError, match=says):
        opened(tmp_path, "numpy", path="a.npz", **params)


def test_labels_that_are_no_row_of_numbers_keep_their_values(tmp_path):
    np.savez(tmp_path / "a.npz", y=np.array([100, 2000, 100, -3]))
    table = opened(tmp_path, "numpy", path="a.npz")
    assert table.columns[0].classes == ("-3", "100", "2000")
    assert rows(table)["y"].tolist() == [1, 2, 1, 0]


def test_an_array_that_changes_is_noticed(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.arange(1000.0))
    table = opened(tmp_path, "numpy", path="x.npy")
    np.save(path, np.arange(10.0))
    with pytest.raises(DataError, match=r"x\.npy' was changed while it was in use"):
        rows(table, [3])


def mnist(folder, packed):
    random = np.random.default_rng(0)
    ending = "-idx3-ubyte.gz" if packed else "-idx3-ubyte"
    for name, count in (("train", 6), ("t10k", 3)):
        pixels = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        write_idx(folder / f"{name}-images{ending}", pixels, packed)
        labels = np.array([count % 10, 0, 4] * (count // 3), dtype=np.uint8)
        write_idx(folder / f"{name}-labels{ending.replace('3', '1')}", labels, packed)
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_mnists_own_files(tmp_path, packed):
    mnist(tmp_path / "MNIST", packed)
    found, notes = scanned(tmp_path, "idx", path="MNIST", split="given", validation=0.2)
    assert [(column.id, column.shape) for column in found.columns] == [("image", (1, 28, 28)), ("label", ())]
    assert found.columns[1].classes == tuple("0123456")
    assert "label has no sample of 1, 2, 5" in notes[0]
    parts = load(found, 0, place=Place(tmp_path))
    assert [samples(part) for part in parts] == [5, 1, 3]
    assert parts.test["label"].tolist() == [3, 0, 4]
    pixels = np.random.default_rng(0)
    pixels.integers(0, 256, (6, 28, 28), dtype=np.uint8)
    expected = pixels.integers(0, 256, (3, 28, 28), dtype=np.uint8)
    assert np.array_equal(parts.test["image"][:, 0].numpy(), expected / np.float32(255))
    alone = opened(tmp_path, "idx", path=f"MNIST/t10k-images-idx3-ubyte{'.gz' if packed else ''}")
    assert (alone.count, [column.id for column in alone.columns]) == (3, ["image", "label"])


def test_idx_files_that_are_wrong(tmp_path):
    mnist(tmp_path / "m", False)
    with pytest.raises(DataError, match=r"sample 1: the label is 6, but there are 5 classes"):
        opened(tmp_path, "idx", path="m", classes="a,b,c,d,e")
    labels = (tmp_path / "m/train-labels-idx1-ubyte").read_bytes()
    (tmp_path / "m/train-labels-idx1-ubyte").write_bytes(labels[:-1])
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte' should hold 6 numbers, but has fewer"):
        opened(tmp_path, "idx", path="m")
    (tmp_path / "m/train-labels-idx1-ubyte").write_bytes(labels[:7] + b"\x05" + labels[8:-1])
    with pytest.raises(DataError, match=r"has 6 samples, but .* has 5 labels"):
        opened(tmp_path, "idx", path="m")
    for path in (tmp_path / "m").glob("*labels*"):
        path.unlink()
    table = opened(tmp_path, "idx", path="m")
    assert [column.id for column in table.columns] == ["image"]
    (tmp_path / "m/train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + b"\x7f\xff\xff\xff" * 3)
    with pytest.raises(DataError, match=r"should hold 2,147,483,647 x 2,147,483,647 x 2,147,483,647 numbers"):
        opened(tmp_path, "idx", path="m")
    with pytest.raises(DataError, match="There is no IDX file in"):
        opened(tmp_path, "idx", path=".")


def test_a_gzip_bomb_and_a_cut_off_gzip_file(tmp_path, monkeypatch):
    monkeypatch.setattr(binary_pictures, "HELD", 2**24)
    head = b"\0\0\x08\x03" + struct.pack(">3I", 7_000, 100, 100)
    with gzip.open(tmp_path / "bomb-idx3-ubyte.gz", "wb") as file:
        file.write(head)
        for _ in range(70):
            file.write(bytes(1_000_000))
    with pytest.raises(DataError, match=r"unpacks to 0\.1 GiB; unpack it once"):
        opened(tmp_path, "idx", path="bomb-idx3-ubyte.gz")
    content = gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 1000) + bytes(range(250)) * 4)
    (tmp_path / "d").mkdir()
    (tmp_path / "d/cut-idx1-ubyte.gz").write_bytes(content[:-40])
    with pytest.raises(DataError, match=r"cut-idx1-ubyte\.gz' is a spoilt or unfinished gzip file"):
        opened(tmp_path, "idx", path="d")


def test_cifar_10(tmp_path):
    random = np.random.default_rng(1)
    pixels = {}
    for name in ("data_batch_2", "data_batch_1", "test_batch"):
        pixels[name] = random.integers(0, 256, (4, 3072), dtype=np.uint8)
        labels = np.arange(4, dtype=np.uint8)[:, None] + (name == "test_batch")
        (tmp_path / f"{name}.bin").write_bytes(np.concatenate([labels, pixels[name]], axis=1).tobytes())
    kinds = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    (tmp_path / "batches.meta.txt").write_text("\n".join(kinds) + "\n\n")
    found, _ = scanned(tmp_path, "cifar", path=".", split="given", validation=0)
    assert found.columns[1].classes == tuple(kinds)
    table = opened(tmp_path, "cifar", path=".")
    assert table.given.tolist() == [0] * 8 + [2] * 4
    some = rows(table, [9, 4, 0])
    assert some["label"].tolist() == [2, 0, 0]
    assert np.array_equal(some["image"][0], pixels["test_batch"][1].reshape(3, 32, 32) / np.float32(255))
    assert np.array_equal(some["image"][1], pixels["data_batch_2"][0].reshape(3, 32, 32) / np.float32(255))
    (tmp_path / "test_batch.bin").write_bytes(b"\x0b" + bytes(3072))
    with pytest.raises(DataError, match=r"sample 9: the label is 11, but there are 10 classes"):
        opened(tmp_path, "cifar", path=".")
    (tmp_path / "test_batch.bin").write_bytes(bytes(3000))
    with pytest.raises(
        DataError, match=r"test_batch\.bin' has 3,000 bytes, which is no whole number of records of 3073"
    ):
        opened(tmp_path, "cifar", path=".")


def test_cifar_100(tmp_path):
    records = np.random.default_rng(2).integers(0, 256, (5, 3074), dtype=np.uint8)
    records[:, 0], records[:, 1] = np.arange(5), 95 + np.arange(5)
    (tmp_path / "train.bin").write_bytes(records.tobytes())
    table = opened(tmp_path, "cifar", path="train.bin")
    assert [(column.id, len(column.classes)) for column in table.columns] == [
        ("image", 0),
        ("label", 100),
        ("coarse", 20),
    ]
    some = rows(table, [4])
    assert (some["label"].tolist(), some["coarse"].tolist()) == ([99], [4])
    assert np.array_equal(some["image"][0].reshape(-1), records[4, 2:] / np.float32(255))
