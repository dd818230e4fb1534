"""The claims on control that the record has, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rdflib import XSD, Literal, URIRef

from kg import queries
from kg.claims.naming import Said
from kg.ontology import KG
from kg.store.embedded import Store
from kg.store.terms import read_rows


@dataclass(frozen=True)
class Listed:
    """A claim on control. `when` and `stated_on` are what is said of its dates: the EDTF text, else the words; None
    where it has none. `retired` is when it was taken back, `supersedes` the claims in whose place it is."""

    claim: str
    about: tuple[str, ...]
    places: tuple[str, ...]
    source: str
    stance: str
    claimants: tuple[str, ...]
    when: str | None
    stated_on: str | None
    sentence: int | None
    locator: str | None
    gloss: str
    recorded: str
    retired: str | None
    supersedes: tuple[str, ...]


def listed(
    store: Store,
    *,
    places: Iterable[str] = (),
    sources: Iterable[str] = (),
    day: date | None = None,
    first: int = 0,
    most: int = 100,
) -> tuple[str, int, list[Listed]]:
    """The version, how many claims of it there are, and of these at most `most` from number `first` on, in the order
    of their IRIs.

    Of `places` and `sources` those that are named (none: all), and of a time that includes `day`. Those that were taken
    back are among them.
    """
    text = queries.text("claims-on-control")
    for variable, wanted in (("place", list(places)), ("source", list(sources))):
        text = queries.filled(text, variable, wanted) if wanted else text
    values = {"day": Literal(str(day), datatype=XSD.date)} if day else None
    answer = store.query(text, values=values)
    claims = [str(row["claim"]) for row in read_rows(answer.read())]
    here = claims[first : first + most]
    said = _said(store, here)
    said |= _said(store, _of(said, KG.about, KG.statesWhen, KG.statedOn))
    said |= _said(store, _of(said, KG.when))
    return answer.version, len(claims), [_told(claim, said) for claim in here]


def _said(store: Store, things: list[str]) -> dict[str, Said]:
    found: dict[str, Said] = {thing: {} for thing in things}
    if things:
        rows = read_rows(store.query(queries.text_for("described", "thing", things)).read())
        for row in rows:
            found[str(row["thing"])].setdefault(str(row["property"]), []).append(str(row["value"]))
    return found


def _of(said: dict[str, Said], *terms: URIRef) -> list[str]:
    """The values of these properties that are not described yet."""
    found = {value for what in said.values() for term in terms for value in what.get(str(term), [])}
    return sorted(found - said.keys())


def _told(claim: str, said: dict[str, Said]) -> Listed:
    what = said[claim]

    def several(term: URIRef) -> tuple[str, ...]:
        return tuple(sorted(what.get(str(term), [])))

    def one(term: URIRef) -> str | None:
        return next(iter(several(term)), None)

    about = several(KG.about)
    dates = what.get(str(KG.statesWhen)) or [when for event in about for when in said[event].get(str(KG.when), [])]
    sentence = one(KG.sentence)
    return Listed(
        claim,
        about,
        tuple(sorted({place for event in about for place in said[event].get(str(KG.place), [])})),
        str(one(KG.source)),
        str(one(KG.stance)).rpartition("#")[2],
        several(KG.claimant),
        _words(dates, said),
        _words(what.get(str(KG.statedOn), []), said),
        None if sentence is None else int(sentence),
        one(KG.locator),
        str(one(KG.gloss)),
        str(one(KG.recordedAt)),
        one(KG.retiredAt),
        several(KG.supersedes),
    )


def _words(dates: list[str], said: dict[str, Said]) -> str | None:
    texts = [text for when in dates for term in (KG.edtf, KG.dateText) for text in said[when].get(str(term), [])]
    return next(iter(texts), None)
