"""The SPARQL 1.1 Graph Store HTTP Protocol through a socket, by the sections of the recommendation."""

from __future__ import annotations

import json
import sys
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic

from tests.elsewhere.stores import EMBEDDED, Stores
from tests.server.conftest import WRITER, Reply, Service

TURTLE = "text/turtle; charset=utf-8"
UPDATE = "application/sparql-update"
JANE = """@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<#me> a foaf:Person ; foaf:name "Jane" ; foaf:knows [ foaf:name "John" ] ."""
MORE = '@prefix foaf: <http://xmlns.com/foaf/0.1/> . <#me> foaf:nick "J." .'


@pytest.fixture(autouse=True)
def jane(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an engine has the data, John has a name: it takes no blank nodes (docs/deploy.md)."""
    if stores.engine != EMBEDDED:
        named = JANE.replace("[ foaf:name", "<#john> . <#john> foaf:name").replace(" ] .", " .")
        monkeypatch.setattr(sys.modules[__name__], "JANE", named)


def named() -> str:
    """The path and query of a graph that nobody has yet."""
    return f"/graphs?graph={quote(f'https://example.org/{uuid4()}', safe='')}"


def addressed() -> str:
    """The path of a graph that nobody has yet."""
    return f"/graphs/people/{uuid4()}.ttl"


WAYS = pytest.mark.parametrize("way", [named, addressed], ids=["indirect", "direct"])


def iri(service: Service, path: str) -> str:
    """The IRI of the graph at a path."""
    given = parse_qs(urlsplit(path).query).get("graph")
    return given[0] if given else service.url + path


def put(service: Service, path: str, body: str | bytes | None = None, kind: str = TURTLE, **headers: str) -> Reply:
    """A graph put there, by someone who may."""
    return service.ask("PUT", path, JANE if body is None else body, Content_Type=kind, **{**WRITER, **headers})


def post(service: Service, path: str, body: str | bytes = MORE, kind: str = TURTLE) -> Reply:
    """A graph added to it, by someone who may."""
    return service.ask("POST", path, body, Content_Type=kind, **WRITER)


def graph(service: Service, path: str) -> Graph:
    """What is there."""
    reply = service.ask("GET", path, Accept="text/turtle")
    assert reply.status == 200, reply.body
    assert reply.headers["content-type"] == TURTLE
    return Graph().parse(data=reply.body, format="turtle")


def expected(service: Service, path: str, *texts: str) -> Graph:
    """These Turtle texts, as read from there."""
    made = Graph()
    for text in texts:
        made.parse(data=text, format="turtle", publicID=iri(service, path))
    return made


def kind(reply: Reply) -> str:
    """The last part of a problem's type."""
    return str(json.loads(reply.body)["type"]).rpartition("/")[2]


# ── 4 identification ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_4_1_and_4_2_name_the_same_graph(writable: Service) -> None:
    direct = addressed()
    indirect = f"/graphs?graph={quote(writable.url + direct, safe='')}"
    assert put(writable, direct).status == 201
    assert isomorphic(graph(writable, indirect), expected(writable, direct, JANE))
    assert put(writable, indirect, MORE).status == 204
    assert isomorphic(graph(writable, direct), expected(writable, direct, MORE))


def test_4_1_a_graph_of_ours_has_an_address(writable: Service) -> None:
    name = "https://w3id.org/controlgraph/graph/world"
    ours, by_name = (graph(writable, path) for path in ("/graph/world", f"/graphs?graph={quote(name, safe='')}"))
    assert len(ours) > 100
    assert isomorphic(ours, by_name)


@pytest.mark.parametrize("relative", ["people/1", "/graphs/1", "", "#x", "e:a b"])
def test_4_2_a_graph_must_be_named_by_an_absolute_iri(writable: Service, relative: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        reply = writable.ask(method, f"/graphs?graph={quote(relative, safe='')}", Content_Type=TURTLE, **WRITER)
        assert (reply.status, kind(reply)) == (400, "iri")


@pytest.mark.parametrize("query", ["", "?default&graph=e:a", "?graph=e:a&graph=e:b", "?default&default"])
def test_4_2_exactly_one_graph(writable: Service, query: str) -> None:
    reply = writable.ask("GET", f"/graphs{query}")
    assert (reply.status, kind(reply)) == (400, "one-graph")


# ── 5.2 GET ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@WAYS
def test_5_2_a_graph_that_is_not_there_is_404(writable: Service, way: object) -> None:
    path = named() if way is named else addressed()
    for method in ("GET", "HEAD", "DELETE"):
        assert writable.ask(method, path, **WRITER).status == 404


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.2", "xml"),
        ("*/*", "turtle"),
    ],
)
def test_5_2_the_form_that_is_wanted_most(writable: Service, accept: str, form: str) -> None:
    reply = writable.ask("GET", "/graph/world", Accept=accept)
    assert len(Graph().parse(data=reply.body, format=form)) == len(graph(writable, "/graph/world"))
    assert "Accept" in reply.headers["vary"]


