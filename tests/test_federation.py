"""Queries that ask other services: what may be asked, what comes back, and that nothing else is reached."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.soak.texts import texts
from bench.soak.unwalled import led
from bench.soak.walls import ALLOWED, aimed, placed, unwalled
from kg import publish
from kg.errors import Problem, QueryCancelled, QueryDied, QueryFailed, QueryReachesOut, QuerySyntax, ServiceFailed
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.federation import CALLS, lead
from kg.store.guard import Outbound
from kg.store.outward import Services, Unreachable, connect, listed
from kg.store.pool import Limits
from tests.conftest import load
from tests.elsewhere import engine, hostile
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.hostile import PATHS, Hostile
from tests.elsewhere.stores import Stores
from tests.test_outbound import Listener, listening

pytestmark = pytest.mark.embedded("an engine is given no SERVICE (docs/deploy.md)")

RDFS = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
TITLES = "?a <http://purl.org/dc/terms/title> ?title"
WHOLE = {"good", "echo"}
"""Paths of the hostile server that answer as they should."""
SLOW = {"silent", "dripping", "slow_head"}
"""Paths where an answer does not come to its end."""


MAY = "http://may/"
RELAYED = {MAY: "http://relay/0"}


@pytest.fixture(scope="module")
def bad() -> Iterator[Hostile]:
    with hostile.started() as started:
        yield started


@pytest.fixture(scope="module")
def federated(
    elsewhere: Elsewhere, bad: Hostile, tmp_path_factory: pytest.TempPathFactory, stores: Stores
) -> Iterator[Store]:
    """A store with the title of one thing, whose queries may ask the other engine and the hostile server."""
    services = listed(" ".join([elsewhere.query, *(f"{bad.url}/{path}" for path in PATHS)]))
    limits = Limits(children=6, seconds=60, patience=60, memory=300 << 20, answer=4 << 20, wait=2, services=services)
    location = tmp_path_factory.mktemp("federated")
    store = open_store(stores.at(location / "store"), limits)
    path = location / "tiny.ttl"
    path.write_text('<https://example.org/a> <http://purl.org/dc/terms/title> "Alden"@en .\n')
    load(store, path)
    yield store
    store.close()


def lines(store: Store, query: str) -> list[str]:
    return store.query(query, results="csv").text().split()


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_another_engine_knows_is_joined_with_what_we_know(federated: Store, elsewhere: Elsewhere) -> None:
    query = (
        f"{RDFS} SELECT ?a ?x {{ {TITLES} SERVICE <{elsewhere.query}> {{ ?x rdfs:label ?title }} }} ORDER BY STR(?x)"
    )
    wikidata = "https://example.org/a,http://www.wikidata.org/entity/Q"
    assert lines(federated, query) == [
        "a,x", f"{wikidata}900000011", f"{wikidata}900000012",
        "https://example.org/a,https://example.org/gazetteer/alden",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "call",
    [
        "SERVICE <{place}query>", "service<{place}query>", "SERVICE SILENT <{place}query>", "SERVICE there:query",
        "SERVICE\nsilent # SERVICE <http://e/>\n<query>", "SERVICE <\\u0068ttp{tail}query>",
    ],
)  # fmt: skip
def test_an_endpoint_may_be_named_as_sparql_names_things(federated: Store, elsewhere: Elsewhere, call: str) -> None:
    place = elsewhere.query.removesuffix("query")
    said = call.replace("{place}", place).replace("{tail}", place.removeprefix("http"))
    query = f"BASE <{place}> PREFIX there: <{place}> {RDFS} SELECT ?x {{ {said} {{ ?x rdfs:label 'village'@en }} }}"
    assert lines(federated, query) == ["x", "http://www.wikidata.org/entity/Q900000109"]


def test_a_data_set_of_the_query_is_for_what_is_here(federated: Store, elsewhere: Elsewhere) -> None:
    call = f"SERVICE <{elsewhere.query}> {{ SELECT (COUNT(*) AS ?n) {{ ?s rdfs:label 'Alden'@en }} }}"
    assert lines(federated, f"{RDFS} SELECT ?n FROM <http://e/none> {{ {call} }}") == ["n", "3"]
    assert lines(federated, f"{RDFS} SELECT ?n FROM <http://e/none> {{ {call} {TITLES} }}") == ["n"]


def test_the_same_is_asked_once(federated: Store, bad: Hostile) -> None:
    bad.asked.clear()
    call = f"SERVICE <{bad.url}/good> {{ ?s ?p ?x }}"
    query = f"SELECT ?i {{ VALUES ?i {{ 1 2 3 4 }} FILTER EXISTS {{ {call} }} {{ {call} }} }} ORDER BY ?i"
    assert lines(federated, query) == ["i", "1", "2", "3", "4"]
    assert bad.asked == ["/good"]
    lines(federated, query)
    assert bad.asked == ["/good", "/good"]  # another query asks again


def test_two_calls_are_joined_as_parts_of_the_query(federated: Store, elsewhere: Elsewhere) -> None:
    there = f"SERVICE <{elsewhere.query}>"
    called = f"{there} {{ ?x rdfs:label 'Alden'@en }}"
    persian = f"OPTIONAL {{ {there} {{ ?x rdfs:label ?fa FILTER(LANG(?fa) = 'fa') }} }}"
    found = lines(federated, f"{RDFS} SELECT ?x ?fa {{ {called} {persian} }}")
    assert sum(line.endswith("آلدن") for line in found) == 1
    assert len(found) == 4


# ── what goes along ──────────────────────────────────────────────────────────────────────────────────────────────────

KNOWN = "?a <http://e/p> ?x . "


FOUND = "SELECT DISTINCT ?x { ?a <http://e/p> ?x .} LIMIT 1001"


@pytest.mark.parametrize(
    ("query", "part"),
    [
        (f"SELECT * {{ {KNOWN} CALL }}", FOUND),
        (f"SELECT * FROM <http://e/g> WHERE {{ {KNOWN} CALL }}", FOUND.replace("{", "FROM <http://e/g> WHERE {")),
        (f"PREFIX e: <http://e/> CONSTRUCT {{ ?x ?x ?x }} {{ {KNOWN} CALL }}", f"PREFIX e: <http://e/> {FOUND}"),
        (f"ASK {{ {KNOWN} OPTIONAL {{ CALL }} }}", FOUND),
        (f"ASK {{ {KNOWN} MINUS {{ CALL }} }}", FOUND),
        (f"ASK {{ {KNOWN} GRAPH ?g {{ CALL }} }}", FOUND),
        (f"ASK {{ {KNOWN} FILTER EXISTS {{ CALL }} }}", FOUND),
        (f"ASK {{ {KNOWN} FILTER(?y > 1) ?x ?x ?x CALL }}", FOUND),
        (f"ASK {{ {KNOWN} {{ ?x ?x ?x CALL }} UNION {{ ?x ?x ?x }} }}", FOUND),
        (f"ASK {{ {{ {KNOWN} }} UNION {{ CALL }} }}", None),
        (f"ASK {{ {{ SELECT (COUNT(*) AS ?x) {{ {KNOWN} CALL }} }} }}", None),
        (f"ASK {{ SELECT ?x {{ {KNOWN} CALL }} LIMIT 1 }}", None),
        (f"ASK {{ FILTER(?x > 1) {KNOWN} CALL }}", None),
        (f"ASK {{ CALL {KNOWN} }}", None),
        ("ASK { ?a ?b ?c CALL }", None),
        (f"ASK {{ {{ SELECT ?x {{ {KNOWN} }} LIMIT 3 }} CALL }}", None),
        ("ASK { BIND(UUID() AS ?x) CALL }", None),
        (
            f"ASK {{ {{ SELECT DISTINCT ?x {{ {KNOWN} }} }} CALL }}",
            f"SELECT DISTINCT ?x {{ {{ SELECT DISTINCT ?x {{ {KNOWN} }} }}}} LIMIT 1001",
        ),
        (f"ASK {{ {KNOWN} SERVICE <{MAY}> {{ SELECT ?x {{ ?x ?p ?o }} LIMIT 3 }} }}", None),
        (f"ASK {{ {KNOWN} {{ {{ CALL }} }} }}", None),
        (f"ASK {{ {KNOWN} SERVICE <{MAY}> {{ ?y ?p ?o OPTIONAL {{ ?x ?p ?y }} }} }}", FOUND),
        (f"ASK {{ {KNOWN} MINUS {{ SERVICE <{MAY}> {{ ?y ?p ?o OPTIONAL {{ ?x ?p ?y }} }} }} }}", None),
        (f"ASK {{ {KNOWN} OPTIONAL {{ SERVICE <{MAY}> {{ ?y ?p ?o FILTER(?o > ?x) }} }} }}", None),
        (f"ASK {{ {KNOWN} OPTIONAL {{ SERVICE <{MAY}> {{ ?x ?p ?o FILTER(?o > 1) }} }} }}", FOUND),
    ],
)
def test_what_is_known_before_a_call(query: str, part: str | None) -> None:
    led = lead(query.replace("CALL", f"SERVICE <{MAY}> {{ ?x ?p ?o }}"), RELAYED)
    assert [known and known.query for known in led.known] == [part]


@pytest.mark.parametrize("base", [None, "http://e/sparql"])
def test_what_is_known_goes_along_and_no_more(federated: Store, bad: Hostile, base: str | None) -> None:
    bad.asked.clear()
    call = f"SERVICE <{bad.url}/echo> {{ ?s ?p ?x FILTER(?x != ?title) }}"
    answer = federated.query(f"SELECT ?x {{ {TITLES} {call} }}", results="tsv", base=base)
    said = 'SELECT * WHERE { ?s ?p ?x . FILTER(!(?x = ?title)) } VALUES (?title) { (\\"Alden\\"@en) }'
    declared = f"BASE <{base}>\\n" if base else ""
    assert answer.text().splitlines() == ["?x", f'"{declared}{said}"']
    assert lines(federated, f"SELECT ?x {{ ?a <http://e/none> ?b SERVICE <{bad.url}/echo> {{ ?s ?b ?x }} }}") == ["x"]
    assert bad.asked == ["/echo"]


ELEMENTS = [
    f"{TITLES} .", "{ VALUES (?title ?x) { ('Alden'@en UNDEF) (UNDEF <http://www.wikidata.org/entity/Q900000012>) } }",
    "VALUES ?title { 'Alden'@en 'آلدن'@fa 'none' }", "{ BIND('Alden'@en AS ?title) }",
    "OPTIONAL { ?n <http://e/n> ?x }",
    "{ VALUES ?title { 'Alden'@en } } UNION { VALUES ?x { <https://example.org/gazetteer/alden> } }",
    "FILTER(!BOUND(?title) || LANG(?title) = 'en')", "VALUES ?x { <http://www.wikidata.org/entity/Q900000011> }",
]  # fmt: skip
CALLED = "CALL { ?x rdfs:label ?title FILTER(CONTAINS(STR(?x), '90000001') || CONTAINS(STR(?x), 'alden')) }"
OPEN = "CALL { ?s rdfs:label ?y OPTIONAL { ?x <http://e/none> ?y } FILTER(CONTAINS(STR(?s), '900000011')) }"
AROUND = [
    OPEN, f"MINUS {{ {OPEN} }}", f"{{ {OPEN} FILTER(!BOUND(?x)) }}",
    CALLED, f"OPTIONAL {{ {CALLED} }}", f"MINUS {{ {CALLED} }}", f"FILTER EXISTS {{ {CALLED} }}",
    f"{{ {CALLED} }} UNION {{ BIND(1 AS ?y) }}", f"{{ SELECT (MIN(STR(?x)) AS ?first) {{ {CALLED} }} }}",
]  # fmt: skip
elements = st.sampled_from(ELEMENTS)


@pytest.fixture(scope="module")
def together(federated: Store) -> ox.Store:
    """What is here as the default graph, what is elsewhere as the graph <http://e/there>."""
    store = ox.Store()
    store.load(federated.query("CONSTRUCT WHERE { ?s ?p ?o }", graph="nt").read(), format=ox.RdfFormat.N_TRIPLES)
    there = ox.NamedNode("http://e/there")
    store.load(engine.DATA.read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=there)
    return store


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(elements, max_size=3), st.sampled_from(AROUND), st.lists(elements, max_size=1))
def test_an_answer_is_that_of_one_store_with_everything(
    federated: Store, elsewhere: Elsewhere, together: ox.Store, before: list[str], around: str, after: list[str]
) -> None:
    """Whatever goes along: what stands around the call binds its variables, leaves them open, or binds others."""
    query = f"{RDFS} SELECT * {{ {' '.join([*before, around, *after])} }}"
    wanted: Any = together.query(query.replace("CALL", "GRAPH <http://e/there>"))
    rows = wanted.serialize(format=ox.QueryResultsFormat.CSV).decode().split()
    assert sorted(lines(federated, query.replace("CALL", f"SERVICE <{elsewhere.query}>"))) == sorted(rows)


