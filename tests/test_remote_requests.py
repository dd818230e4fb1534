"""Requests to an engine: credentials, encrypted connections, and connections that are kept."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kg.engine_errors import EngineFailed
from kg.errors import StoreUnreadable
from kg.store.remote.engine import Engine
from kg.store.remote.requests import TABLE, Requests
from server.settings import BadSetting, from_environment

BASIC = "Basic dXM6cGFzcw=="
"""us:pass, as RFC 7617 writes it."""


class _Answers(BaseHTTPRequestHandler):
    """An engine that says yes to everybody who has the password, and notes what it was asked."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[object, str]]

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        given = self.headers.get("Authorization", "")
        self.seen.append((self.client_address, given))
        body = json.dumps({"head": {}, "boolean": True}).encode()
        self.send_response(200 if given == BASIC else 401)
        if given != BASIC:
            self.send_header("WWW-Authenticate", 'Basic realm="engine"')
        self.send_header("Content-Type", TABLE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def listening(certificate: Path | None) -> Iterator[tuple[str, list[tuple[object, str]]]]:
    """Such an engine, with TLS where there is a certificate: its address, and what it was asked."""
    seen: list[tuple[object, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"seen": seen}))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/sparql", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate of this machine with its key, which is trusted here."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed, which makes the certificate")
    file = tmp_path / "engine.pem"
    command = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = [
        "-subj",
        "/CN=engine",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(file),
        "-out",
        f"{file}.crt",
    ]
    subprocess.run([*command, *named], check=True, capture_output=True)
    with file.open("a") as both:
        both.write(Path(f"{file}.crt").read_text())
    monkeypatch.setenv("SSL_CERT_FILE", f"{file}.crt")
    return file


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_connection_and_what_the_engine_asks_for_are_kept(
    encrypted: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with listening(request.getfixturevalue("certificate") if encrypted else None) as (address, seen):
        requests = Requests(Engine(address, address, "us", "pass", cache=tmp_path))
        for _ in range(3):
            assert requests.query("ASK {}", TABLE, seconds=5, most=1000).body().startswith(b"{")
        assert [given for _, given in seen] == ["", BASIC, BASIC, BASIC]  # asked for once
        assert len({client for client, _ in seen}) == 1
        requests.close()
        wrong = Requests(Engine(address, address, "us", "wrong", cache=tmp_path))
        for _ in range(2):
            with pytest.raises(EngineFailed, match="401"):
                wrong.query("ASK {}", TABLE, seconds=5, most=1000)
        wrong.close()


def test_a_password_in_an_address_is_refused_and_not_told() -> None:
    address = "http://us:pass@127.0.0.1/query"
    with pytest.raises(StoreUnreadable, match="without a user name") as refused:
        Engine(address, "http://127.0.0.1/update")
    assert "us:pass" not in str(refused.value)
    with pytest.raises(BadSetting, match="without user name") as setting:
        from_environment({"KG_STORE": address})
    assert "us:pass" not in str(setting.value)
