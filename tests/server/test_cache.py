"""Answers that are kept, validated, compressed: never a wrong one, whatever happens in between."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from kg.store import open_store
from server.asking import changing
from server.cache import LARGEST
from tests.conftest import load
from tests.elsewhere.stores import Place, Stores
from tests.elsewhere.waiting import comes
from tests.server.conftest import TOKEN, WRITER, Service, client_of, running

NAMES = "SELECT ?place ?name { ?place skos:prefLabel ?name } ORDER BY ?place ?name"
ROWS = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200"


@pytest.fixture
def fresh(world: Place) -> Iterator[FlaskClient]:
    """A client of an application that has answered nothing yet."""
    with client_of(world, children=1) as client:
        yield client


def found(client: FlaskClient, what: str) -> float:
    """How many requests found an answer that was kept ("hit"), or one that could be ("miss")."""
    numbers = client.application.extensions["controlgraph.numbers"]
    return float(numbers.registry.get_sample_value("controlgraph_cache_total", {"found": what}) or 0)


def get(client: FlaskClient, query: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a query by GET."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.get("/sparql?" + urlencode({"query": query}), headers=named)
    return response.status_code, {name.lower(): value for name, value in response.headers}, response.data


def test_the_second_time_it_is_kept(fresh: FlaskClient) -> None:
    first, second = get(fresh, NAMES), get(fresh, NAMES)
    assert first == second
    assert (found(fresh, "miss"), found(fresh, "hit")) == (1, 1)


def test_by_post_too(fresh: FlaskClient) -> None:
    for text in (NAMES, NAMES, ROWS):
        response = fresh.post("/sparql", data=text, content_type="application/sparql-query")
        assert response.status_code == 200
        assert response.data == get(fresh, text)[2]
    assert found(fresh, "hit") == 2  # the second by POST, the second by GET


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Accept": "text/csv"}, {"Accept": "application/sparql-results+json"}),
        ({"Accept_Encoding": "gzip"}, {"Accept_Encoding": "identity"}),
        ({"Host": "one.example"}, {"Host": "two.example"}),
    ],
)
def test_what_an_answer_depends_on_keeps_answers_apart(
    fresh: FlaskClient, one: dict[str, str], other: dict[str, str]
) -> None:
    query = "SELECT (<x> AS ?here) ?s ?p ?o { ?s ?p ?o } LIMIT 50"
    answers = [get(fresh, query, **headers) for headers in (one, other, one, other)]
    assert answers[0][2] == answers[2][2] != answers[1][2] == answers[3][2]
    assert answers[0][1]["etag"] != answers[1][1]["etag"]
    assert found(fresh, "hit") == 2


def test_the_body_of_a_get_means_nothing(fresh: FlaskClient) -> None:
    form = {"data": "query=ASK+{}", "content_type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert b"UnionDefaultGraph" in fresh.get("/sparql", **form).data
        assert fresh.get("/sparql?query=SELECT*{}", **form).status_code == 200
        assert "boolean" not in fresh.get("/sparql?query=SELECT*{}").text


def test_another_version_is_another_answer(world: Place, tmp_path: Path, stores: Stores) -> None:
    location = stores.copy(world, tmp_path / "store")
    with client_of(location, children=1, tokens=(("tester", TOKEN),)) as client:
        query = "SELECT ?o { <e:a> <e:b> ?o } ORDER BY ?o"
        tags = set()
        for number in range(3):
            status, headers, body = get(client, query, Accept="text/csv")
            assert body.split() == [b"o", *(str(n).encode() for n in range(number))]
            tags.add(headers["etag"])
            update = f"INSERT DATA {{ GRAPH <https://example.org/g> {{ <e:a> <e:b> {number} }} }}"
            assert client.post("/sparql", data={"update": update}, headers=WRITER).status_code == 200
            assert status == 200
            assert get(client, query, If_None_Match=headers["etag"])[0] == 200
        assert len(tags) == 3


def shows(service: Service, version: str) -> bool:
    """Whether a server answers from a version."""
    return service.query("ASK {}").headers["controlgraph-version"] == version


def test_a_load_beside_the_server_is_seen_at_once(world: Place, tmp_path: Path, stores: Stores) -> None:
    location, data = stores.copy(world, tmp_path / "store"), tmp_path / "more.ttl"
    store = open_store(location)
    with running(location) as service:
        for number in range(5):
            data.write_text(f"<e:more> <e:b> {number} .")
            version = load(store, data)
            if not isinstance(location, Path):  # an engine is asked for its version four times a second
                assert comes(partial(shows, service, version))
            for _ in range(2):
                reply = service.query("SELECT ?o { <e:more> <e:b> ?o }", Accept="text/csv")
                assert reply.body.split() == [b"o", str(number).encode()]
                assert reply.headers["controlgraph-version"] == version
                assert version in reply.headers["etag"]
    store.close()


def test_readers_never_see_an_older_version_after_a_newer_one(world: Place, tmp_path: Path, stores: Stores) -> None:
    location = stores.copy(world, tmp_path / "store")
    with running(location, KG_TOKENS=f"tester:{TOKEN}") as service:
        done = threading.Event()
        seen: list[list[tuple[int, int]]] = []

        def watch() -> None:
            mine: list[tuple[int, int]] = []
            while not done.is_set():
                reply = service.query("SELECT (MAX(?o) AS ?n) { <e:count> <e:is> ?o }", Accept="text/csv")
                number = reply.body.decode().split()[1:]
                mine.append((int(reply.headers["controlgraph-version"][:6]), int(number[0]) if number else -1))
            seen.append(mine)

        threads = [threading.Thread(target=watch) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(10):
            update = f"INSERT DATA {{ GRAPH <https://example.org/g> {{ <e:count> <e:is> {number} }} }}"
            assert service.update(update).status == 200
        done.set()
        for thread in threads:
            thread.join()
    for mine in seen:
        assert mine == sorted(mine)
        assert len({version for version, _ in mine}) == len(set(mine)), "one version, two answers"


@pytest.mark.differs("virtuoso", "it has no BNODE()", "SELECT (BNODE() AS ?x) {}-False")
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("SELECT (NOW() AS ?now) {}", False),
        ("SELECT (RAND() AS ?x) {}", False),
        ("SELECT (struuid() AS ?x) {}", False),
        ("SELECT (Uuid() AS ?x) {}", False),
        ("SELECT (BNODE() AS ?x) {}", False),
        ("SELECT ('NOW()' AS ?now) {}", True),
        ("ASK {} # RAND()", True),
        ("SELECT ?rand { ?rand <e:uuid> <e:now> }", True),
    ],
)
def test_what_may_be_another_answer_next_time_is_not_kept(fresh: FlaskClient, query: str, kept: bool) -> None:
    assert changing(query) is not kept
    headers = get(fresh, query)[1]
    get(fresh, query)
    assert found(fresh, "hit") == (1 if kept else 0)
    assert ("etag" in headers) is kept
    assert headers["cache-control"] == ("no-cache" if kept else "no-store")
    assert fresh.get("/query?" + urlencode({"query": query})).headers["Cache-Control"] == headers["cache-control"]


@pytest.mark.parametrize("query", ["ASK {", "SELECT * { SERVICE <e:x> {} }"])
def test_a_problem_is_not_kept(fresh: FlaskClient, query: str) -> None:
    for _ in range(2):
        assert get(fresh, query)[1]["cache-control"] == "no-store"
    assert found(fresh, "hit") == 0


def test_nothing_is_kept_for_or_from_the_holder_of_a_token(world: Place) -> None:
    with client_of(world, children=1, tokens=(("tester", TOKEN),)) as client:
        for _ in range(2):
            assert get(client, NAMES, **WRITER)[0] == 200
        assert (found(client, "miss"), found(client, "hit")) == (0, 0)


def test_a_large_answer_is_not_kept_but_validated(fresh: FlaskClient) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 9000"
    _, headers, body = get(fresh, query, Accept_Encoding="gzip")
    assert len(body) > LARGEST
    assert "content-encoding" not in headers
    assert headers["content-length"] == str(len(body))
    assert get(fresh, query, If_None_Match=headers["etag"])[0] == 304
    assert found(fresh, "hit") == 0


def test_what_is_kept_has_a_limit(world: Place) -> None:
    with client_of(world, children=1, cache=20_000) as client:
        for number in range(12):
            get(client, f"SELECT * {{ ?s ?p ?o }} ORDER BY ?s ?p ?o LIMIT 20 OFFSET {number}")
        assert found(client, "miss") == 12
        registry = client.application.extensions["controlgraph.numbers"].registry
        assert 0 < registry.get_sample_value("controlgraph_cache_bytes") <= 20_000
        get(client, "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 20 OFFSET 11")
        get(client, "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 20 OFFSET 0")
        assert found(client, "hit") == 1  # the newest is there, the oldest had to go


def test_nothing_is_kept_where_that_is_set(world: Place) -> None:
    with client_of(world, children=1, cache=0) as client:
        for _ in range(2):
            assert get(client, NAMES, Accept_Encoding="gzip")[1]["content-encoding"] == "gzip"
        assert found(client, "hit") == 0


# ── validators ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    ["/", "/query", "/ontology", "/id/place/town-alden", "/graph/world", "/.well-known/void", "/dumps/world.ttl",
     "/sparql", "/sparql?query=ASK{}", "/static/style.css"],
)  # fmt: skip
def test_what_a_client_has_is_not_sent_again(service: Service, path: str) -> None:
    for encoding in ("identity", "gzip"):
        first = service.ask("GET", path, Accept_Encoding=encoding)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        if not path.startswith("/static"):
            assert tag.startswith(f'"{first.headers["controlgraph-version"]}-')
        for given in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            for method in ("GET", "HEAD"):
                again = service.ask(method, path, If_None_Match=given, Accept_Encoding=encoding)
                assert (again.status, again.body) == (304, b""), given
                assert again.headers["etag"] == tag
                assert "content-type" not in again.headers
                assert again.headers.get("vary") == first.headers.get("vary")
        assert service.ask("GET", path, If_None_Match='"other"', Accept_Encoding=encoding).status == 200


def test_every_form_has_a_validator_of_its_own(service: Service) -> None:
    tags = [service.query(NAMES, Accept=f"text/{form}").headers["etag"] for form in ("csv", "tab-separated-values")]
    tags.append(service.query(NAMES, Accept="text/csv", Accept_Encoding="gzip").headers["etag"])
    assert len(set(tags)) == 3


def test_a_post_is_answered_whatever_the_client_has(service: Service) -> None:
    headers = {"Content_Type": "application/sparql-query"}
    tag = service.ask("POST", "/sparql", "ASK {}", **headers).headers["etag"]
    assert service.ask("POST", "/sparql", "ASK {}", If_None_Match=tag, **headers).status == 200


# ── compression ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+json", "application/sparql-results+xml"])
def test_what_is_compressed_is_the_same(service: Service, accept: str) -> None:
    plain, packed = (service.query(ROWS, Accept=accept, Accept_Encoding=coding) for coding in ("identity", "gzip"))
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3
    assert int(packed.headers["content-length"]) == len(packed.body)
    for reply in (plain, packed):
        assert {"Accept", "Accept-Encoding"} <= {name.strip() for name in reply.headers["vary"].split(",")}


@pytest.mark.parametrize("coding", ["", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0.0, deflate"])
def test_nobody_gets_gzip_who_does_not_take_it(service: Service, coding: str) -> None:
    assert "content-encoding" not in service.query(ROWS, Accept_Encoding=coding).headers


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "deflate, gzip;q=0.5", "*", "x-gzip"])
def test_whoever_takes_gzip_gets_it(service: Service, coding: str) -> None:
    assert service.query(ROWS, Accept_Encoding=coding).headers["content-encoding"] == "gzip"


def test_a_small_answer_is_left_as_it_is(service: Service) -> None:
    assert "content-encoding" not in service.query("ASK {}", Accept_Encoding="gzip").headers


# ── every answer ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/sparql?query=ASK{}", 200), ("/sparql?query=ASK{", 400), ("/nowhere", 404), ("/healthz", 200),
     ("/metrics", 200), ("/feed/versions", 200), ("/static/style.css", 200)],
)  # fmt: skip
def test_every_answer_tells_the_version(service: Service, path: str, status: int) -> None:
    reply = service.ask("GET", path)
    assert reply.status == status
    assert reply.headers["controlgraph-version"].startswith("000001-")
