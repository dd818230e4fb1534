"""`/data`, what the data is and is not, and `/help`, what the words and drawings on the pages mean."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path

from flask import Blueprint, Response, render_template

from kg import answering, export, queries
from kg.browsing.gaps import gaps, span
from kg.control.answers import POLICIES
from kg.dossier.words import FLAGS, STATES
from kg.errors import NoStudyStart, NothingPublished
from kg.figures import seen
from kg.figures.calendar import day
from kg.figures.drawing import style
from kg.figures.states import SERIES, Party, words
from kg.figures.swatches import kinds, swatch
from kg.files import BASE
from kg.store.journal import newest
from server import current, headers, parameters
from server.narrowing import at_hand

bp = Blueprint("about", __name__)

VERSIONS = 10
"""How many versions the page lists; the feed has more."""
_PREFIX = "swatch"
KEYS = Path(__file__).parent / "keys.json"


@bp.route("/data")
def data() -> str:
    """What the data is: data sets, graphs, versions, files, doors, links to others, and what is known to be missing."""
    store, of = at_hand()
    manifest = store.manifest()
    return render_template(
        "about/data.html",
        version=of.version,
        datasets=store.select("datasets"),
        credits=store.select("credits"),
        notes=store.select("dataset-notes"),
        coverage=of.coverage,
        span=span(of),
        updated=manifest.entry,
        graphs=sorted((name, record.triples) for name, record in manifest.graphs.items()),
        total=sum(record.triples for record in manifest.graphs.values()),
        own=lambda name: name.removeprefix(f"{BASE}graph/") if name.startswith(f"{BASE}graph/") else "",
        versions=list(islice(newest(store.location), VERSIONS)),
        gaps=gaps(of),
        links=store.select("void-links"),
        files=[name for name in export.FILES if not name.endswith(export.DESCRIBED)],
        examples=queries.examples(),
        address=current.address(),
    )


@bp.route("/help")
def helping() -> Response:
    """What "control" means here, how each kind of answer is drawn, how answers are come by, keys, access, citing."""
    parties, version = _parties()
    drawn = [(kind, swatch(kind.answer, f"{_PREFIX}-{number}"), words(kind.answer))
             for number, kind in enumerate(kinds(parties))]  # fmt: skip
    chosen = current.settings()
    page = render_template(
        "about/help.html",
        version=version,
        states=[(name, meaning, [each for each in drawn if each[0].name == name]) for name, meaning in STATES.items()],
        flags=[(name, meaning, [each for each in drawn if each[0].name == name]) for name, meaning in FLAGS.items()],
        policies=[(name, POLICY[name]) for name in POLICIES],
        start=_start(),
        day_of=day,
        limits=chosen,
        keys=_keys(),
        address=current.address(),
        example=_example(),
        style=style(),
    )
    return headers.with_figures(page)


POLICY = {
    "default": "the rules as they are told here",
    "every-word": "nobody is left out as outdated, outrun or overruled",
    "majority": "of a dispute, who is named by more than half of those who are sure is certain; it stays disputed",
    "newest": "of those who are heard, only those who know longest",
    "two-independent": "certain only if two are sure that do not quote the same, nor come from one origin",
    "confirmed": "the holder's own word, and that of its organs, is weak",
}
"""What each policy changes (docs/control.md, *Policies*)."""


def _parties() -> tuple[list[Party], str]:
    """The actors of the first series, as the figures draw them; where nobody holds anything, two that are invented."""
    with suppress(NothingPublished, NoStudyStart):
        store = parameters.store()
        known, lang = answering.known(store), parameters.one("lang") or "en"
        actors = seen.open_actors(store, known.index, known.gazetteer, lang)
        first = {number: actor for actor, number in sorted(actors.series.items(), reverse=True) if number < SERIES - 1}
        if len(first) > 1:
            return [actors.party(first[number]) for number in sorted(first)], known.version
    with suppress(NothingPublished):
        return [Party("", "one actor", 0), Party("", "another", 1)], current.version()
    return [Party("", "one actor", 0), Party("", "another", 1)], ""


def _start() -> int | None:
    with suppress(NothingPublished, NoStudyStart):
        return answering.known(parameters.store()).index.ledger.study_start
    return None


def _example() -> str:
    """A place to cite: the first of which anything is said."""
    with suppress(NothingPublished, NoStudyStart):
        known = answering.known(parameters.store())
        return next((place for place in known.index.ledger.places if place in known.gazetteer.places), "")
    return ""


@cache
def _keys() -> list[tuple[list[str], str]]:
    """The keys of all pages, which the part of a page that runs in the browser reads from the same file."""
    found: list[tuple[list[str], str]] = json.loads(KEYS.read_text("utf-8"))
    return found
