"""One file, several who want to write it: other programs, other windows, owners that died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.graph.document import Document, Refused
from netbuilder.graph.file import dumps, load, save
from netbuilder.ui.action import CANVAS
from netbuilder.ui.actions import ACTIONS, MENUS
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.crash import Crashes
from netbuilder.ui.keeping import lock
from netbuilder.ui.keeping.keeper import SAVE_AS
from netbuilder.ui.keeping.lock import FileLock, Owner, hold, is_free, lock_path
from netbuilder.ui.palette.popup import SearchPopup
from tests.ui.conftest import small_project

ROOT = Path(__file__).resolve().parents[2]
LEFT = Qt.MouseButton.LeftButton
HOLDER = """
import sys
from pathlib import Path
from netbuilder.ui.keeping.on_disk import OnDisk
disk = OnDisk(Path(sys.argv[1]))
print(disk.take(), flush=True)
for line in sys.stdin:
    if line == "save\\n":
        disk.write(Path(sys.argv[2]).read_bytes())
    else:
        disk.release()
    print("done", flush=True)
"""


class Other:
    """Another process that has the file open to edit it."""

    def __init__(self, path: Path, new: Path | str = "") -> None:
        command = [sys.executable, "-c", HOLDER, str(path), str(new)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        self.took = self.process.stdout.readline() == "True\n"

    def ask(self, what: str) -> None:
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "small.netbuilder"
    save(small_project(), path)
    return path


@pytest.fixture
def other(path, tmp_path):
    new = tmp_path / "new"
    new.write_bytes(dumps(edits_applied(small_project())))
    made = Other(path, new)
    yield made
    if made.process.poll() is None:
        made.kill()


def edits_applied(project):
    document = Document(project)
    document.apply(edits.set_project_title(project, "Edited elsewhere"))
    return document.project


# -- the lock


def test_one_owner_and_a_dead_one_is_none(path, other):
    assert other.took
    owner = hold(path)
    assert isinstance(owner, Owner)
    assert owner.pid == other.process.pid
    assert "another netbuilder window since" in owner.words
    assert not is_free(path)
    os.kill(other.process.pid, signal.SIGSTOP)  # one that hangs still has it
    assert isinstance(hold(path), Owner)
    other.kill()
    assert lock_path(path).exists()  # nobody tidied up
    assert is_free(path)
    mine = hold(path)
    assert isinstance(mine, FileLock)
    assert msgspec.json.decode(lock_path(path).read_bytes(), type=Owner).pid == os.getpid()
    third = Other(path)
    assert not third.took
    third.kill()
    mine.release()
    assert not lock_path(path).exists()


def test_a_link_to_the_file_has_the_file_s_lock(path, tmp_path):
    link = tmp_path / "elsewhere" / "link.netbuilder"
    link.parent.mkdir()
    link.symlink_to(path)
    mine = hold(link)
    assert isinstance(hold(path), Owner)
    mine.release()


def test_of_many_at_once_one_gets_it(path):
    for _ in range(5):
        found: list[object] = []
        threads = [threading.Thread(target=lambda found=found: found.append(hold(path))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (mine,) = [one for one in found if isinstance(one, FileLock)]
        mine.release()


def test_an_owner_on_another_machine_counts_while_it_says_that_it_lives(path, monkeypatch):
    """Shares whose locks hold on one machine only, and shares that know none at all."""
    there = msgspec.json.encode(Owner("desk2", "ada", 17, time.time()))

    def no_locks(handle, *, shared):
        raise OSError("no locks here")

    for patched in (lock.take, no_locks):
        monkeypatch.setattr(lock, "take", patched)
        lock_path(path).write_bytes(there)
        owner = hold(path)
        assert isinstance(owner, Owner)
        assert owner.words.startswith("netbuilder on desk2, by ada, since ")
        assert not is_free(path)
        long_ago = time.time() - lock.SILENT_S - 10
        os.utime(lock_path(path), (long_ago, long_ago))
        assert is_free(path)
        mine = hold(path)
        assert isinstance(mine, FileLock)
        os.utime(lock_path(path), (long_ago, long_ago))
        mine.touch()
        assert lock_path(path).stat().st_mtime > time.time() - 10
        mine.release()


def test_what_stands_in_a_lock_is_not_trusted(path):
    for text in (b"", b"\0" * 5000, b"[]", b'{"pid": "x"}', b'{"host": 1}'):
        lock_path(path).write_bytes(text)
        mine = hold(path)
        assert isinstance(mine, FileLock)
        mine.release()


def test_where_nobody_can_write_nothing_is_locked(path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(lock.os, "open", refuse)
    mine = hold(path)
    assert isinstance(mine, FileLock)
    mine.touch()
    mine.release()


# -- opened twice


def press(window, text: str) -> None:
    """Presses a button of the bar by keyboard. Its letter is none that opens a menu."""
    assert text[text.index("&") + 1].upper() not in {menu[0] for menu in MENUS}
    button = next(one for one in window.keeper.bar.buttons if one.text() == text)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def open_read_only(window, path):
    window.files.open(path)
    assert window.workbench.document.refusal
    return window.workbench


def test_the_second_window_says_that_it_can_only_look(window, path, other):
    bench = open_read_only(window, path)
    assert window.windowTitle() == "small[*] (read-only) - netbuilder"
    assert window.keeper.bar.isVisible()
    assert "open in another netbuilder window since" in window.keeper.bar.words.text()
    assert "can only be looked at here" in window.keeper.bar.words.text()
    assert not bench.inspector.form.isEnabled()
    assert not bench.tabs.adder.isEnabled()
    assert not bench.data_panel().rename.isEnabled()
    assert not bench.data_panel().setup.isEnabled()
    window.toggle_theme()
    assert window.keeper.bar.isVisible()


def test_nothing_that_a_hand_does_changes_it(window, path, other, qtbot):
    bench = open_read_only(window, path)
    canvas, said = bench.tabs.show_graph("classifier"), []
    canvas.status.connect(said.append)
    before = bench.document.project
    view = canvas.viewport()
    start = canvas.mapFromScene(canvas.node_rect("conv1").center())
    at = canvas.node_rect("conv1")
    for down, up in (
        (start, start + QPoint(60, 40)),  # a node
        (canvas.mapFromScene(canvas.port_pos("conv1", "y", False)), start + QPoint(90, 90)),  # a link from a port
    ):
        said.clear()
        QTest.mousePress(view, LEFT, pos=down)
        for step in range(1, 6):
            QTest.mouseMove(view, down + (up - down) * step / 5)
        QTest.mouseRelease(view, LEFT, pos=up)
        assert any("can only be looked at" in text for text in said)
    assert canvas.node_rect("conv1") == at
    QTest.mouseClick(view, LEFT, pos=start)  # selecting is looking
    assert canvas.selected() == ["conv1"]
    for key, keys in (
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier),
    ):
        said.clear()
        window.status_bar.clearMessage()
        QTest.keyClick(canvas, key, keys)
        assert any("looked at" in text for text in [*said, window.status_bar.currentMessage()]), key
    QTest.mouseDClick(view, LEFT, pos=QPoint(5, 5))
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, SearchPopup) and one.isVisible()]
    for open_form in (lambda: canvas.edit_title("conv1"), lambda: canvas.edit_frame("note"), canvas.lay_out):
        said.clear()
        open_form()
        assert any("looked at" in text for text in said)
    assert canvas.frame_editor is None
    window.rename_graph()
    window.add_network()
    window.import_data()
    assert bench.document.project is before
    assert not bench.document.modified
    assert differences(canvas.graph_scene) == []


def test_no_action_changes_it(window, path, other, answer):
    bench = open_read_only(window, path)
    before = bench.document.project
    canvas = bench.tabs.show_graph("classifier")
    for entry in ACTIONS:
        if entry.callback.startswith(CANVAS):
            canvas.select(["conv1", "flatten1"])
            window.perform(entry)
            QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert bench.document.project is before
    assert len(bench.document) == 0


@pytest.mark.qt_no_exception_capture
def test_what_nobody_thought_of_is_told_all_the_same(window, path, other, qtbot, monkeypatch, tmp_path):
    """A change from somewhere that knows nothing of it: refused by the document, and told as a sentence."""
    bench = open_read_only(window, path)
    told, mistakes = [], []
    crashes = Crashes(tmp_path / "errors.log", mistakes.append, told.append)
    try:
        bench.document.apply(edits.set_project_title(bench.document.project, "New"))
    except Refused as error:
        crashes.catch(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [bench.document.refusal]
    assert not mistakes
    assert not (tmp_path / "errors.log").exists()


def test_saving_it_under_another_name_makes_it_one_s_own(window, path, other, tmp_path, answer):
    bench = open_read_only(window, path)
    window.dialogs.save_path = lambda suggestion: path
    texts = answer(lambda box: box.close())
    window.save_project()  # asks where, and there it is open elsewhere
    assert "is open in another netbuilder window" in texts[0]
    copy = tmp_path / "copy.netbuilder"
    window.dialogs.save_path = lambda suggestion: copy
    press(window, SAVE_AS)
    assert window.workbench is bench
    assert not bench.document.refusal
    assert bench.inspector.form.isEnabled()
    assert not window.keeper.bar.isVisible()
    assert "(read-only)" not in window.windowTitle()
    canvas = bench.tabs.show_graph("classifier")
    canvas.select(["flatten1"])
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    window.save_project()
    assert "flatten1" not in load(copy).graphs["classifier"].nodes
    assert load(path) == small_project()


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_when_the_first_is_gone_the_second_may_take_over(window, path, other, qtbot, how):
    """What the first has saved meanwhile is shown then."""
    bench = open_read_only(window, path)
    window.keeper._waiting.setInterval(20)
    other.ask("save")
    other.ask("release") if how == "closed" else other.kill()
    window.keeper.look()
    assert window.keeper.bar.buttons[0].text() == "&Load from disk"
    press(window, "&Load from disk")
    assert bench.document.project.title == "Edited elsewhere"
    assert bench.document.refusal
    qtbot.waitUntil(lambda: "no longer open elsewhere" in window.keeper.bar.words.text())
    press(window, "Ed&it here")
    assert not bench.document.refusal
    assert bench.inspector.form.isEnabled()
    assert not window.keeper.bar.isVisible()
    assert isinstance(hold(path), Owner)
    bench.document.apply(edits.set_project_title(bench.document.project, "Mine"))
    window.save_project()
    assert load(path).title == "Mine"


def test_the_second_loads_what_was_saved_when_it_takes_over_at_once(window, path, other):
    bench = open_read_only(window, path)
    other.ask("save")
    other.ask("release")
    assert window.files.take_over()
    assert bench.document.project.title == "Edited elsewhere"
    assert not bench.document.modified


def test_closing_lets_others_edit(opened, tmp_path):
    path = tmp_path / "small.netbuilder"
    assert isinstance(hold(path), Owner)
    opened.files.open(path)  # its own once more
    assert not opened.workbench.document.refusal
    opened.close_project()
    assert not lock_path(path).exists()


# -- changed by another program


def replace(path: Path, project) -> None:
    """As editors do: a new file in the old one's place."""
    beside = path.with_name("beside")
    beside.write_bytes(dumps(project))
    beside.replace(path)


