"""Who may come in: the one-time link and the sessions that it opens.

Only digests of tokens are kept, so that nothing that prints this state
prints a secret. Times are monotonic milliseconds given by ``clock``.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest

from openline.words import limits

Clock = Callable[[], int]
_TOKEN_BYTES = 32


def monotonic_ms() -> int:
    """Milliseconds of a clock that never steps."""
    return time.monotonic_ns() // 1_000_000


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


class OneTimeLink:
    """A token that opens one session, once, within ``limits.LINK_MS`` (R-CON-01)."""

    def __init__(self, clock: Clock = monotonic_ms) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: tuple[bytes, int] | None = None

    def issue(self) -> str:
        """A new token; the one before it stops working."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._lock:
            self._open = (_digest(token), self._clock() + limits.LINK_MS)
        return token

    def spend(self, token: str) -> bool:
        """Whether ``token`` is the open one; it then is spent."""
        with self._lock:
            if self._open is None:
                return False
            digest, until = self._open
            if self._clock() >= until:
                self._open = None
                return False
            if not compare_digest(digest, _digest(token)):
                return False
            self._open = None
            return True


class Sessions:
    """Open sessions, at most ``limits.SESSIONS``, each ``limits.SESSION_MS`` long (R-CON-02)."""

    def __init__(self, clock: Clock = monotonic_ms) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[bytes, tuple[int, str]] = {}

    def open(self, ticket: str = "") -> str:
        """A new session's secret; the oldest session ends where there are too many.

        `ticket` is the station's word for the officer who came in, empty for whoever has the link.
        """
        secret = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._lock:
            now = self._clock()
            self._open = {each: held for each, held in self._open.items() if held[0] > now}
            while len(self._open) >= limits.SESSIONS:
                del self._open[next(iter(self._open))]
            self._open[_digest(secret)] = (now + limits.SESSION_MS, ticket)
        return secret

    def holds(self, secret: str | None) -> bool:
        """Whether ``secret`` belongs to a session that is still open."""
        return self.ticket(secret) is not None

    def ticket(self, secret: str | None) -> str | None:
        """The ticket with which the session was opened; None when there is no such session."""
        if not secret:
            return None
        with self._lock:
            until, ticket = self._open.get(_digest(secret), (0, ""))
            return ticket if until > self._clock() else None

    def close(self, secret: str | None) -> None:
        """End a session, if it is one."""
        if secret:
            with self._lock:
                self._open.pop(_digest(secret), None)

    def tickets(self) -> frozenset[str]:
        """The tickets of all open sessions."""
        with self._lock:
            now = self._clock()
            return frozenset(ticket for until, ticket in self._open.values() if until > now)


class Gate:
    """Link and sessions together: all that the console remembers of who came in."""

    def __init__(self, clock: Clock = monotonic_ms) -> None:
        self.link = OneTimeLink(clock)
        self.sessions = Sessions(clock)

    def enter(self, token: str) -> str | None:
        """A session's secret for a good token, else None."""
        return self.sessions.open() if self.link.spend(token) else None
