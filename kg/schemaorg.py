"""A thing in the words of schema.org, for whoever reads pages by machine: as JSON-LD, to stand in its page.

Only what the words mean there is said. A day of which we know bounds is no `startDate`; a place that others mean with
another IRI is `sameAs` only where the match is exact and accepted; what schema.org has no type for is a `Thing`. The
relation of the classes is that of `ontology/alignments.ttl`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rdflib import OWL, RDF, RDFS, SKOS, VOID, Literal, URIRef

from kg import dates
from kg.entities import Entity
from kg.errors import BadDate
from kg.gazetteer import Gazetteer
from kg.ontology import KG

CONTEXT = "https://schema.org"
Document = dict[str, Any]

_CLASSES: Mapping[URIRef, str] = {
    KG.Place: "Place", KG.Event: "Event", KG.ControlChange: "Event", KG.ControlObservation: "Event",
    KG.Actor: "Organization", KG.Claim: "Claim", KG.Source: "CreativeWork", VOID.Dataset: "Dataset",
    SKOS.Concept: "DefinedTerm", OWL.Class: "DefinedTerm", OWL.ObjectProperty: "DefinedTerm",
    OWL.DatatypeProperty: "DefinedTerm", RDF.Property: "DefinedTerm",
}  # fmt: skip
_CONCEPTS: Mapping[URIRef, str] = {
    KG.Country: "Country", KG.Province: "AdministrativeArea", KG.District: "AdministrativeArea",
    KG.ProvincialCapital: "City", KG.City: "City", KG.Town: "City", KG.Airport: "Airport",
    KG.Person: "Person", KG.State: "Country", KG.StateGovernment: "GovernmentOrganization",
    KG.GovernmentBody: "GovernmentOrganization", KG.PopulationGroup: "Thing", KG.UnnamedSpeaker: "Thing",
    KG.NewsPage: "NewsArticle", KG.Dataset: "Dataset",
}  # fmt: skip
"""What a thing is by its kind, where that says more than its class."""
_REFERENCES = {
    KG.place: "location", KG.within: "containedInPlace", KG.partOf: "superEvent", KG.organOf: "parentOrganization",
    KG.claimant: "author", KG.source: "appearance", KG.about: "about", KG.derivedFrom: "isBasedOn",
}  # fmt: skip
_TEXTS = {KG.gloss: "text", SKOS.definition: "description", RDFS.comment: "description"}


def described(entity: Entity, gazetteer: Gazetteer, page: Callable[[str], str]) -> Document:
    """What an entity's page says of it in JSON-LD; `page` gives the address of the page about an IRI."""
    told: Document = {
        "@context": CONTEXT,
        "@id": entity.iri,
        "@type": _type(entity),
        "name": _texts(entity, SKOS.prefLabel) or _texts(entity, RDFS.label) or entity.label,
        "alternateName": _texts(entity, SKOS.altLabel),
        "sameAs": [str(iri) for iri in _values(entity, SKOS.exactMatch)],
        "url": page(entity.iri),
    }
    for term, name in _TEXTS.items():
        told.setdefault(name, _texts(entity, term))
    for term, name in _REFERENCES.items():
        told[name] = [
            {"@id": str(iri), "name": entity.labels.get(str(iri)), "url": page(str(iri))}
            for iri in _values(entity, term)
        ]
    for term, first, last in ((KG.when, "startDate", "endDate"), (KG.published, "datePublished", "")):
        told[first], told[last] = _days(entity, term)
    if address := _values(entity, KG.address):
        told["url"] = str(address[0])  # a source is read where it stands
    if (entry := gazetteer.places.get(entity.iri)) and entry.point:
        told["geo"] = {"@type": "GeoCoordinates", "longitude": entry.point[0], "latitude": entry.point[1]}
    return {name: value for name, value in told.items() if name and value}


def dataset(title: str, licence: str, version: str, address: str, dumps: Mapping[str, str]) -> Document:
    """A data set as search engines for data sets read it; `dumps` are addresses with their media types."""
    told = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": title,
        "description": f"{title}: who controlled what, when, according to whom, with the claims and their sources.",
        "url": f"{address}/",
        "license": licence,
        "version": version,
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": url, "encodingFormat": media} for url, media in dumps.items()
        ],
    }
    return {name: value for name, value in told.items() if value}


def _type(entity: Entity) -> str:
    kinds = [iri for term in (KG.placeType, KG.actorType, KG.sourceKind) for iri in _values(entity, term)]
    classes = [_CLASSES[iri] for iri in _values(entity, RDF.type) if iri in _CLASSES]
    return next((_CONCEPTS[kind] for kind in kinds if kind in _CONCEPTS), classes[0] if classes else "Thing")


def _values(entity: Entity, term: URIRef) -> list[URIRef]:
    """The things that a property leads to, each once."""
    found = [each.value for each in entity.statements if each.property == term and isinstance(each.value, URIRef)]
    return list(dict.fromkeys(found))


def _texts(entity: Entity, term: URIRef) -> list[Document | str]:
    """The texts of a property, each once, with their languages."""
    found = [each.value for each in entity.statements if each.property == term and isinstance(each.value, Literal)]
    return [
        {"@value": str(text), "@language": text.language} if text.language else str(text)
        for text in dict.fromkeys(found)
    ]


def _days(entity: Entity, term: URIRef) -> tuple[str | None, str | None]:
    """The first and the last day of what a property dates, each where it is known to the day."""
    named = [entity.labels.get(str(iri), "") for iri in _values(entity, term)]
    if len(named) != 1:
        return None, None
    try:
        bounds = dates.parse(named[0])
    except BadDate:
        return None, None
    if bounds.flags:
        return None, None
    first = _exact(bounds.earliest, bounds.latest)
    return first, _exact(bounds.end_earliest, bounds.end_latest) if bounds.extent else first


def _exact(earliest: date | None, latest: date | None) -> str | None:
    return earliest.isoformat() if earliest and earliest == latest else None
