"""A claim that is in the record: what it says, as it would be filled in, and what it tells of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from rdflib import RDF, URIRef

from kg.claims.given import Given
from kg.claims.naming import Said, said_of
from kg.errors import BadClaim, ClaimConflict, FieldFault
from kg.ontology import KG
from kg.store.embedded import Store

Lookup = Callable[[str], Said]
"""What is said of a thing, by its IRI."""


def on_control(said: Lookup, claim: str) -> list[str]:
    """The changes and reports of control that a claim is about; none where it is no word on control."""
    what = said(claim)
    if str(KG.attribute) in what:
        return []
    kinds = {str(KG.ControlChange), str(KG.ControlObservation)}
    return [event for event in what.get(str(KG.about), []) if kinds & set(said(event).get(str(RDF.type), []))]


def scope(said: Lookup, claim: str) -> tuple[list[str], date | None]:
    """The places that a claim on control speaks of, and the last day it gives for that.

    Where it gives none, the first, else that of its source's publication; None where there is none either.
    """
    events = on_control(said, claim)
    places = sorted({place for event in events for place in said(event).get(str(KG.place), [])})
    what = said(claim)
    whens = what.get(str(KG.statesWhen), []) or [when for event in events for when in said(event).get(str(KG.when), [])]
    published = [when for source in what.get(str(KG.source), []) for when in said(source).get(str(KG.published), [])]
    for dates, terms in (
        (whens, (KG.endLatest, KG.latest, KG.endEarliest, KG.earliest)),
        (published, (KG.latest, KG.earliest)),
    ):
        for term in terms:
            if days := [day for when in dates for day in said(when).get(str(term), [])]:
                return places, date.fromisoformat(max(days)[:10])
    return places, None


def still_good(store: Store, claim: str) -> Said:
    """What is said of a claim that counts. Raises ClaimConflict where it was taken back, or corrected already."""
    said = said_of(store, claim)
    if retired := said.get(str(KG.retiredAt)):
        raise ClaimConflict(claim, f"<{claim}> was taken back at {retired[0]}")
    for row in store.select("successors", claim=URIRef(claim)):
        successor = str(row["successor"])
        raise ClaimConflict(successor, f"<{claim}> was corrected already; correct what replaced it, <{successor}>")
    return said


def filled(store: Store, claim: str) -> tuple[Given, Given]:
    """A claim on control as it would be filled in: with its event by name, and with what the event says in its place.

    Dates are the names of their nodes. Raises BadClaim for a claim that is no word on one change or report.
    """
    said = said_of(store, claim)
    events = on_control(lambda iri: said_of(store, iri), claim)
    if len(events) != 1:
        message = f"<{claim}> is no word on one change of control or report; correct it in its file"
        raise BadClaim([FieldFault("", message)])
    event = said_of(store, events[0])

    def one(what: Said, term: URIRef) -> str | None:
        return next(iter(what.get(str(term), [])), None)

    sentence = one(said, KG.sentence)
    named = Given(
        event=events[0],
        when=one(said, KG.statesWhen),
        source=one(said, KG.source),
        sentence=None if sentence is None else int(sentence),
        locator=one(said, KG.locator),
        stance=(one(said, KG.stance) or "").rpartition("#")[2],
        claimant=tuple(said.get(str(KG.claimant), [])),
        stated_on=one(said, KG.statedOn),
        manner=(one(said, KG.manner) or "").rpartition("#")[2] or None,
        gloss=one(said, KG.gloss),
    )
    change = str(KG.ControlChange) in event[str(RDF.type)]
    spelled = replace(
        named,
        event=None,
        when=named.when or one(event, KG.when),
        place=one(event, KG.place),
        kind="change" if change else "report",
        to=one(event, KG.toController if change else KG.controller),
        from_=one(event, KG.fromController),
        parties=tuple(sorted(event.get(str(KG.party), []))),
        contested=one(event, KG.contested) == "true",
        extent=(one(event, KG.extent) or "").rpartition("#")[2],
    )
    return named, spelled
