"""One voice against all possible worlds, a voice more against the others, and runs as RDF against the index."""

from __future__ import annotations

import dataclasses
from datetime import date
from itertools import product
from random import Random

import numpy as np
import pyoxigraph as ox
from hypothesis import given

from kg.control import index, reference
from kg.control.answers import View
from kg.control.conclusions import draw
from kg.control.facts import of_record
from kg.control.gathering import gather
from kg.control.record import Claim, Event, Record, Source
from kg.control.writing import written
from kg.ontology import PREFIXES
from tests import control_random as random_worlds
from tests.control_random import PLACES, START, chances
from tests.test_control_index_laws import alone, briefly

ALONE = View(policy="every-word", baseline=False)
BASE = "https://example.org/"


# ── rule 4: what one voice says of a day is what is true in some possible world ───────────────────────────────────────


def possible(changes: list[tuple[str, int, int]], day: int) -> tuple[set[str], set[str], bool]:
    """Of captures (who, first, last day): who may hold the place on a day, who may not, whether somebody unnamed may.

    Every day of every window is tried; what happens on one day may happen in any order.
    """
    named: set[str] = set()
    refused: list[str] = []
    for days in product(*(range(first, last + 1) for _, first, last in changes)):
        done = [each for each in days if each <= day]
        if done:
            named |= {who for (who, _, _), each in zip(changes, days, strict=True) if each == max(done)}
        else:
            refused += [who for (who, _, _), each in zip(changes, days, strict=True) if each == min(days)]
    everybody = {who for who, _, _ in changes}
    before = everybody - {refused[0]} if refused and len(set(refused)) == 1 else everybody if refused else set()
    return named & everybody, everybody - named - before, bool(refused)


@briefly
@given(chances)
def test_a_word_is_what_holds_in_some_possible_world(chance: Random) -> None:
    changes = []
    for _ in range(chance.randint(1, 4)):
        first = START + chance.randint(0, 8)
        changes.append((chance.choice("ABC"), first, first + chance.choice([0, 0, 1, 3, 5])))
    events = {
        f"e{number}": Event(("town",), to=who, when=(first, last)) for number, (who, first, last) in enumerate(changes)
    }
    claims = {f"c{number}": Claim("s", (name,), "Reports") for number, name in enumerate(events)}
    said = Record(START, sources={"s": Source(START + 40)}, events=events, claims=claims)
    built = index.build(said)
    for day in range(START, START + 16):
        named, excluded, unnamed = possible(changes, day)
        for found in (index.verdict(built, "town", day, day, ALONE), reference.verdict(said, "town", day, day, ALONE)):
            assert set(found.controllers) == named, (changes, day - START)
            sure = [actor for actor, stay in found.controllers.items() if stay.certainty == "certain"]
            assert sure == (sorted(named) if len(named) == 1 and not unnamed else [])
            if unnamed:
                assert found.excluded == excluded, (changes, day - START)


# ── a voice more ──────────────────────────────────────────────────────────────────────────────────────────────────────


def with_voice(said: Record, event: Event, published: int, knowledge: int | None = None) -> Record:
    """The record, in which a new source tells of a new event."""
    return dataclasses.replace(
        said,
        sources={**said.sources, "new": Source(published, knowledge)},
        events={**said.events, "new": event},
        claims={**said.claims, "new": Claim("new", ("new",), "Reports")},
    )


def certain(built: index.Index, place: str, day: int, view: View) -> str | None:
    """Who is certain to hold a place on a day."""
    found = index.verdict(built, place, day, day, view)
    return next((actor for actor, stay in found.controllers.items() if stay.certainty == "certain"), None)


@briefly
@given(chances)
def test_if_every_word_counts_a_new_voice_makes_certain_only_what_it_says_itself(chance: Random) -> None:
    said = random_worlds.record(chance)
    event = dataclasses.replace(random_worlds.event(chance, 0), follows=(), same_occurrence=(), presumed_heirs=())
    more = with_voice(said, event, START + chance.randint(3, 14))
    before, after = index.build(said), index.build(more)
    for place in PLACES:
        for day in range(START, START + 18):
            sure = certain(after, place, day, ALONE)
            if sure is not None and sure != certain(before, place, day, ALONE):
                assert alone(more, (None, "new"), place, day) == sure


@briefly
@given(chances)
def test_what_a_present_voice_contradicts_is_not_certain(chance: Random) -> None:
    said = random_worlds.record(chance)
    day, place = START + chance.randint(0, 10), chance.choice(PLACES)
    told = Event((place,), to="A", when=(day, day))
    built = index.build(with_voice(said, told, day + chance.randint(0, 6)))
    horizon = with_voice(said, told, day).sources["new"].published
    assert horizon is not None
    assert {certain(built, place, each, View()) for each in range(day, horizon + 1)} <= {None, "A"}


@briefly
@given(chances)
def test_the_heir_of_the_latest_change_stays(chance: Random) -> None:
    said = random_worlds.record(chance)
    place, day = chance.choice(PLACES), START + 60
    taken = Event((place,), to="A", when=(day, day))
    left = Event((place,), from_="B", when=(day, day), presumed_heirs=("A",))
    built = index.build(with_voice(said, chance.choice([taken, left]), day + chance.randint(0, 9)))
    for each in (day, day + 1, day + chance.randint(2, 400)):
        assert "A" in index.verdict(built, place, each, each).controllers