# ── what goes wrong elsewhere ────────────────────────────────────────────────────────────────────────────────────────

FAULTS = {
    "endless": "answered with more than 4,194,304 bytes, the limit",
    "bomb": r"answered with application/sparql-results\+json \(gzip\), and not with SPARQL results",
    "page": "answered with text/html, and not with SPARQL results",
    "broken": r"answered with application/sparql-results\+json that cannot be read: .*Unexpected end of file",
    "truth": r"answered with application/sparql-results\+json that cannot be read",
    "short": r"answered with application/sparql-results\+json that cannot be read",
    "failing": "answered with status 500: the index is being rebuilt at line 3$",
    "refusing": "answered with status 429, and to come again after '7': too many$",
    "redirect": "leads to 'http://127.0.0.1:1/inside' .status 302., which is not followed$",
    "hangup": "gave no answer: ",
}


@pytest.mark.parametrize("path", sorted(FAULTS))
def test_a_bad_answer_is_a_failure_that_names_the_service(federated: Store, bad: Hostile, path: str) -> None:
    call = f"<{bad.url}/{path}> {{ ?s ?p ?x }}"
    with pytest.raises(ServiceFailed, match=f"^<{bad.url}/{path}> {FAULTS[path]}") as caught:
        lines(federated, f"SELECT * {{ SERVICE {call} }}")
    assert caught.value.endpoint == f"{bad.url}/{path}"
    statuses = {"failing": 500, "refusing": 429, "redirect": 302, "hangup": None}
    assert caught.value.remote_status == statuses.get(path, 200)
    found = lines(federated, f"SELECT ?a ?x {{ {TITLES} SERVICE SILENT {call} }}")
    assert found == ["a,x", "https://example.org/a,"]
    assert [asked for asked in bad.asked if "inside" in asked] == []


