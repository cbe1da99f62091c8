"""A person's own table: what is written is read, roles become columns, and what is wrong has a line."""

import csv
import io
import os
import time
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.data import csv_records
from netbuilder.data.errors import DataError
from netbuilder.data.loaders import load
from netbuilder.data.place import Place
from netbuilder.data.readers import csv_rows
from tests.data.own import dataset, opened, rows, scanned, write_csv

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufeff"), max_size=12)


@settings(max_examples=150)
@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=20)),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 2**32),
)
def test_what_pythons_csv_module_wrote_reads_back(content, delimiter, ends, seed):
    if ends == "\n":  # Python before 3.13 writes a lone carriage return as it is then
        content = [[cell.replace("\r", " ") for cell in row] for row in content]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ends).writerows(content)
    names = {sign: name for name, sign in csv_records.DELIMITERS.items()}
    form = csv_records.Form(names[delimiter])
    file = io.BytesIO(out.getvalue().encode())
    found = list(csv_records.records(file, form, "it"))
    assert [record.cells for record in found] == content
    # From each record's own place on, the rest is the same, and its line is right.
    at = seed % len(found)
    again = list(csv_records.records(file, form, "it", found[at].at, found[at].line))
    assert again == found[at:]
    assert found[at].line == out.getvalue().encode()[: found[at].at].count(b"\n") + 1


def test_a_table_becomes_features_and_a_class(tmp_path):
    lines = [[i, i / 4, "red" if i % 3 else "blue", "ab"[i % 2]] for i in range(30)]
    write_csv(tmp_path / "my flowers.csv", ["id", "size", "color", "species"], *lines)
    found, notes = scanned(tmp_path, "table", path="my flowers.csv")
    features, species = found.columns
    assert features.facts["names"] == ("size", "color = blue", "color = red")
    assert (features.shape, features.axes, features.role, species.classes) == ((3,), "F", "vector", ("a", "b"))
    assert (species.facts["counts"], found.samples, notes) == ((15, 15), 30, ())
    table = opened(tmp_path, "table", path="my flowers.csv")
    some = rows(table, [4, 3, 4])
    assert some["features"].tolist() == [[1.0, 0, 1], [0.75, 1, 0], [1.0, 0, 1]]
    assert some["species"].tolist() == [0, 1, 0]
    assert table.known["species"].tolist() == rows(table)["species"].tolist()


def test_features_are_scaled_by_the_training_part_alone(tmp_path):
    numbers = np.random.default_rng(0).normal(5, 3, 200)
    write_csv(tmp_path / "t.csv", ["x", "y"], *([x, 2 * x + 1] for x in numbers))
    found, _ = scanned(tmp_path, "table", path="t.csv", split="time")
    parts = load(found, 0, place=Place(tmp_path))
    train = numbers[: len(parts.train["features"])].astype(np.float32)
    expected = (numbers.astype(np.float32) - train.mean()) / train.std()
    assert torch.allclose(parts.train["features"][:, 0].double().mean(), torch.tensor(0.0).double(), atol=1e-6)
    assert np.allclose(parts.test["features"][:, 0], expected[-len(parts.test["features"]) :], atol=1e-5)
    assert np.allclose(parts.test["y"][:, 0], 2 * numbers[-len(parts.test["y"]) :] + 1, atol=1e-5)


