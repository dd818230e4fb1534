"""How days, IRIs and stances are written for people."""

from __future__ import annotations

import pytest

from server.wording import called, is_ours, local, short, stance, when

BASE = "https://w3id.org/controlgraph/"


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2021-06-22", "on 22 June 2021"),
        ("[2021-07-01..2021-07-02]", "between 1 and 2 July 2021"),
        ("[2021-05-11..2021-06-20]", "between 11 May and 20 June 2021"),
        ("[2020-12-30..2021-01-02]", "between 30 December 2020 and 2 January 2021"),
        ("[..2021-07-09]", "by 9 July 2021"),
        ("[2021-08-06..]", "on or after 6 August 2021"),
        ("2021-06", "in June 2021"),
        ("2021", "in 2021"),
        ("2021-05~", "in May 2021 (approximate)"),
        ("2021-05-01?", "on 1 May 2021 (uncertain)"),
        ("2021-05-01/2021-08-14", "from 1 May 2021 until 14 August 2021"),
        ("2021-05-01/..", "from 1 May 2021 until an unknown day"),
        ("../2021-05", "from an unknown day until May 2021"),
        ("XXXX", "at an unknown time"),
        ("0620-05-01", "on 0620-05-01"),
        ("9999-12", "between 1 and 31 December 9999"),
        ("some time in spring", "some time in spring"),
    ],
)
def test_a_day_in_words_says_what_is_known(edtf: str, words: str) -> None:
    assert when(edtf) == words


@pytest.mark.parametrize(
    ("iri", "written", "path"),
    [
        (f"{BASE}id/place/city-kabul", "place:city-kabul", "/id/place/city-kabul"),
        (f"{BASE}ontology#Claim", "kg:Claim", "/ontology#Claim"),
        (f"{BASE}ontology", f"<{BASE}ontology>", "/ontology"),
        (f"{BASE}graph/seed", "graph:seed", "/resource?iri=https%3A%2F%2Fw3id.org%2Fcontrolgraph%2Fgraph%2Fseed"),
        ("http://www.wikidata.org/entity/Q1", "<http://www.wikidata.org/entity/Q1>",
         "/resource?iri=http%3A%2F%2Fwww.wikidata.org%2Fentity%2FQ1"),
        (f"{BASE}id/run/a/2021-07-14", f"<{BASE}id/run/a/2021-07-14>", "/id/run/a/2021-07-14"),
    ],
)  # fmt: skip
def test_an_iri_is_short_and_has_a_page(iri: str, written: str, path: str) -> None:
    assert short(iri) == written
    assert local(iri) == path
    assert is_ours(iri) == (not path.startswith("/resource"))


def test_a_label_is_preferred() -> None:
    iri = f"{BASE}id/place/city-kabul"
    assert called(iri, {iri: "Kabul"}) == "Kabul"
    assert called(iri, {}) == "place:city-kabul"


def test_stances_differ_in_word_and_shape() -> None:
    known = [
        stance(f"{BASE}ontology#{name}")
        for name in ("Reports", "Announces", "Confirms", "Alleges", "Denies", "Assumes")
    ]
    assert len({shape for _, shape, _ in known}) == len({word for _, _, word in known}) == 6
    assert stance(f"{BASE}ontology#Denies") == ("denies", "✕", "denies")
    assert stance("https://example.org/x#Wonders") == ("other", "○", "Wonders")
