"""Names, dates and the written form that all data files share."""

import calendar
import datetime
import functools
import io
import re
from pathlib import Path

from rdflib import RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDFS
from rdflib.plugins.serializers.longturtle import LongTurtleSerializer
from rdflib.term import Node

BASE = "https://w3id.org/controlgraph/"
KG = Namespace(BASE + "ontology#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
EDTF = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")
ONTOLOGY = Path(__file__).parent.parent / "ontology" / "control.ttl"
RECORDED = Literal("2026-11-23T00:00:00Z", datatype=XSD.dateTime, normalize=False)

KINDS = (
    "actor",
    "claim",
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
PREFIXES = {
    "kg": str(KG),
    "dcterms": str(DCTERMS),
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "geo": str(GEO),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "xsd": str(XSD),
} | {kind: f"{BASE}id/{kind}/" for kind in KINDS}
LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


def iri(kind: str, slug: str) -> URIRef:
    """Return the IRI of one of our entities: ``kind`` is its folder under id/."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of entity; there are {', '.join(KINDS)}")
    return URIRef(f"{BASE}id/{kind}/{slug}")


def english(text: str) -> Literal:
    """Return ``text`` marked as English."""
    return Literal(text, lang="en")


@functools.cache
def ontology() -> Graph:
    """Return the ontology; it is read once."""
    return Graph().parse(ONTOLOGY)


def concepts(scheme: str) -> dict[str, URIRef]:
    """Return the concepts of one scheme of the ontology by their local names."""
    found = [node for node in ontology().subjects(SKOS.inScheme, KG[scheme]) if isinstance(node, URIRef)]
    return {node.removeprefix(KG): node for node in sorted(found)}


def new_graph() -> Graph:
    """Return an empty graph with our prefixes and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def add(graph: Graph, subject: URIRef, predicate: URIRef, *values: Node | None) -> None:
    """State each of ``values``, leaving out those that are None."""
    for value in values:
        if value is not None:
            graph.add((subject, predicate, value))


def when(graph: Graph, earliest: datetime.date | None, latest: datetime.date | None) -> URIRef | None:
    """Describe a day or a window in ``graph`` and return its IRI; None where both bounds are open.

    The same bounds have the same IRI and the same triples in every file.
    """
    if earliest is None and latest is None:
        return None
    if earliest == latest:
        slug = edtf = str(earliest)
    elif earliest is None:
        slug, edtf = f"by-{latest}", f"[..{latest}]"
    elif latest is None:
        slug, edtf = f"from-{earliest}", f"[{earliest}..]"
    else:
        same_month = (earliest.year, earliest.month) == (latest.year, latest.month)
        slug = f"{earliest}--{latest.day:02}" if same_month else f"{earliest}--{latest}"
        edtf = f"[{earliest}..{latest}]"
    return described(graph, iri("when", slug), edtf, earliest, latest, KG.Day if earliest == latest else KG.BoundOnly)


def month(graph: Graph, text: str) -> URIRef:
    """Describe a month written as 2021-07 and return its IRI; ValueError if it is none."""
    first = datetime.date.fromisoformat(f"{text}-01")
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return described(graph, iri("when", text), text, first, last, KG.Month)


def described(
    graph: Graph,
    node: URIRef,
    edtf: str,
    earliest: datetime.date | None,
    latest: datetime.date | None,
    precision: URIRef,
) -> URIRef:
    """State what the date ``node`` is, and return it."""
    add(graph, node, RDF.type, KG.When)
    add(graph, node, KG.edtf, Literal(edtf, datatype=EDTF))
    add(graph, node, KG.earliest, Literal(earliest) if earliest else None)
    add(graph, node, KG.latest, Literal(latest) if latest else None)
    add(graph, node, KG.precision, precision)
    return node


class _Serializer(LongTurtleSerializer):
    """Long Turtle in the order of the IRIs, so that a changed cell changes few lines, with every short name used."""

    def orderSubjects(self) -> list[Node]:  # noqa: N802 - the name is rdflib's
        return sorted(self._subjects, key=str)

    def get_pname(self, uri: Node, gen_prefix: bool = True) -> str | None:  # noqa: ARG002 - rdflib's signature
        for prefix, namespace in PREFIXES.items():
            if isinstance(uri, URIRef) and uri.startswith(namespace) and LOCAL.fullmatch(uri.removeprefix(namespace)):
                self.addNamespace(prefix, URIRef(namespace))  # type: ignore[no-untyped-call]
                return f"{prefix}:{uri.removeprefix(namespace)}"
        return None


def text(graph: Graph, about: str, made_from: str) -> str:
    """Return ``graph`` as Turtle; a comment on top tells what it is ``about`` and which tables it is ``made_from``."""
    out = io.BytesIO()
    _Serializer(graph).serialize(out)  # type: ignore[no-untyped-call]
    head = f"# {about}\n# Made from {made_from} in data/tables/: correct the table, then run python -m tools.build\n"
    return head + out.getvalue().decode().lstrip("\n").rstrip("\n") + "\n"
