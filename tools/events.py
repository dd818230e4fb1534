"""The part of record.ttl that is no change of control: attacks and the withdrawal, with tolls and accusations."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, Graph, Literal, URIRef

from tools.gazetteer import IN_ACTORS, IN_PLACES, Actor, Place
from tools.glosses import VERBS
from tools.tables import Row, rows
from tools.turtle import KG, RECORDED, add, concepts, described, english, iri, new_graph, when

IN_EVENTS = "an event of events.csv"


@dataclass(frozen=True)
class Names:
    """The identifiers that the event tables may use, and the concepts by scheme."""

    places: Collection[str]
    actors: Collection[str]
    sources: Collection[str]
    concepts: dict[str, dict[str, URIRef]]


def add_events(
    graph: Graph,
    tables: Path,
    places: dict[str, Place],
    actors: dict[str, Actor],
    sources: Collection[str],
    taken: Collection[str],
) -> None:
    """State the events, their participations and tolls, and the claims; ``taken`` are claims that exist already."""
    schemes = ("EventTypes", "Roles", "TollKinds", "Groups", "Attributes", "Precisions")
    names = Names(places, actors, sources, {scheme: concepts(scheme) for scheme in schemes})
    part = new_graph()
    for row in rows(tables, "events.csv"):
        add_event(part, row, names)
    events = {str(node) for node in part.subjects(RDF.type, KG.Event)}
    for row in rows(tables, "event_participations.csv"):
        add_participation(part, row, names, events)
    for row in rows(tables, "event_tolls.csv"):
        add_toll(part, row, names, events)
    known = {str(node) for node in part.subjects(RDF.type)}
    used = set(taken)
    for row in rows(tables, "event_claims.csv"):
        claim = row.slug("id")
        if claim in used:
            raise row.bad("id", claim, "an identifier that no other claim has, here or in record_claims.csv")
        used.add(claim)
        add_claim(part, row, claim, names, known)
    graph += part


def one(row: Row, column: str, names: Collection[str], what: str) -> str:
    """Return the identifier in ``column``, which must be there."""
    found = row.known(column, names, what)
    if found is None:
        raise row.bad(column, "", what)
    return found


def window(row: Row, first: str, last: str) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the two days in the columns ``first`` and ``last``, in order."""
    earliest, latest = row.day(first), row.day(last)
    if earliest and latest and earliest > latest:
        raise row.bad(last, str(latest), f"a day that is not before {earliest}")
    return earliest, latest


def add_event(graph: Graph, row: Row, names: Names) -> None:
    """State one event."""
    node = iri("event", row.slug("id"))
    types = names.concepts["EventTypes"]
    chosen = row.several("event_types", types, "event types of the ontology, separated by spaces")
    if not chosen:
        raise row.bad("event_types", "", "event types of the ontology, separated by spaces")
    precision = row.integer("geo_precision")
    if precision not in range(1, 8):
        raise row.bad("geo_precision", str(precision), "a number from 1 to 7")
    add(graph, node, RDF.type, KG.Event)
    add(graph, node, KG.eventType, *(types[name] for name in chosen))
    add(graph, node, KG.place, iri("place", one(row, "place", names.places, IN_PLACES)))
    add(graph, node, KG.geoPrecision, Literal(precision))
    add(graph, node, KG.when, when(graph, *window(row, "earliest", "latest")))


def event_of(row: Row, events: Collection[str]) -> URIRef:
    """Return the event that the line belongs to."""
    node = iri("event", row.slug("event"))
    if str(node) not in events:
        raise row.bad("event", node.rpartition("/")[2], IN_EVENTS)
    return node


def add_participation(graph: Graph, row: Row, names: Names, events: Collection[str]) -> None:
    """State who takes part in an event, and how."""
    node = iri("participation", row.slug("id"))
    add(graph, event_of(row, events), KG.participation, node)
    add(graph, node, RDF.type, KG.Participation)
    add(graph, node, KG.actor, iri("actor", one(row, "actor", names.actors, "an actor of actors.csv")))
    add(graph, node, KG.role, row.choice("role", names.concepts["Roles"]))


