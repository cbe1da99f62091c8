"""Sets netbuilder up and starts it, with nothing but Python installed.

python3 start.py         makes .venv beside this file, installs the pinned dependencies, opens the app on the CNN
                         preset; on a machine with no display it does the same job in the terminal
python3 start.py test    the same set-up, then every check that the project has

Standard library only. Down to Python 3.6 this file must still parse, so that an old Python can say that it is too old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "netbuilder needs Python 3.11 or newer, and this is Python %d.%d (%s).\n"
        "Install a newer one and start with it, for example: python3.12 start.py"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FORMAT = 1  # raised when this file makes .venv in another way than before
STAMP = "netbuilder.json"  # in .venv: what it was made for; written last, so that half a .venv has none

# Debian's and Ubuntu's package for each shared library that Qt loads.
ALWAYS = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
WITH_DISPLAY = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
VENV = "Python's venv module"

CHECKS = (
    ("ruff check", ["-m", "ruff", "check"]),
    ("ruff format", ["-m", "ruff", "format", "--check"]),
    ("mypy", ["-m", "mypy"]),
    ("import-linter", ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    ("pytest", ["-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"]),
)


class Stop(Exception):
    """Set-up can't go on; the text says why and what to do."""


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["test"]):
        say(__doc__.split("\n\n")[1] if arguments in (["-h"], ["--help"]) else "Usage: python3 start.py [test]")
        return 0 if arguments in (["-h"], ["--help"]) else 2
    testing = arguments == ["test"]
    display = has_display(sys.platform, os.environ)
    try:
        python = set_up(ROOT, ["dev"] if testing else [], display)
        if testing:
            return run_checks(python, ROOT)
        try:
            return hand_over(python, app_arguments(display))
        except OSError as error:  # .venv's Python is there, but the system can't run it
            say(f"Setting up .venv again: its Python can't be run ({error.strerror}).")
            (ROOT / ".venv" / STAMP).unlink(missing_ok=True)
            return hand_over(set_up(ROOT, [], display), app_arguments(display))
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nSet-up stopped: {error}. Mend that and start again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start again to go on.", file=sys.stderr)
        return 130


def has_display(platform: str, env: Mapping[str, str]) -> bool:
    """Windows and macOS always have one; elsewhere X11 or Wayland says so."""
    return platform in ("win32", "darwin") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def app_arguments(display: bool) -> list[str]:
    """What the app is started with: its window, or the same job in the terminal."""
    return ["--template", "cnn_digits"] if display else ["demo"]


# --- what the system must have -------------------------------------------------------------------------------------


def missing_from_system(
    platform: str,
    display: bool,
    load: Callable[[str], object] = ctypes.CDLL,
    find_module: Callable[[str], object] = importlib.util.find_spec,
) -> dict[str, str]:
    """What of the system is missing: its name -> the Debian package that has it."""
    missing = {}
    if platform.startswith("linux"):
        for library, package in (ALWAYS | WITH_DISPLAY if display else ALWAYS).items():
            try:
                load(library)
            except OSError:
                missing[library] = package
    if not (find_module("venv") and find_module("ensurepip")):
        missing[VENV] = venv_package()
    return missing


def venv_package(executable: str = sys.executable, version: tuple[int, int] = sys.version_info[:2]) -> str:
    """Debian's package with venv and ensurepip for this Python; only the default one's has no number in its name."""
    default = os.path.realpath("/usr/bin/python3")
    return "python3-venv" if os.path.realpath(executable) == default else f"python{version[0]}.{version[1]}-venv"


