"""Breaks a statement that is too long the way ruff's formatter does, so that generated source is formatted source.

Knows what generated statements are made of: calls, literals, operators, conditions, lambdas, comprehensions; whatever
else there is stays as it is written. Imports no torch.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence

from netbuilder.compiler.pages import Broken, Doc, Expanded, Group, Indent, Line, lines

WIDTH = 120
_AROUND = "parentheses"  # the group of those that a statement's value gets if nothing else can be broken
_LOOSE = (ast.BinOp, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.Lambda)  # attributes need ( ) around them
_LITERALS = (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.GeneratorExp)


def wrap(line: str, indent: int) -> list[str]:
    """The statement as lines of at most WIDTH where it can be, indented by `indent` spaces."""
    line = double_quoted(line)
    pad = " " * indent
    if len(pad + line) <= WIDTH:
        return [pad + line]
    if line.startswith("from "):
        head, _, names = line.partition(" import ")
        return [f"{pad}{head} import (", *(f"{pad}    {name}," for name in names.split(", ")), f"{pad})"]
    block = line.endswith(":")
    try:
        statement = ast.parse(f"{line} pass" if block else line).body[0]
    except SyntaxError:
        return [pad + line]
    first, *rest = lines(_Statement(line.encode()).doc(statement, indent), indent, WIDTH)
    return [pad + first, *rest]


def double_quoted(line: str) -> str:
    """Strings in double quotes, as the formatter wants them, unless that needs more escapes."""
    if "'" not in line:
        return line
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line).readline))
    except (tokenize.TokenError, IndentationError):
        return line
    for token in reversed(tokens):
        text = token.string
        if token.type == tokenize.STRING and text.startswith("'") and '"' not in text:
            plain = text[1:-1].replace("\\'", "'")
            line = f'{line[: token.start[1]]}"{plain}"{line[token.end[1] :]}'
    return line


class _Statement:
    """One statement, as UTF-8, because that is what `ast` counts in.

    `inside` says of each part whether it stands in brackets, where lines may be broken freely.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text

    def doc(self, statement: ast.stmt, indent: int) -> Doc:
        match statement:
            case ast.FunctionDef(args=held):
                at = self._text.index(b"(")
                parts = [self._between(one.col_offset, one.end_col_offset) for one in held.args]
                for default, k in zip(reversed(held.defaults), range(len(parts) - 1, -1, -1), strict=False):
                    parts[k] += f"={self._source(default)}"
                if not parts or held.vararg or held.kwarg or held.kwonlyargs or held.posonlyargs or statement.returns:
                    return self._between(0, len(self._text))
                items: Doc = _items(parts) if len(parts) > 1 else (parts[0], Broken(","))
                return (self._between(0, at), _brackets("(", Group(items), ")"), ":")
            case (
                ast.If(test=value)
                | ast.For(iter=value)
                | ast.With(items=[ast.withitem(context_expr=value, optional_vars=None)])
            ):
                end = ":"
            case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
                end = ""
            case ast.Return(value=ast.expr() as value):
                end = ""
            case _:
                return self._between(0, len(self._text))
        start, stop = self._outer(value, 0, len(self._text) - len(end))
        return (self._between(0, start), self._value(value, indent), self._between(stop, len(self._text)))

    def _value(self, value: ast.expr, indent: int) -> Doc:
        """What a statement ends with: in parentheses of its own only if it can't do without."""
        if isinstance(value, ast.Tuple) and self._text[value.col_offset : value.col_offset + 1] != b"(":
            return _parentheses(_items([self._doc(one, True) for one in value.elts]))
        if isinstance(value, _LITERALS):
            return self._doc(value, True)
        if isinstance(value, ast.Name | ast.Attribute | ast.Constant):
            name = self._source(value)
            return _parentheses(name) if indent + 4 + len(name) <= WIDTH else name
        if isinstance(value, ast.Call | ast.Subscript) and not self._chained(value):
            doc = self._doc(value, True)
            start, _ = self._outer(value, 0, len(self._text))
            whole = indent + len(self._between(0, start)) + len(self._source(_called(value))) + 1
            return _parentheses(doc) if whole > WIDTH else doc
        if not self._holds_without(value):
            return _parentheses(self._doc(value, True))
        held = self._doc(value, False)
        return Group((Broken("("), Indent((Line(), held), _AROUND), Line(), Broken(")")), _AROUND)

    def _holds_without(self, value: ast.expr) -> bool:
        """Whether its last brackets are to be opened up before it gets parentheses of its own."""
        seen = _Seen()
        seen.look(value)
        if not seen.brackets or seen.count > 1 or seen.loosest == _CONDITION:
            return False
        if seen.loosest == 0:
            return True
        ends = (seen.first, seen.last)
        return any(end is not None and not isinstance(end, ast.Subscript) and _filled(end) for end in ends)

    def _doc(self, value: ast.expr, inside: bool, chained: bool = False) -> Doc:
        chain = chained or (inside and self._chained(value))
        match value:
            case ast.Call():
                held = (self._link(value.func, inside, chain), self._arguments(value, inside))
                return Group(held) if chain and not chained else held
            case ast.Attribute():
                return self._link(value, inside, chain)
            case ast.List() | ast.Set() | ast.Tuple():
                items = [self._doc(one, True) for one in value.elts]
                left, right = self._ends(value)
                one = (",",) if isinstance(value, ast.Tuple) and len(items) == 1 else ()
                return self._bracket(left, (_items(items), *one), right, inside) if items else left + right
            case ast.Dict() if None not in value.keys:
                items = [
                    (f"{self._source(key)}: ", self._doc(one, True))
                    for key, one in zip(value.keys, value.values, strict=True)
                    if key is not None
                ]
                return self._bracket("{", _items(items), "}", inside) if items else "{}"
            case ast.ListComp() | ast.GeneratorExp():
                left, right = self._ends(value)
                return self._bracket(left, self._comprehension(value), right, inside)
            case ast.BinOp() | ast.Compare() | ast.BoolOp():
                return self._operands(value, inside)
            case ast.IfExp():
                line = self._line(inside)
                return Group(
                    (
                        self._doc(value.body, inside),
                        (line, "if ", self._doc(value.test, inside)),
                        (line, "else ", self._doc(value.orelse, inside)),
                    )
                )
            case ast.Lambda():
                return (self._between(value.col_offset, value.body.col_offset), self._doc(value.body, inside))
            case ast.Subscript():
                taken = self._bracket("[", self._source(value.slice), "]", inside)
                return (self._link(value.value, inside, chain), taken)
            case ast.UnaryOp() if not isinstance(value.operand, _LOOSE):
                return (self._between(value.col_offset, value.operand.col_offset), self._doc(value.operand, inside))
            case ast.Starred():
                return ("*", self._doc(value.value, inside))
        return self._source(value)

    def _link(self, value: ast.expr, inside: bool, chain: bool) -> Doc:
        """What is called; where calls follow one another, each begins a line of its own."""
        if not isinstance(value, ast.Attribute):
            return self._whole(value, inside, chain)
        dot = Line() if chain and self._stops(value) else ""
        return (self._whole(value.value, inside, chain), dot, f".{value.attr}")

    def _whole(self, value: ast.expr, inside: bool, chain: bool) -> Doc:
        """With the parentheses that it must have before a dot."""
        if isinstance(value, _LOOSE):
            return self._bracket("(", self._doc(value, True), ")", inside)
        return self._doc(value, inside, chain)

    def _stops(self, value: ast.Attribute) -> bool:
        """Whether it follows brackets: f(x).y, (a + b).y."""
        return isinstance(value.value, (ast.Call, ast.Subscript, *_LOOSE))

    def _chained(self, value: ast.expr) -> bool:
        """Whether two attributes or more of what is called follow brackets: f(x).y().z()."""
        found = 0
        while isinstance(value, ast.Call | ast.Subscript | ast.Attribute):
            if isinstance(value, ast.Attribute):
                found += self._stops(value)
                value = value.value
            else:
                value = value.func if isinstance(value, ast.Call) else value.value
        return found > 1

    def _arguments(self, call: ast.Call, inside: bool) -> Doc:
        if len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.GeneratorExp):
            return self._bracket("(", Group(self._comprehension(call.args[0])), ")", inside)
        items: list[Doc] = [self._doc(one, True) for one in call.args]
        items += [(f"{one.arg}=" if one.arg else "**", self._doc(one.value, True)) for one in call.keywords]
        return self._bracket("(", Group(_items(items)), ")", inside) if items else "()"

    def _comprehension(self, value: ast.ListComp | ast.GeneratorExp) -> Doc:
        parts: list[Doc] = [Group(self._doc(value.elt, True))]
        for clause in value.generators:
            parts.append(Line(" "))
            target, taken = self._source(clause.target), self._doc(clause.iter, True)
            tests = tuple((Line(" "), "if ", self._doc(test, True)) for test in clause.ifs)
            parts.append(Group((f"for {target} in ", taken, tests)))
        return tuple(parts)

    def _operands(self, value: ast.BinOp | ast.Compare | ast.BoolOp, inside: bool) -> Doc:
        """ "a", "+ b", "+ c"; what binds more closely is broken later."""
        operands = self._flat(value)
        start = value.col_offset
        parts: list[Doc] = []
        ends = [self._outer(one, start, value.end_col_offset or 0) for one in operands]
        for at, (one, (left, right)) in enumerate(zip(operands, ends, strict=True)):
            bare = (left, right) == (one.col_offset, one.end_col_offset)
            held = self._doc(one, inside) if bare else self._bracket("(", self._doc(one, True), ")", inside)
            if at:
                sign = self._between(ends[at - 1][1], left).strip()
                parts.append((self._line(inside), f"{sign} ", held))
            else:
                parts.append(held)
        return Group(tuple(parts))

    def _flat(self, value: ast.expr) -> list[ast.expr]:
        """The operands between which signs of one rank stand."""
        if isinstance(value, ast.Compare):
            return [value.left, *value.comparators]
        if isinstance(value, ast.BoolOp):
            nested = [isinstance(one, ast.BoolOp) and self._bare(one, value) for one in value.values]
            pairs = zip(value.values, nested, strict=True)
            return [part for one, flat in pairs for part in (self._flat(one) if flat else [one])]
        assert isinstance(value, ast.BinOp)
        left = value.left
        bare = left.col_offset == value.col_offset
        if bare and isinstance(left, ast.BinOp) and _rank(left) == _rank(value):
            return [*self._flat(left), value.right]
        return [left, value.right]

    def _bare(self, value: ast.expr, within: ast.expr) -> bool:
        ends = self._outer(value, within.col_offset, within.end_col_offset or 0)
        return ends == (value.col_offset, value.end_col_offset)

    def _line(self, inside: bool) -> Line:
        return Line(" ") if inside else Line(" ", _AROUND)

    def _bracket(self, left: str, content: Doc, right: str, inside: bool) -> Doc:
        held = _brackets(left, content, right)
        return held if inside else Expanded(held, _AROUND)

    def _ends(self, value: ast.expr) -> tuple[str, str]:
        text = self._source(value)
        return text[0], text[-1]

    def _outer(self, value: ast.expr, low: int, high: int) -> tuple[int, int]:
        """Where it starts and ends with the parentheses around it that stand within the bounds."""
        start, stop = value.col_offset, value.end_col_offset or 0
        while True:
            before, after = self._text[low:start].rstrip(), self._text[stop:high].lstrip()
            if not (before.endswith(b"(") and after.startswith(b")")):
                return start, stop
            start, stop = low + len(before) - 1, high - len(after) + 1

    def _source(self, value: ast.expr) -> str:
        return self._between(value.col_offset, value.end_col_offset)

    def _between(self, start: int, stop: int | None) -> str:
        return self._text[start:stop].decode()


