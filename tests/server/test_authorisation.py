"""Who may write: the holders of named tokens, and nobody where there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.store import open_store
from server.settings import Settings
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of, running

ANN, BOB = "ann-has-this-token", "bob+has/that-one=="
INSERT = "INSERT DATA { GRAPH <https://example.org/g> { <e:a> <e:b> %s } }"
WRITES: list[dict[str, Any]] = [
    {"path": "/sparql", "method": "POST", "data": INSERT % 1, "content_type": "application/sparql-update"},
    {"path": "/sparql", "method": "POST", "data": {"update": INSERT % 1}},
    {"path": "/graphs?default", "method": "PUT", "data": "", "content_type": "text/turtle"},
    {"path": "/graphs", "method": "POST", "data": "", "content_type": "text/turtle"},
    {"path": "/graphs/x", "method": "DELETE"},
    {"path": "/graph/world", "method": "PATCH", "data": "", "content_type": "application/sparql-update"},
]


@pytest.fixture
def copy(world: Place, tmp_path: Path, stores: Stores) -> Place:
    """Where a store is that a test may write to."""
    return stores.copy(world, tmp_path / "store")


@pytest.fixture
def guarded(copy: Place) -> Iterator[FlaskClient]:
    """A client of a service in which two may write."""
    with client_of(copy, children=1, tokens=(("ann", ANN),), token_file=(("bob", BOB),)) as client:
        yield client


def kind(response: TestResponse) -> str:
    """The last part of the problem's type."""
    return str(json.loads(response.data)["type"]).rpartition("/")[2]


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write['method']} {write['path']}")
def test_without_tokens_nobody_writes(client: FlaskClient, write: dict[str, Any]) -> None:
    response = client.open(**write, headers={"Authorization": f"Bearer {ANN}"})
    assert (response.status_code, kind(response)) == (403, "read-only")
    assert "KG_TOKENS" in response.text


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write['method']} {write['path']}")
def test_a_write_without_a_token_is_401_with_a_challenge(guarded: FlaskClient, write: dict[str, Any]) -> None:
    for headers in ({}, {"Authorization": "Basic YTpi"}):
        response = guarded.open(**write, headers=headers)
        assert (response.status_code, kind(response)) == (401, "token-missing")
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="Controlgraph"'


@pytest.mark.parametrize("token", ["", ANN[:-1], f"{ANN}x", ANN.upper(), "é", "\udcff"])
def test_a_token_that_is_none_of_ours_is_401(guarded: FlaskClient, token: str) -> None:
    for write in ({"path": "/sparql?query=ASK{}", "method": "GET"}, WRITES[0]):
        response = guarded.open(**write, environ_base={"HTTP_AUTHORIZATION": f"Bearer {token}"})
        assert (response.status_code, kind(response)) == (401, "token-unknown")
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_the_name_of_the_token_goes_into_the_journal(guarded: FlaskClient, copy: Place) -> None:
    for number, (scheme, token) in enumerate([("Bearer", ANN), ("bearer", BOB)]):
        update = {"update": INSERT % number}
        response = guarded.post("/sparql", data=update, headers={"Authorization": f"{scheme} {token}"})
        assert response.status_code == 200
    entries = open_store(copy).journal()
    assert [entry["who"] for entry in entries] == ["test", "ann", "bob"]
    assert ANN not in json.dumps(entries)


def test_a_read_needs_no_token(guarded: FlaskClient) -> None:
    assert guarded.get("/sparql?query=ASK{}").status_code == 200
    assert guarded.get("/sparql?query=ASK{}", headers={"Authorization": "Basic YTpi"}).status_code == 200
    assert guarded.get("/sparql?query=ASK{}", headers={"Authorization": f"Bearer {ANN}"}).status_code == 200


def test_tokens_from_the_environment_and_a_file(copy: Place, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(f"bob {BOB}\n")
    with running(copy, KG_TOKENS=f"ann:{ANN}", KG_TOKENS_FILE=str(tmp_path / "tokens")) as service:
        for number, token in enumerate((ANN, BOB)):
            form = urlencode({"update": INSERT % number})
            headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/x-www-form-urlencoded"}
            assert service.ask("POST", "/sparql", form, **headers).status == 200


def test_a_token_is_not_shown() -> None:
    assert ANN not in repr(Settings(tokens=(("ann", ANN),)))
