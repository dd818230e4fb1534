"""What a person is told of a text that is no SPARQL: the parser's words, without its grammar's character classes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

from kg.store.tokens import tokens

_POSITION = re.compile(r"error at (\d+):(\d+): ")
_ITEM = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\](?:\s*\|\s*\[[^\]]*\])*|[^,"\[]+', re.DOTALL)


def of_query(text: str, error: SyntaxError, prefixes: Iterable[str]) -> dict[str, Any]:
    """The complaint about a query or update: `message`, `line` and `column` (1-based, None where unknown).

    `prefixes` may be used undeclared. The parser does not name a prefix that is not declared, so that is looked for
    first.
    """
    known = {*prefixes, *_declared(text)}
    for token in tokens(text):
        if token.kind == "name" and (prefix := token.text.partition(":")[0]) not in known:
            line, column = position(text, token.start)
            return {
                "error": "syntax",
                "message": f"the prefix {prefix}: is not declared",
                "line": line,
                "column": column,
            }
    told = str(error)
    found = _POSITION.match(told)
    words = told[found.end() :] if found else told
    at = (int(found[1]), int(found[2])) if found else (None, None)
    return {"error": "syntax", "message": _words(words), "line": at[0], "column": at[1]}


def of_file(error: SyntaxError) -> dict[str, Any]:
    """The complaint about a file in an RDF format, whose reader says itself where it is wrong."""
    message = str(error.msg).partition(": ")[2] or str(error.msg)
    return {"error": "syntax", "message": message, "line": error.lineno, "column": error.offset}


def position(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in a text."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _declared(text: str) -> set[str]:
    sequence = list(tokens(text))
    pairs = itertools.pairwise(sequence)
    return {
        name.text.partition(":")[0]
        for word, name in pairs
        if word.kind == "word" and word.text.upper() == "PREFIX" and name.kind == "name"
    }


def _words(told: str) -> str:
    """The parser's expectations; where one of them is a sentence of its own, that sentence."""
    lead, _, items = told.partition("expected ")
    if lead or not items:
        return " ".join(told.split())
    found = (match.group().strip(" ,") for match in _ITEM.finditer(items.removeprefix("one of ")))
    wanted = [item for part in found for item in ([part] if part.startswith(('"', "[")) else part.split(", "))]
    shown = [item for item in wanted if item and not item.startswith("[")]
    sentences = [item for item in shown if " " in item and not item.startswith('"')]
    if sentences:
        return sentences[0]
    if not shown:
        return "this cannot be read here"
    return f"expected {'one of ' if len(shown) > 1 else ''}{', '.join(shown)}"
