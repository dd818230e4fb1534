"""Relations between things that are numbers: pairs, sorted, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.control.facts import Pairs
from kg.control.names import Array, distinct
from kg.control.reading import joined, renumbered


@dataclass(frozen=True, eq=False)
class Related:
    """Pairs of numbers, sorted by both."""

    one: Array
    other: Array

    @property
    def pair(self) -> Pairs:
        """Both columns."""
        return self.one, self.other

    def columns(self) -> Pairs:
        """Both columns in half the room."""
        return self.one.astype(np.int32), self.other.astype(np.int32)

    def once(self) -> Related:
        """Each pair once, in order."""
        size = int(self.other.max(initial=0)) + 1
        keys = distinct(self.one * size + self.other)
        return Related(keys // size, keys % size)

    def turned(self) -> Related:
        """The same the other way round."""
        order = np.lexsort((self.one, self.other))
        return Related(self.other[order], self.one[order])

    def through(self, further: Related) -> Related:
        """What is joined by this relation and then that one."""
        return Related(*joined(self.pair, further.pair)).once()

    def and_(self, *others: Related) -> Related:
        """The pairs of several relations."""
        columns = ([getattr(each, name) for each in (self, *others)] for name in ("one", "other"))
        return Related(*(np.concatenate(several) for several in columns)).once()

    def outer(self) -> Related:
        """The pairs of two different things."""
        differ = self.one != self.other
        return Related(self.one[differ], self.other[differ])

    def same(self) -> Related:
        """The pairs of a thing and itself."""
        same = self.one == self.other
        return Related(self.one[same], self.other[same])

    def count(self, size: int, among: Array | None = None) -> Array:
        """How many of the others each of so many things has; of those `among`."""
        kept = self.one if among is None else self.one[np.isin(self.other, among)]
        return np.bincount(kept, minlength=size)


def related(pairs: Pairs, one: Array, other: Array) -> Related:
    """Pairs in other numbers; those with a thing that has none are left out."""
    return Related(*renumbered(pairs, one, other))


@dataclass(frozen=True, eq=False)
class Monthly(Related):
    """The months (as numbers) in which things were, and whether that is certain."""

    sure: Array

    def of(self, things: Related, among: Array | None = None) -> Monthly:
        """The months of what is joined with these things, of those `among`; certain where any of them is."""
        fits = np.ones(len(self.one), bool) if among is None else np.isin(self.one, among)
        thing, at = joined(things.pair, (self.one[fits], np.flatnonzero(fits)))
        size = int(self.other.max(initial=0)) + 1
        keys, which = np.unique(thing * size + self.other[at], return_inverse=True)
        sure = np.zeros(len(keys), bool)
        sure[which[self.sure[at]]] = True
        return Monthly(keys // size, keys % size, sure)