def test_a_slow_answer_is_waited_for_as_long_as_leaves_time_for_the_rest(federated: Store, bad: Hostile) -> None:
    def ask(path: str, silent: str) -> list[str] | ServiceFailed:
        query = f"SELECT ?a ?x {{ {TITLES} SERVICE {silent} <{bad.url}/{path}> {{ ?s ?p ?x }} }}"
        try:
            return federated.query(query, results="csv", seconds=4).text().split()
        except ServiceFailed as failure:
            return failure

    begun = time.monotonic()
    with ThreadPoolExecutor(2 * len(SLOW)) as threads:
        asked = [(path, threads.submit(ask, path, ""), threads.submit(ask, path, "SILENT")) for path in SLOW]
    assert time.monotonic() - begun < 8
    for path, loud, silent in asked:
        failure = loud.result()
        assert isinstance(failure, ServiceFailed)
        assert re.fullmatch(rf"<{bad.url}/{path}> gave no whole answer in [0-3][.0-9]* s", str(failure))
        assert failure.remote_status is None
        assert silent.result() == ["a,x", "https://example.org/a,"]


def test_every_bad_answer_has_its_words() -> None:
    assert set(PATHS) == WHOLE | SLOW | set(FAULTS)


def test_a_query_that_waits_for_another_service_can_be_cancelled(federated: Store, bad: Hostile) -> None:
    name, told = "a-name-of-16-letters", []

    def ask() -> None:
        try:
            federated.query(f"SELECT * {{ SERVICE <{bad.url}/silent> {{ ?s ?p ?o }} }}", name=name)
        except Problem as problem:
            told.append(problem)

    bad.asked.clear()
    asking = threading.Thread(target=ask)
    asking.start()
    while not bad.asked:
        asking.join(0.005)
        assert asking.is_alive()
    assert federated.cancel(name)
    asking.join()
    assert [type(problem) for problem in told] == [QueryCancelled]


