"""What claims and events say, value by value: for as many of them as are named, whatever else the store has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from kg import queries
from kg.files import BASE
from kg.store.embedded import Store
from kg.store.terms import Row, read_rows

Facts = Mapping[str, tuple[str, ...]]
"""Local name of a property → its values, each once, in order; dates are EDTF texts."""
Select = Callable[[str], list[Row]]
"""Answers a query: that of a store, or of a candidate."""


@dataclass(frozen=True)
class Claim:
    """One claim: its IRI, what stance who takes in which source, and what it says in our words.

    `claimants` is empty where the source itself speaks. `stated` and `when` are EDTF texts of the day on which it was
    said and of the day it gives for what happened; None where it gives none. `sentence` counts from 1, 0 is the title.
    """

    iri: str
    stance: str
    claimants: tuple[str, ...]
    source: str
    published: str | None
    sentence: int | None
    gloss: str
    stated: str | None
    when: str | None


@dataclass(frozen=True)
class Event:
    """What is said of an event (`edtf` and `dateText` are those of its date), and of its participations and tolls."""

    facts: Facts
    parts: Mapping[str, Facts]


def of(store: Store) -> Select:
    """Asks the version that a store has."""
    return lambda text: read_rows(store.query(text).read())


def claims(select: Select, iris: Collection[str]) -> dict[str, Facts]:
    """What claims say; `published` is the date of the source. What is no claim is not there."""
    rows = select(queries.text_for("claim-values", "claim", iris)) if iris else []
    return {claim: facts for claim, of_claim in by(rows, "claim").items() if "stance" in (facts := _facts(of_claim))}


def events(select: Select, iris: Collection[str]) -> dict[str, Event]:
    """What is said of events."""
    rows = select(queries.text_for("event-values", "event", iris)) if iris else []
    return {
        event: Event(
            _facts(row for row in of_event if "part" not in row),
            {part: _facts(of_part) for part, of_part in sorted(by(of_event, "part").items())},
        )
        for event, of_event in by(rows, "event").items()
    }


def names(store: Store, iris: Collection[str]) -> dict[str, str]:
    """What things are called in English, of those for which that can be told.

    A thing without a name of its own is called by what it says or by its date; an event by its kind, its place and who
    took over from whom; a participation by the actor and the role; a toll by the number and the harm.
    """
    said = _said(store, iris)
    labels = {iri: label for iri, facts in said.items() if (label := _own(facts))}
    unnamed = {iri: facts for iri, facts in said.items() if iri not in labels}
    others = {value for facts in unnamed.values() for name in _NAMING for value in facts.get(name, ())}
    naming = labels | {iri: label for iri, facts in _said(store, others).items() if (label := _own(facts))}
    return labels | {iri: label for iri, facts in unnamed.items() if (label := _composed(facts, naming))}


_OWN = frozenset({"prefLabel", "label", "gloss", "edtf"})
"""What names a thing by itself."""
_NAMING = ("eventType", "place", "fromController", "toController", "controller", "actor", "role", "kind")
"""What names a thing by others."""


def _said(store: Store, iris: Collection[str]) -> dict[str, Facts]:
    rows = of(store)(queries.text_for("names", "thing", iris)) if iris else []
    return {thing: _facts(told) for thing, told in by(rows, "thing").items()}


def _own(facts: Facts) -> str | None:
    return min((value for name in _OWN for value in facts.get(name, ())), default=None)


def _composed(facts: Facts, labels: Mapping[str, str]) -> str | None:
    """What a thing is called by others that have a name."""

    def of(name: str) -> str | None:
        return next((labels[value] for value in facts.get(name, ()) if value in labels), None)

    kind, role, actor, harm = (of(name) for name in ("eventType", "role", "actor", "kind"))
    if kind:
        return called(Event(facts, {}), labels)
    if role and actor:
        return f"{actor} ({role})"
    if harm and (least := first(facts, "min")):
        most = first(facts, "max")
        number = f"at least {least}" if most is None else least if most == least else f"{least} to {most}"
        return f"{number} {harm}"
    return None


def claim(iri: str, facts: Facts) -> Claim:
    """A claim as pages and lists show it."""
    sentence = first(facts, "sentence")
    return Claim(
        iri,
        facts["stance"][0],
        facts.get("claimant", ()),
        facts["source"][0],
        first(facts, "published"),
        int(sentence) if sentence is not None else None,
        first(facts, "gloss") or "",
        first(facts, "statedOn"),
        first(facts, "statesWhen"),
    )


def called(event: Event, labels: Mapping[str, str]) -> str:
    """What an event is called: its kind, its place, and who took over from whom."""
    facts = event.facts
    kind = labels.get(first(facts, "eventType") or "", "event")
    places = [labels.get(place, place) for place in facts.get("place", ())]
    where = f": {places[0] if len(places) == 1 else f'{len(places)} places'}" if places else ""
    roles = (("fromController", "from"), ("toController", "to"), ("controller", "held by"))
    who = [f", {word} {labels.get(actor, actor)}" for role, word in roles for actor in facts.get(role, ())[:1]]
    return f"{kind[:1].upper()}{kind[1:]}{where}{''.join(who)}"


def first(facts: Facts, name: str) -> str | None:
    """The first value of a property; None where there is none."""
    return next(iter(facts.get(name, ())), None)


def by(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    """The rows that have a value for a variable, by it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if name in row:
            found.setdefault(str(row[name]), []).append(row)
    return found


def _facts(rows: Iterable[Row]) -> Facts:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(str(row["property"]).rpartition("#")[2], set()).add(str(row["value"]))
    return {name: tuple(sorted(values)) for name, values in sorted(found.items())}


def named(*told: Facts) -> set[str]:
    """Everything of ours that the values name."""
    return {value for facts in told for values in facts.values() for value in values if value.startswith(BASE)}
