"""`/api/claims`: the claims on control, and adding to them, correcting one, taking one back."""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import date
from functools import partial
from json import JSONDecodeError
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, json, request
from pydantic import ValidationError
from rdflib import Graph, Literal, URIRef

from kg import asking, naming
from kg.claims import listing, writing
from kg.claims.given import json_name
from kg.claims.naming import said_of
from kg.claims.writing import Outcome
from kg.control.answers import Verdict
from kg.errors import BadQuestion, UnknownEntity
from kg.gazetteer import Gazetteer, open_gazetteer
from kg.ontology import PREFIXES
from kg.publish import Written
from server import access, current, filled, parameters, writes
from server.errors import Rejected

bp = Blueprint("claims", __name__)

PAGE = 100
"""Claims on a page, where a request does not say how many."""
LARGEST = 1000
"""Claims that a page may have."""
Body = TypeVar("Body", bound=filled.Strict)
_one_at_a_time = threading.Lock()
"""Held from the look at what is there to the end of the write."""


@bp.get("/api/claims")
def listed() -> Response:
    """The claims on control, by `place`, `source` and `at`; `page` and `size` of the list."""
    gazetteer = open_gazetteer(current.store())
    places = [naming.named(gazetteer, "place", name).iri for name in parameters.values("place")]
    sources = [naming.named(gazetteer, "source", name).iri for name in parameters.values("source")]
    at = parameters.one("at")
    page, size = _number("page", 1, 1_000_000), _number("size", PAGE, LARGEST)
    version, found, more = listing.listed(
        current.store(), places=places, sources=sources, day=_day(at) if at else None,
        first=(page - 1) * size, most=size,
    )  # fmt: skip
    claims = [{json_name(name): value for name, value in asdict(each).items()} for each in found]
    response = _json({"version": version, "page": page, "size": size, "claims": claims})
    response.headers["Controlgraph-Version"] = version
    links = {"prev": page - 1 if page > 1 else None, "next": page + 1 if more else None, "first": 1}
    response.headers["Link"] = ", ".join(
        f'<{_address(number)}>; rel="{relation}"' for relation, number in links.items() if number
    )
    return response


@bp.post("/api/claims")
def add() -> Response:
    """A new claim: 201 with its address; 200 where the record has the same."""
    who = access.writer()
    given = _body(filled.Claim).given()
    return _done(partial(writing.add, filled=given), who, 201)


@bp.post("/api/claims/<slug>/corrections")
def correct(slug: str) -> Response:
    """Another claim of the same voice in the place of one: 201 with its address."""
    who = access.writer()
    claim, changes = _claim(slug), _body(filled.Correction).changes()
    return _done(partial(writing.correct, claim=claim, changes=changes), who, 201)


@bp.post("/api/claims/<slug>/retraction")
def retract(slug: str) -> Response:
    """A claim is taken back: 200, also where it was before."""
    who = access.writer()
    return _done(partial(writing.retract, claim=_claim(slug)), who, 200)


def _claim(slug: str) -> str:
    iri = PREFIXES["claim"] + slug
    if not parameters.IRI.fullmatch(iri) or not said_of(current.store(), iri):
        raise UnknownEntity(iri)
    return iri


def _body(kind: type[Body]) -> Body:
    """The body, as the fields that it has. Raises Rejected."""
    if request.mimetype != "application/json":
        raise Rejected(
            415, "body-type", "A body of this type is not taken",
            f"{request.mimetype or 'a body without a Content-Type'} is not taken here; accepted is application/json",
        )  # fmt: skip
    try:
        document = json.loads(parameters.body())
    except (ValueError, RecursionError) as error:
        where = {"line": error.lineno, "column": error.colno} if isinstance(error, JSONDecodeError) else {}
        detail = f"the body is no JSON: {error.msg if isinstance(error, JSONDecodeError) else error}"
        raise Rejected(400, "body-syntax", "The body is not what it says it is", detail, members=where) from None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        found = filled.errors(error)
        raise Rejected(
            400, "claim-fields", "The fields are not those of a claim",
            "; ".join(f"{each['pointer']}: {each['detail']}" for each in found), members={"errors": found},
        ) from None  # fmt: skip


def _done(act: Any, who: str, status: int) -> Response:
    """Do it, and tell what came of it."""

    def write(steps: Any, *, who: str) -> Written:
        return writes.write(steps, who=who, seconds=parameters.seconds())

    with _one_at_a_time:
        outcome: Outcome = act(current.store(), who=who, write=write)
    gazetteer = open_gazetteer(current.store())
    answer = outcome.after or outcome.before
    document = {
        "claim": outcome.claim,
        "new": outcome.new,
        "version": outcome.version,
        "statements": _linked(outcome.statements),
        "unread": [asdict(unread) for unread in outcome.unread],
        "place": answer.place if answer else None,
        "at": str(date.fromordinal(answer.last)) if answer else None,
        "before": _verdict(outcome.before, gazetteer),
        "after": _verdict(outcome.after, gazetteer),
    }
    response = _json(document, status if outcome.new else 200)
    if status == 201:
        response.headers["Location"] = f"{current.address()}/id/claim/{outcome.claim.rpartition('/')[2]}"
    response.headers["Controlgraph-Version"] = outcome.version
    response.headers["Cache-Control"] = "no-store"
    return response


def _linked(statements: Graph) -> Any:
    """The statements as JSON-LD, with the prefixes that occur."""
    names = {str(term) for triple in statements for term in triple if isinstance(term, URIRef)}
    names |= {str(term.datatype) for term in statements.objects() if isinstance(term, Literal) and term.datatype}
    context = {prefix: space for prefix, space in PREFIXES.items() if any(name.startswith(space) for name in names)}
    return json.loads(statements.serialize(format="json-ld", context=context, auto_compact=True))


def _verdict(answer: Verdict | None, gazetteer: Gazetteer) -> dict[str, Any] | None:
    """An answer, as in `/api/control`."""
    if answer is None:
        return None
    return {
        "state": answer.state,
        "flags": sorted(answer.flags),
        "controllers": [
            {"actor": actor, "label": gazetteer.label(actor), "certainty": stay.certainty}
            | {
                json_name(name): None if (day := getattr(stay, name)) is None else str(date.fromordinal(day))
                for name in ("possible_from", "certain_from", "certain_until", "possible_until")
            }
            | {"interrupted": stay.interrupted}
            for actor, stay in sorted(answer.controllers.items())
        ],
        "excluded": sorted(answer.excluded),
        "because": sorted(answer.because),
        "conflicts": sorted(sorted(group) for group in answer.conflicts),
        "unheard": sorted(
            (asdict(voice) for voice in answer.unheard), key=lambda voice: (voice["source"], voice["claimant"] or "")
        ),
    }


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False, sort_keys=False), status, content_type="application/json")


def _day(text: str) -> date:
    first, last = asking.days(text)
    if first != last:
        raise BadQuestion("at", text, "one day is accepted here, such as 2021-08-15")
    return date.fromordinal(first)


def _number(name: str, default: int, most: int) -> int:
    text = parameters.one(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise BadQuestion(name, text, f"accepted is a whole number from 1 to {most}")
    return int(text)


def _address(page: int) -> str:
    """The address of another page of the same list."""
    asked = [(name, value) for name, values in parameters.given().items() for value in values if name != "page"]
    return f"{current.address()}/api/claims?{urlencode([*asked, ('page', page)])}"
