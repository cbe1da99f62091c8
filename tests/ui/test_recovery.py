"""Unsaved work outlives the process: kept while one edits, offered after a kill, never put in the file by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from immutables import Map
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.file import FileError, load, save
from netbuilder.graph.model import Graph, Node, Project
from netbuilder.ui.keeping import autosave, store
from netbuilder.ui.keeping.autosave import Autosave
from netbuilder.ui.keeping.lock import Owner, hold
from netbuilder.ui.keeping.on_disk import digest_of
from netbuilder.ui.keeping.recovery import when_in_words
from netbuilder.ui.keeping.store import About, Folder, left_behind
from tests.ui.conftest import small_project

ROOT = Path(__file__).resolve().parents[2]

EDITS = """
import os, sys, threading
watchdog = threading.Timer(100, os._exit, [3])  # a box that nobody expects must not hold the tests up
watchdog.daemon = True
watchdog.start()
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
app = QApplication(["netbuilder"])
from netbuilder.ui.app import main
from netbuilder.ui.window import Window

def window():
    return next(one for one in app.topLevelWidgets() if isinstance(one, Window))

def edit():
    bench = window().workbench
    canvas = bench.tabs.show_graph("classifier")
    canvas.select(["flatten1"])
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    bench.inspector.show_selection("classifier", [])
    look.start(20)

def wait():
    folder = window().keeper.autosave.folder
    if folder is not None and (folder / "about.json").exists() and (folder / "picture.png").exists():
        look.stop()
        print("kept", flush=True)

def recover():
    dialog = next((one for one in app.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()), None)
    if dialog is None:
        return
    look.stop()
    print(dialog.windowTitle(), len(dialog.rows), flush=True)
    dialog.grab().save(sys.argv[3])
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    opened = window().files.opened
    print(opened.title, opened.document.modified, "flatten1" in opened.document.project.graphs["classifier"].nodes)
    print(window().isWindowModified(), opened.path, sorted(one.name for one in window().keeper._root.iterdir())
          == [window().keeper.autosave.folder.name], flush=True)

look = QTimer()
look.timeout.connect({"edit": wait, "recover": recover}[sys.argv[1]])
if sys.argv[1] == "edit":
    QTimer.singleShot(0, edit)
else:
    look.start(20)
