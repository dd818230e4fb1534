"""Every failure as one document: RFC 9457 `application/problem+json`, or the same words as a page for a browser.

The library raises conditions and knows no status code; `CONDITIONS` gives each its own. 400 is for a request that is
wrong as it stands, 401 and 403 for one that may not be made, 422 for one that is right and cannot be done here (it
ended its process, its answer is too large, its data breaks a rule), 503 for what may pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug.exceptions import ClientDisconnected, HTTPException

from kg import engine_errors, errors
from kg.files import BASE
from server.formats import HTML, Offer, choose

PROBLEM = "application/problem+json"
_FORMS: Offer = {"problem": (PROBLEM, "application/json"), **HTML}

CONDITIONS: dict[type[errors.Problem], tuple[int, str, str]] = {
    errors.QuerySyntax: (400, "query-syntax", "The query is no SPARQL"),
    errors.QueryFailed: (400, "query-failed", "The query cannot be evaluated"),
    errors.BadDate: (400, "bad-date", "No date that is understood"),
    errors.BadQuestion: (400, "bad-question", "A part of the question is not accepted"),
    errors.AmbiguousName: (400, "ambiguous-name", "Several things have this name"),
    errors.UnknownDataset: (404, "unknown-dataset", "No data set has this name"),
    errors.UnknownName: (404, "unknown-name", "Nothing has this name"),
    errors.QueryReachesOut: (403, "query-reaches-out", "No other services from here"),
    errors.UnknownEntity: (404, "unknown-entity", "Nothing is known of this"),
    errors.UnknownVersion: (404, "unknown-version", "There never was such a version"),
    errors.VersionGone: (410, "version-gone", "This version is no longer kept"),
    errors.NoSuchForm: (406, "no-such-form", "No format that you accept"),
    errors.ClaimConflict: (409, "claim-conflict", "The record has it otherwise"),
    engine_errors.WriteConflict: (409, "write-conflict", "Somebody else wrote first"),
    errors.BadClaim: (422, "bad-claim", "The claim cannot be added as it is"),
    errors.Refused: (422, "refused", "The data is not as the ontology says"),
    errors.QueryCancelled: (422, "query-cancelled", "The query was cancelled"),
    errors.QueryDied: (422, "query-died", "The query ended its process"),
    errors.ResultTooLarge: (422, "result-too-large", "The answer is too large"),
    errors.ServiceFailed: (502, "service-failed", "Another service gave no answer"),
    errors.PoolBusy: (503, "busy", "All query processes are busy"),
    errors.NothingPublished: (503, "nothing-published", "There is no data yet"),
    errors.NoStudyStart: (503, "no-study-start", "The data has no study start"),
    errors.StoreUnreadable: (503, "store-unreadable", "The data cannot be read"),
    errors.StoreLocked: (503, "store-locked", "Somebody else is writing"),
    engine_errors.EngineFailed: (503, "engine-failed", "The engine that has the data does not answer"),
    engine_errors.EngineLoading: (503, "engine-loading", "A load is being put in place"),
    engine_errors.VersionMoved: (503, "version-moved", "Another version was published meanwhile"),
    errors.QueryTimeout: (504, "query-timeout", "The query took too long"),
    errors.Problem: (500, "problem", "The service could not do this"),
}
"""Condition → status, last part of the problem's type IRI, title. A condition without a line has its parent's."""

_MEMBERS = {"line": "line", "column": "column", "seconds": "seconds", "limit": "limit", "kind": "kind", "iri": "iri",
            "parameter": "parameter", "version": "version", "endpoint": "endpoint", "remote_status": "remoteStatus",
            "present": "present", "retry_after": "retryAfter"}  # fmt: skip


SHOWN = 200
"""How many violations a document lists; all are counted."""
LOCKED = 5
"""Seconds after which somebody who met a writer should come again."""
MACHINES = {"sparql", "graphs", "description", "dumps", "events", "feed", "search", "operation", "claims", "control",
            "reconcile"}  # fmt: skip
"""Blueprints of doors for programs: their errors are documents whatever a client accepts."""


class Rejected(Exception):
    """A request that we do not take, for a reason the library does not know of: status, slug, title, detail.

    `headers` go into the answer, `members` into the document.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        self.status, self.slug, self.title = status, slug, title
        self.headers, self.members = dict(headers or {}), dict(members or {})
        super().__init__(detail)


def document(error: Exception) -> dict[str, Any]:
    """The problem document of an error: type, title, status, detail, and what more the condition tells."""
    if isinstance(error, Rejected):
        return _document(error.status, error.slug, error.title, str(error)) | error.members
    if isinstance(error, errors.Problem):
        status, slug, title = next(CONDITIONS[kind] for kind in type(error).__mro__ if kind in CONDITIONS)
        members = {name: getattr(error, field, None) for field, name in _MEMBERS.items()}
        known = {name: value for name, value in members.items() if value is not None}
        if isinstance(error, errors.Refused) and hasattr(error, "violations"):
            known["violations"] = [asdict(violation) for violation in error.violations[:SHOWN]]
        if isinstance(error, errors.BadClaim):
            known["errors"] = [
                {"pointer": f"#/{fault.field}" if fault.field else "#", "detail": fault.message}
                | ({"rule": fault.rule} if fault.rule else {})
                for fault in getattr(error, "faults", [])[:SHOWN]
            ]
        for name in ("nearest", "candidates"):
            if (listed := getattr(error, name, None)) is not None:
                known |= {"name": getattr(error, "name", None), name: [each._asdict() for each in listed]}
        if isinstance(error, errors.StoreLocked):
            known["retryAfter"] = LOCKED
        return _document(status, slug, title, str(error).partition("\n")[0]) | known
    if isinstance(error, ClientDisconnected):
        detail = "the connection broke off before all of the body had come; nothing was done"
        return _document(400, "body-cut", "The body is cut", detail)
    if isinstance(error, HTTPException) and error.code:
        phrase = HTTPStatus(error.code).phrase
        return _document(error.code, phrase.lower().replace(" ", "-"), phrase, error.description or phrase)
    detail = "something went wrong that should not; it has been logged, and the next request is answered as usual"
    return _document(500, "internal-error", "Internal error", detail)


def _document(status: int, slug: str, title: str, detail: str) -> dict[str, Any]:
    return {"type": f"{BASE}problem/{slug}", "title": title, "status": status, "detail": detail}


def init_app(app: Flask) -> None:
    """Answer every error of this application."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response | HTTPException:
    """The answer that tells an error: a problem document, or a page for a browser."""
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error  # a redirect, which the router raises too
    problem = document(error)
    request.environ["controlgraph.problem"] = problem["type"].rpartition("/")[2]
    if problem["status"] == 500:
        current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    if request.blueprint not in MACHINES and choose(request.headers.get("Accept"), _FORMS) == "html":
        response = Response(render_template("errors/problem.html", problem=problem), mimetype="text/html")
    else:
        response = Response(json.dumps(problem, ensure_ascii=False), content_type=PROBLEM)
    response.status_code = problem["status"]
    if isinstance(error, HTTPException):
        own = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
        response.headers.extend(own)
    if isinstance(error, Rejected):
        response.headers.update(error.headers)
    if "retryAfter" in problem:
        response.headers["Retry-After"] = str(problem["retryAfter"])
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
