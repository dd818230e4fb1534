"""What a child process gives up before it sees a query: memory beyond its cap, core files, and the network.

The network namespace is the second wall against outbound reach (the first is `kg.store.guard`): a process in a
namespace of its own, whose loopback is down, has nobody to connect to. It works on Linux, for root and wherever the
kernel lets anybody make a user namespace; elsewhere the guard stands alone and `leave_network` says so. A child that
may ask other services raises that loopback, on which only its own relay listens (`kg.store.relay`).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import socket
import struct
import sys

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def cap_memory(size: int) -> None:
    """Let this process have at most `size` bytes of data (0: no cap), and leave no core file when it dies."""
    if size and sys.platform == "linux":  # elsewhere the limit does not count what is mapped
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_network() -> bool:
    """Move this process into a network namespace of its own; whether that worked. Call it before starting threads."""
    if sys.platform != "linux":
        return False
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return bool(unshare(flags) == 0)


def raise_loopback() -> None:
    """Let this process, which has left the network, connect to itself. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", _IFF_UP))
