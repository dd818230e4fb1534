"""The ontology's terms in Python, read from the files, so that a typo raises.

>>> from kg.ontology import KG
>>> KG.ControlChange
rdflib.term.URIRef('https://w3id.org/controlgraph/ontology#ControlChange')
"""

from __future__ import annotations

from functools import cache

from rdflib import OWL, RDF, RDFS, SKOS, Graph
from rdflib.namespace import ClosedNamespace

from kg import files

KINDS = (
    "actor",
    "aggregate",
    "claim",
    "dataset",
    "event",
    "geometry",
    "link",
    "participation",
    "place",
    "road",
    "segment",
    "source",
    "toll",
    "when",
)
"""The kinds of things we name: `id/<kind>/<slug>`."""

PREFIXES = {
    "kg": f"{files.BASE}ontology#",
    **{kind: f"{files.BASE}id/{kind}/" for kind in KINDS},
    "graph": f"{files.BASE}graph/",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": str(OWL),
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": "https://schema.org/",
    "skos": str(SKOS),
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes we write with, everywhere."""


@cache
def _terms() -> ClosedNamespace:
    graph = Graph()
    with (files.shipped() / "ontology" / "control.ttl").open("rb") as file:
        graph.parse(file, format="turtle")
    base = PREFIXES["kg"]
    return ClosedNamespace(base, sorted({str(term)[len(base) :] for term in graph.subjects() if base in str(term)}))


def __getattr__(name: str) -> ClosedNamespace:
    """`KG`: every term that `ontology/control.ttl` defines; read when first asked for, an unknown term raises."""
    if name == "KG":
        return _terms()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
