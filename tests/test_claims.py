"""Adding to the record on the command line: what a person types, what is written, what is refused."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from kg import files
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from tests.conftest import WORLD, load
from tests.elsewhere.stores import Place, Stores, command, settings_of

ID = f"{files.BASE}id/"
ALDEN = (
    "--place", "town-alden", "--to", "crown", "--when", "the night of 3 to 4 April 1931", "--source", "courier",
    "--gloss", "The Crown took Alden.",
)  # fmt: skip


@pytest.fixture
def place(world: Place, tmp_path: Path, stores: Stores) -> Place:
    """Where a store of the test's own is."""
    return stores.copy(world, tmp_path / "store")


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """That store, opened."""
    opened = open_store(place)
    yield opened
    opened.close()


def kg(place: Place, *arguments: str) -> Result:
    return command(place, "claim", *arguments)


def claim_of(result: Result) -> str:
    """The claim that a command tells of."""
    assert result.exit_code == 0, result.output
    found = re.search(rf"<{ID}claim/([^>]+)>", result.stdout)
    assert found, result.output
    return found[1]


def true(store: Store, pattern: str) -> bool:
    return store.query(f"ASK {{ {pattern} }}", results="csv", prefixes=PREFIXES).text() == "true"


def test_a_claim_is_added_and_tells_what_it_changes(place: Place, store: Store) -> None:
    before = store.version()
    result = kg(place, "add", *ALDEN)
    claim = claim_of(result)
    assert store.version() != before
    assert "Alden on 1931-04-04, before: unknown\n" in result.stdout
    assert "Alden on 1931-04-04, now: controlled: Crown (certain)\n" in result.stdout
    assert true(
        store,
        f"GRAPH graph:added {{ <{ID}claim/{claim}> kg:about ?e ; kg:source source:courier ; kg:stance kg:Reports . "
        '?e kg:toController actor:crown ; kg:when ?w . ?w kg:edtf "[1931-04-03..1931-04-04]"^^edtf:EDTF ; '
        'kg:dateText "the night of 3 to 4 April 1931" ; kg:latest "1931-04-04"^^xsd:date }',
    )
    assert store.journal()[-1]["who"].endswith("(kg claim add)")
    assert set(store.journal()[-1]["added"]) == {f"{files.BASE}graph/added"}


def test_the_same_claim_twice_is_one(place: Place, store: Store) -> None:
    first = claim_of(kg(place, "add", *ALDEN))
    version = store.version()
    again = kg(place, "add", *ALDEN)
    assert again.stdout.startswith("nothing to do: ")
    assert claim_of(again) == first
    assert store.version() == version


def test_the_same_claim_with_other_words_is_a_conflict(place: Place, store: Store) -> None:
    claim = claim_of(kg(place, "add", *ALDEN))
    other = kg(place, "add", *ALDEN[:-1], "Alden was taken.")
    assert other.exit_code == 1
    assert f"<{ID}claim/{claim}> says the same, with the gloss 'The Crown took Alden.'" in other.stderr


def test_a_dry_run_shows_the_turtle_and_writes_nothing(place: Place, store: Store) -> None:
    before = store.version()
    result = kg(place, "add", *ALDEN, "--locator", "page 3", "--dry-run")
    assert 'kg:locator "page 3"' in result.stdout
    assert "kg:toController actor:crown" in result.stdout
    assert store.version() == before
    refused = kg(place, "add", *ALDEN, "--sentence", "-1", "--dry-run")
    assert refused.exit_code == 1
    assert "--sentence: A claim has at most one sentence, a whole number" in refused.stderr


