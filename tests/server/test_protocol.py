"""The SPARQL 1.1 Protocol through a socket: what the recommendation demands, by its sections; then RFC 10008."""

from __future__ import annotations

import io
import json
from urllib.parse import quote, urlencode

import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore
from rdflib.query import Result
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from tests.elsewhere.stores import Place
from tests.server.conftest import TOKEN, WRITER, Reply, Service, client_of

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
E = "https://example.org/"
ONE, TWO, THREE = (f"{E}graph/{name}" for name in ("one", "two", "three"))


@pytest.fixture(scope="module")
def three(writable: Service) -> Service:
    """A server with three graphs, each of which says that its own name is a document."""
    text = " ".join(f"GRAPH <{name}> {{ <{name}> a <{E}Document> }}" for name in (ONE, TWO, THREE))
    assert writable.update(f"INSERT DATA {{ {text} }}").status == 200
    return writable


def problem(reply: Reply, status: int, slug: str) -> dict[str, object]:
    """The problem document that a reply has to be."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = json.loads(reply.body)
    assert document["status"] == status
    assert str(document["type"]).endswith(f"/problem/{slug}")
    return document


def graphs(name: str, *iris: str) -> str:
    """Parameters of this name, to be appended."""
    return "".join(f"&{name}={quote(iri, safe='')}" for iri in iris)


# ── 2.1 query ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_2_1_1_query_by_get(service: Service) -> None:
    reply = service.ask("GET", "/sparql?" + urlencode({"query": "ASK {}"}))
    assert json.loads(reply.body)["boolean"] is True


def test_2_1_1_the_address_may_end_with_a_slash(service: Service) -> None:
    assert service.ask("GET", "/sparql/?" + urlencode({"query": "ASK {}"})).status == 200


def test_2_1_2_query_by_post_in_a_form(service: Service) -> None:
    assert service.ask("POST", "/sparql", urlencode({"query": "ASK {}"}), Content_Type=FORM).status == 200


def test_2_1_3_query_by_post_directly(service: Service) -> None:
    assert service.ask("POST", "/sparql", "ASK {}", Content_Type=QUERY).status == 200
    unicode = "SELECT ('آلدن' AS ?name) {}".encode()
    reply = service.ask("POST", "/sparql", unicode, Content_Type=f"{QUERY}; charset=UTF-8", Accept="text/csv")
    assert reply.body.decode() == "name\r\nآلدن\r\n"


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("GET", "/sparql?timeout=1", None, None),
        ("GET", "/sparql?query=ASK{}&query=ASK{}", None, None),
        ("POST", "/sparql?query=ASK{}", "query=ASK{}", FORM),
        ("POST", "/sparql?query=ASK{}", "ASK {}", QUERY),
        ("POST", "/sparql", "timeout=1", FORM),
        ("POST", "/sparql", "query=ASK{}&update=CLEAR+ALL", FORM),
        ("POST", "/sparql", "update=CLEAR+ALL&update=CLEAR+ALL", FORM),
        ("POST", "/sparql?query=ASK{}", "CLEAR ALL", UPDATE),
    ],
)
def test_2_1_exactly_one_operation(
    writable: Service, method: str, path: str, body: str | None, kind: str | None
) -> None:
    headers = {**WRITER, **({"Content_Type": kind} if kind else {})}
    problem(writable.ask(method, path, body, **headers), 400, "one-operation")


def test_2_1_4_default_graphs_of_a_query(three: Service) -> None:
    both = f"ASK {{ <{ONE}> a ?x . <{TWO}> a ?x }}"
    assert three.truth(both, graphs("default-graph-uri", ONE, TWO))
    assert not three.truth(both, graphs("default-graph-uri", ONE))
    assert not three.truth("ASK { GRAPH ?g { ?s ?p ?o } }", graphs("default-graph-uri", ONE))


def test_2_1_4_named_graphs_of_a_query(three: Service) -> None:
    both = f"ASK {{ GRAPH ?g {{ <{ONE}> a ?x }} GRAPH ?h {{ <{TWO}> a ?x }} }}"
    assert three.truth(both, graphs("named-graph-uri", ONE, TWO))
    assert not three.truth(both, graphs("named-graph-uri", ONE))
    assert not three.truth("ASK { ?s ?p ?o }", graphs("named-graph-uri", ONE))


def test_2_1_4_default_and_named_graphs_by_post(three: Service) -> None:
    query = f"ASK {{ <{THREE}> a ?x GRAPH ?g {{ <{ONE}> a ?x }} GRAPH ?h {{ <{TWO}> a ?x }} }}"
    address = "/sparql?" + graphs("default-graph-uri", THREE) + graphs("named-graph-uri", ONE, TWO)
    assert three.ask("POST", address, query, Content_Type=QUERY, Accept="text/csv").body == b"true"
    form = urlencode({"query": query}) + graphs("default-graph-uri", THREE) + graphs("named-graph-uri", ONE, TWO)
    assert three.ask("POST", "/sparql", form, Content_Type=FORM, Accept="text/csv").body == b"true"


def test_2_1_4_the_protocol_wins_over_the_query(three: Service) -> None:
    query = f"ASK FROM <{ONE}> {{ <{TWO}> a ?x }}"
    assert not three.truth(query)
    assert three.truth(query, graphs("default-graph-uri", TWO))


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 1", "application/sparql-results+xml", "xml"),
        ("SELECT * { ?s ?p ?o } LIMIT 1", "application/sparql-results+json", "json"),
        ("ASK {}", "application/sparql-results+xml", "xml"),
        ("CONSTRUCT { <e:a> <e:b> 1 } {}", "text/turtle", "turtle"),
        ("CONSTRUCT { <e:a> <e:b> 1 } {}", "application/rdf+xml", "xml"),
        ("DESCRIBE <https://w3id.org/controlgraph/id/place/town-alden>", "application/n-triples", "nt"),
    ],
)
def test_2_1_5_the_answer_is_of_the_type_that_is_accepted(service: Service, query: str, accept: str, kind: str) -> None:
    reply = service.query(query, Accept=accept)
    assert reply.headers["content-type"].partition(";")[0] == accept
    if query[0] in "SA":
        assert Result.parse(io.BytesIO(reply.body), format=kind).type in ("SELECT", "ASK")
    else:
        assert len(Graph().parse(data=reply.body, format=kind)) >= 1


@pytest.mark.parametrize("accept", ["image/png", "application/sparql-results+json;q=0, text/html"])
def test_2_1_5_nothing_that_is_accepted(service: Service, accept: str) -> None:
    problem(service.query("ASK {}", Accept=accept), 406, "no-such-form")


def test_2_1_6_an_answer_has_status_200_and_its_length(service: Service) -> None:
    reply = service.query("SELECT * { ?s ?p ?o }")
    assert reply.status == 200
    assert int(reply.headers["content-length"]) == len(reply.body)


def test_2_1_7_a_query_that_is_none_is_400(service: Service) -> None:
    document = problem(service.query("ASK {"), 400, "query-syntax")
    assert document["line"] == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/json", None])
@pytest.mark.parametrize("body", ["ASK {}", "query=ASK{}", "update=CLEAR ALL", "CLEAR ALL"])
def test_2_1_7_a_body_of_another_type_is_415(writable: Service, body: str, kind: str | None) -> None:
    headers = {**WRITER, **({"Content_Type": kind} if kind else {})}
    reply = writable.ask("POST", "/sparql", body.encode(), **headers)
    problem(reply, 415, "body-type")
    assert QUERY in reply.headers["accept-query"]


@pytest.mark.parametrize("kind", [QUERY, UPDATE])
def test_2_1_7_a_body_in_another_encoding_is_refused(writable: Service, kind: str) -> None:
    text = "ASK {}" if kind == QUERY else "CLEAR ALL"
    utf16 = writable.ask("POST", "/sparql", text.encode("utf-16"), Content_Type=f"{kind}; charset=UTF-16", **WRITER)
    problem(utf16, 415, "body-charset")
    problem(writable.ask("POST", "/sparql", b"ASK \xff{}", Content_Type=kind, **WRITER), 400, "query-encoding")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "INVENTED"])
def test_2_1_another_method_is_405(service: Service, method: str) -> None:
    reply = service.ask(method, "/sparql?query=ASK{}")
    problem(reply, 405, "method-not-allowed")
    assert {"GET", "POST", "HEAD", "OPTIONS", "QUERY"} <= {name.strip() for name in reply.headers["allow"].split(",")}


def test_4_relative_iris_are_resolved_against_the_endpoint(service: Service) -> None:
    reply = service.query("SELECT (<#x> AS ?a) (<y> AS ?b) {}", Accept="text/csv")
    assert reply.body.decode().split() == ["a,b", f"{service.url}/sparql#x,{service.url}/y"]


def test_a_base_in_the_query_wins(service: Service) -> None:
    reply = service.query(f"BASE <{E}> SELECT (<x> AS ?a) {{}}", Accept="text/csv")
    assert reply.body.decode().split() == ["a", f"{E}x"]


# ── 2.2 update ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_2_2_1_update_by_post_in_a_form(writable: Service) -> None:
    form = urlencode({"update": f"INSERT DATA {{ GRAPH <{E}form> {{ <e:a> <e:b> 1 }} }}"})
    reply = writable.ask("POST", "/sparql", form, Content_Type=FORM, **WRITER)
    assert reply.status == 200
    document = json.loads(reply.body)
    assert document["added"] == {f"{E}form": 1}
    assert document["removed"] == {}
    assert document["version"] == reply.headers["controlgraph-version"]
    assert writable.truth(f"ASK {{ GRAPH <{E}form> {{ <e:a> <e:b> 1 }} }}")


def test_2_2_2_update_by_post_directly(writable: Service) -> None:
    assert writable.update(f"INSERT DATA {{ GRAPH <{E}direct> {{ <e:a> <e:b> 2 }} }}").status == 200
    assert writable.truth(f"ASK {{ GRAPH <{E}direct> {{ <e:a> <e:b> 2 }} }}")


def test_2_2_an_update_is_never_taken_by_get(writable: Service) -> None:
    before = writable.query("ASK {}").headers["controlgraph-version"]
    address = "/sparql?" + urlencode({"update": f"DROP GRAPH <{ONE}>"})
    problem(writable.ask("GET", address, **WRITER), 400, "update-by-post")
    problem(writable.ask("POST", address, "", Content_Type=FORM, **WRITER), 400, "update-by-post")
    problem(writable.ask("QUERY", address, "", Content_Type=FORM, **WRITER), 400, "update-by-post")
    assert writable.query("ASK {}").headers["controlgraph-version"] == before


def test_2_2_3_graphs_of_an_update(three: Service) -> None:
    target = f"{E}using"
    update = f"INSERT {{ GRAPH <{target}> {{ ?s a <{E}Found> }} }} WHERE {{ ?s a <{E}Document> }}"
    address = "/sparql?" + graphs("using-graph-uri", ONE, TWO)
    assert three.update(update, address).status == 200
    found = f"ASK {{ GRAPH <{target}> {{ <%s> a <{E}Found> }} }}"
    assert [three.truth(found % name) for name in (ONE, TWO, THREE)] == [True, True, False]


def test_2_2_3_named_graphs_of_an_update(three: Service) -> None:
    target = f"{E}using-named"
    update = f"INSERT {{ GRAPH <{target}> {{ ?s <{E}in> ?g }} }} WHERE {{ GRAPH ?g {{ ?s a <{E}Document> }} }}"
    form = urlencode({"update": update}) + graphs("using-named-graph-uri", TWO)
    assert three.ask("POST", "/sparql", form, Content_Type=FORM, **WRITER).status == 200
    found = f"ASK {{ GRAPH <{target}> {{ <%s> ?p ?o }} }}"
    assert [three.truth(found % name) for name in (ONE, TWO, THREE)] == [False, True, False]


@pytest.mark.parametrize("clause", [f"USING <{THREE}>", f"USING NAMED <{THREE}>"])
def test_2_2_3_an_update_with_graphs_of_its_own_conflicts(three: Service, clause: str) -> None:
    update = f"INSERT {{ GRAPH <{E}x> {{ ?s ?p ?o }} }} {clause} WHERE {{ ?s ?p ?o }}"
    address = "/sparql?" + graphs("using-named-graph-uri", ONE)
    assert "names its own graphs" in str(problem(three.update(update, address), 400, "query-failed")["detail"])
    with_clause = f"WITH <{THREE}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"
    problem(three.update(with_clause, address), 400, "query-failed")


def test_the_data_set_of_a_query_is_not_that_of_an_update(three: Service) -> None:
    problem(three.ask("GET", "/sparql?query=ASK{}" + graphs("using-graph-uri", ONE)), 400, "data-set")
    problem(three.update("CLEAR DEFAULT", "/sparql?" + graphs("default-graph-uri", ONE)), 400, "data-set")


@pytest.mark.parametrize("iri", ["x", "e:a> {} DROP ALL #", "", "e:a b"])
def test_a_graph_that_is_no_iri_is_400(three: Service, iri: str) -> None:
    update = f"INSERT {{ GRAPH <{E}x> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
    problem(three.update(update, "/sparql?" + graphs("using-graph-uri", iri)), 400, "iri")
    problem(three.ask("GET", "/sparql?query=ASK{}" + graphs("default-graph-uri", iri)), 400, "iri")


def test_2_2_5_an_update_that_is_none_is_400_and_does_nothing(writable: Service) -> None:
    before = writable.query("ASK {}").headers["controlgraph-version"]
    problem(writable.update(f"DROP GRAPH <{ONE}> ; INSERT DATA {{ "), 400, "query-syntax")
    assert writable.query("ASK {}").headers["controlgraph-version"] == before


def test_relative_iris_of_an_update_are_resolved_against_the_endpoint(writable: Service) -> None:
    assert writable.update(f"INSERT DATA {{ GRAPH <{E}base> {{ <#a> <p> 1 }} }}").status == 200
    assert writable.truth(f"ASK {{ GRAPH <{E}base> {{ <{writable.url}/sparql#a> <{writable.url}/p> 1 }} }}")


def test_prefixes_of_ours_need_no_declaration_in_an_update(writable: Service) -> None:
    assert writable.update(f"INSERT DATA {{ GRAPH <{E}prefix> {{ <e:a> rdfs:label 'a' }} }}").status == 200
    assert writable.truth(f"ASK {{ GRAPH <{E}prefix> {{ <e:a> rdfs:label 'a' }} }}")


def test_an_update_that_breaks_a_rule_is_422_and_says_which(writable: Service) -> None:
    claim = "<https://w3id.org/controlgraph/id/claim/x> a kg:Claim"
    reply = writable.update(f"INSERT DATA {{ GRAPH <{E}claims> {{ {claim} }} }}")
    violations = problem(reply, 422, "refused")["violations"]
    assert isinstance(violations, list)
    assert "Claim-stance" in {violation["rule"] for violation in violations}
    assert not writable.truth(f"ASK {{ {claim} }}")


def test_an_update_reaches_nobody(writable: Service) -> None:
    problem(writable.update("LOAD <http://127.0.0.1:9/x>"), 403, "query-reaches-out")


def test_a_large_update_is_taken_and_a_larger_one_is_413(writable: Service, world: Place) -> None:
    comment = "#" + "x" * (2 << 20) + "\n"
    assert writable.update(f"{comment}INSERT DATA {{ GRAPH <{E}large> {{ <e:a> <e:b> 1 }} }}").status == 200
    with client_of(world, body_max=2048, tokens=(("tester", TOKEN),)) as narrow:
        response = narrow.post("/sparql", data=b"#" * 2049, content_type=UPDATE, headers=WRITER)
    assert response.status_code == 413


# ── clients of others ────────────────────────────────────────────────────────────────────────────────────────────────


def test_sparqlwrapper_writes_and_reads(writable: Service) -> None:
    wrapper = SPARQLWrapper(f"{writable.url}/sparql")
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    wrapper.setMethod(POST)
    wrapper.setQuery(f"INSERT DATA {{ GRAPH <{E}wrapper> {{ <e:a> <e:b> 'wrapped' }} }}")
    wrapper.query()
    reader = SPARQLWrapper(f"{writable.url}/sparql")
    reader.addDefaultGraph(f"{E}wrapper")
    reader.setQuery("SELECT ?o { ?s ?p ?o }")
    reader.setReturnFormat(JSON)
    answer = reader.queryAndConvert()
    assert isinstance(answer, dict)
    assert [row["o"]["value"] for row in answer["results"]["bindings"]] == ["wrapped"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_writes_and_reads(writable: Service) -> None:
    door = f"{writable.url}/sparql"
    store = SPARQLUpdateStore(door, door, headers=WRITER)
    graph = Graph(store, identifier=URIRef(f"{E}rdflib"))
    graph.add((URIRef("e:a"), URIRef("e:b"), URIRef("e:c")))
    assert len(graph) == 1
    graph.remove((URIRef("e:a"), None, None))
    assert len(graph) == 0


# ── RFC 10008: QUERY ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_query_by_the_method_query(service: Service) -> None:
    direct = service.ask("QUERY", "/sparql", "ASK {}", Content_Type=QUERY)
    assert json.loads(direct.body)["boolean"] is True
    form = service.ask("QUERY", "/sparql", urlencode({"query": "ASK {}"}), Content_Type=FORM)
    assert form.body == direct.body
    again = service.ask("QUERY", "/sparql", "ASK {}", Content_Type=QUERY, If_None_Match=direct.headers["etag"])
    assert again.status == 304


def test_the_types_that_the_method_query_takes_are_told(service: Service) -> None:
    assert service.query("ASK {}").headers["accept-query"] == f"{QUERY}, {FORM}"
    problem(service.ask("QUERY", "/sparql", b"ASK {}"), 415, "body-type")
    problem(service.ask("QUERY", "/sparql", "CLEAR ALL", Content_Type=UPDATE), 415, "body-type")


# ── HEAD and OPTIONS ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_head_is_a_get_without_the_body(service: Service) -> None:
    for headers in ({}, {"Accept_Encoding": "gzip"}):
        get, head = (
            service.ask(method, "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 99"}), **headers)
            for method in ("GET", "HEAD")
        )
        assert head.body == b""
        different = {name for name in get.headers if get.headers[name] != head.headers.get(name)}
        assert different <= {"date"}


def test_options_name_what_can_be_done(service: Service) -> None:
    reply = service.ask("OPTIONS", "/sparql")
    assert reply.status == 200
    assert "QUERY" in reply.headers["allow"]


@pytest.mark.parametrize("method", ["GET", "POST", "QUERY"])
def test_a_script_of_another_site_may_ask(service: Service, method: str) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    asked = {"Access_Control_Request_Method": method, "Access_Control_Request_Headers": "content-type"}
    preflight = service.ask("OPTIONS", "/sparql", **origin, **asked)
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert method in preflight.headers["access-control-allow-methods"]
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]
    for text in ("ASK {}", "ASK {"):
        reply = service.query(text, **origin)
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "Controlgraph-Version" in reply.headers["access-control-expose-headers"]
