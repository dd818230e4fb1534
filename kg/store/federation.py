"""`SERVICE` in a query (SPARQL 1.1 Federated Query): which services it names, and the same query led through a relay.

The engine would call whatever stands behind `SERVICE`. So each target is replaced by an address of the child's own
relay (`kg.store.relay`), which asks the parent. The grammar has `SERVICE` exactly where it has `GRAPH`: where a text in
which every call that was seen says `GRAPH` has no keyword left that reaches out (`kg.store.guard`), there was no call
that was not seen, however it is spelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kg.store import binding, meaning
from kg.store.binding import Known
from kg.store.complaint import position
from kg.store.guard import Outbound, refuse_outbound
from kg.store.keywords import check_without
from kg.store.tokens import Token, tokens

CALLS = 16
"""How many times a query may say SERVICE."""

SHOWN = 5
"""How many endpoints a refusal lists."""


class Led(NamedTuple):
    """A query in two versions: `local`, where each call says GRAPH, so that nobody is called, and `outward`, with the
    relay's addresses in place of the endpoints'; and of each call what is known of its variables, if anything is."""

    local: str
    outward: str
    known: list[Known | None]


class _Call(NamedTuple):
    service: Token
    silent: Token | None
    target: Token
    endpoint: str
    known: Known | None


def lead(
    text: str, relayed: Mapping[str, str], base_iri: str | None = None, prefixes: Mapping[str, str] | None = None
) -> Led:
    """Lead a query's calls through a relay.

    `relayed` gives its address for every endpoint that may be asked; the number of the call is added to it.
    Raises Outbound for a call that is not allowed, SyntaxError, with its place, where the text is no SPARQL.
    """
    calls = _calls(text, relayed, base_iri, prefixes)
    words = [(call.service, "GRAPH") for call in calls]
    words += [(call.silent, "") for call in calls if call.silent]
    targets = [(call.target, f"<{relayed[call.endpoint]}/{number}>") for number, call in enumerate(calls)]
    local, outward = _with(text, words), _with(text, targets)
    for one in (local, _with(text, words + targets)):  # the second is what will be run, but for a word
        refuse_outbound(one, base_iri, prefixes)
    check_without((), local, base_iri, prefixes)
    return Led(local, outward, [call.known for call in calls])


def _calls(
    text: str, relayed: Mapping[str, str], base_iri: str | None, prefixes: Mapping[str, str] | None
) -> list[_Call]:
    found: list[_Call] = []
    sequence = list(tokens(text))
    before = meaning.prologue(text, sequence)
    groups: list[int] = []
    end = 0  # of the group of the call before
    for number, token in enumerate(sequence):
        if token.text == "{":
            groups.append(number)
        elif token.text == "}" and groups:
            groups.pop()
        elif token.says("SERVICE"):
            if number < end:
                raise _refusal(text, token, "SERVICE inside SERVICE would make that service ask another")
            if len(found) == CALLS:
                raise _refusal(text, token, f"a query may say SERVICE {CALLS} times")
            following = sequence[number + 1 : number + 3]
            silent = following.pop(0) if following and following[0].says("SILENT") else None
            endpoint = _named(text, token, following, before, base_iri, prefixes)
            if endpoint not in relayed:
                raise _refusal(text, token, f"SERVICE <{endpoint}> is not allowed here: {_only(list(relayed))}")
            begin = number + (3 if silent else 2)
            end = _end_of_group(sequence, begin)
            known = binding.known(text, sequence, groups, sequence[begin:end]) if groups else None
            found.append(_Call(token, silent, following[0], endpoint, known))
    return found


def _end_of_group(sequence: Sequence[Token], begin: int) -> int:
    depth = 0
    for number in range(begin, len(sequence)):
        depth += {"{": 1, "}": -1}.get(sequence[number].text, 0)
        if depth <= 0:
            return number + 1
    return len(sequence)


def _only(endpoints: Sequence[str]) -> str:
    more = f" and {len(endpoints) - SHOWN} more" if len(endpoints) > SHOWN else ""
    return f"this service asks only {', '.join(f'<{one}>' for one in endpoints[:SHOWN])}{more}"


def _named(
    text: str,
    service: Token,
    following: Sequence[Token],
    before: str,
    base_iri: str | None,
    prefixes: Mapping[str, str] | None,
) -> str:
    """The IRI that the target of a call means; the engine itself is asked."""
    if not following or following[0].kind not in ("iri", "name"):
        raise _refusal(text, service, "SERVICE is not allowed but with the address of a service behind it")
    return meaning.iris(before, following[:1], base_iri, prefixes)[0]


def _with(text: str, replaced: Iterable[tuple[Token, str]]) -> str:
    """The text with other words in place of some tokens, and everything else where it was, if they are no longer."""
    parts, at = [], 0
    for token, word in sorted(replaced, key=lambda one: one[0].start):
        parts += [text[at : token.start], word.ljust(token.end - token.start)]
        at = token.end
    return "".join([*parts, text[at:]])


def _refusal(text: str, token: Token, words: str) -> Outbound:
    line, column = position(text, token.start)
    return Outbound(f"{words} (line {line}, column {column})")
