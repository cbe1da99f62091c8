"""A person's own pictures: the same order everywhere, sizes and colours found, what can't be read left out by name."""

import os
import shutil
import threading

import numpy as np
import pytest
from PIL import Image

from netbuilder.data.errors import DataError
from netbuilder.data.loaders import load, samples
from netbuilder.data.place import Place
from netbuilder.data.readers import pixels, read
from tests.data.own import opened, picture, rows, scanned, write_csv


def folder(root, *, classes=("cat", "dog"), each=4, **look):
    for name in classes:
        for at in range(each):
            picture(root / name / f"{at}.png", seed=at, **look)
    return root


def test_a_folder_for_each_class(tmp_path):
    folder(tmp_path / "pets", classes=("dog 10", "dog 2", "cat"), each=11)
    found, notes = scanned(tmp_path, "image_folder", path="pets")
    image, label = found.columns
    assert (image.shape, image.axes, image.role, found.samples, notes) == ((3, 6, 8), "C H W", "image", 33, ())
    assert (label.classes, label.facts["counts"]) == (("cat", "dog 2", "dog 10"), (11, 11, 11))
    table = opened(tmp_path, "image_folder", path="pets")
    assert table.rows.paths[:3] == ("cat/0.png", "cat/1.png", "cat/2.png")
    assert table.rows.paths[9:12] == ("cat/9.png", "cat/10.png", "dog 2/0.png")
    with Image.open(tmp_path / "pets/dog 2/0.png") as plain:
        expected = np.asarray(plain).transpose(2, 0, 1) / np.float32(255)
    some = rows(table, [11, 0])
    assert np.array_equal(some["image"][0], expected.astype(np.float32))
    assert some["label"].tolist() == [1, 0] == table.known["label"][[11, 0]].tolist()


def test_order_and_content_do_not_hang_on_the_file_system(tmp_path):
    folder(tmp_path / "one", classes=("b", "a", "ä 10", "ä 9"), each=3)
    (tmp_path / "two").mkdir()
    for source in sorted((tmp_path / "one").rglob("*.png"), reverse=True):
        target = tmp_path / "two" / source.relative_to(tmp_path / "one")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)
    one, two = (opened(tmp_path, "image_folder", path=name) for name in ("one", "two"))
    assert one.columns == two.columns
    assert one.rows.paths == two.rows.paths
    assert one.columns[1].classes == ("a", "b", "ä 9", "ä 10")
    assert all(np.array_equal(rows(one)[id], rows(two)[id]) for id in ("image", "label"))


def test_folders_named_train_and_test_part_the_samples(tmp_path):
    folder(tmp_path / "pets/Test", each=2)
    folder(tmp_path / "pets/train", each=5, classes=("cat", "dog", "bird"))
    folder(tmp_path / "pets/val", each=1)
    found, _ = scanned(tmp_path, "image_folder", path="pets", split="given")
    parts = load(found, 0, place=Place(tmp_path))
    assert [samples(part) for part in parts] == [15, 2, 4]
    assert found.columns[1].classes == ("bird", "cat", "dog")
    assert parts.test["label"].tolist() == [1, 1, 2, 2]


def test_a_class_may_be_called_train(tmp_path):
    folder(tmp_path / "vehicles", classes=("bus", "train"))
    table = opened(tmp_path, "image_folder", path="vehicles")
    assert table.columns[1].classes == ("bus", "train")
    assert table.given is None


def test_pictures_without_folders_have_no_label(tmp_path):
    for at in range(3):
        picture(tmp_path / "art" / f"my {at}\n.png", mode="L")
    table = opened(tmp_path, "image_folder", path="art")
    assert [column.id for column in table.columns] == ["image"]
    assert rows(table)["image"].shape == (3, 1, 6, 8)


def test_the_most_common_size_is_taken_and_another_can_be(tmp_path):
    folder(tmp_path / "pets", each=3)
    picture(tmp_path / "pets/cat/large.jpg", 60, 60)
    assert opened(tmp_path, "image_folder", path="pets").columns[0].shape == (3, 6, 8)
    for fit in ("crop", "pad", "stretch"):
        table = opened(tmp_path, "image_folder", path="pets", size=[5, 4], fit=fit, color="grey")
        assert rows(table)["image"].shape == (7, 1, 5, 4)
    with Image.open(tmp_path / "pets/cat/0.png") as plain:
        small = plain.resize((4, 5), Image.Resampling.BILINEAR).convert("RGB")
    stretched = opened(tmp_path, "image_folder", path="pets", size=[5, 4], fit="stretch")
    assert np.allclose(rows(stretched, [0])["image"][0], np.asarray(small).transpose(2, 0, 1) / 255, atol=1e-6)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "gif", "webp", "tif"])
