"""What CONTRIBUTING.md shows is true: its example is a block, and its checks are those of CI and pre-commit."""

import re
from pathlib import Path

import start
from netbuilder.blocks.catalogue import CATEGORIES, Catalogue, builtin_blocks
from netbuilder.blocks.spec import Block

ROOT = Path(__file__).parents[2]


def test_the_example_of_a_block_can_be_added_to_the_catalogue():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    folder, file = re.findall(r"one file of `(.*?)`, here in `(.*?)`", text)[0]
    assert (ROOT / folder / file).is_file()
    names: dict[str, object] = {}
    exec(code, names)
    (block,) = [value for value in names.values() if isinstance(value, Block)]
    assert block.category in CATEGORIES
    others = [other for other in builtin_blocks() if other.name != block.name]  # there is such a block by now
    assert block in Catalogue([*others, block]).search("smooth ReLU")
    for param in block.typed():
        assert param.check(param.default) == ""
        assert param.help


def test_it_fits_one_screen():
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 50


def test_pre_commit_runs_the_same_checks():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: \.venv/bin/python (.*)$", text, re.MULTILINE)
    quoted = [" ".join(f'"{part}"' if " " in part else part for part in command) for _, command in start.CHECKS]
    assert entries == quoted


def test_ci_runs_the_second_command_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec python3 start.py test"]