def is_debian(os_release: str) -> bool:
    """Whether /etc/os-release is that of Debian, Ubuntu or one of their children."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    names = (fields.get("ID", "") + " " + fields.get("ID_LIKE", "")).replace('"', "").split()
    return "debian" in names or "ubuntu" in names


def apt_commands(packages: list[str]) -> list[list[str]]:
    """The two commands that install the packages, without what they merely recommend."""
    return [["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *packages]]


def complete_system(
    missing: dict[str, str], debian: bool, root: bool, run: Callable[..., int] = subprocess.call
) -> None:
    """Installs what is missing where that is allowed; else raises Stop with the exact command to run."""
    packages = list(dict.fromkeys(missing.values()))
    commands = apt_commands(packages)
    shown = " && ".join(("" if root else "sudo ") + " ".join(command) for command in commands)
    lacks = f"This machine lacks {', '.join(missing)}, which netbuilder needs."
    if not debian:
        raise Stop(
            f"{lacks} Install what holds them with this system's package manager, then start again.\n"
            f"On Debian and Ubuntu the command is:\n\n    {shown}\n"
        )
    if not root:
        raise Stop(f"{lacks} Run this, then start again:\n\n    {shown}\n")
    say(f"{lacks} Installing {' '.join(packages)} with apt-get.")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    codes = [run(command, env=env) for command in commands]
    if codes[-1] != 0:  # a failed update may be a single dead source; only the installation counts
        raise Stop(f"apt-get could not install them (its messages are above). Mend that, or run:\n\n    {shown}\n")


def check_system(display: bool) -> None:
    missing = missing_from_system(sys.platform, display)
    if not missing:
        return
    release = Path("/etc/os-release")
    text = release.read_text(encoding="utf-8", errors="replace") if release.exists() else ""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    complete_system(missing, is_debian(text) and shutil.which("apt-get") is not None, root)
    importlib.invalidate_caches()  # the folders' old listings would hide the modules that are new
    still = missing_from_system(sys.platform, display)
    if still:
        raise Stop(f"apt-get succeeded, and yet this machine still lacks {', '.join(still)}.")


# --- .venv ---------------------------------------------------------------------------------------------------------


def venv_python(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def site_packages(venv: Path) -> Path:
    return venv / "Lib" / "site-packages" if os.name == "nt" else venv / "lib" / python_name() / "site-packages"


def python_name() -> str:
    return f"python{sys.version_info[0]}.{sys.version_info[1]}"


def requirements(root: Path, extras: list[str]) -> list[str]:
    """The dependencies that pyproject.toml declares, with those of the extras."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *optional]


def wanted(root: Path) -> dict[str, object]:
    """What a .venv is made for; it is good for nothing else."""
    pins = json.dumps(requirements(root, ["dev"])) + (root / "constraints.txt").read_text(encoding="utf-8")
    return {
        "format": FORMAT,
        "folder": str(root),  # virtual environments hold absolute paths and do not survive a move
        "python": f"{python_name()} {sys.platform}",
        "pins": hashlib.sha256(pins.encode()).hexdigest(),
    }


def contents(site: Path) -> list[str]:
    """The names two levels deep: cheap to list, and enough to notice what was deleted."""
    names = []
    for entry in os.scandir(site):
        if entry.name != "__pycache__":
            names.append(entry.name)
            if entry.is_dir():
                inner = os.listdir(entry.path)
                names.extend(entry.name + "/" + name for name in inner if name != "__pycache__")
    return sorted(names)


def look(venv: Path, want: dict[str, object], extras: list[str]) -> tuple[str, str]:
    """What to do about .venv, and why: ("ready", ""), ("update", ...) in place, or ("fresh", ...) from nothing."""
    if not os.path.lexists(venv):
        return "fresh", "there is none yet"
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
        made_for, had, names = dict(stamp["made_for"]), list(stamp["extras"]), list(stamp["contents"])
    except (OSError, ValueError, KeyError, TypeError):
        return "fresh", "it was never finished"
    for key, why in (
        ("format", "it was made by another start.py"),
        ("folder", "its folder was moved or copied"),
        ("python", "it was made with another Python"),
    ):
        if made_for.get(key) != want[key]:
            return "fresh", why
    if not os.access(venv_python(venv), os.X_OK) or not (venv / "pyvenv.cfg").exists():
        return "fresh", "its Python is gone"
    try:
        lost = set(names).difference(contents(site_packages(venv)))
    except OSError:
        return "fresh", "its packages are gone"
    if lost:
        return "fresh", f"parts of it were deleted or replaced ({min(lost)})"
    if made_for.get("pins") != want["pins"]:
        return "update", "the pinned versions changed"
    if not set(extras) <= set(had):
        return "update", "the tools for the checks are not in it yet"
    return "ready", ""


def refuse_pyside(site: Path, python: tuple[int, int] = sys.version_info[:2]) -> None:
    """PySide6 6.12 frees None, and up to Python 3.11 that kills the process: raises Stop where the two meet."""
    bad = sorted(entry.name for entry in site.glob("[Pp]y[Ss]ide6*-6.12*.dist-info")) if python < (3, 12) else []
    if bad:
        found = bad[0].removesuffix(".dist-info")
        raise Stop(
            f"The PySide6 in .venv ({found}) crashes Python {python[0]}.{python[1]}: it frees None. "
            "Delete the folder .venv and start again; a PySide6 that works is then installed."
        )


