"""What exported source carries along must fit into any module: the files of netbuilder.nn are made for that."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import netbuilder.nn

FILES = sorted(path for path in Path(netbuilder.nn.__file__).parent.glob("*.py") if path.name != "__init__.py")
ALLOWED = {
    "import math",
    "import torch",
    "import torch.nn.functional as F",
    "from torch import nn",
    "from torch import Tensor",
    "from torch import Tensor, nn",
    "from __future__ import annotations",
}
EACH = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def defined(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets]


@EACH
def test_a_file_imports_nothing_but_torch_and_what_others_define_for_themselves(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("netbuilder.nn."):
            assert all(name.name.startswith("_") and not name.asname for name in node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            assert ast.unparse(node) in ALLOWED
        else:
            assert defined(node) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


@EACH
def test_a_definition_uses_only_private_ones_beside_itself(path):
    """A public name may also be that of a graph; a private one never is."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    names = {name for node in body for name in defined(node)}
    for node in body:
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & names - set(defined(node))
        assert [name for name in used if not name.startswith("_")] == []


def test_no_name_is_defined_twice():
    bodies = [ast.parse(path.read_text(encoding="utf-8")).body for path in FILES]
    counts = Counter(name for body in bodies for node in body for name in defined(node))
    assert [name for name, count in counts.items() if count > 1] == []
