"""`/dossier`: the citable answer, as a page to print and as JSON-LD, from the present version or a cited one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template
from pydantic import BaseModel, ConfigDict, Field

from kg import asking, naming
from kg.asking import Question
from kg.dossier.citing import cited
from kg.dossier.document import Document, address
from kg.dossier.making import dossier
from kg.dossier.words import BEARING, FLAGS
from kg.errors import BadQuestion, UnknownName, VersionGone
from kg.gazetteer import open_gazetteer
from server import access, current, formats
from server.declared import endpoint
from server.errors import Rejected
from server.questions import DAY, Listening, Named
from server.replies import reply

bp = Blueprint("dossier", __name__)

FORMS: formats.Offer = {"jsonld": ("application/ld+json", "application/json"), **formats.HTML}
"""What a dossier is offered as; JSON-LD where a client has no wish."""


class Cited(Named, Listening):
    """Which place, on which days, by which version of the data; without a place and days there is a form for people."""

    place: str | None = Field(None, description="the place", examples=["city-kabul"])
    at: str | None = Field(None, description=f"{DAY}; every day of it is asked about", examples=["2021-08-15"])
    version: str | None = Field(None, description="the version of the data that is cited; without it the present one")


class Dossier(BaseModel):
    """The dossier as JSON-LD; docs/dossier.md tells of its members."""

    model_config = ConfigDict(extra="allow")

    id: str
    question: str
    verdict: str
    version: str
    changed: dict[str, Any] | None


@bp.get("/dossier")
@endpoint(Cited, Dossier, FORMS, tags=("dossier",))
def show(given: Cited, form: str) -> Response:
    """The citable answer to who held a place on some days, with everything for and against it."""
    if form == "html" and (given.place is None or given.at is None):
        place, at = _example()
        shown = (given.place or place, given.at or at)
        page = render_template("dossier/ask.html", version=current.version(), example=shown)
        return Response(page, mimetype="text/html")
    asked, version = _asked(given), given.version
    place = asked.places[0]
    days = asked.first, asked.last, asked.view
    here = current.address()
    try:
        found, changed = cited(current.store(), current.dossiers(), place, *days, version, access.client())
    except VersionGone as gone:
        raise _gone(gone, place, days) from None
    now = here + address(place, *days)
    found = found | {"id": here + found["id"], "changed": changed}
    if form == "html":
        response = Response(_page(found, now, given.lang), mimetype="text/html")
    else:
        response = reply(found, FORMS[form][0], current.version())
    response.vary.add("Accept")
    other = "html" if form == "jsonld" else "jsonld"
    response.headers["Link"] = (
        f'<{found["id"]}>; rel="canonical", <{now}>; rel="latest-version", '
        f'<{found["id"]}&format={other}>; rel="alternate"; type="{FORMS[other][0]}"'
    )
    return response


def _asked(given: Cited) -> Question:
    """The question, which is about one place."""
    gazetteer = open_gazetteer(current.store())
    if given.place is None:
        raise BadQuestion("place", "", "name the place that the dossier is about")
    told = given.given()
    rest = asking.question(gazetteer, {name: told[name] for name in ("at", *asking.LISTENING) if name in told})
    try:
        place = naming.named(gazetteer, "place", given.place).iri
    except UnknownName:
        # an older version may know a place that the present one does not
        iri = naming.expanded(given.place)
        if iri is None or given.version is None:
            raise
        place = iri
    return replace(rest, places=(place,))


def _gone(gone: VersionGone, place: str, days: tuple[Any, ...]) -> Rejected:
    """That the version is no longer kept, with the present answer."""
    now = current.address() + address(place, *days)
    present = dossier(current.store(), place, *days)
    detail = (
        f"the version {gone.version} is no longer kept, and no dossier of this question from it is; at present, by "
        f"version {present.version}: {present.sentence}"
    )
    members = {"version": gone.version, "present": now, "presentVersion": present.version, "verdict": present.sentence}
    return Rejected(
        410,
        "version-gone",
        "This version is no longer kept",
        detail,
        {"Link": f'<{now}>; rel="latest-version"'},
        members,
    )


def _example() -> tuple[str, str]:
    """A place and a day to ask about, of the data that is served: the slug of a place, and the study's first day."""
    gazetteer = open_gazetteer(current.store())
    first = next((entry.slug for entry in gazetteer.places.values() if entry.point), "")
    return first, str(next((row["start"] for row in current.store().select("datasets") if "start" in row), ""))


def _page(found: Document, now: str, lang: str) -> str:
    told = found["claims"]
    gazetteer = open_gazetteer(current.store())
    subject = found["subject"]["id"]
    called = found["labels"] | {subject: found["subject"]["label"]}
    called = gazetteer.called(called, lang)
    return render_template(
        "dossier/dossier.html",
        found=found,
        now=now,
        version=current.version(),
        labels=called,
        bearing=[each for each in told if each["fate"] in BEARING],
        other=[each for each in told if each["fate"] not in BEARING],
        glosses={each["id"]: each["gloss"] for each in (*told, *found["assumptions"])},
        conflicts=_conflicts([pair for pair in found["conflicts"] if len(pair) == 2]),
        groups=[group for group in found["conflicts"] if len(group) != 2],
        flags=FLAGS,
        sections=_sections(found["rules"]),
    )


def _sections(rules: list[dict[str, str]]) -> dict[str, list[str]]:
    """The rules that applied, by section."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        found.setdefault(rule["section"], []).append(rule["text"])
    return found


def _conflicts(pairs: list[list[str]]) -> list[tuple[str, list[str]]]:
    """Pairs of claims, each once, gathered under the claim that is in most of them."""
    found = []
    while pairs:
        most = Counter(claim for pair in pairs for claim in pair).most_common(1)[0][0]
        found.append((most, [claim for pair in pairs if most in pair for claim in pair if claim != most]))
        pairs = [pair for pair in pairs if most not in pair]
    return found
