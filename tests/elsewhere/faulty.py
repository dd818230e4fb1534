"""A proxy on loopback before an engine, that makes of its answers what can go wrong."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Faulty:
    """A running proxy: its address, and the fault of the moment.

    A fault is "" (none), "silent" (no answer comes), "cut" (half of a body whose length is told), "short" (half of a
    body that looks whole), "lying" (another version than there is), "nameless" (a version without its name, once),
    "late" (no answer; the request is passed on once another fault begins), or a status. It begins with the request
    after the next `left` ones, of those of which the body has `where` in it. `meanwhile` is done once, before such a
    request. `asked` are the bodies of all requests.
    """

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.fault, self.left, self.where = "", 0, b""
        self.over = threading.Event()
        self.arrived = threading.Event()
        self.asked: list[bytes] = []
        self.meanwhile: Callable[[], object] | None = None

    def begin(self, fault: str, left: int = 0, where: bytes = b"") -> None:
        """From now on have this fault."""
        self.over.set()  # what was silent goes on
        self.over = threading.Event()
        self.fault, self.left, self.where = fault, left, where

    def meant(self, body: bytes) -> str:
        """The fault that this request meets."""
        self.asked.append(body)
        if self.meanwhile is not None and self.where in body:
            do, self.meanwhile = self.meanwhile, None
            do()
        if not self.fault or self.where not in body:
            return ""
        self.left -= 1
        return self.fault if self.left < 0 else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgement of its head
    faulty: Faulty

    def do_POST(self) -> None:
        """Pass a request on, and its answer back."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.faulty.meant(body)
        if fault == "silent":
            self.faulty.over.wait(30)
            self.close_connection = True
            return
        if fault == "late":
            over = self.faulty.over
            self.connection.shutdown(socket.SHUT_RDWR)
            over.wait(30)
            self._passed_on(body)
            self.faulty.arrived.set()
            self.close_connection = True
            return
        if fault.isdigit():
            self._answer(int(fault), {"Content-Type": "text/plain"}, b"out of order")
            return
        status, headers, answer = self._passed_on(body)
        if fault == "lying":
            answer = re.sub(rb"\b(\d{6})-[0-9a-f]{12}\b", rb"\1-0123456789ab", answer)
        if fault == "nameless":
            answer = re.sub(rb'\{\s*"version"\s*:\s*\{[^}]*\}\s*\}', b"{}", answer)
            self.faulty.fault = "" if b"{}" in answer else fault
        if fault == "short":
            answer = answer[: len(answer) // 2]
        self._answer(status, headers, answer, cut=fault == "cut")

    def _passed_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        target = self.faulty.target
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            connection.request("POST", self.path, body, headers)
            response = connection.getresponse()
            kept = ("content-type", "www-authenticate", "x-sparql-maxrows")
            told = {name: value for name, value in response.getheaders() if name.lower() in kept}
            return response.status, told, response.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: dict[str, str], body: bytes, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that left is no error."""


@contextmanager
def started(target: str) -> Iterator[tuple[str, Faulty]]:
    """Start a proxy before the engine at the address `target`; its own address, with the same path, and its faults."""
    faulty = Faulty(target)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"faulty": faulty}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{faulty.target.path}", faulty
    finally:
        faulty.begin("")
        server.shutdown()
        server.server_close()
        thread.join()