def test_missing_values_are_filled_named_or_dropped(tmp_path):
    lines = [[1, "", "a", 1], ["", "u", "b", 2], [3, "v", "", 3], [5, "?", "c", ""], ["n/a", "u", "d", 5]]
    write_csv(tmp_path / "t.csv", ["x", "kind", "word", "y"], *lines)
    columns = {
        "x": {"role": "feature", "type": "numeric", "missing": "median"},
        "kind": {"role": "feature", "type": "category"},
        "word": {"role": "feature", "type": "category", "missing": "drop", "encode": "index"},
        "y": {"role": "target", "type": "numeric"},
    }
    table = opened(tmp_path, "table", path="t.csv", columns=columns)
    assert [column.id for column in table.columns] == ["features", "word", "y"]
    assert table.columns[0].facts["names"] == ("x", "kind = u", "kind = v", "kind = <missing>")
    found = rows(table)
    assert np.isnan(found["features"][:, 0]).tolist() == [False, True, True]
    assert found["features"][:, 1:].tolist() == [[0, 0, 1], [1, 0, 0], [1, 0, 0]]
    assert found["y"].tolist() == [[1.0], [2.0], [5.0]]
    assert [table.columns[1].classes[at] for at in found["word"]] == ["a", "b", "d"]
    assert table.treats["features"].missing == ("median", "zero", "zero", "zero")
    assert "2 rows have no value in 'word', 'y'; they are left out" in table.notes[0]


def test_a_series_in_windows(tmp_path):
    write_csv(tmp_path / "t.csv", ["day", "heat", "rain"], *([day, day * 10, day % 2] for day in range(60)))
    columns = {"heat": {"role": "both", "type": "numeric"}, "rain": {"role": "feature", "type": "numeric"}}
    table = opened(tmp_path, "table", path="t.csv", columns=columns, window=4, horizon=2)
    assert (table.count, table.reach) == (60 - 6 + 1, 5)
    found = rows(table, [3, 0])
    assert found["features"].shape == (2, 4, 2)
    assert found["features"][0].tolist() == [[30, 1], [40, 0], [50, 1], [60, 0]]
    assert found["heat"].tolist() == [[70, 80], [40, 50]]
    labels = {"heat": {"role": "feature", "type": "numeric"}, "rain": {"role": "target", "type": "category"}}
    last = rows(opened(tmp_path, "table", path="t.csv", columns=labels, window=4, horizon=0), [0, 1])
    assert last["rain"].tolist() == [1, 0]
    scan, _ = scanned(tmp_path, "table", path="t.csv", columns=columns, window=4, horizon=2)
    train = load(scan, 0, place=Place(tmp_path)).train["features"]
    assert torch.allclose(train.mean((0, 1)), torch.zeros(2), atol=1e-6)


def test_windows_never_cross_a_gap_or_a_part(tmp_path):
    lines = [[x, "train" if x < 10 else "test", "" if x == 4 else x] for x in range(20)]
    write_csv(tmp_path / "t.csv", ["x", "split", "y"], *lines)
    columns = {"x": {"role": "feature", "type": "numeric"}, "y": {"role": "target", "type": "numeric"}}
    table = opened(tmp_path, "table", path="t.csv", columns=columns, window=2, split="column", split_column="split")
    assert rows(table)["y"][:, 0].tolist() == [x for x in range(2, 20) if x not in (4, 10, 11)]
    assert table.by.tolist() == ["train"] * 7 + ["test"] * 8


def test_text_columns_are_tokens(tmp_path):
    write_csv(tmp_path / "t.csv", ["review", "stars"], ["Good, very good!", 5], ["bad", 1], ["not good", 2])
    columns = {"review": {"role": "feature", "type": "text"}, "stars": {"role": "target", "type": "numeric"}}
    table = opened(tmp_path, "table", path="t.csv", columns=columns, text_length=4, vocabulary=4)
    review = table.columns[0]
    assert (review.role, review.shape, review.classes) == ("token", (4,), ("<pad>", "<unknown>", "good", "!"))
    assert rows(table)["review"].tolist() == [[2, 1, 1, 2], [1, 0, 0, 0], [1, 2, 0, 0]]