def test_a_new_source_is_described_with_the_claim(place: Place, store: Store) -> None:
    source = (
        "--title", "The Herald", "--publisher", "Herald Press", "--address", "https://example.org/herald/12",
        "--published", "5 April 1931", "--retrieved", "2026-01-02", "--language", "fa",
    )  # fmt: skip
    claim = claim_of(kg(place, "add", *ALDEN[:6], *ALDEN[8:], *source, "--claimant", "crown", "--stance", "announces"))
    assert true(
        store,
        f"<{ID}claim/{claim}> kg:source ?s ; kg:stance kg:Announces ; kg:claimant actor:crown . ?s a kg:Source ; "
        'skos:prefLabel "The Herald"@en ; dcterms:publisher "Herald Press" ; dcterms:language "fa" ; '
        "kg:address <https://example.org/herald/12> ; kg:published/kg:edtf '1931-04-05'^^edtf:EDTF",
    )
    # the address is that source, whatever else is said of it
    other = kg(place, "add", *ALDEN[:6], *ALDEN[8:], *source[2:], "--title", "Another title")
    assert other.exit_code == 1
    assert "is this source, and described otherwise (prefLabel: The Herald)" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--place", "town-aldn"), "--place: there is no place 'town-aldn'; the nearest are town-alden (Alden, "),
        (("--to", "Taliban"), "--to: there is no actor 'Taliban'"),
        (("--source", "nowhere"), "--source: there is no source 'nowhere'"),
        (("--stance", "thinks"), "--stance: 'thinks' is none of those accepted: Reports, Announces, "),
        (("--extent", "half"), "--extent: 'half' is none of those accepted: Whole, EntireArea, Centre, SomeParts"),
        (("--kind", "rumour"), "--kind: 'rumour' is none of those accepted: change, report"),
        (("--manner", "slowly"), "--manner: 'slowly' is none of those accepted: Abandoned, "),
        (("--when", "[1931-04-09..1931-04-01]"), "--when: '[1931-04-09..1931-04-01]' is a window that ends before"),
        (("--when", "between 9 and 3 April 1931"), "--when: 'between 9 and 3 April 1931' ends before it begins"),
        (("--to", ""), "--to: A change of control says at least one of to, from, parties and contested true."),
        (("--when", ""), "--when: A change of control needs a when."),
        (("--party", "blues", "--party", "crown"), "--party: A change of control says either who took the place (to)"),
        (("--to", "", "--party", "blues"), "--party: A place is contested between at least two parties."),
        (("--gloss", " "), "--gloss: what the source says, in an English sentence of your own, is needed"),
        (("--stated-on", "1 May 1931"), "--stated-on: "),
        (("--event", "brook"), "--place: is said by the event already"),
    ],
)
def test_what_is_wrong_is_told_by_option_and_nothing_is_written(
    world: Place, arguments: tuple[str, ...], words: str
) -> None:
    before = open_store(world).version()
    result = kg(world, "add", *ALDEN, *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert open_store(world).version() == before


def test_everything_that_is_wrong_is_told_at_once(place: Place) -> None:
    result = kg(place, "add", "--place", "nowhere", "--title", "x", "--address", "example.org", "--retrieved", "soon")
    assert [word for word in result.stderr.split() if re.match("--[a-z-]+:", word)] == [
        "--place:", "--address:", "--gloss:",
    ]  # fmt: skip
    page = kg(place, "add", *ALDEN[:6], *ALDEN[8:], "--title", "x")
    assert "--retrieved: A page (NewsPage, EncyclopediaCopy) needs retrieved" in page.stderr


def test_a_date_that_cannot_be_is_kept_as_a_text_and_flagged(place: Place, store: Store) -> None:
    for when, stated in (("1931-13-01", "uuuu"), ("2202-02-02", "after the flood"), ("[1931-04-03..2202]", "then")):
        result = kg(place, "add", *ALDEN, "--when", when, "--stated-on", stated)
        claim = f"<{ID}claim/{claim_of(result)}>"
        for option, way, text in (("--when", "kg:about/kg:when", when), ("--stated-on", "kg:statedOn", stated)):
            assert f"{option}: kept as a text, and as no date: {text!r} is " in result.stderr
            assert true(store, f'{claim} {way} ?w . ?w kg:dateText "{text}"')
            assert not true(store, f"{claim} {way} ?w . ?w kg:edtf|kg:earliest|kg:latest ?bound")


def test_a_claim_on_an_event_of_the_record_gives_its_own_day(place: Place, store: Store) -> None:
    arguments = ("--event", "brook", "--when", "3 April 1931", "--source", "courier", "--gloss", "It was the third.")
    claim = f"<{ID}claim/{claim_of(kg(place, 'add', *arguments))}>"
    assert true(store, f"{claim} kg:about event:brook ; kg:statesWhen/kg:earliest '1931-04-03'^^xsd:date")
    other = kg(place, "add", "--event", "market", *arguments[2:])
    assert "--event: " in other.stderr


def test_a_report_and_a_contested_place(place: Place, store: Store) -> None:
    held = claim_of(kg(place, "add", *ALDEN, "--kind", "report", "--extent", "centre"))
    assert true(
        store, f"<{ID}claim/{held}> kg:about ?e . ?e a kg:ControlObservation ; kg:controller actor:crown ; "
        "kg:extent kg:Centre ; kg:eventType kg:StateReport",
    )  # fmt: skip
    contested = kg(place, "add", *ALDEN, "--to", "", "--party", "blues", "--party", "crown")
    assert "Alden on 1931-04-04, now: " in contested.stdout
    assert true(store, f"<{ID}claim/{claim_of(contested)}> kg:about/kg:eventType kg:BecameContested")


def test_a_correction_takes_the_place_of_a_claim_of_the_same_voice(place: Place, store: Store) -> None:
    first = claim_of(kg(place, "add", *ALDEN))
    done = kg(place, "correct", first, "--when", "9 April 1931")
    second = claim_of(done)
    assert "Alden on 1931-04-09, now: controlled: Crown (certain)" in done.stdout
    assert true(
        store, f"<{ID}claim/{second}> kg:supersedes <{ID}claim/{first}> ; kg:source source:courier ; "
        'kg:statesWhen/kg:latest "1931-04-09"^^xsd:date ; kg:gloss "The Crown took Alden."@en',
    )  # fmt: skip
    again = kg(place, "correct", first, "--when", "9 April 1931")
    assert claim_of(again) == second
    assert "nothing to do" in again.stdout
    other = kg(place, "correct", first, "--when", "8 April 1931")
    assert other.exit_code == 1
    assert f"correct what replaced it, <{ID}claim/{second}>" in other.stderr
    assert "nothing is changed" in kg(place, "correct", second, "--to", "crown").stderr


def test_a_correction_of_words_alone_is_about_the_same_event(place: Place, store: Store) -> None:
    new = claim_of(kg(place, "correct", "brook-2", "--gloss", "They have it since the third, they say."))
    assert true(
        store, f"<{ID}claim/{new}> kg:about event:brook ; kg:statesWhen when:1931-04-03 ; "
        "kg:statedOn when:1931-04-03 ; kg:claimant actor:blues ; kg:supersedes claim:brook-2",
    )  # fmt: skip
    beside = kg(place, "correct", "market-1", "--when", "4 April 1931")
    assert "is no word on one change of control or report" in beside.stderr


def test_what_was_corrected_counts_again_when_the_correction_is_taken_back(place: Place, store: Store) -> None:
    first = claim_of(kg(place, "add", *ALDEN))
    second = claim_of(kg(place, "correct", first, "--to", "blues", "--gloss", "The Blues took Alden."))
    back = kg(place, "retract", second)
    assert "Alden on 1931-04-04, before: controlled: Blues (certain)" in back.stdout
    assert "Alden on 1931-04-04, now: controlled: Crown (certain)" in back.stdout


def test_a_retraction_hides_and_deletes_nothing(place: Place, store: Store) -> None:
    version = store.version()
    done = kg(place, "retract", "brook-1")
    assert f"taken back <{ID}claim/brook-1>" in done.stdout
    assert store.version() != version
    assert store.journal()[-1]["removed"] == {}
    assert true(
        store, "GRAPH graph:added { claim:brook-1 kg:retiredAt ?t } GRAPH graph:world { claim:brook-1 a kg:Claim }"
    )
    assert kg(place, "retract", "brook-1").stdout.startswith("nothing to do: ")
    assert "was taken back at " in kg(place, "correct", "brook-1", "--when", "1 April 1931").stderr
    assert "there is no claim 'nothing'" in kg(place, "retract", "nothing").stderr


def test_a_record_that_answers_nothing_is_added_to_all_the_same(tmp_path: Path, stores: Stores) -> None:
    """Without a study start; and a claim that was recorded at a time of no zone is taken back."""
    lines = (WORLD / "world.ttl").read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if "kg:studyStart" not in line and not line.startswith("dataset:world"))
    bare = re.sub(r"(?m)^  (dcterms:title|dcterms:license|kg:timeZone|void:subset) .*\n", "", text)
    path = tmp_path / "bare.ttl"
    path.write_text(bare.replace('"2026-01-01T00:00:00Z"', '"2026-01-01T00:00:00"'))
    place = stores.at(tmp_path / "store")
    store = open_store(place)
    load(store, files.shipped() / "ontology" / "control.ttl", path)
    store.close()
    assert "before" not in kg(place, "add", *ALDEN).stdout
    assert "taken back" in kg(place, "retract", "brook-1").stdout


