"""Messages between a pool and its children: a four-byte length (network order) and JSON."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any


def receive(line: socket.socket) -> dict[str, Any] | None:
    """The next message, None where the other side has closed the line."""
    head = exactly(line, 4)
    if head is None:
        return None
    body = exactly(line, struct.unpack("!I", head)[0])
    message: dict[str, Any] | None = json.loads(body) if body is not None else None
    return message


def exactly(line: socket.socket, size: int) -> bytes | None:
    """The next `size` bytes, None where the other side closes the line before."""
    data = bytearray()
    while len(data) < size:
        piece = line.recv(min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def send(line: socket.socket, message: dict[str, Any]) -> None:
    """Send one message."""
    body = json.dumps(message).encode()
    line.sendall(struct.pack("!I", len(body)) + body)
