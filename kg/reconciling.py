"""Matching somebody's names against our places, actors and sources, and telling properties of what was matched.

The terms are those of the Reconciliation Service API 0.2 of the W3C Entity Reconciliation Community Group: queries have
candidates with a score and features, types may have broader ones, properties have values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from rdflib import URIRef

from kg.errors import BadQuestion
from kg.files import BASE
from kg.gazetteer import KINDS, ROUTES, Entry, Gazetteer, Kind, last_part, open_gazetteer
from kg.naming import expanded, fold, likeness
from kg.ontology import KG, PREFIXES
from kg.properties import CLOSE, Value, agrees, values
from kg.search import near, open_names, search
from kg.store.embedded import Store

SPACE = f"{BASE}id/"
"""What identifiers are relative to: `place/city-kabul`."""
BROAD: dict[Kind, tuple[str, str]] = {
    "place": ("Place", "place"), "actor": ("Actor", "actor"), "source": ("Source", "source")
}  # fmt: skip
"""Kind → identifier and name of the type that everything of it has."""
LOOKED_AT = 50
"""Candidates that are scored for one query."""
NARROW = 1_000
"""Things among which a query without words is answered by what is not in the gazetteer."""
BAND = CLOSE / 110
"""Degrees of latitude beyond which no position is the same: one is 110.6 to 111.7 km."""
LEAST = 50.0
"""The least likeness of names, of 100, with which a candidate is told."""
UNKNOWN, AGAINST = 0.9, 0.6
"""What is left of a score where a thing has no value for a property that was given, and where it has another."""


@dataclass(frozen=True)
class Type:
    """A type by its identifier, and the broader one, None of the broadest."""

    id: str
    name: str
    broader: str | None = None


@dataclass(frozen=True)
class Query:
    """What is looked for: words of a name, or an identifier; types, of which one will do; how many candidates; and
    values that properties should have: any of those given for one."""

    text: str = ""
    types: tuple[str, ...] = ()
    limit: int = 10
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Candidate:
    """Something that may be meant: its score of 100, what the score is made of, and whether it is surely meant."""

    entry: Entry
    score: float
    features: Mapping[str, float | bool] = field(default_factory=dict)
    match: bool = False


def identifier(iri: str) -> str:
    """What one of our things is called in the service."""
    return iri.removeprefix(SPACE)


def entry(gazetteer: Gazetteer, name: str) -> Entry | None:
    """The place, actor or source of an identifier, an IRI or a CURIE; None where there is none."""
    iri = expanded(name)
    for each in (SPACE + name.strip(), iri):
        for kind in KINDS:
            if each and (found := gazetteer.entries[kind].get(each)):
                return found
    return None


def types(gazetteer: Gazetteer) -> list[Type]:
    """Every type that occurs, the broadest first."""
    broadest = [Type(*BROAD[kind]) for kind in KINDS]
    found = {each: kind for kind in KINDS for one in gazetteer.entries[kind].values() for each in one.types}
    return broadest + [
        Type(last_part(iri), gazetteer.concepts[iri], BROAD[kind][0]) for iri, kind in sorted(found.items())
    ]


def types_of(gazetteer: Gazetteer, one: Entry) -> list[Type]:
    """The types of a thing, the narrowest first."""
    broad = BROAD[one.kind]
    return [*(Type(last_part(each), gazetteer.concepts[each], broad[0]) for each in one.types), Type(*broad)]


def candidates(store: Store, query: Query) -> list[Candidate]:
    """What may be meant, the best first. Raises BadQuestion for a type or a property that there is not."""
    gazetteer = open_gazetteer(store)
    wanted = _known_types(gazetteer, query.types)
    if query.text.strip() and (exact := entry(gazetteer, query.text)):
        return [Candidate(exact, 100.0, {"identifier": True}, match=True)]
    if query.text.strip():
        found = [(one, _likeness(one, fold(query.text))) for one in _called(store, gazetteer, query.text, wanted)]
        found = [pair for pair in found if pair[1] >= LEAST]
    else:
        found = [(one, 100.0) for one in _told(store, gazetteer, query, wanted)]
    scored = sorted(_scored(store, query, found), key=lambda each: (-each.score, each.entry.iri))
    return _decided(scored)[: max(query.limit, 0)]


def _known_types(gazetteer: Gazetteer, asked: Iterable[str]) -> frozenset[str]:
    """The identifiers of types, which may be given as IRIs; one that the ontology has may be of nothing here."""
    known = {each.id for each in types(gazetteer)}
    wanted = frozenset(last_part(expanded(name) or name) for name in asked)
    for name in sorted(each for each in wanted - known if URIRef(PREFIXES["kg"] + each) not in KG):
        raise BadQuestion("type", name, f"there is no such type; there are {', '.join(sorted(known))}")
    return wanted


def _is_of(one: Entry, wanted: frozenset[str]) -> bool:
    """Whether a thing has one of the types; where none is wanted, whether it is no route, which has the names of two
    places."""
    if not wanted:
        return ROUTES.isdisjoint(one.types)
    return BROAD[one.kind][0] in wanted or any(last_part(each) in wanted for each in one.types)


def _called(store: Store, gazetteer: Gazetteer, text: str, wanted: frozenset[str]) -> Iterator[Entry]:
    """Things that are called so, or nearly, each once."""
    asked = fold(text)
    found = (gazetteer.entries[kind][iri] for iri, kind in _hits(store, text))
    fitting = (one for one in found if _is_of(one, wanted) or (not wanted and _likeness(one, asked) == 100))
    yield from islice(fitting, LOOKED_AT)


def _hits(store: Store, text: str) -> Iterator[tuple[str, Kind]]:
    seen: set[str] = set()
    for several in (search(store, text, KINDS), near(open_names(store), fold(text), KINDS, "en")):
        for hit in several:
            if hit.iri not in seen and hit.kind != "event":
                seen.add(hit.iri)
                yield hit.iri, hit.kind


def _told(store: Store, gazetteer: Gazetteer, query: Query, wanted: frozenset[str]) -> list[Entry]:
    """Things that have all values that are asked for, where no name is given."""
    found = [one for one in _narrowed(gazetteer, query) if _is_of(one, wanted)]
    for name, given in query.conditions:
        if name in ("within", "type"):
            continue
        if len(found) > NARROW and name != "coordinates":
            raise BadQuestion(name, "", "give words of a name, a type, or what it lies in, too: too many would fit")
        having = values(store, found, name)
        found = [one for one in found if agrees(name, having[one.iri], given)]
    return found


def _narrowed(gazetteer: Gazetteer, query: Query) -> Iterator[Entry]:
    """Things that have the types and containers that are asked for, and lie as far north as the coordinates.

    Each container and each type is compared once, not with everything that has it: there may be very many places.
    """
    asked: dict[str, list[tuple[str, ...]]] = {}
    for name, given in query.conditions:
        asked.setdefault(name, []).append(given)
    inside = [_inside(gazetteer, given) for given in asked.get("within", ())]
    types = [
        {iri for iri, name in gazetteer.concepts.items() if agrees("type", [Value(name)], given)}
        for given in asked.get("type", ())
    ]
    norths = [[_north(text) for text in given] for given in asked.get("coordinates", ())]
    places = {iri: gazetteer.places[iri] for iri in sorted(frozenset.intersection(*inside))} if inside else {}
    for entries in [places] if inside else [gazetteer.entries[kind] for kind in KINDS]:
        for one in entries.values():
            if all(not each.isdisjoint(one.types) for each in types) and all(_as_far(one, each) for each in norths):
                yield one


def _inside(gazetteer: Gazetteer, given: Sequence[str]) -> frozenset[str]:
    """The places that lie in any of those that are given, by name or identifier."""
    outer = (iri for iri in gazetteer.outer() if agrees("within", [Value(gazetteer.label(iri), iri)], given))
    return frozenset(inner for iri in outer for inner in gazetteer.inside(iri))


def _north(text: str) -> float:
    """The latitude of a position; no number where it is none."""
    try:
        return float(text.partition(",")[0])
    except ValueError:
        return math.nan


def _as_far(one: Entry, norths: Iterable[float]) -> bool:
    return one.point is not None and any(abs(one.point[1] - north) <= BAND for north in norths)


def _likeness(one: Entry, asked: str) -> float:
    """How like a folded text the likest name is."""
    names = {fold(name) for several in one.labels.values() for name in several} or {fold(one.slug)}
    return round(max(likeness(name, asked) for name in names), 1)


def _scored(store: Store, query: Query, found: Sequence[tuple[Entry, float]]) -> Iterator[Candidate]:
    having = {name: values(store, [one for one, _ in found], name) for name, _ in query.conditions}
    for one, name in found:
        score, features = name, dict[str, float | bool](name=name, exact=name == 100)
        for condition, given in query.conditions:
            told = having[condition][one.iri]
            fits = agrees(condition, told, given) if told else None
            score *= UNKNOWN if fits is None else 1 if fits else AGAINST
            if fits is not None:
                features[condition] = fits
        yield Candidate(one, round(score, 1), features)


def _decided(scored: list[Candidate]) -> list[Candidate]:
    """The candidates, the first of which is surely meant where its name is the same and no other's is."""
    if not scored or scored[0].score < 100 or (len(scored) > 1 and scored[1].score == 100):
        return scored
    first = scored[0]
    return [Candidate(first.entry, first.score, first.features, match=True), *scored[1:]]
