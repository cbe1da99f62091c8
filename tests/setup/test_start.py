"""What start.py decides, with fakes in place of the machine: libraries, apt-get, pip and the virtual environment."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import start

ROOT = Path(start.__file__).parent
DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
MINT = 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'
FEDORA = 'NAME="Fedora Linux"\nID=fedora\n'


def loader(*absent: str):
    """A stand-in for ctypes.CDLL on a machine that lacks these libraries."""

    def load(name: str) -> object:
        if name in absent:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    return load


# --- the system ----------------------------------------------------------------------------------------------------


def test_nothing_is_missing_on_a_complete_machine():
    assert start.missing_from_system("linux", True, loader(), lambda name: object()) == {}


def test_the_libraries_of_the_issue_are_tried_and_the_display_ones_only_with_a_display():
    tried = []
    start.missing_from_system("linux", False, tried.append, lambda name: object())
    assert tried == [
        "libGL.so.1", "libEGL.so.1", "libxkbcommon.so.0", "libdbus-1.so.3", "libfontconfig.so.1", "libglib-2.0.so.0",
    ]  # fmt: skip
    tried.clear()
    start.missing_from_system("linux", True, tried.append, lambda name: object())
    assert tried[6:] == [
        "libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1", "libxcb-shape.so.0",
    ]  # fmt: skip


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_libraries_are_looked_for_on_linux_only(platform):
    assert start.missing_from_system(platform, True, loader("libGL.so.1"), lambda name: object()) == {}


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_a_python_without_venv_or_ensurepip_is_noticed(absent):
    missing = start.missing_from_system("linux", False, loader(), lambda name: None if name == absent else object())
    assert list(missing) == [start.VENV]
    assert missing[start.VENV].endswith("-venv")


def test_the_default_python_and_any_other_have_their_own_venv_package():
    assert start.venv_package(os.path.realpath("/usr/bin/python3"), (3, 11)) == "python3-venv"
    assert start.venv_package("/opt/python/bin/python3.13", (3, 13)) == "python3.13-venv"


@pytest.mark.parametrize(("text", "expected"), [(DEBIAN, True), (MINT, True), (FEDORA, False), ("", False)])
def test_debian_and_its_children_are_recognised(text, expected):
    assert start.is_debian(text) is expected


MISSING = {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", start.VENV: "python3-venv"}
INSTALL = "apt-get install --yes --no-install-recommends libgl1 libegl1 python3-venv"


def test_root_on_debian_updates_and_installs_without_recommends():
    ran = []
    start.complete_system(MISSING, debian=True, root=True, run=lambda command, env: ran.append(command) or 0)
    assert [" ".join(command) for command in ran] == ["apt-get update", INSTALL]


def test_without_root_the_exact_command_is_told_and_nothing_runs():
    def run(command: list[str], env: dict[str, str]) -> int:
        raise AssertionError(f"ran {command}")

    with pytest.raises(start.Stop) as stop:
        start.complete_system(MISSING, debian=True, root=False, run=run)
    text = str(stop.value)
    assert f"    sudo apt-get update && sudo {INSTALL}\n" in text
    assert "libGL.so.1, libEGL.so.1, Python's venv module" in text


def test_elsewhere_the_libraries_are_named_and_nothing_runs():
    with pytest.raises(start.Stop, match="package manager"):
        start.complete_system(MISSING, debian=False, root=True, run=lambda command, env: pytest.fail("ran"))


def test_an_apt_get_that_fails_stops_the_set_up():
    with pytest.raises(start.Stop, match="apt-get could not install"):
        start.complete_system(MISSING, debian=True, root=True, run=lambda command, env: 100)


def test_a_dead_package_source_alone_does_not_stop_it():
    start.complete_system(MISSING, True, True, run=lambda command, env: 100 if "update" in command else 0)


def test_a_library_that_is_missing_after_apt_get_stops_the_set_up(monkeypatch):
    monkeypatch.setattr(start, "missing_from_system", lambda platform, display: {"libGL.so.1": "libgl1"})
    monkeypatch.setattr(start, "complete_system", lambda missing, debian, root: None)
    with pytest.raises(start.Stop, match=r"still lacks libGL\.so\.1"):
        start.check_system(display=False)


def test_main_without_root_prints_the_command_and_exits_non_zero(monkeypatch, capsys):
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start, "missing_from_system", lambda platform, display: {"libGL.so.1": "libgl1"})
    monkeypatch.setattr(start, "is_debian", lambda text: True)
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    assert start.main([]) == 1
    assert "sudo apt-get install --yes --no-install-recommends libgl1" in capsys.readouterr().err


# --- the display ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_the_display_decides_between_window_and_terminal(platform, env, expected):
    assert start.has_display(platform, env) is expected
    assert start.app_arguments(expected) == (["--template", "cnn_digits"] if expected else ["demo"])


# --- .venv ---------------------------------------------------------------------------------------------------------


class Machine:
    """A project folder, and stand-ins for `python -m venv`, pip and the trial import that note what they are asked."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch):
        self.root = root
        self.asked: list[str] = []
        self.pip_code = 0
        self.trial = (0, b"")
        (root / "pyproject.toml").write_text(
            '[project]\ndependencies = ["torch"]\n[project.optional-dependencies]\ndev = ["pytest"]\n'
        )
        (root / "constraints.txt").write_text("torch==2.13.0\n")
        monkeypatch.setattr(start.subprocess, "call", self.call)
        monkeypatch.setattr(start.subprocess, "run", self.run)
        monkeypatch.setattr(start, "check_system", lambda display: None)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    def call(self, command: list[str], env: dict[str, str], cwd: str = "") -> int:
        assert "PYTHONPATH" not in env
        site = start.site_packages(self.venv)
        if command[2] == "venv":
            self.asked.append("venv")
            site.mkdir(parents=True)
            start.venv_python(self.venv).parent.mkdir()
            start.venv_python(self.venv).symlink_to(sys.executable)
            (self.venv / "pyvenv.cfg").write_text("")
            return 0
        assert command[1:4] == ["-m", "pip", "install"]
        assert command[command.index("--constraint") + 1] == "constraints.txt"
        assert cwd == str(self.root)
        self.asked.append("pip " + " ".join(command[7:]))
        (site / "torch").mkdir(exist_ok=True)
        if self.pip_code == 0:
            (site / "torch" / "nn").mkdir(exist_ok=True)
            (site / "torch" / "__pycache__").mkdir(exist_ok=True)
        return self.pip_code

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, self.trial[0], self.trial[1])

    def start(self, *extras: str) -> list[str]:
        """Sets up, and returns what was asked of venv and pip for it."""
        self.asked.clear()
        assert start.set_up(self.root, list(extras), False) == start.venv_python(self.venv)
        return list(self.asked)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    root = tmp_path / "Größe der Netze"
    root.mkdir()
    return Machine(root, monkeypatch)


