"""The other services that queries may ask, and a connection to one of them: the parent's part in federation.

A child has no network. It asks its parent for a connection to an endpoint by its number on the list, and gets an open
socket or a reason. A name is looked up once and the connection made to an address that was looked at, so what a name
means afterwards does not matter (DNS rebinding). What the other side sends is read by the child alone, under the
child's limits.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PATIENCE = 10.0
"""Seconds that finding and connecting to an endpoint may take."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


@dataclass(frozen=True)
class Services:
    """The other services that queries may ask.

    `endpoints` are their addresses (http or https), letter for letter as queries name them. The name of an endpoint may
    mean public addresses, and those in `networks`.
    """

    endpoints: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()


NOBODY = Services()
"""The services that may be asked where nothing else is said."""


class Unreachable(Exception):
    """No connection was made; the message says why."""


def listed(text: str) -> Services:
    """What a list says, its items set apart by spaces: addresses of endpoints, and IP addresses or networks.

    Raises ValueError for an item that is neither.

    >>> listed("https://query.example.org/sparql 10.0.0.0/8").networks
    (IPv4Network('10.0.0.0/8'),)
    """
    items = text.split()
    endpoints = tuple(item for item in items if item.startswith(("http://", "https://")))
    for endpoint in endpoints:
        place = urlsplit(endpoint)
        plain = endpoint.isascii() and not any(mark in endpoint for mark in '#"<>\\^`{|}')
        if not place.hostname or place.username is not None or place.port == 0 or not plain:
            raise ValueError(endpoint)
    return Services(endpoints, tuple(ipaddress.ip_network(item) for item in items if item not in endpoints))


def connect(services: Services, number: int, seconds: float) -> socket.socket:
    """An open connection to the endpoint of this number, made within `seconds`, at most `PATIENCE`.

    Raises Unreachable.
    """
    end = time.monotonic() + min(seconds, PATIENCE)
    place = urlsplit(services.endpoints[number])
    reason = ""
    for family, address, target in _looked_up(place, end):
        if not _may(services, place, address):
            reason = reason or f"{place.hostname} is {address}, which is no public address and not listed"
            continue
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(max(end - time.monotonic(), 0.001))
        try:
            connection.connect(target)
        except OSError as error:
            connection.close()
            reason = f"no connection to {place.hostname} ({address}): {error.strerror or 'it took too long'}"
        else:
            return connection
    raise Unreachable(reason)


def _looked_up(place: SplitResult, end: float) -> list[tuple[int, Address, tuple[str, int]]]:
    """Family, address, and what to connect to, of every address of a host.

    The system's look-up cannot be given up, so it is waited for from another thread.
    """
    told: queue.SimpleQueue[list[tuple[int, Address, tuple[str, int]]] | OSError] = queue.SimpleQueue()
    port = place.port or (443 if place.scheme == "https" else 80)

    def look() -> None:
        try:
            found = socket.getaddrinfo(place.hostname, port, type=socket.SOCK_STREAM)
            told.put([(family, ipaddress.ip_address(at[0]), at[:2]) for family, *_, at in found])  # type: ignore[misc]
        except (OSError, UnicodeError) as error:
            told.put(error if isinstance(error, OSError) else OSError(0, "it is no name of a host"))

    threading.Thread(target=look, daemon=True).start()
    answer: list[tuple[int, Address, tuple[str, int]]] | OSError = OSError(0, "that took too long")
    with suppress(queue.Empty):
        answer = told.get(timeout=max(end - time.monotonic(), 0.001))
    if isinstance(answer, OSError):
        raise Unreachable(f"no address of {place.hostname} was found: {answer.strerror}")
    return answer


def _may(services: Services, place: SplitResult, address: Address) -> bool:
    """Whether this address of a listed host may be connected to."""
    if place.hostname == str(address):
        return True  # it was listed by this very address
    return is_public(address) or any(address in network for network in services.networks)


def is_public(address: Address) -> bool:
    """Whether an address, or the IPv4 address written in it, belongs to the public internet.

    >>> is_public(ipaddress.ip_address("::ffff:10.0.0.1")), is_public(ipaddress.ip_address("8.8.8.8"))
    (False, True)
    """
    if isinstance(address, ipaddress.IPv6Address):
        low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        inner = address.ipv4_mapped or address.sixtofour or low
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
