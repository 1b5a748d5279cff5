"""When to try a carrier again: backoff that ends as soon as the peer is heard.

Pure: the waiting is the station's. Jitter is an argument in [0, 1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FIRST_MS = 250
LONGEST_MS = 30_000
DOUBLINGS = 7


@dataclass(frozen=True, slots=True)
class Retry:
    """Failures in a row, and the steady-clock time before which nothing is tried."""

    failures: int = 0
    not_before_ms: int = 0


def failed(retry: Retry, monotonic_ms: int, jitter: float) -> Retry:
    """The carrier failed: wait twice as long as before, half of it at random (R-LINE-12)."""
    span = min(FIRST_MS << min(retry.failures, DOUBLINGS), LONGEST_MS)
    wait = span // 2 + int(span / 2 * jitter)
    return Retry(retry.failures + 1, monotonic_ms + wait)


def heard(retry: Retry) -> Retry:
    """The peer was heard on any carrier: try at once (R-LINE-12)."""
    return replace(retry, failures=0, not_before_ms=0)
