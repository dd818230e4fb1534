"""The same service on an engine: the Oxigraph server and, where the machine has it, Virtuoso."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kg import publish
from kg.engine_errors import WriteConflict
from kg.errors import NothingPublished, QueryDied, QueryReachesOut, QuerySyntax, Refused, ResultTooLarge
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.outward import listed
from kg.store.pool import Limits
from kg.store.remote.engine import Engine
from kg.store.remote.store import RemoteStore
from tests.elsewhere.stores import EACH, Stores

pytestmark = pytest.mark.embedded("engines are started here as they are needed")


@pytest.fixture(scope="module", params=EACH)
def engine(
    request: pytest.FixtureRequest, stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine without anything, and where one copy of the service keeps what it has of it."""
    with closing(Stores(request.param, stores.shared, tmp_path_factory.mktemp(request.param))) as own:
        started = own.at(own.folder / "cache")
        assert isinstance(started, Engine)
        yield started


def another(engine: Engine, name: str) -> Engine:
    """The same engine as another copy of the service sees it."""
    return replace(engine, cache=engine.cache.with_name(name))


@pytest.fixture(scope="module")
def remote(engine: Engine, world: Path) -> Iterator[RemoteStore]:
    """The store of an engine with the invented world; what is shipped is in `tests/test_remote_answers.py`."""
    with closing(open_store(engine, Limits(children=2))) as store:
        assert isinstance(store, RemoteStore)
        with pytest.raises(NothingPublished, match="kg load"):
            store.version()
        publish.restore(store, world, who="test")
        yield store