def test_what_was_taken_back_is_not_added_again(place: Place) -> None:
    claim = claim_of(kg(place, "add", *ALDEN))
    kg(place, "retract", claim)
    again = kg(place, "add", *ALDEN)
    assert again.exit_code == 1
    assert "says the same, and was taken back at " in again.stderr


def test_a_load_of_the_files_undoes_nothing_that_was_added(place: Place, store: Store, tmp_path: Path) -> None:
    claim = claim_of(kg(place, "add", *ALDEN))
    edited = WORLD / "world.ttl"
    copy = tmp_path / "world.ttl"
    copy.write_text(edited.read_text("utf-8") + "# another byte\n")
    load(store, copy)
    assert true(store, f"<{ID}claim/{claim}> a kg:Claim")


@pytest.mark.parametrize(
    ("turtle", "rule"),
    [
        ("place:country-eastmark kg:within place:town-alden .", "cycle-within"),
        (
            "event:x a kg:ControlChange ; kg:eventType kg:Capture ; kg:place place:town-alden ; kg:extent kg:Whole ; "
            "kg:when when:1931-04-02 . claim:brook-1 kg:about event:x .",
            "ControlChange-content",
        ),
        (
            'when:x a kg:When ; kg:edtf "[1931-04-02..1931-04-09]"^^edtf:EDTF ; kg:earliest "1931-04-09"^^xsd:date ; '
            'kg:latest "1931-04-02"^^xsd:date .',
            "When-earliest",
        ),
    ],
)
def test_what_the_index_cannot_take_is_refused_before_it_gets_there(
    place: Place, tmp_path: Path, turtle: str, rule: str
) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + turtle)
    result = command(place, "load", str(path))
    assert result.exit_code == 1
    assert "refused, nothing was written" in result.stderr
    assert f"[{rule}]" in result.stderr


