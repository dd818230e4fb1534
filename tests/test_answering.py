"""Answers about control in Python: the shipped data asked as a caller asks."""

from __future__ import annotations

from datetime import date

import pytest

from kg import asking
from kg.answering import Held, counts, held, history
from kg.asking import Question, question
from kg.control.answers import Stay, Verdict, View
from kg.control.index import verdict
from kg.control.opening import open_control
from kg.differing import Changes, changes, compare
from kg.gazetteer import Gazetteer, open_gazetteer
from kg.ontology import PREFIXES
from kg.store.embedded import Store

CAPITALS = ("ProvincialCapital",)
SEED = PREFIXES["source"] + "seed"
TALIBAN, GOVERNMENT = PREFIXES["actor"] + "taliban", PREFIXES["actor"] + "islamic-republic-government"


@pytest.fixture(scope="module")
def gazetteer(shipped: Store) -> Gazetteer:
    return open_gazetteer(shipped)


def place(slug: str) -> str:
    return PREFIXES["place"] + slug


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def asked(gazetteer: Gazetteer, at: str, **given: str) -> Question:
    return question(gazetteer, {"at": [at], **{name: [text] for name, text in given.items()}})


def by_slug(found: Held) -> dict[str, Verdict]:
    return {each.place.rpartition("/")[2]: each for each in found}


def test_the_whole_map_is_every_verdict(shipped: Store, gazetteer: Gazetteer) -> None:
    index = open_control(shipped).index
    for at in ("2021-08-09", "2021-07-14/2021-08-12"):
        asked_ = asked(gazetteer, at)
        found = held(shipped, asked_)
        assert found.version == shipped.version()
        told = by_slug(found)
        assert len(told) == len(found) > 90
        assert "province-nimroz" in told, "of which nobody says who holds it"
        assert not any(slug.startswith("kabul-") for slug in told), "a road of which nothing is said"
        for each in told.values():
            one = verdict(index, each.place, asked_.first, asked_.last)
            assert (each.state, each.controllers, each.flags) == (one.state, one.controllers, one.flags)
            assert (each.because, each.unheard, each.excluded) == (one.because, one.unheard, one.excluded)


def test_one_place(shipped: Store, gazetteer: Gazetteer) -> None:
    found = held(shipped, asked(gazetteer, "2021-07-14", place="crossing-spin-boldak", sources="seed"))
    (told,) = found
    assert (told.state, told.controllers) == (
        "controlled",
        {TALIBAN: Stay("certain", day("2021-07-14"), day("2021-07-14"))},
    )
    assert told.because == {PREFIXES["claim"] + "seed-14-1"}
    assert found.runs(told.place) == ()
    (over,) = held(shipped, asked(gazetteer, "2021-07-13/2021-07-14", place="crossing-spin-boldak", sources="seed"))
    assert over.state == "possible"


def test_an_interval_has_its_runs(shipped: Store, gazetteer: Gazetteer) -> None:
    found = held(shipped, asked(gazetteer, "2021-07-13/2021-07-14", place="crossing-spin-boldak", sources="seed"))
    assert [(run.first, run.last, run.state) for run in found.runs(place("crossing-spin-boldak"))] == [
        (day("2021-07-13"), day("2021-07-13"), "possible"),
        (day("2021-07-14"), day("2021-07-14"), "controlled"),
    ]


def test_a_list_is_chosen_by_place_type_state_and_actor(shipped: Store, gazetteer: Gazetteer) -> None:
    def slugs(**given: str) -> set[str]:
        return set(by_slug(held(shipped, asked(gazetteer, "2021-08-09", **given))))

    assert len(slugs(type="ProvincialCapital")) == 34
    assert slugs(within="province-kandahar") >= {"crossing-spin-boldak", "town-spin-boldak", "city-kandahar"}
    assert slugs(within="province-kandahar", type="Crossing") == {"crossing-spin-boldak"}
    taken = slugs(actor="taliban", state="controlled", type="ProvincialCapital")
    assert taken == {"city-zaranj", "city-sheberghan", "city-sar-e-pul", "city-kunduz", "city-taloqan"}
    assert slugs(actor="taliban", state="controlled", place="city-zaranj,city-kabul") == {"city-zaranj"}
    assert slugs(type="Road") >= {"city-kabul--city-pul-e-alam"}
    assert slugs(within="city-kabul", place="city-herat") == set()


def test_counts_of_capitals(shipped: Store, gazetteer: Gazetteer) -> None:
    """The table of section 8 of the rules: certain, possible at most, without evidence."""

    def table(**given: str) -> list[tuple[int, ...]]:
        chosen = asked(gazetteer, "2021-08-15", type="ProvincialCapital", **given)
        return [tuple(counts(shipped, chosen, TALIBAN, day(f"2021-08-{number:02}"))) for number in range(9, 16)]

    assert table(sources="seed") == [(0, 7, 27)] * 2 + [(7, 7, 27)] * 5
    record = [(5, 7, 0), (7, 10, 0), (8, 10, 0), (9, 13, 0), (15, 18, 0), (23, 25, 0), (29, 33, 0)]
    assert table(sources="-seed,-source-089") == record
    assert table() == record
    assert table(sources="-seed,-source-089", known="2021-08-11") == [(6, 7, 24)] + [(8, 10, 24)] * 6