FRESH = ["venv", "pip torch"]


def test_the_first_start_makes_everything_and_the_second_nothing(machine):
    assert machine.start() == FRESH
    assert machine.start() == []


def test_the_checkout_is_found_through_a_relative_ascii_line(machine):
    machine.start()
    site = start.site_packages(machine.venv)
    line = (site / "netbuilder-checkout.pth").read_bytes().decode("ascii").strip()
    assert not os.path.isabs(line)
    assert Path(os.path.normpath(site / line)) == machine.root


def test_the_checks_add_their_tools_and_a_later_plain_start_keeps_them(machine):
    machine.start()
    assert machine.start("dev") == ["pip torch pytest"]
    assert machine.start() == []
    (machine.root / "constraints.txt").write_text("torch==2.14.0\n")
    assert machine.start() == ["pip torch pytest"]
    assert machine.start("dev") == []


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_changed_pins_update_in_place(machine, name):
    machine.start()
    path = machine.root / name
    path.write_text(path.read_text().replace("torch", "torch2"))
    assert machine.start() == ["pip torch2" if name == "pyproject.toml" else "pip torch"]
    assert machine.start() == []


def test_a_pip_that_fails_leaves_a_venv_that_is_known_to_be_half_made(machine):
    machine.pip_code = 1
    with pytest.raises(start.Stop, match="pip could not install"):
        machine.start()
    machine.pip_code = 0
    assert machine.start() == FRESH


