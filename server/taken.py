"""The page of a source: what was taken from it, passage by passage, beside its text where there is a copy of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from flask import request

from kg import asking, queries
from kg.entities import Entity
from kg.gazetteer import Gazetteer
from kg.ontology import KG
from kg.taken import SHOWN, Day, Passage, Taken, taken
from server import current, parameters
from server.documents import Copy, copy_of


@dataclass(frozen=True)
class Piece:
    """Some of a source's text. `start` is where it begins, `passage` the number of the passage that was taken from it;
    None of a piece that nothing was taken from."""

    start: int
    text: str
    passage: int | None


@dataclass(frozen=True)
class Open:
    """A date that is no one day: as it is read, the source's words for it, and the claims that have it."""

    day: Day | None
    claims: list[str]


def of(entity: Entity, gazetteer: Gazetteer) -> dict[str, Any]:
    """What the page of a source tells beside what every page of a thing does."""
    told = taken(parameters.store(), entity.iri, asking.whole("offset", parameters.one("offset") or "0"))
    claims = [claim for passage in told.passages for claim in passage.claims]
    copied = _copy(entity)
    return {
        "source": told,
        "called_here": gazetteer.called(told.labels, parameters.one("lang") or "en"),
        "counts": _counts(claims),
        "left_open": _left_open(claims),
        "copied": copied,
        "pieces": _pieces(copied.text, told.passages) if copied.state == "here" else [],
        "begins": _begins(told.passages, len(copied.text)),
        "whole": told.claims == len(claims) and not told.more,
        "before": _page(min(told.first, told.claims) - SHOWN) if told.first else None,
        "after": _page(told.first + SHOWN) if told.first + SHOWN < told.claims else None,
        "question": queries.text_for("taken-from", "source", [entity.iri]),
    }


def _page(first: int) -> str:
    kept = {name: value for name in ("lang", "version") if (value := request.args.get(name))}
    return f"{request.path}?{urlencode({'offset': max(0, first), **kept})}#taken"


def _copy(entity: Entity) -> Copy:
    digests = [str(each.value) for each in entity.statements if each.property == KG.sha256]
    found = copy_of(entity.iri.rpartition("/")[2], digests[0] if digests else None)
    if digests and current.settings().documents:
        request.environ["controlgraph.changing"] = True  # by what is in the directory, which has no version
    return found


def _counts(claims: Sequence[Taken]) -> dict[str, int]:
    """How many claims are contradicted, dated otherwise, told by others too, and told by nobody else."""
    return {
        "contradicts": sum(bool(claim.counts["contradicts"]) for claim in claims),
        "other days": sum(bool(claim.counts["other days"]) for claim in claims),
        "agrees": sum(bool(claim.counts["agrees"]) for claim in claims),
        "retired": sum(claim.retired is not None for claim in claims),
    }


def _left_open(claims: Iterable[Taken]) -> list[Open]:
    """The dates that are no one day, and the words on control that have none, each with its claims."""
    found: dict[Day | None, list[str]] = {}
    for claim in claims:
        day = claim.when
        if (day and (not day.read or day.left_open or day.precision != "Day")) or (claim.control and day is None):
            found.setdefault(day, []).append(claim.claim)
    return [Open(day, listed) for day, listed in found.items()]


def _pieces(text: str, passages: Sequence[Passage]) -> list[Piece]:
    """The text, cut wherever something that was taken begins or ends; ranges that lie outside it are left out."""
    ranges = {
        claim.range: number
        for number, passage in reversed([*enumerate(passages)])
        for claim in passage.claims
        if claim.range and 0 <= claim.range[0] < claim.range[1] <= len(text)
    }
    cuts = sorted({0, len(text), *(cut for pair in ranges for cut in pair)})
    pieces = []
    for start, end in pairwise(cuts):
        over = [number for (first, last), number in ranges.items() if first <= start and end <= last]
        pieces.append(Piece(start, text[start:end], min(over, default=None)))
    return pieces


def _begins(passages: Sequence[Passage], size: int) -> list[int | None]:
    """Where each passage begins in a text of that many characters; None where that is not told."""
    return [
        min((claim.range[0] for claim in passage.claims if claim.range and claim.range[1] <= size), default=None)
        for passage in passages
    ]
