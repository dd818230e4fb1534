"""Finding things by what they are called, in any script, spelled as people spell: `kg.naming.fold` says what is alike.

Places, actors and sources are found in one text of all their folded names, which is read once for each version and
searched as a whole; events by what they are called, among those of the places and actors that the words name.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz, process

from kg import queries, told
from kg.gazetteer import KINDS, Entry, Gazetteer, open_gazetteer
from kg.naming import fold
from kg.store.embedded import Store
from kg.store.terms import Row, read_rows

Found = Literal["place", "actor", "source", "event"]
FOUND: tuple[Found, ...] = (*KINDS, "event")
"""The kinds of things that are found."""
Match = Literal["exact", "beginning", "words", "part", "joined", "near"]
MATCHES: tuple[Match, ...] = ("exact", "beginning", "words", "part", "joined", "near")
"""How well a name fits what was asked for, best first: it is the same; begins with it; has its words, or words that
begin with them; has it somewhere; has it, where the spaces are left out; is only like it."""
_AROUND = 30
"""How many places and actors events are looked for at."""
_EVENTS = 200
"""How many events are looked through."""
_LIKE = 70.0
"""The least likeness of a near name, of 100 (`rapidfuzz.fuzz.ratio`)."""
_NEAREST = 10
"""How many near names are looked at."""
_SHORT = 3
"""Letters from which on something is looked for also inside of names; what is shorter is how a name begins."""
_opened: dict[Path, Names] = {}
_opening = threading.Lock()


@dataclass(frozen=True)
class Hit:
    """Something that was found: what it is called, the name that fits, and how well (`MATCHES`)."""

    iri: str
    kind: Found
    label: str
    name: str
    match: Match
    types: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Names:
    """Every name of a gazetteer: `entries` and `names` side by side, `folded` all names one a line; and the types of
    events with their folded names."""

    gazetteer: Gazetteer
    entries: tuple[Entry, ...]
    names: tuple[str, ...]
    folded: str
    event_types: tuple[tuple[str, str], ...] = ()

    @cached_property
    def lines(self) -> list[int]:
        """Where each line of `folded` begins."""
        return [0, *accumulate(len(line) + 1 for line in self.folded.split("\n"))]

    def line(self, number: int) -> str:
        """One folded name."""
        return self.folded[self.lines[number] : self.lines[number + 1] - 1]

    @cached_property
    def joined(self) -> tuple[str, list[int]]:
        """The names without spaces, and where each begins."""
        lines = self.folded.replace(" ", "")
        return lines, [0, *accumulate(len(line) + 1 for line in lines.split("\n"))]


def open_names(store: Store) -> Names:
    """The names of the published version; those of each store that were asked for last are kept.

    Raises NothingPublished, StoreUnreadable, and the QueryProblem of a query that takes too long.
    """
    gazetteer = open_gazetteer(store)
    found = _opened.get(store.location)
    if found is not None and found.gazetteer is gazetteer:
        return found
    with _opening:
        found = _opened.get(store.location)
        if found is None or found.gazetteer is not gazetteer:
            found = _opened[store.location] = names_of(gazetteer, store.select("event-types"))
        return found


def names_of(gazetteer: Gazetteer, types: Iterable[Row] = ()) -> Names:
    """The names of a gazetteer, and of the types of events (rows of `kg/queries/event-types.rq`)."""
    pairs = [
        (entry, name)
        for kind in KINDS
        for entry in gazetteer.entries[kind].values()
        for name in dict.fromkeys(name for several in entry.labels.values() for name in several)
    ]
    folded = "\n".join(fold(name) for _, name in pairs)
    called = tuple((str(row["type"]), fold(str(row["label"]))) for row in types)
    return Names(gazetteer, tuple(entry for entry, _ in pairs), tuple(name for _, name in pairs), folded, called)


def search(store: Store, text: str, kinds: Iterable[Found] = FOUND, lang: str = "en") -> Iterator[Hit]:
    """What is called so, the best first; where nothing is, what is called nearly so. Each thing is there once.

    Events come after all others. Raises what `open_names` raises.
    """
    names, wanted = open_names(store), frozenset(kinds)
    asked = fold(text)
    if not asked:
        return
    things: list[Found] = [kind for kind in KINDS if kind in wanted]
    ranked = _ranked(names, asked)
    hits = [_hit(names, line, rank, lang) for rank, line in ranked if names.entries[line].kind in things]
    yield from _once(hits)
    events = list(_events(store, names, asked, ranked)) if "event" in wanted else []
    yield from events
    if not hits and not events:
        yield from near(names, asked, things, lang)


def _ranked(names: Names, asked: str) -> list[tuple[int, int]]:
    """The lines that fit, as (rank in `MATCHES`, line), the best first; of equals the shorter, then the earlier."""
    words = asked.split()
    if len(asked) < _SHORT:
        found = {line: 0 if names.line(line) == asked else 1 for line in _lines_beginning(names, asked)}
    else:
        found = {}
        for line in _lines_with(names.folded, names.lines, max(words, key=len)):
            name = names.line(line)
            if all(word in name for word in words):
                found[line] = _rank(name, asked, words)
        whole, starts = names.joined
        for line in _lines_with(whole, starts, asked.replace(" ", "")):
            found.setdefault(line, MATCHES.index("joined"))
    return sorted(
        ((rank, line) for line, rank in found.items()), key=lambda pair: (pair[0], len(names.line(pair[1])), pair[1])
    )


def _lines_beginning(names: Names, part: str) -> Iterator[int]:
    """The numbers of the lines that begin with something."""
    text = f"\n{names.folded}"
    at = text.find(f"\n{part}")
    while at >= 0:
        yield bisect_right(names.lines, at) - 1
        at = text.find(f"\n{part}", at + 1)


def _lines_with(text: str, starts: list[int], part: str) -> Iterator[int]:
    """The numbers of the lines in which something occurs."""
    at = text.find(part)
    while at >= 0:
        line = bisect_right(starts, at) - 1
        yield line
        at = text.find(part, starts[line + 1]) if line + 1 < len(starts) else -1


def _rank(name: str, asked: str, words: list[str]) -> int:
    if name == asked:
        return 0
    if name.startswith(f"{asked} "):
        return 1
    parts = name.split()
    if all(any(part.startswith(word) for part in parts) for word in words):
        return 1 if name.startswith(asked) else 2
    return 3


def _hit(names: Names, line: int, rank: int, lang: str) -> Hit:
    entry = names.entries[line]
    return Hit(entry.iri, entry.kind, entry.label(lang), names.names[line], MATCHES[rank], entry.types)


def _once(hits: Iterable[Hit]) -> Iterator[Hit]:
    seen: set[str] = set()
    for hit in hits:
        if hit.iri not in seen:
            seen.add(hit.iri)
            yield hit


def near(names: Names, asked: str, kinds: Collection[Found], lang: str) -> Iterator[Hit]:
    """What is nearly called so, the nearest first."""
    lines = names.folded.split("\n")
    found = process.extract(asked, lines, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=_NEAREST)
    hits = (_hit(names, line, MATCHES.index("near"), lang) for _, _, line in found)
    yield from _once(hit for hit in hits if hit.kind in kinds)


def _events(store: Store, names: Names, asked: str, ranked: list[tuple[int, int]]) -> Iterator[Hit]:
    """Events at the places, of the actors or of the types that the words name, if they have all the words in what they,
    their places and their actors are called."""
    words = asked.split()
    around = [line for _, line in ranked]
    if len(words) > 1:
        around += [line for word in words for rank, line in _ranked(names, word) if rank < MATCHES.index("part")]
    entries = {names.entries[line].iri: names.entries[line] for line in around}
    called = {iri: " ".join(map(fold, entry.names())) for iri, entry in islice(entries.items(), _AROUND)}
    called = called or {iri: name for iri, name in names.event_types if all(_begins(name, word) for word in words)}
    if not called:
        return
    rows = read_rows(store.query(queries.text_for("events-around", "thing", called)).read())
    things: dict[str, set[str]] = {}
    for row in rows:
        things.setdefault(str(row["event"]), set()).add(str(row["thing"]))
    kept = sorted(things)[:_EVENTS]
    events = told.events(told.of(store), kept)
    labels = dict(names.event_types) | told.names(store, told.named(*(event.facts for event in events.values())))
    found = []
    for event in kept:
        label = told.called(events[event], labels) if event in events else ""
        known = " ".join([fold(label), *(called[thing] for thing in things[event])])
        if label and all(_begins(known, word) for word in words):
            found.append((label, event))
    for label, event in sorted(found):
        yield Hit(event, "event", label, label, "words")


def _begins(name: str, word: str) -> bool:
    """Whether a word of a folded name begins with a word."""
    return f" {name}".find(f" {word}") >= 0
