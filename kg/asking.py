"""Questions about control in the words of a caller: one grammar for the command line, the service and Python.

A question is given as parameters, each with its texts. What they mean:

    at         a day, month or year, an EDTF window `[a..b]`, or an interval `a/b`: every day of it is asked about
    known      what had been said by that day (of a month or interval, by its last)
    recorded   what was in the record by that day or moment (RFC 3339; a day to its end, UTC)
    sources    only these; with `-` before each, all but these
    policy     one of `kg.control.answers.POLICIES`
    baseline   on or off
    dataset    one of the data sets: its places, and the words of its sources
    place, within, type, state, actor, lang    which places the answer lists, and in which language

Places, actors and sources are named as `kg.naming` has it. Lists are texts one by one, or with commas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TypeVar

from kg import dates, naming
from kg.control.answers import POLICIES, State, View
from kg.control.record import Day
from kg.control.verdicts import STATES
from kg.errors import BadDate, BadQuestion
from kg.gazetteer import Gazetteer, Kind, last_part
from kg.ontology import PREFIXES

Given = Mapping[str, Sequence[str]]
"""The texts of each parameter, in order; a parameter without a text, or with empty ones, is not given."""

LISTENING = ("known", "recorded", "sources", "policy", "baseline")
"""The parameters that make the view."""
LISTING = ("dataset", "place", "within", "type", "state", "actor", "lang")
"""The parameters that choose what is listed, and how."""
SIDES = ("a", "b")
Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class Question:
    """Who held which places throughout the days from `first` to `last`, and who is listened to.

    `at` is the text that the days were given as. Of the places only those are listed that are among `places`, lie in
    one of `within`, are of one of `types` (IRIs of concepts), whose answer is one of `states` and has one of `actors`
    among the controllers; what is empty chooses nothing. `dataset` (an IRI, or empty) leaves the places of one data
    set, which are then `among`, and the words of its sources. `sources` are the texts that `view.sources` was given as.
    """

    at: str
    first: Day
    last: Day
    view: View = field(default_factory=View)
    places: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    actors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    lang: str = "en"
    dataset: str = ""
    among: frozenset[str] | None = None


def question(gazetteer: Gazetteer, given: Given) -> Question:
    """The question that the parameters ask. Those that are no part of a question are left to the caller.

    Raises BadDate, BadQuestion, UnknownName, AmbiguousName.
    """
    at = one(given, "at")
    if at is None:
        raise BadQuestion("at", "", f"a day is missing, such as 2021-08-15; {dates.ACCEPTED}")
    first, last = days(at)
    return Question(
        at,
        first,
        last,
        view(gazetteer, given),
        things(gazetteer, "place", several(given, "place")),
        things(gazetteer, "place", several(given, "within")),
        types(gazetteer, several(given, "type")),
        tuple(chosen("state", text, STATES) for text in several(given, "state")),
        things(gazetteer, "actor", several(given, "actor")),
        several(given, "sources"),
        one(given, "lang") or "en",
        dataset(one(given, "dataset")),
    )


def dataset(text: str | None) -> str:
    """The IRI of the data set of a name; whether there is one is seen where its places are looked for."""
    return (naming.expanded(text) or PREFIXES["dataset"] + naming.slugged(text)) if text else ""


def view(gazetteer: Gazetteer, given: Given) -> View:
    """Who is listened to, by the parameters in `LISTENING`. Raises what `question` raises."""
    known, recorded = one(given, "known"), one(given, "recorded")
    listened = several(given, "sources")
    policy, baseline = one(given, "policy") or "default", one(given, "baseline") or "on"
    return View(
        None if known is None else days(known, "known")[1],
        None if recorded is None else moment(recorded),
        heard(gazetteer, listened) if listened else None,
        chosen("policy", policy, POLICIES),
        chosen("baseline", baseline, ("on", "off")) == "on",
    )


def sides(gazetteer: Gazetteer, given: Given) -> tuple[Question, Question]:
    """Two questions: a parameter without a prefix holds for both, one with `a.` or `b.` for that side alone.

    Raises what `question` raises.
    """
    found = []
    for name in SIDES:
        with telling(given, name):
            found.append(question(gazetteer, side(given, name)))
    return found[0], found[1]


@contextmanager
def telling(given: Given, name: str) -> Iterator[None]:
    """Where a date that one side alone is given is no date, the error names the side: `b.at`, not `at`."""
    try:
        yield
    except BadDate as error:
        sided = f"{name}.{error}"
        if sided.partition(":")[0] not in given:
            raise
        raise type(error)(sided) from None


def side(given: Given, name: str) -> Given:
    """The parameters of one side, `a` or `b`."""
    common = {key: texts for key, texts in given.items() if key.partition(".")[0] not in SIDES}
    own = {key.removeprefix(f"{name}."): texts for key, texts in given.items() if key.startswith(f"{name}.")}
    return {**common, **own}


def days(text: str, parameter: str = "at") -> tuple[Day, Day]:
    """The first and the last day that a date may mean, or that an interval has.

    Raises BadDate for a text that is none, and for one without a beginning or an end.
    """
    try:
        first, last = dates.span(text)
    except BadDate as error:
        raise BadDate(f"{parameter}: {error}") from None
    return first.toordinal(), last.toordinal()


def moment(text: str) -> datetime:
    """The moment of a text in RFC 3339, or the end of a day, UTC. Raises BadDate."""
    try:
        if len(text.strip()) <= len("2021-08-15"):
            return datetime.combine(date.fromisoformat(text.strip()), time.max, UTC)
        # a plus sign in a query string is read as a space
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        accepted = "accepted are 2026-11-23 and 2026-11-23T12:00:00Z"
        raise BadDate(f"recorded: {text!r} is no day and no moment; {accepted}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def heard(gazetteer: Gazetteer, texts: Sequence[str]) -> frozenset[str]:
    """The sources that texts name; all but those, where every one has `-` before it."""
    without = [text[1:] for text in texts if text.startswith("-")]
    if without and len(without) < len(texts):
        raise BadQuestion("sources", ",".join(texts), "name the sources to hear, or those not to hear, not both")
    listed = frozenset(things(gazetteer, "source", without or texts))
    return frozenset(gazetteer.sources) - listed if without else listed


def types(gazetteer: Gazetteer, texts: Iterable[str]) -> tuple[str, ...]:
    """The types of places that texts name: by IRI, by CURIE, or by the last part of it, in any case."""
    known = gazetteer.place_types
    found: list[str] = []
    for text in texts:
        iri = naming.expanded(text) or known.get(text.replace("-", "").replace(" ", "").casefold(), "")
        if iri not in known.values():
            raise BadQuestion("type", text, f"accepted are {', '.join(map(last_part, known.values()))}")
        found.append(iri)
    return tuple(dict.fromkeys(found))


def things(gazetteer: Gazetteer, kind: Kind, texts: Iterable[str]) -> tuple[str, ...]:
    """The IRIs of what texts name, each once."""
    return tuple(dict.fromkeys(naming.named(gazetteer, kind, text).iri for text in texts))


def chosen(parameter: str, text: str, accepted: Sequence[Choice]) -> Choice:
    """The text, where it is one of those that are accepted. Raises BadQuestion."""
    for each in accepted:
        if each == text.strip().casefold():
            return each
    raise BadQuestion(parameter, text, f"accepted are {', '.join(accepted)}")


def whole(parameter: str, text: str, least: int = 0, most: int = 999_999_999) -> int:
    """The whole number that the text is, in digits. Raises BadQuestion."""
    if text.isascii() and text.isdigit() and len(text) <= 9 and least <= (number := int(text)) <= most:
        return number
    raise BadQuestion(parameter, text, f"accepted are whole numbers from {least} to {most}")


def one(given: Given, name: str) -> str | None:
    """The text of a parameter that is given once at most. Raises BadQuestion."""
    texts = [text.strip() for text in given.get(name, ()) if text.strip()]
    if len(texts) > 1:
        raise BadQuestion(name, texts[1], "it is given more than once, and has one value")
    return texts[0] if texts else None


def several(given: Given, name: str) -> tuple[str, ...]:
    """The texts of a parameter, those with commas taken apart."""
    return tuple(part.strip() for text in given.get(name, ()) for part in text.split(",") if part.strip())
