"""What was taken from a source, in the order of its sentences: each claim with its day, and how others stand to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from rdflib import RDF, URIRef

from kg import queries, told
from kg.control.agreement import How, agreement
from kg.control.opening import open_control
from kg.errors import NoStudyStart
from kg.ontology import KG
from kg.store.embedded import Store
from kg.store.terms import Row, read_rows

SHOWN = 100
"""How many claims are told at once."""
LISTED = 5000
"""How many claims of a source are looked through; `Source.more` says whether there are more."""
BESIDE = 12
"""How many claims are told beside one; all are counted."""
_ORDER: tuple[How, ...] = ("contradicts", "other days", "agrees")
_ON_CONTROL = {str(KG.ControlChange), str(KG.ControlObservation)}

Said = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Thing → property (an IRI) → values, each once, in order."""


@dataclass(frozen=True)
class Day:
    """A date of the record: its EDTF text, or the words that are no date; the words that the source has for it; its
    kg:precision; `left_open` where it has no first or no last day."""

    text: str
    words: str | None
    precision: str | None
    read: bool
    left_open: bool


@dataclass(frozen=True)
class Beside:
    """Another claim, how it stands to one, and whether its source derives from the source, or the source from its."""

    claim: str
    source: str
    stance: str
    how: How
    when: Day | None
    kin: bool


