"""The map as JSON and GeoJSON, written straight from columns: 20,000 places are forty megabytes of text."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from kg.answering import Held, Known
from kg.control.findings import Findings, undated
from kg.control.grounds import Grounds
from kg.control.ledger import Ledger
from kg.control.names import Array, Names
from kg.control.spells import OPEN, Spells
from kg.control.verdicts import FLAGS, REASONS, STATES, flags_of
from kg.forms import neighbours, plain
from kg.forms.woven import Pieces, Section, filled, firsts, length, order, woven

Form = Literal["json", "geojson"]
TOGETHER = 500
"""Places in one part of the text, about a megabyte: what fits into the processor's caches is put together faster."""

_heads: WeakKeyDictionary[Known, dict[tuple[Form, str], dict[int, bytes]]] = WeakKeyDictionary()
_STATES = [
    f', "state": "{state}", "flags": {json.dumps(sorted(flags_of(code)))}, "controllers": ['.encode()
    for state in STATES for code in range(1 << len(FLAGS))
]  # fmt: skip


class Written(NamedTuple):
    """A document in UTF-8: how many bytes it has, and its parts, which are put together while others are sent."""

    size: int
    parts: Iterable[bytes]


def written(found: Held, form: Form, start: int = 0, stop: int | None = None, *, grounded: bool = True) -> Written:
    """The answer with the listed places from `start` to before `stop` as a JSON document."""
    opening = heads(found.known, form, found.question.lang, found.at[start:stop].tolist())
    closing = b"}}" if form == "geojson" else b"}"
    about = {**plain.asked(found.question), "version": found.version, "total": len(found)}
    if form == "geojson":
        about = {"type": "FeatureCollection", **about}
    name = "features" if form == "geojson" else "places"
    before, after = f'{json.dumps(about, ensure_ascii=False)[:-1]}, "{name}": [\n'.encode(), b"\n]}\n"
    inside = runs(found, start, stop)
    if not opening:
        return Written(len(before) + len(after), [before, after])
    if len(opening) == 1:
        body = neighbours.body(found, start, bodies, grounded=grounded)
        text = b"".join([before, opening[0], body, *inside, closing, after])
        return Written(len(text), [text])
    size = len(opening)
    pieces, sections = body_of(found, found.findings(start, stop, grounded=grounded), grounded=grounded)
    head = Section(None, (pieces.add(opening) + np.arange(size),))
    tail = [Section(None, (pieces.add(inside) + np.arange(size),))] if inside else []
    ends = np.full(size, pieces.add([closing + b",\n", closing]))
    ends[-1] += 1
    numbers, begins = order(size, [head, *sections, *tail, Section(None, (ends,))])
    parts = woven(pieces, numbers, [*begins[:-1:TOGETHER], begins[-1]])
    return Written(len(before) + length(pieces, numbers) + len(after), chain([before], parts, [after]))


def heads(known: Known, form: Form, language: str, at: list[int]) -> list[bytes]:
    """For known places, by their positions, what is always the same of each, as an opened object."""
    kept = _heads.setdefault(known, {})
    told = kept.get((form, language))
    if told is None:
        if len(kept) > 8:  # languages are the client's to name
            kept.clear()
        told = kept[form, language] = {}
    for number in at:
        if number not in told:
            told[number] = head(known, form, known.places[number], language).encode()
    return [told[number] for number in at]


def head(known: Known, form: Form, place: str, language: str) -> str:
    """What is always the same of a place, as an opened object."""
    told = plain.place(known, place, language)
    if form == "json":
        return json.dumps(told, ensure_ascii=False)[:-1]
    coordinates = told.pop("coordinates")
    geometry = {"type": "Point", "coordinates": coordinates} if coordinates else None
    feature = {"type": "Feature", "id": place, "geometry": geometry, "properties": told}
    return json.dumps(feature, ensure_ascii=False)[:-2]


def bodies(found: Held, told: Findings, *, grounded: bool) -> list[bytes]:
    """For every place its answer, as what comes next in an object."""
    pieces, sections = body_of(found, told, grounded=grounded)
    return list(woven(pieces, *order(len(told), sections)))


def body_of(found: Held, told: Findings, *, grounded: bool) -> tuple[Pieces, list[Section]]:
    """The pieces of the answers about places, and in which order each has them."""
    pieces, ledger = Pieces(), found.known.index.ledger
    code = told.state.astype(np.int64) * (1 << len(FLAGS)) + told.flags
    sections = [
        Section(None, (pieces.of(code, lambda codes: map(_STATES.__getitem__, codes)),)),
        stays(pieces, told.stays, found),
        always(pieces, b'], "excluded": ['),
        parted(pieces, told.excluded_at, pieces.of(told.excluded, lambda actors: quoted(ledger.actors, actors))),
    ]
    if not grounded:
        return pieces, [*sections, always(pieces, b"]")]
    sections.append(always(pieces, b'], "because": ['))
    return pieces, [*sections, *grounds(pieces, ledger, told.rests, len(told))]


def always(pieces: Pieces, text: bytes) -> Section:
    """The same text in each part."""
    return Section(None, (pieces.add([text]),))