def test_an_update_that_was_interrupted_is_mended_from_nothing(machine):
    machine.start()
    (machine.root / "constraints.txt").write_text("torch==2.14.0\n")
    machine.pip_code = 130
    with pytest.raises(start.Stop):
        machine.start()
    machine.pip_code = 0
    assert machine.start() == FRESH


def test_a_toolkit_that_cannot_be_loaded_is_told_in_its_own_words(machine):
    machine.trial = (1, b"Traceback ...\nImportError: libxyz.so.3: cannot open shared object file\n")
    with pytest.raises(start.Stop, match=r"can't be loaded: ImportError: libxyz\.so\.3"):
        machine.start()
    assert start.look(machine.venv, start.wanted(machine.root), [])[0] == "fresh"


def break_python(machine):
    start.venv_python(machine.venv).unlink()


def break_link(machine):
    break_python(machine)
    start.venv_python(machine.venv).symlink_to(machine.root / "gone")


def break_configuration(machine):
    (machine.venv / "pyvenv.cfg").unlink()


def break_package(machine):
    (start.site_packages(machine.venv) / "torch" / "nn").rmdir()


def break_packages(machine):
    site = start.site_packages(machine.venv)
    site.rename(site.with_name("elsewhere"))


def break_stamp(machine):
    (machine.venv / start.STAMP).write_text('{"made_for": ')


def odd_stamp(machine):
    (machine.venv / start.STAMP).write_text("[1, 2]")


def file_instead(machine):
    start.remove(machine.venv)
    machine.venv.write_text("not a folder")


def other_python(machine):
    stamp = json.loads((machine.venv / start.STAMP).read_text())
    stamp["made_for"]["python"] = "python3.99 linux"
    (machine.venv / start.STAMP).write_text(json.dumps(stamp))