@pytest.mark.parametrize("accept", ["image/png", "application/n-quads", "text/turtle;q=0"])
def test_5_2_nothing_that_is_accepted_is_406(writable: Service, accept: str) -> None:
    reply = writable.ask("GET", "/graph/world", Accept=accept)
    assert (reply.status, kind(reply)) == (406, "no-such-form")


# ── 5.3 PUT ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@WAYS
def test_5_3_put_makes_a_graph_and_replaces_it(writable: Service, way: object) -> None:
    path = named() if way is named else addressed()
    first = put(writable, path)
    assert first.status == 201
    assert iri(writable, first.headers["location"].removeprefix(writable.url)) == iri(writable, path)
    assert isomorphic(graph(writable, path), expected(writable, path, JANE))
    second = put(writable, path, MORE)
    assert (second.status, second.body) == (204, b"")
    assert second.headers["controlgraph-version"] != first.headers["controlgraph-version"]
    assert isomorphic(graph(writable, path), expected(writable, path, MORE))


def test_5_3_the_same_again_is_no_new_version(writable: Service) -> None:
    path = addressed()
    first, second = (put(writable, path, MORE).headers["controlgraph-version"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
    ],
)
def test_5_3_every_form_that_is_offered_is_taken(writable: Service, media_type: str, form: str) -> None:
    path = addressed()
    given = expected(writable, path, JANE)
    assert put(writable, path, given.serialize(format=form), media_type).status == 201
    assert isomorphic(graph(writable, path), given)


@pytest.mark.parametrize("media_type", ["text/plain", "application/n-quads", "application/trig", "text/html", ""])
def test_5_1_a_body_of_another_type_is_415(writable: Service, media_type: str) -> None:
    path = addressed()
    for method in ("PUT", "POST"):
        headers = {**WRITER, **({"Content_Type": media_type} if media_type else {})}
        reply = writable.ask(method, path, JANE.encode(), **headers)
        assert (reply.status, kind(reply)) == (415, "body-type")
        assert "text/turtle" in json.loads(reply.body)["detail"]
    assert writable.ask("GET", path).status == 404


def test_5_1_a_body_in_another_encoding_is_415(writable: Service) -> None:
    reply = put(writable, addressed(), JANE.encode("utf-16"), "text/turtle; charset=utf-16")
    assert (reply.status, kind(reply)) == (415, "body-charset")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (JANE.encode(), "application/rdf+xml"),
        (JANE.encode(), "application/ld+json"),
        (JANE.encode(), "application/n-triples"),
        (b"<#a> <#b>\n <#c> <#d> .", "text/turtle"),
        (b"<#a> <#b> '\xff' .", "text/turtle"),
        (b'{"@context": "http://127.0.0.1:9/context", "@id": "e:a", "x": 1}', "application/ld+json"),
    ],
    ids=["Turtle as XML", "Turtle as JSON-LD", "Turtle as N-Triples", "no Turtle", "no UTF-8", "a context elsewhere"],
)
def test_5_1_a_body_that_is_not_what_it_says_is_400(writable: Service, body: bytes, media_type: str) -> None:
    path = addressed()
    reply = put(writable, path, body, media_type)
    assert (reply.status, kind(reply)) == (400, "body-syntax")
    assert writable.ask("HEAD", path).status == 404


def test_a_body_that_is_nested_without_end_ends_nobody_else(writable: Service) -> None:
    deep = ('{"e:a":' * 20000 + "1" + "}" * 20000).encode()
    reply = put(writable, addressed(), deep, "application/ld+json")
    assert 400 <= reply.status < 500
    assert reply.headers["content-type"] == "application/problem+json"
    assert put(writable, addressed()).status == 201