def titled(title: str):
    document = Document(small_project())
    document.apply(edits.set_project_title(document.project, title))
    return document.project


def test_a_file_that_another_program_changes_is_noticed_and_asked_about(opened, tmp_path, qtbot):
    """Unchanged here too; in place, and by putting a new file there, again and again."""
    path, bar = tmp_path / "small.netbuilder", opened.keeper.bar
    for number, change in enumerate((replace, replace, lambda path, project: path.write_bytes(dumps(project)))):
        assert not bar.isVisible()
        change(path, titled(f"Version {number}"))
        qtbot.waitUntil(bar.isVisible)
        assert "Another program has changed “small” on disk." in bar.words.text()
        assert opened.workbench.document.project.title != f"Version {number}"
        press(opened, "&Load from disk")
        assert opened.workbench.document.project.title == f"Version {number}"
        assert not opened.isWindowModified()
    assert not bar.isVisible()
    opened.undo()
    assert opened.workbench.document.project.title == "Version 1"
    assert opened.isWindowModified()


def test_a_file_that_only_was_touched_is_not_asked_about(opened, tmp_path):
    path = tmp_path / "small.netbuilder"
    os.utime(path, (1, 1))
    opened.keeper.look()
    assert not opened.keeper.bar.isVisible()
    replace(path, small_project())
    opened.keeper.look()
    assert not opened.keeper.bar.isVisible()
    add(opened)
    opened.save_project()
    opened.keeper.look()
    assert not opened.keeper.bar.isVisible()


