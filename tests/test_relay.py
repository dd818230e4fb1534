"""The relay in this process, where it can be asked without the engine, and seen at work."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pyoxigraph as ox
import pytest

from kg.store import child
from kg.store.outward import Unreachable, connect, listed
from kg.store.relay import Failure, Relay
from kg.store.spool import Spool
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.hostile import Hostile

LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


@pytest.fixture
def relay(elsewhere: Elsewhere, hostile: Hostile) -> Relay:
    """A relay to the other engine, to the hostile server in several ways, and to a port where nobody listens."""
    ways = ("good", "failing", "page", "redirect", "silent", "broken")
    services = listed(" ".join([elsewhere.query, *(f"{hostile.url}/{way}" for way in ways), "http://127.0.0.1:1/"]))

    def connected(number: int, seconds: float) -> socket.socket:
        try:
            return connect(services, number, seconds)
        except Unreachable as reason:
            raise OSError(str(reason)) from None

    return Relay(list(services.endpoints), connected, 1 << 20)


def evaluated(relay: Relay, query: str, seconds: float | None = 20) -> tuple[dict[str, object], bytes]:
    """What a child says to a query of one statement, and the answer as CSV."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/name"), ox.Literal("Alden", language="en")))
    spool = Spool(1 << 20)
    with relay.relaying(seconds):
        header = child.evaluate(store, {"query": query, "results": "csv", "graph": "nt"}, spool, relay)
    return header, spool.content()


def test_an_answer_goes_to_the_engine(relay: Relay, elsewhere: Elsewhere) -> None:
    query = f"SELECT ?x {{ ?a <http://e/name> ?name SERVICE <{elsewhere.query}> {{ ?x {LABEL} ?name }} }}"
    header, text = evaluated(relay, query)
    assert header == {"kind": "solutions", "form": "csv"}
    assert len(text.split()) == 4
    header, text = evaluated(relay, query.replace("http://e/name", "http://e/none"))
    assert text.split() == [b"x"]


@pytest.mark.parametrize(("way", "status"), [("failing", 500), ("page", 200), ("redirect", 302), ("broken", 200)])
def test_a_failure_goes_to_whoever_asked(relay: Relay, hostile: Hostile, way: str, status: int) -> None:
    header, _ = evaluated(relay, f"SELECT * {{ SERVICE <{hostile.url}/{way}> {{ ?s ?p ?x }} }}")
    assert (header["error"], header["endpoint"], header["status"]) == ("service", f"{hostile.url}/{way}", status)
    header, text = evaluated(relay, f"SELECT ?x {{ SERVICE SILENT <{hostile.url}/{way}> {{ ?s ?p ?x }} }}")
    assert (header["kind"], text.split()) == ("solutions", [b"x"])


def test_what_cannot_be_connected_to_and_what_says_nothing(relay: Relay, hostile: Hostile) -> None:
    header, _ = evaluated(relay, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?x } }")
    assert "gave no answer: no connection to 127.0.0.1" in str(header["message"])
    header, _ = evaluated(relay, f"SELECT * {{ SERVICE <{hostile.url}/silent> {{ ?s ?p ?x }} }}", seconds=0.5)
    assert "gave no whole answer in 0.3" in str(header["message"])


def test_what_is_not_listed_and_what_fails_here(relay: Relay, hostile: Hostile) -> None:
    assert evaluated(relay, "SELECT * { SERVICE <http://other/> {} }")[0]["error"] == "outbound"
    query = f"SELECT * {{ SERVICE SILENT <{hostile.url}/failing> {{}} FILTER(<http://e/no-function>()) }}"
    assert evaluated(relay, query)[0]["error"] == "failed"


def test_whoever_finds_the_port_of_a_relay_asks_nobody(relay: Relay, elsewhere: Elsewhere, hostile: Hostile) -> None:
    """Where children have no network of their own, every program of the machine could."""
    address = relay.relayed()[f"{hostile.url}/good"]
    root = address[: address.index("/", len("http://"))]
    for guess, method, status in ((f"{root}/guess/1/0", "POST", 404), (f"{root}/1/0", "POST", 404), (root, "GET", 501)):
        request = urllib.request.Request(guess, b"ASK {}" if method == "POST" else None, method=method)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        caught.value.close()
        assert caught.value.code == status
    assert hostile.asked == []
    with relay.relaying(5):
        reply = urllib.request.urlopen(f"{address}/0", b"SELECT * WHERE { ?s ?p ?o . }")
        with reply:
            assert json.load(reply)["results"]["bindings"]
    assert hostile.asked == ["/good"]


def test_all_answers_of_a_query_share_one_limit(relay: Relay, elsewhere: Elsewhere) -> None:
    path = relay.relayed()[elsewhere.query].partition("127.0.0.1")[2].partition("/")[2]
    with relay.relaying(20):
        relay.reply(f"/{path}/0", b"SELECT * WHERE { ?s ?p ?o . }")
        with pytest.raises(Failure, match=r"more than [0-9,]* bytes, the limit"):
            relay.reply(f"/{path}/0", b"SELECT * WHERE { ?s ?p ?o . ?s ?q ?r . ?t ?q ?r . }")
    with relay.relaying(20):
        assert relay.reply(f"/{path}/0", b"SELECT * WHERE { ?s ?p ?o . }").size < 1 << 20