def test_formats(tmp_path, ending):
    pixels = np.full((6, 8, 3), (200, 100, 50), dtype=np.uint8)
    (tmp_path / "p").mkdir()
    Image.fromarray(pixels).save(tmp_path / f"p/x.{ending.upper()}")
    table = opened(tmp_path, "image_folder", path="p")
    assert np.allclose(rows(table)["image"][0].transpose(1, 2, 0) * 255, pixels, atol=4)


def test_deep_grey_palettes_and_see_through(tmp_path):
    (tmp_path / "deep").mkdir()
    Image.fromarray(np.array([[0, 65535], [32768, 13107]], dtype=np.uint16)).save(tmp_path / "deep/a.png")
    deep = opened(tmp_path, "image_folder", path="deep")
    assert deep.columns[0].shape == (1, 2, 2)
    assert np.allclose(rows(deep)["image"][0, 0], [[0, 1], [0.5, 0.2]], atol=1e-4)
    assert np.allclose(rows(opened(tmp_path, "image_folder", path="deep", color="rgb"))["image"][0, 2, 1, 1], 0.2)
    (tmp_path / "clear").mkdir()
    Image.fromarray(np.full((2, 2, 4), (255, 0, 0, 128), dtype=np.uint8)).save(tmp_path / "clear/a.png")
    clear = rows(opened(tmp_path, "image_folder", path="clear", color="rgba"))["image"]
    assert np.allclose(clear[0, :, 0, 0], [1, 0, 0, 128 / 255])


def test_a_turned_photograph_is_turned_back(tmp_path):
    (tmp_path / "p").mkdir()
    image = Image.fromarray(np.linspace(0, 255, 16 * 32, dtype=np.uint8).reshape(16, 32))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "p/x.jpg", exif=exif, quality=95)
    table = opened(tmp_path, "image_folder", path="p")
    assert table.columns[0].shape == (1, 32, 16)
    assert np.allclose(rows(table)["image"][0, 0] * 255, np.rot90(np.asarray(image), -1), atol=6)