class _Seen:
    """What an expression is made of outside all brackets: its loosest signs, how many, what it begins and ends with."""

    def __init__(self) -> None:
        self.loosest = 0
        self.count = 0
        self.brackets = False
        self.first: ast.expr | None = None
        self.last: ast.expr | None = None

    def look(self, value: ast.expr) -> None:
        self.last = value
        match value:
            case ast.List() | ast.Tuple() | ast.Dict() | ast.Set() | ast.ListComp() | ast.GeneratorExp():
                self.brackets = True
            case ast.Call(func=inner) | ast.Subscript(value=inner):
                self.brackets = True
                self.look(inner)
                self.last = value
            case ast.Attribute(value=inner):
                self.look(inner)
                if isinstance(inner, (ast.Call, ast.Subscript, *_LITERALS)):
                    self._sign(1)
                self.last = value
            case ast.BinOp(left=left, right=right):
                self._sign(_rank(value))
                self.look(left)
                self.look(right)
            case ast.Compare(left=left, comparators=others):
                self._sign(_COMPARE, len(others))
                for one in (left, *others):
                    self.look(one)
            case ast.BoolOp(values=operands):
                self._sign(_COMPARE + 1, len(operands) - 1)
                for one in operands:
                    self.look(one)
            case ast.IfExp(body=body, test=test, orelse=other):
                self._sign(_CONDITION)
                for one in (body, test, other):
                    self.look(one)
            case ast.UnaryOp(operand=inner):
                self.look(inner)
        self.first = self.first or value

    def _sign(self, rank: int, count: int = 1) -> None:
        if rank > self.loosest:
            self.loosest, self.count = rank, 0
        self.count += count if rank == self.loosest else 0


