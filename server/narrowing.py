"""What a page of `/browse` is asked for: the sort of things, the values that are chosen, addresses that change them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from kg import asking, naming
from kg.browsing.gathering import Facet
from kg.browsing.shelf import SORTS, Shelf, Shelves, Sort
from kg.browsing.shelves import at_hand as hand
from kg.browsing.shelves import shelves
from kg.control.verdicts import STATES
from kg.errors import BadQuestion, StoreProblem
from kg.gazetteer import Gazetteer, Kind, last_part
from kg.store.embedded import Store
from server import parameters, wording
from server.errors import Rejected

THINGS: Mapping[str, Kind] = {
    "within": "place", "place": "place", "actor": "actor", "claimant": "actor", "source": "source",
}  # fmt: skip
"""Facets whose values are named as places, actors and sources are."""
SHOWN, MOST = 50, 500
"""How many things a page shows where nothing is said, and at most."""
EARLIER = "controlgraph.changing"
"""Where the environment says that an answer is not to be kept: here because a newer version is being read."""
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Narrowed:
    """The things of a sort that are asked for: the values chosen of each facet, and which of all that fit are shown."""

    sort: Sort
    given: asking.Given
    chosen: Mapping[str, tuple[str, ...]]
    offset: int
    limit: int

    def address(self, **changed: str | None) -> str:
        """This page with some parameters changed, from its first things on; those with None are left out."""
        pairs = [(name, text) for name, texts in self.given.items() if name not in {*changed, "offset", "format"}
                 for text in texts if text]  # fmt: skip
        pairs += [(name, text) for name, text in changed.items() if text is not None]
        path = f"/browse/{self.sort}"
        return f"{path}?{urlencode(pairs, safe='/:,')}" if pairs else path

    def turned(self, facet: str, value: str) -> str:
        """This page with a value chosen, or not any more."""
        had = self.chosen.get(facet, ())
        kept = [each for each in had if each != value] if value in had else [*had, value]
        return self.address(**{facet: ",".join(short(each) for each in kept) or None})


def at_hand() -> tuple[Store, Shelves]:
    """What this request browses, and the store as it is in that version: of the one that is asked for, else what is
    there (`kg.browsing.shelves.at_hand`), of which the whole answer is then made."""
    store = parameters.store()
    of = shelves(store) if parameters.one("version") else hand(store)
    if of.version != store.version():
        try:
            store = request.environ["controlgraph.store"] = store.at(of.version)
        except StoreProblem:  # it is not kept any more
            of = shelves(store)
        else:
            # a newer version is published, and its answer is soon there: this one is not to be kept
            request.environ[EARLIER] = True
    request.environ["controlgraph.version"] = of.version
    return store, of


def short(value: str) -> str:
    """A value as addresses have it: words of ours as they are, types and stances by their last part, other things by
    their CURIE."""
    if ":" not in value:
        return value
    curie = wording.short(value)
    return last_part(value) if curie.startswith("kg:") else value if curie.startswith("<") else curie


def narrowed(
    sort: str, shelf: Shelf | None, further: Sequence[str], given: asking.Given, gazetteer: Gazetteer
) -> Narrowed:
    """What is asked for; `further` are facets that this question alone has.

    Raises Rejected, BadQuestion, UnknownName, AmbiguousName.
    """
    if shelf is None:
        raise Rejected(404, "unknown-sort", "No such things", f"{sort}: what can be browsed is {', '.join(SORTS)}")
    chosen = {}
    for name in dict.fromkeys((*shelf.facets, *further)):
        if texts := asking.several(given, name):
            chosen[name] = _values(name, texts, shelf.facets.get(name), gazetteer)
    offset = asking.whole("offset", asking.one(given, "offset") or "0")
    limit = asking.whole("limit", asking.one(given, "limit") or str(SHOWN), 1, MOST)
    return Narrowed(shelf.sort, given, chosen, offset, limit)


def _values(name: str, texts: Sequence[str], facet: Facet | None, gazetteer: Gazetteer) -> tuple[str, ...]:
    if name in THINGS:
        return asking.things(gazetteer, THINGS[name], texts)
    if name == "state":
        return tuple(asking.chosen("state", text, STATES) for text in texts)
    if name == "month":
        for text in texts:
            if not _MONTH.fullmatch(text):
                raise BadQuestion("month", text, "accepted are months, such as 2021-07")
        return tuple(dict.fromkeys(texts))
    assert facet is not None
    by_name = {last_part(iri).casefold(): iri for iri in facet.values}
    found = []
    for text in texts:
        iri = naming.expanded(text) or by_name.get(text.replace("-", "").replace(" ", "").casefold(), "")
        if iri not in facet.values:
            raise BadQuestion(name, text, f"accepted are {', '.join(sorted(map(last_part, facet.values)))}")
        found.append(iri)
    return tuple(dict.fromkeys(found))
