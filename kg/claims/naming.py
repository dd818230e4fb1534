"""What is named in a claim, found in the record: places, actors and sources as everywhere, events and claims beside."""

from __future__ import annotations

import re
from typing import Literal

from rdflib import RDF, URIRef

from kg import gazetteer, naming
from kg.errors import AmbiguousName, BadClaim, FieldFault, UnknownName
from kg.ontology import PREFIXES
from kg.store.embedded import Store

Kind = Literal["place", "actor", "source", "event", "claim"]
Said = dict[str, list[str]]
"""What the record says of a thing: property (an IRI) → values, each once."""
_IRI = re.compile(r"""[^\s<>"{}|^`\\]+""")


def said_of(store: Store, iri: str) -> Said:
    """What every graph together says of a thing; nothing of one that is unknown."""
    found: Said = {}
    for row in store.select("statements", entity=URIRef(iri)):
        values = found.setdefault(str(row["property"]), [])
        if str(row["value"]) not in values:
            values.append(str(row["value"]))
    return found


def known(store: Store, kind: Kind, name: str, field: str) -> URIRef:
    """The thing that a name stands for: an IRI, a CURIE (`claim:seed-13-1`) or a slug.

    Raises BadClaim, with the field, where the record has none, or several.
    """
    if kind == "event" or kind == "claim":
        iri = naming.expanded(name) or PREFIXES[kind] + name.strip()
        if _IRI.fullmatch(iri) and str(RDF.type) in said_of(store, iri):
            return URIRef(iri)
        problem = f"there is no {kind} {name!r}; accepted are an IRI, a CURIE or a slug"
    else:
        try:
            return URIRef(naming.named(gazetteer.open_gazetteer(store), kind, name).iri)
        except (UnknownName, AmbiguousName) as error:
            problem = str(error)
    raise BadClaim([FieldFault(field, problem)])