@dataclass(frozen=True)
class Taken:
    """One claim. `about` are the things that it is about, `attribute` and `value` what it says of them beside that.

    `when` is the day that it gives, else that of its event. `control` names the places of which it says who held them,
    or did not. `range` is where it stands in the source's text, in characters from 0 on. `beside` has the claims that
    contradict it first; `counts` counts all of them by how they stand to it, without those whose source is kin.
    """

    claim: str
    stance: str
    claimants: tuple[str, ...]
    stated: Day | None
    gloss: str
    about: tuple[str, ...]
    attribute: str | None
    value: str | None
    when: Day | None
    accused: tuple[str, ...]
    manner: str | None
    retired: str | None
    range: tuple[int, int] | None
    control: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    counts: Mapping[How, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Passage:
    """A place in a source, and the claims that were taken from it: a sentence by its number (0 is the title), else
    words that say where; None and "" where nothing says so."""

    sentence: int | None
    locator: str
    claims: tuple[Taken, ...]


@dataclass(frozen=True)
class Source:
    """What was taken from a source: how many claims of how many passages there are in all, those from number `first`
    on, and what things are called. `more` is true where there are more than `LISTED`; then the first are counted."""

    claims: int
    places: int
    first: int
    passages: tuple[Passage, ...]
    more: bool
    labels: Mapping[str, str] = field(repr=False)


def taken(store: Store, source: str, first: int = 0) -> Source:
    """What was taken from a source, `SHOWN` claims of it. Of what is no source that is nothing.

    Raises NothingPublished, StoreUnreadable, and the QueryProblem of a query that takes too long.
    """
    rows = read_rows(store.query(queries.text_for("taken-from", "source", [source])).read())
    places = {str(row["claim"]): row for row in rows[:LISTED]}
    here = dict(list(places.items())[first : first + SHOWN])
    claims = _told(store, source, here, BESIDE)
    passages = tuple(
        Passage(sentence, locator, tuple(claim for claim, _ in group))
        for (sentence, locator), group in groupby(zip(claims, here.values(), strict=True), lambda pair: _where(pair[1]))
    )
    labels = told.names(store, _iris(claims))
    count = len({_where(row) for row in places.values()})
    return Source(len(places), count, first, passages, len(rows) > LISTED, labels)


def beside(store: Store, claim: str, source: str) -> tuple[Taken, dict[str, str]]:
    """A claim of a source with all that speak of the same, and what things are called. Raises what `taken` does."""
    claims = _told(store, source, {claim: {}}, None)
    return claims[0], told.names(store, _iris(claims))


def _told(store: Store, source: str, here: Mapping[str, Row], most: int | None) -> list[Taken]:
    """Claims of a source, each with at most so many beside it."""
    said = _described(store, here)
    said |= _described(store, _named(said.values(), KG.about, KG.statesWhen, KG.statedOn))
    others = _beside(store, source, here)
    said |= _described(store, {claim for each in others.values() for claim in each} - said.keys())
    said |= _described(store, _named(said.values(), KG.about, KG.statesWhen, KG.source) - said.keys())
    said |= _described(store, _named(said.values(), KG.when) - said.keys())
    kin = _kin(store, source, said)
    return [_taken(claim, row, said, others.get(claim, {}), kin, most) for claim, row in here.items()]


def _where(row: Row) -> tuple[int | None, str]:
    return int(str(row["sentence"])) if "sentence" in row else None, str(row.get("locator", ""))


def _described(store: Store, things: Collection[str]) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """What is said of things; nothing of one that nothing is said of."""
    rows = read_rows(store.query(queries.text_for("described", "thing", things)).read()) if things else []
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        found.setdefault(str(row["thing"]), {}).setdefault(str(row["property"]), set()).add(str(row["value"]))
    return {
        thing: {name: tuple(sorted(values)) for name, values in properties.items()}
        for thing, properties in found.items()
    }


def _named(told_of: Iterable[Mapping[str, tuple[str, ...]]], *terms: URIRef) -> set[str]:
    return {value for what in told_of for term in terms for value in what.get(str(term), ())}


def _beside(store: Store, source: str, claims: Collection[str]) -> dict[str, dict[str, How]]:
    """The claims that speak of the same as these, and how each stands to them."""
    if not claims:
        return {}
    try:
        found = agreement(open_control(store).index, claims, _originals(store, source))
    except NoStudyStart:  # the data tells of nothing that is held
        found = {}
    text = queries.text_for("about-the-same", "claim", claims)
    for row in read_rows(store.query(text).read()):
        denied = [str(row[name]) == str(KG.Denies) for name in ("stance", "otherStance")]
        how: How = "agrees" if denied[0] == denied[1] else "contradicts"
        others = found.setdefault(str(row["claim"]), {})
        if how == "contradicts":
            others[str(row["other"])] = how
        else:
            others.setdefault(str(row["other"]), how)
    return found


def _originals(store: Store, source: str) -> set[str]:
    """The sources that a source derives from, directly or not."""
    found: set[str] = set()
    ring = {source}
    while ring:
        ring = _named(_described(store, ring).values(), KG.derivedFrom) - found - {source}
        found |= ring
    return found


def _kin(store: Store, source: str, said: Said) -> set[str]:
    """The source's originals, and those of the described that derive from it directly."""
    derived = {iri for iri, what in said.items() if source in what.get(str(KG.derivedFrom), ())}
    return _originals(store, source) | derived


def _one(what: Mapping[str, tuple[str, ...]], term: URIRef) -> str | None:
    return next(iter(what.get(str(term), ())), None)


def _date(said: Said, node: str | None) -> Day | None:
    what = said.get(node or "")
    if not what:
        return None
    edtf, words = _one(what, KG.edtf), _one(what, KG.dateText)
    bounds = _one(what, KG.earliest), _one(what, KG.endLatest) or _one(what, KG.latest)
    precision = (_one(what, KG.precision) or "").rpartition("#")[2] or None
    return Day(edtf or words or "", words, precision, edtf is not None, None in bounds)


def _when(said: Said, claim: str) -> Day | None:
    """The day that a claim gives for what happened: its own, else that of the event that it is about."""
    what = said.get(claim, {})
    if own := _one(what, KG.statesWhen):
        return _date(said, own)
    if str(KG.attribute) in what:
        return None
    events = (said.get(thing, {}) for thing in what.get(str(KG.about), ()))
    return next((_date(said, when) for event in events if (when := _one(event, KG.when))), None)


def _on_control(said: Said, claim: str) -> list[Mapping[str, tuple[str, ...]]]:
    what = said.get(claim, {})
    if str(KG.attribute) in what:
        return []
    things = (said.get(thing, {}) for thing in what.get(str(KG.about), ()))
    return [thing for thing in things if _ON_CONTROL & set(thing.get(str(RDF.type), ()))]


def _is_change(said: Said, claim: str) -> bool:
    return any(str(KG.ControlChange) in thing[str(RDF.type)] for thing in _on_control(said, claim))


def _taken(
    claim: str, row: Row, said: Said, speaking: Mapping[str, How], kin: Collection[str], most: int | None
) -> Taken:
    what = said[claim]
    mine = _one(what, KG.source)
    others = [
        Beside(other, source, _one(said[other], KG.stance) or "", how, _when(said, other), source in kin)
        for other, how in speaking.items()
        if (source := _one(said.get(other, {}), KG.source))
        # the same source agrees with itself; and who was there on a day need not have come that day
        and not (how == "agrees" and source == mine)
        and not (how == "other days" and not (_is_change(said, claim) and _is_change(said, other)))
    ]
    others.sort(key=lambda each: (_ORDER.index(each.how), each.kin, each.source, each.claim))
    counts = {how: sum(each.how == how and not each.kin for each in others) for how in _ORDER}
    selector = (int(str(row["start"])), int(str(row["end"]))) if "start" in row and "end" in row else None
    return Taken(
        claim,
        _one(what, KG.stance) or "",
        what.get(str(KG.claimant), ()),
        _date(said, _one(what, KG.statedOn)),
        _one(what, KG.gloss) or "",
        what.get(str(KG.about), ()),
        _one(what, KG.attribute),
        _one(what, KG.value),
        _when(said, claim),
        what.get(str(KG.accused), ()),
        _one(what, KG.manner),
        _one(what, KG.retiredAt),
        selector,
        tuple(sorted(_named(_on_control(said, claim), KG.place))),
        tuple(others[:most]),
        counts,
    )


def _iris(claims: Iterable[Taken]) -> set[str]:
    """Everything of ours that is named in claims."""
    found: set[str] = set()
    for each in claims:
        found |= {each.claim, *each.claimants, *each.about, *each.accused, *each.control}
        found |= {iri for iri in (each.attribute, each.value, each.manner) if iri and iri.startswith("http")}
        found |= {iri for other in each.beside for iri in (other.claim, other.source)}
    return found
