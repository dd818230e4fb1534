"""links.ttl: matches with Wikidata, GeoNames and DBpedia and how far they are verified, from external_linksets.csv."""

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
    entities = {key: (iri("place", key), place.name) for key, place in places.items()}
    entities |= {key: (iri("actor", key), actor.name) for key, actor in actors.items()}
    graph = new_graph()
    for row in rows(tables, "external_linksets.csv"):
        add_links(graph, row, entities)
    return graph


def add_links(graph: Graph, row: Row, entities: dict[str, tuple[URIRef, str]]) -> None:
    """State the links of one line; ``entities`` are our places and actors with their names, by identifier."""
    key = row.slug("local_id")
    if key not in entities:
        raise row.bad("local_id", key, "a place of places.csv or an actor of actors.csv")
    subject, name = entities[key]
    row.same("name", name)
    row.text("kind")  # repeated for the reader of the table
    relation = row.choice("suggested_predicate", RELATIONS)
    retrieved = row.day("retrieved")
    evidence = f"{row.text('status')}: {row.text('source')}"
    article = row.optional("dbpedia_status")
    for dataset, start in DATASETS.items():
        target = row.web(f"{dataset}_iri")
        looked_up = dataset != "dbpedia"  # those are made from the titles of articles
        status = verdict(row, f"{dataset}_status", target) if looked_up else KG.Candidate
        if target is None:
            continue
        if not target.startswith(start):
            raise row.bad(f"{dataset}_iri", target, f"an IRI that begins with {start}")
        node = iri("link", f"{key}-{dataset}")
        add(graph, node, RDF.type, KG.Link)
        add(graph, node, KG.linkSubject, subject)
        add(graph, node, KG.linkTarget, URIRef(target))
        add(graph, node, KG.linkRelation, relation)
        add(graph, node, KG.linkStatus, status)
        add(graph, node, KG.linkEvidence, english(evidence if looked_up or article is None else article))
        add(graph, node, KG.retrieved, Literal(retrieved) if retrieved else None)
        if status == KG.Accepted:
            add(graph, subject, relation, URIRef(target))


def verdict(row: Row, column: str, target: str | None) -> URIRef | None:
    """Return where the link stands; a line has a status exactly where it has an identifier."""
    found = row.optional(column)
    if (found is None) != (target is None) or (found is not None and found not in STATUSES):
        raise row.bad(column, found or "", "accepted, candidate or rejected where there is an identifier, else nothing")
    return None if found is None else STATUSES[found]
