"""record.ttl: the public record, from record_claims.csv (control) and the event tables (what is no change of control).

Lines with the same content tell one event and share its node; each line is a claim of its own, with its own source and
its own date (kg:statesWhen). The date of the event itself is the hull of what its claims tell: from the earliest first
day to the latest last day that any of them names; a side is open only if no claim bounds it.
"""

from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, Graph, URIRef

from tools.events import add_events
from tools.gazetteer import IN_ACTORS, IN_PLACES, Actor, Place
from tools.glosses import VERBS, Content, Telling, gloss
from tools.tables import Row, TableError, rows
from tools.turtle import KG, RECORDED, add, concepts, english, iri, new_graph, when

ABOUT = "The public record: who controlled what by the pages of the time, and the dated events around it."
TABLES = "record_claims.csv, events.csv, event_participations.csv, event_tolls.csv and event_claims.csv"
IN_SOURCES = "a source of sources.csv"


@dataclass(frozen=True)
class ControlClaim:
    """One line of record_claims.csv: ``event`` is the event it tells, ``source`` the page."""

    id: str
    event: str
    source: str
    telling: Telling


def record_graph(tables: Path, places: dict[str, Place], actors: dict[str, Actor], sources: set[str]) -> Graph:
    """Return the graph of record.ttl."""
    graph = new_graph()
    claims = read_claims(tables, places, actors, sources)
    for name, told in by_event(claims).items():
        add_event(graph, name, told)
    for claim in claims:
        add_claim(graph, claim, places, actors)
    add_events(graph, tables, places, actors, sources, {claim.id for claim in claims})
    return graph


def read_claims(
    tables: Path, places: dict[str, Place], actors: dict[str, Actor], sources: set[str]
) -> list[ControlClaim]:
    """Return the lines of record_claims.csv."""
    extents, part_types = concepts("Extents"), concepts("PlaceTypes")
    found: list[ControlClaim] = []
    for row in rows(tables, "record_claims.csv"):
        claim = read_claim(row, places, actors, sources, extents, part_types)
        if any(claim.id == other.id for other in found):
            raise row.bad("claim", claim.id, "an identifier that no other line has")
        found.append(claim)
    return found


def read_claim(
    row: Row,
    places: dict[str, Place],
    actors: dict[str, Actor],
    sources: set[str],
    extents: dict[str, URIRef],
    part_types: dict[str, URIRef],
) -> ControlClaim:
    """Read one line of record_claims.csv."""
    place = row.known("place", places, IN_PLACES)
    to, origin = (row.known(column, actors, "an actor of actors.csv, or nothing") for column in ("to", "from"))
    parties = row.several("parties", actors, IN_ACTORS)
    if place is None:
        raise row.bad("place", "", IN_PLACES)
    if bool(parties) == bool(to or origin) or len(parties) == 1:
        raise row.bad("parties", " ".join(parties), "two or more actors where to and from are empty, else nothing")
    content = Content(
        change=row.choice("kind", {"change": True, "report": False}),
        place=place,
        to=to,
        origin=origin,
        parties=frozenset(parties),
        extent=row.choice("extent", extents),
        part_type=part_types.get(row.known("part_type", part_types, "a place type of the ontology, or nothing") or ""),
    )
    if not content.change and origin:
        raise row.bad("from", origin, "nothing in a state report")
    earliest, latest = row.day("earliest"), row.day("latest")
    if earliest and latest and earliest > latest:
        raise row.bad("latest", str(latest), f"a day that is not before {earliest}")
    source = row.known("source", sources, IN_SOURCES)
    if source is None:
        raise row.bad("source", "", IN_SOURCES)
    telling = Telling(
        content=content,
        stance=row.choice("stance", {stance: stance for stance in VERBS}),
        claimant=row.known("claimant", actors, "an actor of actors.csv, or nothing"),
        stated_on=row.day("stated_on"),
        earliest=earliest,
        latest=latest,
        note=row.optional("note"),
    )
    return ControlClaim(row.slug("claim"), row.slug("event"), source, telling)


def by_event(claims: list[ControlClaim]) -> dict[str, list[ControlClaim]]:
    """Return the claims by the event they tell; events and contents must go together one to one."""
    events: dict[str, list[ControlClaim]] = {}
    names: dict[Content, str] = {}
    for claim in claims:
        events.setdefault(claim.event, []).append(claim)
        content, first = claim.telling.content, events[claim.event][0].telling.content
        if names.setdefault(content, claim.event) != claim.event or first != content:
            raise TableError(
                f"data/tables/record_claims.csv: {claim.id}: column event: found {claim.event!r}; lines have the same "
                "event exactly if kind, place, to, from, parties, extent and part_type are the same"
            )
    return events


def add_event(graph: Graph, name: str, claims: list[ControlClaim]) -> None:
    """State one event, told by ``claims``."""
    content, node = claims[0].telling.content, iri("event", name)
    add(graph, node, RDF.type, KG.ControlChange if content.change else KG.ControlObservation)
    add(graph, node, KG.eventType, content.type)
    add(graph, node, KG.place, iri("place", content.place))
    add(graph, node, KG.extent, content.extent)
    add(graph, node, KG.partType, content.part_type)
    taker = KG.toController if content.change else KG.controller
    add(graph, node, taker, iri("actor", content.to) if content.to else None)
    add(graph, node, KG.fromController, iri("actor", content.origin) if content.origin else None)
    add(graph, node, KG.party, *(iri("actor", party) for party in content.parties))
    if content.change:
        earliest = min((claim.telling.earliest for claim in claims if claim.telling.earliest), default=None)
        latest = max((claim.telling.latest for claim in claims if claim.telling.latest), default=None)
        add(graph, node, KG.when, when(graph, earliest, latest))


def add_claim(graph: Graph, claim: ControlClaim, places: dict[str, Place], actors: dict[str, Actor]) -> None:
    """State one claim."""
    node, telling = iri("claim", claim.id), claim.telling
    add(graph, node, RDF.type, KG.Claim)
    add(graph, node, KG.about, iri("event", claim.event))
    add(graph, node, KG.stance, KG[telling.stance])
    add(graph, node, KG.claimant, iri("actor", telling.claimant) if telling.claimant else None)
    add(graph, node, KG.statedOn, when(graph, telling.stated_on, telling.stated_on))
    add(graph, node, KG.statesWhen, when(graph, telling.earliest, telling.latest))
    add(graph, node, KG.source, iri("source", claim.source))
    add(graph, node, KG.gloss, english(gloss(telling, places, actors)))
    add(graph, node, KG.recordedAt, RECORDED)
