"""What is suspicious about links: two of ours with one external id, clashing types, positions far apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg import queries
from kg.distances import kilometres
from kg.gazetteer import Entry, Gazetteer, last_part, open_gazetteer
from kg.kinds import sorts
from kg.links.scoring import Scorer
from kg.links.stated import EXACT, REJECTED, Link, links, matches, space
from kg.links.things import ROLES, Thing, of_rows
from kg.store.embedded import Store
from kg.store.terms import read_rows

RULES = {
    "one-id-two-things": "two of ours are linked to one thing, as the same or as close to it",
    "one-thing-two-ids": "one of ours is the same as two things of one data set",
    "type-clash": "the two are of sorts that exclude each other",
    "far-apart": "the two lie farther apart than the limit",
    "not-there": "the data set that was asked knows nothing of the thing",
}
"""What is looked for."""


@dataclass(frozen=True)
class Finding:
    """Something suspicious: the rule that found it, the one of ours, and what is wrong, in words."""

    rule: str
    ours: str
    message: str


def check(store: Store, known: Mapping[str, Thing], far: float, asked: bool) -> list[Finding]:
    """Everything suspicious about links that nobody rejected; `known` are things by their IRIs, `asked` whether a data
    set was asked for them, so that who is missing is not there."""
    stated = [link for link in links(store) if link.status != REJECTED]
    gazetteer = open_gazetteer(store)
    scorer = Scorer(gazetteer, matches(stated), far)
    spaces = {space(iri) for iri in known}
    found = [*_one_id(gazetteer, stated), *_two_ids(stated)]
    for link in stated:
        ours = _entry(gazetteer, link.subject)
        thing = known.get(link.target)
        if thing and ours:
            found += _compared(scorer, ours, link, thing)
        elif asked and space(link.target) in spaces:
            found.append(_finding("not-there", link, f"<{link.target}> is not there"))
    return sorted(set(found), key=lambda each: (list(RULES).index(each.rule), each.ours, each.message))


def targets(store: Store) -> list[str]:
    """The things that links which nobody rejected go to."""
    return sorted({link.target for link in links(store) if link.status != REJECTED})


def brought(store: Store) -> dict[str, Thing]:
    """What the store itself knows of the things that links go to, because it was brought from elsewhere."""
    wanted = targets(store)
    if not wanted:
        return {}
    query = queries.filled(queries.text_for("said-of-things", "property", ROLES), "thing", wanted)
    return {thing.iri: thing for thing in of_rows(read_rows(store.query(query).read()))}


def _one_id(gazetteer: Gazetteer, stated: Iterable[Link]) -> Iterator[Finding]:
    by_target: defaultdict[str, list[Link]] = defaultdict(list)
    for link in stated:
        by_target[link.target].append(link)
    for target, several in by_target.items():
        # a state that acts may be close to the country that another of ours is
        for entries in (gazetteer.places, gazetteer.actors):
            ours = {link.subject: link for link in several if link.subject in entries}
            yield from _pairs(ours, target)
        exact = {link.subject: link for link in several if link.relation == EXACT}
        yield from _pairs(exact, target)


def _pairs(ours: Mapping[str, Link], target: str) -> Iterator[Finding]:
    for subject in sorted(ours)[1:]:
        others = ", ".join(f"{last_part(each)} ({_status(ours[each])})" for each in sorted(ours) if each != subject)
        yield _finding("one-id-two-things", ours[subject], f"<{target}> is linked to {others} too")


def _two_ids(stated: Iterable[Link]) -> Iterator[Finding]:
    told: defaultdict[tuple[str, str], dict[str, Link]] = defaultdict(dict)
    for link in stated:
        if link.relation == EXACT:
            told[link.subject, space(link.target)].setdefault(link.target, link)
    for several in told.values():
        for target in sorted(several)[1:]:
            others = ", ".join(f"<{each}> ({_status(several[each])})" for each in sorted(several) if each != target)
            yield _finding("one-thing-two-ids", several[target], f"<{target}>, and {others}")


def _compared(scorer: Scorer, ours: Entry, link: Link, thing: Thing) -> Iterator[Finding]:
    mine, theirs = scorer.sorts(ours), sorts(thing.types)
    if link.relation == EXACT and mine and theirs and not mine & theirs:
        words = (
            f"{', '.join(sorted(scorer.gazetteer.concepts[each] for each in ours.types))} / {', '.join(thing.types)}"
        )
        yield _finding("type-clash", link, f"<{link.target}>: {words}")
    if ours.point and thing.point:
        apart, limit = kilometres(ours.point, thing.point), scorer.reach(ours)
        if apart > limit:
            yield _finding("far-apart", link, f"<{link.target}>: {apart:.0f} km, the limit is {limit:.0f}")


def _entry(gazetteer: Gazetteer, iri: str) -> Entry | None:
    return gazetteer.places.get(iri) or gazetteer.actors.get(iri)


def _finding(rule: str, link: Link, message: str) -> Finding:
    return Finding(rule, link.subject, f"{last_part(link.subject)} ({_status(link)}): {message}")


def _status(link: Link) -> str:
    return last_part(link.status).casefold()
