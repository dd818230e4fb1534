"""A verdict in one sentence, and everything that hedges it in words: doubt of each kind has a wording of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kg.control.answers import Flag, State, Verdict, View
from kg.control.record import Day
from kg.control.testimony import Fate, Saying

FLAGS: dict[Flag, str] = {
    "disputed": "Words that are heard exclude each other; none of them is taken for the true one.",
    "contested": "That the place was fought over, and nobody's, is among what is possible.",
    "partial": "Something is said of parts of the place only, or of its centre; it may not hold for all of it.",
    "baseline": "A controller is there by a baseline only: an assumption of the data set, which no source states.",
    "presupposed": "A controller is there by presumption: who lost the place is not named, or who came after.",
    "carried": "Nobody who is heard can know of that day: the answer is what was last known.",
    "self-claimed": "Only the holder itself, or an organ of it, says that it held the place.",
}
"""What each flag of a verdict means (docs/control.md, section 6)."""

STATES: dict[State, str] = {
    "controlled": "What is heard leaves one holder, and a firm voice says just that holder.",
    "possible": "Somebody is named, presumed or assumed, and nobody says firmly what all who are heard allow.",
    "contested": "What is heard leaves that the place was contested, and a firm voice says so.",
    "disputed": "The words that are heard cannot all be true; everyone they name is possible, nobody is certain.",
    "unknown": "Nobody who is listened to names a holder, and nothing lets one be presumed.",
}
"""When each state is the answer (docs/control.md, section 6)."""

FATES: dict[Fate, tuple[str, str]] = {
    "heard": ("heard", "4. What a voice says of a day"),
    "parts only": ("heard, of parts only", "2. What a claim says"),
    "leaves it open": ("heard, and leaves it open", "4. What a voice says of a day"),
    "outdated": (
        "not heard: outdated, somebody tells of a change that began after this voice last spoke",
        "5. Who is not heard",
    ),
    "outrun": (
        "not heard: outrun, it reaches back to a day before its first change, and somebody tells of one in between",
        "5. Who is not heard",
    ),
    "less specific": (
        "not heard: less specific, it speaks of a whole area, and a firm word about the place itself excludes it",
        "5. Who is not heard",
    ),
    "overruled": (
        "not heard: overruled, its word is carried, and a firm word that knows more excludes it",
        "5. Who is not heard",
    ),
    "not newest": ("not heard: others know longer, and the policy listens to the newest", "Policies"),
    "of other days": ("speaks of other days only", "4. What a voice says of a day"),
    "not yet said": ("does not count: it had not been said yet by the day asked for", "1. Which claims count"),
    "other source": ("does not count: its source is not among those chosen", "1. Which claims count"),
    "not yet recorded": ("does not count: it was not recorded yet at the time asked for", "1. Which claims count"),
    "taken back": ("does not count: it was taken back", "1. Which claims count"),
    "superseded": ("does not count: another claim supersedes it", "1. Which claims count"),
    "said anew": ("does not count: the same voice said something later about this", "1. Which claims count"),
    "original speaks": (
        "does not count: the source that it derives from speaks of the place itself",
        "3. What a voice tells of one place",
    ),
    "nearer told": (
        "does not count: the same voice tells something of a nearer place",
        "3. What a voice tells of one place",
    ),
}
"""What became of a claim, in words, and the section of docs/control.md with the rule."""

PLAN = ("says nothing: it tells of what was still to come when it was said", "2. What a claim says")
ASSUMPTIONS = {
    True: "an assumption of the data set, nobody's word; a controller is possible by it alone",
    False: "an assumption of the data set, nobody's word; the answer does not rest on it",
}
POLICIES = {
    "every-word": "nobody is dropped as outdated, outrun or overruled",
    "majority": "of a dispute, an actor is certain if more than half of the groups with a certain word say so",
    "newest": "of those who are heard, only the ones who know longest count",
    "two-independent": "certain only if two independent groups of voices are",
    "confirmed": "the holder's own word, or its organ's, is weak",
}
BEARING = ("heard", "parts only", "leaves it open", "outdated", "outrun", "less specific", "overruled", "not newest")
"""What became of the claims that speak of the days asked about, whether they are heard or not."""


def day(on: Day) -> str:
    """A day: 22 June 2021."""
    value = date.fromordinal(on)
    return f"{value.day} {value:%B %Y}" if value.year >= 1000 else value.isoformat()


def days(first: Day, last: Day) -> str:
    """Days as they end a sentence: on 22 June 2021; from 1 June 2021 to 22 June 2021."""
    return f"on {day(first)}" if first == last else f"from {day(first)} to {day(last)}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    every = list(names)
    return f" {last} ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)


def question(place: str, first: Day, last: Day, view: View, called: Mapping[str, str]) -> str:
    """The question, with everything that narrows it."""
    narrowed = []
    if view.known is not None:
        narrowed.append(f"by what had been said by {day(view.known)}")
    if view.recorded is not None:
        narrowed.append(f"as recorded by {view.recorded.isoformat(sep=' ', timespec='seconds')}")
    if view.sources is not None:
        chosen = sorted(called.get(source, source) for source in view.sources)
        narrowed.append(f"according to {listed(chosen)}" if chosen else "according to no source at all")
    if view.policy != "default":
        narrowed.append(f"under the policy “{view.policy}”")
    if not view.baseline:
        narrowed.append("without baselines")
    return ", ".join([f"Who controlled {place} {days(first, last)}", *narrowed]) + "?"


def sentence(
    verdict: Verdict, place: str, called: Mapping[str, str], bases: Mapping[str, str], study_start: Day
) -> str:
    """The verdict in one sentence.

    `bases` says of each controller how it came in: named, presumed, baseline, or party (to a contest).
    """
    when = days(verdict.first, verdict.last)
    clauses = [_held(verdict, place, when, called, bases, study_start)]
    flags = verdict.flags
    if verdict.excluded and verdict.state in ("unknown", "possible"):
        denied = listed((called.get(actor, actor) for actor in sorted(verdict.excluded)), "or")
        clauses.append(f"what is said excludes {denied}")
    some = "on some of these days " if verdict.first < verdict.last else ""
    if "contested" in flags and verdict.state not in ("contested", "unknown"):
        clauses.append(f"{some}that it was contested is possible too")
    if "partial" in flags:
        clauses.append(f"{some}something is said of parts of it, or of its centre, only")
    if "carried" in flags:
        clauses.append(f"{some}this is what was last known, for nobody who is heard can know of that time")
    return "; ".join(clauses) + "."


def _held(
    verdict: Verdict, place: str, when: str, called: Mapping[str, str], bases: Mapping[str, str], study_start: Day
) -> str:
    actors = sorted(verdict.controllers)
    names = [called.get(actor, actor) for actor in actors]
    several = len({(run.state, run.certain, run.possible) for run in verdict.runs}) > 1
    certain = [called.get(actor, actor) for actor in actors if verdict.controllers[actor].certainty == "certain"]
    match verdict.state:
        case "controlled":
            how = (
                "by its own word alone" if "self-claimed" in verdict.flags else "and no word that is heard excludes it"
            )
            return f"{place} was held by {listed(certain)} {when}, {how}"
        case "contested":
            between = f"between {listed(names)}" if names else "and nobody says between whom"
            return f"{place} was contested {when}, {between}"
        case "disputed":
            where = "at least on one of these days" if verdict.first < verdict.last else when
            who = f", and name {listed(names)}" if names else ""
            most = f"; most of them say {listed(certain)}" if certain else ""
            return f"It is disputed who held {place} {where}: words that are heard exclude each other{who}{most}"
        case "unknown":
            return f"It is unknown who held {place} {when}: {_silence(verdict, study_start)}"
    return _possible(place, when, names, [bases[actor] for actor in actors], several)


def _silence(verdict: Verdict, study_start: Day) -> str:
    if verdict.last < study_start:
        return f"the data answers from {day(study_start)} on"
    return "nobody who is listened to says so"


def _possible(place: str, when: str, names: Sequence[str], bases: Sequence[str], several: bool) -> str:
    if several:
        return (
            f"No one answer holds for {place} on all days {when}; {listed(names)} held it on some of them, or may have"
        )
    if set(bases) == {"baseline"}:
        return (
            f"Nobody says who held {place} {when}; that it was {listed(names, 'or')} is only presumed, by a baseline "
            "of the data set"
        )
    if set(bases) == {"presumed"}:
        return f"Nobody says outright who held {place} {when}; that it was {listed(names, 'or')} is only presumed"
    hedged = [
        {"presumed": f"{name} (presumed)", "baseline": f"{name} (by a baseline)"}.get(basis, name)
        for name, basis in zip(names, bases, strict=True)
    ]
    what = "what is heard fits each of them" if len(names) > 1 else "what is heard allows it and does not settle it"
    return f"Possibly {place} was held by {listed(hedged, 'or')} {when}; {what}"


def saying(said: Saying, called: Mapping[str, str]) -> str:
    """What a claim comes to under the rules, in a few words."""
    who = called.get(said.who or "", said.who or "somebody")
    was = f"; until then held by {called.get(said.was, said.was)}" if said.was else ""
    words = {
        "held": f"held by {who}{was}",
        "not held": f"not held by {who}{was}",
        "contested": f"contested{was}",
        "not contested": "not contested",
        "parts": "tells of parts only",
    }[said.says]
    area = f", said of all of {called.get(said.area, said.area)}" if said.area else ""
    weak = " (weakly)" if said.weak else ""
    return f"{words}{area}{weak}"


def fate(became: Fate | None, *, assumed: bool, rests: bool) -> tuple[str, str]:
    """What became of a claim, and the section with the rule; None is a claim without a word about the place."""
    if became is None:
        return (ASSUMPTIONS[rests], "6. What follows") if assumed else PLAN
    return FATES[became]
