"""Every condition has a status; a page for browsers, a document for programs; nothing of the inside gets out."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg import errors as conditions
from kg.errors import (
    BadFile,
    NoSuchForm,
    NothingPublished,
    PoolBusy,
    Problem,
    QueryCancelled,
    QueryDied,
    QueryFailed,
    QueryReachesOut,
    QuerySyntax,
    QueryTimeout,
    Refused,
    ResultTooLarge,
    ServiceFailed,
    StoreLocked,
    StoreUnreadable,
    UnknownEntity,
    Violation,
)
from server import current
from server.app import create_app
from server.errors import document
from server.settings import Settings, from_environment
from tests.elsewhere.stores import Place, Stores, settings_of
from tests.server.conftest import client_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("error", "status", "members"),
    [
        (QuerySyntax("expected }", 3, 7), 400, {"line": 3, "column": 7}),
        (QuerySyntax("expected }"), 400, {}),
        (QueryFailed("no such function"), 400, {}),
        (QueryReachesOut("SERVICE is not allowed"), 403, {}),
        (UnknownEntity("https://example.org/x"), 404, {"iri": "https://example.org/x"}),
        (NoSuchForm("graph"), 406, {"kind": "graph"}),
        (QueryCancelled("a-name-of-16-letters"), 422, {}),
        (QueryDied("it ended its process"), 422, {}),
        (ResultTooLarge(10), 422, {"limit": 10}),
        (
            ServiceFailed("http://e/", 500, "<http://e/> answered with status 500"), 502,
            {"endpoint": "http://e/", "remoteStatus": 500},
        ),
        (PoolBusy(5), 503, {"retryAfter": 5}),
        (NothingPublished("no version"), 503, {}),
        (StoreUnreadable("damaged"), 503, {}),
        (QueryTimeout(2.5), 504, {"seconds": 2.5}),
        (StoreLocked("another writer"), 503, {"retryAfter": 5}),
        (BadFile("a.ttl", 3, "no"), 500, {"line": 3}),
        (
            Refused([Violation("Claim-stance", "e:a", "no stance", "e:g")]),
            422,
            {
                "violations": [
                    {"rule": "Claim-stance", "node": "e:a", "message": "no stance", "graph": "e:g", "file": None,
                     "line": None}
                ]
            },
        ),
    ],
)  # fmt: skip
def test_a_condition_becomes_a_document(error: Problem, status: int, members: dict[str, object]) -> None:
    told = document(error)
    assert told["status"] == status
    assert told["detail"] == str(error).partition("\n")[0]
    more = {name: value for name, value in told.items() if name not in ("type", "title", "status", "detail")}
    assert more == members


def test_every_condition_of_the_library_is_translated() -> None:
    kinds = [value for value in vars(conditions).values() if isinstance(value, type) and issubclass(value, Problem)]
    assert len(kinds) > 10
    for kind in kinds:
        assert 400 <= document(kind.__new__(kind))["status"] < 600


def test_an_unknown_address_is_a_document_for_programs(client: FlaskClient) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert json.loads(response.data)["title"] == "Not Found"


def test_an_unknown_address_is_a_page_for_browsers(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers=BROWSER)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "Not Found" in response.text


def test_a_redirect_is_no_error(client: FlaskClient) -> None:
    response = client.get("/id//place/town-alden")
    assert response.status_code == 308
    assert response.location.endswith("/id/place/town-alden")


def test_a_method_that_is_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    response = client.delete("/sparql")
    assert response.status_code == 405
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= {name.strip() for name in response.headers["Allow"].split(",")}


@pytest.mark.parametrize("headers", [{}, BROWSER])
def test_what_should_not_happen_is_logged_and_not_shown(
    world: Place, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(from_environment(settings_of(world)))

    def broken() -> str:
        raise ZeroDivisionError("the secret inside")

    app.add_url_rule("/broken", view_func=broken)
    with caplog.at_level(logging.ERROR):
        response = app.test_client().get("/broken", headers=headers)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "the secret inside" in caplog.text


def test_a_store_without_a_version_is_served_and_says_so(tmp_path: Path, stores: Stores) -> None:
    with client_of(stores.at(tmp_path / "store")) as client:
        for path in ("/readyz", "/", "/sparql?query=ASK{}", "/id/place/x", "/ontology"):
            response = client.get(path)
            assert response.status_code == 503, path
            assert json.loads(response.data)["type"].endswith("/nothing-published")
        page = client.get("/", headers=BROWSER)
    assert page.status_code == 503
    assert "kg load" in page.text


def test_a_damaged_store_is_told_at_the_start_and_later(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        (tmp_path / "CURRENT").write_text("000009-0123456789ab\n")
        response = client.get("/readyz")
    with pytest.raises(StoreUnreadable, match="000009-0123456789ab is missing"):
        create_app(Settings(store=tmp_path))
    assert response.status_code == 503
    assert json.loads(response.data)["type"].endswith("/store-unreadable")


def test_busy_says_when_to_come_back(world: Place) -> None:
    slow = "/sparql?query=SELECT(COUNT(*)AS%20?n){?a%20?b%20?c.?d%20?e%20?f.?g%20?h%20?i}&timeout=1"
    with client_of(world, children=1, wait=0.3, cache=0) as client:
        statuses: list[int] = []
        thread = threading.Thread(
            target=lambda: statuses.append(client.application.test_client().get(slow).status_code)
        )
        thread.start()
        with client.application.app_context():
            pool = current.store().pool
        while not pool.numbers()["short"]:
            assert thread.is_alive(), "the slow query never held the only process"
            threading.Event().wait(0.01)
        response = client.get("/sparql?query=ASK{}")
        thread.join()
    assert response.status_code == 503
    assert statuses == [504]
    assert response.headers["Retry-After"] == "1"
    assert json.loads(response.data)["retryAfter"] == 1


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", "/sparql?query=ASK{}", "/nowhere", "/static/style.css"):
        with client.get(path) as response:
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"
