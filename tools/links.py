"""links.ttl: matches with Wikidata, GeoNames and DBpedia and how far they are verified, from external_linksets.csv."""

from collections.abc import Mapping
from pathlib import Path

from rdflib import RDF, SKOS, Graph, Literal, URIRef

from tools.gazetteer import Actor, Place
from tools.tables import Row, rows
from tools.turtle import KG, add, english, iri, new_graph

ABOUT = "Matches with other datasets. The plain SKOS statement stands only where the match is accepted."
TABLES = "external_linksets.csv"
DATASETS = {
    "wikidata": "http://www.wikidata.org/entity/",
    "geonames": "https://sws.geonames.org/",
    "dbpedia": "http://dbpedia.org/resource/",
}
RELATIONS = {"skos:exactMatch": SKOS.exactMatch, "skos:closeMatch": SKOS.closeMatch}
STATUSES = {"accepted": KG.Accepted, "candidate": KG.Candidate, "rejected": KG.Rejected}


def links_graph(tables: Path, places: dict[str, Place], actors: dict[str, Actor]) -> Graph:
    """Return the graph of links.ttl for entities of ``places`` and ``actors``."""
    graph = new_graph()
    names = {key: (iri("place", key), place.name) for key, place in places.items()}
    clash = names.keys() & actors.keys()
    assert not clash, f"places and actors need different identifiers: {clash}"
    names |= {key: (iri("actor", key), "") for key in actors}
    for row in rows(tables, "external_linksets.csv"):
        add_links(graph, row, names)
    return graph


def add_links(graph: Graph, row: Row, names: Mapping[str, tuple[URIRef, str]]) -> None:
    """State the links of one line."""
    key = row.slug("local_id")
    if key not in names:
        raise row.bad("local_id", key, "a place of places.csv or an actor of actors.csv")
    subject, _ = names[key]
    row.text("name"), row.text("kind")  # for the reader of the table
    relation = row.choice("suggested_predicate", RELATIONS)
    retrieved = row.day("retrieved")
    status, origin = row.text("status"), row.text("source")
    made = row.optional("dbpedia_status")
    for dataset, start in DATASETS.items():
        target = row.web(f"{dataset}_iri")
        verdict = KG.Candidate if dataset == "dbpedia" else None
        if dataset != "dbpedia" and row.cells[f"{dataset}_status"]:
            verdict = row.choice(f"{dataset}_status", STATUSES)
        elif dataset != "dbpedia":
            row.optional(f"{dataset}_status")
        if target is None:
            continue
        if not target.startswith(start):
            raise row.bad(f"{dataset}_iri", target, f"an IRI that begins with {start}")
        if verdict is None:
            raise row.bad(f"{dataset}_status", "", "accepted, candidate or rejected, as there is an IRI")
        node = iri("link", f"{key}-{dataset}")
        add(graph, node, RDF.type, KG.Link)
        add(graph, node, KG.linkSubject, subject)
        add(graph, node, KG.linkTarget, URIRef(target))
        add(graph, node, KG.linkRelation, relation)
        add(graph, node, KG.linkStatus, verdict)
        add(graph, node, KG.linkEvidence, english(made if dataset == "dbpedia" and made else f"{status}: {origin}"))
        add(graph, node, KG.retrieved, Literal(retrieved) if retrieved else None)
        if verdict == KG.Accepted:
            add(graph, subject, relation, URIRef(target))
    assert relation is not None