main(sys.argv[2:3] if sys.argv[1] == "edit" else [])
"""


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "PYTHONWARNINGS": "error"}
    environment |= {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    return subprocess.Popen(
        [sys.executable, "-c", EDITS, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_after_a_kill_the_next_start_offers_what_was_unsaved(tmp_path):
    """Two real processes, both killed: the first while it edits, the second after it has recovered."""
    path = tmp_path / "small.netbuilder"
    save(small_project(), path)
    before = path.read_bytes()
    with start(tmp_path, "edit", str(path)) as first:
        assert first.stdout.readline() == "kept\n"
        os.kill(first.pid, signal.SIGKILL)
    assert path.read_bytes() == before
    picture = tmp_path / "dialog.png"
    with start(tmp_path, "recover", "", str(picture)) as second:
        assert second.stdout.readline() == "Recover unsaved work 1\n"
        assert second.stdout.readline() == "small True False\n"
        assert second.stdout.readline() == f"True {path} True\n"
        os.kill(second.pid, signal.SIGKILL)
    assert path.read_bytes() == before  # nobody has chosen to save
    assert not QImage(str(picture)).isNull()
    (kept,) = left_behind(tmp_path / "XDG_DATA_HOME" / "netbuilder" / "recovery")
    project = kept.document().project  # what was recovered is kept again at once
    assert "flatten1" not in project.graphs["classifier"].nodes
    assert set(project.graphs["classifier"].nodes) | {"flatten1"} == set(load(path).graphs["classifier"].nodes)
    assert kept.path == path
    assert abs(kept.when - time.time()) < 60


# -- in one process; a dead owner is one whose lock is gone


def leave_behind(root: Path, project: Project, path: str = "", title: str = "Untitled", digest: str = "") -> Path:
    """What a process leaves that dies after one change of this project."""
    document = Document(project)
    kept = Autosave(root, lambda: lambda: picture_of_one_color())
    kept.follow(document, About(path, title, digest))
    document.apply(edits.set_project_title(project, "Changed"))
    assert kept.flush()
    folder = kept.folder
    abandon(kept._work.folder)
    kept._work = None
    kept.close()
    return folder


def abandon(folder: Folder) -> None:
    """As the system does when its process is gone."""
    os.close(folder._file)
    folder._lock.release()


def picture_of_one_color() -> QImage:
    image = QImage(QSize(384, 240), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    return image


@pytest.fixture
def root(window) -> Path:
    return window.keeper._root


def offered(window) -> QDialog:
    dialog = window.keeper.offer(asked=False)
    assert dialog is not None
    QTest.qWaitForWindowExposed(dialog)
    return dialog


def test_nothing_is_offered_where_nothing_was_left(window):
    assert window.keeper.offer(asked=False) is None
    window.actions_table["recover"].trigger()
    assert "no unsaved work" in window.status_bar.currentMessage()


def test_what_a_living_process_keeps_is_not_offered(opened, root):
    opened.on_canvas("select_all")
    opened.on_canvas("delete_selection")
    assert opened.keeper.autosave.flush()
    assert len(list(root.iterdir())) == 1
    assert left_behind(root) == []


def test_a_project_that_was_never_saved_is_recovered_by_keyboard(window, root, project):
    folder = leave_behind(root, project)
    dialog = offered(window)
    (row,) = dialog.rows
    assert row.kept.changes == 1
    assert not QImage(str(row.kept.picture)).isNull()
    assert dialog.focusWidget() is row.recover
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    opened = window.files.opened
    assert opened.document.project.title == "Changed"
    assert opened.document.modified
    assert opened.path is None
    assert not folder.exists()  # it is kept in a folder of this process now
    assert window.keeper.autosave.folder is not None
    assert load_kept(window) == opened.document.project
    window.undo()
    assert opened.document.project.title == "Small"  # the history goes on behind the first unsaved change


def load_kept(window) -> Project:
    folder = window.keeper.autosave.folder
    return store.kept_in(folder).document().project


def test_several_are_offered_and_each_has_its_choice(window, root, project, answer, qtbot, tmp_path):
    """The newest first; one is discarded after a question, Esc leaves the others for the next start."""
    for at, name in enumerate(("one", "two", "three")):
        path = tmp_path / f"{name}.netbuilder"
        save(project, path)
        folder = leave_behind(root, project, str(path), name, digest_of(path.read_bytes()))
        os.utime(folder / store.CHANGES, (1_700_000_000 + at, 1_700_000_000 + at))
    dialog = offered(window)
    assert [row.kept.about.title for row in dialog.rows] == ["three", "two", "one"]
    texts = answer(lambda box: box.reject())
    QTest.keyClick(dialog.rows[1].discard, Qt.Key.Key_Space)
    assert "cannot be brought back" in texts[0]
    assert len(dialog.rows) == 3
    answer(lambda box: box.buttons()[0].click())
    QTest.keyClick(dialog.rows[1].discard, Qt.Key.Key_Space)
    assert [row.kept.about.title for row in dialog.rows] == ["three", "one"]
    assert dialog.focusWidget() is dialog.rows[1].recover
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert [kept.about.title for kept in left_behind(root)] == ["three", "one"]
    assert window.files.opened is None
    assert {path.name for path in tmp_path.glob("*.netbuilder")} >= {"one.netbuilder", "two.netbuilder"}


def test_a_recovered_project_is_saved_only_when_the_person_saves(window, root, project, tmp_path):
    path = tmp_path / "small.netbuilder"
    save(project, path)
    leave_behind(root, project, str(path), "small", digest_of(path.read_bytes()))
    QTest.keyClick(offered(window).focusWidget(), Qt.Key.Key_Return)
    assert window.windowTitle().startswith("small")
    assert window.isWindowModified()
    assert load(path) == project
    window.save_project()
    assert load(path).title == "Changed"
    assert not window.isWindowModified()
    window.keeper.autosave.flush()
    window.keeper.autosave.close()
    assert list(root.iterdir()) == []


def test_a_file_that_was_changed_since_is_asked_about_before_it_is_written_over(window, root, project, tmp_path):
    path = tmp_path / "small.netbuilder"
    save(project, path)
    leave_behind(root, project, str(path), "small", digest_of(b"as it was before"))
    dialog = offered(window)
    assert any("changed since" in text for text, _ in rows_of(dialog))
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    asked = []
    window.files.dialogs.changed = lambda title: asked.append(title) or "cancel"
    window.save_project()
    assert asked == ["small"]
    assert load(path) == project


def test_what_belongs_to_the_open_project_takes_its_place(opened, project, tmp_path):
    """The program was started with the very file that it was killed over."""
    path = tmp_path / "small.netbuilder"
    leave_behind(opened.keeper._root, project, str(path), "small", digest_of(path.read_bytes()))
    QTest.keyClick(offered(opened).focusWidget(), Qt.Key.Key_Return)
    assert opened.files.opened.path == path
    assert not opened.workbench.document.refusal
    assert opened.workbench.document.project.title == "Changed"
    assert isinstance(hold(path), Owner)
    opened.save_project()
    assert load(path).title == "Changed"


def test_what_is_open_elsewhere_is_recovered_without_its_file(window, root, project, tmp_path):
    """Somebody else edits the file by now: what is recovered is saved in another place."""
    path = tmp_path / "small.netbuilder"
    save(project, path)
    leave_behind(root, project, str(path), "small", digest_of(path.read_bytes()))
    other = hold(path)
    QTest.keyClick(offered(window).focusWidget(), Qt.Key.Key_Return)
    assert window.files.opened.path is None
    assert not window.workbench.document.refusal
    copy = tmp_path / "copy.netbuilder"
    window.dialogs.save_path = lambda suggestion: copy
    window.save_project()
    assert (load(path).title, load(copy).title) == ("Small", "Changed")
    other.release()


def rows_of(dialog):
    from netbuilder.ui.keeping.recovery import _details

    return [line for row in dialog.rows for line in _details(row.kept)]


def test_work_that_was_kept_by_a_damaged_disk_is_told_and_stays(window, root, project, answer):
    folder = leave_behind(root, project)
    (folder / store.CHANGES).write_bytes(b"\0" * 100 + b"\n")
    dialog = offered(window)
    texts = answer(lambda box: box.accept())
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert "cannot be opened" in texts[0]
    assert folder.exists()
    dialog.reject()


def test_what_was_saved_just_before_the_end_is_not_offered(root, project, tmp_path):
    path = tmp_path / "small.netbuilder"
    folder = leave_behind(root, project, str(path), "small")
    save(left_behind(root)[0].document().project, path)
    assert left_behind(root) == []
    assert not folder.exists()


def test_a_folder_that_never_became_whole_is_removed_after_a_day(root):
    folder = Folder(root)
    abandon(folder)
    assert left_behind(root) == []
    assert folder.path.exists()
    os.utime(folder.path, (time.time() - 2 * store.OLD_S,) * 2)
    assert left_behind(root) == []
    assert not folder.path.exists()


@pytest.mark.parametrize(
    ("ago", "words"), [(60, "today at 12:14"), (86400, "yesterday at 12:15"), (86400 * 30, "1 January 2026 at 12:15")]
)
def test_when_in_words(ago, words):
    now = time.mktime((2026, 1, 31, 12, 15, 0, 0, 0, -1))
    assert when_in_words(now - ago, now) == words


# -- keeping


def test_saving_and_undoing_leave_nothing_behind(opened, root):
    keeper = opened.keeper.autosave
    opened.on_canvas("select_all")
    opened.on_canvas("delete_selection")
    assert keeper.flush()
    opened.undo()
    assert keeper.folder is None
    opened.redo()
    assert keeper.flush()
    assert load_kept(opened) == opened.workbench.document.project
    opened.save_project()
    keeper.close()
    assert list(root.iterdir()) == []


def test_closing_without_saving_gives_it_up(opened, root):
    opened.on_canvas("select_all")
    opened.on_canvas("delete_selection")
    assert opened.keeper.autosave.flush()
    opened.files.dialogs.unsaved = lambda title: "discard"
    opened.close()
    assert list(root.iterdir()) == []


def test_changes_are_kept_within_seconds_by_themselves(opened, root, qtbot, monkeypatch):
    monkeypatch.setattr(autosave, "PATIENCE_S", 0.0)  # other tests may have left a button pressed
    canvas = opened.workbench.tabs.show_graph("classifier")
    canvas.select(["conv1"])
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: (found := list(root.glob("*/about.json"))) != [] and found[0].exists(), timeout=10_000)
    qtbot.waitUntil(lambda: list(root.glob("*/picture.png")) != [], timeout=10_000)
    QTest.keyClick(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: list(root.iterdir()) == [], timeout=10_000)


def test_a_large_project_never_holds_the_window_up(qapp, tmp_path, monkeypatch, qtbot):
    """10,000 nodes moved at once, removed and brought back: each slice is a small part of a frame."""
    nodes = {f"n{number}": Node("ReLU", at=(number, 0.0)) for number in range(10_000)}
    document = Document(Project("Large", Map(net=Graph(nodes=Map(nodes)))))
    monkeypatch.setattr(autosave, "WAIT_MS", 0)
    monkeypatch.setattr(autosave, "PAUSE_MS", 0)
    monkeypatch.setattr(time, "perf_counter", time.thread_time)  # of this thread: other processes do not count
    keeper = Autosave(tmp_path, lambda: None)
    keeper.follow(document, About("", "Large", ""))
    document.apply(edits.move(document.project, "net", dict.fromkeys(nodes, (1.0, 2.0))))
    document.apply(edits.remove_graph(document.project, "net"))
    document.undo()
    qtbot.waitUntil(lambda: keeper.is_kept, timeout=30_000)
    assert len(keeper.slices) > 20
    assert max(keeper.slices) < 0.008
    assert sorted(keeper.slices)[len(keeper.slices) * 95 // 100] < 0.004
    assert store.kept_in(keeper.folder).document().project == document.project
    keeper.close()


def test_a_long_history_does_not_grow_without_end(qapp, tmp_path, monkeypatch, project):
    monkeypatch.setattr(autosave, "ROOM", 1000)
    document = Document(project)
    keeper = Autosave(tmp_path, lambda: None)
    keeper.follow(document, About("", "Small", ""))
    folders, largest = set(), 0
    for number in range(150):
        document.apply(edits.move(document.project, "classifier", {"conv1": (number, 1.0), "image": (number, 2.0)}))
        assert keeper.flush()
        if keeper.folder is not None:
            folders.add(keeper.folder)
            largest = max(largest, (keeper.folder / store.CHANGES).stat().st_size)
    assert len(folders) > 1
    assert largest < 1000 + 6 * len("".join(autosave.journal.whole(project)))
    assert keeper.flush()
    assert list(tmp_path.iterdir()) == [keeper.folder]
    assert store.kept_in(keeper.folder).document().project == document.project
    keeper.close()


def test_a_full_disk_is_told_once_and_tried_again(qapp, tmp_path, monkeypatch, project, qtbot):
    document = Document(project)
    keeper = Autosave(tmp_path / "recovery", lambda: None)
    said = []
    keeper.failed.connect(said.append)
    keeper.follow(document, About("", "Small", ""))

    def full(self, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "add", full)
        patch.setattr(autosave, "AGAIN_S", 0.01)
        document.apply(edits.set_project_title(project, "Changed"))
        with qtbot.waitSignal(keeper.failed):
            assert not keeper.flush()
        assert "the disk is full" in said[0]
        assert not keeper.flush()
        qapp.processEvents()
    assert left_behind(tmp_path / "recovery") == []
    qtbot.waitUntil(lambda: keeper.flush() and keeper.folder is not None)
    assert len(said) == 1
    assert store.kept_in(keeper.folder).document().project.title == "Changed"
    keeper.close()
    assert list((tmp_path / "recovery").iterdir()) == []


def test_a_newer_form_of_keeping_is_left_alone(root, project):
    folder = leave_behind(root, project)
    (folder / store.ABOUT).write_bytes(b'{"path": "", "title": "x", "digest": "", "format": 99}')
    assert left_behind(root) == []
    assert folder.exists()


def test_a_journal_that_is_gone_is_told(root, project):
    folder = leave_behind(root, project)
    (kept,) = left_behind(root)
    (folder / store.CHANGES).unlink()
    with pytest.raises(FileError, match="cannot be read"):
        kept.document()


def test_what_lies_beside_the_folders_or_cannot_be_read_hides_nothing(root, project, monkeypatch):
    """A file of the system's own, a folder that may not be looked into, one whose tidying up is refused."""
    folder = leave_behind(root, project)
    (root / ".DS_Store").write_bytes(b"\0")
    (root / "dangling").symlink_to(root / "nowhere")
    (kept,) = left_behind(root)
    assert kept.folder == folder

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "Lock", refuse)
    store.remove(kept)
    assert [one.folder for one in left_behind(root)] == [folder]


