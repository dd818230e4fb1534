"""One dossier, made of one version of a store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg import __version__, queries, told
from kg.control.answers import Run, Stay, Verdict, View
from kg.control.index import history, verdict
from kg.control.opening import Control, open_control
from kg.control.record import Day
from kg.control.testimony import Fate, Testimony, witnesses
from kg.dossier import words
from kg.errors import UnknownEntity
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from kg.store.terms import read_rows
from kg.told import Facts

ASSUMES = f"{PREFIXES['kg']}Assumes"


@dataclass(frozen=True)
class Holder:
    """One controller of the verdict, and how it came in: named, presumed, baseline, or party (to a contest)."""

    actor: str
    basis: str
    stay: Stay


@dataclass(frozen=True)
class Told:
    """One claim, in one voice, and its bearing on the answer.

    The first ten are as in `kg.told.Claim`; `events` are what it is about. `fate` is None for a claim that is no
    word about the place (a plan, an assumption); `became` says it in words, `section` names the part of
    docs/control.md with the rule. `says` is what it comes to under the rules. `names`, `presumes`, `excludes` are
    actors, as of the days asked about (`kg.control.testimony.Testimony`).
    """

    claim: str
    stance: str
    claimant: str | None
    source: str
    published: str | None
    sentence: int | None
    gloss: str
    stated: str | None
    when: str | None
    events: tuple[str, ...]
    fate: Fate | None
    became: str
    section: str
    rests: bool
    says: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    presumes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    contested: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule that applied: the section of docs/control.md, and what it did here."""

    section: str
    text: str


@dataclass(frozen=True)
class Dossier:
    """The answer to who held a place on some days, with everything that it rests on and everything that it leaves out.

    `claims` are all that say something of the place, in the order of the days that they tell of; `assumptions` those
    that nobody says. `runs` are the spans of equal answers that the days lie in. `labels` names every IRI that occurs.
    `version` is the data's, `published` when that version was (UTC), `software` what made the dossier.
    """

    place: str
    kinds: tuple[str, ...]
    view: View
    question: str
    sentence: str
    verdict: Verdict
    holders: tuple[Holder, ...]
    claims: tuple[Told, ...]
    assumptions: tuple[Told, ...]
    runs: tuple[Run, ...]
    rules: tuple[Rule, ...]
    version: str
    published: str
    licences: tuple[str, ...]
    software: str = __version__
    labels: dict[str, str] = field(default_factory=dict, repr=False)


def dossier(store: Store, place: str, first: Day, last: Day, view: View | None = None) -> Dossier:
    """The dossier of a place for the days from first to last (which may be the same).

    Raises UnknownEntity for a place of which the store knows nothing, ValueError for a policy that is none and days in
    the wrong order, NoStudyStart, NothingPublished, StoreUnreadable, and the QueryProblem that fits.
    """
    view = view or View()
    # everything from one version, whatever is published meanwhile
    seen = store.at(store.version())
    control = open_control(seen)
    kinds = _kinds(seen, place)
    answer = verdict(control.index, place, first, last, view)
    voices = witnesses(control.index, place, first, last, view)
    claims = _claims(seen, place, {each.claim for each in voices} | answer.because)
    labels = told.names(seen, {place, *kinds, *_iris(answer, view, voices, claims)})
    called = {iri: label for iri, label in labels.items() if iri != place}
    name = labels.get(place, place)
    entries = _told(voices, claims, answer, called)
    holders = _holders(answer, voices)
    bases = {holder.actor: holder.basis for holder in holders}
    start = control.index.ledger.study_start
    manifest = seen.manifest()
    return Dossier(
        place,
        kinds,
        view,
        words.question(name, first, last, view, labels),
        words.sentence(answer, name, labels, bases, start),
        answer,
        holders,
        tuple(each for each in entries if each.stance != ASSUMES),
        tuple(each for each in entries if each.stance == ASSUMES),
        _runs(control, place, first, last, view),
        _rules(answer, entries, view),
        seen.version(),
        str(manifest.entry.get("at", "")),
        tuple(dict.fromkeys(str(row["licence"]) for row in seen.select("datasets") if "licence" in row)),
        labels=labels,
    )


def _kinds(store: Store, place: str) -> tuple[str, ...]:
    """The types of a place. Raises UnknownEntity where it is none."""
    answer = store.query(queries.text_for("place-types", "place", [place]))
    kinds = tuple(str(row["type"]) for row in read_rows(answer.read()))
    if not kinds:
        raise UnknownEntity(place)
    return kinds


