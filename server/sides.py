"""The two sides of a comparison: where they differ, in what way and whom it concerns, and what happened in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from kg import answering, asking, contrast, differing
from kg.contrast import KINDS, Kind
from kg.control.answers import Verdict
from kg.control.courses import Takeover, takeovers
from kg.differing import Compared
from kg.figures import seen
from kg.figures.calendar import date_of
from kg.figures.map import map_svg
from kg.figures.states import UNKNOWN, Answer, Party
from kg.gazetteer import Entry
from server import parameters
from server.scene import NARROW, Scene, address, scene, window

ROWS = 500
"""How many places the table has; the rest is counted."""
SIDED = ("at", *asking.LISTENING)
"""The parameters that a side may have for itself."""


class Row(NamedTuple):
    """A place in which the sides differ: in what way, who it concerns, and what either side says."""

    entry: Entry
    kind: Kind
    parties: tuple[Party, ...]
    answers: tuple[Answer, Answer]
    verdicts: tuple[Verdict, Verdict]

    @property
    def grounds(self) -> list[tuple[str, str]]:
        """The claims that the answers rest on, each with the letters of the sides that do: of B alone, of A alone, of
        both."""
        a, b = (verdict.because for verdict in self.verdicts)
        return [
            (iri, letters) for letters, those in (("B", b - a), ("A", a - b), ("AB", a & b)) for iri in sorted(those)
        ]


class Holding(NamedTuple):
    """How many places an actor holds: for certain in A and in B, of these in one of them only; possibly in A and B."""

    party: Party
    sure: tuple[int, int]
    gained: int
    lost: int
    maybe: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides of a question, of one version. `whole` is the second with all parameters of the request."""

    a: Scene
    b: Scene
    whole: Scene
    found: Compared

    @property
    def sides(self) -> tuple[Scene, Scene]:
        """Both."""
        return self.a, self.b

    @cached_property
    def listed(self) -> list[Entry]:
        """The places that both sides list, in the order of their IRIs."""
        known = self.found.first.known
        return [known.entry(known.places[at]) for at in self.found.both.tolist()]

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The places in which the sides differ, each with the way in which it does: in the order of these, the weighty
        first, then by name."""
        known, lang = self.found.first.known, self.whole.question.lang
        told = {
            place: _kind(self.answers(place)) for place in (known.places[at] for at in self.found.first.at.tolist())
        }

        def rank(place: str) -> tuple[int, bool, str, str]:
            entry, kind = known.entry(place), told[place]
            return KINDS.index(kind), seen.WEIGHTY.isdisjoint(entry.types), entry.label(lang), place

        return {place: told[place] for place in sorted(told, key=rank)}

    def answers(self, place: str) -> tuple[Answer, Answer]:
        """What both sides say of a place."""
        return self.a.told.get(place, UNKNOWN), self.b.told.get(place, UNKNOWN)

    @cached_property
    def rows(self) -> list[Row]:
        """The first places in which the sides differ."""
        places = list(self.kinds)[:ROWS]
        known = self.found.first.known
        verdicts = zip(self.found.first.of(places), self.found.second.of(places), strict=True)
        return [
            Row(known.entry(place), kind, _parties(kind, *self.answers(place)), self.answers(place), both)
            for (place, kind), both in zip(list(self.kinds.items())[:ROWS], verdicts, strict=True)
        ]

    @property
    def alike_listening(self) -> bool:
        """Whether both sides listen to the same."""
        return self.a.question.view == self.b.question.view

    @property
    def in_time(self) -> bool:
        """Whether the second side is later, and nothing else is different."""
        return self.alike_listening and self.a.question.last < self.b.question.first

    @cached_property
    def takeovers(self) -> list[Takeover]:
        """The days between the sides on which a place got another certain holder, where the second side is later."""
        if not self.in_time:
            return []
        since, until = self.a.question.last, self.b.question.last
        numbers = self.found.first.known.numbers[self.found.both]
        every = takeovers(self.b.index, numbers, self.b.question.view)
        return [each for each in every if since < each.day <= until]

    @cached_property
    def holdings(self) -> list[Holding]:
        """What each actor holds by either side, the one with most in B first."""
        sure = [Counter[Party]() for _ in range(4)]
        maybe = [Counter[Party](), Counter[Party]()]
        for entry in self.listed:
            one, other = self.answers(entry.iri)
            for number, answer in enumerate((one, other)):
                maybe[number].update(answer.possible)
                sure[number].update([answer.certain] if answer.certain else [])
            if one.certain != other.certain:
                sure[2].update([other.certain] if other.certain else [])
                sure[3].update([one.certain] if one.certain else [])
        found = [
            Holding(
                each, (sure[0][each], sure[1][each]), sure[2][each], sure[3][each], (maybe[0][each], maybe[1][each])
            )
            for each in {*sure[0], *sure[1], *maybe[0], *maybe[1]}
        ]
        return sorted(found, key=lambda each: (-each.sure[1], -each.sure[0], -each.maybe[1], each.party.label))

    def address(self, **changed: str | None) -> str:
        """The address of this page with some parameters changed."""
        return self.whole.address("/compare", **changed)

    def twin(self, form: str) -> str:
        """The address of the same as data, which takes the parameters of the question and no others."""
        taken = {"at", "version", *asking.LISTENING, *asking.LISTING}
        taken |= {f"{side}.{name}" for side in asking.SIDES for name in SIDED}
        changed = {"a.at": self.a.question.at, "b.at": self.b.question.at, "format": form}
        if len(self.found) > 1000:
            changed["limit"] = str(len(self.found))
        none = dict.fromkeys(name for name in self.whole.given if name not in taken | changed.keys())
        return self.whole.address("/api/compare", **none, **changed)

    def exchanged(self) -> str:
        """The address of this page with its sides exchanged."""
        other = {"a": "b", "b": "a"}
        given = {
            (f"{other[name[0]]}{name[1:]}" if name[:2] in ("a.", "b.") else name): values
            for name, values in self.whole.given.items()
        }
        return address(given, "/compare", **{"a.at": self.b.question.at, "b.at": self.a.question.at})

    def drawn(self, side: int, ids: Mapping[str, str]) -> str:
        """The map of a side, on which a place of the table leads there."""
        asked = self.sides[side]
        places = [(entry, self.answers(entry.iri)[side]) for entry in self.listed]

        def href(place: str) -> str:
            return f"#{ids[place]}" if place in ids else asked.about(place)

        sheet = asked.sheet() if side else replace(asked.sheet(), credits=())
        return map_svg(
            seen.sites(asked.gazetteer, places, asked.question.lang, href), seen.outlines_of(asked.gazetteer), sheet,
            NARROW, asked.selected, frozenset(asked.question.within), asking.SIDES[side], headed=False,
            ranks=asked.ranks, window=window(), ringed=frozenset(self.kinds),
        )  # fmt: skip


def sides() -> Comparison:
    """What this request asks for; of a side without a day the first of the data, or the last on which anything changes.

    Raises what `kg.asking.sides` and `kg.answering.held` raise.
    """
    given, store = parameters.given(), parameters.store()
    first = date_of(answering.known(store).index.ledger.study_start)
    with asking.telling(given, "a"):
        a = scene(at=first, given=asking.side(given, "a"))
    with asking.telling(given, "b"):
        b = scene(given=asking.side(given, "b"))
    return Comparison(a, b, replace(b, given=given), differing.compare(store, a.question, b.question))


def _kind(answers: tuple[Answer, Answer]) -> Kind:
    sides = (
        contrast.Told(
            answer.state, answer.certain.actor if answer.certain else None,
            frozenset(party.actor for party in answer.parties),
        )
        for answer in answers
    )  # fmt: skip
    found = contrast.kind(*sides)
    assert found
    return found


def _parties(kind: Kind, one: Answer, other: Answer) -> tuple[Party, ...]:
    """Whom a difference concerns: who gained or lost, or may hold the place in one of the answers only."""
    if kind == "changed-hands" and one.certain and other.certain:
        return one.certain, other.certain
    if kind in ("gained", "settled", "lost", "doubtful"):
        sure = other.certain or one.certain
        return (sure,) if sure else ()
    if kind in ("newly-possible", "ruled-out"):
        more, less = (other, one) if kind == "newly-possible" else (one, other)
        return tuple(party for party in more.parties if party not in less.parties)
    return ()
