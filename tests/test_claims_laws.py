"""What holds whatever is added: a retraction gives the answers of before, and leaves those of in between."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import files
from kg.claims import writing
from kg.claims.given import Given
from kg.control.answers import Run, View
from kg.control.index import history
from kg.control.opening import open_control
from kg.errors import ClaimConflict
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from tests.conftest import WORLD, load
from tests.elsewhere.stores import Stores

PLACES = ("town-alden", "crossing-brook", "airbase-cairn")
DAYS = st.dates(date(1931, 3, 1), date(1931, 5, 1))
ACTORS = st.sampled_from(["blues", "crown"])
WHO: dict[str, st.SearchStrategy[Any]] = {
    "stance": st.sampled_from(["Reports", "Announces", "Denies", "Alleges"]),
    "claimant": st.lists(ACTORS, max_size=1).map(tuple),
    "extent": st.sampled_from(["Whole", "EntireArea", "Centre", "SomeParts"]),
}


@st.composite
def claims(draw: st.DrawFn) -> Given:
    """A claim that conforms, in the source of the world that has a date."""
    days = sorted(draw(st.tuples(DAYS, DAYS)))
    when = draw(st.sampled_from([str(days[0]), f"[{days[0]}..{days[1]}]", f"[..{days[1]}]", "then", "2202-02-02"]))
    what = draw(
        st.fixed_dictionaries({"kind": st.just("change"), "to": ACTORS})
        | st.fixed_dictionaries({"kind": st.just("change"), "from_": ACTORS})
        | st.fixed_dictionaries({"kind": st.just("report"), "to": ACTORS})
        | st.fixed_dictionaries({"parties": st.just(("blues", "crown"))})
    )
    place = draw(st.sampled_from(PLACES))
    who = draw(st.fixed_dictionaries(WHO))
    return Given(place=place, when=when, source="courier", gloss="Told.", **what, **who)


def answers(store: Store, view: View) -> dict[str, list[Run]]:
    """The whole history of every place, as a view has it."""
    index = open_control(store).index
    return {place: history(index, PREFIXES["place"] + place, view) for place in PLACES}


def test_what_is_taken_back_leaves_the_answers_of_before_and_its_own_in_the_past(
    tmp_path: Path, stores: Stores
) -> None:
    store = open_store(stores.at(tmp_path / "store"))
    load(store, files.shipped() / "ontology" / "control.ttl", WORLD / "world.ttl")
    told: list[datetime] = []

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(claims())
    def law(filled: Given) -> None:
        before = answers(store, View())
        try:
            added = writing.add(store, filled, who="test")
        except ClaimConflict:
            return  # an example that was taken back before
        there, moment = answers(store, View()), datetime.now(UTC)
        assert writing.retract(store, added.claim, who="test").new
        assert answers(store, View()) == before
        assert answers(store, View(recorded=moment)) == there
        told.append(moment)

    try:
        law()
        assert told
    finally:
        store.close()
