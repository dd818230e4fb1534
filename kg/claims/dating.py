"""A date as it was said, as a kg:When: its bounds where it can be read; else the text alone, which is flagged."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date

from rdflib import RDF, XSD, Graph, Literal, URIRef

from kg import dates, phrases
from kg.errors import Backwards, BadDate
from kg.ontology import KG, PREFIXES
from kg.phrases import Phrase

EDTF = URIRef(f"{PREFIXES['edtf']}EDTF")


@dataclass(frozen=True)
class Unread:
    """A date that is kept as a text without bounds: the field it was given in, the text, and why it is no date."""

    field: str
    text: str
    reason: str


@dataclass(frozen=True)
class Dated:
    """A date: its node, and `unread` where it could not be read."""

    node: URIRef
    unread: Unread | None = None


def describe(graph: Graph, field: str, text: str, today: date) -> Dated:
    """Describe a date in `graph`. Raises Backwards where it was understood and cannot be.

    A day that is still to come is nobody's knowledge, most likely a slip of the hand, and not read: what was only
    announced for it has not happened.
    """
    said = " ".join(text.split())
    try:
        phrase = phrases.read(said)
    except Backwards:
        raise
    except BadDate as error:
        return _kept(graph, Unread(field, said, str(error)))
    if _to_come(phrase.edtf, today):
        return _kept(graph, Unread(field, said, f"{said!r} is after {today}, the day on which this is written"))
    node = URIRef(f"{PREFIXES['when']}{_slug(phrase, said)}")
    bounds = phrase.bounds
    graph.add((node, RDF.type, KG.When))
    graph.add((node, KG.edtf, Literal(phrase.edtf, datatype=EDTF)))
    graph.add((node, KG.precision, KG[phrase.precision]))
    for term, day in (
        (KG.earliest, bounds.earliest),
        (KG.latest, bounds.latest),
        (KG.endEarliest, bounds.end_earliest),
        (KG.endLatest, bounds.end_latest),
    ):
        if day is not None:
            graph.add((node, term, Literal(day)))
    if said != phrase.edtf:
        graph.add((node, KG.dateText, Literal(said)))
    return Dated(node)


def _kept(graph: Graph, unread: Unread) -> Dated:
    node = URIRef(f"{PREFIXES['when']}text-{digest(unread.text)}")
    graph.add((node, RDF.type, KG.When))
    graph.add((node, KG.dateText, Literal(unread.text)))
    return Dated(node, unread)


def again(graph: Graph, iri: str, said: dict[str, list[str]]) -> Dated:
    """Describe a date of the record in `graph` as it is, because a graph is checked by itself."""
    node = URIRef(iri)
    for name, values in said.items():
        term = URIRef(name)
        for value in values:
            match term:
                case RDF.type | KG.precision:
                    graph.add((node, term, URIRef(value)))
                case KG.edtf:
                    graph.add((node, KG.edtf, Literal(value, datatype=EDTF)))
                case KG.earliest | KG.latest | KG.endEarliest | KG.endLatest:
                    graph.add((node, term, Literal(value, datatype=XSD.date)))
                case KG.dateText:
                    graph.add((node, KG.dateText, Literal(value)))
    return Dated(node)


def _to_come(edtf: str, today: date) -> bool:
    """Whether any of the dates in the text begins after today."""
    parts = [part for part in re.split(r"\.\.|/", edtf.strip("[]")) if part]
    return any((dates.parse(part).earliest or date.min) > today for part in parts)


def _slug(phrase: Phrase, said: str) -> str:
    """The name of a date. Days, months and windows of days have the names that they have in every file."""
    bounds = phrase.bounds
    if said == phrase.edtf and not bounds.extent and not bounds.flags:
        if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", said):
            return said
        if bounds != dates.Bounds() and said == dates.to_edtf(bounds):
            return _window(bounds.earliest, bounds.latest)
    return f"said-{digest(phrase.edtf, said)}"


def _window(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return f"by-{last}" if last else f"from-{first}"
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first}--{last.day:02}" if same_month else f"{first}--{last}"


def digest(*parts: object) -> str:
    """Twelve hexadecimal digits that stand for the parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:12]
