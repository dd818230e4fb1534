"""`/api/openapi.json`: what the doors for programs take and answer, as OpenAPI 3.1; `/api/docs`: the same as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, json, render_template

from server import current, formats
from server.declared import SPEC, Query, named

bp = Blueprint("api", __name__)


@bp.get("/api/openapi.json")
def openapi() -> Response:
    """The description of the endpoints, from the declarations that check what they are sent."""
    text = json.dumps(document(), ensure_ascii=False, sort_keys=False)
    return Response(text, content_type="application/json")


@bp.get("/api/docs")
def docs() -> str:
    """The same for people, with a form for each endpoint."""
    told = document()
    queries = {named(each) for each in _below(Query)}
    return render_template(
        "api/docs.html", told=told, operations=_operations(told), queries=queries, version=current.version()
    )


def document() -> dict[str, Any]:
    """The OpenAPI document, with every form that an answer has and the address that this client knows."""
    told = {**SPEC.spec, "servers": [{"url": current.address() or "/"}]}
    told["paths"] = {path: {**methods} for path, methods in told["paths"].items()}
    views = {str(rule).replace("<path:", "{").replace("<", "{").replace(">", "}"): rule.endpoint
             for rule in current_app.url_map.iter_rules()}  # fmt: skip
    for path, methods in told["paths"].items():
        forms: formats.Offer = getattr(current_app.view_functions[views[path]], "forms", {})
        for method, operation in methods.items():
            methods[method] = {**operation, "responses": _responses(operation["responses"], forms)}
    return told


def _responses(responses: dict[str, Any], forms: formats.Offer) -> dict[str, Any]:
    told = {}
    for status, response in responses.items():
        content = dict(response.get("content", {}))
        if status.startswith("2"):
            content |= {types[0]: {} for types in forms.values() if types[0] not in content}
        elif "application/json" in content:
            content = {"application/problem+json": content["application/json"]}
        told[status] = {**response, "content": content} if content else response
    return told


def _operations(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Path, method and operation of every endpoint, in the order of paths."""
    return [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in sorted(told["paths"].items())
        for method, operation in methods.items()
    ]


def _below(model: type[Query]) -> set[type[Query]]:
    """Every model of parameters: they are told with their endpoints."""
    return {model}.union(*(_below(each) for each in model.__subclasses__()))