def add_toll(graph: Graph, row: Row, names: Names, events: Collection[str]) -> None:
    """State one count that belongs to an event."""
    node = iri("toll", row.slug("id"))
    add(graph, event_of(row, events), KG.toll, node)
    add(graph, node, RDF.type, KG.Toll)
    add(graph, node, KG.kind, row.choice("kind", names.concepts["TollKinds"]))
    lowest, highest, best = (row.integer(column) for column in ("lowest", "highest", "best"))
    if lowest is None or lowest < 0:
        raise row.bad("lowest", str(lowest), "a whole number, 0 or more")
    if highest is not None and highest < lowest:
        raise row.bad("highest", str(highest), f"a number that is not less than {lowest}, or nothing for 'at least'")
    add(graph, node, KG.min, Literal(lowest))
    add(graph, node, KG.max, None if highest is None else Literal(highest))
    add(graph, node, KG.best, None if best is None else Literal(best))
    groups = names.concepts["Groups"]
    group = row.known("of_group", {*groups, *names.actors}, "a group of the ontology, an actor, or nothing")
    add(graph, node, KG.ofGroup, None if group is None else groups.get(group, iri("actor", group)))
    as_of = row.day("as_of")
    add(graph, node, KG.when, when(graph, as_of, as_of))


def add_claim(graph: Graph, row: Row, claim: str, names: Names, known: Collection[str]) -> None:
    """State one claim; ``known`` are the events, participations and tolls that it may be about."""
    node = iri("claim", claim)
    about = row.text("about").split()
    for thing in about:
        if str(entity(thing, names)) not in known and place(thing, names) is None:
            kinds = "event:, participation:, toll: or place: and an identifier of the table of that name"
            raise row.bad("about", thing, kinds)
    add(graph, node, RDF.type, KG.Claim)
    add(graph, node, KG.about, *(entity(thing, names) for thing in about))
    add(graph, node, KG.stance, KG[row.choice("stance", {stance: stance for stance in VERBS})])
    for column, predicate in (("claimants", KG.claimant), ("accused", KG.accused)):
        add(graph, node, predicate, *(iri("actor", actor) for actor in row.several(column, names.actors, IN_ACTORS)))
    stated_on = row.day("stated_on")
    add(graph, node, KG.statedOn, when(graph, stated_on, stated_on))
    add(graph, node, KG.statesWhen, states_when(graph, row, claim, names))
    attributes = names.concepts["Attributes"]
    attribute, value = row.known("attribute", attributes, "an attribute of the ontology"), row.optional("value")
    if (attribute is None) != (value is None):
        raise row.bad("value", value or "", "a value exactly where there is an attribute")
    if attribute is not None and value is not None:
        add(graph, node, KG.attribute, attributes[attribute])
        if value in ("true", "false"):
            add(graph, node, KG.value, Literal(value == "true"))
        else:
            add(graph, node, KG.value, actor(value, names) or english(value))
    add(graph, node, KG.source, iri("source", one(row, "source", names.sources, "a source of sources.csv")))
    text, note = row.text("gloss"), row.optional("note")
    add(graph, node, KG.gloss, english(f"{text} ({note})." if note else f"{text}."))
    add(graph, node, KG.recordedAt, RECORDED)


def entity(thing: str, names: Names) -> URIRef | None:
    """Return the IRI of something written as kind:identifier; None if the kind is none that a claim is about here."""
    kind, _, slug = thing.partition(":")
    return iri(kind, slug) if kind in ("event", "participation", "toll") else place(thing, names)


def place(thing: str, names: Names) -> URIRef | None:
    """Return the IRI of a place written as place:identifier; None for anything else."""
    kind, _, slug = thing.partition(":")
    return iri(kind, slug) if kind == "place" and slug in names.places else None


def actor(thing: str, names: Names) -> URIRef | None:
    """Return the IRI of an actor written as actor:identifier; None for anything else."""
    kind, _, slug = thing.partition(":")
    return iri(kind, slug) if kind == "actor" and slug in names.actors else None


def states_when(graph: Graph, row: Row, claim: str, names: Names) -> URIRef | None:
    """Describe when it happened by this claim; a date in words has a node of its own, with the words and the bounds."""
    earliest, latest = window(row, "earliest", "latest")
    words, precision = row.optional("date_text"), row.optional("precision")
    if words is None:
        if precision is not None:
            raise row.bad("precision", precision, "nothing, as there is no date_text")
        return when(graph, earliest, latest)
    precisions = names.concepts["Precisions"]
    if precision not in precisions:
        raise row.bad("precision", precision or "", "one of " + ", ".join(precisions))
    edtf = f"[{earliest or ''}..{latest or ''}]"
    node = described(graph, iri("when", claim), edtf, earliest, latest, precisions[precision])
    add(graph, node, KG.dateText, english(words))
    return node
