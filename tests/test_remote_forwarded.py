"""A copy that passes writes on to the one that takes them: what its clients see is what they would see there."""

from __future__ import annotations

import http.client
import json
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from kg import publish
from kg.store import open_store
from kg.store.pool import Limits
from kg.store.remote.engine import Engine
from server import forwarded, writes
from server.__main__ import takes_writes_alone
from server.app import create_app
from server.settings import BadSetting, Settings, from_environment
from tests.elsewhere import copies as copy
from tests.elsewhere import engine as engines
from tests.elsewhere.waiting import comes
from tests.server.conftest import TOKEN, WRITER, Service, client_of, own_address, running

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

UPDATE = "INSERT DATA { GRAPH <urn:test:g> { <urn:test:a> <urn:test:p> NUMBER } }"
ASK = "ASK { <urn:test:a> <urn:test:p> NUMBER }"
TURTLE = {"Content_Type": "text/turtle", **WRITER}
CLAIM = {
    "place": "alden", "to": "crown", "when": "the night of 3 to 4 April 1931", "source": "courier",
    "gloss": "The Crown took Alden.",
}  # fmt: skip
READS_BY_POST = {"/reconcile", "/queries/<name>"}
"""What is no write though it is sent otherwise than by GET."""


@pytest.fixture(scope="module")
def pair(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Service]]:
    """The copy that takes the writes, and one that passes them on; only the first knows who may."""
    folder = tmp_path_factory.mktemp("pair")
    with ExitStack() as stack:
        started = stack.enter_context(engines.started(None))
        engine = Engine(started.query, started.update, dialect="oxigraph", cache=folder / "first")
        store = open_store(engine, Limits(children=1))
        publish.restore(store, world, who="test")
        store.close()
        writer = stack.enter_context(copy.copy(engine, folder / "writer"))
        told = {"KG_WRITER": writer.url, "KG_TOKENS": "", "KG_BODY_MAX": "200000", **own_address()}
        yield writer, stack.enter_context(copy.copy(engine, folder / "copy", hasty=False, **told))