def set_up(root: Path, extras: list[str], display: bool) -> Path:
    """Makes .venv good where it is not, and returns its Python. Raises Stop or OSError."""
    venv = root / ".venv"
    check_system(display)
    refuse_pyside(site_packages(venv))
    want = wanted(root)
    if look(venv, want, extras)[0] != "ready":
        with lock(root / ".setup.lock"):
            verdict, why = look(venv, want, extras)  # someone else may have done it meanwhile
            if verdict != "ready":
                say(f"Setting up .venv: {why}.")
                began = time.monotonic()
                install(venv, root, want, extras, fresh=verdict == "fresh")
                say(f"Set up in {time.monotonic() - began:.0f} s.")
    return venv_python(venv)


def install(venv: Path, root: Path, want: dict[str, object], extras: list[str], fresh: bool) -> None:
    """Makes or updates .venv; the stamp goes first and comes last, so that an interruption leaves none."""
    env = clean_environment(os.environ)
    if not fresh:  # what is in it stays in it
        extras = sorted({*extras, *json.loads((venv / STAMP).read_text(encoding="utf-8"))["extras"]})
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        (venv / STAMP).unlink()
    if fresh:
        remove(venv)
        creator = getattr(sys, "_base_executable", "") or sys.executable  # not the Python that was just deleted
        if subprocess.call([creator, "-m", "venv", str(venv)], env=env) != 0:
            raise Stop("Python could not make the virtual environment .venv (its messages are above).")
    python, site = str(venv_python(venv)), site_packages(venv)
    say("Installing the dependencies with pip; the first time this takes some minutes (torch is large).")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--constraint", "constraints.txt"]
    if subprocess.call(pip + requirements(root, extras), cwd=str(root), env=env) != 0:
        raise Stop("pip could not install the dependencies (its messages are above). Mend that and start again.")
    # A relative line is all that makes the package importable: plain ASCII whatever the folder is called.
    (site / "netbuilder-checkout.pth").write_text(os.path.relpath(root, site) + "\n", encoding="ascii")
    trial = [python, "-P", "-c", "import PySide6.QtWidgets, netbuilder"]
    outcome = subprocess.run(trial, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if outcome.returncode != 0:
        last = outcome.stdout.decode(errors="replace").strip().splitlines()[-1:] or [f"exit {outcome.returncode}"]
        raise Stop(f"The dependencies are installed, but the window's toolkit can't be loaded: {last[0]}")
    stamp = {"made_for": want, "extras": extras, "contents": contents(site)}
    aside = venv / (STAMP + ".new")
    aside.write_text(json.dumps(stamp), encoding="utf-8")
    os.replace(aside, venv / STAMP)


def remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds the file's lock: of two starts at the same time the second waits for the first."""
    with open(path, "w") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # it gives up after ten tries, one second each
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another start is setting up this folder; waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- handing over --------------------------------------------------------------------------------------------------


def clean_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would point .venv's Python or pip at other packages."""
    unwanted = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
    return {key: value for key, value in env.items() if key not in unwanted}


def hand_over(python: Path, arguments: list[str]) -> int:
    """Becomes the app (on Windows: waits for it, because there exec would let go of the terminal)."""
    command = [str(python), "-P", "-m", "netbuilder", *arguments]
    env = clean_environment(os.environ)
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, env)  # noqa: S606
    return subprocess.call(command, env=env)


def run_checks(python: Path, root: Path) -> int:
    """Runs every check, also after one has failed; returns 0 if all passed."""
    results = []
    for name, arguments in CHECKS:
        say(f"\n=== {name}")
        began = time.monotonic()
        code = subprocess.call([str(python), *arguments], cwd=str(root), env=clean_environment(os.environ))
        results.append((name, code, time.monotonic() - began))
    say("\n=== result")
    for name, code, seconds in results:
        verdict = "passed" if code == 0 else f"FAILED (exit {code})"
        say(f"{name:14} {verdict}  {seconds:.1f} s")
    return 1 if any(code for _, code, _ in results) else 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # folders may have any name
    sys.exit(main(sys.argv[1:]))