_RANKS = {
    ast.Pow: 2, ast.Mult: 3, ast.MatMult: 3, ast.Mod: 3, ast.Div: 3, ast.FloorDiv: 3, ast.Add: 4, ast.Sub: 4,
    ast.LShift: 5, ast.RShift: 5, ast.BitAnd: 6, ast.BitXor: 7, ast.BitOr: 8,
}  # fmt: skip
_COMPARE, _CONDITION = 9, 11


def _rank(value: ast.BinOp) -> int:
    return _RANKS[type(value.op)]


def _filled(value: ast.expr) -> bool:
    """Whether it ends with brackets that hold something."""
    match value:
        case ast.Call():
            return bool(value.args or value.keywords)
        case ast.List() | ast.Tuple() | ast.Set():
            return bool(value.elts)
        case ast.Dict():
            return bool(value.keys)
    return isinstance(value, ast.ListComp | ast.GeneratorExp)


def _called(value: ast.expr) -> ast.expr:
    """What stands before its first brackets."""
    found = value
    while isinstance(value, ast.Call | ast.Subscript | ast.Attribute):
        if isinstance(value, ast.Attribute):
            value = value.value
        else:
            value = found = value.func if isinstance(value, ast.Call) else value.value
    return found


def _items(parts: Sequence[Doc]) -> Doc:
    """One after another, or one a line; the last of several then has a comma behind it too."""
    joined = [parts[0], *(doc for part in parts[1:] for doc in (",", Line(" "), part))]
    return (*joined, Broken(",") if len(parts) > 1 else "")


def _brackets(left: str, content: Doc, right: str) -> Doc:
    return Group((left, Indent((Line(), content)), Line(), right))


def _parentheses(content: Doc) -> Doc:
    """Round a value that is too long without them."""
    return Group((Broken("("), Indent((Line(), content)), Line(), Broken(")")))