def test_the_unnamed_graph_is_always_there(writable: Service) -> None:
    assert put(writable, "/graphs?default", '<e:unnamed> <e:p> "x" .').status == 204
    assert writable.truth('ASK { <e:unnamed> <e:p> "x" }')
    assert not writable.truth("ASK { GRAPH ?g { <e:unnamed> ?p ?o } }")
    assert writable.ask("DELETE", "/graphs?default", **WRITER).status == 200
    assert not writable.truth("ASK { <e:unnamed> ?p ?o }")
    assert writable.ask("DELETE", "/graphs?default", **WRITER).status == 200


def test_4_2_the_unnamed_graph_can_be_read(writable: Service) -> None:
    put(writable, "/graphs?default", '<e:unnamed> <e:p> "x" .')
    assert set(graph(writable, "/graphs?default")) == {(URIRef("e:unnamed"), URIRef("e:p"), Literal("x"))}
    assert post(writable, "/graphs?default", '<e:unnamed> <e:p> "y" .').status == 200
    assert len(graph(writable, "/graphs?default")) == 2
    assert writable.ask("DELETE", "/graphs?default", **WRITER).status == 200
    assert len(graph(writable, "/graphs?default")) == 0


def test_an_empty_graph_is_not_recorded(writable: Service) -> None:
    path = addressed()
    assert put(writable, path, "").status == 204
    assert writable.ask("GET", path).status == 404
    assert put(writable, path).status == 201
    assert put(writable, path, "").status == 204
    assert writable.ask("GET", path).status == 404


# ── 5.4 DELETE ───────────────────────────────────────────────────────────────────────────────────────────────────────


@WAYS
def test_5_4_delete(writable: Service, way: object) -> None:
    path = named() if way is named else addressed()
    put(writable, path)
    reply = writable.ask("DELETE", path, **WRITER)
    assert reply.status == 200
    assert json.loads(reply.body)["removed"] == {iri(writable, path): 4}
    assert writable.ask("GET", path).status == 404
    again = writable.ask("DELETE", path, **WRITER)
    assert (again.status, kind(again)) == (404, "unknown-graph")


# ── 5.5 POST ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@WAYS
def test_5_5_post_adds_to_a_graph_or_makes_it(writable: Service, way: object) -> None:
    path = named() if way is named else addressed()
    made = post(writable, path, JANE)
    assert made.status == 201
    assert "location" in made.headers
    assert post(writable, path, MORE).status == 200
    assert isomorphic(graph(writable, path), expected(writable, path, JANE, MORE))


def test_5_5_post_to_the_store_makes_a_new_graph(writable: Service) -> None:
    places = set()
    for _ in range(2):
        reply = post(writable, "/graphs", JANE)
        assert reply.status == 201
        place = reply.headers["location"]
        assert place.startswith(f"{writable.url}/graphs/")
        path = place.removeprefix(writable.url)
        assert isomorphic(graph(writable, path), expected(writable, path, JANE))
        places.add(place)
    assert len(places) == 2


def test_5_5_posting_nothing_changes_nothing(writable: Service) -> None:
    path = addressed()
    put(writable, path)
    before = graph(writable, path)
    assert post(writable, path, "").status == 200
    assert isomorphic(graph(writable, path), before)


def form(*parts: tuple[str, str | None, str]) -> tuple[bytes, str]:
    """A multipart form of (file name, media type, text)."""
    boundary = uuid4().hex
    text = ""
    for name, media_type, content in parts:
        kind = f"Content-Type: {media_type}\r\n" if media_type else ""
        text += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n{kind}\r\n'
        text += f"{content}\r\n"
    return f"{text}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@WAYS
def test_5_5_post_of_several_files(writable: Service, way: object) -> None:
    path = named() if way is named else addressed()
    triples = "<e:a> <e:b> <e:c> .\n"
    body = form(
        ("a.ttl", TURTLE, JANE), ("b", "text/turtle", MORE), ("c.nt", "application/octet-stream", triples),
        ("d.ttl", None, "<e:d> <e:b> <e:c> ."),
    )  # fmt: skip
    assert post(writable, path, *body).status == 201
    assert isomorphic(graph(writable, path), expected(writable, path, JANE, MORE, triples, "<e:d> <e:b> <e:c> ."))
    assert post(writable, path, *body).status == 200


def test_5_5_a_form_is_taken_whole_or_not(writable: Service) -> None:
    path = addressed()
    assert post(writable, path, *form(("a.ttl", TURTLE, JANE), ("b.ttl", TURTLE, "no <Turtle"))).status == 400
    assert post(writable, path, *form(("a.ttl", TURTLE, JANE), ("b.png", "image/png", ""))).status == 415
    empty = post(writable, path, *form())
    assert (empty.status, kind(empty)) == (400, "no-files")
    assert writable.ask("GET", path).status == 404