def test_a_history(shipped: Store) -> None:
    found = history(shipped, place("city-zaranj"), View(sources=frozenset({SEED})))
    assert [(str(date.fromordinal(run.first)), run.state, run.certain) for run in found.runs] == [
        ("2021-05-01", "possible", None),
        ("2021-08-05", "possible", None),
        ("2021-08-06", "possible", None),
        ("2021-08-11", "controlled", TALIBAN),
        ("2021-08-12", "controlled", TALIBAN),
    ]
    assert found.runs[-1].flags == {"carried"}
    inside = history(shipped, place("city-zaranj"), found.view, day("2021-08-07"), day("2021-08-11"))
    assert inside.runs == found.runs[2:4]


def test_changes_are_the_runs_that_begin(shipped: Store, gazetteer: Gazetteer) -> None:
    question_ = asked(gazetteer, "2021-08-05/2021-08-12", type="ProvincialCapital", sources="-seed")
    found = changes(shipped, question_)
    told = list(found)
    assert len(told) == len(found) > 20
    assert [(each.day, each.place) for each in told] == sorted((each.day, each.place) for each in told)
    for each in told:
        assert question_.first < each.day <= question_.last
        assert (each.before.last, each.after.first) == (each.day - 1, each.day)
        assert each.before != each.after
        runs = history(shipped, each.place, question_.view).runs
        at = next(number for number, run in enumerate(runs) if run.first == each.day)
        told_, one = each.after, runs[at]
        assert (told_.last, told_.state, told_.certain, told_.possible) == (
            one.last,
            one.state,
            one.certain,
            one.possible,
        )
        assert told_.because <= one.because
    assert found.page(3, 5) == told[3:5]
    zaranj = changes(shipped, asked(gazetteer, "2021-08-05/2021-08-12", place="city-zaranj", actor="taliban"))
    assert [str(date.fromordinal(each.day)) for each in zaranj] == ["2021-08-06", "2021-08-07", "2021-08-08"]


def test_changes_are_what_two_neighbouring_maps_differ_in(shipped: Store, gazetteer: Gazetteer) -> None:
    for first, last in (("2021-08-13", "2021-08-14"), ("2021-07-08", "2021-07-09")):
        sides = (asked(gazetteer, first), asked(gazetteer, last))
        differ = {each.place for each in compare(shipped, *sides).first}
        assert differ == {each.place for each in changes(shipped, asked(gazetteer, f"{first}/{last}"))}


def test_nothing_changes_on_a_single_day(shipped: Store, gazetteer: Gazetteer) -> None:
    found: Changes = changes(shipped, asked(gazetteer, "2021-08-09"))
    assert (len(found), list(found)) == (0, [])


def test_two_sides(shipped: Store, gazetteer: Gazetteer) -> None:
    sides = asking.sides(
        gazetteer, {"at": ["2021-08-09"], "a.sources": ["seed"], "b.sources": ["-seed"], "type": ["ProvincialCapital"]}
    )
    found = compare(shipped, *sides)
    assert len(found) + found.alike == 34
    first, second = by_slug(found.first), by_slug(found.second)
    assert list(first) == list(second)
    assert (first["city-zaranj"].state, second["city-zaranj"].state) == ("possible", "controlled")
    assert first["city-zaranj"].because
    same = compare(shipped, sides[0], sides[0])
    assert (len(same), same.alike, same.restated()) == (0, 34, [])
    restated = {each.place: each for each in found.restated()}
    assert restated
    assert place("city-zaranj") not in restated, "which differs"
    for each in restated.values():
        assert not each.first & each.second
        one, other = (verdict(found.first.known.index, each.place, side.first, side.last, side.view) for side in sides)
        assert (one.state, one.controllers.keys()) == (other.state, other.controllers.keys())
        assert (one.because - other.because, other.because - one.because) == (each.first, each.second)
    fitting = asking.sides(gazetteer, {"a.at": ["2021-08-08"], "b.at": ["2021-08-15"], "state": ["disputed"]})
    told = compare(shipped, *fitting)
    assert all("disputed" in (a.state, b.state) for a, b in zip(told.first, told.second, strict=True))


def test_pandas(shipped: Store, gazetteer: Gazetteer) -> None:
    frame = held(shipped, asked(gazetteer, "2021-08-15", type="ProvincialCapital")).to_pandas()
    assert len(frame) == 34
    kabul = frame.set_index("place").loc[place("city-kabul")]
    assert (kabul["label"], kabul["state"], kabul["certain"]) == ("Kabul", "controlled", TALIBAN)
    assert GOVERNMENT not in kabul["possible"]
    assert len(kabul["because"]) > 0
