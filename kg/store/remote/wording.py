"""The text of a query as an engine is given it: one that every engine reads as it was read here.

Engines differ in where a comment ends (one reads it on over a carriage return), in what codepoint escapes mean outside
of strings, in which characters a name may have, and in names and functions of their own, by which a text could say to
an engine what it did not say here. And some add the graphs that a text names to those that the request does. So no
engine is given what a stranger wrote. The text is written anew, of words and signs that SPARQL has, names in full,
with spaces in between; and it is this text that is looked through for what an engine must not be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.store import meaning
from kg.store.keywords import check_without
from kg.store.tokens import Token, tokens

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LONG = ('"""', "'''")
_MEANT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\x00-\x20]*")
_WORDS = re.compile(
    r"""(?:SELECT|CONSTRUCT|DESCRIBE|ASK|DISTINCT|REDUCED|AS|WHERE|ORDER|GROUP|BY|ASC|DESC|HAVING|LIMIT|OFFSET|VALUES|
    UNDEF|OPTIONAL|GRAPH|UNION|MINUS|FILTER|BIND|LATERAL|EXISTS|NOT|IN|SEPARATOR|FROM|NAMED|TRUE|FALSE|STR|LANG|
    LANGMATCHES|LANGDIR|DATATYPE|BOUND|IRI|URI|BNODE|RAND|ABS|CEIL|FLOOR|ROUND|CONCAT|STRLEN|UCASE|LCASE|
    ENCODE_FOR_URI|CONTAINS|STRSTARTS|STRENDS|STRBEFORE|STRAFTER|YEAR|MONTH|DAY|HOURS|MINUTES|SECONDS|TIMEZONE|
    TZ|NOW|UUID|STRUUID|MD5|SHA1|SHA256|SHA384|SHA512|COALESCE|IF|STRLANG|STRLANGDIR|STRDT|SAMETERM|ISIRI|ISURI|
    ISBLANK|ISLITERAL|ISNUMERIC|ISTRIPLE|TRIPLE|SUBJECT|PREDICATE|OBJECT|HASLANG|HASLANGDIR|REGEX|SUBSTR|REPLACE|
    ADJUST|COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""The words that a query has beside those of its prologue and its dataset: no other gets to an engine."""
DIGITS = 18
"""The digits of a number that every engine can read."""


class Worded(NamedTuple):
    """A text without a dataset clause; the graphs that it named in such clauses (`default` and `named`, if any); and
    where, from and to, it says which graph after GRAPH, and which one."""

    text: str
    dataset: dict[str, list[str]]
    graphs: list[tuple[int, int, str]]


def worded(text: str, own: Sequence[str]) -> Worded:
    """A query, which has its base and prefixes in it and is SPARQL here, for an engine whose own language has names
    that begin with one of `own` (in lower case).

    Raises ValueError where it calls a function that is none here, has such a name, or has words that run together.
    """
    sequence, dataset = _apart(_meant(text))
    _refuse_names(sequence, own)
    written = _written(sequence)
    said = _joined(written)
    try:
        check_without((), said)
    except SyntaxError:
        raise _together(text) from None
    _refuse_functions(said, written)
    graphs = [
        (after.start, after.end, after.text[1:-1])
        for word, after in pairwise(written)
        if word.says("GRAPH") and after.kind == "iri"
    ]
    return Worded(said, dataset, graphs)


def _together(said: str) -> ValueError:
    return ValueError(
        f"{said[:50]} is not read in one way only: there has to be a space between a word, a name, a number or < and "
        "what follows"
    )


def _meant(text: str) -> list[Token]:
    """The tokens of a text, but for its prologue: what they mean, in the one way that they are written in here. Their
    places are still those in the text that was given."""
    given = list(tokens(text))
    begin = meaning.prologue(text, given)
    body = [token for token in given if token.start >= len(begin)]
    named = list({token.text: token for token in body if token.kind in ("iri", "name")}.values())
    try:
        iris = dict(zip((token.text for token in named), meaning.iris(begin, named), strict=True))
    except SyntaxError:
        raise _together(text[len(begin) :]) from None
    blanks = list(dict.fromkeys(token.text for token in body if token.kind == "blank"))
    return [_spelled(token, iris, blanks) for token in body]


def _spelled(token: Token, iris: dict[str, str], blanks: list[str]) -> Token:
    """A token in the one way that it is written in here. Raises ValueError where SPARQL has none such."""
    kind, said = token.kind, token.text
    match kind:
        case "iri" | "name":
            kind, said = "iri", _iri(iris[said])
        case "string":
            said = _string(said)
        case "variable":
            said = f"?{said[1:]}"
        case "blank":
            said = f"_:b{blanks.index(said)}"
        case "word":
            said = _word(said)
        case "number":
            said = _number(said)
        case "sign" | "language":
            pass
        case _:
            raise ValueError(f"{said!r} is no sign of SPARQL")
    return Token(kind, said, token.start, token.end)


def _iri(meant: str) -> str:
    if not _IRI.fullmatch(meant):
        raise ValueError(f"<{meant}> is no IRI")
    return f"<{meant}>"


def _string(said: str) -> str:
    marks = 3 if said.startswith(_LONG) else 1
    meant = _ESCAPE.sub(_character, said[marks:-marks])
    if "\0" in meant:
        raise ValueError("a string with U+0000 in it cannot be asked for")
    return json.dumps(meant, ensure_ascii=False)


def _word(said: str) -> str:
    if said == "a":
        return said
    if not _WORDS.fullmatch(said):
        raise _together(said)
    return said.lower() if said.upper() in ("TRUE", "FALSE") else said.upper()


def _number(said: str) -> str:
    """A number as SQL has it, too, which has no `1.e2`; one engine takes an address in its memory for a longer one."""
    if sum(map(str.isdigit, said)) > DIGITS:
        raise ValueError(f"{said} has more than {DIGITS} digits: write it as a string with a datatype")
    return re.sub(r"\.(?=[eE])", ".0", said)


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _MEANT.get(escape[3], escape[3])


def _apart(sequence: list[Token]) -> tuple[list[Token], dict[str, list[str]]]:
    """Tokens without the dataset clauses, and what these clauses name."""
    rest = list[Token]()
    dataset: dict[str, list[str]] = {"default": [], "named": []}
    at = 0
    while at < len(sequence):
        token = sequence[at]
        if not token.says("FROM", "NAMED"):
            rest.append(token)
            at += 1
            continue
        named = sequence[at + 1 : at + 2] and sequence[at + 1].says("NAMED")
        graph = sequence[at + 1 + bool(named) :][:1]
        if token.says("NAMED") or not graph or graph[0].kind != "iri":
            raise _together(token.text)
        dataset["named" if named else "default"].append(graph[0].text[1:-1])
        at += 3 if named else 2
    return rest, dataset if len(rest) < len(sequence) else {}


def _written(sequence: list[Token]) -> list[Token]:
    """Tokens with the places that they have in a text in which there is one space between any two, but for those that
    are one to the grammar (a string with its language or type, a number with its sign) or to the parser (`CONCAT(`)."""
    written, at = list[Token](), 0
    for number, token in enumerate(sequence):
        before = sequence[number - 1] if number else None
        if before and not (
            token.kind == "language"
            or "^^" in (before.text, token.text)
            or (before.kind == "word" and token.text == "(")
            or (token.kind == "number" and before.text in ("+", "-") and before.end == token.start)
        ):
            at += 1
        written.append(Token(token.kind, token.text, at, at + len(token.text)))
        at += len(token.text)
    return written


def _joined(written: list[Token]) -> str:
    parts, at = list[str](), 0
    for token in written:
        parts += [" " * (token.start - at), token.text]
        at = token.end
    return "".join(parts)


def _refuse_names(sequence: Sequence[Token], own: Sequence[str]) -> None:
    """Raise ValueError where an IRI is of an engine's own language, which may begin with how a value is passed on
    (`LONG::`)."""
    if not own:
        return
    theirs = re.compile(rf"[^:]*::|(?:.*::)?(?:{'|'.join(map(re.escape, own))})", re.IGNORECASE)
    for token in sequence:
        if token.kind == "iri" and theirs.match(token.text[1:]):
            raise ValueError(f"{token.text} is no name to the engine that is asked, but of its own language")


def _refuse_functions(text: str, written: Sequence[Token]) -> None:
    """Raise ValueError where a function is called that is none here, in the same words as where one is evaluated: some
    of an engine's own read files, carry out updates, or end it.

    A name before a bracket may also be a property whose value is a list: then `a` can stand in its place.
    """
    before = [name for name, bracket in pairwise(written) if bracket.text == "(" and name.kind == "iri"]
    known = {name: _is_function(name) for name in {token.text for token in before}}
    unknown = [token for token in before if not known[token.text]]
    if not unknown:
        return
    instead = text
    for token in reversed(unknown):
        instead = f"{instead[: token.start]}a{instead[token.end :]}"
    try:
        check_without((), instead)
    except SyntaxError:
        raise ValueError(f"The custom function {unknown[0].text} is not supported") from None


def _is_function(name: str) -> bool:
    """Whether a name is that of a function here."""
    try:
        called: Any = ox.Store().query(f"SELECT ({name}(1) AS ?x) {{}}")
    except (RuntimeError, SyntaxError):
        return False
    return called is not None
