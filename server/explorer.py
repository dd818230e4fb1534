"""`/graph`: the graph around a thing, with counts before anything is opened, and ways between two things."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template

from kg import asking, naming, ties, told
from kg.errors import BadQuestion
from kg.gazetteer import Gazetteer, open_gazetteer
from kg.ontology import PREFIXES
from kg.ties import Direction, Tie
from server import holders, parameters, wording
from server.scene import name_of

bp = Blueprint("explorer", __name__)

CAP = 25
"""How many others of one property are opened at once."""
LIMIT = 400
"""How many of them at most."""
OPENED = 40
"""How many properties the page lists as opened."""


@dataclass(frozen=True)
class Opened:
    """A property of a thing that is opened, and the others that are shown of how many."""

    thing: str
    property: str
    direction: Direction
    shown: list[Tie]
    total: int


@bp.get("/graph")
def page() -> str | Response:
    """A thing with its ties counted by property; those that are opened are listed. `view=control`: who held what."""
    if parameters.one("view") == "control":
        return holders.page()
    gazetteer = open_gazetteer(parameters.store())
    thing = _thing(gazetteer, parameters.one("sel") or _first(gazetteer))
    found = ties.around(parameters.store(), thing)
    opened = [_asked(gazetteer, thing, found, each) for each in parameters.values("open")[:OPENED]]
    shown = {iri for each in opened for iri in (each.thing, *(tie.other for tie in each.shown))}
    counted = ties.counts(found)
    return render_template(
        "explorer/graph.html",
        thing=thing,
        counted=counted,
        opened=opened,
        cap=CAP,
        most=len(found) == ties.MOST,
        name_of=name_of,
        prefixes=PREFIXES,
        labels=_labels(gazetteer, {thing, *shown, *(name for name, _, _ in counted)}),
        version=gazetteer.version,
    )


@bp.get("/graph/ties")
def counted() -> Response:
    """What a thing is tied to, as JSON: counts by property and direction; with `property` and `direction`, `limit` of
    the others themselves from `offset` on."""
    gazetteer = open_gazetteer(parameters.store())
    thing = _thing(gazetteer, parameters.one("sel") or "")
    found = ties.around(parameters.store(), thing)
    wanted = parameters.one("property")
    if wanted is None:
        counted = ties.counts(found)
        labels = _labels(gazetteer, {thing, *(name for name, _, _ in counted)})
        told_ties = [
            {"property": name_of(name), "label": wording.called(name, labels), "direction": side, "count": many}
            for name, side, many in counted
        ]
        return _json({"thing": _told(thing, labels), "ties": told_ties})
    side = _side(parameters.one("direction") or "out")
    offset = asking.whole("offset", parameters.one("offset") or "0")
    limit = asking.whole("limit", parameters.one("limit") or str(CAP), 1, LIMIT)
    opened = _opened(thing, found, naming.expanded(wanted) or wanted, side, offset, limit)
    labels = _labels(gazetteer, {thing, opened.property, *(tie.other for tie in opened.shown)})
    return _json(
        {
            "thing": _told(thing, labels),
            "label": wording.called(opened.property, labels),
            "total": opened.total,
            "others": [{**_told(tie.other, labels), "day": tie.day} for tie in opened.shown],
        }
    )


@bp.get("/graph/way")
def way() -> Response:
    """A shortest way between two things, as JSON: what is on it, and the ties between."""
    gazetteer = open_gazetteer(parameters.store())
    begin, end = _ends(gazetteer)
    steps = ties.way(parameters.store(), begin, end)
    if not steps:
        for thing in (begin, end):
            ties.around(parameters.store(), thing)  # nothing leads to what nothing is known of
    iris = [begin, *(tie.other for tie in steps)] if steps else [begin, end]
    return _json({**_stepped(gazetteer, iris, steps), "furthest": ties.FURTHEST})


@bp.get("/graph/both")
def both() -> Response:
    """What two things are both tied to, as JSON: the two, the first 25 of these, and the ties between."""
    gazetteer = open_gazetteer(parameters.store())
    begin, end = _ends(gazetteer)
    found = ties.both(parameters.store(), begin, end)
    common = sorted({tie.other for tie in found})
    shown = set(common[:CAP])
    steps = [tie for tie in found if tie.other in shown]
    return _json({**_stepped(gazetteer, [begin, end, *common[:CAP]], steps), "total": len(common)})


def _ends(gazetteer: Gazetteer) -> tuple[str, str]:
    """The two things that are asked about."""
    return _thing(gazetteer, parameters.one("from") or ""), _thing(gazetteer, parameters.one("to") or "")


def _stepped(gazetteer: Gazetteer, iris: list[str], steps: list[Tie]) -> dict[str, Any]:
    """Things, and ties between them."""
    labels = _labels(gazetteer, {*iris, *(tie.property for tie in steps)})
    told = [
        {
            "from": name_of(tie.thing),
            "to": name_of(tie.other),
            "property": name_of(tie.property),
            "label": wording.called(tie.property, labels),
            "direction": tie.direction,
        }
        for tie in steps
    ]
    return {"things": [_told(iri, labels) for iri in iris], "steps": told}


def _thing(gazetteer: Gazetteer, text: str) -> str:
    """The thing that a text names: an IRI, a CURIE, or the slug of a place. Raises UnknownName."""
    iri = naming.expanded(text)
    return iri if iri is not None and parameters.IRI.fullmatch(iri) else naming.named(gazetteer, "place", text).iri


def _first(gazetteer: Gazetteer) -> str:
    """The thing that is shown where none is asked for: the first place with a position, or the first place."""
    located = (entry.iri for entry in gazetteer.places.values() if entry.point)
    return next(located, next(iter(gazetteer.places), gazetteer.version))


def _opened(thing: str, found: Iterable[Tie], name: str, side: Direction, offset: int = 0, many: int = CAP) -> Opened:
    fitting = [tie for tie in found if tie.property == name and tie.direction == side]
    return Opened(thing, name, side, fitting[offset : offset + many], len(fitting))


def _asked(gazetteer: Gazetteer, centre: str, found: Iterable[Tie], text: str) -> Opened:
    """What a value of `open` opens: direction, property, and, where it is not the centre, the thing; and how many
    times as many as at once."""
    side, name, of, many, *_ = [*text.split(","), "", "", ""]
    thing = _thing(gazetteer, of) if of else centre
    if thing != centre:
        found = ties.around(parameters.store(), thing)
    parts = max(1, asking.whole("open", many or "1"))
    return _opened(thing, found, naming.expanded(name) or name, _side(side), many=CAP * parts)


def _side(text: str) -> Direction:
    if text not in ("in", "out"):
        raise BadQuestion("direction", text, "accepted are out and in")
    return "in" if text == "in" else "out"


def _labels(gazetteer: Gazetteer, iris: set[str]) -> dict[str, str]:
    """What things are called, those of the gazetteer in the language that is asked for."""
    return gazetteer.called(told.names(parameters.store(), sorted(iris)), parameters.one("lang") or "en")


def _told(iri: str, labels: dict[str, str]) -> dict[str, str]:
    kind = iri.partition("/id/")[2].partition("/")[0] if wording.is_ours(iri) else "other"
    name = wording.called(iri, labels)
    shown = wording.when(name) if kind == "when" else name
    return {"id": name_of(iri), "label": shown, "kind": kind or "term", "page": wording.local(iri)}


def _json(told: dict[str, Any]) -> Response:
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")
