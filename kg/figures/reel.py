"""A map through time: each way in which a place is ever drawn, once, and for each place from which day on it is which.

A page moves through the days with it, without asking for a drawing of each; what is drawn is what `kg.figures.map`
draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kg.figures.drawing import alone, text_of
from kg.figures.patterns import Fills
from kg.figures.states import Answer, sentence, words
from kg.figures.symbols import SIZE, symbol
from kg.figures.timeline import Lane

PREFIX = "reel"
"""With what the ids of its patterns begin."""


def reel(lanes: Iterable[Lane], name: Callable[[str], str]) -> dict[str, Any]:
    """The reel of these places: `ways` to be drawn, `patterns` they need (SVG), and `places` by the names that `name`
    gives to their IRIs, each as label, kind, and days (proleptic Gregorian ordinals) with the numbers of ways in turn.
    """
    patterns = alone(0, 0)
    fills = Fills(patterns, PREFIX)
    numbers: dict[Answer, int] = {}
    places = {}
    for lane in lanes:
        runs: list[int] = []
        for span in lane.spans:
            runs += (span.first, numbers.setdefault(span.answer, len(numbers)))
        places[name(lane.place)] = [lane.label, lane.kind, runs]
    ways = [_way(answer, fills) for answer in numbers]
    return {"ways": ways, "patterns": text_of(patterns), "places": places}


def _way(answer: Answer, fills: Fills) -> dict[str, Any]:
    """One way to be drawn: as a symbol around the origin, and as the fill of an area; in words, short and whole."""
    root = alone(0, 0)
    symbol(root, answer, (0.0, 0.0), SIZE)
    halves = [fills.solid(party.series) for party in answer.parties] if answer.state == "disputed" else []
    return {
        "state": answer.state,
        "words": words(answer),
        "told": sentence(answer),
        "actors": [[party.actor, party.label, party.series, party == answer.certain] for party in answer.parties],
        "symbol": text_of(root),
        "fill": fills.of(answer),
        "halves": halves,
        "partial": fills.notches() if "partial" in answer.flags else None,
        "carried": "carried" in answer.flags,
    }
