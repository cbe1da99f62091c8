"""What a few letters find, and in which order."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.ui.finding.entry import Entry, Index

COMMANDS = [
    Entry(title, title, menu, also=tip)
    for title, menu, tip in (
        ("Save", "File", "Save the project"),
        ("Save as", "File", ""),
        ("Select all", "Select", ""),
        ("Duplicate", "Edit", ""),
        ("Group into a network", "Edit", "Make the selected blocks a network of their own"),
        ("Zoom to the selection", "View", ""),
        ("Align left edges", "Arrange", ""),
    )
]


def found(text: str, first: tuple[str, ...] = ()) -> list[str]:
    return [hit.entry.key for hit in Index(COMMANDS, first).find(text)]


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("save", "Save"),
        ("sa", "Save"),
        ("as", "Save as"),
        ("dup", "Duplicate"),
        ("dulpicate", "Duplicate"),  # two letters swapped
        ("gian", "Group into a network"),  # initials
        ("zmsel", "Zoom to the selection"),  # letters in order
        ("view selection", "Zoom to the selection"),  # a menu and a word
        ("own network", "Group into a network"),  # from the tip
        ("left align", "Align left edges"),
    ],
)
def test_the_best_comes_first(typed, best):
    assert found(typed)[0] == best


def test_what_fits_nowhere_is_not_shown():
    assert found("qqq") == []
    assert found("save qqq") == []


def test_recent_ones_come_first_where_nothing_is_typed_and_where_others_fit_as_well():
    assert found("", ("Duplicate", "Save as"))[:2] == ["Duplicate", "Save as"]
    assert len(found("", ("Duplicate",))) == len(COMMANDS)
    assert found("s", ("Select all",))[0] == "Select all"
    assert found("save", ("Group into a network",))[0] == "Save"


def test_marked_letters_are_those_that_were_typed():
    hit = Index(COMMANDS).find("left edges")[0]
    assert "".join(hit.entry.title[at] for at in sorted(hit.marks)) == "leftedges"
    hit = Index(COMMANDS).find("zmsel")[0]
    assert "".join(hit.entry.title[at] for at in sorted(hit.marks)).lower() == "zmsel"


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=8))
def test_marks_lie_in_the_title_and_whole_titles_are_found(titles, typed):
    index = Index([Entry(at, title) for at, title in enumerate(titles)])
    for hit in index.find(typed):
        assert all(0 <= mark < len(hit.entry.title.lower()) for mark in hit.marks)
    for at, title in enumerate(titles):
        assert at in [hit.entry.key for hit in index.find(title)]


def test_ten_thousand_are_searched_while_one_types():
    index = Index(Entry(at, f"conv{at}", "Conv2d 3 × 3", also=f"3x3 out_channels={at}") for at in range(10_000))
    for typed in ("c", "conv 3x3", "conv9999", "out_channels=77"):
        took = []
        for _ in range(5):  # the quickest: others use the machine too
            start = time.process_time()
            assert index.find(typed)
            took.append(time.process_time() - start)
        assert min(took) < 0.3
    assert index.find("conv9999")[0].entry.key == 9999
