"""The text of a query as an engine is given it: one that every engine reads as it was read here.

Engines differ in where a comment ends (one reads it on over a carriage return), in what codepoint escapes mean outside
of strings, and in names and functions of their own, by which a text could say to an engine what it did not say here.
And some add the graphs that a text names to those that the request does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.store import meaning
from kg.store.keywords import check_without, names_dataset
from kg.store.tokens import Token, tokens

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LONG = ('"""', "'''")
_MEANT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Worded(NamedTuple):
    """A text without a dataset clause; the graphs that it named in such clauses (`default` and `named`, if any); and
    where, from and to, it says which graph after GRAPH, and which one."""

    text: str
    dataset: dict[str, list[str]]
    graphs: list[tuple[int, int, str]]


def worded(text: str, own: Sequence[str]) -> Worded:
    """A query, which has its base and prefixes in it, for an engine whose own language has names that begin with one of
    `own` (in lower case).

    Raises ValueError where it calls a function that is none here, or has such a name; SyntaxError.
    """
    rest, sequence, dataset = _apart(*_with_one_base(*_plain(text)))
    begin = meaning.prologue(rest, sequence)
    _refuse_names(sequence, tuple(own))
    _refuse_functions(rest, begin, sequence)
    said = [after for word, after in pairwise(sequence) if word.says("GRAPH") and after.kind in ("iri", "name")]
    graphs = zip(said, meaning.iris(begin, said), strict=True)
    return Worded(rest, dataset, [(token.start, token.end, iri) for token, iri in graphs])


def _plain(text: str) -> tuple[str, list[Token]]:
    r"""A text without comments and without escapes that are read in more than one way, and its tokens.

    >>> _plain(r"ASK { ?s ?p 'it\'s \u0041' } # who")[0]
    'ASK { ?s ?p "it\'s A" }'
    """
    parts, sequence, at, length = list[str](), list[Token](), 0, 0
    for token in tokens(text):
        between, said = text[at : token.start], token.text
        if "#" in between:
            between = "\n" if "\n" in between else " "
        if token.kind == "string" and ("\\" in said or said.startswith(_LONG)):
            marks = 3 if said.startswith(_LONG) else 1
            said = json.dumps(_ESCAPE.sub(_character, said[marks:-marks]), ensure_ascii=False)
        elif token.kind == "iri" and "\\" in said:
            said = _ESCAPE.sub(_character, said)
        parts += [between, said]
        start = length + len(between)
        length, at = start + len(said), token.end
        sequence.append(Token(token.kind, said, start, length))
    return "".join(parts), sequence


def _with_one_base(text: str, sequence: list[Token]) -> tuple[str, list[Token]]:
    """A text whose prologue has one base, before all prefixes, and its tokens: not every engine reads another one.

    >>> whole = "BASE <http://e/a/> PREFIX p: <b#> BASE <c/> ASK { <> p:q <d> }"
    >>> _with_one_base(whole, list(tokens(whole)))[0]
    'BASE <http://e/a/c/> PREFIX p: <http://e/a/b#> ASK { <> p:q <d> }'
    """
    begin = meaning.prologue(text, sequence)
    said = [token for token in sequence if token.start < len(begin)]
    if not any(token.says("BASE") for token in said[1:]):
        return text, sequence
    names = list({token.text: token for token in said if token.kind == "name"}.values())
    base, *meant = meaning.iris(begin, [Token("iri", "<>", 0, 0), *names])
    prefixes = "".join(f"PREFIX {name.text} <{iri}> " for name, iri in zip(names, meant, strict=True))
    text = f"BASE <{base}> {prefixes}{text[len(begin) :]}"
    return text, list(tokens(text))


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _MEANT.get(escape[3], escape[3])


def _apart(text: str, sequence: list[Token]) -> tuple[str, list[Token], dict[str, list[str]]]:
    """A text without its dataset clauses, its tokens, and what these clauses name."""
    clauses = []
    for at, token in enumerate(sequence[:-1]):
        if token.says("FROM"):
            named = sequence[at + 1].says("NAMED")
            clauses.append((token.start, sequence[at + 1 + named], "named" if named else "default"))
    rest = text
    for start, graph, _ in reversed(clauses):
        rest = f"{rest[:start]} {rest[graph.end :]}"
    if names_dataset(rest):  # as in `FROMe:g`, which are three words to the reader here
        raise ValueError("FROM and NAMED are words of their own here: there has to be a space on either side")
    if not clauses:
        return text, sequence, {}
    dataset: dict[str, list[str]] = {"default": [], "named": []}
    iris = meaning.iris(meaning.prologue(text, sequence), [graph for _, graph, _ in clauses])
    for (_, _, part), iri in zip(clauses, iris, strict=True):
        dataset[part].append(iri)
    return rest, list(tokens(rest)), dataset


def _refuse_names(sequence: Sequence[Token], own: tuple[str, ...]) -> None:
    for token in sequence:
        if token.kind in ("iri", "name") and token.text.lstrip("<").casefold().startswith(own):
            raise ValueError(f"{token.text} is no name to the engine that is asked, but of its own language")


def _refuse_functions(text: str, begin: str, sequence: Sequence[Token]) -> None:
    """Raise ValueError where a function is called that is none here, in the same words as where one is evaluated: some
    of an engine's own read files, carry out updates, or end it.

    A name before a bracket may also be a property whose value is a list: then `a` can stand in its place.
    """
    before = [token for token, bracket in pairwise(sequence) if bracket.text == "(" and token.kind in ("iri", "name")]
    known = {name: _is_function(begin, name) for name in {token.text for token in before}}
    unknown = [token for token in before if not known[token.text]]
    if not unknown:
        return
    instead = text
    for token in reversed(unknown):
        instead = f"{instead[: token.start]} a {instead[token.end :]}"
    try:
        check_without((), instead)
    except SyntaxError:
        raise ValueError(f"The custom function {unknown[0].text} is not supported") from None


def _is_function(begin: str, name: str) -> bool:
    """Whether a name is that of a function here."""
    try:
        called: Any = ox.Store().query(f"{begin}SELECT ({name}(1) AS ?x) {{}}")
    except (RuntimeError, SyntaxError):
        return False
    return called is not None
