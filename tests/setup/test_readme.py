"""What the documentation points at is there, and nothing in it waits to be filled in."""

import re

import pytest

from netbuilder.resources import templates

ROOT = next(iter(templates().values())).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_readme_names_the_benchmarks_that_exist():
    """All of them; a file that begins with _ is a part of one."""
    named = set(re.findall(r"`(benchmarks/\w+\.py)`", (ROOT / "README.md").read_text("utf-8")))
    assert named == {str(path.relative_to(ROOT)) for path in (ROOT / "benchmarks").glob("[a-z]*.py")}


def test_no_placeholder_is_left():
    words = r"\b(TODO|FIXME|XXX|FIGURES|TBD)\b"
    for page in PAGES:
        assert not re.search(words, page.read_text("utf-8")), page
