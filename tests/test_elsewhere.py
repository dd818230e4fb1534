"""The endpoints that other tests ask answer as they say, so that those tests can fail."""

from __future__ import annotations

import json
import urllib.request
from urllib.parse import urlencode

from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.hostile import Hostile


def test_the_other_engine_knows_its_namesakes(elsewhere: Elsewhere) -> None:
    query = 'SELECT ?x { ?x <http://www.w3.org/2000/01/rdf-schema#label> "Kandahar"@en } ORDER BY ?x'
    request = urllib.request.Request(
        f"{elsewhere.query}?{urlencode({'query': query})}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request) as reply:
        found = [row["x"]["value"].rpartition("/")[2] for row in json.load(reply)["results"]["bindings"]]
    assert "Q900000001" in found
    assert len(found) > 1


def test_the_hostile_server_can_be_good(hostile: Hostile) -> None:
    with urllib.request.urlopen(f"{hostile.url}/good") as reply:
        assert json.load(reply)["results"]["bindings"] == [{"x": {"type": "literal", "value": "here"}}]
    assert hostile.asked == ["/good"]