def test_a_failure_that_was_silent_is_not_told_as_another(federated: Store, bad: Hostile) -> None:
    calls = f"SERVICE SILENT <{bad.url}/failing> {{ ?s ?p ?x }} SERVICE <{bad.url}/page> {{ ?s ?p ?x }}"
    with pytest.raises(ServiceFailed, match="/page> answered with text/html"):
        lines(federated, f"SELECT * {{ {calls} }}")
    here = f"SERVICE SILENT <{bad.url}/failing> {{ ?s ?p ?x }} FILTER(<http://e/no-such-function>(?x))"
    with pytest.raises(QueryFailed, match="function <http://e/no-such-function> is not supported"):
        lines(federated, f"SELECT ?x {{ {here} }}")


def test_what_is_made_of_other_answers_counts_as_memory(federated: Store, elsewhere: Elsewhere) -> None:
    services = federated.pool.limits.services
    limits = Limits(children=1, seconds=60, patience=60, memory=300 << 20, services=services)
    store = open_store(federated.origin, limits)
    calls = " ".join(f"SERVICE <{elsewhere.query}> {{ ?s{n} rdfs:label ?o{n} }}" for n in range(3))
    try:
        with pytest.raises(QueryDied, match="more than 300 MiB of memory"):
            store.query(f"{RDFS} SELECT * {{ {calls} }} ORDER BY ?o0 ?o1 ?o2")
    finally:
        store.close()