@pytest.mark.parametrize(
    ("text", "numbers", "names"),
    [
        ("größe;wert\n1,5;2\n2,5;3\n", [[1.5], [2.5]], ("größe",)),
        ("a\tb\n1\t'x'\n2\t'y'\n", [[1], [2]], ("a",)),
        ("\ufeffa|b\r\n1|2\r\n3|4\r\n", [[1], [3]], ("a",)),
        ("1.5,2,setosa\n2.5,3,other\n", [[1.5, 2], [2.5, 3]], ("column 1", "column 2")),
        ("x,x,y\n1,2,3\n4,5,6\n", [[1, 2], [4, 5]], ("x", "x (2)")),
        ("1   2  a\n3   4  b\n", [[1, 2], [3, 4]], ("column 1", "column 2")),
    ],
)
def test_forms_are_found_out(tmp_path, text, numbers, names):
    (tmp_path / "t.csv").write_bytes(text.encode())
    table = opened(tmp_path, "table", path="t.csv")
    assert rows(table)["features"].tolist() == numbers
    assert table.columns[0].facts["names"] == names


def test_another_encoding_is_found_out(tmp_path):
    (tmp_path / "t.csv").write_bytes("größe,y\n1,2\n".encode("cp1252"))
    assert opened(tmp_path, "table", path="t.csv").columns[0].facts["names"] == ("größe",)


def test_parquet_is_read_by_groups_of_rows(tmp_path):
    content = {"x": [1, 2, None, 4] * 5, "kind": ["a", "b", None, "a"] * 5, "list": [[1]] * 20, "y": [True, False] * 10}
    pq.write_table(pa.table(content), tmp_path / "t.parquet", row_group_size=3)
    table = opened(tmp_path, "table", path="t.parquet")
    found = rows(table, [19, 2, 0])
    assert table.columns[0].facts["names"] == ("x", "kind = a", "kind = b", "kind = <missing>")
    assert np.nan_to_num(found["features"], nan=-1).tolist() == [[4, 1, 0, 0], [-1, 0, 0, 1], [1, 1, 0, 0]]
    assert table.columns[1].classes == ("false", "true")
    assert found["y"].tolist() == [0, 1, 1]


def test_places_of_rows_stay_few(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_rows, "KEPT", 10)
    write_csv(tmp_path / "t.csv", ["x", "note", "y"], *([x, "two\nlines, quoted", x % 3] for x in range(500)))
    table = opened(tmp_path, "table", path="t.csv")
    assert len(table.rows.source.offsets) <= 11
    assert rows(table, [499, 3, 250])["features"].tolist() == [[499], [3], [250]]


BAD = {
    "ragged": ("a,b\n1,2\n3\n4,5\n", r"t\.csv', line 3: has 1 field where the first row has 2"),
    "a wide row": ("a,b\n1,2\n3,4,5\n", r"line 3: has 3 fields"),
    "empty": ("", r"t\.csv' is empty"),
    "blank": ("\n\n  \n", r"t\.csv' is empty"),
    "only a header": ("name,other\n", r"has columns, but no row"),
    "zero byte": (b"a,b\n1,2\n3,\0\n", r"line 3: holds a zero byte"),
    "open quotation": ('a,b\n1,2\n"3,4\n5,6\n', r"line 3: a quotation mark is opened here and never closed"),
    "junk after quotation": ('a,b\n"1"x,2\n', r"line 2: a closing quotation mark is followed by something"),
    "a huge field": ("a,b\n1,2\n3," + "x" * 200_000 + "\n", r"line 3: a field has more than 131,072 characters"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), r"is UTF-16 text; save it as UTF-8"),
    "no target left": ("x,y\n1,\n2,\n", r"no row is left|at least one"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_has_a_line(tmp_path, name):
    content, says = BAD[name]
    (tmp_path / "t.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    columns = {"x": {"role": "feature", "type": "numeric"}, "y": {"role": "target", "type": "numeric"}}
    with pytest.raises(DataError, match=says):
        opened(tmp_path, "table", path="t.csv", **({"columns": columns} if name == "no target left" else {}))


def test_a_wrong_encoding_far_down_has_a_line(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + b"1,2\n2,3\n" * 35_000 + "3,ä\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"line 70002: byte 0xe4 is no utf-8; choose another encoding"):
        opened(tmp_path, "table", path="t.csv")


def test_a_word_among_numbers_has_a_line(tmp_path):
    write_csv(tmp_path / "t.csv", ["x", "y"], *([x, x] for x in range(1500)), ["1_0", 2])
    with pytest.raises(DataError, match=r"line 1502: '1_0' in column 'x' is no number; make it a category, or add"):
        opened(tmp_path, "table", path="t.csv")
    columns = {"x": {"role": "feature"}, "y": {"role": "target"}}
    table = opened(tmp_path, "table", path="t.csv", columns=columns, missing_words="1_0")
    assert np.isnan(rows(table, [1500])["features"]).all()


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"columns": {"z": {"role": "feature"}}}, r"has no column 'z'; it has 'x', 'y'"),
        ({"columns": {"x": {"role": "ignore"}}}, r"No column of .* is a feature"),
        ({"columns": {"x": {"role": "both"}}}, r"gives the answer away"),
        ({"columns": {"x": {"role": "feature", "type": "category", "missing": "mean"}}}, r"can't be mean"),
        ({"columns": {"x": {"role": "teacher"}}}, r'the role of "x" is one of feature, target, both, ignore'),
        ({"columns": {"x": {"rule": "feature"}}}, r'"x" has no "rule"'),
        ({"split": "column", "split_column": "w"}, r"has no column 'w' to part"),
        ({"window": 50}, r"has 3 rows: too few in a row for a window of 50"),
        ({"path": ""}, r"names no file or folder yet"),
        ({"path": "."}, r"is a folder; choose the table's file"),
        ({"path": "no.csv"}, r"There is nothing at"),
    ],
)
def test_what_does_not_go_together_is_said(tmp_path, params, says):
    write_csv(tmp_path / "t.csv", ["x", "y"], [1, 2], [2, 3], [3, 4])
    with pytest.raises(DataError, match=says):
        opened(tmp_path, "table", **{"path": "t.csv", **params})


