"""What SPARQL tells of roads from the published graphs is what the library answers, on any day."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from kg import queries, roads
from kg.control.ledger import NEVER
from kg.derive.answers import HELD
from kg.derive.holdings import pockets
from kg.derive.links import fronts, links
from kg.roads import Asked
from kg.store.embedded import Store

DAYS = ("2021-05-01", "2021-06-30", "2021-07-14", "2021-08-08", "2021-08-10", "2021-08-13", "2021-08-15", "2021-09-08")
REFUSED = pytest.mark.differs("virtuoso", "its planner fails: SQ074")
TRUE = ("true", "1")
"""What Virtuoso 7.2.5.1 computes is 1 where it is true."""


def rows(store: Store, slug: str, shipped_day: str, day: str) -> Iterator[dict[str, str]]:
    """The answer to an example question, asked about another day."""
    (example,) = (each for each in queries.examples() if each.slug == slug)
    assert f'"{shipped_day}"' in example.text
    text = example.text.replace(f'"{shipped_day}"', f'"{day}"')
    return csv.DictReader(io.StringIO(store.query(text, results="csv").text()))


def holders(asked: Asked) -> list[str]:
    network = asked.situation.network
    return [network.actor(actor) for actor in sorted(set(asked.situation.held.actor.tolist()))]


@REFUSED
@pytest.mark.parametrize("day", DAYS)
def test_adjacent_places_and_captured_ones(shipped: Store, day: str) -> None:
    asked = roads.ask(shipped, {"at": [day]})
    network = asked.situation.network
    for slug, captured in (("route-adjacent", False), ("captured-and-route-adjacent", True)):
        told = {(row["piece"], row["holder"]): row["certain"] in TRUE for row in rows(shipped, slug, "2021-08-10", day)}
        found = {}
        for actor in holders(asked):
            standing = asked.standing_of(actor)
            # one holder's own links: those with places of an ally are told by the library alone
            mine = {
                network.place(int(asked.situation.held.place[row])) for row in standing.in_force
                if network.actor(int(asked.situation.held.actor[row])) == actor
            }  # fmt: skip
            for link in links(standing, captured=captured):
                if set(link.ends) <= mine:
                    found[link.piece, actor] = link.strength == HELD
        assert told == found, slug


@pytest.mark.parametrize("day", DAYS)
def test_fronts(shipped: Store, day: str) -> None:
    asked = roads.ask(shipped, {"at": [day]})
    told: dict[str, bool] = {}
    for row in rows(shipped, "fronts", "2021-08-12", day):
        told[row["piece"]] = told.get(row["piece"], False) or row["certain"] in TRUE
    assert told == {front.piece: front.certain for front in fronts(asked.situation, asked.question.day)}


@pytest.mark.parametrize("day", DAYS)
def test_cut_off_places(shipped: Store, day: str) -> None:
    asked = roads.ask(shipped, {"at": [day]})
    told = {row["place"]: row["certain"] in TRUE for row in rows(shipped, "cut-off-places", "2021-08-10", day)
            if row["holder"] == asked.actor}  # fmt: skip
    assert told == {pocket.place: pocket.verdict == "certain" for pocket in pockets(asked.standing) or ()}


@REFUSED
def test_a_day_before_the_first_has_nothing(shipped: Store) -> None:
    assert not list(rows(shipped, "route-adjacent", "2021-08-10", "2020-01-01"))
    assert roads.ask(shipped, {"at": ["2020-01-01"]}).question.day < NEVER
    assert links(roads.ask(shipped, {"at": ["2020-01-01"]}).standing) == []
