"""Things are found by what they are called, however it is written."""

from __future__ import annotations

import pytest

from kg.gazetteer import Entry, Gazetteer
from kg.ontology import PREFIXES
from kg.search import MATCHES, Hit, names_of, open_names, search
from kg.search import _ranked as ranked
from kg.store.embedded import Store


def found(store: Store, text: str, *kinds: str) -> list[Hit]:
    return list(search(store, text, kinds) if kinds else search(store, text))  # type: ignore[arg-type]


def slugs(hits: list[Hit]) -> list[str]:
    return [hit.iri.rpartition("/")[2] for hit in hits]


@pytest.mark.parametrize(
    ("text", "slug", "match"),
    [
        ("Kabul", "city-kabul", "exact"),
        ("kABUL", "city-kabul", "exact"),
        ("کابل", "city-kabul", "exact"),
        ("كابل", "city-kabul", "exact"),
        ("Herāt", "city-herat", "exact"),
        ("پل‌خمری", "city-pul-e-khumri", "exact"),
        ("پلخمری", "city-pul-e-khumri", "exact"),
        ("پل خمري", "city-pul-e-khumri", "exact"),
        ("pul e khumri", "city-pul-e-khumri", "exact"),
        ("PulEKhumri", "city-pul-e-khumri", "joined"),
        ("spinboldak", "town-spin-boldak", "joined"),
        ("boldak cross", "crossing-spin-boldak", "words"),
        ("oldak cross", "crossing-spin-boldak", "part"),
        ("Kunduuz", "city-kunduz", "near"),
    ],
)
def test_a_place_is_found_however_it_is_written(shipped: Store, text: str, slug: str, match: str) -> None:
    hits = found(shipped, text, "place")
    best = [hit for hit in hits if hit.match == hits[0].match]
    assert slug in slugs(best)
    assert hits[0].match == match


def test_the_best_comes_first_and_each_once(shipped: Store) -> None:
    hits = found(shipped, "Spin Boldak", "place")
    assert hits[0].match == "exact"
    ranks = [MATCHES.index(hit.match) for hit in hits]
    assert ranks == sorted(ranks)
    assert len(set(slugs(hits))) == len(hits)


def test_actors_sources_and_events_are_found_too(shipped: Store) -> None:
    assert slugs(found(shipped, "taliban", "actor"))[0] == "taliban"
    assert all(hit.kind == "source" for hit in found(shipped, "newsbreak"))
    captures = found(shipped, "capture kunduz")
    assert captures
    assert {hit.kind for hit in captures} == {"event"}
    assert all("Kunduz" in hit.label for hit in captures)
    assert {hit.kind for hit in found(shipped, "bombing")} == {"event"}
    kinds = [hit.kind for hit in found(shipped, "قندهار")]
    assert kinds == sorted(kinds, key=["place", "actor", "source", "event"].index)
    assert "event" in kinds


def test_nothing_is_found_for_nothing(shipped: Store) -> None:
    assert found(shipped, "") == []
    assert found(shipped, " ‌-") == []
    assert found(shipped, "xqzwv") == []


def test_the_name_that_fits_is_told_with_the_label(shipped: Store) -> None:
    hit = found(shipped, "کابل", "place")[0]
    assert (hit.label, hit.name) == ("Kabul", "کابل")
    labels = {hit.label for hit in search(shipped, "kabul", ("place",), "fa")}
    assert "کابل" in labels


def test_the_names_of_a_version_are_read_once(shipped: Store) -> None:
    assert open_names(shipped) is open_names(shipped)


def test_lines_are_found_at_every_end() -> None:
    entries = {
        f"{PREFIXES['place']}p{number}": Entry(f"{PREFIXES['place']}p{number}", "place", (), {"en": (name,)})
        for number, name in enumerate(["Alpha", "Beta Alpha", "", "Gamma", "Al pha"])
    }
    names = names_of(Gazetteer("1", {"place": entries, "actor": {}, "source": {}}, {}))
    fitting = [(MATCHES[rank], names.names[line]) for rank, line in ranked(names, "alpha")]
    assert fitting == [("exact", "Alpha"), ("words", "Beta Alpha"), ("joined", "Al pha")]
    assert [names.names[line] for _, line in ranked(names, "gamma")] == ["Gamma"]
    assert [names.names[line] for _, line in ranked(names, "pha")] == ["Al pha", "Alpha", "Beta Alpha"]