def test_a_table_of_one_row_is_read_and_can_not_be_parted(tmp_path):
    write_csv(tmp_path / "t.csv", ["x", "y"], [1.5, 2.5])
    found, _ = scanned(tmp_path, "table", path="t.csv")
    assert found.samples == 1
    with pytest.raises(DataError, match="train"):
        load(found.__class__(found.source, found.params.set("test", 0.9), found.columns, 1), 0, place=Place(tmp_path))


def test_a_changed_or_removed_file_is_noticed(tmp_path):
    path = write_csv(tmp_path / "t.csv", ["x", "y"], [1, 2], [2, 3], [3, 4])
    table = opened(tmp_path, "table", path="t.csv")
    os.utime(path, ns=(1, 1))
    with pytest.raises(DataError, match=r"t\.csv' was changed while it was in use; scan the data again"):
        rows(table, [0])
    path.unlink()
    with pytest.raises(DataError, match=r"t\.csv' is not there any more"):
        rows(table, [0])


@pytest.mark.parametrize("content", [b"PAR1junk", b"", b"PAR1" + b"\0" * 100 + b"\xff\xff\xff\x7fPAR1"])
def test_a_spoilt_parquet_file_is_said(tmp_path, content):
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"t\.parquet' can't be read as Parquet"):
        opened(tmp_path, "table", path="t.parquet")


def test_roles_can_be_typed_and_shown():
    param = next(one for one in dataset_source().own if one.name == "columns")
    value = param.parse('{"x": {"role": "feature"}}')
    assert param.parse(param.show(value)) == value
    with pytest.raises(ValueError, match="expected words for each column"):
        param.parse("x is a feature")


def dataset_source():
    from netbuilder.data.facts import SOURCES

    return SOURCES[dataset("table").source]