@contextmanager
def peer(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """The address of something that takes one connection, and what it does with it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_a_write_is_done_there_and_read_here_at_once(pair: tuple[Service, Service]) -> None:
    writer, other = pair
    for number in range(5):
        text = UPDATE.replace("NUMBER", str(number))
        if number % 2:
            form = {"Content_Type": "application/x-www-form-urlencoded", **WRITER}
            reply = other.ask("POST", "/sparql", urlencode({"update": text}), **form)
        else:
            reply = other.update(text)
        assert reply.status == 200, reply.body
        version = json.loads(reply.body)["version"]
        assert reply.headers["controlgraph-version"] == version
        told = other.query(ASK.replace("NUMBER", str(number)), Accept="text/csv")
        assert (told.body, told.headers["controlgraph-version"]) == (b"true", version)
    assert writer.truth(ASK.replace("NUMBER", "4"))


def test_who_may_not_write_there_may_not_here(pair: tuple[Service, Service]) -> None:
    _, other = pair
    for token in ("", "Bearer of-somebody-else-entirely"):
        reply = other.update(UPDATE.replace("NUMBER", "9"), Authorization=token)
        assert reply.status == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert reply.headers["content-type"] == "application/problem+json"


def test_graphs_have_the_names_that_this_copy_gives_them(pair: tuple[Service, Service]) -> None:
    writer, other = pair
    body = "<> <urn:test:p> <#there>, 'é'@fr ."
    made = other.ask("PUT", "/graphs/of/é%20all".replace("é", quote("é")), body.encode(), **TURTLE)
    assert made.status == 201
    assert made.headers["location"].startswith(f"{other.url}/graphs/of/")
    path = made.headers["location"].removeprefix(other.url)
    read = other.ask("GET", path, Accept="application/n-triples")
    assert read.status == 200
    assert f"<{other.url}/graphs/of/" in read.body.decode()
    assert other.ask("PUT", path, "", **TURTLE, If_Match='"000001-000000000000-0"').status == 412
    assert other.ask("PUT", path, "", **TURTLE, If_None_Match="*").status == 412
    assert other.ask("PUT", path, "<> <urn:test:p> 1 .", **TURTLE, If_Match=read.headers["etag"]).status == 204
    new = other.ask("POST", "/graphs", "<> <urn:test:p> 2 .", **TURTLE)
    assert new.headers["location"].startswith(f"{other.url}/graphs/")
    assert other.ask("GET", new.headers["location"].removeprefix(other.url)).status == 200
    named = other.ask("PUT", "/graphs?graph=urn:test:named", "<> <urn:test:p> 3 .", **TURTLE)
    assert named.headers["location"] == f"{other.url}/graphs?graph=urn%3Atest%3Anamed"
    assert writer.ask("GET", "/graphs?graph=urn:test:named").status == 200
    assert other.ask("PUT", "/graphs?graph=urn:test:named", "this is no Turtle", **TURTLE).status == 400
    for gone in (path, new.headers["location"].removeprefix(other.url), "/graphs?graph=urn:test:named"):
        assert other.ask("DELETE", gone, **WRITER).status == 200
        assert other.ask("GET", gone).status == 404


def test_claims_are_added_through_a_copy_by_programs_and_by_forms(pair: tuple[Service, Service]) -> None:
    _, other = pair
    document = json.dumps(CLAIM)
    made = other.ask("POST", "/api/claims", document, Content_Type="application/json", **WRITER)
    assert made.status == 201, made.body
    assert made.headers["location"].startswith(f"{other.url}/id/claim/")
    slug = made.headers["location"].rpartition("/")[2]
    page = other.ask("GET", f"/id/claim/{slug}", Accept="text/html")
    assert page.status == 200
    assert b"retraction" in page.body  # this copy knows that somebody may
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    values = {"token": TOKEN, "do": "write"}
    path = f"/claims/{slug}/retraction"
    assert other.ask("POST", path, urlencode({**values, "token": "x" * 20}), **form).status == 401
    assert other.ask("POST", path, urlencode(values), **form).status == 200
    assert other.ask("POST", "/api/claims", "{}", Content_Type="application/json", **WRITER).status == 422


def test_a_body_is_no_larger_than_this_copy_takes(pair: tuple[Service, Service]) -> None:
    _, other = pair
    large = "<urn:test:a> <urn:test:p> 1 .\n" * 10000
    assert other.ask("PUT", "/graphs?graph=urn:test:large", large, **TURTLE).status == 413
    assert other.ask("GET", "/graphs?graph=urn:test:large").status == 404


def test_of_a_body_that_breaks_off_nothing_is_written(pair: tuple[Service, Service]) -> None:
    writer, other = pair

    def cuts() -> int:
        return writer.ask("GET", "/metrics").body.count(b'problem="body-cut"')

    path, before = "/graphs?graph=urn:test:cut", writer.query("ASK {}").headers["controlgraph-version"]
    body = "<urn:test:a> <http://purl.org/dc/terms/title> 'a title' .\n" * 3000
    reply = other.cut("PUT", path, body, 100_000, **TURTLE)  # of which some is passed on before it breaks off
    assert (reply.status, json.loads(reply.body)["type"].rpartition("/")[2]) == (400, "body-cut")
    assert comes(lambda: cuts() == 1)
    assert other.unmeasured("PUT", path, body, **TURTLE).status == 411
    assert writer.query("ASK {}").headers["controlgraph-version"] == before
    assert writer.ask("GET", path).status == 404


def test_names_arrive_as_they_were_sent(pair: tuple[Service, Service]) -> None:
    writer, other = pair
    for path in ("/graphs/a%2541", "/graphs/%C3%A9%20%3F", "/graphs?graph=urn:test:%C3%A9", "/graphs?graph=urn:test:é"):
        place = urlsplit(other.url)
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=60) as plain:
            head = f"Host: {place.netloc}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/turtle\r\n"
            body = "<urn:test:a> <http://purl.org/dc/terms/title> 'one' ."
            head += f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            plain.sendall(f"PUT {path} HTTP/1.1\r\n{head}".encode())
            assert plain.makefile("rb").readline().split()[1] in (b"201", b"204"), path
        assert other.ask("GET", quote(path, safe="/%?=:")).status == 200
    assert writer.truth(f"ASK {{ GRAPH <{other.url}/graphs/a%2541> {{ ?s ?p ?o }} }}")
    assert not writer.truth(f"ASK {{ GRAPH <{other.url}/graphs/aA> {{ ?s ?p ?o }} }}")


def test_the_writer_is_told_the_client_that_this_copy_knows_and_the_public_host(world: Path) -> None:
    told: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        told.append(connection.recv(1 << 16))
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    forged = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9", "Host": "other.example.org", **WRITER}
    for proxies, known in ((1, b"203.0.113.9"), (0, b"127.0.0.1")):
        with peer(answer) as address:
            settings = {"writer": address, "proxies": proxies, "public_url": "https://graph.example.org"}
            with client_of(world, children=1, **settings) as client:
                assert client.delete("/graphs?graph=urn:test:g", headers=forged).status_code == 204
        lines = told.pop().split(b"\r\n")
        assert [line for line in lines if line.startswith(b"X-Forwarded-For")] == [b"X-Forwarded-For: " + known]
        assert [line for line in lines if line.startswith(b"Host")] == [b"Host: graph.example.org"]


def ready(sockets: list[socket.socket], seconds: float) -> list[socket.socket]:
    """Those of which something came, or the end; however large the numbers of their handles are."""
    with selectors.DefaultSelector() as selector:
        for each in sockets:
            selector.register(each, selectors.EVENT_READ)
        found = {key.fileobj for key, _ in selector.select(seconds)}
    return [each for each in sockets if each in found]


def test_reading_goes_on_while_the_writer_is_silent(world: Path) -> None:
    few = {"KG_CHILDREN": "1", "KG_LONG": "1", "KG_QUEUE": "0", "KG_DOWNLOADS": "1"}
    with ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        writer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        service = stack.enter_context(running(world, **own_address(), **few, KG_WRITER=writer))
        place = urlsplit(service.url)
        asked = [
            stack.enter_context(socket.create_connection((place.hostname or "", place.port or 80), timeout=60))
            for _ in range(48)
        ]
        for each in asked:
            each.sendall(b"DELETE /graphs?graph=urn:test:g HTTP/1.1\r\nHost: x\r\n\r\n")
        refused: list[socket.socket] = []
        while len(refused) < len(asked) - forwarded.AT_ONCE:
            readable = ready([each for each in asked if each not in refused], 20)
            assert readable, f"{len(refused)} were refused"
            refused += readable
        for each in refused:
            response = http.client.HTTPResponse(each)
            response.begin()
            assert (response.status, json.loads(response.read())["type"].rpartition("/")[2]) == (503, "busy")
            assert int(response.headers["Retry-After"]) > 0
        assert service.ask("GET", "/healthz").status == 200
        assert service.truth("ASK {}")
        assert not ready([each for each in asked if each not in refused], 0)
        silent.close()  # which breaks the others off
        for each in asked:
            if each not in refused:
                assert each.makefile("rb").readline().split()[1] == b"502"
        assert service.ask("DELETE", "/graphs?graph=urn:test:g").status == 503  # writer-away: places were given back


def test_a_writer_that_passes_writes_on_itself_is_told_of(pair: tuple[Service, Service], world: Path) -> None:
    _, other = pair
    with client_of(world, children=1, writer=other.url) as client:
        reply = client.post("/sparql", data="DROP ALL", content_type="application/sparql-update", headers=WRITER)
        assert reply.status_code == 508
        assert json.loads(reply.data)["type"].endswith("/writer-loops")
        assert "KG_WRITER" in json.loads(reply.data)["detail"]


def test_a_writer_that_is_not_there_is_told_of_and_whether_it_may_have_written(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(address: str) -> tuple[int, str]:
        with client_of(world, children=1, deadline=0.2, writer=address) as client:
            begun = time.monotonic()
            reply = client.delete("/graphs?graph=urn:test:g", headers=WRITER)
            assert time.monotonic() - begun < 5
            assert int(reply.headers["Retry-After"]) > 0
            assert reply.content_type == "application/problem+json"
            assert client.get("/readyz").status_code == 200
            return reply.status_code, json.loads(reply.data)["detail"]

    status, detail = told("http://127.0.0.1:1")
    assert (status, detail.endswith("nothing was written")) == (503, True)
    monkeypatch.setattr(forwarded, "WAITS", 0.1)
    over = threading.Event()
    with peer(lambda connection: connection.recv(1)) as address:  # which breaks off
        status, detail = told(address)
        assert (status, "may have been written" in detail) == (502, True)
    with peer(lambda _: over.wait(30)) as address:  # which is silent
        status, detail = told(address)
        assert (status, "may have been written" in detail) == (502, True)
        over.set()


def test_every_route_that_writes_is_passed_on(world: Path) -> None:
    app = create_app(Settings(store=world, log=False, children=1))
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - writes.READING - {"HEAD"}:
            path = rule.rule.replace("<slug>", "x").replace("<name>", "x").replace("<path:rest>", "x")
            kind = "application/sparql-update" if path == "/sparql" else "text/turtle"
            with app.test_request_context(path.replace("<path:name>", "x"), method=method, content_type=kind):
                assert writes.is_write() is (rule.rule not in READS_BY_POST), (method, rule.rule)
    with app.test_request_context("/sparql", method="POST", data={"query": "ASK {}"}):
        assert not writes.is_write()
    with app.test_request_context("/sparql", method="POST", data={"update": "DROP ALL"}):
        assert writes.is_write()
    app.extensions["controlgraph"].store.close()


def test_who_takes_the_writes_of_an_engine_that_is_not_known_says_so() -> None:
    tokens = (("tester", TOKEN),)
    assert takes_writes_alone(Settings(store="http://127.0.0.1:1/sparql", tokens=tokens))
    assert not takes_writes_alone(Settings(store="http://127.0.0.1:1/sparql"))
    assert not takes_writes_alone(Settings(store="http://127.0.0.1:1/sparql", tokens=tokens, writer="http://a.example"))
    assert not takes_writes_alone(Settings(store="http://127.0.0.1:1/", tokens=tokens, store_dialect="oxigraph"))
    assert not takes_writes_alone(Settings(tokens=tokens))
    public = {"KG_PUBLIC_URL": "https://graph.example.org"}
    found = from_environment({"KG_WRITER": "http://10.0.0.11:8000/", **public})
    assert found.writer == "http://10.0.0.11:8000"
    for address in ("10.0.0.11:8000", "http://h:99999", "http://h:x", "http://h:-1"):
        with pytest.raises(BadSetting, match=r"KG_WRITER=.* is not accepted"):
            from_environment({"KG_WRITER": address, **public})
        with pytest.raises(BadSetting, match=r"KG_STORE_UPDATE=.* is not accepted"):
            from_environment({"KG_STORE_UPDATE": address})
    with pytest.raises(BadSetting, match="KG_WRITER needs KG_PUBLIC_URL"):
        from_environment({"KG_WRITER": "http://10.0.0.11:8000"})
