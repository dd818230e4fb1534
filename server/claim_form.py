"""`/claims/…`: adding a claim, correcting one and taking one back, as forms for people; without scripts too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, Response, json, render_template, request
from pydantic import ValidationError

from kg import answering
from kg.claims import drafting, reading, writing
from kg.claims.given import Given
from kg.claims.naming import said_of
from kg.claims.writing import Outcome
from kg.control.accounts import of_verdict
from kg.control.answers import View
from kg.dossier.document import address
from kg.errors import BadClaim, ClaimConflict, FieldFault, Problem
from kg.forms import plain
from kg.ontology import KG
from server import access, current, errors, filled, filling, parameters, writes
from server.errors import Rejected
from server.filling import Values
from server.parameters import FORM_TYPE

bp = Blueprint("claim_form", __name__)

Body = TypeVar("Body", bound=filled.Strict)
LONGEST = 1000
"""Characters of a date that is read."""


@dataclass(frozen=True)
class Sheet:
    """A form: what is done with it, its title, its texts, the fields that it has not; of an old claim its IRI."""

    act: str
    title: str
    values: Values
    without: tuple[str, ...] = ()
    claim: str | None = None
    gloss: str = ""


@bp.route("/claims/new", methods=["GET", "POST"])
def new() -> Response:
    """A new claim: the form, with what the address fills in; sent, what would be written, or what was."""
    values = {name: texts[0] for name, texts in _given().items() if name in filling.FIELDS}
    sheet = Sheet("new", "Add a claim", values)
    return _answer(sheet, lambda: partial(writing.add, filled=_new(values)))


@bp.route("/claims/<slug>/correction", methods=["GET", "POST"])
def correct(slug: str) -> Response:
    """A correction of a claim: the form with what it says."""
    claim = writes.claim_of(slug)
    try:
        _, spelled = reading.filled(current.store(), claim)
    except BadClaim as error:
        reason = "; ".join(fault.message for fault in error.faults)
        raise Rejected(422, "bad-claim", "This claim cannot be corrected here", reason) from None
    before = filling.of_claim(current.store(), spelled)
    after = {name: _given().get(name, [""])[0] for name in before} if request.method == "POST" else before
    sheet = Sheet("correction", "Correct a claim", after, filling.OF_THE_VOICE, claim, spelled.gloss or "")

    def act() -> Callable[..., Outcome]:
        if faults := filling.faults(after):
            raise BadClaim(faults)
        told = _model(filled.Correction, filling.changes(before, after)).changes()
        return partial(writing.correct, claim=claim, changes=told)

    return _answer(sheet, act)


@bp.route("/claims/<slug>/retraction", methods=["GET", "POST"])
def retract(slug: str) -> Response:
    """Taking a claim back."""
    claim = writes.claim_of(slug)
    gloss = " ".join(said_of(current.store(), claim).get(str(KG.gloss), []))
    sheet = Sheet("retraction", "Take a claim back", {}, tuple(filling.FIELDS), claim, gloss)
    return _answer(sheet, lambda: partial(writing.retract, claim=claim))


@bp.get("/claims/reading")
def read() -> Response:
    """How a date in `when` is read, as JSON."""
    text = (parameters.one("when") or "")[:LONGEST]
    is_read, words = filling.reading(text)
    return Response(json.dumps({"read": is_read, "words": words}, ensure_ascii=False), mimetype="application/json")


def _given() -> dict[str, list[str]]:
    """What is filled in: by the address of a form that is asked for, by the body of one that is sent."""
    return (request.form if request.method == "POST" else request.args).to_dict(flat=False)


def _model(kind: type[Body], document: dict[str, Any]) -> Body:
    """The document as the API takes it. Raises BadClaim, with the fields."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        found = ((each["pointer"].removeprefix("#").lstrip("/"), each["detail"]) for each in filled.errors(error))
        faults = [FieldFault(name, detail) for name, detail in found]
        raise BadClaim(faults) from None


def _new(values: Values) -> Given:
    """A new claim as it was filled in. Raises BadClaim, with everything that is wrong with any of its fields."""
    faults = filling.faults(values)
    try:
        given = _model(filled.Claim, filling.document(values)).given()
        if faults:
            drafting.draft(current.store(), given, datetime.now(UTC))
    except BadClaim as error:
        told = {fault.field for fault in faults}
        faults += [fault for fault in error.faults if fault.field not in told]
    if faults:
        raise BadClaim(faults)
    return given


def _answer(sheet: Sheet, act: Callable[[], Callable[..., Outcome]]) -> Response:
    """The form, and, where it was sent, what came of it or what is wrong with it."""
    told: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        dry = request.form.get("do") != "write"
        try:
            if request.mimetype != FORM_TYPE:
                found = request.mimetype or "a body without a Content-Type"
                raise Rejected(
                    415, "body-type", "A body of this type is not taken",
                    f"{found} is not taken here; accepted is {FORM_TYPE}",
                )  # fmt: skip
            # of the body alone: what is in an address is kept by histories and logs
            who = access.writer(request.form.get("token"))
            outcome = writes.claim(act(), who=who, dry=dry, seconds=None)
            told = {"outcome": outcome, "dry": dry, **_results(outcome)}
            status = 201 if outcome.new and not dry and sheet.act != "retraction" else 200
        except (Rejected, Problem) as error:
            problem = errors.document(error)
            status = problem["status"]
            request.environ["controlgraph.problem"] = problem["type"].rpartition("/")[2]
            told = {"problem": problem, "faults": _faults(problem), "conflict": isinstance(error, ClaimConflict)}
    page = render_template(
        "claims/form.html", sheet=sheet, groups=filling.GROUPS, fields=filling.FIELDS,
        readings=filling.readings(sheet.values), version=current.version(), **told,
    )  # fmt: skip
    response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _faults(problem: dict[str, Any]) -> dict[str, list[str]]:
    """Field → what is wrong with it; "" has what is wrong with the claim as a whole."""
    found: dict[str, list[str]] = {}
    for each in problem.get("errors", []):
        name = _field(each["pointer"].removeprefix("#").lstrip("/"))
        found.setdefault(name, []).append(each["detail"])
    return found


def _field(pointer: str) -> str:
    """The field of the form for a pointer into the document."""
    name = {"kind": "happened", "contested": "happened"}.get(pointer, pointer)
    while name and name not in filling.FIELDS:
        name = name.rpartition("/")[0]
    return name


def _results(outcome: Outcome) -> dict[str, Any]:
    """What came of it: who held the place before and after, on the last day that the claim gives."""
    answer = outcome.after or outcome.before
    if answer is None:
        return {}
    known, lang = answering.known(current.store()), request.args.get("lang") or "en"
    before, after = (
        next(plain.sides(of_verdict(each), known, lang)) if each else None for each in (outcome.before, outcome.after)
    )
    return {
        "before": before,
        "after": after,
        "place": known.entry(answer.place).label(lang),
        "at": str(date.fromordinal(answer.last)),
        "dossier": address(answer.place, answer.first, answer.last, View()),
    }
