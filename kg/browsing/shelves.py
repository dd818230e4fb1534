"""The places, actors, events, claims and sources of a version as columns, with all that they can be chosen by.

A page with counts needs to know of every thing what it is, where, when, by whom and who says so: no query of millions
of statements tells that before its deadline. One scan a property does, once a version, and what they find is kept on
disk (`kg.store.beside`).
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from kg import queries, told
from kg.browsing import stored
from kg.browsing.coverage import coverage
from kg.browsing.gathering import EVENT_TYPE, READ, Facet, Gathered, gathered, month_facet
from kg.browsing.shelf import Shelf, Shelves
from kg.control.reading import asserted
from kg.control.statements import KG, statements
from kg.errors import Problem
from kg.gazetteer import open_gazetteer
from kg.store import beside, versions
from kg.store.embedded import Store
from kg.store.made import Made
from kg.store.scan import LARGE, scan


def shelves(store: Store) -> Shelves:
    """Those of the version of a store; those of a few versions are kept.

    Raises NothingPublished, StoreUnreadable, and the QueryProblem that fits.
    """
    return _every.of(store)


def at_hand(store: Store) -> Shelves:
    """Those of the version of a store; or, where it is large and those of an earlier version are there, these, while
    the newer ones are made beside: whoever browses is not to wait for each write. Raises what `shelves` raises."""
    former = _every.last(store)
    if former is None and _size(store) >= LARGE:
        former = _earlier(store)
    if former is None or former.version == store.version() or _size(store) < LARGE:
        return shelves(store)
    if _making.acquire(blocking=False):
        threading.Thread(target=_make_beside, args=(store,), daemon=True).start()
    return former


def _earlier(store: Store) -> Shelves | None:
    """Those of the newest version of which this release has them on disk; None where there are none, and where an
    engine has the data: it has no other version."""
    directory = store.published.directory()
    place = beside.place(directory)
    if place == directory:
        return None
    made = [each.parent.name for each in place.parent.glob(f"*/{stored.NAME}") if versions.is_name(each.parent.name)]
    for version in sorted(made, key=versions.number_of, reverse=True):
        found = beside.whole(place.parent / version, stored.NAME, partial(stored.stored, version=version))
        if found is not None:
            _every.begin(store, found)
            return found
    return None


_making = threading.Lock()
"""Held while shelves are made beside."""


def _make_beside(store: Store) -> None:
    try:
        with suppress(Problem):  # such as that another version is published meanwhile; whoever asks next is told
            shelves(store)
    finally:
        _making.release()


def _size(store: Store) -> int:
    graphs = store.manifest().graphs
    return sum(graphs[name].triples for name in asserted(graphs))


def _read(store: Store, _former: Shelves | None) -> Shelves:
    directory = store.published.directory()
    return beside.kept(
        directory, stored.NAME, lambda place: stored.stored(place, directory.name),
        lambda: _made(store.at(directory.name), directory), stored.save,
    )  # fmt: skip


def _made(seen: Store, directory: Path) -> Shelves:
    graphs = seen.manifest().graphs
    listed = asserted(graphs)
    texts = {name: queries.text_for("values", "property", [KG + name]) for name in READ}
    kinds = {"type": queries.text_for("values", "property", [EVENT_TYPE]), "class": queries.text("kinds")}
    said = statements(scan(directory, listed, {**kinds, **texts}, _size(seen)))
    gazetteer = open_gazetteer(seen)
    all_of = gathered(said, gazetteer)
    of = {shelf.sort: shelf for shelf in
          (_places(all_of), _actors(all_of), _events(all_of), _claims(all_of), _sources(all_of))}  # fmt: skip
    named = {value for shelf in of.values() for name in ("type", "stance") if name in shelf.facets
             for value in shelf.facets[name].values}  # fmt: skip
    return Shelves(directory.name, of, told.names(seen, named), coverage(said, all_of, gazetteer))


_every = Made(_read)


def _places(of: Gathered) -> Shelf:
    facets = {
        "type": of.place_types,
        "within": of.facet(of.places, of.nesting.outer()),
        "place": of.facet(of.places, of.nesting.same()),
        "source": of.facet(of.sources, of.events_at.through(of.speaking)),
        "month": month_facet(of.months, of.happened.of(of.events_at, of.changes)),
    }
    claims = of.events_at.through(of.claims_of)
    return Shelf("place", of.places.things, facets, {
        "events": of.count(of.places, of.events_at), "claims": of.count(of.places, claims),
        "denials": of.count(of.places, claims, of.denials),
    })  # fmt: skip


def _actors(of: Gathered) -> Shelf:
    facets = {
        "type": of.actor_types,
        "within": of.facet(of.places, of.events_with.through(of.around)),
        "place": of.facet(of.places, of.events_with.through(of.at)),
        "source": of.facet(of.sources, of.events_with.through(of.speaking)),
        "month": month_facet(of.months, of.happened.of(of.events_with)),
    }
    return Shelf("actor", of.actors.things, facets, {
        "events": of.count(of.actors, of.events_with), "claims": of.count(of.actors, of.claimants.turned()),
    })  # fmt: skip


def _events(of: Gathered) -> Shelf:
    facets = {
        "type": Facet(of.event_types, *of.kinds.columns()),
        "within": of.facet(of.places, of.around),
        "place": of.facet(of.places, of.at),
        "actor": of.facet(of.actors, of.taking),
        "source": of.facet(of.sources, of.speaking),
        "month": month_facet(of.months, of.happened),
    }
    return Shelf("event", of.events.things, facets, {
        "claims": of.count(of.events, of.claims_of), "denials": of.count(of.events, of.claims_of, of.denials),
    }, of.event_days)  # fmt: skip


def _claims(of: Gathered) -> Shelf:
    facets = {
        "stance": Facet(of.stances, *of.stance.columns()),
        "type": Facet(of.event_types, *of.about.through(of.kinds).columns()),
        "within": of.facet(of.places, of.about.through(of.around)),
        "place": of.facet(of.places, of.about.through(of.at)),
        "actor": of.facet(of.actors, of.about.through(of.taking)),
        "claimant": of.facet(of.actors, of.claimants),
        "source": of.facet(of.sources, of.source),
        "month": month_facet(of.claim_months, of.claimed),
    }
    return Shelf("claim", of.claims.things, facets)


def _sources(of: Gathered) -> Shelf:
    saying = of.source.turned()
    facets = {
        "type": of.source_kinds,
        "within": of.facet(of.places, saying.through(of.about.through(of.around))),
        "place": of.facet(of.places, saying.through(of.about.through(of.at))),
        "claimant": of.facet(of.actors, saying.through(of.claimants)),
        "month": month_facet(of.source_months, of.published),
    }
    counts = {"claims": of.count(of.sources, saying), "denials": of.count(of.sources, saying, of.denials)}
    return Shelf("source", of.sources.things, facets, counts, of.publication)
