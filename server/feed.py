"""`/feed` and `/feed/versions`: what is new about control in each version, and the versions themselves, as Atom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response
from pydantic import Field

from kg import asking, dates, told
from kg.control.answers import View
from kg.dossier.document import address as dossier_address
from kg.errors import BadDate, BadQuestion
from kg.gazetteer import open_gazetteer
from kg.news import Item, items
from kg.store.journal import newest
from server import atom, current, parameters, wording
from server.atom import Entry
from server.declared import Query, read

bp = Blueprint("feed", __name__)

SHOWN = 100
"""How many entries a feed has; the next ones are behind its link `next` (RFC 5005)."""
_AGO = re.compile(r"(\d{6,}-[0-9a-f]{12})\.(\d+)")
_TITLES = {"came": "", "changed": "Told otherwise: ", "went": "Gone: "}


class Followed(Query):
    """Of what a feed tells."""

    place: list[str] = Field([], description="only of these places")
    actor: list[str] = Field([], description="only where one of these is a holder, a loser, a party or a speaker")
    sources: list[str] = Field([], description="only from these sources")
    before: str | None = Field(None, description="where the page begins: from the link `next` of another")


@bp.route("/feed")
def changes() -> Response:
    """The claims about control that are new in each version, told otherwise, or gone; the newest version first."""
    given = read(Followed)
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    every = items(
        store,
        asking.things(gazetteer, "place", given.place),
        asking.things(gazetteer, "actor", given.actor),
        asking.things(gazetteer, "source", given.sources),
    )
    found = _before(given.before, every)
    shown = list(islice(found, SHOWN))
    here = current.address()
    query = {name: ",".join(texts) for name, texts in given.given().items() if texts and name != "before"}
    links = [("alternate", f"{here}/")]
    if next(found, None) is not None:
        links.append(("next", _address(query | {"before": f"{shown[-1].version}.{shown[-1].number + 1}"})))
    if given.before:
        query["before"] = given.before
    iris = {iri for item in shown for what in ("place", "actor", "claimant", "source") for iri in item.several(what)}
    labels = told.names(store, iris)
    title = "Controlgraph: what is new about control"
    return atom.feed(_address(query), title, links, (_entry(here, item, labels) for item in shown))


def _before(text: str | None, every: Iterator[Item]) -> Iterator[Item]:
    """The items, from the given place in the journal on."""
    if text is None:
        return every
    match = _AGO.fullmatch(text)
    if not match:
        raise BadQuestion("before", text, "take it from the link `next` of a feed")
    version, number = match[1], int(match[2])
    there = int(version.partition("-")[0])
    return dropwhile(lambda item: _number(item) > there or (_number(item) == there and item.number < number), every)


def _number(item: Item) -> int:
    return int(item.version.partition("-")[0])


def _address(query: dict[str, str]) -> str:
    return f"{current.address()}/feed" + (f"?{urlencode(query, safe='/:,', quote_via=quote)}" if query else "")


def _entry(here: str, item: Item, labels: dict[str, str]) -> Entry:
    def called(what: str) -> str:
        return ", ".join(wording.called(iri, labels) for iri in item.several(what))

    stances = [wording.stance(iri)[2] for iri in item.several("stance")]
    who = called("claimant") or "the source itself"
    lines = [
        f"{who} {', '.join(stances)}, in {called('source')}",
        f"Place: {called('place')}",
        f"Day: {', '.join(map(wording.when, item.several('when')))}" if item.several("when") else "Day: not given",
    ]
    links = [("alternate", here + wording.local(item.claim)), *(("related", here + each) for each in _dossiers(item))]
    return Entry(
        f"{here}/feed#{item.version}.{item.number}",
        _TITLES[item.kind] + " ".join(item.several("gloss")),
        item.at,
        item.who,
        "\n".join(lines),
        tuple(links),
        tuple(
            (iri, wording.called(iri, labels)) for what in ("place", "actor", "source") for iri in item.several(what)
        ),
    )


def _dossiers(item: Item) -> list[str]:
    """Where the answers are that the claim is a word on: of each of its places, on the last day that it gives."""
    days = []
    for text in item.several("when"):
        try:
            bounds = dates.parse(text)
        except BadDate:
            continue  # a text that is no date gives no day
        last = bounds.end_latest or bounds.latest or bounds.earliest
        if last:
            days.append(last.toordinal())
    return [dossier_address(place, max(days), max(days), View()) for place in item.several("place")[:5]] if days else []


@bp.route("/feed/versions")
def versions() -> Response:
    """Every version that was published, newest first: who wrote it, when, and how much."""
    here = current.address()
    lines = islice(newest(current.store().location), SHOWN)
    title = "Controlgraph: versions of the data"
    return atom.feed(
        f"{here}/feed/versions", title, [("alternate", f"{here}/")], (_version(here, each) for each in lines)
    )


def _version(here: str, line: dict[str, Any]) -> Entry:
    version, added, removed = line["version"], line.get("added", {}), line.get("removed", {})
    lines = [
        f"<{graph or 'default'}>: {added.get(graph, 0)} came, {removed.get(graph, 0)} went"
        for graph in sorted({*added, *removed})
    ]
    return Entry(
        f"{here}/feed/versions#{version}",
        f"{version}: {sum(added.values())} statements came, {sum(removed.values())} went",
        line["at"],
        line["who"],
        "\n".join(lines) or "nothing changed",
    )