@pytest.fixture(scope="module")
def same(world: Path, remote: RemoteStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store here with the same version as the engine had when everything was put there."""
    with closing(open_store(tmp_path_factory.mktemp("same") / "store", Limits(children=2))) as store:
        publish.restore(store, world, who="test")
        assert store.version() == remote.version()
        yield store


def test_each_form_of_query(same: Store, remote: RemoteStore) -> None:
    texts = (
        "ASK { ?claim a kg:Claim }", "ASK { ?claim a kg:Nothing }", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
        "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/controlgraph/graph/world> { ?s ?p ?o }",
        "SELECT ?label { <id/place/town-alden> skos:prefLabel ?label FILTER(LANG(?label) = 'en') }",
        "CONSTRUCT { ?s kg:about ?o } WHERE { ?s kg:about ?o } ORDER BY ?s LIMIT 1",
    )  # fmt: skip
    for text in texts:
        for form in ("json", "xml", "csv", "tsv"):
            here, there = (
                store.query(text, results=form, graph="nt", base="https://w3id.org/controlgraph/", prefixes=PREFIXES)
                for store in (same, remote)
            )
            assert (there.kind, there.form, there.version) == (here.kind, here.form, here.version)
            assert there.read() == here.read()


def test_what_is_no_query_never_gets_to_the_engine(remote: RemoteStore) -> None:
    with pytest.raises(QuerySyntax) as told:
        remote.query("SELECT *\n{ ?s ?p }")
    assert told.value.line == 2
    with pytest.raises(QueryReachesOut):
        remote.query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    listing = Limits(children=1, services=listed("https://query.example.org/sparql"))
    with closing(open_store(another(remote.engine, "listing"), listing)) as store, pytest.raises(QueryReachesOut):
        store.query("SELECT * { SERVICE <https://query.example.org/sparql> { ?s ?p ?o } }")
    with pytest.raises(QueryDied):
        remote.query("SELECT * " + "{" * 20_000 + "}" * 20_000)
    assert remote.query("ASK {}", results="csv").text() == "true"


def test_who_means_no_graph_sees_none(remote: RemoteStore) -> None:
    seen = ("SELECT ?s { ?s ?p ?o } LIMIT 1", "SELECT ?s { GRAPH ?g { ?s ?p ?o } } LIMIT 1")
    for text in seen:  # as of a version that has no graph left, or of an empty data set of the protocol
        request: dict[str, object] = {"query": text, "results": "csv", "graph": None, "default": [], "named": []}
        assert remote.pool.ask(remote.published, request).text().split() == ["s"]


def test_terms_come_back_as_they_were_written(remote: RemoteStore, tmp_path: Path) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    terms = {
        '"plain"', '"with \\"quotes\\", a \\\\ and a line\\nend 😀"', '"سپین بولدک"@ps', '"x"@en-gb',
        f'"true"^^<{xsd}boolean>', f'"2021-08-15"^^<{xsd}date>', f'"2021-08-15T10:00:00Z"^^<{xsd}dateTime>',
        f'"2021"^^<{xsd}gYear>', f'"P3M"^^<{xsd}duration>', f'"7"^^<{xsd}integer>', f'"0.5"^^<{xsd}decimal>',
        '"POINT (66.40 31.0050)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>', "<https://example.org/é>",
        '"own"^^<https://example.org/datatype>',
    }  # fmt: skip
    data = tmp_path / "terms.nt"
    data.write_text("".join(f"<urn:test:a> <urn:test:p> {term} .\n" for term in terms))
    publish.write(remote, [{"put": "urn:test:terms", "file": str(data), "form": "nt"}], who="test")
    text = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <urn:test:terms> { ?s ?p ?o } }"
    lines = remote.query(text, graph="nt").text().splitlines()
    assert {line.split(" ", 2)[2].removesuffix(" .") for line in lines} == terms
    table = remote.query("SELECT ?o { GRAPH <urn:test:terms> { ?s ?p ?o } }", results="tsv").text().splitlines()
    assert {f'"true"^^<{xsd}boolean>', '"سپین بولدک"@ps'} & {*table} or "true" in table
    publish.write(remote, [{"drop": "urn:test:terms"}], who="test")


def test_an_answer_that_was_cut_is_none(remote: RemoteStore) -> None:
    text = "SELECT ?a ?b { ?a a ?t . ?b a ?u } LIMIT 40000"
    if remote.engine.dialect == "virtuoso":  # which answers with the first 30,000 and status 200
        with pytest.raises(ResultTooLarge, match="30000 rows"):
            remote.query(text)
    else:
        assert remote.query(text, results="csv").text().count("\n") == 40_001


def test_what_has_no_value_is_compared_as_the_documents_say(remote: RemoteStore) -> None:
    """Virtuoso computes that it is so: what nobody states would be certain. So queries of ours say BOUND first."""
    where = "{ VALUES ?on { 7 } OPTIONAL { VALUES ?sure { 8 } FILTER(?sure < ?on) } %s }"
    asked = ("COALESCE(?sure <= ?on, false)", "IF(?sure <= ?on, true, false)", "BOUND(?sure) && ?sure <= ?on")
    text = "SELECT " + " ".join(f"({each} AS ?told{number})" for number, each in enumerate(asked)) + where % ""
    told = remote.query(text, results="csv").text().split()[1]
    assert told == ("1,1,0" if remote.engine.dialect == "virtuoso" else "false,,false")
    for said in ("FILTER(?sure <= ?on)", "FILTER(BOUND(?sure) && ?sure <= ?on)"):
        assert remote.query(f"SELECT * {where % said}", results="csv").text().count("\n") == 1


def test_a_write_is_seen_by_other_copies_and_a_conflict_loses_nothing(remote: RemoteStore, engine: Engine) -> None:
    other = open_store(another(engine, "other"), Limits(children=2))
    assert isinstance(other, RemoteStore)
    try:
        begun = remote.version()
        step = {"update": "INSERT DATA { GRAPH <urn:test:g> { <urn:test:a> <urn:test:p> 1 } }"}
        written = publish.write(remote, [step], who="one")
        other.published.look()
        assert other.version() == written.version
        assert [line["who"] for line in other.journal()][-1] == "one"
        assert other.query("ASK { <urn:test:a> <urn:test:p> 1 }", results="csv").text() == "true"
        with other.candidate() as slow:
            slow.apply(other.pool, [{"drop": "urn:test:g"}], {"base_iri": None, "prefixes": None}, "x", None)
            second = publish.write(remote, [{"update": step["update"].replace("1 }", "2 }")}], who="one")
            with pytest.raises(WriteConflict, match="try again"):
                slow.publish("two")
        assert other.version() == second.version
        assert publish.write(other, [{"drop": "urn:test:g"}], who="two").removed == {"urn:test:g": 2}
        remote.published.look()
        assert remote.query("ASK { <urn:test:a> ?p ?o }", results="csv").text() == "false"
        assert [line["parent"] for line in remote.journal()][-3] == begun
    finally:
        other.close()


def test_of_two_who_write_something_else_with_the_same_text_one_is_told(remote: RemoteStore, engine: Engine) -> None:
    text = "INSERT { GRAPH <urn:test:once> { <urn:test:a> <urn:test:p> ?new } } WHERE { BIND(STRUUID() AS ?new) }"
    first: list[str] = []

    def meanwhile(word: str) -> None:
        if word == "publishing":
            first.append(publish.write(remote, [{"update": text}], who="one").version)

    other = open_store(another(engine, "other"), Limits(children=2))
    try:
        with pytest.raises(WriteConflict):
            publish.write(other, [{"update": text}], who="two", progress=meanwhile)
        assert [other.version()] == first
        assert other.query("SELECT ?o { GRAPH <urn:test:once> { ?s ?p ?o } }", results="csv").text().count("\n") == 2
        publish.write(other, [{"drop": "urn:test:once"}], who="two")
        remote.published.look()
    finally:
        other.close()


def test_a_blank_node_is_refused(remote: RemoteStore) -> None:
    version = remote.version()
    step = {"update": "INSERT DATA { GRAPH <urn:test:g> { [] <urn:test:p> 1 } }"}
    with pytest.raises(Refused, match="IRI"):
        publish.write(remote, [step], who="test")
    assert remote.version() == version


def test_a_backup_needs_no_engine(remote: RemoteStore, tmp_path: Path) -> None:
    assert remote.backup(tmp_path / "backup") == remote.version()
    copy = open_store(tmp_path / "backup", Limits(children=1))
    try:
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        assert copy.query(count).read() == remote.query(count).read()
    finally:
        copy.close()
