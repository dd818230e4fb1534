"""No query reaches out: the guard alone, and the namespace alone, against a socket that listens."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryReachesOut
from kg.store.embedded import Store
from kg.store.guard import Outbound, refuse_outbound


@dataclass
class Listener:
    """A socket on loopback that counts who connects."""

    port: int
    callers: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on loopback, and count who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = Listener(server.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                heard.callers.append(str(address))
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


def spelled(word: str) -> st.SearchStrategy[str]:
    """A keyword in some mixture of cases."""
    return st.lists(st.booleans(), min_size=len(word), max_size=len(word)).map(
        lambda upper: "".join(c.upper() if up else c.lower() for c, up in zip(word, upper, strict=True))
    )


gaps = st.sampled_from([" ", "\n", "\t", " # SERVICE in a comment\n", "#'\n", '#"""\n', "  "])
silences = st.sampled_from(["", "SILENT ", "silent\n"])
decoys = st.sampled_from(
    [
        "", "?service ?p ?o . ", "?s <http://e/service> 'SERVICE' . ", '?s ?p "\\" SERVICE <x> {" . ',
        "?s ?p '''it's LOAD''' . ", "?s e:service e:load . ", "?s ?p <http://e/\\u0023> . ", "?s ?p 'a'@service . ",
        "FILTER(?a<?b) ", "FILTER(?a<1&&?b>2) ", "?s ?p '\\u0027' . ", '?s ?p """ " SERVICE "" """ . ',
    ]
)  # fmt: skip
targets = st.sampled_from(
    [
        "<http://127.0.0.1:{port}/>",
        "here:",
        "<here>",
        "<\\u0068ttp://127.0.0.1:{port}/>",
        "<//127.0.0.1:{port}/x>",
        "?x",
    ]
)
PROLOGUE = "PREFIX e: <http://e/> PREFIX here: <http://127.0.0.1:{port}/> BASE <http://127.0.0.1:{port}/> "
calling = st.tuples(decoys, spelled("SERVICE"), gaps, silences, targets, decoys).map(
    lambda t: f"{PROLOGUE}SELECT * {{ {t[0]}{t[1]}{t[2]}{t[3]}{t[4]} {{ ?s ?p ?o }} {t[5]} }}"
)
loading = st.tuples(spelled("LOAD"), gaps, silences, targets.filter(lambda t: t != "?x"), decoys).map(
    lambda t: f"{PROLOGUE}{t[0]}{t[1]}{t[2]}{t[3]}"
)
harmless = st.tuples(decoys, decoys, gaps).map(
    lambda t: f"{PROLOGUE}SELECT *{t[2]}FROM <http://127.0.0.1:{{port}}/g> {{ {t[0]} {t[1]} }}"
)


def ask(text: str) -> None:
    """Run a text in this process, which has its network, as the engine would."""
    store = ox.Store()
    try:
        if "LOAD" in text.upper().partition("SELECT")[0]:
            store.update(text)
        else:
            list(store.query(text))  # type: ignore[arg-type]
    except (SyntaxError, OSError, RuntimeError):
        return


@settings(max_examples=2000, deadline=None)
@given(st.one_of(calling, loading, harmless))
def test_the_guard_alone_lets_nothing_through(listener: Listener, template: str) -> None:
    text = template.replace("{port}", str(listener.port))
    try:
        refuse_outbound(text)
    except Outbound:
        return
    ask(text)
    assert listener.callers == []


@settings(max_examples=1000, deadline=None)
@given(harmless)
def test_the_guard_refuses_nothing_harmless(template: str) -> None:
    refuse_outbound(template.replace("{port}", "1"))


def test_the_listener_hears_what_is_not_guarded(listener: Listener) -> None:
    """So that the tests above can fail."""
    ask(f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}")
    assert listener.callers
    listener.callers.clear()


UNGUARDED = """
import sys
import pyoxigraph as ox
from kg.store.isolation import leave_network
if not leave_network():
    sys.exit(77)
store = ox.Store()
for text in sys.stdin.read().split("\\0"):
    try:
        list(store.query(text)) if "SELECT" in text else store.update(text)
    except (SyntaxError, OSError, RuntimeError):
        pass
"""


def test_the_namespace_alone_lets_nothing_through(listener: Listener) -> None:
    base = f"http://127.0.0.1:{listener.port}/"
    texts = [
        f"SELECT * {{ SERVICE <{base}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{base}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ VALUES ?x {{ <{base}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
        f"PREFIX x: <{base}> SELECT * {{ service x:y {{ ?s ?p ?o }} }}",
        f"LOAD <{base}>",
        f"LOAD SILENT <{base}> INTO GRAPH <{base}g>",
        f"SELECT * {{ SERVICE SILENT <http://[::1]:{listener.port}/> {{ ?s ?p ?o }} }}",
    ]
    done = subprocess.run([sys.executable, "-c", UNGUARDED], input="\0".join(texts), text=True, capture_output=True)
    if done.returncode == 77:
        pytest.skip("this kernel lets this user make no network namespace")
    assert done.returncode == 0, done.stderr
    assert listener.callers == []


def test_children_have_both_walls(tiny: Store, listener: Listener) -> None:
    with pytest.raises(QueryReachesOut, match=r"SERVICE is not allowed here.*line 1, column 12"):
        tiny.query(f"SELECT * {{ service <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}")
    assert listener.callers == []
    if sys.platform == "linux":
        assert tiny.pool.isolated()
