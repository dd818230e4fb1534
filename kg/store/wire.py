"""Messages between a pool and its children: JSON, with bytes or an open file behind it.

A frame is two lengths (four bytes each, network order), the JSON and the bytes. It is sent with one call and mostly
received with one: a lookup takes less time than a few turns around the kernel.
"""

from __future__ import annotations

import json
import socket
import struct
from array import array
from typing import Any, NamedTuple

_HEAD = struct.Struct("!II")
_PIECE = 1 << 16
_ROOM = socket.CMSG_SPACE(array("i").itemsize)


def send(line: socket.socket, message: dict[str, Any], body: bytes = b"", descriptor: int | None = None) -> None:
    """Send one message, with `body` behind it, and a handle of the open file `descriptor`."""
    text = json.dumps(message).encode()
    frame = b"".join((_HEAD.pack(len(text), len(body)), text, body))
    if descriptor is None:
        line.sendall(frame)
        return
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [descriptor]))]
    sent = line.sendmsg([frame], rights)
    line.sendall(frame[sent:])


class Heard(NamedTuple):
    """What was received: a message, the bytes behind it, and the handle of an open file, if one came along."""

    message: dict[str, Any]
    body: bytes
    descriptor: int | None


class Ear:
    """The receiving end of a line; a wait that is given up can be taken up again."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._data = bytearray()
        self._descriptor: int | None = None

    def receive(self) -> Heard | None:
        """The next message; None where the other side has closed.

        Raises BlockingIOError by the line's own limit on waiting.
        """
        while len(self._data) < _HEAD.size or len(self._data) < self._needed():
            piece, rights, _, _ = self._line.recvmsg(_PIECE, _ROOM)
            if rights:
                self._descriptor = array("i", rights[0][2])[0]
            if not piece:
                return None
            self._data += piece
        text, _ = _HEAD.unpack_from(self._data)
        end = self._needed()
        message: dict[str, Any] = json.loads(self._data[_HEAD.size : _HEAD.size + text])
        body = bytes(self._data[_HEAD.size + text : end])
        descriptor, self._descriptor = self._descriptor, None
        del self._data[:end]
        return Heard(message, body, descriptor)

    def _needed(self) -> int:
        text, body = _HEAD.unpack_from(self._data)
        return _HEAD.size + int(text) + int(body)
