"""What places, actors and sources are called, of what kind they are, where they are, and what lies in what.

Read once, and kept: a question names things by their slugs, and its answer says what they are called. Each later
version says which things it describes otherwise, and only these are read again.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from kg import described, queries
from kg.errors import StoreUnreadable
from kg.files import BASE
from kg.store import beside
from kg.store.embedded import Store
from kg.store.made import Made

Kind = Literal["place", "actor", "source"]
KINDS: tuple[Kind, ...] = ("place", "actor", "source")
ROUTES = frozenset({f"{BASE}ontology#Road", f"{BASE}ontology#Corridor"})
"""The types of places that are lines between other places."""

_POINT = re.compile(r"(?:<[^>]*>\s*)?POINT\s*\(\s*([-+0-9.Ee]+)\s+([-+0-9.Ee]+)\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place, an actor or a source.

    `types` are IRIs of concepts (kg:PlaceTypes, kg:ActorTypes, kg:SourceKinds); `labels` has for each language the
    names, the preferred ones first; `within` the places that a place lies in, as they are stated; `point` longitude
    and latitude (WGS 84), None where there is no point.
    """

    iri: str
    kind: Kind
    types: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    point: tuple[float, float] | None = None

    @property
    def slug(self) -> str:
        """The last part of the IRI."""
        return last_part(self.iri)

    def label(self, language: str = "en") -> str:
        """The preferred name in a language; else in English, in no language, in any; else the slug."""
        for each in (language, language.partition("-")[0], "en", "", *self.labels):
            if each in self.labels:
                return self.labels[each][0]
        return self.slug

    def names(self) -> Iterator[str]:
        """Every name, in all languages, and the slug."""
        yield self.slug
        for names in self.labels.values():
            yield from names


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """The entries of one version of a store, by kind and IRI, in the order of IRIs; `concepts` are the English names
    of the types that occur, or did before things were described otherwise."""

    version: str
    entries: Mapping[Kind, Mapping[str, Entry]]
    concepts: Mapping[str, str]

    @property
    def places(self) -> Mapping[str, Entry]:
        """Every place, the routes too."""
        return self.entries["place"]

    @property
    def actors(self) -> Mapping[str, Entry]:
        """Every actor."""
        return self.entries["actor"]

    @property
    def sources(self) -> Mapping[str, Entry]:
        """Every source."""
        return self.entries["source"]

    def label(self, iri: str, language: str = "en") -> str:
        """What something is called: the name of its entry, or the last part of its IRI."""
        for kind in KINDS:
            if entry := self.entries[kind].get(iri):
                return entry.label(language)
        return last_part(iri)

    def called(self, labels: Mapping[str, str], language: str) -> dict[str, str]:
        """What things are called in English, with the names in a language of those that have an entry."""
        named = {
            iri: entry.label(language) for kind in KINDS for iri in labels if (entry := self.entries[kind].get(iri))
        }
        return {**labels, **(named if language != "en" else {})}

    def inside(self, outer: str) -> frozenset[str]:
        """Every place that lies in a place, directly or not."""
        found: set[str] = set()
        ring = [outer]
        while ring:
            ring = [inner for each in ring for inner in self._parts.get(each, ()) if inner not in found]
            found.update(ring)
        return frozenset(found - {outer})

    def outer(self) -> Iterable[str]:
        """Every place that others lie in directly, described here or not."""
        return self._parts.keys()

    def above(self, inner: str) -> list[str]:
        """Everything that a place lies in, directly or not, the nearest first; described here or not."""
        found: dict[str, None] = {}
        ring = [inner]
        while ring:
            entries = (self.places.get(iri) for iri in ring)
            ring = [outer for entry in entries if entry for outer in entry.within if outer not in found]
            found |= dict.fromkeys(ring)
        return list(found)

    @cached_property
    def _parts(self) -> Mapping[str, list[str]]:
        """The places that lie directly in each place."""
        parts: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self.places.values():
            for outer in entry.within:
                parts[outer].append(entry.iri)
        return parts

    @cached_property
    def place_types(self) -> Mapping[str, str]:
        """The types of places that occur: the last part in small letters → IRI, in order."""
        found = {each for place in self.places.values() for each in place.types}
        return {last_part(each).casefold(): each for each in sorted(found)}

    @cached_property
    def by_slug(self) -> Mapping[Kind, Mapping[str, tuple[str, ...]]]:
        """Slug → IRIs, of each kind. A place that is no route is also found by what follows its first
        hyphen, if no slug is that."""
        return {kind: _slugs(kind, self.entries[kind]) for kind in KINDS}


def open_gazetteer(store: Store) -> Gazetteer:
    """The gazetteer of the version of a store; those of a few versions are kept.

    Raises NothingPublished, StoreUnreadable, and the QueryProblem of a query that takes too long.
    """
    return _gazetteers.of(store)


def _renewed(store: Store, former: Gazetteer | None) -> Gazetteer:
    """The gazetteer of the version of a store, from a former one where it is known what has changed since; else from
    what was published or is kept with the version, which is else asked for."""
    version = store.version()
    things: Collection[str] | None = _since(store, version, former.version) if former else None
    if former is None or things is None:
        rows, things = _rows(store.at(version))
        former = gazetteer(version, rows)
    return _patched(store, version, former, things) or gazetteer(version, _asked(store.at(version)))