def test_a_spoilt_picture_is_left_out_by_name_and_the_run_meets_the_same_list(tmp_path):
    folder(tmp_path / "pets", each=3)
    whole = picture(tmp_path / "pets/cat/big.png", 40, 40).read_bytes()
    (tmp_path / "pets/cat/big.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "pets/dog/no.png").write_text("no picture")
    (tmp_path / "pets/dog/empty.jpg").touch()
    found, notes = scanned(tmp_path, "image_folder", path="pets")
    assert found.samples == 6
    assert notes[0].startswith("3 pictures that can't be read are left out: ")
    assert "cat/big.png' is a spoilt or unfinished picture (" in notes[0]
    assert "no.png' is no picture that can be read" in notes[0]
    again = read(found, Place(tmp_path))
    assert again.rows.paths == tuple(f"{name}/{at}.png" for name in ("cat", "dog") for at in range(3))
    assert "'cat/big.png'" in again.notes[0]
    # Only another scan takes it in after it was mended.
    (tmp_path / "pets/cat/big.png").write_bytes(whole)
    assert read(found, Place(tmp_path)).count == 6
    assert scanned(tmp_path, "image_folder", path="pets")[0].samples == 7


def test_what_is_no_picture_is_left_out(tmp_path):
    folder(tmp_path / "pets", each=2)
    os.mkfifo(tmp_path / "pets/cat/pipe.png")
    os.symlink("/dev/zero", tmp_path / "pets/cat/zero.png")
    os.symlink("..", tmp_path / "pets/cat/again")
    os.symlink("me", tmp_path / "pets/cat/me")
    os.symlink("/usr", tmp_path / "pets/usr")
    os.symlink("../cat/0.png", tmp_path / "pets/dog/the cat.png")
    (tmp_path / "pets/cat/.hidden.png").write_text("")
    (tmp_path / "pets/cat/notes.txt").write_text("")
    table = opened(tmp_path, "image_folder", path="pets")
    assert table.rows.paths == ("cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png", "dog/the cat.png")
    assert "6 other things are left out" in table.notes[0]
    assert table.columns[1].classes == ("cat", "dog")


def test_too_many_pixels_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(pixels, "MOST_PIXELS", 100)
    picture(tmp_path / "p/small.png")
    picture(tmp_path / "p/large.png", 11, 10)
    found, notes = scanned(tmp_path, "image_folder", path="p")
    assert found.samples == 1
    assert "large.png' has 10 x 11 pixels" in notes[0]


def test_a_header_of_four_gigapixels(tmp_path):
    picture(tmp_path / "p/a.png")
    content = bytearray((tmp_path / "p/a.png").read_bytes())
    content[16:24] = b"\x00\x01\x00\x00\x00\x01\x00\x00"
    (tmp_path / "p/b.png").write_bytes(content)
    found, notes = scanned(tmp_path, "image_folder", path="p")
    assert found.samples == 1
    assert "b.png'" in notes[0]


def test_an_empty_class_is_told(tmp_path):
    folder(tmp_path / "pets", each=2)
    (tmp_path / "pets/fish").mkdir()
    found, notes = scanned(tmp_path, "image_folder", path="pets")
    assert found.columns[1].classes == ("cat", "dog", "fish")
    assert notes == ("label has no sample of fish.",)


def test_nothing_to_read_is_said(tmp_path):
    (tmp_path / "none/cat").mkdir(parents=True)
    with pytest.raises(DataError, match=r"There is no picture in .*none'"):
        opened(tmp_path, "image_folder", path="none")
    (tmp_path / "none/cat/a.png").write_text("x")
    with pytest.raises(DataError, match=r"None of the 1 pictures in .* can be read: .*a\.png' is no picture"):
        opened(tmp_path, "image_folder", path="none")
    with pytest.raises(DataError, match=r"is a file; choose the folder"):
        opened(tmp_path, "image_folder", path="none/cat/a.png")


def test_a_picture_that_goes_while_it_is_in_use_is_named(tmp_path):
    table = opened(folder(tmp_path).parent, "image_folder", path=tmp_path.name)
    (tmp_path / "cat/1.png").unlink()
    with pytest.raises(DataError, match=r"cat/1\.png' is not there any more"):
        rows(table, [0, 1])
    os.mkfifo(tmp_path / "cat/1.png")
    said = []

    def look():
        try:
            rows(table, [1])
        except DataError as problem:
            said.append(str(problem))

    reading = threading.Thread(target=look, daemon=True)
    reading.start()
    reading.join(10)
    assert said
    assert "1.png' is not an ordinary file" in said[0]


def test_a_table_names_pictures(tmp_path):
    folder(tmp_path / "pets", each=3)
    lines = [[f"pets/{name}/{at}.png", at + 0.5, name, "x"] for at in range(3) for name in ("dog", "cat")]
    write_csv(tmp_path / "list.csv", ["file", "weight", "kind", "note"], *lines, ["pets/dog/9.png", 1, "dog", ""])
    columns = {
        "file": {"role": "image"},
        "weight": {"role": "target", "type": "numeric"},
        "kind": {"role": "target", "type": "category"},
    }
    found, notes = scanned(tmp_path, "image_table", path="list.csv", columns=columns)
    assert [(column.id, column.shape, column.classes) for column in found.columns] == [
        ("image", (3, 6, 8), ()),
        ("weight", (1,), ()),
        ("kind", (), ("cat", "dog")),
    ]
    assert "9.png' is not there any more" in notes[0]
    table = read(found, Place(tmp_path))
    same = opened(tmp_path, "image_folder", path="pets")
    assert np.array_equal(rows(table, [4])["image"], rows(same, [5])["image"])
    assert rows(table, [4, 1])["weight"].tolist() == [[2.5], [0.5]]
    assert rows(table, [4, 1])["kind"].tolist() == [1, 0]
    write_csv(tmp_path / "two.csv", ["label", "file"], *([line[2], line[0]] for line in lines))
    guessed = opened(tmp_path, "image_table", path="two.csv")
    assert [(column.id, column.classes) for column in guessed.columns] == [("image", ()), ("label", ("cat", "dog"))]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../secret.png", r"line 3: '\.\./secret\.png' leads out of the folder"),
        ("/etc/x.png", "line 3: '/etc/x.png' leads out of the folder"),
        ("", "line 3: no picture is named here"),
    ],
)
def test_a_table_that_names_what_it_should_not(tmp_path, name, says):
    picture(tmp_path / "a.png")
    write_csv(tmp_path / "list.csv", ["file", "label"], ["a.png", "x"], [name, "y"], ["a.png", "x"])
    with pytest.raises(DataError, match=says):
        opened(tmp_path, "image_table", path="list.csv", columns={"file": {"role": "image"}})


def test_pictures_that_a_table_names_stay_below_its_folder(tmp_path):
    picture(tmp_path / "secret/a.png")
    picture(tmp_path / "mine/pics/a.png")
    os.symlink("../secret", tmp_path / "mine/other")
    write_csv(tmp_path / "mine/list.csv", ["file", "label"], ["a.png", "x"], ["a.png", "y"])
    assert opened(tmp_path, "image_table", path="mine/list.csv", images="pics").count == 2
    for images in ("../secret", str(tmp_path / "secret"), "other"):
        with pytest.raises(DataError, match=r"leads? out of the folder"):
            opened(tmp_path, "image_table", path="mine/list.csv", images=images)
    write_csv(tmp_path / "mine/list.csv", ["file", "label"], ["other/a.png", "x"])
    with pytest.raises(DataError, match=r"line 2: 'other/a\.png' is a link that leads out of the folder"):
        opened(tmp_path, "image_table", path="mine/list.csv")


def test_a_table_that_names_no_pictures(tmp_path):
    write_csv(tmp_path / "list.csv", ["file", "label"], ["a.doc", "x"], ["b.doc", "y"])
    with pytest.raises(DataError, match="holds names of picture files"):
        opened(tmp_path, "image_table", path="list.csv")
