"""The wheel carries the presets and resources, and works from a fresh folder without the checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A fresh folder into which the wheel is installed, and an environment in which Python finds it there first."""
    made = tmp_path_factory.mktemp("wheel")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", made, cwd=ROOT)
    (wheel,) = made.glob("netbuilder-*.whl")
    target = tmp_path_factory.mktemp("fresh Größe")
    pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    run(*pip, "--target", target, wheel, cwd=made)
    return target, dict(os.environ, PYTHONPATH=str(target))


def test_the_wheel_is_what_python_imports_there(installed, tmp_path):
    target, env = installed
    code = "import netbuilder; print(netbuilder.__file__, netbuilder.__version__)"
    file, version = run("-c", code, cwd=tmp_path, env=env).strip().rsplit(" ", 1)
    assert Path(file) == target / "netbuilder" / "__init__.py"
    assert (target / f"netbuilder-{version}.dist-info" / "licenses" / "LICENSE").is_file()


@pytest.mark.parametrize("folder", ["resources", "templates"])
def test_the_wheel_carries_every_file_of_the_folder(installed, folder):
    target, _ = installed
    packed = target / "netbuilder" / "_data" / folder
    there = {path.relative_to(packed) for path in packed.rglob("*") if path.is_file()}
    here = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert here
    assert there == here


def test_its_resources_are_found(installed, tmp_path):
    target, env = installed
    code = (
        "from netbuilder import resources as r; print(r.resource('themes')); print(*r.templates().values(), sep='\\n')"
    )
    themes, *templates = run("-c", code, cwd=tmp_path, env=env).splitlines()
    assert Path(themes) == target / "netbuilder" / "_data" / "resources" / "themes"
    assert {Path(path).parent for path in templates} == {target / "netbuilder" / "_data" / "templates"}


def test_a_project_is_made_and_checked_with_it(installed, tmp_path):
    target, env = installed
    project = tmp_path / "mine.netbuilder"
    run("-m", "netbuilder", "new", "--template", "mlp_digits", project, cwd=tmp_path, env=env)
    assert project.read_bytes().startswith(b"{")
    run("-m", "netbuilder", "check", project, cwd=tmp_path, env=env)
    # Run as a module, Python would say where it comes from; asked in the same environment, it is the fresh folder.
    code = "import netbuilder.cli; print(netbuilder.cli.__file__)"
    assert Path(run("-c", code, cwd=tmp_path, env=env).strip()).is_relative_to(target / "netbuilder")
