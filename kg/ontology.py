"""The ontology's terms in Python, read from the files, so that a typo raises.

>>> from kg.ontology import KG
>>> KG.ControlChange
rdflib.term.URIRef('https://w3id.org/controlgraph/ontology#ControlChange')
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, URIRef
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
def _read() -> Graph:
    graph = Graph()
    with (files.shipped() / "ontology" / "control.ttl").open("rb") as file:
        graph.parse(file, format="turtle")
    return graph


@cache
def _terms() -> ClosedNamespace:
    base = PREFIXES["kg"]
    return ClosedNamespace(base, sorted({str(term)[len(base) :] for term in _read().subjects() if base in str(term)}))


@cache
def context() -> Mapping[str, Any]:
    """The JSON-LD context of the ontology (JSON-LD 1.1, section 4.1): every term by its local name, and our prefixes.

    A property that leads to things takes IRIs as its values, one with a datatype texts of that. `id` and `type` are
    the keywords of these names. The prefixes of kinds of things are left out: `place` is the property.
    """
    graph, base = _read(), PREFIXES["kg"]
    spaces = {name: iri for name, iri in PREFIXES.items() if name not in KINDS}
    found: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type", **spaces}
    for term in sorted({str(term) for term in graph.subjects() if str(term).startswith(base)}):
        iri, name = URIRef(term), term.removeprefix(base)
        kinds, ranges = set(graph.objects(iri, RDF.type)), [str(value) for value in graph.objects(iri, RDFS.range)]
        of_data = len(ranges) == 1 and ranges[0].startswith((PREFIXES["xsd"], PREFIXES["edtf"]))
        if OWL.ObjectProperty in kinds:
            found[name] = {"@id": f"kg:{name}", "@type": "@id"}
        elif OWL.DatatypeProperty in kinds and of_data and ranges[0] != str(XSD.string):
            found[name] = {"@id": f"kg:{name}", "@type": ranges[0]}
        else:
            found[name] = f"kg:{name}"
    return found


def __getattr__(name: str) -> ClosedNamespace:
    """`KG`: every term that `ontology/control.ttl` defines; read when first asked for, an unknown term raises."""
    if name == "KG":
        return _terms()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