# ── what may not be asked ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { SERVICE ?x { } }", "with the address of a service behind it .line 1, column 12."),
        ("SELECT * { SERVICE SILENT $x { } }", "with the address of a service behind it"),
        (
            "SELECT * {\n SERVICE <http://other/> { } }",
            "SERVICE <http://other/> is not .*asks only <http://may/> .line 2",
        ),
        ("SELECT * { SERVICE SILENT <http://may> { } }", "SERVICE <http://may> is not allowed"),
        ("SELECT * { SERVICE <http://may/> { SERVICE <http://may/> { } } }", "SERVICE inside SERVICE .* column 36"),
        (
            "SELECT * { SERVICE <http://may/> { ?s ?p ?o { SERVICE SILENT <http://may/> { } } } }",
            "SERVICE inside SERVICE",
        ),
        ("PREFIX e: <http://may/x> PREFIX e: <http://other/> SELECT * { SERVICE e: { } }", "SERVICE <http://other/>"),
        ("SELECT * {" + "SERVICE <http://may/> { }" * (CALLS + 1) + "}", f"may say SERVICE {CALLS} times"),
        ("SELECT * { SERVICESILENT<http://may/> { } }", "SERVICE is not allowed here"),
    ],
)
def test_what_may_not_be_asked_is_refused_silent_or_not(query: str, words: str) -> None:
    with pytest.raises(Outbound, match=words):
        lead(query, RELAYED)


def test_a_list_of_many_is_cut_in_a_refusal() -> None:
    many = {f"http://{number}/": "http://relay/0" for number in range(8)}
    with pytest.raises(Outbound, match=r"<http://0/>, .*<http://4/> and 3 more"):
        lead("SELECT * { SERVICE <http://other/> {} }", many)


def test_an_update_asks_nobody(federated: Store, elsewhere: Elsewhere) -> None:
    text = f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{elsewhere.query}> {{ ?s ?p ?o }} }}"
    with pytest.raises(QueryReachesOut, match="SERVICE is not allowed in an update"):
        publish.write(federated, [{"update": text}], who="test")


def test_a_fault_has_its_place_in_the_text_as_it_was_given(federated: Store, elsewhere: Elsewhere) -> None:
    places = []
    for word in ("SERVICE SILENT", "GRAPH         "):
        with pytest.raises(QuerySyntax) as caught:
            lines(federated, f"SELECT * {{ {word} <{elsewhere.query}> {{ ?s ?p ?o }} \n FOO }}")
        places.append((caught.value.line, caught.value.column))
    assert places[0] == places[1]
    assert places[0][0] == 2


def test_a_query_is_led_and_nothing_else_of_it_changes() -> None:
    query = "PREFIX e: <http://may/> SELECT * { ?s ?p 'SERVICE' SERVICE SILENT e: { ?s ?p ?o } # SERVICE e:\n }"
    local, outward, _ = lead(query, RELAYED)
    assert outward == query.replace("SILENT e:", "SILENT <http://relay/0/0>")
    assert local == query.replace("SERVICE SILENT", "GRAPH         ")
    assert len(local) == len(query)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def names(meaning: dict[str, list[str]]) -> AbstractContextManager[object]:
    """A system in which names mean these addresses."""

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in at], socket.SOCK_STREAM, 6, "", (at, port)) for at in meaning.get(host, [host])]

    return patch.object(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.5.5", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_a_name_that_means_a_private_address_is_refused(address: str) -> None:
    with names({"innocent.example": [address]}), pytest.raises(Unreachable, match="no public address and not listed"):
        connect(listed("http://innocent.example/sparql"), 0, 1)


def test_a_private_address_that_is_listed_may_be_asked() -> None:
    with listening() as heard:
        own = f"http://127.0.0.1:{heard.port}/"
        connect(listed(own), 0, 1).close()
        named = f"http://graph.lan:{heard.port}/"
        with names({"graph.lan": ["127.0.0.1"]}):
            connect(listed(f"{named} 127.0.0.0/8"), 0, 1).close()
            with pytest.raises(Unreachable, match=r"graph\.lan is 127\.0\.0\.1, which is no public address"):
                connect(listed(f"{named} 10.0.0.0/8"), 0, 1)


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to() -> None:
    """A name that means something else the second time (DNS rebinding) gains nothing."""
    asked = []

    def rebinding(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) > 1 else "192.0.2.1", port))]

    with listening() as heard, patch.object(socket, "getaddrinfo", rebinding):
        with pytest.raises(Unreachable):
            connect(Services((f"http://rebinding.example:{heard.port}/",)), 0, 0.2)
        assert asked == ["rebinding.example"]
        assert heard.callers == []


