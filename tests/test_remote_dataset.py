"""What a query sees of an engine: the graphs of the version that it names, as where the data lies here.

Beside the data the engine has a graph of somebody else, which whoever asks there may read.
"""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg import publish
from kg.errors import QueryFailed, QueryReachesOut, QuerySyntax, Refused
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.remote.engine import Engine
from kg.store.remote.state import table
from kg.store.remote.store import RemoteStore
from kg.store.remote.wording import worded
from tests.elsewhere import engine as engines
from tests.elsewhere.stores import EACH

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

BASE = "urn:test:"
PREFIXES = {"e": "urn:test:", "": "urn:test:"}
DATA = """PREFIX : <urn:test:> INSERT DATA {
:s :p "unnamed" .
GRAPH :a { :s :p "a" . :s :q :o . :a :p "of a" }
GRAPH :b { :s :p "b" . :o :q :z . :s :r 1 }
}"""
SECRET = """PREFIX : <urn:test:> INSERT DATA {
GRAPH <urn:other:secret> { :s :p "secret" . :only :p "secret" . :z :q :only }
}"""
FOREIGN = (
    "urn:other:secret", "urn:controlgraph:store", "urn:controlgraph:unnamed", "urn:controlgraph:nothing",
    "http://www.openlinksw.com/schemas/virtrdf#",
)  # fmt: skip
"""Graphs that are not of the version, though an engine has most of them."""
PATTERNS = (
    "SELECT ?s ?p ?o {} {{ ?s ?p ?o }}",
    "SELECT ?g ?s ?o {} {{ GRAPH ?g {{ ?s <urn:test:p> ?o }} }}",
    "SELECT ?o {} {{ <urn:test:s> <urn:test:q>+ ?o }}",
    "ASK {} {{ ?s ?p 'secret' }}",
    "CONSTRUCT {{ ?s <urn:test:in> ?g }} {} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "CONSTRUCT {} WHERE {{ ?s ?p ?o }}",
    "DESCRIBE <urn:test:s> {}",
)
DATASETS = (
    "", "FROM <urn:test:a>", "FROM <urn:test:a> FROM <urn:test:b>", "FROM NAMED <urn:test:a>",
    "FROM <urn:test:a> FROM NAMED <urn:test:b>", "FROM <urn:test:a> FROM NAMED <urn:test:a>",
    "from e:a From Named :b", "FROM <a>", "FROM # <urn:test:b>\n <urn:test:a> # FROM NAMED <urn:test:b>\n",
    r"FROM <urn:test:\u0061>", "FROM<urn:test:a>FROM NAMED<urn:test:b>",
)  # fmt: skip
ALL = "FROM <urn:other:secret> FROM <urn:controlgraph:store> FROM NAMED <urn:other:secret> FROM NAMED <urn:test:a>"
NONE = "FROM <urn:other:secret> FROM NAMED <urn:controlgraph:store>"
WITHIN = (
    "SELECT ?s ?p ?o {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "SELECT (COUNT(*) AS ?n) {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "ASK {{ GRAPH <{0}> {{ <urn:test:s> <urn:test:p> ?o }} }}",
    "SELECT ?o {{ GRAPH <{0}> {{ <urn:test:z> <urn:test:q>+ ?o }} }}",
    "SELECT ?o {{ ?s <urn:test:p> ?o FILTER EXISTS {{ GRAPH <{0}> {{ ?a ?b ?c }} }} }}",
    "SELECT ?o {{ ?s <urn:test:p> ?o FILTER NOT EXISTS {{ GRAPH <{0}> {{ ?a ?b ?c }} }} }}",
    "SELECT ?s ?o {{ ?s <urn:test:p> ?o MINUS {{ GRAPH <{0}> {{ ?s ?b ?c }} }} }}",
    "SELECT ?o ?x {{ ?s <urn:test:p> ?o OPTIONAL {{ GRAPH <{0}> {{ ?s <urn:test:p> ?x }} }} }}",
    "SELECT ?o {{ {{ SELECT ?o {{ GRAPH <{0}> {{ ?s ?p ?o }} }} }} UNION {{ ?o <urn:test:q> ?z }} }}",
    "SELECT ?g ?o {{ VALUES ?g {{ <{0}> <urn:test:a> }} GRAPH ?g {{ ?s <urn:test:p> ?o }} }}",
    "SELECT ?o {{ BIND(IRI('{0}') AS ?g) GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT ?o FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT ?g ?o FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "PREFIX x: <{0}> SELECT ?g ?o FROM x: FROM NAMED x: {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}",
    "DESCRIBE <{0}> ?s {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <urn:test:only> <{0}>",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g = <{0}>) }}",
)


