"""Paths of data: relative where they can be, and never outside of the project's folder without somebody's word."""

import os

import pytest

from netbuilder.blocks.trust import Trust
from netbuilder.data.errors import DataError, OutsideError
from netbuilder.data.place import Place


@pytest.fixture
def place(tmp_path):
    (tmp_path / "project" / "pictures").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    return Place(tmp_path / "project", Trust(tmp_path / "trust"))


def test_what_lies_inside_is_written_relative_and_found_again(place, tmp_path):
    inside = tmp_path / "project" / "pictures"
    assert place.written(inside) == "pictures"
    assert place.path("pictures") == inside
    assert place.written(tmp_path / "elsewhere") == str(tmp_path / "elsewhere")


def test_what_lies_outside_is_read_only_after_somebody_allowed_it(place, tmp_path):
    outside = tmp_path / "elsewhere"
    (tmp_path / "project" / "link").symlink_to(outside)
    for text in (str(outside), "../elsewhere", "pictures/../../elsewhere", "link"):
        with pytest.raises(OutsideError, match="lies outside of the project's folder") as told:
            place.path(text)
        assert told.value.path == outside
    place.allow(outside)
    assert place.path("../elsewhere") == place.path(str(outside)) == place.path("link") == outside
    assert Place(tmp_path / "other", Trust(tmp_path / "trust")).path(str(outside)) == outside
    with pytest.raises(OutsideError):
        Place(tmp_path / "project", Trust(tmp_path / "another_machine")).path("../elsewhere")


def test_what_cannot_be_data_is_a_sentence(place, tmp_path):
    os.mkfifo(tmp_path / "project" / "pipe")
    for text, says in {
        "pipe": "neither a file nor a folder",
        "gone": "There is nothing at .*; is the data still there",
        "": "names no file or folder yet",
        " ": "names no file or folder yet",
        "a\0b": "names no file or folder yet",
    }.items():
        with pytest.raises(DataError, match=says):
            place.path(text)
    with pytest.raises(DataError, match="save the project first"):
        Place(None).path("pictures")
    (tmp_path / "project" / "round").symlink_to(tmp_path / "project" / "round")
    with pytest.raises(DataError):
        place.path("round")
    place.allow("/dev/zero")
    with pytest.raises(DataError, match="neither a file nor a folder"):
        place.path("/dev/zero")
