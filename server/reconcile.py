"""`/reconcile`: the Reconciliation Service API 0.2, for OpenRefine and others who match their names against ours."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeVar

from flask import Blueprint, Response, render_template
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from kg import __version__, asking
from kg import reconciling as service
from kg.errors import BadQuestion, UnknownEntity
from kg.gazetteer import KINDS, Gazetteer, open_gazetteer
from kg.ontology import PREFIXES
from kg.properties import PROPERTIES, Value, for_type, values
from server import current, parameters
from server import introduced as words
from server.errors import Rejected
from server.replies import JSON, reply

bp = Blueprint("reconcile", __name__)

BATCH = 50
"""Queries that one batch may have."""
IDS = 1_000
"""Things that one extension may ask about."""
CANDIDATES = 100
"""Candidates that one query may have."""
VALUES = 20
"""Values that a property may be given in one query."""
SUGGESTED = 20
"""Suggestions that come at once."""
WIDTH, HEIGHT = 430, 300
"""The size of a preview in pixels."""
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)  # fmt: skip
"""What a preview may do: be shown in a frame by whoever matches, and nothing else."""

Told = dict[str, Any]
T = TypeVar("T")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(BaseModel):
    """A value that is a thing itself."""

    id: str
    name: str = ""


Given = str | bool | int | float | Reference


class Condition(_Strict):
    """Values that a property should have."""

    pid: str
    v: Given | list[Given]

    @field_validator("v")
    @classmethod
    def _few(cls, given: Given | list[Given]) -> Given | list[Given]:
        if isinstance(given, list) and len(given) > VALUES:
            raise ValueError(f"{len(given)} values; accepted are at most {VALUES}")
        return given

    def texts(self) -> tuple[str, ...]:
        """The values as texts; of a thing its identifier."""
        given = self.v if isinstance(self.v, list) else [self.v]
        return tuple(each.id if isinstance(each, Reference) else str(each) for each in given)


class Query(_Strict):
    """A reconciliation query."""

    query: str = Field("", max_length=500)
    type: str | list[str] = []
    limit: int = Field(10, ge=1)
    properties: list[Condition] = Field([], max_length=10)
    type_strict: Literal["any", "should", "all"] = "any"


class Wanted(_Strict):
    """A property of an extension, with its settings."""

    id: str
    settings: dict[str, str | int | float | bool] = {}


class Extension(_Strict):
    """A data extension query."""

    ids: list[str]
    properties: list[Wanted] = Field(max_length=50)


_BATCH: TypeAdapter[dict[str, Query]] = TypeAdapter(dict[str, Query])
_EXTENSION: TypeAdapter[Extension] = TypeAdapter(Extension)


@bp.route("/reconcile", methods=["GET", "POST"])
def endpoint() -> Response:
    """The manifest, or the answers to a batch of queries (`queries`), or values of properties (`extend`)."""
    queries, extend = parameters.one("queries"), parameters.one("extend")
    if queries is not None and extend is not None:
        raise Rejected(400, "one-of-two", "One thing at a time", "give either queries or extend")
    if queries is not None:
        return _answered(_reconciled(_read(_BATCH, "queries", queries)))
    if extend is not None:
        return _answered(_extended(_read(_EXTENSION, "extend", extend)))
    return _answered(manifest())


@bp.get("/reconcile/suggest/<kind>")
def suggest(kind: str) -> Response:
    """What begins so (`prefix`): entities, properties or types, from the `cursor`-th on."""
    prefix, cursor = parameters.one("prefix") or "", asking.whole("cursor", parameters.one("cursor") or "0")
    found = words.suggestions(kind)(prefix)
    return _answered({"result": list(found)[cursor : cursor + SUGGESTED]})


@bp.get("/reconcile/flyout/<kind>/<path:name>")
def flyout(kind: str, name: str) -> Response:
    """A few words of HTML about something that was suggested."""
    if kind == "entity":
        return _answered({"id": name, "html": render_template("reconcile/flyout.html", **words.about(name))})
    for each in words.suggestions(kind)(""):
        if each["id"] == name:
            html = render_template("reconcile/flyout.html", title=each["name"], words=each["description"])
            return _answered({"id": name, "html": html})
    raise UnknownEntity(name)


@bp.get("/reconcile/preview/<path:name>")
def preview(name: str) -> Response:
    """A small page about an entity, to be shown in a frame."""
    about = words.about(name)
    page = render_template("reconcile/preview.html", **about, address=current.address())
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["Controlgraph-Version"] = current.version()
    return response


@bp.get("/reconcile/properties")
def proposed() -> Response:
    """The properties that entities of a `type` may be extended with."""
    named = parameters.one("type") or ""
    names = for_type(named.rpartition("#")[2], open_gazetteer(parameters.store()))
    limit = asking.whole("limit", parameters.one("limit") or str(len(names)))
    told = [{"id": name, "name": PROPERTIES[name].name} for name in names[:limit]]
    return _answered({"type": named, "limit": limit, "properties": told})


def manifest() -> Told:
    """What the service is and can do (section 3.1 of the specification)."""
    address = current.address()
    gazetteer = open_gazetteer(parameters.store())
    day = {"name": "at", "label": "day", "type": "text", "default": "",
           "help_text": "The day that is asked about: 2021-08-09. Properties about control need it."}  # fmt: skip
    known = {"name": "known", "label": "as known on", "type": "text", "default": "",
             "help_text": "Only what had been said by that day; empty is everything."}  # fmt: skip
    return {
        "versions": ["0.2"],
        "name": "Controlgraph: who controlled what",
        "identifierSpace": service.SPACE,
        "schemaSpace": PREFIXES["kg"],
        "serviceVersion": __version__,
        "logo": f"{address}/static/favicon.svg",
        "defaultTypes": [{"id": each.id, "name": each.name} for each in service.types(gazetteer)[: len(KINDS)]],
        "view": {"url": f"{address}/id/{{{{id}}}}"},
        "preview": {"url": f"{address}/reconcile/preview/{{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {
            kind: {
                "service_url": address,
                "service_path": f"/reconcile/suggest/{kind}",
                "flyout_service_url": address,
                "flyout_service_path": f"/reconcile/flyout/{kind}/${{id}}",
            }
            for kind in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/reconcile/properties"},
            "property_settings": [day, known],
        },
        "batchSize": BATCH,
    }


def _reconciled(batch: dict[str, Query]) -> Told:
    if len(batch) > BATCH:
        raise Rejected(
            413, "batch-size", "Too many queries in a batch", f"{len(batch)} queries; accepted are at most {BATCH}"
        )
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    told = {}
    for name, each in batch.items():
        if not each.query.strip() and not each.properties:
            raise BadQuestion(f"queries/{name}", "", "give a query, or properties")
        asked = service.Query(
            each.query,
            (each.type,) if isinstance(each.type, str) else tuple(each.type),
            min(each.limit, CANDIDATES),
            tuple((condition.pid, condition.texts()) for condition in each.properties),
        )
        told[name] = {"result": [_candidate(gazetteer, found) for found in service.candidates(store, asked)]}
    return told


def _candidate(gazetteer: Gazetteer, found: service.Candidate) -> Told:
    return {
        **words.thing(gazetteer, found.entry),
        "type": [words.type_(each) for each in service.types_of(gazetteer, found.entry)],
        "score": found.score,
        "features": [{"id": name, "value": value} for name, value in found.features.items()],
        "match": found.match,
    }


def _extended(asked: Extension) -> Told:
    if len(asked.ids) > IDS:
        raise Rejected(413, "batch-size", "Too many things at once", f"{len(asked.ids)} ids; accepted are {IDS}")
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    entries = {name: service.entry(gazetteer, name) for name in asked.ids}
    known = list({entry.iri: entry for entry in entries.values() if entry}.values())
    meta: list[Told] = []
    rows: dict[str, Told] = {name: {} for name in asked.ids}
    for each in asked.properties:
        found = values(store, known, each.id, {name: str(value) for name, value in each.settings.items()})
        property_ = PROPERTIES[each.id]
        meta.append({"id": each.id, "name": property_.name})
        if property_.value:
            id_, name = service.BROAD[property_.value]
            meta[-1]["type"] = {"id": id_, "name": name}
        for id_, entry in entries.items():
            rows[id_][each.id] = [_value(value) for value in found[entry.iri]] if entry else []
    return {"meta": meta, "rows": rows}


def _value(value: Value) -> Told:
    if value.iri:
        return {"id": service.identifier(value.iri), "name": value.text}
    if value.number is not None:
        return {"int": int(value.number)} if value.number.is_integer() else {"float": value.number}
    return {"str": value.text}


def _read(model: TypeAdapter[T], name: str, text: str) -> T:
    """What a parameter says in JSON. Raises BadQuestion."""
    try:
        return model.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in (name, *first["loc"]))
        raise BadQuestion(where, "", first["msg"]) from None


def _answered(told: Told) -> Response:
    return reply(json.dumps(told, ensure_ascii=False), JSON["json"][0], current.version())