def add(window) -> None:
    document = window.workbench.document
    document.apply(edits.set_project_title(document.project, "Mine"))


def test_coming_back_to_the_window_looks_at_the_file(opened, tmp_path, qapp):
    opened.keeper._watch._watcher.blockSignals(True)  # a share that tells nothing
    replace(tmp_path / "small.netbuilder", titled("Theirs"))
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert opened.keeper.bar.isVisible()


def test_keeping_one_s_own_writes_over_it_when_saved(opened, tmp_path):
    path = tmp_path / "small.netbuilder"
    replace(path, titled("Theirs"))
    opened.keeper.look()
    press(opened, "&Keep mine")
    assert not opened.keeper.bar.isVisible()
    assert opened.isWindowModified()
    assert load(path).title == "Theirs"
    opened.save_project()
    assert load(path).title == "Small"
    assert not opened.isWindowModified()


def test_unsaved_changes_come_back_by_undo_after_loading(opened, tmp_path):
    add(opened)
    replace(tmp_path / "small.netbuilder", titled("Theirs"))
    opened.keeper.look()
    assert "undo gives them back" in opened.keeper.bar.words.text()
    press(opened, "&Load from disk")
    assert opened.workbench.document.project.title == "Theirs"
    opened.undo()
    assert opened.workbench.document.project.title == "Mine"


