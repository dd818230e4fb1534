"""The files in docs/deploy: the proxy before two copies, the unit, the container."""

from __future__ import annotations

import ast
import configparser
import http.client
import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kg.store.embedded import Store
from server.__main__ import STOP
from server.settings import VARIABLES, Settings, from_environment
from tests.elsewhere.engine import free
from tests.server.conftest import environment, running

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

FILES = Path(__file__).parent.parent / "docs" / "deploy"
PROXY, UNIT, CONTAINER = (FILES / name for name in ("nginx.conf", "controlgraph.service", "Containerfile"))
HOST = "graph.example.org"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }"


@dataclass(frozen=True)
class Copy:
    """A running server, and where it listens."""

    process: subprocess.Popen[str]
    place: str


@contextmanager
def copy(store: Path) -> Iterator[Copy]:
    """A copy of the service, as the proxy expects it."""
    port = free()
    settings = {"KG_PORT": str(port), "KG_PROXIES": "1", "KG_PUBLIC_URL": f"https://{HOST}", "KG_LONG": "1"}
    command, given = [sys.executable, "-m", "server"], environment(store, KG_PATIENCE="0.1", **settings)
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            assert f"https://{HOST}" in process.stdout.readline()
            yield Copy(process, f"127.0.0.1:{port}")
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def copies(shipped: Store) -> Iterator[list[Copy]]:
    """Two copies of the service."""
    with copy(shipped.location) as one, copy(shipped.location) as other:
        yield [one, other]


@pytest.fixture(scope="module")
def proxy(copies: list[Copy], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx with the file as it is, but for addresses and the certificate."""
    for program in ("nginx", "openssl"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed (apt-get install {program})")
    folder, port = tmp_path_factory.mktemp("proxy"), free()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}"]
    names = ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    text = PROXY.read_text("utf-8")
    for written, here in (
        ("10.0.0.11:8000", copies[0].place),
        ("10.0.0.12:8000", copies[1].place),
        (f"/etc/ssl/{HOST}.pem", str(certificate)),
        (f"/etc/ssl/private/{HOST}.key", str(key)),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{free()};"),
    ):
        assert text.count(written) == 1, written
        text = text.replace(written, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; {paths} {text} }}\n"
    )
    options = ["-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    tried = subprocess.run(["nginx", "-t", *options], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    with subprocess.Popen(["nginx", *options]) as process:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    asked(port, "GET", "/healthz", certificate)
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None, (folder / "error.log").read_text()
                    assert time.monotonic() < until
            yield port
        finally:
            process.terminate()


def asked(
    port: int, method: str, path: str, trusted: Path | None = None, client: str = "127.0.0.1"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request through the proxy."""
    context = ssl.create_default_context(cafile=trusted)
    context.check_hostname = False  # it is asked by its address
    if trusted is None:
        context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context, source_address=(client, 0))
    try:
        connection.request(method, path, headers={"Host": HOST})
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    finally:
        connection.close()


@pytest.mark.every
def test_pages_come_through_the_proxy_with_its_name(proxy: int) -> None:
    status, headers, body = asked(proxy, "GET", "/feed")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert f'href="https://{HOST}/'.encode() in body
    assert b"127.0.0.1" not in body


@pytest.mark.every
def test_a_query_is_ended_whichever_copy_runs_it(proxy: int) -> None:
    ended = threading.Event()
    found: list[tuple[int, bytes]] = []

    def ask(name: str) -> None:
        address = "/sparql?" + urlencode({"query": ENDLESS, "query-id": name})
        status, _, body = asked(proxy, "GET", address, client="127.0.0.2")
        found.append((status, body))
        ended.set()

    for name in ("the-query-of-one-copy", "the-query-of-the-other"):  # each copy has its turn
        ended.clear()
        threading.Thread(target=ask, args=(name,)).start()
        until = time.monotonic() + 60
        while asked(proxy, "DELETE", f"/queries/{name}")[0] != 204:
            assert time.monotonic() < until
        assert ended.wait(60)
    assert [(status, json.loads(body)["type"].rpartition("/")[2]) for status, body in found] == [
        (422, "query-cancelled")
    ] * 2


@pytest.mark.every
def test_who_is_told_to_come_back_takes_no_copy_out(proxy: int) -> None:
    busy = "/sparql?" + urlencode({"query": ENDLESS, "timeout": "3"})
    told: list[int] = []
    threads = [
        threading.Thread(target=lambda: told.append(asked(proxy, "GET", busy, client="127.0.0.3")[0]))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    others = []
    while any(thread.is_alive() for thread in threads):
        others.append(asked(proxy, "GET", "/healthz")[0])
    assert told.count(503) >= 4  # of which two would do
    assert {*others} == {200}


@pytest.mark.every
def test_a_copy_that_dies_fails_no_reader(proxy: int, copies: list[Copy]) -> None:
    copies[0].process.kill()
    assert {asked(proxy, "GET", path)[0] for path in ("/healthz", "/sparql?query=ASK{}", "/feed") * 4} == {200}


def test_the_proxy_waits_longer_than_the_service_and_takes_as_much() -> None:
    told = dict(re.findall(r"^\s*(\w+) ([\w.]+);", PROXY.read_text("utf-8"), re.MULTILINE))
    settings = Settings()
    again, reading = (
        int(told[name].removesuffix("s")) for name in ("proxy_next_upstream_timeout", "proxy_read_timeout")
    )
    assert settings.wait + settings.deadline < again < reading
    assert settings.body_max < int(told["client_max_body_size"].removesuffix("m")) << 20


def test_the_unit_starts_what_is_there_and_waits_for_its_end(tmp_path: Path) -> None:
    unit = configparser.RawConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    assert service["ExecStart"].split()[1:] == ["-m", "server"]
    assert service["KillMode"] == "mixed"  # else each process of its own is told to end, in the middle of its work
    assert int(service["TimeoutStopSec"]) >= 2 * STOP
    assert not [name for name in service if name.startswith(("RestrictNamespaces", "SystemCallFilter"))]
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (apt-get install systemd)")
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text("utf-8").replace("/opt/controlgraph/bin/python", sys.executable))
    tried = subprocess.run(["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True)
    assert (tried.returncode, tried.stderr) == (0, "")


def test_the_container_starts_and_asks_what_is_there(shipped: Store) -> None:
    text = CONTAINER.read_text("utf-8")
    check, start = (json.loads(found) for found in re.findall(r"^(?:HEALTHCHECK .*)?CMD (\[.*\])$", text, re.MULTILINE))
    assert start == ["python", "-m", "server"]
    settings = from_environment(dict(re.findall(r"^ENV (\w+)=(\S+)$", text, re.MULTILINE)))
    assert f"EXPOSE {settings.port}\n" in text
    ast.parse(check[2])
    with running(shipped.location) as service:
        place = check[2].replace(f"127.0.0.1:{settings.port}", service.url.removeprefix("http://"))
        assert subprocess.run([sys.executable, check[1], place]).returncode == 0


def test_the_settings_that_are_named_exist() -> None:
    known = {variable.name for variable in VARIABLES}
    text = "".join(path.read_text("utf-8") for path in (*FILES.iterdir(), FILES.parent / "deploy.md"))
    assert {"KG_PROXIES", "KG_HOST"} <= {*re.findall(r"KG_[A-Z_]+[A-Z]", text)} <= known
