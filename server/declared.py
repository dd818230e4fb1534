"""What the doors for programs take and give, declared once: pydantic checks it, spectree describes it as OpenAPI.

An endpoint is a view with two decorators, its route and `endpoint`: see docs/api.md, *Adding an endpoint*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from spectree import Response as Responses
from spectree import SpecTree
from werkzeug.wrappers import Response

from kg import __version__
from kg.errors import BadQuestion
from server import parameters
from server.errors import Rejected
from server.formats import Offer


def named(model: type[BaseModel]) -> str:
    """What a model is called in the description; parameters and answers of an endpoint may have one name."""
    return f"{model.__name__}Parameters" if issubclass(model, Query) else model.__name__


SPEC = SpecTree(
    "flask",
    title="Controlgraph",
    version=__version__,
    description="Who controlled what, when, according to whom. Times are whole days; names are IRIs, CURIEs or slugs.",
    mode="strict",
    annotations=False,
    path="-",  # the document has a route of ours
    page_templates={},
    validation_error_status=400,
    naming_strategy=lambda model: named(model),
    nested_naming_strategy=lambda _, child: child,
)
"""The description of every endpoint that is declared."""

Asked = TypeVar("Asked", bound="Query")


class Query(BaseModel):
    """The parameters of an endpoint: each a text that is given once at most, or a list, whose texts may come one by one
    or with commas between. Others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str | None = Field(None, description="the form of the answer, in place of `Accept`", examples=["json"])

    def given(self) -> dict[str, list[str]]:
        """The parameters as `kg.asking` takes them."""
        told = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None:
                told[field.alias or name] = value if isinstance(value, list) else [str(value)]
        return told


class Paged(Query):
    """A list that comes in pages; `Link` has the addresses of the others (RFC 8288)."""

    limit: int = Field(1000, ge=1, le=1_000_000, description="how many at most")
    offset: int = Field(0, ge=0, description="how many before them are left out")


class Problem(BaseModel):
    """What went wrong (RFC 9457); further members say more, such as `nearest` names."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


PROBLEMS = {400: "a parameter is not accepted", 404: "there is nothing of this name", 406: "no such form",
            503: "there is no data yet"}  # fmt: skip
"""What may go wrong at every endpoint that asks of control."""


def endpoint(
    query: type[Asked],
    answer: type[BaseModel],
    forms: Offer,
    *,
    path: Mapping[str, str] | None = None,
    tags: tuple[str, ...] = ("control",),
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Declare a view that gets its checked parameters and the wanted form first: what it takes, what its JSON answer is
    like, and its forms.

    The first line of its docstring is its summary; `path` tells what the variables of its route are.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        described = describe(answer, query=query, forms=forms, path=path, tags=tags)(view)

        @wraps(described)
        def asked(**variables: str) -> Response:
            given = read(query)
            return view(given, parameters.form(given.format, forms), **variables)

        return asked

    return decorate


def describe(
    answer: type[BaseModel],
    *,
    query: type[Query] | None = None,
    body: type[BaseModel] | None = None,
    forms: Offer | None = None,
    path: Mapping[str, str] | None = None,
    tags: tuple[str, ...] = ("control",),
    status: int = 200,
    problems: Mapping[int, str] = PROBLEMS,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Declare a view that reads its parameters and its body itself."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        failing = {f"HTTP_{each}": (Problem, told) for each, told in problems.items()}
        responses = Responses(**{f"HTTP_{status}": (answer, "the answer")}, **failing)
        described = SPEC.validate(
            query=query, json=body, resp=responses, tags=tags, path_parameter_descriptions=path,
            skip_validation=True, operation_id=view.__name__,
        )(view)  # fmt: skip

        # spectree would read a whole answer again, so it describes and does not stand in between
        @wraps(described)
        def direct(*given: Any, **variables: Any) -> Response:
            return view(*given, **variables)

        direct.forms = forms or {}  # type: ignore[attr-defined]
        return direct

    return decorate


def read(query: type[Asked]) -> Asked:
    """The parameters of this request.

    Raises Rejected for one that there is not, or that is given twice and is no list, and BadQuestion.
    """
    lists = _lists(query)
    values: dict[str, Any] = {}
    for name, texts in parameters.given().items():
        if name not in lists:
            accepted = ", ".join(sorted(lists))
            raise Rejected(400, "unknown-parameter", "No such parameter", f"{name}: accepted here are {accepted}")
        if lists[name]:
            several = [part.strip() for text in texts for part in text.split(",") if part.strip()]
            if several:
                values[name] = several
        elif text := (parameters.one(name) or "").strip():
            values[name] = text
    try:
        return query.model_validate(values)
    except ValidationError as error:
        raise _bad(error) from None


@cache
def _lists(query: type[Query]) -> dict[str, bool]:
    """Parameter → whether it is a list."""
    return {
        field.alias or name: get_origin(field.annotation) is list for name, field in query.model_fields.items()
    }  # fmt: skip


def _bad(error: ValidationError) -> BadQuestion:
    """The first thing that is wrong with parameters."""
    first = error.errors(include_url=False)[0]
    parameter = str(first["loc"][0])
    if first["type"] == "missing":
        return BadQuestion(parameter, "", "it is missing")
    expected = first.get("ctx", {}).get("expected")
    accepted = f"accepted are {str(expected).replace(chr(39), '')}" if expected else first["msg"]
    return BadQuestion(parameter, str(first["input"]), accepted)