def _claims(store: Store, place: str, known: Iterable[str]) -> dict[str, Facts]:
    """What every claim about control at the place says, and `known` ones; `when` is its own day, else the event's."""
    select = told.of(store)
    there = select(queries.text_for("control-claims-at", "place", [place]))
    claims = told.claims(select, {str(row["claim"]) for row in there} | set(known))
    events = told.events(select, {event for facts in claims.values() for event in facts["about"]})

    def days(facts: Facts) -> tuple[str, ...]:
        of_events = (day for event in facts["about"] if event in events for day in events[event].facts.get("edtf", ()))
        return facts.get("statesWhen") or tuple(of_events)

    return {claim: {**facts, "when": days(facts)} for claim, facts in claims.items()}


def _told(voices: list[Testimony], claims: dict[str, Facts], answer: Verdict, called: dict[str, str]) -> list[Told]:
    """Every claim, in each of its voices, in the order of the days that it tells of; plans and assumptions last."""
    found = [
        _entry(voice.claim, claims[voice.claim], voice, voice.claimant, answer, called)
        for voice in voices
        if voice.claim in claims
    ]
    for claim in sorted(claims.keys() - {voice.claim for voice in voices}):
        claimants: list[str | None] = [*claims[claim].get("claimant", ())]
        found += [_entry(claim, claims[claim], None, claimant, answer, called) for claimant in claimants or [None]]
    return found


def _entry(
    claim: str, facts: Facts, voice: Testimony | None, claimant: str | None, answer: Verdict, called: dict[str, str]
) -> Told:
    shown = told.claim(claim, facts)
    rests = claim in answer.because and (voice is None or voice.fate == "heard")
    became, section = words.fate(voice.fate if voice else None, assumed=shown.stance == ASSUMES, rests=rests)
    return Told(
        claim,
        shown.stance,
        claimant,
        shown.source,
        shown.published,
        shown.sentence,
        shown.gloss,
        shown.stated,
        told.first(facts, "when"),
        facts["about"],
        voice.fate if voice else None,
        became,
        section,
        rests,
        tuple(dict.fromkeys(words.saying(each, called) for each in voice.sayings)) if voice else (),
        tuple(sorted(voice.names)) if voice else (),
        tuple(sorted(voice.presumes)) if voice else (),
        tuple(sorted(voice.excludes)) if voice else (),
        bool(voice and voice.contested),
    )


def _holders(answer: Verdict, voices: list[Testimony]) -> tuple[Holder, ...]:
    heard = [voice for voice in voices if voice.fate == "heard"]
    named = frozenset[str]().union(*(voice.names for voice in heard))
    presumed = frozenset[str]().union(*(voice.presumes for voice in heard))
    parties = {party for voice in heard if voice.contested for said in voice.sayings for party in said.parties}

    def basis(actor: str) -> str:
        if actor in named:
            return "named"
        return "party" if actor in parties else "presumed" if actor in presumed else "baseline"

    return tuple(Holder(actor, basis(actor), stay) for actor, stay in sorted(answer.controllers.items()))


def _runs(control: Control, place: str, first: Day, last: Day, view: View) -> tuple[Run, ...]:
    """The runs that the days lie in, whole."""
    return tuple(
        run
        for run in history(control.index, place, view)
        if run.first <= last and (run.last is None or run.last >= first)
    )


def _rules(answer: Verdict, entries: list[Told], view: View) -> tuple[Rule, ...]:
    """The rules that decided something here, in the order of docs/control.md."""
    found = [Rule(each.section, f"A claim {each.became}.") for each in entries if each.fate not in (None, "heard")]
    found += [Rule(each.section, f"A claim {each.became}.") for each in entries if each.became == words.PLAN[0]]
    found.append(Rule("6. What follows", f"{answer.state}: {words.STATES[answer.state]}"))
    found += [Rule("6. What follows", f"{flag}: {words.FLAGS[flag]}") for flag in sorted(answer.flags - {"disputed"})]
    if answer.first < answer.last:
        found.append(Rule("Several days, since and until", "Every day has to agree; the answer is not its last day."))
    if view.policy in words.POLICIES:
        found.append(Rule("Policies", f"{view.policy}: {words.POLICIES[view.policy]}."))
    return tuple(sorted(set(found), key=lambda rule: (rule.section, rule.text)))


def _iris(answer: Verdict, view: View, voices: list[Testimony], claims: dict[str, Facts]) -> set[str]:
    """Everything that is named in a dossier."""
    named = {*answer.controllers, *answer.excluded, *(view.sources or ())}
    for voice in voices:
        named |= voice.names | voice.presumes | voice.excludes
        for said in voice.sayings:
            named |= {iri for iri in (said.who, said.was, said.area, *said.parties) if iri}
    return named.union(*(facts.get(what, ()) for facts in claims.values() for what in ("claimant", "source")))
