"""picture: files that can be looked at, and sentences where there are none."""

import re
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from netbuilder.graph.file import load, save
from netbuilder.graph.model import Project

SVG = "{http://www.w3.org/2000/svg}"


def test_an_svg_tells_titles_and_shapes(run, project_file):
    code, out, err = run("picture", project_file)
    assert (code, err) == (0, "")
    target = project_file.with_name(f"{project_file.stem}-classifier.svg")
    assert str(target) in out
    root = ElementTree.fromstring(target.read_bytes())
    words = " ".join(found.text or "" for found in root.iter(f"{SVG}text"))
    assert "flatten1" in words
    assert "N × 64" in words
    assert "Small: classifier" in root.findtext(f"{SVG}title")


def test_png_and_pdf_by_their_names(run, project_file, tmp_path):
    sizes = []
    for scale in (1, 2):
        target = tmp_path / f"at{scale}.png"
        assert run("picture", project_file, "training", "-o", target, "--scale", scale, "--clear")[0] == 0
        image = QImage(str(target))
        sizes.append(image.width())
        assert image.pixelColor(0, 0).alpha() == 0
    assert sizes[1] == pytest.approx(2 * sizes[0], abs=2)
    target = tmp_path / "one.pdf"
    assert run("picture", project_file, "--to", target, "--theme", "dark")[0] == 0
    assert len(re.findall(rb"/Type /Page\b(?!s)", target.read_bytes())) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("nothing",), "There is no graph 'nothing'; the project has classifier"),
        (("--theme", "plaid"), "There is no theme 'plaid'"),
        (("-o", "digits.netbuilder"), "ends in .png, .svg or .pdf"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(run, project_file, options, words):
    before = load(project_file)
    code, _, err = run("picture", project_file, *options)
    assert code == 2
    assert words in err
    assert err.count("\n") == 1
    assert load(project_file) == before


def test_a_folder_that_is_not_there_and_an_empty_project(run, project_file, tmp_path):
    code, _, err = run("picture", project_file, "-o", tmp_path / "no" / "such.svg")
    assert code == 1
    assert "cannot be written" in err
    save(Project("Empty"), project_file)
    assert run("picture", project_file)[0] == 2
