"""Settings come from the environment, and a bad one is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import VARIABLES, BadSetting, Settings, from_environment


def test_nothing_set_gives_the_defaults() -> None:
    assert from_environment({}) == Settings()
    assert from_environment({"KG_PORT": "", "OTHER": "x"}) == Settings()


def test_every_setting_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "KG_STORE": "/srv/graph", "KG_HOST": "::1", "KG_PORT": "9000", "KG_PUBLIC_URL": "https://graph.example.org/x/",
        "KG_CHILDREN": "2", "KG_MEMORY": "67108864", "KG_DEADLINE": "0.5", "KG_RESULT_MAX": "4096", "KG_WAIT": "1",
    }  # fmt: skip
    assert set(given) == {variable.name for variable in VARIABLES}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    expected = Settings(Path("/srv/graph"), "::1", 9000, "https://graph.example.org/x", 2, 64 << 20, 0.5, 4096, 1.0)
    assert from_environment() == expected


def test_the_table_of_settings_has_every_field_once() -> None:
    fields = [variable.field for variable in VARIABLES]
    assert sorted(fields) == sorted(Settings.__dataclass_fields__)
    assert all(variable.default == getattr(Settings(), variable.field) for variable in VARIABLES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KG_PORT", "http"), ("KG_PORT", "65536"), ("KG_PORT", "-1"), ("KG_CHILDREN", "0"), ("KG_CHILDREN", "1.5"),
        ("KG_MEMORY", "1024"), ("KG_MEMORY", "1G"), ("KG_DEADLINE", "0"), ("KG_DEADLINE", "nan"), ("KG_WAIT", "inf"),
        ("KG_RESULT_MAX", "10"), ("KG_HOST", " "), ("KG_PUBLIC_URL", "graph.example.org"),
        ("KG_PUBLIC_URL", "https://graph.example.org/?x"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_what_is_accepted(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_environment({name: value})
    accepted = next(variable.accepted for variable in VARIABLES if variable.name == name)
    assert str(caught.value) == f"{name}={value!r} is not accepted: {accepted}"


def test_no_memory_cap_can_be_asked_for() -> None:
    assert from_environment({"KG_MEMORY": "0"}).memory == 0
