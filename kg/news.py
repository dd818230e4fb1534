"""Which claims about control are new in a version, told otherwise, or gone: written into the journal with it.

Readers of a feed want to know what changed, also when neither of the two versions is there any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from kg import queries
from kg.errors import NothingPublished
from kg.ontology import PREFIXES
from kg.store.answer import Account
from kg.store.candidate import Candidate
from kg.store.embedded import Store
from kg.store.journal import newest
from kg.store.terms import Row, read_rows

LISTED = 500
"""How many claims of a kind the journal lists of one version; the others are counted."""
COMPARED = 1000
"""How many claims are compared word by word, to see what is told otherwise; of more, only which came and went."""

Select = Callable[[str], list[Row]]
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
            for told in line.get("control", {}).get(kind, ()):
                says = {what: values for what, values in told.items() if what != "claim"}
                item = Item(line["version"], number, line["at"], line["who"], kind, told["claim"], says)
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
    return _between(before, after, *(_found(select, "claims-in", "graph", named) for select in (before, after)))


def _published(store: Store) -> Select:
    """Asks the published version; where there is none, nothing is known."""

    def select(text: str) -> list[Row]:
        with suppress(NothingPublished):
            return read_rows(store.query(text).read())
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
            told = old if kind == "went" else new
            news[kind] = [{"claim": claim, **told[claim]} for claim in sorted(claims)[:LISTED] if claim in told]
            if more := len(claims) - len(news[kind]):
                news["more"] = news.get("more", 0) + more
    return news


def _told(select: Select, claims: set[str]) -> dict[str, Claim]:
    """What each claim says that is a word on control: it is about a change or a state, says nothing else of it, and was
    not taken back."""
    found: dict[str, dict[str, set[str]]] = {}
    if claims:
        for row in select(queries.text_for("control-claims", "claim", claims)):
            told = found.setdefault(str(row["claim"]), {})
            told.setdefault(str(row["property"]).rpartition("#")[2], set()).add(str(row["value"]))
    return {
        claim: _words(told)
        for claim, told in found.items()
        if not ON_CONTROL.isdisjoint(told.get("type", ())) and told.keys().isdisjoint(("attribute", "retiredAt"))
    }


def _words(told: dict[str, set[str]]) -> Claim:
    """What a claim says, by the names of `Claim`; its own day stands before that of the event."""
    actors = (told.get(role, set()) for role in ("toController", "fromController", "controller", "party"))
    said = {
        **{what: told.get(what, set()) for what in ("stance", "source", "claimant", "gloss", "place", "extent")},
        "actor": set[str]().union(*actors),
        "when": told.get("statesWhen") or told.get("when", set()),
    }
    return {what: sorted(values) for what, values in said.items() if values}