def quoted(names: Names, numbers: list[int]) -> Iterator[bytes]:
    """Names as texts of JSON; IRIs have no character that would have to be escaped. None has the number -1."""
    return (f'"{names[number]}"'.encode() if number >= 0 else b"null" for number in numbers)


def parted(pieces: Pieces, at: Array, *columns: Array | int) -> Section:
    """Lines with commas between those of one part."""
    return Section(at, (pieces.add([b", ", b""]) + firsts(at), *columns))


def stays(pieces: Pieces, told: Spells, found: Held) -> Section:
    """Every controller."""
    actors = found.known.index.ledger.actors

    def who(numbers: list[int]) -> Iterator[bytes]:
        for number in numbers:
            name, sure = actors[number // 2], ("possible", "certain")[number % 2]
            label = json.dumps(found.label(name), ensure_ascii=False)
            yield f'{{"actor": "{name}", "label": {label}, "certainty": "{sure}", "possibleFrom": '.encode()

    def day(column: Array, following: str) -> Array:
        return pieces.of(column, lambda days: [bound(each, following) for each in days])

    return parted(
        pieces, told.at, pieces.of(told.actor * 2 + told.certain, who), day(told.possible_from, "certainFrom"),
        day(told.certain_from, "certainUntil"), day(told.certain_until, "possibleUntil"),
        day(told.possible_until, "interrupted"), pieces.add([b"false}", b"true}"]) + told.interrupted,
    )  # fmt: skip


@lru_cache(1 << 16)
def bound(day: int, following: str) -> bytes:
    """A bound of a stay, before the name of what follows it."""
    return f'{"null" if day == OPEN else f"{chr(34)}{plain.day(day)}{chr(34)}"}, "{following}": '.encode()


def grounds(pieces: Pieces, ledger: Ledger, rests: Grounds, size: int) -> list[Section]:
    """What each answer rests on."""
    both = pieces.of(np.concatenate([rests.claim, rests.member]), lambda numbers: claims(ledger, numbers))
    begins = pieces.add([b'", "', b'"', b'"], ["', b'["'])
    after = pieces.add([b'], "conflicts": [', b'"], "conflicts": [', b'], "unheard": [', b'"]], "unheard": ['])
    starts = firsts(rests.group_at)
    dateless = np.flatnonzero(undated(ledger, rests.claim))
    at = rests.claim_at[dateless]
    return [
        Section(rests.claim_at, (begins + firsts(rests.claim_at), both[: len(rests.claim)])),
        Section(None, (after + filled(rests.claim_at, size),)),
        Section(rests.group_at, (begins + np.where(firsts(rests.group), 2 + starts, 0), both[len(rests.claim) :])),
        Section(None, (after + 2 + filled(rests.group_at, size),)),
        unheard(pieces, ledger, rests),
        always(pieces, b'], "undated": ['),
        Section(at, (begins + firsts(at), both[dateless])),
        Section(None, (pieces.add([b"]", b'"]']) + filled(at, size),)),
    ]


def claims(ledger: Ledger, numbers: list[int]) -> list[bytes]:
    """The names of claims by their numbers, in order; baselines have the number of all claims added."""
    size = bisect_left(numbers, len(ledger.claims))
    assumed = np.array(numbers[size:], np.int64) - len(ledger.claims)
    return [*whole(ledger.claims, np.array(numbers[:size], np.int64)), *whole(ledger.baselines, assumed)]


def whole(names: Names, numbers: Array) -> list[bytes]:
    """Names by their numbers, in UTF-8."""
    prefix = names.prefix
    return [prefix + rest for rest in names.rests(numbers)]


def unheard(pieces: Pieces, ledger: Ledger, rests: Grounds) -> Section:
    """Every voice that was not heard."""
    kinds = len(REASONS) + min(REASONS)

    def who(numbers: list[int]) -> Iterator[bytes]:
        named = quoted(ledger.actors, [number // 2 for number in numbers])
        for number, claimant in zip(numbers, named, strict=True):
            yield b'%s{"claimant": %s, "source": "' % (b"" if number % 2 else b", ", claimant)

    def why(numbers: list[int]) -> Iterator[bytes]:
        sources = whole(ledger.sources, np.array(numbers) // kinds)
        reasons = {fate: f'", "reason": "{reason}"}}'.encode() for fate, reason in REASONS.items()}
        return (source + reasons[number % kinds] for number, source in zip(numbers, sources, strict=True))

    voice = pieces.of(rests.claimant.astype(np.int64) * 2 + firsts(rests.unheard_at), who)
    return Section(rests.unheard_at, (voice, pieces.of(rests.source.astype(np.int64) * kinds + rests.fate, why)))


def runs(found: Held, start: int, stop: int | None) -> list[bytes]:
    """The spans of every answer, where places are named and several days are asked about; nothing else."""
    asked = found.question
    if not asked.places or asked.first == asked.last:
        return []
    places = (found.known.places[at] for at in found.at[start:stop].tolist())
    spans = ([plain.run(each) for each in found.runs(place)] for place in places)
    return [f', "runs": {json.dumps(told, ensure_ascii=False)}'.encode() for told in spans]
