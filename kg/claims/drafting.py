"""A claim as it was filled in, as statements: names are looked up, dates are read, IRIs are made from the content."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from rdflib import DCTERMS, RDF, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.claims import dating, given, naming
from kg.claims.given import Given, NewSource, json_name
from kg.errors import Backwards, BadClaim, FieldFault
from kg.ontology import KG, PREFIXES
from kg.store.embedded import Store

_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass
class Draft:
    """A claim about to be written: its statements and those that it needs, what is wrong with it so far, and from which
    field each node comes."""

    store: Store
    now: datetime
    graph: Graph = field(default_factory=Graph)
    claim: URIRef | None = None
    source: URIRef | None = None
    faults: list[FieldFault] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    unread: list[dating.Unread] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day on which this is written."""
        return self.now.astimezone(UTC).date()

    def wrong(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(FieldFault(name, message))

    def known(self, kind: naming.Kind, name: str | None, where: str) -> URIRef | None:
        """The thing that a field names, None where it names none; an unknown one is noted."""
        if not name:
            return None
        try:
            return naming.known(self.store, kind, name, where)
        except BadClaim as error:
            self.faults += error.faults
            return None

    def concept(self, where: str, name: str | None, accepted: tuple[str, ...], default: str) -> URIRef:
        """The concept that a field names, in any case, with or without its prefix."""
        wanted = (name or default).removeprefix("kg:").replace("-", "").casefold()
        found = next((each for each in accepted if each.casefold() == wanted), None)
        if found is None:
            self.wrong(where, f"{name!r} is none of those accepted: {', '.join(accepted)}")
        return KG[found or default]

    def date(self, where: str, text: str | None) -> URIRef | None:
        """The date that a field gives."""
        if not text or not text.strip():
            return None
        try:
            if text.startswith(PREFIXES["when"]):
                found = dating.again(self.graph, text, naming.said_of(self.store, text))
            else:
                found = dating.describe(self.graph, where, text, self.today)
        except Backwards as error:
            self.wrong(where, str(error))
            return None
        if found.unread:
            self.unread.append(found.unread)
        self.fields.setdefault(str(found.node), where)
        return found.node

    def day(self, where: str, text: str | None) -> Literal | None:
        """The one day that a field gives."""
        if not text:
            return None
        with suppress(ValueError):
            if (day := date.fromisoformat(text.strip())) <= self.today:
                return Literal(day)
        self.wrong(where, f"{text!r} is no day that has been; accepted is a day such as 2021-08-06")
        return None

    def say(self, node: URIRef | None, term: URIRef, *values: Node | None) -> None:
        """State each value, leaving out those that are None."""
        assert node is not None
        for value in values:
            if value is not None:
                self.graph.add((node, term, value))


def draft(store: Store, filled: Given, now: datetime, supersedes: str | None = None) -> Draft:
    """The statements of a claim. Raises BadClaim with everything that is wrong with its fields."""
    made = Draft(store, now)
    when = made.date("when", filled.when)
    event = _existing(made, filled) if filled.event else _event(made, filled, when)
    source = _source(made, filled.source)
    stance = made.concept("stance", filled.stance, given.STANCES, "Reports")
    claimants = [made.known("actor", name, "claimant") for name in filled.claimant]
    stated = made.date("statedOn", filled.stated_on)
    manner = made.concept("manner", filled.manner, given.MANNERS, "Unstated") if filled.manner else None
    gloss = " ".join((filled.gloss or "").split())
    if not gloss:
        made.wrong("gloss", "what the source says, in an English sentence of your own, is needed")
    if made.faults or event is None or source is None:
        raise BadClaim(made.faults)
    states = when if filled.event else None
    content = [event, source, stance, sorted(map(str, claimants)), stated, states, manner, filled.sentence,
               filled.locator, supersedes]  # fmt: skip
    made.source = source
    made.claim = claim = URIRef(f"{PREFIXES['claim']}{_last(source)}-{dating.digest(*content)}")
    made.fields[str(claim)] = ""
    made.say(claim, RDF.type, KG.Claim)
    made.say(claim, KG.about, event)
    made.say(claim, KG.source, source)
    made.say(claim, KG.stance, stance)
    made.say(claim, KG.claimant, *claimants)
    made.say(claim, KG.statedOn, stated)
    made.say(claim, KG.statesWhen, states)
    made.say(claim, KG.manner, manner)
    made.say(claim, KG.sentence, None if filled.sentence is None else Literal(filled.sentence))
    made.say(claim, KG.locator, Literal(filled.locator) if filled.locator else None)
    made.say(claim, KG.gloss, Literal(gloss, lang="en"))
    made.say(claim, KG.supersedes, URIRef(supersedes) if supersedes else None)
    made.say(claim, KG.recordedAt, moment(now))
    return made


def moment(now: datetime) -> Literal:
    """A moment as an xsd:dateTime in UTC, to the microsecond: two writes in one second have an order."""
    text = now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return Literal(text, datatype=XSD.dateTime, normalize=False)


def _existing(made: Draft, filled: Given) -> URIRef | None:
    """The event of the record that a claim names. What happened is said there, and not again."""
    untold = Given()
    twice = [json_name(name) for name in given.CONTENT if getattr(filled, name) != getattr(untold, name)]
    for name in twice:
        made.wrong(name, "is said by the event already; give either the event or what happened")
    event = made.known("event", filled.event, "event")
    if event is not None:
        kinds = naming.said_of(made.store, event).get(str(RDF.type), [])
        if not {str(KG.ControlChange), str(KG.ControlObservation)} & set(kinds):
            made.wrong("event", f"<{event}> is no change of control and no report on who holds a place")
    return event


def _event(made: Draft, filled: Given, when: URIRef | None) -> URIRef | None:
    """What happened, as an event of its own. Equal content on an equal date is one event."""
    kind = (filled.kind or "change").casefold()
    if kind not in given.KINDS:
        made.wrong("kind", f"{filled.kind!r} is none of those accepted: {', '.join(given.KINDS)}")
    change = kind == "change"
    if not filled.place:
        made.wrong("place", "the place is needed, or an event of the record")
    place = made.known("place", filled.place, "place")
    to, origin = made.known("actor", filled.to, "to"), made.known("actor", filled.from_, "from")
    parties = [made.known("actor", name, "parties") for name in filled.parties]
    extent = made.concept("extent", filled.extent, given.EXTENTS, "Whole")
    if made.faults or place is None:
        return None
    content = [kind, place, to, origin, sorted(map(str, parties)), filled.contested, extent, when]
    event = URIRef(f"{PREFIXES['event']}{_last(place)}-{dating.digest(*content)}")
    made.fields[str(event)] = ""
    made.say(event, RDF.type, KG.ControlChange if change else KG.ControlObservation)
    made.say(event, KG.eventType, _type(filled, change))
    made.say(event, KG.place, place)
    made.say(event, KG.extent, extent)
    made.say(event, KG.toController if change else KG.controller, to)
    made.say(event, KG.fromController, origin)
    made.say(event, KG.party, *parties)
    made.say(event, KG.contested, Literal(True) if filled.contested else None)
    made.say(event, KG.when, when)
    return event


def _type(filled: Given, change: bool) -> URIRef:
    if not change:
        return KG.StateReport
    if filled.parties or filled.contested:
        return KG.BecameContested
    return KG.Capture if filled.to else KG.Withdrawal


def _source(made: Draft, source: str | NewSource | None) -> URIRef | None:
    if source is None or source == "":
        made.wrong("source", "the source is needed: one of the record, or the description of a new one")
        return None
    if isinstance(source, str):
        return made.known("source", source, "source")
    title = " ".join(source.title.split())
    if not title:
        made.wrong("source/title", "the title of a new source is needed, in English")
    if source.address and not _ADDRESS.fullmatch(source.address):
        made.wrong("source/address", f"{source.address!r} is no web address; accepted is http://… or https://…")
        return None
    kind = made.concept("source/kind", source.kind, given.SOURCE_KINDS, "NewsPage")
    published = made.date("source/published", source.published)
    retrieved, knowledge = (
        made.day(f"source/{name}", value)
        for name, value in (("retrieved", source.retrieved), ("knowledge", source.knowledge))
    )
    origins = [made.known("source", name, "source/derivedFrom") for name in source.derived_from]
    # an address is one source, whatever it is called
    host = source.address and urlsplit(source.address).hostname
    identity = [source.address] if source.address else [title, source.publisher, source.published]
    node = URIRef(f"{PREFIXES['source']}{_slug(host or title)}-{dating.digest(*identity)}")
    made.fields[str(node)] = "source"
    made.say(node, RDF.type, KG.Source)
    made.say(node, SKOS.prefLabel, Literal(title, lang="en"))
    made.say(node, KG.sourceKind, kind)
    made.say(node, DCTERMS.publisher, Literal(source.publisher) if source.publisher else None)
    made.say(node, DCTERMS.language, Literal(source.language) if source.language else None)
    made.say(node, KG.published, published)
    made.say(node, KG.address, URIRef(source.address) if source.address else None)
    made.say(node, KG.retrieved, retrieved)
    made.say(node, KG.knowledge, knowledge)
    made.say(node, KG.derivedFrom, *origins)
    return node


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]


def _slug(title: str) -> str:
    """What an IRI has of a title: its first letters and digits."""
    words = re.findall(r"[a-z0-9]+", title.casefold())
    return "-".join(words)[:40].strip("-") or "source"