@pytest.mark.parametrize("cell", ["1" * 100_000 + "x", "9" * 100_000, "1e999", "." * 100_000, "-" * 50_000])
def test_odd_cells_take_no_time(tmp_path, cell):
    write_csv(tmp_path / "t.csv", ["x", "kind", "y"], *([at, [cell, "a", "10"][at % 3], at % 2] for at in range(30)))
    columns = {
        "x": {"role": "feature", "type": "numeric"},
        "kind": {"role": "feature", "type": "category"},
        "y": {"role": "target", "type": "category"},
    }
    began = time.process_time()
    guessed = opened(tmp_path, "table", path="t.csv")
    said = opened(tmp_path, "table", path="t.csv", columns=columns)
    assert rows(said)["features"][:, 1:].sum() == 30
    assert all(len(name) <= 200 + len("kind = ") for name in said.columns[0].facts["names"])
    assert rows(guessed)["y"].tolist() == [at % 2 for at in range(30)]
    assert time.process_time() - began < 5


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(-1e6, 1e6, width=32),
            st.none() | st.sampled_from(["red", "green", "10", "9", "a b", "Ä"]),
            st.integers(0, 2),
        ),
        min_size=3,
        max_size=25,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
)
def test_numbers_against_plain_python(tmp_path_factory, lines, delimiter, comma):
    """What the reader makes of a table is what a few lines of Python without it make of the same rows."""
    folder = tmp_path_factory.mktemp("tables")
    comma = comma and delimiter != ","

    def spelled(number):
        return "" if number is None else repr(number).replace(".", "," if comma else ".")

    content = [[spelled(x), "" if kind is None else kind, y] for x, kind, y in lines]
    write_csv(folder / "t.csv", ["x", "kind", "label"], *content, delimiter=delimiter)
    said = {
        "x": {"role": "feature", "type": "numeric"},
        "kind": {"role": "feature", "type": "category"},
        "label": {"role": "target", "type": "category"},
    }
    names = {sign: name for name, sign in csv_records.DELIMITERS.items()}
    form = {"delimiter": names[delimiter], "decimal": "comma" if comma else "point", "header": "yes", "quote": "double"}
    table = opened(folder, "table", path="t.csv", columns=said, **form)
    kinds = [kind for kind in ("9", "10", "a b", "green", "red", "Ä") if any(kind == line[1] for line in lines)]
    kinds += [None] if any(line[1] is None for line in lines) else []
    expected = [[np.nan if x is None else x, *(kind == one for one in kinds)] for x, kind, _ in lines]
    found = rows(table)
    assert np.array_equal(found["features"], np.array(expected, dtype=np.float32), equal_nan=True)
    labels = sorted({y for _, _, y in lines})
    assert table.columns[1].classes == tuple(map(str, labels))
    assert found["label"].tolist() == [labels.index(y) for _, _, y in lines]


def test_a_wide_table_of_equal_names_takes_no_time(tmp_path):
    write_csv(tmp_path / "t.csv", ["x"] * 5000, *([at] * 5000 for at in range(30)))
    began = time.process_time()
    table = opened(tmp_path, "table", path="t.csv")
    assert table.columns[0].facts["names"][:3] == ("x", "x (2)", "x (3)")
    assert rows(table, [7])["features"].tolist() == [[7.0] * 4999]
    assert time.process_time() - began < 5
    write_csv(tmp_path / "t.csv", ["x"] * 20_001, [1] * 20_001)
    with pytest.raises(DataError, match=r"line 1: there are 20,001 columns; at most 20,000 are read"):
        opened(tmp_path, "table", path="t.csv")


def test_memory_stays_bounded_whatever_the_size(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_rows, "PIECE", 256)
    with open(tmp_path / "t.csv", "w", encoding="utf-8") as file:
        file.write("x,remark,y\n")
        file.writelines(f"{at},{'long ' * 200}{at},{at % 5}\n" for at in range(10_000))
    size = (tmp_path / "t.csv").stat().st_size
    columns = {"x": {"role": "feature", "type": "numeric"}, "y": {"role": "target", "type": "category"}}
    opened(tmp_path, "table", path="t.csv", columns=columns)  # what is imported counts once
    tracemalloc.start()
    table = opened(tmp_path, "table", path="t.csv", columns=columns)
    for start in range(0, 10_000, 3000):
        assert rows(table, list(range(start, start + 64)))["features"][:, 0].tolist() == list(range(start, start + 64))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000_000
    assert most < size / 1.5