def test_work_whose_description_cannot_be_read_now_is_never_removed(root, project, monkeypatch):
    folder = leave_behind(root, project)
    about = (folder / store.ABOUT).read_bytes()
    (folder / store.ABOUT).write_bytes(b"\0" * len(about))
    os.utime(folder, (time.time() - 2 * store.OLD_S,) * 2)
    assert left_behind(root) == []
    (folder / store.ABOUT).write_bytes(about)
    assert len(left_behind(root)) == 1


def test_of_lines_that_a_full_disk_cut_off_none_stays(root, project, monkeypatch):
    """What is written after them is not to hang from half a line."""
    work = autosave.Work(project, About("", "Small", ""))
    work.slice(None)
    work.write(root, work.take())
    write = os.write

    def half(handle, data):
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return write(handle, data[: len(data) // 2])

    changes = [edits.set_project_title(project, "One"), Change("", (Edit("head", "", "title", "One", "Two"),))]
    before = (work.folder.path / store.CHANGES).read_bytes()
    work.add(changes[0])
    work.slice(None)
    lines = work.take()
    with monkeypatch.context() as patch:
        patch.setattr(store.os, "write", half)
        with pytest.raises(OSError, match="No space"):
            work.write(root, lines)
    assert (work.folder.path / store.CHANGES).read_bytes() == before
    work.add(changes[1])
    work.slice(None)
    work.write(root, work.take())
    assert not work.kept, "the change before it is missing"
    assert store.kept_in(work.folder.path).document().project == project
    work.remove()


def test_what_a_damaged_disk_has_left_of_the_changes_is_recovered_and_told(window, root, project, answer):
    folder = leave_behind(root, project)
    with (folder / store.CHANGES).open("ab") as file:
        file.write(b"\0" * 100 + b"\n" + b"{}\n")
    dialog = offered(window)
    texts = answer(lambda box: box.accept())
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert "The last 2 changes of “Untitled” cannot be read" in texts[0]
    assert window.files.opened.document.project.title == "Changed"
    assert window.keeper.autosave.is_kept
