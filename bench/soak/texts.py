"""Queries and updates that try to reach out, and such as only look like it; generated, the same for the same seed.

`{port}` in a text stands for the port of a socket that listens on loopback. The engine reads without separating words
first, so a keyword may stand directly behind a number or a name and directly before a prefix: all of that is here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

HERE = "http://127.0.0.1:{port}/"
PROLOGUES = (
    f"PREFIX e: <http://e/> PREFIX here: <{HERE}> PREFIX : <{HERE}> BASE <{HERE}> ",
    f"prefix e:<http://e/>\nprefix here:<{HERE}>prefix :<{HERE}>base<{HERE}>\n",
    f"BASE <{HERE}> # SERVICE\nPREFIX e: <http://e/> PREFIX here: <> PREFIX : <#> PREFIX service: <http://e/> PREFIX load: <x> ",
    f"PREFIX e: <http://e/> PREFIX here: <\\u0068ttp://127.0.0.1:{{port}}/> PREFIX : <{HERE}> BASE <{HERE}SERVICE/> ",
)
GAPS = ("", "", " ", "\n", "\t", "\r\n", "  ", " # SERVICE here\n", "#'\n", '#"""\n', "#>\n", "# {\n", "#LOAD <x>\r")
TARGETS = (f"<{HERE}>", f"<{HERE}x?a=b#c>", "here:", "here:x", ":", ":x", "<here>", "<>", "</x>", "<#x>",
           "<//127.0.0.1:{port}/x>", "<\\u0068ttp://127.0.0.1:{port}/>", "<http://[::ffff:127.0.0.1]:{port}/>",
           "<http://localhost:{port}/>", "?x", "$x")  # fmt: skip
LOOKALIKES = (
    "", "?service ?p ?o . ", "$load ?p ?o . ", "?s <http://e/service> 'SERVICE' . ", '?s ?p "\\" SERVICE <x> {" . ',
    "?s ?p '''it's LOAD''' . ", '?s ?p """ " SERVICE "" """ . ', "?s e:service e:load . ", "?s e:a.service e:a-load . ",
    "?s ?p <http://e/\\u0023service> . ", "?s ?p 'a'@service . ", "?s ?p 'a'@x-load . ", "[] ?service [ ?load 1 ] . ",
    "?s ?p 'service'^^e:load . ", "?s ?p '\\u0027 SERVICE' . ", "?s ?p e:%73ervice . ", "?s ?p e:\\,load . ",
    "?s ?p ?x\u00b7service . ", "?s ?p e:a\u00b7load . ", "?s ?p e:o\u0301service . ", "?s ?p ?downloads . ",
    "# SERVICE <x> {\n", "#'\n", '#"""\n', "FILTER(?o<?p) ", "FILTER(?o<1&&?p>2) ", "FILTER(?o<?p||?p>'SERVICE')",
    "FILTER(?o<?p#>'''\n)#'''\n", "FILTER(1<?o)", "VALUES ?service { 'LOAD' <load> } ",
    "FILTER(<http://e/service>(?o) || true) ", "?s (e:service|^e:load)* ?o . ", "?s ?p e:x.?service ?p 1 . ",
)  # fmt: skip
ONCE = (*LOOKALIKES, "_:service ?p _:a.load . ", "BIND('load' AS ?loaded) ")
"""And such as may stand in a text only once."""
BEFORE = ("", "", " ", ". ", "}", "?s ?p true", "?s ?p 1e5", "?s ?p 1.5", "?s ?p e:.", "?s ?p 'x'", "?s ?p e:x .",
          "FILTER(?o<?p)", "FILTER(1<2)", "VALUES ?v {1}", "?s ?p ()", "?s ?p ?o,", "?s ?p 1;")  # fmt: skip
"""What may stand directly before the keyword; `}` closes a group opened before it."""
AROUND = ("…", "OPTIONAL { … }", "{ … } UNION { … }", "GRAPH ?g { … }", "{ SELECT * { … } }",
          "FILTER EXISTS { … }", "FILTER NOT EXISTS{…}", "MINUS { … }", "{ { … } }",
          "BIND(EXISTS { … } AS ?there)", "?s ?p ?o . …", "{SELECT ?s WHERE { … } LIMIT 1}")  # fmt: skip
