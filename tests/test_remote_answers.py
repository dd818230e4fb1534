"""A service on an engine answers as one on a directory does: pages, random questions to every door, examples of
queries, golden cases.

The random questions are the first `FEW`, with `--every` `SOME`; with `--engine NAME` all are asked of that engine. Of
the golden cases `--every` takes one in so many; with `--engine NAME` they are where they always are.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from flask.testing import FlaskClient

from kg import publish, queries
from kg.control.answers import View
from kg.derive.opening import open_situation
from kg.errors import QueryFailed
from kg.export import apart
from kg.ontology import KG, PREFIXES
from kg.queries import Example
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.remote.store import RemoteStore
from tests import control_worlds, golden_control, golden_networks, network_worlds
from tests.control_turtle import iri
from tests.elsewhere.answers import difference, reply
from tests.elsewhere.stores import BOOLEANS, EACH, EMBEDDED, REFUSED, TWICE, Stores
from tests.random_questions import LEFT_OUT, PAGES, VALUES, Known, known, questions
from tests.server.conftest import client_of

ALL, SOME, FEW, SEED = 500, 50, 25, 20210815
WORLDS = 200
"""Golden worlds that are loaded into engines here are one in so many."""
SHOWN = (
    "/", "/map?at=2021-08-10", "/timeline", "/routes?at=2021-08-01", "/dossier?place=town-spin-boldak&at=2021-08-01",
    "/id/place/town-spin-boldak", "/id/source/source-002", "/search?q=kab", "/api/control?at=2021-08-10",
    "/api/events?within=province-helmand", "/api/claims?place=town-spin-boldak", "/api/pockets?at=2021-08-10",
    "/.well-known/void", "/dumps/routes.ttl", "/feed", "/graph/routes?format=nt",
)  # fmt: skip
BEYOND = {case: mark.args[1] for mark in (REFUSED, TWICE, BOOLEANS) for case in mark.args[2:]}
"""The examples that Virtuoso 7.2.5.1 answers otherwise, or not, and why; every second example is asked here."""
OTHERWISE = {
    "what is described is told with what refers to it": re.compile("DESCRIBE"),
    "a row that a path finds in several ways comes once": re.compile(r"kg:place/kg:within\+"),
}
"""What Virtuoso 7.2.5.1 answers otherwise, and what a question has in it where it does."""
CHOICE = "referrers"
"""Our query that tells any one of several, which each engine chooses for itself; it is asked of working copies only."""


def _named(kind: str) -> Callable[[Known], list[str]]:
    return lambda about: [PREFIXES[kind] + name for name in about.things[kind][5:]]


def _term(*names: str) -> Callable[[Known], list[str]]:
    return lambda _: [str(KG[name]) for name in names]


ABOUT: dict[str, Callable[[Known], list[str]]] = {
    **{kind: _named(kind) for kind in ("place", "actor", "claim", "event", "source")},
    "thing": _named("place"), "node": _named("event"), "around": _named("place"), "graph": lambda about: about.graphs,
    "property": _term("place", "when", "source"), "type": _term("Capture", "Bombing", "Withdrawal"),
}  # fmt: skip
"""What is put into the blocks of our queries, by the name of the variable."""


@pytest.fixture(scope="module", params=EACH)
def remote(
    request: pytest.FixtureRequest, shipped: Store, stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RemoteStore]:
    """The store of an engine with everything that is shipped."""
    if stores.engine != EMBEDDED:
        if stores.engine != request.param:
            pytest.skip("another engine was chosen")
        assert isinstance(shipped, RemoteStore)
        yield shipped
        return
    own = Stores(request.param, stores.shared, tmp_path_factory.mktemp(request.param))
    with closing(own), closing(open_store(own.at(own.folder / "store"), Limits(children=2))) as store:
        assert isinstance(store, RemoteStore)
        publish.restore(store, shipped.location, who="test")
        yield store


@pytest.fixture(scope="module")
def same(remote: RemoteStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store in a directory with the version that the engine has."""
    location = tmp_path_factory.mktemp("same") / "store"
    remote.backup(location)
    with closing(open_store(location, Limits(children=2))) as store:
        assert store.version() == remote.version()
        yield store