def talk(place: Place, arguments: list[str], answers: list[str]) -> tuple[int, str]:
    """What the command says on a terminal on which these lines are typed, and its exit code."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "kg"), "claim", *arguments],
        stdin=there, stdout=there, stderr=there, env={**os.environ, **settings_of(place), "TERM": "dumb"},
    )  # fmt: skip
    os.close(there)
    os.write(here, "".join(f"{answer}\n" for answer in answers).encode())
    said = b""
    try:
        while piece := os.read(here, 1 << 16):
            said += piece
    except OSError:
        pass  # the other side has closed
    os.close(here)
    return process.wait(60), said.decode().replace("\r\n", "\n")


def test_a_dialogue_asks_again_for_what_was_wrong_and_before_it_writes(place: Place, store: Store) -> None:
    before = store.version()
    first = ["town-alden", "", "crown", "", "", "early April 1931", "nowhere", "", "", "", "", "", "", "It fell."]
    code, said = talk(place, ["add"], [*first, "courier", "y"])
    assert code == 0, said
    assert "source: there is no source 'nowhere'" in said
    assert "Write this?" in said
    assert "Alden on 1931-04-10, now: controlled: Crown (certain)" in said
    assert store.version() != before


def test_a_dialogue_describes_a_new_source_and_writes_nothing_without_a_yes(place: Place, store: Store) -> None:
    before = store.version()
    source = ["", "The Herald", "", "", "5 April 1931", "", "2026-01-02", "", "", ""]
    lines = ["town-alden", "", "crown", "", "", "4 April 1931", *source, "", "", "", "", "", "", "It fell.", "n"]
    code, said = talk(place, ["add"], lines)
    assert code == 1, said
    assert 'skos:prefLabel "The Herald"@en' in said
    assert store.version() == before
