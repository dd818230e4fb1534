"""Places, actors, sources, types and properties in the few words that a reconciliation service tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

from kg import answering
from kg import reconciling as service
from kg.control.answers import View
from kg.errors import NoStudyStart, UnknownEntity
from kg.forms.plain import day
from kg.gazetteer import KINDS, Entry, Gazetteer, open_gazetteer
from kg.naming import fold
from kg.properties import PROPERTIES
from kg.search import search
from server import parameters
from server.errors import Rejected

Told = dict[str, Any]
"""A part of an answer in JSON."""


def thing(gazetteer: Gazetteer, entry: Entry) -> Told:
    """An entity, with a description that tells it from its namesakes."""
    types = [gazetteer.concepts[each] for each in entry.types]
    within = [gazetteer.label(outer) for outer in entry.within]
    words = ", ".join(types) + (f" in {', '.join(within)}" if within else "")
    return {"id": service.identifier(entry.iri), "name": entry.label(), "description": words}


def type_(told: service.Type) -> Told:
    """A type, and the broader one."""
    known = {"id": told.id, "name": told.name}
    if told.broader is None:
        return known
    name = next(name for id_, name in service.BROAD.values() if id_ == told.broader)
    return {**known, "broader": [{"id": told.broader, "name": name}]}


def suggestions(kind: str) -> Callable[[str], Iterable[Told]]:
    """What suggests entities, properties or types that begin so. Raises Rejected for any other kind."""
    found: Callable[[str], Iterable[Told]] | None = {
        "entity": _entities, "property": _properties, "type": _types,
    }.get(kind)  # fmt: skip
    if found is None:
        raise Rejected(404, "unknown-suggestion", "Nothing of this is suggested",
                       f"{kind}: there are entity, property and type")  # fmt: skip
    return found


def _entities(prefix: str) -> Iterable[Told]:
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    exact = service.entry(gazetteer, prefix) if prefix.strip() else None
    found = [exact] if exact else [gazetteer.entries[hit.kind][hit.iri] for hit in search(store, prefix, KINDS)
                                   if hit.kind != "event"]  # fmt: skip
    for entry in found:
        notable = [type_(each) for each in service.types_of(gazetteer, entry)[:1]]
        yield {**thing(gazetteer, entry), "notable": notable}


def _properties(prefix: str) -> Iterable[Told]:
    for name, each in PROPERTIES.items():
        if _begins(prefix, name, each.name):
            of = ", ".join(sorted(f"{kind}s" for kind in each.kinds))
            yield {"id": name, "name": each.name, "description": f"of {of}"}


def _types(prefix: str) -> Iterable[Told]:
    for each in service.types(open_gazetteer(parameters.store())):
        if _begins(prefix, each.id, each.name):
            yield {**type_(each), "description": f"a kind of {each.broader.lower()}" if each.broader else "everything"}


def _begins(prefix: str, name: str, words: str) -> bool:
    """Whether a name, or a word of it, begins so."""
    asked = fold(prefix)
    return name.casefold().startswith(prefix.strip().casefold()) or f" {asked}" in f" {fold(words)}"


def about(name: str) -> Told:
    """What a preview and a flyout say of an entity. Raises UnknownEntity."""
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    entry = service.entry(gazetteer, name)
    if entry is None:
        raise UnknownEntity(service.SPACE + name)
    names = [each for several in entry.labels.values() for each in several if each != entry.label()]
    return {
        "title": entry.label(),
        "words": thing(gazetteer, entry)["description"],
        "iri": entry.iri,
        "names": list(dict.fromkeys(names)),
        "held": _held(entry, gazetteer),
    }


def _held(entry: Entry, gazetteer: Gazetteer) -> str:
    """Who holds a place at the end of what is known, in words; empty where that is not known."""
    if entry.kind != "place":
        return ""
    try:
        runs = answering.history(parameters.store(), entry.iri, View()).runs
    except NoStudyStart:
        return ""
    if not runs or runs[-1].state == "unknown":
        return ""
    last = list(takewhile(lambda run: run.certain == runs[-1].certain and run.state == runs[-1].state, reversed(runs)))
    who = f": {gazetteer.label(runs[-1].certain)}" if runs[-1].certain else ""
    return f"{runs[-1].state}{who}, since {day(last[-1].first)}"