DAMAGES = [
    break_python, break_link, break_configuration, break_package, break_packages, break_stamp, odd_stamp, file_instead,
    other_python,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_venv_is_noticed_and_made_anew(machine, damage):
    machine.start()
    damage(machine)
    assert machine.start() == FRESH
    assert machine.start() == []


def test_a_moved_folder_is_noticed(machine):
    machine.start()
    machine.root = machine.root.rename(machine.root.with_name("anderswo"))
    assert machine.start() == FRESH


def test_what_python_or_a_person_adds_is_no_damage(machine):
    machine.start()
    site = start.site_packages(machine.venv)
    (site / "torch" / "__pycache__" / "x.pyc").write_text("")
    (site / "torch" / "__pycache__" / "x.pyc").unlink()
    (site / "torch" / "__pycache__").rmdir()
    (site / "plugin").mkdir()
    assert machine.start() == []


def test_a_second_start_waits_for_the_first(tmp_path):
    """While this process holds the lock another one gets as far as saying that it waits; then it gets the lock."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import start, pathlib\n"
    code += f"with start.lock(pathlib.Path({str(tmp_path / 'lock')!r})): print('mine', flush=True)"
    with start.lock(tmp_path / "lock"):
        other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert "waiting" in other.stdout.readline()
    rest, _ = other.communicate(timeout=60)
    assert rest.strip() == "mine"
    assert other.returncode == 0


# --- PySide6 6.12 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["PySide6_Essentials-6.12.0.dist-info", "pyside6-6.12.1.dist-info"])
def test_pyside_6_12_under_python_3_11_is_refused_with_a_sentence(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(start.Stop, match=r"6\.12.* crashes Python 3\.11: it frees None\. Delete the folder \.venv"):
        start.refuse_pyside(tmp_path, (3, 11))
    start.refuse_pyside(tmp_path, (3, 12))


def test_other_versions_of_pyside_are_not_refused(tmp_path):
    (tmp_path / "PySide6_Essentials-6.10.3.dist-info").mkdir()
    start.refuse_pyside(tmp_path, (3, 11))


def test_set_up_refuses_before_it_does_anything(machine):
    machine.start()
    (start.site_packages(machine.venv) / "PySide6_Essentials-6.12.0.dist-info").mkdir()
    if sys.version_info < (3, 12):
        with pytest.raises(start.Stop, match="crashes Python"):
            machine.start()


# --- handing over, and the checks ----------------------------------------------------------------------------------


def test_the_app_gets_no_foreign_packages_through_the_environment():
    env = {"PYTHONPATH": "/ros", "PYTHONHOME": "/x", "PIP_USER": "1", "HOME": "/home/me"}
    assert start.clean_environment(env) == {"HOME": "/home/me"}


def test_a_python_that_cannot_be_run_is_mended_once(monkeypatch, tmp_path):
    done = []

    def hand_over(python: Path, arguments: list[str]) -> int:
        done.append("hand over")
        if len(done) == 2:
            raise OSError(8, "Exec format error")
        return 0

    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "set_up", lambda root, extras, display: done.append("set up") or tmp_path)
    monkeypatch.setattr(start, "hand_over", hand_over)
    assert start.main([]) == 0
    assert done == ["set up", "hand over", "set up", "hand over"]


@pytest.mark.parametrize("failing", [None, "mypy", "pytest"])
def test_every_check_runs_and_any_failure_counts(monkeypatch, capsys, failing):
    ran = []

    def call(command: list[str], cwd: str, env: dict[str, str]) -> int:
        ran.append(command[2])
        return 1 if failing and failing in command else 0

    monkeypatch.setattr(start.subprocess, "call", call)
    assert start.run_checks(Path("python"), ROOT) == (1 if failing else 0)
    assert len(ran) == len(start.CHECKS) == 5
    assert ("FAILED (exit 1)" in capsys.readouterr().out) is bool(failing)


def test_other_arguments_get_one_line_and_exit_2(capsys):
    assert start.main(["tset"]) == 2
    assert capsys.readouterr().out == "Usage: python3 start.py [test]\n"
    assert start.main(["--help"]) == 0
    assert "python3 start.py test" in capsys.readouterr().out


def test_an_old_python_can_parse_it_and_the_first_statement_tells_it_off():
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    first, second, third = tree.body[:3]
    assert isinstance(first, ast.Expr)
    assert ast.unparse(second) == "import sys"
    assert isinstance(third, ast.If)
    assert ast.unparse(third.test) == "sys.version_info < (3, 11)"

    class Old:
        version_info = (3, 9, 6)
        executable = "/usr/bin/python3"
        exit = staticmethod(sys.exit)

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is Python 3\.9 \(/usr/bin/python3\)"):
        exec(compile(ast.Module([third], []), "start.py", "exec"), {"sys": Old})


def test_the_constraints_pin_torch_and_every_declared_dependency():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    assert pins["torch"] == "2.13.0"
    assert pins["PySide6_Essentials"].startswith("6.10.")
    known = {name.lower().replace("_", "-") for name in pins}
    declared = {start_of(line) for line in start.requirements(ROOT, ["dev"])}
    assert declared <= known
    assert "torchvision" not in known


def start_of(requirement: str) -> str:
    """The name in a requirement such as `PySide6-Essentials>=6.10.3,<6.11`."""
    return requirement.split(">")[0].split("=")[0].split("<")[0].strip().lower().replace("_", "-")