# ── 5.6 HEAD ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@WAYS
def test_5_6_head_is_get_without_the_body(writable: Service, way: object) -> None:
    path = named() if way is named else addressed()
    put(writable, path)
    get, head = (writable.ask(method, path, Accept="text/turtle") for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag", "controlgraph-version"):
        assert head.headers[name] == get.headers[name]


# ── 5.7 PATCH ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("update", "left"),
    [
        ("INSERT DATA { <e:new> <e:p> 1 }", {"e:one", "e:two", "e:new"}),
        ("DELETE DATA { <e:one> <e:p> 1 }", {"e:two"}),
        ("DELETE WHERE { ?s <e:p> 2 }", {"e:one"}),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", set()),
        ("PREFIX e: <e:> INSERT { e:new ?p 3 } WHERE { e:one ?p 1 }", {"e:one", "e:two", "e:new"}),
        ("INSERT { <e:seen> <e:p> 1 } WHERE { <e:elsewhere> ?p ?o }", {"e:one", "e:two"}),
        ("DELETE DATA { <e:one> <e:p> 1 } ; INSERT DATA { <e:three> <e:p> 3 }", {"e:two", "e:three"}),
    ],
)
def test_5_7_patch_sees_and_changes_one_graph(writable: Service, update: str, left: set[str]) -> None:
    path, other = addressed(), addressed()
    put(writable, path, "<e:one> <e:p> 1 . <e:two> <e:p> 2 .")
    put(writable, other, "<e:elsewhere> <e:p> 1 . <e:one> <e:p> 1 .")
    reply = writable.ask("PATCH", path, update, Content_Type=UPDATE, **WRITER)
    assert reply.status == 200, reply.body
    there = writable.ask("GET", path, Accept="text/turtle")
    subjects = {str(s) for s in Graph().parse(data=there.body, format="turtle").subjects()} if left else set()
    assert subjects == left
    assert there.status == (200 if left else 404)
    assert len(graph(writable, other)) == 2


@pytest.mark.parametrize(
    "update",
    ["INSERT DATA { GRAPH <e:other> { <e:a> <e:b> 1 } }", "DROP ALL", "CLEAR DEFAULT", "COPY <e:a> TO <e:b>",
     "WITH <e:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <e:g> WHERE { ?s ?p ?o }"],
)  # fmt: skip
def test_5_7_patch_of_another_graph_is_422(writable: Service, update: str) -> None:
    reply = writable.ask("PATCH", "/graph/world", update, Content_Type=UPDATE, **WRITER)
    assert (reply.status, kind(reply)) == (422, "other-graph")


def test_5_7_patch_takes_updates_only(writable: Service) -> None:
    reply = writable.ask("PATCH", "/graph/world", MORE, Content_Type=TURTLE, **WRITER)
    assert (reply.status, kind(reply), reply.headers["accept-patch"]) == (415, "body-type", UPDATE)
    broken = writable.ask("PATCH", "/graph/world", "INSERT DATA {", Content_Type=UPDATE, **WRITER)
    assert (broken.status, kind(broken)) == (400, "query-syntax")


# ── what is more ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_method_is_405(writable: Service) -> None:
    reply = writable.ask("QUERY", "/graphs?default", "", Content_Type=TURTLE)
    assert reply.status == 405
    assert {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"} <= set(reply.headers["allow"].split(", "))


def test_a_write_can_be_meant_for_one_version_only(writable: Service) -> None:
    path = addressed()
    assert put(writable, path, If_None_Match="*").status == 201
    assert put(writable, path, If_None_Match="*").status == 412
    read = writable.ask("GET", path, Accept="text/turtle").headers["etag"]
    assert put(writable, path, MORE, If_Match=read).status == 204
    lost = put(writable, path, JANE, If_Match=read)
    assert (lost.status, kind(lost)) == (412, "condition")
    assert put(writable, path, JANE, If_Match="*").status == 204
    assert put(writable, addressed(), If_Match="*").status == 412


def test_what_breaks_a_rule_is_422_and_nothing_is_there(writable: Service) -> None:
    path = addressed()
    reply = put(
        writable, path, "<https://w3id.org/controlgraph/id/claim/x> a <https://w3id.org/controlgraph/ontology#Claim> ."
    )
    assert (reply.status, kind(reply)) == (422, "refused")
    assert "Claim-stance" in {violation["rule"] for violation in json.loads(reply.body)["violations"]}
    assert writable.ask("GET", path).status == 404
