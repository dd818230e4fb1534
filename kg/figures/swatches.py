"""Each kind of answer as the figures draw it, beside its words: an area, a place, a bar of a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.control.answers import Flag, State
from kg.figures.bars import bar
from kg.figures.drawing import add, alone, text_of
from kg.figures.legend import area
from kg.figures.patterns import Fills
from kg.figures.states import Answer, Party
from kg.figures.symbols import half_width, symbol

WIDTH, HEIGHT = 132.0, 22.0


@dataclass(frozen=True)
class Kind:
    """A kind of answer: the state or flag that it shows, and an example of it."""

    name: State | Flag
    answer: Answer
    note: str = ""


def kinds(parties: Sequence[Party]) -> list[Kind]:
    """Every kind of answer that is drawn in a way of its own, with these parties, at least two, as its examples."""
    one, other = parties[:2]
    found = [Kind("controlled", Answer("controlled", party), party.label) for party in parties]
    return [
        *found,
        Kind("possible", Answer("possible", possible=(one,)), "one holder is possible"),
        Kind("possible", Answer("possible", possible=(one, other)), "several are"),
        Kind("possible", Answer("possible", possible=(one,), assumed=True), "only assumed, by baseline or presumption"),
        Kind("contested", Answer("contested", possible=(one, other))),
        Kind("disputed", Answer("disputed", possible=(one, other), flags=frozenset({"disputed"}))),
        Kind("unknown", Answer("unknown")),
        Kind("self-claimed", Answer("controlled", other, flags=frozenset({"self-claimed"}))),
        Kind("partial", Answer("controlled", other, flags=frozenset({"partial"}))),
        Kind("carried", Answer("controlled", other, flags=frozenset({"carried"}))),
    ]  # fmt: skip


def swatch(answer: Answer, prefix: str) -> str:
    """How an answer is drawn as an area, as a place, and on a timeline; ids begin with `prefix`."""
    root = alone(WIDTH, HEIGHT)
    root.set("class", "figure swatch")
    fills = Fills(add(root, "defs"), prefix)
    area(root, fills, answer, (1.0, 4.0))
    symbol(root, answer, (54.0, 11.0), 6.4 * min(1.0, 17.0 / half_width(answer, 6.4)))
    bar(root, fills, answer, 82.0, 130.0, 5.0)
    return text_of(root)
