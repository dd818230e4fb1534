"""sources.ttl: the documents and pages that the claims stand in, from sources.csv and documents.csv."""

import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, SKOS, Graph, Literal, URIRef

from tools.tables import Row, TableError, rows, unique
from tools.turtle import KG, add, english, iri, month, new_graph, when

ABOUT = "The sources of the claims: what they are, when they were published, which derive from which."
TABLES = "sources.csv and documents.csv"
KINDS = {"news page": KG.NewsPage, "encyclopedia copy": KG.EncyclopediaCopy}
ORIGINS = {
    "address": "its address",
    "page": "the page itself",
    "page (AFP, 11 August 2021)": "the page itself (AFP, 11 August 2021)",
}


@dataclass(frozen=True)
class Source:
    """One document: ``label`` says what it is where it has a name of its own, else None; dates as EDTF day or month."""

    id: str
    label: str | None
    domain: str | None
    address: str | None
    published: str | None
    published_from: str | None
    kind: URIRef
    retrieved: datetime.date | None
    knowledge: datetime.date | None
    derived_from: tuple[str, ...]
    sides: tuple[str, ...]
    sha256: str | None
    note: str | None


def read_sources(tables: Path, actors: set[str]) -> dict[str, Source]:
    """Return all sources by identifier; ``actors`` are the identifiers that may be a side."""
    found = [read_row(row, actors, document=False) for row in rows(tables, "sources.csv")]
    found += [read_row(row, actors, document=True) for row in rows(tables, "documents.csv")]
    named = unique(found, lambda source: source.id, TABLES)
    for source in found:
        for original in source.derived_from:
            if original not in named:
                raise TableError(f"data/tables: {source.id} derives from {original}, which stands in neither {TABLES}")
    return named


def read_row(row: Row, actors: set[str], document: bool) -> Source:
    """Read one line; a document has a label and a checksum, a page has the domain of its publisher."""
    sides = row.several("sides", actors, "two actors of actors.csv, separated by a space, or nothing")
    if len(sides) not in (0, 2):
        raise row.bad("sides", " ".join(sides), "two actors, or nothing")
    return Source(
        id=row.slug("id"),
        label=row.text("label") if document else None,
        domain=None if document else row.text("publisher_domain"),
        address=row.web("address"),
        published=row.parsed("published_edtf", day_or_month, "a day 2021-08-15, a month 2021-08, or nothing"),
        published_from=row.known("published_from", ORIGINS, "one of " + ", ".join(ORIGINS)),
        kind=row.choice("kind", KINDS),
        retrieved=row.day("retrieved"),
        knowledge=row.day("knowledge"),
        derived_from=tuple((row.optional("derived_from") or "").split()),
        sides=tuple(sides),
        sha256=row.text("sha256") if document else None,
        note=row.optional("note"),
    )


def day_or_month(text: str) -> str:
    """Return ``text`` if it is a day or a month, else raise ValueError."""
    datetime.date.fromisoformat(text if len(text) > len("2021-08") else f"{text}-01")
    return text


def labels(sources: dict[str, Source]) -> dict[str, str]:
    """Return a label for each source: its own, or publisher and date; with the identifier where two would be alike."""
    plain = {key: s.label or f"{s.domain}, {s.published or 'undated'}" for key, s in sources.items()}
    often = Counter(plain.values())
    return {key: f"{label} ({key})" if often[label] > 1 else label for key, label in plain.items()}


def sources_graph(sources: dict[str, Source]) -> Graph:
    """Return the graph of sources.ttl."""
    graph = new_graph()
    for key, label in labels(sources).items():
        source, node = sources[key], iri("source", key)
        add(graph, node, RDF.type, KG.Source)
        add(graph, node, SKOS.prefLabel, english(label))
        add(graph, node, KG.sourceKind, source.kind)
        add(graph, node, KG.address, URIRef(source.address) if source.address else None)
        add(graph, node, KG.published, published(graph, source))
        add(graph, node, KG.retrieved, Literal(source.retrieved) if source.retrieved else None)
        add(graph, node, KG.knowledge, Literal(source.knowledge) if source.knowledge else None)
        add(graph, node, KG.derivedFrom, *(iri("source", original) for original in source.derived_from))
        add(graph, node, KG.side, *(iri("actor", side) for side in source.sides))
        add(graph, node, KG.sha256, Literal(source.sha256) if source.sha256 else None)
        if source.published_from:
            add(
                graph,
                node,
                SKOS.note,
                english(f"The date of publication is taken from {ORIGINS[source.published_from]}."),
            )
        add(graph, node, SKOS.note, english(source.note) if source.note else None)
    return graph


def published(graph: Graph, source: Source) -> URIRef | None:
    """Describe when ``source`` was published; None where that is not known."""
    if source.published is None:
        return None
    if len(source.published) == len("2021-08"):
        return month(graph, source.published)
    day = datetime.date.fromisoformat(source.published)
    return when(graph, day, day)