@pytest.fixture(scope="module", params=EACH)
def remote(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """The store of an engine that has three graphs of ours, and one beside them."""
    folder = tmp_path_factory.mktemp(request.param)
    running = engines.started(None) if request.param == "oxigraph" else engines.virtuoso(folder)
    with running as started:
        told = Engine(started.query, started.update, dialect=request.param, cache=folder / "cache")
        store = open_store(told, Limits(children=2))
        assert isinstance(store, RemoteStore)
        publish.write(store, [{"update": DATA}], who="test")
        form = urllib.parse.urlencode({"update": SECRET}).encode()
        urllib.request.urlopen(started.update, form, timeout=30).close()
        yield store
        store.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same graphs of ours in a store here."""
    store = open_store(tmp_path_factory.mktemp("here") / "store", Limits(children=2))
    publish.write(store, [{"update": DATA}], who="test")
    yield store
    store.close()


def told(store: Store, text: str, graphs: tuple[list[str], list[str]] | None = None) -> list[str]:
    """An answer as lines, in order."""
    answer = store.query(text, results="csv", graph="nt", base=BASE, prefixes=PREFIXES, graphs=graphs)
    return sorted(answer.text().splitlines())


def same(remote: RemoteStore, here: Store, text: str, graphs: tuple[list[str], list[str]] | None = None) -> None:
    """Fail where the engine answers otherwise. One describes things by what the graphs with a name say, too."""
    there = told(remote, text, graphs)
    if text.startswith("DESCRIBE") and remote.engine.dialect == "virtuoso":
        assert {*there} >= {*told(here, text, graphs)}
        assert {line.split('"')[1] for line in there if '"' in line} <= {"unnamed", "a", "of a", "b", "1"}
    else:
        assert there == told(here, text, graphs)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("clauses", [*DATASETS, ALL, NONE])
def test_a_query_sees_the_graphs_that_it_names(clauses: str, pattern: str, here: Store, remote: RemoteStore) -> None:
    same(remote, here, pattern.format(clauses))


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("clauses", ["", "FROM <urn:test:b>", ALL])
def test_what_a_request_names_stands_in_place_of_that(
    clauses: str, pattern: str, here: Store, remote: RemoteStore
) -> None:
    for graphs in (
        (["urn:test:a"], []), ([], ["urn:test:b"]), (["", "urn:test:a"], ["urn:test:a", "urn:test:b"]),
        (["urn:other:secret"], ["urn:other:secret", "urn:controlgraph:store"]), (["urn:test:a", *FOREIGN], [*FOREIGN]),
    ):  # fmt: skip
        same(remote, here, pattern.format(clauses), graphs)


@pytest.mark.parametrize("pattern", WITHIN)
def test_a_graph_of_somebody_else_has_nothing(pattern: str, here: Store, remote: RemoteStore) -> None:
    for graph in FOREIGN:
        same(remote, here, pattern.format(graph))
        given = (["urn:test:a"], ["urn:test:a", graph])
        same(remote, here, pattern.format(graph), given)


@pytest.mark.parametrize("way", ["VALUES ?g { <urn:other:secret> }", "BIND(<urn:other:secret> AS ?g)"])
def test_a_graph_that_comes_as_a_value_tells_nothing(way: str, here: Store, remote: RemoteStore) -> None:
    for place in ("{} FILTER EXISTS {{ GRAPH ?g {{ {} }} }}", "FILTER EXISTS {{ {} GRAPH ?g {{ {} }} }}"):
        texts = [
            f"SELECT ?o {{ ?s <urn:test:r> ?o {place.format(way, pattern)} }}"
            for pattern in ("<urn:test:only> <urn:test:p> ?x", "<urn:test:no> <urn:test:no> ?x")
        ]
        assert told(remote, texts[0]) == told(remote, texts[1])
        if remote.engine.particular.strict:
            same(remote, here, texts[0])


def test_only_the_graphs_of_the_version_are_listed(here: Store, remote: RemoteStore) -> None:
    for text in (
        "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?g FROM <urn:test:a> { GRAPH ?g { ?s ?p ?o } }",
    ):
        same(remote, here, text)
    if remote.engine.particular.strict:  # of the others one lists no graphs by nothing
        same(remote, here, "SELECT ?g { GRAPH ?g {} }")


@pytest.mark.parametrize(
    "call",
    [
        "<bif:exec>('DELETE FROM DB.DBA.RDF_QUAD')", "<bif:dbname>()", "<sql:RDF_QNAME_OF_IID>(1)", "b:dbname()",
        "<bif:file_to_string>('virtuoso.ini')", "<http://www.w3.org/2005/xpath-functions#doc>('http://127.0.0.1:1/')",
        "<java:java.lang.System.exit>(1)", "<urn:test:f> # (\n (1)", r"<bi\u0066:dbname>()", "e:f('')", "b:db\\_name()",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "text",
    [
        "SELECT ({} AS ?x) {{}}", "SELECT ?s {{ ?s ?p ?o FILTER(false && {}) }}",
        "ASK {{ FILTER(false) BIND({} AS ?x) }}",
        "SELECT ?s {{ ?s ?p ?o }} ORDER BY IF(true, 1, {})", "ASK {{ ?s ?p ?o FILTER EXISTS {{ BIND({} AS ?x) }} }}",
        "SELECT ?n {{ ?s ?p ?o }} GROUP BY (IF(true, 1, {}) AS ?n)",
    ],
)  # fmt: skip
def test_a_function_of_an_engine_is_none(call: str, text: str, remote: RemoteStore) -> None:
    with pytest.raises(QueryFailed, match=r"not supported|of its own language"):
        told(remote, f"PREFIX b: <bif:> {text.format(call)}" if "b:" in call else text.format(call))


def test_functions_of_sparql_and_lists_are_read_as_before(here: Store, remote: RemoteStore) -> None:
    for text in (
        "SELECT (<http://www.w3.org/2001/XMLSchema#integer>('7') AS ?x) {}", "ASK { ?s <urn:test:p> (1 2) }",
        "ASK { ?s e:q/e:p (1 ?x) ; !e:p () }",
        "PREFIX x: <http://www.w3.org/2001/XMLSchema#> SELECT (x:integer('007') AS ?x) {}",
    ):  # fmt: skip
        same(remote, here, text)


@pytest.mark.parametrize(
    "pattern", ["?o <bif:contains> 'secret'", "?o <BIF:xpath_contains> '//x'", "?s <sql:x> ?o", "?s b:contains ?o"]
)
def test_a_name_of_an_engines_own_language_is_refused(pattern: str, here: Store, remote: RemoteStore) -> None:
    text = f"PREFIX b: <bif:> SELECT ?o {{ ?s ?p ?o . {pattern} }}"
    if remote.engine.dialect == "virtuoso":
        with pytest.raises(QueryFailed, match="language"):
            told(remote, text)
    else:
        same(remote, here, text)


@pytest.mark.parametrize(
    "text",
    [
        "define input:default-graph-uri <urn:other:secret> SELECT ?o { ?s ?p ?o }",
        "define get:soft 'replace' SELECT ?o FROM <http://127.0.0.1:1/> { ?s ?p ?o }",
        "SELECT ?o FROM <urn:test:a> OPTION (get:soft 'soft') { ?s ?p ?o }",
        r"SELECT ?o \u0046ROM <urn:other:secret> { ?s ?p ?o }",
        "SELECT ?o { { SELECT ?o FROM <urn:other:secret> { ?s ?p ?o } } }",
        "SELECT (`bif:dbname()` AS ?x) {}", "SELECT (bif:dbname() AS ?x) {}", "SELECT ?o { ?s ?p ?o } ; DROP TABLE x",
        "SELECT ?o { ?s ?p ?o OPTION (TRANSITIVE) }", "SELECT ?o NOT FROM <urn:test:a> { ?s ?p ?o }",
    ],
)  # fmt: skip
def test_what_is_no_sparql_is_never_asked(text: str, remote: RemoteStore) -> None:
    with pytest.raises(QuerySyntax):
        told(remote, text)


@pytest.mark.parametrize(
    "text",
    [
        # an engine that reads a comment on to the end of the line, and one that takes an escape for what it stands for
        "SELECT ?x { # \r BIND('''\n} } SELECT ?o FROM <urn:other:secret> { ?s ?p ?o } # ''' AS ?x) }",
        "SELECT ?x { BIND('a' AS ?x) # \r FILTER(?x = 'b')\n }",
        r"""SELECT ?x { BIND("\u0022 AS ?x) } # " AS ?x) }""",
        "SELECT ?x { BIND('a' AS ?x) # \\u000A FILTER(false)\n }",
        "SELECT ?x { BIND('''it's \"a\"\r\n \\\\u0041 \\t \\u0027''' AS ?y) BIND(STRLEN(?y) AS ?x) }",
        "SELECT ?x { BIND('SERVICE FROM <urn:other:secret>' AS ?x) }",
        r"SELECT ?o { GRAPH <urn:test:\u0061> { ?s ?p ?o } }",
    ],
)
def test_a_text_is_read_there_as_it_is_here(text: str, here: Store, remote: RemoteStore) -> None:
    same(remote, here, text)


def test_a_call_that_a_comment_hides_from_nobody_is_refused(remote: RemoteStore) -> None:
    with pytest.raises(QueryReachesOut):
        told(remote, "SELECT * { # \r SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")


MODES = ("SQLVAL", "LONG", "SHORT", "BOOL", "NUM", "SHORT_REF", "SPECIAL", "SHORT_OR_LONG", "sqlval", "_")
ODD = ("\u3001", "\uff0d", "e\u00b7", "e\u203f", "e\u0300", "\u2c00", "\u200c", "\u037d")
"""Beginnings of names whose characters are no letters to most readers, or are no longer in a class elsewhere."""


@pytest.mark.parametrize("mode", [*MODES, "(LONG)LONG", "LONG::SHORT"])
@pytest.mark.parametrize("call", ["{}('x')", "e:f('x') }} # {}", "p:exec('x')"])
def test_a_function_is_found_behind_how_its_value_is_passed_on(mode: str, call: str, remote: RemoteStore) -> None:
    name = f"<{mode}::bif:exec>"
    prologue = f"PREFIX p: <{mode}::bif:> " if call.startswith("p:") else ""
    text = f"{prologue}SELECT * {{ ?s ?p ?o OPTIONAL {{ FILTER(false) BIND({call.format(name)} AS ?y) }} }}"
    with pytest.raises((QueryFailed, QuerySyntax)):
        told(remote, text)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: f"U+{ord(odd[-1]):04X}")
def test_no_name_hides_behind_another(odd: str, here: Store, remote: RemoteStore) -> None:
    before = told(here, "SELECT ?s ?p ?o { ?s ?p ?o }")
    for act in ("SPARQL CLEAR GRAPH <urn:test:a>", "delete from DB.DBA.RDF_QUAD"):
        for name in ("SQLVAL::bif:exec", "bif:exec"):
            with pytest.raises(QueryFailed, match=r"not supported|of its own language"):
                told(
                    remote,
                    f"PREFIX e: <http://www.w3.org/2001/XMLSchema#integer> PREFIX {odd}e: <{name}> SELECT * "
                    f"{{ ?s ?p ?o OPTIONAL {{ FILTER(false) BIND({odd}e:(UCASE('{act}')) AS ?y) }} }}",
                )
    assert told(remote, "SELECT ?s ?p ?o { ?s ?p ?o }") == before
    for graph in FOREIGN:
        prologue = f"PREFIX {odd}: <{graph}> PREFIX : <urn:test:> "
        same(remote, here, f"{prologue} SELECT ?o {{ GRAPH {odd}: {{ ?s ?p ?o }} }}")
        same(remote, here, f"{prologue} SELECT ?o FROM {odd}: {{ ?s ?p ?o }}")


@pytest.mark.parametrize("graph", FOREIGN)
@pytest.mark.parametrize(
    "pattern",
    [
        "SELECT ?o {{ BIND(1 AS ?x) FILTER(?x < 1e5)GRAPH<{0}>{{ ?s ?p ?o }} }}",
        "SELECT ?o {{ ?s <urn:test:r> 1.GRAPH <{0}> {{ ?s ?p ?o }} }}",
        "SELECT ?o {{ ?a <urn:test:r> 1e0 . GRAPH\t<{0}>\r{{ ?s ?p ?o }} }}",
        "SELECT ?o {{ VALUES ?x {{ 1e5}}GRAPH <{0}> {{ ?s ?p ?o }} }}",
        "BASE <{0}> SELECT ?o {{ GRAPH <> {{ ?s ?p ?o }} }}",
        "PREFIX GRAPHe: <{0}> SELECT ?o {{ GRAPH GRAPHe: {{ ?s ?p ?o }} }}",
        "PREFIX x.-y: <{0}> SELECT ?o {{ GRAPH x.-y: {{ ?s ?p ?o }} }}",
    ],
)
def test_a_graph_is_found_however_it_is_written(pattern: str, graph: str, here: Store, remote: RemoteStore) -> None:
    same(remote, here, pattern.format(graph))


@pytest.mark.parametrize(
    "text",
    [
        r"SELECT ?o { ?s ?p ?o FILTER(?s = e:\-\.%41 || ?o = 1.e0 || ?o<2&& ?o>-1) }",
        "SELECT ?o{?s<urn:test:p>?o.FILTER(?o!='a'&&!(?o='b'))}ORDER BY?o LIMIT 3",
        "SELECT ?n { BIND(2-1+3*-1 AS ?n) }", "SELECT ?n { BIND('a'@en AS ?x) BIND(LANG(?x) AS ?n) }",
        "SELECT $o { _:x e:p $o ; e:q [] . [ e:p ?y ] e:q [ e:q [] ] }",
        "SELECT ?o { e:s e:q/e:q+|^e:q|!(e:p|^e:q) ?o }",
        "SELECT ?o { e:s a|e:q+ ?o }", "ASK{?s<urn:test:r>1}", "SELECT ?t { VALUES ?t { true false } }",
        "SELECT (GROUP_CONCAT(DISTINCT ?v;SEPARATOR=\"'|\") AS ?n) { { SELECT ?v { ?s e:p ?v } ORDER BY ?v } }",
        "SELECT ?x { BIND('1'^^<http://www.w3.org/2001/XMLSchema#integer>AS ?x) }", "SELECT (COUNT(*)AS?n){?s?p?o}",
        "SELECT ?x { BIND(CONCAT('\u00a0\u2028', \"it's\", '\\\\u0022', '\u0001') AS ?y) BIND(STRLEN(?y) AS ?x) }",
        "SELECT ?s { ?s ?p ?o FILTER(?o IN(1,'a')&&?p NOT IN(e:x)) }", "SELECT ?x { BIND(<urn:x'),(1)'--> AS ?x) }",
    ],
)  # fmt: skip
def test_what_is_written_anew_says_the_same(text: str, here: Store, remote: RemoteStore) -> None:
    same(remote, here, text)


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX e: <urn:test:> ASK FROMe:g {}", "ASK FROMNAMED<urn:test:a> {}",
        "PREFIX e: <urn:test:> ASK { GRAPHe:g {} }",
        "SELECTDISTINCT?x { ?x ?p ?o }", "BASE <urn:test:> ASK { FILTER(1<2&&3>2) VALUES ?a {1} FILTER(?a<?b&&?c>?d) }",
        "PREFIX e: <urn:t:> ASK { VALUES ?x { UNDEFe:g } }",
    ],
)  # fmt: skip
def test_words_that_run_together_are_refused(text: str) -> None:
    ox.Store().query(text)
    with pytest.raises(ValueError, match="space"):
        worded(text, ())


def test_what_an_engine_is_given_is_of_one_shape() -> None:
    text = "PREFIX \u3001: <urn:x:> BASE <http://b/> SELECT$x#\r{$x a*/\u3001:\\-%41 _:q,'''it's''',-1.e2.graph<c>{}}"
    assert worded(text, ()).text == (
        'SELECT ?x { ?x a * / <urn:x:-%41> _:b0 , "it\'s" , -1.0e2 . GRAPH <http://b/c> { } }'
    )
    assert worded(worded(text, ()).text, ()) == worded(text, ())


FUNCTIONS = (
    "STR(1)", "LANG('a')", "LANGMATCHES('a','*')", "DATATYPE(1)", "BOUND(?z)", "IRI('urn:x')", "URI('urn:x')",
    "BNODE()", "BNODE('a')", "RAND()", "ABS(1)", "CEIL(1)", "FLOOR(1)", "ROUND(1)", "CONCAT('a','b')", "CONCAT()",
    "STRLEN('a')", "UCASE('a')", "LCASE('a')", "ENCODE_FOR_URI('a')", "CONTAINS('a','a')", "STRSTARTS('a','a')",
    "STRENDS('a','a')", "STRBEFORE('a','a')", "STRAFTER('a','a')", "YEAR(NOW())", "MONTH(NOW())", "DAY(NOW())",
    "HOURS(NOW())", "MINUTES(NOW())", "SECONDS(NOW())", "TIMEZONE(NOW())", "TZ(NOW())", "UUID()", "STRUUID()",
    "MD5('a')", "SHA1('a')", "SHA256('a')", "SHA384('a')", "SHA512('a')", "COALESCE(?z,1)", "IF(true,1,2)",
    "STRLANG('a','en')", "STRDT('a',<urn:d>)", "sameTerm(1,1)", "isIRI(1)", "isURI(1)", "isBLANK(1)", "isLITERAL(1)",
    "isNUMERIC(1)", "REGEX('a','a')", "REGEX('a','a','i')", "SUBSTR('a',1)", "SUBSTR('a',1,1)",
    "REPLACE('a','a','b')", "REPLACE('a','a','b','i')", "COUNT(*)", "COUNT(DISTINCT*)", "SUM(?z)", "MIN(?z)",
    "MAX(?z)", "AVG(?z)", "SAMPLE(?z)", "GROUP_CONCAT(?z)", "GROUP_CONCAT(DISTINCT?z;separator='')",
    "(EXISTS{?a?b?c})", "(NOT\tEXISTS{?a?b?c})",
)  # fmt: skip


@pytest.mark.parametrize("call", FUNCTIONS)
def test_every_function_of_sparql_is_written_so_that_it_is_one(call: str) -> None:
    said = worded(f"SELECT ({call} AS ?x) {{}}", ()).text
    assert said.upper().replace(" ", "").count("(") == call.count("(") + 1
    ox.Store().query(said)


@pytest.mark.parametrize("number", ["9999999999999999999", "-1234567890123456789012", "1.9999999999999999999"])
def test_a_number_that_one_engine_takes_for_an_address_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        worded(f"SELECT ({number} AS ?x) {{}}", ())


@pytest.mark.parametrize("name", ["http://[::1]/x", "urn:a::b", "https://a.org/bif:x", "urn:sql:x", "urn:LONG::x"])
def test_names_that_only_look_like_an_engines_are_names(name: str) -> None:
    assert name in worded(f"ASK {{ ?s ?p <{name}> }}", ("bif:", "sql:")).text


def test_all_of_it_is_there_for_who_asks_the_engine(remote: RemoteStore) -> None:
    for graph in ("urn:other:secret", "urn:controlgraph:store"):
        assert table(remote.requests, f"SELECT ?s {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", graphs=[graph])


def test_nobody_writes_where_nothing_is(remote: RemoteStore) -> None:
    update = DATA.replace(":a {", "<urn:controlgraph:nothing> {")
    with pytest.raises(Refused, match="take another"):
        publish.write(remote, [{"update": update}], who="test")