QUERIES = ("SELECT * ¤{ … }", "select*¤ where{…}", "ASK ¤{ … }", "CONSTRUCT { ?s ?p ?o } ¤WHERE { … }",
           "DESCRIBE ?s ¤{ … }", "SELECT (COUNT(*) AS ?n) ¤WHERE { … } GROUP BY ?s")  # fmt: skip
UPDATES = ("INSERT { ?s ?p ?o } WHERE { … }", "DELETE { ?s ?p ?o } INSERT { GRAPH e:g { ?s ?p ?o } } WHERE { … }",
           "WITH e:g DELETE { ?s ?p ?o } USING e:h WHERE { … }", "CLEAR ALL;INSERT{}WHERE{…}")  # fmt: skip
"""… is where a pattern goes, ¤ where a query may name its data set."""
DATASETS = ("", "", f"FROM <{HERE}g> ", f" from named <{HERE}g>\n", "FROM <load> FROM NAMED e:service ",
            f"#FROM\nFROM<{HERE}>")  # fmt: skip


class Text(NamedTuple):
    """A query or an update; `reaching` where it tries to reach out."""

    text: str
    update: bool
    reaching: bool


def texts(number: int, seed: int = 1) -> Iterator[Text]:
    """`number` texts in turn: two that call a service, one that loads, one that does neither."""
    chance = random.Random(seed)
    for count in range(number):
        yield (_calling, _loading, _calling, _harmless)[count % 4](chance)


def _calling(chance: random.Random) -> Text:
    before = chance.choice(BEFORE)
    opened = "{ " if before == "}" else ""
    target = chance.choice(TARGETS)
    bound = f"VALUES ?x {{ <{HERE}> }} " if target in ("?x", "$x") else ""
    silent = chance.choice(("", "", _spelled(chance, "SILENT")))
    keyword = chance.choice((_spelled(chance, "SERVICE"),) * 19 + ("\\u0053ERVICE", "SER\\u0056ICE", "\u017fervice"))
    if chance.random() < 0.05:  # a name that the engine reads as the keyword and the name behind the colon
        keyword, silent, target = _spelled(chance, "service"), "", chance.choice((":", ":x"))
    call = f"{opened}{before}{keyword}{_gap(chance)}{silent}{_gap(chance)}{target}{_gap(chance)}{{ ?s ?p ?o }}"
    around = chance.choice(AROUND).replace("…", call)
    pattern = f"{bound}{chance.choice(LOOKALIKES)}{around} {chance.choice(ONCE)}\n"
    update = chance.random() < 0.3
    form = chance.choice(UPDATES if update else QUERIES).replace("¤", "")
    return Text(chance.choice(PROLOGUES) + form.replace("…", pattern), update, True)


def _loading(chance: random.Random) -> Text:
    target = chance.choice([target for target in TARGETS if target not in ("?x", "$x")])
    silent = chance.choice(("", "", _spelled(chance, "SILENT")))
    keyword = chance.choice((_spelled(chance, "LOAD"),) * 19 + ("\\u004cOAD", "L\\u004FAD"))
    load = f"{keyword}{_gap(chance)}{silent}{_gap(chance)}{target}"
    into = chance.choice(("", "", " INTO GRAPH e:load", "\ninto#\ngraph<service>"))
    before = chance.choice(
        ("", "", "CLEAR ALL;", "INSERT DATA { e:load e:p 'service' };\n", "CREATE SILENT GRAPH <x>; ")
    )
    return Text(f"{chance.choice(PROLOGUES)}{before}{load}{into}{chance.choice(('', ';', ' # LOAD'))}", True, True)


def _harmless(chance: random.Random) -> Text:
    inner = f"{chance.choice(LOOKALIKES)}{chance.choice(LOOKALIKES)}"
    pattern = f"{chance.choice(AROUND).replace('…', inner)} {chance.choice(ONCE)}\n"
    prologue = PROLOGUES[2] + f"PREFIX : <{HERE}> BASE <{HERE}> "
    if chance.random() < 0.3:
        return Text(prologue + chance.choice(UPDATES).replace("…", pattern), True, False)
    form = chance.choice(QUERIES).replace("¤", chance.choice(DATASETS))
    return Text(prologue + form.replace("…", pattern), False, False)


def _gap(chance: random.Random) -> str:
    return chance.choice(GAPS)


def _spelled(chance: random.Random, word: str) -> str:
    return "".join(chance.choice((letter.upper(), letter.lower())) for letter in word)
