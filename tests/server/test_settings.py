"""Settings come from the environment, and a bad one is told by name."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from kg.store.outward import Services
from kg.store.remote.engine import Engine
from server.settings import VARIABLES, BadSetting, Settings, from_environment

TOKEN = "0123456789abcdef"


def test_nothing_set_gives_the_defaults() -> None:
    assert from_environment({}) == Settings()
    assert from_environment({"KG_PORT": "", "OTHER": "x"}) == Settings()


def test_every_setting_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"# who may write\ncarla {TOKEN}3\n\n")
    given = {
        "KG_STORE": "https://engine.lan/sparql", "KG_STORE_UPDATE": "https://engine.lan/update",
        "KG_STORE_USER": "kg", "KG_STORE_PASSWORD": "a secret", "KG_STORE_DIALECT": "virtuoso",
        "KG_STORE_CACHE": "/var/cache/graph", "KG_HOST": "::1", "KG_PORT": "9000", "KG_PUBLIC_URL": "https://graph.example.org/x/",
        "KG_CHILDREN": "2", "KG_SHARE": "1", "KG_LONG": "3", "KG_PATIENCE": "0.5", "KG_QUEUE": "0",
        "KG_MEMORY": "268435456", "KG_DEADLINE": "0.5", "KG_RESULT_MAX": "4096", "KG_WAIT": "1",
        "KG_TOKENS": f"ann:{TOKEN}, bob@x:{TOKEN}2", "KG_TOKENS_FILE": str(tokens), "KG_BODY_MAX": "2048",
        "KG_CACHE": "0", "KG_DOSSIERS": "0", "KG_LOG": "off", "KG_PROXIES": "1", "KG_DOWNLOADS": "4",
        "KG_FEDERATION": "https://example.org/sparql\nhttp://graph.lan:3030/ds 10.0.0.0/8",
        "KG_DOCUMENTS": str(tmp_path), "KG_WRITER": "https://graph.lan:8000/x/",
    }  # fmt: skip
    assert set(given) == {variable.name for variable in VARIABLES}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = from_environment()
    assert found == Settings(
        store="https://engine.lan/sparql", store_update="https://engine.lan/update", store_user="kg",
        store_password="a secret", store_dialect="virtuoso", store_cache=Path("/var/cache/graph"), host="::1",
        port=9000, public_url="https://graph.example.org/x", children=2, share=1,
        long=3, patience=0.5, queue=0, memory=256 << 20, deadline=0.5, result_max=4096, wait=1.0,
        tokens=(("ann", TOKEN), ("bob@x", f"{TOKEN}2")), token_file=(("carla", f"{TOKEN}3"),), body_max=2048, cache=0,
        dossiers=0, log=False, proxies=1, downloads=4,
        federation=Services(
            ("https://example.org/sparql", "http://graph.lan:3030/ds"), (IPv4Network("10.0.0.0/8"),)
        ),
        documents=tmp_path, writer="https://graph.lan:8000/x",
    )  # fmt: skip
    assert [name for name, _ in found.writers()] == ["ann", "bob@x", "carla"]
    assert TOKEN not in repr(found)
    engine = found.place()
    assert isinstance(engine, Engine)
    assert (engine.query, engine.update, engine.user, engine.password) == (
        "https://engine.lan/sparql", "https://engine.lan/update", "kg", "a secret",
    )  # fmt: skip
    assert "secret" not in repr(found) + repr(engine)
    assert Settings(store=Path("/srv/graph")).place() == Path("/srv/graph")


def test_the_table_of_settings_has_every_field_once() -> None:
    fields = [variable.field for variable in VARIABLES]
    assert sorted(fields) == sorted(Settings.__dataclass_fields__)
    assert all(variable.default == getattr(Settings(), variable.field) for variable in VARIABLES)


@pytest.mark.parametrize(
    "value", ["ann", "ann:short", f"ann:{TOKEN}é", f":{TOKEN}", f"an n:{TOKEN}", f"ann:{TOKEN},ann:{TOKEN}2", ","]
)
def test_a_bad_token_is_told_without_showing_it(value: str) -> None:
    with pytest.raises(BadSetting, match=r"^KG_TOKENS is not accepted: name:token") as caught:
        from_environment({"KG_TOKENS": value})
    assert TOKEN not in str(caught.value)


def test_a_token_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("ann\n")
    for path in (tmp_path / "none", tmp_path / "bad"):
        with pytest.raises(BadSetting, match=r"KG_TOKENS_FILE=.* is not accepted"):
            from_environment({"KG_TOKENS_FILE": str(path)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KG_FEDERATION", "example.org/sparql"), ("KG_FEDERATION", "https://ann:secret@example.org/"),
        ("KG_FEDERATION", "https://example.org/x#y"), ("KG_FEDERATION", "http:///x"), ("KG_FEDERATION", "10.0.0.1/8"),
        ("KG_FEDERATION", "http://e:0/"), ("KG_FEDERATION", "http://e:port/"), ("KG_FEDERATION", "ftp://e/"),
        ("KG_PORT", "http"), ("KG_PORT", "65536"), ("KG_PORT", "-1"), ("KG_CHILDREN", "0"), ("KG_CHILDREN", "1.5"),
        ("KG_MEMORY", "1024"), ("KG_MEMORY", "1G"), ("KG_DEADLINE", "0"), ("KG_DEADLINE", "nan"), ("KG_WAIT", "inf"),
        ("KG_RESULT_MAX", "10"), ("KG_HOST", " "), ("KG_PUBLIC_URL", "graph.example.org"),
        ("KG_LOG", "yes"), ("KG_CACHE", "-1"), ("KG_BODY_MAX", "1"), ("KG_SHARE", "0"), ("KG_QUEUE", "-1"),
        ("KG_PUBLIC_URL", "https://graph.example.org/?x"), ("KG_DOCUMENTS", "/nowhere"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_what_is_accepted(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_environment({name: value})
    accepted = next(variable.accepted for variable in VARIABLES if variable.name == name)
    shown = value.replace("ann:secret", "…")  # who is named, and by which word, is for nobody who reads messages
    assert str(caught.value) == f"{name}={shown!r} is not accepted: {accepted}"


def test_no_memory_cap_can_be_asked_for() -> None:
    assert from_environment({"KG_MEMORY": "0"}).memory == 0
