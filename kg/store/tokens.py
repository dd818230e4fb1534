"""SPARQL at the token level: enough to see what a query says, not what it means.

The lexical rules are those of SPARQL 1.1 section 19.8 (comments, the four kinds of string, IRIREF, variables, names).
Codepoint escapes (section 19.2) are read as the engine reads them: inside strings and IRIs, never in a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*)
  | (?P<string>\"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\"|\'\'\'(?:(?:\'|\'\')?(?:[^'\\]|\\.))*\'\'\'
      |\"(?:[^"\\\r\n]|\\.)*\"|\'(?:[^'\\\r\n]|\\.)*\')
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\.)*)
  | (?P<word>[^\W\d_]\w*)
  | (?P<other>\S)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token: its kind (string, iri, variable, language, name, word, other), its text, where it begins and ends."""

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
