"""SPARQL at the token level: enough to see what a query says, not what it means.

The lexical rules are those of SPARQL 1.1 section 19.8 (comments, the four kinds of string, IRIREF, variables, names).
Codepoint escapes (section 19.2) are read as the engine reads them: inside strings and IRIs, never in a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""What a name may begin with (PN_CHARS_BASE), as the inside of a class of characters."""
_WITHIN = "_0-9\u00b7\u0300-\u036f\u203f\u2040"
"""What may stand inside a name beside that, and but for the hyphen."""
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"

_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\r\n]*)
  | (?P<string>\"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\"|\'\'\'(?:(?:\'|\'\')?(?:[^'\\]|\\.))*\'\'\'
      |\"(?:[^"\\\r\n]|\\.)*\"|\'(?:[^'\\\r\n]|\\.)*\')
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
  | (?P<variable>[?$][{_BASE}_0-9][{_BASE}{_WITHIN}]*)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
  | (?P<blank>_:[{_BASE}_0-9](?:\.*[{_BASE}{_WITHIN}\-])*)
  | (?P<name>(?:[{_BASE}](?:\.*[{_BASE}{_WITHIN}\-])*)?:
      (?:(?:[{_BASE}_:0-9]|{_ESCAPED})(?:\.*(?:[{_BASE}{_WITHIN}:\-]|{_ESCAPED}))*)?)
  | (?P<word>[^\W\d_]\w*)
  | (?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+\-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
  | (?P<sign>\^\^|&&|\|\||[!<>]=|<<\(|\)>>|<<|>>|\{{\||\|\}}|[{{}}()\[\].,;|/^*+\-?!=<>~])
  | (?P<other>[^\x20\t\r\n])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token: its kind (string, iri, variable, language, blank, name, word, number, sign; other is what SPARQL has
    not), its text, where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords, in capitals; keywords have letters of ASCII only (`ſ` is no `S`)."""
        return self.kind == "word" and self.text.isascii() and self.text.upper() in words


def tokens(query: str) -> Iterator[Token]:
    """Yield every token but comments.

    >>> [token.text for token in tokens('SELECT * FROM <g> # FROM') if token.kind == "word"]
    ['SELECT', 'FROM']
    """
    for match in _TOKEN.finditer(query):
        if match.lastgroup and match.lastgroup != "comment":
            yield Token(match.lastgroup, match.group(), match.start(), match.end())
