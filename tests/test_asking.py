"""What callers may write in a question: names, dates, who is listened to; and what they are told where it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from kg import asking, naming
from kg.control.answers import View
from kg.errors import AmbiguousName, BadDate, BadQuestion, Problem, UnknownName
from kg.gazetteer import Gazetteer, Kind, open_gazetteer
from kg.ontology import PREFIXES
from kg.store.embedded import Store


@pytest.fixture(scope="module")
def gazetteer(shipped: Store) -> Gazetteer:
    return open_gazetteer(shipped)


def place(slug: str) -> str:
    return PREFIXES["place"] + slug


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def test_the_gazetteer_has_what_the_version_says(shipped: Store, gazetteer: Gazetteer) -> None:
    assert gazetteer.version == shipped.version()
    assert open_gazetteer(shipped) is gazetteer
    crossing = gazetteer.places[place("crossing-spin-boldak")]
    assert crossing.point == (66.43944, 30.96528)
    assert crossing.types == (PREFIXES["kg"] + "Crossing",)
    assert crossing.within == (place("province-kandahar"),)
    assert crossing.labels["en"] == ("Spin Boldak crossing", "Spin Boldak–Chaman crossing", "Weish", "Wesh")
    kabul = gazetteer.places[place("city-kabul")]
    assert (kabul.label("fa"), kabul.label("fa-AF"), kabul.label("xx")) == ("کابل", "کابل", "Kabul")
    assert gazetteer.label(PREFIXES["actor"] + "taliban") == "Taliban"
    assert gazetteer.label("https://example.org/nobody") == "nobody"
    assert not any(each.startswith(PREFIXES["aggregate"]) for each in gazetteer.places)
    within = gazetteer.inside(place("country-afghanistan"))
    assert place("crossing-spin-boldak") in within, "though it is only said to lie in a province"
    assert place("country-afghanistan") not in within


@pytest.mark.parametrize(
    ("kind", "text", "slug"),
    [
        ("place", place("city-kabul"), "city-kabul"),
        ("place", f"<{place('city-kabul')}>", "city-kabul"),
        ("place", "place:city-kabul", "city-kabul"),
        ("place", "city-kabul", "city-kabul"),
        ("place", " City Kabul ", "city-kabul"),
        ("place", "panjwai", "district-panjwai"),
        ("place", "mazar-i-sharif", "city-mazar-i-sharif"),
        ("actor", "taliban", "taliban"),
        ("actor", "actor:taliban", "taliban"),
        ("source", "source-089", "source-089"),
    ],
)
def test_a_name_is_an_iri_a_curie_or_a_slug(gazetteer: Gazetteer, kind: Kind, text: str, slug: str) -> None:
    assert naming.named(gazetteer, kind, text).iri == PREFIXES[kind] + slug


def test_a_slug_that_fits_several_lists_them(gazetteer: Gazetteer) -> None:
    with pytest.raises(AmbiguousName) as told:
        naming.named(gazetteer, "place", "spin-boldak")
    assert [(each.slug, each.type) for each in told.value.candidates] == [
        ("crossing-spin-boldak", "border crossing"),
        ("district-spin-boldak", "district"),
        ("town-spin-boldak", "town"),
    ]
    assert "crossing-spin-boldak (Spin Boldak crossing, border crossing)" in str(told.value)


@pytest.mark.parametrize(
    ("kind", "text", "near"),
    [
        ("place", "spin-boldk", "crossing-spin-boldak"),
        ("place", "place:crossing-spin-bolduk", "crossing-spin-boldak"),
        ("place", "Qandahar", "city-kandahar"),
        ("place", "کابل", "city-kabul"),
        ("place", "كابل", "city-kabul"),  # as an Arabic keyboard writes it
        ("place", "https://example.org/city-kabul", "city-kabul"),
        ("actor", "talban", "taliban"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(gazetteer: Gazetteer, kind: Kind, text: str, near: str) -> None:
    with pytest.raises(UnknownName) as told:
        naming.named(gazetteer, kind, text)
    assert near in [each.slug for each in told.value.nearest]
    assert repr(text) in str(told.value)


def test_what_is_like_nothing_has_no_nearest(gazetteer: Gazetteer) -> None:
    with pytest.raises(UnknownName) as told:
        naming.named(gazetteer, "place", "ʘ")
    assert told.value.nearest == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-08-15", "2021-08-15", "2021-08-15"),
        ("2021-08", "2021-08-01", "2021-08-31"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("2021-08-1X", "2021-08-10", "2021-08-19"),
        ("[2021-08-01..2021-08-03]", "2021-08-01", "2021-08-03"),
        ("2021-08-01/2021-08-15", "2021-08-01", "2021-08-15"),
        ("2021-07/2021-08", "2021-07-01", "2021-08-31"),
        ("2021-08-15~", "2021-08-15", "2021-08-15"),
    ],
)
def test_days(text: str, first: str, last: str) -> None:
    assert asking.days(text) == (day(first), day(last))


def test_a_question_in_full(gazetteer: Gazetteer) -> None:
    asked = asking.question(
        gazetteer,
        {
            "at": ["2021-08-01/2021-08-09"],
            "place": ["crossing-spin-boldak,city-kabul", "place:city-kabul"],
            "within": ["country-afghanistan"],
            "type": ["ProvincialCapital", "kg:Crossing"],
            "state": ["disputed,contested"],
            "actor": ["taliban"],
            "known": ["2021-08"],
            "recorded": ["2026-11-23"],
            "sources": ["seed,source-089"],
            "policy": ["every-word"],
            "baseline": ["off"],
            "lang": ["fa"],
        },
    )
    source = PREFIXES["source"]
    assert asked == asking.Question(
        "2021-08-01/2021-08-09",
        day("2021-08-01"),
        day("2021-08-09"),
        View(
            day("2021-08-31"),
            datetime.combine(date(2026, 11, 23), time.max, UTC),
            frozenset({f"{source}seed", f"{source}source-089"}),
            "every-word",
            False,
        ),
        (place("crossing-spin-boldak"), place("city-kabul")),
        (place("country-afghanistan"),),
        (PREFIXES["kg"] + "ProvincialCapital", PREFIXES["kg"] + "Crossing"),
        ("disputed", "contested"),
        (PREFIXES["actor"] + "taliban",),
        ("seed", "source-089"),
        "fa",
    )


def test_what_is_not_asked_is_the_default(gazetteer: Gazetteer) -> None:
    asked = asking.question(gazetteer, {"at": ["2021-08-15"], "place": [""], "known": [" "], "format": ["csv"]})
    assert asked == asking.Question("2021-08-15", day("2021-08-15"), day("2021-08-15"))
    assert asked.view == View()


def test_sources_may_be_left_out(gazetteer: Gazetteer) -> None:
    view = asking.view(gazetteer, {"sources": ["-seed", "-source-089"]})
    assert view.sources is not None
    assert set(gazetteer.sources) - view.sources == {PREFIXES["source"] + "seed", PREFIXES["source"] + "source-089"}


def test_two_sides_have_what_is_not_said_for_one_in_common(gazetteer: Gazetteer) -> None:
    first, second = asking.sides(
        gazetteer, {"at": ["2021-08-09"], "b.at": ["2021-08-15"], "a.sources": ["seed"], "place": ["city-kabul"]}
    )
    assert (first.at, second.at) == ("2021-08-09", "2021-08-15")
    assert first.places == second.places == (place("city-kabul"),)
    assert (first.sources, second.sources) == (("seed",), ())


@pytest.mark.parametrize(
    ("given", "condition", "says"),
    [
        ({}, BadQuestion, "at: a day is missing"),
        ({"at": "2021-13-01"}, BadDate, "at: '2021-13-01' is no day of the calendar; accepted are"),
        ({"at": "2021-02-30"}, BadDate, "no day of the calendar"),
        ({"at": "uuuu"}, BadDate, "accepted are 2021-06-22"),
        ({"at": "2021-08-15/2021-08-01"}, BadDate, "ends before it begins"),
        ({"at": "2021-08-15/.."}, BadDate, "has no first or no last day"),
        ({"at": "[..2021-08-15]"}, BadDate, "has no first or no last day"),
        ({"at": "XXXX"}, BadDate, "has no first or no last day"),
        ({"known": "yesterday"}, BadDate, "known: 'yesterday' is no date"),
        ({"recorded": "2026-11-31"}, BadDate, "recorded: '2026-11-31' is no day"),
        ({"recorded": "2026-11-23T25:00"}, BadDate, "accepted are 2026-11-23 and"),
        ({"policy": "loudest"}, BadQuestion, "policy='loudest': accepted are default, every-word"),
        ({"baseline": "perhaps"}, BadQuestion, "accepted are on, off"),
        ({"state": "controlled,lost"}, BadQuestion, "accepted are controlled, possible, contested"),
        ({"type": "Castle"}, BadQuestion, "accepted are Airbase"),
        ({"sources": "seed,-source-089"}, BadQuestion, "not both"),
        ({"sources": "nowhere-to-be-found"}, UnknownName, "there is no source"),
        ({"place": "spin-boldak"}, AmbiguousName, "3 places are called 'spin-boldak'"),
        ({"within": "atlantis"}, UnknownName, "there is no place 'atlantis'"),
        ({"actor": "city-kabul"}, UnknownName, "there is no actor 'city-kabul'"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_accepted(
    gazetteer: Gazetteer, given: dict[str, str], condition: type[Problem], says: str
) -> None:
    texts = {"at": "2021-08-15", **given} if given else {}
    with pytest.raises(condition) as told:
        asking.question(gazetteer, {name: [text] for name, text in texts.items()})
    assert says in str(told.value)


def test_a_parameter_with_one_value_is_given_once(gazetteer: Gazetteer) -> None:
    with pytest.raises(BadQuestion, match="more than once"):
        asking.question(gazetteer, {"at": ["2021-08-15", "2021-08-16"]})