def test_saving_elsewhere_leaves_both(opened, tmp_path):
    add(opened)
    path, copy = tmp_path / "small.netbuilder", tmp_path / "copy.netbuilder"
    replace(path, titled("Theirs"))
    opened.keeper.look()
    opened.dialogs.save_path = lambda suggestion: copy
    press(opened, SAVE_AS)
    assert (load(path).title, load(copy).title) == ("Theirs", "Mine")
    assert not opened.keeper.bar.isVisible()
    assert not lock_path(path).exists()
    assert lock_path(copy).exists()


@pytest.mark.parametrize("answer_text", ["&Overwrite", "&Load from disk", "&Save as…", ""])
def test_saving_asks_first_also_where_nothing_was_noticed(opened, tmp_path, answer, answer_text):
    path, copy = tmp_path / "small.netbuilder", tmp_path / "copy.netbuilder"
    add(opened)
    replace(path, titled("Theirs"))
    opened.dialogs.save_path = lambda suggestion: copy

    def choose(box) -> None:
        found = [button for button in box.buttons() if button.text() == answer_text]
        found[0].click() if found else box.reject()

    texts = answer(choose)
    QTest.keyClick(opened, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "was changed on disk" in texts[0]
    title = opened.workbench.document.project.title
    expected = {
        "&Overwrite": ("Mine", "Mine", False),
        "&Load from disk": ("Theirs", "Theirs", False),
        "&Save as…": ("Theirs", "Mine", False),
        "": ("Theirs", "Mine", True),
    }[answer_text]
    assert (load(path).title, title, opened.isWindowModified()) == expected
    assert copy.exists() == (answer_text == "&Save as…")


def test_a_file_that_is_gone_is_told_and_saving_makes_it_again(opened, tmp_path, qtbot):
    path = tmp_path / "small.netbuilder"
    path.unlink()
    qtbot.waitUntil(opened.keeper.bar.isVisible)
    assert "no longer in its place" in opened.keeper.bar.words.text()
    save(small_project(), path)  # it comes back
    qtbot.waitUntil(lambda: not opened.keeper.bar.isVisible())
    path.unlink()
    qtbot.waitUntil(opened.keeper.bar.isVisible)
    press(opened, "&Keep mine")
    assert opened.isWindowModified()
    opened.save_project()
    assert load(path) == small_project()
    opened.keeper.look()
    assert not opened.keeper.bar.isVisible()


def test_a_file_that_is_no_project_any_more_leaves_what_is_open(opened, tmp_path, answer):
    path = tmp_path / "small.netbuilder"
    path.write_bytes(b"<html>")
    opened.keeper.look()
    texts = answer(lambda box: box.close())
    press(opened, "&Load from disk")
    assert "cannot be opened" in texts[0]
    assert opened.workbench.document.project == small_project()
    assert opened.keeper.bar.isVisible()


def test_a_full_disk_is_told_in_words_and_the_old_file_stays(opened, tmp_path, answer, monkeypatch):
    from netbuilder.graph import write

    def full(*_):
        raise OSError(28, "No space left on device")

    add(opened)
    monkeypatch.setattr(write.os, "fsync", full)
    texts = answer(lambda box: box.close())
    opened.save_project()
    assert "the disk is full" in texts[0]
    assert "What was there before is still there" in texts[0]
    monkeypatch.undo()
    assert load(tmp_path / "small.netbuilder") == small_project()
    assert opened.isWindowModified()


@pytest.mark.skipif(os.name == "nt", reason="who may write a file is told otherwise there")
def test_a_lock_that_somebody_else_made_in_a_shared_folder_counts(path, other, monkeypatch):
    """It may only be read there, as with the usual rights of a new file."""
    real_open = os.open

    def theirs(name, flags, *mode):
        if Path(name) == lock_path(path) and flags & os.O_RDWR and lock_path(path).exists():
            raise PermissionError(13, "Permission denied")
        return real_open(name, flags, *mode)

    monkeypatch.setattr(lock.os, "open", theirs)
    assert isinstance(hold(path), Owner)
    assert not is_free(path)
    other.kill()
    assert is_free(path)
    mine = hold(path)
    assert isinstance(mine, FileLock)
    assert not is_free(path)
    mine.release()


@pytest.mark.parametrize("choice", ["&Overwrite", "&Load from disk"])
def test_a_copy_is_saved_over_what_another_window_has_saved_only_when_the_person_says_so(
    window, path, other, answer, choice
):
    """The second window can only look; the first saves and goes; then the second is to be saved under the same name."""
    open_read_only(window, path)
    other.ask("save")
    other.ask("release")
    theirs = path.read_bytes()
    window.dialogs.save_path = lambda suggestion: path
    texts = answer(lambda box: next(one for one in box.buttons() if one.text() == choice).click())
    window.files.save_as()
    assert "was changed on disk" in texts[0]
    assert (path.read_bytes() == theirs) == (choice == "&Load from disk")
    if choice == "&Load from disk":
        assert window.workbench.document.project.title == "Edited elsewhere"
