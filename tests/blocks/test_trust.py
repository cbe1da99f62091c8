"""Trust is kept by this machine, for this very text, and by nothing that a project brings."""

from __future__ import annotations

import shutil
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks.trust import FOLDER, Nothing, Trust


def test_a_text_is_trusted_once_somebody_says_so_and_no_longer_when_it_changes(tmp_path):
    store = Trust(tmp_path / "trust")
    assert not store.trusts("y = x")
    store.trust("y = x")
    assert store.trusts("y = x")
    assert not store.trusts("y = x ")
    assert Trust(tmp_path / "trust").trusts("y = x"), "another process sees it"
    store.forget("y = x")
    assert not store.trusts("y = x")


def test_another_process_sees_at_once_what_is_trusted_and_forgotten(tmp_path):
    one, other = Trust(tmp_path), Trust(tmp_path)
    one.trust("first")
    assert other.trusts("first")
    assert not other.trusts("second")
    one.trust("second")
    assert other.trusts("second")
    one.forget("first")
    assert not other.trusts("first")


def test_the_list_is_worth_nothing_on_another_machine(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    Trust(here).trust("y = x")
    there.mkdir()
    shutil.copy(here / "trusted", there / "trusted")
    assert not Trust(there).trusts("y = x"), "there is no key"
    Trust(there).trust("other")
    assert not Trust(there).trusts("y = x"), "the key is another"
    assert "y = x" not in (here / "trusted").read_text()


def test_the_key_is_for_this_person_only(tmp_path):
    Trust(tmp_path / "trust").trust("y = x")
    mode = (tmp_path / "trust" / "key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 31])
def test_a_damaged_store_trusts_nothing(tmp_path, damage):
    Trust(tmp_path).trust("y = x")
    (tmp_path / "key").write_bytes(damage)
    assert not Trust(tmp_path).trusts("y = x")
    Trust(tmp_path).trust("again")
    assert Trust(tmp_path).trusts("again")


def test_a_list_that_is_no_text_trusts_nothing(tmp_path):
    Trust(tmp_path).trust("y = x")
    (tmp_path / "trusted").write_bytes(b"\xff\xfe")
    assert not Trust(tmp_path).trusts("y = x")


def test_the_folder_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "named"))
    Trust.of_this_machine().trust("y = x")
    assert Trust(tmp_path / "named").trusts("y = x")


def test_without_a_store_nothing_is_trusted():
    assert not Nothing().trusts("y = x")


@given(st.lists(st.text(max_size=20), max_size=5), st.text(max_size=20))
def test_only_what_was_trusted_is(tmp_path_factory, texts, other):
    store = Trust(tmp_path_factory.mktemp("trust"))
    for text in texts:
        store.trust(text)
    assert all(map(store.trusts, texts))
    assert store.trusts(other) == (other in texts)
