"""`/api/claims`: the claims on control, and adding to them, correcting one, taking one back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from json import JSONDecodeError
from typing import Any, TypeVar

from flask import Blueprint, Response, json, request
from pydantic import ValidationError
from rdflib import Graph, Literal, URIRef

from kg import answering, asking, naming
from kg.claims import listing, writing
from kg.claims.given import json_name
from kg.control.accounts import of_verdict
from kg.errors import BadQuestion
from kg.forms import plain
from kg.gazetteer import open_gazetteer
from kg.ontology import PREFIXES
from server import access, current, filled, parameters, writes
from server.declared import describe, endpoint
from server.errors import Rejected
from server.replies import JSON, paged, reply

bp = Blueprint("claims", __name__)

NAMED = {"slug": "the last part of the claim's IRI"}
PROBLEMS = {
    400: "the body has other fields", 401: "the token is missing, or none of ours", 403: "this service is read-only",
    404: "there is no such claim", 409: "the record has it otherwise", 415: "the body is no JSON",
    422: "the claim cannot be: `errors` has a pointer to each field, and the rule", 503: "there is no data yet",
}  # fmt: skip
"""What may go wrong with a write."""
Body = TypeVar("Body", bound=filled.Strict)


@bp.get("/api/claims")
@endpoint(filled.Claims, filled.Listed, JSON, tags=("claims",))
def claims(asked: filled.Claims, form: str) -> Response:
    """The claims on control, those that were taken back too, in the order of their names."""
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    version, total, found = listing.listed(
        store,
        places=[naming.named(gazetteer, "place", name).iri for name in asked.place],
        sources=[naming.named(gazetteer, "source", name).iri for name in asked.source],
        day=_day(asked.at) if asked.at else None, first=asked.offset, most=asked.limit,
    )  # fmt: skip
    told = [{json_name(name): value for name, value in asdict(each).items()} for each in found]
    response = reply({"version": version, "total": total, "claims": told}, JSON[form][0], version)
    return paged(response, asked.offset, asked.limit, total)


@bp.post("/api/claims")
@describe(filled.Done, body=filled.Claim, status=201, tags=("claims",), problems=PROBLEMS)
def add_claim() -> Response:
    """A new claim: 201 with its address; 200 where the record has the same."""
    who = access.writer()
    given = _body(filled.Claim).given()
    return _done(partial(writing.add, filled=given), who, 201)


@bp.post("/api/claims/<slug>/corrections")
@describe(filled.Done, body=filled.Correction, status=201, tags=("claims",), path=NAMED, problems=PROBLEMS)
def correct_claim(slug: str) -> Response:
    """Another claim of the same voice in the place of one: 201 with its address."""
    who = access.writer()
    claim, changes = writes.claim_of(slug), _body(filled.Correction).changes()
    return _done(partial(writing.correct, claim=claim, changes=changes), who, 201)


@bp.post("/api/claims/<slug>/retraction")
@describe(filled.Done, status=200, tags=("claims",), path=NAMED, problems=PROBLEMS)
def retract_claim(slug: str) -> Response:
    """A claim is taken back: 200, also where it was before."""
    who = access.writer()
    return _done(partial(writing.retract, claim=writes.claim_of(slug)), who, 200)


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
    outcome = writes.claim(act, who=who, seconds=parameters.seconds())
    before, after = (
        next(plain.sides(of_verdict(answer), answering.known(current.store()), "en")) if answer else None
        for answer in (outcome.before, outcome.after)
    )
    answer = outcome.after or outcome.before
    document = {
        "claim": outcome.claim,
        "new": outcome.new,
        "version": outcome.version,
        "statements": _linked(outcome.statements),
        "unread": [asdict(unread) for unread in outcome.unread],
        "place": answer.place if answer else None,
        "at": str(date.fromordinal(answer.last)) if answer else None,
        "before": before,
        "after": after,
    }
    response = reply(document, JSON["json"][0], outcome.version)
    response.status_code = status if outcome.new else 200
    if status == 201:
        response.headers["Location"] = f"{current.address()}/id/claim/{outcome.claim.rpartition('/')[2]}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _linked(statements: Graph) -> Any:
    """The statements as JSON-LD, with the prefixes that occur."""
    names = {str(term) for triple in statements for term in triple if isinstance(term, URIRef)}
    names |= {str(term.datatype) for term in statements.objects() if isinstance(term, Literal) and term.datatype}
    context = {prefix: space for prefix, space in PREFIXES.items() if any(name.startswith(space) for name in names)}
    return json.loads(statements.serialize(format="json-ld", context=context, auto_compact=True))


def _day(text: str) -> date:
    first, last = asking.days(text)
    if first != last:
        raise BadQuestion("at", text, "one day is accepted here, such as 2021-08-15")
    return date.fromordinal(first)
