"""Links are proposed: things of a file or an endpoint that fit ours, without those that somebody decided on already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rdflib import Literal

from kg.gazetteer import ROUTES, Entry, Gazetteer, open_gazetteer
from kg.links import things
from kg.links.endpoint import Endpoint
from kg.links.scoring import Pool, Proposal, Scorer, proposals
from kg.links.stated import ACCEPTED, CANDIDATE, EXACT, Link, links, matches, space
from kg.links.things import Thing
from kg.store.embedded import Store

BATCH = 10
"""Things of ours that are looked for at once."""

Progress = Callable[[str], None]


def choose(gazetteer: Gazetteer, kinds: Sequence[str], named: Iterable[str]) -> list[Entry]:
    """The things of ours that links are looked for: those that are named, else all places but the routes, and all
    actors."""
    wanted = set(named)
    return [
        entry
        for kind in kinds
        for entry in gazetteer.entries[kind].values()  # type: ignore[index]
        if (entry.iri in wanted if wanted else ROUTES.isdisjoint(entry.types))
    ]


def from_things(
    store: Store, known: Iterable[Thing], ours: Sequence[Entry], far: float, progress: Progress = lambda _: None
) -> list[Proposal]:
    """Proposals among things that are at hand."""
    pool, asked = Pool(known), _Asked(store, far)
    found = []
    for entry in ours:
        progress(entry.slug)
        found += asked.fitting([entry], pool)
    return found


def from_endpoint(
    store: Store, endpoint: Endpoint, ours: Sequence[Entry], far: float, progress: Progress = lambda _: None
) -> list[Proposal]:
    """Proposals among the things of an endpoint. Raises ElsewhereFailed."""
    asked = _Asked(store, far)
    found = []
    for some in _batched(ours):
        for entry in some:
            progress(entry.slug)
        names = [literal for entry in some for literal in spellings(entry)]
        around = {
            target
            for entry in some
            for outer in entry.within
            for target in asked.scorer.matches.get(outer, ())
        }  # fmt: skip
        iris = things.found(endpoint, names, around)
        found += asked.fitting(some, Pool(things.described(endpoint, iris)))
    return found


def _batched(ours: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(ours), BATCH):
        yield ours[start : start + BATCH]


def spellings(entry: Entry) -> list[Literal]:
    """The names of one of ours as other data sets write them: in their language, in English, in none."""
    return [
        Literal(name, lang=tag or None)
        for language, names in entry.labels.items()
        for name in names
        for tag in dict.fromkeys((language, "en", ""))
    ]


class _Asked:
    """What is known of ours before anything is proposed."""

    def __init__(self, store: Store, far: float) -> None:
        stated = links(store)
        self.scorer = Scorer(open_gazetteer(store), matches(stated), far)
        self._decided = {(link.subject, link.target) for link in stated if link.status != CANDIDATE}
        self._settled = {(link.subject, space(link.target)) for link in stated if _is_settled(link)}

    def fitting(self, ours: Iterable[Entry], pool: Pool) -> list[Proposal]:
        """The proposals that nobody decided on, for things that have no match in that data set yet."""
        return [
            proposal
            for proposal in proposals(self.scorer, ours, pool)
            if (proposal.ours.iri, proposal.thing.iri) not in self._decided
            and (proposal.ours.iri, space(proposal.thing.iri)) not in self._settled
        ]


def _is_settled(link: Link) -> bool:
    return link.status == ACCEPTED and link.relation == EXACT
