"""Where an answer is written to: memory while it is small, an unlinked file when it is large."""

from __future__ import annotations

import socket
import tempfile
from typing import IO, Any

from kg.store.wire import send

INLINE = 64 * 1024
"""An answer up to this many bytes goes through the socket, a larger one into a file."""


class TooLarge(Exception):
    """The answer passed the limit while it was written."""


class Spool:
    """A file to serialise into: memory up to `INLINE` bytes, then an unlinked file, at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.size, self.limit = 0, limit
        self._memory = bytearray()
        self._file: IO[bytes] | None = None

    def write(self, data: bytes) -> int:
        """Append `data`."""
        self.size += len(data)
        if self.size > self.limit:
            raise TooLarge
        if self._file is not None:
            return self._file.write(data)
        self._memory += data
        if self.size > INLINE:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (its descriptor is handed over)
            self._file.write(self._memory)
            self._memory.clear()
        return len(data)

    def flush(self) -> None:
        """Nothing to do before the end."""

    def send(self, line: socket.socket, header: dict[str, Any]) -> None:
        """Send the header with the bytes, or with the open file."""
        told = {**header, "size": self.size}
        if self._file is None:
            send(line, told, bytes(self._memory))
            return
        self._file.flush()
        send(line, told, descriptor=self._file.fileno())

    def content(self) -> bytes:
        """Everything written so far, where it is in memory."""
        return bytes(self._memory)

    def file(self) -> IO[bytes] | None:
        """The file in which everything is that was written so far; None where that is in memory."""
        if self._file is not None:
            self._file.flush()
        return self._file

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
