"""GeoJSON, the Linked Places Format and RDF through `kg ingest`."""

from __future__ import annotations

import json

import pytest
from rdflib import RDF, SKOS, Graph, Literal, URIRef

from kg import files, publish
from kg.ingest import features
from kg.ontology import KG
from tests.ingest.conftest import DATASET, Ingesting

POINT = {"type": "Point", "coordinates": [24.5, 48.25]}
OUTLINE = {"type": "Polygon", "coordinates": [[[24, 48], [25, 48], [25, 49], [24, 48]]]}
LINKED = {
    "@id": "http://gazetteer.example.org/p/1",
    "type": "Feature",
    "properties": {"title": "Abingdon", "ccodes": ["GB"]},
    "names": [{"toponym": "Abingdon", "lang": "en"}, {"toponym": "Абінгдон", "lang": "uk"}, {"toponym": "Abbendun"}],
    "types": [{"identifier": "aat:300008375", "label": "town"}],
    "geometry": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [-1.2879, 51.6708]}]},
    "links": [
        {"type": "exactMatch", "identifier": "http://www.geonames.org/2657780/"},
        {"type": "closeMatch", "identifier": "http://www.wikidata.org/entity/Q321"},
        {"type": "seeAlso", "identifier": "https://example.org/"},
    ],
    "relations": [{"relationType": "gvp:broaderPartitive", "relationTo": f"{files.BASE}id/place/tessland"}],
    "when": {"timespans": [{"start": {"in": "0676"}}]},
}


def feature(geometry: object = POINT, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*several: object) -> str:
    return json.dumps({"type": "FeatureCollection", "name": "places", "features": several})


def test_places_have_names_kinds_positions_and_what_they_lie_in(kg: Ingesting) -> None:
    said = kg.ingest(
        "geojson",
        kg.write(
            "places.geojson",
            collection(
                feature(
                    geonameid=706483.0, name="Kharkiv", alternatenames="Харків,Kharkov", feature_code="PPLA",
                    ADM1_NAME="North", ADM2_NAME="Tell", population=1433886, latitude=49.98081, longitude=36.25272,
                ),
                feature(OUTLINE, id="x-1", name="Outline", type="Region"),
                feature(None, id="x-2", name="Nowhere"),
                feature(name=""),
                feature({"type": "Point", "coordinates": [300, 1]}, id="far", name="Far"),
                "no feature",
                feature(id="x-2", name="Elsewhere"),
            ),
        ),
    )  # fmt: skip
    assert "7 rows: 3 taken, 0 ignored, 4 rejected" in said
    reasons = [each["reason"].partition(":")[0] for each in kg.listed("places", "rejected")]
    assert reasons == ["a place without a name", "no longitude and latitude", "no feature",
                       "says otherwise than an earlier row of the same"]  # fmt: skip
    assert [each["reason"] for each in kg.listed("places", "flagged")] == ["a place without a position: geometry"]
    found = kg.ask(
        "SELECT ?place ?kind ?wkt ?outer { ?place kg:placeType ?kind OPTIONAL { ?place geo:hasDefaultGeometry/geo:asWKT"
        " ?wkt } OPTIONAL { ?place kg:within/skos:prefLabel ?outer } FILTER(?kind NOT IN (kg:Province, kg:District)) }"
        " ORDER BY ?place"
    )
    told = [[place.rpartition("/")[2], kind.rpartition("#")[2], wkt, outer] for place, kind, wkt, outer in found]
    assert told == [
        ["geonames-706483", "PopulatedPlace", "POINT(36.25272 49.98081)", "Tell"],
        [f"{DATASET}-places-x-1", "Region", "POINT(24.5 48.5)", ""],
        [f"{DATASET}-places-x-2", "Locality", "", ""],
    ]
    names = kg.ask(
        'SELECT ?name { place:geonames-706483 skos:altLabel ?name FILTER(LANG(?name) = "und") } ORDER BY ?name'
    )
    assert names == [["Kharkov"], ["Харків"]]


