"""A server on loopback that answers queries badly: slowly, without end, as something else, or with a way inside."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

JSON = "application/sparql-results+json"
HEAD = b'{"head": {"vars": ["x"]}, "results": {"bindings": ['
BINDING = b'{"x": {"type": "literal", "value": "%s"}},' % (b"x" * 1000)


@dataclass
class Hostile:
    """A running server: its address, the paths it was asked for, and what lets its slow answers end."""

    url: str
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@cache
def _bomb() -> bytes:
    return b"".join(gzip.compress(b" " * (1 << 20)) for _ in range(64))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hostile: Hostile

    def do_GET(self) -> None:
        """Do what the path says; what is sent may not be read to its end."""
        self.hostile.asked.append(self.path)
        self.said = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.close_connection = True
        try:
            getattr(self, urlsplit(self.path).path.strip("/"))()
        except OSError:
            return

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def _answer(self, body: bytes, status: int = 200, kind: str = JSON, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.end_headers()

    def good(self) -> None:
        """One solution: x is "here"."""
        self._answer(HEAD + b'{"x": {"type": "literal", "value": "here"}}]}}')

    def echo(self) -> None:
        """One solution: x is the query."""
        query = parse_qs(self.said)["query"][0]
        self._answer(HEAD + json.dumps({"x": {"type": "literal", "value": query}}).encode() + b"]}}")

    def silent(self) -> None:
        """Nothing, until the test is over."""
        self.hostile.over.wait(60)

    def dripping(self) -> None:
        """One byte at a time, each well before any one wait is over."""
        self._begin()
        while not self.hostile.over.wait(0.05):
            self.wfile.write(b" ")

    def slow_head(self) -> None:
        """A header that does not end, one line at a time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.hostile.over.wait(0.05):
            self.wfile.write(b"X-More: and more\r\n")

    def endless(self) -> None:
        """Solutions as fast as they are read."""
        self._begin()
        self.wfile.write(HEAD)
        while not self.hostile.over.is_set():
            self.wfile.write(BINDING * 64)

    def bomb(self) -> None:
        """64 MiB of spaces in 64 KiB."""
        self._answer(_bomb(), Content_Encoding="gzip")

    def page(self) -> None:
        """A page, with status 200."""
        self._answer(b"<html><title>Sign in</title></html>", kind="text/html")

    def broken(self) -> None:
        """The right type on what is not JSON."""
        self._answer(HEAD + b'{"x": ')

    def short(self) -> None:
        """Fewer bytes than announced."""
        self._begin_of(1000)
        self.wfile.write(HEAD)

    def _begin_of(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def failing(self) -> None:
        """Status 500, with a reason in words."""
        self._answer(b"the index is being rebuilt\nat line 3", 500, "text/plain")

    def refusing(self) -> None:
        """Status 429, with the time to come again."""
        self._answer(b"too many", 429, "text/plain", Retry_After="7")

    def redirect(self) -> None:
        """To the address in the parameter `to`, or to a private one."""
        to = parse_qs(urlsplit(self.path).query).get("to", ["http://127.0.0.1:1/inside"])
        self._answer(b"", 302, Location=to[0])

    def truth(self) -> None:
        """A boolean, where solutions were asked for."""
        self._answer(b'{"head": {}, "boolean": true}')

    def hangup(self) -> None:
        """Nothing, and the connection is closed."""


PATHS = sorted(
    name for name, each in vars(_Handler).items() if callable(each) and not name.startswith(("_", "do_", "log_"))
)
"""The ways in which it answers; each is the path of an address."""


CERTIFICATE = Path(__file__).parent / "localhost.pem"


@contextmanager
def started(*, encrypted: bool = False) -> Iterator[Hostile]:
    """Start the server, where it is wanted with TLS as localhost, and end it and its slow answers afterwards."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        hostile = Hostile(f"http://127.0.0.1:{server.server_port}")
        if encrypted:
            hostile.url = f"https://localhost:{server.server_port}"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.RequestHandlerClass = type("Handler", (_Handler,), {"hostile": hostile})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hostile
        finally:
            hostile.over.set()
            server.shutdown()
            server.socket.close()
            thread.join()