@pytest.fixture(scope="module")
def clients(
    remote: RemoteStore, same: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    """A service on the directory, and one on the engine that has nothing of its own yet."""
    copy = replace(remote.engine, cache=tmp_path_factory.mktemp("copy"))
    patient = {"children": 2, "deadline": 300.0, "wait": 300.0}  # what is compared is not how long it takes
    with client_of(same.location, **patient) as here, client_of(copy, **patient) as there:
        yield here, there


@pytest.fixture(scope="module")
def about(same: Store, clients: tuple[FlaskClient, FlaskClient]) -> Known:
    """What can be asked about."""
    return known(same, clients[0].application)


@pytest.mark.parametrize("address", SHOWN)
def test_every_page_and_route_answers_the_same(address: str, clients: tuple[FlaskClient, FlaskClient]) -> None:
    here, there = (reply(client, address, {}) for client in clients)
    assert here.status == 200
    assert difference(here, there) is None


def test_random_questions_are_answered_the_same(
    about: Known, clients: tuple[FlaskClient, FlaskClient], remote: RemoteStore, stores: Stores, every: bool
) -> None:
    count = ALL if stores.engine != EMBEDDED else SOME if every else FEW
    asked, statuses, wrong, otherwise = 0, Counter[int](), [], 0
    for question in questions(about, clients[0].application, SEED, count):
        asked += 1
        here, there = (reply(client, question.address, dict(question.headers)) for client in clients)
        statuses[here.status] += 1
        if told := difference(here, there):
            if remote.engine.dialect == "virtuoso" and any(
                each.search(unquote_plus(question.address)) for each in OTHERWISE.values()
            ):
                otherwise += 1
                continue
            wrong.append(f"{unquote_plus(question.address)} {dict(question.headers)}: {told}")
    assert wrong == []
    assert asked == count
    assert otherwise < count / 20
    assert statuses[200] > count * 0.7, statuses
    assert not {status for status in statuses if status >= 500}


def test_every_door_is_asked(about: Known, clients: tuple[FlaskClient, FlaskClient]) -> None:
    """Who adds a door, or a parameter, says what is asked there, or why nothing is."""
    app = clients[0].application
    doors = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    declared = {path.replace("{place}", "<path:place>") for path in about.parameters}
    assert doors == {*PAGES, *LEFT_OUT, *declared}
    assert {name for asked in about.parameters.values() for name, _ in asked} - {"format"} <= VALUES.keys()
    assert {question.rule for question in questions(about, app, SEED, ALL)} == doors - LEFT_OUT.keys()


def test_a_process_of_its_own_exports_what_an_engine_has(same: Store, remote: RemoteStore, tmp_path: Path) -> None:
    for name, store in (("here", same), ("there", remote)):
        with (tmp_path / name).open("wb") as file:
            apart.write(store, "places.csv", file)
    assert (tmp_path / "there").read_bytes() == (tmp_path / "here").read_bytes() != b""


@pytest.mark.parametrize("example", queries.examples()[::2], ids=lambda example: example.slug)
def test_a_query_answers_the_same(example: Example, same: Store, remote: RemoteStore) -> None:
    if remote.engine.dialect == "virtuoso" and example.slug in BEYOND:
        pytest.xfail(BEYOND[example.slug])
    here, there = (
        list(csv.reader(io.StringIO(store.query(example.text, results="csv").text()))) for store in (same, remote)
    )
    assert here[0] == there[0]
    assert Counter(map(tuple, here)) == Counter(map(tuple, there))


def test_what_is_beyond_the_engine_is_the_querys_fault(remote: RemoteStore) -> None:
    if remote.engine.dialect != "virtuoso":
        pytest.skip("only Virtuoso is known to read less SPARQL than we do")
    text = next(example.text for example in queries.examples() if example.slug == "only-their-own-word")
    with pytest.raises(QueryFailed, match="cannot evaluate"):
        remote.query(text)


def test_queries_of_ours_are_answered_the_same_for_one_thing_and_for_several(
    about: Known, same: Store, remote: RemoteStore
) -> None:
    """Of everything that the service itself asks with things put in: one, two, and nine."""
    wrong, asked = [], 0
    for path in sorted(Path(queries.__file__).parent.glob("*.rq")):
        text = path.read_text("utf-8")
        blocks = set(re.findall(r"VALUES \?(\w+) { UNDEF }", text))
        if not blocks or not blocks <= ABOUT.keys() or path.stem == CHOICE:
            continue
        for number in (1, 2, 9):
            query = text
            for name in blocks:
                query = queries.filled(query, name, ABOUT[name](about)[:number])
            here, there = (Counter(store.query(query, results="csv").text().splitlines()) for store in (same, remote))
            asked += 1
            if here != there:
                wrong.append(f"{path.stem}, {number}: {list((here - there) + (there - here))[:2]}")
    assert wrong == []
    assert asked > 60


@pytest.mark.every
def test_golden_worlds(remote: RemoteStore, stores: Stores, tmp_path: Path) -> None:
    """One in so many; `make golden STORE=virtuoso` takes them all."""
    if stores.engine != EMBEDDED:
        pytest.skip("tests/test_control_golden.py asks them")
    worlds = control_worlds.worlds(control_worlds.GOLDEN / "worlds.jsonl")[::WORLDS]
    with closing(Stores(remote.engine.dialect, stores.shared, tmp_path)) as own:
        told = list(golden_control.asked(worlds, golden_control.by_index, place=own.at(tmp_path / "store")))
    assert [wrong for wrong in told if wrong] == []
    assert len(told) > 10


@pytest.mark.every
def test_golden_cases_of_what_is_shipped(remote: RemoteStore, tmp_path: Path) -> None:
    """From what the engine has, by a copy of the service that has nothing of it yet."""
    copy = open_store(replace(remote.engine, cache=tmp_path), Limits(children=1))
    with closing(copy):
        asking, answers = golden_control.by_index(copy), golden_networks.ARRAYS
        sources_of: dict[str, frozenset[str]] = {}
        for world in control_worlds.worlds(control_worlds.GOLDEN / "offensive-2021.jsonl"):
            sources = sources_of[world["id"]] = frozenset(iri("source", source["id"]) for source in world["sources"])
            told = list(golden_control.differences(world, asking, sources, apart=frozenset({"because"})))
            assert [wrong for wrong in told if wrong] == []
            assert len(told) == len(world["questions"]) + len(world["counts"])
        for world in network_worlds.worlds(network_worlds.GOLDEN / "offensive-2021.jsonl"):
            situation, _ = network_worlds.as_in(world, open_situation(copy, View(sources=sources_of[world["id"]])))
            asked = [question for question in world["questions"] if question["kind"] in answers]
            told = [
                golden_networks.difference(world, question, answers[question["kind"]](situation, question))
                for question in asked
            ]
            assert [wrong for wrong in told if wrong] == []
            assert len(told) > 30
