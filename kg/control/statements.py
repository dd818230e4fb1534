"""What a store asserts about control, property by property, before it means anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from kg import queries
from kg.control.facts import OPEN, Pairs, micros
from kg.control.names import Array, distinct
from kg.store.scan import scan

KG = "https://w3id.org/controlgraph/ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

PROPERTIES = (
    # of claims, the largest first
    "about", "source", "statesWhen", "stance", "recordedAt", "claimant", "statedOn", "attribute", "retiredAt",
    "supersedes", "presumes",
    # of events
    "place", "extent", "when", "toController", "fromController", "controller", "party", "contested", "follows",
    "sameOccurrence",
    # of dates, sources, places, actors, and the data set
    "earliest", "latest", "endLatest", "published", "knowledge", "derivedFrom", "side", "within", "organOf",
    "studyStart",
)  # fmt: skip
"""All that the rules of control read, besides the types of things."""
KINDS = ("ControlChange", "ControlObservation", "Source", "Aggregate")


@dataclass(frozen=True, eq=False)
class Statements:
    """Subjects and values of each of `PROPERTIES` (and of "type", for `KINDS`), each pair once, sorted, as numbers in
    `texts`, which are in order: the first of several values is the least."""

    texts: list[str]
    pairs: dict[str, Pairs]

    def first(self, name: str) -> Array:
        """For everything its first value of a property; -1 where it has none."""
        node, value = self.pairs[name]
        found = np.full(len(self.texts), -1)
        found[node[::-1]] = value[::-1]
        return found

    def having(self, name: str, value: str | None = None) -> Array:
        """Whether each thing has a property, or one value of it, an IRI of the ontology or a plain text."""
        node, values = self.pairs[name]
        if value is not None:
            kept = [number for number in np.unique(values).tolist() if self.texts[number] in (value, f"{KG}{value}")]
            node = node[np.isin(values, kept)]
        mask = np.zeros(len(self.texts), bool)
        mask[node] = True
        return mask

    def days(self, name: str) -> Pairs:
        """Nodes and days of a property whose values are dates; one that cannot be read is none."""
        node, value = self.pairs[name]
        day = self._read(value, lambda text: date.fromisoformat(text[:10]).toordinal(), OPEN)
        return node[day != OPEN], day[day != OPEN]

    def moments(self, name: str, absent: int) -> Array:
        """For everything the first instant that is its value of a property, in microseconds since 1970."""
        value = self.first(name)
        given = np.flatnonzero(value >= 0)
        found = np.full(len(self.texts), absent)
        found[given] = self._read(value[given], lambda text: micros(datetime.fromisoformat(text), absent), absent)
        return found

    def windows(self, name: str, last: str = "latest") -> tuple[Array, Array, Array]:
        """For everything whether it has dates of a property, and their days from the earliest to the `last` bound.

        A date without a bound is open. Where graphs give several dates, the window is the whole of them.
        """
        node, when = self.pairs[name]
        has = np.zeros(len(self.texts), bool)
        has[node] = True
        return has, self._bound(node, when, "earliest", np.minimum), self._bound(node, when, last, np.maximum)

    def _bound(self, node: Array, when: Array, bound: str, outermost: np.ufunc) -> Array:
        size, unset = len(self.texts), -OPEN if outermost is np.minimum else OPEN
        dated, day = self.days(bound)
        of_date, found = np.full(size, unset), np.full(size, unset)
        outermost.at(of_date, dated, day)
        outermost.at(found, node, of_date[when])
        # of several dates, one without the bound leaves it open
        found[node[of_date[when] == unset]] = OPEN
        return np.where(found == unset, OPEN, found)

    def _read(self, values: Array, reader: object, unreadable: int) -> Array:
        numbers, which = np.unique(values, return_inverse=True)
        read = np.full(len(numbers), unreadable)
        for position, number in enumerate(numbers.tolist()):
            try:
                read[position] = reader(self.texts[number])  # type: ignore[operator]
            except ValueError:
                continue
        return read[which]


class _Numbers(dict[str, int]):
    """Every text's number: the next one where it is new."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


def statements(told: Iterable[tuple[str, Iterable[str]]]) -> Statements:
    """The statements of properties, given by name: subjects and values, one after the other, as TSV writes terms."""
    numbers, raw = _Numbers(), dict[str, Array]()
    for name, terms in told:
        raw[name] = np.fromiter(map(numbers.__getitem__, terms), np.int32).reshape(-1, 2)
    texts = [plain(term) for term in numbers]
    numbers.clear()  # of millions of terms it is most of what is in memory
    order = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    size = max(1, len(order))
    pairs = {}
    for name in dict.fromkeys(("type", *PROPERTIES, *raw)):
        node, value = rank[raw.pop(name, np.zeros((0, 2), np.int32))].T
        keys = distinct(node * size + value)
        pairs[name] = (keys // size, keys % size)
    return Statements([texts[number] for number in order], pairs)


def plain(term: str) -> str:
    """An IRI, or the text of a literal; dates and the like have nothing in them that is escaped."""
    if term.startswith("<"):
        return term[1:-1]
    return term[1 : term.rindex('"')] if term.startswith('"') else term


def scanned(directory: Path, graphs: Collection[str], size: int) -> Statements:
    """Everything that a version or a candidate asserts in `graphs`, of about `size` statements."""
    texts = {name: queries.text_for("values", "property", [KG + name]) for name in PROPERTIES}
    return statements(scan(directory, graphs, {"type": queries.text("kinds"), **texts}, size))
