"""Passwords: argon2id (RFC 9106), at most a few at a time, and how often one may be wrong.

Hashing takes tens of milliseconds and 64 MiB: never call it in an event loop.
"""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Callable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from openline.words import limits
from openline.words.errors import OpenlineError

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_AT_ONCE = threading.BoundedSemaphore(limits.HASHINGS)


def hash_password(password: str) -> str:
    """The argon2id string of a password; raises ``weak-password`` for one that cannot be."""
    text = _normal(password)
    if not limits.PASSWORD_CHARS_LEAST <= len(text) <= limits.PASSWORD_CHARS:
        raise OpenlineError(
            "weak-password",
            f"a password has {limits.PASSWORD_CHARS_LEAST} (PASSWORD_CHARS_LEAST) to "
            f"{limits.PASSWORD_CHARS} characters (PASSWORD_CHARS)",
            rule="R-OFF-02",
            next="choose another: several words are easy to type and hard to guess",
        )
    with _AT_ONCE:
        return _HASHER.hash(text)


def is_password(hashed: str | None, password: str) -> bool:
    """Whether this is the password behind `hashed`; None, for nobody, takes as long."""
    text = _normal(password)[: limits.PASSWORD_CHARS + 1]
    with _AT_ONCE:
        try:
            return _HASHER.verify(hashed or _nobody(), text) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody")


def _normal(password: str) -> str:
    """One spelling of what may be typed in several (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def monotonic_ms() -> int:
    """Milliseconds of a clock that never steps."""
    return time.monotonic_ns() // 1_000_000


class Tries:
    """Wrong passwords, by where they come from: LOGIN_TRIES in LOGIN_WINDOW_MS (R-OFF-04).

    By source and not by name: else anybody could keep an officer out by failing in that name.
    """

    def __init__(self, clock: Callable[[], int] = monotonic_ms) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[str, list[int]] = {}

    def begin(self, source: str) -> None:
        """Count a try before it is made; raises ``too-many-tries``."""
        now = self._clock()
        with self._lock:
            times = [at for at in self._tries.pop(source, ()) if at > now - limits.LOGIN_WINDOW_MS]
            if len(self._tries) >= limits.LOGIN_SOURCES:
                del self._tries[next(iter(self._tries))]
            self._tries[source] = times
            if len(times) >= limits.LOGIN_TRIES:
                raise OpenlineError(
                    "too-many-tries",
                    f"{limits.LOGIN_TRIES} wrong passwords within a minute (LOGIN_TRIES)",
                    rule="R-OFF-04",
                    next=f"wait {limits.LOGIN_WINDOW_MS // 1000} s, then try again",
                )
            times.append(now)

    def forgive(self, source: str) -> None:
        """The try was right: it does not count, nor do those before it."""
        with self._lock:
            self._tries.pop(source, None)