def test_a_name_that_nobody_has_and_a_port_where_nobody_listens(federated: Store) -> None:
    with pytest.raises(Unreachable, match=r"no address of nobody\.invalid was found"):
        connect(listed("http://nobody.invalid/"), 0, 5)
    with listening() as heard:
        pass
    with pytest.raises(Unreachable, match=r"no connection to 127\.0\.0\.1 \(127\.0\.0\.1\): Connection refused"):
        connect(listed(f"http://127.0.0.1:{heard.port}/"), 0, 1)


def test_a_look_up_that_takes_for_ever_is_not_waited_for() -> None:
    ended = threading.Event()
    with patch.object(socket, "getaddrinfo", lambda *_, **__: [ended.wait(5)][1:]):
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="took too long"):
            connect(listed("http://slow.example/"), 0, 0.1)
        assert time.monotonic() - begun < 4
    ended.set()


@pytest.mark.parametrize("trusted", [True, False])
def test_who_answers_by_https_has_to_be_who_was_listed(
    trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stores: Stores
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(hostile.CERTIFICATE if trusted else tmp_path / "nobody"))
    with hostile.started(encrypted=True) as server:
        services = listed(f"{server.url}/good 127.0.0.0/8 ::1")
        store = open_store(stores.at(tmp_path / "store"), Limits(children=1, seconds=5, services=services))
        try:
            publish.write(
                store, [{"update": "INSERT DATA { <http://e/> <http://purl.org/dc/terms/title> 'x' }"}], who="t"
            )
            if trusted:
                assert lines(store, f"SELECT ?x {{ SERVICE <{server.url}/good> {{ ?s ?p ?x }} }}") == ["x", "here"]
            else:
                with pytest.raises(ServiceFailed, match=r"gave no answer: .*certificate verify failed"):
                    lines(store, f"SELECT ?x {{ SERVICE <{server.url}/good> {{ ?s ?p ?x }} }}")
        finally:
            store.close()


# ── the walls ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


def test_the_guard_alone_with_a_list_lets_nothing_else_through(listener: Listener) -> None:
    """Texts that try everything, as they are and to ask what may be asked."""
    with listening() as relay:
        relayed, queries = {ALLOWED: f"http://127.0.0.1:{relay.port}"}, placed(texts(400), listener.port)
        taken = [led(text, relayed) for text in aimed(queries, listener.port)]
        assert sum(taken) > 100
        assert relay.callers
    assert listener.callers == []


SHREDS = [
    "SERVICE", "silent", " ", " ", "\n", "<here>", "<there#>", "e:", "e:x", "?x", "{", "}", "'", '"', "#", "<", ">",
    "1", ".", "FILTER(", ")", "||", "'''", "BIND(1 AS ?y)", "{ ?s ?p ?o }", "GRAPH", "?s ?p ?o", "·",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SHREDS), min_size=3, max_size=12).map("".join))
def test_shreds_of_calls_lead_to_nobody_who_is_not_listed(listener: Listener, shreds: str) -> None:
    base = f"http://127.0.0.1:{listener.port}/"
    led(f"BASE <{base}> PREFIX e: <{base}> SELECT * {{ {shreds} }}", {f"{base}here": "http://127.0.0.1:1/"})
    assert listener.callers == []


def test_the_namespace_alone_with_its_loopback_up_lets_nothing_through(listener: Listener) -> None:
    became, connections = unwalled(placed(texts(300), listener.port), listener, "--leave", "--loopback")
    if not became:
        pytest.skip("this kernel lets this user make no network namespace")
    assert became.count("run") > 150
    assert connections == 0
    assert listener.callers == []


def test_children_that_may_ask_have_left_the_network_all_the_same(federated: Store, elsewhere: Elsewhere) -> None:
    query = f"ASK {{ SERVICE <{elsewhere.query}> {{ ?s ?p ?o }} }}"
    isolated = federated.pool.isolated()
    assert federated.query(query, results="csv").text() == "true"
    assert federated.pool.isolated() == isolated
