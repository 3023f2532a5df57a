"""Who may see the status page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import Callable

#: How long a session lasts, in seconds.
LIFETIME = 12 * 3600
SHORTEST_TOKEN = 16

_COOKIE = "countersign_session"


class Sessions:
    """Checks the token, and sessions that were begun with it.

    A session is a text that proves itself by a MAC under a key that is derived from the token:
    processes that share the token share sessions, nothing is kept, and another token ends them all.

    Raises ``ValueError`` for a token that is empty or short, and ``TypeError`` if it is no text.

    >>> from countersign.monitor.session import Sessions
    >>> Sessions("hush")
    Traceback (most recent call last):
    ...
    ValueError: the status token must have at least 16 characters
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        if not isinstance(token, str):
            raise TypeError(f"the status token must be a str, not {type(token).__name__}")
        if len(token) < SHORTEST_TOKEN:
            raise ValueError(f"the status token must have at least {SHORTEST_TOKEN} characters")
        if token.strip() != token or not token.isprintable():
            # A header could not carry it.
            raise ValueError("the status token must be printable, without spaces around it")
        self._token = token.encode()
        self._key = _mac(self._token, b"countersign status session")
        self._clock = clock

    def is_token(self, given: bytes) -> bool:
        """Whether this is the token."""
        return hmac.compare_digest(given, self._token)

    def begin(self) -> str:
        """A new session."""
        name = f"{int(self._clock()) + LIFETIME}.{secrets.token_hex(16)}"
        return f"{name}.{self._sign('session', name)}"

    def find(self, cookies: str) -> str | None:
        """The session among the cookies, if one is valid."""
        for cookie in cookies.split(";"):
            name, _, session = cookie.strip(" ").partition("=")
            if name == _COOKIE and self._is_valid(session):
                return session
        return None

    def csrf(self, session: str) -> str:
        """What a form of this session must hold to prove that our page made it."""
        return self._sign("csrf", session)

    def is_csrf(self, session: str, given: bytes) -> bool:
        """Whether this is :meth:`csrf` of the session."""
        return hmac.compare_digest(given, self.csrf(session).encode())

    def _is_valid(self, session: str) -> bool:
        name, _, given = session.rpartition(".")
        if not hmac.compare_digest(octets(given), self._sign("session", name).encode()):
            return False
        return int(name.partition(".")[0]) > self._clock()

    def _sign(self, purpose: str, text: str) -> str:
        return _mac(self._key, purpose.encode() + b"\0" + octets(text)).hex()


def cookie(session: str, secure: bool) -> str:
    """The value of ``Set-Cookie``.

    It names no path, so that the browser takes that of the request, which is the folder of
    ``login``: the status page itself, under whatever prefix a proxy shows it.
    """
    value = f"{_COOKIE}={session}; Max-Age={LIFETIME}; HttpOnly; SameSite=Strict"
    return f"{value}; Secure" if secure else value


def bearer_token(authorization: str) -> bytes | None:
    """The token that this value of ``Authorization`` carries; ``None`` for other schemes, such as
    that of a proxy in front which asks for a password of its own."""
    scheme, _, given = authorization.partition(" ")
    return octets(given.strip(" ")) if scheme.lower() == "bearer" else None


def octets(text: str) -> bytes:
    """The bytes of a header's value, which servers hand over as Latin-1."""
    return text.encode("latin-1", "backslashreplace")


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()
