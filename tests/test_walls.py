"""A few of the generated texts against each wall alone; `python -m bench.soak walls` runs ten thousand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.soak.texts import Text, texts
from bench.soak.unwalled import perform
from bench.soak.walls import guarded, placed, unwalled
from kg.store.guard import Outbound, refuse_outbound
from tests.test_outbound import Listener, listening

GLUED = (
    "SELECT * { SERVICESILENT<http://127.0.0.1:{port}/>{ ?s ?p ?o } }",
    "PREFIX e: <http://127.0.0.1:{port}/> SELECT * { SERVICEe:x { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:{port}/> PREFIX service: <http://e/> SELECT * { service:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:{port}/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1e5SERVICE<http://127.0.0.1:{port}/>{ ?s ?p ?o } }",
    "PREFIX e: <http://e/> SELECT * { ?s ?p e:.SERVICE<http://127.0.0.1:{port}/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(1<2)SERVICE#>\n<http://127.0.0.1:{port}/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?o<?o||1<2#>'''\n)SERVICE<http://127.0.0.1:{port}/>{ ?s ?p ?o } #'''\n}",
)
"""Keywords that the engine sees and a reader of words does not."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


def given(number: int, port: int) -> list[Text]:
    return placed(texts(number), port)


def test_what_is_generated_is_what_it_says(listener: Listener) -> None:
    """Without any wall many of those that try connect, and all of those that do not are SPARQL."""
    some = given(400, listener.port)
    became, connections = unwalled(some, listener)
    assert connections > 100
    assert {now for one, now in zip(some, became, strict=True) if not one.reaching} == {"run"}


def test_the_guard_alone(listener: Listener) -> None:
    some = given(600, listener.port)
    became, leaky = guarded(some, listener)
    assert leaky == []
    assert listener.callers == []
    assert [one.text for one, now in zip(some, became, strict=True) if not one.reaching and now != "run"] == []


def test_the_namespace_alone(listener: Listener) -> None:
    became, connections = unwalled(given(600, listener.port), listener, "--leave")
    if not became:
        pytest.skip("this kernel lets this user make no network namespace")
    assert became.count("run") > 300
    assert connections == 0
    assert listener.callers == []


@pytest.mark.parametrize("template", GLUED)
def test_a_keyword_that_touches_its_neighbours_reaches_nowhere(listener: Listener, template: str) -> None:
    text = template.replace("{port}", str(listener.port))
    with pytest.raises((Outbound, SyntaxError)):
        refuse_outbound(text)
    assert perform(text, update=False) != "run"
    assert listener.callers == []


@pytest.mark.parametrize(
    "text", ["SELECT ?x\u00b7service {}", "SELECT (1 AS ?e\u0301load) {}", "ASK { ?s ?p 'a'@service }"]
)
def test_a_name_with_any_letter_that_sparql_has_is_no_keyword(text: str) -> None:
    refuse_outbound(text)
