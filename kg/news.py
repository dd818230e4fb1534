"""Which claims about control are new in a version, told otherwise, or gone: written into the journal with it.

Readers of a feed want to know what changed, also when neither of the two versions is there any more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from kg import queries, told
from kg.errors import NothingPublished
from kg.ontology import PREFIXES
from kg.store.answer import Account
from kg.store.candidate import Candidate
from kg.store.embedded import Store
from kg.store.journal import newest
from kg.store.terms import Row
from kg.told import Facts, Select

LISTED = 500
"""How many claims of a kind the journal lists of one version; the others are counted."""
COMPARED = 1000
"""How many claims are compared word by word, to see what is told otherwise; of more, only which came and went."""

Claim = dict[str, list[str]]
"""What a claim says, by `stance`, `source`, `claimant`, `gloss`, `place`, `extent`, `actor`, `when`."""
News = dict[str, Any]
"""`came`, `changed` and `went`: lists of claims, each with its `claim`; `more` counts those that are not listed."""

ON_CONTROL = frozenset(f"{PREFIXES['kg']}{kind}" for kind in ("ControlChange", "ControlObservation"))
"""What a claim is about that is a word on control."""
KINDS: tuple[Literal["came", "changed", "went"], ...] = ("came", "changed", "went")


@dataclass(frozen=True)
class Item:
    """One claim about control that came with a version, is told otherwise since, or went; `number` is its place among
    those of the version. `at` is when the version was published (RFC 3339), `who` wrote it."""

    version: str
    number: int
    at: str
    who: str
    kind: Literal["came", "changed", "went"]
    claim: str
    says: Claim

    def several(self, what: str) -> list[str]:
        """What the claim says of one thing, such as `place`."""
        return self.says.get(what, [])


def items(
    store: Store, places: Collection[str] = (), actors: Collection[str] = (), sources: Collection[str] = ()
) -> Iterator[Item]:
    """What is new, of the newest version first: of these places, actors (as holders, losers, parties or claimants) and
    sources; of all where none are named. The journal is read as far as is asked for."""
    for line in newest(store.location):
        number = 0
        for kind in KINDS:
            for said in line.get("control", {}).get(kind, ()):
                says = {what: values for what, values in said.items() if what != "claim"}
                item = Item(line["version"], number, line["at"], line["who"], kind, said["claim"], says)
                number += 1
                concerned = {*item.several("actor"), *item.several("claimant")}
                if (
                    (not places or not set(places).isdisjoint(item.several("place")))
                    and (not actors or not set(actors).isdisjoint(concerned))
                    and (not sources or not set(sources).isdisjoint(item.several("source")))
                ):
                    yield item


def of_write(store: Store, candidate: Candidate, account: Account) -> News:
    """What a write to the candidate changes of the claims about control; empty where that is nothing."""
    if not account.nodes:
        return of_load(store, candidate, account.whole)
    before, after = _published(store), candidate.select
    touched = _found(before, "claims-touched", "node", account.nodes) | _found(
        after, "claims-touched", "node", account.nodes
    )
    return _between(before, after, touched, touched)


def of_load(store: Store, candidate: Candidate, graphs: Collection[str]) -> News:
    """The same of graphs that were replaced as a whole."""
    before, after = _published(store), candidate.select
    named = [graph for graph in graphs if graph]
    text, former = queries.text_for("claims-in", "graph", named), set[str]()
    if not named:
        return {}
    with suppress(NothingPublished):
        former = _listed(store.query(text, results="csv").read())
    return _between(before, after, former, _listed(candidate.csv(text)))


def _listed(table: bytes) -> set[str]:
    """The IRIs in a CSV table of one column: of millions, these alone are in memory."""
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(table), "utf-8", newline=""))
    next(rows, None)
    return {row[0] for row in rows if row}


def _published(store: Store) -> Select:
    """Asks the published version; where there is none, nothing is known."""

    def select(text: str) -> list[Row]:
        with suppress(NothingPublished):
            return told.of(store)(text)
        return []

    return select


def _found(select: Select, query: str, variable: str, iris: Collection[str]) -> set[str]:
    return {str(row["claim"]) for row in select(queries.text_for(query, variable, iris))} if iris else set()


def _between(before: Select, after: Select, former: set[str], latter: set[str]) -> News:
    if len(former | latter) <= COMPARED:
        old, new = _told(before, former | latter), _told(after, former | latter)
        differing = {claim for claim in old.keys() & new.keys() if old[claim] != new[claim]}
        kinds = {"came": new.keys() - old.keys(), "changed": differing, "went": old.keys() - new.keys()}
    else:
        kinds = {"came": latter - former, "changed": set(), "went": former - latter}
        shown = {kind: sorted(claims)[:LISTED] for kind, claims in kinds.items()}
        old, new = _told(before, set(shown["went"])), _told(after, set(shown["came"]))
    news: News = {}
    for kind, claims in kinds.items():
        if claims:
            known = old if kind == "went" else new
            news[kind] = [{"claim": claim, **known[claim]} for claim in sorted(claims)[:LISTED] if claim in known]
            if more := len(claims) - len(news[kind]):
                news["more"] = news.get("more", 0) + more
    return news


def _told(select: Select, claims: set[str]) -> dict[str, Claim]:
    """What each claim says that is a word on control: it is about a change or a state, says nothing else of it, and was
    not taken back."""
    said = told.claims(select, claims)
    events = told.events(select, {event for facts in said.values() for event in facts.get("about", ())})
    found = {}
    for claim, facts in said.items():
        about = [events[event].facts for event in facts.get("about", ()) if event in events]
        on_control = [each for each in about if not ON_CONTROL.isdisjoint(each.get("type", ()))]
        if on_control and facts.keys().isdisjoint(("attribute", "retiredAt")):
            found[claim] = _words(facts, on_control)
    return found


def _words(claim: Facts, events: list[Facts]) -> Claim:
    """What a claim says, by the names of `Claim`; its own day stands before that of the event."""

    def of_events(*names: str) -> set[str]:
        return {value for event in events for name in names for value in event.get(name, ())}

    said = {
        **{what: set(claim.get(what, ())) for what in ("stance", "source", "claimant", "gloss")},
        "place": of_events("place"),
        "extent": of_events("extent"),
        "actor": of_events("toController", "fromController", "controller", "party"),
        "when": set(claim.get("statesWhen", ())) or of_events("edtf"),
    }
    return {what: sorted(values) for what, values in said.items() if values}
