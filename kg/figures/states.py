"""An answer as figures show it: who is named, in which series each is drawn, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.control.answers import Flag, State

SERIES = 5
"""How many ways there are to draw an actor. The last is for all who have none of their own."""


@dataclass(frozen=True)
class Party:
    """An actor in a figure: IRI, what it is called, the number of its series (0 is the first)."""

    actor: str
    label: str
    series: int


@dataclass(frozen=True)
class Answer:
    """Who held a place, as it is drawn: the state, the certain controller, the possible ones, the flags.

    `assumed` tells that no word names any of the controllers: they are there by a baseline or a presumption.
    """

    state: State
    certain: Party | None = None
    possible: tuple[Party, ...] = ()
    flags: frozenset[Flag] = frozenset()
    assumed: bool = False

    @property
    def parties(self) -> tuple[Party, ...]:
        """The certain controller and the possible ones, in the order of their series."""
        certain = (self.certain,) if self.certain else ()
        return tuple(sorted((*certain, *self.possible), key=lambda party: (party.series, party.label, party.actor)))


UNKNOWN = Answer("unknown")


def series_of(actors: Iterable[str], stated: Mapping[str, int]) -> dict[str, int]:
    """The series of each actor: the one that the data states for it (from 1 on), else the first that is free.

    The order is that of the IRIs. Whoever finds none free, or is stated to be beyond the last, has the last.
    """
    found = {actor: min(number, SERIES) - 1 for actor, number in stated.items() if number >= 1}
    free = iter([number for number in range(SERIES - 1) if number not in found.values()])
    for actor in sorted(set(actors) - found.keys()):
        found[actor] = next(free, SERIES - 1)
    return found


def listed(names: Sequence[str], word: str) -> str:
    """Names in a sentence.

    >>> listed(["A"], "or"), listed(["A", "B", "C"], "or")
    ('A', 'A, B or C')
    """
    return f" {word} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def words(answer: Answer) -> str:
    """An answer in words, without the flags that say how it was come by.

    >>> words(Answer("controlled", Party("t", "the Taliban", 1), flags=frozenset({"self-claimed"})))
    'controlled by the Taliban, by its own word'
    """
    names = [party.label for party in answer.parties]
    if answer.state == "controlled":
        own = ", by its own word" if "self-claimed" in answer.flags else ""
        return f"controlled by {listed(names, 'or')}{own}"
    if answer.state == "possible":
        return f"{'assumed to be' if answer.assumed else 'possibly'} held by {listed(names, 'or')}"
    if answer.state == "contested":
        if len(names) > 1:
            return f"contested between {listed(names, 'and')}"
        return f"contested, {names[0]} being one side" if names else "contested on the ground"
    if answer.state == "disputed":
        return f"disputed between sources: {' ≠ '.join(names)}" if names else "disputed between sources"
    return "unknown"


NOTES: dict[Flag, str] = {
    "contested": "contested is among what is possible",
    "partial": "in part only",
    "presupposed": "partly presumed",
    "baseline": "partly by the baseline",
    "carried": "last said earlier",
}
"""Flag → what it adds to the words. Those of a dispute and of an own word are in the words themselves."""


def notes(answer: Answer) -> list[str]:
    """What the flags add to the words."""
    told = [NOTES[flag] for flag in NOTES if flag in answer.flags]
    if answer.state == "contested":
        told = [note for note in told if note != NOTES["contested"]]
    if answer.assumed:
        told = [
            "by the baseline" if note == NOTES["baseline"] else "presumed" if note == NOTES["presupposed"] else note
            for note in told
        ]
    return told


def sentence(answer: Answer) -> str:
    """The words and what the flags add.

    >>> sentence(Answer("unknown", flags=frozenset({"partial"})))
    'unknown (in part only)'
    """
    told = notes(answer)
    return f"{words(answer)} ({'; '.join(told)})" if told else words(answer)
