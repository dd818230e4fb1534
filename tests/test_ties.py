"""The graph around a thing: ties with their counts, and ways between two things."""

from __future__ import annotations

import pytest

from kg import ties
from kg.errors import UnknownEntity
from kg.ontology import PREFIXES
from kg.store.embedded import Store

KUNDUZ, TALIBAN = f"{PREFIXES['place']}city-kunduz", f"{PREFIXES['actor']}taliban"


def test_ties_are_the_statements_with_things_at_both_ends(shipped: Store) -> None:
    found = ties.around(shipped, KUNDUZ)
    assert found == sorted(found)
    assert len({(tie.property, tie.direction, tie.other) for tie in found}) == len(found)
    for tie in found:
        subject, value = (KUNDUZ, tie.other) if tie.direction == "out" else (tie.other, KUNDUZ)
        ask = f"ASK {{ <{subject}> <{tie.property}> <{value}> }}"
        assert shipped.query(ask, results="csv").text() == "true"
    counted = ties.counts(found)
    assert sum(many for _, _, many in counted) == len(found)
    assert [side for _, side, _ in counted] == sorted((side for _, side, _ in counted), reverse=True)
    events = [tie for tie in found if tie.property == f"{PREFIXES['kg']}place"]
    assert {tie.day for tie in events} >= {"2021-08-07"}, "the first day on which it may have happened"


def test_nothing_concluded_is_a_tie(shipped: Store) -> None:
    assert not [tie for tie in ties.around(shipped, KUNDUZ) if "/derived/" in tie.other or "/run/" in tie.other]


def test_a_way_is_a_chain_of_statements_and_the_same_from_either_end(shipped: Store) -> None:
    way = ties.way(shipped, KUNDUZ, TALIBAN)
    assert (way[0].thing, way[-1].other) == (KUNDUZ, TALIBAN)
    assert [tie.other for tie in way[:-1]] == [tie.thing for tie in way[1:]]
    for tie in way:
        subject, value = (tie.thing, tie.other) if tie.direction == "out" else (tie.other, tie.thing)
        assert shipped.query(f"ASK {{ <{subject}> <{tie.property}> <{value}> }}", results="csv").text() == "true"
        assert tie.property not in ties.CLASSES
    assert len(ties.way(shipped, TALIBAN, KUNDUZ)) == len(way) == 2


def test_what_both_are_tied_to_is_tied_to_each(shipped: Store) -> None:
    found = ties.both(shipped, KUNDUZ, TALIBAN)
    common = {tie.other for tie in found}
    assert common
    for other in common:
        assert {tie.thing for tie in found if tie.other == other} == {KUNDUZ, TALIBAN}
    assert ties.CLASSES.isdisjoint(tie.property for tie in found)
    assert {tie.other for tie in ties.both(shipped, TALIBAN, KUNDUZ)} == common


def test_no_way_leads_to_itself_or_to_nothing(shipped: Store) -> None:
    assert ties.way(shipped, KUNDUZ, KUNDUZ) == []
    assert ties.way(shipped, KUNDUZ, "https://example.org/nowhere") == []
    with pytest.raises(UnknownEntity, match="nowhere"):
        ties.around(shipped, "https://example.org/nowhere")
