"""A write that takes too long, or whose process dies, costs that write and nothing else."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from kg.store import open_store
from kg.store.pool import Limits
from kg.writing import Writer
from tests.elsewhere.stores import EMBEDDED, Stores
from tests.server.conftest import WRITER, Service

GRAPH = "/graphs?graph=http://example.org/many"
MANY = "".join(
    f"<http://example.org/{number}> a <https://w3id.org/controlgraph/ontology#Place> ;"
    f' <http://www.w3.org/2004/02/skos/core#prefLabel> "place {number}"@en .\n'
    for number in range(6000)
)
SMALL = '<http://example.org/a> <http://purl.org/dc/terms/title> "one"@en .'


def test_checking_is_part_of_a_write_and_ends_with_its_deadline(writable: Service, stores: Stores) -> None:
    if stores.engine != EMBEDDED:  # the first write from here fetches everything, before its time begins
        assert writable.ask("PUT", f"{GRAPH}-before", SMALL, Content_Type="text/turtle", **WRITER).status == 201
    before = writable.ask("GET", "/sparql?query=ASK{}").headers["controlgraph-version"]
    begun = time.monotonic()
    answer = writable.ask("PUT", f"{GRAPH}&timeout=1", MANY, Content_Type="text/turtle", **WRITER)
    assert time.monotonic() - begun < 3
    assert answer.status == 504
    assert b"its deadline" in answer.body
    assert writable.ask("GET", "/sparql?query=ASK{}").headers["controlgraph-version"] == before
    answer = writable.ask("PUT", GRAPH, SMALL, Content_Type="text/turtle", **WRITER)
    assert answer.status == 201


def test_a_process_that_was_killed_is_followed_by_another(tmp_path: Path, stores: Stores) -> None:
    writer = Writer(stores.at(tmp_path / "store"), Limits(children=1))
    step = {"update": "INSERT DATA { <http://e/a> <http://purl.org/dc/terms/title> 'one' }"}
    first = writer.write([step], who="test")
    assert writer._process
    os.kill(writer._process.pid, signal.SIGKILL)
    writer._process.wait()
    again = writer.write([{"update": "INSERT DATA { <http://e/a> <http://purl.org/dc/terms/title> 'three' }"}], who="t")
    assert again.version.startswith("000002-")
    writer.close()
    store = open_store(stores.at(tmp_path / "store"))
    assert [line["version"] for line in store.journal()] == [first.version, again.version]
    store.close()
