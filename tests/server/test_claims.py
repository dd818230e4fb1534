"""`/api/claims`: adding to the record over HTTP, seen in the answers at once; what is refused is told by its field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.control.index import verdict
from kg.control.opening import open_control
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import TOKEN, WRITER, Reply, Service, client_of, running

ALDEN = {
    "place": "alden",
    "to": "crown",
    "when": "the night of 3 to 4 April 1931",
    "source": "courier",
    "gloss": "The Crown took Alden.",
}


@pytest.fixture(scope="module")
def location(world: Place, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Place:
    """A copy of the invented world, which the tests of this module add to."""
    return stores.copy(world, tmp_path_factory.mktemp("added") / "store")


@pytest.fixture(scope="module")
def open_to_claims(location: Place) -> Iterator[Service]:
    """A server of it, in which the holder of `TOKEN` may write."""
    with running(location, KG_TOKENS=f"tester:{TOKEN}") as started:
        yield started


@pytest.fixture(scope="module")
def store(location: Place) -> Iterator[Store]:
    """The same store, opened by this process."""
    opened = open_store(location)
    yield opened
    opened.close()


def post(service: Service, path: str, document: Any = None, **headers: str) -> Reply:
    body = document if isinstance(document, str) else json.dumps(document)
    return service.ask("POST", path, body, **{"Content_Type": "application/json", **WRITER, **headers})


def told(reply: Reply, status: int) -> dict[str, Any]:
    """The JSON of a reply with this status."""
    assert reply.status == status, reply.body
    found: dict[str, Any] = json.loads(reply.body)
    return found


def listed(service: Service, query: str = "") -> tuple[list[str], Reply]:
    """The last parts of the claims of a list, and the reply."""
    reply = service.ask("GET", f"/api/claims{query}")
    return [each["claim"].rpartition("/")[2] for each in told(reply, 200)["claims"]], reply


def test_a_claim_is_added_and_seen_at_once(open_to_claims: Service, store: Store) -> None:
    reply = post(open_to_claims, "/api/claims", ALDEN)
    answer = told(reply, 201)
    assert answer["new"] is True
    assert answer["place"] == f"{PREFIXES['place']}town-alden"
    assert answer["at"] == "1931-04-04"
    assert answer["before"]["state"] == "unknown"
    assert answer["after"]["state"] == "controlled"
    assert [(each["label"], each["certainty"]) for each in answer["after"]["controllers"]] == [("Crown", "certain")]
    assert answer["claim"] in answer["after"]["because"]
    assert answer["version"] == reply.headers["controlgraph-version"] == store.version()
    day = date(1931, 4, 4).toordinal()
    there = verdict(open_control(store).index, answer["place"], day, day)
    assert there.because == frozenset(answer["after"]["because"])
    assert store.journal()[-1]["who"] == "tester"
    # where it is said to be
    assert reply.headers["location"] == f"{open_to_claims.url}/id/claim/{answer['claim'].rpartition('/')[2]}"
    page = open_to_claims.ask("GET", reply.headers["location"].removeprefix(open_to_claims.url), Accept="text/turtle")
    assert b"The Crown took Alden." in page.body
    # JSON-LD of what was written
    nodes = {node["@id"]: node for node in answer["statements"]["@graph"]}
    claim = nodes[answer["claim"].replace(PREFIXES["claim"], "claim:")]
    assert claim["kg:source"] == {"@id": "source:courier"}
    assert nodes[nodes[claim["kg:about"]["@id"]]["kg:when"]["@id"]]["kg:dateText"] == ALDEN["when"]


def test_the_same_claim_twice_is_one_and_another_wording_a_conflict(open_to_claims: Service) -> None:
    filled = {**ALDEN, "when": "14 April 1931"}
    told(post(open_to_claims, "/api/claims", filled), 201)
    again = post(open_to_claims, "/api/claims", filled)
    answer = told(again, 200)
    assert answer["new"] is False
    assert answer["before"] == answer["after"]
    other = told(post(open_to_claims, "/api/claims", {**filled, "gloss": "Alden was taken."}), 409)
    assert other["type"].endswith("/claim-conflict")
    assert other["iri"] == answer["claim"]


def test_a_new_source_comes_with_the_claim(open_to_claims: Service) -> None:
    source = {
        "title": "The Herald", "publisher": "Herald Press", "published": "5 April 1931", "retrieved": "2026-01-02",
        "address": "https://example.org/herald/12", "derivedFrom": ["courier"], "language": "fa",
    }  # fmt: skip
    answer = told(post(open_to_claims, "/api/claims", {**ALDEN, "source": source, "claimant": ["crown"]}), 201)
    claim = f"<{answer['claim']}>"
    assert open_to_claims.truth(
        f'ASK {{ {claim} kg:claimant actor:crown ; kg:source ?s . ?s skos:prefLabel "The Herald"@en ; '
        'kg:derivedFrom source:courier ; dcterms:publisher "Herald Press" ; kg:published/kg:dateText "5 April 1931" }'
    )
    told(post(open_to_claims, "/api/claims", {**ALDEN, "source": source, "when": "5 April 1931"}), 201)
    clash = told(post(open_to_claims, "/api/claims", {**ALDEN, "source": {**source, "title": "The Times"}}), 409)
    assert "is this source, and described otherwise (prefLabel: The Herald)" in clash["detail"]


def test_a_date_that_cannot_be_is_flagged_and_kept_as_a_text(open_to_claims: Service) -> None:
    for text in ("1931-13-01", "uuuu", "2202-02-02"):
        answer = told(post(open_to_claims, "/api/claims", {**ALDEN, "when": text}), 201)
        assert [(each["field"], each["text"]) for each in answer["unread"]] == [("when", text)]
        assert open_to_claims.truth(
            f'ASK {{ <{answer["claim"]}> kg:about/kg:when ?w . ?w kg:dateText "{text}" '
            "FILTER NOT EXISTS { ?w kg:edtf|kg:earliest|kg:latest ?bound } }"
        )
        told(post(open_to_claims, f"/api/claims/{answer['claim'].rpartition('/')[2]}/retraction"), 200)


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"place": "aldn"}, "#/place", "there is no place 'aldn'; the nearest are town-alden (Alden, town)"),
        ({"to": "nobody"}, "#/to", "there is no actor 'nobody'"),
        ({"to": None}, "#/to", "A change of control says at least one of to, from, parties and contested true."),
        ({"when": "[1931-04-09..1931-04-01]"}, "#/when", "ends before it begins"),
        ({"when": None}, "#/when", "A change of control needs a when."),
        ({"parties": ["blues", "crown"]}, "#/parties", "either who took the place (to) or that it became contested"),
        ({"source": None}, "#/source", "the source is needed"),
        ({"source": {"title": "x", "address": "ftp://x"}}, "#/source/address", "accepted is http://"),
        ({"source": {"title": "x"}}, "#/source/retrieved", "A page (NewsPage, EncyclopediaCopy) needs retrieved"),
        ({"source": {"title": "x", "retrieved": "soon"}}, "#/source/retrieved", "accepted is a day such as"),
        ({"source": {"title": "x", "kind": "Rumour"}}, "#/source/kind", "none of those accepted: NewsPage, "),
        ({"sentence": -1}, "#/sentence", "a whole number: 0 for the title"),
        ({"statedOn": "1 May 1931"}, "#/statedOn", "was published by 1931-04-20"),
        ({"gloss": ""}, "#/gloss", "in an English sentence of your own"),
        ({"stance": "Assumes"}, "#/stance", "accepted: Reports, Announces, Confirms, Alleges, Denies"),
        ({"event": "brook"}, "#/place", "is said by the event already"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(
    open_to_claims: Service, store: Store, change: dict[str, Any], pointer: str, words: str
) -> None:
    before = store.version()
    problem = told(post(open_to_claims, "/api/claims", {**ALDEN, **change}), 422)
    assert problem["type"].endswith("/bad-claim")
    assert [each["detail"] for each in problem["errors"] if each["pointer"] == pointer and words in each["detail"]]
    assert store.version() == before


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ('{"place": 3, "sentence": "6", "colour": "red"}', {"#/place", "#/sentence", "#/colour"}),
        ('{"source": {"titel": "x"}, "claimant": ["crown", 1]}', {"#/source/titel", "#/source/title", "#/claimant/1"}),
        ('{"gloss": "two\\nlines", "contested": "yes"}', {"#/gloss", "#/contested"}),
        (json.dumps({"gloss": "x" * 2001}), {"#/gloss"}),
        ("[]", {"#"}),
    ],
)
def test_a_body_of_other_fields_is_told_by_pointers(open_to_claims: Service, body: str, pointers: set[str]) -> None:
    problem = told(post(open_to_claims, "/api/claims", body), 400)
    assert problem["type"].endswith("/claim-fields")
    assert {each["pointer"] for each in problem["errors"]} == pointers
    assert "instance of" not in problem["detail"]


@pytest.mark.parametrize("body", ['{"place": "alden"', "", "no", "[" * 100_000])
def test_a_body_that_is_no_json_is_told_where(open_to_claims: Service, body: str) -> None:
    problem = told(post(open_to_claims, "/api/claims", body), 400)
    assert problem["type"].endswith("/body-syntax")


def test_who_may_write_and_in_which_form(open_to_claims: Service, service: Service) -> None:
    told(post(open_to_claims, "/api/claims", ALDEN, Authorization=""), 401)
    told(post(open_to_claims, "/api/claims/brook-1/retraction", Authorization="Bearer of-another-one-x"), 401)
    told(post(open_to_claims, "/api/claims", ALDEN, Content_Type="text/turtle"), 415)
    told(post(service, "/api/claims", ALDEN), 403)
    told(post(open_to_claims, "/api/claims/none/retraction"), 404)
    told(post(open_to_claims, "/api/claims/none/corrections", {"to": "blues"}), 404)
    told(open_to_claims.ask("DELETE", "/api/claims/brook-1"), 404)


def test_a_correction_and_then_a_retraction(open_to_claims: Service) -> None:
    first = told(post(open_to_claims, "/api/claims", {**ALDEN, "when": "6 April 1931"}), 201)["claim"]
    slug = first.rpartition("/")[2]
    reply = post(open_to_claims, f"/api/claims/{slug}/corrections", {"when": "7 April 1931", "locator": "page 3"})
    second = told(reply, 201)["claim"]
    assert open_to_claims.truth(
        f'ASK {{ <{second}> kg:supersedes <{first}> ; kg:locator "page 3" ; kg:statesWhen/kg:edtf ?day '
        'FILTER(STR(?day) = "1931-04-07") }'
    )
    told(post(open_to_claims, f"/api/claims/{slug}/corrections", {"when": "7 April 1931", "locator": "page 3"}), 200)
    told(post(open_to_claims, f"/api/claims/{slug}/corrections", {"when": "8 April 1931"}), 409)
    told(post(open_to_claims, f"/api/claims/{slug}/corrections", {"source": "radio"}), 400)
    same = told(post(open_to_claims, f"/api/claims/{slug}/corrections", {"to": "crown"}), 422)
    assert "nothing is changed" in same["errors"][0]["detail"]
    back = told(post(open_to_claims, f"/api/claims/{second.rpartition('/')[2]}/retraction"), 200)
    assert first in back["after"]["because"]
    assert second not in back["after"]["because"]
    assert told(post(open_to_claims, f"/api/claims/{second.rpartition('/')[2]}/retraction"), 200)["new"] is False
    told(post(open_to_claims, f"/api/claims/{second.rpartition('/')[2]}/corrections", {"to": "blues"}), 409)


def test_claims_are_listed_by_place_source_and_day(service: Service) -> None:
    assert listed(service)[0] == ["alden-1", "brook-1", "brook-2", "brook-3", "cairn-1"]
    assert listed(service, "?place=brook&source=radio")[0] == ["brook-2", "brook-3"]
    assert listed(service, "?place=place:town-alden&place=airbase-cairn")[0] == ["alden-1", "cairn-1"]
    assert listed(service, "?at=1931-04-03")[0] == ["brook-2", "cairn-1"]
    assert listed(service, "?at=1931-04-19")[0] == []
    claim = json.loads(listed(service, "?at=1931-04-03")[1].body)["claims"][0]
    assert claim == {
        "claim": f"{PREFIXES['claim']}brook-2", "about": [f"{PREFIXES['event']}brook"],
        "places": [f"{PREFIXES['place']}crossing-brook"], "source": f"{PREFIXES['source']}radio", "stance": "Announces",
        "claimants": [f"{PREFIXES['actor']}blues"], "when": "1931-04-03", "statedOn": "1931-04-03", "sentence": None,
        "locator": None, "gloss": "The Blues say the ferry is theirs since the third.",
        "recorded": "2026-01-01T00:00:00+00:00", "retired": None, "supersedes": [],
    }  # fmt: skip


def test_a_list_has_pages_that_name_each_other(service: Service) -> None:
    found, path = [], "/api/claims?limit=2"
    while path:
        claims, reply = listed(service, path.removeprefix("/api/claims"))
        found += claims
        pairs = (link.split("; rel=") for link in reply.headers["link"].split(", "))
        links = {relation: address for address, relation in pairs}
        path = links.get('"next"', "").strip("<>").removeprefix(service.url)
    assert found == ["alden-1", "brook-1", "brook-2", "brook-3", "cairn-1"]
    assert links['"prev"'] == f"<{service.url}/api/claims?limit=2&offset=2>"


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?place=nowhere", 404, "there is no place 'nowhere'"),
        ("?source=nowhere", 404, "there is no source 'nowhere'"),
        ("?at=1931-04", 400, "one day is accepted here"),
        ("?at=then", 400, "is no date that is understood"),
        ("?limit=0", 400, "limit='0'"),
        ("?offset=x", 400, "offset='x'"),
        ("?colour=red", 400, "colour: accepted here are"),
        ("?at=1931-04-01&at=1931-04-02", 400, "given 2 times"),
    ],
)
def test_a_list_that_cannot_be_says_why(service: Service, query: str, status: int, words: str) -> None:
    assert words in told(service.ask("GET", f"/api/claims{query}"), status)["detail"]


def test_the_body_that_the_documents_show_is_taken(shipped: Store, tmp_path: Path, stores: Stores) -> None:
    text = (Path(__file__).parents[2] / "docs" / "claims.md").read_text("utf-8")
    body = text.partition("```json\n")[2].partition("```")[0]
    location = stores.copy(shipped.origin, tmp_path / "store")
    with client_of(location, children=1, tokens=(("tester", TOKEN),)) as client:
        reply = client.post("/api/claims", data=body, content_type="application/json", headers=WRITER)
        assert reply.status_code == 201, reply.text
        answer = json.loads(reply.data)
        assert [answer[when]["state"] for when in ("before", "after")] == ["possible", "disputed"]
        assert answer["unread"] == []