def test_linked_places_have_languages_and_candidates_of_links(kg: Ingesting) -> None:
    path = kg.write("lpf.json", json.dumps({"type": "FeatureCollection", "features": [LINKED]}))
    refused = kg("ingest", "geojson", path, "--dataset", DATASET)
    assert "undescribed-node" in refused.stderr  # tessland is not described
    ttl = (
        f"PREFIX kg: <{files.BASE}ontology#> PREFIX skos: <{SKOS}>"
        f' <{files.BASE}id/place/tessland> a kg:Place ; kg:placeType kg:Country ; skos:prefLabel "Tessland"@en .'
    )
    kg.ingest("rdf", kg.write("own.ttl", ttl))
    said = kg.ingest("geojson", path)
    assert "the member 'when' of features is left out" in said
    assert "made 2 candidates of links" in said
    assert kg.count("place:geonames-2657780 kg:within place:tessland ; kg:placeType kg:Town") == 1
    assert kg.count("?link kg:linkStatus kg:Candidate ; kg:linkSubject place:geonames-2657780") == 2
    assert kg.count("place:geonames-2657780 skos:exactMatch ?other") == 0
    names = kg.ask(
        "SELECT (LANG(?name) AS ?language) { place:geonames-2657780 skos:altLabel ?name } ORDER BY ?language"
    )
    assert names == [["uk"], ["und"]]
    exported = kg.folder / "brought.ttl"
    kg.said("export", "--graph", f"{files.BASE}graph/{DATASET}/lpf", "--as", "ttl", "-o", str(exported))
    beside = [files.shipped() / "ontology" / "control.ttl", kg.folder / "own.ttl"]
    assert publish.dry_run([exported], beside=beside, progress=lambda _: None) == []