# ── runs as RDF ───────────────────────────────────────────────────────────────────────────────────────────────────────

AS_OF = """
SELECT ?state ?flag ?certain ?possible ?excluded ?claim WHERE {
  ?run a kg:ControlRun ; kg:place ?place ; kg:state ?state ; kg:firstDay ?first .
  OPTIONAL { ?run kg:lastDay ?last }
  FILTER(?first <= ?day && (!BOUND(?last) || ?day <= ?last))
  { ?run kg:flag ?flag } UNION { ?run kg:certainController ?certain } UNION { ?run kg:possibleController ?possible }
  UNION { ?run kg:excludes ?excluded } UNION { ?run prov:wasDerivedFrom ?claim } UNION { }
}"""
STAYS = """
SELECT ?from ?sure ?until ?last WHERE {
  ?stay a kg:ControlInterval ; kg:place ?place ; kg:controller ?actor ; kg:possibleFrom ?from .
  OPTIONAL { ?stay kg:possibleUntil ?last } OPTIONAL { ?stay kg:certainFrom ?sure }
  OPTIONAL { ?stay kg:certainUntil ?until }
}"""


def concluded(said: Record) -> ox.Store:
    """What is concluded from a record, in a database."""
    facts = of_record(said)
    ledger = gather(facts)
    store = ox.Store()
    for text in written(draw(facts, ledger, np.arange(len(ledger.places)))):
        store.load(text, ox.RdfFormat.TURTLE, base_iri=BASE)
    return store


def asked(store: ox.Store, query: str, **values: str) -> list[dict[str, str]]:
    """The solutions of a query in which `?name` stands for a value given, as plain texts."""
    for name, value in values.items():
        query = query.replace(f"?{name} ", f"{value} ").replace(f"?{name})", f"{value})")
    found = store.query(query, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    names = [each.value for each in found.variables]
    return [
        {name: row[name].value.removeprefix(BASE).removeprefix(PREFIXES["kg"]) for name in names if row[name]}
        for row in found
    ]


@briefly
@given(chances)
def test_runs_say_what_index_and_reference_say(chance: Random) -> None:
    said = random_worlds.record(chance)
    built, store = index.build(said), concluded(said)
    concept = {"contested": "Contested", "partial": "Partial", "baseline": "Baseline", "presupposed": "Presupposed",
               "carried": "Carried", "self-claimed": "SelfClaimed"}  # fmt: skip
    for place in PLACES:
        day = START + chance.randint(0, 18)
        iso = f'"{date.fromordinal(day).isoformat()}"^^xsd:date'
        rows = asked(store, AS_OF, place=f"<{BASE}{place}>", day=iso)
        answer = index.verdict(built, place, day, day)
        assert answer == reference.verdict(said, place, day, day)
        listed = {name: {row[name] for row in rows if name in row}
                  for name in ("state", "flag", "certain", "possible", "excluded", "claim")}  # fmt: skip
        sure = {actor for actor, stay in answer.controllers.items() if stay.certainty == "certain"}
        assert listed["certain"] == sure
        assert listed["possible"] == set(answer.controllers) - sure
        assert listed["excluded"] == answer.excluded
        assert listed["flag"] == {concept[flag] for flag in answer.flags if flag != "disputed"}
        assert listed["state"] == ({answer.state.capitalize()} if rows else set())
        if rows:
            assert answer.because <= listed["claim"]
        else:
            assert answer.state == "unknown"


def test_who_only_denies_a_contest_is_behind_an_unknown_that_needs_no_run() -> None:
    said = Record(
        START,
        sources={"s": Source(START + 5)},
        events={"e": Event(("district",), parties=("A", "B"), contested=True, when=(START, START))},
        claims={"c": Claim("s", ("e",), "Denies")},
    )
    day = START + 2
    answer = index.verdict(index.build(said), "district", day, day)
    assert answer == reference.verdict(said, "district", day, day)
    assert answer.state == "unknown"
    assert answer.because == {"c"}
    iso = f'"{date.fromordinal(day).isoformat()}"^^xsd:date'
    assert asked(concluded(said), AS_OF, place=f"<{BASE}district>", day=iso) == []


@briefly
@given(chances)
def test_intervals_have_the_bounds_of_spells(chance: Random) -> None:
    said = random_worlds.record(chance)
    store = concluded(said)
    for place in PLACES:
        for actor in "ABC":
            told = [
                {name: date.fromisoformat(text).toordinal() for name, text in row.items()}
                for row in asked(store, STAYS, place=f"<{BASE}{place}>", actor=f"<{BASE}{actor}>")
            ]
            held: dict[int, str] = {}
            for each in told:
                for day in range(each["from"], each.get("last", START + 60) + 1):
                    assert day not in held
                    certainly = "sure" in each and each["sure"] <= day <= each.get("until", START + 60)
                    held[day] = "certain" if certainly else "possible"
            for day in range(START, START + 40):
                stays = reference.verdict(said, place, day, day).controllers
                assert held.get(day) == (stays[actor].certainty if actor in stays else None)
