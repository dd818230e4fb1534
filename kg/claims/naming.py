"""What is named in a claim, found in the record: by IRI, by prefixed name (`place:city-zaranj`) or by its last part."""

from __future__ import annotations

from rdflib import RDF, URIRef

from kg.errors import BadClaim, FieldFault
from kg.files import BASE
from kg.ontology import PREFIXES
from kg.store.embedded import Store

Said = dict[str, list[str]]
"""What the record says of a thing: property (an IRI) → values, each once."""


def said_of(store: Store, iri: str) -> Said:
    """What every graph together says of a thing; nothing of one that is unknown."""
    found: Said = {}
    for row in store.select("statements", entity=URIRef(iri)):
        values = found.setdefault(str(row["property"]), [])
        if str(row["value"]) not in values:
            values.append(str(row["value"]))
    return found


def iri_of(kind: str, name: str) -> str:
    """The IRI that a name stands for, among things of a kind (`place`, `actor`, `source`, `event`, `claim`)."""
    if name.startswith(BASE):
        return name
    return PREFIXES[kind] + name.removeprefix(f"{kind}:").removeprefix(f"/id/{kind}/")


def known(store: Store, kind: str, name: str, field: str) -> URIRef:
    """The thing that a name stands for. Raises BadClaim, with the field, where the record has none."""
    iri = iri_of(kind, name)
    if any(character in '<>"{}|^`\\ \n\t' for character in iri) or str(RDF.type) not in said_of(store, iri):
        raise BadClaim([FieldFault(field, f"{name!r} names no {kind} of the record; {ACCEPTED.format(kind=kind)}")])
    return URIRef(iri)


ACCEPTED = "accepted are its IRI, a prefixed name ({kind}:…) and the last part of its address"
