"""Resources and presets are found in a checkout; that they are found in a wheel is shown by test_wheel.py."""

import re
import subprocess
import sys

import pytest

import netbuilder
from netbuilder import resources


def test_a_resource_is_found_by_its_name():
    assert resources.resource("themes").is_dir()


def test_a_resource_that_is_not_there_is_told_in_a_sentence():
    with pytest.raises(LookupError, match=r"The resource 'themes/pink\.json' is not part of this installation"):
        resources.resource("themes/pink.json")


def test_templates_are_named_after_their_files(tmp_path, monkeypatch):
    for name in ("b_net.netbuilder", "a_net.netbuilder", "a_net.png"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(resources, "_folder", lambda name: tmp_path)
    assert resources.templates() == {name: tmp_path / f"{name}.netbuilder" for name in ("a_net", "b_net")}
    assert resources.template("a_net") == tmp_path / "a_net.netbuilder"
    with pytest.raises(LookupError, match=r"There is no template '\.\./x'; the templates are a_net, b_net\."):
        resources.template("../x")


def test_the_version_is_one_and_both_are_cheap():
    assert re.fullmatch(r"\d+\.\d+\.\d+", netbuilder.__version__)
    code = "import sys, netbuilder.resources; print(*{'torch','PySide6','msgspec','networkx','numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
