"""Colours for Python text."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from netbuilder.ui.theme import Theme

# The first group that matches names the token; order matters.
TOKENS = re.compile(
    r"""
    (?P<comment>\#.*)
    | (?P<string>[rbfRBF]{0,2}(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    | (?P<number>\b\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?\b)
    | (?P<decorator>^\s*@[\w.]+)
    | (?P<defined>(?<=\bdef\s)\w+|(?<=\bclass\s)\w+)
    | (?P<word>\b[A-Za-z_]\w*)
    """,
    re.VERBOSE,
)
COLORS = {
    "comment": "code.comment",
    "string": "code.string",
    "number": "code.number",
    "decorator": "code.name",
    "defined": "code.name",
    "keyword": "code.keyword",
    "self": "code.self",
}
DOCSTRING = re.compile(r'"""')
INSIDE = 1  # block state: the next line begins within a docstring


class PythonHighlighter(QSyntaxHighlighter):
    """Keywords, strings (docstrings over several lines too), numbers, comments, names that are defined."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        for name, color in COLORS.items():
            look = QTextCharFormat()
            look.setForeground(theme.color(color))
            if name == "comment":
                look.setFontItalic(True)
            if name == "defined":
                look.setFontWeight(QFont.Weight.DemiBold)
            self._formats[name] = look
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        at = 0
        inside = self.previousBlockState() == INSIDE
        while True:
            opening = at if inside else self._docstring(text, at)
            if opening is None:
                break
            begin = opening
            end = DOCSTRING.search(text, at if inside else begin + 3)
            if not inside:
                self._tokens(text, at, begin)
            stop = end.end() if end else len(text)
            self.setFormat(begin, stop - begin, self._formats["string"])
            if end is None:
                self.setCurrentBlockState(INSIDE)
                return
            at, inside = stop, False
        self._tokens(text, at, len(text))
        self.setCurrentBlockState(0)

    @staticmethod
    def _docstring(text: str, at: int) -> int | None:
        """Where the next docstring opens, if not within a comment."""
        found = DOCSTRING.search(text, at)
        return None if found is None or "#" in text[at : found.start()] else found.start()

    def _tokens(self, text: str, begin: int, end: int) -> None:
        for found in TOKENS.finditer(text, begin, end):
            kind = found.lastgroup or ""
            if kind == "word":
                kind = "keyword" if keyword.iskeyword(found[0]) else "self" if found[0] == "self" else ""
            if kind:
                self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])
