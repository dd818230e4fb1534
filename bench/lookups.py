"""What people look up in a data set of `bench.generate`: queries of six kinds, drawn with Zipf's law.

Each is about one place, event or claim, and asks for what a reader of a report asks: what happened here, who says so,
who denies it, when, which sources.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).parent / "queries"


def distinct(number: int, places: list[str], seed: int = 1) -> list[str]:
    """`number` distinct queries over these places (slugs), the kinds in turn, in an order of no meaning."""
    kinds = [path.read_text("utf-8") for path in sorted(FOLDER.glob("lookup-*.rq"))]
    found = []
    for count in range(number):
        place = places[count // len(kinds) % len(places)]
        found.append(kinds[count % len(kinds)].replace("place:PLACE", f"place:{place}"))
    random.Random(seed).shuffle(found)
    return found


def zipf(size: int, draws: int, exponent: float = 1.1, seed: int = 1) -> Iterator[int]:
    """Draw `draws` of the numbers below `size`, the k-th with a chance in proportion to k to the power -`exponent`."""
    chance = random.Random(seed)
    weights = list(accumulate((k + 1) ** -exponent for k in range(size)))
    for _ in range(draws):
        yield bisect(weights, chance.random() * weights[-1])


def paths(queries: list[str], *, unique: bool = False) -> list[str]:
    """The queries as request targets; `unique` adds a comment to each, so that no cache has seen it."""
    marked = (f"{query}#{number}" for number, query in enumerate(queries)) if unique else queries
    return [f"?query={quote(query, safe='')}" for query in marked]
