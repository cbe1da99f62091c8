"""What is remembered, and that a damaged file of memories hurts nobody."""

from PySide6.QtCore import QByteArray

from netbuilder.ui.preferences import LONGEST_RECENT, Preferences


def test_all_of_it_survives_a_restart(tmp_path):
    path, project = tmp_path / "window.ini", tmp_path / "a b & ü.netbuilder"
    project.write_text("{}")
    first = Preferences(path)
    assert first.theme == "system"
    first.theme = "light"
    first.remember(project)
    first.set_layout("window", QByteArray(b"\x00\x01state"))
    first.sync()
    second = Preferences(path)
    assert second.theme == "light"
    assert second.recent == [project]
    assert second.layout("window") == QByteArray(b"\x00\x01state")


def test_recent_files_are_newest_first_once_and_only_those_that_exist(preferences, tmp_path):
    paths = [tmp_path / f"{number}.netbuilder" for number in range(LONGEST_RECENT + 3)]
    for path in paths:
        path.write_text("{}")
        preferences.remember(path)
    preferences.remember(paths[5])
    assert preferences.recent[0] == paths[5]
    assert len(preferences.recent) == LONGEST_RECENT
    assert len(set(preferences.recent)) == LONGEST_RECENT
    paths[5].unlink()
    assert paths[5] not in preferences.recent


def test_a_damaged_file_counts_as_empty(tmp_path):
    path = tmp_path / "window.ini"
    path.write_bytes(b"\x00\xff[General\ntheme=@Variant(nonsense\nrecent=@ByteArray()\n[layout]\nwindow=17\n")
    damaged = Preferences(path)
    assert damaged.theme == "system"
    assert damaged.recent == []
    assert damaged.layout("window").isEmpty()
