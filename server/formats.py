"""Content negotiation over closed lists: which form of an answer does a client want most?

A form is a short name (`ttl`), which `format=` takes, with its media types: the first is what we answer with, further
ones are other names that clients use for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.store.answer import GRAPH_FORMATS, RESULT_FORMATS

Offer = Mapping[str, tuple[str, ...]]
"""Short name → media types, in our order of preference."""

_ALSO = {
    "json": ("application/json",),
    "xml": ("application/xml", "text/xml"),
    "ttl": ("application/x-turtle", "application/turtle"),
    "rdf": ("application/xml", "text/xml"),
    "jsonld": ("application/json",),
}
RESULTS: Offer = {name: (media_type, *_ALSO.get(name, ())) for name, media_type in RESULT_FORMATS.items()}
"""Forms of solutions and booleans."""
GRAPHS: Offer = {name: (media_type, *_ALSO.get(name, ())) for name, media_type in GRAPH_FORMATS.items()}
"""Forms of graphs."""
SERIALISERS = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "nq": "nquads", "trig": "trig"}
"""What rdflib calls the forms of graphs."""
HTML: Offer = {"html": ("text/html", "application/xhtml+xml")}
"""A page for people."""

_OTHER_NAMES = {
    "turtle": "ttl", "n3": "ttl", "ntriples": "nt", "n-triples": "nt", "nquads": "nq", "n-quads": "nq",
    "rdf+xml": "rdf", "rdfxml": "rdf", "json-ld": "jsonld", "ld+json": "jsonld", "srx": "xml", "srj": "json",
}  # fmt: skip
_SAME_FOR_GRAPHS = {"json": "jsonld", "xml": "rdf"}


def choose(accept: str | None, offer: Offer) -> str | None:
    """The short name of the offered form that an Accept header wants most; None where it takes none of them.

    Without a header, and among equals, the first of ours. The most specific range that fits a media type decides its
    quality, and q=0 excludes it (RFC 9110, section 12.5.1). Parameters of media types are not told apart.

    >>> choose("text/turtle;q=0.2, application/ld+json", GRAPHS)
    'jsonld'
    >>> choose("text/*, text/turtle;q=0", GRAPHS) is None
    True
    """
    if accept is None or not accept.strip():
        return next(iter(offer))
    return _best(accept, tuple(offer.items()))


@lru_cache(1024)
def _best(accept: str, offer: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    ranges = _ranges(accept)
    best, best_quality = None, 0.0
    for name, media_types in offer:
        # a wildcard asks for what we would send, so only its exact name finds a media type we do not send
        others = [quality for media_range, quality in ranges if media_range in media_types[1:]]
        quality = max([_quality(media_types[0], ranges), *others])
        if quality > best_quality:
            best, best_quality = name, quality
    return best


def by_name(name: str, offer: Offer) -> str | None:
    """The offered form that `format=` names, by short name, one of its usual other names, or media type; else None.

    `json` and `xml` name the graph forms JSON-LD and RDF/XML where only those are offered.
    """
    wanted = name.strip().casefold()
    wanted = _OTHER_NAMES.get(wanted, wanted)
    if wanted in offer:
        return wanted
    if _SAME_FOR_GRAPHS.get(wanted) in offer:
        return _SAME_FOR_GRAPHS[wanted]
    # a plus sign in a query string is read as a space
    return next((form for form, types in offer.items() if wanted.replace(" ", "+") in types), None)


def header(media_type: str) -> str:
    """The Content-Type header of a media type: text says its encoding."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def listed(offers: Iterable[Offer]) -> str:
    """The forms offered, for a sentence: `json (application/sparql-results+json), …`."""
    return ", ".join(f"{name} ({types[0]})" for offer in offers for name, types in offer.items())


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().casefold() for piece in part.split(";"))
        weight = next((value for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q"), "1")
        try:
            quality = min(1.0, max(0.0, float(weight)))
        except ValueError:
            continue  # a range with a weight that is none says nothing
        ranges.append((media_range, quality))
    return ranges


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    kind = media_type.partition("/")[0]
    for pattern in (media_type, f"{kind}/*", "*/*"):
        found = [quality for media_range, quality in ranges if media_range == pattern]
        if found:
            return max(found)
    return 0.0