def _rows(store: Store) -> described.Rows:
    """The rows of the version of a store, and the things that it describes otherwise."""
    directory = store.published.directory()
    published = described.stored(directory) if beside.place(directory) != directory else None
    return published or beside.kept(
        directory, described.NAME, described.stored, lambda: (_asked(store), frozenset()),
        lambda found, place: described.save(found[0].encode(), place),
    )  # fmt: skip


def _asked(store: Store) -> str:
    return store.query(queries.text("gazetteer"), results="csv").text()


def _patched(store: Store, version: str, former: Gazetteer, things: Collection[str]) -> Gazetteer | None:
    """The gazetteer of a version that describes some things otherwise than a former one; None where these decide on the
    names of types too, or where another version was published meanwhile."""
    if not things:
        return replace(former, version=version)
    if not former.concepts.keys().isdisjoint(things):
        return None
    answer = store.query(queries.text_for("gazetteer", "thing", sorted(things)), results="csv")
    again = gazetteer(answer.version, answer.text())
    # a type that did not occur before has a name too
    if answer.version != version or not again.concepts.keys() <= former.concepts.keys():
        return None
    entries: dict[Kind, Mapping[str, Entry]] = {}
    for kind in KINDS:
        kept = {iri: entry for iri, entry in former.entries[kind].items() if iri not in things}
        entries[kind] = dict(sorted({**kept, **again.entries[kind]}.items()))
    return Gazetteer(version, entries, former.concepts)


def _since(store: Store, version: str | None, former: str) -> set[str] | None:
    """The things that a version describes otherwise than a former one; None where that is not known."""
    things: set[str] = set()
    while version is not None and version != former:
        try:
            manifest = store.manifest(version)
        except StoreUnreadable:
            return None  # it is not kept any more
        if manifest.entry.get("described") is None:
            return None
        things.update(manifest.entry["described"])
        version = manifest.parent
    return things if version else None


def gazetteer(version: str, rows: str) -> Gazetteer:
    """The gazetteer from the CSV answer to `kg/queries/gazetteer.rq`."""
    told: dict[str, _Said] = {}
    reader = csv.reader(io.StringIO(rows, newline=""))
    next(reader)
    for thing, what, value, language in reader:
        told.setdefault(thing, {}).setdefault(what, []).append((language, value))
    entries = {
        kind: {thing: _entry(thing, kind, said) for thing, said in sorted(told.items()) if kind in said}
        for kind in KINDS
    }
    types = {each for of_kind in entries.values() for entry in of_kind.values() for each in entry.types}
    concepts = {each: _concept(each, told.get(each, {})) for each in sorted(types)}
    return Gazetteer(version, entries, concepts)


def last_part(iri: str) -> str:
    """What an IRI ends with, after its last slash or hash."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]


_Said = dict[str, list[tuple[str, str]]]
"""What is said of a thing: pairs of language and value, by what they are."""


def _entry(iri: str, kind: Kind, said: _Said) -> Entry:
    labels: dict[str, list[str]] = {}
    for role in ("preferred", "other"):
        for language, name in sorted(said.get(role, ())):
            known = labels.setdefault(language, [])
            if name not in known:
                known.append(name)
    points = (_point(wkt) for wkt in _values(said, "position"))
    return Entry(
        iri,
        kind,
        _values(said, kind),
        {language: tuple(names) for language, names in labels.items()},
        _values(said, "within"),
        next((point for point in points if point), None),
    )


def _values(said: _Said, what: str) -> tuple[str, ...]:
    """Each value once, in order."""
    pairs = said.get(what, ())
    return (pairs[0][1],) if len(pairs) == 1 else tuple(sorted({value for _, value in pairs}))


def coordinates(wkt: str) -> tuple[str, str] | None:
    """Longitude and latitude of a point in well-known text (GeoSPARQL 1.1, 8.5.1), as they are written there."""
    found = _POINT.fullmatch(wkt.strip())
    return (found[1], found[2]) if found else None


def _point(wkt: str) -> tuple[float, float] | None:
    found = coordinates(wkt)
    try:
        return (float(found[0]), float(found[1])) if found else None
    except ValueError:  # letters and signs that are no number
        return None


def _concept(iri: str, said: _Said) -> str:
    return min((name for language, name in said.get("preferred", ()) if language == "en"), default=last_part(iri))


def _slugs(kind: Kind, entries: Mapping[str, Entry]) -> Mapping[str, tuple[str, ...]]:
    whole: defaultdict[str, list[str]] = defaultdict(list)
    short: defaultdict[str, list[str]] = defaultdict(list)
    for iri, entry in entries.items():
        slug = entry.slug.casefold()
        whole[slug].append(iri)
        _, hyphen, rest = slug.partition("-")
        if hyphen and kind == "place" and ROUTES.isdisjoint(entry.types):
            short[rest].append(iri)
    return {slug: tuple(iris) for slug, iris in {**short, **whole}.items()}


_gazetteers = Made(_renewed)