@pytest.mark.parametrize("size", [7, 1 << 20])
def test_features_come_in_a_collection_or_one_a_line(kg: Ingesting, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "CHUNK", size)
    several = [feature(id=f"p{number}", name=f"Place {number}") for number in range(3)]
    lines = "".join(f"\x1e{json.dumps(each, ensure_ascii=False)}\n" for each in several)
    whole = json.dumps({"features": several, "type": "FeatureCollection"}, indent=2)
    for text in (lines, whole, json.dumps(several[0])):
        said = kg.ingest("geojson", kg.write("places.geojson", text), "--dry-run")
        assert f"made {3 if text in (lines, whole) else 1} places" in said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it does not begin with an object"),
        ("[]", "it does not begin with an object"),
        ('{"type": "Topology"}', "neither a FeatureCollection nor a Feature"),
        ('{"features": [{"type": "Feature"', "places.geojson:1: no GeoJSON"),
        ('{"features":\n [{"type": "Feature"} {}]}', "places.geojson:2: no GeoJSON: ',' is missing"),
        (b'{"type": "\xff"}', "not UTF-8"),
        ('{"features": [' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_geojson_is_told_where(kg: Ingesting, text: str | bytes, reason: str) -> None:
    result = kg("ingest", "geojson", kg.write("places.geojson", text), "--dataset", DATASET)
    assert result.exit_code == 1
    assert reason in result.stderr


UNFIT: list[tuple[dict[str, object], str]] = [
    ({"properties": "x"}, "no object: properties"),
    ({"geometry": [1, 2]}, "no object: geometry"),
    ({"geometry": {"type": "GeometryCollection", "geometries": 5}}, "no list of objects: geometries"),
    ({"geometry": {"type": "Point", "coordinates": [float("nan"), 1]}}, "no longitude and latitude: nan"),
    ({"properties": {"name": "Tell", "longitude": "nan", "latitude": "1"}}, "no longitude and latitude: nan"),
    ({"@id": f"{files.BASE}id/place/a b>"}, "no IRI: @id"),
    ({"properties": {"name": "before \0 and after"}}, "characters that are no text"),
    ({"properties": {"name": "half a \ud800 character"}}, "characters that are no text"),
]
"""Members of features that cannot be taken, and why."""


def test_features_that_cannot_be_are_rejected_and_the_rest_arrives(kg: Ingesting) -> None:
    relation = {"relationType": "gvp:broaderPartitive", "relationTo": f"{files.BASE}id/place/x> . <a"}
    good = feature(geonameid="\u00b2", name="Good") | {"relations": [relation], "types": [{"sourceLabels": 5}]}
    unfit = [feature(id=f"odd-{number}", name="Odd") | members for number, (members, _) in enumerate(UNFIT)]
    said = kg.ingest("geojson", kg.write("places.geojson", collection(*unfit, good)))
    assert f"{len(UNFIT) + 1} rows: 1 taken, 0 ignored, {len(UNFIT)} rejected" in said
    for told, (_, reason) in zip(kg.listed("places", "rejected"), UNFIT, strict=True):
        assert told["reason"].startswith(reason)
    (flagged,) = kg.listed("places", "flagged")
    assert "a relation to a place that is not ours" in flagged["reason"]
    assert kg.count('?place a kg:Place ; skos:prefLabel "Good"@en') == 1


def test_only_a_number_of_geonames_is_taken_for_one(kg: Ingesting) -> None:
    whole = feature(name="Whole") | {"id": 706483}
    path = kg.write("places.geojson", collection(feature(id=7, name="Own"), feature(geonameid=8, name="Theirs"), whole))
    kg.ingest("geojson", path)
    assert kg.count(f"place:{DATASET}-places-7 a kg:Place") == 1
    assert kg.count("place:geonames-8 a kg:Place") == 1
    assert kg.count(f"place:{DATASET}-places-706483 a kg:Place") == 1


def test_the_mapping_says_what_properties_are_called(kg: Ingesting) -> None:
    mapping = kg.write(
        "map.toml", '[properties]\nid = "code"\nname = "label"\ntype = "sort"\n[types]\nhamlet = "Town"\n'
    )
    path = kg.write("places.geojson", collection(feature(code="a1", label="Tell", sort="Hamlet", note="x")))
    said = kg.ingest("geojson", path, "--mapping", mapping)
    assert "the property 'note' is left out" in said
    assert kg.count(f"place:{DATASET}-places-a1 kg:placeType kg:Town") == 1
    kg.write("map.toml", '[types]\nhamlet = "Galaxy"\n')
    result = kg("ingest", "geojson", path, "--mapping", mapping, "--dataset", DATASET)
    assert "mapping, types, hamlet: 'Galaxy' is no kind of place; accepted are Airbase" in result.stderr
    kg.write("map.toml", "[properties]\nid = [1]\n")
    result = kg("ingest", "geojson", path, "--mapping", mapping, "--dataset", DATASET)
    assert "mapping, properties, id: [1] is no name of a property" in result.stderr


@pytest.mark.parametrize("form", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
def test_rdf_of_any_syntax(kg: Ingesting, form: str) -> None:
    graph = Graph()
    tell = URIRef(f"{files.BASE}id/place/tell")
    graph += [(tell, RDF.type, KG.Place), (tell, KG.placeType, KG.Town), (tell, SKOS.prefLabel, Literal("Tell", "en"))]
    lines = graph.serialize(format="nt").strip()
    if form == "nq":
        text = lines.replace(" .", " <http://example.org/g> .")
    elif form == "trig":
        text = f"<http://example.org/g> {{ {lines} }}"
    else:
        text = graph.serialize(format={"rdf": "xml", "jsonld": "json-ld"}.get(form, form))
    options = [] if form == "nq" else ["--dry-run"]
    said = kg.ingest("rdf", kg.write(f"own.{form}", text), *options)
    assert "3 rows: 3 taken, 0 ignored, 0 rejected" in said
    assert options or kg.ask("SELECT ?graph { GRAPH ?graph { place:tell a kg:Place } }") == [
        [f"{files.BASE}graph/{DATASET}/own"]
    ]


def test_rdf_without_names_or_sense_is_told(kg: Ingesting) -> None:
    said = kg.ingest("rdf", kg.write("own.ttl", "<http://e.org/a> <http://e.org/b> [ <http://e.org/c> 1 ] , 2 ."))
    assert "3 rows: 1 taken, 0 ignored, 2 rejected" in said
    assert {each["reason"].partition(":")[0] for each in kg.listed("own", "rejected")} == {"a node without a name"}
    result = kg("ingest", "rdf", kg.write("bad.ttl", "<http://e.org/a>\n<http://e.org/b> ."), "--dataset", DATASET)
    assert "bad.ttl:2: " in result.stderr
    result = kg("ingest", "rdf", kg.write("own.docx", ""), "--dataset", DATASET)
    assert "its syntax is not told by its name; accepted are .ttl" in result.stderr
    ttl = f"<{files.BASE}id/place/x> a <{files.BASE}ontology#Place> ."
    result = kg("ingest", "rdf", kg.write("unshaped.ttl", ttl), "--dataset", DATASET)
    assert "A place needs at least one kg:placeType" in result.stderr
