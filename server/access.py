"""Who asks: the holder of a named token, who may write, or an address."""

from __future__ import annotations

import hashlib
import hmac

from flask import request

from server import current
from server.errors import Rejected

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Controlgraph"'}


def writer(token: str | None = None) -> str:
    """The name of the one who may write with this request, by its Authorization, or else by a token of its body.

    Raises Rejected: 403 where nobody may, 401 where the token is missing or none of ours.
    """
    if not current.settings().writers():
        raise Rejected(
            403, "read-only", "This service is read-only",
            "no token is configured, so nobody can write over HTTP; an operator names writers with KG_TOKENS",
        )  # fmt: skip
    name = _holder() or (_named(token) if token else None)
    if name is None:
        how = "send one of this service's tokens as Authorization: Bearer" if token is None else "fill in your token"
        raise Rejected(401, "token-missing", "Writing needs a token", how, _CHALLENGE)
    request.environ["controlgraph.who"] = name
    return name


def client() -> str:
    """Whom this request is counted for: the holder of its token, else the address it comes from."""
    name = _holder()
    return f"token {name}" if name else address()


def address() -> str:
    """The address of the client, as far as the proxies before us are trusted to tell it."""
    return address_in(request.environ, current.settings().proxies)


def address_in(environ: dict[str, str], proxies: int) -> str:
    """The client's address in a WSGI environment, where `proxies` proxies each added one to X-Forwarded-For."""
    if proxies:
        told = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(told) >= proxies:
            return told[-proxies]
    return environ.get("REMOTE_ADDR", "")


def _holder() -> str | None:
    """The name that goes with the request's token, None without one; 401 for a token that is none of ours.

    Other schemes are somebody else's business, such as a proxy's.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not current.settings().writers() or scheme.casefold() != "bearer":
        return None
    return _named(token)


def _named(token: str) -> str:
    """The name that goes with a token. Raises Rejected, 401, for one that is none of ours."""
    # all are compared, and by digest, so that the time tells neither which one nor how much of it was right
    given = _digest(token.strip())
    names = [name for name, known in current.settings().writers() if hmac.compare_digest(_digest(known), given)]
    if not names:
        raise Rejected(
            401, "token-unknown", "The token is not known here", "the token that was sent is none of this service's",
            {"WWW-Authenticate": f'{_CHALLENGE["WWW-Authenticate"]}, error="invalid_token"'},
        )  # fmt: skip
    return names[0]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()
